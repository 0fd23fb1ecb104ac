#include <charconv>

#include "json/write.h"
#include "json_bind/bind.h"
#include "json_bind/time_text.h"

namespace banyan::json {
namespace {

template <class Integer>
void append_integer(Integer number, std::string& out) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void append_enum(const BoundType& type, const void* value, std::string& out) {
  const std::int64_t number = load_signed(type, value);
  for (const auto& [name, its_number] : type.names().names) {
    std::int64_t stored = 0;  // in the enumeration's own bytes, where 200 of one may be -56
    (void)store_signed(type, its_number, &stored);
    if (load_signed(type, &stored) == number) return append_string(out, name);
  }
  append_integer(number, out);  // a value without a name: shown, for it cannot be hidden
}

// What the visits of a container share.
struct Elements {
  const BoundType& type;
  std::string& out;
  bool keys;
  bool any = false;
};

void append_element(void* state, std::string_view key, const void* value) {
  auto& elements = *static_cast<Elements*>(state);
  if (elements.any) elements.out += ',';
  elements.any = true;
  if (elements.keys) {
    append_string(elements.out, key);
    elements.out += ':';
  }
  encode_value(elements.type, value, elements.out);
}

void append_container(const BoundType& type, const void* value, std::string& out) {
  Elements elements{.type = type.element(), .out = out, .keys = type.kind == TypeKind::kMap};
  out += elements.keys ? '{' : '[';
  type.ops->each(value, &elements, append_element);
  out += elements.keys ? '}' : ']';
}

void append_optional(const BoundType& type, const void* value, std::string& out) {
  if (type.ops->size(value) == 0) {
    out += "null";
    return;
  }
  Elements elements{.type = type.element(), .out = out, .keys = false};
  type.ops->each(value, &elements, append_element);
}

void append_object(const BoundType& type, const void* value, std::string& out) {
  out += '{';
  bool any = false;
  for (const Field& field : type.object().fields()) {
    // Members are reached through one function for reading and writing; nothing is written here.
    const void* const member = field.member(const_cast<void*>(value));
    const BoundType& member_type = field.type();
    if (member_type.kind == TypeKind::kOptional && !field.null_when_empty && member_type.ops->size(member) == 0) {
      continue;
    }
    if (any) out += ',';
    any = true;
    out += field.key;
    encode_value(member_type, member, out);
  }
  out += '}';
}

}  // namespace

void encode_value(const BoundType& type, const void* value, std::string& out) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      out += *static_cast<const bool*>(value) ? "true" : "false";
      return;
    case TypeKind::kSigned:
      return append_integer(load_signed(type, value), out);
    case TypeKind::kUnsigned:
      return append_integer(load_unsigned(type, value), out);
    case TypeKind::kDouble:
      return append_number(out, *static_cast<const double*>(value));
    case TypeKind::kString:
      return append_string(out, *static_cast<const std::string*>(value));
    case TypeKind::kTime:
      out += '"';
      append_time(*static_cast<const WallTime*>(value), out);
      out += '"';
      return;
    case TypeKind::kRaw:
      out += static_cast<const Raw*>(value)->text;
      return;
    case TypeKind::kEnum:
      return append_enum(type, value, out);
    case TypeKind::kOptional:
      return append_optional(type, value, out);
    case TypeKind::kArray:
    case TypeKind::kMap:
      return append_container(type, value, out);
    case TypeKind::kObject:
      return append_object(type, value, out);
  }
}

}  // namespace banyan::json

#include "json_bind/schema.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/ascii.h"
#include "json_bind/bind.h"

namespace banyan::json {
namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

void write_size_rules(Writer& out, std::string_view min_key, std::string_view max_key, std::size_t min,
                      std::size_t max) {
  if (min != 0) out.key(min_key).unsigned_integer(min);
  if (max != kUnlimited) out.key(max_key).unsigned_integer(max);
}

void write_integer(Writer& out, const BoundType& type, const Rules& rules) {
  out.key("type").string("integer");
  if (type.bytes == 8 || type.bytes == 4) out.key("format").string(type.bytes == 8 ? "int64" : "int32");
  if (rules.integer_min) {
    out.key("minimum").integer(*rules.integer_min);
  } else if (type.kind == TypeKind::kUnsigned) {
    out.key("minimum").integer(0);
  }
  if (rules.integer_max) out.key("maximum").integer(*rules.integer_max);
}

void write_number(Writer& out, const Rules& rules) {
  out.key("type").string("number");
  if (rules.number_min) out.key("minimum").number(*rules.number_min);
  if (rules.number_max) out.key("maximum").number(*rules.number_max);
}

void write_text(Writer& out, const Rules& rules) {
  out.key("type").string("string");
  write_size_rules(out, "minLength", "maxLength", rules.length_min, rules.length_max);
  if (!rules.pattern.empty()) out.key("pattern").string(rules.pattern);
  if (rules.one_of.empty()) return;
  out.key("enum").begin_array();
  for (const std::string_view value : rules.one_of) out.string(value);
  out.end_array();
}

void write_enum(Writer& out, const BoundType& type) {
  out.key("type").string("string").key("enum").begin_array();
  for (const auto& [name, number] : type.names().names) out.string(name);
  out.end_array();
}

// What a field holds when it is left out, where that is not "nothing".
void write_default(Writer& out, const BoundType& object, const Field& field) {
  if (!field.may_be_absent || field.type().kind == TypeKind::kOptional) return;
  std::pair<const Field*, std::string> wanted(&field, "");
  object.with_default(&wanted, [](void* state, const void* value) {
    auto& [its_field, text] = *static_cast<std::pair<const Field*, std::string>*>(state);
    encode_value(its_field->type(), its_field->member(const_cast<void*>(value)), text);
  });
  out.key("default").raw(wanted.second);
}

}  // namespace

// The last part of the qualified name; all of it where that is taken.
std::string SchemaWriter::name_of(const BoundType& type) {
  const ObjectType& object = type.object();
  if (const auto known = names_.find(&object); known != names_.end()) return known->second;
  std::string name(type.name.substr(type.name.rfind(':') + 1));
  if (types_.contains(name)) {
    name.clear();
    for (const char c : type.name) {
      const bool plain = is_ascii_alnum(c) || c == '_';
      if (plain) name += c;
      if (!plain && !name.ends_with('.')) name += '.';
    }
  }
  names_.emplace(&object, name);
  types_.emplace(name, &type);
  return name;
}

void SchemaWriter::write(Writer& out, const BoundType& type, const Field* field, const void* object) {
  const BoundType& held = type.kind == TypeKind::kOptional ? type.element() : type;
  // Beside a $ref other keywords hold as well, as 2020-12 has it.
  out.begin_object();
  if (type.kind == TypeKind::kOptional && (field == nullptr || field->null_when_empty)) {
    out.key("anyOf").begin_array().begin_object();
    write_kind(out, held, field);
    out.end_object().begin_object().key("type").string("null").end_object().end_array();
  } else {
    write_kind(out, held, field);
  }
  if (field != nullptr && !field->description.empty()) out.key("description").string(field->description);
  if (object != nullptr) write_default(out, *static_cast<const BoundType*>(object), *field);
  out.end_object();
}

void SchemaWriter::write_kind(Writer& out, const BoundType& type, const Field* field) {
  static const Rules kNone;
  const Rules& rules = field == nullptr ? kNone : field->rules;
  switch (type.kind) {
    case TypeKind::kBoolean:
      out.key("type").string("boolean");
      return;
    case TypeKind::kSigned:
    case TypeKind::kUnsigned:
      return write_integer(out, type, rules);
    case TypeKind::kDouble:
      return write_number(out, rules);
    case TypeKind::kString:
      return write_text(out, rules);
    case TypeKind::kTime:
      out.key("type").string("string").key("format").string("date-time");
      return;
    case TypeKind::kEnum:
      return write_enum(out, type);
    case TypeKind::kRaw:
      return;
    case TypeKind::kOptional:
      return write_kind(out, type.element(), field);
    case TypeKind::kArray:
      out.key("type").string("array");
      write_size_rules(out, "minItems", "maxItems", rules.items_min, rules.items_max);
      // Rules of scalars are those of the elements; the field's own words are not.
      out.key("items").begin_object();
      write_kind(out, type.element(), field != nullptr && type.element().kind != TypeKind::kArray ? field : nullptr);
      out.end_object();
      return;
    case TypeKind::kMap:
      out.key("type").string("object");
      write_size_rules(out, "minProperties", "maxProperties", rules.items_min, rules.items_max);
      out.key("additionalProperties");
      return write(out, type.element(), nullptr, nullptr);
    case TypeKind::kObject:
      out.key("$ref").string(prefix_ + name_of(type));
      return;
  }
}

void SchemaWriter::write_object(Writer& out, const BoundType& type) {
  out.begin_object().key("type").string("object").key("properties").begin_object();
  for (const Field& field : type.object().fields()) {
    out.key(field.name);
    write(out, field.type(), &field, &type);
  }
  out.end_object();
  const Fields& fields = type.object().fields();
  if (std::ranges::any_of(fields, [](const Field& field) { return !field.may_be_absent; })) {
    out.key("required").begin_array();
    for (const Field& field : fields) {
      if (!field.may_be_absent) out.string(field.name);
    }
    out.end_array();
  }
  out.key("additionalProperties").boolean(false).end_object();
}

void SchemaWriter::write_definitions(Writer& out) {
  // Writing one may name others, which come later or earlier in the map: go on until none is left.
  std::set<std::string> written;
  for (bool more = true; more;) {
    more = false;
    const auto types = types_;
    for (const auto& [name, type] : types) {
      if (!written.insert(name).second) continue;
      out.key(name);
      write_object(out, *type);
      more = true;
    }
  }
}

}  // namespace banyan::json

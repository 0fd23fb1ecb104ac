#include "json_bind/decode.h"

#include <algorithm>
#include <array>

#include "json/lexer.h"
#include "json_bind/bind.h"
#include "json_bind/rules.h"
#include "json_bind/scalar_text.h"
#include "json_bind/time_text.h"

namespace banyan::json {
namespace {

constexpr std::size_t kDepthCeiling = 512;
const Rules kNoRules;

// The way to a value, from the inside out; made into a pointer only where there is a mistake.
struct Place {
  const Place* outer = nullptr;
  std::string_view key;
  std::size_t index = 0;
  bool is_index = false;
};

void append_pointer(const Place* place, std::string& out) {
  if (place == nullptr) return;
  append_pointer(place->outer, out);
  out += '/';
  if (place->is_index) {
    out += std::to_string(place->index);
    return;
  }
  for (const char c : place->key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

class Decoder {
 public:
  Decoder(std::string_view text, const DecodeOptions& options)
      : lexer_(text), options_(options), depth_max_(std::min(options.depth_max, kDepthCeiling)) {}

  Mistakes run(const BoundType& type, void* out) {
    lexer_.skip_space();
    bool read = value(type, out, kNoRules, nullptr);
    if (read) {
      lexer_.skip_space();
      read = lexer_.at_end() || lexer_.unexpected("the end of the text after the value");
    }
    if (!read) {
      const Error error = lexer_.failure();
      const bool limit = error.code() == ErrorCode::kResourceExhausted;
      mistakes_.clear();
      mistakes_.push_back({limit ? MistakeKind::kLimit : MistakeKind::kSyntax, "", error.message()});
    }
    return std::move(mistakes_);
  }

 private:
  // Each reads one value, and returns false only where the text is no JSON or passes a limit: then nothing more can be
  // read. A value that is not what it should be is read to its end and noted.
  bool value(const BoundType& type, void* out, const Rules& rules, const Place* place);
  bool boolean(void* out, const Place* place);
  bool integer(const BoundType& type, void* out, const Rules& rules, const Place* place);
  bool real(void* out, const Rules& rules, const Place* place);
  bool text(const BoundType& type, void* out, const Rules& rules, const Place* place);
  bool raw(void* out);
  bool optional(const BoundType& type, void* out, const Rules& rules, const Place* place);
  bool array(const BoundType& type, void* out, const Rules& rules, const Place* place);
  bool map(const BoundType& type, void* out, const Rules& rules, const Place* place);
  bool object(const BoundType& type, void* out, const Place* place);
  bool member(const ObjectType& type, std::size_t index, void* out, const Place& place);
  void note_missing(const ObjectType& type, const std::array<std::uint64_t, 4>& seen, const Place* place);

  bool skip();
  bool skip_members(char close);
  bool key(std::string_view* name);
  bool open();
  bool wrong_type(std::string_view wanted, const Place* place);
  // After a value of a container that `close` ends: true where another follows, false where it has ended or the text is
  // wrong, which `fine` tells apart.
  bool another(char close, bool* fine);

  void note(MistakeKind kind, const Place* place, std::string message) {
    if (mistakes_.size() >= options_.mistakes_max) return;
    Mistake& mistake = mistakes_.emplace_back(kind, std::string(), std::move(message));
    append_pointer(place, mistake.pointer);
  }

  Lexer lexer_;
  const DecodeOptions& options_;
  std::size_t depth_max_;
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
  Mistakes mistakes_;
};

bool Decoder::value(const BoundType& type, void* out, const Rules& rules, const Place* place) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return boolean(out, place);
    case TypeKind::kSigned:
    case TypeKind::kUnsigned:
      return integer(type, out, rules, place);
    case TypeKind::kDouble:
      return real(out, rules, place);
    case TypeKind::kString:
    case TypeKind::kTime:
    case TypeKind::kEnum:
      return text(type, out, rules, place);
    case TypeKind::kRaw:
      return raw(out);
    case TypeKind::kOptional:
      return optional(type, out, rules, place);
    case TypeKind::kArray:
      return array(type, out, rules, place);
    case TypeKind::kMap:
      return map(type, out, rules, place);
    case TypeKind::kObject:
      return object(type, out, place);
  }
  return false;
}

bool Decoder::wrong_type(std::string_view wanted, const Place* place) {
  std::string message = "must be ";
  message += wanted;
  if (lexer_.peek() == 'n') message += ", is null";
  if (!skip()) return false;
  note(MistakeKind::kType, place, std::move(message));
  return true;
}

bool Decoder::boolean(void* out, const Place* place) {
  if (lexer_.peek() != 't' && lexer_.peek() != 'f') return wrong_type("true or false", place);
  const bool is_true = lexer_.peek() == 't';
  if (!lexer_.literal(is_true ? "true" : "false")) return false;
  *static_cast<bool*>(out) = is_true;
  return true;
}

bool starts_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

bool Decoder::integer(const BoundType& type, void* out, const Rules& rules, const Place* place) {
  if (!starts_number(lexer_.peek())) return wrong_type("a whole number", place);
  NumberToken token;
  if (!lexer_.number(&token)) return false;
  std::string message;
  const ScalarOutcome outcome = token.integer ? read_scalar(type, token.text, rules, out, &message)
                                              : (message = "must be a whole number", ScalarOutcome::kWrongType);
  if (outcome != ScalarOutcome::kFine) {
    note(outcome == ScalarOutcome::kWrongType ? MistakeKind::kType : MistakeKind::kRange, place, std::move(message));
  }
  return true;
}

bool Decoder::real(void* out, const Rules& rules, const Place* place) {
  if (!starts_number(lexer_.peek())) return wrong_type("a number", place);
  NumberToken token;
  if (!lexer_.number(&token)) return false;
  std::string message;
  if (read_scalar(bound_type<double>(), token.text, rules, out, &message) != ScalarOutcome::kFine)
    note(MistakeKind::kRange, place, std::move(message));
  return true;
}

bool Decoder::text(const BoundType& type, void* out, const Rules& rules, const Place* place) {
  if (lexer_.peek() != '"') return wrong_type(type.kind == TypeKind::kTime ? "a time as text" : "text", place);
  std::string_view view;
  if (!lexer_.string(&view)) return false;
  std::string message;
  const ScalarOutcome outcome = read_scalar(type, view, rules, out, &message);
  if (outcome != ScalarOutcome::kFine) note(MistakeKind::kRange, place, std::move(message));
  return true;
}

bool Decoder::raw(void* out) {
  const std::size_t begin = lexer_.offset();
  if (!skip()) return false;
  static_cast<Raw*>(out)->text = lexer_.source_from(begin);
  return true;
}

bool Decoder::optional(const BoundType& type, void* out, const Rules& rules, const Place* place) {
  if (lexer_.peek() == 'n') {
    type.ops->clear(out);
    return lexer_.literal("null");
  }
  return value(type.element(), type.ops->add(out, {}), rules, place);
}

bool Decoder::open() {
  if (depth_ == depth_max_) return lexer_.exhausted("nested deeper than the limit of ", depth_max_);
  ++depth_;
  lexer_.advance();
  lexer_.skip_space();
  return true;
}

bool Decoder::another(char close, bool* fine) {
  lexer_.skip_space();
  if (lexer_.peek() == ',') {
    lexer_.advance();
    lexer_.skip_space();
    return true;
  }
  *fine = lexer_.peek() == close;
  if (*fine) {
    lexer_.advance();
    --depth_;
  } else {
    lexer_.unexpected(close == '}' ? "',' or '}' after a member" : "',' or ']' after an element");
  }
  return false;
}

bool Decoder::key(std::string_view* name) {
  if (lexer_.peek() != '"') return lexer_.unexpected("a member's name in double quotes");
  if (!lexer_.string(name)) return false;
  lexer_.skip_space();
  if (lexer_.peek() != ':') return lexer_.unexpected("':' after a member's name");
  lexer_.advance();
  lexer_.skip_space();
  return true;
}

bool Decoder::array(const BoundType& type, void* out, const Rules& rules, const Place* place) {
  if (lexer_.peek() != '[') return wrong_type("a list", place);
  type.ops->clear(out);
  if (!open()) return false;
  std::size_t count = 0;
  if (lexer_.peek() == ']') {
    lexer_.advance();
    --depth_;
  } else {
    const BoundType& element = type.element();
    bool fine = false;
    do {
      if (++elements_ > options_.elements_max)
        return lexer_.exhausted("more elements than the limit of ", options_.elements_max);
      const Place here{.outer = place, .index = count, .is_index = true};
      // Beyond what the rules allow nothing is kept: the text is read on for its other mistakes.
      const bool read = count++ < rules.items_max ? value(element, type.ops->add(out, {}), rules, &here) : skip();
      if (!read) return false;
    } while (another(']', &fine));
    if (!fine) return false;
  }
  std::string message;
  if (!keeps_item_rules(rules, count, &message)) note(MistakeKind::kRange, place, std::move(message));
  return true;
}

bool Decoder::map(const BoundType& type, void* out, const Rules& rules, const Place* place) {
  if (lexer_.peek() != '{') return wrong_type("an object", place);
  type.ops->clear(out);
  if (!open()) return false;
  std::size_t count = 0;
  if (lexer_.peek() == '}') {
    lexer_.advance();
    --depth_;
  } else {
    bool fine = false;
    do {
      std::string_view name;
      if (!key(&name)) return false;
      if (++elements_ > options_.elements_max)
        return lexer_.exhausted("more elements than the limit of ", options_.elements_max);
      const Place here{.outer = place, .key = name};
      void* const element = count++ < rules.items_max ? type.ops->add(out, name) : nullptr;
      if (element == nullptr && count <= rules.items_max) note(MistakeKind::kDuplicate, &here, "stands twice");
      if (!(element != nullptr ? value(type.element(), element, rules, &here) : skip())) return false;
    } while (another('}', &fine));
    if (!fine) return false;
  }
  std::string message;
  if (!keeps_item_rules(rules, count, &message)) note(MistakeKind::kRange, place, std::move(message));
  return true;
}

bool Decoder::object(const BoundType& type, void* out, const Place* place) {
  if (lexer_.peek() != '{') return wrong_type("an object", place);
  if (!open()) return false;
  const ObjectType& object_type = type.object();
  std::array<std::uint64_t, 4> seen{};
  if (lexer_.peek() == '}') {
    lexer_.advance();
    --depth_;
  } else {
    bool fine = false;
    std::size_t expected = 0;
    do {
      std::string_view name;
      if (!key(&name)) return false;
      const std::size_t index = object_type.find(name, expected);
      const Place here{.outer = place, .key = name};
      const bool known = index < ObjectType::kFieldsMax;
      const std::uint64_t bit = std::uint64_t{1} << (index % 64);
      bool read = false;
      if (!known) {
        if (!options_.allow_unknown) note(MistakeKind::kUnknown, &here, "is not known");
        read = skip();
      } else if ((seen[index / 64] & bit) != 0) {
        note(MistakeKind::kDuplicate, &here, "stands twice");
        read = skip();
      } else {
        seen[index / 64] |= bit;
        expected = index + 1;
        read = member(object_type, index, out, here);
      }
      if (!read) return false;
    } while (another('}', &fine));
    if (!fine) return false;
  }
  note_missing(object_type, seen, place);
  return true;
}

bool Decoder::member(const ObjectType& type, std::size_t index, void* out, const Place& place) {
  const Field& field = type.fields()[index];
  void* const where = field.member(out);
  const std::size_t before = mistakes_.size();
  if (!value(field.type(), where, field.rules, &place)) return false;
  if (field.rules.check != nullptr && mistakes_.size() == before) {
    if (const char* wrong = field.rules.check(where)) note(MistakeKind::kRange, &place, wrong);
  }
  return true;
}

void Decoder::note_missing(const ObjectType& type, const std::array<std::uint64_t, 4>& seen, const Place* place) {
  for (std::size_t i = 0; i < type.fields().size(); ++i) {
    const Field& field = type.fields()[i];
    if (field.may_be_absent || (seen[i / 64] >> (i % 64) & 1) != 0) continue;
    const Place here{.outer = place, .key = field.name};
    note(MistakeKind::kMissing, &here, "is missing");
  }
}

bool Decoder::skip() {
  switch (lexer_.peek()) {
    case '{':
      return skip_members('}');
    case '[':
      return skip_members(']');
    case '"': {
      std::string_view view;
      return lexer_.string(&view);
    }
    case 't':
      return lexer_.literal("true");
    case 'f':
      return lexer_.literal("false");
    case 'n':
      return lexer_.literal("null");
    default: {
      NumberToken token;
      return lexer_.number(&token);
    }
  }
}

bool Decoder::skip_members(char close) {
  if (!open()) return false;
  if (lexer_.peek() == close) {
    lexer_.advance();
    --depth_;
    return true;
  }
  bool fine = false;
  do {
    std::string_view name;
    if ((close == '}' && !key(&name)) || !skip()) return false;
  } while (another(close, &fine));
  return fine;
}

}  // namespace

Mistakes decode_value(std::string_view text, const BoundType& type, void* out, const DecodeOptions& options) {
  if (text.size() > options.bytes_max) {
    return {{MistakeKind::kLimit, "",
             "a JSON text of " + std::to_string(text.size()) + " bytes, more than the limit of " +
                 std::to_string(options.bytes_max)}};
  }
  return Decoder(text, options).run(type, out);
}

Error error_of(const Mistakes& mistakes) {
  std::string text;
  for (const Mistake& mistake : mistakes) {
    if (!text.empty()) text += "; ";
    if (!mistake.pointer.empty()) (text += mistake.pointer) += ' ';
    text += mistake.message;
  }
  return {ErrorCode::kInvalidArgument, std::move(text)};
}

}  // namespace banyan::json

#include "php_verify/generate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace banyan::php {

namespace {

constexpr std::int64_t kSmall[] = {0, 1, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 20, -2, -3, -7, -10};
constexpr std::int64_t kMedium[] = {21,  25,   28,   31,   32,   36,   42,    48,    63,     64,
                                    97,  99,   100,  101,  121,  127,  128,   144,   255,    256,
                                    360, 1000, 1024, 1999, 2000, 2024, 65535, 65536, 100000, -100};
constexpr std::int64_t kLarge[] = {2147483647, 2147483648,    -2147483648, 4294967296,    9007199254740993,
                                   INT64_MAX,  INT64_MAX - 1, INT64_MIN,   INT64_MIN + 1, 1000000007};
constexpr double kFloats[] = {0.0,         -0.0, 1.0,     -1.0, 0.5,   -0.5,   1.5,    2.5,
                              0.1,         0.7,  3.14159, 10.0, 12.5,  99.9,   100.0,  1e-7,
                              -1234.5,     1e15, 1e16,    1e21, 1e308, -1e308, 5e-324, 9007199254740993.0,
                              2147483648.5};
constexpr double kRareFloats[] = {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                                  std::numeric_limits<double>::quiet_NaN()};
constexpr std::string_view kStrings[] = {"",
                                         "0",
                                         "1",
                                         "a",
                                         "b",
                                         "abc",
                                         "ABC",
                                         "Hello World",
                                         "hello",
                                         "12",
                                         "-5",
                                         "007",
                                         "1.5",
                                         "1e3",
                                         " 1",
                                         "1 ",
                                         "3 apples",
                                         "abc123",
                                         "true",
                                         "null",
                                         "foo bar baz",
                                         "foo_bar",
                                         "fooBar",
                                         "FooBar",
                                         "foo-bar",
                                         " x ",
                                         "a,b,c",
                                         "level",
                                         "racecar",
                                         "The quick brown fox",
                                         "aaaa",
                                         "aabbcc",
                                         "zyx",
                                         "x=1&y=2",
                                         "<b>bold</b>",
                                         "a/b/c.txt",
                                         "user@example.com",
                                         "2024-02-29",
                                         "[1,2]",
                                         "{}",
                                         "%s",
                                         "1010",
                                         "ff",
                                         "XIV",
                                         "\n",
                                         "a\nb",
                                         "\t",
                                         "'",
                                         "\"q\"",
                                         "\\",
                                         "$x"};
constexpr std::string_view kOddStrings[] = {"\xc3\xa9",
                                            "\xc3\x89t\xc3\xa9",
                                            "na\xc3\xafve",
                                            "\xe6\x97\xa5\xe6\x9c\xac",
                                            "\xf0\x9f\x98\x80",
                                            "stra\xc3\x9f"
                                            "e",
                                            "\xff\xfe",
                                            std::string_view("a\0b", 3),
                                            "9223372036854775808",
                                            "0x1A",
                                            "1_000"};
constexpr std::string_view kKeys[] = {"a", "b", "c", "name", "id", "x", "01", "", "key one", "1.5", "-0"};
constexpr std::uint32_t kClosures = 5;
constexpr std::size_t kTriesMax = 8;

bool is_list(const InputValue& array) {
  for (std::size_t i = 0; i < array.items.size(); i += 2) {
    if (array.items[i] != InputValue::of_int(static_cast<std::int64_t>(i / 2))) return false;
  }
  return true;
}

Type element_type(const Type& array, const InputValue& key) {
  const TypeDetail& detail = array.detail();
  for (const ShapeKey& one : detail.shape) {
    if (array_key(one.key) == key) return one.value;
  }
  return detail.has_array && detail.shape.empty() ? detail.value : Type::mixed();
}

}  // namespace

Type parameter_type(const ParameterDeclaration& parameter) {
  const Type& doc = parameter.doc;
  const Type& native = parameter.native;
  if (!parameter.has_native) return doc.is_nothing() ? Type::mixed() : doc;
  if (doc.is_nothing() || !native.may_be(doc.bits()) || doc.intersected(native.bits()).is_nothing()) return native;
  // A class that PHP itself checks counts more than what a comment says of it.
  return native.detail().classes.empty() ? doc.intersected(native.bits()) : native;
}

// splitmix64: small, and good enough to choose inputs.
std::uint64_t Generator::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

const InputValue* Generator::literal(ValueKind kind) {
  for (std::size_t i = 0; i < kTriesMax && !literals_.empty(); ++i) {
    const InputValue& one = one_of(literals_);
    if (one.kind == kind) return &one;
  }
  return nullptr;
}

InputValue Generator::integer(const Type& type) {
  std::int64_t value = one_of(kSmall);
  const InputValue* const seen = chance(20) ? literal(ValueKind::kInt) : nullptr;
  if (wildness_ == Wildness::kTiny) {
    value = static_cast<std::int64_t>(below(6));
  } else if (wildness_ == Wildness::kTame) {
    value = chance(70) ? one_of(kSmall) : static_cast<std::int64_t>(below(40));
  } else if (seen != nullptr) {
    value = seen->integer;
    if (chance(30) && value < INT64_MAX) ++value;
  } else if (!chance(60)) {
    value = chance(70) ? one_of(kMedium) : one_of(kLarge);
  }
  const TypeDetail& detail = type.detail();
  if (detail.has_range && !type.is_unverified()) value = std::clamp(value, detail.low, detail.high);
  if (detail.has_range && type.is_unverified() && chance(90)) value = std::clamp(value, detail.low, detail.high);
  return InputValue::of_int(value);
}

InputValue Generator::floating() {
  const InputValue* const seen = chance(15) ? literal(ValueKind::kFloat) : nullptr;
  if (seen != nullptr) return *seen;
  if (wildness_ != Wildness::kWild) return InputValue::of_float(kFloats[below(14)]);
  if (chance(4)) return InputValue::of_float(one_of(kRareFloats));
  if (chance(30))
    return InputValue::of_float(static_cast<double>(static_cast<std::int64_t>(below(200000)) - 100000) / 64);
  return InputValue::of_float(one_of(kFloats));
}

InputValue Generator::string(const Type& type) {
  const std::vector<std::string>& wanted = type.detail().strings;
  if (!wanted.empty() && chance(85)) return InputValue::of_string(one_of(wanted));
  const InputValue* const seen = chance(25) ? literal(ValueKind::kString) : nullptr;
  if (seen != nullptr && seen->text.size() < 200) {
    if (chance(60)) return *seen;
    return InputValue::of_string(seen->text + std::string(one_of(kStrings)));
  }
  if (wildness_ == Wildness::kTiny) return InputValue::of_string(kStrings[below(8)]);
  if (chance(8)) return InputValue::of_string(one_of(kOddStrings));
  if (chance(10)) return InputValue::of_string(std::string(one_of(kStrings)) + std::string(one_of(kStrings)));
  if (chance(12)) {
    std::string text;
    for (std::size_t left = 1 + below(12); left > 0; --left)
      text += static_cast<char>(chance(85) ? 'a' + below(26) : 32 + below(95));
    return InputValue::of_string(text);
  }
  return InputValue::of_string(one_of(kStrings));
}

InputValue Generator::plain_array(int depth) {
  static const std::uint32_t kBits[] = {kTypeInt,    kTypeInt,   kTypeInt,   kTypeString,
                                        kTypeString, kTypeFloat, kTypeMixed, kTypeArray};
  const Type element(depth + 1 < kDepthMax ? one_of(kBits) : kTypeInt);
  return array(chance(75) ? Type::list(element) : Type::array(Type(kTypeInt | kTypeString), element), depth);
}

// A list, or a map, or a shape, as the type says.
InputValue Generator::array(const Type& type, int depth) {
  const TypeDetail& detail = type.detail();
  if (!detail.has_array) return plain_array(depth);
  InputValue out{.kind = ValueKind::kArray};
  if (!detail.shape.empty()) {
    for (const ShapeKey& one : detail.shape) {
      if (one.optional && chance(40)) continue;
      out.items.push_back(array_key(one.key));
      out.items.push_back(value(one.value, depth + 1));
    }
    return out;
  }
  const Type element = detail.value.is_nothing() ? Type::mixed() : detail.value;
  const std::size_t most = depth >= kDepthMax ? 1 : wildness_ == Wildness::kTiny ? 3 : chance(10) ? 14 : 6;
  std::size_t count = below(most + 1);
  if (detail.non_empty && count == 0 && chance(95)) count = 1;
  const bool keyed = !detail.is_list && !detail.key.only(kTypeInt) && chance(detail.key.only(kTypeString) ? 90 : 40);
  std::vector<InputValue> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(value(element, depth + 1));
  const auto by_number = [](const InputValue& a, const InputValue& b) { return a.integer < b.integer; };
  const bool numbers =
      std::all_of(values.begin(), values.end(), [](const InputValue& one) { return one.kind == ValueKind::kInt; });
  if (numbers && chance(30)) std::sort(values.begin(), values.end(), by_number);
  if (!keyed) return InputValue::list(std::move(values));
  for (InputValue& one : values) {
    const InputValue key =
        chance(75) ? array_key(one_of(kKeys)) : InputValue::of_int(static_cast<std::int64_t>(below(9)));
    bool taken = false;
    for (std::size_t i = 0; i < out.items.size(); i += 2) taken = taken || out.items[i] == key;
    if (taken) continue;
    out.items.push_back(key);
    out.items.push_back(std::move(one));
  }
  return out;
}

InputValue Generator::of_bit(std::uint32_t bit, const Type& type, int depth) {
  switch (bit) {
    case kTypeFalse:
    case kTypeTrue:
      return InputValue::boolean(bit == kTypeTrue);
    case kTypeInt:
      return integer(type);
    case kTypeFloat:
      return floating();
    case kTypeString:
      return string(type);
    case kTypeArray:
      return array(type, depth);
    case kTypeCallable:
      return {.kind = ValueKind::kClosure, .integer = static_cast<std::int64_t>(below(kClosures))};
    case kTypeObject:
      return instance(type, depth).value_or(InputValue::null());
    default:
      return InputValue::null();
  }
}

InputValue Generator::value(const Type& type, int depth) {
  static constexpr std::uint32_t kAny[] = {kTypeInt,   kTypeInt,   kTypeInt,   kTypeString, kTypeString, kTypeString,
                                           kTypeArray, kTypeArray, kTypeFloat, kTypeTrue,   kTypeFalse,  kTypeNull};
  if (type.is_nothing() || type.is_mixed()) return of_bit(one_of(kAny), type, depth);
  std::vector<std::uint32_t> bits;
  for (const std::uint32_t bit :
       {kTypeFalse, kTypeTrue, kTypeInt, kTypeFloat, kTypeString, kTypeArray, kTypeCallable}) {
    if (type.may_be(bit)) bits.push_back(bit);
  }
  const bool objects = type.may_be(kTypeObject | kTypeStatic);
  if (objects && (bits.empty() || chance(50))) {
    if (std::optional<InputValue> made = instance(type, depth)) return *std::move(made);
  }
  if (bits.empty() || (type.may_be(kTypeNull) && chance(15))) return InputValue::null();
  return of_bit(one_of(bits), type, depth);
}

// Of another type than the one that is declared: coerced by PHP, or refused by it. What loses digits is left out, as
// PHP reports that at a place that the harness has and the program has not.
InputValue Generator::wrong(const Type& type) {
  static constexpr std::string_view kNumbers[] = {"0", "12", "-3", "5 ", "abc", ""};
  switch (below(5)) {
    case 0:
      return InputValue::boolean(chance(50));
    case 1:
      return InputValue::of_int(one_of(kSmall));
    case 2:
      return InputValue::of_string(one_of(kNumbers));
    case 3:
      return type.may_be(kTypeFloat) ? floating() : InputValue::of_float(static_cast<double>(below(10)));
    default:
      return chance(50) ? InputValue::null() : InputValue::list({});
  }
}

InputValue Generator::argument(const ParameterDeclaration& parameter) {
  const Type type = parameter_type(parameter);
  if (chance(parameter.has_native ? 4 : 2) && !type.is_mixed()) return wrong(parameter.native);
  if (parameter.has_native && chance(4)) return value(parameter.native);
  return value(type);
}

std::vector<InputValue> Generator::arguments(const FunctionDeclaration& function) {
  std::vector<InputValue> out;
  const bool leaves_out = chance(35);
  for (const ParameterDeclaration& parameter : function.parameters) {
    if ((parameter.optional || parameter.variadic) && leaves_out && chance(60)) break;
    const std::size_t count = parameter.variadic ? below(4) : 1;
    for (std::size_t i = 0; i < count; ++i) out.push_back(argument(parameter));
  }
  return out;
}

std::string Generator::obstacle(const FunctionDeclaration& function) {
  for (const ParameterDeclaration& parameter : function.parameters) {
    if (parameter.optional || parameter.variadic) continue;
    const Type type = parameter_type(parameter);
    constexpr std::uint32_t kEasy = kTypeBool | kTypeInt | kTypeFloat | kTypeString | kTypeArray | kTypeCallable;
    if (type.is_mixed() || type.may_be(kEasy) || !type.may_be(kTypeObject | kTypeStatic)) continue;
    if (!instance(type, 0)) return facts_->type_text(type);
  }
  return "";
}

// ---- Objects ----

std::optional<InputValue> Generator::instance(const Type& type, int depth) {
  const std::vector<std::string> names = type.class_names();
  if (names.empty()) return InputValue{.kind = ValueKind::kNew, .text = "stdClass"};
  if (depth > kDepthMax) return std::nullopt;
  const std::size_t first = below(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[(first + i) % names.size()];
    if (name.starts_with('#')) return value(Type::mixed(), depth + 1);  // a template parameter
    const ClassId id = facts_->find_class(name);
    std::optional<InputValue> made = id ? object(id, depth) : builtin_object(name, depth);
    if (made) return made;
  }
  return std::nullopt;
}

std::optional<InputValue> Generator::builtin_object(const std::string& key, int depth) {
  const auto made = [&](std::string_view name, std::vector<InputValue> arguments) {
    return InputValue{.kind = ValueKind::kNew, .text = std::string(name), .items = std::move(arguments)};
  };
  if (key == "closure") return of_bit(kTypeCallable, Type(), depth);
  if (key == "stdclass") return made("stdClass", {});
  if (key == "traversable" || key == "iterator" || key == "countable" || key == "arrayaccess" ||
      key == "arrayiterator") {
    return made("ArrayIterator", {plain_array(depth + 1)});
  }
  if (key == "arrayobject" || key == "iteratoraggregate") return made("ArrayObject", {plain_array(depth + 1)});
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kThrown = {
      {{"throwable", "Exception"},
       {"exception", "Exception"},
       {"error", "Error"},
       {"runtimeexception", "RuntimeException"},
       {"logicexception", "LogicException"},
       {"invalidargumentexception", "InvalidArgumentException"}}};
  for (const auto& [name, spelt] : kThrown) {
    if (key == name) return made(spelt, {InputValue::of_string(one_of(kStrings))});
  }
  return std::nullopt;
}

std::optional<InputValue> Generator::object(ClassId id, int depth) {
  const ClassInfo& info = facts_->at(id);
  const ClassDeclaration& declared = info.declaration();
  if (depth > kDepthMax || info.is_in_cycle || declared.name == "class@anonymous") return std::nullopt;
  if (declared.kind == ClassKind::kEnum) {
    std::vector<std::string> cases;
    for (const ConstantDeclaration& one : declared.constants) {
      if (one.is_case) cases.push_back(declared.name + "::" + one.name);
    }
    if (cases.empty()) return std::nullopt;
    return InputValue{.kind = ValueKind::kCase, .text = one_of(cases)};
  }
  if (declared.kind != ClassKind::kClass || (declared.modifiers & kFlagAbstract) != 0) {
    for (const ClassId child : info.children) {
      if (std::optional<InputValue> made = object(child, depth + 1)) return made;
    }
    return std::nullopt;
  }
  InputValue out{.kind = ValueKind::kNew, .text = declared.name};
  const FunctionId constructor = facts_->find_method(id, "__construct");
  if (!constructor) return info.has_unknown_ancestor ? std::nullopt : std::optional(out);
  const FunctionDeclaration& function = facts_->at(constructor).declaration();
  if ((function.modifiers & (kFlagPrivate | kFlagProtected)) != 0) return std::nullopt;
  for (const ParameterDeclaration& parameter : function.parameters) {
    if ((parameter.optional || parameter.variadic) && chance(50)) break;
    const Type type = parameter_type(parameter);
    out.items.push_back(value(type, depth + 1));
    if (out.items.back().kind == ValueKind::kNull && !type.may_be(kTypeNull) && type.may_be(kTypeObject)) {
      return std::nullopt;
    }
  }
  return out;
}

// ---- Steps away ----

void Generator::vary(const FunctionDeclaration& function, std::vector<InputValue>& arguments) {
  if (arguments.empty() || function.parameters.empty()) return;
  const std::size_t at = below(arguments.size());
  const ParameterDeclaration& last = function.parameters.back();
  if (at < function.parameters.size()) {
    vary(arguments[at], parameter_type(function.parameters[at]));
  } else if (last.variadic) {
    vary(arguments[at], parameter_type(last));
  }
}

void Generator::vary(InputValue& value, const Type& type) {
  const auto may_be = [&](std::uint32_t bit) { return type.is_nothing() || type.may_be(bit); };
  switch (value.kind) {
    case ValueKind::kBool:
      if (may_be(value.integer != 0 ? kTypeFalse : kTypeTrue)) value = InputValue::boolean(value.integer == 0);
      return;
    case ValueKind::kInt:
      if (may_be(kTypeInt)) vary_integer(value.integer, type);
      return;
    case ValueKind::kFloat:
      if (may_be(kTypeFloat)) vary_float(value.number);
      return;
    case ValueKind::kString:
      if (may_be(kTypeString) && type.detail().strings.empty()) vary_string(value.text);
      return;
    case ValueKind::kArray:
      if (may_be(kTypeArray)) vary_array(value, type);
      return;
    case ValueKind::kClosure:
      value.integer = static_cast<std::int64_t>(below(kClosures));
      return;
    case ValueKind::kNew:
      if (const ClassId id = facts_->find_class(value.text)) {
        if (const FunctionId made_by = facts_->find_method(id, "__construct")) {
          vary(facts_->at(made_by).declaration(), value.items);
        }
      }
      return;
    case ValueKind::kNull:
    case ValueKind::kCase:
      return;
  }
}

// A little more or less, or any number of no more digits.
void Generator::vary_integer(std::int64_t& value, const Type& type) {
  constexpr std::int64_t kStepMax = 16;
  if (chance(50)) {
    const std::int64_t step = static_cast<std::int64_t>(below(2 * kStepMax + 1)) - kStepMax;
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(value, step, &sum)) value = sum;
  } else {
    const std::uint64_t size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    const int bits = std::min(static_cast<int>(std::bit_width(size)), 62);
    const auto smaller = static_cast<std::int64_t>(next() & ((std::uint64_t{1} << bits) - 1));
    value = value < 0 ? -smaller : smaller;
  }
  const TypeDetail& detail = type.detail();
  if (detail.has_range) value = std::clamp(value, detail.low, detail.high);
}

void Generator::vary_float(double& value) {
  if (!std::isfinite(value)) return;
  if (chance(50)) {
    value += (static_cast<double>(below(65)) - 32) / 8;
  } else {
    value *= static_cast<double>(below(257)) / 128;
  }
}

// A byte more, less or changed.
void Generator::vary_string(std::string& text) {
  const char byte = static_cast<char>(chance(85) ? 'a' + below(26) : 32 + below(95));
  const std::size_t at = below(text.size());
  const std::size_t what = text.empty() ? 0 : below(3);
  if (what == 0) {
    text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), byte);
  } else if (what == 1) {
    text.erase(at, 1);
  } else {
    text[at] = byte;
  }
}

// One of its values varied; now and then a list is one longer or shorter.
void Generator::vary_array(InputValue& value, const Type& type) {
  std::vector<InputValue>& items = value.items;
  if (items.empty()) return;
  std::size_t at = 2 * below(items.size() / 2) + 1;
  if (type.detail().shape.empty() && is_list(value)) {
    if (items.size() > 2 && chance(10)) {
      items.resize(items.size() - 2);
      return;
    }
    if (chance(10)) {
      InputValue copy = items[at];
      items.push_back(InputValue::of_int(static_cast<std::int64_t>(items.size() / 2)));
      items.push_back(std::move(copy));
      at = items.size() - 1;
    }
  }
  vary(items[at], element_type(type, items[at - 1]));
}

}  // namespace banyan::php

#include "php_session/php_session_parser.h"

#include <charconv>
#include <limits>

namespace banyan {
namespace {

using Kind = PhpValue::Kind;

Result<double> float_of(std::string_view text, const Error& otherwise) {
  if (text == "NAN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "INF") return std::numeric_limits<double>::infinity();
  if (text == "-INF") return -std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits = text.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
  if (end != text.data() + text.size() || error == std::errc::invalid_argument || !digits) return otherwise;
  return value;
}

}  // namespace

Error PhpSessionParser::wrong(const char* what) const {
  return Error(ErrorCode::kDataLoss, std::string("php session: ") + what + " at byte " + std::to_string(at_));
}

Result<PhpSessionData> PhpSessionParser::parse(PhpSessionFormat format) {
  PhpSessionData data;
  if (bytes_.size() > kPhpSessionBytesMax) return wrong("more than 16 MiB");
  std::uint64_t number = 0;
  if (format == PhpSessionFormat::kPhpSerialize && !bytes_.empty()) {
    number = count_ = 1;
    BANYAN_TRY_VOID(expect("a:"));
    BANYAN_TRY(data.entries_, entries(1));
    if (at_ != bytes_.size()) return wrong("something after the end of the array");
  }
  while (at_ < bytes_.size()) {
    const std::size_t bar = bytes_.find('|', at_);
    if (bar == std::string_view::npos) return wrong("a name without a |");
    PhpKey name{.text = std::string(bytes_.substr(at_, bar - at_))};
    at_ = bar + 1;
    BANYAN_TRY(PhpValue its, value(1));
    data.entries_.push_back({std::move(name), std::move(its)});
  }
  if (!targets_.empty()) share(data.entries_, number, data.shared_);
  for (const auto& [target, node] : targets_) {
    if (node < 0) return wrong("a reference to the session itself, which is not supported, before the end");
  }
  return data;
}

Result<void> PhpSessionParser::expect(std::string_view text) {
  if (bytes_.substr(at_, text.size()) != text) return wrong("a damaged value");
  at_ += text.size();
  return {};
}

// Digits with an optional minus, as PHP writes them, and then `end`.
Result<std::int64_t> PhpSessionParser::integer(char end) {
  std::int64_t number = 0;
  const std::string_view rest = bytes_.substr(at_);
  const auto [after, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  const auto length = static_cast<std::size_t>(after - rest.data());
  if (error != std::errc() || rest.substr(0, length) != std::to_string(number)) return wrong("a damaged number");
  at_ += length;
  BANYAN_TRY_VOID(expect(std::string_view(&end, 1)));
  return number;
}

// LENGTH:"TEXT"
Result<std::string> PhpSessionParser::quoted() {
  BANYAN_TRY(const std::int64_t length, integer(':'));
  BANYAN_TRY_VOID(expect("\""));
  if (length < 0 || static_cast<std::uint64_t>(length) > bytes_.size() - at_)
    return wrong("a string that is cut short");
  std::string text(bytes_.substr(at_, static_cast<std::size_t>(length)));
  at_ += text.size();
  BANYAN_TRY_VOID(expect("\""));
  return text;
}

Result<PhpKey> PhpSessionParser::key() {
  if (bytes_.substr(at_, 2) == "i:") {
    at_ += 2;
    BANYAN_TRY(const std::int64_t number, integer(';'));
    return PhpKey::of(number);
  }
  BANYAN_TRY_VOID(expect("s:"));
  BANYAN_TRY(std::string text, quoted());
  BANYAN_TRY_VOID(expect(";"));
  return PhpKey{.text = std::move(text)};
}

// COUNT:{KEY VALUE ...}
Result<std::vector<PhpEntry>> PhpSessionParser::entries(std::size_t depth) {
  if (depth > kPhpSessionDepthMax) return wrong("values nested too deep");
  BANYAN_TRY(const std::int64_t count, integer(':'));
  BANYAN_TRY_VOID(expect("{"));
  if (count < 0) return wrong("a negative count");
  std::vector<PhpEntry> entries;
  for (std::int64_t i = 0; i < count; ++i) {
    BANYAN_TRY(PhpKey its_key, key());
    BANYAN_TRY(PhpValue its, value(depth + 1));
    entries.push_back({std::move(its_key), std::move(its)});
  }
  BANYAN_TRY_VOID(expect("}"));
  return entries;
}

Result<PhpValue> PhpSessionParser::value(std::size_t depth) {
  if (++values_ > kPhpSessionValuesMax) return wrong("too many values");
  if (at_ >= bytes_.size()) return wrong("the end where a value should be");
  const char mark = bytes_[at_++];
  if (mark == 'N') {
    ++count_;
    BANYAN_TRY_VOID(expect(";"));
    return PhpValue();
  }
  BANYAN_TRY_VOID(expect(":"));
  if (mark == 'R' || mark == 'r') return back_reference(mark);
  ++count_;
  return plain(mark, depth);
}

Result<PhpValue> PhpSessionParser::back_reference(char mark) {
  BANYAN_TRY(const std::int64_t number, integer(';'));
  if (number < 1 || static_cast<std::uint64_t>(number) > count_) return wrong("a reference to nothing");
  if (mark == 'r') ++count_;
  targets_.emplace(number, -1);
  hard_[static_cast<std::uint64_t>(number)] |= mark == 'R';
  return PhpValue{.kind = Kind::kShared, .reference = mark == 'R', .integer = number};
}

Result<PhpValue> PhpSessionParser::plain(char mark, std::size_t depth) {
  PhpValue value;
  switch (mark) {
    case 'b': {
      BANYAN_TRY(value.integer, integer(';'));
      value.kind = Kind::kBool;
      if (value.integer != 0 && value.integer != 1) return wrong("a damaged boolean");
      return value;
    }
    case 'i': {
      BANYAN_TRY(value.integer, integer(';'));
      value.kind = Kind::kInt;
      return value;
    }
    case 'd': {
      const std::size_t end = bytes_.substr(0, at_ + 400).find(';', at_);
      if (end == std::string_view::npos) return wrong("a damaged float");
      value.kind = Kind::kFloat;
      value.text = bytes_.substr(at_, end - at_);
      BANYAN_TRY(value.real, float_of(value.text, wrong("a damaged float")));
      at_ = end + 1;
      return value;
    }
    case 's':
    case 'E': {
      BANYAN_TRY(value.text, quoted());
      BANYAN_TRY_VOID(expect(";"));
      value.kind = mark == 's' ? Kind::kString : Kind::kEnum;
      return value;
    }
    case 'a': {
      BANYAN_TRY(value.entries, entries(depth));
      value.kind = Kind::kArray;
      return value;
    }
    case 'O': {
      BANYAN_TRY(value.text, quoted());
      BANYAN_TRY_VOID(expect(":"));
      BANYAN_TRY(value.entries, entries(depth));
      value.kind = Kind::kObject;
      return value;
    }
    case 'C': {
      BANYAN_TRY(value.text, quoted());
      BANYAN_TRY_VOID(expect(":"));
      BANYAN_TRY(const std::int64_t length, integer(':'));
      BANYAN_TRY_VOID(expect("{"));
      if (length < 0 || static_cast<std::uint64_t>(length) > bytes_.size() - at_) return wrong("an object cut short");
      value.raw = bytes_.substr(at_, static_cast<std::size_t>(length));
      at_ += value.raw.size();
      BANYAN_TRY_VOID(expect("}"));
      value.kind = Kind::kCustom;
      return value;
    }
    default:
      return wrong("a value of a kind that PHP does not write");
  }
}

// Counts the values once more and makes nodes of those that are referred to.
void PhpSessionParser::share(std::vector<PhpEntry>& entries, std::uint64_t& number, std::vector<PhpValue>& nodes) {
  for (PhpEntry& entry : entries) {
    PhpValue& value = entry.value;
    if (value.kind == Kind::kShared) {
      if (!value.reference) ++number;
      value.integer = targets_[static_cast<std::uint64_t>(value.integer)];
      continue;
    }
    const auto target = targets_.find(++number);
    if (target == targets_.end()) {
      share(value.entries, number, nodes);
      continue;
    }
    // Its index is known before its contents are looked at, as they may refer to it.
    const bool hard = hard_[number];
    target->second = static_cast<std::int64_t>(nodes.size());
    nodes.emplace_back();
    PhpValue node = std::move(value);
    value = PhpValue{.kind = Kind::kShared, .reference = hard, .integer = target->second};
    share(node.entries, number, nodes);
    nodes[static_cast<std::size_t>(value.integer)] = std::move(node);
  }
}

}  // namespace banyan

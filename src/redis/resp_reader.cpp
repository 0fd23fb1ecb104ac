#include "redis/resp_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"

namespace banyan {
namespace {

Error broken(std::string what) { return Error(ErrorCode::kDataLoss, "redis: " + std::move(what)); }

std::optional<std::int64_t> integer_of(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> double_of(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return value;
}

bool is_big_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit);
}

RespType text_type(char mark) {
  if (mark == '!') return RespType::kError;
  return mark == '=' ? RespType::kVerbatim : RespType::kString;
}

RespType aggregate_type(char mark) {
  switch (mark) {
    case '%':
    case '|':
      return RespType::kMap;
    case '~':
      return RespType::kSet;
    case '>':
      return RespType::kPush;
    default:
      return RespType::kArray;
  }
}

}  // namespace

Result<bool> RespReader::next(RespValue& out) {
  for (;;) {
    RespValue value;
    BANYAN_TRY(const Step step, read_one(value));
    if (step == Step::kNeedMore) {
      drop_consumed();
      return false;
    }
    if (step == Step::kNothing || !place(std::move(value), out)) continue;
    reply_bytes_ = 0;
    drop_consumed();
    return true;
  }
}

Result<RespReader::Step> RespReader::read_one(RespValue& value) {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  const std::size_t end = rest.substr(0, limits_.line_bytes_max + 2).find('\n');
  if (end == std::string_view::npos) {
    if (rest.size() >= limits_.line_bytes_max + 2) return broken("the server sent a line that does not end");
    return Step::kNeedMore;
  }
  if (end < 2 || rest[end - 1] != '\r') return broken("the server sent a line that does not end with CR LF");
  const char mark = rest[0];
  const std::string_view line = rest.substr(1, end - 2);
  switch (mark) {
    case '$':
    case '=':
    case '!':
      return read_text(mark, line, at_ + end + 1, value);
    case '*':
    case '%':
    case '~':
    case '>':
    case '|':
      at_ += end + 1;
      return open_aggregate(mark, line, value);
    default:
      at_ += end + 1;
      return read_line_value(mark, line, value);
  }
}

Result<RespReader::Step> RespReader::read_line_value(char mark, std::string_view line, RespValue& value) {
  BANYAN_TRY_VOID(count_bytes(line.size()));
  value.text = line;
  switch (mark) {
    case '+':
      value.type = RespType::kSimpleString;
      return Step::kValue;
    case '-':
      value.type = RespType::kError;
      return Step::kValue;
    case ':':
      if (const auto number = integer_of(line)) {
        value = {.type = RespType::kInteger, .integer = *number};
        return Step::kValue;
      }
      return broken("the server sent an integer that is none");
    case ',':
      if (const auto number = double_of(line)) {
        value.type = RespType::kDouble;
        value.real = *number;
        return Step::kValue;
      }
      return broken("the server sent a double that is none");
    case '#':
      if (line != "t" && line != "f") return broken("the server sent a boolean that is none");
      value = {.type = RespType::kBoolean, .integer = line == "t" ? 1 : 0};
      return Step::kValue;
    case '_':
      if (!line.empty()) return broken("the server sent a null with something in it");
      return Step::kValue;
    case '(':
      if (!is_big_number(line)) return broken("the server sent a big number that is none");
      value.type = RespType::kBigNumber;
      return Step::kValue;
    default:
      return broken("the server does not speak the Redis protocol; is this its port?");
  }
}

Result<RespReader::Step> RespReader::read_text(char mark, std::string_view line, std::size_t text_at,
                                               RespValue& value) {
  const auto length = integer_of(line);
  if (!length || *length < -1) return broken("the server sent a string whose length is none");
  if (*length == -1) {
    if (mark != '$') return broken("the server sent a string whose length is none");
    at_ = text_at;
    BANYAN_TRY_VOID(count_bytes(0));
    return Step::kValue;
  }
  const auto bytes = static_cast<std::size_t>(*length);
  if (bytes > limits_.reply_bytes_max || reply_bytes_ + bytes > limits_.reply_bytes_max)
    return count_bytes(bytes).error();
  if (buffer_.size() - text_at < bytes + 2) return Step::kNeedMore;
  std::string_view text = std::string_view(buffer_).substr(text_at, bytes);
  if (buffer_[text_at + bytes] != '\r' || buffer_[text_at + bytes + 1] != '\n')
    return broken("the server sent a string that is longer than it said");
  BANYAN_TRY_VOID(count_bytes(bytes));
  if (mark == '=') {
    if (text.size() < 4 || text[3] != ':') return broken("the server sent a verbatim string without a format");
    text.remove_prefix(4);
  }
  value.type = text_type(mark);
  value.text = text;
  at_ = text_at + bytes + 2;
  return Step::kValue;
}

Result<RespReader::Step> RespReader::open_aggregate(char mark, std::string_view line, RespValue& value) {
  const auto count = integer_of(line);
  if (count == -1 && mark == '*') {
    BANYAN_TRY_VOID(count_bytes(0));
    return Step::kValue;
  }
  // A value takes at least its own size, so the limit on bytes limits the count.
  const auto count_max = static_cast<std::int64_t>(limits_.reply_bytes_max / sizeof(RespValue));
  if (!count || *count < 0) return broken("the server sent an aggregate whose length is none");
  if (*count > count_max) return broken("a reply is larger than " + std::to_string(limits_.reply_bytes_max) + " bytes");
  BANYAN_TRY_VOID(count_bytes(0));
  const bool pairs = mark == '%' || mark == '|';
  const std::uint64_t missing = static_cast<std::uint64_t>(*count) * (pairs ? 2 : 1);
  if (missing == 0 && mark == '|') return Step::kNothing;
  value.type = aggregate_type(mark);
  if (missing == 0) return Step::kValue;
  if (open_.size() >= limits_.depth_max)
    return broken("a reply is nested deeper than " + std::to_string(limits_.depth_max));
  value.items.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(missing, 64)));
  open_.push_back({std::move(value), missing, mark == '|'});
  return Step::kNothing;
}

// Puts a finished value where it belongs, and with it the aggregates that it was the last item of. True: `out` is a
// whole reply.
bool RespReader::place(RespValue value, RespValue& out) {
  while (!open_.empty()) {
    Open& inner = open_.back();
    inner.value.items.push_back(std::move(value));
    if (--inner.missing > 0) return false;
    const bool attribute = inner.attribute;
    value = std::move(inner.value);
    open_.pop_back();
    if (attribute) return false;
  }
  out = std::move(value);
  return true;
}

Result<void> RespReader::count_bytes(std::size_t bytes) {
  reply_bytes_ += bytes + sizeof(RespValue);
  if (reply_bytes_ <= limits_.reply_bytes_max) return {};
  return broken("a reply is larger than " + std::to_string(limits_.reply_bytes_max) + " bytes");
}

void RespReader::drop_consumed() {
  if (at_ == buffer_.size()) {
    buffer_.clear();
    at_ = 0;
    if (buffer_.capacity() > 1024 * 1024) buffer_.shrink_to_fit();
  } else if (at_ > 64 * 1024 && at_ > buffer_.size() / 2) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
}

}  // namespace banyan

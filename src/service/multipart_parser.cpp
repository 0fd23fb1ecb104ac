#include "service/multipart_parser.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/field_id.h"

namespace banyan::service {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// One `; name=value` from the front of `text`; a quoted value without its quotes, "\x" being x.
bool take_parameter(std::string_view& text, std::string_view* name, std::string* value) {
  text = trim(text);
  if (!text.starts_with(';')) return false;
  text = trim(text.substr(1));
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  *name = trim(text.substr(0, equals));
  text.remove_prefix(equals + 1);
  value->clear();
  if (!text.starts_with('"')) {
    const std::string_view plain = text.substr(0, text.find(';'));
    *value = trim(plain);
    text.remove_prefix(plain.size());
    return is_token(*value);
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    *value += text[i];
  }
  return false;
}

bool is_boundary_character(char c) {
  constexpr std::string_view kOthers = "'()+_,-./:=? ";
  return is_ascii_alnum(c) || kOthers.find(c) != std::string_view::npos;
}

}  // namespace

void MultipartParser::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  if (state_ != State::kDone && state_ != State::kFailed) buffer_ += bytes;
}

MultipartParser::Event MultipartParser::fail(std::string_view why) {
  state_ = State::kFailed;
  error_ = why;
  return Event::kError;
}

MultipartParser::Event MultipartParser::next() {
  switch (state_) {
    case State::kPreamble:
      return body(false);
    case State::kAfterDelimiter:
      return after_delimiter();
    case State::kFields:
      return fields();
    case State::kData:
      return body(true);
    case State::kDone:
      return Event::kEnd;
    case State::kFailed:
      return Event::kError;
  }
  return Event::kError;
}

// Gives what stands before the next delimiter, which may have come in part.
MultipartParser::Event MultipartParser::body(bool in_part) {
  const std::string_view here = rest();
  const std::size_t end = here.find(delimiter_);
  const bool found = end != std::string_view::npos;
  const std::size_t sure = found ? end : here.size() - std::min(here.size(), delimiter_.size() - 1);
  data_ = here.substr(0, sure);
  at_ += sure;
  if (in_part && !data_.empty()) return Event::kData;
  if (!found) return Event::kNeedMore;
  at_ += delimiter_.size();
  state_ = State::kAfterDelimiter;
  return in_part ? Event::kPartEnd : next();
}

MultipartParser::Event MultipartParser::after_delimiter() {
  const std::string_view here = rest();
  if (here.starts_with("--")) {
    state_ = State::kDone;
    return Event::kEnd;
  }
  const std::size_t line = here.find_first_not_of(" \t");
  if (line == std::string_view::npos || here.size() - line < 2) {
    if (here.size() > kPartFieldsMax) return fail("a delimiter's line is too long");
    return Event::kNeedMore;
  }
  if (here.substr(line, 2) != "\r\n") return fail("after a delimiter stands neither a line's end nor \"--\"");
  if (++parts_ > kPartsMax) return fail("too many parts");
  at_ += line + 2;
  part_ = {};
  named_ = false;
  state_ = State::kFields;
  return fields();
}

MultipartParser::Event MultipartParser::fields() {
  for (;;) {
    const std::string_view here = rest();
    const std::size_t end = here.find("\r\n");
    if (std::min(end, here.size()) > kPartFieldsMax) return fail("the fields of a part are too long");
    if (end == std::string_view::npos) return Event::kNeedMore;
    at_ += end;
    if (end == 0) {
      if (!named_) return fail("a part without Content-Disposition: form-data; name=...");
      at_ += 2;
      state_ = State::kData;
      return Event::kPart;
    }
    if (!field(here.substr(0, end))) return fail("a part's fields are malformed");
    at_ += 2;
  }
}

bool MultipartParser::field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return false;
  if (equals_ignoring_case(line.substr(0, colon), "Content-Type")) part_.content_type = value;
  if (!equals_ignoring_case(line.substr(0, colon), "Content-Disposition")) return true;
  if (named_ || !equals_ignoring_case(trim(value.substr(0, value.find(';'))), "form-data")) return false;
  std::string_view parameters = value.substr(std::min(value.find(';'), value.size()));
  std::string_view name;
  std::string text;
  while (!trim(parameters).empty()) {
    if (!take_parameter(parameters, &name, &text)) return false;
    if (equals_ignoring_case(name, "name")) {
      part_.name = text;
      named_ = true;
    }
    if (equals_ignoring_case(name, "filename")) part_.filename = text;
  }
  return true;
}

std::optional<std::string> form_boundary(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  if (!equals_ignoring_case(trim(content_type.substr(0, semicolon)), "multipart/form-data")) return std::nullopt;
  std::string_view parameters = content_type.substr(semicolon);
  std::string_view name;
  std::string value;
  while (take_parameter(parameters, &name, &value)) {
    if (!equals_ignoring_case(name, "boundary")) continue;
    const bool fits = !value.empty() && value.size() <= 70 && value.back() != ' ' &&
                      std::ranges::all_of(value, is_boundary_character);
    return fits ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace banyan::service

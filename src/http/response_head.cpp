#include "http/response_head.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "http/byte_scan.h"
#include "http/status.h"

namespace banyan {

namespace {

constexpr Refusal kHeadTooLong = {502, "the response head is longer than this gateway accepts"};
constexpr Refusal kBadStatusLine = {502, "the response does not begin with a version, one space and a status code"};
constexpr Refusal kBadReason = {502, "the reason phrase holds a control character, or the line does not end in CRLF"};
constexpr Refusal kOtherVersion = {502, "the response is not of HTTP/1.0 or HTTP/1.1"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "HTTP/1.1 200": 12 bytes. Gives their refusal or none.
Refusal take_version_and_status(std::string_view text, ResponseHead& head) {
  const bool shaped = text.size() == 12 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
                      is_digit(text[7]) && text[8] == ' ' && is_digit(text[9]) && is_digit(text[10]) &&
                      is_digit(text[11]);
  if (!shaped) return kBadStatusLine;
  if (text[5] != '1' || text[7] > '1') return kOtherVersion;
  head.version = text[7] == '1' ? HttpVersion::k11 : HttpVersion::k10;
  head.status = (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
  const bool known_class = head.status >= 100 && head.status <= 599;
  return known_class ? Refusal() : Refusal{502, "the status code is not between 100 and 599"};
}

const char* parse_status_line(const char* p, const char* end, ResponseHead& head, LineStop& stop) {
  const auto refuse = [&stop](Refusal refusal) {
    stop.refusal = refusal;
    return nullptr;
  };
  const auto left = static_cast<std::size_t>(end - p);
  const Refusal refusal = take_version_and_status({p, std::min<std::size_t>(left, 12)}, head);
  if (refusal) return refuse(refusal);
  const char* reason = p + 12;
  if (reason != end && *reason == ' ') {
    ++reason;
  } else if (reason != end && *reason != '\r') {
    return refuse(kBadStatusLine);
  }
  const char* reason_end = byte_scan::skip_value(reason, end);
  if (end - reason_end < 2 || reason_end[0] != '\r' || reason_end[1] != '\n') return refuse(kBadReason);
  head.reason = {reason, static_cast<std::size_t>(reason_end - reason)};
  return reason_end + 2;
}

// Bytes that are copied one after another into room that was made for them.
class Writer {
 public:
  explicit Writer(char* out) : out_(out) {}
  void put(std::string_view text) {
    if (!text.empty()) std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
  }

 private:
  char* out_;
};

std::size_t field_lines_bytes(const Fields& fields) {
  std::size_t bytes = 2;
  for (const Fields::Entry& entry : fields) bytes += entry.name.size() + entry.value.size() + 4;
  return bytes;
}

template <class PutFirstLine>
void append_head(std::size_t first_line_bytes, const Fields& fields, std::string& out, PutFirstLine put_first_line) {
  const std::size_t before = out.size();
  const std::size_t after = before + first_line_bytes + field_lines_bytes(fields);
  if (after > out.capacity()) out.reserve(std::max(after, 2 * out.capacity()));
  out.resize_and_overwrite(after, [&](char* bytes, std::size_t size) {
    Writer writer(bytes + before);
    put_first_line(writer);
    for (const Fields::Entry& entry : fields) {
      writer.put(entry.name);
      writer.put(": ");
      writer.put(entry.value);
      writer.put("\r\n");
    }
    writer.put("\r\n");
    return size;
  });
}

std::string_view version_text(HttpVersion version) { return version == HttpVersion::k11 ? "HTTP/1.1" : "HTTP/1.0"; }

bool is_target(std::string_view target) {
  const char* end = target.data() + target.size();
  return !target.empty() && byte_scan::skip_target_query(target.data(), end) == end;
}

}  // namespace

void ResponseHead::reset() {
  version = HttpVersion::k11;
  status = 0;
  reason = {};
  fields.reset();
}

void ResponseHead::rebase(const char* from, std::size_t length, const char* to) {
  rebase_view(reason, from, length, to);
  fields.rebase(from, length, to);
}

void ResponseHeadParser::reset() {
  resume_ = HeadResume();
  in_fields_ = false;
}

const char* ResponseHeadParser::parse_lines(std::string_view bytes, ResponseHead& head, LineStop& stop) {
  const char* end = bytes.data() + std::min(bytes.size(), limits_.head_bytes_max);
  const char* p = stop.line;
  if (!in_fields_) {
    head.reset();
    p = parse_status_line(p, end, head, stop);
    if (p == nullptr) return nullptr;
    in_fields_ = true;
  }
  return parse_field_lines(p, end, limits_.fields_max, head.fields, stop);
}

HeadOutcome ResponseHeadParser::parse(std::string_view bytes, ResponseHead& head) {
  if (const std::string_view old = resume_.moved_from(bytes); !old.empty()) {
    head.rebase(old.data(), old.size(), bytes.data());
  }
  LineStop stop{resume_.line(bytes), {}};
  if (!resume_.worth_parsing(bytes)) return stopped(bytes, stop);
  const char* head_end = parse_lines(bytes, head, stop);
  if (head_end == nullptr) return stopped(bytes, stop);
  return {HeadOutcome::Kind::kDone, static_cast<std::size_t>(head_end - bytes.data()), {}};
}

HeadOutcome ResponseHeadParser::stopped(std::string_view bytes, const LineStop& stop) {
  // Whatever does not speak HTTP at all is known by its first byte.
  if (!in_fields_ && !bytes.empty() && bytes[0] != 'H') return {HeadOutcome::Kind::kError, 0, kBadStatusLine};
  HeadOutcome outcome = resume_.settle(bytes, stop, limits_.head_bytes_max, kHeadTooLong);
  if (outcome.failed()) outcome.refusal.status = 502;
  return outcome;
}

Result<void> write_request_head(const RequestLine& line, const Fields& fields, std::string& out) {
  if (!is_token(line.method)) return Error(ErrorCode::kInvalidArgument, "the method to be sent is not a token");
  if (!is_target(line.target)) {
    return Error(ErrorCode::kInvalidArgument,
                 "the target to be sent is empty or holds a character that must be percent-encoded");
  }
  const std::size_t bytes = line.method.size() + line.target.size() + 12;
  append_head(bytes, fields, out, [&](Writer& writer) {
    writer.put(line.method);
    writer.put(" ");
    writer.put(line.target);
    writer.put(" ");
    writer.put(version_text(line.version));
    writer.put("\r\n");
  });
  return {};
}

Result<void> write_response_head(const StatusLine& line, const Fields& fields, std::string& out) {
  if (line.status < 100 || line.status > 999) {
    return Error(ErrorCode::kInvalidArgument, "the status to be sent does not have three digits");
  }
  const std::string_view reason = line.reason.empty() ? reason_phrase(line.status) : line.reason;
  if (!is_field_value(reason)) {
    return Error(ErrorCode::kInvalidArgument, "the reason phrase to be sent holds a control character");
  }
  const char digits[3] = {static_cast<char>('0' + line.status / 100), static_cast<char>('0' + line.status / 10 % 10),
                          static_cast<char>('0' + line.status % 10)};
  append_head(reason.size() + 15, fields, out, [&](Writer& writer) {
    writer.put(version_text(line.version));
    writer.put(" ");
    writer.put({digits, sizeof digits});
    writer.put(" ");
    writer.put(reason);
    writer.put("\r\n");
  });
  return {};
}

}  // namespace banyan

#include "http/request_head.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "http/byte_scan.h"

namespace banyan {

namespace {

constexpr Refusal kLineTooLong = {414, "the request line is longer than this server accepts"};
constexpr Refusal kTargetTooLong = {414, "the request target is longer than this server accepts"};
constexpr Refusal kHeadTooLong = {431, "the request head is longer than this server accepts"};
constexpr Refusal kNoMethod = {400, "the request line does not begin with a method and one space"};
constexpr Refusal kBadTarget = {400, "the request target holds a character that is not allowed"};
constexpr Refusal kNoVersion = {400, "the request target is not followed by one space and a version"};
constexpr Refusal kBadVersion = {400, "the request line does not end in a version and CRLF"};
constexpr Refusal kOtherVersion = {505, "this server speaks HTTP/1.0 and HTTP/1.1 here"};
constexpr Refusal kBadHost = {400, "the Host field is not a valid host and port"};

std::string_view view(const char* from, const char* to) { return {from, static_cast<std::size_t>(to - from)}; }

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equals_ignoring_case(text.substr(0, start.size()), start);
}

bool is_ipv6_literal(std::string_view host) {
  char text[INET6_ADDRSTRLEN];
  if (host.size() < 4 || host.front() != '[' || host.back() != ']' || host.size() - 2 >= sizeof text) return false;
  std::memcpy(text, host.data() + 1, host.size() - 2);
  text[host.size() - 2] = '\0';
  in6_addr address;
  return inet_pton(AF_INET6, text, &address) == 1;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  unsigned value = 0;
  if (text.empty() || text.size() > 5) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  port = static_cast<std::uint16_t>(value);
  return value >= 1 && value <= 65535;
}

// "http://host/path?query", or "http://host" with nothing after it.
Refusal take_absolute_form(RequestHead& head) {
  const std::string_view target = head.target;
  const std::size_t scheme = starts_with_ignoring_case(target, "http://")    ? 7
                             : starts_with_ignoring_case(target, "https://") ? 8
                                                                             : 0;
  if (scheme == 0) return {400, "the request target is neither a path nor an http or https URI"};
  const std::size_t authority_end = std::min(target.find_first_of("/?", scheme), target.size());
  const std::size_t path_end = std::min(target.find('?', authority_end), target.size());
  head.form = TargetForm::kAbsolute;
  head.authority = target.substr(scheme, authority_end - scheme);
  head.path = target.substr(authority_end, path_end - authority_end);
  head.has_query = path_end != target.size();
  if (head.has_query) head.query = target.substr(path_end + 1);
  if (head.path.find('\\') != std::string_view::npos) return kBadTarget;
  if (head.path.empty()) head.path = head.method == Method::kOptions && !head.has_query ? "*" : "/";
  if (!split_authority(head.authority, head.host, head.port)) {
    return {400, "the request target does not name a valid host and port"};
  }
  return {};
}

Refusal take_authority_form(RequestHead& head) {
  head.form = TargetForm::kAuthority;
  head.authority = head.target;
  const bool valid = split_authority(head.authority, head.host, head.port) && head.port != 0;
  return valid ? Refusal() : Refusal{400, "the target of CONNECT is not host:port"};
}

// Any target that does not begin with '/'.
Refusal take_other_form(RequestHead& head) {
  if (head.method == Method::kConnect) return take_authority_form(head);
  if (head.target != "*") return take_absolute_form(head);
  head.form = TargetForm::kAsterisk;
  head.path = head.target;
  return head.method == Method::kOptions ? Refusal() : Refusal{400, "the target \"*\" is for OPTIONS alone"};
}

// Gives the end of the target, which is not judged to be followed by anything in particular.
const char* take_target(const char* p, const char* end, RequestHead& head, Refusal& refusal) {
  if (p == end || *p != '/' || head.method == Method::kConnect) [[unlikely]] {
    const char* target_end = byte_scan::skip_target_query(p, end);
    head.target = view(p, target_end);
    refusal = head.target.empty() ? kBadTarget : take_other_form(head);
    return target_end;
  }
  const char* path_end = byte_scan::skip_target_path(p, end);
  const char* target_end = path_end;
  head.path = view(p, path_end);
  if (path_end != end && *path_end == '?') {
    target_end = byte_scan::skip_target_query(path_end + 1, end);
    head.has_query = true;
    head.query = view(path_end + 1, target_end);
  }
  head.target = view(p, target_end);
  return target_end;
}

Refusal take_version(const char* p, const char* end, RequestHead& head) {
  constexpr std::string_view k11 = "HTTP/1.1\r\n";
  constexpr std::string_view k10 = "HTTP/1.0\r\n";
  const std::string_view text = view(p, std::min(end, p + k11.size()));
  if (text == k11) [[likely]] {
    head.version = HttpVersion::k11;
    return {};
  }
  if (text == k10) {
    head.version = HttpVersion::k10;
    return {};
  }
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  const bool version = text.size() == k11.size() && text.starts_with("HTTP/") && digit(5) && text[6] == '.' &&
                       digit(7) && text.ends_with("\r\n");
  return version ? kOtherVersion : kBadVersion;
}

const char* parse_request_line(const char* p, const char* end, std::size_t target_bytes_max, RequestHead& head,
                               LineStop& stop) {
  const auto refuse = [&stop](Refusal refusal) {
    stop.refusal = refusal;
    return nullptr;
  };
  const char* method_end = byte_scan::skip_token(p, end);
  if (method_end == p || method_end == end || *method_end != ' ') return refuse(kNoMethod);
  head.method_name = view(p, method_end);
  head.method = method_from_name(head.method_name);
  const char* target = method_end + 1;
  Refusal refusal;
  const char* target_end = take_target(target, end, head, refusal);
  if (static_cast<std::size_t>(target_end - target) > target_bytes_max) return refuse(kTargetTooLong);
  if (target_end == end || *target_end != ' ') {
    const bool ended = target_end == end || *target_end == '\r' || *target_end == '\n';
    return refuse(ended ? kNoVersion : kBadTarget);
  }
  if (const Refusal wrong_version = take_version(target_end + 1, end, head)) return refuse(wrong_version);
  if (refusal) return refuse(refusal);
  return target_end + 1 + 10;
}

// RFC 9112 section 3.2: what the Host field must be, given the request line. Then the authority is known.
Refusal take_host(RequestHead& head) {
  const Fields::Entry* field = head.fields.find(FieldId::kHost);
  if (field == nullptr) {
    return head.version == HttpVersion::k10 ? Refusal() : Refusal{400, "an HTTP/1.1 request needs a Host field"};
  }
  if (head.fields.repeated(FieldId::kHost)) return {400, "there is more than one Host field"};
  std::string_view host;
  std::uint16_t port = 0;
  if (!split_authority(field->value, host, port)) return kBadHost;
  if (head.form == TargetForm::kAuthority) return {};
  if (head.form == TargetForm::kAbsolute) {
    const bool same = equals_ignoring_case(field->value, head.authority);
    return same ? Refusal() : Refusal{400, "the Host field differs from the host of the request target"};
  }
  head.authority = field->value;
  head.host = host;
  head.port = port;
  return {};
}

}  // namespace

void RequestHead::reset() {
  method = Method::kOther;
  version = HttpVersion::k11;
  form = TargetForm::kOrigin;
  has_query = false;
  port = 0;
  method_name = target = path = query = authority = host = {};
  fields.reset();
}

void RequestHead::rebase(const char* from, std::size_t length, const char* to) {
  for (std::string_view* part : {&method_name, &target, &path, &query, &authority, &host}) {
    rebase_view(*part, from, length, to);
  }
  fields.rebase(from, length, to);
}

bool split_authority(std::string_view authority, std::string_view& host, std::uint16_t& port) {
  port = 0;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    host = authority.substr(0, close + 1);
    if (!is_ipv6_literal(host)) return false;
  } else {
    const char* end = authority.data() + authority.size();
    host = view(authority.data(), byte_scan::skip_by_table(authority.data(), end, byte_scan::kHost));
    if (host.empty()) return false;
  }
  const std::string_view rest = authority.substr(host.size());
  return rest.empty() || (rest.front() == ':' && parse_port(rest.substr(1), port));
}

void RequestHeadParser::reset() {
  resume_ = HeadResume();
  in_fields_ = false;
}

// Parses the lines from where the last call stopped.
const char* RequestHeadParser::parse_lines(std::string_view bytes, RequestHead& head, LineStop& stop) {
  const char* end = bytes.data() + std::min(bytes.size(), limits_.head_bytes_max);
  const char* p = stop.line;
  if (!in_fields_) {
    head.reset();
    const bool first = p == bytes.data();
    if (first && end - p >= 2 && p[0] == '\r' && p[1] == '\n') p += 2;
    stop.line = p;
    p = parse_request_line(p, end, limits_.target_bytes_max, head, stop);
    if (p == nullptr) return nullptr;
    in_fields_ = true;
  }
  return parse_field_lines(p, end, limits_.fields_max, head.fields, stop);
}

HeadOutcome RequestHeadParser::parse(std::string_view bytes, RequestHead& head) {
  if (const std::string_view old = resume_.moved_from(bytes); !old.empty()) {
    head.rebase(old.data(), old.size(), bytes.data());
  }
  LineStop stop{resume_.line(bytes), {}};
  if (!resume_.worth_parsing(bytes)) return stopped(bytes, stop);
  const char* head_end = parse_lines(bytes, head, stop);
  if (head_end == nullptr) return stopped(bytes, stop);
  if (const Refusal refusal = take_host(head)) return {HeadOutcome::Kind::kError, 0, refusal};
  return {HeadOutcome::Kind::kDone, static_cast<std::size_t>(head_end - bytes.data()), {}};
}

HeadOutcome RequestHeadParser::stopped(std::string_view bytes, const LineStop& stop) {
  if (in_fields_) return resume_.settle(bytes, stop, limits_.head_bytes_max, kHeadTooLong);
  // A first byte that can begin no request is refused at once: a TLS client must not wait for a timeout to learn that
  // it came to the wrong port.
  const bool hopeless = !bytes.empty() && bytes[0] != '\r' && !byte_scan::is(bytes[0], byte_scan::kToken);
  if (hopeless) return {HeadOutcome::Kind::kError, 0, kNoMethod};
  return resume_.settle(bytes, stop, limits_.head_bytes_max, kLineTooLong);
}

}  // namespace banyan

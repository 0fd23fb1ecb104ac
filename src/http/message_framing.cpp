#include "http/message_framing.h"

#include <limits>

namespace banyan {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Calls `visit` with each element of a comma-separated list; ends early, with true, once it gives true.
template <class Visit>
bool any_element(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim(list.substr(0, comma));
    if (!element.empty() && visit(element)) return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

template <class Visit>
bool any_element(const Fields& fields, FieldId id, Visit visit) {
  if (!fields.has(id)) return false;
  for (const Fields::Entry& entry : fields) {
    if (entry.id == id && any_element(entry.value, visit)) return true;
  }
  return false;
}

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
};

ConnectionOptions connection_options(const Fields& fields) {
  ConnectionOptions options;
  any_element(fields, FieldId::kConnection, [&](std::string_view option) {
    options.close |= equals_ignoring_case(option, "close");
    options.keep_alive |= equals_ignoring_case(option, "keep-alive");
    options.upgrade |= equals_ignoring_case(option, "upgrade");
    return false;
  });
  return options;
}

bool keeps_alive(HttpVersion version, const ConnectionOptions& options) {
  if (options.close) return false;
  return version == HttpVersion::k11 || options.keep_alive;
}

// Exactly "chunked". A list that repeats it, or is not one, is malformed (400); any other coding is one this program
// does not know (501).
Refusal check_transfer_coding(const Fields& fields, HttpVersion version) {
  if (version == HttpVersion::k10) return {400, "Transfer-Encoding has no meaning in HTTP/1.0"};
  if (fields.repeated(FieldId::kTransferEncoding)) return {400, "there is more than one Transfer-Encoding field"};
  if (fields.has(FieldId::kContentLength)) return {400, "Content-Length and Transfer-Encoding are both there"};
  const std::string_view value = fields.value(FieldId::kTransferEncoding);
  if (equals_ignoring_case(value, "chunked")) return {};
  int chunked = 0;
  bool malformed = value.empty();
  any_element(value, [&](std::string_view coding) {
    if (equals_ignoring_case(coding, "chunked")) ++chunked;
    malformed |= !is_token(trim(coding.substr(0, coding.find(';'))));
    return false;
  });
  if (malformed || chunked > 1) return {400, "Transfer-Encoding is malformed"};
  return {501, "the only transfer coding this server knows is chunked"};
}

// Framing as the fields alone state it: none, length or chunked.
std::expected<BodyFraming, Refusal> stated_framing(const Fields& fields, HttpVersion version) {
  if (fields.has(FieldId::kTransferEncoding)) {
    if (const Refusal refusal = check_transfer_coding(fields, version)) return std::unexpected(refusal);
    return BodyFraming{BodyFraming::Kind::kChunked, 0};
  }
  if (!fields.has(FieldId::kContentLength)) return BodyFraming{};
  if (fields.repeated(FieldId::kContentLength)) {
    return std::unexpected(Refusal{400, "there is more than one Content-Length field"});
  }
  std::uint64_t length = 0;
  if (!parse_content_length(fields.value(FieldId::kContentLength), length)) {
    return std::unexpected(Refusal{400, "Content-Length is not a number of at most 19 digits"});
  }
  return BodyFraming{BodyFraming::Kind::kLength, length};
}

std::string_view offered_upgrade(const RequestHead& head, const ConnectionOptions& options, const BodyFraming& body) {
  const bool meant = options.upgrade && head.version == HttpVersion::k11 && !body.has_body();
  if (!meant || head.fields.repeated(FieldId::kUpgrade)) return {};
  const std::string_view protocol = head.fields.value(FieldId::kUpgrade);
  if (!is_token(protocol.substr(0, protocol.find('/')))) return {};
  const bool one = protocol.find(',') == std::string_view::npos;
  return one && !equals_ignoring_case(protocol, "h2c") ? protocol : std::string_view();
}

// Of the names known to this program, those of one connection alone.
bool is_hop_by_hop(FieldId id) {
  switch (id) {
    case FieldId::kConnection:
    case FieldId::kKeepAlive:
    case FieldId::kProxyConnection:
    case FieldId::kTe:
    case FieldId::kTransferEncoding:
    case FieldId::kUpgrade:
    case FieldId::kHttp2Settings:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool parse_content_length(std::string_view value, std::uint64_t& length) {
  if (value.empty() || value.size() > 19) return false;
  std::uint64_t number = 0;  // 19 digits fit 64 bits
  for (const char c : value) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  length = number;
  return number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

bool list_contains(const Fields& fields, FieldId id, std::string_view token) {
  return any_element(fields, id, [token](std::string_view element) { return equals_ignoring_case(element, token); });
}

std::expected<RequestFraming, Refusal> frame_request(const RequestHead& head) {
  const std::expected<BodyFraming, Refusal> body = stated_framing(head.fields, head.version);
  if (!body) return std::unexpected(body.error());
  const bool may_have_body = head.method != Method::kTrace && head.method != Method::kConnect;
  if (!may_have_body && body->kind != BodyFraming::Kind::kNone) {
    return std::unexpected(Refusal{400, "a TRACE or CONNECT request has no body"});
  }
  const ConnectionOptions options = connection_options(head.fields);
  RequestFraming framing;
  framing.body = *body;
  framing.keep_alive = keeps_alive(head.version, options);
  if (head.fields.has(FieldId::kUpgrade)) framing.upgrade = offered_upgrade(head, options, *body);
  if (head.fields.has(FieldId::kExpect) && head.version == HttpVersion::k11) {
    const bool known = !head.fields.repeated(FieldId::kExpect) &&
                       equals_ignoring_case(head.fields.value(FieldId::kExpect), "100-continue");
    if (!known) return std::unexpected(Refusal{417, "the only expectation this server knows is 100-continue"});
    framing.expect_continue = body->has_body();
  }
  return framing;
}

std::expected<ResponseFraming, Refusal> frame_response(const ResponseHead& head, const AnsweredRequest& request) {
  using Kind = BodyFraming::Kind;
  const std::expected<BodyFraming, Refusal> stated = stated_framing(head.fields, head.version);
  if (!stated) return std::unexpected(Refusal{502, stated.error().sentence});
  ResponseFraming framing{*stated, keeps_alive(head.version, connection_options(head.fields))};
  if (head.status == 101) {
    if (!request.upgrade) return std::unexpected(Refusal{502, "101 answers a request that asked for no upgrade"});
    return ResponseFraming{{Kind::kTunnel, 0}, false};
  }
  if (request.method == Method::kConnect && head.status >= 200 && head.status < 300) {
    return ResponseFraming{{Kind::kTunnel, 0}, false};
  }
  if (request.method == Method::kHead || status_forbids_body(head.status)) {
    framing.body = {};
  } else if (framing.body.kind == Kind::kNone) {
    framing = {{Kind::kUntilClose, 0}, false};
  }
  return framing;
}

void remove_hop_by_hop(Fields& fields) {
  const auto named = [&fields](std::string_view name) { return list_contains(fields, FieldId::kConnection, name); };
  // What Connection names is looked up before Connection itself goes.
  const bool any_named = fields.has(FieldId::kConnection);
  if (any_named) fields.remove_if([&](const Fields::Entry& e) { return e.id == FieldId::kOther && named(e.name); });
  fields.remove_if([](const Fields::Entry& entry) { return is_hop_by_hop(entry.id); });
}

}  // namespace banyan

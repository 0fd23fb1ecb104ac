#include "fastcgi/params.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "fastcgi/record.h"

namespace banyan::fastcgi {
namespace {

// An unsigned number as text, without allocation.
class Digits {
 public:
  explicit Digits(std::uint64_t value) : end_(std::to_chars(buffer_, buffer_ + sizeof buffer_, value).ptr) {}
  std::string_view text() const { return {buffer_, end_}; }

 private:
  char buffer_[20];
  char* end_;
};

// A value put together from two parts, "root" and "/name".
void append_joined_pair(std::string& out, std::string_view name, std::string_view first, std::string_view second) {
  append_pair_lengths(out, name.size(), first.size() + second.size());
  ((out += name) += first) += second;
}

// '-' becomes '_', letters become capitals.
void append_variable_name(std::string& out, std::string_view field_name) {
  out += "HTTP_";
  for (char c : field_name) {
    out += c == '-' ? '_' : ascii_upper(c);
  }
}

bool same_name(const Fields::Entry& a, const Fields::Entry& b) {
  return a.id == b.id && (a.id != FieldId::kOther || equals_ignoring_case(a.name, b.name));
}

// One variable for all lines of one name, written where the first of them stands.
void append_field(std::string& out, const Fields& fields, const Fields::Entry* first) {
  std::string_view separator = first->id == FieldId::kCookie ? "; " : ", ";
  std::size_t length = first->value.size();
  bool may_repeat = first->id == FieldId::kOther || fields.repeated(first->id);
  const Fields::Entry* rest_end = may_repeat ? fields.end() : first + 1;
  for (const Fields::Entry* other = first + 1; other < rest_end; ++other) {
    if (same_name(*first, *other)) length += separator.size() + other->value.size();
  }
  append_pair_lengths(out, first->name.size() + 5, length);
  append_variable_name(out, first->name);
  out += first->value;
  for (const Fields::Entry* other = first + 1; other < rest_end; ++other) {
    if (same_name(*first, *other)) (out += separator) += other->value;
  }
}

bool stands_earlier(const Fields& fields, const Fields::Entry* entry) {
  if (entry->id != FieldId::kOther && !fields.repeated(entry->id)) return false;
  return std::any_of(fields.begin(), entry, [entry](const auto& other) { return same_name(other, *entry); });
}

void append_fields(std::string& out, const Fields& fields) {
  for (const Fields::Entry* entry = fields.begin(); entry != fields.end(); ++entry) {
    if (is_forwarded_field(*entry) && !stands_earlier(fields, entry)) append_field(out, fields, entry);
  }
}

int base64_digit(char c) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// The user name in "Basic dXNlcjpwYXNz" (RFC 7617), or "" where there is none. As in nginx it is what the client
// claims: nobody has checked the password.
std::string basic_user(std::string_view authorization) {
  if (authorization.size() < 6 || !equals_ignoring_case(authorization.substr(0, 6), "basic ")) return {};
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', 6), authorization.size()));
  std::string user;
  unsigned bits = 0;
  int held = 0;
  for (char c : authorization) {
    int digit = base64_digit(c);
    if (digit < 0) break;
    bits = bits << 6 | static_cast<unsigned>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    char decoded = static_cast<char>(bits >> held & 0xFF);
    if (decoded == ':') return user;
    user += decoded;
  }
  return {};
}

void append_connection(std::string& out, const ParamsSource& source) {
  append_pair(out, "REMOTE_ADDR", source.remote_address);
  append_pair(out, "REMOTE_PORT", source.remote_port == 0 ? std::string_view() : Digits(source.remote_port).text());
  append_pair(out, "REMOTE_USER",
              source.fields ? basic_user(source.fields->value(FieldId::kAuthorization)) : std::string());
  append_pair(out, "SERVER_ADDR", source.server_address);
  append_pair(out, "SERVER_PORT", source.server_port == 0 ? std::string_view() : Digits(source.server_port).text());
  append_pair(out, "SERVER_NAME", source.server_name);
}

}  // namespace

bool is_forwarded_field(const Fields::Entry& field) {
  switch (field.id) {
    case FieldId::kContentType:
    case FieldId::kContentLength:
    case FieldId::kTransferEncoding:
    case FieldId::kProxy:
      return false;
    case FieldId::kOther:
      break;
    default:
      return true;
  }
  return std::ranges::all_of(field.name, [](char c) { return is_ascii_alnum(c) || c == '-'; });
}

void append_params(std::string& out, const ParamsSource& source) {
  append_joined_pair(out, "SCRIPT_FILENAME", source.document_root, source.script_name);
  append_pair(out, "QUERY_STRING", source.query);
  append_pair(out, "REQUEST_METHOD", source.method);
  append_pair(out, "CONTENT_TYPE", source.fields ? source.fields->value(FieldId::kContentType) : std::string_view());
  append_pair(out, "CONTENT_LENGTH",
              source.content_length ? Digits(*source.content_length).text() : std::string_view());
  append_pair(out, "SCRIPT_NAME", source.script_name);
  append_pair(out, "REQUEST_URI", source.request_uri);
  append_pair(out, "DOCUMENT_URI", source.script_name);
  append_pair(out, "DOCUMENT_ROOT", source.document_root);
  append_pair(out, "SERVER_PROTOCOL", source.server_protocol);
  append_pair(out, "REQUEST_SCHEME", source.https ? "https" : "http");
  if (source.https) append_pair(out, "HTTPS", "on");
  append_pair(out, "GATEWAY_INTERFACE", "CGI/1.1");
  append_pair(out, "SERVER_SOFTWARE", source.server_software);
  append_connection(out, source);
  // PHP built to be run by a server's redirect refuses requests without it.
  append_pair(out, "REDIRECT_STATUS", "200");
  if (!source.path_info.empty()) {
    append_pair(out, "PATH_INFO", source.path_info);
    append_joined_pair(out, "PATH_TRANSLATED", source.document_root, source.path_info);
  }
  if (source.fields != nullptr) append_fields(out, *source.fields);
}

namespace {

void append_long_params(std::string& out, std::uint16_t request_id, std::string_view pairs) {
  std::string_view record = pairs.substr(0, 0);
  PairReader reader(pairs);
  for (std::string_view name, value; reader.next(name, value);) {
    const char* end = value.data() + value.size();
    if (static_cast<std::size_t>(end - record.data()) > kContentBytesMax) {
      append_stream(out, RecordType::kParams, request_id, record);
      record = {record.data() + record.size(), 0};
    }
    record = {record.data(), static_cast<std::size_t>(end - record.data())};
  }
  append_stream(out, RecordType::kParams, request_id, record);
}

}  // namespace

// The pairs are written behind a record's header in place; only where they are longer than a record are they cut up.
void append_params_stream(std::string& out, std::uint16_t request_id, const ParamsSource& source,
                          std::string_view extra) {
  const std::size_t at = out.size();
  out.append(kRecordHeaderBytes, '\0');
  append_params(out, source);
  out.append(extra);
  const std::size_t length = out.size() - at - kRecordHeaderBytes;
  if (length <= kContentBytesMax) {
    const auto header = encode({RecordType::kParams, request_id, static_cast<std::uint16_t>(length), 0});
    std::copy(header.begin(), header.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  } else {
    const std::string pairs = out.substr(at + kRecordHeaderBytes);
    out.resize(at);
    append_long_params(out, request_id, pairs);
  }
  append_end_of_stream(out, RecordType::kParams, request_id);
}

}  // namespace banyan::fastcgi

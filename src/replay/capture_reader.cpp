#include "replay/capture_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "http/fields.h"
#include "json/parse.h"

namespace banyan {
namespace {

constexpr std::size_t kHarNodesMax = std::size_t{1} << 23;
constexpr std::size_t kHeadersMax = 200;

Error wrong(const std::string& what) { return Error(ErrorCode::kInvalidArgument, what); }

// Of the connection it was recorded on, or a condition under which the answer would have no body to compare.
bool is_left_out(FieldId id) {
  switch (id) {
    case FieldId::kHost:
    case FieldId::kContentLength:
    case FieldId::kTransferEncoding:
    case FieldId::kConnection:
    case FieldId::kUpgrade:
    case FieldId::kExpect:
    case FieldId::kTe:
    case FieldId::kTrailer:
    case FieldId::kKeepAlive:
    case FieldId::kProxyConnection:
    case FieldId::kIfNoneMatch:
    case FieldId::kIfModifiedSince:
    case FieldId::kIfMatch:
    case FieldId::kIfUnmodifiedSince:
    case FieldId::kRange:
    case FieldId::kIfRange:
      return true;
    default:
      return false;
  }
}

Result<void> add_header(CapturedRequest& request, std::string_view name, json::Value value) {
  if (name.starts_with(':')) return {};
  if (!is_token(name)) return wrong("a header's name is no token");
  const auto text = value.to_string();
  if (!text) return wrong("the value of header '" + std::string(name) + "' is no string");
  const FieldId id = field_id(name);
  if (is_left_out(id)) return {};
  if (request.headers.size() == kHeadersMax) return wrong("more than 200 headers");
  request.headers.emplace_back(name, id == FieldId::kAcceptEncoding ? "gzip" : *text);
  return {};
}

Result<void> set_method(CapturedRequest& request, json::Value value) {
  const auto method = value.to_string();
  if (!method || !is_token(*method)) return wrong("'method' is missing, or no method");
  request.method = *method;
  return {};
}

Result<void> set_path(CapturedRequest& request, std::string_view path) {
  path = path.substr(0, path.find('#'));
  if (!path.starts_with('/')) return wrong("'path' is missing, or does not begin with '/'");
  const auto refused = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  if (std::any_of(path.begin(), path.end(), refused)) {
    return wrong("'path' holds a space or a control character, which has to be percent-encoded");
  }
  request.path = path;
  return {};
}

// An absolute URL in two. False where it is none of HTTP.
bool split_url(std::string_view url, std::string_view& authority, std::string& path) {
  const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  if (scheme == 0) return false;
  url.remove_prefix(scheme);
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  authority = url.substr(0, end);
  path = url.substr(end);
  if (!path.starts_with('/')) path.insert(0, "/");
  return !authority.empty();
}

Result<CapturedRequest> har_request(json::Value recorded, std::string_view path) {
  CapturedRequest request;
  BANYAN_TRY_VOID(set_method(request, recorded["method"]));
  BANYAN_TRY_VOID(set_path(request, path));
  for (const json::Value header : recorded["headers"].elements()) {
    const auto name = header["name"].to_string();
    if (!name) return wrong("a header has no name");
    BANYAN_TRY_VOID(add_header(request, *name, header["value"]));
  }
  request.body = recorded["postData"]["text"].to_string().value_or("");
  return request;
}

}  // namespace

bool is_har(std::string_view beginning) {
  if (beginning.starts_with("\xEF\xBB\xBF")) beginning.remove_prefix(3);
  for (const std::string_view token : {std::string_view("{"), std::string_view("\"log\""), std::string_view(":")}) {
    beginning.remove_prefix(std::min(beginning.find_first_not_of(" \t\r\n"), beginning.size()));
    if (!beginning.starts_with(token)) return false;
    beginning.remove_prefix(token.size());
  }
  return true;
}

Result<CapturedRequest> parse_capture_line(std::string_view line) {
  BANYAN_TRY(const json::Document document, json::parse(line, {.refuse_duplicate_keys = true}));
  const json::Value recorded = document.root();
  if (!recorded.is_object()) return wrong("not a JSON object");
  CapturedRequest request;
  BANYAN_TRY_VOID(set_method(request, recorded["method"]));
  BANYAN_TRY_VOID(set_path(request, recorded["path"].to_string().value_or("")));
  const json::Value headers = recorded["headers"];
  if (!headers.absent() && !headers.is_object()) return wrong("'headers' is no object");
  for (const json::Member header : headers.members()) {
    BANYAN_TRY_VOID(add_header(request, header.key, header.value));
  }
  const json::Value body = recorded["body"];
  if (!body.absent() && !body.is_string()) return wrong("'body' is no string");
  request.body = body.to_string().value_or("");
  const json::Value masked = recorded["masked"];
  if (!masked.absent() && !masked.to_bool()) return wrong("'masked' is neither true nor false");
  request.masked = masked.to_bool().value_or(false);
  return request;
}

Result<HarRequests> parse_har(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  BANYAN_TRY(const json::Document document, json::parse(text, {.bytes_max = kHarBytesMax, .nodes_max = kHarNodesMax}));
  const json::Value entries = document.root()["log"]["entries"];
  if (!entries.is_array()) return wrong("a HAR file without log.entries");
  HarRequests har;
  std::string host;
  std::size_t index = 0;
  for (const json::Value entry : entries.elements()) {
    const std::string place = "log.entries[" + std::to_string(index++) + "]";
    const json::Value recorded = entry["request"];
    const auto url = recorded["url"].to_string();
    if (!url) return wrong(place + " has no request.url");
    std::string_view authority;
    std::string path;
    const bool over_http = split_url(*url, authority, path);
    if (over_http && host.empty()) host = authority;
    if (!over_http || authority != host) {
      ++har.elsewhere;
      continue;
    }
    Result<CapturedRequest> request = har_request(recorded, path);
    if (!request.ok()) return std::move(request.error()).add_context(place);
    har.requests.push_back(*std::move(request));
  }
  return har;
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(const std::string& path) {
  File file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) return Error::from_errno(errno, path);
  struct stat status = {};
  if (fstat(fileno(file.get()), &status) != 0) return Error::from_errno(errno, path);
  std::unique_ptr<CaptureReader> reader(new CaptureReader(path, std::move(file)));
  reader->bytes_ = static_cast<std::uint64_t>(status.st_size);
  BANYAN_TRY_VOID(reader->read_more());
  if (is_har(reader->buffer_)) BANYAN_TRY_VOID(reader->read_har());
  return reader;
}

// False at the end of the file.
Result<bool> CaptureReader::read_more() {
  char bytes[64 * 1024];
  const std::size_t count = std::fread(bytes, 1, sizeof bytes, file_.get());
  if (std::ferror(file_.get()) != 0) return Error::from_errno(errno, path_);
  buffer_.append(bytes, count);
  return count > 0;
}

Result<void> CaptureReader::read_har() {
  for (;;) {
    BANYAN_TRY(const bool more, read_more());
    if (!more) break;
    if (buffer_.size() > kHarBytesMax) {
      return Error(ErrorCode::kResourceExhausted, path_ + ": a HAR file of more than 128 MiB; save a shorter session");
    }
  }
  Result<HarRequests> har = parse_har(buffer_);
  if (!har.ok()) return std::move(har.error()).add_context(path_);
  har_ = *std::move(har);
  buffer_ = std::string();
  return {};
}

// False at the end of the file.
Result<bool> CaptureReader::read_line(std::string& line) {
  std::size_t searched = taken_;
  std::size_t end;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    buffer_.erase(0, std::exchange(taken_, 0));
    searched = buffer_.size();
    if (searched > kCaptureLineBytesMax) return wrong("longer than 16 MiB");
    BANYAN_TRY(const bool more, read_more());
    if (!more && buffer_.empty()) return false;
    if (!more) buffer_ += '\n';
  }
  line.assign(buffer_, taken_, end - taken_);
  taken_ = end + 1;
  bytes_read_ += line.size() + 1;
  return true;
}

Result<std::optional<CapturedRequest>> CaptureReader::next() {
  using Next = std::optional<CapturedRequest>;
  if (har_) return next_ < har_->requests.size() ? Next(std::move(har_->requests[next_++])) : Next();
  std::string line;
  for (;;) {
    const std::string place = path_ + ":" + std::to_string(++line_);
    Result<bool> more = read_line(line);
    if (!more.ok()) return std::move(more.error()).add_context(place);
    if (!*more) return Next();
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    Result<CapturedRequest> request = parse_capture_line(line);
    if (!request.ok()) return std::move(request.error()).add_context(place);
    return Next(*std::move(request));
  }
}

}  // namespace banyan

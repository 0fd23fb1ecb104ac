// Recorded requests, from a capture or a HAR file (docs/replay.md).
//
// A capture is JSON lines, one request each: {"method": "GET", "path": "/a?b=1", "headers": {"accept": "*/*"},
// "body": "...", "masked": true}; headers, body and masked may be left out. It is read as it is needed, so it may be of
// any length. A HAR file (HTTP Archive 1.2, as browsers save it) is one document, recognised by its first member "log",
// and is read whole. A browser's archive also holds what other sites were asked for: only requests to the host of its
// first one are taken.
//
// What belongs to the recorded connection or would hide the body is left out: fields of HTTP/2 that begin with ':',
// Host, hop-by-hop fields, lengths, conditions and ranges. Codings are limited to the one that can be compared, gzip.
//
// Limits: a line of 16 MiB, a HAR file of 128 MiB. Not for several threads.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace banyan {

inline constexpr std::size_t kCaptureLineBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kHarBytesMax = std::size_t{128} << 20;

struct CapturedRequest {
  std::string method;  // a token
  std::string path;    // with its query; begins with '/', holds neither spaces nor control characters
  std::vector<std::pair<std::string, std::string>> headers;  // names are tokens
  std::string body;
  bool masked = false;  // it is not whole: something was taken out when it was recorded
};

// Whether text that begins so is a HAR file.
bool is_har(std::string_view beginning);

// One line of a capture. Errors: kInvalidArgument, without the line's number.
Result<CapturedRequest> parse_capture_line(std::string_view line);

struct HarRequests {
  std::vector<CapturedRequest> requests;
  std::uint64_t elsewhere = 0;  // to other hosts, or not over HTTP
};

// Errors: kInvalidArgument, naming the entry; kResourceExhausted for a document past the limits.
Result<HarRequests> parse_har(std::string_view text);

class CaptureReader {
 public:
  // Errors: those of the file system, and those of parse_har.
  static Result<std::unique_ptr<CaptureReader>> open(const std::string& path);

  // The next request; nothing at the end. Errors name file and line; there is nothing after one.
  Result<std::optional<CapturedRequest>> next();

  // How far it has come, of how much: bytes of a capture, requests of a HAR file.
  std::uint64_t done() const { return har_ ? next_ : bytes_read_; }
  std::uint64_t total() const { return har_ ? har_->requests.size() : bytes_; }
  // Requests of a HAR file to other hosts.
  std::uint64_t elsewhere() const { return har_ ? har_->elsewhere : 0; }

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  CaptureReader(std::string path, File file) : path_(std::move(path)), file_(std::move(file)) {}
  Result<bool> read_more();
  Result<void> read_har();
  Result<bool> read_line(std::string& line);

  std::string path_;
  File file_;
  std::string buffer_;     // read and not yet taken
  std::size_t taken_ = 0;  // of `buffer_`
  std::uint64_t line_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::optional<HarRequests> har_;
  std::size_t next_ = 0;
};

}  // namespace banyan

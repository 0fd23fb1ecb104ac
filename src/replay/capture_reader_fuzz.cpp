// Any bytes: what either reader accepts can be sent as a request line and as header lines, and nothing else.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "http/field_id.h"
#include "replay/capture_reader.h"

namespace {

void check_request(const banyan::CapturedRequest& request) {
  BANYAN_CHECK(banyan::is_token(request.method));
  BANYAN_CHECK(request.path.starts_with('/'));
  for (const char c : request.path) BANYAN_CHECK(static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != '#');
  for (const auto& [name, value] : request.headers) BANYAN_CHECK(banyan::is_token(name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = banyan::parse_capture_line(text);
  if (line.ok()) check_request(*line);
  const auto har = banyan::parse_har(text);
  if (har.ok()) {
    for (const auto& request : har->requests) check_request(request);
  }
  (void)banyan::is_har(text);
  return 0;
}

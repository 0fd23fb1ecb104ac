// Any bytes as a log, in pieces: what is read whole is what is read in pieces.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "php_endpoints/access_log_reader.h"

namespace {

std::string read(std::string_view log, std::size_t piece) {
  std::string seen;
  banyan::php::AccessLogReader reader([&](const banyan::php::LoggedRequest& request) {
    seen += request.method + " " + request.target + " " + std::to_string(request.status) + "\n";
  });
  for (std::size_t at = 0; at < log.size(); at += piece) reader.feed(log.substr(at, piece));
  reader.finish();
  return seen + std::to_string(reader.line_count()) + " " + std::to_string(reader.unreadable_count());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view log(reinterpret_cast<const char*>(data), size);
  BANYAN_CHECK(read(log, 13) == read(log, size + 1));
  return 0;
}

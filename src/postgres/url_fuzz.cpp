// Whatever a URL is: no crash, an answer that can be shown, and no password in an error.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "postgres/postgres_options.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const Result<PostgresOptions> options =
      PostgresOptions::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (options.ok()) {
    BANYAN_CHECK(!options->user.empty() && options->port != 0);
    BANYAN_CHECK(options->user.find('\0') == std::string::npos && !options->text().empty());
  } else {
    BANYAN_CHECK(options.error().code() == ErrorCode::kInvalidArgument);
  }
  return 0;
}

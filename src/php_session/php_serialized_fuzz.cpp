// Whatever the bytes: no crash, and what was read is written in a form that reads and writes the same again.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "php_session/php_session_data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const PhpSessionFormat format : {PhpSessionFormat::kPhp, PhpSessionFormat::kPhpSerialize}) {
    Result<PhpSessionData> read = PhpSessionData::parse(bytes, format);
    if (!read.ok()) continue;
    read->set("set", PhpValue::number(1));
    read->erase("a");
    const Result<std::string> written = read->write(format);
    if (!written.ok()) continue;
    const Result<PhpSessionData> again = PhpSessionData::parse(*written, format);
    BANYAN_CHECK(again.ok());
    BANYAN_CHECK(*again->write(format) == *written);
  }
  return 0;
}

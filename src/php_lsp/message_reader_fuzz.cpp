// Any bytes as a stream of messages: read whole or in pieces they are the same messages, or the same refusal.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "php_lsp/message_reader.h"

namespace {

std::string read(std::string_view stream, std::size_t piece) {
  banyan::php::MessageReader reader;
  std::string out;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    reader.feed(stream.substr(at, piece));
    while (true) {
      auto message = reader.next();
      if (!message) return out + "refused";
      if (!message->has_value()) break;
      out += **message + "\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  BANYAN_CHECK(read(stream, 3) == read(stream, size + 1));
  return 0;
}

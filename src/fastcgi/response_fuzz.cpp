// Any bytes as a program's answer: never read past, the same outcome however they are cut, and body views inside the
// input. The first byte says whether the request was HEAD.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "fastcgi/response.h"

namespace {

using namespace banyan::fastcgi;
using Kind = ResponseReader::Step::Kind;

std::string read_in_pieces(std::string_view bytes, std::size_t piece, bool head_request) {
  ResponseReader reader(1, head_request, {.head_bytes_max = 512, .error_line_bytes_max = 32, .error_lines_max = 4});
  std::string seen;
  while (!bytes.empty()) {
    std::string part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    for (std::string_view held = part;;) {
      ResponseReader::Step step = reader.next(held);
      BANYAN_CHECK(step.consumed <= held.size());
      held.remove_prefix(step.consumed);
      seen += step.body;
      if (step.kind == Kind::kError) return seen + std::string(step.refusal.sentence);
      if (step.kind == Kind::kEnd) return seen + "end";
      if (step.kind == Kind::kHead) {
        seen += std::to_string(reader.head().status);
        for (const auto& field : reader.head().fields) (seen += field.name) += field.value;
      }
      if (step.kind == Kind::kNeedMore) {
        BANYAN_CHECK(held.empty());
        break;
      }
    }
  }
  seen += reader.connection_closed().sentence;
  for (const std::string& line : reader.take_error_lines()) {
    BANYAN_CHECK(line.size() <= 32);
    seen += line;
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  bool head_request = (data[0] & 1) != 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string whole = read_in_pieces(bytes, size, head_request);
  // A body over its length is refused at once in one piece; byte by byte what came before the fault is seen as well.
  if (whole.find("longer than") == std::string::npos) {
    BANYAN_CHECK(read_in_pieces(bytes, 1, head_request) == whole);
    BANYAN_CHECK(read_in_pieces(bytes, 9, head_request) == whole);
  }
  return 0;
}

// Any bytes as a connection's: the reader consumes them all, however they are cut, to the same records; and what it
// read as well-formed content survives being written again. The same bytes as name-value pairs.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "fastcgi/record.h"

namespace {

using namespace banyan::fastcgi;

std::string read_in_pieces(std::string_view bytes, std::size_t piece) {
  RecordReader reader;
  std::string seen;
  while (!bytes.empty()) {
    std::string_view held = bytes.substr(0, piece);
    bytes.remove_prefix(held.size());
    for (;;) {
      RecordReader::Step step = reader.next(held);
      BANYAN_CHECK(step.consumed <= held.size());
      held.remove_prefix(step.consumed);
      if (step.kind == RecordReader::Step::Kind::kError) return seen + "error";
      seen += step.content;
      if (step.kind == RecordReader::Step::Kind::kNeedMore) break;
      if (step.kind == RecordReader::Step::Kind::kRecordEnd) {
        auto header = encode(reader.header());
        seen.append(header.data(), header.size());
      }
    }
    BANYAN_CHECK(held.empty());
  }
  return seen;
}

void read_pairs(std::string_view bytes) {
  PairReader reader(bytes);
  std::string written;
  std::string_view name, value;
  while (reader.next(name, value)) append_pair(written, name, value);
  PairReader again(written);
  PairReader first(bytes);
  for (std::string_view other_name, other_value; first.next(name, value);) {
    BANYAN_CHECK(again.next(other_name, other_value) && name == other_name && value == other_value);
  }
  BANYAN_CHECK(!again.next(name, value) && !again.malformed());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string whole = read_in_pieces(bytes, size + 1);
  BANYAN_CHECK(read_in_pieces(bytes, 1) == whole);
  BANYAN_CHECK(read_in_pieces(bytes, 7) == whole);
  read_pairs(bytes);
  return 0;
}

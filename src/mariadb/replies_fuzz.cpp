// Whatever a server sends: no crash; memory within the limit; the same packets however the bytes are cut; and what the
// readers and state machines understand, they understand without looking beyond it.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/check.h"
#include "mariadb/packet_buffer.h"
#include "mariadb/password_proof.h"
#include "mariadb/server_error.h"
#include "mariadb/statement_replies.h"
#include "mariadb/value_codec.h"

namespace {

using namespace banyan;
using namespace banyan::maria;

constexpr std::size_t kBytesMax = 4096;

// Each packet as text, "+" before one that is too long, and "!" where the bytes are no protocol.
std::vector<std::string> packets_of(std::string_view bytes, std::size_t piece) {
  PacketBuffer buffer(kBytesMax);
  std::vector<std::string> all;
  while (!bytes.empty()) {
    const std::span<std::byte> room = buffer.room();
    const std::size_t count = std::min({piece, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), count);
    buffer.added(count);
    bytes.remove_prefix(count);
    for (;;) {
      const auto packet = buffer.next();
      if (!packet.ok()) {
        all.emplace_back("!");
        return all;
      }
      if (!*packet) break;
      all.push_back(((*packet)->too_long ? "+" : " ") + std::string((*packet)->body));
    }
    BANYAN_CHECK(buffer.capacity() <= 64 * 1024);
  }
  return all;
}

class CountingSink final : public SqlRowSink {
 public:
  bool row(std::span<const SqlValueView> values) override {
    for (const SqlValueView& value : values) (void)to_sql_value(value);
    return true;
  }
};

void read_alone(std::string_view body) {
  (void)read_greeting(body);
  (void)read_ok(body);
  (void)read_column(body);
  (void)read_prepared(body);
  if (const auto report = read_server_report(body)) (void)to_sql_error(*report).text();
  for (const std::string_view plugin : {kNativePlugin, kSha2Plugin, kEd25519Plugin}) {
    (void)proof_of(plugin, "password", body);
  }
  for (int type = 0; type <= 255; ++type) {
    BodyReader row(body);
    std::string scratch;
    SqlValueView value;
    Column column{.name = "", .type = static_cast<FieldType>(type)};
    column.is_unsigned = body.size() % 2 == 0;
    column.decimals = static_cast<std::uint8_t>(body.size() % 8);
    (void)decode_value(row, column, scratch, &value);
    BANYAN_CHECK(scratch.size() <= kScratchBytesMax);
  }
}

// `handler` takes the packets until it has had enough.
void feed(ReplyHandler& handler, const std::vector<std::string>& packets) {
  for (const std::string& text : packets) {
    if (text == "!") return;
    if (handler.reply({.too_long = text[0] == '+', .body = std::string_view(text).substr(1)}) != Reply::kMore) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> packets = packets_of(bytes, SIZE_MAX);
  BANYAN_CHECK(packets == packets_of(bytes, 1));
  BANYAN_CHECK(packets == packets_of(bytes, 7));

  CountingSink sink;
  for (const bool cached : {false, true}) {
    PreparedStatement statement;
    statement.columns = {{"a", FieldType::kLong}, {"b", FieldType::kDatetime}, {"c", FieldType::kBlob}};
    RunReplies binary(&statement, &sink, cached);
    feed(binary, packets);
    RunReplies texts(nullptr, &sink, cached);
    feed(texts, packets);
    RunReplies dropped(&statement, nullptr, cached);
    feed(dropped, packets);
  }
  PrepareReplies prepare;
  feed(prepare, packets);
  BANYAN_CHECK(prepare.prepared().columns.size() <= packets.size());
  for (const std::string& text : packets) read_alone(std::string_view(text).substr(1));
  return 0;
}

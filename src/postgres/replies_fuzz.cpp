// Whatever a server sends: no crash; memory within the limit; the same messages however the bytes are cut; and what the
// readers and state machines understand, they understand without looking beyond it.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/check.h"
#include "postgres/message_buffer.h"
#include "postgres/password_proof.h"
#include "postgres/server_error.h"
#include "postgres/statement_replies.h"
#include "postgres/value_codec.h"

namespace {

using namespace banyan;
using namespace banyan::pg;

constexpr std::size_t kBytesMax = 4096;

// Each message as text, and "!" where the bytes are no protocol.
std::vector<std::string> messages_of(std::string_view bytes, std::size_t piece) {
  MessageBuffer buffer(kBytesMax);
  std::vector<std::string> all;
  while (!bytes.empty()) {
    const std::span<std::byte> room = buffer.room();
    const std::size_t count = std::min({piece, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), count);
    buffer.added(count);
    bytes.remove_prefix(count);
    for (;;) {
      const auto message = buffer.next();
      if (!message.ok()) {
        all.emplace_back("!");
        return all;
      }
      if (!*message) break;
      all.push_back(std::string(1, (*message)->type) + ((*message)->too_long ? "+" : " ") +
                    std::string((*message)->body));
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
  (void)read_row_description(body);
  (void)read_parameter_description(body);
  (void)read_notification(body);
  (void)rows_of_tag(body);
  if (const auto report = read_server_report(body)) (void)to_sql_error(*report).text();
  (void)ScramClient("nonce").verify(body);
  SqlValueView value;
  for (const Oid type : {Oid::kBool, Oid::kBytea, Oid::kInt2, Oid::kInt4, Oid::kInt8, Oid::kOid, Oid::kFloat4,
                         Oid::kFloat8, Oid::kTimestamptz, Oid::kNumeric, Oid::kText}) {
    if (!decode_value(body, type, decodes_binary(type), &value) || std::isnan(value.real)) continue;
    // What was read goes back as the same bytes.
    std::string again;
    BANYAN_CHECK(encode_value(again, to_sql_value(value), type));
    BANYAN_CHECK(again == body || type == Oid::kBool);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> messages = messages_of(bytes, SIZE_MAX);
  BANYAN_CHECK(messages == messages_of(bytes, 1));
  BANYAN_CHECK(messages == messages_of(bytes, 7));

  PreparedStatement statement{
      .text = "", .name = "", .parameters = {}, .columns = {{"a", Oid::kInt4, true}, {"b", Oid::kText, false}}};
  CountingSink sink;
  RunReplies run({{&statement, &sink}, {&statement, nullptr}});
  PrepareReplies prepare;
  ScriptReplies script;
  for (const std::string& text : messages) {
    if (text == "!") break;
    const Message message{text[0], text[1] == '+', std::string_view(text).substr(2)};
    (void)run.reply(message);
    (void)prepare.reply(message);
    (void)script.reply(message);
    read_alone(message.body);
  }
  BANYAN_CHECK(run.outcomes().size() <= 2);
  return 0;
}

#include "mariadb/packet_reader.h"

#include <algorithm>

namespace banyan::maria {
namespace {

constexpr std::uint16_t kBinaryCharset = 63;
constexpr std::uint16_t kFlagUnsigned = 32;
constexpr std::size_t kNameBytesMax = 1024;  // servers allow 256 characters
constexpr std::size_t kNonceBytesMin = 12;   // of its second part
constexpr std::uint8_t kSchemaChanged = 1;

}  // namespace

std::uint64_t BodyReader::number(std::size_t count) {
  const std::string_view digits = bytes(count);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(digits[i])) << (8 * i);
  }
  return value;
}

std::uint64_t BodyReader::packed() {
  const std::uint8_t first = u8();
  if (first < 0xfb) return first;
  if (first == 0xfc) return number(2);
  if (first == 0xfd) return number(3);
  if (first == 0xfe) return number(8);
  failed_ = true;  // 0xfb, which stands for NULL where that can be, and 0xff
  rest_ = {};
  return 0;
}

std::string_view BodyReader::text() {
  const std::size_t end = rest_.find('\0');
  if (end == std::string_view::npos) {
    failed_ = true;
    rest_ = {};
    return {};
  }
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return text;
}

std::string_view BodyReader::bytes(std::uint64_t count) {
  if (count > rest_.size()) {
    failed_ = true;
    rest_ = {};
    return {};
  }
  const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(count));
  rest_.remove_prefix(static_cast<std::size_t>(count));
  return bytes;
}

std::optional<Greeting> read_greeting(std::string_view body) {
  BodyReader reader(body);
  Greeting greeting;
  if (reader.u8() != 10) return std::nullopt;
  greeting.version = reader.text();
  greeting.thread = reader.u32();
  greeting.nonce = reader.bytes(8);
  (void)reader.u8();
  greeting.capabilities = reader.u16();
  greeting.charset = reader.u8();
  greeting.status = reader.u16();
  greeting.capabilities |= static_cast<std::uint64_t>(reader.u16()) << 16;
  const std::size_t nonce_bytes = reader.u8();
  (void)reader.bytes(6);
  const std::uint64_t of_mariadb = reader.u32();
  if ((greeting.capabilities & capability::kMysql) == 0) greeting.capabilities |= of_mariadb << 32;
  // With a zero byte behind it.
  const std::size_t second = std::max(kNonceBytesMin, nonce_bytes < 9 ? 0 : nonce_bytes - 9);
  greeting.nonce.append(reader.bytes(second));
  (void)reader.u8();
  if ((greeting.capabilities & capability::kPlugins) != 0) greeting.plugin = reader.text();
  if (reader.failed()) return std::nullopt;
  return greeting;
}

namespace {

// What has changed of a session: kinds, each with what it is now. Nullopt: not its schema, the database that names
// without one are looked up in. Last of several.
std::optional<std::string_view> schema_of_changes(BodyReader changes) {
  std::optional<std::string_view> schema;
  while (!changes.rest().empty()) {
    const std::uint8_t kind = changes.u8();
    BodyReader change(changes.packed_text());
    if (kind == kSchemaChanged && !changes.failed()) schema = change.packed_text();
  }
  return schema;
}

}  // namespace

std::optional<Ok> read_ok(std::string_view body, bool tracks) {
  BodyReader reader(body);
  (void)reader.u8();
  Ok ok;
  ok.rows_affected = reader.packed();
  ok.last_insert_id = reader.packed();
  ok.status = reader.u16();
  ok.warnings = reader.u16();
  if (reader.failed()) return std::nullopt;
  // The manual gives it no length where the session is not tracked; servers do.
  if (!reader.rest().empty()) ok.remark = reader.packed_text();
  if (tracks && (ok.status & kStatusSessionChanged) != 0)
    ok.schema = schema_of_changes(BodyReader(reader.packed_text()));
  return ok;
}

std::optional<Column> read_column(std::string_view body) {
  BodyReader reader(body);
  for (int i = 0; i < 4; ++i) (void)reader.packed_text();  // catalogue, schema, table, and the table's own name
  Column column;
  const std::string_view name = reader.packed_text();
  (void)reader.packed_text();  // the column's own name
  const std::uint64_t fixed = reader.packed();
  const std::uint16_t charset = reader.u16();
  (void)reader.u32();  // width
  column.type = static_cast<FieldType>(reader.u8());
  const std::uint16_t flags = reader.u16();
  column.decimals = reader.u8();
  if (reader.failed() || fixed < 10 || name.size() > kNameBytesMax) return std::nullopt;
  column.name = name;
  column.is_unsigned = (flags & kFlagUnsigned) != 0;
  column.is_binary = charset == kBinaryCharset;
  return column;
}

std::optional<Prepared> read_prepared(std::string_view body) {
  BodyReader reader(body);
  Prepared prepared;
  if (reader.u8() != 0) return std::nullopt;
  prepared.id = reader.u32();
  prepared.columns = reader.u16();
  prepared.parameters = reader.u16();
  if (reader.failed()) return std::nullopt;
  return prepared;
}

}  // namespace banyan::maria

#include "postgres/message_reader.h"

#include <charconv>

#include "postgres/value_codec.h"

namespace banyan::pg {

std::string_view BodyReader::bytes(std::size_t count) {
  if (failed_ || count > rest_.size()) {
    failed_ = true;
    return {};
  }
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint8_t BodyReader::u8() {
  const std::string_view taken = bytes(1);
  return taken.empty() ? 0 : static_cast<std::uint8_t>(taken[0]);
}

std::uint16_t BodyReader::u16() {
  const std::string_view taken = bytes(2);
  return taken.empty() ? 0 : read_u16(taken.data());
}

std::uint32_t BodyReader::u32() {
  const std::string_view taken = bytes(4);
  return taken.empty() ? 0 : read_u32(taken.data());
}

std::string_view BodyReader::text() {
  const std::size_t zero = rest_.find('\0');
  if (failed_ || zero == std::string_view::npos) {
    failed_ = true;
    return {};
  }
  const std::string_view taken = rest_.substr(0, zero);
  rest_.remove_prefix(zero + 1);
  return taken;
}

std::optional<std::vector<Column>> read_row_description(std::string_view body) {
  BodyReader reader(body);
  const std::size_t count = reader.u16();
  std::vector<Column> columns;
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    Column column;
    column.name = reader.text();
    reader.bytes(6);  // the table and the number of its column
    column.type = static_cast<Oid>(reader.u32());
    column.binary = decodes_binary(column.type);
    reader.bytes(8);  // size, modifier, and the format, which is not known before Bind
    columns.push_back(std::move(column));
  }
  if (!reader.complete()) return std::nullopt;
  return columns;
}

std::optional<std::vector<Oid>> read_parameter_description(std::string_view body) {
  BodyReader reader(body);
  const std::size_t count = reader.u16();
  std::vector<Oid> types;
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) types.push_back(static_cast<Oid>(reader.u32()));
  if (!reader.complete()) return std::nullopt;
  return types;
}

std::uint64_t rows_of_tag(std::string_view tag) {
  if (tag.starts_with("SELECT") || tag.starts_with("FETCH") || tag.starts_with("MOVE")) return 0;
  const std::string_view last = tag.substr(tag.rfind(' ') + 1);  // npos + 1 is 0
  std::uint64_t rows = 0;
  const auto [end, failed] = std::from_chars(last.data(), last.data() + last.size(), rows);
  return failed == std::errc() && end == last.data() + last.size() ? rows : 0;
}

std::optional<Notification> read_notification(std::string_view body) {
  BodyReader reader(body);
  Notification notification;
  notification.process = static_cast<std::int32_t>(reader.u32());
  notification.channel = reader.text();
  notification.payload = reader.text();
  if (!reader.complete()) return std::nullopt;
  return notification;
}

}  // namespace banyan::pg

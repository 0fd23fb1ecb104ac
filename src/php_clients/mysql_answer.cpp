#include "php_clients/mysql_answer.h"

#include <optional>
#include <utility>

#include "mariadb/packet_reader.h"
#include "mariadb/server_error.h"

namespace banyan::php_runtime {

namespace {

using maria::Packet;
using maria::Reply;

constexpr std::size_t kFieldsMax = 4096;

std::uint8_t first_of(std::string_view body) { return body.empty() ? 0 : static_cast<std::uint8_t>(body[0]); }

bool is_numeric_type(maria::FieldType type, std::uint32_t length) {
  using enum maria::FieldType;
  if (type == kTimestamp) return length == 14 || length == 8;
  return type <= kInt24 || type == kYear;
}

std::optional<MysqlField> read_field(std::string_view body) {
  maria::BodyReader reader(body);
  MysqlField out;
  for (std::string* one :
       {&out.catalog, &out.database, &out.table, &out.original_table, &out.name, &out.original_name}) {
    *one = reader.packed_text();
  }
  const std::uint64_t fixed = reader.packed();
  out.charset = reader.u16();
  out.length = reader.u32();
  out.type = static_cast<maria::FieldType>(reader.u8());
  out.flags = reader.u16();
  out.decimals = reader.u8();
  if (reader.failed() || fixed < 10) return std::nullopt;
  if (is_numeric_type(out.type, out.length)) out.flags |= MysqlField::kNumeric;
  return out;
}

}  // namespace

bool read_mysql_error(std::string_view body, MysqlError& error) {
  const std::optional<maria::ServerReport> report = maria::read_server_report(body);
  if (!report) return false;
  error.code = report->code;
  error.state = report->sqlstate.empty() ? "HY000" : std::string(report->sqlstate);
  error.text = report->message;
  return true;
}

// ---- Running ----

Reply MysqlReplies::reply(const Packet& packet) {
  if (state_ == State::kRows && packet.too_long) return row(packet);
  if (packet.too_long || packet.body.empty()) return Reply::kMalformed;
  const std::uint8_t first = first_of(packet.body);
  if (first == 0xff) return fail(packet.body);
  if (state_ == State::kFields) return field(packet.body);
  if (state_ == State::kHeader) return begin(packet.body);
  if (first == 0xfe && packet.body.size() < maria::kPartBytesMax) return end(packet.body);
  return row(packet);
}

Reply MysqlReplies::begin(std::string_view body) {
  if (first_of(body) == 0x00 || (first_of(body) == 0xfe && body.size() < maria::kPartBytesMax)) return end(body);
  maria::BodyReader reader(body);
  const std::uint64_t count = reader.packed();
  // 0xfb: the server asks for a file of this machine; it gets none.
  if (!reader.complete() || count == 0 || count > kFieldsMax) return Reply::kMalformed;
  now_.has_rows = true;
  wanted_ = static_cast<std::size_t>(count);
  state_ = State::kFields;
  return Reply::kMore;
}

Reply MysqlReplies::field(std::string_view body) {
  std::optional<MysqlField> one = read_field(body);
  if (!one) return Reply::kMalformed;
  now_.fields.push_back(*std::move(one));
  if (now_.fields.size() == wanted_) state_ = State::kRows;
  return Reply::kMore;
}

Reply MysqlReplies::row(const Packet& packet) {
  bytes_ += WireRows::bytes_of(packet.body);
  too_much_ = too_much_ || packet.too_long || bytes_ > WireRows::kBytesMax;
  if (too_much_) return Reply::kMalformed;  // the rest is not worth waiting for
  now_.rows.add(packet.body);
  return Reply::kMore;
}

Reply MysqlReplies::end(std::string_view body) {
  const std::optional<maria::Ok> ok = maria::read_ok(body, false);
  if (!ok) return Reply::kMalformed;
  if (!now_.has_rows) {
    now_.affected = ok->rows_affected;
    now_.last_id = ok->last_insert_id;
    now_.remark = ok->remark;
  }
  now_.warnings = ok->warnings;
  now_.status = ok->status;
  status_ = ok->status;
  answers_.push_back(std::exchange(now_, {}));
  state_ = State::kHeader;
  return (ok->status & maria::kStatusMoreResults) != 0 ? Reply::kMore : Reply::kDone;
}

Reply MysqlReplies::fail(std::string_view body) {
  if (!read_mysql_error(body, now_.error)) return Reply::kMalformed;
  answers_.push_back(std::exchange(now_, {}));
  return Reply::kDone;
}

// ---- Preparing ----

Reply MysqlPrepareReplies::reply(const Packet& packet) {
  if (packet.too_long || packet.body.empty()) return Reply::kMalformed;
  if (!begun_) {
    if (first_of(packet.body) == 0xff) return read_mysql_error(packet.body, failure) ? Reply::kDone : Reply::kMalformed;
    const std::optional<maria::Prepared> header = maria::read_prepared(packet.body);
    if (!header || header->columns > kFieldsMax) return Reply::kMalformed;
    begun_ = true;
    id = header->id;
    parameters = header->parameters;
    columns_ = header->columns;
  } else {
    std::optional<MysqlField> one = read_field(packet.body);
    if (!one) return Reply::kMalformed;
    if (seen_++ >= parameters) fields.push_back(*std::move(one));
  }
  return seen_ == parameters + columns_ ? Reply::kDone : Reply::kMore;
}

}  // namespace banyan::php_runtime

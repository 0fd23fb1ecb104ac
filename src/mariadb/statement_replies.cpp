#include "mariadb/statement_replies.h"

#include "mariadb/value_codec.h"

namespace banyan::maria {
namespace {

constexpr std::size_t kColumnsMax = 4096;  // as many as servers allow

std::uint8_t first_of(std::string_view body) { return body.empty() ? 0 : static_cast<std::uint8_t>(body[0]); }

}  // namespace

Reply ReplyHandler::take_error(std::string_view body) {
  const std::optional<ServerReport> report = read_server_report(body);
  if (!report) return Reply::kMalformed;
  server_code_ = report->code;
  // An error of ours about the rows stands: the server goes on as if nothing were wrong.
  if (!error_) error_ = to_sql_error(*report);
  return Reply::kDone;
}

// ---- preparing ----

Reply PrepareReplies::reply(const Packet& packet) {
  if (packet.too_long || packet.body.empty()) return Reply::kMalformed;
  if (!header_) {
    if (first_of(packet.body) == 0xff) return take_error(packet.body);
    header_ = read_prepared(packet.body);
    if (!header_ || header_->id == 0 || header_->columns > kColumnsMax) return Reply::kMalformed;
    prepared_.id = header_->id;
    prepared_.parameters = header_->parameters;
  } else {
    std::optional<Column> column = read_column(packet.body);
    if (!column) return Reply::kMalformed;
    if (definitions_++ >= header_->parameters) prepared_.columns.push_back(*std::move(column));
  }
  const std::size_t wanted = std::size_t{header_->parameters} + header_->columns;
  return definitions_ == wanted ? Reply::kDone : Reply::kMore;
}

// ---- running ----

Reply RunReplies::reply(const Packet& packet) {
  if (state_ == State::kRows && packet.too_long) return row(packet);
  if (packet.too_long || packet.body.empty()) return Reply::kMalformed;
  const std::uint8_t first = first_of(packet.body);
  if (first == 0xff) return take_error(packet.body);
  switch (state_) {
    case State::kHeader:
      return begin_result(packet.body);
    case State::kColumns:
      return column(packet.body);
    case State::kRows:
      // A row begins with 0xFE only if its first text is longer than a packet.
      if (first == 0xfe && packet.body.size() < kPartBytesMax) return end_result(packet.body);
      return row(packet);
  }
  return Reply::kMalformed;
}

Reply RunReplies::begin_result(std::string_view body) {
  const std::uint8_t first = first_of(body);
  if (first == 0x00 || (first == 0xfe && body.size() < kPartBytesMax)) return end_result(body);
  if (first == 0xfb) {
    error_ = SqlError(SqlErrorKind::kDenied, "the server asks for a file of this machine (LOCAL INFILE); it gets none");
    return Reply::kMalformed;
  }
  BodyReader reader(body);
  const std::uint64_t count = reader.packed();
  const bool told = !cached_columns_ || reader.u8() != 0;
  if (!reader.complete() || count == 0 || count > kColumnsMax) return Reply::kMalformed;
  columns_wanted_ = static_cast<std::size_t>(count);
  columns_.clear();
  state_ = State::kColumns;
  if (told) return Reply::kMore;
  if (statement_ == nullptr || results_ > 0 || statement_->columns.size() != count) return Reply::kMalformed;
  columns_ = statement_->columns;
  begin_rows();
  return Reply::kMore;
}

Reply RunReplies::column(std::string_view body) {
  std::optional<Column> column = read_column(body);
  if (!column) return Reply::kMalformed;
  columns_.push_back(*std::move(column));
  if (columns_.size() < columns_wanted_) return Reply::kMore;
  if (statement_ != nullptr && results_ == 0) statement_->columns = columns_;
  begin_rows();
  return Reply::kMore;
}

void RunReplies::begin_rows() {
  state_ = State::kRows;
  if (rows_ == nullptr) return;
  std::vector<std::string_view> names;
  for (const Column& column : columns_) names.emplace_back(column.name);
  values_.resize(columns_.size());
  scratch_.reserve(columns_.size() * kScratchBytesMax);  // what is made there must not move
  rows_->columns(names);
}

Reply RunReplies::row(const Packet& packet) {
  if (rows_ == nullptr) return Reply::kMore;
  if (packet.too_long) {
    refuse_rows(SqlErrorKind::kExhausted, "a row is longer than row_bytes_max");
    return Reply::kMore;
  }
  scratch_.clear();
  if (!(statement_ != nullptr ? read_binary(packet.body) : read_texts(packet.body))) return Reply::kMalformed;
  if (!rows_->row(values_)) rows_ = nullptr;
  return Reply::kMore;
}

bool RunReplies::read_binary(std::string_view body) {
  constexpr std::size_t kUnusedBits = 2;
  BodyReader reader(body);
  if (reader.u8() != 0) return false;
  const std::string_view nulls = reader.bytes((columns_.size() + 7 + kUnusedBits) / 8);
  if (reader.failed()) return false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t bit = i + kUnusedBits;
    if ((static_cast<unsigned char>(nulls[bit / 8]) >> bit % 8 & 1) != 0) {
      values_[i] = {};
    } else if (!decode_value(reader, columns_[i], scratch_, &values_[i])) {
      return false;
    }
  }
  return reader.complete();
}

bool RunReplies::read_texts(std::string_view body) {
  BodyReader reader(body);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    values_[i] = {};
    if (first_of(reader.rest()) == 0xfb) {
      (void)reader.u8();
      continue;
    }
    values_[i].type =
        columns_[i].is_binary && columns_[i].type >= FieldType::kTinyBlob ? SqlType::kBytes : SqlType::kText;
    values_[i].text = reader.packed_text();
  }
  return reader.complete();
}

Reply RunReplies::end_result(std::string_view body) {
  const std::optional<Ok> ok = read_ok(body);
  if (!ok) return Reply::kMalformed;
  if (results_++ == 0) {
    outcome_ = {.rows_affected = ok->rows_affected, .last_insert_id = static_cast<std::int64_t>(ok->last_insert_id)};
  }
  status_ = ok->status;
  if (ok->schema) schema_ = *ok->schema;
  rows_ = nullptr;
  state_ = State::kHeader;
  return (ok->status & kStatusMoreResults) != 0 ? Reply::kMore : Reply::kDone;
}

void RunReplies::refuse_rows(SqlErrorKind kind, std::string what) {
  if (!error_) error_ = SqlError(kind, std::move(what));
  rows_ = nullptr;
}

}  // namespace banyan::maria

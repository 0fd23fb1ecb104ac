#include "postgres/statement_replies.h"

#include <algorithm>

#include "base/ascii.h"
#include "postgres/server_error.h"
#include "postgres/value_codec.h"

namespace banyan::pg {

// ---- preparing ----

bool PrepareReplies::reply(const Message& message) {
  switch (message.type) {
    case '1':  // ParseComplete
    case '3':  // CloseComplete
      return true;
    case 't': {
      std::optional<std::vector<Oid>> parameters = read_parameter_description(message.body);
      if (!parameters) return false;
      parameters_ = *std::move(parameters);
      return true;
    }
    case 'T': {
      std::optional<std::vector<Column>> columns = read_row_description(message.body);
      if (!columns) return false;
      prepared_.push_back(
          {.text = {}, .name = {}, .parameters = std::move(parameters_), .columns = *std::move(columns)});
      return true;
    }
    case 'n':  // NoData
      prepared_.push_back({.text = {}, .name = {}, .parameters = std::move(parameters_), .columns = {}});
      return true;
    case 'E': {
      const auto report = read_server_report(message.body);
      if (!report) return false;
      if (!failure_) failure_ = StatementFailure{to_sql_error(*report), prepared_.size(), false};
      return true;
    }
    default:
      return false;
  }
}

// ---- running ----

bool changes_session(std::string_view tag, std::string_view text) {
  if (tag != "SET") return tag == "LISTEN";
  constexpr std::string_view kSpace = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  text.remove_prefix(std::min<std::size_t>(3, text.size()));
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  const std::string_view what = text.substr(0, text.find_first_of(kSpace));
  return !ascii_equal_ignoring_case(what, "LOCAL") && !ascii_equal_ignoring_case(what, "TRANSACTION");
}

bool RunReplies::reply(const Message& message) {
  switch (message.type) {
    case '3':
      return true;
    case '2':  // BindComplete
      return begin_rows();
    case 'D':
      return row(message);
    case 'C': {
      BodyReader reader(message.body);
      const std::string_view tag = reader.text();
      if (outcomes_.size() < expected_.size() && changes_session(tag, expected_[outcomes_.size()].statement->text)) {
        session_changed_ = true;
      }
      return end_statement(rows_of_tag(tag));
    }
    case 'I':  // EmptyQueryResponse
      return end_statement(0);
    case 'E': {
      const auto report = read_server_report(message.body);
      if (!report) return false;
      // An error of ours about the rows of this statement stands: the server goes on as if nothing were wrong.
      if (!failure_) failure_ = StatementFailure{to_sql_error(*report), outcomes_.size(), report->stale_statement()};
      return true;
    }
    case 'G':  // CopyInResponse: the server waits for data that will not come, and only an end of the connection ends
               // it
    case 'H':  // CopyOutResponse
      refuse_rows(SqlErrorKind::kInvalid, "a COPY is not run by execute(), but by copy_in() and copy_out()");
      return message.type == 'H';
    case 'd':
    case 'c':
      return true;
    default:
      return false;
  }
}

bool RunReplies::begin_rows() {
  if (outcomes_.size() >= expected_.size()) return false;
  const Expected& expected = expected_[outcomes_.size()];
  rows_ = expected.rows;
  if (rows_ == nullptr || expected.statement->columns.empty()) return true;
  std::vector<std::string_view> names;
  for (const Column& column : expected.statement->columns) names.emplace_back(column.name);
  rows_given_ = true;
  rows_->columns(names);
  return true;
}

bool RunReplies::row(const Message& message) {
  if (outcomes_.size() >= expected_.size()) return false;
  if (rows_ == nullptr) return true;
  if (message.too_long) {
    refuse_rows(SqlErrorKind::kExhausted, "a row is longer than row_bytes_max");
    return true;
  }
  const std::vector<Column>& columns = expected_[outcomes_.size()].statement->columns;
  BodyReader reader(message.body);
  if (reader.u16() != columns.size()) return false;
  values_.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::uint32_t length = reader.u32();
    if (length == 0xffffffff) {
      values_[i] = {};
      continue;
    }
    const std::string_view bytes = reader.bytes(length);
    if (reader.failed()) return false;
    if (!decode_value(bytes, columns[i].type, columns[i].binary, &values_[i])) {
      refuse_rows(SqlErrorKind::kInvalid, "column \"" + columns[i].name + "\" holds a value that cannot be told here");
      return true;
    }
  }
  if (!reader.complete()) return false;
  if (!rows_->row(values_)) rows_ = nullptr;
  return true;
}

bool RunReplies::end_statement(std::uint64_t rows_affected) {
  if (outcomes_.size() >= expected_.size()) return false;
  outcomes_.push_back({.rows_affected = rows_affected, .last_insert_id = 0});
  rows_ = nullptr;
  return true;
}

void RunReplies::refuse_rows(SqlErrorKind kind, std::string what) {
  if (!failure_) failure_ = StatementFailure{SqlError(kind, std::move(what)), outcomes_.size(), false};
  rows_ = nullptr;
}

// ---- scripts ----

bool ScriptReplies::reply(const Message& message) {
  switch (message.type) {
    case 'C':
      session_changed_ = session_changed_ || changes_session(BodyReader(message.body).text(), {});
      return true;
    case 'D':
    case 'I':
    case 'T':
      return true;
    case 'E': {
      const auto report = read_server_report(message.body);
      if (!report) return false;
      if (!error_) error_ = to_sql_error(*report);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace banyan::pg

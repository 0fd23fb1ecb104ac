#include "php_clients/mysql_statement.h"

#include <bit>
#include <string>

#include "mariadb/packet_writer.h"
#include "php_runtime/convert.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

using enum maria::FieldType;

// The value as it goes: its type, and itself as int, float or text.
MysqlParameter sent(const MysqlParameter& given) {
  MysqlParameter out = given;
  if (given.value.is_null()) return {.value = {}, .type = kNull};
  if (given.type == kDouble) {
    out.value = to_float(given.value);
  } else if (given.type == kVarString) {
    out.value = to_string(given.value);
  } else if (!given.value.is_int()) {
    const double number = to_float(given.value);
    const bool fits = number <= 9223372036854775808.0 && number >= -9223372036854775808.0;
    out.value = fits ? Value(to_int(given.value)) : Value(to_string(given.value));
    if (!fits) out.type = kVarString;
  }
  return out;
}

void put_value(std::string& out, const MysqlParameter& one) {
  switch (one.type) {
    case kNull:
      return;
    case kDouble:
      return maria::put(out, std::bit_cast<std::uint64_t>(one.value.as_float()), 8);
    case kTiny:
      return maria::put(out, static_cast<std::uint64_t>(one.value.as_int()), 1);
    case kLongLong:
      return maria::put(out, static_cast<std::uint64_t>(one.value.as_int()), 8);
    default:
      return maria::put_packed_text(out, one.value.as_string());
  }
}

std::string execute_payload(std::uint32_t id, std::span<const MysqlParameter> parameters) {
  std::string out;
  maria::put(out, id, 4);
  maria::put(out, 0, 1);  // no cursor
  maria::put(out, 1, 4);  // run once
  if (parameters.empty()) return out;
  const std::size_t nulls = out.size();
  out.append((parameters.size() + 7) / 8, '\0');
  maria::put(out, 1, 1);  // types follow
  std::vector<MysqlParameter> all;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    all.push_back(sent(parameters[i]));
    maria::put(out, static_cast<std::uint8_t>(all.back().type), 2);
    if (all.back().type == kNull) out[nulls + i / 8] = static_cast<char>(out[nulls + i / 8] | 1 << i % 8);
  }
  for (const MysqlParameter& one : all) put_value(out, one);
  return out;
}

}  // namespace

MysqlStatement::~MysqlStatement() {
  free_result();
  if (id_ != 0) client_->close_statement(id_);
}

bool MysqlStatement::prepare(std::string_view text) {
  free_result();
  if (id_ != 0) client_->close_statement(std::exchange(id_, 0));
  parameters_ = 0;
  fields_.clear();
  MysqlPrepareReplies replies;
  const bool prepared = client_->prepare(text, replies);
  error_ = client_->error();
  if (!prepared) return false;
  id_ = replies.id;
  parameters_ = replies.parameters;
  fields_ = std::move(replies.fields);
  affected_ = 0;
  return true;
}

bool MysqlStatement::execute(std::span<const MysqlParameter> parameters) {
  free_result();
  affected_ = MysqlClient::kNoCount;
  const bool done = client_->execute(execute_payload(id_, parameters));
  error_ = client_->error();
  if (done) take_outcome();
  return done;
}

void MysqlStatement::take_outcome() {
  affected_ = client_->affected();
  last_id_ = client_->last_id();
  warnings_ = client_->warnings();
  has_pending_rows_ = client_->has_rows();
  if (has_pending_rows_) fields_ = client_->fields();
}

bool MysqlStatement::next_result() {
  result_ = nullptr;
  has_pending_rows_ = false;
  const bool there = client_->next_result();
  error_ = client_->error();
  if (there) take_outcome();
  return there;
}

bool MysqlStatement::store_result() {
  if (!has_pending_rows_) return true;
  has_pending_rows_ = false;
  result_ = client_->store_result();
  affected_ = client_->affected();
  return result_ != nullptr;
}

std::shared_ptr<MysqlResult> MysqlStatement::take_result() {
  if (!has_pending_rows_ || !store_result()) return nullptr;
  return std::exchange(result_, nullptr);
}

bool MysqlStatement::fetch(std::vector<Value>& out) {
  if (has_pending_rows_) {
    has_pending_rows_ = false;
    result_ = client_->use_result();
  }
  if (result_ == nullptr) return false;
  const std::string_view* const row = result_->next();
  if (row == nullptr) return false;
  if (!read_binary_row(*row, fields_, out)) stop("database", "the server broke MySQL's protocol");
  return true;
}

void MysqlStatement::free_result() {
  const bool is_its_own = result_ != nullptr || has_pending_rows_;
  if (has_pending_rows_) client_->use_result();  // and let go
  has_pending_rows_ = false;
  if (result_ != nullptr) result_->finish();
  result_ = nullptr;
  if (is_its_own) client_->skip_results();
}

}  // namespace banyan::php_runtime

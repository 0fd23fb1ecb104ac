#include "service/database_statements.h"

#include <utility>
#include <vector>

#include "base/log_sink.h"
#include "runtime/runtime.h"
#include "service/random_bits.h"

namespace banyan::service {
namespace {

std::string_view system_name(SqlDialect dialect) {
  return dialect == SqlDialect::kPostgres ? "postgresql" : sql_dialect_name(dialect);
}

}  // namespace

DatabaseStatements::DatabaseStatements(SqlDialect dialect, SqlPlace place, std::size_t workers, const SpanLog& spans)
    : dialect_(dialect),
      place_(std::move(place)),
      port_(place_.port == 0 ? "" : std::to_string(place_.port)),
      workers_(workers),
      spans_(spans) {}

DatabaseStatements::~DatabaseStatements() {
  for (auto& of_operation : durations_) {
    for (std::atomic<Durations*>& made : of_operation) delete made.load(std::memory_order_relaxed);
  }
}

DatabaseStatements::Durations& DatabaseStatements::durations(std::size_t operation, std::size_t outcome) {
  std::atomic<Durations*>& place = durations_[operation][outcome];
  if (Durations* const made = place.load(std::memory_order_acquire)) return *made;
  auto fresh = std::make_unique<Durations>(workers_);
  Durations* other = nullptr;
  if (!place.compare_exchange_strong(other, fresh.get(), std::memory_order_acq_rel)) return *other;
  return *fresh.release();
}

void DatabaseStatements::statement_ended(const Statement& statement) {
  const std::size_t operation = sql_operation(statement.text);
  const std::size_t outcome = statement.error == nullptr ? 0 : static_cast<std::size_t>(statement.error->kind()) + 1;
  durations(operation, outcome)[current_worker_index()].record(statement.took);
  const banyan::Context* const context = current_context().get();
  if (spans_.sink != nullptr && context != nullptr && context->trace.sampled) {
    write_span(statement, kSqlOperations[operation]);
  }
}

void DatabaseStatements::write_span(const Statement& statement, std::string_view operation) const {
  const TraceIds& request = current_context().get()->trace;
  const SqlStatementText told = describe_sql(statement.text, dialect_);
  std::string name(operation);
  if (!told.table.empty()) name.append(" ").append(told.table);
  std::vector<SpanAttribute> attributes = {
      {"db.system.name", system_name(dialect_)},
      {"db.namespace", place_.name},
      {"db.operation.name", operation},
      {"db.query.summary", name},
      {"db.query.text", told.text},
      {"db.response.returned_rows", static_cast<std::int64_t>(statement.rows)},
      {"banyan.db.affected_rows", static_cast<std::int64_t>(statement.outcome.rows_affected)}};
  if (!place_.host.empty()) attributes.push_back({"server.address", place_.host});
  if (place_.port != 0) attributes.push_back({"server.port", std::int64_t{place_.port}});
  std::string_view error;
  if (statement.error != nullptr) {
    error = statement.error->message();
    attributes.push_back({"error.type", sql_error_kind_name(statement.error->kind())});
    if (!statement.error->code().empty()) attributes.push_back({"db.response.status_code", statement.error->code()});
  }
  (void)spans_.sink->write_line(spans_.lines.write({.self = {.trace_high = request.trace_high,
                                                             .trace_low = request.trace_low,
                                                             .span = make_span_id(random_bits),
                                                             .flags = TraceParent::kSampled},
                                                    .parent = request.span,
                                                    .name = name,
                                                    .kind = SpanKind::kClient,
                                                    .end = wall_now(),
                                                    .took = statement.took,
                                                    .attributes = attributes,
                                                    .failed = statement.error != nullptr,
                                                    .error = error}));
}

void DatabaseStatements::write_metrics(MetricsText& out) const {
  for (std::size_t operation = 0; operation < durations_.size(); ++operation) {
    for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      const Durations* const made = durations_[operation][outcome].load(std::memory_order_acquire);
      if (made == nullptr) continue;
      std::vector<MetricLabel> labels = {{"db_system_name", system_name(dialect_)},
                                         {"db_namespace", place_.name},
                                         {"db_operation_name", kSqlOperations[operation]}};
      if (!place_.host.empty()) labels.push_back({"server_address", place_.host});
      if (!port_.empty()) labels.push_back({"server_port", port_});
      if (outcome > 0) labels.push_back({"error_type", sql_error_kind_name(static_cast<SqlErrorKind>(outcome - 1))});
      out.histogram(labels, made->merged());
    }
  }
}

void write_statement_metrics(MetricsText& out, std::span<const std::unique_ptr<DatabaseStatements>> databases) {
  if (databases.empty()) return;
  out.family(MetricKind::kHistogram, "db_client_operation_duration_seconds",
             "Statements of databases, from being sent to their last row, by operation; with error_type: failed ones.");
  for (const auto& database : databases) database->write_metrics(out);
}

}  // namespace banyan::service

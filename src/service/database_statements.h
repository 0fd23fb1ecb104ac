// What a service tells of its databases' statements: how many of each kind there were, how they failed and how long
// they took; and of those that work for a sampled request a span each, a child of the request's.
//
// Names are those of OpenTelemetry's semantic conventions for databases: the histogram db.client.operation.duration
// (to Prometheus db_client_operation_duration_seconds) by db.system.name, db.namespace, db.operation.name and, of those
// that failed, error.type; on spans db.query.text, in which no value stands (sql/sql_statement_text.h), too.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <string>

#include "sql/sql_database.h"
#include "sql/sql_statement_text.h"
#include "telemetry/metrics.h"
#include "telemetry/metrics_text.h"
#include "telemetry/span_line.h"

namespace banyan {
class LogSink;
}

namespace banyan::service {

// Where the spans of a service go.
struct SpanLog {
  const SpanLine lines;
  LogSink* sink = nullptr;  // null: nowhere
};

// Of one database. Memory: 1.5 KiB for each worker, operation and kind of outcome that has come about.
class DatabaseStatements final : public SqlObserver {
 public:
  // `spans` must outlive it. `workers`: those of the runtime the statements run in.
  DatabaseStatements(SqlDialect dialect, SqlPlace place, std::size_t workers, const SpanLog& spans);
  ~DatabaseStatements() override;
  DatabaseStatements(const DatabaseStatements&) = delete;
  DatabaseStatements& operator=(const DatabaseStatements&) = delete;

  void statement_ended(const Statement& statement) override;
  const SqlPlace& place() const { return place_; }
  SqlDialect dialect() const { return dialect_; }

 private:
  friend void write_statement_metrics(MetricsText& out, std::span<const std::unique_ptr<DatabaseStatements>> databases);
  static constexpr std::size_t kOutcomes = static_cast<std::size_t>(SqlErrorKind::kInternal) + 2;  // 0: it went well
  using Durations = PerWorker<Histogram>;

  Durations& durations(std::size_t operation, std::size_t outcome);
  void write_span(const Statement& statement, std::string_view operation) const;
  void write_metrics(MetricsText& out) const;

  const SqlDialect dialect_;
  const SqlPlace place_;
  const std::string port_;
  const std::size_t workers_;
  const SpanLog& spans_;
  // Made when there is the first of its kind.
  std::array<std::array<std::atomic<Durations*>, kOutcomes>, kSqlOperations.size()> durations_{};
};

void write_statement_metrics(MetricsText& out, std::span<const std::unique_ptr<DatabaseStatements>> databases);

}  // namespace banyan::service

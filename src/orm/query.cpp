#include "orm/query.h"

namespace banyan::orm::detail {

EdgeLoad::EdgeLoad(EdgeInfo of) : edge(of) {}
EdgeLoad::EdgeLoad(const EdgeLoad& other) = default;
EdgeLoad::EdgeLoad(EdgeLoad&& other) noexcept = default;
EdgeLoad& EdgeLoad::operator=(EdgeLoad&& other) noexcept = default;
EdgeLoad::~EdgeLoad() = default;

void EdgeLoad::add_where(Condition&& condition) {
  where = Condition::join(Op::kAnd, std::move(where), std::move(condition));
}
void EdgeLoad::add_order(Order by) { order.push_back(by); }
void EdgeLoad::add_inner(EdgeLoad&& load) { inner.push_back(std::move(load)); }

QueryBase::QueryBase(const Source& source, const TableInfo* table) : source_(source), select_{.table = table} {}
QueryBase::QueryBase(const QueryBase& other) = default;
QueryBase::QueryBase(QueryBase&& other) noexcept = default;
QueryBase::~QueryBase() = default;

void QueryBase::add_where(Condition&& condition) {
  select_.where = Condition::join(Op::kAnd, std::move(select_.where), std::move(condition));
}

void QueryBase::add_order(Order order) { select_.order.push_back(order); }

void QueryBase::add_edge(EdgeLoad&& load) { edges_.push_back(std::move(load)); }

RowTask QueryBase::fetch_rows(RowsOf rows, Fetch how) const { return fetch(source_, select_, edges_, rows, how); }

RowTask QueryBase::fetch_page(RowsOf rows, std::uint64_t size, std::string cursor) const {
  Select select = select_;
  select.limit = size;
  return detail::fetch_page(source_, std::move(select), edges_, rows, std::move(cursor));
}

Select QueryBase::aggregate_of(Aggregate function, const ColumnInfo* column, const ColumnInfo* group) const {
  Select select = select_;
  select.order.clear();
  // They say which rows .all() gives. One row of an aggregate has no second page.
  if (group == nullptr) {
    select.limit.reset();
    select.offset = 0;
  }
  select.aggregate = function;
  select.aggregated = column;
  select.group = group;
  return select;
}

Task<SqlResult<std::int64_t>> fetch_count(Source source, Select select) {
  const std::vector<Pair> values = co_await try_(select_values(source, std::move(select)));
  std::int64_t count = 0;
  if (values.empty() || !read_integer(view_of(values[0].first), count)) {
    co_return SqlError(SqlErrorKind::kInternal, "the database has not told a count");
  }
  co_return count;
}

Task<SqlResult<bool>> fetch_exists(Source source, Select select) {
  select.order.clear();
  select.limit = 1;
  const std::vector<Pair> values = co_await try_(select_values(source, std::move(select)));
  co_return !values.empty();
}

}  // namespace banyan::orm::detail

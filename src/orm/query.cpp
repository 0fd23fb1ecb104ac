#include "orm/query.h"

namespace banyan::orm::detail {

Task<SqlResult<std::int64_t>> fetch_count(Source source, Select select) {
  select.order.clear();
  select.aggregate = Aggregate::kCount;
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

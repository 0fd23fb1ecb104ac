#include "postgres/statement_cache.h"

#include <utility>

namespace banyan::pg {

PreparedStatement* StatementCache::find(std::string_view text) {
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return &*found->second;
}

PreparedStatement* StatementCache::add(PreparedStatement statement) {
  remove(statement.text);
  if (by_text_.size() >= statements_max_) drop(std::prev(order_.end()));
  order_.push_front(std::move(statement));
  by_text_.emplace(order_.front().text, order_.begin());
  return &order_.front();
}

void StatementCache::remove(std::string_view text) {
  const auto found = by_text_.find(text);
  if (found != by_text_.end()) drop(found->second);
}

void StatementCache::drop(Order::iterator statement) {
  by_text_.erase(statement->text);
  dropped_.push_back(std::move(statement->name));
  order_.erase(statement);
}

}  // namespace banyan::pg

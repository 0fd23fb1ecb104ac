// The statements a connection has prepared on the server, found by their text. Bounded: the one not used for longest
// makes room, and is closed on the server with the next request. Pure.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace banyan {

// `Statement` is what the driver knows of one; it has a std::string `text`.
template <class Statement>
class SqlStatementCache {
 public:
  explicit SqlStatementCache(std::size_t statements_max) : statements_max_(statements_max == 0 ? 1 : statements_max) {}

  // Null: not there. Good until it is removed or has to make room, which can only happen in add(), and never to the
  // statements_max last ones that were found or added.
  Statement* find(std::string_view text) {
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return &*found->second;
  }
  Statement* add(Statement statement) {
    remove(statement.text);
    if (by_text_.size() >= statements_max_) drop_at(std::prev(order_.end()));
    order_.push_front(std::move(statement));
    by_text_.emplace(order_.front().text, order_.begin());
    return &order_.front();
  }
  void remove(std::string_view text) {
    const auto found = by_text_.find(text);
    if (found != by_text_.end()) drop_at(found->second);
  }
  void clear() {
    while (!order_.empty()) drop_at(order_.begin());
  }
  // One that was prepared, or may have been, and is not kept.
  void drop(Statement statement) { dropped_.push_back(std::move(statement)); }
  // Statements that are to be closed on the server; the caller takes them.
  std::vector<Statement> take_dropped() { return std::exchange(dropped_, {}); }
  std::size_t size() const { return by_text_.size(); }
  std::size_t statements_max() const { return statements_max_; }

 private:
  using Order = std::list<Statement>;  // last used first
  void drop_at(typename Order::iterator statement) {
    by_text_.erase(statement->text);
    dropped_.push_back(std::move(*statement));
    order_.erase(statement);
  }

  std::size_t statements_max_;
  Order order_;
  std::unordered_map<std::string_view, typename Order::iterator> by_text_;  // views the statements' own texts
  std::vector<Statement> dropped_;
};

}  // namespace banyan

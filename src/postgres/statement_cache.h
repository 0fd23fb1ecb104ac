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

#include "postgres/message_reader.h"

namespace banyan::pg {

struct PreparedStatement {
  std::string text;
  std::string name;  // on the server
  std::vector<Oid> parameters;
  std::vector<Column> columns;  // empty: it gives no rows
};

class StatementCache {
 public:
  explicit StatementCache(std::size_t statements_max) : statements_max_(statements_max == 0 ? 1 : statements_max) {}

  // Null: not there. Good until it is removed or has to make room, which can only happen in add(), and never to the
  // statements_max last ones that were found or added.
  PreparedStatement* find(std::string_view text);
  PreparedStatement* add(PreparedStatement statement);
  void remove(std::string_view text);
  // A name no statement of this connection has had.
  std::string fresh_name() { return "s" + std::to_string(++names_); }
  // Names of statements that are to be closed on the server; the caller takes them.
  std::vector<std::string> take_dropped() { return std::exchange(dropped_, {}); }
  std::size_t size() const { return by_text_.size(); }
  std::size_t statements_max() const { return statements_max_; }

 private:
  using Order = std::list<PreparedStatement>;  // last used first
  void drop(Order::iterator statement);

  std::size_t statements_max_;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> by_text_;  // views the statements' own texts
  std::vector<std::string> dropped_;
  std::uint64_t names_ = 0;
};

}  // namespace banyan::pg

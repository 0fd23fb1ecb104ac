// What the placeholders or the columns of a statement are bound to. Private to the module.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_runtime/object.h"

namespace banyan::php_runtime {

struct PdoBound {
  std::string name;  // with its colon; "" for a number
  Int number = 0;    // from 0; of a name: -1 where none is known
  Int type = 2;      // PDO::PARAM_STR
  Ref variable;
  Int plain_type() const { return type & 0xffff; }
};

// One for each place, in the order of their first binding. A name and the number it stands for are one place.
class PdoBounds {
 public:
  // By name, or by number where that is "". Null: nothing is bound there.
  const PdoBound* find(std::string_view name, Int number) const;
  // What was bound to the same place before goes.
  void put(PdoBound made);
  void erase(const PdoBound& place);
  void clear();

  std::size_t size() const { return list_.size(); }
  bool empty() const { return list_.empty(); }
  auto begin() { return list_.begin(); }
  auto end() { return list_.end(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  std::size_t index_of(std::string_view name, Int number) const;
  void note(std::size_t index);
  void remove(std::size_t index);
  std::vector<PdoBound> list_;
  std::map<std::string, std::size_t, std::less<>> names_;  // indexes in the list
  std::unordered_map<Int, std::size_t> numbers_;           // of those without a name
};

}  // namespace banyan::php_runtime

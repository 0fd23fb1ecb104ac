#include "php_parse/builtin_methods.h"

#include <algorithm>
#include <string>

namespace banyan::php {

namespace {

constexpr std::string_view kTable =
#include "php_parse/builtin_methods.inc"
    ;

// What is behind the class's name on its line; empty for none.
std::string_view row_of(std::string_view class_name) {
  const std::string mark = "\n" + std::string(class_name) + " ";
  const std::size_t at = kTable.find(mark);
  if (at == kTable.npos) return {};
  const std::string_view rest = kTable.substr(at + mark.size());
  return rest.substr(0, rest.find('\n'));
}

std::string_view take_word(std::string_view& rest) {
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return word;
}

ParentMethod method_of(std::string_view word) {
  const std::size_t end = word.find_first_of("!:+#(");
  ParentMethod out{.name = word.substr(0, end), .parameters = word.substr(word.find('(') + 1)};
  const std::string_view flags = word.substr(end, word.find('(') - end);
  out.is_final = flags.contains('!');
  out.is_static = flags.contains(':');
  out.is_abstract = flags.contains('+');
  out.is_protected = flags.contains('#');
  return out;
}

}  // namespace

std::vector<ParentMethod> builtin_methods(std::string_view class_name) {
  std::vector<ParentMethod> out;
  while (class_name != "-" && class_name != "!") {
    std::string_view row = row_of(class_name);
    if (row.empty()) break;
    class_name = take_word(row);  // its parent
    while (!row.empty()) {
      const ParentMethod one = method_of(take_word(row));
      const auto same = [&](const ParentMethod& nearer) { return nearer.name == one.name; };
      if (std::ranges::none_of(out, same)) out.push_back(one);
    }
  }
  return out;
}

bool is_final_builtin_class(std::string_view class_name) { return row_of(class_name) == "!"; }

}  // namespace banyan::php

// PHP's own classes and their methods, for classes that extend one. As PHP 8.2 has them (builtin_methods.php).
#pragma once

#include <string_view>
#include <vector>

namespace banyan::php {

struct ParentMethod {
  std::string_view name;  // in lower case
  // For each parameter '.' needed, '&' needed and by reference, '~' needed and either, '?' not needed, '%' not needed
  // and by reference, '*' the rest.
  std::string_view parameters;
  bool is_final = false;
  bool is_static = false;
  bool is_abstract = false;
  bool is_protected = false;
};

// Those of the class and then of its ancestors, nearest first, each name once: in the order in which PHP compares them.
// None for a class that is not known here. `class_name` is in lower case; the views live as long as the program.
std::vector<ParentMethod> builtin_methods(std::string_view class_name);

// `class_name` is in lower case, as there.
bool is_final_builtin_class(std::string_view class_name);

}  // namespace banyan::php

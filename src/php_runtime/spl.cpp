#include "php_runtime/spl.h"

#include "php_runtime/spl_classes.h"

namespace banyan::php_runtime {

std::vector<Property> Container::with_private(std::string_view name, std::string_view declarer, const Value& v) const {
  std::vector<Property> out = properties_of(*this);
  out.push_back({std::string(name), "private", find_class(declarer), v, false});
  return out;
}

Class& new_spl_class(std::string_view name, std::string_view parent, std::initializer_list<std::string_view> interfaces,
                     int flags) {
  Class& c = new_builtin(name, flags);
  if (!parent.empty()) c.parent = find_class(parent);
  for (std::string_view one : interfaces) c.interfaces.push_back(find_class(one));
  return declare_builtin(c);
}

void declare_spl() {
  declare_spl_arrays();
  declare_spl_lists();
  declare_spl_heaps();
  declare_spl_storage();
  declare_spl_iterators();
  declare_spl_multiple();
}

}  // namespace banyan::php_runtime

#include "php_parse/class_table.h"

#include <algorithm>

namespace banyan::php {

const MethodFacts* ClassFacts::method(std::string_view wanted) const {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [wanted](const MethodFacts* method) { return method->name == wanted; });
  return found == methods.end() ? nullptr : *found;
}

const PropertyFacts* ClassFacts::property(std::string_view wanted) const {
  const auto found = std::find_if(properties.begin(), properties.end(),
                                  [wanted](const PropertyFacts& property) { return property.name == wanted; });
  return found == properties.end() ? nullptr : &*found;
}

const ConstantFacts* ClassFacts::constant(std::string_view wanted) const {
  const auto found = std::find_if(constants.begin(), constants.end(),
                                  [wanted](const ConstantFacts& constant) { return constant.name == wanted; });
  return found == constants.end() ? nullptr : &*found;
}

}  // namespace banyan::php

#include "php_parse/class_table.h"

namespace banyan::php {

void ClassFacts::add(const MethodFacts* method) {
  method_index_.emplace(method->name, methods.size());
  methods.push_back(method);
}

void ClassFacts::add(PropertyFacts property) {
  property_index_.emplace(property.name, properties.size());
  properties.push_back(std::move(property));
}

void ClassFacts::add(ConstantFacts constant) {
  constant_index_.emplace(constant.name, constants.size());
  constants.push_back(std::move(constant));
}

const MethodFacts* ClassFacts::method(const std::string& wanted) const {
  const auto found = method_index_.find(wanted);
  return found == method_index_.end() ? nullptr : methods[found->second];
}

const PropertyFacts* ClassFacts::property(const std::string& wanted) const {
  const auto found = property_index_.find(wanted);
  return found == property_index_.end() ? nullptr : &properties[found->second];
}

const ConstantFacts* ClassFacts::constant(const std::string& wanted) const {
  const auto found = constant_index_.find(wanted);
  return found == constant_index_.end() ? nullptr : &constants[found->second];
}

}  // namespace banyan::php

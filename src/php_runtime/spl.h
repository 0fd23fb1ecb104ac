// The containers of PHP's standard library, after https://www.php.net/manual/en/spl.datastructures.php.
#pragma once

#include <optional>
#include <vector>

#include "php_runtime/builtin.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

// An object of PHP's own that holds more than properties; shown() is what var_dump() and print_r() see of it.
class Container : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  virtual std::vector<Property> shown() const = 0;
  // (array) of it, given its properties.
  virtual Array as_array(Array properties) const { return properties; }
  // What == gives for another of its class; nothing where the properties tell.
  virtual std::optional<Int> compared(const Object&) const { return {}; }
  // The same for an object of any class.
  virtual std::optional<Int> ordered(const Object&) const { return {}; }
  // Whether it is exported and serialised as var_dump() shows it.
  virtual bool is_open() const { return false; }
  // Whether a property can be read, but is not among those that are listed.
  virtual bool hides(std::string_view) const { return false; }
  // What a property that is not declared holds when x is assigned to it.
  virtual Value assigned(std::string_view, Value x) const { return x; }

 protected:
  // Its properties, and one that is private to a class of PHP's own.
  std::vector<Property> with_private(std::string_view name, std::string_view declarer, const Value& v) const;
};

// Makes the classes known to the program that runs: once for a Context.
void declare_spl();

}  // namespace banyan::php_runtime

// PHP's own classes, methods and functions that this runtime does not have: a program that asks for one stops, since it
// would go on with "not found" where PHP finds it.
#pragma once

#include <string_view>

namespace banyan::php_runtime {

class Class;

// Names in lower case between spaces; those of classes are all of PHP's, of which the runtime has some.
std::string_view classes_of_php();
std::string_view functions_of_php();

void stop_if_php_has_class(std::string_view name);
// Throw what PHP throws for what is not there. `global` is the function that would stand in for one of a namespace.
[[noreturn]] void no_function(std::string_view name, std::string_view global = {});
[[noreturn]] void no_method(const Class& c, std::string_view name);
// Stops where the method, which `c` itself does not declare, is one of a trait that it uses, or may be where the trait
// is not known and `c` inherits one: a trait in another file is not part of the class.
void stop_for_method(const Class& c, std::string_view name);
// Likewise where objects of the class would lack properties of such a trait.
void stop_for_properties(const Class& c);
// Stops where a trait has the property that the class has not: one in another file is not part of the class.
void stop_for_property(const Class& c, std::string_view name);

}  // namespace banyan::php_runtime

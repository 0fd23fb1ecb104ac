// What the files of SPL's classes share.
#pragma once

#include <initializer_list>
#include <string_view>

#include "php_runtime/function.h"
#include "php_runtime/spl.h"

namespace banyan::php_runtime {

// A class of PHP's own that is known from now on; it inherits the way to make its objects.
Class& new_spl_class(std::string_view name, std::string_view parent, std::initializer_list<std::string_view> interfaces,
                     int flags = 0);

void declare_spl_arrays();
void declare_spl_lists();
void declare_spl_heaps();
void declare_spl_storage();
void declare_spl_iterators();
void declare_spl_multiple();

// new ArrayIterator($array).
ObjectPtr new_array_iterator(const Array& array);

template <class T>
T& native(const ObjectPtr& o) {
  return static_cast<T&>(*o);
}
template <class T>
Object* make_native(Class& c) {
  return new T(&c);
}

}  // namespace banyan::php_runtime

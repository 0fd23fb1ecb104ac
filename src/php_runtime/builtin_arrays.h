// PHP's array functions, after https://www.php.net/manual/en/ref.array.php. What changes an array in place takes it as
// Array&; an argument left out whose absence differs from null is an undefined Value.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

// Making arrays from nothing and from others.
Int count(const Value& v, Int mode = 0);
Int sizeof_(const Value& v, Int mode = 0);
Array range(const Value& start, const Value& end, const Value& step = 1);
Array array_fill(Int start, Int count, const Value& v);
Array array_fill_keys(const Array& keys, const Value& v);
Array array_combine(const Array& keys, const Array& values);
Array array_flip(const Array& array);
Array array_pad(const Array& array, Int length, const Value& v);
Array array_merge(Many<Array> arrays);
Array array_merge_recursive(Many<Array> arrays);
Array array_replace(const Array& array, Many<Array> replacements);
Array array_replace_recursive(const Array& array, Many<Array> replacements);
Array array_keys(const Array& array, const Value& filter = Value::undefined(), bool strict = false);
Array array_values(const Array& array);
bool array_is_list(const Array& array);
Value array_key_first(const Array& array);
Value array_key_last(const Array& array);
Array array_column(const Array& array, const Value& column, const Value& index_key = {});
Array array_chunk(const Array& array, Int length, bool preserve_keys = false);
Array array_slice(const Array& array, Int offset, const Value& length = {}, bool preserve_keys = false);
Array array_reverse(const Array& array, bool preserve_keys = false);
Array array_change_key_case(const Array& array, Int mode = 0);
Array array_count_values(const Array& array);

// Searching and folding.
bool in_array(const Value& needle, const Array& haystack, bool strict = false);
Value array_search(const Value& needle, const Array& haystack, bool strict = false);
bool array_key_exists(const Value& key, const Array& array);
// array_key_exists() where PHP makes an instruction of the call, which names no argument.
bool array_has_key(const Value& key, const Array& array);
bool key_exists(const Value& key, const Array& array);
Value array_sum(const Array& array);
Value array_product(const Array& array);
Value max(const Value& value, Arguments values = {});
Value min(const Value& value, Arguments values = {});
Array array_map(const Callable& callback, const Array& array, Many<Array> arrays = {});
Array array_filter(const Array& array, const Callable& callback = {}, Int mode = 0);
Value array_reduce(const Array& array, const Callable& callback, const Value& initial = {});
bool array_walk(Array& array, const Callable& callback, const Value& extra = Value::undefined());
bool array_walk_recursive(Array& array, const Callable& callback, const Value& extra = Value::undefined());
Array array_unique(const Array& array, Int flags = 2);

// Sets.
Array array_diff(const Array& array, Many<Array> arrays);
Array array_diff_key(const Array& array, Many<Array> arrays);
Array array_diff_assoc(const Array& array, Many<Array> arrays);
Array array_intersect(const Array& array, Many<Array> arrays);
Array array_intersect_key(const Array& array, Many<Array> arrays);
Array array_intersect_assoc(const Array& array, Many<Array> arrays);
Array array_udiff(const Array& array, Arguments rest);
Array array_diff_ukey(const Array& array, Arguments rest);
Array array_diff_uassoc(const Array& array, Arguments rest);
Array array_udiff_assoc(const Array& array, Arguments rest);
Array array_udiff_uassoc(const Array& array, Arguments rest);
Array array_uintersect(const Array& array, Arguments rest);
Array array_intersect_ukey(const Array& array, Arguments rest);
Array array_intersect_uassoc(const Array& array, Arguments rest);
Array array_uintersect_assoc(const Array& array, Arguments rest);
Array array_uintersect_uassoc(const Array& array, Arguments rest);

// Stacks, queues and the internal pointer.
Int array_push(Array& array, Arguments values = {});
Value array_pop(Array& array);
Value array_shift(Array& array);
Int array_unshift(Array& array, Arguments values = {});
Array array_splice(Array& array, Int offset, const Value& length = {}, const Value& replacement = Array());
Value current(const Array& array);
Value array_key(const Array& array);
Value next(Array& array);
Value prev(Array& array);
Value reset(Array& array);
Value end(Array& array);

// Sorting.
bool sort(Array& array, Int flags = 0);
bool rsort(Array& array, Int flags = 0);
bool asort(Array& array, Int flags = 0);
bool arsort(Array& array, Int flags = 0);
bool ksort(Array& array, Int flags = 0);
bool krsort(Array& array, Int flags = 0);
bool natsort(Array& array);
bool natcasesort(Array& array);
bool usort(Array& array, const Callable& callback);
bool uasort(Array& array, const Callable& callback);
bool uksort(Array& array, const Callable& callback);
bool array_multisort(Many<Ref> arguments);

}  // namespace banyan::php_runtime

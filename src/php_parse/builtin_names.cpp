#include "php_parse/builtin_names.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace banyan::php {

namespace {

constexpr std::string_view kInlinedFunctions[] = {
    "boolval",   "chr",       "defined", "doubleval", "floatval",   "get_class", "gettype", "intval",    "is_array",
    "is_bool",   "is_float",  "is_int",  "is_double", "is_integer", "is_long",   "is_null", "is_object", "is_resource",
    "is_scalar", "is_string", "ord",     "count",     "sizeof",     "strlen",    "strval",
};

struct Relation {
  std::string_view name;
  std::string_view parents;  // with a space between and behind each
};

constexpr Relation kRelations[] = {
    {"stdclass", ""},
    {"traversable", ""},
    {"iterator", "traversable "},
    {"iteratoraggregate", "traversable "},
    {"generator", "iterator traversable "},
    {"arrayiterator", "seekableiterator iterator traversable arrayaccess serializable countable "},
    {"arrayobject", "iteratoraggregate traversable arrayaccess serializable countable "},
    {"seekableiterator", "iterator traversable "},
    {"arrayaccess", ""},
    {"countable", ""},
    {"serializable", ""},
    {"stringable", ""},
    {"jsonserializable", ""},
    {"closure", ""},
    {"throwable", "stringable "},
    {"exception", "throwable stringable "},
    {"errorexception", "exception throwable stringable "},
    {"error", "throwable stringable "},
    {"typeerror", "error throwable stringable "},
    {"datetimeinterface", ""},
    {"datetime", "datetimeinterface "},
    {"datetimeimmutable", "datetimeinterface "},
};

// What PHP without optional extensions gained: names that older programs gave to functions of their own.
struct AddedFunctions {
  PhpVersion since;
  std::string_view names;  // with a space before and behind each
};

constexpr AddedFunctions kAddedFunctions[] = {
    {{7, 0},
     " error_clear_last gc_mem_caches get_resources intdiv preg_replace_callback_array random_bytes random_int "},
    {{7, 1}, " is_iterable "},
    {{7, 2}, " spl_object_id stream_isatty "},
    {{7, 3}, " array_key_first array_key_last gc_status hrtime is_countable net_get_interfaces "},
    {{7, 4}, " get_mangled_object_vars password_algos "},
    {{8, 0},
     " fdiv get_debug_type get_resource_id preg_last_error_msg str_contains str_ends_with str_starts_with json_decode "
     "json_encode json_last_error json_last_error_msg "},
    {{8, 1}, " array_is_list enum_exists fdatasync fsync "},
    {{8, 2}, " ini_parse_quantity memory_reset_peak_usage "},
    {{8, 3}, " json_validate str_decrement str_increment stream_context_set_options "},
    {{8, 4},
     " array_all array_any array_find array_find_key fpow http_clear_last_response_headers "
     "http_get_last_response_headers request_parse_body "},
    {{8, 5}, " array_first array_last get_error_handler get_exception_handler "},
};

template <std::size_t kCount>
bool is_among(std::string_view name, const std::string_view (&names)[kCount]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

const Relation* find_relation(std::string_view name) {
  const auto found = std::find_if(std::begin(kRelations), std::end(kRelations),
                                  [name](const Relation& relation) { return relation.name == name; });
  return found == std::end(kRelations) ? nullptr : found;
}

}  // namespace

bool is_inlined_function(std::string_view name) { return is_among(name, kInlinedFunctions); }

bool is_added_function(std::string_view name, PhpVersion version) {
  const std::string wanted = " " + std::string(name) + " ";
  return std::any_of(std::begin(kAddedFunctions), std::end(kAddedFunctions), [&](const AddedFunctions& added) {
    return version >= added.since && added.names.find(wanted) != std::string_view::npos;
  });
}

bool is_builtin_class(std::string_view name) { return find_relation(name) != nullptr; }

bool is_builtin_subclass(std::string_view name, std::string_view ancestor) {
  if (name == ancestor) return true;
  const Relation* const relation = find_relation(name);
  if (relation == nullptr) return false;
  std::string_view parents = relation->parents;
  while (!parents.empty()) {
    const std::size_t space = parents.find(' ');
    if (parents.substr(0, space) == ancestor) return true;
    parents.remove_prefix(space + 1);
  }
  return false;
}

}  // namespace banyan::php

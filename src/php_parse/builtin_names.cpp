#include "php_parse/builtin_names.h"

#include <algorithm>
#include <iterator>

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

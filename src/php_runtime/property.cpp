// Properties as others see them: foreach, var_dump, casts and comparisons.
#include "php_runtime/property.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "php_runtime/operators.h"
#include "php_runtime/spl.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

std::string hidden_by(int flags) {
  return (flags & kPrivate) != 0 ? "private" : (flags & kProtected) != 0 ? "protected" : "";
}

std::string Property::mangled() const {
  if (visibility == "protected") return std::string(1, '\0') + "*" + std::string(1, '\0') + name;
  if (visibility == "private")
    return std::string(1, '\0') + (declarer == nullptr ? "" : declarer->name) + std::string(1, '\0') + name;
  return name;
}

// Whether it has no type and was unset: then nothing is to be seen of it.
static bool is_gone(const Property& p) {
  return p.value.is_undefined() && p.declarer != nullptr &&
         std::ranges::any_of(p.declarer->own_properties, [&](const auto& own) {
           return own->name == p.name && own->types.empty() && (own->flags & kStatic) == 0;
         });
}

Property property_at(const Object& o, const Key& key, const Value& v) {
  Property made;
  made.name = key.string().str();
  made.value = v.is_reference() && v.as_reference().alone() ? v.deref() : v;
  made.visibility = "public";
  if (!made.name.empty() && made.name[0] == '\0') {
    // The name of an anonymous class has a NUL of its own.
    const std::size_t end = std::max(made.name.rfind('\0'), std::size_t{1});
    const std::string holder = made.name.substr(1, end - 1);
    Class* const declarer = find_class(holder);
    made.visibility = holder == "*" ? "protected" : "private";
    made.declarer = declarer;
    made.name.erase(0, end + 1);
    made.is_declared =
        declarer != nullptr && o.of().descends(*declarer) && declarer->find_property(made.name, false) != nullptr;
  } else if (const ClassProperty* p = o.of().find_property(made.name, false)) {
    made.declarer = p->owner;
    if ((p->flags & kProtected) != 0) made.visibility = "protected";
    made.read_only = (p->flags & kReadOnly) != 0;
  }
  return made;
}

// Whether a class of PHP's own does not list it.
static bool is_hidden(const Object& o, const Property& p) {
  const auto* container = o.native() == Native::kOther ? dynamic_cast<const Container*>(&o) : nullptr;
  return container != nullptr && container->hides(p.name);
}

std::vector<Property> properties_of(const Object& o) {
  std::vector<Property> out;
  for (const auto& [key, v] : o.properties) {
    Property made = property_at(o, key, v);
    if (!is_gone(made) && !is_hidden(o, made)) out.push_back(std::move(made));
  }
  return out;
}

// Whether the scope has a private property of its own by the name, which it means instead.
static bool is_shadowed(const Object& o, const Property& p, const Class* scope) {
  if (scope == nullptr || scope == &o.of() || p.visibility == "private" || !o.of().descends(*scope)) return false;
  return std::ranges::any_of(scope->own_properties, [&](const auto& own) {
    return own->name == p.name && (own->flags & kPrivate) != 0 && (own->flags & kStatic) == 0;
  });
}

bool is_seen(const Object& o, const Property& p, const Class* scope) {
  if (is_hidden(o, p)) return false;
  return !p.value.is_undefined() && !is_shadowed(o, p, scope) &&
         (!p.is_declared || visible(p.visibility, p.declarer == nullptr ? o.of() : *p.declarer, scope));
}

std::vector<Property> seen_properties(const Object& o, const Class* scope) {
  std::vector<Property> out;
  for (Property& one : properties_of(o)) {
    if (is_seen(o, one, scope)) out.push_back(std::move(one));
  }
  return out;
}

static Array properties_to_array(const Object& o) {
  Array out;
  for (const Property& one : properties_of(o)) {
    if (one.value.is_undefined()) continue;
    out.set_raw(Key(String(one.mangled())), one.value);
  }
  return out;
}

Array object_to_array(const Object& o) {
  Array properties = properties_to_array(o);
  const auto* container = dynamic_cast<const Container*>(&o);
  return container == nullptr ? properties : container->as_array(std::move(properties));
}

int compare_objects(Object& x, Object& y) {
  if (&x == &y) return 0;
  const auto* container = dynamic_cast<const Container*>(&x);
  if (const auto result = container != nullptr ? container->ordered(y) : std::nullopt) return static_cast<int>(*result);
  if (&x.of() != &y.of() || x.of().has_flag(kEnum) || x.native() == Native::kClosure) return 1;
  if (x.busy) throw_error("Nesting level too deep - recursive dependency?");
  struct Busy {
    Object& o;
    ~Busy() { o.busy = false; }
  };
  x.busy = true;
  const Busy busy{x};
  if (container != nullptr) {
    const std::optional<Int> result = container->compared(y);
    if (result) return static_cast<int>(*result);
  }
  return static_cast<int>(compare(properties_to_array(x), properties_to_array(y)));
}

Access Class::find_access(std::string_view property_name, Class* scope) {
  Access out{std::string(property_name), scope, {}, nullptr, true, true};
  if (scope != nullptr && scope != this && descends(*scope)) {
    for (const auto& own : scope->own_properties) {
      if (own->name == property_name && (own->flags & kPrivate) != 0 && (own->flags & kStatic) == 0) {
        out.key = own->key;
        out.property = own.get();
        return out;
      }
    }
  }
  out.property = find_property(property_name, false);
  if (out.property == nullptr) {
    out.key = Key(String(property_name));
  } else {
    out.key = out.property->key;
    out.allowed = visible(hidden_by(out.property->flags), *out.property->owner, scope);
  }
  return out;
}

// Whether two names are the same, without a call for those of up to 16 bytes, which nearly all are.
static bool same_name(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto same = [&]<class Word>(Word, std::size_t at) {
    Word x = 0, y = 0;
    std::memcpy(&x, a.data() + at, sizeof x);
    std::memcpy(&y, b.data() + at, sizeof y);
    return x == y;
  };
  if (size > 16) return a == b;
  if (size >= 8) return same(std::uint64_t{}, 0) && same(std::uint64_t{}, size - 8);
  if (size >= 4) return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

const Access& Class::access(std::string_view property_name, Class* scope) {
  if (accesses_.empty()) accesses_.resize(kAccesses);
  std::size_t hash = property_name.size();
  if (hash > 0) {
    hash = hash * 5 + static_cast<unsigned char>(property_name[0]) +
           static_cast<unsigned char>(property_name[hash - 1]) * 11U;
  }
  Access& kept = accesses_[hash % kAccesses];
  if (!kept.known || kept.scope != scope || !same_name(kept.name, property_name)) {
    kept = find_access(property_name, scope);
  }
  return kept;
}

}  // namespace banyan::php_runtime

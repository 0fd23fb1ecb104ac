// Objects and classes. A class is described by data: names, constants, properties and methods, found by name and by the
// scope that asks. What is PHP's own is a class of C++ that derives from Object.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_runtime/array.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

class Function;
class Class;

enum class Native : std::uint8_t { kPlain, kClosure, kGenerator, kThrowable, kOther, kNamed, kSpread, kPerhaps };

// Flags of members and classes.
inline constexpr int kPublic = 1;
inline constexpr int kProtected = 2;
inline constexpr int kPrivate = 4;
inline constexpr int kStatic = 8;
inline constexpr int kAbstract = 16;
inline constexpr int kFinal = 32;
inline constexpr int kReadOnly = 64;
inline constexpr int kInterface = 128;
inline constexpr int kEnum = 256;
inline constexpr int kTrait = 512;

class Object : public Counted {
 public:
  explicit Object(Class* c);    // takes the lowest number that is free
  Object(const Object& other);  // a clone has a number of its own
  Object& operator=(const Object&) = delete;
  virtual ~Object();
  Class& of() const { return *class_; }
  void become(Class& c) { class_ = &c; }
  Int number() const { return number_; }
  virtual Native native() const { return Native::kPlain; }
  virtual Object* clone() const { return new Object(*this); }
  // The place of $o[key] of a class of PHP's own that keeps its elements itself; null where there is none.
  virtual Value* element_place(const Value& key) {
    static_cast<void>(key);
    return nullptr;
  }
  // isset($o[key]) of such a class, where that is not what offsetExists() gives.
  virtual std::optional<bool> element_is_set(const Value& key) const {
    static_cast<void>(key);
    return {};
  }
  // By name; private ones under "\0Class\0name". One that is not initialised is kUndefined.
  Array properties;
  bool busy = false;  // being printed or compared, which ends a recursion
  bool destructed = false;

 private:
  Class* class_;
  Int number_ = 0;
};
void release(Object* o);

struct ClassProperty {
  std::string name;
  int flags = 0;
  std::string types;
  Value (*value)() = nullptr;  // null: not initialised
  Class* owner = nullptr;
  Key key;
  std::string checked;   // the types with self and parent resolved
  std::size_t slot = 0;  // where it is among the properties of an object, as far as known
  bool known = false;
  Value first;
  std::string title() const;
  bool allows(std::string_view type) const;
};

// How objects of a class keep a property, and whether a scope may use it.
struct Access {
  std::string name;
  const Class* scope = nullptr;
  Key key;
  ClassProperty* property = nullptr;
  bool allowed = true;
  bool known = false;
};

struct ClassConstant {
  std::string name;
  int flags = 0;
  bool is_case = false;
  Value (*value)() = nullptr;
  Class* owner = nullptr;
  bool known = false;
  bool running = false;
  Value v;
};

struct Method {
  std::string name;
  int flags = 0;
  Class* owner = nullptr;
  Ptr<Function> function;  // null: abstract
  bool is_static() const { return (flags & kStatic) != 0; }
  std::string_view hidden() const {
    return (flags & kPrivate) != 0 ? "private" : (flags & kProtected) != 0 ? "protected" : "";
  }
};

class Class {
 public:
  explicit Class(std::string_view class_name, int class_flags = 0);
  Class(const Class&) = delete;
  Class& operator=(const Class&) = delete;

  // What a declaration says; declare_class() makes it known.
  void extends(std::string_view above) { parent_name = above; }
  void implements(std::vector<std::string> names) { interface_names = std::move(names); }
  void uses(std::vector<std::string> names) { trait_names = std::move(names); }
  void backed(std::string_view kind) { backing = kind; }
  void modify(int more) { flags |= more; }
  void allow_dynamic() { allows_dynamic = true; }
  void deprecates(int at_line, std::string_view message) { complaints.emplace_back(at_line, message); }
  void read_only() { is_read_only = true; }
  void anonymous(int at_line);
  void constant(std::string_view member, int member_flags, Value (*value)());
  void enum_case(std::string_view member, Value (*value)());
  void property(std::string_view member, int member_flags, std::string_view types, Value (*value)());
  // A function whose first parameter is the object, or the class for static ones.
  template <class F>
  Function& method(std::string_view member, int member_flags, F code);
  Function& method(std::string_view member, int member_flags, std::nullptr_t);

  // ---- Looking ----
  bool has_flag(int flag) const { return (flags & flag) != 0; }
  bool is(std::string_view wanted) const;  // it or what it descends from, in any case
  bool descends(const Class& from) const;
  const Method* find_method(std::string_view wanted) const;
  const Method* own_method(std::string_view wanted) const;
  ClassConstant* find_constant(std::string_view wanted);
  ClassProperty* find_property(std::string_view wanted, bool is_static);
  const Access& access(std::string_view property_name, Class* scope);  // valid until the next call
  ObjectPtr instance();                                                // with its properties as declared
  Object* (*make)(Class& c) = nullptr;  // of PHP's own classes that need more than Object

  std::string name;
  int flags;
  Class* parent = nullptr;
  std::vector<Class*> interfaces;
  std::string parent_name;
  std::vector<std::string> interface_names;
  std::vector<std::string> trait_names;
  std::string backing;
  bool allows_dynamic = false;
  bool is_read_only = false;
  bool declared = false;
  bool is_builtin = false;
  bool settled = false;
  bool prepared = false;
  bool distinct = false;
  int line = 0;
  std::vector<std::pair<int, std::string>> complaints;  // deprecations that PHP gives as it declares it
  std::vector<std::unique_ptr<ClassConstant>> constants;
  std::vector<ClassConstant*> cases;
  std::vector<std::unique_ptr<ClassProperty>> own_properties;
  std::unordered_map<std::string, Ref> statics;
  std::vector<std::unique_ptr<Method>> methods;
  void settle_constants();
  void prepare();
  void fill(Object& o);

 private:
  Function& add_method(std::string_view method_name, int member_flags, Ptr<Function> f);
  friend Class& declare_class(Class& c);
  void enum_methods();
  Access find_access(std::string_view property_name, Class* scope);
  mutable std::unordered_map<std::string, const Method*> found_;
  static constexpr std::size_t kAccesses = 32;
  std::vector<Access> accesses_;  // those last asked for, each in the place of its name
  std::optional<Array> pattern_;  // the properties of a new object, where they are all that it has
};

void declare_generator();
// A class of the program becomes known by its name, with what it inherits.
Class& declare_class(Class& c);
void class_alias(Class& c, std::string_view alias);
// A class of PHP's own, which lives as long as the thread: what classes hold is not shared between threads.
Class& new_builtin(std::string_view name, int flags = 0);
Class& declare_builtin(Class& c);
Class* find_class(std::string_view name);
Class& need_class(std::string_view name);  // autoloaders are asked; throws
Class* load_class(std::string_view name);
Class* find_class_in(std::string_view name, Class* scope);
Class& class_for(const Value& v);  // that a value names, or that of an object
Class& parent_of(Class& c);
inline String name_of(const Class& c) { return {std::string_view(c.name)}; }
String class_name(const Object& o);
bool visible(std::string_view hidden, const Class& owner, const Class* scope);
// "private", "protected" or, for what is public, nothing.
std::string hidden_by(int flags);

// $v instanceof the class of that name.
bool is_a(const Value& v, std::string_view name);
bool instance_of(const Value& v, const Class& c);
bool instance_of_value(const Value& v, const Value& c);
bool object_string(Object& o, String& out);  // __toString
Array object_to_array(const Object& o);      // (array)$o
int compare_objects(Object& x, Object& y);

// One property as foreach, var_dump and their kin see it.
struct Property {
  std::string name;
  std::string_view visibility;
  const Class* declarer = nullptr;
  Value value;
  bool read_only = false;
  bool is_declared = true;  // false: only its key, made by a cast, says that it is hidden
  bool number = false;      // an element of a container, whose name is shown as a number
  std::string mangled() const;
};
std::vector<Property> properties_of(const Object& o);
// Those that a scope may use.
std::vector<Property> seen_properties(const Object& o, const Class* scope);

// ---- new, clone, properties, methods: as the code of `scope` (null: none) may use them ----
ObjectPtr new_object(Class& c, Class* scope, Arguments arguments = {});
// new_object() in two steps, for arguments that are worked out when the object is there, as PHP does.
ObjectPtr begin_object(Class& c);
void construct(const ObjectPtr& o, Class* scope, Arguments arguments);
template <class F>
ObjectPtr new_with(Class* c, Class* scope, F arguments) {
  ObjectPtr o = begin_object(*c);
  const std::vector<Value> given = arguments();
  construct(o, scope, given);
  return o;
}
Value clone_in(const Value& v, Class* scope);
Value prop(const Value& v, std::string_view name, Class* scope);
Value set_prop(const Value& v, std::string_view name, Class* scope, Value x);
Value& prop_place(const Value& v, std::string_view name, Class* scope);
Value& prop_within(const Value& v, std::string_view name, Class* scope);
Ref prop_ref(const Value& v, std::string_view name, Class* scope);
void bind_prop(const Value& v, std::string_view name, Class* scope, const Ref& r);
Value quiet_prop(const Value& v, std::string_view name, Class* scope);
// $v[k] and $v->name in $v[k]->other = x and its like: what is not there is null, or is made and is null.
Value holder_at(const Value& v, const Value& k);
Value holder_in(const Value& v, std::string_view name, Class* scope);
// The same in unset($v[k]->name), unset($v->name->other) and in $v[k]->name += x.
Value unset_holder_at(const Value& v, const Value& k);
Value unset_holder_in(const Value& v, std::string_view name, Class* scope);
Value update_holder_at(const Value& v, const Value& k);
bool isset_prop(const Value& v, std::string_view name, Class* scope);
bool empty_prop(const Value& v, std::string_view name, Class* scope);
void unset_prop(const Value& v, std::string_view name, Class* scope);
using Operation = Value (*)(const Value& a, const Value& b);
Value update_prop(const Value& v, std::string_view name, Class* scope, Operation op, const Value& x);
Value update_prop_old(const Value& v, std::string_view name, Class* scope, Operation op, const Value& x);
Ref static_prop(Class& c, std::string_view name, Class* scope);
Value static_value(Class& c, std::string_view name, Class* scope);
Value quiet_static_prop(Class& c, std::string_view name, Class* scope);
Value set_static_prop(Class& c, std::string_view name, Class* scope, Value v);
Value& static_prop_place(Class& c, std::string_view name, Class* scope);
void bind_static_prop(Class& c, std::string_view name, Class* scope, const Ref& r);
Value update_static_prop(Class& c, std::string_view name, Class* scope, Operation op, const Value& x);
Value update_static_prop_old(Class& c, std::string_view name, Class* scope, Operation op, const Value& x);
Value class_const(Class& c, std::string_view name, Class* scope);
// The same in a declaration, where messages name the class as it is written there.
Value class_const_as(Class& c, std::string_view name, Class* scope, std::string_view written);
Value call_method_in(const Value& v, std::string_view name, Class* scope, Arguments arguments = {});
// The v of $v->name(...), where PHP looks for the method before it works out the arguments.
const Value& callee(const Value& v, std::string_view name, Class* scope);
// The class of class::name(...) likewise. Fixed signature: what converted code writes.
Class* static_callee(Class* c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self);
Value call_computed_method(const Value& v, const Value& name, Class* scope, Arguments arguments = {});
String method_name(const Value& v);  // a computed name of a method that is called statically
// fixed signature: what converted code writes
Value call_static(Class& c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self,
                  Arguments arguments = {});
// From code of C++: a method by name, whoever may use it.
Value call_method(Object& o, std::string_view name, Arguments arguments = {});

// ---- Types ----
// Whether v is of a type and stays as it is; answers for the usual ones, true where it is sure.
bool is_exactly(const Value& v, std::string_view types);
// x as a declared type takes it; false where it does not.
bool coerce(const Value& x, std::string_view types, bool strict, Value& out);
// x as the type of a property, which it has, takes it; likewise.
bool suits(ClassProperty& p, const Value& x, bool strict, Value& out);
Value arg(const Value& v, std::string_view types, std::string_view place);
Value strict_arg(const Value& v, std::string_view types, std::string_view place);
// The same for the argument of a dynamic call, by the rules of who calls; `f` gets it as its number i.
Value given_arg(const Value& v, std::string_view types, const Function& f, std::size_t i, bool by_program);
Value check_result(const Value& v, std::string_view types, std::string_view function);
Value check_strict_result(const Value& v, std::string_view types, std::string_view function);
Value strict(const Value& v, std::string_view types, std::string_view place);
Ref typed_ref(const Ref& r, std::string_view types, std::string_view function, Int n, std::string_view name);

struct RefBox : Counted {
  explicit RefBox(Value v) : value(std::move(v)) {}
  Value value;
  std::vector<ClassProperty*> types;  // typed properties bound to it: what is assigned has to suit them all
};
void release_box(RefBox* box);

inline Ref::Ref(const Ref& other) : box_(other.box_) {
  if (box_ != nullptr) ++box_->holders;
}
inline Ref::~Ref() {
  if (box_ != nullptr && --box_->holders == 0) release_box(box_);
}
inline Value& Ref::value() const { return box_->value; }
inline bool Ref::alone() const { return box_->holders <= 1; }
inline Value::Value(const Ref& reference) : Value() {
  Ref copy(reference);
  kind_ = Kind::kReference;
  body_ = copy.detach();
}
inline const Value& Value::behind() const { return static_cast<RefBox*>(body_)->value; }
inline Value::Value(Object* object) : Value() {
  if (object == nullptr) return;
  kind_ = Kind::kObject;
  body_ = object;
  ++body_->holders;
}
inline Object& Value::as_object() const { return *static_cast<Object*>(body_); }
inline const ObjectPtr Value::object() const { return is_object() ? ObjectPtr(&as_object()) : ObjectPtr(); }

}  // namespace banyan::php_runtime

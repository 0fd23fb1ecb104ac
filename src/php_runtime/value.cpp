#include "php_runtime/value.h"

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/function.h"
#include "php_runtime/object.h"
#include "php_runtime/resource.h"

namespace banyan::php_runtime {

void Value::end() {
  switch (kind_) {
    case Kind::kString:
      return String::free_body(static_cast<String::Body*>(body_));
    case Kind::kArray:
      return Array::free_body(static_cast<ArrayBody*>(body_));
    case Kind::kObject:
      return release(static_cast<Object*>(body_));
    case Kind::kResource:
      return release(static_cast<Resource*>(body_));
    case Kind::kReference:
      return release_box(static_cast<RefBox*>(body_));
    default:
      return;
  }
}

Value::Value(const Ptr<Resource>& resource) : Value() {
  if (!resource) return;
  kind_ = Kind::kResource;
  body_ = resource.get();
  ++body_->holders;
}
Resource& Value::as_resource() const { return *static_cast<Resource*>(body_); }

void release_box(RefBox* box) { delete box; }

Ref::Ref() : Ref(Value()) {}
Ref::Ref(Value value) : box_(new RefBox(value.is_reference() ? value.deref() : std::move(value))) {}

const Ref& Ref::defined() const {
  if (box_->value.is_undefined()) box_->value = Value();
  return *this;
}

bool is_scalar(const Value& given) {
  const Value& v = given.deref();
  return v.kind() >= Kind::kBool && v.kind() <= Kind::kString;
}

bool is_numeric(const Value& given) {
  const Value& v = given.deref();
  if (v.is_number()) return true;
  bool whole = false;
  if (v.is_string()) static_cast<void>(parse_number(v.as_string(), whole));
  return whole;
}

bool is_iterable(const Value& v) { return is_array(v) || is_a(v, "Traversable"); }
bool is_countable(const Value& v) { return is_array(v) || is_a(v, "Countable"); }

String get_type(const Value& given) {
  switch (given.deref().kind()) {
    case Kind::kBool:
      return "boolean";
    case Kind::kInt:
      return "integer";
    case Kind::kFloat:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kArray:
      return "array";
    case Kind::kObject:
      return "object";
    case Kind::kResource:
      return given.deref().as_resource().type();
    default:
      return "NULL";
  }
}

String get_debug_type(const Value& given) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kFloat:
      return "float";
    case Kind::kString:
      return "string";
    case Kind::kArray:
      return "array";
    case Kind::kObject:
      return class_name(v.as_object());
    case Kind::kResource:
      return v.as_resource().is_closed() ? String(v.as_resource().type()) : String("resource (stream)");
    default:
      return "null";
  }
}

String type_name(const Value& v) { return v.deref().is_resource() ? String("resource") : get_debug_type(v); }

}  // namespace banyan::php_runtime

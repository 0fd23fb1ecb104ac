package php

// This file names the kinds of values, after https://www.php.net/manual/en/language.types.type-system.php.

// Value is a PHP value: nil, bool, int, float64, string, *Array, *Resource, or an Object (a *Closure is one).
type Value = any

// Ref is a PHP reference: a box shared by all variables, elements and properties bound to it.
//
// What only one element holds any more behaves as a plain value in PHP, so holders are counted: all that come, and those
// that go where it is seen. There may be fewer than counted, never more.
type Ref struct {
	V       Value
	holders int
	types   []*classProperty // typed properties among the holders: what is assigned has to suit them all
}

// NewRef makes a reference to a variable of its own.
func NewRef(v Value) *Ref { return &Ref{V: v, holders: 1} }

// Get is the value behind the reference.
func (r *Ref) Get() Value { return r.V }

// Set replaces the value behind the reference, and gives it.
func (r *Ref) Set(v Value) Value {
	if r.types != nil {
		v = r.accept(v)
	}
	r.V = v
	return v
}

// Replace is Set, and gives what was there.
func (r *Ref) Replace(v Value) Value {
	old := Quiet(r.V)
	r.Set(v)
	return old
}

// alone says that it behaves as a plain value.
func (r *Ref) alone() bool { return r.holders <= 1 }

// Hold notes one more variable that is bound to it, and gives it back.
func (r *Ref) Hold() *Ref {
	r.holders++
	return r
}

// Release notes that a variable is no longer bound to it.
func (r *Ref) Release() { r.holders-- }

// Fade is the end of a variable: what only its array held is held no more.
func (r *Ref) Fade() {
	if a, ok := r.V.(*Array); ok && r.alone() && !a.store.shared {
		a.eachRaw(func(_ Key, v Value) { dropped(v) })
	}
}

// Rebind binds the variable that held r to another reference.
func (r *Ref) Rebind(to *Ref) *Ref {
	to.holders++
	r.holders--
	return to
}

// Forget is unset() of the variable that held r.
func (r *Ref) Forget() *Ref {
	r.holders--
	return NewUndefined()
}

// held notes that an element or property holds v, where it is a reference.
func held(v Value) {
	if r, ok := v.(*Ref); ok {
		r.holders++
	}
}

// dropped is the contrary.
func dropped(v Value) {
	if r, ok := v.(*Ref); ok {
		r.holders--
	}
}

// Deref is the value itself, or the one behind it where it is a reference.
func Deref(v Value) Value {
	if r, ok := v.(*Ref); ok {
		return r.V
	}
	return v
}

// Copy is v as another variable gets it: arrays are values in PHP and are copied (lazily), objects are shared.
func Copy(v Value) Value {
	switch v := v.(type) {
	case *Array:
		return v.Clone()
	case *Ref:
		return Copy(v.V)
	}
	return v
}

// OrFalse turns Go's pair into what PHP gives: the value, or false where there is none.
func OrFalse[T any](v T, ok bool) Value {
	if !ok {
		return false
	}
	return v
}

// OrNull turns Go's pair into what PHP gives: the value, or null where there is none.
func OrNull[T any](v T, ok bool) Value {
	if !ok {
		return nil
	}
	return v
}

// GetType is gettype(): the old long name of a value's type.
func GetType(v Value) string {
	switch v := Deref(v).(type) {
	case nil:
		return "NULL"
	case bool:
		return "boolean"
	case int:
		return "integer"
	case float64:
		return "double"
	case string:
		return "string"
	case *Array:
		return "array"
	case *Resource:
		return v.gettype()
	}
	return "object"
}

// GetDebugType is get_debug_type(): the name a declaration would use, or the class.
func GetDebugType(v Value) string {
	switch v := Deref(v).(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case int:
		return "int"
	case float64:
		return "float"
	case string:
		return "string"
	case *Array:
		return "array"
	case *Resource:
		if v.closed() {
			return v.gettype()
		}
		return "resource (" + v.kind() + ")"
	case Object:
		return ClassName(v)
	}
	return "mixed"
}

// TypeName is the name of v's type in messages about arguments: objects by class, booleans as bool.
func TypeName(v Value) string {
	if _, ok := Deref(v).(*Resource); ok {
		return "resource"
	}
	return GetDebugType(v)
}

// operandName is the name of v's type in "Unsupported operand types"; objects by class.
func operandName(v Value) string { return TypeName(v) }

// IsNull and its kin are is_null() and the other questions after the type.
func IsNull(v Value) bool { return Deref(v) == nil }

// IsBool is is_bool().
func IsBool(v Value) bool { _, ok := Deref(v).(bool); return ok }

// IsInt is is_int().
func IsInt(v Value) bool { _, ok := Deref(v).(int); return ok }

// IsFloat is is_float().
func IsFloat(v Value) bool { _, ok := Deref(v).(float64); return ok }

// IsString is is_string().
func IsString(v Value) bool { _, ok := Deref(v).(string); return ok }

// IsArray is is_array().
func IsArray(v Value) bool { _, ok := Deref(v).(*Array); return ok }

// IsObject is is_object().
func IsObject(v Value) bool { _, ok := Deref(v).(Object); return ok }

// IsScalar is is_scalar().
func IsScalar(v Value) bool {
	switch Deref(v).(type) {
	case bool, int, float64, string:
		return true
	}
	return false
}

// IsNumeric is is_numeric(): a number, or a string that is one as a whole.
func IsNumeric(v Value) bool {
	switch v := Deref(v).(type) {
	case int, float64:
		return true
	case string:
		_, whole := ParseNumber(v)
		return whole
	}
	return false
}

// IsIterable is is_iterable().
func IsIterable(v Value) bool {
	switch v := Deref(v).(type) {
	case *Array:
		return true
	case Object:
		return IsA(v, "Traversable")
	}
	return false
}

// IsCountable is is_countable().
func IsCountable(v Value) bool {
	switch v := Deref(v).(type) {
	case *Array:
		return true
	case Object:
		return IsA(v, "Countable")
	}
	return false
}

package php

import (
	"reflect"
	"strings"
)

// Places: where a value is kept and can be written, for converted code that does not know what $a in $a[k] = v holds.

// undefined is what a variable holds that was not assigned.
type undefined struct{}

// Undef is the content of a variable before its first assignment, and after unset().
var Undef Value = undefined{}

// NewUndefined makes a reference to a variable that was not assigned.
func NewUndefined() *Ref { return NewRef(Undef) }

// Defined makes the variable null where it was not assigned, as taking a reference does.
func (r *Ref) Defined() *Ref {
	if r.V == Undef {
		r.V = nil
	}
	return r
}

// Read is the value of a variable that may not be assigned.
func Read(v Value, name string) Value {
	if v == Undef {
		Warning("Undefined variable $" + name)
		return nil
	}
	return v
}

// Quiet is Read without a word, for isset and ??.
func Quiet(v Value) Value {
	if v == Undef {
		return nil
	}
	return v
}

// Set is an assignment whose value is wanted.
func Set(place *Value, v Value) Value {
	*place = v
	return v
}

// Now is what a variable holds before what stands behind it changes it.
func Now[T any](v T) T { return v }

// Assign is Set for variables of a known type.
func Assign[T any](place *T, v T) T {
	*place = v
	return v
}

// Replace puts v in place and gives what was there.
func Replace[T any](place *T, v T) T {
	old := *place
	*place = v
	if any(old) == Undef {
		var none T
		return none
	}
	return old
}

// Void is null, after f.
func Void(f func()) Value {
	f()
	return nil
}

// Coalesce is v ?? other, where other costs nothing.
func Coalesce(v, other Value) Value {
	if v == nil || v == Undef {
		return other
	}
	return v
}

// Temporary is a place of its own for a value that is kept nowhere.
func Temporary(v Value) *Value { return &v }

// behind is the place itself, or that of the reference in it.
func behind(place *Value) *Value {
	if r, ok := (*place).(*Ref); ok {
		return &r.V
	}
	return place
}

// container makes an array of what a place holds where PHP would; false where it is something else.
func container(place *Value) (*Array, bool) {
	switch v := (*place).(type) {
	case *Array:
		return v, true
	case nil, undefined:
		a := NewArray()
		*place = a
		return a, true
	case bool:
		if !v {
			a := vivify(v)
			*place = a
			return a, true
		}
	}
	return nil, false
}

// slot is the place of an element, made with null where there is none.
func (a *Array) slot(k Key) *Value {
	s := a.own()
	i := s.find(k)
	if i < 0 {
		a.setRaw(k, nil)
		s = a.own()
		i = s.find(k)
	}
	if s.hash {
		return behind(&s.entries[i].val)
	}
	return behind(&s.packed[i])
}

// IndexPlace is the place of $place[k] in an expression that writes.
func IndexPlace(place *Value, k Value) *Value {
	place = behind(place)
	if a, ok := container(place); ok {
		return a.slot(ToKey(k))
	}
	switch v := (*place).(type) {
	case Object:
		return objectPlace(v, k)
	case string:
		stringOffset(k)
		ThrowError("Cannot use string offset as an array")
	}
	ThrowError("Cannot use a scalar value as an array")
	return nil
}

// UpdatedPlace is the place of a variable within which something is read and written: PHP says where it is not there.
func UpdatedPlace(place *Value, name string) *Value {
	place = behind(place)
	if *place == Undef {
		*place = nil
		Warning("Undefined variable $" + name)
	}
	return place
}

// UpdatedIndex is IndexPlace for what is read and written within.
func UpdatedIndex(place *Value, k Value) *Value {
	place = behind(place)
	a, ok := container(place)
	if !ok {
		return IndexPlace(place, k)
	}
	key := ToKey(k)
	if a.store.find(key) < 0 {
		warnUndefinedKey(key)
	}
	return a.slot(key)
}

// objectPlace is the place of $o[k] for an object with ArrayAccess: what it gives by value cannot be changed.
func objectPlace(o Object, k Value) *Value {
	a := arrayAccess(o)
	if holder, ok := a.(interface{ placeOf(k Value) *Value }); ok {
		return holder.placeOf(k)
	}
	got := Value(nil)
	if d, ok := a.(dynamicAccess); ok {
		got = d.get(k)
	} else {
		got = a.OffsetGet(k)
	}
	if r, ok := got.(*Ref); ok {
		return &r.V
	}
	if _, ok := got.(Object); !ok {
		Notice("Indirect modification of overloaded element of " + ClassName(o) + " has no effect")
	}
	return Temporary(got)
}

// AppendPlace is the place of $place[].
func AppendPlace(place *Value) *Value {
	place = behind(place)
	if a, ok := container(place); ok {
		a.Append(nil)
		keys := a.store.slots()
		if a.store.hash {
			return &a.store.entries[keys-1].val
		}
		return &a.store.packed[keys-1]
	}
	if o, ok := (*place).(Object); ok {
		return objectPlace(o, nil)
	}
	if _, ok := (*place).(string); ok {
		ThrowError("[] operator not supported for strings")
	}
	ThrowError("Cannot use a scalar value as an array")
	return nil
}

// PutAt is $place[k] = v.
func PutAt(place *Value, k, v Value) Value {
	place = behind(place)
	if a, ok := container(place); ok {
		return a.assigned(k, v)
	}
	switch held := (*place).(type) {
	case string:
		var assigned Value
		*place, assigned = setStringIndex(held, k, v)
		return assigned
	case Object:
		arrayAccess(held).OffsetSet(k, v)
	default:
		*place = SetIndex(held, k, v)
	}
	return v
}

// AppendTo is $place[] = v.
func AppendTo(place *Value, v Value) Value {
	place = behind(place)
	if a, ok := container(place); ok {
		a.Append(v)
		return v
	}
	if o, ok := (*place).(Object); ok {
		arrayAccess(o).OffsetSet(nil, v)
		return v
	}
	*place = AppendIndex(*place, v)
	return v
}

// StoreAt is PutAt for values that have to be there before the place is looked for.
func StoreAt(v Value, place *Value, k Value) Value { return PutAt(place, k, v) }

// StoreKeyed is PutAt for keys and values that have to be there before the place is looked for.
func StoreKeyed(k, v Value, place *Value) Value { return PutAt(place, k, v) }

// StoreTo is AppendTo likewise.
func StoreTo(v Value, place *Value) Value { return AppendTo(place, v) }

// Put is $a[k] = v whose value is wanted.
func (a *Array) Put(k, v Value) Value { return a.assigned(k, v) }

// PutInt is Put for an int.
func (a *Array) PutInt(i int, v Value) Value {
	if s := a.store; !s.shared && !s.hash && uint(i) < uint(len(s.packed)) {
		if at := &s.packed[i]; !isRef(*at) {
			*at = v
			return v
		}
	}
	return a.assignedKey(Key{Int: i}, v)
}

// PutNum is Put for a number.
func (a *Array) PutNum(n Num, v Value) Value {
	if !n.isFloat {
		return a.PutInt(n.whole, v)
	}
	return a.assigned(n.Value(), v)
}

// GetNum is Get for a number.
func (a *Array) GetNum(n Num) Value {
	if !n.isFloat {
		return a.GetInt(n.whole)
	}
	return a.Get(n.Value())
}

// Push is $a[] = v whose value is wanted.
func (a *Array) Push(v Value) Value {
	a.Append(v)
	return v
}

// With and its kin build an array step by step: [k => v].
func (a *Array) With(k, v Value) *Array {
	a.Set(k, v)
	return a
}

// Add is [..., v].
func (a *Array) Add(v Value) *Array {
	a.Append(v)
	return a
}

// WithRef is [k => &$v].
func (a *Array) WithRef(k Value, r *Ref) *Array {
	a.BindRef(k, r)
	return a
}

// AddRef is [..., &$v].
func (a *Array) AddRef(r *Ref) *Array {
	a.Append(r)
	return a
}

func spreadKeys(k Value, of string) {
	switch Deref(k).(type) {
	case int, string:
	default:
		ThrowError("Keys must be of type int|string during " + of + " unpacking")
	}
}

// Spread is [..., ...$v].
func (a *Array) Spread(v Value) *Array {
	if b, ok := Deref(v).(*Array); ok {
		b.Each(func(k Key, v Value) bool {
			if k.IsStr {
				a.SetKey(k, Copy(v))
			} else {
				a.Append(Copy(v))
			}
			return true
		})
		return a
	}
	o, ok := Deref(v).(Object)
	if !ok || !IsA(o, "Traversable") {
		ThrowError("Only arrays and Traversables can be unpacked")
	}
	for it := Iterate(o, nil); it.Next(); {
		v := it.Value()
		key := it.Key()
		spreadKeys(key, "array")
		if k := ToKey(key); k.IsStr {
			a.SetKey(k, v)
		} else {
			a.Append(v)
		}
	}
	return a
}

// Compact adds a variable under its name, if it is one.
func (a *Array) Compact(name string, v Value) *Array {
	if v == Undef {
		Warning("compact(): Undefined variable $" + name)
		return a
	}
	a.SetStr(name, Copy(v))
	return a
}

// Within is what unset($a[k][...]) takes from: nil where there is none.
func (a *Array) Within(k Value) *Value {
	key := ToKey(k)
	if a.store.find(key) < 0 {
		return nil
	}
	return a.slot(key)
}

// UnsetWithin is Within for what may be no array.
func UnsetWithin(place *Value, k Value) *Value {
	if place == nil {
		return nil
	}
	place = behind(place)
	if v, ok := (*place).(*Array); ok {
		return v.Within(k)
	}
	if v := unsetFrom(*place, k, "an array"); v != nil {
		return Temporary(v)
	}
	return nil
}

// unsetFrom is $v[k] on the way to what is unset, where $v is no array; as says what the element is wanted as.
func unsetFrom(v, k Value, as string) Value {
	switch v := v.(type) {
	case nil, undefined:
	case Object:
		return *objectPlace(v, k)
	case string:
		stringOffset(k)
		ThrowError("Cannot use string offset as " + as)
	case bool:
		if v {
			ThrowError("Cannot unset offset in a non-array variable")
		}
		Deprecated("Automatic conversion of false to array is deprecated")
	default:
		ThrowError("Cannot unset offset in a non-array variable")
	}
	return nil
}

// Remove is unset($place[k]).
func Remove(place *Value, k Value) {
	if place == nil || *place == Undef {
		return
	}
	UnsetIndex(*place, k)
}

// IndexRef is &$place[k].
func IndexRef(place *Value, k Value) *Ref {
	place = behind(place)
	if a, ok := container(place); ok {
		return a.RefAt(k)
	}
	if o, ok := (*place).(Object); ok {
		if d, ok := arrayAccess(o).(dynamicAccess); ok {
			got := d.get(k)
			if r, ok := got.(*Ref); ok {
				return r
			}
			if !IsObject(got) {
				Notice("Indirect modification of overloaded element of " + ClassName(o) + " has no effect")
			}
			return NewRef(got)
		}
	}
	if _, ok := (*place).(string); ok {
		ThrowError("Cannot create references to/from string offsets")
	}
	return NewRef(*IndexPlace(place, k))
}

// AppendRef is &$place[].
func AppendRef(place *Value) *Ref {
	place = behind(place)
	if a, ok := container(place); ok {
		return a.AppendRef()
	}
	return NewRef(*AppendPlace(place))
}

// BindIndex is $place[k] = &r.
func BindIndex(place *Value, k Value, r *Ref) {
	place = behind(place)
	a, ok := container(place)
	if !ok {
		if _, ok := (*place).(Object); ok {
			ThrowError("Cannot assign by reference to an array dimension of an object")
		}
		ThrowError("Cannot use a scalar value as an array")
	}
	a.BindRef(k, r)
}

// BindIndexLate is BindIndex for keys and references that have to be there before the place is looked for.
func BindIndexLate(k Value, r *Ref, place *Value) { BindIndex(place, k, r) }

// BindAppendLate is BindAppend likewise.
func BindAppendLate(r *Ref, place *Value) { BindAppend(place, r) }

// BindAppend is $place[] = &r.
func BindAppend(place *Value, r *Ref) {
	a, ok := container(behind(place))
	if !ok {
		ThrowError("Cannot use a scalar value as an array")
	}
	a.Append(r)
}

// QuietIndex is $v[k] ?? null.
func QuietIndex(v, k Value) Value { return IndexPeek(Quiet(v), k) }

// IssetIndex is isset($v[k]).
func IssetIndex(v, k Value) bool { return IndexIsSet(Quiet(v), k) }

// EmptyIndex is empty($v[k]).
func EmptyIndex(v, k Value) bool {
	v = Quiet(v)
	if a, ok := Deref(v).(*Array); ok {
		found, _ := a.LookupKey(toKey(k, "Illegal offset type in isset or empty"))
		return !ToBool(found)
	}
	if !IndexIsSet(v, k) {
		return true
	}
	if o, ok := Deref(v).(Object); ok {
		return !ToBool(arrayAccess(o).OffsetGet(k))
	}
	return !ToBool(IndexPeek(v, k))
}

// ListItem is what [k => $x] = $v takes.
func ListItem(v, k Value) Value {
	switch x := Deref(v).(type) {
	case *Array:
		return Copy(x.Get(k))
	case Object:
		return arrayAccess(x).OffsetGet(k)
	}
	return nil
}

// UpdateIndex is $place[k] op= v.
func UpdateIndex(place *Value, k Value, op func(a, b Value) Value, v Value) Value {
	_, made := update(place, k, op, v)
	return made
}

// UpdateIndexOld gives what was there before: $place[k]++.
func UpdateIndexOld(place *Value, k Value, op func(a, b Value) Value, v Value) Value {
	old, _ := update(place, k, op, v)
	return old
}

func update(place *Value, k Value, op func(a, b Value) Value, v Value) (old, made Value) {
	place = behind(place)
	a, ok := container(place)
	if !ok {
		switch (*place).(type) {
		case string:
			stringOffset(k)
			if isStep(op) {
				ThrowError("Cannot increment/decrement string offsets")
			}
			ThrowError("Cannot use assign-op operators with string offsets")
		case Object:
			if isStep(op) {
				at := objectPlace((*place).(Object), k)
				old = *at
				*at = op(old, nil)
				return old, *at
			}
		default:
			ThrowError("Cannot use a scalar value as an array")
		}
		old = Index(*place, k)
		made = op(old, v)
		*place = SetIndex(*place, k, made)
		return old, made
	}
	key := ToKey(k)
	old, ok = a.LookupKey(key)
	if !ok {
		warnUndefinedKey(key)
	}
	made = op(old, v)
	a.SetKey(key, made)
	return old, made
}

// isStep says that an operation is ++ or --.
func isStep(op func(a, b Value) Value) bool {
	at := reflect.ValueOf(op).Pointer()
	return at == reflect.ValueOf(IncValue).Pointer() || at == reflect.ValueOf(DecValue).Pointer()
}

// ConcatValue and its kin are operators as functions of values.
func ConcatValue(a, b Value) Value { return Concat(a, b) }

// ModValue is %.
func ModValue(a, b Value) Value { return Mod(a, b) }

// ShiftLeftValue is <<.
func ShiftLeftValue(a, b Value) Value { return ShiftLeft(a, b) }

// ShiftRightValue is >>.
func ShiftRightValue(a, b Value) Value { return ShiftRight(a, b) }

// IncValue is ++; the second operand is not used.
func IncValue(a, _ Value) Value { return Inc(a) }

// DecValue is --.
func DecValue(a, _ Value) Value { return Dec(a) }

// MulFloat is a product of floats, which may be -0.
func MulFloat(a, b float64) float64 { return a * b }

// ArrayAt is the array a place holds, for a builtin that changes it.
func ArrayAt(place *Value, argument string) *Array {
	place = behind(place)
	if *place == Undef {
		*place = nil
	}
	if o, ok := (*place).(Object); ok && strings.HasPrefix(argument, "array_walk") {
		return walkedProperties(o)
	}
	a := ParamArray(*place, argument)
	if a.store.shared {
		a.own()
	}
	if strings.HasPrefix(argument, "array_walk") {
		walkedPlace = place
	}
	return a
}

// walkedProperties is the properties of an object as an array of references to them.
func walkedProperties(o Object) *Array {
	a := NewArray()
	for _, p := range Properties(o) {
		if _, none := p.Value.(Uninitialized); none {
			continue
		}
		k := StrKey(p.Name)
		if p.Visibility == "private" {
			k = StrKey("\x00" + p.Declarer + "\x00" + p.Name)
		}
		old, ok := lookup(o, k, nil)
		if !ok {
			continue
		}
		r := dynamicProperties(o).RefAt(k.Value())
		if r != old {
			r.bind(ClassOf(o).findProperty(p.Name, false))
		}
		a.setRaw(StrKey(p.mangled()), r)
	}
	walkedObject = a
	return a
}

// ParamArrayOrNull is an argument for a parameter of type ?array.
func ParamArrayOrNull(v Value, place string) *Array {
	if Deref(v) == nil {
		return nil
	}
	a, ok := Deref(v).(*Array)
	if !ok {
		refuseParam(place, "?array", v)
	}
	return a
}

package php

import "strconv"

// $v[$k] where it is not known what $v is: an array, a string, an object with ArrayAccess, or nothing.

// Index is $v[$k] as it is read, with PHP's warnings.
func Index(v, k Value) Value {
	switch v := Deref(v).(type) {
	case *Array:
		return v.Get(k)
	case string:
		return StringIndex(v, k)
	case Object:
		return arrayAccess(v).OffsetGet(k)
	}
	Warning("Trying to access array offset on value of type " + TypeName(v))
	return nil
}

// IndexPath is $v[$k][$l]... as it is read, after all keys are worked out.
func IndexPath(v Value, keys ...Value) Value {
	for _, k := range keys {
		v = Index(v, k)
	}
	return v
}

// IndexLate is Index for a key that has to be worked out before the value is.
func IndexLate(k, v Value) Value { return Index(v, k) }

// IndexPeek is $v[$k] ?? null: silent.
func IndexPeek(v, k Value) Value {
	switch v := Deref(v).(type) {
	case *Array:
		return v.Peek(k)
	case string:
		if i, ok := peekedOffset(k); ok {
			return byteOrNull(v, i)
		}
	case Object:
		a := arrayAccess(v)
		if a.OffsetExists(k) {
			return a.OffsetGet(k)
		}
	}
	return nil
}

// IndexIsSet is isset($v[$k]).
func IndexIsSet(v, k Value) bool {
	if o, ok := Deref(v).(Object); ok {
		a := arrayAccess(o)
		if holder, ok := a.(interface{ isSet(k Value) bool }); ok {
			return holder.isSet(k)
		}
		return a.OffsetExists(k)
	}
	switch v := Deref(v).(type) {
	case *Array:
		return v.IsSet(k)
	case string:
		if f, ok := Deref(k).(float64); ok {
			k = implicitInt(f)
		}
		i, ok := quietOffset(k)
		return ok && byteOrNull(v, i) != nil
	}
	return false
}

// byteOrNull is the byte of a string at an offset, which counts from the end where it is negative.
func byteOrNull(s string, i int) Value {
	if i < 0 {
		i += len(s)
	}
	if i < 0 || i >= len(s) {
		return nil
	}
	return s[i : i+1]
}

// peekedOffset is the offset of a read that is silent on what is not there, but not on what can be no offset.
func peekedOffset(k Value) (int, bool) {
	i, ok := quietOffset(k)
	if ok {
		return i, true
	}
	if text, isText := Deref(k).(string); isText {
		if number, _ := ParseNumber(text); !IsInt(number) {
			return 0, false
		}
	}
	return stringOffset(k), true
}

func quietOffset(k Value) (int, bool) {
	switch k := Deref(k).(type) {
	case int:
		return k, true
	case string:
		n, whole := ParseNumber(k)
		i, isInt := n.(int)
		return i, whole && isInt
	case nil, bool, float64:
		return ToInt(k), true
	}
	return 0, false
}

// StringIndex is $s[$k].
func StringIndex(s string, k Value) Value {
	i := stringOffset(k)
	at := i
	if at < 0 {
		at += len(s)
	}
	if at < 0 || at >= len(s) {
		Warning("Uninitialized string offset " + strconv.Itoa(i))
		return ""
	}
	return s[at : at+1]
}

func stringOffset(k Value) int {
	switch k := Deref(k).(type) {
	case int:
		return k
	case string:
		number, whole := ParseNumber(k)
		if n, ok := number.(int); ok {
			if whole {
				return n
			}
			Warning("Illegal string offset \"" + k + "\"")
			return n
		}
		ThrowTypeError("Cannot access offset of type string on string")
	case bool, nil, float64:
		Warning("String offset cast occurred")
		return ToInt(k)
	}
	ThrowTypeError("Cannot access offset of type " + TypeName(k) + " on string")
	return 0
}

func arrayAccess(o Object) ArrayAccess {
	if a, ok := o.(ArrayAccess); ok && !overrides(o, "offsetGet", "offsetSet", "offsetExists", "offsetUnset") {
		return a
	}
	if _, ok := FindMethod(o, "offsetGet"); !ok || !IsA(o, "ArrayAccess") {
		ThrowError("Cannot use object of type " + ClassName(o) + " as array")
	}
	return dynamicAccess{o}
}

// overrides says whether a class of the program has one of these methods in the place of PHP's own.
func overrides(o Object, names ...string) bool {
	for c := ClassOf(o); c != nil && c.said() != nil && c.said().declared; c = c.Parent {
		for _, name := range names {
			if c.method(name) != nil {
				return true
			}
		}
	}
	return false
}

type dynamicAccess struct{ Object }

// get is offsetGet(), whose result may be a reference.
func (d dynamicAccess) get(k Value) Value {
	return callWith(methodIn(d.Object, "offsetGet", nil), []Value{k})
}

func (d dynamicAccess) OffsetExists(k Value) bool {
	return ToBool(CallMethodIn(d.Object, "offsetExists", nil, k))
}
func (d dynamicAccess) OffsetGet(k Value) Value { return CallMethodIn(d.Object, "offsetGet", nil, k) }
func (d dynamicAccess) OffsetSet(k, v Value)    { CallMethodIn(d.Object, "offsetSet", nil, k, v) }
func (d dynamicAccess) OffsetUnset(k Value)     { CallMethodIn(d.Object, "offsetUnset", nil, k) }

// SetIndex is $v[$k] = $x: it gives what the variable $v holds afterwards.
func SetIndex(v, k, x Value) Value {
	switch v := Deref(v).(type) {
	case *Array:
		v.Set(k, x)
		return v
	case string:
		made, _ := setStringIndex(v, k, x)
		return made
	case Object:
		arrayAccess(v).OffsetSet(k, x)
		return v
	}
	a := vivify(Deref(v))
	a.Set(k, x)
	return a
}

// AppendIndex is $v[] = $x: it gives what the variable $v holds afterwards.
func AppendIndex(v, x Value) Value {
	switch v := Deref(v).(type) {
	case *Array:
		v.Append(x)
		return v
	case string:
		ThrowError("[] operator not supported for strings")
	case Object:
		arrayAccess(v).OffsetSet(nil, x)
		return v
	}
	a := vivify(Deref(v))
	a.Append(x)
	return a
}

// UnsetIndex is unset($v[$k]).
func UnsetIndex(v, k Value) {
	switch v := Deref(v).(type) {
	case *Array:
		v.Unset(k)
	case Object:
		arrayAccess(v).OffsetUnset(k)
	case string:
		ThrowError("Cannot unset string offsets")
	case nil:
	case bool:
		if v {
			ThrowError("Cannot unset offset in a non-array variable")
		}
		Deprecated("Automatic conversion of false to array is deprecated")
	default:
		ThrowError("Cannot unset offset in a non-array variable")
	}
}

// setStringIndex is $s[$k] = $x: the string that it makes, and the byte that was assigned.
func setStringIndex(s string, k, x Value) (made, assigned Value) {
	i := stringOffset(k)
	at := i
	if at < 0 {
		at += len(s)
	}
	if at < 0 {
		Warning("Illegal string offset " + strconv.Itoa(i))
		return s, nil
	}
	text := ToString(x)
	if text == "" {
		ThrowError("Cannot assign an empty string to a string offset")
	}
	if len(text) > 1 {
		Warning("Only the first byte will be assigned to the string offset")
	}
	out := []byte(s)
	for len(out) <= at {
		out = append(out, ' ')
	}
	out[at] = text[0]
	return string(out), text[:1]
}

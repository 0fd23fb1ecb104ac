package php

import (
	"math"
	"strconv"
)

// Making arrays from nothing and from others, after https://www.php.net/manual/en/ref.array.php.

// Count is count(): of arrays and Countable objects; mode 1 counts nested arrays too.
func Count(v Value, mode int) int { return count("count", v, mode) }

// Sizeof is sizeof().
func Sizeof(v Value, mode int) int { return count("sizeof", v, mode) }

func count(function string, v Value, mode int) int {
	if mode != 0 && mode != 1 {
		badArgument(function, 2, "mode", "must be either COUNT_NORMAL or COUNT_RECURSIVE")
	}
	switch v := Deref(v).(type) {
	case *Array:
		if mode == 1 {
			return countNested(v)
		}
		return v.Len()
	case Object:
		if c, ok := v.(Countable); ok && !overrides(v, "count") {
			return c.Count()
		}
		if m, ok := FindMethod(v, "count"); ok && IsA(v, "Countable") {
			return ToInt(m.Call())
		}
	}
	ThrowTypeError(argument(function, 1, "value") + " must be of type Countable|array, " + TypeName(v) + " given")
	return 0
}

func countNested(a *Array) int {
	n := a.Len()
	a.eachRaw(func(_ Key, v Value) {
		if nested, ok := Deref(v).(*Array); ok {
			n += countNested(nested)
		}
	})
	return n
}

// arrayElementsMax bounds what one call may build, as memory_limit would.
const arrayElementsMax = 1 << 26

// Range is range() as PHP 8.2 has it.
func Range(start, end, step Value) *Array {
	by := math.Abs(ToFloat(step))
	low, okLow := Deref(start).(string)
	high, okHigh := Deref(end).(string)
	float := isFloat(start) || isFloat(end) || isFloatLike(step)
	if okLow && okHigh && low != "" && high != "" {
		kindLow, kindHigh := numericKind(low), numericKind(high)
		switch {
		case kindLow == 2 || kindHigh == 2 || isFloatLike(step):
			float = true
		case kindLow == 0 && kindHigh == 0:
			return rangeBytes(low[0], high[0], FloatToInt(by))
		}
	}
	if float {
		return rangeFloats(ToFloat(start), ToFloat(end), by)
	}
	if by <= 0 {
		rangeTooWide()
	}
	return RangeInts(ToInt(start), ToInt(end), FloatToInt(by))
}

func isFloat(v Value) bool { _, ok := Deref(v).(float64); return ok }

func isFloatLike(v Value) bool {
	if s, ok := Deref(v).(string); ok {
		return numericKind(s) == 2
	}
	return isFloat(v)
}

// numericKind is 0 for a string that is not numeric, 1 for an int, 2 for a float.
func numericKind(s string) int {
	n, whole := ParseNumber(s)
	if !whole {
		return 0
	}
	if _, ok := n.(int); ok {
		return 1
	}
	return 2
}

func rangeBytes(low, high byte, step int) *Array {
	a := NewArray()
	for _, v := range RangeInts(int(low), int(high), step).Values() {
		a.Append(Chr(v.(int)))
	}
	return a
}

func rangeTooWide() { badArgument("range", 3, "step", "must not exceed the specified range") }

// rangeEnd is an end of a range as messages show it.
func rangeEnd(v Value) string {
	f, ok := v.(float64)
	switch {
	case !ok:
		return ToString(v)
	case math.IsInf(f, 0):
		return "inf"
	case f == 0:
		return "0"
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

func checkRangeSize(size float64, low, high Value) {
	if math.IsNaN(size) || size < arrayElementsMax {
		return
	}
	if ToFloat(low) > ToFloat(high) {
		low, high = high, low
	}
	ThrowValueError("The supplied range exceeds the maximum array size: start=" + rangeEnd(low) + " end=" +
		rangeEnd(high))
}

func rangeFloats(low, high, step float64) *Array {
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		ThrowValueError("Invalid range supplied: start=" + rangeEnd(low) + " end=" + rangeEnd(high))
	}
	distance := math.Abs(high - low)
	if distance == 0 || math.IsNaN(distance) {
		return List(low)
	}
	if distance < step || step <= 0 {
		rangeTooWide()
	}
	size := distance/step + 1
	checkRangeSize(size, low, high)
	a := NewArray()
	if low > high {
		step = -step
	}
	for i := 0; i < int(RoundFloat(size, 0)); i++ {
		element := low + float64(i)*step
		if step > 0 && element > high || step < 0 && element < high {
			break
		}
		a.Append(element)
	}
	return a
}

// RangeInts is range() of ints; step is not negative.
func RangeInts(low, high, step int) *Array {
	if low == high {
		return List(low)
	}
	if step <= 0 {
		rangeTooWide()
	}
	distance := uint64(high) - uint64(low)
	if low > high {
		distance = uint64(low) - uint64(high)
	}
	if distance < uint64(step) {
		rangeTooWide()
	}
	count := distance / uint64(step)
	checkRangeSize(float64(count), low, high)
	a := NewArraySize(int(count) + 1)
	for i := 0; i <= int(count); i++ {
		if low > high {
			a.Append(low - i*step)
		} else {
			a.Append(low + i*step)
		}
	}
	return a
}

// arrayRoomMost is for how many elements room is made before they are.
const arrayRoomMost = 1 << 22

// ArrayFill is array_fill().
func ArrayFill(start, count int, v Value) *Array {
	if count < 0 || count >= arrayElementsMax {
		complaint := "must be greater than or equal to 0"
		if count > 0 {
			complaint = "is too large"
		}
		badArgument("array_fill", 2, "count", complaint)
	}
	a := NewArray()
	a.store.unbegun = true
	if start == 0 && count <= arrayRoomMost {
		a.store.packed = make([]Value, 0, count)
	}
	for i := 0; i < count; i++ {
		if i == 0 {
			a.SetInt(start, Copy(v))
		} else {
			a.Append(Copy(v))
		}
	}
	return a
}

// ArrayFillKeys is array_fill_keys().
func ArrayFillKeys(keys *Array, v Value) *Array {
	a := NewArray()
	keys.eachRaw(func(_ Key, k Value) { a.SetKey(textKey(k), Copy(v)) })
	return a
}

// textKey is a value as a key where PHP goes by its text: ints stay.
func textKey(v Value) Key {
	if n, ok := Deref(v).(int); ok {
		return IntKey(n)
	}
	return StrKey(ToString(v))
}

// ArrayCombine is array_combine().
func ArrayCombine(keys, values *Array) *Array {
	if keys.Len() != values.Len() {
		ThrowValueError("array_combine(): Argument #1 ($keys) and argument #2 ($values) must have the same number of elements")
	}
	a := NewArray()
	all := values.Values()
	for i, k := range keys.Values() {
		a.SetKey(textKey(k), Copy(all[i]))
	}
	return a
}

// ArrayFlip is array_flip().
func ArrayFlip(array *Array) *Array {
	a := NewArray()
	array.eachRaw(func(k Key, v Value) {
		switch v := Deref(v).(type) {
		case int:
			a.SetInt(v, k.Value())
		case string:
			a.SetStr(v, k.Value())
		default:
			warnFunction("array_flip", "Can only flip string and integer values, entry skipped")
		}
	})
	return a
}

// ArrayPad is array_pad().
func ArrayPad(array *Array, length int, v Value) *Array {
	size := length
	if size < 0 {
		size = -size
	}
	missing := size - array.Len()
	if missing > 1048576 || size < 0 {
		badArgument("array_pad", 2, "length", "must be less than or equal to 1048576")
	}
	if missing <= 0 {
		return array.Clone()
	}
	a := NewArray()
	pad := func() {
		for i := 0; i < missing; i++ {
			a.Append(Copy(v))
		}
	}
	if length < 0 {
		pad()
	}
	appendRenumbered(a, array)
	if length > 0 {
		pad()
	}
	return a
}

// appendRenumbered adds the elements of b: ints get new keys, strings keep theirs.
func appendRenumbered(a, b *Array) {
	b.eachRaw(func(k Key, v Value) {
		if k.IsStr {
			a.setRaw(k, ownCopy(v))
		} else {
			a.Append(ownCopy(v))
		}
	})
}

// ArrayMerge is array_merge().
func ArrayMerge(arrays ...*Array) *Array {
	a := NewArray()
	for _, b := range arrays {
		appendRenumbered(a, b)
	}
	return a
}

// ArrayMergeRecursive is array_merge_recursive().
func ArrayMergeRecursive(arrays ...*Array) *Array {
	a := NewArray()
	for _, b := range arrays {
		mergeInto(a, b, map[*store]bool{})
	}
	return a
}

// enter notes that an array is being taken in, and gives what takes the note back.
func enter(active map[*store]bool, a *Array) func() {
	s := a.store
	if active[s] {
		ThrowError("Recursion detected")
	}
	active[s] = true
	return func() { delete(active, s) }
}

func mergeInto(a, b *Array, active map[*store]bool) {
	b.eachRaw(func(k Key, v Value) {
		if !k.IsStr {
			a.Append(ownCopy(v))
			return
		}
		old, ok := a.LookupKey(k)
		if !ok {
			a.setRaw(k, ownCopy(v))
			return
		}
		merged := ToArray(old).Clone()
		if old == nil {
			merged = List(nil)
		}
		leave := func() {}
		if held, ok := old.(*Array); ok {
			leave = enter(active, held)
		}
		if nested, ok := Deref(v).(*Array); ok {
			mergeInto(merged, nested, active)
		} else if o, ok := Deref(v).(Object); ok {
			mergeInto(merged, ToArray(o), active)
		} else {
			merged.Append(Deref(v))
		}
		leave()
		a.setRaw(k, merged)
	})
}

// ArrayReplace is array_replace().
func ArrayReplace(array *Array, replacements ...*Array) *Array {
	a := array.Clone()
	for _, b := range replacements {
		b.eachRaw(func(k Key, v Value) { a.setRaw(k, ownCopy(v)) })
	}
	return a
}

// ArrayReplaceRecursive is array_replace_recursive().
func ArrayReplaceRecursive(array *Array, replacements ...*Array) *Array {
	a := array.Clone()
	for _, b := range replacements {
		replaceInto(a, b, map[*store]bool{})
	}
	return a
}

func replaceInto(a, b *Array, active map[*store]bool) {
	b.eachRaw(func(k Key, v Value) {
		old, _ := a.getRaw(k)
		inner, okOld := Deref(old).(*Array)
		nested, okNew := Deref(v).(*Array)
		if !okOld || !okNew {
			a.setRaw(k, ownCopy(v))
			return
		}
		if r, ok := v.(*Ref); ok && old == v && !r.alone() {
			ThrowError("Recursion detected")
		}
		leave := enter(active, nested)
		made := inner.Clone()
		replaceInto(made, nested, active)
		leave()
		a.setRaw(k, made)
	})
}

func arrayKeysAll(array *Array) *Array {
	a := NewArraySize(array.Len())
	array.eachRaw(func(k Key, _ Value) { a.Append(k.Value()) })
	return a
}

// ArrayKeys is array_keys(); where filter holds a value only the keys of elements equal to it.
func ArrayKeys(array *Array, filter Optional, strict bool) *Array {
	if !filter.Given {
		return arrayKeysAll(array)
	}
	a := NewArray()
	array.eachRaw(func(k Key, v Value) {
		if strict && StrictEqual(v, filter.Value) || !strict && LooseEqual(v, filter.Value) {
			a.Append(k.Value())
		}
	})
	return a
}

// Optional is an argument that may be left out though null is a value of its own.
type Optional struct {
	Given bool
	Value Value
}

// Given is an argument that is there.
func Given(v Value) Optional { return Optional{true, v} }

// ArrayValues is array_values().
func ArrayValues(array *Array) *Array {
	if !array.store.hash && !array.store.shared {
		return array.Clone()
	}
	a := NewArraySize(array.Len())
	array.eachRaw(func(_ Key, v Value) { a.Append(ownCopy(v)) })
	return a
}

// ArrayIsList is array_is_list().
func ArrayIsList(array *Array) bool { return array.IsList() }

// ArrayKeyFirst is array_key_first().
func ArrayKeyFirst(array *Array) Value {
	s := array.store
	for i := 0; i < s.slots(); i++ {
		if k, _, ok := s.at(i); ok {
			return k.Value()
		}
	}
	return nil
}

// ArrayKeyLast is array_key_last().
func ArrayKeyLast(array *Array) Value {
	s := array.store
	for i := s.slots() - 1; i >= 0; i-- {
		if k, _, ok := s.at(i); ok {
			return k.Value()
		}
	}
	return nil
}

// ArrayColumn is array_column().
func ArrayColumn(array *Array, column, index Value) *Array {
	a := NewArray()
	for _, row := range array.Values() {
		v, ok := row, true
		if column != nil {
			v, ok = columnOf(row, column)
		}
		if !ok {
			continue
		}
		if k, ok := columnOf(row, index); ok && index != nil {
			a.SetKey(columnKey(k), Copy(v))
			continue
		}
		a.Append(Copy(v))
	}
	return a
}

func columnKey(v Value) Key {
	switch v := v.(type) {
	case Object:
		return StrKey(ToString(v))
	case *Array:
		ThrowTypeError("Cannot access offset of type array on array")
	}
	return ToKey(v)
}

func columnOf(row, name Value) (Value, bool) {
	switch row := row.(type) {
	case *Array:
		if name == nil {
			return nil, false
		}
		return row.Lookup(name)
	case Object:
		if name != nil && IssetProp(row, ToString(name), nil) {
			return Prop(row, ToString(name), nil), true
		}
	}
	return nil, false
}

// ArrayChunk is array_chunk().
func ArrayChunk(array *Array, length int, preserveKeys bool) *Array {
	if length < 1 {
		badArgument("array_chunk", 2, "length", "must be greater than 0")
	}
	chunks := NewArray()
	var chunk *Array
	array.eachRaw(func(k Key, v Value) {
		if chunk == nil || chunk.Len() == length {
			chunk = NewArray()
			chunks.Append(chunk)
		}
		if preserveKeys {
			chunk.setRaw(k, ownCopy(v))
		} else {
			chunk.Append(ownCopy(v))
		}
	})
	return chunks
}

// ArraySlice is array_slice(); length is an int or nil.
func ArraySlice(array *Array, offset int, length Value, preserveKeys bool) *Array {
	from, to := clip(array.Len(), offset, length)
	a := NewArray()
	i := 0
	array.eachRaw(func(k Key, v Value) {
		if i >= from && i < to {
			if k.IsStr || preserveKeys {
				a.setRaw(k, ownCopy(v))
			} else {
				a.Append(ownCopy(v))
			}
		}
		i++
	})
	return a
}

// ArrayReverse is array_reverse().
func ArrayReverse(array *Array, preserveKeys bool) *Array {
	a := NewArraySize(array.Len())
	all := array.pairs()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].key.IsStr || preserveKeys {
			a.setRaw(all[i].key, ownCopy(all[i].val))
		} else {
			a.Append(ownCopy(all[i].val))
		}
	}
	return a
}

// ArrayChangeKeyCase is array_change_key_case().
func ArrayChangeKeyCase(array *Array, mode int) *Array {
	a := NewArray()
	array.eachRaw(func(k Key, v Value) {
		if k.IsStr && mode != 0 {
			k.Str = upper(k.Str)
		} else if k.IsStr {
			k.Str = lower(k.Str)
		}
		a.setRaw(k, ownCopy(v))
	})
	return a
}

// ArrayCountValues is array_count_values().
func ArrayCountValues(array *Array) *Array {
	a := NewArray()
	array.eachRaw(func(_ Key, v Value) {
		switch v := Deref(v).(type) {
		case int, string:
			k := ToKey(v)
			n, _ := a.LookupKey(k)
			a.SetKey(k, ToInt(n)+1)
		default:
			warnFunction("array_count_values", "Can only count string and integer values, entry skipped")
		}
	})
	return a
}

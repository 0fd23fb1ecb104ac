package php

// array_diff(), array_intersect() and their variants, after https://www.php.net/manual/en/ref.array.php. They differ in
// what counts as equal: values as text or by a callback, keys or not.

// setRule says when an element is in another array.
type setRule struct {
	function      string
	intersect     bool
	values        bool
	keys          bool
	valueCallback *Closure
	keyCallback   *Closure
}

func (r *setRule) sameValue(a, b Value) bool {
	if !r.values {
		return true
	}
	if r.valueCallback != nil {
		return ToInt(r.valueCallback.Call(Copy(a), Copy(b))) == 0
	}
	return ToString(a) == ToString(b)
}

// has says whether the array holds an element like (k, v).
func (r *setRule) has(b *Array, k Key, v Value) bool {
	if r.keys && r.keyCallback == nil {
		other, ok := b.LookupKey(k)
		return ok && r.sameValue(v, other)
	}
	found := false
	b.Each(func(bk Key, bv Value) bool {
		found = (r.keyCallback == nil || ToInt(r.keyCallback.Call(k.Value(), bk.Value())) == 0) && r.sameValue(v, bv)
		return !found
	})
	return found
}

func (r *setRule) run(array *Array, others []*Array) *Array {
	a := NewArray()
	array.Each(func(k Key, v Value) bool {
		keep := true
		for _, b := range others {
			if r.has(b, k, v) != r.intersect {
				keep = false
				break
			}
		}
		if keep {
			raw, _ := array.getRaw(k)
			a.setRaw(k, ownCopy(raw))
		}
		return true
	})
	return a
}

// textSet is the set of an array's values as text.
func textSet(b *Array) map[string]bool {
	set := make(map[string]bool, b.Len())
	b.eachRaw(func(_ Key, v Value) { set[ToString(v)] = true })
	return set
}

// ArrayDiff is array_diff().
func ArrayDiff(array *Array, arrays ...*Array) *Array {
	if array.Len() == 0 {
		return NewArray()
	}
	a := NewArray()
	if len(arrays) == 1 && array.Len() == 1 && arrays[0].Len() == 0 {
		return array.Clone()
	}
	var sets []map[string]bool
	for _, b := range arrays {
		sets = append(sets, textSet(b))
	}
	if len(arrays) == 0 {
		return array.Clone()
	}
	array.eachRaw(func(k Key, v Value) {
		text := ToString(v)
		for _, set := range sets {
			if set[text] {
				return
			}
		}
		a.setRaw(k, ownCopy(v))
	})
	return a
}

// ArrayDiffKey is array_diff_key().
func ArrayDiffKey(array *Array, arrays ...*Array) *Array {
	return (&setRule{keys: true}).run(array, arrays)
}

// ArrayDiffAssoc is array_diff_assoc().
func ArrayDiffAssoc(array *Array, arrays ...*Array) *Array {
	return (&setRule{keys: true, values: true}).run(array, arrays)
}

// ArrayIntersectKey is array_intersect_key().
func ArrayIntersectKey(array *Array, arrays ...*Array) *Array {
	return (&setRule{intersect: true, keys: true}).run(array, arrays)
}

// ArrayIntersectAssoc is array_intersect_assoc().
func ArrayIntersectAssoc(array *Array, arrays ...*Array) *Array {
	return (&setRule{intersect: true, keys: true, values: true}).run(array, arrays)
}

// ArrayIntersect is array_intersect().
func ArrayIntersect(array *Array, arrays ...*Array) *Array {
	a := NewArray()
	var sets []map[string]bool
	for _, b := range arrays {
		sets = append(sets, textSet(b))
	}
	array.eachRaw(func(k Key, v Value) {
		text := ToString(v)
		for _, set := range sets {
			if !set[text] {
				return
			}
		}
		a.setRaw(k, ownCopy(v))
	})
	return a
}

// callbackSets takes the arrays and the callbacks at their end apart.
func callbackSets(function string, array *Array, rest []Value, callbacks int) (arrays []*Array, found []*Closure) {
	n := len(rest) - callbacks
	if n < 0 {
		ThrowArgumentCount("At least " + ToString(callbacks+1) + " arguments are required, " + ToString(len(rest)+1) + " passed")
	}
	for i, v := range rest[n:] {
		found = append(found, ParamCallable(v, function+"(): Argument #"+ToString(n+i+2)))
	}
	for i, v := range rest[:n] {
		a, ok := Deref(v).(*Array)
		if !ok {
			ThrowTypeError(function + "(): Argument #" + ToString(i+2) + " must be of type array, " + TypeName(v) + " given")
		}
		arrays = append(arrays, a)
	}
	return arrays, found
}

func callbackSet(rule setRule, array *Array, rest []Value, byValue, byKey bool) *Array {
	count := ToInt(byValue) + ToInt(byKey)
	arrays, callbacks := callbackSets(rule.function, array, rest, count)
	if byKey {
		rule.keyCallback = callbacks[len(callbacks)-1]
	}
	if byValue {
		rule.valueCallback = callbacks[0]
	}
	return rule.run(array, arrays)
}

// ArrayUdiff is array_udiff().
func ArrayUdiff(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_udiff", values: true}, array, rest, true, false)
}

// ArrayDiffUkey is array_diff_ukey().
func ArrayDiffUkey(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_diff_ukey", keys: true}, array, rest, false, true)
}

// ArrayDiffUassoc is array_diff_uassoc().
func ArrayDiffUassoc(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_diff_uassoc", keys: true, values: true}, array, rest, false, true)
}

// ArrayUdiffAssoc is array_udiff_assoc().
func ArrayUdiffAssoc(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_udiff_assoc", keys: true, values: true}, array, rest, true, false)
}

// ArrayUintersect is array_uintersect().
func ArrayUintersect(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_uintersect", intersect: true, values: true}, array, rest, true, false)
}

// ArrayIntersectUkey is array_intersect_ukey().
func ArrayIntersectUkey(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_intersect_ukey", intersect: true, keys: true}, array, rest, false, true)
}

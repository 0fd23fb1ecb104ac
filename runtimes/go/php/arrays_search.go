package php

// Searching and folding arrays, after https://www.php.net/manual/en/ref.array.php.

// InArray is in_array().
func InArray(needle Value, haystack *Array, strict bool) bool {
	return ArraySearch(needle, haystack, strict) != false
}

// ArraySearch is array_search(): the key, or false.
func ArraySearch(needle Value, haystack *Array, strict bool) Value {
	var found Value = false
	haystack.Each(func(k Key, v Value) bool {
		if strict && StrictEqual(v, needle) || !strict && LooseEqual(needle, v) {
			found = k.Value()
			return false
		}
		return true
	})
	return found
}

// ArrayKeyExists is array_key_exists().
func ArrayKeyExists(key Value, array *Array) bool {
	switch key.(type) {
	case *Array, Object:
		ThrowTypeError("array_key_exists(): Argument #1 ($key) must be a valid array offset type")
	}
	return array.Has(key)
}

// ArrayHasKey is array_key_exists() where PHP makes an instruction of the call, which names no argument.
func ArrayHasKey(key Value, array *Array) bool {
	switch key.(type) {
	case *Array, Object:
		ThrowTypeError("Illegal offset type")
	}
	return array.Has(key)
}

// KeyExists is key_exists().
func KeyExists(key Value, array *Array) bool {
	switch key.(type) {
	case *Array, Object:
		ThrowTypeError("key_exists(): Argument #1 ($key) must be a valid array offset type")
	}
	return array.Has(key)
}

// number is a value as array_sum() adds it.
func looseNumber(v Value) Value {
	switch v := Deref(v).(type) {
	case int, float64:
		return v
	case string:
		n, _ := ParseNumber(v)
		if n == nil {
			return 0
		}
		return n
	case nil:
		return 0
	case *Array:
		return nil
	case Object:
		return ToInt(v)
	}
	return ToInt(v)
}

// ArraySum is array_sum().
func ArraySum(array *Array) Value { return foldNumbers(array, 0, Add) }

// ArrayProduct is array_product().
func ArrayProduct(array *Array) Value { return foldNumbers(array, 1, Mul) }

func foldNumbers(array *Array, from int, f func(a, b Value) Value) Value {
	var result Value = from
	for _, v := range array.Values() {
		switch v.(type) {
		case *Array, Object:
			continue
		}
		result = f(result, looseNumber(v))
	}
	return result
}

// ArrayRand is array_rand().
func ArrayRand(array *Array, num int) Value {
	n := array.Len()
	if n == 0 {
		badArgument("array_rand", 1, "array", "cannot be empty")
	}
	if num == 1 {
		return array.Keys()[randomRange(0, n-1)].Value()
	}
	if num <= 0 || num > n {
		badArgument("array_rand", 2, "num", "must be between 1 and the number of elements in argument #1 ($array)")
	}
	chosen := make([]bool, n)
	negative := num > n/2
	left := num
	if negative {
		left = n - num
	}
	for left > 0 {
		i := randomRange(0, n-1)
		if !chosen[i] {
			chosen[i] = true
			left--
		}
	}
	a := NewArray()
	for i, k := range array.Keys() {
		if chosen[i] != negative {
			a.Append(k.Value())
		}
	}
	return a
}

// Max is max() of several values, or of the elements of an array.
func Max(value Value, values ...Value) Value {
	return extreme("max", value, values, 1)
}

// Min is min().
func Min(value Value, values ...Value) Value {
	return extreme("min", value, values, -1)
}

func extreme(function string, value Value, values []Value, wanted int) Value {
	better := func(v, best Value) bool { return Compare(v, best) == wanted }
	if len(values) == 0 {
		a, ok := Deref(value).(*Array)
		if !ok {
			ThrowTypeError(argument(function, 1, "value") + " must be of type array, " + TypeName(value) + " given")
		}
		if a.Len() == 0 {
			badArgument(function, 1, "value", "must contain at least one element")
		}
		values = a.Values()
		better = func(v, best Value) bool { return Compare(best, v) == -wanted }
	} else {
		values = append([]Value{value}, values...)
	}
	best := Deref(values[0])
	for _, v := range values[1:] {
		if better(Deref(v), best) {
			best = Deref(v)
		}
	}
	return Copy(best)
}

// ArrayMap is array_map(); callback may be nil.
func ArrayMap(callback *Closure, array *Array, arrays ...*Array) *Array {
	if len(arrays) == 0 {
		if callback == nil {
			return array.Clone()
		}
		a := NewArraySize(array.Len())
		array.each(func(k Key, v Value) bool {
			a.SetKey(k, Copy(callback.Call(v)))
			return true
		})
		return a
	}
	columns := [][]entry{array.pairs()}
	longest := array.Len()
	for _, b := range arrays {
		columns = append(columns, b.pairs())
		longest = MaxInt(longest, b.Len())
	}
	a := NewArraySize(longest)
	for i := 0; i < longest; i++ {
		row := make([]Value, len(columns))
		for j, c := range columns {
			if i < len(c) {
				row[j] = c[i].val // references stay references
				if nested, ok := row[j].(*Array); ok {
					row[j] = nested.Clone()
				}
			}
		}
		if callback == nil {
			a.Append(List(row...))
		} else {
			a.Append(Copy(callback.Call(row...)))
		}
	}
	return a
}

// ArrayFilter is array_filter(); callback may be nil.
func ArrayFilter(array *Array, callback *Closure, mode int) *Array {
	a := NewArray()
	array.each(func(k Key, kept Value) bool {
		v := Deref(kept)
		keep := false
		switch {
		case callback == nil:
			keep = ToBool(v)
		case mode == ArrayFilterUseKey:
			keep = ToBool(callback.Call(k.Value()))
		case mode == ArrayFilterUseBoth:
			keep = ToBool(callback.Call(v, k.Value()))
		default:
			keep = ToBool(callback.Call(v))
		}
		if keep {
			a.setRaw(k, ownCopy(kept))
		}
		return true
	})
	return a
}

// ArrayReduce is array_reduce().
func ArrayReduce(array *Array, callback *Closure, initial Value) Value {
	result := Copy(initial)
	array.Each(func(_ Key, v Value) bool {
		result = callback.Call(result, v)
		return true
	})
	return result
}

// ArrayWalk is array_walk(); extra is handed to the callback where it is given.
func ArrayWalk(array *Array, callback *Closure, extra Optional) bool {
	walkArray(array, callback, extra, false)
	return true
}

// walkedPlace is where the array is that array_walk() was given last, if it is known.
var walkedPlace *Value

// walkedObject is the properties of the object that array_walk() was given last, which it holds until it ends.
var walkedObject *Array

// walkArray goes on with what the callback puts in the place of the array.
func walkArray(array *Array, callback *Closure, extra Optional, deep bool) {
	place := walkedPlace
	walkedPlace = nil
	if array == walkedObject {
		walkedObject = nil
		defer array.eachRaw(func(_ Key, v Value) { dropped(v) })
	}
	for it := array.IterRef(); it.Next(); {
		if nested, ok := Deref(it.val).(*Array); ok && deep {
			nested = array.ArrayAt(it.Key())
			walkArray(nested, callback, extra, true)
		} else {
			walkElement(array, it, callback, extra)
		}
		if place == nil {
			continue
		}
		now, ok := (*behind(place)).(*Array)
		if !ok {
			ThrowTypeError("Iterated value is no longer an array or object")
		}
		if now != array {
			array, it = now, now.resumed()
		}
	}
}

func walkElement(array *Array, it *Iter, callback *Closure, extra Optional) {
	arguments := []Value{Deref(it.val), it.Key()}
	if extra.Given {
		arguments = append(arguments, extra.Value)
	}
	if !callback.WantsRef(0) {
		callback.Call(arguments...)
		return
	}
	_, was := it.val.(*Ref)
	r := it.Ref()
	arguments[0] = r
	if !was {
		defer func() { array.setRaw(it.key, r.V) }()
	}
	callback.Call(arguments...)
}

// ArrayWalkRecursive is array_walk_recursive().
func ArrayWalkRecursive(array *Array, callback *Closure, extra Optional) bool {
	walkArray(array, callback, extra, true)
	return true
}

// ArrayUnique is array_unique().
func ArrayUnique(array *Array, flags int) *Array {
	if array.Len() <= 1 {
		return array.Clone()
	}
	a := NewArray()
	if flags == SortString {
		seen := make(map[string]bool, array.Len())
		array.eachRaw(func(k Key, v Value) {
			if text := ToString(v); !seen[text] {
				seen[text] = true
				a.setRaw(k, ownCopy(v))
			}
		})
		return a
	}
	return uniqueSorted(array, comparison(flags))
}

// uniqueSorted keeps the first of each run of equal values in sorted order, as PHP does for all other flags.
func uniqueSorted(array *Array, compare func(a, b Value) int) *Array {
	all := array.pairs()
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	stableSort(len(order), func(i, j int) int { return compare(Deref(all[order[i]].val), Deref(all[order[j]].val)) },
		func(perm []int) {
			sorted := make([]int, len(order))
			for i, p := range perm {
				sorted[i] = order[p]
			}
			copy(order, sorted)
		})
	drop := map[int]bool{}
	for last, i := 0, 1; i < len(order); i++ {
		if compare(Deref(all[order[last]].val), Deref(all[order[i]].val)) == 0 {
			drop[order[i]] = true
		} else {
			last = i
		}
	}
	a := NewArray()
	for i, e := range all {
		if !drop[i] {
			a.setRaw(e.key, ownCopy(e.val))
		}
	}
	return a
}

package php

// Arrays as stacks and queues, changed in place, after https://www.php.net/manual/en/ref.array.php. The parameter is the
// array itself.

// ArrayPush is array_push().
func ArrayPush(array *Array, values ...Value) int {
	for _, v := range values {
		array.Append(Copy(v))
	}
	return array.Len()
}

// ArrayPop is array_pop().
func ArrayPop(array *Array) Value {
	k := ArrayKeyLast(array)
	if k == nil {
		return nil
	}
	array.own() // what is taken out shares nothing with a copy of the array
	v := array.Peek(k)
	array.UnsetKey(ToKey(k))
	if s := array.own(); !ToKey(k).IsStr && k == s.next-1 {
		s.next--
		if s.next < 0 {
			s.toHash()
		}
	}
	array.pos = 0
	return v
}

// ArrayShift is array_shift().
func ArrayShift(array *Array) Value {
	if array.Len() == 0 {
		return nil
	}
	all := array.ownPairs()
	array.renumber(all[1:])
	array.moved--
	return Deref(all[0].val)
}

// renumber makes the array consist of these elements, string keys kept.
func (a *Array) renumber(all []entry) {
	fresh := NewArraySize(len(all))
	if !a.store.shared {
		for _, e := range all {
			dropped(e.val)
		}
	}
	for _, e := range all {
		if e.key.IsStr {
			fresh.setRaw(e.key, e.val)
		} else {
			fresh.Append(e.val)
		}
	}
	fresh.store.swept, fresh.store.walked = a.store.swept, a.store.walked // it is the same array to those who walk
	a.store, a.pos = fresh.store, 0
}

// ArrayUnshift is array_unshift().
func ArrayUnshift(array *Array, values ...Value) int {
	all := make([]entry, 0, len(values)+array.Len())
	for _, v := range values {
		all = append(all, entry{val: Copy(v)})
	}
	array.renumber(append(all, array.ownPairs()...))
	array.moved += len(values)
	return array.Len()
}

// ArraySplice is array_splice(): it gives what was taken out.
func ArraySplice(array *Array, offset int, length, replacement Value) *Array {
	from, to := clip(array.Len(), offset, length)
	all := array.ownPairs()
	taken := NewArray()
	for _, e := range all[from:to] {
		if e.key.IsStr {
			taken.setRaw(e.key, e.val)
		} else {
			taken.Append(e.val)
		}
	}
	kept := append([]entry{}, all[:from]...)
	for _, v := range ToArray(replacement).Values() {
		kept = append(kept, entry{val: Copy(v)})
	}
	array.renumber(append(kept, all[to:]...))
	return taken
}

// Current, key and their kin by PHP's names.

// Current is current().
func Current(array *Array) Value { return array.Current() }

// ArrayKey is key().
func ArrayKey(array *Array) Value { return array.CurrentKey() }

// Next is next().
func Next(array *Array) Value { return array.Next() }

// Prev is prev().
func Prev(array *Array) Value { return array.Prev() }

// Reset is reset().
func Reset(array *Array) Value { return array.Reset() }

// End is end().
func End(array *Array) Value { return array.End() }

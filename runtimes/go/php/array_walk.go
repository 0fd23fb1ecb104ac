package php

import "sort"

// Walking over arrays: foreach by value (over what the array was at the beginning), foreach by reference (over the
// array as it is, with what is added meanwhile), and the internal pointer of current(), next() and their kin.

// Each calls f with every key and value in order until it answers false. The array may be changed meanwhile; the walk
// keeps to what it was at the beginning, as foreach by value does.
func (a *Array) Each(f func(k Key, v Value) bool) {
	a.each(func(k Key, v Value) bool { return f(k, Deref(v)) })
}

// each is Each without following references.
func (a *Array) each(f func(k Key, v Value) bool) {
	s := a.store
	shared := s.shared
	s.shared = true
	for i, n := 0, s.slots(); i < n; i++ {
		if k, v, ok := s.at(i); ok && !f(k, v) {
			break
		}
	}
	if !shared && a.store == s {
		s.shared = false
	}
}

// eachRaw is Each without following references, for those who only read.
func (a *Array) eachRaw(f func(k Key, v Value)) {
	s := a.store
	for i, n := 0, s.slots(); i < n; i++ {
		if k, v, ok := s.at(i); ok {
			f(k, v)
		}
	}
}

// Iter walks over an array by hand:
//
//	for it := a.Iter(); it.Next(); { it.Key(); it.Value() }
type Iter struct {
	array *Array
	live  bool // by reference: over the array as it is
	at    int
	swept int
	moved int
	key   Key
	val   Value
}

// Iter begins foreach by value.
func (a *Array) Iter() *Iter { return &Iter{array: a.Clone(), at: -1} }

// IterRef begins foreach by reference; Ref gives the element as a reference.
func (a *Array) IterRef() *Iter {
	return &Iter{array: a, live: true, at: -1, swept: a.store.swept, moved: a.moved}
}

// resumed is IterRef for an array that took the place of one that was walked over: from its internal pointer on.
func (a *Array) resumed() *Iter {
	a.own()
	it := a.IterRef()
	it.at = a.pos - 1
	return it
}

var walks int

// walkedOver is the number by which the array, and what is made of it, is known to those who walk over it.
func (a *Array) walkedOver() int {
	s := a.own()
	if s.walked == 0 {
		walks++
		s.walked = walks
	}
	return s.walked
}

// Next goes to the next element and says whether there is one.
func (it *Iter) Next() bool {
	s := it.array.store
	if it.live && s.swept != it.swept {
		if s.swept == it.swept+1 && s.kept != nil { // the element it stood on may have been removed before
			it.at = sort.Search(len(s.kept), func(i int) bool { return int(s.kept[i]) > it.at }) - 1
		} else {
			it.at = s.find(it.key)
		}
		it.swept = s.swept
	}
	if it.live && it.array.moved != it.moved {
		it.at += it.array.moved - it.moved
		it.moved = it.array.moved
	}
	for it.at++; it.at < s.slots(); it.at++ {
		if k, v, ok := s.at(it.at); ok {
			it.key, it.val = k, v
			return true
		}
	}
	return false
}

// Key is the key of the element.
func (it *Iter) Key() Value { return it.key.Value() }

// Value is the element; an array in it is copied when it is kept.
func (it *Iter) Value() Value { return Copy(it.val) }

// Ref is the element as a reference; only for IterRef.
func (it *Iter) Ref() *Ref {
	return it.array.RefAt(it.key.Value())
}

// skipHoles moves the internal pointer onto an element, forwards.
func (a *Array) skipHoles() {
	for a.pos < a.store.slots() {
		if _, _, ok := a.store.at(a.pos); ok {
			return
		}
		a.pos++
	}
}

// Current is current(): the element under the internal pointer, or false.
func (a *Array) Current() Value {
	a.skipHoles()
	if _, v, ok := a.store.at(a.pos); ok {
		return Deref(v)
	}
	return false
}

// CurrentKey is key(): the key under the internal pointer, or null.
func (a *Array) CurrentKey() Value {
	a.skipHoles()
	if k, _, ok := a.store.at(a.pos); ok {
		return k.Value()
	}
	return nil
}

// Next is next().
func (a *Array) Next() Value {
	a.skipHoles()
	if a.pos < a.store.slots() {
		a.pos++
	}
	return a.Current()
}

// Prev is prev().
func (a *Array) Prev() Value {
	a.skipHoles()
	if a.pos >= a.store.slots() {
		return false
	}
	for a.pos--; a.pos >= 0; a.pos-- {
		if _, v, ok := a.store.at(a.pos); ok {
			return Deref(v)
		}
	}
	a.pos = a.store.slots()
	return false
}

// Reset is reset().
func (a *Array) Reset() Value {
	a.pos = 0
	return a.Current()
}

// End is end().
func (a *Array) End() Value {
	for a.pos = a.store.slots() - 1; a.pos >= 0; a.pos-- {
		if _, v, ok := a.store.at(a.pos); ok {
			return Deref(v)
		}
	}
	a.pos = 0
	return false
}

// Keys is the keys in order.
func (a *Array) Keys() []Key {
	keys := make([]Key, 0, a.Len())
	a.eachRaw(func(k Key, _ Value) { keys = append(keys, k) })
	return keys
}

// Values is the values in order, references followed.
func (a *Array) Values() []Value {
	values := make([]Value, 0, a.Len())
	a.eachRaw(func(_ Key, v Value) { values = append(values, Deref(v)) })
	return values
}

// pairs is the elements as stored.
func (a *Array) pairs() []entry {
	all := make([]entry, 0, a.Len())
	a.eachRaw(func(k Key, v Value) { all = append(all, entry{key: k, val: v}) })
	return all
}

// ownPairs is pairs of an array that is about to change: none of them holds an array that another array holds too.
func (a *Array) ownPairs() []entry {
	a.own()
	return a.pairs()
}

// replace makes the array consist of these elements in this order, its pointer on the first.
func (a *Array) replace(all []entry, renumber bool) {
	fresh := NewArraySize(len(all))
	for _, e := range all {
		if !a.store.shared {
			dropped(e.val)
		}
		if renumber {
			fresh.Append(e.val)
		} else {
			fresh.setRaw(e.key, e.val)
		}
	}
	if !renumber {
		fresh.store.next = a.store.next // the order changes, the next key does not
	}
	fresh.store.swept, fresh.store.walked = a.store.swept, a.store.walked // it is the same array to those who walk
	a.store, a.pos = fresh.store, 0
}

package php

import (
	"strconv"
)

// PHP's arrays, after https://www.php.net/manual/en/language.types.array.php: ordered maps from int and string keys,
// copied by value.
//
// An Array is owned by exactly one variable, element or property; whoever assigns it elsewhere takes Clone(), which
// costs nothing until one of the two is written. Lists (keys 0, 1, 2, ...) are one slice; other arrays are a slice of
// entries in order with an index per kind of key, which a few entries and keys that count up by one do without. Removed
// entries leave holes, which are swept when they outnumber the rest, so positions of iterations stay valid in between.

// Array is PHP's array. The zero value is not usable; NewArray, List and Map make one.
type Array struct {
	store *store
	pos   int // the internal pointer: an index into the entries
	moved int // how far elements were moved in all by those who took some away or added some at the beginning
}

type store struct {
	packed  []Value // the values, where the keys are 0, 1, 2, ...; entries is unused then
	entries []entry
	ints    map[int]int32 // the index, of the entries that are not holes; nil where it is not made
	strings map[string]int32
	shared  bool // more than one Array looks at it; writers copy first
	hash    bool // entries is used
	counted bool // the keys of entries count up from base, holes included; there is no index then
	unbegun bool // made with elements, none of which has had an int key yet: then a negative first key counts on
	base    int
	count   int     // entries that are not holes
	next    int     // the key of the next append
	swept   int     // how often holes were removed, for iterations
	walked  int     // which walk by reference began over it, or over what it is a copy of; 0: none
	kept    []int32 // where the entries were before holes were removed last; for walks
}

// indexFrom is how many entries are worth an index.
const indexFrom = 9

type entry struct {
	key Key
	val Value
}

// Key is a normalised key: an int, or a string that is not written like one.
type Key struct {
	Int   int
	Str   string
	IsStr bool
	hole  bool // of an entry that was removed
}

// IntKey and StrKey make keys; StrKey turns "12" into 12 as PHP does.
func IntKey(i int) Key { return Key{Int: i} }

// StrKey is the key of a string.
func StrKey(s string) Key {
	if n, ok := decimalKey(s); ok {
		return Key{Int: n}
	}
	return Key{Str: s, IsStr: true}
}

// decimalKey says which int s is as a key: canonical decimals in range only ("01", "-0" and "1.0" stay strings).
func decimalKey(s string) (int, bool) {
	if len(s) == 0 || len(s) > 20 || !isDigit(s[len(s)-1]) {
		return 0, false
	}
	digits := s
	if s[0] == '-' {
		digits = s[1:]
	}
	if digits == "" || !isDigit(digits[0]) || digits[0] == '0' && len(s) > 1 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || s == "-9223372036854775808" {
		return 0, false
	}
	return n, true
}

// Value is the key as a PHP value.
func (k Key) Value() Value {
	if k.IsStr {
		return k.Str
	}
	return k.Int
}

// String is the key as a string.
func (k Key) String() string {
	if k.IsStr {
		return k.Str
	}
	return strconv.Itoa(k.Int)
}

// ToKey normalises a value used as a key; it throws for arrays and objects.
func ToKey(v Value) Key { return toKey(v, "Illegal offset type") }

func toKey(v Value, refusal string) Key {
	switch v := Deref(v).(type) {
	case int:
		return Key{Int: v}
	case string:
		return StrKey(v)
	case nil:
		return Key{IsStr: true}
	case bool:
		return Key{Int: ToInt(v)}
	case float64:
		n := FloatToInt(v)
		if float64(n) != v {
			Deprecated("Implicit conversion from float " + FloatRepr(v) + " to int loses precision")
		}
		return Key{Int: n}
	case *Resource:
		id := strconv.Itoa(v.ID)
		Warning("Resource ID#" + id + " used as offset, casting to integer (" + id + ")")
		return Key{Int: v.ID}
	}
	ThrowTypeError(refusal)
	return Key{}
}

// NewArray makes an empty array.
func NewArray() *Array { return &Array{store: &store{}} }

// NewArraySize makes an empty array with room for a list of n values.
func NewArraySize(n int) *Array { return &Array{store: &store{packed: make([]Value, 0, n)}} }

// List makes an array with the keys 0, 1, 2, ...
func List(values ...Value) *Array {
	for _, v := range values {
		held(v)
	}
	return &Array{store: &store{packed: values, count: len(values), next: len(values)}}
}

// ListOf makes a list from a slice of any type.
func ListOf[T any](values []T) *Array {
	a := NewArraySize(len(values))
	for _, v := range values {
		a.Append(v)
	}
	return a
}

// Map makes an array from keys and values in turn.
func Map(pairs ...Value) *Array {
	a := NewArray()
	a.store.unbegun = true
	for i := 0; i+1 < len(pairs); i += 2 {
		a.Set(pairs[i], pairs[i+1])
	}
	return a
}

// Clone is the array as another variable gets it. It costs nothing until one of the two is written.
func (a *Array) Clone() *Array {
	if a == nil {
		return nil
	}
	a.store.shared = true
	return &Array{store: a.store, pos: a.pos}
}

// Len is the number of elements.
func (a *Array) Len() int { return a.store.count }

// own makes the store the array's alone before a write.
func (a *Array) own() *store {
	if a.store.shared {
		a.store = a.store.copy()
	}
	return a.store
}

// copy copies the store; nested arrays are values and get headers of their own.
func (s *store) copy() *store {
	c := &store{hash: s.hash, count: s.count, next: s.next, swept: s.swept, walked: s.walked, unbegun: s.unbegun}
	if !s.hash {
		c.packed = make([]Value, len(s.packed), len(s.packed)+1)
		for i, v := range s.packed {
			c.packed[i] = ownCopy(v)
			held(c.packed[i])
		}
		return c
	}
	c.entries = make([]entry, len(s.entries), len(s.entries)+1)
	for i, e := range s.entries {
		e.val = ownCopy(e.val)
		held(e.val)
		c.entries[i] = e
	}
	c.counted, c.base = s.counted, s.base
	return c
}

// index makes the index.
func (s *store) index() {
	texts := 0
	for i := range s.entries {
		if s.entries[i].key.IsStr {
			texts++
		}
	}
	s.ints, s.strings = make(map[int]int32, len(s.entries)-texts), make(map[string]int32, texts)
	for i, e := range s.entries {
		if !e.key.hole {
			s.link(e.key, int32(i))
		}
	}
}

func ownCopy(v Value) Value {
	if r, ok := v.(*Ref); ok && r.alone() {
		v = r.V
	}
	if nested, ok := v.(*Array); ok {
		return nested.Clone()
	}
	return v
}

func (s *store) link(k Key, at int32) {
	if s.counted {
		if at == 0 && !k.IsStr {
			s.base = k.Int
		}
		if !k.IsStr && k.Int == s.base+int(at) {
			return
		}
		s.counted = false
	}
	if s.ints == nil {
		return
	}
	if k.IsStr {
		s.strings[k.Str] = at
	} else {
		s.ints[k.Int] = at
	}
}

// toHash leaves the form of a list.
func (s *store) toHash() {
	if s.hash {
		return
	}
	s.hash, s.counted, s.base = true, true, 0
	s.entries = make([]entry, len(s.packed), len(s.packed)+4)
	for i, v := range s.packed {
		s.entries[i] = entry{key: Key{Int: i}, val: v}
	}
	s.packed = nil
}

// find is the position of a key, or -1.
func (s *store) find(k Key) int {
	if !s.hash {
		if k.IsStr || k.Int < 0 || k.Int >= len(s.packed) {
			return -1
		}
		return k.Int
	}
	if s.counted {
		i := k.Int - s.base
		if k.IsStr || i < 0 || i >= len(s.entries) || s.entries[i].key.hole {
			return -1
		}
		return i
	}
	if s.ints == nil {
		if len(s.entries) < indexFrom {
			return s.scan(k)
		}
		s.index()
	}
	var at int32
	var ok bool
	if k.IsStr {
		at, ok = s.strings[k.Str]
	} else {
		at, ok = s.ints[k.Int]
	}
	if !ok {
		return -1
	}
	return int(at)
}

// scan is find without an index.
func (s *store) scan(k Key) int {
	for i := range s.entries {
		e := &s.entries[i]
		if !e.key.hole && e.key.Int == k.Int && e.key.IsStr == k.IsStr && e.key.Str == k.Str {
			return i
		}
	}
	return -1
}

// findNear is find where the position is probably known.
func (s *store) findNear(k Key, hint int) int {
	if s.hash && hint < len(s.entries) {
		if e := &s.entries[hint]; k.IsStr && e.key.IsStr && e.key.Str == k.Str && !e.key.hole {
			return hint
		}
	}
	return s.find(k)
}

// slots is the number of positions, holes included.
func (s *store) slots() int {
	if s.hash {
		return len(s.entries)
	}
	return len(s.packed)
}

// at is the entry at a position; ok is false for a hole or beyond the end.
func (s *store) at(i int) (k Key, v Value, ok bool) {
	if i < 0 || i >= s.slots() {
		return Key{}, nil, false
	}
	if !s.hash {
		return Key{Int: i}, s.packed[i], true
	}
	e := &s.entries[i]
	return e.key, e.val, !e.key.hole
}

func (s *store) setAt(i int, v Value) {
	if s.hash {
		s.entries[i].val = v
	} else {
		s.packed[i] = v
	}
}

// getRaw is the element as stored, maybe a *Ref.
func (a *Array) getRaw(k Key) (Value, bool) {
	i := a.store.find(k)
	if i < 0 {
		return nil, false
	}
	_, v, _ := a.store.at(i)
	return v, true
}

// LookupKey is the element of a normalised key.
func (a *Array) LookupKey(k Key) (Value, bool) {
	v, ok := a.getRaw(k)
	return Deref(v), ok
}

// Lookup is the element of a key and whether there is one.
func (a *Array) Lookup(key Value) (Value, bool) { return a.LookupKey(ToKey(key)) }

// Get is $a[$key] as it is read: with PHP's warning and null where there is no such element.
func (a *Array) Get(key Value) Value {
	if i, ok := key.(int); ok && !a.store.hash && uint(i) < uint(len(a.store.packed)) {
		return Deref(a.store.packed[i])
	}
	k := ToKey(key)
	v, ok := a.LookupKey(k)
	if !ok {
		warnUndefinedKey(k)
	}
	return v
}

// GetInt is Get for an int.
func (a *Array) GetInt(i int) Value {
	if !a.store.hash && uint(i) < uint(len(a.store.packed)) {
		return Deref(a.store.packed[i])
	}
	return a.Get(i)
}

// GetStr is Get for a string.
func (a *Array) GetStr(s string) Value { return a.Get(s) }

func warnUndefinedKey(k Key) {
	if k.IsStr {
		Warning("Undefined array key \"" + beforeNull(k.Str) + "\"")
	} else {
		Warning("Undefined array key " + strconv.Itoa(k.Int))
	}
}

// Peek is $a[$key] ?? null: silent where there is no such element.
func (a *Array) Peek(key Value) Value {
	v, _ := a.LookupKey(ToKey(key))
	return v
}

// Has is array_key_exists().
func (a *Array) Has(key Value) bool { return a.store.find(ToKey(key)) >= 0 }

// IsSet is isset($a[$key]): there is such an element and it is not null.
func (a *Array) IsSet(key Value) bool {
	v, _ := a.LookupKey(toKey(key, "Illegal offset type in isset or empty"))
	return v != nil
}

// Set is $a[$key] = $v. Where the element is a reference, what it refers to is set.
func (a *Array) Set(key, v Value) {
	a.assigned(key, v)
}

// assigned is Set, and gives what was stored: a reference to a typed property converts it.
func (a *Array) assigned(key, v Value) Value {
	if i, ok := key.(int); ok && !a.store.shared && !a.store.hash && uint(i) < uint(len(a.store.packed)) {
		if at := &a.store.packed[i]; !isRef(*at) {
			*at = v
			return v
		}
	}
	return a.assignedKey(ToKey(key), v)
}

func isRef(v Value) bool {
	_, ok := v.(*Ref)
	return ok
}

// SetInt is Set for an int.
func (a *Array) SetInt(i int, v Value) { a.SetKey(Key{Int: i}, v) }

// SetStr is Set for a string, which is normalised.
func (a *Array) SetStr(s string, v Value) { a.SetKey(StrKey(s), v) }

// SetKey is Set for a normalised key.
func (a *Array) SetKey(k Key, v Value) { a.assignedKey(k, v) }

func (a *Array) assignedKey(k Key, v Value) Value {
	s := a.own()
	if i := s.find(k); i >= 0 {
		_, old, _ := s.at(i)
		if r, ok := old.(*Ref); ok {
			return r.Set(v)
		}
		s.setAt(i, v)
		return v
	}
	a.insert(k, v)
	return v
}

// setRaw stores v itself, replacing a reference.
func (a *Array) setRaw(k Key, v Value) { a.setRawNear(k, v, 0) }

// setRawNear is setRaw where the position is probably known.
func (a *Array) setRawNear(k Key, v Value, hint int) {
	s := a.own()
	if i := s.findNear(k, hint); i >= 0 {
		_, old, _ := s.at(i)
		held(v)
		dropped(old)
		s.setAt(i, v)
		return
	}
	a.insert(k, v)
}

// insert adds an element that is not there yet; the store is already owned.
func (a *Array) insert(k Key, v Value) {
	s := a.store
	held(v)
	if !s.hash && !k.IsStr && k.Int == len(s.packed) && (s.next == len(s.packed)) {
		s.packed = append(s.packed, v)
		s.unbegun = false
		s.count++
		s.next = k.Int + 1
		return
	}
	s.toHash()
	a.sweep()
	s.entries = append(s.entries, entry{key: k, val: v})
	s.link(k, int32(len(s.entries)-1))
	s.count++
	if !k.IsStr && (k.Int >= s.next || s.unbegun) {
		s.next = nextKey(k.Int)
		s.unbegun = false
	}
}

func nextKey(k int) int {
	if k == maxInt {
		return minInt // marks that the next element is already occupied
	}
	return k + 1
}

const (
	maxInt = int(^uint(0) >> 1)
	minInt = -maxInt - 1
)

// sweep removes the holes once they are more than the elements.
func (a *Array) sweep() {
	s := a.store
	if len(s.entries) < 16 || s.count*2 > len(s.entries) {
		return
	}
	kept := make([]entry, 0, s.count+4)
	pos := -1
	counted := s.counted
	s.kept = nil
	for i, e := range s.entries {
		if i >= a.pos && pos < 0 && !e.key.hole {
			pos = len(kept)
		}
		if !e.key.hole && s.walked != 0 {
			s.kept = append(s.kept, int32(i))
		}
		if !e.key.hole {
			counted = counted && (len(kept) == 0 || e.key.Int == kept[0].key.Int+len(kept))
			kept = append(kept, e)
		}
	}
	if pos < 0 {
		pos = len(kept)
	}
	s.entries, a.pos = kept, pos
	if counted && len(kept) > 0 {
		s.base = kept[0].key.Int
	}
	s.counted, s.ints, s.strings = counted, nil, nil
	s.swept++
}

// Append is $a[] = $v.
func (a *Array) Append(v Value) {
	s := a.own()
	if s.next == minInt {
		ThrowError("Cannot add element to the array as the next element is already occupied")
	}
	a.insert(Key{Int: s.next}, v)
}

// Unset is unset($a[$key]).
func (a *Array) Unset(key Value) { a.UnsetKey(toKey(key, "Illegal offset type in unset")) }

// UnsetKey is Unset for a normalised key.
func (a *Array) UnsetKey(k Key) {
	if a.store.find(k) < 0 {
		return
	}
	s := a.own()
	i := s.find(k)
	_, old, _ := s.at(i)
	dropped(old)
	if !s.hash && i == len(s.packed)-1 && a.pos < i {
		s.packed = s.packed[:i]
		s.count--
		if s.next != i {
			s.toHash()
		}
		return
	}
	s.toHash()
	k.hole = true
	s.entries[i] = entry{key: k}
	s.count--
	if k.IsStr {
		delete(s.strings, k.Str)
	} else {
		delete(s.ints, k.Int)
	}
	for len(s.entries) > 0 && s.entries[len(s.entries)-1].key.hole && a.pos < len(s.entries)-1 {
		s.entries = s.entries[:len(s.entries)-1]
	}
}

// ArrayAt is the nested array that $a[$key][...] = writes to: made where there is none, refused where something else is.
func (a *Array) ArrayAt(key Value) *Array {
	k := ToKey(key)
	v, _ := a.LookupKey(k)
	switch v := v.(type) {
	case *Array:
		if a.store.shared {
			a.own()
			v, _ := a.LookupKey(k)
			return v.(*Array)
		}
		return v
	case nil:
		made := NewArray()
		a.SetKey(k, made)
		return made
	}
	made := vivify(v)
	a.SetKey(k, made)
	return made
}

// AppendArray is the array that $a[][...] = writes to.
func (a *Array) AppendArray() *Array {
	made := NewArray()
	a.Append(made)
	return made
}

// vivify is the array a variable becomes when $v[...] = writes to something that is not an array.
func vivify(v Value) *Array {
	switch v := v.(type) {
	case *Array:
		return v
	case nil:
		return NewArray()
	case bool:
		if !v {
			Deprecated("Automatic conversion of false to array is deprecated")
			return NewArray()
		}
	case string:
		ThrowError("Cannot use string offset as an array")
	case Object:
		ThrowError("Cannot use object of type " + ClassName(v) + " as array")
	}
	ThrowError("Cannot use a scalar value as an array")
	return nil
}

// RefAt is &$a[$key]: the element becomes a reference, made with null where there is none.
func (a *Array) RefAt(key Value) *Ref {
	k := ToKey(key)
	v, _ := a.getRaw(k)
	if r, ok := v.(*Ref); ok && !(r.alone() && a.store.shared) {
		return r
	}
	return a.freshRef(k)
}

func (a *Array) freshRef(k Key) *Ref {
	v, _ := a.getRaw(k)
	s := a.own()
	if i := s.find(k); i >= 0 {
		_, v, _ = s.at(i) // after own() nested arrays have headers of their own
	}
	r := &Ref{V: Deref(v)}
	a.setRaw(k, r)
	return r
}

// AppendRef is &$a[].
func (a *Array) AppendRef() *Ref {
	r := &Ref{}
	a.Append(r)
	return r
}

// BindRef is $a[$key] = &$variable.
func (a *Array) BindRef(key Value, r *Ref) { a.setRaw(ToKey(key), r) }

// IsList is array_is_list().
func (a *Array) IsList() bool {
	if !a.store.hash {
		return true
	}
	want := 0
	for _, e := range a.store.entries {
		if e.key.hole {
			continue
		}
		if e.key.IsStr || e.key.Int != want {
			return false
		}
		want++
	}
	return true
}

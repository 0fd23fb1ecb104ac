package php

// SplHeap and its kin, SplPriorityQueue and SplObjectStorage, after https://www.php.net/manual/en/book.spl.php.

// SplHeap is what the heaps have.
type SplHeap struct {
	Base
	items     []heapItem
	cmp       func(a, b Value) int
	own       func(a, b Value) int // compare() of a class that extends a heap, or cmp; nil until it is asked for
	corrupted bool
	changing  bool
}

type heapItem struct{ value, priority Value }

// SplMinHeap gives its least element first.
type SplMinHeap struct{ SplHeap }

// SplMaxHeap gives its greatest element first.
type SplMaxHeap struct{ SplHeap }

// SplPriorityQueue gives the element of the greatest priority first.
type SplPriorityQueue struct {
	SplHeap
	flags int
}

var (
	// SplHeapClass and the others are for classes that extend them.
	SplHeapClass          = Declare(&Class{Name: "SplHeap", Abstract: true, Interfaces: []*Class{IteratorInterface, CountableInterface}})
	SplMinHeapClass       = Declare(&Class{Name: "SplMinHeap", Parent: SplHeapClass})
	SplMaxHeapClass       = Declare(&Class{Name: "SplMaxHeap", Parent: SplHeapClass})
	SplPriorityQueueClass = Declare(&Class{Name: "SplPriorityQueue", Interfaces: []*Class{IteratorInterface, CountableInterface}})
)

func init() {
	SplHeapClass.Methods = []Method{
		{Name: "insert", Func: (*SplHeap).Insert}, {Name: "extract", Func: (*SplHeap).Extract}, {Name: "top", Func: (*SplHeap).Top},
		{Name: "count", Func: (*SplHeap).Count}, {Name: "isEmpty", Func: (*SplHeap).IsEmpty}, {Name: "rewind", Func: (*SplHeap).Rewind},
		{Name: "current", Func: (*SplHeap).Current}, {Name: "key", Func: (*SplHeap).Key}, {Name: "next", Func: (*SplHeap).Next},
		{Name: "valid", Func: (*SplHeap).Valid}, {Name: "recoverFromCorruption", Func: (*SplHeap).RecoverFromCorruption},
		{Name: "isCorrupted", Func: (*SplHeap).IsCorrupted},
	}
	SplMinHeapClass.Methods = []Method{{Name: "compare", Hidden: "protected", Func: (*SplMinHeap).Compare}}
	SplMaxHeapClass.Methods = []Method{{Name: "compare", Hidden: "protected", Func: (*SplMaxHeap).Compare}}
	SplPriorityQueueClass.Constants = Map("EXTR_BOTH", 3, "EXTR_PRIORITY", 2, "EXTR_DATA", 1)
	SplPriorityQueueClass.Methods = append([]Method{
		{Name: "compare", Func: (*SplPriorityQueue).Compare}, {Name: "getExtractFlags", Func: (*SplPriorityQueue).GetExtractFlags},
		{Name: "insert", Func: (*SplPriorityQueue).Insert}, {Name: "extract", Func: (*SplPriorityQueue).Extract},
		{Name: "top", Func: (*SplPriorityQueue).Top}, {Name: "current", Func: (*SplPriorityQueue).Current},
		{Name: "setExtractFlags", Func: (*SplPriorityQueue).SetExtractFlags},
	}, SplHeapClass.Methods[3:]...)
	SplHeapClass.New = func() Object { return Init(&SplHeap{}, SplHeapClass) }
	SplMinHeapClass.New = func() Object { return NewSplMinHeap() }
	SplMaxHeapClass.New = func() Object { return NewSplMaxHeap() }
	SplPriorityQueueClass.New = func() Object { return NewSplPriorityQueue() }
}

// NewSplMinHeap is new SplMinHeap.
func NewSplMinHeap() *SplMinHeap {
	h := Init(&SplMinHeap{}, SplMinHeapClass)
	h.cmp = func(a, b Value) int { return Compare(b, a) }
	return h
}

// NewSplMaxHeap is new SplMaxHeap.
func NewSplMaxHeap() *SplMaxHeap {
	h := Init(&SplMaxHeap{}, SplMaxHeapClass)
	h.cmp = Compare
	return h
}

// NewSplPriorityQueue is new SplPriorityQueue.
func NewSplPriorityQueue() *SplPriorityQueue {
	q := Init(&SplPriorityQueue{flags: 1}, SplPriorityQueueClass)
	q.cmp = Compare
	return q
}

func (h *SplHeap) afterClone() { h.items, h.own = append([]heapItem{}, h.items...), nil }

func (h *SplHeap) shown() []Property {
	return h.shownAs("SplHeap", 0, func(i heapItem) Value { return i.value })
}

func (q *SplPriorityQueue) shown() []Property {
	return q.shownAs("SplPriorityQueue", q.flags, func(i heapItem) Value {
		return Map("data", Copy(i.value), "priority", Copy(i.priority))
	})
}

func (h *SplHeap) shownAs(declarer string, flags int, show func(i heapItem) Value) []Property {
	all := NewArray()
	for _, item := range h.items {
		all.Append(show(item))
	}
	private := func(name string, v Value) Property {
		return Property{Name: name, Visibility: "private", Declarer: declarer, Value: v}
	}
	return []Property{private("flags", flags), private("isCorrupted", h.corrupted), private("heap", all)}
}

// Compare is compare().
func (h *SplMinHeap) Compare(a, b Value) int { return Compare(b, a) }

// Compare is compare().
func (h *SplMaxHeap) Compare(a, b Value) int { return Compare(a, b) }

// order is positive where a comes out before b.
func (h *SplHeap) order(a, b heapItem) int {
	if h.own == nil {
		h.own = h.ownCompare()
	}
	return h.own(a.priority, b.priority)
}

func (h *SplHeap) ownCompare() func(a, b Value) int {
	m := h.class.findMethod("compare")
	if m == nil || m.Func == nil || !m.class.isUsers() {
		return h.cmp
	}
	compare := m.bound(h.self, h.class)
	return func(a, b Value) int { return ToInt(compare.Call(Copy(a), Copy(b))) }
}

// sound refuses to go on once compare() has thrown.
func (h *SplHeap) sound() {
	if h.corrupted {
		Throw(NewException(RuntimeExceptionClass, "Heap is corrupted, heap properties are no longer ensured.", 0, nil))
	}
}

// changes refuses a change within another one, by order(). What it gives back ends it, and notes what order() throws.
func (h *SplHeap) changes() func() {
	if h.changing {
		Throw(NewException(RuntimeExceptionClass, "Heap cannot be changed when it is already being modified.", 0, nil))
	}
	h.changing = true
	return func() {
		h.changing = false
		if r := recover(); r != nil {
			h.corrupted = true
			panic(r)
		}
	}
}

func (h *SplHeap) add(item heapItem) {
	h.sound()
	defer h.changes()()
	h.items = append(h.items, item)
	i := len(h.items) - 1
	for i > 0 && h.order(h.items[(i-1)/2], item) < 0 {
		h.items[i] = h.items[(i-1)/2]
		i = (i - 1) / 2
	}
	h.items[i] = item
}

func (h *SplHeap) take() heapItem {
	defer h.changes()()
	top := h.items[0]
	n := len(h.items) - 1
	last := h.items[n]
	h.items = h.items[:n]
	if n == 0 {
		return top
	}
	i := 0
	defer func() { h.items[i] = last }()
	for j := 1; j < n; j = 2*i + 1 {
		if j+1 < n && h.order(h.items[j+1], h.items[j]) > 0 {
			j++
		}
		if h.order(last, h.items[j]) >= 0 {
			break
		}
		h.items[i] = h.items[j]
		i = j
	}
	return top
}

func (h *SplHeap) empty(what string) {
	h.sound()
	if len(h.items) == 0 {
		Throw(NewException(RuntimeExceptionClass, "Can't "+what+" an empty heap", 0, nil))
	}
}

// Insert is insert().
func (h *SplHeap) Insert(v Value) bool {
	h.add(heapItem{Copy(v), v})
	return true
}

// Extract is extract().
func (h *SplHeap) Extract() Value {
	h.empty("extract from")
	return h.take().value
}

// Top is top().
func (h *SplHeap) Top() Value {
	h.empty("peek at")
	return Copy(h.items[0].value)
}

// Count is count().
func (h *SplHeap) Count() int { return len(h.items) }

// IsEmpty is isEmpty().
func (h *SplHeap) IsEmpty() bool { return len(h.items) == 0 }

// Rewind is rewind(), which does nothing.
func (h *SplHeap) Rewind() {}

// Current is current(): the top, or null.
func (h *SplHeap) Current() Value {
	if len(h.items) == 0 {
		return nil
	}
	return Copy(h.items[0].value)
}

// Key is key(): how many are left, less one.
func (h *SplHeap) Key() Value { return len(h.items) - 1 }

// Next is next(): it takes the top away.
func (h *SplHeap) Next() {
	if len(h.items) > 0 {
		h.take()
	}
}

// Valid is valid().
func (h *SplHeap) Valid() bool { return len(h.items) > 0 }

// RecoverFromCorruption is recoverFromCorruption().
func (h *SplHeap) RecoverFromCorruption() bool {
	h.corrupted = false
	return true
}

// IsCorrupted is isCorrupted().
func (h *SplHeap) IsCorrupted() bool { return h.corrupted }

// Compare is compare().
func (q *SplPriorityQueue) Compare(a, b Value) int { return Compare(a, b) }

// GetExtractFlags is getExtractFlags().
func (q *SplPriorityQueue) GetExtractFlags() int { return q.flags }

// Insert is insert().
func (q *SplPriorityQueue) Insert(v, priority Value) bool {
	q.add(heapItem{Copy(v), Copy(priority)})
	return true
}

func (q *SplPriorityQueue) given(item heapItem) Value {
	switch q.flags {
	case 2:
		return item.priority
	case 3:
		return Map("data", Copy(item.value), "priority", Copy(item.priority))
	}
	return item.value
}

// Extract is extract().
func (q *SplPriorityQueue) Extract() Value {
	q.empty("extract from")
	return q.given(q.take())
}

// Top is top().
func (q *SplPriorityQueue) Top() Value {
	q.empty("peek at")
	return Copy(q.given(q.items[0]))
}

// Current is current().
func (q *SplPriorityQueue) Current() Value {
	if len(q.items) == 0 {
		return nil
	}
	return Copy(q.given(q.items[0]))
}

// SetExtractFlags is setExtractFlags(): 1 for data, 2 for the priority, 3 for both.
func (q *SplPriorityQueue) SetExtractFlags(flags int) int {
	if flags&3 == 0 {
		Throw(NewException(RuntimeExceptionClass, "Must specify at least one extract flag", 0, nil))
	}
	q.flags = flags & 3
	return q.flags
}

// SplObjectStorage is a map from objects, in the order they came.
type SplObjectStorage struct {
	Base
	objects []Object
	data    []Value
	index   map[*Base]int
	at      int
}

// SplObjectStorageClass is for classes that extend it.
var SplObjectStorageClass = Declare(&Class{Name: "SplObjectStorage", Interfaces: []*Class{CountableInterface, IteratorInterface,
	SerializableInterface, ArrayAccessInterface}})

func init() {
	type storage = SplObjectStorage
	SplObjectStorageClass.New = func() Object { return NewSplObjectStorage() }
	SplObjectStorageClass.Methods = []Method{
		{Name: "attach", Func: func(s *storage, o Object, rest ...Value) { s.Attach(o, append(rest, nil)[0]) }},
		{Name: "detach", Func: (*storage).Detach}, {Name: "contains", Func: (*storage).Contains}, {Name: "count", Func: (*storage).Count},
		{Name: "offsetExists", Func: (*storage).OffsetExists}, {Name: "offsetGet", Func: (*storage).OffsetGet},
		{Name: "offsetSet", Func: (*storage).OffsetSet}, {Name: "offsetUnset", Func: (*storage).OffsetUnset},
		{Name: "rewind", Func: (*storage).Rewind}, {Name: "current", Func: (*storage).Current}, {Name: "key", Func: (*storage).Key},
		{Name: "next", Func: (*storage).Next}, {Name: "valid", Func: (*storage).Valid}, {Name: "getInfo", Func: (*storage).GetInfo},
		{Name: "setInfo", Func: (*storage).SetInfo}, {Name: "addAll", Func: (*storage).AddAll},
		{Name: "removeAll", Func: (*storage).RemoveAll}, {Name: "removeAllExcept", Func: (*storage).RemoveAllExcept},
	}
}

// NewSplObjectStorage is new SplObjectStorage.
func NewSplObjectStorage() *SplObjectStorage {
	return Init(&SplObjectStorage{index: map[*Base]int{}}, SplObjectStorageClass)
}

func (s *SplObjectStorage) afterClone() {
	s.objects, s.data = append([]Object{}, s.objects...), append([]Value{}, s.data...)
	s.reindex()
}

func (s *SplObjectStorage) shown() []Property {
	all := NewArray()
	for i, o := range s.objects {
		all.Append(Map("obj", o, "inf", Copy(s.data[i])))
	}
	return []Property{{Name: "storage", Visibility: "private", Declarer: "SplObjectStorage", Value: all}}
}

// compareTo is ==, which knows only the class itself and what is stored.
func (s *SplObjectStorage) compareTo(o Object) (int, bool) {
	other, ok := o.(*SplObjectStorage)
	if !ok || s.class != SplObjectStorageClass || other.class != SplObjectStorageClass {
		return 1, true
	}
	stored := func(s *SplObjectStorage) *Array {
		all := NewArray()
		for i, o := range s.objects {
			all.Set(o.PHPBase().id, s.data[i])
		}
		return all
	}
	if compareArrays(stored(s), stored(other)) != 0 {
		return 1, true
	}
	return 0, true
}

func (s *SplObjectStorage) reindex() {
	s.index = map[*Base]int{}
	for i, o := range s.objects {
		s.index[o.PHPBase()] = i
	}
}

// Attach is attach().
func (s *SplObjectStorage) Attach(o Object, info Value) {
	if s.class.findMethod("getHash") != nil {
		Stop("builtin-missing", "a method getHash() of its own is not asked by SplObjectStorage")
	}
	if i, ok := s.index[o.PHPBase()]; ok {
		s.data[i] = Copy(info)
		return
	}
	s.index[o.PHPBase()] = len(s.objects)
	s.objects, s.data = append(s.objects, o), append(s.data, Copy(info))
}

// Detach is detach().
func (s *SplObjectStorage) Detach(o Object) {
	i, ok := s.index[o.PHPBase()]
	if !ok {
		return
	}
	s.objects = append(s.objects[:i:i], s.objects[i+1:]...)
	s.data = append(s.data[:i:i], s.data[i+1:]...)
	s.reindex()
}

// AddAll is addAll(): how many there are then.
func (s *SplObjectStorage) AddAll(other *SplObjectStorage) int {
	for i, o := range other.objects {
		s.Attach(o, other.data[i])
	}
	return len(s.objects)
}

// RemoveAll is removeAll(): how many are left.
func (s *SplObjectStorage) RemoveAll(other *SplObjectStorage) int {
	for _, o := range append([]Object{}, other.objects...) {
		s.Detach(o)
	}
	return len(s.objects)
}

// RemoveAllExcept is removeAllExcept(): how many are left.
func (s *SplObjectStorage) RemoveAllExcept(other *SplObjectStorage) int {
	for _, o := range append([]Object{}, s.objects...) {
		if !other.Contains(o) {
			s.Detach(o)
		}
	}
	return len(s.objects)
}

// Contains is contains().
func (s *SplObjectStorage) Contains(o Object) bool { _, ok := s.index[o.PHPBase()]; return ok }

// Count is count().
func (s *SplObjectStorage) Count() int { return len(s.objects) }

// OffsetExists is offsetExists().
func (s *SplObjectStorage) OffsetExists(o Value) bool { return s.Contains(o.(Object)) }

// OffsetGet is offsetGet().
func (s *SplObjectStorage) OffsetGet(o Value) Value {
	i, ok := s.index[o.(Object).PHPBase()]
	if !ok {
		Throw(NewException(UnexpectedValueClass, "Object not found", 0, nil))
	}
	return Copy(s.data[i])
}

// OffsetSet is offsetSet().
func (s *SplObjectStorage) OffsetSet(o, info Value) { s.Attach(o.(Object), info) }

// OffsetUnset is offsetUnset().
func (s *SplObjectStorage) OffsetUnset(o Value) { s.Detach(o.(Object)) }

// Rewind is rewind().
func (s *SplObjectStorage) Rewind() { s.at = 0 }

// Current is current().
func (s *SplObjectStorage) Current() Value {
	if !s.Valid() {
		Throw(NewException(RuntimeExceptionClass, "Called current() on invalid iterator", 0, nil))
	}
	return s.objects[s.at]
}

// Key is key().
func (s *SplObjectStorage) Key() Value { return s.at }

// Next is next().
func (s *SplObjectStorage) Next() { s.at++ }

// Valid is valid().
func (s *SplObjectStorage) Valid() bool { return s.at < len(s.objects) }

// GetInfo is getInfo().
func (s *SplObjectStorage) GetInfo() Value {
	if !s.Valid() {
		return nil
	}
	return Copy(s.data[s.at])
}

// SetInfo is setInfo().
func (s *SplObjectStorage) SetInfo(info Value) {
	if s.Valid() {
		s.data[s.at] = Copy(info)
	}
}

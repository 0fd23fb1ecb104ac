package php

// SplDoublyLinkedList, SplQueue and SplStack, after https://www.php.net/manual/en/class.spldoublylinkedlist.php, and
// SplFixedArray.

// The modes of iteration.
const (
	splFifo   = 0
	splDelete = 1
	splLifo   = 2
)

// SplDoublyLinkedList is a list that grows and shrinks at both ends.
type SplDoublyLinkedList struct {
	Base
	items []Value
	mode  int
	at    int  // the element the iteration is on
	key   int  // its key, which changes of the list leave alone
	on    bool // on an element: not before the first rewind, nor beyond the end
	gone  bool // that element was popped or shifted: the iteration stays there until it moves on
}

// SplQueue takes at one end and gives at the other.
type SplQueue struct{ SplDoublyLinkedList }

// SplStack is walked from its top.
type SplStack struct{ SplDoublyLinkedList }

var (
	// SplDoublyLinkedListClass and the others are for classes that extend them.
	SplDoublyLinkedListClass = Declare(&Class{Name: "SplDoublyLinkedList", Interfaces: []*Class{IteratorInterface, CountableInterface,
		ArrayAccessInterface, SerializableInterface}})
	SplQueueClass = Declare(&Class{Name: "SplQueue", Parent: SplDoublyLinkedListClass})
	SplStackClass = Declare(&Class{Name: "SplStack", Parent: SplDoublyLinkedListClass})
)

func init() {
	type list = SplDoublyLinkedList
	SplDoublyLinkedListClass.Methods = []Method{
		{Name: "push", Func: (*list).Push}, {Name: "pop", Func: (*list).Pop}, {Name: "shift", Func: (*list).Shift},
		{Name: "unshift", Func: (*list).Unshift}, {Name: "top", Func: (*list).Top}, {Name: "bottom", Func: (*list).Bottom},
		{Name: "isEmpty", Func: (*list).IsEmpty}, {Name: "count", Func: (*list).Count},
		{Name: "offsetExists", Func: (*list).OffsetExists}, {Name: "offsetGet", Func: (*list).OffsetGet},
		{Name: "offsetSet", Func: (*list).OffsetSet}, {Name: "offsetUnset", Func: (*list).OffsetUnset},
		{Name: "rewind", Func: (*list).Rewind}, {Name: "current", Func: (*list).Current}, {Name: "key", Func: (*list).Key},
		{Name: "next", Func: (*list).Next}, {Name: "prev", Func: (*list).Prev}, {Name: "valid", Func: (*list).Valid},
		{Name: "setIteratorMode", Func: (*list).SetIteratorMode}, {Name: "getIteratorMode", Func: (*list).GetIteratorMode},
		{Name: "add", Func: (*list).Add},
	}
	SplDoublyLinkedListClass.Constants = Map("IT_MODE_LIFO", splLifo, "IT_MODE_FIFO", splFifo, "IT_MODE_DELETE", splDelete,
		"IT_MODE_KEEP", 0)
	SplQueueClass.Methods = []Method{{Name: "enqueue", Func: (*SplQueue).Enqueue}, {Name: "dequeue", Func: (*SplQueue).Dequeue}}
	SplDoublyLinkedListClass.New = func() Object { return NewSplDoublyLinkedList() }
	SplQueueClass.New = func() Object { return NewSplQueue() }
	SplStackClass.New = func() Object { return NewSplStack() }
}

// NewSplDoublyLinkedList is new SplDoublyLinkedList.
func NewSplDoublyLinkedList() *SplDoublyLinkedList {
	return Init(&SplDoublyLinkedList{}, SplDoublyLinkedListClass)
}

// NewSplQueue is new SplQueue.
func NewSplQueue() *SplQueue { return Init(&SplQueue{}, SplQueueClass) }

// NewSplStack is new SplStack.
func NewSplStack() *SplStack {
	s := Init(&SplStack{}, SplStackClass)
	s.mode = splLifo
	return s
}

func (l *SplDoublyLinkedList) afterClone() { l.items = append([]Value{}, l.items...) }

func (l *SplDoublyLinkedList) shown() []Property {
	flags := l.mode
	if l.class.Is("SplQueue") || l.class.Is("SplStack") {
		flags |= 4
	}
	return []Property{{Name: "flags", Visibility: "private", Declarer: "SplDoublyLinkedList", Value: flags},
		{Name: "dllist", Visibility: "private", Declarer: "SplDoublyLinkedList", Value: l.ToArray()}}
}

func (l *SplDoublyLinkedList) empty(what string) {
	if len(l.items) == 0 {
		Throw(NewException(RuntimeExceptionClass, "Can't "+what+" an empty datastructure", 0, nil))
	}
}

// Push is push().
func (l *SplDoublyLinkedList) Push(v Value) { l.items = append(l.items, Copy(v)) }

// Pop is pop().
func (l *SplDoublyLinkedList) Pop() Value {
	l.empty("pop from")
	v := l.items[len(l.items)-1]
	l.items = l.items[:len(l.items)-1]
	l.removed(len(l.items))
	return v
}

// Shift is shift().
func (l *SplDoublyLinkedList) Shift() Value {
	l.empty("shift from")
	v := l.items[0]
	l.items = l.items[1:]
	l.removed(0)
	return v
}

// Unshift is unshift().
func (l *SplDoublyLinkedList) Unshift(v Value) {
	l.items = append([]Value{Copy(v)}, l.items...)
	l.at++
}

// Add is add(): before the element that the index means, or at the end.
func (l *SplDoublyLinkedList) Add(k, v Value) {
	index := l.index("add", "int", k)
	if index == len(l.items) {
		l.Push(v)
		return
	}
	i := l.place("add", index)
	l.items = append(l.items[:i:i], append([]Value{Copy(v)}, l.items[i:]...)...)
	if i <= l.at {
		l.at++
	}
}

// removed keeps the iteration on its element after another was taken away.
func (l *SplDoublyLinkedList) removed(i int) {
	switch {
	case i == l.at:
		l.gone = l.on
	case i < l.at:
		l.at--
	}
}

// Enqueue is enqueue().
func (q *SplQueue) Enqueue(v Value) { q.Push(v) }

// Dequeue is dequeue().
func (q *SplQueue) Dequeue() Value { return q.Shift() }

// Top is top().
func (l *SplDoublyLinkedList) Top() Value {
	l.empty("peek at")
	return Copy(l.items[len(l.items)-1])
}

// Bottom is bottom().
func (l *SplDoublyLinkedList) Bottom() Value {
	l.empty("peek at")
	return Copy(l.items[0])
}

// IsEmpty is isEmpty().
func (l *SplDoublyLinkedList) IsEmpty() bool { return len(l.items) == 0 }

// Count is count().
func (l *SplDoublyLinkedList) Count() int { return len(l.items) }

// ToArray is toArray().
func (l *SplDoublyLinkedList) ToArray() *Array { return ListOf(l.items) }

// index is an offset as a method takes it, of the type that it declares.
func (l *SplDoublyLinkedList) index(method, declared string, k Value) int {
	place := "SplDoublyLinkedList::" + method + "(): Argument #1 ($index)"
	made, ok := coerce(k, declared, false)
	if !ok && (k != nil || declared != "int") {
		ThrowTypeError(place + " must be of type " + declared + ", " + TypeName(k) + " given")
	}
	if ok {
		return ToInt(made)
	}
	return ParamInt(k, place)
}

// place is the index an offset means: a stack counts from its top.
func (l *SplDoublyLinkedList) place(method string, i int) int {
	if i < 0 || i >= len(l.items) {
		Throw(NewException(OutOfRangeClass, "SplDoublyLinkedList::"+method+"(): Argument #1 ($index) is out of range", 0, nil))
	}
	if l.mode&splLifo != 0 {
		return len(l.items) - 1 - i
	}
	return i
}

// OffsetExists is offsetExists().
func (l *SplDoublyLinkedList) OffsetExists(k Value) bool {
	i := l.index("offsetExists", "int", k)
	return i >= 0 && i < len(l.items)
}

// OffsetGet is offsetGet().
func (l *SplDoublyLinkedList) OffsetGet(k Value) Value {
	return Copy(l.items[l.place("offsetGet", l.index("offsetGet", "int", k))])
}

// OffsetSet is offsetSet(); a null index pushes.
func (l *SplDoublyLinkedList) OffsetSet(k, v Value) {
	if k == nil {
		l.Push(v)
		return
	}
	l.items[l.place("offsetSet", l.index("offsetSet", "?int", k))] = Copy(v)
}

// OffsetUnset is offsetUnset().
func (l *SplDoublyLinkedList) OffsetUnset(k Value) {
	i := l.place("offsetUnset", l.index("offsetUnset", "int", k))
	l.items = append(l.items[:i:i], l.items[i+1:]...)
	l.removed(i)
	if l.gone && i == l.at {
		l.on, l.gone = false, false
	}
}

// SetIteratorMode is setIteratorMode(): queues and stacks keep their direction.
func (l *SplDoublyLinkedList) SetIteratorMode(mode int) int {
	if (l.class.Is("SplQueue") || l.class.Is("SplStack")) && l.mode&splLifo != mode&splLifo {
		Throw(NewException(RuntimeExceptionClass, "Iterators' LIFO/FIFO modes for SplStack/SplQueue objects are frozen", 0, nil))
	}
	l.mode = mode & 3
	return l.mode
}

// GetIteratorMode is getIteratorMode().
func (l *SplDoublyLinkedList) GetIteratorMode() int { return l.mode }

// Rewind is rewind().
func (l *SplDoublyLinkedList) Rewind() {
	l.at = 0
	if l.mode&splLifo != 0 {
		l.at = len(l.items) - 1
	}
	l.key, l.on, l.gone = l.at, len(l.items) > 0, false
}

// Current is current().
func (l *SplDoublyLinkedList) Current() Value {
	if !l.Valid() || l.gone {
		return nil
	}
	return Copy(l.items[l.at])
}

// Key is key().
func (l *SplDoublyLinkedList) Key() Value { return l.key }

// Next is next(): in the deleting mode it takes what it leaves.
func (l *SplDoublyLinkedList) Next() {
	if !l.on {
		return
	}
	defer l.settle()
	switch {
	case l.mode&splDelete != 0:
		at, gone := l.at, l.gone
		switch {
		case len(l.items) == 0:
		case l.mode&splLifo != 0:
			l.Pop()
		default:
			l.Shift()
		}
		l.at, l.on, l.gone = at, true, gone
		if l.mode&splLifo != 0 {
			l.at, l.key = at-1, l.key-1
		}
	case l.mode&splLifo != 0:
		l.at, l.key = l.at-1, l.key-1
	default:
		l.at, l.key = l.at+1, l.key+1
	}
}

// Prev is prev().
func (l *SplDoublyLinkedList) Prev() {
	if !l.on {
		return
	}
	defer l.settle()
	if l.mode&splLifo != 0 {
		l.at, l.key = l.at+1, l.key+1
	} else {
		l.at, l.key = l.at-1, l.key-1
	}
}

// Valid is valid().
func (l *SplDoublyLinkedList) Valid() bool { return l.on }

// settle ends the iteration beyond the ends, and behind an element that was taken out: that has no neighbours.
func (l *SplDoublyLinkedList) settle() {
	l.on, l.gone = l.at >= 0 && l.at < len(l.items) && !l.gone, false
}

// SplFixedArray is an array of a fixed size with keys from 0.
type SplFixedArray struct {
	Base
	items []Value
}

// SplFixedArrayClass is for classes that extend it.
var SplFixedArrayClass = Declare(&Class{Name: "SplFixedArray", Interfaces: []*Class{IteratorAggregateInterface, ArrayAccessInterface,
	CountableInterface, JSONSerializableInterface}})

func init() {
	type fixed = SplFixedArray
	SplFixedArrayClass.New = func() Object { return NewSplFixedArray(0) }
	SplFixedArrayClass.Construct = func(f *fixed, arguments ...Value) {
		if len(arguments) > 0 {
			size := ParamInt(arguments[0], "SplFixedArray::__construct(): Argument #1 ($size)")
			f.items = NewSplFixedArray(size).items
		}
	}
	SplFixedArrayClass.Methods = []Method{
		{Name: "count", Func: (*fixed).Count}, {Name: "getSize", Func: (*fixed).Count}, {Name: "setSize", Func: (*fixed).SetSize},
		{Name: "toArray", Func: (*fixed).ToArray}, {Name: "offsetExists", Func: (*fixed).OffsetExists},
		{Name: "offsetGet", Func: (*fixed).OffsetGet},
		{Name: "offsetSet", Func: func(f *fixed, k, v Value) { f.items[f.place(k)] = Copy(v) }},
		{Name: "offsetUnset", Func: (*fixed).OffsetUnset}, {Name: "getIterator", Func: (*fixed).GetIterator},
		{Name: "jsonSerialize", Func: (*fixed).JsonSerialize},
		{Name: "fromArray", Static: true, Func: func(a *Array, more ...Value) *fixed {
			countGiven("SplFixedArray::fromArray", append([]Value{a}, more...), 1, 2)
			return SplFixedArrayFromArray(a, len(more) == 0 || ToBool(more[0]))
		}},
	}
	walkClass.Methods = []Method{
		{Name: "current", Func: (*fixedWalk).Current}, {Name: "key", Func: (*fixedWalk).Key}, {Name: "next", Func: (*fixedWalk).Next},
		{Name: "valid", Func: (*fixedWalk).Valid}, {Name: "rewind", Func: (*fixedWalk).Rewind},
	}
}

// NewSplFixedArray is new SplFixedArray($size).
func NewSplFixedArray(size int) *SplFixedArray {
	if size < 0 {
		ThrowValueError("SplFixedArray::__construct(): Argument #1 ($size) must be greater than or equal to 0")
	}
	f := Init(&SplFixedArray{}, SplFixedArrayClass)
	f.items = make([]Value, size)
	return f
}

// SplFixedArrayFromArray is SplFixedArray::fromArray().
func SplFixedArrayFromArray(a *Array, keys bool) *SplFixedArray {
	f := NewSplFixedArray(0)
	if keys {
		size := 0
		for _, k := range a.Keys() {
			at, ok := k.Value().(int)
			if !ok || at < 0 {
				Throw(NewException(InvalidArgumentClass, "array must contain only positive integer keys", 0, nil))
			}
			size = MaxInt(size, at+1)
			if at == maxInt {
				Throw(NewException(InvalidArgumentClass, "integer overflow detected", 0, nil))
			}
		}
		f.SetSize(size)
		a.Each(func(k Key, v Value) bool {
			f.items[k.Int] = Copy(v)
			return true
		})
		return f
	}
	for _, v := range a.Values() {
		f.items = append(f.items, Copy(v))
	}
	return f
}

func (f *SplFixedArray) afterClone() { f.items = append([]Value{}, f.items...) }

// PHPProperties is the elements.
func (f *SplFixedArray) PHPProperties() []Property {
	var all []Property
	for i, v := range f.items {
		all = append(all, Property{Name: ToString(i), Visibility: "public", Value: v, number: true})
	}
	return all
}

// Count is count() and getSize().
func (f *SplFixedArray) Count() int { return len(f.items) }

// SetSize is setSize().
func (f *SplFixedArray) SetSize(size int) bool {
	if size < 0 {
		ThrowValueError("SplFixedArray::setSize(): Argument #1 ($size) must be greater than or equal to 0")
	}
	for len(f.items) < size {
		f.items = append(f.items, nil)
	}
	f.items = f.items[:size]
	return true
}

// ToArray is toArray().
func (f *SplFixedArray) ToArray() *Array {
	a := NewArraySize(len(f.items))
	for _, v := range f.items {
		a.Append(Copy(v))
	}
	return a
}

// index is an offset as a number: of strings only those that are keys of arrays as numbers.
func (f *SplFixedArray) index(k Value) int {
	switch k := Deref(k).(type) {
	case int:
		return k
	case bool:
		return ToInt(k)
	case float64:
		return implicitInt(k)
	case string:
		if key := StrKey(k); !key.IsStr {
			return key.Int
		}
	}
	ThrowTypeError("Illegal offset type")
	return 0
}

func (f *SplFixedArray) place(k Value) int {
	i := f.index(k)
	if i < 0 || i >= len(f.items) {
		Throw(NewException(RuntimeExceptionClass, "Index invalid or out of range", 0, nil))
	}
	return i
}

// OffsetExists is offsetExists().
func (f *SplFixedArray) OffsetExists(k Value) bool {
	i := f.index(k)
	return i >= 0 && i < len(f.items) && f.items[i] != nil
}

// OffsetGet is offsetGet().
func (f *SplFixedArray) OffsetGet(k Value) Value { return Copy(f.items[f.place(k)]) }

// OffsetSet is $f[$k] = $v; no key is $f[] = $v.
func (f *SplFixedArray) OffsetSet(k, v Value) {
	if k == nil {
		ThrowError("[] operator not supported for SplFixedArray")
	}
	f.items[f.place(k)] = Copy(v)
}

// placeOf is where a part of an element could be changed, which it cannot.
func (f *SplFixedArray) placeOf(k Value) *Value {
	if k == nil {
		ThrowError("[] operator not supported for SplFixedArray")
	}
	got := f.OffsetGet(k)
	if !IsObject(got) {
		Notice("Indirect modification of overloaded element of " + ClassName(f) + " has no effect")
	}
	return Temporary(got)
}

// OffsetUnset is offsetUnset().
func (f *SplFixedArray) OffsetUnset(k Value) { f.items[f.place(k)] = nil }

// GetIterator is getIterator().
func (f *SplFixedArray) GetIterator() Object { return Init(&fixedWalk{of: f}, walkClass) }

// fixedWalk is the InternalIterator of a SplFixedArray, whose size may change meanwhile.
type fixedWalk struct {
	Base
	of *SplFixedArray
	at int
}

var walkClass = Declare(&Class{Name: "InternalIterator", Interfaces: []*Class{IteratorInterface}, Final: true})

func (w *fixedWalk) Valid() bool { return w.at < len(w.of.items) }
func (w *fixedWalk) Key() Value  { return w.at }
func (w *fixedWalk) Next()       { w.at++ }
func (w *fixedWalk) Rewind()     { w.at = 0 }
func (w *fixedWalk) Current() Value {
	if !w.Valid() {
		return nil
	}
	return Copy(w.of.items[w.at])
}

// JsonSerialize is jsonSerialize().
func (f *SplFixedArray) JsonSerialize() Value { return f.ToArray() }

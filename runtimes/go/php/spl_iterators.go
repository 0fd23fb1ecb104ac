package php

import (
	"fmt"
	"strings"
)

// Iterators over iterators, after https://www.php.net/manual/en/spl.iterators.php. The order in which an inner iterator is
// asked, and when it is not, is PHP's: programs see it.

// IteratorIterator is PHP's IteratorIterator and what the iterators over one other have: they hold the element that they
// took last.
type IteratorIterator struct {
	Base
	built      bool     // its constructor ran
	inner      Iterator // nil: none, as where an AppendIterator came to its end
	innerThing Object   // the object that inner goes over
	on         bool     // there is an element
	value, key Value
	pos        int
}

// FilterIterator leaves out what accept() does not take.
type FilterIterator struct{ IteratorIterator }

// CallbackFilterIterator leaves out what a callback does not take.
type CallbackFilterIterator struct {
	FilterIterator
	accepts *Closure
}

// LimitIterator is a part of another iterator.
type LimitIterator struct {
	IteratorIterator
	offset, limit int
}

// InfiniteIterator begins anew at the end.
type InfiniteIterator struct{ IteratorIterator }

// NoRewindIterator goes on where the other one is.
type NoRewindIterator struct{ IteratorIterator }

// AppendIterator is one iterator after the other.
type AppendIterator struct {
	IteratorIterator
	all *ArrayIterator
}

// EmptyIterator has no elements.
type EmptyIterator struct{ Base }

var (
	// IteratorIteratorClass and the others are for classes that extend them.
	IteratorIteratorClass = Declare(&Class{Name: "IteratorIterator", Interfaces: []*Class{OuterIteratorInterface}})
	FilterIteratorClass   = Declare(&Class{Name: "FilterIterator", Abstract: true, Parent: IteratorIteratorClass})
	CallbackFilterClass   = Declare(&Class{Name: "CallbackFilterIterator", Parent: FilterIteratorClass})
	LimitIteratorClass    = Declare(&Class{Name: "LimitIterator", Parent: IteratorIteratorClass})
	InfiniteIteratorClass = Declare(&Class{Name: "InfiniteIterator", Parent: IteratorIteratorClass})
	NoRewindIteratorClass = Declare(&Class{Name: "NoRewindIterator", Parent: IteratorIteratorClass})
	AppendIteratorClass   = Declare(&Class{Name: "AppendIterator", Parent: IteratorIteratorClass})
	EmptyIteratorClass    = Declare(&Class{Name: "EmptyIterator", Interfaces: []*Class{IteratorInterface}})
)

func init() {
	IteratorIteratorClass.New = func() Object { return Init(&IteratorIterator{}, IteratorIteratorClass) }
	FilterIteratorClass.New = func() Object { return Init(&FilterIterator{}, FilterIteratorClass) }
	CallbackFilterClass.New = func() Object { return Init(&CallbackFilterIterator{}, CallbackFilterClass) }
	LimitIteratorClass.New = func() Object { return Init(&LimitIterator{}, LimitIteratorClass) }
	InfiniteIteratorClass.New = func() Object { return Init(&InfiniteIterator{}, InfiniteIteratorClass) }
	NoRewindIteratorClass.New = func() Object { return Init(&NoRewindIterator{}, NoRewindIteratorClass) }
	AppendIteratorClass.New = func() Object { return Init(&AppendIterator{}, AppendIteratorClass) }
	EmptyIteratorClass.New = func() Object { return Init(&EmptyIterator{}, EmptyIteratorClass) }

	for _, c := range []*Class{FilterIteratorClass, InfiniteIteratorClass, NoRewindIteratorClass} {
		name := c.Name
		c.Construct = func(it *IteratorIterator, a ...Value) {
			it.over(name, 1, a)
			it.build(Deref(a[0]).(Object))
		}
		c.ConstructNames = namedArguments("iterator")
	}
	IteratorIteratorClass.Construct, IteratorIteratorClass.ConstructNames = constructIterator, namedArguments("iterator", "class")
	CallbackFilterClass.Construct = constructCallbackFilter
	CallbackFilterClass.ConstructNames = namedArguments("iterator", "callback")
	LimitIteratorClass.Construct, LimitIteratorClass.ConstructNames = constructLimit, namedArguments("iterator", "offset", "limit")
	AppendIteratorClass.Construct = func(it *AppendIterator, a ...Value) {
		it.begins("AppendIterator", 0, 0, a)
		it.all, it.built = NewArrayIterator(NewArray()), true
		lastObjectID++ // of what goes over it
	}
	EmptyIteratorClass.Methods = []Method{{Name: "current", Func: (*EmptyIterator).Current}, {Name: "next", Func: (*EmptyIterator).Next},
		{Name: "key", Func: (*EmptyIterator).Key}, {Name: "valid", Func: (*EmptyIterator).Valid},
		{Name: "rewind", Func: (*EmptyIterator).Rewind}}
	outerMethods()
}

func outerMethods() {
	type outer = IteratorIterator
	IteratorIteratorClass.Methods = []Method{{Name: "getInnerIterator", Func: (*outer).GetInnerIterator},
		{Name: "rewind", Func: (*outer).Rewind}, {Name: "valid", Func: (*outer).Valid}, {Name: "key", Func: (*outer).Key},
		{Name: "current", Func: (*outer).Current}, {Name: "next", Func: (*outer).Next}}
	FilterIteratorClass.Methods = []Method{{Name: "accept"}, {Name: "rewind", Func: (*FilterIterator).Rewind},
		{Name: "next", Func: (*FilterIterator).Next}}
	CallbackFilterClass.Methods = []Method{{Name: "accept", Func: (*CallbackFilterIterator).Accept}}
	LimitIteratorClass.Methods = []Method{{Name: "rewind", Func: (*LimitIterator).Rewind},
		{Name: "valid", Func: (*LimitIterator).Valid}, {Name: "next", Func: (*LimitIterator).Next},
		{Name: "seek", Func: (*LimitIterator).Seek}, {Name: "getPosition", Func: (*LimitIterator).GetPosition}}
	InfiniteIteratorClass.Methods = []Method{{Name: "next", Func: (*InfiniteIterator).Next}}
	NoRewindIteratorClass.Methods = []Method{{Name: "rewind", Func: (*NoRewindIterator).Rewind},
		{Name: "valid", Func: (*NoRewindIterator).Valid}, {Name: "key", Func: (*NoRewindIterator).Key},
		{Name: "current", Func: (*NoRewindIterator).Current}, {Name: "next", Func: (*NoRewindIterator).Next}}
	AppendIteratorClass.Methods = []Method{{Name: "append", Func: (*AppendIterator).Append},
		{Name: "rewind", Func: (*AppendIterator).Rewind}, {Name: "valid", Func: (*AppendIterator).Valid},
		{Name: "current", Func: (*AppendIterator).Current}, {Name: "next", Func: (*AppendIterator).Next},
		{Name: "getIteratorIndex", Func: (*AppendIterator).GetIteratorIndex},
		{Name: "getArrayIterator", Func: (*AppendIterator).GetArrayIterator}}
}

// ---- Constructors ----

// namedArguments are the names for a constructor that takes a list, the last of which is the list's own.
func namedArguments(names ...string) []string { return append(names, "") }

func (it *IteratorIterator) begins(class string, least, most int, given []Value) {
	if it.built {
		Throw(newOf(BadMethodCallClass, class+"::getIterator() must be called exactly once per instance"))
	}
	countGiven(class+"::__construct", given, least, most)
}

// over checks the arguments of a constructor whose first is an Iterator.
func (it *IteratorIterator) over(class string, most int, given []Value) {
	least := 1
	if class == "CallbackFilterIterator" {
		least = 2
	}
	it.begins(class, least, most, given)
	if !IsA(given[0], "Iterator") {
		refuseParam(class+"::__construct(): Argument #1 ($iterator)", "Iterator", given[0])
	}
}

func (it *IteratorIterator) build(o Object) {
	it.built, it.innerThing = true, o
	it.inner = walked(o)
}

// walked is the iterator of o as PHP asks for it: an object with a number of its own.
func walked(o Object) Iterator {
	inner := IteratorOf(o)
	if g, ok := inner.(*Generator); ok && g.finished {
		Throw(newOf(ExceptionClass, "Cannot traverse an already closed generator"))
	}
	lastObjectID++
	return inner
}

func constructIterator(it *IteratorIterator, a ...Value) {
	it.begins("IteratorIterator", 1, 2, a)
	if !IsA(a[0], "Traversable") {
		refuseParam("IteratorIterator::__construct(): Argument #1 ($iterator)", "Traversable", a[0])
	}
	o := Deref(a[0]).(Object)
	if !IsA(o, "Iterator") {
		if len(a) > 1 && Deref(a[1]) != nil {
			Stop("iterator-class", "an IteratorIterator takes an object for one of a class above its own")
		}
		o = aggregated(o)
	}
	it.build(o)
}

// aggregated is what getIterator() of an IteratorAggregate gives, which may be another one.
func aggregated(o Object) Object {
	next, ok := Deref(CallMethodIn(o, "getIterator", nil)).(Object)
	if !ok || !IsA(next, "Traversable") {
		Throw(newOf(LogicExceptionClass, ClassName(o)+"::getIterator() must return an object that implements Traversable"))
	}
	return next
}

func constructCallbackFilter(it *CallbackFilterIterator, a ...Value) {
	it.over("CallbackFilterIterator", 2, a)
	if _, reason := FindCallable(a[1]); strings.HasPrefix(reason, "cannot access ") {
		Stop("callable-scope", "whether the class that makes a CallbackFilterIterator may call what it gives is not known")
	}
	it.accepts = ParamCallable(a[1], "CallbackFilterIterator::__construct(): Argument #2 ($callback)")
	it.build(Deref(a[0]).(Object))
}

func constructLimit(it *LimitIterator, a ...Value) {
	const method = "LimitIterator::__construct"
	it.over("LimitIterator", 3, a)
	offset, limit := 0, -1
	if len(a) == 2 || len(a) == 3 && a[1] != nil { // null where only the limit was named
		offset = ParamInt(a[1], method+"(): Argument #2 ($offset)")
	}
	if len(a) == 3 {
		limit = ParamInt(a[2], method+"(): Argument #3 ($limit)")
	}
	if offset < 0 {
		badArgument(method, 2, "offset", "must be greater than or equal to 0")
	}
	if limit < -1 {
		badArgument(method, 3, "limit", "must be greater than or equal to -1")
	}
	it.offset, it.limit = offset, limit
	it.build(Deref(a[0]).(Object))
}

// ---- What they have ----

// uncloneable is for objects that PHP does not clone.
func (it *IteratorIterator) uncloneable() {}

func (it *IteratorIterator) needBuilt() {
	if !it.built {
		ThrowError("The object is in an invalid state as the parent constructor was not called")
	}
}

func (it *IteratorIterator) free() { it.on, it.value, it.key = false, nil, nil }

func (it *IteratorIterator) restart() {
	it.free()
	it.pos = 0
	if it.inner != nil {
		it.inner.Rewind()
	}
}

func (it *IteratorIterator) more() bool { return it.inner != nil && it.inner.Valid() }

func (it *IteratorIterator) take() {
	it.free()
	it.value = it.inner.Current()
	it.on = true
	it.key = it.inner.Key()
}

// fetch takes the element there is, if there is one.
func (it *IteratorIterator) fetch() bool {
	it.free()
	if !it.more() {
		return false
	}
	it.take()
	return true
}

func (it *IteratorIterator) step() {
	it.free()
	it.pos++
	it.inner.Next()
}

// GetInnerIterator is getInnerIterator().
func (it *IteratorIterator) GetInnerIterator() Value {
	it.needBuilt()
	if it.innerThing == nil {
		return nil
	}
	return it.innerThing
}

// Rewind is rewind().
func (it *IteratorIterator) Rewind() {
	it.needBuilt()
	it.restart()
	it.fetch()
}

// Valid is valid().
func (it *IteratorIterator) Valid() bool {
	it.needBuilt()
	return it.on
}

// Key is key().
func (it *IteratorIterator) Key() Value {
	it.needBuilt()
	return Copy(it.key)
}

// Current is current().
func (it *IteratorIterator) Current() Value {
	it.needBuilt()
	return Copy(it.value)
}

// Next is next().
func (it *IteratorIterator) Next() {
	it.needBuilt()
	it.step()
	it.fetch()
}

// ---- FilterIterator, CallbackFilterIterator ----

// choose goes on to what accept() takes.
func (it *FilterIterator) choose() {
	for it.fetch() {
		if ToBool(CallMethodIn(it.self, "accept", nil)) {
			return
		}
		it.inner.Next()
	}
}

// Rewind is rewind().
func (it *FilterIterator) Rewind() {
	it.needBuilt()
	it.restart()
	it.choose()
}

// Next is next().
func (it *FilterIterator) Next() {
	it.needBuilt()
	it.step()
	it.choose()
}

// Accept is accept(): what the callback says, whatever it is.
func (it *CallbackFilterIterator) Accept() Value {
	it.needBuilt()
	if !it.on {
		return false
	}
	return Deref(it.accepts.Call(Copy(it.value), Copy(it.key), it.innerThing))
}

// ---- LimitIterator ----

func (it *LimitIterator) within(pos int) bool { return it.limit == -1 || pos < it.offset+it.limit }

// Seek is seek().
func (it *LimitIterator) Seek(to int) int {
	it.needBuilt()
	it.free()
	if to < it.offset {
		Throw(newOf(OutOfBoundsClass, fmt.Sprintf("Cannot seek to %d which is below the offset %d", to, it.offset)))
	}
	if !it.within(to) {
		Throw(newOf(OutOfBoundsClass, fmt.Sprintf("Cannot seek to %d which is behind offset %d plus count %d", to, it.offset, it.limit)))
	}
	if to != it.pos && IsA(it.innerThing, "SeekableIterator") {
		it.pos = to
		CallMethodIn(it.innerThing, "seek", nil, to)
		if it.within(it.pos) && it.more() {
			it.take()
		}
		return it.pos
	}
	if to < it.pos {
		it.restart()
	}
	for it.pos < to && it.more() {
		it.step()
	}
	if it.more() {
		it.fetch()
	}
	return it.pos
}

// Rewind is rewind().
func (it *LimitIterator) Rewind() {
	it.needBuilt()
	if g, ok := it.inner.(*Generator); ok && g.moved && !g.finished && it.offset > 0 {
		Stop("generator-rewind", "a LimitIterator goes back over a generator that was already run")
	}
	it.restart()
	it.Seek(it.offset)
}

// Valid is valid().
func (it *LimitIterator) Valid() bool {
	it.needBuilt()
	return it.within(it.pos) && it.on
}

// Next is next().
func (it *LimitIterator) Next() {
	it.needBuilt()
	it.step()
	if it.within(it.pos) {
		it.fetch()
	}
}

// GetPosition is getPosition().
func (it *LimitIterator) GetPosition() int {
	it.needBuilt()
	return it.pos
}

// ---- InfiniteIterator, NoRewindIterator ----

// Next is next().
func (it *InfiniteIterator) Next() {
	it.needBuilt()
	it.step()
	if it.more() {
		it.take()
		return
	}
	it.restart()
	if it.more() {
		it.take()
	}
}

// Rewind is rewind().
func (it *NoRewindIterator) Rewind() {}

// Valid is valid().
func (it *NoRewindIterator) Valid() bool {
	it.needBuilt()
	return it.inner.Valid()
}

// Key is key().
func (it *NoRewindIterator) Key() Value {
	it.needBuilt()
	return it.inner.Key()
}

// Current is current(): an iterator whose methods are called is asked once for each element.
func (it *NoRewindIterator) Current() Value {
	it.needBuilt()
	if it.on {
		return Copy(it.value)
	}
	v := it.inner.Current()
	if askedOnce(it.inner) {
		it.value, it.on = Copy(v), true
	}
	return v
}

// askedOnce says whether PHP asks current() of the iterator once for each element.
func askedOnce(inner Object) bool {
	return overrides(inner, "current") || IsA(inner, "OuterIterator") || IsA(inner, "SplObjectStorage") || IsA(inner, "MultipleIterator")
}

// Next is next().
func (it *NoRewindIterator) Next() {
	it.needBuilt()
	it.free()
	it.inner.Next()
}

// ---- AppendIterator ----

// enter goes to the beginning of the iterator that is the turn's.
func (it *AppendIterator) enter() bool {
	it.free()
	it.inner, it.innerThing = nil, nil
	if !it.all.Valid() {
		return false
	}
	it.innerThing = it.all.Current().(Object)
	it.inner = walked(it.innerThing)
	it.restart()
	return true
}

func (it *AppendIterator) settle() {
	for !it.more() {
		it.all.Next()
		if !it.enter() {
			return
		}
	}
	it.take()
}

// Append is append().
func (it *AppendIterator) Append(v Value) {
	it.needBuilt()
	if !IsA(v, "Iterator") {
		refuseParam("AppendIterator::append(): Argument #1 ($iterator)", "Iterator", v)
	}
	ended := it.all.Valid() && !it.more()
	it.all.Append(v)
	if ended {
		it.all.Next()
	}
	if it.inner != nil && it.more() {
		return
	}
	if !it.all.Valid() {
		it.all.Rewind()
	}
	if it.enter(); it.innerThing != Deref(v) {
		Stop("append-iterator", "the list of an AppendIterator was moved")
	}
	it.settle()
}

// Rewind is rewind().
func (it *AppendIterator) Rewind() {
	it.needBuilt()
	it.all.Rewind()
	if it.enter() {
		it.settle()
	}
}

// Valid is valid().
func (it *AppendIterator) Valid() bool {
	it.needBuilt()
	return it.on
}

// Current is current(), which asks the other one anew.
func (it *AppendIterator) Current() Value {
	it.needBuilt()
	it.fetch()
	return Copy(it.value)
}

// Next is next().
func (it *AppendIterator) Next() {
	it.needBuilt()
	if it.more() {
		it.step()
	}
	it.settle()
}

// GetIteratorIndex is getIteratorIndex().
func (it *AppendIterator) GetIteratorIndex() Value {
	it.needBuilt()
	return it.all.Key()
}

// GetArrayIterator is getArrayIterator().
func (it *AppendIterator) GetArrayIterator() Object {
	it.needBuilt()
	return it.all
}

// ---- EmptyIterator ----

// Current is current(), which throws.
func (*EmptyIterator) Current() Value {
	Throw(newOf(BadMethodCallClass, "Accessing the value of an EmptyIterator"))
	return nil
}

// Key is key(), which throws.
func (*EmptyIterator) Key() Value {
	Throw(newOf(BadMethodCallClass, "Accessing the key of an EmptyIterator"))
	return nil
}

// Next is next().
func (*EmptyIterator) Next() {}

// Rewind is rewind().
func (*EmptyIterator) Rewind() {}

// Valid is valid().
func (*EmptyIterator) Valid() bool { return false }

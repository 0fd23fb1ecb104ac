package php

// MultipleIterator goes over several iterators at once, after https://www.php.net/manual/en/class.multipleiterator.php.
type MultipleIterator struct {
	Base
	parts SplObjectStorage
	flags int
}

// The flags: what all have to be, and how their elements are called.
const (
	needAll   = 1
	keysAssoc = 2
)

// MultipleIteratorClass is for classes that extend it.
var MultipleIteratorClass = Declare(&Class{Name: "MultipleIterator", Interfaces: []*Class{IteratorInterface}})

func init() {
	type multiple = MultipleIterator
	MultipleIteratorClass.Constants = Map("MIT_NEED_ANY", 0, "MIT_NEED_ALL", needAll, "MIT_KEYS_NUMERIC", 0,
		"MIT_KEYS_ASSOC", keysAssoc)
	MultipleIteratorClass.New = func() Object {
		it := Init(&multiple{flags: needAll}, MultipleIteratorClass)
		it.parts.index, it.parts.class = map[*Base]int{}, SplObjectStorageClass
		return it
	}
	MultipleIteratorClass.Construct = func(it *multiple, a ...Value) {
		countGiven("MultipleIterator::__construct", a, 0, 1)
		if len(a) > 0 {
			it.flags = ParamInt(a[0], "MultipleIterator::__construct(): Argument #1 ($flags)")
		}
	}
	MultipleIteratorClass.ConstructNames = namedArguments("flags")
	MultipleIteratorClass.Methods = []Method{
		{Name: "getFlags", Func: (*multiple).GetFlags}, {Name: "setFlags", Func: (*multiple).SetFlags},
		{Name: "attachIterator", Func: (*multiple).AttachIterator}, {Name: "detachIterator", Func: (*multiple).DetachIterator},
		{Name: "containsIterator", Func: (*multiple).ContainsIterator}, {Name: "countIterators", Func: (*multiple).CountIterators},
		{Name: "rewind", Func: (*multiple).Rewind}, {Name: "valid", Func: (*multiple).Valid}, {Name: "key", Func: (*multiple).Key},
		{Name: "current", Func: (*multiple).Current}, {Name: "next", Func: (*multiple).Next},
	}
}

func (it *MultipleIterator) afterClone() { it.parts.afterClone() }

// PHPProperties shows the iterators as PHP's var_dump does.
func (it *MultipleIterator) PHPProperties() []Property {
	all := NewArray()
	for i, o := range it.parts.objects {
		all.Append(Map("obj", o, "inf", it.parts.data[i]))
	}
	return []Property{{Name: "storage", Visibility: "private", Declarer: "SplObjectStorage", Value: all}}
}

// GetFlags is getFlags().
func (it *MultipleIterator) GetFlags() int { return it.flags }

// SetFlags is setFlags().
func (it *MultipleIterator) SetFlags(flags int) { it.flags = flags }

func (it *MultipleIterator) part(method string, v Value) Object {
	if !IsA(v, "Iterator") {
		refuseParam("MultipleIterator::"+method+"(): Argument #1 ($iterator)", "Iterator", v)
	}
	return Deref(v).(Object)
}

// AttachIterator is attachIterator().
func (it *MultipleIterator) AttachIterator(iterator Value, rest ...Value) {
	countGiven("MultipleIterator::attachIterator", append([]Value{iterator}, rest...), 1, 2)
	o := it.part("attachIterator", iterator)
	info := append(rest, nil)[0]
	if info != nil {
		info = ParamUnion(info, "string|int|null", "MultipleIterator::attachIterator(): Argument #2 ($info)")
		for _, other := range it.parts.data {
			if other == info {
				Throw(newOf(InvalidArgumentClass, "Key duplication error"))
			}
		}
	}
	it.parts.Attach(o, info)
}

// DetachIterator is detachIterator().
func (it *MultipleIterator) DetachIterator(iterator Value) {
	it.parts.Detach(it.part("detachIterator", iterator))
}

// ContainsIterator is containsIterator().
func (it *MultipleIterator) ContainsIterator(iterator Value) bool {
	return it.parts.Contains(it.part("containsIterator", iterator))
}

// CountIterators is countIterators().
func (it *MultipleIterator) CountIterators() int { return it.parts.Count() }

// Rewind is rewind().
func (it *MultipleIterator) Rewind() {
	for _, o := range it.parts.objects {
		CallMethodIn(o, "rewind", nil)
	}
}

// Next is next().
func (it *MultipleIterator) Next() {
	for _, o := range it.parts.objects {
		CallMethodIn(o, "next", nil)
	}
}

// Valid is valid(): by the flags all or any of them have to be.
func (it *MultipleIterator) Valid() bool {
	all := it.flags&needAll != 0
	for _, o := range it.parts.objects {
		if (CallMethodIn(o, "valid", nil) == true) != all {
			return !all
		}
	}
	return all && it.parts.Count() > 0
}

// Key is key(): an array of them all.
func (it *MultipleIterator) Key() Value { return it.ask("key") }

// Current is current(): an array of them all.
func (it *MultipleIterator) Current() Value { return it.ask("current") }

func (it *MultipleIterator) ask(method string) Value {
	if it.parts.Count() == 0 {
		Throw(newOf(RuntimeExceptionClass, "Called "+method+"() on an invalid iterator"))
	}
	all := NewArray()
	for i, o := range it.parts.objects {
		var v Value
		if CallMethodIn(o, "valid", nil) == true {
			v = CallMethodIn(o, method, nil)
		} else if it.flags&needAll != 0 {
			Throw(newOf(RuntimeExceptionClass, "Called "+method+"() with non valid sub iterator"))
		}
		switch info := it.parts.data[i]; {
		case it.flags&keysAssoc == 0:
			all.Append(v)
		case info == nil:
			Throw(newOf(InvalidArgumentClass, "Sub-Iterator is associated with NULL"))
		default:
			all.Set(info, v)
		}
	}
	return all
}

package php

// The interfaces PHP knows by itself, after https://www.php.net/manual/en/reserved.interfaces.php, as Go interfaces that
// a converted class satisfies by its methods.

var (
	stringableInterface  = Declare(&Class{Name: "Stringable", Interface: true})
	traversableInterface = Declare(&Class{Name: "Traversable", Interface: true})
	// IteratorInterface and the others are for Class.Interfaces of converted classes.
	IteratorInterface          = Declare(&Class{Name: "Iterator", Interface: true, Interfaces: []*Class{traversableInterface}})
	IteratorAggregateInterface = Declare(&Class{Name: "IteratorAggregate", Interface: true, Interfaces: []*Class{traversableInterface}})
	ArrayAccessInterface       = Declare(&Class{Name: "ArrayAccess", Interface: true})
	CountableInterface         = Declare(&Class{Name: "Countable", Interface: true})
	JSONSerializableInterface  = Declare(&Class{Name: "JsonSerializable", Interface: true})
	SerializableInterface      = Declare(&Class{Name: "Serializable", Interface: true})
	UnitEnumInterface          = Declare(&Class{Name: "UnitEnum", Interface: true})
	BackedEnumInterface        = Declare(&Class{Name: "BackedEnum", Interface: true, Interfaces: []*Class{UnitEnumInterface}})
	OuterIteratorInterface     = Declare(&Class{Name: "OuterIterator", Interface: true, Interfaces: []*Class{IteratorInterface}})
	SeekableIteratorInterface  = Declare(&Class{Name: "SeekableIterator", Interface: true, Interfaces: []*Class{IteratorInterface}})
)

// Iterator is PHP's Iterator.
type Iterator interface {
	Object
	Current() Value
	Key() Value
	Next()
	Rewind()
	Valid() bool
}

// IteratorAggregate is PHP's IteratorAggregate.
type IteratorAggregate interface {
	Object
	GetIterator() Object
}

// ArrayAccess is PHP's ArrayAccess: $o[$k].
type ArrayAccess interface {
	Object
	OffsetExists(offset Value) bool
	OffsetGet(offset Value) Value
	OffsetSet(offset, v Value)
	OffsetUnset(offset Value)
}

// Countable is PHP's Countable.
type Countable interface {
	Object
	Count() int
}

// JSONSerializable is PHP's JsonSerializable.
type JSONSerializable interface {
	Object
	JsonSerialize() Value
}

// IteratorOf is the Iterator behind a Traversable.
func IteratorOf(o Object) Iterator {
	for {
		if overrides(o, "current", "key", "next", "rewind", "valid") {
			return newDynamicIterator(o)
		}
		switch t := o.(type) {
		case Iterator:
			return t
		case IteratorAggregate:
			if !overrides(o, "getIterator") {
				o = t.GetIterator()
				continue
			}
		}
		if m, ok := FindMethod(o, "getIterator"); ok {
			next, ok := Deref(m.Call()).(Object)
			if !ok || !IsA(next, "Traversable") {
				Throw(NewException(ExceptionClass, "Objects returned by "+ClassName(o)+
					"::getIterator() must be traversable or implement interface Iterator", 0, nil))
			}
			o = next
			continue
		}
		return newDynamicIterator(o)
	}
}

// dynamicIterator is an Iterator whose methods are only known by name.
type dynamicIterator struct{ Object }

func newDynamicIterator(o Object) Iterator {
	if _, ok := FindMethod(o, "current"); !ok {
		ThrowError("Objects returned by " + ClassName(o) + "::getIterator() must be traversable or implement interface Iterator")
	}
	return dynamicIterator{o}
}

func (d dynamicIterator) Current() Value { return CallMethodIn(d.Object, "current", nil) }
func (d dynamicIterator) Key() Value     { return CallMethodIn(d.Object, "key", nil) }
func (d dynamicIterator) Next()          { CallMethodIn(d.Object, "next", nil) }
func (d dynamicIterator) Rewind()        { CallMethodIn(d.Object, "rewind", nil) }
func (d dynamicIterator) Valid() bool    { return ToBool(CallMethodIn(d.Object, "valid", nil)) }

// Foreach is foreach over any value: f gets each key and value until it answers false.
func Foreach(v Value, f func(key, v Value) bool) {
	switch v := Deref(v).(type) {
	case *Array:
		v.Each(func(k Key, v Value) bool { return f(k.Value(), Copy(v)) })
	case Object:
		foreachObject(v, f)
	default:
		Warning("foreach() argument must be of type array|object, " + TypeName(v) + " given")
	}
}

func foreachObject(o Object, f func(key, v Value) bool) {
	if !IsA(o, "Traversable") {
		for _, p := range Properties(o) {
			if _, ok := p.Value.(Uninitialized); ok || p.Visibility != "public" {
				continue
			}
			if !f(p.Name, Deref(p.Value)) {
				return
			}
		}
		return
	}
	it := IteratorOf(o)
	for it.Rewind(); it.Valid(); it.Next() {
		v := it.Current()
		if !f(it.Key(), v) {
			return
		}
	}
}

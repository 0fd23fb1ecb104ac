package php

import (
	"strconv"
	"strings"
)

// ArrayIterator and ArrayObject, after https://www.php.net/manual/en/class.arrayiterator.php.

// ArrayHolder is what both have: an array with PHP's operations on it.
type ArrayHolder struct {
	Base
	data *Array
	of   Object // whose properties data is
}

// ArrayIterator is PHP's ArrayIterator.
type ArrayIterator struct {
	ArrayHolder
	at int
}

// ArrayObject is PHP's ArrayObject.
type ArrayObject struct{ ArrayHolder }

var (
	// ArrayIteratorClass and ArrayObjectClass are for classes that extend them.
	ArrayIteratorClass = Declare(&Class{Name: "ArrayIterator", Interfaces: []*Class{SeekableIteratorInterface, ArrayAccessInterface,
		SerializableInterface, CountableInterface}})
	ArrayObjectClass = Declare(&Class{Name: "ArrayObject", Interfaces: []*Class{IteratorAggregateInterface, ArrayAccessInterface,
		SerializableInterface, CountableInterface}})
)

func init() {
	common := func(t []Method) []Method {
		return append(t, Method{Name: "count", Func: (*ArrayHolder).Count},
			Method{Name: "offsetExists", Func: (*ArrayHolder).OffsetExists}, Method{Name: "offsetGet", Func: (*ArrayHolder).OffsetGet},
			Method{Name: "offsetSet", Func: (*ArrayHolder).OffsetSet}, Method{Name: "offsetUnset", Func: (*ArrayHolder).OffsetUnset},
			Method{Name: "append", Func: (*ArrayHolder).Append}, Method{Name: "getArrayCopy", Func: (*ArrayHolder).GetArrayCopy},
			Method{Name: "asort", Func: (*ArrayHolder).Asort}, Method{Name: "ksort", Func: (*ArrayHolder).Ksort},
			Method{Name: "uasort", Func: (*ArrayHolder).Uasort}, Method{Name: "uksort", Func: (*ArrayHolder).Uksort},
			Method{Name: "natsort", Func: (*ArrayHolder).Natsort}, Method{Name: "natcasesort", Func: (*ArrayHolder).Natcasesort})
	}
	ArrayIteratorClass.Constants = Map("STD_PROP_LIST", 1, "ARRAY_AS_PROPS", 2)
	ArrayObjectClass.Constants = ArrayIteratorClass.Constants
	ArrayIteratorClass.Methods = common([]Method{
		{Name: "current", Func: (*ArrayIterator).Current}, {Name: "key", Func: (*ArrayIterator).Key},
		{Name: "next", Func: (*ArrayIterator).Next}, {Name: "rewind", Func: (*ArrayIterator).Rewind},
		{Name: "valid", Func: (*ArrayIterator).Valid}, {Name: "seek", Func: (*ArrayIterator).Seek},
	})
	ArrayObjectClass.Methods = common([]Method{
		{Name: "getIterator", Func: (*ArrayObject).GetIterator}, {Name: "exchangeArray", Func: (*ArrayObject).ExchangeArray},
	})
	ArrayIteratorClass.New = func() Object { return NewArrayIterator(NewArray()) }
	ArrayIteratorClass.Construct = func(it *ArrayIterator, a ...Value) { it.construct(a) }
	ArrayObjectClass.New = func() Object { return NewArrayObject(NewArray()) }
	ArrayObjectClass.Construct = func(o *ArrayObject, a ...Value) { o.construct(a) }
}

func (h *ArrayHolder) construct(arguments []Value) {
	if len(arguments) == 0 {
		return
	}
	for _, more := range arguments[1:] {
		if ToBool(more) {
			Stop("array-object", "flags and iterator classes of an "+h.class.Name+" are not converted")
		}
	}
	o, ok := Deref(arguments[0]).(Object)
	if !ok {
		h.data = ToArray(ParamArray(arguments[0], h.class.Name+"::__construct(): Argument #1 ($array)"))
		return
	}
	// What an object shows is walked over; PHP would also change it through this one.
	h.data, h.of = NewArray(), o
	objectToArray(o).eachRaw(func(k Key, v Value) {
		if !strings.HasPrefix(k.Str, "\x00") {
			h.data.setRaw(k, ownCopy(v))
		}
	})
}

// own stops the program where it holds an object that PHP would show or change.
func (h *ArrayHolder) own() *Array {
	if h.of != nil {
		Stop("array-object", "an "+h.class.Name+" of an object is changed or shown")
	}
	return h.data
}

func (h *ArrayHolder) afterClone() { h.data = h.data.Clone() }

func (h *ArrayHolder) shown() []Property {
	declarer := "ArrayObject"
	if h.class.Is("ArrayIterator") {
		declarer = "ArrayIterator"
	}
	return []Property{{Name: "storage", Visibility: "private", Declarer: declarer, Value: h.own()}}
}

// ToPHPArray is (array) of the object.
func (h *ArrayHolder) ToPHPArray() *Array { return h.data.Clone() }

// compared is what == goes by before the properties.
func (h *ArrayHolder) compared() *Array { return h.data }

// NewArrayIterator is new ArrayIterator($array).
func NewArrayIterator(a *Array) *ArrayIterator {
	return Init(&ArrayIterator{ArrayHolder: ArrayHolder{data: a.Clone()}}, ArrayIteratorClass)
}

// NewArrayObject is new ArrayObject($array).
func NewArrayObject(a *Array) *ArrayObject {
	return Init(&ArrayObject{ArrayHolder{data: a.Clone()}}, ArrayObjectClass)
}

// Count is count().
func (h *ArrayHolder) Count() int { return h.data.Len() }

// OffsetExists is offsetExists().
func (h *ArrayHolder) OffsetExists(k Value) bool {
	_, ok := h.data.LookupKey(toKey(k, "Illegal offset type in isset or empty"))
	return ok
}

// isSet is isset($h[$k]).
func (h *ArrayHolder) isSet(k Value) bool {
	v, ok := h.data.LookupKey(toKey(k, "Illegal offset type in isset or empty"))
	return ok && Deref(v) != nil
}

// OffsetGet is offsetGet().
func (h *ArrayHolder) OffsetGet(k Value) Value { return Copy(h.data.Get(k)) }

// placeOf is where the element is kept.
func (h *ArrayHolder) placeOf(k Value) *Value {
	h.own()
	if k == nil {
		h.data.Append(nil)
		return h.data.slot(h.data.Keys()[h.data.Len()-1])
	}
	return h.data.slot(ToKey(k))
}

// OffsetSet is offsetSet(); a null key appends.
func (h *ArrayHolder) OffsetSet(k, v Value) {
	if h.own(); k == nil {
		h.data.Append(Copy(v))
		return
	}
	h.data.Set(k, Copy(v))
}

// OffsetUnset is offsetUnset().
func (h *ArrayHolder) OffsetUnset(k Value) { h.own().Unset(k) }

// Append is append().
func (h *ArrayHolder) Append(v Value) { h.own().Append(Copy(v)) }

// GetArrayCopy is getArrayCopy().
func (h *ArrayHolder) GetArrayCopy() *Array { return h.data.Clone() }

// Asort and the others sort the array inside.
func (h *ArrayHolder) Asort(flags ...int) bool { return Asort(h.own(), append(flags, 0)[0]) }

// Ksort is ksort().
func (h *ArrayHolder) Ksort(flags ...int) bool { return Ksort(h.own(), append(flags, 0)[0]) }

// Uasort is uasort().
func (h *ArrayHolder) Uasort(f *Closure) bool { return Uasort(h.own(), f) }

// Uksort is uksort().
func (h *ArrayHolder) Uksort(f *Closure) bool { return Uksort(h.own(), f) }

// Natsort is natsort().
func (h *ArrayHolder) Natsort() bool { return Natsort(h.own()) }

// Natcasesort is natcasesort().
func (h *ArrayHolder) Natcasesort() bool { return Natcasesort(h.own()) }

// GetIterator is getIterator().
func (o *ArrayObject) GetIterator() Object { return NewArrayIterator(o.data) }

// ExchangeArray is exchangeArray(): it gives the array there was.
func (o *ArrayObject) ExchangeArray(v Value) *Array {
	old := o.own()
	if IsObject(v) {
		Stop("array-object", "exchangeArray() of an object is not converted")
	}
	o.data = ToArray(v)
	return old
}

// settle moves over holes.
func (it *ArrayIterator) settle() {
	for it.at < it.data.store.slots() {
		if _, _, ok := it.data.store.at(it.at); ok {
			return
		}
		it.at++
	}
}

// Current is current(); null at the end.
func (it *ArrayIterator) Current() Value {
	it.settle()
	_, v, _ := it.data.store.at(it.at)
	return Copy(v)
}

// Key is key(); null at the end.
func (it *ArrayIterator) Key() Value {
	it.settle()
	if k, _, ok := it.data.store.at(it.at); ok {
		return k.Value()
	}
	return nil
}

// Next is next().
func (it *ArrayIterator) Next() {
	if it.Valid() {
		it.at++
	}
}

// Rewind is rewind().
func (it *ArrayIterator) Rewind() { it.at = 0 }

// Valid is valid().
func (it *ArrayIterator) Valid() bool {
	it.settle()
	return it.at < it.data.store.slots()
}

// Seek is seek().
func (it *ArrayIterator) Seek(offset int) {
	if offset < 0 || offset >= it.data.Len() {
		it.at = it.data.store.slots()
		Throw(NewException(OutOfBoundsClass, "Seek position "+strconv.Itoa(offset)+" is out of range", 0, nil))
	}
	it.Rewind()
	for ; offset > 0; offset-- {
		it.Next()
	}
}

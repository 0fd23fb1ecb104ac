package php

// CachingIterator is one element ahead, and so knows whether there is another, after
// https://www.php.net/manual/en/class.cachingiterator.php.
type CachingIterator struct {
	IteratorIterator
	flags int
	valid bool
	cache *Array
	text  string
}

// The flags: what the object is as a string, and whether the elements are kept.
const (
	callToString  = 1
	keyAsString   = 2
	currentString = 4
	innerAsString = 8
	fullCache     = 256
	stringFlags   = callToString | keyAsString | currentString | innerAsString
	cachingFlags  = 0xFFFF
	oneStringOnly = "must contain only one of CachingIterator::CALL_TOSTRING, CachingIterator::TOSTRING_USE_KEY, " +
		"CachingIterator::TOSTRING_USE_CURRENT, or CachingIterator::TOSTRING_USE_INNER"
)

// CachingIteratorClass is for classes that extend it.
var CachingIteratorClass = Declare(&Class{Name: "CachingIterator", Parent: IteratorIteratorClass,
	Interfaces: []*Class{ArrayAccessInterface, CountableInterface, stringableInterface}})

func init() {
	type caching = CachingIterator
	c := CachingIteratorClass
	c.Constants = Map("CALL_TOSTRING", callToString, "CATCH_GET_CHILD", 16, "TOSTRING_USE_KEY", keyAsString,
		"TOSTRING_USE_CURRENT", currentString, "TOSTRING_USE_INNER", innerAsString, "FULL_CACHE", fullCache)
	c.New = func() Object { return Init(&caching{cache: NewArray()}, c) }
	c.Construct, c.ConstructNames = constructCaching, namedArguments("iterator", "flags")
	c.Methods = []Method{{Name: "rewind", Func: (*caching).Rewind}, {Name: "valid", Func: (*caching).Valid},
		{Name: "next", Func: (*caching).Next}, {Name: "hasNext", Func: (*caching).HasNext},
		{Name: "__toString", Func: (*caching).String}, {Name: "getFlags", Func: (*caching).GetFlags},
		{Name: "setFlags", Func: (*caching).SetFlags}, {Name: "offsetGet", Func: (*caching).OffsetGet},
		{Name: "offsetSet", Func: (*caching).OffsetSet}, {Name: "offsetUnset", Func: (*caching).OffsetUnset},
		{Name: "offsetExists", Func: (*caching).OffsetExists}, {Name: "getCache", Func: (*caching).GetCache},
		{Name: "count", Func: (*caching).Count}}
}

func constructCaching(it *CachingIterator, a ...Value) {
	it.over("CachingIterator", 2, a)
	flags := callToString
	if len(a) > 1 {
		flags = ParamInt(a[1], "CachingIterator::__construct(): Argument #2 ($flags)")
	}
	if severalStrings(flags) {
		badArgument("CachingIterator::__construct", 2, "flags", oneStringOnly)
	}
	it.flags = flags & cachingFlags
	it.build(Deref(a[0]).(Object))
}

func severalStrings(flags int) bool {
	flags &= stringFlags
	return flags&(flags-1) != 0
}

// ahead takes the element there is and lets the other iterator go on.
func (it *CachingIterator) ahead() {
	it.valid, it.text = false, ""
	if it.valid = it.fetch(); !it.valid {
		return
	}
	if it.flags&fullCache != 0 {
		it.cache.Set(it.key, Copy(it.value))
	}
	switch {
	case it.flags&innerAsString != 0:
		it.text = ToString(it.innerThing)
	case it.flags&callToString != 0:
		it.text = ToString(it.value)
	}
	it.pos++
	it.inner.Next()
}

// Rewind is rewind().
func (it *CachingIterator) Rewind() {
	it.needBuilt()
	it.restart()
	it.cache = NewArray()
	it.ahead()
}

// Valid is valid().
func (it *CachingIterator) Valid() bool {
	it.needBuilt()
	return it.valid
}

// Next is next().
func (it *CachingIterator) Next() {
	it.needBuilt()
	it.ahead()
}

// HasNext is hasNext().
func (it *CachingIterator) HasNext() bool {
	it.needBuilt()
	return it.more()
}

// String is __toString(), as the flags say.
func (it *CachingIterator) String() string {
	it.needBuilt()
	switch {
	case it.flags&stringFlags == 0:
		Throw(newOf(BadMethodCallClass, it.class.Name+" does not fetch string value (see CachingIterator::__construct)"))
	case it.flags&keyAsString != 0:
		return ToString(it.key)
	case it.flags&currentString != 0:
		return ToString(it.value)
	}
	return it.text
}

// GetFlags is getFlags(), with a flag of PHP's own where there is an element.
func (it *CachingIterator) GetFlags() int {
	it.needBuilt()
	if it.valid {
		return it.flags | (cachingFlags + 1)
	}
	return it.flags
}

// SetFlags is setFlags().
func (it *CachingIterator) SetFlags(flags int) {
	it.needBuilt()
	switch {
	case severalStrings(flags):
		badArgument("CachingIterator::setFlags", 1, "flags", oneStringOnly)
	case it.flags&callToString&^flags != 0:
		Throw(newOf(InvalidArgumentClass, "Unsetting flag CALL_TO_STRING is not possible"))
	case it.flags&innerAsString&^flags != 0:
		Throw(newOf(InvalidArgumentClass, "Unsetting flag TOSTRING_USE_INNER is not possible"))
	case flags&^it.flags&fullCache != 0:
		it.cache = NewArray()
	}
	it.flags = flags & cachingFlags
}

// kept is the elements so far, which only the flag for them keeps.
func (it *CachingIterator) kept() *Array {
	it.needBuilt()
	if it.flags&fullCache == 0 {
		Throw(newOf(BadMethodCallClass, it.class.Name+" does not use a full cache (see CachingIterator::__construct)"))
	}
	return it.cache
}

func (it *CachingIterator) keptKey(method string, k Value) string {
	it.kept()
	return ParamString(k, "CachingIterator::"+method+"(): Argument #1 ($key)")
}

// OffsetGet is offsetGet().
func (it *CachingIterator) OffsetGet(k Value) Value {
	key := it.keptKey("offsetGet", k)
	v, ok := it.cache.LookupKey(ToKey(key))
	if !ok {
		Warning("Undefined array key \"" + key + "\"")
	}
	return Copy(v)
}

// OffsetSet is offsetSet().
func (it *CachingIterator) OffsetSet(k, v Value) { it.cache.Set(it.keptKey("offsetSet", k), Copy(v)) }

// OffsetUnset is offsetUnset().
func (it *CachingIterator) OffsetUnset(k Value) { it.cache.Unset(it.keptKey("offsetUnset", k)) }

// OffsetExists is offsetExists().
func (it *CachingIterator) OffsetExists(k Value) bool {
	_, ok := it.cache.LookupKey(ToKey(it.keptKey("offsetExists", k)))
	return ok
}

// GetCache is getCache().
func (it *CachingIterator) GetCache() *Array { return it.kept().Clone() }

// Count is count().
func (it *CachingIterator) Count() int { return it.kept().Len() }

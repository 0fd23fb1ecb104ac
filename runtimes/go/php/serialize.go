package php

import (
	"reflect"
	"strconv"
	"strings"
)

// serialize() and unserialize(), after https://www.php.net/manual/en/function.serialize.php. What appears a second time
// is written as the number of the first time: objects as r:N, references as R:N.

type serializer struct {
	strings.Builder
	seen map[any]int // the number of each *Base and *Ref
	next int
}

// Serialize is serialize().
func Serialize(v Value) string {
	s := &serializer{seen: map[any]int{}}
	s.value(Deref(v))
	return s.String()
}

// value writes a value, or a reference to one.
func (s *serializer) value(v Value) {
	s.next++
	r, isReference := v.(*Ref)
	v = Deref(v)
	if o, ok := v.(Object); ok {
		if at, ok := s.again(o.PHPBase()); ok && !isReference {
			s.WriteString("r:" + strconv.Itoa(at) + ";")
			return
		} else if ok {
			s.reference(at)
			return
		}
	} else if isReference {
		if at, ok := s.again(r); ok {
			s.reference(at)
			return
		}
	}
	switch v := v.(type) {
	case nil:
		s.WriteString("N;")
	case bool:
		s.WriteString("b:" + strconv.Itoa(ToInt(v)) + ";")
	case int:
		s.WriteString("i:" + strconv.Itoa(v) + ";")
	case float64:
		s.WriteString("d:" + FloatRepr(v) + ";")
	case string:
		s.text(v)
	case *Array:
		s.WriteString("a:" + strconv.Itoa(v.Len()) + ":{")
		s.elements(v)
		s.WriteString("}")
	case Object:
		s.object(v)
	default:
		s.WriteString("i:0;")
	}
}

// again is the number that something was given before, and whether it was; otherwise it has the next one from now on.
func (s *serializer) again(what any) (int, bool) {
	at, ok := s.seen[what]
	if !ok {
		s.seen[what] = s.next
	}
	return at, ok
}

// reference writes one that was met before, which has no number of its own.
func (s *serializer) reference(at int) {
	s.next--
	s.WriteString("R:" + strconv.Itoa(at) + ";")
}

func (s *serializer) text(t string) { s.WriteString("s:" + strconv.Itoa(len(t)) + ":\"" + t + "\";") }

func (s *serializer) elements(a *Array) {
	a.eachRaw(func(k Key, v Value) {
		if k.IsStr {
			s.text(k.Str)
		} else {
			s.WriteString("i:" + strconv.Itoa(k.Int) + ";")
		}
		s.value(v)
	})
}

func (s *serializer) object(o Object) {
	base := o.PHPBase()
	name := base.class.Name
	if base.class == closureClass {
		Throw(NewException(ExceptionClass, "Serialization of 'Closure' is not allowed", 0, nil))
	}
	if base.class.Enum {
		text := name + ":" + enumCase(o)
		s.WriteString("E:" + strconv.Itoa(len(text)) + ":\"" + text + "\";")
		return
	}
	switch o.(type) {
	case *Closure, *Generator:
		Throw(NewException(ExceptionClass, "Serialization of '"+name+"' is not allowed", 0, nil))
	case *Instance, *StdClass:
	default:
		if _, ok := FindMethod(o, "__serialize"); !ok {
			Stop("serialize", "objects of class "+name+" are not serialised here")
		}
	}
	if strings.Contains(name, "@anonymous") {
		Throw(NewException(ExceptionClass, "Serialization of '"+withoutPaths(name)+"' is not allowed", 0, nil))
	}
	var properties *Array
	if m, ok := FindMethod(o, "__serialize"); ok {
		given, ok := Deref(m.Call()).(*Array)
		if !ok {
			ThrowTypeError(name + "::__serialize() must return an array")
		}
		properties = given
	} else if m, ok := FindMethod(o, "__sleep"); ok {
		names, ok := Deref(m.Call()).(*Array)
		if !ok {
			notNames(name)
			s.WriteString("N;")
			return
		}
		properties = sleeping(o, names)
	} else {
		properties = NewArray()
		for _, p := range Properties(o) {
			if !isUninitialized(p.Value) {
				properties.setRaw(p.serializedKey(), p.Value)
			}
		}
	}
	s.WriteString("O:" + strconv.Itoa(len(name)) + ":\"" + name + "\":" + strconv.Itoa(properties.Len()) + ":{")
	s.elements(properties)
	s.WriteString("}")
}

func notNames(class string) {
	Warning("serialize(): " + class + "::__sleep() should return an array only containing the names of instance-variables to serialize")
}

// sleeping is the properties that __sleep() named, as its class sees them.
func sleeping(o Object, names *Array) *Array {
	class, a := ClassName(o), NewArray()
	all := Properties(o)
	for _, n := range names.Values() {
		if _, ok := n.(string); !ok {
			notNames(class)
		}
		name := ToString(n)
		p := namedProperty(all, class, name)
		switch {
		case p == nil:
			Warning("serialize(): \"" + name + "\" returned as member variable from __sleep() but does not exist")
		case a.store.find(p.serializedKey()) >= 0:
			Notice("serialize(): \"" + name + "\" is returned from __sleep() multiple times")
		case !isUninitialized(p.Value):
			a.setRaw(p.serializedKey(), p.Value)
		}
	}
	return a
}

// serializedKey is the name of a property as it is written, which is text where it looks like a number too.
func (p Property) serializedKey() Key { return Key{IsStr: true, Str: p.mangled()} }

func isUninitialized(v Value) bool {
	_, ok := v.(Uninitialized)
	return ok
}

// namedProperty is the property of that name, mangled or not, that is public, private to the class, or protected.
func namedProperty(all []Property, class, name string) *Property {
	for _, key := range []string{name, "\x00" + class + "\x00" + name, "\x00*\x00" + name} {
		for i := range all {
			if all[i].mangled() == key {
				return &all[i]
			}
		}
	}
	return nil
}

type unserializer struct {
	text    string
	at      int
	slots   []unserialized
	depth   int
	most    int             // how deep arrays and objects may nest; 0: as deep as they do
	allowed map[string]bool // the classes, in lower case; nil: all
	root    *Ref            // to the whole, where that is an object with references to it
	later   []func()        // __wakeup() and __unserialize() of the objects, once all is read
}

// unserialized is a value that has a number, and the element that holds it: none where it is the whole.
type unserialized struct {
	v   Value
	in  *Array
	key Key
}

// unserializeFailure ends the reading at an offset.
type unserializeFailure struct{ at int }

// Unserialize is unserialize(); objects of classes that are not known or not allowed become __PHP_Incomplete_Class in
// PHP and are refused here.
func Unserialize(text string, options *Array) (result Value) {
	u := &unserializer{text: text, most: unserializeDepth}
	u.options(options)
	result = u.whole()
	for _, call := range u.later {
		call()
	}
	return result
}

// whole reads all; false, with PHP's notice, where it is not sound.
func (u *unserializer) whole() (result Value) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(unserializeFailure)
			if !ok {
				panic(r)
			}
			if u.text != "" {
				Notice("unserialize(): Error at offset " + strconv.Itoa(f.at) + " of " + strconv.Itoa(len(u.text)) + " bytes")
			}
			result = false
		}
	}()
	return Deref(u.value(nil, Key{}))
}

// unserializeDepth is PHP's own limit.
const unserializeDepth = 4096

func (u *unserializer) options(options *Array) {
	if allowed, ok := options.Lookup("allowed_classes"); ok {
		switch list := Deref(allowed).(type) {
		case bool:
			if !list {
				u.allowed = map[string]bool{}
			}
		case *Array:
			u.allowed = map[string]bool{}
			for _, name := range list.Values() {
				u.allowed[strings.ToLower(ToString(name))] = true
			}
		default:
			ThrowTypeError("unserialize(): Option \"allowed_classes\" must be of type array|bool, " + TypeName(allowed) + " given")
		}
	}
	if most, ok := options.Lookup("max_depth"); ok {
		depth, isInt := Deref(most).(int)
		if !isInt {
			ThrowTypeError("unserialize(): Option \"max_depth\" must be of type int, " + TypeName(most) + " given")
		}
		if depth < 0 {
			ThrowValueError("unserialize(): Option \"max_depth\" must be greater than or equal to 0")
		}
		u.most = depth
	}
}

func (u *unserializer) fail(at int) { panic(unserializeFailure{at}) }

// until reads up to a byte that must come.
func (u *unserializer) until(c byte, start int) string {
	i := strings.IndexByte(u.text[u.at:], c)
	if i < 0 {
		u.fail(start)
	}
	s := u.text[u.at : u.at+i]
	u.at += i + 1
	return s
}

func (u *unserializer) integer(end byte, start int) int {
	s := u.until(end, start)
	n, err := strconv.Atoi(strings.TrimPrefix(s, "+"))
	if err != nil {
		u.fail(start)
	}
	return n
}

// value reads what the element of an array is to hold: a value, or a reference to an earlier one.
func (u *unserializer) value(in *Array, key Key) Value {
	start := u.at
	if strings.HasPrefix(u.text[u.at:], "N;") {
		u.at += 2
		u.slots = append(u.slots, unserialized{nil, in, key})
		return nil
	}
	if len(u.text)-u.at < 2 || u.text[u.at+1] != ':' {
		u.fail(start)
	}
	kind := u.text[u.at]
	u.at += 2
	if kind == 'R' {
		return u.reference(start)
	}
	slot := len(u.slots)
	u.slots = append(u.slots, unserialized{nil, in, key})
	v := u.typed(kind, start, slot)
	u.slots[slot].v = v
	return v
}

// number is the value that r:N; or R:N; means.
func (u *unserializer) number(start int) *unserialized {
	n := u.integer(';', start)
	if n < 1 || n > len(u.slots) {
		u.fail(u.at)
	}
	return &u.slots[n-1]
}

// reference makes the element that holds an earlier value a reference, to be held by another one too.
func (u *unserializer) reference(start int) Value {
	earlier := u.number(start)
	if earlier.in == nil {
		if _, ok := earlier.v.(Object); !ok || earlier != &u.slots[0] {
			Stop("unserialize", "references to typed properties and to the whole of serialised data are not converted")
		}
		if u.root == nil {
			u.root = &Ref{V: earlier.v}
		}
		return u.root
	}
	held, ok := earlier.in.getRaw(earlier.key)
	if !ok {
		Stop("unserialize", "a reference to an array or object that is not yet whole is not converted")
	}
	r, ok := held.(*Ref)
	if !ok {
		r = &Ref{V: held}
		earlier.in.setRaw(earlier.key, r)
	}
	return r
}

func (u *unserializer) typed(kind byte, start, slot int) Value {
	switch kind {
	case 'b':
		s := u.until(';', start)
		if s != "0" && s != "1" {
			u.fail(start)
		}
		return s == "1"
	case 'i':
		return u.integer(';', start)
	case 'd':
		return u.float(start)
	case 's':
		s := u.str(start)
		if u.at >= len(u.text) || u.text[u.at] != ';' {
			u.fail(MinInt(u.at, len(u.text)))
		}
		u.at++
		return s
	case 'a':
		a := NewArray()
		u.elements(a, u.integer(':', start), start)
		return a
	case 'O':
		return u.object(start, slot)
	case 'E':
		return u.enumCase(start)
	case 'C':
		Stop("unserialize", "objects that serialise themselves are not converted")
	case 'r':
		o, ok := u.number(start).v.(Object)
		if !ok {
			u.fail(u.at)
		}
		return o
	}
	u.fail(start)
	return nil
}

// enumCase is E:7:"Foo:Bar";
func (u *unserializer) enumCase(start int) Value {
	class, name, ok := strings.Cut(u.str(start), ":")
	c := loadClass(class)
	if !ok || c == nil || !c.Enum || u.at >= len(u.text) || u.text[u.at] != ';' {
		Stop("unserialize", "a case of an enum that is not there")
	}
	u.at++
	k := c.findConst(name)
	if k == nil || !k.isCase {
		Stop("unserialize", "a case of an enum that is not there")
	}
	return k.get()
}

func (u *unserializer) float(start int) Value {
	s := u.until(';', start)
	switch s {
	case "NAN":
		return parseFloat("NaN")
	case "INF":
		return parseFloat("+Inf")
	case "-INF":
		return parseFloat("-Inf")
	}
	if _, whole := ParseNumber(s); !whole {
		u.fail(start)
	}
	return StringToFloat(s)
}

func (u *unserializer) str(start int) string {
	n := u.integer(':', start)
	if n < 0 || n > len(u.text)-u.at-2 {
		u.fail(start + 2)
	}
	if u.text[u.at] != '"' {
		u.fail(u.at)
	}
	s := u.text[u.at+1 : u.at+1+n]
	u.at += n + 1
	if u.text[u.at] != '"' {
		u.fail(u.at)
	}
	u.at++
	return s
}

// elements reads n keys and values into an array.
func (u *unserializer) elements(a *Array, n, start int) {
	if u.at >= len(u.text) || u.text[u.at] != '{' || n < 0 {
		u.fail(start)
	}
	u.at++
	if u.depth++; u.most > 0 && u.depth > u.most {
		Warning("unserialize(): Maximum depth of " + strconv.Itoa(u.most) + " exceeded. The depth limit can be changed using " +
			"the max_depth unserialize() option or the unserialize_max_depth ini setting")
		u.fail(u.at)
	}
	for ; n > 0; n-- {
		if u.at >= len(u.text) || u.text[u.at] != 'i' && u.text[u.at] != 's' {
			u.fail(u.at)
		}
		k := ToKey(u.value(nil, Key{}))
		u.slots = u.slots[:len(u.slots)-1] // keys have no number
		v := u.value(a, k)
		a.setRaw(k, v)
	}
	if u.at >= len(u.text) || u.text[u.at] != '}' {
		u.fail(u.at)
	}
	u.depth--
	u.at++
}

// restoreProperty gives an object a property under its name in serialised data. It gives the array and the key that hold
// it from then on; none where it has a type.
func restoreProperty(o Object, k Key, v Value) (*Array, Key) {
	name := k.String()
	if i := strings.LastIndexByte(name, 0); i >= 0 {
		name = name[i+1:]
	}
	if f, ok := findField(o, name); ok {
		setField(o, f, Deref(v))
		return nil, k
	}
	kept := StrKey(name)
	if strings.HasPrefix(k.Str, "\x00") && !strings.HasPrefix(k.Str, "\x00*\x00") {
		kept = k
	} else if p := ClassOf(o).findProperty(name, false); p != nil {
		kept = p.key()
		if p.types != "" && p.types != "mixed" {
			dynamicProperties(o).setRaw(kept, restoredAs(p, v))
			return nil, kept
		}
	}
	dynamicProperties(o).setRaw(kept, v)
	return dynamicProperties(o), kept
}

// restoredAs is what a typed property takes of serialised data: only what suits its type as it is.
func restoredAs(p *classProperty, v Value) Value {
	if _, ok := v.(*Ref); ok {
		Stop("unserialize", "references to typed properties in serialised data are not converted")
	}
	made, ok := p.coerced(v, true)
	if !ok {
		ThrowTypeError("Cannot assign " + TypeName(v) + " to property " + p.title() + " of type " + p.types)
	}
	return made
}

func (u *unserializer) object(start, slot int) Value {
	name := u.str(start)
	if u.at >= len(u.text) || u.text[u.at] != ':' {
		u.fail(u.at)
	}
	u.at++
	count := u.integer(':', start)
	if u.allowed != nil && !u.allowed[strings.ToLower(name)] {
		Stop("unserialize", "an object of class "+name+", which is not allowed, cannot be made here")
	}
	c := FindClass(name)
	if c == nil {
		c = loadClass(name)
	}
	if c == nil || c.New == nil || c.Abstract || c.Interface || c.Enum {
		Stop("unserialize", "an object of class "+name+" cannot be made here")
	}
	o := c.New()
	u.slots[slot].v = o
	properties := NewArray()
	u.elements(properties, count, start)
	if m, ok := FindMethod(o, "__unserialize"); ok {
		u.later = append(u.later, func() { m.Call(properties) })
		return o
	}
	switch o.(type) {
	case *Instance, *StdClass:
	default:
		if len(fieldsOf(reflect.TypeOf(o).Elem(), c)) == 0 {
			Stop("unserialize", "objects of class "+name+" are not made of serialised data here")
		}
	}
	u.restore(o, properties, slot)
	if m, ok := FindMethod(o, "__wakeup"); ok {
		u.later = append(u.later, func() { m.Call() })
	}
	return o
}

// restore gives an object, that of a slot, its properties, and notes where what was read for them is now.
func (u *unserializer) restore(o Object, properties *Array, slot int) {
	read := map[Key]*unserialized{}
	for i := slot + 1; i < len(u.slots); i++ {
		if at := &u.slots[i]; at.in == properties {
			read[at.key] = at
		}
	}
	properties.eachRaw(func(k Key, v Value) {
		to, kept := restoreProperty(o, k, v)
		if at := read[k]; at != nil {
			at.in, at.key = to, kept
		}
	})
}

package php

import (
	"strconv"
	"strings"
)

// serialize() and unserialize(), after https://www.php.net/manual/en/function.serialize.php. References between parts of
// a value are written out as copies; objects that appear twice as r:N.

type serializer struct {
	strings.Builder
	seen map[*Base]int
	next int
}

// Serialize is serialize().
func Serialize(v Value) string {
	s := &serializer{seen: map[*Base]int{}}
	s.value(Deref(v))
	return s.String()
}

func (s *serializer) value(v Value) {
	s.next++
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

func (s *serializer) text(t string) { s.WriteString("s:" + strconv.Itoa(len(t)) + ":\"" + t + "\";") }

func (s *serializer) elements(a *Array) {
	a.eachRaw(func(k Key, v Value) {
		if k.IsStr {
			s.text(k.Str)
		} else {
			s.WriteString("i:" + strconv.Itoa(k.Int) + ";")
		}
		s.value(Deref(v))
	})
}

func (s *serializer) object(o Object) {
	base := o.PHPBase()
	if at, ok := s.seen[base]; ok {
		s.next--
		s.WriteString("r:" + strconv.Itoa(at) + ";")
		return
	}
	s.seen[base] = s.next
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
	properties := objectToArray(o)
	if m, ok := FindMethod(o, "__serialize"); ok {
		properties = m.Call().(*Array)
	} else if m, ok := FindMethod(o, "__sleep"); ok {
		properties = sleeping(o, m.Call())
	}
	s.WriteString("O:" + strconv.Itoa(len(name)) + ":\"" + name + "\":" + strconv.Itoa(properties.Len()) + ":{")
	s.elements(properties)
	s.WriteString("}")
}

func sleeping(o Object, names Value) *Array {
	a := NewArray()
	for _, n := range ToArray(names).Values() {
		for _, p := range Properties(o) {
			if p.Name == ToString(n) || p.mangled() == ToString(n) {
				a.SetStr(p.mangled(), p.Value)
			}
		}
	}
	return a
}

type unserializer struct {
	text  string
	at    int
	slots []Value
}

// unserializeFailure ends the reading at an offset.
type unserializeFailure struct{ at int }

// Unserialize is unserialize(); objects of classes that are not known become __PHP_Incomplete_Class in PHP and are
// refused here.
func Unserialize(text string, options *Array) (result Value) {
	u := &unserializer{text: text}
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(unserializeFailure)
			if !ok {
				panic(r)
			}
			if text != "" {
				Notice("unserialize(): Error at offset " + strconv.Itoa(f.at) + " of " + strconv.Itoa(len(text)) + " bytes")
			}
			result = false
		}
	}()
	return u.value()
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

func (u *unserializer) value() Value {
	start := u.at
	if strings.HasPrefix(u.text[u.at:], "N;") {
		u.at += 2
		u.slots = append(u.slots, nil)
		return nil
	}
	if len(u.text)-u.at < 2 || u.text[u.at+1] != ':' {
		u.fail(start)
	}
	kind := u.text[u.at]
	u.at += 2
	slot := len(u.slots)
	u.slots = append(u.slots, nil)
	v := u.typed(kind, start, slot)
	u.slots[slot] = v
	return v
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
	case 'r', 'R':
		n := u.integer(';', start)
		if n < 1 || n > len(u.slots)-1 {
			u.fail(start)
		}
		if _, object := u.slots[n-1].(Object); kind == 'R' && !object {
			Stop("unserialize", "references in serialised data are not converted")
		}
		u.slots = u.slots[:slot]
		u.slots = append(u.slots, nil)
		return Copy(u.slots[n-1])
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

func (u *unserializer) elements(a *Array, n, start int) {
	if u.at >= len(u.text) || u.text[u.at] != '{' || n < 0 {
		u.fail(start)
	}
	u.at++
	for ; n > 0; n-- {
		if u.at >= len(u.text) || u.text[u.at] != 'i' && u.text[u.at] != 's' {
			u.fail(u.at)
		}
		k := u.value()
		u.slots = u.slots[:len(u.slots)-1] // keys have no number
		a.Set(k, u.value())
	}
	if u.at >= len(u.text) || u.text[u.at] != '}' {
		u.fail(u.at)
	}
	u.at++
}

// restoreProperty gives an object a property under its name in serialised data.
func restoreProperty(o Object, k Key, v Value) {
	name := k.String()
	if i := strings.LastIndexByte(name, 0); i >= 0 {
		name = name[i+1:]
	}
	if f, ok := findField(o, name); ok {
		setField(o, f, v)
		return
	}
	if strings.HasPrefix(k.Str, "\x00") && !strings.HasPrefix(k.Str, "\x00*\x00") {
		dynamicProperties(o).setRaw(k, v)
		return
	}
	kept := StrKey(name)
	if p := ClassOf(o).findProperty(name, false); p != nil {
		kept = p.key()
	}
	dynamicProperties(o).setRaw(kept, v)
}

func (u *unserializer) object(start, slot int) Value {
	name := u.str(start)
	if u.at >= len(u.text) || u.text[u.at] != ':' {
		u.fail(u.at)
	}
	u.at++
	count := u.integer(':', start)
	c := FindClass(name)
	if c == nil {
		c = loadClass(name)
	}
	if c == nil || c.New == nil {
		Stop("unserialize", "an object of class "+name+" cannot be made here")
	}
	o := c.New()
	u.slots[slot] = o
	properties := NewArray()
	u.elements(properties, count, start)
	if m, ok := FindMethod(o, "__unserialize"); ok {
		m.Call(properties)
		return o
	}
	properties.eachRaw(func(k Key, v Value) {
		restoreProperty(o, k, v)
	})
	if m, ok := FindMethod(o, "__wakeup"); ok {
		m.Call()
	}
	return o
}

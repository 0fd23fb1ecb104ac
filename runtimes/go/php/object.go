package php

import (
	"reflect"
	"strings"
)

// Objects, after https://www.php.net/manual/en/language.oop5.php.
//
// A class is a Go struct that embeds its parent (or Base), with a Class that says what Go does not: names, interfaces,
// constants, methods by name. Properties are the fields that carry a tag,
//
//	type User struct {
//		php.Base
//		Name string `php:"name"`
//		age  php.Value `php:"age,private"`     // private fields are exported in Go all the same: see below
//	}
//
// in the order of the fields, the parent's first. Fields with a tag must be exported, as they are read by reflection
// wherever a property's name is only known at run time. A property that was not declared lives in Base.

// Object is anything that embeds Base.
type Object interface{ PHPBase() *Base }

// Base is what every object has: its class, its number and the properties that were never declared.
type Base struct {
	class   *Class
	id      int
	dynamic *Array
	self    Object
	busy    bool // being printed or compared, which ends a recursion
}

// PHPBase makes what embeds Base an Object.
func (b *Base) PHPBase() *Base { return b }

// Class describes a class, interface, trait or enum.
type Class struct {
	Name           string
	Parent         *Class
	Interfaces     []*Class
	Abstract       bool
	Interface      bool
	Enum           bool
	Final          bool
	AllowsDynamic  bool          // has the attribute AllowDynamicProperties
	New            func() Object // an instance whose properties have their defaults, before its constructor
	Construct      any           // a Go function (*T, arguments...), or nil
	ConstructNames []string      // of its parameters, where they are known
	Methods        []Method
	Constants      *Array
	Statics        map[string]*Ref

	declaration *declaration
	accesses    *accesses
}

// Method is one method of a class for calls by name; Func is a Go function whose first parameter is the receiver, or
// for static ones has none.
type Method struct {
	Name   string
	Func   any
	Static bool
	Hidden string // "protected" or "private"; empty for public
}

// Uninitialized is what a typed property without a default holds before its first assignment, and any declared property
// after unset(): it keeps its place among the others.
type Uninitialized struct {
	Type  string // empty where none is declared
	unset bool   // by unset(), after which magic methods are asked
}

// isGone says that v stands for a property without a type that was unset, of which nothing is to be seen.
func isGone(v Value) bool {
	u, ok := v.(Uninitialized)
	return ok && u.Type == ""
}

// Property is one property of an object, as foreach, var_dump and their kin see it.
type Property struct {
	Name       string
	Visibility string // "public", "protected" or "private"
	Declarer   string // the class that declared it
	Value      Value
	ReadOnly   bool
	number     bool // the name is an int, as __debugInfo may give it
}

var classes = map[string]*Class{}

var lastObjectID = 0

// Declare makes a class known by its name and gives it back.
func Declare(c *Class) *Class {
	classes[strings.ToLower(c.Name)] = c
	return c
}

// FindClass is the class of a name in any case, or nil.
func FindClass(name string) *Class {
	return classes[strings.ToLower(strings.TrimPrefix(name, "\\"))]
}

// Init binds a new object to its class and gives it a number; it gives the object back.
func Init[T Object](o T, c *Class) T {
	base := o.PHPBase()
	if base.id == 0 {
		lastObjectID++
		base.id = lastObjectID
	}
	base.class, base.self = c, o
	if c.Enum {
		keptValues = append(keptValues, o)
	}
	return o
}

// ClassOf is the class of an object.
func ClassOf(o Object) *Class { return o.PHPBase().class }

// ClassName is get_class(): the name of an object's class.
func ClassName(o Object) string {
	if c := ClassOf(o); c != nil {
		return c.Name
	}
	return reflect.TypeOf(o).Elem().Name()
}

// Is says whether c is the class or interface of that name, or descends from it.
func (c *Class) Is(name string) bool {
	if len(aliases) > 0 {
		if other, ok := aliases[strings.ToLower(name)]; ok {
			name = other
		}
	}
	for ; c != nil; c = c.Parent {
		if strings.EqualFold(c.Name, name) {
			return true
		}
		for _, i := range c.Interfaces {
			if i.Is(name) {
				return true
			}
		}
	}
	return false
}

// IsA is $v instanceof the class of that name.
func IsA(v Value, name string) bool {
	o, ok := Deref(v).(Object)
	if !ok {
		return false
	}
	c := ClassOf(o)
	if c.Is(name) {
		return true
	}
	_, stringable := o.(stringer)
	return stringable && strings.EqualFold(name, "Stringable")
}

// InstanceOf is $v instanceof self, static or parent.
func InstanceOf(v Value, class *Class) bool { return IsA(v, class.Name) }

// stringer is an object with __toString.
type stringer interface{ String() string }

func objectString(o Object) (string, bool) {
	if s, ok := o.(stringer); ok {
		return s.String(), true
	}
	if m, ok := FindMethod(o, "__toString"); ok {
		return ToString(m.Call()), true
	}
	return "", false
}

// FindMethod is a method by name, bound to the object.
func FindMethod(o Object, name string) (*Closure, bool) {
	for c := ClassOf(o); c != nil; c = c.Parent {
		if m := c.method(name); m != nil {
			if m.Static {
				return NewClosure(m.Func, c.Name+"::"+m.Name), true
			}
			return bindMethod(o, c, m), true
		}
	}
	return nil, false
}

func (c *Class) method(name string) *Method {
	for i := range c.Methods {
		if strings.EqualFold(c.Methods[i].Name, name) {
			return &c.Methods[i]
		}
	}
	return nil
}

// FindStatic is a static method by name.
func (c *Class) FindStatic(name string) (*Closure, bool) {
	for ; c != nil; c = c.Parent {
		if m := c.method(name); m != nil {
			return NewClosure(m.Func, c.Name+"::"+m.Name), true
		}
	}
	return nil, false
}

// receiver is o as the type that a method of one of its parents takes: the embedded struct.
func receiver(o Object, want reflect.Type) reflect.Value {
	v := reflect.ValueOf(o)
	for v.Type() != want && want.Kind() == reflect.Ptr {
		elem := v.Elem()
		if elem.Kind() != reflect.Struct || elem.NumField() == 0 || !elem.Type().Field(0).Anonymous {
			break
		}
		v = elem.Field(0).Addr()
	}
	return v
}

func bindMethod(o Object, c *Class, m *Method) *Closure {
	f := reflect.ValueOf(m.Func)
	self := receiver(o, f.Type().In(0))
	closure := reflectClosure(f, []reflect.Value{self}, c.Name+"::"+m.Name)
	closure.This, closure.Scope = o, c
	if d := c.said(); d != nil && d.methods[strings.ToLower(m.Name)] != nil {
		closure.adopt(d.methods[strings.ToLower(m.Name)])
	}
	return closure
}

// field is one declared property found by reflection.
type field struct {
	name, visibility, declarer string
	readonly                   bool
	index                      []int
}

var fieldCache = map[reflect.Type][]field{}

// fieldsOf is the declared properties of a struct in PHP's order: the parent's first.
func fieldsOf(t reflect.Type, c *Class) []field {
	if known, ok := fieldCache[t]; ok {
		return known
	}
	fields := collectFields(t, c, nil, nil)
	fieldCache[t] = fields
	return fields
}

func collectFields(t reflect.Type, c *Class, index []int, fields []field) []field {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		at := append(append([]int{}, index...), i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			var parent *Class
			if c != nil {
				parent = c.Parent
			}
			fields = collectFields(f.Type, parent, at, fields)
			continue
		}
		tag, ok := f.Tag.Lookup("php")
		if !ok {
			continue
		}
		fields = addField(fields, newField(tag, c, at))
	}
	return fields
}

func newField(tag string, c *Class, at []int) field {
	parts := strings.Split(tag, ",")
	made := field{name: parts[0], visibility: "public", index: at}
	if c != nil {
		made.declarer = c.Name
	}
	for _, option := range parts[1:] {
		switch option {
		case "protected", "private":
			made.visibility = option
		case "readonly":
			made.readonly = true
		}
	}
	return made
}

// addField: a property declared anew takes its parent's place, unless that one was private.
func addField(fields []field, f field) []field {
	for i, old := range fields {
		if old.name == f.name && old.visibility != "private" {
			fields[i] = f
			return fields
		}
	}
	return append(fields, f)
}

func fieldValue(o Object, f field) reflect.Value {
	return reflect.ValueOf(o).Elem().FieldByIndex(f.index)
}

// PropertySource is for objects that have properties beside the fields of a struct and those kept by name.
type PropertySource interface{ PHPProperties() []Property }

// containerObject is an object of PHP's own that holds more than properties: shown is what var_dump and print_r see of it.
type containerObject interface{ shown() []Property }

// hider is one of PHP's own with properties that can be read, but are not listed.
type hider interface{ hides(name string) bool }

// shownProperties is the properties of an object, and what a container holds.
func shownProperties(o Object) []Property {
	all := Properties(o)
	if c, ok := o.(containerObject); ok {
		all = append(all, c.shown()...)
	}
	return all
}

// Properties is all properties of an object in order, those not initialised included (as Uninitialized).
func Properties(o Object) []Property {
	var all []Property
	if reflect.TypeOf(o).Elem().Kind() == reflect.Struct {
		for _, f := range fieldsOf(reflect.TypeOf(o).Elem(), ClassOf(o)) {
			v := fromGo(fieldValue(o, f))
			if v == (Unset{}) {
				continue
			}
			all = append(all, Property{Name: f.name, Visibility: f.visibility, Declarer: f.declarer, Value: v, ReadOnly: f.readonly})
		}
	}
	if d := o.PHPBase().dynamic; d != nil {
		d.eachRaw(func(k Key, v Value) {
			if h, ok := o.(hider); !isGone(v) && !(ok && h.hides(k.Str)) {
				all = append(all, declaredAs(o, k, v))
			}
		})
	}
	if source, ok := o.(PropertySource); ok {
		all = append(all, source.PHPProperties()...)
	}
	return all
}

// Unset is what a declared property holds after unset(), until it is assigned again.
type Unset struct{}

func findField(o Object, name string) (field, bool) {
	fields := fieldsOf(reflect.TypeOf(o).Elem(), ClassOf(o))
	for i := len(fields) - 1; i >= 0; i-- {
		if fields[i].name == name {
			return fields[i], true
		}
	}
	return field{}, false
}

// LookupProperty is a property by name and whether there is one; magic methods are not asked.
func LookupProperty(o Object, name string) (Value, bool) {
	if f, ok := findField(o, name); ok {
		v := fromGo(fieldValue(o, f))
		if _, unset := v.(Unset); !unset {
			return Deref(v), true
		}
		return nil, false
	}
	if d := o.PHPBase().dynamic; d != nil {
		if v, ok := d.LookupKey(StrKey(name)); !isGone(v) {
			return v, ok
		}
	}
	return nil, false
}

func setField(o Object, f field, v Value) {
	at := fieldValue(o, f)
	if r, ok := at.Interface().(*Ref); ok && r != nil {
		r.V = v
		return
	}
	at.Set(toGo(v, at.Type(), ""))
}

func dynamicProperties(o Object) *Array {
	base := o.PHPBase()
	if base.dynamic == nil {
		base.dynamic = NewArray()
	}
	return base.dynamic
}

// Clone is clone $o: a new object with the same properties, then __clone.
func Clone(v Value) Object {
	o, ok := Deref(v).(Object)
	if !ok {
		ThrowError("__clone method called on non-object")
	}
	if c := ClassOf(o); c.Enum {
		ThrowError("Trying to clone an uncloneable object of class " + c.Name)
	}
	made := reflect.New(reflect.TypeOf(o).Elem())
	made.Elem().Set(reflect.ValueOf(o).Elem())
	clone := made.Interface().(Object)
	base := clone.PHPBase()
	lastObjectID++
	base.id, base.self = lastObjectID, clone
	if base.dynamic != nil {
		base.dynamic = cloneProperties(base.dynamic, base.class)
	}
	ownFields(made.Elem())
	if c, ok := clone.(cloner); ok {
		c.afterClone()
	}
	return clone
}

// cloneProperties is the properties of a clone. A reference that something else holds by now is shared for good, one that
// nothing else holds is a value from now on; where there are none the copying can wait.
func cloneProperties(from *Array, c *Class) *Array {
	before, holds := from.store.shared, false
	made := from.Clone()
	from.eachRaw(func(_ Key, v Value) { holds = holds || isRef(v) })
	if !holds {
		return made
	}
	made.own()
	from.store.shared = before
	for ; c != nil; c = c.Parent {
		if d := c.said(); d != nil {
			for _, p := range d.properties {
				if r, ok := made.getRef(p); ok {
					r.bind(p)
				}
			}
		}
	}
	return made
}

// getRef is the reference that a declared property of an object is, if it is one.
func (a *Array) getRef(p *classProperty) (*Ref, bool) {
	if p.flags&Static != 0 {
		return nil, false
	}
	v, _ := a.getRaw(p.key())
	r, ok := v.(*Ref)
	return r, ok
}

// cloner is for objects of this package whose insides a clone must not share.
type cloner interface{ afterClone() }

// ownFields gives the arrays in a cloned struct headers of their own.
func ownFields(v reflect.Value) {
	for i := 0; i < v.NumField(); i++ {
		f := v.Field(i)
		if f.Kind() == reflect.Struct && v.Type().Field(i).Anonymous {
			ownFields(f)
			continue
		}
		if !f.CanSet() {
			continue
		}
		if a, ok := f.Interface().(*Array); ok && a != nil {
			f.Set(reflect.ValueOf(a.Clone()))
		}
	}
}

// objectToArray is (array)$o: names of hidden properties are mangled as PHP does.
func objectToArray(o Object) *Array {
	if source, ok := o.(interface{ ToPHPArray() *Array }); ok {
		return source.ToPHPArray()
	}
	return propertiesToArray(o)
}

func propertiesToArray(o Object) *Array {
	a := NewArray()
	for _, p := range Properties(o) {
		if _, ok := p.Value.(Uninitialized); !ok {
			a.setRaw(StrKey(p.mangled()), ownCopy(p.Value))
		}
	}
	return a
}

func (p Property) mangled() string {
	switch p.Visibility {
	case "protected":
		return "\x00*\x00" + p.Name
	case "private":
		return "\x00" + p.Declarer + "\x00" + p.Name
	}
	return p.Name
}

func compareObjects(x, y Object) int {
	if x.PHPBase() == y.PHPBase() {
		return 0
	}
	if c, ok := x.(interface{ compareTo(o Object) (int, bool) }); ok {
		if result, ok := c.compareTo(y); ok {
			return result
		}
	}
	if ClassOf(x) != ClassOf(y) || ClassOf(x).Enum || ClassOf(x) == closureClass {
		return 1
	}
	base := x.PHPBase()
	if base.busy {
		ThrowError("Nesting level too deep - recursive dependency?")
	}
	base.busy = true
	defer func() { base.busy = false }()
	if c, ok := x.(interface{ compared() *Array }); ok {
		result := compareArrays(c.compared(), y.(interface{ compared() *Array }).compared())
		if result != 0 {
			return result
		}
		return compareArrays(propertiesToArray(x), propertiesToArray(y))
	}
	return compareArrays(objectToArray(x), objectToArray(y))
}

// StdClass is stdClass: an object with dynamic properties only.
type StdClass struct{ Base }

var stdClass = Declare(&Class{Name: "stdClass"})

func init() { stdClass.New = func() Object { return NewStdClass() } }

// NewStdClass is new stdClass.
func NewStdClass() *StdClass { return Init(&StdClass{}, stdClass) }

// ToObject is (object).
func ToObject(v Value) Object {
	v = Deref(v)
	if o, ok := v.(Object); ok {
		return o
	}
	o := NewStdClass()
	switch v := v.(type) {
	case nil:
	case *Array:
		o.dynamic = v.Clone()
	default:
		o.dynamic = Map("scalar", v)
	}
	return o
}

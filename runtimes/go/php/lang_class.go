package php

import (
	"reflect"
	"strconv"
	"strings"
)

// Classes of converted programs: what their declarations say, found by name and by the scope that asks.

// Flags of members.
const (
	Public    = 1
	Protected = 2
	Private   = 4
	Static    = 8
	Abstract  = 16
	Final     = 32
	ReadOnly  = 64
)

// declaration is what a class of the program says beside Class.
type declaration struct {
	parent     string
	interfaces []string
	traits     []string
	whole      bool // it is known to have what its traits have
	backing    string
	trait      bool
	declared   bool
	constants  []*classConstant
	properties []*classProperty
	methods    map[string]*Closure // what is known of the parameters, by name in lower case
	abstract   []string
	statics    map[string]*Ref
	cases      []*classConstant
	settled    bool   // the constants are known
	prepared   bool   // the first values of the properties are known
	pattern    *store // the properties of a new object, where they are all that it has
	anonymous  int    // the line of a class without a name
	number     int    // which of these classes it is
	readOnly   bool
	distinct   bool // the values of the cases are known to differ
	complaints []complaint
}

// complaint is a deprecation that PHP gives as it declares a class.
type complaint struct {
	line    int
	message string
}

type classConstant struct {
	name    string
	flags   int
	isCase  bool
	value   func() Value
	known   bool
	running bool
	v       Value
	class   *Class
}

type classProperty struct {
	name, types string
	flags       int
	value       func() Value
	class       *Class
	checked     string // the types with self and parent resolved
	known       bool   // v is the value that it begins with
	v           Value
	slot        int // where it is among the properties of an object, as far as known
}

// key is the name under which objects keep the property: private ones by their class.
func (p *classProperty) key() Key {
	if p.flags&Private != 0 {
		return StrKey("\x00" + p.class.Name + "\x00" + p.name)
	}
	return StrKey(p.name)
}

// declarations are all there are.
var declarations []*declaration

func (c *Class) more() *declaration {
	if c.declaration == nil {
		c.declaration = &declaration{methods: map[string]*Closure{}, statics: map[string]*Ref{}}
		declarations = append(declarations, c.declaration)
	}
	return c.declaration
}

// said is what the class's declaration says beside Class; nil where there is nothing, or no class.
func (c *Class) said() *declaration {
	if c == nil {
		return nil
	}
	return c.declaration
}

// Extends and the next ones say what a declaration says; DeclareClass makes it known.
func (c *Class) Extends(parent string) { c.more().parent = parent }

// Implements names interfaces; of an interface, what it extends.
func (c *Class) Implements(names ...string) { c.more().interfaces = names }

// Uses names traits.
func (c *Class) Uses(names ...string) { c.more().traits = names }

// Trait says that it is a trait.
func (c *Class) Trait() { c.more().trait = true }

// Backed gives the type of an enum's values.
func (c *Class) Backed(kind string) { c.more().backing = kind }

// Modify says that a class is abstract or final.
func (c *Class) Modify(flags int) { c.Abstract, c.Final = flags&Abstract != 0, flags&Final != 0 }

// AllowDynamic is #[AllowDynamicProperties].
func (c *Class) AllowDynamic() { c.AllowsDynamic = true }

// ReadOnlyClass says that all its properties are readonly and no others can be made.
func (c *Class) ReadOnlyClass() { c.more().readOnly = true }

func (c *Class) isReadOnly() bool { return c.said() != nil && c.said().readOnly }

// Anonymous gives a class without a name one.
func (c *Class) Anonymous(line int) {
	c.more().anonymous = line
	c.Name = "class@anonymous"
	c.more().number = anonymousClasses
	anonymousClasses++
}

var anonymousClasses int

// nameAnonymous gives a class without a name the one that PHP makes: what follows the NUL is not for readers.
func (c *Class) nameAnonymous() {
	d := c.more()
	if d.anonymous == 0 {
		return
	}
	locate()
	first := "class"
	if d.parent != "" {
		first = d.parent
	} else if len(d.interfaces) > 0 {
		first = d.interfaces[0]
	}
	c.Name = first + "@anonymous\x00" + position.file + ":" + ToString(d.anonymous) + "$" + strconv.FormatInt(int64(d.number), 16)
}

// Const declares a constant.
func (c *Class) Const(name string, flags int, value func() Value) {
	c.more().constants = append(c.more().constants, &classConstant{name: name, flags: flags, value: value, class: c})
}

// Case declares a case of an enum.
func (c *Class) Case(name string, value func() Value) {
	made := &classConstant{name: name, flags: Public, isCase: true, value: value, class: c}
	c.more().constants = append(c.more().constants, made)
	c.more().cases = append(c.more().cases, made)
}

// StartNull is the default of a property without a type.
func StartNull() Value { return nil }

// Prop declares a property; without a value it is not initialised.
func (c *Class) Prop(name string, flags int, types string, value func() Value) {
	c.more().properties = append(c.more().properties, &classProperty{name: name, types: types, flags: flags, value: value, class: c})
}

// Method declares a method: a function whose first parameter is the object, or the class for static ones; nil where it
// is abstract.
func (c *Class) Method(name string, flags int, f any) *Closure {
	hidden := ""
	if flags&Private != 0 {
		hidden = "private"
	} else if flags&Protected != 0 {
		hidden = "protected"
	}
	m := Method{Name: name, Static: flags&Static != 0, Hidden: hidden}
	if f == nil {
		c.more().abstract = append(c.more().abstract, name)
		c.Methods = append(c.Methods, m)
		return &Closure{}
	}
	v := reflect.ValueOf(f)
	first := reflect.Zero(v.Type().In(0))
	if m.Static {
		first = reflect.ValueOf(c)
	}
	known := reflectClosure(v, []reflect.Value{first}, c.Name+"::"+name)
	known.Scope = c
	c.more().methods[strings.ToLower(name)] = known
	m.Func = f
	if m.Static {
		m.Func = known
	}
	c.Methods = append(c.Methods, m)
	known.raw = v
	return known
}

// OfTrait stands for a method of a trait, which is there only in the classes that use it.
func OfTrait(any) { Stop("trait-call", "a method of a trait is called on the trait itself") }

// foundMethod is a method and the class that declares it.
type foundMethod struct {
	*Method
	class *Class
}

func (c *Class) findMethod(name string) *foundMethod {
	for at := c; at != nil; at = at.Parent {
		if m := at.method(name); m != nil {
			return &foundMethod{m, at}
		}
		if d := at.said(); d != nil && len(d.traits) > 0 && !d.whole && c.isUsers() {
			stopForMethod(at, name)
		}
	}
	for at := c; at != nil; at = at.Parent {
		for _, i := range at.Interfaces {
			if m := i.findMethod(name); m != nil {
				return m
			}
		}
	}
	return nil
}

// bound is the method as a closure of an object, or of the class it is called on.
func (m *foundMethod) bound(o Object, called *Class) *Closure {
	known := m.class.said()
	if known == nil || known.methods[strings.ToLower(m.Name)] == nil {
		if m.Static {
			return NewClosure(m.Func, m.class.Name+"::"+m.Name)
		}
		return bindMethod(o, m.class, m.Method)
	}
	pattern := known.methods[strings.ToLower(m.Name)]
	first := reflect.ValueOf(called)
	if !m.Static {
		first = reflect.ValueOf(o)
	}
	made := reflectClosure(pattern.raw, []reflect.Value{first}, pattern.Name)
	made.adopt(pattern)
	made.This, made.Scope = o, m.class
	if m.Static {
		made.This = nil
	}
	return made
}

// adopt takes over what is known of the parameters.
func (c *Closure) adopt(from *Closure) {
	c.Names, c.Required, c.Defaults, c.types = from.Names, from.Required, from.Defaults, from.types
	c.takesAll, c.isVariadic = from.takesAll, from.isVariadic
	if from.Builtin {
		c.Builtin, c.Most = true, from.Most
	}
	if from.takesAll {
		c.ByRef = from.ByRef
	}
}

// visible says whether a member that class hides may be used from scope.
func visible(hidden string, class, scope *Class) bool {
	switch hidden {
	case "private":
		return scope == class
	case "protected":
		return scope != nil && (scope.descends(class) || class.descends(scope))
	}
	return true
}

// visibleFrom says whether code of a class may call the method: a protected one belongs to the first class that had it.
func (m *foundMethod) visibleFrom(scope *Class) bool {
	first := m.class
	for c := first.Parent; c != nil && m.Hidden == "protected"; c = c.Parent {
		if above := c.method(m.Name); above != nil && above.Hidden != "private" {
			first = c
		}
	}
	return visible(m.Hidden, first, scope)
}

func (c *Class) descends(from *Class) bool {
	for ; c != nil; c = c.Parent {
		if c == from {
			return true
		}
	}
	return false
}

func hiddenBy(flags int) string {
	switch {
	case flags&Private != 0:
		return "private"
	case flags&Protected != 0:
		return "protected"
	}
	return ""
}

// DeclareClass makes a class of the program known, with what it inherits.
func DeclareClass(c *Class) *Class {
	d := c.more()
	if d.declared {
		return c
	}
	c.nameAnonymous()
	if old := FindClass(c.Name); old != nil && old != c && !strings.Contains(c.Name, "@anonymous\x00") {
		fatal("Cannot declare class " + c.Name + ", because the name is already in use")
	}
	if d.parent != "" {
		c.Parent = NeedClass(d.parent)
	}
	for _, name := range d.interfaces {
		i := loadClass(name)
		if i == nil {
			ThrowError("Interface \"" + name + "\" not found")
		}
		c.Interfaces = append(c.Interfaces, i)
	}
	if c.Enum {
		c.Interfaces = append(c.Interfaces, UnitEnumInterface)
		if d.backing != "" {
			c.Interfaces = append(c.Interfaces, BackedEnumInterface)
		}
		c.enumMethods()
	}
	if c.findMethod("__toString") != nil && !c.Is("Stringable") && !d.trait {
		c.Interfaces = append(c.Interfaces, stringableInterface)
	}
	d.declared = true
	if !c.Interface && !c.Enum && !d.trait {
		c.New = func() Object { return c.instance() }
	}
	c.declareStatics()
	if m := c.method("__construct"); m != nil && m.Func != nil {
		c.Construct = m.Func
	}
	return Declare(c)
}

// there is the class itself if it is declared by now; else it is looked for by its name, as PHP does.
func (c *Class) there() *Class {
	if d := c.said(); d != nil && !d.declared && classes[strings.ToLower(c.Name)] != c {
		return NeedClass(c.Name)
	}
	return c
}

// DeclareOnce is DeclareClass for a class that stands in an expression.
func DeclareOnce(c *Class) *Class {
	if !c.more().declared {
		DeclareClass(c)
		Complain(c)
	}
	return c
}

// Deprecates notes a deprecation that PHP gives as it declares the class.
func (c *Class) Deprecates(line int, message string) {
	c.more().complaints = append(c.more().complaints, complaint{line, message})
}

// Complain gives the deprecations of a class that was just declared.
func Complain(c *Class) {
	for _, one := range c.more().complaints {
		locate()
		position.line = one.line
		diagnoseHere(EDeprecated, one.message)
	}
}

// fatal ends the program with an error that nothing can catch.
func fatal(message string) {
	locate()
	display("\nFatal error: " + message + " in " + position.file + " on line " + ToString(position.line) + "\n")
	panic(exitRequest{status: 255})
}

func (c *Class) declareStatics() {
	d := c.more()
	if c.Parent != nil {
		for name, r := range c.Parent.more().statics {
			d.statics[name] = r
		}
	}
	for _, p := range d.properties {
		if p.flags&Static == 0 {
			continue
		}
		var v Value
		if p.value != nil {
			v = lazyStatic{p.value}
		} else if p.types != "" {
			v = Uninitialized{Type: p.types}
		}
		d.statics[p.name] = NewRef(v).bind(p)
	}
}

// lazyStatic is a static property whose default was not asked for yet.
type lazyStatic struct{ value func() Value }

// isUsers says that the program declares the class, as opposed to PHP.
func (c *Class) isUsers() bool {
	d := c.said()
	return d != nil && d.declared
}

// instance is a new object with its properties as declared.
func (c *Class) instance() Object {
	if d := c.more(); d.pattern != nil {
		return c.like(d.pattern)
	}
	stopForProperties(c)
	c.prepare()
	var o Object
	for at := c.Parent; at != nil; at = at.Parent {
		if !at.isUsers() && at.New != nil {
			o = at.New()
			break
		}
	}
	if o != nil {
		o.PHPBase().class = c
		c.fill(o)
		return o
	}
	made := Init(&Instance{}, c)
	c.fill(made)
	c.more().pattern = dynamicProperties(made).store.copy()
	return made
}

// like is a new object whose properties are those of the pattern.
func (c *Class) like(pattern *store) Object {
	made := &struct {
		Instance
		properties Array
		store      store
	}{store: store{hash: pattern.hash, count: pattern.count, next: pattern.next, counted: pattern.counted,
		base: pattern.base, entries: make([]entry, len(pattern.entries))}}
	for i, e := range pattern.entries {
		e.val = ownCopy(e.val)
		made.store.entries[i] = e
	}
	made.properties.store = &made.store
	made.dynamic = &made.properties
	return Init(&made.Instance, c)
}

// Instance is an object of a class of the program.
type Instance struct{ Base }

// initial is the value that the property begins with; it is worked out once.
func (p *classProperty) initial() Value {
	if !p.known {
		v := p.value()
		if p.types != "" {
			v = p.takes(v, nil)
		}
		p.known, p.v = true, v
	}
	return Copy(p.v)
}

// prepare works out the constants, and the values that properties begin with, which may make objects, before the object
// itself is there.
func (c *Class) prepare() {
	c.settleConstants()
	for at := c; at != nil; at = at.Parent {
		d := at.said()
		if d == nil || d.prepared {
			continue
		}
		for _, p := range d.properties {
			if p.flags&Static == 0 && p.value != nil {
				p.initial()
			}
		}
		d.prepared = true
	}
}

func (c *Class) fill(o Object) {
	if c.Parent != nil {
		c.Parent.fill(o)
	}
	d := c.said()
	if d == nil {
		return
	}
	for _, p := range d.properties {
		if p.flags&Static != 0 {
			continue
		}
		var v Value = Uninitialized{Type: p.types}
		if p.value != nil {
			v = p.initial()
		}
		if f, ok := declaredField(o, p.name); ok {
			if _, none := v.(Uninitialized); !none {
				setField(o, f, v)
			}
			continue
		}
		d := dynamicProperties(o)
		d.setRaw(p.key(), v)
		p.slot = d.store.find(p.key())
	}
}

// NeedClass is a class by name; autoloaders are asked, and it throws where there is none.
func NeedClass(name string) *Class {
	if c := loadClass(name); c != nil {
		return c
	}
	classNotFound(name)
	return nil
}

// Autoload asks the functions of spl_autoload_register() for a class; nil where there are none.
var Autoload func(name string)

func loadClass(name string) *Class {
	if c := FindClass(name); c != nil {
		return c
	}
	stopIfPHPHas(name)
	if Autoload != nil {
		Autoload(strings.TrimPrefix(name, "\\"))
		return FindClass(name)
	}
	return nil
}

// findClassIn is a class by name, where self, static and parent mean something.
func findClassIn(name string, scope *Class) *Class {
	switch strings.ToLower(name) {
	case "self", "static":
		return scope
	case "parent":
		if scope == nil {
			return nil
		}
		return scope.Parent
	}
	return loadClass(name)
}

// ClassFor is the class that a value names, or that of an object.
func ClassFor(v Value) *Class {
	switch v := Deref(v).(type) {
	case Object:
		return ClassOf(v)
	case string:
		return NeedClass(v)
	}
	ThrowError("Class name must be a valid object or a string")
	return nil
}

// Parent is the class above.
func Parent(c *Class) *Class {
	if c.Parent == nil {
		ThrowError("Cannot access \"parent\" when current class scope has no parent")
	}
	return c.Parent
}

// ClassNameIn is $v::class.
func ClassNameIn(v Value) string {
	o, ok := Deref(v).(Object)
	if !ok {
		ThrowTypeError("Cannot use \"::class\" on value of type " + TypeName(v))
	}
	return ClassName(o)
}

// NameOf is the name of a class; empty for none.
func NameOf(c *Class) string {
	if c == nil {
		return ""
	}
	return c.Name
}

// ParentName is get_parent_class() without arguments.
func ParentName(c *Class) Value {
	if c == nil || c.Parent == nil {
		return false
	}
	return c.Parent.Name
}

// InstanceOfValue is $v instanceof $class.
func InstanceOfValue(v, class Value) bool {
	switch class := Deref(class).(type) {
	case Object:
		return IsA(v, ClassName(class))
	case string:
		return IsA(v, strings.TrimPrefix(class, "\\"))
	}
	ThrowError("Class name must be a valid object or a string")
	return false
}

// ---- Constants ----

func (c *Class) findConst(name string) *classConstant {
	for at := c; at != nil; at = at.Parent {
		if d := at.said(); d != nil {
			for _, k := range d.constants {
				if k.name == name {
					return k
				}
			}
		}
		if at.Constants != nil {
			if v, ok := at.Constants.LookupKey(StrKey(name)); ok {
				return &classConstant{name: name, known: true, v: v, class: at, flags: Public}
			}
		}
		for _, i := range at.Interfaces {
			if k := i.findConst(name); k != nil {
				return k
			}
		}
	}
	return nil
}

func (k *classConstant) get() Value { return k.getAs("") }

// getAs is get for another declaration, which writes the class so: only that can come round to it again.
func (k *classConstant) getAs(written string) Value {
	if k.known {
		return k.v
	}
	if k.running {
		ThrowError("Cannot declare self-referencing constant " + written + "::" + k.name)
	}
	if written != "" {
		k.running = true
		defer func() { k.running = false }()
	}
	if k.isCase {
		k.class.distinctCases()
		k.v = k.makeCase()
	} else {
		k.v = k.value()
	}
	k.known = true
	return k.v
}

// settleConstants works out the constants of the class and of what it descends from, as PHP does before the first object.
func (c *Class) settleConstants() {
	d := c.said()
	if d == nil || d.settled {
		return
	}
	c.Parent.settleConstants()
	for _, i := range c.Interfaces {
		i.settleConstants()
	}
	for _, k := range d.constants {
		k.settle()
	}
	d.settled = true
}

// settling says whether a constant is made that nobody has asked for.
var settling bool

// leftOpen is what ends the making of a constant that the program would stop for.
type leftOpen struct{}

// settle works out the constant, or leaves it until the program asks for it, where the runtime lacks what it names.
func (k *classConstant) settle() {
	if k.known || k.isCase {
		return
	}
	outer, within := OnStop, settling
	OnStop, settling = func(string, string) { panic(leftOpen{}) }, true
	defer func() {
		OnStop, settling = outer, within
		if why := recover(); why != nil && why != (leftOpen{}) {
			panic(why)
		}
	}()
	k.get()
}

func (k *classConstant) makeCase() Value {
	o := Init(&Instance{}, k.class)
	dynamicProperties(o).SetStr("name", k.name)
	if k.value != nil {
		dynamicProperties(o).SetStr("value", k.value())
	}
	return o
}

// ClassConst is class::NAME.
func ClassConst(c *Class, name string, scope *Class) Value { return ClassConstAs(c, name, scope, "") }

// ClassConstAs is class::NAME in a declaration, where messages name the class as it is written there.
func ClassConstAs(c *Class, name string, scope *Class, written string) Value {
	c = c.there()
	k := c.findConst(name)
	if k == nil {
		ThrowError("Undefined constant " + c.Name + "::" + name)
	}
	if hidden := hiddenBy(k.flags); !visible(hidden, k.class, scope) {
		ThrowError("Cannot access " + hidden + " constant " + c.Name + "::" + name)
	}
	return k.getAs(written)
}

func (c *Class) enumMethods() {
	cases := func() *Array {
		a := NewArray()
		for _, k := range c.more().cases {
			a.Append(k.get())
		}
		return a
	}
	c.Methods = append(c.Methods, Method{Name: "cases", Static: true, Func: cases})
	if c.more().backing == "" {
		return
	}
	find := func(v Value) Value {
		for _, k := range c.more().constants {
			k.get() // as PHP does, all of them
		}
		for _, k := range c.more().cases {
			o := k.get().(Object)
			if StrictEqual(o.PHPBase().dynamic.GetStr("value"), v) {
				return o
			}
		}
		return nil
	}
	types := c.more().backing
	from := func(v Value) Value {
		v = backingValue(v, types, c.Name+"::from(): Argument #1 ($value)")
		c.distinctCases()
		if o := find(v); o != nil {
			return o
		}
		shown := ToString(v)
		if types == "string" {
			shown = "\"" + shown + "\""
		}
		ThrowValueError(shown + " is not a valid backing value for enum " + enumName(c))
		return nil
	}
	try := func(v Value) Value {
		v = backingValue(v, types, c.Name+"::tryFrom(): Argument #1 ($value)")
		c.distinctCases()
		return find(v)
	}
	c.Methods = append(c.Methods, Method{Name: "from", Static: true, Func: from},
		Method{Name: "tryFrom", Static: true, Func: try})
}

// backingValue is an argument as the value of a case.
func backingValue(v Value, types, place string) Value {
	if strictTypes {
		return Strict(v, types, place)
	}
	if types == "int" {
		return ParamInt(v, place)
	}
	return ParamString(v, place)
}

// distinctCases throws where two cases have the same value.
func (c *Class) distinctCases() {
	d := c.more()
	if d.backing == "" || d.distinct {
		return
	}
	names := map[Value]string{}
	for _, k := range d.cases {
		v := k.value()
		if other, twice := names[v]; twice {
			ThrowError("Duplicate value in enum " + c.Name + " for cases " + other + " and " + k.name)
		}
		if _, ok := coerce(v, d.backing, true); !ok {
			ThrowTypeError("Enum case type " + TypeName(v) + " does not match enum backing type " + d.backing)
		}
		names[v] = k.name
	}
	d.distinct = true
}

// enumName is how messages show an enum.
func enumName(c *Class) string { return c.Name }

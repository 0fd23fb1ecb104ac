package php

import "strings"

// Variables that the program finds by name: those of the file's own code through $GLOBALS, and those of functions with
// $$name, extract(), compact() of computed names or get_defined_vars().

// globalNames are what $GLOBALS has before the variables of the program.
var globalNames = []string{"_GET", "_POST", "_COOKIE", "_FILES", "argv", "argc", "_SERVER"}

// Mentions says that the program names these of $_ENV and $_REQUEST, in that order: only then PHP makes them.
func Mentions(names ...string) { globalNames = append(globalNames, names...) }

func isGlobalName(name string) bool {
	for _, one := range globalNames {
		if one == name {
			return true
		}
	}
	return false
}

// Globals is $GLOBALS as a value: a copy of what the variables hold.
func Globals() *Array {
	out := NewArray()
	for _, name := range globalNames {
		switch name {
		case "argv":
			out.SetStr(name, Argv())
		case "argc":
			out.SetStr(name, Argc())
		default:
			out.SetStr(name, Copy(Superglobal(name)))
		}
	}
	globals.eachRaw(func(k Key, v Value) {
		if Deref(v) == Undef {
			return
		}
		if r, ok := v.(*Ref); ok && r.alone() {
			v = Copy(r.V)
		}
		out.setRaw(k, v)
	})
	return out
}

func globalValue(name string) (Value, bool) {
	if v, ok := globals.LookupKey(StrKey(name)); ok && v != Undef {
		return v, true
	}
	if isGlobalName(name) {
		return Globals().Peek(name), true
	}
	return nil, false
}

// GlobalValue is $GLOBALS[name].
func GlobalValue(name string) Value {
	v, ok := globalValue(name)
	if !ok {
		Warning("Undefined global variable $" + name)
	}
	return Copy(v)
}

// QuietGlobal is $GLOBALS[name] ?? null.
func QuietGlobal(name string) Value {
	v, _ := globalValue(name)
	return Copy(v)
}

// SetGlobal is $GLOBALS[name] = v.
func SetGlobal(name string, v Value) Value { return Global(name).Set(v) }

// GlobalPlace is the place of $GLOBALS[name] in an expression that writes.
func GlobalPlace(name string) *Value { return &Global(name).V }

// GlobalRef is &$GLOBALS[name].
func GlobalRef(name string) *Ref { return Global(name).Defined() }

// ForgetGlobal is unset($GLOBALS[name]).
func ForgetGlobal(name string) {
	if v, ok := globals.getRaw(StrKey(name)); ok {
		forget(v.(*Ref), 1)
	}
}

// forget unsets a variable whose reference other code of the program goes on using; that must be its only other holder.
func forget(r *Ref, most int) {
	if r.holders > most {
		Stop("unset-reference", "a variable that is unset by a computed name is bound to others")
	}
	r.V = Undef
}

// UpdateGlobal is $GLOBALS[name] op= v.
func UpdateGlobal(name string, op func(a, b Value) Value, v Value) Value {
	return SetGlobal(name, op(GlobalValue(name), v))
}

// UpdateGlobalOld gives what was there before.
func UpdateGlobalOld(name string, op func(a, b Value) Value, v Value) Value {
	old := GlobalValue(name)
	SetGlobal(name, op(old, v))
	return old
}

// UpdatePlace is *place op= v.
func UpdatePlace(place *Value, op func(a, b Value) Value, v Value) Value {
	place = behind(place)
	*place = op(Quiet(*place), v)
	return *place
}

// UpdatePlaceOld gives what was there before.
func UpdatePlaceOld(place *Value, op func(a, b Value) Value, v Value) Value {
	old := Quiet(*behind(place))
	UpdatePlace(place, op, v)
	return old
}

// Scope is the variables of a call by name.
type Scope struct {
	names []string
	refs  map[string]*Ref
	whole bool // those of the file's own code
	this  Object
}

// This gives the scope of a method its object.
func (s *Scope) This(this Object) { s.this = Self(this) }

// NewScope makes an empty one.
func NewScope() *Scope { return &Scope{refs: map[string]*Ref{}} }

// GlobalScope is the variables of the file's own code.
func GlobalScope() *Scope { return &Scope{whole: true} }

func (s *Scope) find(name string) (*Ref, bool) {
	if s.whole {
		if v, ok := globals.getRaw(StrKey(name)); ok {
			return v.(*Ref), true
		}
		return nil, false
	}
	r, ok := s.refs[name]
	return r, ok
}

// Variable is a variable as a reference, made where there is none.
func (s *Scope) Variable(name string) *Ref {
	if r, ok := s.find(name); ok {
		return r
	}
	if s.whole {
		return GlobalVariable(name)
	}
	r := NewUndefined()
	s.names = append(s.names, name)
	s.refs[name] = r
	return r
}

// Bind binds a variable to a reference, which it gives back.
func (s *Scope) Bind(name string, r *Ref) *Ref {
	if s.whole {
		return BindGlobal(name, r)
	}
	old, ok := s.refs[name]
	if !ok { // the variable is there already, and only gets its name
		s.names = append(s.names, name)
		s.refs[name] = r
		return r
	}
	old.holders--
	r.holders++
	s.refs[name] = r
	return r
}

// Unset is unset() of a variable: what is assigned next is another one.
func (s *Scope) Unset(name string) *Ref {
	if s.whole {
		return UnsetGlobal(name)
	}
	return s.Bind(name, &Ref{V: Undef})
}

// Read is $$name.
func (s *Scope) Read(name string) Value {
	if r, ok := s.find(name); ok {
		return Read(r.V, name)
	}
	if s.whole && name == "GLOBALS" {
		return Globals()
	}
	if s.whole && isGlobalName(name) {
		return GlobalValue(name)
	}
	if s.this != nil && name == "this" {
		return s.this
	}
	Warning("Undefined variable $" + name)
	return nil
}

// Quiet is $$name ?? null.
func (s *Scope) Quiet(name string) Value {
	if s.this != nil && name == "this" {
		return s.this
	}
	if r, ok := s.find(name); ok {
		return Quiet(r.V)
	}
	return nil
}

// Place is the place of $$name in an expression that writes.
func (s *Scope) Place(name string) *Value {
	s.writable(name)
	return &s.Variable(name).V
}

// Ref is &$$name.
func (s *Scope) Ref(name string) *Ref {
	s.writable(name)
	return s.Variable(name).Defined()
}

// Assign is $$name = v.
func (s *Scope) Assign(name string, v Value) Value {
	s.writable(name)
	return s.Variable(name).Set(v)
}

func (s *Scope) writable(name string) {
	if name == "this" {
		ThrowError("Cannot re-assign $this")
	}
}

// Forget is unset($$name).
func (s *Scope) Forget(name string) {
	if name == "this" {
		ThrowError("Cannot unset $this")
	}
	if r, ok := s.find(name); ok {
		forget(r, 1)
	}
}

// Defined is get_defined_vars().
func (s *Scope) Defined() *Array {
	if s.whole {
		return Globals()
	}
	a := NewArray()
	for _, name := range s.names {
		r := s.refs[name]
		switch {
		case r.V == Undef:
		case r.alone():
			a.SetStr(name, Copy(r.V))
		default:
			a.setRaw(StrKey(name), r)
		}
	}
	return a
}

func isIdentifier(s string) bool {
	if s == "" || isDigit(s[0]) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && s[i] != '_' && s[i] < 0x80 {
			return false
		}
	}
	return true
}

// The ways of extract() with variables that are there already.
const (
	extrOverwrite = iota
	extrSkip
	extrPrefixSame
	extrPrefixAll
	extrPrefixInvalid
	extrPrefixIfExists
	extrIfExists
	extrRefs = 256
)

// Extract is extract(), after https://www.php.net/manual/en/function.extract.php.
func (s *Scope) Extract(array Value, more ...Value) int { return s.ExtractFrom(&array, more...) }

// ExtractFrom is extract() of the array in a place, whose elements EXTR_REFS makes references.
func (s *Scope) ExtractFrom(place *Value, more ...Value) int {
	place = behind(place)
	a := ParamArray(Quiet(*place), "extract(): Argument #1 ($array)")
	mode, prefix := extrOverwrite, ""
	if len(more) > 0 {
		mode = ParamInt(more[0], "extract(): Argument #2 ($flags)")
	}
	refers := mode&extrRefs != 0
	mode &^= extrRefs
	if mode < extrOverwrite || mode > extrIfExists {
		badArgument("extract", 2, "flags", "must be a valid extract type")
	}
	if len(more) > 1 {
		prefix = ParamString(more[1], "extract(): Argument #3 ($prefix)")
		if prefix != "" && !isIdentifier(prefix) {
			badArgument("extract", 3, "prefix", "must be a valid identifier")
		}
	} else if mode > extrSkip && mode <= extrPrefixIfExists {
		badArgument("extract", 3, "prefix", "is required when using this extract type")
	}
	count := 0
	a.Each(func(k Key, v Value) bool {
		name, ok := s.extracted(k, mode, prefix)
		if ok && refers {
			ok = s.extractRef(name, a, k, mode)
		} else if ok {
			ok = s.extractTo(name, v, mode)
		}
		if ok {
			count++
		}
		return true
	})
	return count
}

// extractRef binds a variable and an element to each other. The program goes on with the variable's own reference, so
// neither may be bound to anything else.
func (s *Scope) extractRef(name string, a *Array, k Key, mode int) bool {
	if name == "GLOBALS" || name == "this" && mode != extrOverwrite && mode != extrIfExists {
		return false
	}
	s.writable(name)
	r := s.Variable(name)
	old, _ := a.getRaw(k)
	if other, ok := old.(*Ref); ok && other == r {
		return true
	} else if ok && !other.alone() || !r.alone() {
		Stop("extract-references", "what extract() binds to $"+name+" is bound to others")
	}
	r.V = Copy(old)
	a.setRaw(k, r)
	return true
}

// extracted is the name under which extract() makes a variable of a key.
func (s *Scope) extracted(k Key, mode int, prefix string) (string, bool) {
	name := k.String()
	prefixed := prefix + "_" + name
	r, there := s.find(name)
	there = there && r.V != Undef
	switch mode {
	case extrPrefixAll:
		return prefixed, isIdentifier(prefixed)
	case extrPrefixInvalid:
		if !k.IsStr || !isIdentifier(name) || name == "this" {
			return prefixed, isIdentifier(prefixed)
		}
		return name, true
	}
	if !k.IsStr || !isIdentifier(name) {
		if mode == extrPrefixSame && k.IsStr && name == "" {
			return prefixed, isIdentifier(prefixed)
		}
		return "", false
	}
	switch mode {
	case extrSkip:
		return name, !there && name != "this"
	case extrIfExists:
		return name, there
	case extrPrefixIfExists:
		return prefixed, there && isIdentifier(prefixed)
	case extrPrefixSame:
		if there || name == "this" {
			return prefixed, isIdentifier(prefixed)
		}
	}
	return name, true
}

func (s *Scope) extractTo(name string, v Value, mode int) bool {
	if name == "GLOBALS" {
		return false
	}
	if name == "this" && mode != extrOverwrite && mode != extrIfExists {
		return false
	}
	s.Assign(name, Copy(v))
	return true
}

// CompactThis adds $this under its name, if there is one.
func (a *Array) CompactThis(this Value) *Array {
	if this != nil {
		a.SetStr("this", this)
	}
	return a
}

// CompactNamed adds the variables that a value names: a string, or an array of what it takes itself.
func (a *Array) CompactNamed(s *Scope, names, this Value) *Array {
	a.compactNamed(s, names, this, 1)
	return a
}

func (a *Array) compactNamed(s *Scope, names, this Value, depth int) {
	switch names := Deref(names).(type) {
	case string:
		if names == "this" {
			a.CompactThis(this)
		} else if r, ok := s.find(names); ok && r.V != Undef {
			a.SetStr(names, Copy(r.V))
		} else {
			Warning("compact(): Undefined variable $" + names)
		}
	case *Array:
		if depth > 1000 {
			ThrowError("Recursion detected")
		}
		names.Each(func(_ Key, v Value) bool {
			a.compactNamed(s, v, this, depth+1)
			return true
		})
	default:
		Warning("compact(): Argument #1 must be string or array of strings, " + TypeName(names) + " given")
	}
}

// ---- Arguments whose parameters are not known where they are given ----

// perhaps is an argument that becomes a reference where the parameter takes one.
type perhaps struct {
	ref   func() *Ref
	value func() Value
}

// EitherWay is an argument as a reference or as a value, as what is called wants it.
func EitherWay(ref func() *Ref, value func() Value) Value { return perhaps{ref, value} }

// Perhaps is a variable that was not assigned as an argument.
func Perhaps(r *Ref, name string) Value {
	return perhaps{func() *Ref { return r.Defined() }, func() Value { return Copy(Read(r.V, name)) }}
}

// NotHere throws the error of what cannot be asked for in this place.
func NotHere(message string) Value {
	ThrowError(message)
	return nil
}

// NoScope throws the error of self, static and parent outside of classes.
func NoScope(word string) *Class {
	ThrowError("Cannot access \"" + word + "\" when no class scope is active")
	return nil
}

// ArrayOrNull is an array as a value: null where there is none.
func ArrayOrNull(a *Array) Value {
	if a == nil {
		return nil
	}
	return a
}

// ListRef is what [k => &$x] = $v binds.
func ListRef(place *Value, k Value) *Ref {
	place = behind(place)
	switch (*place).(type) {
	case *Array, nil, undefined:
		return IndexRef(place, k)
	}
	return NewRef(ListItem(*place, k))
}

// ValueAt is what a place holds.
func ValueAt(place *Value) Value { return Quiet(Deref(*place)) }

// UpdateAppend is $place[] op= v.
func UpdateAppend(place *Value, op func(a, b Value) Value, v Value) Value {
	if o, ok := Deref(*place).(Object); ok {
		a := arrayAccess(o)
		made := op(a.OffsetGet(nil), v)
		a.OffsetSet(nil, made)
		return made
	}
	return AppendTo(place, op(nil, v))
}

// UpdateAppendOld gives what was there before: null.
func UpdateAppendOld(place *Value, op func(a, b Value) Value, v Value) Value {
	UpdateAppend(place, op, v)
	return nil
}

// aliases are the names of classes by the other names they got.
var aliases = map[string]string{}

// ClassAlias is class_alias().
func ClassAlias(class, alias Value) bool {
	name := ParamString(class, "class_alias(): Argument #1 ($class)")
	other := strings.TrimPrefix(ParamString(alias, "class_alias(): Argument #2 ($alias)"), "\\")
	c := loadClass(name)
	switch {
	case c == nil:
		Warning("Class \"" + name + "\" not found")
		return false
	case c.said() == nil || !c.said().declared:
		ThrowValueError("class_alias(): Argument #1 ($class) must be a user-defined class name, internal class name given")
	case FindClass(other) != nil:
		Warning("Cannot declare class " + other + ", because the name is already in use")
		return false
	}
	classes[strings.ToLower(other)] = c
	aliases[strings.ToLower(other)] = c.Name
	return true
}

// MultisortPlaces is array_multisort(): places of arrays, or orders and flags.
func MultisortPlaces(arguments ...any) bool {
	refs := make([]*Ref, 0, len(arguments))
	for _, one := range arguments {
		if place, ok := one.(*Value); ok {
			place = behind(place)
			v := Quiet(*place)
			if a, ok := v.(*Array); ok && a.store.shared {
				v = a.Clone()
				*place = v
			}
			refs = append(refs, &Ref{V: v})
			continue
		}
		refs = append(refs, &Ref{V: one})
	}
	return multisort(refs)
}

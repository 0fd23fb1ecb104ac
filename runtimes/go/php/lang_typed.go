package php

import "strconv"

// Properties with a type: what they accept, and the references to them, which accept no more than all typed properties
// they are bound to. After https://www.php.net/manual/en/language.oop5.properties.php and the RFC on typed properties.

// strictTypes says that the program's own code declares strict_types.
var strictTypes bool

// StrictTypes is declare(strict_types=1).
func StrictTypes() { strictTypes = true }

// title names the property in messages.
func (p *classProperty) title() string { return p.class.Name + "::$" + p.name }

// coerced is x as the type takes it.
func (p *classProperty) coerced(x Value, strict bool) (Value, bool) {
	if p.checked == "" {
		p.checked = resolvedTypes(p.types, p.class)
	}
	return coerce(x, p.checked, strict)
}

// takes is x as the property takes it; it throws where it takes it not at all.
func (p *classProperty) takes(x, old Value) Value {
	if p.types == "" {
		return x
	}
	if step := overflowed(x, old); step != 0 && !p.allows("float") {
		if step > 0 {
			ThrowTypeError("Cannot increment property " + p.title() + " of type " + p.types + " past its maximal value")
		}
		ThrowTypeError("Cannot decrement property " + p.title() + " of type " + p.types + " past its minimal value")
	}
	out, ok := p.coerced(x, strictTypes)
	if !ok {
		ThrowTypeError("Cannot assign " + TypeName(x) + " to property " + p.title() + " of type " + p.types)
	}
	return out
}

func (p *classProperty) allows(t string) bool {
	return p.types == "" || p.types == "mixed" || has(typeList(p.types), t)
}

// needArray throws where the property, which holds nothing, cannot become an array.
func (p *classProperty) needArray() {
	if !p.allows("array") {
		ThrowTypeError("Cannot auto-initialize an array inside property " + p.title() + " of type " + p.types)
	}
}

// lastStep is +1 or -1 after ++ or -- of an int gave a float, until the next assignment that asks.
var lastStep int

func stepped(v Value, step int) Value {
	if _, ok := v.(float64); ok {
		lastStep = step
	}
	return v
}

// overflowed says whether x came out of ++ (+1) or -- (-1) of the old value, which was as great or small as ints are.
func overflowed(x, old Value) int {
	step := lastStep
	lastStep = 0
	f, ok := x.(float64)
	if step == 0 || !ok {
		return 0
	}
	if n, ok := Deref(old).(int); ok && (n == maxInt && f > 0 || n == minInt && f < 0) {
		return step
	}
	return 0
}

// accept is x as all typed properties bound to the reference take it; it throws where they do not agree.
func (r *Ref) accept(x Value) Value {
	step := overflowed(x, r.V)
	var out Value
	var first *classProperty
	for _, p := range r.types {
		if step > 0 && !p.allows("float") {
			ThrowTypeError("Cannot increment a reference held by property " + p.title() + " of type " + p.types +
				" past its maximal value")
		}
		if step < 0 && !p.allows("float") {
			ThrowTypeError("Cannot decrement a reference held by property " + p.title() + " of type " + p.types +
				" past its minimal value")
		}
		made, ok := p.coerced(x, strictTypes)
		if !ok {
			ThrowTypeError("Cannot assign " + TypeName(x) + " to reference held by property " + p.title() + " of type " +
				p.types)
		}
		if first == nil {
			first, out = p, made
		} else if !StrictEqual(out, made) {
			ThrowTypeError("Cannot assign " + TypeName(x) + " to reference held by property " + first.title() +
				" of type " + first.types + " and property " + p.title() + " of type " + p.types +
				", as this would result in an inconsistent type conversion")
		}
	}
	return out
}

// bind notes that a typed property is bound to the reference.
func (r *Ref) bind(p *classProperty) *Ref {
	if p != nil && p.types != "" && p.types != "mixed" {
		r.types = append(r.types, p)
	}
	return r
}

// unbind notes that it is no longer.
func (r *Ref) unbind(p *classProperty) {
	for i, one := range r.types {
		if one == p {
			r.types = append(append([]*classProperty(nil), r.types[:i]...), r.types[i+1:]...)
			return
		}
	}
}

// unbindValue is unbind for what a property held.
func unbindValue(v Value, p *classProperty) {
	if r, ok := v.(*Ref); ok && p != nil {
		r.unbind(p)
	}
}

// admit sees to it that a typed property can be bound to the reference.
func (p *classProperty) admit(r *Ref) {
	if p == nil || p.types == "" || p.types == "mixed" {
		return
	}
	out, ok := p.coerced(r.V, strictTypes)
	if ok && (len(r.types) == 0 || StrictEqual(out, r.V)) {
		r.V = out
		return
	}
	// Only what a type of scalars might still be made of is told from the type that the reference has.
	scalars := p.allows("int") || p.allows("float") || p.allows("string") || p.allows("bool")
	if len(r.types) == 0 || r.V == nil || !scalars {
		ThrowTypeError("Cannot assign " + TypeName(r.V) + " to property " + p.title() + " of type " + p.types)
	}
	held := r.types[0]
	ThrowTypeError("Reference with value of type " + TypeName(r.V) + " held by property " + held.title() + " of type " +
		held.types + " is not compatible with property " + p.title() + " of type " + p.types)
}

// firstReference is what a property that was not initialised becomes when a reference is taken of it: null.
func (p *classProperty) firstReference() {
	if p.types != "" && !p.allows("null") && p.types[0] != '?' {
		ThrowError("Cannot access uninitialized non-nullable property " + p.title() + " by reference")
	}
}

// resolvedTypes is a type with the class in the place of self and parent.
func resolvedTypes(types string, c *Class) string {
	list := typeList(types)
	if !has(list, "self") && !has(list, "parent") {
		return types
	}
	out := ""
	for i, t := range list {
		switch {
		case t == "self":
			t = c.Name
		case t == "parent" && c.Parent != nil:
			t = c.Parent.Name
		}
		if i > 0 {
			out += "|"
		}
		out += t
	}
	return out
}

// TypedRef is a parameter by reference with a type: what the argument holds is coerced where it is.
func TypedRef(r *Ref, types, function string, n int, name string) *Ref {
	place := function + "(): Argument #" + strconv.Itoa(n) + " ($" + name + ")"
	if strictTypes {
		r.Set(StrictArg(r.V, types, place))
	} else {
		r.Set(Arg(r.V, types, place))
	}
	return r
}

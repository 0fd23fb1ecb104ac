// Package builtins calls PHP's functions by name, with the coercions, counts and messages of PHP's calls from untyped
// code. Importing it makes every function of the table callable; programs whose names are all known do without.
package builtins

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"banyan/php"
)

// row is one function of builtins.tsv.
type row struct {
	name       string
	function   any
	result     string
	parameters string
}

// parameter is one column of a row: what a function takes.
type parameter struct {
	name, kind string
	inPlace    bool // an array changed in place, or a variable read and written
	out        bool // only written
	variadic   bool
	optional   bool
	fallback   php.Value
	place      string // as messages name it
}

var closures = map[string]*php.Closure{}

func init() {
	rows := make(map[string]*row, len(table))
	for i := range table {
		rows[table[i].name] = &table[i]
	}
	php.FindFunction = func(name string) (*php.Closure, bool) {
		if c, ok := closures[name]; ok {
			return c, true
		}
		r, ok := rows[name]
		if !ok {
			return nil, false
		}
		closures[name] = r.closure()
		return closures[name], true
	}
}

// Call is a call of a builtin by name with untyped arguments; *php.Ref where it takes references.
func Call(name string, arguments ...php.Value) php.Value {
	c, ok := php.FindFunction(strings.ToLower(name))
	if !ok {
		php.ThrowError("Call to undefined function " + name + "()")
	}
	return c.Call(arguments...)
}

// Names is every function of the table.
func Names() []string {
	names := make([]string, len(table))
	for i, r := range table {
		names[i] = r.name
	}
	return names
}

func (r *row) closure() *php.Closure {
	parameters := r.parse()
	c := php.NewClosure(func(arguments ...php.Value) php.Value { return r.call(parameters, arguments) }, r.name)
	c.Builtin, c.Most = true, len(parameters)
	c.ByRef = func(i int) bool {
		if i >= len(parameters) {
			i = len(parameters) - 1
		}
		return i >= 0 && (parameters[i].inPlace || parameters[i].out) && (i < len(parameters))
	}
	for _, p := range parameters {
		c.Names = append(c.Names, p.name)
		if p.variadic {
			c.Most = -1
		} else if !p.optional {
			c.Required++
		} else {
			c.Defaults = append(c.Defaults, p.fallback)
		}
	}
	return c
}

// parse reads "&name:type=default" columns; see the head of builtins.tsv.
func (r *row) parse() []parameter {
	var all []parameter
	if r.parameters == "" {
		return nil
	}
	for i, column := range strings.Split(r.parameters, "\t") {
		var p parameter
		p.inPlace = strings.HasPrefix(column, "&")
		p.out = strings.HasPrefix(column, ">")
		column = strings.TrimLeft(column, "&>")
		p.variadic = strings.HasPrefix(column, "...")
		column = strings.TrimPrefix(column, "...")
		column, fallback, optional := cut(column, "=")
		p.optional = optional
		if optional && fallback != "absent" {
			p.fallback = literal(fallback)
		}
		p.name, p.kind, _ = strings.Cut(column, ":")
		p.place = r.name + "(): Argument #" + strconv.Itoa(i+1) + " ($" + p.name + ")"
		all = append(all, p)
	}
	return all
}

// cut splits at the first separator after the type; defaults may hold anything.
func cut(s, separator string) (before, after string, found bool) { return strings.Cut(s, separator) }

func literal(text string) php.Value {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		panic("builtins: bad default " + text)
	}
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.Atoi(string(v)); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		return php.NewArray()
	}
	return v
}

func (r *row) call(parameters []parameter, arguments []php.Value) php.Value {
	f := reflect.ValueOf(r.function)
	t := f.Type()
	var in []reflect.Value
	var after []func()
	for i, p := range parameters {
		if p.variadic {
			for n, a := range arguments[min(i, len(arguments)):] {
				q := p
				q.place = r.name + "(): Argument #" + strconv.Itoa(i+n+1)
				in = append(in, q.coerce(a, t.In(t.NumIn()-1).Elem(), &after))
			}
			break
		}
		if i < len(arguments) {
			in = append(in, p.coerce(arguments[i], t.In(i), &after))
		} else {
			in = append(in, p.absent(t.In(i)))
		}
	}
	defer func() { // also when it throws
		for _, store := range after {
			store()
		}
	}()
	out := f.Call(in)
	return r.results(out)
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func (p *parameter) absent(t reflect.Type) reflect.Value {
	if p.out || p.fallback == nil {
		return reflect.Zero(t)
	}
	if t.Kind() == reflect.Interface {
		return reflect.ValueOf(p.fallback)
	}
	return reflect.ValueOf(p.fallback).Convert(t)
}

// coerce is an argument as the Go function takes it; what is to be stored afterwards is added to after.
func (p *parameter) coerce(v php.Value, t reflect.Type, after *[]func()) reflect.Value {
	if p.out || p.inPlace && t != reflect.TypeOf((*php.Array)(nil)) {
		return p.pointer(v, t, after)
	}
	if p.inPlace {
		if o, ok := php.Deref(v).(php.Object); ok && p.kind != "array" {
			return reflect.ValueOf(php.ToArray(o))
		}
	}
	made := p.value(v)
	if t == reflect.TypeOf(php.Optional{}) {
		return reflect.ValueOf(php.Given(made))
	}
	if made == nil {
		return reflect.Zero(t)
	}
	return reflect.ValueOf(made)
}

func (p *parameter) pointer(v php.Value, t reflect.Type, after *[]func()) reflect.Value {
	target := reflect.New(t.Elem())
	ref, ok := v.(*php.Ref)
	if p.inPlace && ok && ref.V != nil {
		target.Elem().Set(reflect.ValueOf(ref.V))
	}
	if p.out && target.Elem().Kind() == reflect.Int {
		target.Elem().SetInt(unwritten)
	}
	if ok {
		*after = append(*after, func() {
			switch e := target.Elem(); { // a function that fails early leaves the variable alone
			case e.Kind() == reflect.Int && e.Int() == unwritten, !p.inPlace && e.Kind() == reflect.Ptr && e.IsNil():
			default:
				ref.V = plain(e)
			}
		})
	}
	return target
}

// unwritten marks an int that the function has not set.
const unwritten = -1 << 62

// plain is what a Go function left behind a pointer, as a PHP value.
func plain(v reflect.Value) php.Value {
	if (v.Kind() == reflect.Ptr || v.Kind() == reflect.Interface) && v.IsNil() {
		return nil
	}
	return v.Interface()
}

func (p *parameter) value(v php.Value) php.Value {
	switch p.kind {
	case "int":
		return php.ParamInt(v, p.place)
	case "float":
		return php.ParamFloat(v, p.place)
	case "string":
		return php.ParamString(v, p.place)
	case "bool":
		return php.ParamBool(v, p.place)
	case "array":
		return php.ParamArray(v, p.place)
	case "callable":
		return php.ParamCallable(v, p.place)
	case "?callable":
		if php.Deref(v) == nil {
			return nil
		}
		return php.ParamCallableOrNull(v, p.place)
	case "mixed":
		return php.Deref(v)
	case "object":
		return php.ParamObject(v, p.place)
	}
	return php.ParamUnion(v, p.kind, p.place)
}

// results is what the Go function gave as PHP gives it; the second of a pair says whether there is a value.
func (r *row) results(out []reflect.Value) php.Value {
	if len(out) == 0 {
		return nil
	}
	if len(out) == 2 && !out[1].Bool() {
		if strings.HasPrefix(r.result, "?") || strings.HasSuffix(r.result, "|null") {
			return nil
		}
		return false
	}
	return plain(out[0])
}

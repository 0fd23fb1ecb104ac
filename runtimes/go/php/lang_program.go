package php

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// What a converted program is as a whole: its global variables, its constants, and which line of PHP runs.

var globals = NewArray()

// Global is a variable of the file's own code as a reference that functions share.
func Global(name string) *Ref {
	if v, ok := globals.getRaw(StrKey(name)); ok {
		if r, ok := v.(*Ref); ok {
			return r
		}
	}
	r := globals.RefAt(name)
	return r
}

// Globals is $GLOBALS: a copy whose elements are the variables themselves.
func Globals() *Array {
	out := NewArray()
	globals.eachRaw(func(k Key, v Value) {
		if Deref(v) != Undef {
			out.setRaw(k, v)
		}
	})
	return out
}

// UnsetGlobal is unset() of a variable of the file's own code: what is assigned next is another variable.
func UnsetGlobal(name string) *Ref {
	globals.Unset(name)
	r := NewUndefined()
	globals.BindRef(name, r)
	return r
}

// BindGlobal is $name = &r in the file's own code.
func BindGlobal(name string, r *Ref) *Ref {
	globals.BindRef(name, r)
	return r
}

var superglobals = map[string]*Value{}

// SuperglobalPlace is where $_SERVER and its like are kept.
func SuperglobalPlace(name string) *Value {
	place, ok := superglobals[name]
	if !ok {
		var empty Value = NewArray()
		place = &empty
		superglobals[name] = place
	}
	return place
}

// Superglobal is the value of $_GET and its like.
func Superglobal(name string) Value { return *SuperglobalPlace(name) }

// constantKey is how a constant is found: the namespace in lower case.
func constantKey(name string) string {
	name = strings.TrimPrefix(name, "\\")
	if i := strings.LastIndexByte(name, '\\'); i >= 0 {
		return strings.ToLower(name[:i]) + name[i:]
	}
	return name
}

func findConstant(name string) (Value, bool) {
	if v, ok := userConstants[constantKey(name)]; ok {
		return v, true
	}
	if v, ok := constantTable[name]; ok {
		return v, true
	}
	switch strings.ToLower(name) {
	case "true":
		return true, true
	case "false":
		return false, true
	case "null":
		return nil, true
	}
	return nil, false
}

// ConstantOf is a constant by name; in a namespace the global one is the second.
func ConstantOf(names ...string) Value {
	for _, name := range names {
		if v, ok := findConstant(name); ok {
			return v
		}
	}
	ThrowError("Undefined constant \"" + names[0] + "\"")
	return nil
}

// DefineConst is const NAME = v.
func DefineConst(name string, v Value) {
	if _, ok := findConstant(name); ok {
		Warning("Constant " + name + " already defined")
		return
	}
	userConstants[constantKey(name)] = v
}

// DefineValue is define().
func DefineValue(name, v Value) bool {
	text := ParamString(name, "define(): Argument #1 ($constant_name)")
	if strings.Contains(text, "::") {
		ThrowValueError("define(): Argument #1 ($constant_name) cannot be a class constant")
	}
	if _, ok := findConstant(text); ok {
		Warning("Constant " + text + " already defined")
		return false
	}
	userConstants[constantKey(text)] = v
	return true
}

// DefinedIn is defined().
func DefinedIn(name Value, scope *Class) bool {
	text := ToString(name)
	if class, constant, ok := strings.Cut(text, "::"); ok {
		c := findClassIn(class, scope)
		return c != nil && c.findConst(constant) != nil
	}
	_, ok := findConstant(text)
	return ok
}

// ConstantNamed is constant().
func ConstantNamed(name Value, scope *Class) Value {
	text := ToString(name)
	if class, constant, ok := strings.Cut(text, "::"); ok {
		c := findClassIn(class, scope)
		if c == nil {
			classNotFound(class)
		}
		return ClassConst(c, constant, scope)
	}
	return Copy(ConstantOf(text))
}

// ---- Lines ----

type sourceMap struct {
	path  string
	lines []int // of Go and of PHP by turns
}

var sourceMaps = map[string]*sourceMap{}

// SourceMap says which lines of PHP the calling file of Go comes from: "12:3,14:5" is line 12 of Go from line 3 on.
func SourceMap(path, lines string) {
	_, file, _, _ := runtime.Caller(1)
	made := &sourceMap{path: path}
	for _, pair := range strings.Split(lines, ",") {
		a, b, _ := strings.Cut(pair, ":")
		goLine, _ := strconv.Atoi(a)
		phpLine, _ := strconv.Atoi(b)
		made.lines = append(made.lines, goLine, phpLine)
	}
	sourceMaps[filepath.Clean(file)] = made
}

func (m *sourceMap) at(line int) int {
	found := 1
	for i := 0; i+1 < len(m.lines) && m.lines[i] <= line; i += 2 {
		found = m.lines[i+1]
	}
	return found
}

// locate finds out which line of PHP runs from the stack of Go, where a source map knows the file.
func locate() {
	if len(sourceMaps) == 0 {
		return
	}
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if m, ok := sourceMaps[filepath.Clean(frame.File)]; ok {
			position.file, position.line = m.path, m.at(frame.Line)
			return
		}
		if !more {
			return
		}
	}
}

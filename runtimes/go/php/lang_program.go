package php

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// What a converted program is as a whole: its global variables, its constants, and which line of PHP runs.

var globals = NewArray()

// GlobalVariable is a variable of the file's own code as a reference that functions share.
func GlobalVariable(name string) *Ref {
	if v, ok := globals.getRaw(StrKey(name)); ok {
		if r, ok := v.(*Ref); ok {
			return r
		}
	}
	r := globals.RefAt(name)
	switch name {
	case "argv":
		r.V = Argv()
	case "argc":
		r.V = Argc()
	default:
		r.V = Undef
	}
	return r
}

// Argv is $argv: the script and what stands behind it on the command line.
func Argv() *Array {
	locate()
	a := List(position.file)
	for _, one := range os.Args[1:] {
		a.Append(one)
	}
	return a
}

// Argc is $argc.
func Argc() int { return len(os.Args) }

// Global is global $name: a variable that was not assigned becomes null.
func Global(name string) *Ref { return GlobalVariable(name).Defined() }

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

var superglobals = map[string]*Ref{}

// SuperglobalRef is &$_SERVER and its like.
func SuperglobalRef(name string) *Ref {
	variable, ok := superglobals[name]
	if !ok {
		variable = NewRef(superglobal(name))
		superglobals[name] = variable
	}
	return variable
}

// SuperglobalPlace is where $_SERVER and its like are kept.
func SuperglobalPlace(name string) *Value { return &SuperglobalRef(name).V }

var begun = time.Now()

// superglobal is what $_SERVER and its like begin with in a script that php-cli runs.
func superglobal(name string) *Array {
	if name != "_SERVER" && name != "_ENV" {
		return NewArray()
	}
	a := Getenv(nil, false).(*Array)
	if name == "_ENV" {
		return a
	}
	argv := Argv()
	for _, key := range []string{"PHP_SELF", "SCRIPT_NAME", "SCRIPT_FILENAME", "PATH_TRANSLATED"} {
		a.SetStr(key, argv.GetInt(0))
	}
	a.SetStr("DOCUMENT_ROOT", "")
	a.SetStr("REQUEST_TIME_FLOAT", float64(begun.UnixMicro())/1e6)
	a.SetStr("REQUEST_TIME", int(begun.Unix()))
	a.SetStr("argv", argv)
	a.SetStr("argc", Argc())
	return a
}

// Superglobal is the value of $_GET and its like.
func Superglobal(name string) Value { return *SuperglobalPlace(name) }

// SetSuperglobal is $_SESSION = v.
func SetSuperglobal(name string, v Value) Value {
	SuperglobalRef(name).V = v
	return v
}

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
	if v, ok := standardStream(name); ok {
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
	if settling { // it may be one of PHP's
		Stop("constant-missing", "the constant "+names[0]+" is not part of this runtime")
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

// constantText is the name of a constant as a text gives it, which may begin at the root of all namespaces.
func constantText(name Value) string { return strings.TrimPrefix(ToString(name), "\\") }

// DefinedIn is defined().
func DefinedIn(name Value, scope *Class) bool {
	text := constantText(name)
	if class, constant, ok := strings.Cut(text, "::"); ok {
		c := findClassIn(class, scope)
		if c == nil || c.isTrait() {
			return false
		}
		k := c.findConst(constant)
		return k != nil && visible(hiddenBy(k.flags), k.class, scope)
	}
	_, ok := findConstant(text)
	return ok
}

// ConstantNamed is constant().
func ConstantNamed(name Value, scope *Class) Value {
	text := constantText(name)
	if class, constant, ok := strings.Cut(text, "::"); ok {
		c := findClassIn(class, scope)
		if c == nil {
			classNotFound(class)
		}
		return Copy(ClassConst(c, constant, scope))
	}
	return Copy(ConstantOf(text))
}

// ---- Lines ----

type sourceMap struct {
	path      string
	lines     []int // of Go and of PHP by turns
	functions []int // likewise, where functions begin
}

var sourceMaps = map[string]*sourceMap{}

// SourceMap says which lines of PHP the calling file of Go comes from: "12:3,14:5" is line 12 of Go from line 3 on, "12=3"
// that a function begins there too.
func SourceMap(path, lines string) {
	_, file, _, _ := runtime.Caller(1)
	made := &sourceMap{path: path}
	for _, pair := range strings.Split(lines, ",") {
		at := strings.IndexAny(pair, ":=")
		if at < 0 {
			continue
		}
		goLine, _ := strconv.Atoi(pair[:at])
		phpLine, _ := strconv.Atoi(pair[at+1:])
		made.lines = append(made.lines, goLine, phpLine)
		if pair[at] == '=' {
			made.functions = append(made.functions, goLine, phpLine)
		}
	}
	sourceMaps[filepath.Clean(file)] = made
	places = map[uintptr]place{}
}

func (m *sourceMap) at(line int) int { return lastBefore(m.lines, line) }

func lastBefore(pairs []int, line int) int {
	found := 1
	for i := 0; i+1 < len(pairs) && pairs[i] <= line; i += 2 {
		found = pairs[i+1]
	}
	return found
}

// engineFiles hold what the language does, as opposed to PHP's functions, whose calls belong into traces.
var engineFiles = map[string]bool{"operators.go": true, "index.go": true, "array.go": true, "object.go": true,
	"callable.go": true, "convert.go": true, "compare.go": true, "value.go": true, "throwable.go": true}

func isEngine(file string) bool {
	name := filepath.Base(file)
	return engineFiles[name] || strings.HasPrefix(name, "lang_")
}

// inFunction says whether PHP would name calls in the trace of an exception that is made now.
func inFunction() bool {
	if len(sourceMaps) == 0 {
		return false
	}
	var callers [256]uintptr
	count := runtime.Callers(2, callers[:])
	if count == len(callers) {
		return true
	}
	frames := runtime.CallersFrames(callers[:count])
	called := ""
	for reached := false; ; {
		frame, more := frames.Next()
		if _, ok := sourceMaps[filepath.Clean(frame.File)]; ok {
			name := frame.Function[strings.LastIndexByte(frame.Function, '/')+1:]
			_, name, _ = strings.Cut(name, ".")
			if !strings.HasPrefix(name, "script") || !reached && !isEngine(called) {
				return name != "main" && name != "Main"
			}
			reached = true
		}
		called = frame.File
		if reached && strings.HasSuffix(frame.Function, "(*Closure).invoke") {
			return true
		}
		if !more {
			return false
		}
	}
}

// withoutPaths is a message as PHP prints it: the name of a class without a name ends before its NUL.
func withoutPaths(message string) string {
	for {
		i := strings.Index(message, "@anonymous\x00")
		if i < 0 {
			return message
		}
		rest := message[i+len("@anonymous"):]
		end := strings.IndexByte(rest, '$')
		if end < 0 {
			return message
		}
		for end++; end < len(rest) && (isDigit(rest[end]) || rest[end] >= 'a' && rest[end] <= 'f'); end++ {
		}
		message = message[:i] + "@anonymous" + rest[end:]
	}
}

// locate finds out which line of PHP runs from the stack of Go, where a source map knows the file.
func locate() {
	if len(sourceMaps) == 0 {
		return
	}
	var callers [8]uintptr // the place is near, and finding callers is slow
	for skip := 2; ; skip += len(callers) {
		count := runtime.Callers(skip, callers[:])
		for _, pc := range callers[:count] {
			if at := placeOf(pc); at.file != "" {
				position.file, position.line = at.file, at.line
				return
			}
		}
		if count < len(callers) {
			return
		}
	}
}

// place is a line of PHP; without a file where that is not known.
type place struct {
	file string
	line int
}

// places are those found, by the address in the program.
var places = map[uintptr]place{}

// placeOf is the line of PHP that the code at an address comes from.
func placeOf(pc uintptr) place {
	at, known := places[pc]
	if known {
		return at
	}
	frames := runtime.CallersFrames([]uintptr{pc})
	for more := true; more && at.file == ""; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if m, ok := sourceMaps[filepath.Clean(frame.File)]; ok {
			at = place{m.path, m.at(frame.Line)}
		}
	}
	places[pc] = at
	return at
}

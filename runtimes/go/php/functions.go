package php

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Functions about functions, classes and the program, after https://www.php.net/manual/en/book.funchand.php and
// https://www.php.net/manual/en/book.classobj.php.

// FunctionExists is function_exists().
func FunctionExists(name string) bool {
	_, ok := FunctionNamed(name)
	return ok
}

// ClassExists is class_exists().
func ClassExists(name string, autoload bool) bool {
	c := FindClass(name)
	return c != nil && !c.Interface
}

// InterfaceExists is interface_exists().
func InterfaceExists(name string, autoload bool) bool {
	c := FindClass(name)
	return c != nil && c.Interface
}

// GetClass is get_class() of an object.
func GetClass(o Object) string { return ClassName(o) }

// classOfValue is the class of an object, or the class of a name.
func classOfValue(v Value) *Class {
	switch v := Deref(v).(type) {
	case Object:
		return ClassOf(v)
	case string:
		return FindClass(v)
	}
	return nil
}

// GetParentClass is get_parent_class().
func GetParentClass(v Value) (string, bool) {
	if v == nil {
		return "", false
	}
	c := classOfValue(v)
	if c == nil {
		ThrowTypeError(argument("get_parent_class", 1, "object_or_class") + " must be an object or a valid class name, " +
			TypeName(v) + " given")
	}
	if c == nil || c.Parent == nil {
		return "", false
	}
	return c.Parent.Name, true
}

// MethodExists is method_exists().
func MethodExists(v Value, name string) bool {
	if !IsObject(v) && !IsString(v) {
		ThrowTypeError(argument("method_exists", 1, "object_or_class") + " must be of type object|string, " + TypeName(v) + " given")
	}
	for c := classOfValue(v); c != nil; c = c.Parent {
		if c.method(name) != nil {
			return true
		}
	}
	return false
}

// PropertyExists is property_exists().
func PropertyExists(v Value, name string) bool {
	switch v := Deref(v).(type) {
	case Object:
		_, ok := LookupProperty(v, name)
		return ok
	case string:
		if c := FindClass(v); c != nil && c.New != nil {
			_, ok := LookupProperty(c.New(), name)
			return ok
		}
	}
	return false
}

// GetObjectVars is get_object_vars() from outside: the public properties.
func GetObjectVars(o Object) *Array {
	a := NewArray()
	for _, p := range Properties(o) {
		if _, ok := p.Value.(Uninitialized); !ok && p.Visibility == "public" {
			a.SetStr(p.Name, Copy(p.Value))
		}
	}
	return a
}

// IsSubclassOf is is_subclass_of().
func IsSubclassOf(v Value, class string, allowString bool) bool {
	c := classOfValue(v)
	if c == nil || strings.EqualFold(c.Name, strings.TrimPrefix(class, "\\")) {
		return false
	}
	if _, ok := v.(string); ok && !allowString {
		return false
	}
	return c.Is(strings.TrimPrefix(class, "\\"))
}

// IsAFunction is is_a().
func IsAFunction(v Value, class string, allowString bool) bool {
	if _, ok := v.(string); ok && !allowString {
		return false
	}
	c := classOfValue(v)
	return c != nil && c.Is(strings.TrimPrefix(class, "\\"))
}

// SplObjectId is spl_object_id().
func SplObjectId(o Object) int {
	sureOfNumber(o)
	return o.PHPBase().id
}

// SplObjectHash is spl_object_hash().
func SplObjectHash(o Object) string {
	text := strconv.FormatInt(int64(SplObjectId(o)), 16)
	return strings.Repeat("0", 32-len(text)) + text
}

// IteratorToArray is iterator_to_array().
func IteratorToArray(v Value, preserveKeys bool) *Array {
	a := NewArray()
	Foreach(v, func(k, v Value) bool {
		if preserveKeys {
			a.Set(k, Copy(v))
		} else {
			a.Append(Copy(v))
		}
		return true
	})
	return a
}

// IteratorCount is iterator_count().
func IteratorCount(v Value) int {
	n := 0
	Foreach(v, func(_, _ Value) bool { n++; return true })
	return n
}

// Constant is constant() for PHP's own constants and those of classes.
func Constant(name string) Value {
	if class, constant, ok := strings.Cut(name, "::"); ok {
		for c := FindClass(class); c != nil; c = c.Parent {
			if c.Constants != nil && c.Constants.Has(constant) {
				return Copy(c.Constants.Peek(constant))
			}
		}
		ThrowError("Undefined constant " + name)
	}
	switch lower(name) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if v, ok := userConstants[name]; ok {
		return Copy(v)
	}
	if v, ok := constantTable[name]; ok {
		return v
	}
	ThrowError("Undefined constant \"" + name + "\"")
	return nil
}

var userConstants = map[string]Value{}

// Define is define().
func Define(name string, v Value, caseInsensitive bool) bool {
	if Defined(name) {
		Warning("Constant " + name + " already defined")
		return false
	}
	userConstants[name] = Copy(v)
	return true
}

// Defined is defined().
func Defined(name string) bool {
	_, user := userConstants[name]
	_, own := constantTable[name]
	switch lower(name) {
	case "true", "false", "null":
		return true
	}
	return user || own
}

// Microtime is microtime().
func Microtime(asFloat bool) Value {
	now := time.Now()
	if asFloat {
		return float64(now.UnixMicro()) / 1e6
	}
	return Sprintf("%.8F %d", float64(now.UnixMicro()%1e6)/1e6, int(now.Unix()))
}

// Hrtime is hrtime().
func Hrtime(asNumber bool) Value {
	n := int(time.Since(started).Nanoseconds())
	if asNumber {
		return n
	}
	return List(n/1e9, n%1e9)
}

var started = time.Now()

// Usleep is usleep().
func Usleep(microseconds int) {
	if microseconds < 0 {
		badArgument("usleep", 1, "microseconds", "must be greater than or equal to 0")
	}
	time.Sleep(time.Duration(microseconds) * time.Microsecond)
}

// Uniqid is uniqid().
func Uniqid(prefix string, moreEntropy bool) string {
	now := time.Now()
	id := prefix + Sprintf("%08x%05x", int(now.Unix()), now.Nanosecond()/1000)
	if moreEntropy {
		id += Sprintf("%.8F", float64(RandomInt(0, 999999999))/1e8)
	}
	return id
}

// Getenv is getenv() of one name.
func Getenv(name Value, localOnly bool) Value {
	if name == nil {
		a := NewArray()
		for _, pair := range os.Environ() {
			k, v, _ := strings.Cut(pair, "=")
			a.SetStr(k, v)
		}
		return a
	}
	v, ok := os.LookupEnv(ToString(name))
	return OrFalse(v, ok)
}

// Phpversion is phpversion().
func Phpversion(extension Value) (string, bool) { return PhpVersion, extension == nil }

// Calls the converted functions as harness.php, which says how, calls PHP's: the other half of a comparison. Beyond what
// is said there a call may end with ! and a reason: what was not converted, or where the program would rather stop.
package main

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"

	"banyan/php"
	_ "banyan/php/builtins"
)

const (
	answerBytesMax = 65536
	yieldsMax      = 100
	depthMax       = 40
	stackBytesMax  = 128 << 20
)

// stopped is the program's wish to end rather than do something else than PHP.
type stopped struct{ code string }

func main() {
	debug.SetMaxStack(stackBytesMax)
	php.OnStop = func(code, _ string) { panic(stopped{code}) }
	out := bufio.NewWriter(os.NewFile(3, "answers"))
	first, _ := strconv.Atoi(os.Args[3])
	classes := map[string]string{}
	var loads []string
	for _, line := range lines(os.Args[1]) {
		fields := strings.Split(line, "\t")
		if fields[0] == "class" {
			classes[fields[1]] = fields[2]
		} else {
			loads = append(loads, fields[1])
		}
	}
	php.Autoload = func(name string) {
		if path, ok := classes[strings.ToLower(name)]; ok {
			load(path)
		}
	}
	loaded := "ready"
	php.ObStart(nil, 0, 0)
	outcome(func() string {
		for _, path := range loads {
			load(path)
		}
		return ""
	}, func(failure string) { loaded = "failed " + failure })
	printed()
	fmt.Fprintln(out, loaded)
	out.Flush()
	if loaded != "ready" {
		return
	}
	for _, call := range lines(os.Args[2])[first:] {
		out.WriteString(answer(call) + "\n")
		out.Flush()
	}
}

func lines(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

var loadedFiles = map[string]bool{}

// load runs the file's own code once, as require_once does.
func load(path string) {
	if loader, ok := loaders[path]; ok && !loadedFiles[path] {
		loadedFiles[path] = true
		loader()
	}
}

// printed takes what is in all the buffers.
func printed() string {
	out := ""
	for php.ObGetLevel() > 0 {
		inner, _ := php.ObGetContents()
		php.ObEndClean()
		out = inner + out
	}
	return out
}

var calledIn = regexp.MustCompile(`, called in .* on line \d+( and|$)`)

// outcome is what f gives, or what was thrown instead; failed is told about the latter.
func outcome(f func() string, failed func(failure string)) (result string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
			return
		case stopped:
			result = "!stopped:" + r.code + ";"
		case string:
			result = "!" + escaped(r) + ";"
		case php.Throwable:
			result = "E" + escaped(php.ClassName(r)) + ";" + escaped(calledIn.ReplaceAllString(r.GetMessage(), "")) + ";"
		default:
			result = "!" + escaped(fmt.Sprint(r)) + ";"
		}
		failed(result)
	}()
	return f()
}

func answer(call string) string {
	php.ObStart(nil, 0, 0)
	var shown []php.Value
	seen := &objects{}
	nothing := func(string) {}
	result := outcome(func() string {
		target, fields := callee(strings.Split(call, "\t"), &shown)
		var arguments []php.Value
		for _, field := range fields {
			r := reader{strings.TrimLeft(field, "&")}
			v := r.value()
			if field[0] == '&' {
				v = php.NewRef(v)
			}
			if _, ok := v.(php.Object); ok || field[0] == '&' {
				shown = append(shown, v)
			}
			arguments = append(arguments, v)
		}
		php.NextCallIsForeign()
		return "R" + encoded(php.Deref(target(arguments)), seen, 0)
	}, nothing)
	for _, v := range shown {
		result += "\t" + outcome(func() string { return encoded(v, seen, 0) }, nothing)
	}
	result += "\ts" + escaped(printed()) + ";"
	if len(result) > answerBytesMax {
		result = fmt.Sprintf("%s...%d bytes, %x", result[:1000], len(result), md5.Sum([]byte(result)))
	}
	return result
}

type callable func(arguments []php.Value) php.Value

// callee is what a call calls, and the arguments that are left.
func callee(fields []string, shown *[]php.Value) (callable, []string) {
	switch fields[0] {
	case "S":
		class, method := php.NeedClass(fields[1]), fields[2]
		return func(a []php.Value) php.Value { return php.CallStatic(class, method, class, class, nil, a...) }, fields[3:]
	case "M":
		r := reader{fields[3]}
		object := r.value().(php.Object)
		*shown = append(*shown, object)
		return func(a []php.Value) php.Value {
			return php.CallMethodIn(object, fields[2], php.NeedClass(fields[1]), a...)
		}, fields[4:]
	}
	return func(a []php.Value) php.Value { return php.CallNamed(fields[1], a...) }, fields[2:]
}

var closures = []func(a ...php.Value) php.Value{
	func(a ...php.Value) php.Value { return at(a, 0) },
	func(a ...php.Value) php.Value { return php.ToBool(at(a, 0)) },
	func(a ...php.Value) php.Value { return php.Compare(at(a, 0), at(a, 1)) },
	func(a ...php.Value) php.Value { return len(a) },
	func(a ...php.Value) php.Value {
		list := php.NewArray()
		for _, v := range a {
			list.Append(php.Copy(v))
		}
		return list
	},
}

func at(a []php.Value, i int) php.Value {
	if i < len(a) {
		return php.Copy(a[i])
	}
	return nil
}

// ---- Values as text ----

type objects struct{ list []*php.Base }

func encoded(v php.Value, seen *objects, depth int) string {
	if depth > depthMax {
		return "..."
	}
	switch v := php.Deref(v).(type) {
	case nil:
		return "N"
	case bool:
		if v {
			return "T"
		}
		return "F"
	case int:
		return "i" + strconv.Itoa(v) + ";"
	case float64:
		if math.IsNaN(v) {
			return "dNAN;"
		}
		return fmt.Sprintf("d%016x;", math.Float64bits(v))
	case string:
		return "s" + escaped(v) + ";"
	case *php.Array:
		return "a" + elements(v, seen, depth)
	case php.Object:
		return object(v, seen, depth)
	default:
		return fmt.Sprintf("?%T;", v)
	}
}

func elements(a *php.Array, seen *objects, depth int) string {
	var b strings.Builder
	a.Each(func(k php.Key, v php.Value) bool {
		b.WriteString(encoded(k.Value(), seen, 0) + encoded(v, seen, depth+1))
		return true
	})
	return b.String() + "e"
}

func object(o php.Object, seen *objects, depth int) string {
	for number, one := range seen.list {
		if one == o.PHPBase() {
			return fmt.Sprintf("*%d;", number)
		}
	}
	seen.list = append(seen.list, o.PHPBase())
	switch o := o.(type) {
	case *php.Closure:
		return "C"
	case *php.Generator:
		return generated(o, seen, depth)
	case php.Throwable:
		held := php.Map("message", o.GetMessage(), "code", o.GetCode())
		return "O" + escaped(php.ClassName(o)) + ";" + elements(held, seen, depth)
	}
	if php.ClassOf(o).Enum {
		return "K" + escaped(php.ClassName(o)+"::"+php.ToString(php.Prop(o, "name", nil))) + ";"
	}
	return "O" + escaped(php.ClassName(o)) + ";" + elements(php.ToArray(o), seen, depth)
}

func generated(g *php.Generator, seen *objects, depth int) string {
	var b strings.Builder
	b.WriteByte('G')
	for i := 0; i < yieldsMax && g.Valid(); i++ {
		b.WriteString(encoded(g.Key(), seen, depth+1) + encoded(g.Current(), seen, depth+1))
		g.Next()
	}
	b.WriteByte('e')
	if g.Valid() {
		return b.String() + "..."
	}
	return b.String() + encoded(g.GetReturn(), seen, depth+1)
}

func escaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 32 || c > 126 || c == '%' || c == ';' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

type reader struct{ rest string }

func (r *reader) text() string {
	head, rest, _ := strings.Cut(r.rest, ";")
	r.rest = rest
	return head
}

func (r *reader) value() php.Value {
	kind := r.rest[0]
	r.rest = r.rest[1:]
	switch kind {
	case 'T':
		return true
	case 'F':
		return false
	case 'i':
		n, _ := strconv.Atoi(r.text())
		return n
	case 'd':
		bits, _ := strconv.ParseUint(r.text(), 16, 64)
		return math.Float64frombits(bits)
	case 's':
		return php.Rawurldecode(r.text())
	case 'a':
		a := php.NewArray()
		for r.rest[0] != 'e' {
			k := r.value()
			a.Set(k, r.value())
		}
		r.rest = r.rest[1:]
		return a
	case 'n':
		class := php.NeedClass(r.text())
		var arguments []php.Value
		for r.rest[0] != 'e' {
			arguments = append(arguments, r.value())
		}
		r.rest = r.rest[1:]
		php.NextCallIsForeign()
		return php.New(class, nil, arguments...)
	case 'k':
		class, name, _ := strings.Cut(r.text(), "::")
		return php.ClassConst(php.NeedClass(class), name, nil)
	case 'c':
		n, _ := strconv.Atoi(r.text())
		return php.Fn(closures[n])
	}
	return nil
}

// Calls the functions of the Go runtime as driver.php calls PHP's: a call a line on standard input, its outcome a line on
// standard output, in the encoding that driver.php describes.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"banyan/php"
	"banyan/php/builtins"
)

func main() {
	// Numbers of objects are not compared.
	php.OnStop = func(code, why string) {
		if code != "object-number" {
			php.ThrowError(why)
		}
	}
	register()
	php.File("driver.php")
	php.SetErrorHandler(php.Fn(func(level, message php.Value) php.Value {
		php.Echo("[" + php.ToString(level) + "] " + php.ToString(message) + "\n")
		return true
	}), php.EAll)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	for {
		line, err := in.ReadString('\n')
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			if os.Getenv("DRIVER_TRACE") != "" {
				fmt.Fprintln(os.Stderr, line)
			}
			out.WriteString(outcome(line) + "\n")
			out.Flush()
		}
		if err != nil {
			return
		}
	}
}

// outcome answers a line: several calls in it, with | between, share what the first have changed.
func outcome(line string) string {
	php.ObStart(nil, 0, 0)
	var outcomes []string
	for _, call := range strings.Split(line, "\t|\t") {
		outcomes = append(outcomes, oneOutcome(call))
	}
	printed := ""
	for php.ObGetLevel() > 0 {
		inner, _ := php.ObGetContents()
		php.ObEndClean()
		printed = inner + printed
	}
	return strings.Join(outcomes, "\t|\t") + "\t" + encode(printed)
}

var object php.Object

// called calls a function; "new:Class" makes the object that "->method" is called on afterwards.
func called(name string, arguments []php.Value) php.Value {
	switch {
	case strings.HasPrefix(name, "new:"):
		object = php.New(php.NeedClass(name[4:]), nil, arguments...)
		return nil
	case strings.HasPrefix(name, "->"):
		return php.CallMethodIn(object, name[2:], nil, arguments...)
	}
	return builtins.Call(name, arguments...)
}

func oneOutcome(call string) string {
	fields := strings.Split(call, "\t")
	var arguments []php.Value
	var refs []*php.Ref
	for _, field := range fields[1:] {
		if strings.HasPrefix(field, "&") {
			d := decoder{field[1:]}
			r := php.NewRef(d.value())
			refs = append(refs, r)
			arguments = append(arguments, r)
			continue
		}
		d := decoder{field}
		arguments = append(arguments, d.value())
	}
	result := ""
	func() {
		defer func() {
			if r := recover(); r != nil {
				result = failure(r)
			}
		}()
		result = encode(called(fields[0], arguments))
	}()
	for _, r := range refs {
		result += "\t" + encode(r.V)
	}
	return result
}

func failure(r any) string {
	if e, ok := r.(php.Throwable); ok {
		return "E" + php.ClassName(e) + ": " + escape(e.GetMessage()) + ";"
	}
	if os.Getenv("DRIVER_STACK") != "" {
		debug.PrintStack()
	}
	return "!" + escape(fmt.Sprint(r)) + ";"
}

func register() {
	php.Register("cb_cmp", func(a, b php.Value) php.Value { return php.Compare(a, b) }).Named("a", "b")
	php.Register("cb_rcmp", func(a, b php.Value) php.Value { return php.Compare(b, a) }).Named("a", "b")
	php.Register("cb_bool", func(a, b php.Value) php.Value { return php.Greater(a, b) }).Named("a", "b")
	php.Register("cb_type", func(a php.Value) php.Value { return php.GetType(a) })
	php.Register("cb_truth", func(a php.Value) php.Value { return php.ToBool(a) })
	php.Register("cb_pair", func(a, b php.Value) php.Value { return php.List(php.Copy(a), php.Copy(b)) }).Named("a", "b")
	php.Register("cb_list", func(a ...php.Value) php.Value { return php.List(a...) })
	php.Register("cb_throw", func(a ...php.Value) php.Value {
		php.Throw(php.NewException(php.RuntimeExceptionClass, "thrown by a callback", 5, nil))
		return nil
	})
	php.Register("cb_ref", func(a *php.Ref, b php.Value) php.Value {
		a.V = php.List(php.Copy(a.V), php.Copy(b))
		return nil
	})
	php.Register("cb_upper", func(a php.Value) php.Value { return php.Strtoupper(php.ToString(a)) })
	php.Register("cb_handler", func(a ...php.Value) php.Value {
		php.EchoAll("handled ", a[0], " ", a[1], "\n")
		return true
	})
	php.Register("cb_pass", func(a ...php.Value) php.Value { return false })
	php.Register("cb_wrap", func(a php.Value) php.Value {
		m, _ := a.(*php.Array)
		if m == nil {
			return "<" + php.ToString(a) + ">"
		}
		return "<" + php.ToString(m.Peek(0)) + ">"
	})
}

func encode(v php.Value) string {
	var b strings.Builder
	encodeTo(&b, v, 0)
	return b.String()
}

func encodeTo(b *strings.Builder, v php.Value, depth int) {
	if depth > 20 {
		b.WriteString("...")
		return
	}
	switch v := php.Deref(v).(type) {
	case nil:
		b.WriteByte('N')
	case bool:
		if v {
			b.WriteByte('T')
		} else {
			b.WriteByte('F')
		}
	case int:
		fmt.Fprintf(b, "i%d;", v)
	case float64:
		if math.IsNaN(v) {
			b.WriteString("dNAN;")
			return
		}
		fmt.Fprintf(b, "d%016x;", math.Float64bits(v))
	case string:
		b.WriteString("s" + escape(v) + ";")
	case *php.Array:
		b.WriteByte('a')
		v.Each(func(k php.Key, v php.Value) bool {
			encodeTo(b, k.Value(), depth+1)
			encodeTo(b, v, depth+1)
			return true
		})
		b.WriteByte('e')
	case *php.Closure:
		b.WriteByte('C')
	case php.Object:
		b.WriteString("O" + php.ClassName(v) + ";")
		if php.ClassName(v) == "stdClass" {
			encodeTo(b, php.ToArray(v), depth+1)
		}
	default:
		fmt.Fprintf(b, "?%T;", v)
	}
}

func escape(s string) string {
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

type decoder struct{ rest string }

func (d *decoder) text() string {
	head, rest, _ := strings.Cut(d.rest, ";")
	d.rest = rest
	return head
}

func (d *decoder) value() php.Value {
	kind := d.rest[0]
	d.rest = d.rest[1:]
	switch kind {
	case 'T':
		return true
	case 'F':
		return false
	case 'i':
		n, _ := strconv.Atoi(d.text())
		return n
	case 'd':
		bits, _ := strconv.ParseUint(d.text(), 16, 64)
		return math.Float64frombits(bits)
	case 's':
		return unescape(d.text())
	case 'a':
		return d.array()
	case 'o':
		return php.ToObject(d.array())
	}
	return nil
}

func (d *decoder) array() *php.Array {
	a := php.NewArray()
	for d.rest[0] != 'e' {
		k := d.value()
		a.Set(k, d.value())
	}
	d.rest = d.rest[1:]
	return a
}

func unescape(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			out = append(out, byte(n))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

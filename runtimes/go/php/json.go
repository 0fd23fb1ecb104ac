package php

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// json_encode(), after https://www.php.net/manual/en/book.json.php; json_decode() is in json_decode.go.

var jsonLast int // the code of json_last_error()

// The codes of json_last_error() and their texts.
const (
	jsonErrorNone          = 0
	jsonErrorDepth         = 1
	jsonErrorStateMismatch = 2
	jsonErrorCtrlChar      = 3
	jsonErrorSyntax        = 4
	jsonErrorUTF8          = 5
	jsonErrorRecursion     = 6
	jsonErrorInfOrNan      = 7
	jsonErrorUnsupported   = 8
	jsonErrorPropertyName  = 9
	jsonErrorUTF16         = 10
	jsonErrorNonBacked     = 11
)

var jsonMessages = []string{"No error", "Maximum stack depth exceeded", "State mismatch (invalid or malformed JSON)",
	"Control character error, possibly incorrectly encoded", "Syntax error",
	"Malformed UTF-8 characters, possibly incorrectly encoded", "Recursion detected",
	"Inf and NaN cannot be JSON encoded", "Type is not supported", "The decoded property name is invalid",
	"Single unpaired UTF-16 surrogate in unicode escape", "Non-backed enums have no default serialization"}

type jsonEncoder struct {
	strings.Builder
	flags    int
	depth    int
	depthMax int
	code     int
}

// JsonEncode is json_encode().
func JsonEncode(v Value, flags, depth int) (string, bool) {
	e := &jsonEncoder{flags: flags, depthMax: int(int32(depth))} // as PHP keeps it
	e.value(Deref(v))
	if flags&JSONThrowOnError != 0 {
		if e.code != 0 && flags&JSONPartialOutputOnError == 0 {
			Throw(NewException(JSONExceptionClass, jsonMessages[e.code], e.code, nil))
		}
		return e.String(), true
	}
	jsonLast = e.code
	return e.String(), e.code == 0 || flags&JSONPartialOutputOnError != 0
}

func (e *jsonEncoder) fail(code int, instead string) {
	e.code = code
	e.WriteString(instead)
}

func (e *jsonEncoder) stopped() bool { return e.code != 0 && e.flags&JSONPartialOutputOnError == 0 }

func (e *jsonEncoder) value(v Value) {
	if e.stopped() {
		return
	}
	switch v := v.(type) {
	case nil:
		e.WriteString("null")
	case bool:
		e.WriteString(strconv.FormatBool(v))
	case int:
		e.WriteString(strconv.Itoa(v))
	case float64:
		e.float(v)
	case string:
		e.text(v)
	case *Array:
		e.array(v)
	case Object:
		e.object(v)
	default:
		e.fail(jsonErrorUnsupported, "null")
	}
}

func (e *jsonEncoder) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.fail(jsonErrorInfOrNan, "0")
		return
	}
	text := strings.Replace(FloatRepr(f), "E", "e", 1)
	if e.flags&JSONPreserveZeroFraction != 0 && !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	e.WriteString(text)
}

func (e *jsonEncoder) newline() {
	if e.flags&JSONPrettyPrint != 0 {
		e.WriteByte('\n')
		for i := 0; i < e.depth; i++ {
			e.WriteString("    ")
		}
	}
}

// body writes elements between brackets; each calls item before every element.
func (e *jsonEncoder) body(open, end byte, empty bool, each func(item func())) {
	e.WriteByte(open)
	if empty {
		if e.depth+1 > e.depthMax {
			e.code = jsonErrorDepth
		}
		e.WriteByte(end)
		return
	}
	e.depth++
	begun := false
	each(func() {
		if begun {
			e.WriteByte(',')
		}
		begun = true
		e.newline()
	})
	tooDeep := e.depth > e.depthMax
	e.depth--
	if tooDeep {
		e.code = jsonErrorDepth
		if e.stopped() {
			return
		}
	}
	e.newline()
	e.WriteByte(end)
}

func (e *jsonEncoder) array(a *Array) {
	if a.IsList() && e.flags&JSONForceObject == 0 {
		e.body('[', ']', a.Len() == 0, func(item func()) {
			for _, v := range a.Values() {
				item()
				e.value(v)
			}
		})
		return
	}
	e.members(a)
}

// members writes an array as an object.
func (e *jsonEncoder) members(a *Array) {
	e.body('{', '}', a.Len() == 0, func(item func()) {
		a.eachRaw(func(k Key, v Value) {
			if !e.stopped() {
				item()
				e.member(k.String(), Deref(v))
			}
		})
	})
}

func (e *jsonEncoder) member(name string, v Value) {
	flags := e.flags
	e.flags &^= JSONNumericCheck
	e.text(name)
	e.flags = flags
	e.WriteByte(':')
	if e.flags&JSONPrettyPrint != 0 {
		e.WriteByte(' ')
	}
	e.value(v)
}

func (e *jsonEncoder) object(o Object) {
	base := o.PHPBase()
	if base.busy {
		e.fail(jsonErrorRecursion, "null")
		return
	}
	base.busy = true
	defer func() { base.busy = false }()
	switch s := o.(type) {
	case JSONSerializable:
		e.serialized(o, s.JsonSerialize())
		return
	default:
		if m, ok := FindMethod(o, "jsonSerialize"); ok && IsA(o, "JsonSerializable") {
			e.serialized(o, m.Call())
			return
		}
	}
	if ClassOf(o).Enum {
		if backing, ok := LookupProperty(o, "value"); ok {
			e.value(backing)
		} else {
			e.fail(jsonErrorNonBacked, "0")
		}
		return
	}
	if source, ok := o.(interface{ ToPHPArray() *Array }); ok && !isOpen(o) {
		e.members(source.ToPHPArray())
		return
	}
	var public []Property
	for _, p := range openProperties(o) {
		if _, ok := p.Value.(Uninitialized); !ok && p.Visibility == "public" {
			public = append(public, p)
		}
	}
	e.body('{', '}', len(public) == 0, func(item func()) {
		for _, p := range public {
			item()
			e.member(p.Name, Deref(p.Value))
		}
	})
}

// serialized: an object that gives itself is written by its properties.
func (e *jsonEncoder) serialized(o Object, v Value) {
	if same, ok := v.(Object); ok && same.PHPBase() == o.PHPBase() {
		var all = NewStdClass()
		for _, p := range Properties(o) {
			if p.Visibility == "public" {
				SetProp(all, p.Name, nil, p.Value)
			}
		}
		v = all
	}
	e.value(v)
}

func (e *jsonEncoder) text(s string) {
	if e.flags&JSONNumericCheck != 0 {
		if n, whole := ParseNumber(s); whole && IsFinite(ToFloat(n)) {
			e.value(n)
			return
		}
	}
	start := e.Len()
	e.WriteByte('"')
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			e.ascii(s[i])
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			if !e.broken(s[i:], start) {
				return
			}
			i += invalidLength(s[i:])
			continue
		}
		e.rune(r, s[i:i+n])
		i += n
	}
	e.WriteByte('"')
}

// broken deals with a byte that is no UTF-8; it answers false where the whole string is given up.
func (e *jsonEncoder) broken(s string, start int) bool {
	switch {
	case e.flags&JSONInvalidUtf8Ignore != 0:
		return true
	case e.flags&JSONInvalidUtf8Substitute != 0:
		e.rune(utf8.RuneError, "\uFFFD")
		return true
	}
	text := e.String()[:start]
	e.Reset()
	e.WriteString(text)
	e.fail(jsonErrorUTF8, "null")
	return false
}

func (e *jsonEncoder) rune(r rune, text string) {
	if e.flags&JSONUnescapedUnicode != 0 && (r != 0x2028 && r != 0x2029 || e.flags&JSONUnescapedLineTerminators != 0) {
		e.WriteString(text)
		return
	}
	if r > 0xffff {
		high, low := utf16.EncodeRune(r)
		e.escape(high)
		e.escape(low)
		return
	}
	e.escape(r)
}

func (e *jsonEncoder) escape(r rune) {
	digits := strconv.FormatInt(int64(r), 16)
	e.WriteString("\\u" + "0000"[:4-len(digits)] + digits)
}

func (e *jsonEncoder) ascii(c byte) {
	hex := func(flag int, code, plain string) {
		if e.flags&flag != 0 {
			e.WriteString(code)
		} else {
			e.WriteString(plain)
		}
	}
	switch c {
	case '"':
		hex(JSONHexQuot, "\\u0022", "\\\"")
	case '\\':
		e.WriteString("\\\\")
	case '/':
		hex(JSONUnescapedSlashes, "/", "\\/")
	case '\b':
		e.WriteString("\\b")
	case '\f':
		e.WriteString("\\f")
	case '\n':
		e.WriteString("\\n")
	case '\r':
		e.WriteString("\\r")
	case '\t':
		e.WriteString("\\t")
	case '<':
		hex(JSONHexTag, "\\u003C", "<")
	case '>':
		hex(JSONHexTag, "\\u003E", ">")
	case '&':
		hex(JSONHexAmp, "\\u0026", "&")
	case '\'':
		hex(JSONHexApos, "\\u0027", "'")
	default:
		if c < 32 {
			e.escape(rune(c))
		} else {
			e.WriteByte(c)
		}
	}
}

// JsonLastError is json_last_error().
func JsonLastError() int { return jsonLast }

// JsonLastErrorMsg is json_last_error_msg().
func JsonLastErrorMsg() string { return jsonMessages[jsonLast] }

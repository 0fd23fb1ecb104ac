package php

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// json_decode(), after https://www.php.net/manual/en/function.json-decode.php.

type jsonDecoder struct {
	text     string
	at       int
	depth    int
	depthMax int
	assoc    bool
	flags    int
}

// jsonFailure ends the reading of a text.
type jsonFailure int

// JsonDecode is json_decode(); assoc is a bool or nil.
func JsonDecode(text string, assoc Value, depth, flags int) (result Value) {
	throws := flags&JSONThrowOnError != 0
	if !throws {
		jsonLast = 0
	}
	if text == "" {
		return jsonDecodeFailed(jsonErrorSyntax, throws)
	}
	if depth < 1 {
		badArgument("json_decode", 3, "depth", "must be greater than 0")
	}
	if depth > 2147483647 {
		badArgument("json_decode", 3, "depth", "must be less than 2147483647")
	}
	d := &jsonDecoder{text: text, depthMax: depth, flags: flags}
	d.assoc = assoc == true || assoc == nil && flags&JSONObjectAsArray != 0
	defer func() {
		if r := recover(); r != nil {
			code, ok := r.(jsonFailure)
			if !ok {
				panic(r)
			}
			result = jsonDecodeFailed(int(code), throws)
		}
	}()
	v := d.value()
	d.space()
	if d.at < len(text) {
		d.unexpected()
	}
	return v
}

func jsonDecodeFailed(code int, throws bool) Value {
	if throws {
		Throw(NewException(JSONExceptionClass, jsonMessages[code], code, nil))
	}
	jsonLast = code
	return nil
}

func (d *jsonDecoder) peek() byte {
	if d.at < len(d.text) {
		return d.text[d.at]
	}
	return 0
}

func (d *jsonDecoder) space() {
	for d.at < len(d.text) && strings.IndexByte(" \t\n\r", d.text[d.at]) >= 0 {
		d.at++
	}
}

// unexpected fails for what stands here: control characters and broken UTF-8 have codes of their own.
func (d *jsonDecoder) unexpected() {
	if d.at < len(d.text) {
		if c := d.text[d.at]; c < 32 && c != '\n' && c != '\t' && c != '\r' && !(c == 0 && d.at == len(d.text)) {
			panic(jsonFailure(jsonErrorCtrlChar))
		}
		if r, n := utf8.DecodeRuneInString(d.text[d.at:]); r == utf8.RuneError && n == 1 {
			panic(jsonFailure(jsonErrorUTF8))
		}
	}
	panic(jsonFailure(jsonErrorSyntax))
}

func (d *jsonDecoder) value() Value {
	d.space()
	switch c := d.peek(); {
	case c == '{':
		return d.object()
	case c == '[':
		return d.array()
	case c == '"':
		return d.str()
	case c == '-' || isDigit(c):
		return d.number()
	}
	for _, literal := range []struct {
		text  string
		value Value
	}{{"true", true}, {"false", false}, {"null", nil}} {
		n := len(literal.text)
		if len(d.text)-d.at >= n && d.text[d.at:d.at+n] == literal.text {
			d.at += n
			return literal.value
		}
	}
	d.unexpected()
	return nil
}

func (d *jsonDecoder) enter() {
	d.at++
	d.depth++
	if d.depth >= d.depthMax {
		panic(jsonFailure(jsonErrorDepth))
	}
}

func (d *jsonDecoder) array() Value {
	d.enter()
	a := NewArray()
	d.space()
	if d.peek() == ']' {
		d.at++
		d.depth--
		return a
	}
	for {
		a.Append(d.value())
		d.space()
		switch d.peek() {
		case ',':
			d.at++
			continue
		case ']':
			d.at++
			d.depth--
			return a
		case '}':
			panic(jsonFailure(jsonErrorStateMismatch))
		}
		d.unexpected()
	}
}

func (d *jsonDecoder) object() Value {
	d.enter()
	a := NewArray()
	d.space()
	for first := true; d.peek() != '}' || !first; first = false {
		d.space()
		if d.peek() != '"' {
			d.unexpected()
		}
		name := d.str()
		d.space()
		if d.peek() != ':' {
			d.unexpected()
		}
		d.at++
		v := d.value()
		if !d.assoc && name != "" && name[0] == 0 {
			panic(jsonFailure(jsonErrorPropertyName))
		}
		a.SetStr(name, v)
		d.space()
		if d.peek() == ',' {
			d.at++
			continue
		}
		if d.peek() == ']' {
			panic(jsonFailure(jsonErrorStateMismatch))
		}
		if d.peek() != '}' {
			d.unexpected()
		}
		break
	}
	d.at++
	d.depth--
	if d.assoc {
		return a
	}
	o := NewStdClass()
	o.dynamic = a
	return o
}

func (d *jsonDecoder) number() Value {
	start := d.at
	if d.peek() == '-' {
		d.at++
	}
	switch {
	case d.peek() == '0':
		d.at++
	case isDigit(d.peek()):
		d.digits()
	default:
		d.unexpected()
	}
	float := false
	if d.peek() == '.' && d.at+1 < len(d.text) && isDigit(d.text[d.at+1]) {
		d.at++
		d.digits()
		float = true
	}
	if c := d.peek(); c == 'e' || c == 'E' {
		mark := d.at
		d.at++
		if c := d.peek(); c == '+' || c == '-' {
			d.at++
		}
		if isDigit(d.peek()) {
			d.digits()
			float = true
		} else {
			d.at = mark
		}
	}
	text := d.text[start:d.at]
	if text == "-0" {
		return 0
	}
	if !float {
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
		if d.flags&JSONBigintAsString != 0 {
			return text
		}
	}
	return parseFloat(text)
}

func (d *jsonDecoder) digits() {
	for isDigit(d.peek()) {
		d.at++
	}
}

func (d *jsonDecoder) str() string {
	d.at++
	var b strings.Builder
	for {
		if d.at >= len(d.text) {
			panic(jsonFailure(jsonErrorCtrlChar))
		}
		c := d.text[d.at]
		switch {
		case c == '"':
			d.at++
			return b.String()
		case c == '\\':
			d.escape(&b)
		case c < 32:
			panic(jsonFailure(jsonErrorCtrlChar))
		case c < utf8.RuneSelf:
			b.WriteByte(c)
			d.at++
		default:
			r, n := utf8.DecodeRuneInString(d.text[d.at:])
			if r == utf8.RuneError && n <= 1 {
				d.broken(&b)
				continue
			}
			b.WriteString(d.text[d.at : d.at+n])
			d.at += n
		}
	}
}

func (d *jsonDecoder) broken(b *strings.Builder) {
	switch {
	case d.flags&JSONInvalidUtf8Substitute != 0:
		b.WriteString("\uFFFD")
	case d.flags&JSONInvalidUtf8Ignore != 0:
	default:
		panic(jsonFailure(jsonErrorUTF8))
	}
	d.at += invalidLength(d.text[d.at:])
}

func (d *jsonDecoder) escape(b *strings.Builder) {
	if d.at+1 >= len(d.text) {
		panic(jsonFailure(jsonErrorCtrlChar))
	}
	c := d.text[d.at+1]
	if i := strings.IndexByte("\"\\/bfnrt", c); i >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[i])
		d.at += 2
		return
	}
	r, ok := d.hex(d.at)
	if !ok {
		panic(jsonFailure(jsonErrorSyntax))
	}
	d.at += 6
	if utf16.IsSurrogate(r) {
		low, ok := d.hex(d.at)
		pair := utf16.DecodeRune(r, low)
		if !ok || pair == utf8.RuneError {
			panic(jsonFailure(jsonErrorUTF16))
		}
		d.at += 6
		r = pair
	}
	b.WriteRune(r)
}

// hex is the \uXXXX at a place.
func (d *jsonDecoder) hex(at int) (rune, bool) {
	if at+6 > len(d.text) || d.text[at] != '\\' || d.text[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(d.text[at+2:at+6], 16, 32)
	return rune(n), err == nil
}

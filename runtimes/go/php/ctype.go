package php

import "strings"

// Questions after the bytes of a string, after https://www.php.net/manual/en/book.ctype.php. What is not a string is
// taken as PHP 8 takes it: deprecated, ints from -128 to 255 as a byte, other ints as their digits.

func ctype(function string, v Value, is func(c byte) bool) bool {
	s, ok := v.(string)
	if !ok {
		Deprecated(function + "(): Argument of type " + TypeName(v) + " will be interpreted as string in the future")
		n, isInt := v.(int)
		if !isInt {
			return false
		}
		switch {
		case n >= 0 && n <= 255:
			return is(byte(n))
		case n >= -128 && n < 0:
			return is(byte(n + 256))
		case n >= 0:
			return is('0')
		}
		return is('0') && is('-')
	}
	for i := 0; i < len(s); i++ {
		if !is(s[i]) {
			return false
		}
	}
	return s != ""
}

func isAlpha(c byte) bool  { return c|32 >= 'a' && c|32 <= 'z' && c < 128 }
func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func isAlnum(c byte) bool  { return isAlpha(c) || isDigit(c) }
func isXdigit(c byte) bool { return digitValue(c) < 16 }
func isGraph(c byte) bool  { return c > 32 && c < 127 }

// CtypeAlpha is ctype_alpha().
func CtypeAlpha(text Value) bool { return ctype("ctype_alpha", text, isAlpha) }

// CtypeDigit is ctype_digit().
func CtypeDigit(text Value) bool { return ctype("ctype_digit", text, isDigit) }

// CtypeAlnum is ctype_alnum().
func CtypeAlnum(text Value) bool { return ctype("ctype_alnum", text, isAlnum) }

// CtypeLower is ctype_lower().
func CtypeLower(text Value) bool { return ctype("ctype_lower", text, isLower) }

// CtypeUpper is ctype_upper().
func CtypeUpper(text Value) bool { return ctype("ctype_upper", text, isUpper) }

// CtypeSpace is ctype_space().
func CtypeSpace(text Value) bool { return ctype("ctype_space", text, isSpace) }

// CtypeXdigit is ctype_xdigit().
func CtypeXdigit(text Value) bool { return ctype("ctype_xdigit", text, isXdigit) }

// CtypePunct is ctype_punct().
func CtypePunct(text Value) bool {
	return ctype("ctype_punct", text, func(c byte) bool { return isGraph(c) && !isAlnum(c) })
}

// CtypeGraph is ctype_graph().
func CtypeGraph(text Value) bool { return ctype("ctype_graph", text, isGraph) }

// CtypePrint is ctype_print().
func CtypePrint(text Value) bool {
	return ctype("ctype_print", text, func(c byte) bool { return isGraph(c) || c == ' ' })
}

// CtypeCntrl is ctype_cntrl().
func CtypeCntrl(text Value) bool {
	return ctype("ctype_cntrl", text, func(c byte) bool { return c < 32 || c == 127 })
}

// Basename is basename().
func Basename(path, suffix string) string {
	path = strings.TrimRight(path, "/")
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		path = path[i+1:]
	}
	if suffix != "" && len(path) > len(suffix) {
		path = strings.TrimSuffix(path, suffix)
	}
	return path
}

// Dirname is dirname().
func Dirname(path string, levels int) string {
	if levels < 1 {
		badArgument("dirname", 2, "levels", "must be greater than or equal to 1")
	}
	for ; levels > 0; levels-- {
		parent := dirnameOnce(path)
		if parent == path {
			break
		}
		path = parent
	}
	return path
}

func dirnameOnce(path string) string {
	if path == "" {
		return ""
	}
	trimmed := strings.TrimRight(path, "/")
	if trimmed == "" {
		return "/"
	}
	i := strings.LastIndexByte(trimmed, '/')
	if i < 0 {
		return "."
	}
	parent := strings.TrimRight(trimmed[:i], "/")
	if parent == "" {
		return "/"
	}
	return parent
}

// Pathinfo is pathinfo().
func Pathinfo(path string, flags int) Value {
	a := NewArray()
	if flags&1 != 0 && path != "" {
		a.SetStr("dirname", Dirname(path, 1))
	}
	base := Basename(path, "")
	if flags&2 != 0 {
		a.SetStr("basename", base)
	}
	dot := strings.LastIndexByte(base, '.')
	if flags&4 != 0 && dot >= 0 {
		a.SetStr("extension", base[dot+1:])
	}
	if flags&8 != 0 {
		name := base
		if dot >= 0 {
			name = base[:dot]
		}
		a.SetStr("filename", name)
	}
	if flags == 15 {
		return a
	}
	if values := a.Values(); len(values) > 0 {
		return values[0]
	}
	return ""
}

package php

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Strings of characters, after https://www.php.net/manual/en/book.mbstring.php, in UTF-8; mb_convert_encoding()
// knows ASCII, ISO-8859-1 and Windows-1252 too. A program that asks for another encoding stops.

var mbInternal = "UTF-8"

// mbEncoding is the encoding an argument names; it throws for one that is not known.
func mbEncoding(function string, n int, v Value) string {
	if v == nil {
		return mbInternal
	}
	name, ok := mbNamed(function, ToString(v))
	if ok && name != "UTF-8" {
		Stop("charset", function+"(): the encoding "+name+" is not part of this runtime")
	}
	if !ok {
		badArgument(function, n, "encoding", "must be a valid encoding, \""+strings.TrimSuffix(cString(ToString(v)), "\x00")+"\" given")
	}
	return name
}

// mbChars is s as characters of an encoding.
func mbChars(s, encoding string) []string {
	if encoding == "UTF-8" {
		return characters(s)
	}
	all := make([]string, len(s))
	for i := range all {
		all[i] = s[i : i+1]
	}
	return all
}

// MbStrlen is mb_strlen().
func MbStrlen(s string, encoding Value) int {
	e := mbEncoding("mb_strlen", 2, encoding)
	if e != "UTF-8" {
		return len(s)
	}
	n := 0
	for i := 0; i < len(s); i += utf8Length(s[i:]) {
		n++
	}
	return n
}

// MbSubstr is mb_substr(); length is an int or nil.
func MbSubstr(s string, start int, length, encoding Value) string {
	const bounds = "must be between -9223372036854775807 and 9223372036854775807"
	if start == minInt {
		badArgument("mb_substr", 2, "start", bounds)
	}
	if length == Value(minInt) {
		badArgument("mb_substr", 3, "length", bounds)
	}
	all := mbChars(s, mbEncoding("mb_substr", 4, encoding))
	from, to := clip(len(all), start, length)
	return strings.Join(all[from:to], "")
}

// MbStrSplit is mb_str_split().
func MbStrSplit(s string, length int, encoding Value) *Array {
	if length < 1 {
		badArgument("mb_str_split", 2, "length", "must be greater than 0")
	}
	all := mbChars(s, mbEncoding("mb_str_split", 3, encoding))
	a := NewArray()
	for i := 0; i < len(all); i += MinInt(length, len(all)-i) {
		a.Append(strings.Join(all[i:i+MinInt(length, len(all)-i)], ""))
	}
	return a
}

// mbRepair replaces what is no UTF-8 by a question mark, as mbstring does where it converts.
func mbRepair(s string) string {
	if validUTF8(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b.WriteByte('?')
			i += invalidLength(s[i:])
			continue
		}
		b.WriteString(s[i : i+n])
		i += n
	}
	return b.String()
}

func mbMap(s, encoding string, f func(string) string) string {
	switch encoding {
	case "UTF-8":
		return f(mbRepair(s))
	case "ISO-8859-1":
		return toLatin1(f(fromLatin1(s)))
	}
	return s
}

func fromLatin1(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func toLatin1(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > 255 {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}

// upperRunes is full case mapping upwards: the few characters that become several included.
func upperRunes(s string) string {
	var b strings.Builder
	for _, r := range s {
		if special, ok := specialUpper[r]; ok {
			b.WriteString(special)
		} else {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

var specialUpper = map[rune]string{'ß': "SS", 'ŉ': "ʼN", 'ǰ': "J̌", 'ΐ': "Ϊ́", 'ΰ': "Ϋ́", 'և': "ԵՒ", 'ﬀ': "FF", 'ﬁ': "FI", 'ﬂ': "FL",
	'ﬃ': "FFI", 'ﬄ': "FFL", 'ﬅ': "ST", 'ﬆ': "ST"}

func lowerRunes(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == 'İ' {
			b.WriteString("i̇")
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// titleRunes makes the first letter of each word great and the others small; full: where that is several characters, too.
func titleRunes(s string, full bool) string {
	var b strings.Builder
	inside := false
	for _, r := range s {
		cased := unicode.IsLetter(r) || unicode.Is(unicode.Other_Lowercase, r)
		switch {
		case inside && cased:
			b.WriteRune(unicode.ToLower(r))
		case cased:
			if special, ok := specialUpper[r]; ok && full {
				_, n := utf8.DecodeRuneInString(special)
				b.WriteString(special[:n] + lowerRunes(special[n:]))
			} else {
				b.WriteRune(unicode.ToTitle(r))
			}
			inside = true
		default:
			b.WriteRune(r)
			inside = inside && (r == '\'' || r == '.' || r == ':' || r == '·' || r == 0x2019 || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r))
		}
	}
	return b.String()
}

// MbStrtoupper is mb_strtoupper().
func MbStrtoupper(s string, encoding Value) string {
	return mbMap(s, mbEncoding("mb_strtoupper", 2, encoding), upperRunes)
}

// MbStrtolower is mb_strtolower().
func MbStrtolower(s string, encoding Value) string {
	return mbMap(s, mbEncoding("mb_strtolower", 2, encoding), lowerRunes)
}

// MbConvertCase is mb_convert_case().
func MbConvertCase(s string, mode int, encoding Value) string {
	e := mbEncoding("mb_convert_case", 3, encoding)
	switch mode {
	case 0:
		return mbMap(s, e, upperRunes)
	case 1, 3, 7:
		return mbMap(s, e, lowerRunes)
	case 2:
		return mbMap(s, e, func(t string) string { return titleRunes(t, true) })
	case 4: // and the others that give one character for one
		return mbMap(s, e, func(t string) string { return strings.Map(unicode.ToUpper, t) })
	case 5:
		return mbMap(s, e, func(t string) string { return strings.Map(unicode.ToLower, t) })
	case 6:
		return mbMap(s, e, func(t string) string { return titleRunes(t, false) })
	}
	badArgument("mb_convert_case", 2, "mode", "must be one of the MB_CASE_* constants")
	return ""
}

// mbSearch finds a needle from an offset in characters; last looks for the last one.
func mbSearch(function, haystack, needle string, offset int, encoding Value, fold, last bool) (int, bool) {
	e := mbEncoding(function, 4, encoding)
	if fold && haystack == "" {
		return 0, false
	}
	if fold {
		haystack, needle = mbMap(haystack, e, simplyFolded), mbMap(needle, e, simplyFolded)
	}
	all, wanted := mbChars(haystack, e), mbChars(needle, e)
	from, to := offset, len(all)
	if offset < 0 {
		from = len(all) + offset
		if last {
			from = 0
			if -offset >= len(wanted) {
				to = len(all) + offset + len(wanted)
			}
		}
	}
	if from < 0 || from > len(all) || offset < -len(all) {
		badArgument(function, 3, "offset", "must be contained in argument #1 ($haystack)")
	}
	found := -1
	for i := from; i+len(wanted) <= MinInt(to, len(all)); i++ {
		if strings.Join(all[i:i+len(wanted)], "") == strings.Join(wanted, "") {
			found = i
			if !last {
				break
			}
		}
	}
	return found, found >= 0
}

// simplyFolded is a text by which those are alike that differ in case alone, character by character.
func simplyFolded(s string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			if f < first {
				first = f
			}
		}
		return first
	}, s)
}

// MbStrpos is mb_strpos().
func MbStrpos(haystack, needle string, offset int, encoding Value) (int, bool) {
	return mbSearch("mb_strpos", haystack, needle, offset, encoding, false, false)
}

// MbStripos is mb_stripos().
func MbStripos(haystack, needle string, offset int, encoding Value) (int, bool) {
	return mbSearch("mb_stripos", haystack, needle, offset, encoding, true, false)
}

// MbStrrpos is mb_strrpos().
func MbStrrpos(haystack, needle string, offset int, encoding Value) (int, bool) {
	return mbSearch("mb_strrpos", haystack, needle, offset, encoding, false, true)
}

// MbSubstrCount is mb_substr_count().
func MbSubstrCount(haystack, needle string, encoding Value) int {
	if needle == "" {
		badArgument("mb_substr_count", 2, "needle", "must not be empty")
	}
	mbEncoding("mb_substr_count", 3, encoding)
	return strings.Count(haystack, needle)
}

// MbStrstr is mb_strstr().
func MbStrstr(haystack, needle string, beforeNeedle bool, encoding Value) (string, bool) {
	mbEncoding("mb_strstr", 4, encoding)
	return partAt(haystack, strings.Index(haystack, needle), beforeNeedle)
}

// MbInternalEncoding is mb_internal_encoding().
func MbInternalEncoding(encoding Value) Value {
	if encoding == nil {
		return mbInternal
	}
	mbInternal = mbEncoding("mb_internal_encoding", 1, encoding)
	return true
}

// MbCheckEncoding is mb_check_encoding() of a string.
func MbCheckEncoding(v, encoding Value) bool {
	e := mbEncoding("mb_check_encoding", 2, encoding)
	switch v := v.(type) {
	case string:
		return mbValid(v, e)
	case nil:
		Deprecated("mb_check_encoding(): Calling mb_check_encoding() without argument is deprecated")
		return true
	case *Array:
		for _, p := range v.pairs() {
			if s, ok := Deref(p.val).(string); ok && !mbValid(s, e) || p.key.IsStr && !mbValid(p.key.Str, e) {
				return false
			}
			if nested, ok := Deref(p.val).(*Array); ok && !MbCheckEncoding(nested, encoding) {
				return false
			}
		}
	}
	return true
}

func mbValid(s, encoding string) bool {
	switch encoding {
	case "UTF-8":
		return validUTF8(s)
	case "ASCII":
		for i := 0; i < len(s); i++ {
			if s[i] > 127 {
				return false
			}
		}
	}
	return true
}

// MbStrwidth is mb_strwidth(): wide characters of East Asia count twice.
func MbStrwidth(s string, encoding Value) int {
	e := mbEncoding("mb_strwidth", 2, encoding)
	if e != "UTF-8" {
		return len(s)
	}
	n := 0
	for _, r := range mbRepair(s) {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	wide := r >= 0x1100 && r <= 0x115f || r >= 0x2e80 && r <= 0x303e || r >= 0x3041 && r <= 0xa4c6 && r != 0x303f && r < 0x4dc0 ||
		r >= 0x4e00 && r <= 0xa4c6 || r >= 0xa960 && r <= 0xa97c || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff ||
		r >= 0xfe30 && r <= 0xfe6b || r >= 0xff01 && r <= 0xff60 || r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x1f64f ||
		r >= 0x1f900 && r <= 0x1f9ff || r >= 0x20000 && r <= 0x3fffd
	if wide {
		return 2
	}
	return 1
}

// MbStrimwidth is mb_strimwidth() with a width that is not negative.
func MbStrimwidth(s string, start, width int, trimMarker string, encoding Value) string {
	e := mbEncoding("mb_strimwidth", 5, encoding)
	all := mbChars(mbMap(s, e, func(s string) string { return s }), e)
	if start < 0 {
		start += len(all)
	}
	if start < 0 || start > len(all) {
		badArgument("mb_strimwidth", 2, "start", "is out of range")
	}
	rest := strings.Join(all[start:], "")
	if width < 0 {
		width += MbStrwidth(rest, encoding)
		if width < 0 {
			badArgument("mb_strimwidth", 3, "width", "is out of range")
		}
	}
	if MbStrwidth(rest, encoding) <= width {
		return rest
	}
	room := width - MbStrwidth(trimMarker, encoding)
	var b strings.Builder
	for _, c := range all[start:] {
		room -= MbStrwidth(c, encoding)
		if room < 0 {
			break
		}
		b.WriteString(c)
	}
	return b.String() + trimMarker
}

// MbConvertEncoding is mb_convert_encoding() of a string between the encodings there are.
func MbConvertEncoding(v Value, to string, from Value) Value {
	target := mbEncodingNamed("mb_convert_encoding", 2, "to_encoding", to)
	source := mbInternal
	if from != nil {
		source = mbSource(from)
	}
	if a, ok := v.(*Array); ok {
		result := NewArray()
		a.eachRaw(func(k Key, v Value) {
			switch inner := Deref(v).(type) {
			case string:
				v = mbConvert(inner, target, source)
			case *Array:
				v = MbConvertEncoding(inner, to, from)
			}
			result.SetKey(k, Copy(v))
		})
		return result
	}
	return mbConvert(ToString(v), target, source)
}

// mbSource is the encoding that mb_convert_encoding() is told to convert from. Which of several it is stays open.
func mbSource(from Value) string {
	names, isList := from.(*Array)
	if !isList {
		names = ListOf([]Value{})
		for _, name := range strings.Split(ToString(from), ",") {
			if name != "" {
				names.Append(strings.Trim(name, " \t"))
			}
		}
	}
	source := ""
	for _, name := range names.Values() {
		source = mbEncodingNamed("mb_convert_encoding", 3, "from_encoding", ToString(name))
	}
	if names.Len() == 0 {
		badArgument("mb_convert_encoding", 3, "from_encoding", "must specify at least one encoding")
	}
	if names.Len() > 1 {
		Stop("charset", "mb_convert_encoding() from one of several encodings is not converted")
	}
	return source
}

func mbEncodingNamed(function string, n int, name, v string) string {
	e, ok := mbNamed(function, v)
	if !ok && n == 3 {
		badArgument(function, n, name, "contains invalid encoding \""+v+"\"")
	}
	if !ok {
		badArgument(function, n, name, "must be a valid encoding, \""+v+"\" given")
	}
	return e
}

func mbConvert(s, to, from string) string {
	text := s
	switch from {
	case "UTF-8":
		text = mbRepair(s)
	case "ISO-8859-1":
		text = fromLatin1(s)
	case "Windows-1252":
		text = fromWindows1252(s)
	case "ASCII":
		text = asciiOnly(s)
	}
	switch to {
	case "ISO-8859-1":
		return toLatin1(text)
	case "Windows-1252":
		return toWindows1252(text)
	case "ASCII":
		return asciiOnlyRunes(text)
	}
	return text
}

func asciiOnly(s string) string {
	out := []byte(s)
	for i, c := range out {
		if c > 127 {
			out[i] = '?'
		}
	}
	return string(out)
}

func asciiOnlyRunes(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 127 {
			return '?'
		}
		return r
	}, s)
}

// MbOrd is mb_ord().
func MbOrd(s string, encoding Value) (int, bool) {
	if s == "" {
		badArgument("mb_ord", 1, "string", "must not be empty")
	}
	mbEncoding("mb_ord", 2, encoding)
	r, n := utf8.DecodeRuneInString(s)
	return int(r), !(r == utf8.RuneError && n == 1)
}

// MbChr is mb_chr().
func MbChr(codepoint int, encoding Value) (string, bool) {
	mbEncoding("mb_chr", 2, encoding)
	if codepoint < 0 || codepoint > utf8.MaxRune || codepoint >= 0xd800 && codepoint < 0xe000 {
		return "", false
	}
	return string(rune(codepoint)), true
}

// Utf8Encode is utf8_encode().
func Utf8Encode(s string) string {
	Deprecated("Function utf8_encode() is deprecated")
	return fromLatin1(s)
}

// Utf8Decode is utf8_decode().
func Utf8Decode(s string) string {
	Deprecated("Function utf8_decode() is deprecated")
	return toLatin1(mbRepair(s))
}

package php

import (
	"strings"
)

// Changing strings, after https://www.php.net/manual/en/ref.strings.php.

// clip is the part that offset and length (an int or nil) name, as substr() counts.
func clip(size, offset int, length Value) (from, to int) {
	if offset > size {
		return size, size
	}
	if offset < 0 {
		offset = MaxInt(offset+size, 0)
	}
	if length == nil {
		return offset, size
	}
	n := ToInt(length)
	if n < 0 {
		return offset, MaxInt(size+n, offset)
	}
	if n > size-offset {
		return offset, size
	}
	return offset, offset + n
}

// Substr is substr(); length is an int or nil.
func Substr(s string, offset int, length Value) string {
	from, to := clip(len(s), offset, length)
	return s[from:to]
}

// SubstrReplace is substr_replace() of a string or an array of strings.
func SubstrReplace(s, replace, offset, length Value) Value {
	subjects, many := s.(*Array)
	if !many {
		return replaceOne(s, replace, offset, length)
	}
	pick := func(v Value, i int, missing Value) Value {
		a, ok := v.(*Array)
		if !ok {
			return v
		}
		if values := a.Values(); i < len(values) {
			return values[i]
		}
		return missing
	}
	result := NewArray()
	i := 0
	subjects.eachRaw(func(k Key, v Value) {
		text := ToString(v)
		n := pick(length, i, len(text))
		result.SetKey(k, spliceText(text, ToString(pick(replace, i, "")), ToInt(pick(offset, i, 0)), n))
		i++
	})
	return result
}

func replaceOne(s, replace, offset, length Value) Value {
	text := ToString(s)
	_, manyOffsets := offset.(*Array)
	_, manyLengths := length.(*Array)
	if manyOffsets {
		ThrowTypeError(argument("substr_replace", 3, "offset") + " cannot be an array when working on a single string")
	}
	if manyLengths {
		ThrowTypeError(argument("substr_replace", 4, "length") + " cannot be an array when working on a single string")
	}
	if a, ok := replace.(*Array); ok {
		replace = ""
		if a.Len() > 0 {
			replace = a.Values()[0]
		}
	}
	return spliceText(text, ToString(replace), ToInt(offset), length)
}

func spliceText(text, with string, offset int, length Value) string {
	if offset < 0 {
		offset = MaxInt(offset+len(text), 0)
	}
	from, to := clip(len(text), MinInt(offset, len(text)), length)
	return text[:from] + with + text[to:]
}

// lastMask is the last set of bytes that a list without ranges named.
var lastMask struct {
	list string
	mask *[256]bool
}

// charMask is the set of bytes that a list such as "a..z" names; it is only to be read.
func charMask(function, list string) *[256]bool {
	if lastMask.mask != nil && lastMask.list == list {
		return lastMask.mask
	}
	mask := makeMask(function, list)
	if !strings.Contains(list, "..") {
		lastMask.list, lastMask.mask = list, mask
	}
	return mask
}

func makeMask(function, list string) *[256]bool {
	var mask [256]bool
	if len(list) == 1 {
		mask[list[0]] = true
		return &mask
	}
	for i := 0; i < len(list); i++ {
		c := list[i]
		if i+3 < len(list) && list[i+1] == '.' && list[i+2] == '.' && list[i+3] >= c {
			for b := int(c); b <= int(list[i+3]); b++ {
				mask[b] = true
			}
			i += 3
			continue
		}
		if i+1 < len(list) && c == '.' && list[i+1] == '.' {
			warnRange(function, list, i)
			mask[c] = true
			continue
		}
		mask[c] = true
	}
	return &mask
}

func warnRange(function, list string, i int) {
	switch {
	case len(list)-1 <= i+1:
		warnFunction(function, "Invalid '..'-range, no character to the right of '..'")
	case i == 0:
		warnFunction(function, "Invalid '..'-range, no character to the left of '..'")
	case list[i-1] > list[i+2]:
		warnFunction(function, "Invalid '..'-range, '..'-range needs to be incrementing")
	default:
		warnFunction(function, "Invalid '..'-range")
	}
}

func trimLeft(s string, mask *[256]bool) string {
	i := 0
	for i < len(s) && mask[s[i]] {
		i++
	}
	return s[i:]
}

func trimRight(s string, mask *[256]bool) string {
	i := len(s)
	for i > 0 && mask[s[i-1]] {
		i--
	}
	return s[:i]
}

// Trim is trim().
func Trim(s, characters string) string {
	mask := charMask("trim", characters)
	return trimRight(trimLeft(s, mask), mask)
}

// Ltrim is ltrim().
func Ltrim(s, characters string) string { return trimLeft(s, charMask("ltrim", characters)) }

// Rtrim is rtrim().
func Rtrim(s, characters string) string { return trimRight(s, charMask("rtrim", characters)) }

// Chop is chop().
func Chop(s, characters string) string { return trimRight(s, charMask("chop", characters)) }

// Strtolower is strtolower().
func Strtolower(s string) string { return lower(s) }

// Strtoupper is strtoupper().
func Strtoupper(s string) string { return upper(s) }

// Ucfirst is ucfirst().
func Ucfirst(s string) string {
	if s == "" {
		return s
	}
	return upper(s[:1]) + s[1:]
}

// Lcfirst is lcfirst().
func Lcfirst(s string) string {
	if s == "" {
		return s
	}
	return lower(s[:1]) + s[1:]
}

// Ucwords is ucwords().
func Ucwords(s, separators string) string {
	mask := charMask("ucwords", separators)
	out := []byte(s)
	for i := range out {
		if i == 0 || mask[out[i-1]] {
			out[i] = upperByte(out[i])
		}
	}
	return string(out)
}

// Strrev is strrev().
func Strrev(s string) string {
	out := make([]byte, len(s))
	for i := range out {
		out[i] = s[len(s)-1-i]
	}
	return string(out)
}

// stringBytesMax bounds what one call may build, as memory_limit would.
const stringBytesMax = 1 << 31

// StrRepeat is str_repeat().
func StrRepeat(s string, times int) string {
	if times < 0 {
		badArgument("str_repeat", 2, "times", "must be greater than or equal to 0")
	}
	if len(s) > 0 && times > stringBytesMax/len(s) {
		ThrowError("Allowed memory size exhausted")
	}
	return strings.Repeat(s, times)
}

// StrPad is str_pad().
func StrPad(s string, length int, pad string, padType int) string {
	if length < 0 || length <= len(s) {
		return s
	}
	if pad == "" {
		badArgument("str_pad", 3, "pad_string", "must be a non-empty string")
	}
	if padType < 0 || padType > 2 {
		badArgument("str_pad", 4, "pad_type", "must be STR_PAD_LEFT, STR_PAD_RIGHT, or STR_PAD_BOTH")
	}
	missing := length - len(s)
	if missing > stringBytesMax {
		ThrowError("Allowed memory size exhausted")
	}
	left := 0
	switch padType {
	case StrPadLeft:
		left = missing
	case StrPadBoth:
		left = missing / 2
	}
	fill := func(n int) string { return strings.Repeat(pad, n/len(pad)+1)[:n] }
	return fill(left) + s + fill(missing-left)
}

// replaceFolded replaces without regard to case and counts.
func replaceFolded(s, search, replace string) (string, int) {
	folded, wanted := lower(s), lower(search)
	var b strings.Builder
	count := 0
	for {
		i := strings.Index(folded, wanted)
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		b.WriteString(replace)
		s, folded = s[i+len(wanted):], folded[i+len(wanted):]
		count++
	}
	if count == 0 {
		return s, 0
	}
	b.WriteString(s)
	return b.String(), count
}

func replaceExact(s, search, replace string) (string, int) {
	n := strings.Count(s, search)
	if n == 0 {
		return s, 0
	}
	return strings.ReplaceAll(s, search, replace), n
}

type replacer func(s, search, replace string) (string, int)

// StrReplace is str_replace(); count may be nil.
func StrReplace(search, replace, subject Value, count *int) Value {
	return replaceIn("str_replace", search, replace, subject, count, replaceExact)
}

// StrIreplace is str_ireplace().
func StrIreplace(search, replace, subject Value, count *int) Value {
	return replaceIn("str_ireplace", search, replace, subject, count, replaceFolded)
}

// ReplaceString is str_replace() of plain strings.
func ReplaceString(search, replace, subject string) string {
	if search == "" {
		return subject
	}
	return strings.ReplaceAll(subject, search, replace)
}

func replaceIn(function string, search, replace, subject Value, count *int, f replacer) Value {
	if _, ok := replace.(*Array); ok && !IsArray(search) {
		ThrowTypeError(argument(function, 2, "replace") + " must be of type string when argument #1 ($search) is a string")
	}
	total := 0
	var held heldThrow
	apply := func(v Value) Value {
		made, n := replaceAllIn(held.text(v), search, replace, f, &held)
		total += n
		return made
	}
	var result Value
	if subjects, ok := subject.(*Array); ok {
		out := NewArray()
		subjects.eachRaw(func(k Key, v Value) {
			out.SetKey(k, apply(v))
		})
		result = out
	} else {
		result = apply(subject)
	}
	if count != nil {
		*count = total
	}
	held.rethrow()
	return result
}

func replaceAllIn(s string, search, replace Value, f replacer, held *heldThrow) (string, int) {
	searches, many := search.(*Array)
	if !many {
		if ToString(search) == "" {
			return s, 0
		}
		return f(s, ToString(search), ToString(replace))
	}
	replacements, manyReplacements := replace.(*Array)
	var values []Value
	if manyReplacements {
		values = replacements.Values()
	}
	total := 0
	for i, v := range searches.Values() {
		if s == "" {
			break
		}
		with := ""
		if !manyReplacements {
			with = ToString(replace)
		} else if i < len(values) {
			with = held.text(values[i])
		}
		if wanted := held.text(v); wanted != "" {
			var n int
			s, n = f(s, wanted, with)
			total += n
		}
	}
	return s, total
}

// Strtr is strtr() with an array of pairs, or byte by byte with two strings. StrtrBytes is the latter.
func Strtr(s string, from Value, to Value) string {
	pairs, ok := from.(*Array)
	if !ok {
		if to == nil {
			ThrowTypeError(argument("strtr", 2, "from") + " must be of type array, string given")
		}
		return StrtrBytes(s, ToString(from), ToString(to))
	}
	if to != nil {
		ThrowTypeError(argument("strtr", 2, "from") + " must be of type string, array given")
	}
	return replacePairs(s, pairs)
}

// StrtrBytes is strtr() with two strings.
func StrtrBytes(s, from, to string) string {
	n := MinInt(len(from), len(to))
	var table [256]byte
	for i := range table {
		table[i] = byte(i)
	}
	for i := 0; i < n; i++ {
		table[from[i]] = to[i]
	}
	out := []byte(s)
	for i := range out {
		out[i] = table[out[i]]
	}
	return string(out)
}

// replacePairs replaces the longest key at each place, and never what it has just put in.
func replacePairs(s string, pairs *Array) string {
	table := map[string]Value{}
	if s == "" {
		return ""
	}
	longest, shortest := 0, len(s)+1
	if pairs.Len() == 1 {
		k := pairs.Keys()[0]
		v, _ := pairs.LookupKey(k)
		if text := k.String(); text != "" {
			return strings.ReplaceAll(s, text, ToString(v))
		}
	}
	pairs.eachRaw(func(k Key, v Value) {
		text := k.String()
		if text == "" {
			warnFunction("strtr", "Ignoring replacement of empty string")
			return
		}
		table[text] = v
		longest, shortest = MaxInt(longest, len(text)), MinInt(shortest, len(text))
	})
	if longest == 0 {
		return s
	}
	var b strings.Builder
next:
	for i := 0; i < len(s); {
		for n := MinInt(longest, len(s)-i); n >= shortest; n-- {
			if with, ok := table[s[i:i+n]]; ok {
				b.WriteString(ToString(with))
				i += n
				continue next
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// Nl2br is nl2br().
func Nl2br(s string, useXhtml bool) string {
	tag := "<br>"
	if useXhtml {
		tag = "<br />"
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\r' || c == '\n' {
			b.WriteString(tag)
			b.WriteByte(c)
			if i+1 < len(s) && (s[i+1] == '\r' || s[i+1] == '\n') && s[i+1] != c {
				i++
				b.WriteByte(s[i])
			}
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// ChunkSplit is chunk_split().
func ChunkSplit(s string, length int, separator string) string {
	if length < 1 {
		badArgument("chunk_split", 2, "length", "must be greater than 0")
	}
	var b strings.Builder
	for i := 0; i < len(s); i += MinInt(length, len(s)-i) {
		b.WriteString(s[i : i+MinInt(length, len(s)-i)])
		b.WriteString(separator)
	}
	if s == "" {
		return separator
	}
	return b.String()
}

// Wordwrap is wordwrap().
func Wordwrap(s string, width int, lineBreak string, cut bool) string {
	if s == "" {
		return ""
	}
	if lineBreak == "" {
		badArgument("wordwrap", 3, "break", "cannot be empty")
	}
	if width == 0 && cut {
		badArgument("wordwrap", 4, "cut_long_words", "cannot be true when argument #2 ($width) is 0")
	}
	var b strings.Builder
	line, space := 0, 0
	for at := 0; at < len(s); at++ {
		c := s[at]
		switch {
		case c == lineBreak[0] && strings.HasPrefix(s[at:], lineBreak) && at+len(lineBreak) < len(s):
			b.WriteString(s[line : at+len(lineBreak)])
			at += len(lineBreak) - 1
			line, space = at+1, at+1
		case c == ' ':
			if at-line >= width {
				b.WriteString(s[line:at] + lineBreak)
				line = at + 1
			}
			space = at
		case at-line >= width && cut && line >= space:
			b.WriteString(s[line:at] + lineBreak)
			line, space = at, at
		case at-line >= width && line < space:
			b.WriteString(s[line:space] + lineBreak)
			space++
			line = space
		}
	}
	if line < len(s) {
		b.WriteString(s[line:])
	}
	return b.String()
}

package php

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The preg functions, after https://www.php.net/manual/en/ref.pcre.php.

var pregLast int // the code of preg_last_error()

var pregMessages = []string{"No error", "Internal error", "Backtrack limit exhausted", "Recursion limit exhausted",
	"Malformed UTF-8 characters, possibly incorrectly encoded",
	"The offset did not correspond to the beginning of a valid UTF-8 code point", "JIT stack limit reached"}

const (
	pregInternal  = 1
	pregBacktrack = 2
	pregBadUTF8   = 4
	pregBadOffset = 5
)

const regexCacheMax = 4096

var regexCache = map[string]*regexProgram{}

// regexOf is the program of a pattern with delimiters and modifiers, or nil with PHP's warning.
func regexOf(function, pattern string) *regexProgram {
	if p, ok := regexCache[pattern]; ok {
		return p
	}
	body, flags, ok := splitPattern(function, pattern)
	if !ok {
		pregLast = pregInternal
		return nil
	}
	program, failure := compileRegex(body, flags)
	if failure != nil {
		warnFunction(function, "Compilation failed: "+failure.message+" at offset "+strconv.Itoa(failure.at))
		pregLast = pregInternal
		return nil
	}
	if len(regexCache) >= regexCacheMax {
		regexCache = map[string]*regexProgram{}
	}
	regexCache[pattern] = program
	return program
}

func splitPattern(function, pattern string) (body string, flags regexFlags, ok bool) {
	complain := func(text string) (string, regexFlags, bool) {
		warnFunction(function, text)
		return "", flags, false
	}
	text := pattern
	for text != "" && isSpace(text[0]) {
		text = text[1:]
	}
	if text == "" {
		return complain("Empty regular expression")
	}
	open := text[0]
	if isAlnum(open) || open == '\\' || open == 0 {
		return complain("Delimiter must not be alphanumeric, backslash, or NUL")
	}
	end := open
	if i := strings.IndexByte("([{<", open); i >= 0 {
		end = ")]}>"[i]
	}
	at, depth := 1, 1
	for ; at < len(text); at++ {
		c := text[at]
		if c == '\\' && at+1 < len(text) {
			at++
		} else if c == end {
			if depth--; depth <= 0 {
				break
			}
		} else if c == open {
			depth++
		}
	}
	if at >= len(text) {
		if open == end {
			return complain("No ending delimiter '" + string([]byte{open}) + "' found")
		}
		return complain("No ending matching delimiter '" + string([]byte{end}) + "' found")
	}
	evaluates := false // what PHP 5 had
	for _, c := range []byte(text[at+1:]) {
		evaluates = evaluates || c == 'e'
		if c != 'e' && !flags.set(c) {
			if c == 0 {
				return complain("NUL is not a valid modifier")
			}
			return complain("Unknown modifier '" + string([]byte{c}) + "'")
		}
	}
	if evaluates {
		return complain("The /e modifier is no longer supported, use preg_replace_callback instead")
	}
	return text[1:at], flags, true
}

// set takes a modifier; it answers false for one that there is not.
func (f *regexFlags) set(c byte) bool {
	switch c {
	case 'i':
		f.fold = true
	case 'm':
		f.multiline = true
	case 's':
		f.dotAll = true
	case 'x':
		f.extended = true
	case 'u':
		f.utf8 = true
	case 'U':
		f.ungreedy = true
	case 'D':
		f.dollarEnd = true
	case 'A':
		f.anchored = true
	case 'J':
		f.dupNames = true
	case 'n':
		f.noCapture = true
	case 'S', 'X', ' ', '\n', '\r':
	default:
		return false
	}
	return true
}

// usable checks the subject as UTF-8 where the pattern asks for it.
func (p *regexProgram) usable(subject string, offset int) bool {
	pregLast = 0
	if !p.flags.utf8 {
		return true
	}
	if !utf8.ValidString(subject) {
		pregLast = pregBadUTF8
		return false
	}
	if offset < len(subject) && !utf8.RuneStart(subject[offset]) {
		pregLast = pregBadOffset
		return false
	}
	return true
}

// search is find with the limit of backtracking as an error.
func (p *regexProgram) search(subject string, offset int, notEmptyAnchored bool) (found []int, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(backtrackExceeded); !is {
				panic(r)
			}
			pregLast = pregBacktrack
			found, ok = nil, false
		}
	}()
	return p.find(subject, offset, notEmptyAnchored), true
}

// each calls f for every match in turn, as preg_match_all finds them; it answers false after an error.
func (p *regexProgram) each(subject string, offset int, f func(found []int) bool) bool {
	at, retry := offset, false
	for at <= len(subject) {
		found, ok := p.search(subject, at, retry)
		if !ok {
			return false
		}
		if found == nil {
			if !retry {
				return true
			}
			if at >= len(subject) {
				return true
			}
			n := 1
			if p.flags.utf8 {
				_, n = utf8.DecodeRuneInString(subject[at:])
			}
			at, retry = at+n, false
			continue
		}
		found = append([]int{}, found...)
		if !f(found) {
			return true
		}
		at = MaxInt(found[1], at)
		retry = found[1] == found[0]
	}
	return true
}

const (
	pregOffsetCapture   = 256
	pregUnmatchedAsNull = 512
)

// groupValue is what a match has for a group.
func groupValue(subject string, found []int, group, flags int) Value {
	from, to := found[2*group], found[2*group+1]
	var v Value
	switch {
	case from >= 0 && to >= from:
		v = subject[from:to]
	case flags&pregUnmatchedAsNull == 0:
		v = ""
	}
	if flags&pregOffsetCapture != 0 {
		return List(v, MaxInt(from, -1))
	}
	return v
}

// lastGroup is the last group that matched.
func lastGroup(found []int) int {
	n := len(found)/2 - 1
	for n > 0 && found[2*n] < 0 {
		n--
	}
	return n
}

// matchArray is the array of one match; trim leaves out the groups at the end that did not match.
func (p *regexProgram) matchArray(subject string, found []int, flags int, trim bool) *Array {
	a := NewArray()
	last := p.groups
	if trim && flags&pregUnmatchedAsNull == 0 {
		last = lastGroup(found)
	}
	for g := 0; g <= last; g++ {
		v := groupValue(subject, found, g, flags)
		if name := p.nameOf(g); name != "" {
			if old, ok := a.LookupKey(StrKey(name)); !ok || old == "" || old == nil {
				a.SetStr(name, Copy(v))
			}
		}
		a.SetInt(g, v)
	}
	return a
}

func (p *regexProgram) nameOf(group int) string {
	for _, g := range p.names {
		if g.index == group {
			return g.name
		}
	}
	return ""
}

func pregOffset(function, subject string, offset int) int {
	if offset == minInt {
		badArgument(function, 5, "offset", "must be greater than -9223372036854775808")
	}
	if offset < 0 {
		return MaxInt(offset+len(subject), 0)
	}
	return offset
}

// PregMatch is preg_match(): 1, 0, or no result after an error. matches may be nil.
func PregMatch(pattern, subject string, matches **Array, flags, offset int) (int, bool) {
	p := regexOf("preg_match", pattern)
	if p == nil {
		return 0, false
	}
	offset = pregOffset("preg_match", subject, offset)
	if matches != nil {
		*matches = NewArray()
	}
	if flags&0xff != 0 {
		badArgument("preg_match", 4, "flags", "must be a PREG_* constant")
	}
	if offset > len(subject) {
		pregLast = pregInternal
		return 0, false
	}
	if !p.usable(subject, offset) {
		return 0, false
	}
	found, ok := p.search(subject, offset, false)
	if !ok {
		return 0, false
	}
	if found == nil {
		return 0, true
	}
	if matches != nil {
		*matches = p.matchArray(subject, found, flags, true)
	}
	return 1, true
}

// PregMatchAll is preg_match_all().
func PregMatchAll(pattern, subject string, matches **Array, flags, offset int) (int, bool) {
	p := regexOf("preg_match_all", pattern)
	if p == nil {
		return 0, false
	}
	offset = pregOffset("preg_match_all", subject, offset)
	if matches != nil {
		*matches = NewArray()
	}
	order := flags & 0xff
	if order > 2 {
		badArgument("preg_match_all", 4, "flags", "must be a PREG_* constant")
	}
	if offset > len(subject) {
		pregLast = pregInternal
		return 0, false
	}
	usable := p.usable(subject, offset)
	var all [][]int
	ok := usable && p.each(subject, offset, func(found []int) bool {
		all = append(all, found)
		return true
	})
	if matches != nil {
		if order == 2 {
			for _, found := range all {
				(*matches).Append(p.matchArray(subject, found, flags, true))
			}
		} else {
			*matches = p.byGroup(subject, all, flags)
		}
	}
	return len(all), ok
}

func (p *regexProgram) byGroup(subject string, all [][]int, flags int) *Array {
	result := NewArray()
	for g := 0; g <= p.groups; g++ {
		column := NewArray()
		for _, found := range all {
			column.Append(groupValue(subject, found, g, flags))
		}
		if name := p.nameOf(g); name != "" {
			result.SetStr(name, column.Clone())
		}
		result.SetInt(g, column)
	}
	return result
}

// PregQuote is preg_quote(); delimiter is a string or nil.
func PregQuote(s string, delimiter Value) string {
	extra := first(ToString(delimiter), 1)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == 0:
			b.WriteString("\\000")
			continue
		case strings.IndexByte(".\\+*?[^]$(){}=!<>|:-#", c) >= 0 || extra != "" && c == extra[0]:
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// replaceMatches replaces up to limit matches (-1 for all) and counts; ok is false after an error.
func (p *regexProgram) replaceMatches(subject string, limit int, count *int, with func(found []int) string) (string, bool) {
	if !p.usable(subject, 0) {
		return "", false
	}
	var b strings.Builder
	at, n := 0, 0
	ok := limit == 0 || p.each(subject, 0, func(found []int) bool {
		b.WriteString(subject[at:MaxInt(found[0], at)])
		b.WriteString(with(found))
		at = found[1]
		n++
		return n != limit
	})
	if !ok {
		return "", false
	}
	*count += n
	if n == 0 {
		return subject, true
	}
	b.WriteString(subject[at:])
	return b.String(), true
}

// expand puts the groups into a replacement: $1, ${1} and \1.
func expand(replacement, subject string, found []int) string {
	if strings.IndexByte(replacement, '$') < 0 && strings.IndexByte(replacement, '\\') < 0 {
		return replacement
	}
	var b strings.Builder
	for i := 0; i < len(replacement); i++ {
		c := replacement[i]
		if c == '\\' || c == '$' {
			if c == '\\' && i+1 < len(replacement) && replacement[i+1] == '\\' {
				b.WriteByte('\\')
				i++
				continue
			}
			if group, n := groupReference(replacement[i:]); n > 0 {
				if 2*group+1 < len(found) && found[2*group] >= 0 {
					b.WriteString(subject[found[2*group]:found[2*group+1]])
				}
				i += n - 1
				continue
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// groupReference reads $1, ${12} or \1 at the beginning and how long it is.
func groupReference(s string) (group, length int) {
	at := 1
	brace := s[0] == '$' && at < len(s) && s[at] == '{'
	if brace {
		at++
	}
	start := at
	for at < len(s) && at < start+2 && isDigit(s[at]) {
		at++
	}
	if at == start {
		return 0, 0
	}
	group, _ = strconv.Atoi(s[start:at])
	if brace {
		if at >= len(s) || s[at] != '}' {
			return 0, 0
		}
		at++
	}
	return group, at
}

// patternList is the patterns of a call and what replaces each.
func patternList(pattern, replacement Value) (patterns, replacements []Value) {
	list, ok := pattern.(*Array)
	if !ok {
		return []Value{pattern}, []Value{replacement}
	}
	with, many := replacement.(*Array)
	var values []Value
	if many {
		values = with.Values()
	}
	for i, v := range list.Values() {
		patterns = append(patterns, v)
		switch {
		case !many:
			replacements = append(replacements, replacement)
		case i < len(values):
			replacements = append(replacements, values[i])
		default:
			replacements = append(replacements, "")
		}
	}
	return patterns, replacements
}

// heldThrow is what was thrown while one of PHP's functions went over many: it goes on to its end, calls nothing any
// more, and throws when its results by reference are written.
type heldThrow struct{ thrown any }

// heldCall is what f gives, or otherwise where f throws or something has thrown before.
func heldCall[T any](h *heldThrow, otherwise T, f func() T) (made T) {
	if h.thrown != nil {
		return otherwise
	}
	defer func() {
		if h.thrown = recover(); h.thrown != nil {
			made = otherwise
		}
	}()
	return f()
}

// text is v as a string, "" where that throws.
func (h *heldThrow) text(v Value) string {
	switch Deref(v).(type) {
	case Object, *Array:
		return heldCall(h, "", func() string { return ToString(v) })
	}
	return ToString(v)
}

// regex is the compiled pattern, after a throw too; nil where that throws, as it may where an error handler does.
func (h *heldThrow) regex(function string, pattern Value) (p *regexProgram) {
	defer func() {
		if thrown := recover(); thrown != nil && h.thrown == nil {
			h.thrown = thrown
		}
	}()
	return regexOf(function, ToString(pattern))
}

func (h *heldThrow) rethrow() {
	if h.thrown != nil {
		panic(h.thrown)
	}
}

// overSubjects applies f to one subject or to each of an array; f answers false for none.
func overSubjects(subject Value, held *heldThrow, f func(s string) (string, bool)) Value {
	subjects, ok := subject.(*Array)
	if !ok {
		return OrNull(f(ToString(subject)))
	}
	a := NewArray()
	subjects.eachRaw(func(k Key, v Value) {
		if made, ok := f(held.text(v)); ok {
			a.SetKey(k, made)
		}
	})
	return a
}

// PregReplace is preg_replace(); count may be nil.
func PregReplace(pattern, replacement, subject Value, limit int, count *int) Value {
	return pregReplace("preg_replace", pattern, replacement, subject, limit, count, false)
}

// PregFilter is preg_filter(): only what was changed.
func PregFilter(pattern, replacement, subject Value, limit int, count *int) Value {
	return pregReplace("preg_filter", pattern, replacement, subject, limit, count, true)
}

func pregReplace(function string, pattern, replacement, subject Value, limit int, count *int, changed bool) Value {
	if IsArray(replacement) && !IsArray(pattern) {
		ThrowTypeError(argument(function, 1, "pattern") + " must be of type array when argument #2 ($replacement) is an array, string given")
	}
	patterns, replacements := patternList(pattern, replacement)
	total := 0
	var held heldThrow
	result := overSubjects(subject, &held, func(s string) (string, bool) {
		before := total
		for i, pattern := range patterns {
			p := held.regex(function, pattern)
			if p == nil {
				return "", false
			}
			subject, with := s, ToString(replacements[i])
			made, ok := p.replaceMatches(s, limit, &total, func(found []int) string {
				return expand(with, subject, found)
			})
			if !ok {
				return "", false
			}
			s = made
		}
		return s, !changed || total > before
	})
	if count != nil {
		*count = total
	}
	held.rethrow()
	return result
}

// PregReplaceCallback is preg_replace_callback(); count may be nil.
func PregReplaceCallback(pattern Value, callback *Closure, subject Value, limit int, count *int, flags int) Value {
	patterns, _ := patternList(pattern, "")
	over := callbackReplacing{function: "preg_replace_callback", limit: limit, flags: flags}
	result := overSubjects(subject, &over.held, func(s string) (string, bool) {
		return over.run(patterns, callback, s)
	})
	if count != nil {
		*count = over.total
	}
	over.held.rethrow()
	return result
}

// callbackReplacing replaces by what a callback gives for the array of each match.
type callbackReplacing struct {
	function     string
	limit, flags int
	total        int
	held         heldThrow
}

func (c *callbackReplacing) run(patterns []Value, callback *Closure, s string) (string, bool) {
	for _, pattern := range patterns {
		p := c.held.regex(c.function, pattern)
		if p == nil {
			return "", false
		}
		subject := s
		made, ok := p.replaceMatches(s, c.limit, &c.total, func(found []int) string {
			return heldCall(&c.held, subject[found[0]:found[1]], func() string {
				return ToString(callback.Call(p.matchArray(subject, found, c.flags, true)))
			})
		})
		if !ok {
			return "", false
		}
		s = made
	}
	return s, true
}

// PregReplaceCallbackArray is preg_replace_callback_array().
func PregReplaceCallbackArray(pattern *Array, subject Value, limit int, count *int, flags int) Value {
	over := callbackReplacing{function: "preg_replace_callback_array", limit: limit, flags: flags}
	result := subject
	for _, e := range pattern.pairs() {
		callback, _ := FindCallable(e.val)
		if callback == nil {
			ThrowTypeError("preg_replace_callback_array(): Argument #1 ($pattern) must contain only valid callbacks")
		}
		if !e.key.IsStr {
			ThrowTypeError("preg_replace_callback_array(): Argument #1 ($pattern) must contain only string patterns as keys")
		}
		if result == nil {
			break
		}
		k := e.key
		if !IsArray(result) && regexOf("preg_replace_callback_array", k.String()) == nil {
			return nil
		}
		result = overSubjects(result, &over.held, func(s string) (string, bool) {
			return over.run([]Value{k.String()}, callback, s)
		})
		over.held.rethrow()
	}
	if count != nil {
		*count = over.total
	}
	return Copy(result)
}

// PregSplit is preg_split().
func PregSplit(pattern, subject string, limit, flags int) (*Array, bool) {
	p := regexOf("preg_split", pattern)
	if p == nil {
		return nil, false
	}
	pregLast = 0
	if (limit <= 0 || limit > 1) && !p.usable(subject, 0) && limit >= -1 {
		return nil, false
	}
	noEmpty, delimiters, offsets := flags&1 != 0, flags&2 != 0, flags&4 != 0
	a := NewArray()
	add := func(from, to int) {
		if noEmpty && from == to {
			return
		}
		if offsets {
			a.Append(List(subject[from:to], from))
		} else {
			a.Append(subject[from:to])
		}
	}
	if limit == 0 {
		limit = -1
	}
	last := 0
	ok := limit != -1 && limit <= 1 || p.each(subject, 0, func(found []int) bool {
		if !noEmpty || found[0] > last {
			add(last, found[0])
			if limit != -1 {
				limit--
			}
		}
		for g := 1; delimiters && g <= lastGroup(found); g++ {
			if from, to := found[2*g], found[2*g+1]; from >= 0 && (!noEmpty || to > from) {
				add(from, to)
			}
		}
		last = found[1]
		return limit == -1 || limit > 1
	})
	if !ok {
		return nil, false
	}
	if !noEmpty || last < len(subject) {
		add(last, len(subject))
	}
	return a, true
}

// PregGrep is preg_grep().
func PregGrep(pattern string, array *Array, flags int) (*Array, bool) {
	p := regexOf("preg_grep", pattern)
	if p == nil {
		return nil, false
	}
	a := NewArray()
	pregLast = 0
	array.eachRaw(func(k Key, v Value) {
		s := ToString(v)
		if !p.usable(s, 0) {
			return
		}
		found, ok := p.search(s, 0, false)
		if ok && (found != nil) == (flags&1 == 0) {
			a.setRaw(k, ownCopy(v))
		}
	})
	return a, true
}

// PregLastError is preg_last_error().
func PregLastError() int { return pregLast }

// PregLastErrorMsg is preg_last_error_msg().
func PregLastErrorMsg() string { return pregMessages[pregLast] }

package php

import (
	"strings"
	"unicode"
)

// Character classes of regular expressions.

// charSet is a class: ranges and sets, perhaps all but them.
type charSet struct {
	negative bool
	fold     bool
	utf8     bool
	ranges   []rune // pairs
	sets     []func(r rune) bool
	small    [256]bool // the answers for the first 256, once made
	ready    bool
}

func (s *charSet) matches(r rune) bool {
	if s.ready && r < 256 {
		return s.small[r]
	}
	return s.slow(r)
}

// prepare makes the answers for the first 256 characters.
func (s *charSet) prepare() *charSet {
	for r := rune(0); r < 256; r++ {
		s.small[r] = s.slow(r)
	}
	s.ready = true
	return s
}

func (s *charSet) slow(r rune) bool {
	found := s.member(r)
	if !found && s.fold {
		if s.utf8 {
			for f := unicode.SimpleFold(r); f != r && !found; f = unicode.SimpleFold(f) {
				found = s.member(f)
			}
		} else if r < 128 && isAlpha(byte(r)) {
			found = s.member(r ^ 32)
		}
	}
	return found != s.negative
}

func (s *charSet) member(r rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if r >= s.ranges[i] && r <= s.ranges[i+1] {
			return true
		}
	}
	for _, set := range s.sets {
		if set(r) {
			return true
		}
	}
	return false
}

func (s *charSet) add(low, high rune) { s.ranges = append(s.ranges, low, high) }

func dotSet(all bool) *charSet {
	s := &charSet{negative: true}
	if !all {
		s.add('\n', '\n')
	}
	return s.prepare()
}

func byteSet(is func(c byte) bool) func(r rune) bool {
	return func(r rune) bool { return r < 128 && is(byte(r)) }
}

func isWordRune(r rune) bool { return r < 128 && (isAlnum(byte(r)) || r == '_') }

func isHorizontal(r rune) bool {
	switch r {
	case '\t', ' ', 0xa0, 0x1680, 0x180e, 0x202f, 0x205f, 0x3000:
		return true
	}
	return r >= 0x2000 && r <= 0x200a
}

func isVertical(r rune) bool {
	return r >= '\n' && r <= '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// setEscape reads \d and its kin and \p{...}; nil where the escape is another one.
func (p *regexParser) setEscape() *charSet {
	c := p.peek()
	if c == 'p' || c == 'P' {
		return p.property()
	}
	kinds := map[byte]func(r rune) bool{'d': byteSet(isDigit), 's': byteSet(isSpace), 'w': isWordRune, 'h': isHorizontal, 'v': isVertical}
	lowered := c | 32
	is, ok := kinds[lowered]
	if !ok {
		return nil
	}
	if p.flags.utf8 { // PHP's u modifier asks for Unicode properties too
		switch lowered {
		case 'd':
			is = unicode.IsDigit
		case 's':
			is = func(r rune) bool { return isHorizontal(r) || isVertical(r) }
		case 'w':
			is = isUnicodeWord
		}
	}
	p.at++
	return (&charSet{negative: c != lowered, sets: []func(r rune) bool{is}}).prepare()
}

func isUnicodeWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_' }

// property reads \p{Lu}, \pL, \p{^Han}.
func (p *regexParser) property() *charSet {
	set := &charSet{negative: p.peek() == 'P'}
	p.at++
	if !p.more() {
		p.fail("malformed \\P or \\p sequence", p.at)
	}
	name := string([]byte{p.peek()})
	if p.peek() == '{' {
		end := strings.IndexByte(p.pattern[p.at:], '}')
		if end < 0 {
			p.fail("malformed \\P or \\p sequence", len(p.pattern))
		}
		name = p.pattern[p.at+1 : p.at+end]
		p.at += end
	}
	p.at++
	if strings.HasPrefix(name, "^") {
		set.negative, name = !set.negative, name[1:]
	}
	is := unicodeProperty(name)
	if is == nil {
		p.fail("unknown property after \\P or \\p", p.at)
	}
	set.sets = append(set.sets, is)
	return set.prepare()
}

func unicodeProperty(name string) func(r rune) bool {
	switch name {
	case "Any":
		return func(rune) bool { return true }
	case "L&":
		return func(r rune) bool {
			return unicode.Is(unicode.Lu, r) || unicode.Is(unicode.Ll, r) || unicode.Is(unicode.Lt, r)
		}
	case "Xan":
		return func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	case "Xwd":
		return isUnicodeWord
	case "Xsp", "Xps":
		return func(r rune) bool { return isHorizontal(r) || isVertical(r) }
	}
	if table, ok := unicode.Categories[name]; ok {
		return func(r rune) bool { return unicode.Is(table, r) }
	}
	if table, ok := unicode.Scripts[name]; ok {
		return func(r rune) bool { return unicode.Is(table, r) }
	}
	return nil
}

var posixClasses = map[string]func(c byte) bool{
	"alpha": isAlpha, "digit": isDigit, "alnum": isAlnum, "lower": isLower, "upper": isUpper, "space": isSpace,
	"xdigit": isXdigit, "graph": isGraph, "blank": func(c byte) bool { return c == ' ' || c == '\t' },
	"punct": func(c byte) bool { return isGraph(c) && !isAlnum(c) }, "print": func(c byte) bool { return isGraph(c) || c == ' ' },
	"cntrl": func(c byte) bool { return c < 32 || c == 127 }, "word": func(c byte) bool { return isWordRune(rune(c)) },
	"ascii": func(c byte) bool { return c < 128 },
}

// class reads [...].
func (p *regexParser) class() *regexNode {
	p.at++
	set := &charSet{fold: p.flags.fold, utf8: p.flags.utf8}
	if p.take("^") {
		set.negative = true
	}
	for first := true; ; first = false {
		if !p.more() {
			p.fail("missing terminating ] for character class", len(p.pattern))
		}
		if p.peek() == ']' && !first {
			p.at++
			return &regexNode{kind: nodeSet, set: set.prepare()}
		}
		p.classItem(set)
	}
}

func (p *regexParser) classItem(set *charSet) {
	if p.has("[:") && p.posix(set) {
		return
	}
	if p.take("\\E") {
		return
	}
	if p.take("\\Q") {
		for p.more() && !p.take("\\E") {
			r := p.rune()
			set.add(r, r)
		}
		return
	}
	low, is := p.classChar()
	if is != nil {
		set.sets = append(set.sets, is.matches)
		return
	}
	if p.peek() != '-' || p.at+1 >= len(p.pattern) || p.pattern[p.at+1] == ']' {
		set.add(low, low)
		return
	}
	dash := p.at
	p.at++
	if p.has("[:") {
		set.add(low, low)
		set.add('-', '-')
		return
	}
	high, is := p.classChar()
	if is != nil {
		set.add(low, low)
		set.add('-', '-')
		set.sets = append(set.sets, is.matches)
		return
	}
	if high < low {
		p.fail("range out of order in character class", dash+1)
	}
	set.add(low, high)
}

func (p *regexParser) classChar() (rune, *charSet) {
	if p.peek() != '\\' {
		return p.rune(), nil
	}
	p.at++
	if !p.more() {
		p.fail("\\ at end of pattern", p.at)
	}
	if set := p.setEscape(); set != nil {
		return 0, set
	}
	return p.charEscape(true), nil
}

// posix reads [:alpha:] inside a class; it answers false where it is none.
func (p *regexParser) posix(set *charSet) bool {
	end := strings.Index(p.pattern[p.at:], ":]")
	if end < 0 {
		return false
	}
	name := p.pattern[p.at+2 : p.at+end]
	negative := strings.HasPrefix(name, "^")
	name = strings.TrimPrefix(name, "^")
	for i := 0; i < len(name); i++ {
		if !isAlpha(name[i]) {
			return false
		}
	}
	is, ok := posixClasses[name]
	if !ok {
		p.fail("unknown POSIX class name", p.at)
	}
	p.at += end + 2
	set.sets = append(set.sets, func(r rune) bool { return (r < 256 && is(byte(r)) && r < 128) != negative })
	return true
}

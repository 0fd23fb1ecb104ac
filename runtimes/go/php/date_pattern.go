package php

import (
	"math/bits"
	"strings"
)

// Patterns of the texts that dates are written in, matched to the longest end: a regular expression with (a|b), [a-z], ?,
// *, +, {n,m}, and <name> for a pattern that has a name. A letter in lower case stands for both cases, % for a byte of 0.
// It sees datePatternBytes bytes.

const (
	datePatternBytes = 62
	unlimitedTimes   = 64
)

type patternKind int

const (
	patternSequence patternKind = iota
	patternBytes
	patternChoice
	patternRepeat
)

type datePattern struct {
	kind        patternKind
	bytes       [256]bool
	parts       []datePattern
	least, most int
}

// patternReader is the text of a pattern as far as it has been read.
type patternReader struct {
	text  string
	at    int
	names map[string]string
}

func newDatePattern(text string, names map[string]string) datePattern {
	r := patternReader{text: text, names: names}
	return r.choice()
}

func (r *patternReader) take(c byte) bool {
	if r.at >= len(r.text) || r.text[r.at] != c {
		return false
	}
	r.at++
	return true
}

func (r *patternReader) choice() datePattern {
	out := datePattern{kind: patternChoice}
	for {
		var one datePattern
		for r.at < len(r.text) && r.text[r.at] != '|' && r.text[r.at] != ')' {
			one.parts = append(one.parts, r.repeated())
		}
		out.parts = append(out.parts, one)
		if !r.take('|') {
			return out
		}
	}
}

func (r *patternReader) repeated() datePattern {
	one := r.item()
	least, most := 0, unlimitedTimes
	switch {
	case r.take('?'):
		most = 1
	case r.take('*'):
	case r.take('+'):
		least = 1
	case r.take('{'):
		least = r.number()
		most = least
		if r.take(',') {
			most = r.number()
		}
		r.take('}')
	default:
		return one
	}
	return datePattern{kind: patternRepeat, parts: []datePattern{one}, least: least, most: most}
}

func (r *patternReader) number() int {
	n := 0
	for r.at < len(r.text) && isDigit(r.text[r.at]) {
		n = n*10 + int(r.text[r.at]-'0')
		r.at++
	}
	return n
}

func (r *patternReader) item() datePattern {
	if r.take('(') {
		out := r.choice()
		r.take(')')
		return out
	}
	if r.take('<') {
		end := r.at + strings.IndexByte(r.text[r.at:], '>')
		name := r.text[r.at:end]
		r.at = end + 1
		return newDatePattern(r.names[name], r.names)
	}
	out := datePattern{kind: patternBytes}
	if r.take('[') {
		for !r.take(']') {
			r.addRange(&out)
		}
		return out
	}
	r.take('\\')
	c := r.byte()
	out.bytes[c] = true
	if c >= 'a' && c <= 'z' {
		out.bytes[c-'a'+'A'] = true
	}
	return out
}

func (r *patternReader) byte() byte {
	c := r.text[r.at]
	r.at++
	if c == '%' {
		return 0
	}
	return c
}

func (r *patternReader) addRange(out *datePattern) {
	first := r.byte()
	last := first
	if r.at+1 < len(r.text) && r.text[r.at] == '-' && r.text[r.at+1] != ']' {
		r.at++
		last = r.byte()
	}
	for b := int(first); b <= int(last); b++ {
		out.bytes[b] = true
	}
}

// ends is the places (one bit each) where a match that starts at one of from can end.
func (p *datePattern) ends(text string, from uint64) uint64 {
	out := uint64(0)
	switch p.kind {
	case patternBytes:
		for left := from; left != 0; left &= left - 1 {
			if at := bits.TrailingZeros64(left); at < len(text) && p.bytes[text[at]] {
				out |= 2 << at
			}
		}
		return out
	case patternSequence:
		for i := range p.parts {
			if from == 0 {
				return 0
			}
			from = p.parts[i].ends(text, from)
		}
		return from
	case patternChoice:
		for i := range p.parts {
			out |= p.parts[i].ends(text, from)
		}
		return out
	}
	if p.least == 0 {
		out = from
	}
	for n := 1; n <= p.most && from != 0; n++ {
		from = p.parts[0].ends(text, from)
		if n >= p.least {
			from &^= out
			out |= from
		}
	}
	return out
}

// match is how many bytes the longest match from the start of the text has; 0: there is none.
func (p *datePattern) match(text string) int {
	if len(text) > datePatternBytes {
		text = text[:datePatternBytes]
	}
	return MaxInt(bits.Len64(p.ends(text, 1))-1, 0)
}

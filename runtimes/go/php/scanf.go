package php

import (
	"strconv"
	"strings"
)

// sscanf(), after https://www.php.net/manual/en/function.sscanf.php and its observable behaviour: white space in the format
// takes any, other bytes take themselves, and conversions give values until one does not fit.

type scanner struct {
	format, text string
	at, next     int // in the format, in the text
	slots        int
	positional   bool
	values       map[int]Value
	order        int // the next slot that has no position
	count        int // conversions that gave something
	ended        bool
	discard      bool
	width        int
}

// Sscanf is sscanf(): without places of variables an array with null for what was not there, or null where the text ended
// first; with them how many were set, or -1.
func Sscanf(text, format Value, places ...*Value) Value {
	given, shape := ParamString(text, "sscanf(): Argument #1 ($string)"), ParamString(format, "sscanf(): Argument #2 ($format)")
	return scanned(given, shape, places)
}

// scanned is what sscanf() and fscanf() give of a text.
func scanned(given, shape string, places []*Value) Value {
	if len(places) == 0 {
		s := scan(given, shape, -1)
		if s.ended && s.count == 0 {
			return nil
		}
		a := NewArraySize(s.slots)
		for i := 0; i < s.slots; i++ {
			a.Append(s.values[i])
		}
		return a
	}
	s := scan(given, shape, len(places))
	for i, place := range places {
		if v, ok := s.values[i]; ok {
			*behind(place) = v
		} else if *behind(place) == Undef {
			*behind(place) = nil
		}
	}
	if s.ended && s.count == 0 {
		return -1
	}
	return s.count
}

// scan runs twice over the format: the first time only to count and check the conversions.
func scan(text, format string, variables int) *scanner {
	checked := &scanner{format: format, text: text, values: map[int]Value{}}
	checked.check()
	if variables >= 0 && checked.slots < variables {
		ThrowValueError("Variable is not assigned by any conversion specifiers")
	}
	if variables >= 0 && checked.slots > variables {
		ThrowValueError("Different numbers of variable names and field specifiers")
	}
	s := &scanner{format: format, text: text, slots: checked.slots, values: map[int]Value{}}
	s.run()
	return s
}

// head reads what stands between % and the letter, and gives the slot of the value.
func (s *scanner) head() int {
	s.discard, s.width = false, 0
	slot := -1
	if s.at < len(s.format) && s.format[s.at] == '*' {
		s.discard = true
		s.at++
	}
	start := s.at
	number := s.digits()
	if number >= 0 && s.at < len(s.format) && s.format[s.at] == '$' {
		s.at++
		slot = number - 1
		s.width = MaxInt(s.digits(), 0)
	} else if number >= 0 {
		s.width = number
	} else {
		s.at = start
	}
	for s.at < len(s.format) && strings.IndexByte("hlL", s.format[s.at]) >= 0 {
		s.at++
	}
	return slot
}

func (s *scanner) digits() int {
	start := s.at
	for s.at < len(s.format) && isDigit(s.format[s.at]) {
		s.at++
	}
	if s.at == start {
		return -1
	}
	return StringToInt(s.format[start:s.at])
}

func (s *scanner) letter() byte {
	if s.at >= len(s.format) {
		return 0
	}
	s.at++
	return s.format[s.at-1]
}

func (s *scanner) check() {
	for s.at < len(s.format) {
		s.at++
		if s.format[s.at-1] != '%' {
			continue
		}
		if s.at < len(s.format) && s.format[s.at] == '%' {
			s.at++
			continue
		}
		slot := s.head()
		switch c := s.letter(); c {
		case 'n', 'd', 'D', 'i', 'o', 'x', 'X', 'u', 'f', 'e', 'E', 'g', 's', 'c':
		case '[':
			if _, ok := s.set(); !ok {
				ThrowValueError("Unmatched [ in format string")
			}
		default:
			ThrowValueError("Bad scan conversion character \"" + string([]byte{c}) + "\"")
		}
		if s.discard {
			continue
		}
		if slot < 0 {
			slot = s.order
			s.order++
		}
		s.slots = MaxInt(s.slots, slot+1)
	}
}

// set reads the bytes of %[...], and gives whether one is among them.
func (s *scanner) set() (func(c byte) bool, bool) {
	not := s.at < len(s.format) && s.format[s.at] == '^'
	if not {
		s.at++
	}
	start := s.at
	end := strings.IndexByte(s.format[MinInt(start+1, len(s.format)):], ']')
	if start >= len(s.format) || end < 0 {
		return nil, false
	}
	body := s.format[start : start+1+end]
	s.at = start + 2 + end
	var in [256]bool
	for i := 0; i < len(body); i++ {
		if i+2 < len(body) && body[i+1] == '-' {
			for c := int(body[i]); c <= int(body[i+2]); c++ {
				in[c] = true
			}
			i += 2
			continue
		}
		in[body[i]] = true
	}
	return func(c byte) bool { return in[c] != not }, true
}

func (s *scanner) skipSpace() {
	for s.next < len(s.text) && isSpace(s.text[s.next]) {
		s.next++
	}
}

func (s *scanner) run() {
	for s.at < len(s.format) {
		c := s.letter()
		if isSpace(c) {
			s.skipSpace()
			continue
		}
		if c == '%' && s.at < len(s.format) && s.format[s.at] != '%' {
			if !s.convert() {
				return
			}
			continue
		}
		if c == '%' {
			s.at++
		}
		if s.next >= len(s.text) {
			s.ended = true
			return
		}
		if s.text[s.next] != c {
			return
		}
		s.next++
	}
}

// convert does one conversion; false where the text does not fit.
func (s *scanner) convert() bool {
	slot := s.head()
	c := s.letter()
	var in func(c byte) bool
	if c == '[' {
		in, _ = s.set()
	}
	if slot < 0 && !s.discard {
		slot = s.order
		s.order++
	}
	if c == 'n' {
		if !s.discard {
			s.values[slot] = s.next
			s.count++
		}
		return true
	}
	if c != 'c' && c != '[' {
		s.skipSpace()
	}
	if s.next >= len(s.text) {
		s.ended = true
		return false
	}
	v, ok := s.value(c, in)
	if !ok {
		return false
	}
	if !s.discard {
		s.values[slot] = v
		s.count++
	}
	return true
}

// take gives as many bytes as fit, no more than the width.
func (s *scanner) take(fits func(i int, c byte) bool) string {
	start := s.next
	for s.next < len(s.text) && (s.width == 0 || s.next-start < s.width) && fits(s.next-start, s.text[s.next]) {
		s.next++
	}
	return s.text[start:s.next]
}

func (s *scanner) value(c byte, in func(c byte) bool) (Value, bool) {
	switch c {
	case 's':
		return s.take(func(_ int, c byte) bool { return !isSpace(c) }), true
	case 'c':
		if s.width == 0 {
			s.width = 1
		}
		return s.take(func(int, byte) bool { return true }), true
	case '[':
		text := s.take(func(_ int, c byte) bool { return in(c) })
		return text, text != ""
	case 'f', 'e', 'E', 'g':
		return s.float()
	}
	return s.integer(c)
}

func (s *scanner) float() (Value, bool) {
	rest := s.text[s.next:]
	if s.width > 0 && s.width < len(rest) {
		rest = rest[:s.width]
	}
	for n := len(rest); n > 0; n-- {
		if strings.ContainsAny(rest[:n], "xXpPiInN_ ") {
			continue
		}
		if f, err := strconv.ParseFloat(rest[:n], 64); err == nil {
			s.next += n
			return f, true
		}
	}
	return nil, false
}

func (s *scanner) integer(c byte) (Value, bool) {
	base := map[byte]int{'d': 10, 'D': 10, 'u': 10, 'i': 0, 'o': 8, 'x': 16, 'X': 16}[c]
	start := s.next
	sign := s.take(func(i int, c byte) bool { return i == 0 && (c == '-' || c == '+') })
	if base == 0 || base == 16 {
		prefix := strings.ToLower(s.text[s.next:MinInt(s.next+2, len(s.text))])
		switch {
		case prefix == "0x" && s.next+2 < len(s.text) && isHexDigit(s.text[s.next+2]):
			base = 16
			s.next += 2
		case base == 0 && strings.HasPrefix(prefix, "0"):
			base = 8
		case base == 0:
			base = 10
		}
	}
	begin := s.next
	for s.next < len(s.text) && (s.width == 0 || s.next-start < s.width) && digitValue(s.text[s.next]) < base {
		s.next++
	}
	if s.next == begin {
		s.next = start
		return nil, false
	}
	n := stringBase(sign+s.text[begin:s.next], base)
	if c == 'u' && n < 0 {
		return strconv.FormatUint(uint64(n), 10), true
	}
	return n, true
}

func isHexDigit(c byte) bool { return digitValue(c) < 16 }

package php

import "strconv"

// utf8Fault is what PCRE says of a text that is no UTF-8, and where.
func utf8Fault(s string) (string, int) {
	for i := 0; i < len(s); {
		n := 1
		if s[i] >= 0x80 {
			what, length := utf8FaultAt(s[i:])
			if what != "" {
				return what, i
			}
			n = length
		}
		i += n
	}
	return "", len(s)
}

// utf8FaultAt looks at the character at the beginning, which is not ASCII; it gives its length where nothing is wrong.
func utf8FaultAt(s string) (string, int) {
	c := s[0]
	if c < 0xc0 {
		return "isolated byte with 0x80 bit set", 0
	}
	if c >= 0xfe {
		return "illegal byte (0xfe or 0xff)", 0
	}
	more := 1
	for mask := byte(0x20); c&mask != 0; mask >>= 1 {
		more++
	}
	if missing := more + 1 - len(s); missing > 0 {
		if missing == 1 {
			return "1 byte missing at end", 0
		}
		return strconv.Itoa(missing) + " bytes missing at end", 0
	}
	for i := 1; i <= more; i++ {
		if s[i]&0xc0 != 0x80 {
			return "byte " + strconv.Itoa(i+1) + " top bits not 0x80", 0
		}
	}
	second := s[1]
	switch {
	case more == 1 && c&0x3e == 0, more > 1 && c&(0x3f>>more) == 0 && second&(0x3f<<(7-more)&0x3f) == 0:
		return "overlong " + strconv.Itoa(more+1) + "-byte sequence", 0
	case c == 0xed && second >= 0xa0:
		return "code points 0xd800-0xdfff are not defined", 0
	case more == 3 && (c > 0xf4 || c == 0xf4 && second > 0x8f):
		return "code points greater than 0x10ffff are not defined", 0
	case more > 3:
		return strconv.Itoa(more+1) + "-byte character is not allowed (RFC 3629)", 0
	}
	return "", more + 1
}

package php

import (
	"strings"
	"unicode/utf8"
)

// UTF-8 as PHP takes it: bytes that are no character stand for one each.

func validUTF8(s string) bool { return utf8.ValidString(s) }

// substituteUTF8 replaces what is no UTF-8 by U+FFFD, or drops it.
func substituteUTF8(s string, drop bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			if !drop {
				b.WriteString("\uFFFD")
			}
			n = invalidLength(s[i:])
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// invalidLength is how many bytes belong to the broken character at the beginning.
func invalidLength(s string) int {
	want := 0
	switch c := s[0]; {
	case c >= 0xc2 && c < 0xe0:
		want = 1
	case c >= 0xe0 && c < 0xf0:
		want = 2
	case c >= 0xf0 && c < 0xf5:
		want = 3
	}
	n := 1
	for n <= want && n < len(s) && s[n]&0xc0 == 0x80 {
		if n == 1 && (s[0] == 0xe0 && s[1] < 0xa0 || s[0] == 0xed && s[1] > 0x9f || s[0] == 0xf0 && s[1] < 0x90 ||
			s[0] == 0xf4 && s[1] > 0x8f) {
			break
		}
		n++
	}
	return n
}

// characters is s as characters, each broken sequence one of its own.
func characters(s string) []string {
	all := make([]string, 0, len(s))
	for i := 0; i < len(s); {
		n := utf8Length(s[i:])
		all = append(all, s[i:i+n])
		i += n
	}
	return all
}

// utf8Length is how many bytes mbstring takes for the character at the beginning: by its first byte alone.
func utf8Length(s string) int {
	n := 1
	switch c := s[0]; {
	case c >= 0xc2 && c < 0xe0:
		n = 2
	case c >= 0xe0 && c < 0xf0:
		n = 3
	case c >= 0xf0 && c < 0xf8:
		n = 4
	}
	return MinInt(n, len(s))
}

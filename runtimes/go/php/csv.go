package php

import "strings"

// Comma-separated values, after https://www.php.net/manual/en/function.str-getcsv.php.

// StrGetcsv is str_getcsv().
func StrGetcsv(s, separator, enclosure, escape string) *Array {
	if separator == "" {
		separator = ","
	}
	if enclosure == "" {
		enclosure = "\""
	}
	a := NewArray()
	if s == "" || s == "\n" || s == "\r" || s == "\r\n" {
		a.Append(nil)
		return a
	}
	for at := 0; ; {
		field, next := csvField(s, at, separator[0], enclosure[0], escape)
		a.Append(field)
		if next >= len(s) {
			if next == len(s) && s[len(s)-1] == separator[0] && next > at {
				a.Append("")
			}
			return a
		}
		at = next
	}
}

// csvField reads the field at a place and gives where the next begins, beyond the end for the last.
func csvField(s string, at int, separator, enclosure byte, escape string) (field string, next int) {
	start := at
	for start < len(s) && (s[start] == ' ' || s[start] == '\t') && s[start] != separator {
		start++
	}
	if start >= len(s) || s[start] != enclosure {
		end := strings.IndexByte(s[at:], separator)
		if end < 0 {
			return strings.TrimRight(s[at:], "\r\n"), len(s) + 1
		}
		return s[at : at+end], at + end + 1
	}
	var b strings.Builder
	i, _ := csvEnclosed(s, start+1, enclosure, escape, &b)
	end := strings.IndexByte(s[MinInt(i, len(s)):], separator)
	if end < 0 {
		return b.String() + strings.TrimRight(s[MinInt(i, len(s)):], "\r\n"), len(s) + 1
	}
	return b.String() + s[i:i+end], i + end + 1
}

// csvEnclosed reads what is within enclosures, to `out` where that is not nil; it gives what is behind, and whether there is
// an enclosure at the end.
func csvEnclosed(s string, i int, enclosure byte, escape string, out *strings.Builder) (end int, closed bool) {
	write := func(text string) {
		if out != nil {
			out.WriteString(text)
		}
	}
	for ; i < len(s); i++ {
		c := s[i]
		quoted := i+1 < len(s) && s[i+1] == enclosure
		switch {
		case escape != "" && c == escape[0] && escape[0] != enclosure && quoted:
			write(s[i : i+2])
			i++
		case c == enclosure && quoted:
			write(s[i : i+1])
			i++
		case c == enclosure:
			return i + 1, true
		default:
			write(s[i : i+1])
		}
	}
	return i, false
}

// csvGoesOn says whether the text ends within an enclosure.
func csvGoesOn(s string, separator, enclosure byte, escape string) bool {
	for at := 0; ; {
		start := at
		for start < len(s) && (s[start] == ' ' || s[start] == '\t') && s[start] != separator {
			start++
		}
		if start < len(s) && s[start] == enclosure {
			end, closed := csvEnclosed(s, start+1, enclosure, escape, nil)
			if !closed {
				return true
			}
			at = end
		}
		next := strings.IndexByte(s[at:], separator)
		if next < 0 {
			return false
		}
		at += next + 1
	}
}

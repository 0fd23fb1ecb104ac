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
	if s == "" {
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
	i := start + 1
	for ; i < len(s); i++ {
		c := s[i]
		if escape != "" && c == escape[0] && escape[0] != enclosure && i+1 < len(s) && s[i+1] == enclosure {
			b.WriteByte(c)
			b.WriteByte(s[i+1])
			i++
			continue
		}
		if c == enclosure {
			if i+1 < len(s) && s[i+1] == enclosure {
				b.WriteByte(c)
				i++
				continue
			}
			i++
			break
		}
		b.WriteByte(c)
	}
	end := strings.IndexByte(s[MinInt(i, len(s)):], separator)
	if end < 0 {
		return b.String() + strings.TrimRight(s[MinInt(i, len(s)):], "\r\n"), len(s) + 1
	}
	return b.String() + s[i:i+end], i + end + 1
}

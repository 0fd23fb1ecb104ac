package php

import (
	"strconv"
	"strings"
)

// Taking strings apart and putting them together, after https://www.php.net/manual/en/ref.strings.php.

// Explode is explode().
func Explode(separator, s string, limit int) *Array {
	if separator == "" {
		badArgument("explode", 1, "separator", "cannot be empty")
	}
	parts := strings.Split(s, separator)
	switch {
	case limit > 1 || limit == 0 || limit == 1:
		limit = MaxInt(limit, 1)
		if len(parts) > limit {
			last := strings.Join(parts[limit-1:], separator)
			parts = append(parts[:limit-1:limit-1], last)
		}
	case len(parts)+limit <= 0:
		return NewArray()
	default:
		parts = parts[:len(parts)+limit]
	}
	return ListOf(parts)
}

// Implode is implode(): the separator and the array, or the array alone.
func Implode(separator Value, array *Array) string { return implode("implode", separator, array) }

// Join is join().
func Join(separator Value, array *Array) string { return implode("join", separator, array) }

func implode(function string, separator Value, array *Array) string {
	pieces, alone := separator.(*Array)
	if array == nil {
		if !alone {
			ThrowTypeError(argument(function, 1, "array") + " must be of type array, string given")
		}
		return JoinStrings("", pieces)
	}
	if alone {
		ThrowTypeError(argument(function, 1, "separator") + " must be of type string, array given")
	}
	return JoinStrings(ToString(separator), array)
}

// JoinStrings is implode() of a string and an array.
func JoinStrings(separator string, array *Array) string {
	parts := make([]string, 0, array.Len())
	array.eachRaw(func(_ Key, v Value) { parts = append(parts, ToString(v)) })
	return strings.Join(parts, separator)
}

// StrSplit is str_split().
func StrSplit(s string, length int) *Array {
	if length < 1 {
		badArgument("str_split", 2, "length", "must be greater than 0")
	}
	if s == "" {
		return List()
	}
	parts := NewArray()
	for len(s) > length {
		parts.Append(s[:length])
		s = s[length:]
	}
	parts.Append(s)
	return parts
}

// StrWordCount is str_word_count().
func StrWordCount(s string, format int, characters Value) Value {
	if format < 0 || format > 2 {
		badArgument("str_word_count", 2, "format", "must be a valid format value")
	}
	mask := &[256]bool{}
	if characters != nil && s != "" {
		mask = charMask("str_word_count", ToString(characters))
	}
	letter := func(c byte) bool { return c|32 >= 'a' && c|32 <= 'z' && c < 128 || mask[c] }
	words, count := NewArray(), 0
	i, end := 0, len(s)
	for i < end && (s[i] == '\'' && !mask['\''] || s[i] == '-' && !mask['-']) && i == 0 {
		i++
	}
	if end > 0 && s[end-1] == '-' && !mask['-'] {
		end--
	}
	for i < end {
		start := i
		for i < end && (letter(s[i]) || s[i] == '\'' || s[i] == '-') {
			i++
		}
		if i == start {
			i++
			continue
		}
		count++
		if format == 1 {
			words.Append(s[start:i])
		} else if format == 2 {
			words.SetInt(start, s[start:i])
		}
	}
	if format == 0 {
		return count
	}
	return words
}

// CountChars is count_chars().
func CountChars(s string, mode int) Value {
	if mode < 0 || mode > 4 {
		badArgument("count_chars", 2, "mode", "must be between 0 and 4 (inclusive)")
	}
	var counts [256]int
	for i := 0; i < len(s); i++ {
		counts[s[i]]++
	}
	result := NewArray()
	var used, unused []byte
	for c, n := range counts {
		if n > 0 {
			used = append(used, byte(c))
		} else {
			unused = append(unused, byte(c))
		}
		if mode == 0 || mode == 1 && n > 0 || mode == 2 && n == 0 {
			result.SetInt(c, n)
		}
	}
	switch mode {
	case 3:
		return string(used)
	case 4:
		return string(unused)
	}
	return result
}

// Ord is ord().
func Ord(s string) int {
	if s == "" {
		return 0
	}
	return int(s[0])
}

// Chr is chr().
func Chr(codepoint int) string { return string([]byte{byte(codepoint)}) }

// Bin2hex is bin2hex().
func Bin2hex(s string) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(s))
	for i := 0; i < len(s); i++ {
		out = append(out, digits[s[i]>>4], digits[s[i]&15])
	}
	return string(out)
}

// Hex2bin is hex2bin().
func Hex2bin(s string) (string, bool) {
	if len(s)%2 != 0 {
		warnFunction("hex2bin", "Hexadecimal input string must have an even length")
		return "", false
	}
	out := make([]byte, 0, len(s)/2)
	for i := 0; i < len(s); i += 2 {
		n, err := strconv.ParseUint(s[i:i+2], 16, 8)
		if err != nil || s[i] == '+' {
			warnFunction("hex2bin", "Input string must be hexadecimal string")
			return "", false
		}
		out = append(out, byte(n))
	}
	return string(out), true
}

// SimilarText is similar_text(); percent may be nil.
func SimilarText(a, b string, percent *float64) int {
	n := similar(a, b)
	if percent != nil {
		*percent = 0
		if len(a)+len(b) > 0 {
			*percent = float64(n) * 2 * 100 / float64(len(a)+len(b))
		}
	}
	return n
}

func similar(a, b string) int {
	if a == "" || b == "" {
		return 0
	}
	best, atA, atB := 0, 0, 0
	for i := 0; i < len(a); i++ {
		for j := 0; j < len(b); j++ {
			n := 0
			for i+n < len(a) && j+n < len(b) && a[i+n] == b[j+n] {
				n++
			}
			if n > best {
				best, atA, atB = n, i, j
			}
		}
	}
	if best == 0 {
		return 0
	}
	return best + similar(a[:atA], b[:atB]) + similar(a[atA+best:], b[atB+best:])
}

// Levenshtein is levenshtein().
func Levenshtein(a, b string, insertion, replacement, deletion int) int {
	if a == "" {
		return len(b) * insertion
	}
	if b == "" {
		return len(a) * deletion
	}
	row, next := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j * insertion
	}
	for i := 0; i < len(a); i++ {
		next[0] = row[0] + deletion
		for j := 0; j < len(b); j++ {
			cost := row[j]
			if a[i] != b[j] {
				cost += replacement
			}
			next[j+1] = MinInt(cost, MinInt(row[j+1]+deletion, next[j]+insertion))
		}
		row, next = next, row
	}
	return row[len(b)]
}

// Soundex is soundex().
func Soundex(s string) string {
	const table = "01230120022455012623010202" // a, e, h, i, o, u, w, y give no digit
	out := make([]byte, 0, 4)
	last := byte('0')
	for i := 0; i < len(s) && len(out) < 4; i++ {
		c := upperByte(s[i])
		if c < 'A' || c > 'Z' {
			continue
		}
		code := table[c-'A']
		if len(out) == 0 {
			out, last = append(out, c), code
			continue
		}
		if code != last {
			last = code
			if code != '0' {
				out, last = append(out, code), code
			}
		}
	}
	for len(out) < 4 {
		out = append(out, '0')
	}
	return string(out)
}

// Addslashes is addslashes().
func Addslashes(s string) string {
	return strings.NewReplacer("\\", "\\\\", "'", "\\'", "\"", "\\\"", "\x00", "\\0").Replace(s)
}

// Stripslashes is stripslashes().
func Stripslashes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			if i == len(s) {
				break
			}
			if s[i] == '0' {
				b.WriteByte(0)
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Addcslashes is addcslashes().
func Addcslashes(s, characters string) string {
	if s == "" {
		return ""
	}
	mask := charMask("addcslashes", characters)
	const short = "\a\b\t\n\v\f\r"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !mask[c] {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('\\')
		if at := strings.IndexByte(short, c); at >= 0 {
			b.WriteByte("abtnvfr"[at])
		} else if c < 32 || c > 126 {
			octal := strconv.FormatUint(uint64(c), 8)
			b.WriteString("000"[:3-len(octal)] + octal)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Stripcslashes is stripcslashes().
func Stripcslashes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if at := strings.IndexByte("ntrabvf", s[i]); at >= 0 {
			b.WriteByte("\n\t\r\a\b\v\f"[at])
			continue
		}
		if s[i] == 'x' {
			n := digitsFrom(s[i+1:], 2, 16)
			if n > 0 {
				code, _ := strconv.ParseUint(s[i+1:i+1+n], 16, 16)
				b.WriteByte(byte(code))
				i += n
				continue
			}
		}
		if n := digitsFrom(s[i:], 3, 8); n > 0 {
			code, _ := strconv.ParseUint(s[i:i+n], 8, 16)
			b.WriteByte(byte(code))
			i += n - 1
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// digitsFrom counts the digits of a base at the beginning, most at the most.
func digitsFrom(s string, most, base int) int {
	n := 0
	for n < len(s) && n < most {
		if _, err := strconv.ParseUint(s[n:n+1], base, 8); err != nil {
			break
		}
		n++
	}
	return n
}

// Quotemeta is quotemeta().
func Quotemeta(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(".\\+*?[^]$()", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// StrRot13 is str_rot13().
func StrRot13(s string) string {
	out := []byte(s)
	for i, c := range out {
		base := c &^ 32
		if base >= 'A' && base <= 'Z' {
			out[i] = (base-'A'+13)%26 + 'A' | c&32
		}
	}
	return string(out)
}

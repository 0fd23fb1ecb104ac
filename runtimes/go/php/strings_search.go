package php

import "strings"

// Searching in strings, after https://www.php.net/manual/en/ref.strings.php. Strings are bytes; case folding is of ASCII
// alone, as in PHP 8.

func lower(s string) string { return asciiMap(s, 'A', 'Z', 32) }

func upper(s string) string { return asciiMap(s, 'a', 'z', 224) }

// asciiMap adds shift (modulo 256) to the bytes from first to last.
func asciiMap(s string, first, last, shift byte) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= first && s[i] <= last {
			out := []byte(s)
			for ; i < len(out); i++ {
				if out[i] >= first && out[i] <= last {
					out[i] += shift
				}
			}
			return string(out)
		}
	}
	return s
}

// Strlen is strlen().
func Strlen(s string) int { return len(s) }

// startOffset is the place an offset means, counted from the end where it is negative; it throws outside the string.
func startOffset(function, haystack string, offset int) int {
	if offset < 0 {
		offset += len(haystack)
	}
	if offset < 0 || offset > len(haystack) {
		badArgument(function, 3, "offset", "must be contained in argument #1 ($haystack)")
	}
	return offset
}

func position64(function, haystack, needle string, offset int) (int, bool) {
	start := startOffset(function, haystack, offset)
	i := strings.Index(haystack[start:], needle)
	return i + start, i >= 0
}

// Strpos is strpos().
func Strpos(haystack, needle string, offset int) (int, bool) {
	return position64("strpos", haystack, needle, offset)
}

// Stripos is stripos().
func Stripos(haystack, needle string, offset int) (int, bool) {
	return position64("stripos", lower(haystack), lower(needle), offset)
}

// Strrpos is strrpos().
func Strrpos(haystack, needle string, offset int) (int, bool) {
	return lastPosition("strrpos", haystack, needle, offset)
}

// Strripos is strripos().
func Strripos(haystack, needle string, offset int) (int, bool) {
	return lastPosition("strripos", lower(haystack), lower(needle), offset)
}

func lastPosition(function, haystack, needle string, offset int) (int, bool) {
	if offset >= 0 {
		if offset > len(haystack) {
			badArgument(function, 3, "offset", "must be contained in argument #1 ($haystack)")
		}
		i := strings.LastIndex(haystack[offset:], needle)
		return i + offset, i >= 0
	}
	if offset < -len(haystack) {
		badArgument(function, 3, "offset", "must be contained in argument #1 ($haystack)")
	}
	end := len(haystack)
	if -offset >= len(needle) {
		end = len(haystack) + offset + len(needle)
	}
	i := strings.LastIndex(haystack[:MinInt(end, len(haystack))], needle)
	return i, i >= 0
}

// StrContains is str_contains().
func StrContains(haystack, needle string) bool { return strings.Contains(haystack, needle) }

// StrStartsWith is str_starts_with().
func StrStartsWith(haystack, needle string) bool { return strings.HasPrefix(haystack, needle) }

// StrEndsWith is str_ends_with().
func StrEndsWith(haystack, needle string) bool { return strings.HasSuffix(haystack, needle) }

func partAt(haystack string, at int, before bool) (string, bool) {
	if at < 0 {
		return "", false
	}
	if before {
		return haystack[:at], true
	}
	return haystack[at:], true
}

// Strstr is strstr().
func Strstr(haystack, needle string, beforeNeedle bool) (string, bool) {
	return partAt(haystack, strings.Index(haystack, needle), beforeNeedle)
}

// Stristr is stristr().
func Stristr(haystack, needle string, beforeNeedle bool) (string, bool) {
	return partAt(haystack, strings.Index(lower(haystack), lower(needle)), beforeNeedle)
}

// Strrchr is strrchr(): of the needle only the first byte counts.
func Strrchr(haystack, needle string) (string, bool) {
	if needle == "" {
		needle = "\x00"
	}
	return partAt(haystack, strings.LastIndexByte(haystack, needle[0]), false)
}

// Strpbrk is strpbrk().
func Strpbrk(s, characters string) (string, bool) {
	if characters == "" {
		badArgument("strpbrk", 2, "characters", "must be a non-empty string")
	}
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(characters, s[i]) >= 0 {
			return s[i:], true
		}
	}
	return "", false
}

// SubstrCount is substr_count(); length is an int or nil.
func SubstrCount(haystack, needle string, offset int, length Value) int {
	if needle == "" {
		badArgument("substr_count", 2, "needle", "cannot be empty")
	}
	start := offset
	if start < 0 {
		start += len(haystack)
	}
	if start < 0 || start > len(haystack) {
		badArgument("substr_count", 3, "offset", "must be contained in argument #1 ($haystack)")
	}
	rest := haystack[start:]
	if length != nil {
		n := ToInt(length)
		if n < 0 {
			n += len(rest)
		}
		if n < 0 || n > len(rest) {
			badArgument("substr_count", 4, "length", "must be contained in argument #1 ($haystack)")
		}
		rest = rest[:n]
	}
	return strings.Count(rest, needle)
}

// spanRange is the part of s that strspn() looks at.
func spanRange(s string, offset int, length Value) string {
	if offset < 0 {
		offset = MaxInt(offset+len(s), 0)
	}
	if offset > len(s) {
		offset = len(s)
	}
	s = s[offset:]
	if length == nil {
		return s
	}
	n := ToInt(length)
	if n < 0 {
		n = MaxInt(n+len(s), 0)
	}
	return s[:MinInt(n, len(s))]
}

func span(s, characters string, in bool) int {
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(characters, s[i]) >= 0 != in {
			return i
		}
	}
	return len(s)
}

// Strspn is strspn().
func Strspn(s, characters string, offset int, length Value) int {
	return span(spanRange(s, offset, length), characters, true)
}

// Strcspn is strcspn().
func Strcspn(s, characters string, offset int, length Value) int {
	return span(spanRange(s, offset, length), characters, false)
}

// Strcmp is strcmp(): -1, 0 or 1; PHP 8.2 gives any number of that sign, as its memcmp() does.
func Strcmp(a, b string) int { return byteCompare(a, b) }

func byteCompare(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return compareInts(len(a), len(b))
}

// Strcasecmp is strcasecmp(): the difference of the first bytes that differ, or of the lengths.
func Strcasecmp(a, b string) int { return caseCompare(a, b) }

func caseCompare(a, b string) int { return byteCompare(lower(a), lower(b)) }

// beforeNull is what C prints of s: up to the first NUL.
func beforeNull(s string) string { return strings.TrimSuffix(cString(s), "\x00") }

// cString is s as C sees it: up to the first NUL and with it.
func cString(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i+1]
	}
	return s + "\x00"
}

func first(s string, n int) string { return s[:MinInt(n, len(s))] }

// Strncmp is strncmp().
func Strncmp(a, b string, length int) int {
	if length < 0 {
		badArgument("strncmp", 3, "length", "must be greater than or equal to 0")
	}
	return byteCompare(first(a, length), first(b, length))
}

// Strncasecmp is strncasecmp().
func Strncasecmp(a, b string, length int) int {
	if length < 0 {
		badArgument("strncasecmp", 3, "length", "must be greater than or equal to 0")
	}
	return caseCompare(first(a, length), first(b, length))
}

// Strcoll is strcoll() in the C locale.
func Strcoll(a, b string) int { return byteCompare(cString(a), cString(b)) }

// SubstrCompare is substr_compare().
func SubstrCompare(haystack, needle string, offset int, length Value, caseInsensitive bool) int {
	n := -1
	if length != nil {
		n = ToInt(length)
		if n == 0 {
			return 0
		}
		if n < 0 {
			badArgument("substr_compare", 4, "length", "must be greater than or equal to 0")
		}
	}
	if offset < 0 {
		offset = MaxInt(offset+len(haystack), 0)
	}
	if offset > len(haystack) {
		badArgument("substr_compare", 3, "offset", "must be contained in argument #1 ($haystack)")
	}
	a, b := haystack[offset:], needle
	if n >= 0 {
		a, b = first(a, n), first(b, n)
	}
	if caseInsensitive {
		return caseCompare(a, b)
	}
	return strings.Compare(a, b)
}

// Strnatcmp is strnatcmp().
func Strnatcmp(a, b string) int { return naturalCompare(a, b, false) }

// Strnatcasecmp is strnatcasecmp().
func Strnatcasecmp(a, b string) int { return naturalCompare(a, b, true) }

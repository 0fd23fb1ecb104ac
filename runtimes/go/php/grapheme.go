package php

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Strings of graphemes, after https://www.php.net/manual/en/ref.intl.grapheme.php.

const (
	extractCount = iota
	extractMaxBytes
	extractMaxChars
)

// isPlain says that every byte is a grapheme: ASCII without CR LF.
func isPlain(s string) bool { return isASCII(s) && !strings.Contains(s, "\r\n") }

// GraphemeStrlen is grapheme_strlen(): null for what is no UTF-8.
func GraphemeStrlen(s string) Value {
	switch {
	case isPlain(s):
		return len(s)
	case !validUTF8(s):
		return nil
	}
	return len(graphemeEnds(s))
}

// GraphemeSubstr is grapheme_substr(); length is an int or nil.
func GraphemeSubstr(s string, offset int, length Value) (string, bool) {
	if offset < math.MinInt32 || offset > math.MaxInt32 {
		badArgument("grapheme_substr", 2, "offset", "is too large")
	}
	n := len(s)
	if length != nil {
		n = length.(int)
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		badArgument("grapheme_substr", 3, "length", "is too large")
	}
	if isPlain(s) {
		from, to := clip(len(s), offset, n)
		return s[from:to], true
	}
	if !validUTF8(s) {
		return "", false
	}
	ends := graphemeEnds(s)
	from, to := clip(len(ends), offset, n)
	place := func(i int) int {
		if i == 0 {
			return 0
		}
		return ends[i-1]
	}
	return s[place(from):place(to)], true
}

// haystackOffset is the place in characters of an offset in graphemes; it throws outside the text.
func haystackOffset(function string, ends []int, offset int) int {
	if offset < 0 {
		offset += len(ends)
	}
	if offset < 0 || offset > len(ends) {
		badArgument(function, 3, "offset", "must be contained in argument #1 ($haystack)")
	}
	if offset == 0 {
		return 0
	}
	return ends[offset-1]
}

// searchGraphemes is the place of a match in characters and in graphemes, -1 where there is none.
func searchGraphemes(function, haystack, needle string, offset int, fold, last bool) (int, int, *search) {
	if haystack == "" || !validUTF8(haystack) || !validUTF8(needle) {
		return -1, -1, nil
	}
	s := &search{searchText: newSearchText(haystack, fold), needle: newSearchText(needle, fold).weights}
	s.ends = runeEnds(s.runes)
	from := haystackOffset(function, s.ends, offset)
	if needle == "" { // is where the search begins, which is no place of a match
		if last && offset >= 0 {
			from = len(s.runes)
		}
		return -1, utf16Length(s.runes[:from]), s
	}
	found := -1
	switch {
	case !last:
		found, _ = s.first(from)
	case offset < 0:
		found = s.lastUntil(from)
	default:
		if found = s.last(); found < from {
			found = -1
		}
	}
	if found < 0 || !s.isBoundary(found) {
		return -1, -1, s
	}
	return found, s.graphemesUntil(found), s
}

func utf16Length(runes []rune) int {
	n := len(runes)
	for _, r := range runes {
		if r > 0xffff {
			n++
		}
	}
	return n
}

func checkOffset(function, haystack string, offset int) {
	if offset < math.MinInt32 || offset > math.MaxInt32 || offset > len(haystack) || offset < -len(haystack) {
		badArgument(function, 3, "offset", "must be contained in argument #1 ($haystack)")
	}
}

// GraphemeStrpos is grapheme_strpos().
func GraphemeStrpos(haystack, needle string, offset int) (int, bool) {
	const name = "grapheme_strpos"
	checkOffset(name, haystack, offset)
	if offset >= 0 && isPlain(haystack) {
		i := strings.Index(haystack[offset:], needle)
		return i + offset, i >= 0
	}
	_, i, _ := searchGraphemes(name, haystack, needle, offset, false, false)
	return i, i >= 0
}

// GraphemeStripos is grapheme_stripos().
func GraphemeStripos(haystack, needle string, offset int) (int, bool) {
	const name = "grapheme_stripos"
	checkOffset(name, haystack, offset)
	if isPlain(haystack) {
		start := offset
		if start < 0 {
			start += len(haystack)
		}
		if i := strings.Index(lower(haystack[start:]), lower(needle)); i >= 0 || isPlain(needle) {
			return i + start, i >= 0
		}
	}
	_, i, _ := searchGraphemes(name, haystack, needle, offset, true, false)
	return i, i >= 0
}

// GraphemeStrrpos is grapheme_strrpos().
func GraphemeStrrpos(haystack, needle string, offset int) (int, bool) {
	return lastGrapheme("grapheme_strrpos", haystack, needle, offset, false)
}

// GraphemeStrripos is grapheme_strripos().
func GraphemeStrripos(haystack, needle string, offset int) (int, bool) {
	return lastGrapheme("grapheme_strripos", haystack, needle, offset, true)
}

func lastGrapheme(function, haystack, needle string, offset int, fold bool) (int, bool) {
	checkOffset(function, haystack, offset)
	if isPlain(haystack) {
		text, wanted := haystack, needle
		if fold {
			text, wanted = lower(haystack), lower(needle)
		}
		if i, ok := lastPosition(function, text, wanted, offset); ok || isPlain(needle) {
			return i, ok
		}
	}
	_, i, _ := searchGraphemes(function, haystack, needle, offset, fold, true)
	return i, i >= 0
}

// GraphemeStrstr is grapheme_strstr().
func GraphemeStrstr(haystack, needle string, beforeNeedle bool) (string, bool) {
	if i := strings.Index(haystack, needle); i < 0 || isPlain(haystack) {
		return partAt(haystack, i, beforeNeedle)
	}
	return graphemePart("grapheme_strstr", haystack, needle, beforeNeedle, false)
}

// GraphemeStristr is grapheme_stristr().
func GraphemeStristr(haystack, needle string, beforeNeedle bool) (string, bool) {
	return graphemePart("grapheme_stristr", haystack, needle, beforeNeedle, true)
}

func graphemePart(function, haystack, needle string, beforeNeedle, fold bool) (string, bool) {
	place, count, s := searchGraphemes(function, haystack, needle, 0, fold, false)
	if count < 0 {
		return "", false
	}
	place = utf16Length(s.runes[:MaxInt(place, 0)]) // PHP takes as many characters
	at := len(haystack)
	if place < len(s.runes) {
		at = len(string(s.runes[:place]))
	}
	return partAt(haystack, at, beforeNeedle)
}

// GraphemeExtract is grapheme_extract().
func GraphemeExtract(haystack string, size, kind, offset int, next *int) (string, bool) {
	const name = "grapheme_extract"
	if offset < 0 {
		offset += len(haystack)
	}
	if next != nil {
		*next = offset
	}
	if kind < extractCount || kind > extractMaxChars {
		badArgument(name, 3, "type", "must be one of GRAPHEME_EXTR_COUNT, GRAPHEME_EXTR_MAXBYTES, or GRAPHEME_EXTR_MAXCHARS")
	}
	if offset < 0 || offset >= len(haystack) || offset > math.MaxInt32 {
		return "", false
	}
	if size < 0 {
		badArgument(name, 2, "size", "must be greater than or equal to 0")
	}
	if size > math.MaxInt32 {
		badArgument(name, 2, "size", "is too large")
	}
	if size == 0 {
		return "", true
	}
	text := haystack[offset:]
	for text[0] >= 0x80 && (text[0] < 0xc2 || text[0] > 0xf4) { // in the middle of a character
		if text = text[1:]; text == "" {
			return "", false
		}
	}
	n := MinInt(size, len(text))
	if !isPlain(text[:MinInt(size+1, len(text))]) {
		n = extractedLength(text, size, kind)
	}
	if next != nil {
		*next = offset + n
	}
	return text[:n], true
}

// extractedLength is how many bytes the graphemes have that fit.
func extractedLength(text string, size, kind int) int {
	taken, chars := 0, 0
	for i, end := range graphemeEnds(text) {
		chars += utf8.RuneCountInString(text[taken:end])
		if kind == extractCount && i == size || kind == extractMaxBytes && end > size || kind == extractMaxChars && chars > size {
			break
		}
		taken = end
	}
	return taken
}

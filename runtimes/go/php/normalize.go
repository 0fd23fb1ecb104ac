package php

import (
	"sync"
	"unicode/utf8"
)

// The normalisation forms of Unicode 15, after https://www.unicode.org/reports/tr15/ and PHP's class Normalizer.

const (
	formD            = 4
	formKD           = 8
	formC            = 16
	formKC           = 32
	formKCFolded     = 48
	hangulFirst      = 0xac00
	hangulLeads      = 0x1100
	hangulVowels     = 0x1161
	hangulTails      = 0x11a7 // one before the first
	hangulVowelCount = 21
	hangulTailCount  = 28
	hangulCount      = 19 * hangulVowelCount * hangulTailCount
)

var (
	combiningClasses = runeRuns{table: unicodeCombining, valued: true}
	uncomposed       = runeRuns{table: unicodeUncomposed}
	foldedAway       = runeRuns{table: unicodeFoldedAway}

	normalizeOnce  sync.Once
	decompositions map[rune]runeText
	compositions   map[[2]rune]rune
	foldings       map[rune]runeText
)

func readNormalization() {
	decompositions = readRuneTexts(unicodeDecompositions)
	foldings = readRuneTexts(unicodeFoldings)
	compositions = map[[2]rune]rune{}
	for c, d := range decompositions {
		if !d.marked && len(d.text) == 2 && !uncomposed.has(c) {
			compositions[[2]rune{d.text[0], d.text[1]}] = c
		}
	}
}

// appendDecomposed appends the full decomposition of a character.
func appendDecomposed(out []rune, r rune, compatible bool) []rune {
	if r < 0xa0 {
		return append(out, r)
	}
	normalizeOnce.Do(readNormalization)
	if i := r - hangulFirst; i >= 0 && i < hangulCount {
		out = append(out, hangulLeads+i/(hangulVowelCount*hangulTailCount), hangulVowels+i/hangulTailCount%hangulVowelCount)
		if tail := i % hangulTailCount; tail != 0 {
			out = append(out, hangulTails+tail)
		}
		return out
	}
	d, ok := decompositions[r]
	if !ok || d.marked && !compatible {
		return append(out, r)
	}
	for _, part := range d.text {
		out = appendDecomposed(out, part, compatible)
	}
	return out
}

// appendFolded appends what NFKC_Casefold makes of a character, not yet composed.
func appendFolded(out []rune, r rune) []rune {
	normalizeOnce.Do(readNormalization)
	if f, ok := foldings[r]; ok {
		return append(out, f.text...)
	}
	if foldedAway.has(r) {
		return out
	}
	for _, part := range appendDecomposed(nil, r, true) {
		if f, ok := foldings[part]; ok {
			out = append(out, f.text...)
		} else if !foldedAway.has(part) {
			out = append(out, part)
		}
	}
	return out
}

func combiningClass(r rune) int {
	if r < 0x300 {
		return 0
	}
	return combiningClasses.value(r)
}

// orderMarks puts the combining marks behind each other in the order of their classes.
func orderMarks(text []rune) {
	for i := 1; i < len(text); i++ {
		class := combiningClass(text[i])
		if class == 0 {
			continue
		}
		for j := i; j > 0 && combiningClass(text[j-1]) > class; j-- {
			text[j-1], text[j] = text[j], text[j-1]
		}
	}
}

func composePair(first, second rune) (rune, bool) {
	if l, v := first-hangulLeads, second-hangulVowels; l >= 0 && l < 19 && v >= 0 && v < hangulVowelCount {
		return hangulFirst + (l*hangulVowelCount+v)*hangulTailCount, true
	}
	if s, t := first-hangulFirst, second-hangulTails; s >= 0 && s < hangulCount && s%hangulTailCount == 0 && t > 0 && t < hangulTailCount {
		return first + t, true
	}
	r, ok := compositions[[2]rune{first, second}]
	return r, ok
}

// compose joins what is decomposed and in order; it changes text.
func compose(text []rune) []rune {
	out := text[:0]
	starter, last := -1, 0 // where the last starter is in out, and the class of what was put behind it
	for _, r := range text {
		class := combiningClass(r)
		if starter >= 0 && (last < class || last == 0 && starter == len(out)-1) {
			if joined, ok := composePair(out[starter], r); ok {
				out[starter] = joined
				continue
			}
		}
		if class == 0 {
			starter = len(out)
		}
		last = class
		out = append(out, r)
	}
	return out
}

// normalized is valid UTF-8 in a form.
func normalized(s string, form int) string {
	if isASCII(s) && form != formKCFolded {
		return s
	}
	text := make([]rune, 0, len(s))
	for _, r := range s {
		if form == formKCFolded {
			text = appendFolded(text, r)
		} else {
			text = appendDecomposed(text, r, form == formKD || form == formKC)
		}
	}
	if form == formKCFolded { // what is folded may be composed
		folded := text
		text = make([]rune, 0, len(folded))
		for _, r := range folded {
			text = appendDecomposed(text, r, false)
		}
	}
	orderMarks(text)
	if form != formD && form != formKD {
		text = compose(text)
	}
	return string(text)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isForm(form int) bool {
	return form == formD || form == formKD || form == formC || form == formKC || form == formKCFolded
}

func checkForm(function string, form int) {
	if !isForm(form) {
		badArgument(function, 2, "form", "must be a a valid normalization form") // as PHP spells it
	}
}

func normalizeAs(function, s string, form int) (string, bool) {
	checkForm(function, form)
	if !validUTF8(s) {
		return "", false
	}
	return normalized(s, form), true
}

func isNormalizedAs(function, s string, form int) bool {
	checkForm(function, form)
	return validUTF8(s) && normalized(s, form) == s
}

// rawDecomposition is one step of the decomposition of a string of one character.
func rawDecomposition(s string, form int) (string, bool) {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || n < len(s) || !validUTF8(s) {
		return "", false
	}
	if !isForm(form) {
		return "", true // as PHP has it
	}
	normalizeOnce.Do(readNormalization)
	if i := r - hangulFirst; i >= 0 && i < hangulCount {
		if tail := i % hangulTailCount; tail != 0 {
			return string([]rune{r - tail, hangulTails + tail}), true
		}
		return string(appendDecomposed(nil, r, false)), true
	}
	if form == formKCFolded {
		folded := normalized(s, form)
		return folded, folded != s
	}
	d, ok := decompositions[r]
	if !ok || d.marked && form != formKD && form != formKC {
		return "", false
	}
	return string(d.text), true
}

// NormalizerNormalize is normalizer_normalize().
func NormalizerNormalize(s string, form int) (string, bool) {
	return normalizeAs("normalizer_normalize", s, form)
}

// NormalizerIsNormalized is normalizer_is_normalized().
func NormalizerIsNormalized(s string, form int) bool {
	return isNormalizedAs("normalizer_is_normalized", s, form)
}

// NormalizerGetRawDecomposition is normalizer_get_raw_decomposition().
func NormalizerGetRawDecomposition(s string, form int) (string, bool) {
	return rawDecomposition(s, form)
}

// NormalizerClass is PHP's Normalizer, of static methods alone.
var NormalizerClass = Declare(&Class{Name: "Normalizer"})

func init() {
	NormalizerClass.Constants = Map("FORM_D", formD, "NFD", formD, "FORM_KD", formKD, "NFKD", formKD, "FORM_C", formC, "NFC", formC,
		"FORM_KC", formKC, "NFKC", formKC, "FORM_KC_CF", formKCFolded, "NFKC_CF", formKCFolded)
	NormalizerClass.Methods = []Method{
		{Name: "normalize", Static: true, Func: func(s string, form ...int) Value {
			return OrFalse(normalizeAs("Normalizer::normalize", s, formOf(form)))
		}},
		{Name: "isNormalized", Static: true, Func: func(s string, form ...int) bool {
			return isNormalizedAs("Normalizer::isNormalized", s, formOf(form))
		}},
		{Name: "getRawDecomposition", Static: true, Func: func(s string, form ...int) Value {
			return OrNull(rawDecomposition(s, formOf(form)))
		}},
	}
}

func formOf(given []int) int {
	if len(given) == 0 {
		return formC
	}
	return given[0]
}

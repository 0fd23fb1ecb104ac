package php

import "unicode/utf8"

// Where the graphemes of a text end: extended grapheme clusters, after https://www.unicode.org/reports/tr29/ (Unicode 15).

// ICU's numbers of Grapheme_Cluster_Break, with one more for pictures.
const (
	breakOther       = 0
	breakControl     = 1
	breakCR          = 2
	breakExtend      = 3
	breakL           = 4
	breakLF          = 5
	breakLV          = 6
	breakLVT         = 7
	breakT           = 8
	breakV           = 9
	breakSpacingMark = 10
	breakPrepend     = 11
	breakRegional    = 12
	breakJoiner      = 17
	breakPictograph  = 31
)

var graphemeBreaks = runeRuns{table: unicodeBreaks, valued: true}

func graphemeBreak(r rune) int {
	if i := r - hangulFirst; i >= 0 && i < hangulCount {
		if i%hangulTailCount == 0 {
			return breakLV
		}
		return breakLVT
	}
	return graphemeBreaks.value(r)
}

// graphemes walks over a text.
type graphemes struct {
	before     int  // the property of the last character
	regionals  int  // how many regional indicators end the text so far
	pictograph bool // whether a picture with its extensions does
	joined     bool // and a joiner behind it
}

// breaksBefore says whether a grapheme ends before the next character, which is not the first.
func (g *graphemes) breaksBefore(next int) bool {
	isControl := func(p int) bool { return p == breakControl || p == breakCR || p == breakLF }
	switch {
	case g.before == breakCR && next == breakLF:
		return false
	case isControl(g.before) || isControl(next):
		return true
	case g.before == breakL && (next == breakL || next == breakV || next == breakLV || next == breakLVT),
		(g.before == breakLV || g.before == breakV) && (next == breakV || next == breakT),
		(g.before == breakLVT || g.before == breakT) && next == breakT:
		return false
	case next == breakExtend || next == breakJoiner || next == breakSpacingMark || g.before == breakPrepend:
		return false
	case g.joined && next == breakPictograph:
		return false
	case g.before == breakRegional && next == breakRegional:
		return g.regionals%2 == 0
	}
	return true
}

func (g *graphemes) take(next int) {
	g.joined = g.pictograph && next == breakJoiner
	g.pictograph = next == breakPictograph || g.pictograph && next == breakExtend
	if next == breakRegional {
		g.regionals++
	} else {
		g.regionals = 0
	}
	g.before = next
}

// graphemeEnds are the bytes at which the graphemes of a text end. Bytes that are no UTF-8 are taken for U+FFFD.
func graphemeEnds(s string) []int {
	var ends []int
	var g graphemes
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			n = invalidLength(s[i:])
		}
		p := graphemeBreak(r)
		if i > 0 && g.breaksBefore(p) {
			ends = append(ends, i)
		}
		g.take(p)
		i += n
	}
	if s != "" {
		ends = append(ends, len(s))
	}
	return ends
}

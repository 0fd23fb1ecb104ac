package php

import "sort"

// Search for text as PHP's grapheme functions do it, which is ICU's search by the root collation: two texts are the same
// where their weights are, at the third level, or at the second where case does not count. Marks that have no weight
// are passed over, and a match is whole graphemes but for those.

var (
	searchIgnored    = runeRuns{table: unicodeIgnored}
	searchSame       = runeRuns{table: unicodeSame, valued: true}
	searchSameFolded = runeRuns{table: unicodeSameFolded, valued: true}
	searchUnfolded   = runeRuns{table: unicodeUnfolded}
)

// searchText is a text by what has weight in it.
type searchText struct {
	weights []rune
	of      []int // the place in runes of the character that a weight is of
	runes   []rune
}

// weighsAsParts says that a character is the same as what it is compatible to; others differ from that by their form.
func weighsAsParts(r rune) bool {
	switch r {
	case 'Ŀ', 'ŀ', 0xe33, 0xeb3, 0xf77, 0xf79, 'ℏ':
		return true
	}
	return false
}

func appendWeights(out []rune, r rune, fold bool) []rune {
	same := &searchSame
	parts := appendDecomposed(nil, r, weighsAsParts(r))
	if fold {
		same = &searchSameFolded
		var folded []rune
		for _, part := range parts {
			if searchUnfolded.has(part) {
				folded = append(folded, part)
				continue
			}
			for _, f := range appendFolded(nil, part) {
				folded = appendDecomposed(folded, f, true)
			}
		}
		parts = folded
	}
	for _, part := range parts {
		if !searchIgnored.has(part) {
			out = append(out, part+rune(same.value(part)))
		}
	}
	return out
}

// newSearchText reads valid UTF-8.
func newSearchText(s string, fold bool) *searchText {
	t := &searchText{runes: []rune(s)}
	for i := 0; i < len(t.runes); i++ {
		at := i
		if i+1 < len(t.runes) && isWrittenFirst(t.runes[i], t.runes[i+1]) {
			i++
			t.weights = appendWeights(t.weights, t.runes[i], fold)
		}
		t.weights = appendWeights(t.weights, t.runes[at], fold)
		for len(t.of) < len(t.weights) {
			t.of = append(t.of, at)
		}
	}
	return t
}

// isWrittenFirst says that a vowel is written before the consonant behind which it is sorted: both are one then.
func isWrittenFirst(vowel, consonant rune) bool {
	switch {
	case vowel >= 0xe40 && vowel <= 0xe44: // Thai
		return consonant >= 0xe01 && consonant <= 0xe2e
	case vowel >= 0xec0 && vowel <= 0xec4: // Lao
		return consonant >= 0xe81 && consonant <= 0xeae || consonant >= 0xedc && consonant <= 0xedf
	case vowel >= 0x19b5 && vowel <= 0x19b7, vowel == 0x19ba: // New Tai Lue
		return consonant >= 0x1980 && consonant <= 0x19ab
	case vowel >= 0xaab5 && vowel <= 0xaab6, vowel == 0xaab9, vowel >= 0xaabb && vowel <= 0xaabc: // Tai Viet
		return consonant >= 0xaa80 && consonant <= 0xaaaf
	}
	return false
}

// search is a text in which a needle is looked for; places are counted in characters.
type search struct {
	*searchText
	ends   []int // of the graphemes
	needle []rune
}

// runeEnds are the graphemes' ends, counted in characters.
func runeEnds(runes []rune) []int {
	var ends []int
	var g graphemes
	for i, r := range runes {
		p := graphemeBreak(r)
		if i > 0 && g.breaksBefore(p) {
			ends = append(ends, i)
		}
		g.take(p)
	}
	return append(ends, len(runes))
}

func (s *search) isBoundary(place int) bool {
	i := sort.SearchInts(s.ends, place)
	return place == 0 || i < len(s.ends) && s.ends[i] == place
}

// graphemesUntil is how many graphemes end at a place or before it.
func (s *search) graphemesUntil(place int) int { return sort.SearchInts(s.ends, place+1) }

// matchEnd is where the needle ends that is there from weight i on, -1 where it is not.
func (s *search) matchEnd(i int) int {
	for j, w := range s.needle {
		if s.weights[i+j] != w {
			return -1
		}
	}
	after := i + len(s.needle)
	last := s.of[after-1]
	next := len(s.runes)
	if after < len(s.of) {
		next = s.of[after]
	}
	end := s.ends[sort.SearchInts(s.ends, last+1)]
	if i > 0 && s.of[i-1] == s.of[i] || next == last || !s.isBoundary(s.of[i]) || end > next {
		return -1
	}
	return end
}

// first is where the first match from a place on begins and ends, or -1.
func (s *search) first(from int) (begin, end int) {
	if len(s.needle) == 0 {
		if from == len(s.runes) {
			return -1, -1
		}
		return from, from + 1
	}
	for i := 0; i+len(s.needle) <= len(s.weights); i++ {
		if s.of[i] >= from {
			if end := s.matchEnd(i); end >= 0 {
				return s.of[i], end
			}
		}
	}
	return -1, -1
}

// last is the last match, or -1.
func (s *search) last() int {
	if len(s.needle) == 0 {
		return len(s.runes) - 1
	}
	for i := len(s.weights) - len(s.needle); i >= 0; i-- {
		if s.matchEnd(i) >= 0 {
			return s.of[i]
		}
	}
	return -1
}

// lastUntil is the last of the matches one behind the other that begins at a place or before it, or -1.
func (s *search) lastUntil(place int) int {
	found := -1
	for begin, end := s.first(0); begin >= 0 && begin <= place; begin, end = s.first(end) {
		found = begin
	}
	return found
}

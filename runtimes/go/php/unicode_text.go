package php

import (
	"sort"
	"strings"
	"sync"
)

// What unicode_tables.go holds, read where it is first asked for.

const unicodeDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

// numberReader reads the numbers of a table.
type numberReader struct{ text string }

func (r *numberReader) more() bool { return r.text != "" }

func (r *numberReader) number() int {
	for n, shift := 0, 0; ; shift += 5 {
		digit := strings.IndexByte(unicodeDigits, r.text[0])
		r.text = r.text[1:]
		n |= digit & 31 << shift
		if digit < 32 {
			return n
		}
	}
}

func (r *numberReader) signed() int {
	n := r.number()
	if n&1 != 0 {
		return -(n + 1) / 2
	}
	return n / 2
}

// runeRun is characters that follow each other, with what they have in common.
type runeRun struct {
	first, last rune
	value       int
}

// runeRuns are runs in order, read from a table the first time.
type runeRuns struct {
	table  string
	valued bool
	once   sync.Once
	runs   []runeRun
}

func (t *runeRuns) read() {
	next := 0
	for r := (numberReader{t.table}); r.more(); {
		first := next + r.number()
		next = first + r.number() + 1
		value := 0
		if t.valued {
			value = r.signed()
		}
		t.runs = append(t.runs, runeRun{rune(first), rune(next - 1), value})
	}
}

// find is the value of the run that has the character.
func (t *runeRuns) find(r rune) (int, bool) {
	t.once.Do(t.read)
	i := sort.Search(len(t.runs), func(i int) bool { return t.runs[i].last >= r })
	if i == len(t.runs) || t.runs[i].first > r {
		return 0, false
	}
	return t.runs[i].value, true
}

func (t *runeRuns) has(r rune) bool {
	_, ok := t.find(r)
	return ok
}

func (t *runeRuns) value(r rune) int {
	v, _ := t.find(r)
	return v
}

// runeText is what stands for a character, and its mark.
type runeText struct {
	text   []rune
	marked bool
}

// readRuneTexts reads a table of texts.
func readRuneTexts(table string) map[rune]runeText {
	found := map[rune]runeText{}
	var before [32]int // the longest has 18
	next := 0
	for r := (numberReader{table}); r.more(); {
		c := next + r.number()
		head := r.number()
		text := make([]rune, head/2)
		for i := range text {
			before[i] += r.signed()
			text[i] = rune(before[i])
		}
		found[rune(c)] = runeText{text, head&1 != 0}
		next = c + 1
	}
	return found
}

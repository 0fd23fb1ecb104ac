package php

import "strings"

// The filter of e-mail addresses, which takes what PHP's regular expression takes: words before the @ and behind it a
// domain with a dot or an address in brackets.

// emailWaysMax bounds the quotes that may belong to the unit before or behind them. PHP tries either, which doubles its
// work with each, and takes no address where it gives up.
const emailWaysMax = 6

func (f *filtering) isEmail(text string) bool {
	if len(text) > 320 {
		return false
	}
	if f.flags&FilterFlagEmailUnicode != 0 && strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 }) >= 0 {
		Stop("builtin-missing", "addresses with FILTER_FLAG_EMAIL_UNICODE are not part of this runtime")
	}
	at := emailWordsEnd(text)
	if at < 0 || !isMailDomain(text[at+1:]) && !isMailAddress(text[at+1:]) {
		return false
	}
	ways, short := emailUnits(text)
	if short && ways > emailWaysMax {
		Stop("builtin-missing", "an address with so many quotes is not part of this runtime")
	}
	return short
}

// emailWordsEnd is where the @ behind words with dots between them is, -1 where there is none.
func emailWordsEnd(text string) int {
	for at := 0; ; at++ {
		at = emailWordEnd(text, at)
		if at < 0 || at == len(text) || text[at] != '.' && text[at] != '@' {
			return -1
		}
		if text[at] == '@' {
			return at
		}
	}
}

// emailWordEnd is where a word of plain characters or in quotes ends, -1 where there is none.
func emailWordEnd(text string, at int) int {
	if at < len(text) && text[at] == '"' {
		return emailQuotedEnd(text, at+1)
	}
	begin := at
	for at < len(text) && (isAlnum(text[at]) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", text[at]) >= 0) {
		at++
	}
	if at == begin {
		return -1
	}
	return at
}

func emailQuotedEnd(text string, at int) int {
	for at < len(text) && text[at] != '"' {
		if text[at] == '\\' {
			at++
		} else if strings.IndexByte("\x00\t\n\r ", text[at]) >= 0 {
			return -1
		}
		if at == len(text) || text[at] >= 0x80 {
			return -1
		}
		at++
	}
	if at == len(text) {
		return -1
	}
	return at + 1
}

// emailUnits counts characters and pairs of a backslash and a character, each with at most one quote on either side,
// until something else comes. They are short if they are under 255, and under 65 before each @. It also says how many
// quotes may belong to the unit before or behind them.
func emailUnits(text string) (ways int, short bool) {
	units, quotes, most := 0, 0, 1
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			quotes++
			continue
		}
		if text[i] == '@' && units >= 65 && quotes < 2 {
			return ways, false
		}
		if quotes > most {
			break
		}
		if text[i] == '\\' {
			i++
			if i == len(text) || text[i] > 0x7e {
				break
			}
		}
		if units > 0 && quotes == 1 {
			ways++
		}
		units++
		if units == 255 {
			return ways, false
		}
		quotes, most = 0, 2
	}
	return ways, true
}

// isMailDomain says whether there are at least two names with dots between them, the last of which begins with a letter.
func isMailDomain(text string) bool {
	names := strings.Split(text, ".")
	for _, name := range names {
		if name == "" || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
			return false
		}
		for i := 0; i < len(name); i++ {
			if !isAlnum(name[i]) && name[i] != '-' {
				return false
			}
		}
	}
	return len(names) > 1 && isAlpha(names[len(names)-1][0])
}

// isMailAddress says whether there are brackets with an address of IPv4 or behind IPv6: one of IPv6, whose last two
// blocks may be written as an IPv4. There :: stands for at least two blocks.
func isMailAddress(text string) bool {
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return false
	}
	text = text[1 : len(text)-1]
	if len(text) < 5 || !strings.EqualFold(text[:5], "ipv6:") {
		_, ok := parseIPv4(text)
		return ok
	}
	text = text[5:]
	if isMailBlocks(text, 8) {
		return true
	}
	colon := strings.LastIndexByte(text, ':')
	if _, ok := parseIPv4(text[colon+1:]); !ok || colon < 0 {
		return false
	}
	if strings.HasSuffix(text[:colon+1], "::") {
		colon++
	}
	return isMailBlocks(text[:colon], 6)
}

// isMailBlocks says whether there are as many blocks as wanted, or with a :: two fewer or less.
func isMailBlocks(text string, wanted int) bool {
	before, behind, shortened := strings.Cut(text, "::")
	n, ok := countMailBlocks(before)
	if !shortened {
		return ok && n == wanted
	}
	m, also := countMailBlocks(behind)
	return ok && also && n+m <= wanted-2
}

func countMailBlocks(text string) (n int, ok bool) {
	if text == "" {
		return 0, true
	}
	blocks := strings.Split(text, ":")
	for _, block := range blocks {
		if block == "" || len(block) > 4 || strings.TrimLeft(block, "0123456789abcdefABCDEF") != "" {
			return 0, false
		}
	}
	return len(blocks), true
}

package php

import (
	"math"
	"strconv"
	"strings"
)

// filter_var(), after ext/filter of PHP: all filters that validate, and those that only drop characters. A program that
// asks for another one stops.

// filtering is a filter with what it was given.
type filtering struct {
	filter, flags int
	options       *Array // nil where there are none
}

// FilterVar is filter_var().
func FilterVar(value Value, filter int, options Value) Value {
	known := filter >= 0x100 && filter <= FilterValidateDomain || filter >= 0x200 && filter <= FilterSanitizeAddSlashes ||
		filter == FilterCallback
	if !known {
		warnFunction("filter_var", "Unknown filter with ID ", strconv.Itoa(filter))
		return false
	}
	f := filtering{filter: filter, flags: FilterRequireScalar}
	if given, ok := Deref(options).(*Array); ok {
		f.read(given)
	} else {
		f.setFlags(ToInt(options))
	}
	return f.apply(Deref(value))
}

func (f *filtering) setFlags(flags int) {
	if flags&(FilterRequireArray|FilterForceArray) == 0 {
		flags |= FilterRequireScalar
	}
	f.flags = flags
}

func (f *filtering) read(given *Array) {
	if v, ok := given.Lookup("filter"); ok {
		f.filter = ToInt(v)
	}
	if v, ok := given.Lookup("options"); ok {
		f.options, _ = v.(*Array)
	}
	if v, ok := given.Lookup("flags"); ok {
		f.setFlags(ToInt(v))
	}
}

func (f *filtering) failure() Value {
	if f.flags&FilterNullOnFailure != 0 {
		return nil
	}
	return false
}

func (f *filtering) apply(v Value) Value {
	if a, ok := v.(*Array); ok {
		if f.flags&FilterRequireScalar != 0 {
			return f.failure()
		}
		return f.each(a)
	}
	if f.flags&FilterRequireArray != 0 {
		return f.failure()
	}
	made := f.one(v)
	if f.flags&FilterForceArray != 0 {
		return List(made)
	}
	return made
}

func (f *filtering) each(a *Array) *Array {
	out := NewArray()
	a.Each(func(k Key, v Value) bool {
		if nested, ok := v.(*Array); ok {
			out.SetKey(k, f.each(nested))
		} else {
			out.SetKey(k, f.one(v))
		}
		return true
	})
	return out
}

func (f *filtering) one(v Value) Value {
	made := f.failure()
	text, ok := "", true
	if o, is := v.(Object); is {
		text, ok = objectString(o)
	} else {
		text = ToString(v)
	}
	if ok {
		if kept, valid := f.run(text); valid {
			made = kept
		}
	}
	if made == f.failure() && f.options != nil {
		if v, ok := f.options.Lookup("default"); ok {
			return Copy(v)
		}
	}
	return made
}

// run is what becomes of a text, and whether it is valid.
func (f *filtering) run(text string) (Value, bool) {
	switch f.filter {
	case FilterValidateInt:
		return f.integer(text)
	case FilterValidateBool:
		return boolFilter(text)
	case FilterValidateFloat:
		return f.float(text)
	case FilterValidateRegexp:
		return text, f.matches(text)
	case FilterValidateUrl:
		return text, f.isURL(text)
	case FilterValidateEmail:
		return text, f.isEmail(text)
	case FilterValidateIp:
		return text, f.isIP(text)
	case FilterValidateMac:
		return text, f.isMAC(text)
	case FilterValidateDomain:
		return text, isDomain(text, f.flags&FilterFlagHostname != 0)
	case FilterSanitizeEmail:
		return onlyOf(text, filterLetters+"!#$%&'*+-=?^_`{|}~@.[]"), true
	case FilterSanitizeUrl:
		return onlyOf(text, urlCharacters), true
	case FilterSanitizeNumberInt:
		return onlyOf(text, filterDigits+"+-"), true
	case FilterSanitizeAddSlashes:
		return Addslashes(text), true
	}
	return f.raw(text)
}

// raw is FILTER_UNSAFE_RAW, which stands for the numbers that no filter has.
func (f *filtering) raw(text string) (Value, bool) {
	changes := FilterFlagStripLow | FilterFlagStripHigh | FilterFlagStripBacktick | FilterFlagEncodeLow |
		FilterFlagEncodeHigh | FilterFlagEncodeAmp
	switch f.filter {
	case FilterSanitizeString, FilterSanitizeEncoded, FilterSanitizeSpecialChars, FilterSanitizeNumberFloat,
		FilterSanitizeFullSpecialChars, FilterCallback:
		changes = -1
	}
	if changes < 0 || f.flags&changes != 0 {
		Stop("builtin-missing", "the filter "+strconv.Itoa(f.filter)+" of filter_var() is not part of this runtime")
	}
	if text == "" && f.flags&FilterFlagEmptyStringNull != 0 {
		return nil, true
	}
	return text, true
}

// onlyOf is the bytes of a text that are among those.
func onlyOf(text, allowed string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if strings.IndexByte(allowed, text[i]) >= 0 {
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

const (
	filterDigits  = "0123456789"
	filterLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + filterDigits
	urlCharacters = filterLetters + "$-_.+!*'(),{}|\\^~[]`<>#%\";/?:@&="
)

// option is an option as a string, where it is one.
func (f *filtering) option(name string) (string, bool) {
	if f.options == nil {
		return "", false
	}
	v, _ := f.options.Lookup(name)
	text, ok := v.(string)
	return text, ok
}

func filterTrim(text string) string { return strings.Trim(text, " \t\r\v\n") }

func (f *filtering) integer(text string) (Value, bool) {
	n, ok := f.parseInteger(filterTrim(text))
	if !ok || f.options == nil {
		return n, ok
	}
	if least, given := f.options.Lookup("min_range"); given && n < ToInt(least) {
		return nil, false
	}
	most, given := f.options.Lookup("max_range")
	return n, !given || n <= ToInt(most)
}

func (f *filtering) parseInteger(text string) (int, bool) {
	if !strings.HasPrefix(text, "0") {
		digits := strings.TrimLeft(text, "+-")
		if len(text)-len(digits) > 1 || digits != "0" && (digits == "" || digits[0] < '1' || digits[0] > '9') {
			return 0, false
		}
		n, err := strconv.Atoi(text)
		return n, err == nil
	}
	rest, base := text[1:], 8
	switch {
	case f.flags&FilterFlagAllowHex != 0 && rest != "" && (rest[0] == 'x' || rest[0] == 'X'):
		rest, base = rest[1:], 16
	case f.flags&FilterFlagAllowOctal != 0 && rest != "" && (rest[0] == 'o' || rest[0] == 'O'):
		rest = rest[1:]
	case rest == "":
		return 0, true
	case f.flags&FilterFlagAllowOctal == 0:
		return 0, false
	}
	n, err := strconv.ParseUint(rest, base, 64)
	return int(n), err == nil
}

func boolFilter(text string) (Value, bool) {
	switch strings.ToLower(filterTrim(text)) {
	case "1", "true", "on", "yes":
		return true, true
	case "", "0", "false", "off", "no":
		return false, true
	}
	return nil, false
}

func (f *filtering) float(text string) (Value, bool) {
	text = filterTrim(text)
	point := byte('.')
	if given, ok := f.option("decimal"); ok && text != "" {
		if len(given) != 1 {
			ThrowValueError("filter_var(): \"decimal\" option must be one character long")
		}
		point = given[0]
	}
	thousand, ok := f.option("thousand")
	if !ok {
		thousand = "',."
	} else if thousand == "" && text != "" {
		ThrowValueError("filter_var(): \"thousand\" option cannot be empty")
	}
	plain, ok := f.plainFloat(text, point, thousand)
	if !ok {
		return nil, false
	}
	n, whole := ParseNumber(plain)
	if !whole {
		return nil, false
	}
	number := ToFloat(n)
	_, isReal := n.(float64)
	if isReal && (math.IsInf(number, 0) || number == 0 && strings.ContainsAny(plain, "123456789")) {
		return nil, false
	}
	if f.options == nil {
		return number, true
	}
	if least, given := f.options.Lookup("min_range"); given && number < ToFloat(least) {
		return nil, false
	}
	most, given := f.options.Lookup("max_range")
	return number, !given || number <= ToFloat(most)
}

// plainFloat is the text without what separates thousands, and with a point before the fraction.
func (f *filtering) plainFloat(text string, point byte, thousand string) (string, bool) {
	var out strings.Builder
	at := 0
	take := func(c byte) { out.WriteByte(c); at++ }
	is := func(set string) bool { return at < len(text) && strings.IndexByte(set, text[at]) >= 0 }
	digits := func() (n int) {
		for ; at < len(text) && isDigit(text[at]); n++ {
			take(text[at])
		}
		return n
	}
	if is("+-") {
		take(text[at])
	}
	for first := true; ; first = false {
		n := digits()
		if at == len(text) || text[at] == point || is("eE") {
			if !first && n != 3 {
				return "", false
			}
			break
		}
		if f.flags&FilterFlagAllowThousand == 0 || !is(thousand+"\x00") || n > 3 || n < 1 || !first && n != 3 {
			return "", false
		}
		at++
	}
	if at < len(text) && text[at] == point {
		take('.')
		digits()
	}
	if is("eE") {
		take('e')
		if is("+-") {
			take(text[at])
		}
		digits()
	}
	return out.String(), at == len(text)
}

func (f *filtering) matches(text string) bool {
	pattern, ok := f.option("regexp")
	if !ok {
		ThrowValueError("filter_var(): \"regexp\" option is missing")
	}
	return regexFinds(pattern, text)
}

// regexFinds says whether a pattern is found in a text; what preg_last_error() tells stays as it is.
func regexFinds(pattern, text string) bool {
	p := regexOf("filter_var", pattern)
	if p == nil {
		return false
	}
	before := pregLast
	defer func() { pregLast = before }()
	if !p.usable(text, 0) {
		return false
	}
	found, ok := p.search(text, 0, false)
	return ok && found != nil
}

func isDomain(text string, hostname bool) bool {
	at := func(i int) byte {
		if i < 0 || i >= len(text) {
			return 0
		}
		return text[i]
	}
	end := len(text)
	if strings.HasSuffix(text, ".") {
		end--
	}
	if end > 253 || at(0) == '.' || hostname && !isAlnum(at(0)) {
		return false
	}
	length := 1
	for i := 0; i < end; i++ {
		switch {
		case text[i] == '.':
			if at(i+1) == '.' || hostname && (!isAlnum(at(i-1)) || !isAlnum(at(i+1))) {
				return false
			}
			length = 1
		case length > 63 || hostname && (text[i] != '-' || at(i+1) == 0) && !isAlnum(text[i]):
			return false
		default:
			length++
		}
	}
	return true
}

func (f *filtering) isURL(text string) bool {
	if onlyOf(text, urlCharacters) != text {
		return false
	}
	parts, ok := splitURL(text)
	if !ok {
		return false
	}
	scheme, _ := parts.Peek("scheme").(string)
	host, hasHost := parts.Peek("host").(string)
	if strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") {
		inner := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
		_, isSix := parseIPv6(inner)
		if !hasHost || !(isSix && host == "["+inner+"]") && !isDomain(host, true) {
			return false
		}
	}
	if scheme == "" || !hasHost && scheme != "mailto" && scheme != "news" && scheme != "file" ||
		f.flags&FilterFlagPathRequired != 0 && !parts.Has("path") || f.flags&FilterFlagQueryRequired != 0 && !parts.Has("query") {
		return false
	}
	return isUserinfo(ToString(parts.Peek("user"))) && isUserinfo(ToString(parts.Peek("pass")))
}

func isUserinfo(text string) bool {
	for i := 0; i < len(text); i++ {
		if isAlnum(text[i]) || strings.IndexByte("-._~!$&'()*+,;=:", text[i]) >= 0 {
			continue
		}
		if text[i] != '%' || i+2 >= len(text) || !isDigit(text[i+1]) || !isHexDigit(text[i+2]) {
			return false
		}
		i += 2
	}
	return true
}

func parseIPv4(text string) (ip [4]int, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return ip, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || len(part) > 3 || n < 0 || n > 255 || strconv.Itoa(n) != part {
			return ip, false
		}
		ip[i] = n
	}
	return ip, true
}

// parseIPv6 reads an address of up to eight blocks, of which :: leaves out at least one; the last two may be an IPv4.
func parseIPv6(text string) (ip [8]int, ok bool) {
	if !strings.Contains(text, ":") {
		return ip, false
	}
	var four [4]int
	hasFour := strings.Contains(text, ".")
	blocks, rest := 0, text
	if hasFour {
		at := strings.LastIndexByte(text[:strings.IndexByte(text, '.')], ':') + 1
		if four, ok = parseIPv4(text[at:]); !ok || at < 2 {
			return ip, false
		}
		rest, blocks = text[:at], 2
		if text[at-2] != ':' {
			rest = text[:at-1]
		}
	}
	shortened := -1
	for at := 0; at < len(rest); {
		if rest[at] == ':' {
			at++
			switch {
			case at >= len(rest):
				return ip, false
			case rest[at] == ':':
				if shortened >= 0 {
					return ip, false
				}
				shortened = blocks
				blocks++
				at++
			case at == 1:
				return ip, false
			}
			if at == len(rest) {
				break
			}
		}
		n, begin := 0, at
		for ; at < len(rest) && isHexDigit(rest[at]); at++ {
			digit, _ := strconv.ParseUint(rest[at:at+1], 16, 8)
			n = 16*n + int(digit)
			if at-begin > 3 {
				return ip, false
			}
		}
		if at == begin || blocks >= 8 {
			return ip, false
		}
		ip[blocks] = n
		blocks++
	}
	if blocks > 8 || shortened < 0 && blocks != 8 {
		return ip, false
	}
	if hasFour {
		return [8]int{5: 0xffff, 6: 256*four[0] + four[1], 7: 256*four[2] + four[3]}, true
	}
	if shortened >= 0 {
		spread := 8 - blocks
		for i := 7; i > shortened+spread; i-- {
			ip[i] = ip[i-spread]
		}
		for i := shortened; i <= shortened+spread && i < 8; i++ {
			ip[i] = 0
		}
	}
	return ip, true
}

func (f *filtering) isIP(text string) bool {
	either := f.flags & (FilterFlagIpv4 | FilterFlagIpv6)
	private := f.flags&(FilterFlagNoPrivRange|FilterFlagGlobalRange) != 0
	reserved := f.flags&(FilterFlagNoResRange|FilterFlagGlobalRange) != 0
	global := f.flags&FilterFlagGlobalRange != 0
	if strings.Contains(text, ":") {
		ip, ok := parseIPv6(text)
		return ok && either != FilterFlagIpv4 && !(private && isPrivate6(ip)) && !(reserved && isReserved6(ip)) &&
			!(global && isSpecial6(ip))
	}
	ip, ok := parseIPv4(text)
	return ok && either != FilterFlagIpv6 && !(private && isPrivate4(ip)) && !(reserved && isReserved4(ip)) &&
		!(global && isSpecial4(ip))
}

func isPrivate4(ip [4]int) bool {
	return ip[0] == 10 || ip[0] == 172 && ip[1] >= 16 && ip[1] <= 31 || ip[0] == 192 && ip[1] == 168
}

func isReserved4(ip [4]int) bool {
	return ip[0] == 0 || ip[0] >= 240 || ip[0] == 127 || ip[0] == 169 && ip[1] == 254
}

func isSpecial4(ip [4]int) bool {
	return ip[0] == 100 && ip[1] >= 64 && ip[1] <= 127 || ip[0] == 192 && ip[1] == 0 && (ip[2] == 0 || ip[2] == 2) ||
		ip[0] == 198 && (ip[1] == 18 || ip[1] == 19 || ip[1] == 51 && ip[2] == 100) || ip[0] == 203 && ip[1] == 0 && ip[2] == 113
}

func isPrivate6(ip [8]int) bool { return ip[0] >= 0xfc00 && ip[0] <= 0xfdff }

func isReserved6(ip [8]int) bool {
	last := ip[7]
	ip[7] = 0
	return ip == [8]int{} && last <= 1 || ip[0] == 0x5f || ip[0] >= 0xfe80 && ip[0] <= 0xfebf || ip[0] == 0x3ff3 ||
		ip[0] == 0x2001 && (ip[1] == 0x0db8 || ip[1] >= 0x10 && ip[1] <= 0x1f)
}

func isSpecial6(ip [8]int) bool {
	mapped := [8]int{5: 0xffff, 6: ip[6], 7: ip[7]}
	return ip == mapped || ip[0] == 0x100 && ip[1]|ip[2]|ip[3] == 0 || ip[0] == 0x2001 && ip[1] <= 0x1ff || isPrivate6(ip)
}

func (f *filtering) isMAC(text string) bool {
	wanted, given := f.option("separator")
	if given && len(wanted) != 1 {
		ThrowValueError("filter_var(): \"separator\" option must be one character long")
	}
	groups, size, separator := 6, 2, byte(':')
	switch {
	case len(text) == 14:
		groups, size, separator = 3, 4, '.'
	case len(text) == 17 && text[2] == '-':
		separator = '-'
	case len(text) != 17 || text[2] != ':':
		return false
	}
	if given && wanted[0] != separator {
		return false
	}
	for i := 0; i < len(text); i++ {
		ends := i%(size+1) == size && i/(size+1) < groups-1
		if ends && text[i] != separator || !ends && !isHexDigit(text[i]) {
			return false
		}
	}
	return true
}

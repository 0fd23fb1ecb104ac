package php

import (
	"math"
	"strings"
)

// Texts of dates as PHP reads them, after https://www.php.net/manual/en/datetime.formats.php, item by item: of all
// patterns the one with the longest match, of several the first, says what comes.

// noPart stands for a part of a date that its text does not give.
const noPart = math.MinInt64

// dateParts is what the clocks of a zone show.
type dateParts struct{ year, month, day, hour, minute, second, microsecond int }

// What a shift does with days of a month.
const (
	noSpecial = iota
	workdaysOn
	nthOfMonth
	lastOfMonth
)

// dateShift is what is added to a date.
type dateShift struct {
	dateParts
	hasWeekday bool
	weekday    int
	behavior   int // of the weekday: 0 not today, 1 today as well, 2 within the week
	special    int
	workdays   int
	ofMonth    int // 1 the first day of it, 2 the last
}

// isSpecial says that it does more than to add.
func (s *dateShift) isSpecial() bool { return s.hasWeekday || s.special != noSpecial }

// dateText is what a text says.
type dateText struct {
	dateParts
	hasDate      bool
	times, zones int // how often it has one
	shift        dateShift
	isTimestamp  bool
	zone         dateZone
	// By where they are in the text.
	errors, warnings *Array
	firstError       int
	firstCharacter   byte // 0 at the end of the text
}

func newDateText() dateText {
	return dateText{dateParts: dateParts{noPart, noPart, noPart, noPart, noPart, noPart, noPart}, errors: NewArray(),
		warnings: NewArray()}
}

// fail notes an error. Of those at one place the last is kept; what PHP tells of first is the first.
func (t *dateText) fail(at int, c byte, what string) {
	if t.errors.Len() == 0 {
		t.firstError, t.firstCharacter = at, c
	}
	t.errors.Set(at, what)
}

// failure is "Failed to parse time string (x) at position 0 (x): why", of a text with errors.
func (t *dateText) failure(text string) string {
	return "Failed to parse time string (" + text + ") " + t.complaint()
}

func (t *dateText) complaint() string {
	return "at position " + ToString(t.firstError) + " (" + string([]byte{t.firstCharacter}) + "): " +
		ToString(t.errors.Get(t.firstError))
}

func readDate(text string) dateText {
	if text == "" {
		none := newDateText()
		none.fail(0, 0, "Empty string")
		return none
	}
	if text = strings.Trim(text, " \t\n\r\v\f"); text == "" {
		return newDateText()
	}
	s := dateScanner{text: text + "\x00\x00", out: newDateText()}
	s.run()
	return s.out
}

// dateScanner is a text as far as it has been read, and the item that is being read.
type dateScanner struct {
	text  string
	start int    // of the item
	item  string // what is left of it
	done  bool
	out   dateText
}

type dateRule struct {
	pattern datePattern
	act     func(*dateScanner)
}

var dateRules []dateRule

func (s *dateScanner) run() {
	if dateRules == nil {
		dateRules = newDateRules()
	}
	for at := 0; !s.done; {
		s.start = MinInt(at, len(s.text)-1)
		rest := s.text[s.start:]
		best, size := -1, 0
		for i := range dateRules {
			if found := dateRules[i].pattern.match(rest); found > size {
				best, size = i, found
			}
		}
		if best < 0 {
			s.fail("Unexpected character")
			at++
			continue
		}
		s.item = rest[:size]
		at += size
		dateRules[best].act(s)
	}
	s.start++ // PHP is past the end by then
	t := &s.out
	if t.times > 0 && (t.hour > 23 || t.minute > 59 || t.second > 59) {
		s.warn("The parsed time was invalid")
	}
	if t.hasDate && t.year != noPart && t.month != noPart && t.day != noPart &&
		(t.month < 1 || t.month > 12 || t.day < 1 || t.day > daysIn(t.year, t.month)) {
		s.warn("The parsed date was invalid")
	}
}

func (s *dateScanner) fail(what string) { s.out.fail(s.start, s.text[s.start], what) }
func (s *dateScanner) warn(what string) { s.out.warnings.Set(s.start, what) }
func (s *dateScanner) more() bool       { return s.item != "" && s.item[0] != 0 }
func (s *dateScanner) nextIs(set string) bool {
	return s.more() && strings.IndexByte(set, s.item[0]) >= 0
}

// ---- Parts of an item: numbers and words, over what stands before them ----

func (s *dateScanner) number(digits int) int {
	n, _ := s.sized(digits)
	return n
}

func (s *dateScanner) sized(digits int) (int, int) {
	for s.more() && !isDigit(s.item[0]) {
		s.item = s.item[1:]
	}
	n := 0
	for n < digits && n < len(s.item) && isDigit(s.item[n]) {
		n++
	}
	if n == 0 {
		return noPart, 0
	}
	found := StringToInt(s.item[:n])
	s.item = s.item[n:]
	return found, n
}

func (s *dateScanner) signedNumber() int {
	sign := 1
	for s.more() && !isDigit(s.item[0]) {
		if s.item[0] == '-' {
			sign = -sign
		}
		s.item = s.item[1:]
	}
	return sign * s.number(24)
}

// fraction is in microseconds.
func (s *dateScanner) fraction() int {
	found, worth := 0, 100000
	for s.item = s.item[1:]; s.nextIs("0123456789"); s.item = s.item[1:] {
		found += int(s.item[0]-'0') * worth
		worth /= 10
	}
	return found
}

func (s *dateScanner) word() string {
	n := 0
	for n < len(s.item) && (s.item[n]|32 >= 'a' && s.item[n]|32 <= 'z' || s.item[n] >= 0x80) {
		n++
	}
	out := lower(s.item[:n])
	s.item = s.item[n:]
	return out
}

func (s *dateScanner) monthNumber() int {
	s.item = strings.TrimLeft(s.item, " \t-./")
	word := s.word()
	roman := strings.Fields("i ii iii iv v vi vii viii ix x xi xii")
	for i, name := range strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec") {
		if word == roman[i] || strings.HasPrefix(word, name) {
			return i + 1
		}
	}
	return 0
}

// halfDay is what am or pm adds to the hour.
func (s *dateScanner) halfDay(hour int) int {
	for s.more() && !s.nextIs("aApP") {
		s.item = s.item[1:]
	}
	isAm := s.nextIs("aA")
	s.item = ""
	switch {
	case isAm && hour == 12:
		return -12
	case isAm || hour == 12:
		return 0
	}
	return 12
}

func (s *dateScanner) readYear() {
	year, size := s.sized(4)
	if year != noPart && size < 4 && year < 100 {
		if year < 70 {
			year += 100
		}
		year += 1900
	}
	s.out.year = year
}

// skipSuffix goes over what follows the number of a day.
func (s *dateScanner) skipSuffix() {
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		if len(s.item) >= 2 && lower(s.item[:2]) == suffix {
			s.item = s.item[2:]
			return
		}
	}
}

// readClock reads hours, and what follows them.
func (s *dateScanner) readClock() {
	s.out.hour = s.number(2)
	if !s.nextIs(":.") {
		return
	}
	s.out.minute = s.number(2)
	if !s.nextIs(":.") {
		return
	}
	s.out.second = s.number(2)
	if s.nextIs(".") {
		s.out.microsecond = s.fraction()
	}
}

func (s *dateScanner) readZoneAfter() {
	if !s.more() {
		return
	}
	found, rest, ok := readZone(s.item)
	s.item = rest
	if ok {
		s.out.zone = found
	} else {
		s.fail("The timezone could not be found in the database")
	}
}

func (s *dateScanner) setClock(hour, minute, second int) {
	s.out.hour, s.out.minute, s.out.second = hour, minute, second
}

func (s *dateScanner) readMonthDay() {
	s.out.month = s.number(2)
	s.out.day = s.number(2)
}

func (s *dateScanner) haveTime() bool {
	if s.out.times > 0 {
		s.fail("Double time specification")
		return false
	}
	s.noTime()
	s.out.times = 1
	return true
}

func (s *dateScanner) haveDate() bool {
	if s.out.hasDate {
		s.fail("Double date specification")
		return false
	}
	s.out.hasDate = true
	return true
}

func (s *dateScanner) haveZone() bool {
	s.out.zones++
	switch {
	case s.out.zones == 1:
		return true
	case s.out.zones > 2:
		s.fail("Double timezone specification")
	default:
		s.warn("Double timezone specification")
	}
	return false
}

func (s *dateScanner) noTime() {
	s.out.times = 0
	s.setClock(0, 0, 0)
	s.out.microsecond = 0
}

// amountWord is the amount that a word stands for.
func amountWord(word string) int {
	switch word {
	case "last", "previous":
		return -1
	case "next":
		return 1
	case "eight":
		return 8
	}
	for i, name := range strings.Fields("this first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth") {
		if word == name {
			return i
		}
	}
	return 0
}

func weekdayWord(word string) int {
	for i, name := range strings.Fields("sun mon tue wed thu fri sat") {
		if strings.HasPrefix(word, name) && (len(word) == 3 || strings.Contains(word, "day")) {
			return i
		}
	}
	return -1
}

// unit is what a word counts, and how many of it; nil where it is no unit.
func (s *dateShift) unit(word string) (*int, int) {
	if len(word) > 2 && word != "\u00b5s" {
		word = strings.TrimSuffix(word, "s")
	}
	switch word {
	case "ms", "msec", "millisecond":
		return &s.microsecond, 1000
	case "usec", "microsecond", "\u00b5s", "\u00b5sec", "\u00b5second":
		return &s.microsecond, 1
	case "sec", "second":
		return &s.second, 1
	case "min", "minute":
		return &s.minute, 1
	case "hour":
		return &s.hour, 1
	case "day":
		return &s.day, 1
	case "week":
		return &s.day, 7
	case "fortnight", "forthnight":
		return &s.day, 14
	case "month":
		return &s.month, 1
	case "year":
		return &s.year, 1
	}
	return nil, 0
}

// add is the amount of what the next word names: a unit, a weekday or weekdays.
func (s *dateScanner) add(amount, behavior int, keepsTime bool) {
	s.item = strings.TrimLeft(s.item, " \t")
	name, shift := s.word(), &s.out.shift
	if part, times := shift.unit(name); part != nil {
		*part += amount * times
		return
	}
	if !keepsTime {
		s.noTime()
	}
	if strings.HasPrefix(name, "weekday") {
		shift.special, shift.workdays = workdaysOn, amount
		return
	}
	weeks := amount
	if amount > 0 {
		weeks--
	}
	shift.day += 7 * weeks
	shift.hasWeekday, shift.weekday, shift.behavior = true, weekdayWord(name), behavior
}

// ---- Items ----

func (s *dateScanner) end()   { s.done = true }
func (s *dateScanner) blank() {}
func (s *dateScanner) now()   {}
func (s *dateScanner) today() { s.noTime() }

func (s *dateScanner) yesterday() {
	s.noTime()
	s.out.shift.day = -1
}

func (s *dateScanner) tomorrow() {
	s.noTime()
	s.out.shift.day = 1
}

func (s *dateScanner) noon() {
	s.noTime()
	s.haveTime()
	s.out.hour = 12
}

func (s *dateScanner) timestamp() {
	if len(s.item)+2 != len(s.text) || strings.HasSuffix(s.item, ".") {
		Stop("builtin-missing", "a timestamp within a text of a date: "+s.text[:len(s.text)-2])
	}
	s.noTime()
	if !s.haveZone() {
		return
	}
	sign := 1
	if strings.HasPrefix(s.item, "@-") {
		sign = -1
	}
	s.out.year, s.out.month, s.out.day = 1970, 1, 1
	s.out.shift.second += s.signedNumber()
	if s.nextIs(".") {
		s.out.shift.microsecond = sign * s.fraction()
	}
	s.out.zone, s.out.isTimestamp = zoneOfOffset(0), true
}

func (s *dateScanner) firstDayOf() {
	s.out.shift.ofMonth = 2
	if s.nextIs("fF") {
		s.out.shift.ofMonth = 1
	}
}

func (s *dateScanner) backOf() {
	s.noTime()
	s.haveTime()
	if s.nextIs("bB") {
		s.out.hour, s.out.minute = s.number(2), 15
	} else {
		s.out.hour, s.out.minute = s.number(2)-1, 45
	}
	if s.more() {
		s.out.hour += s.halfDay(s.out.hour)
	}
}

func (s *dateScanner) weekdayOfMonth() {
	s.noTime()
	which := s.word()
	amount, behavior := amountWord(which), 0
	s.out.shift.special = lastOfMonth
	if amount > 0 {
		s.out.shift.special = nthOfMonth
	}
	if amount > 0 || which == "this" {
		behavior = 1
	}
	s.add(amount, behavior, false)
}

func (s *dateScanner) time12() {
	if s.haveTime() {
		s.readClock()
		s.out.hour += s.halfDay(s.out.hour)
	}
}

func (s *dateScanner) mssqlTime() {
	if s.haveTime() {
		s.out.hour = s.number(2)
		s.out.minute = s.number(2)
		s.out.second = s.number(2)
		s.out.microsecond = s.fraction()
		s.out.hour += s.halfDay(s.out.hour)
	}
}

func (s *dateScanner) time24() {
	if s.haveTime() {
		s.readClock()
		s.readZoneAfter()
	}
}

// timeWithoutColon: where there is a time already, such as "10:00 2020", it is a year.
func (s *dateScanner) timeWithoutColon() {
	switch {
	case s.out.times == 1:
		s.out.times++
		s.out.year = s.number(4)
	case s.out.times > 1:
		s.fail("Double time specification")
	default:
		hour := s.number(2)
		s.setClock(hour, s.number(2), 0)
		s.out.times++
	}
}

func (s *dateScanner) longTimeWithoutColon() {
	if s.haveTime() {
		s.out.hour = s.number(2)
		s.out.minute = s.number(2)
		s.out.second = s.number(2)
	}
}

func (s *dateScanner) american() {
	if s.haveDate() {
		s.readMonthDay()
		if strings.Contains(s.item, "/") {
			s.readYear()
		}
	}
}

func (s *dateScanner) yearMonthDay() {
	if s.haveDate() {
		s.readYear()
		s.readMonthDay()
	}
}

func (s *dateScanner) signedDate() {
	if s.haveDate() {
		sign := 1
		if s.nextIs("-") {
			sign = -1
		}
		s.out.year = sign * s.number(19)
		s.readMonthDay()
	}
}

func (s *dateScanner) yearMonth() {
	if s.haveDate() {
		s.readYear()
		s.out.month, s.out.day = s.number(2), 1
	}
}

func (s *dateScanner) dayMonthYear() {
	if s.haveDate() {
		s.out.day = s.number(2)
		s.skipSuffix()
		s.out.month = s.monthNumber()
		s.readYear()
	}
}

func (s *dateScanner) dottedDate() {
	if s.haveDate() {
		s.out.day = s.number(2)
		s.out.month = s.number(2)
		s.readYear()
	}
}

func (s *dateScanner) monthYear() {
	if s.haveDate() {
		s.out.month = s.monthNumber()
		s.readYear()
		s.out.day = 1
	}
}

func (s *dateScanner) yearMonthName() {
	if s.haveDate() {
		s.readYear()
		s.out.month = s.monthNumber()
		if s.out.day = s.number(2); s.out.day == noPart {
			s.out.day = 1
		}
	}
}

func (s *dateScanner) monthDayYear() {
	if s.haveDate() {
		s.out.month = s.monthNumber()
		s.out.day = s.number(2)
		s.readYear()
	}
}

func (s *dateScanner) dayMonth() {
	if s.haveDate() {
		s.out.day = s.number(2)
		s.skipSuffix()
		s.out.month = s.monthNumber()
	}
}

func (s *dateScanner) digitsOnly() {
	if s.haveDate() {
		s.out.year = s.number(4)
		s.readMonthDay()
	}
}

func (s *dateScanner) dateAndTime() {
	if !s.haveTime() || !s.haveDate() {
		return
	}
	s.out.year = s.number(4)
	s.readMonthDay()
	s.out.hour = s.number(2)
	s.out.minute = s.number(2)
	s.out.second = s.number(2)
	if s.nextIs(".") {
		s.out.microsecond = s.fraction()
		s.readZoneAfter()
	}
}

func (s *dateScanner) yearAndDay() {
	if s.haveDate() {
		s.out.year = s.number(4)
		s.out.month, s.out.day = 1, s.number(3)
	}
}

func (s *dateScanner) weekAndDay() {
	if !s.haveDate() {
		return
	}
	s.out.year = s.number(4)
	week, day := s.number(2), s.number(1)
	if day == noPart {
		day = 1
	}
	s.out.month, s.out.day = 1, 1
	s.out.shift.day = daysToISOWeek(s.out.year, week, day)
}

func (s *dateScanner) logDate() {
	if !s.haveTime() || !s.haveDate() {
		return
	}
	s.out.day = s.number(2)
	s.out.month = s.monthNumber()
	s.out.year = s.number(4)
	s.out.hour = s.number(2)
	s.out.minute = s.number(2)
	s.out.second = s.number(2)
	s.readZoneAfter()
}

func (s *dateScanner) yearAlone() { s.out.year = s.number(4) }

// ago leaves microseconds as they are.
func (s *dateScanner) ago() {
	t := &s.out.shift
	for _, part := range []*int{&t.year, &t.month, &t.day, &t.hour, &t.minute, &t.second, &t.weekday, &t.workdays} {
		*part = -*part
	}
	if t.weekday == 0 {
		t.weekday = -7
	}
}

func (s *dateScanner) weekday() {
	s.noTime()
	name := s.word()
	s.out.shift.hasWeekday, s.out.shift.weekday = true, weekdayWord(name)
	if strings.HasPrefix(name, "weekday") {
		s.out.shift.weekday = 1
	}
	if s.out.shift.behavior != 2 {
		s.out.shift.behavior = 1
	}
}

func (s *dateScanner) weekByWord() {
	s.byWord()
	s.out.shift.behavior = 2
	if !s.out.shift.hasWeekday {
		s.out.shift.hasWeekday, s.out.shift.weekday = true, 1
	}
}

func (s *dateScanner) byWord() {
	which := s.word()
	behavior := 0
	if which == "this" {
		behavior = 1
	}
	s.add(amountWord(which), behavior, false)
}

func (s *dateScanner) monthAlone() {
	if s.haveDate() {
		s.out.month = s.monthNumber()
	}
}

func (s *dateScanner) zoneAlone() {
	if s.haveZone() {
		s.readZoneAfter()
	}
}

func (s *dateScanner) monthDayTime12() {
	s.monthDayAnd(s.time12)
}

func (s *dateScanner) monthDayTime24() {
	s.monthDayAnd(s.time24)
}

func (s *dateScanner) monthDayAnd(time func()) {
	if s.haveDate() {
		s.out.month = s.monthNumber()
		s.out.day = s.number(2)
		time()
	}
}

func (s *dateScanner) counted() { s.add(s.signedNumber(), 1, true) }

var datePatternNames = map[string]string{
	"sp":         "[ \t]+",
	"frac":       "\\.[0-9]+",
	"h24":        "[01]?[0-9]|2[0-4]",
	"h24lz":      "[01][0-9]|2[0-4]",
	"h12":        "0?[1-9]|1[0-2]",
	"min":        "[0-5]?[0-9]",
	"minlz":      "[0-5][0-9]",
	"sec":        "<min>|60",
	"seclz":      "<minlz>|60",
	"mer":        "a[.]?m[.]?<endsp>|p[.]?m[.]?<endsp>",
	"endsp":      "[%\t ]",
	"zone":       "\\(?[A-Za-z]{1,6}\\)?|[A-Z][a-z]+([_/-][A-Za-z]+)+",
	"shift":      "(GMT)?[+-]((<h24>)(:?<min>)?|(<h24lz>)<minlz>(<seclz>)|(<h24lz>):<minlz>:(<seclz>))",
	"month":      "0?[0-9]|1[0-2]",
	"monthlz":    "0[0-9]|1[0-2]",
	"day":        "([0-2]?[0-9]|3[01])([s][t]|[n][d]|[r][d]|[t][h])?",
	"daylz":      "0[0-9]|[1-2][0-9]|3[01]",
	"year":       "[0-9]{1,4}",
	"year4":      "[0-9]{4}",
	"dayofyear":  "00[1-9]|0[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-6]",
	"weekofyear": "0[1-9]|[1-4][0-9]|5[0-3]",
	"dayname":    "sun(days?)?|mon(days?)?|tue(sdays?)?|wed(nesdays?)?|thu(rsdays?)?|fri(days?)?|sat(urdays?)?",
	"daytext":    "<dayname>|weekdays?",
	"monthabbr":  "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec",
	"monthname":  "january|february|march|april|may|june|july|august|september|october|november|december|<monthabbr>",
	"monthtext":  "<monthname>|I|II|III|IV|V|VI|VII|VIII|IX|X|XI|XII",
	"tiny12":     "(<h12>)<sp>?(<mer>)",
	"short12":    "(<h12>)[:.]<minlz><sp>?(<mer>)",
	"long12":     "(<h12>)[:.]<min>[:.](<seclz>)<sp>?(<mer>)",
	"short24":    "t?(<h24>)[:.]<min>",
	"long24":     "t?(<h24>)[:.]<min>[:.](<sec>)",
	"withzone":   "t?(<h24>)[:.]<min>[:.](<seclz>)<sp>?(<shift>|<zone>)",
	"noyear":     "(<monthtext>)[ .\t-]*(<day>)([,.stndrh\t ]+|[%])",
	"nth":        "first|second|third|fourth|fifth|sixth|seventh|eighth?|ninth|tenth|eleventh|twelfth",
	"which":      "next|last|previous|this",
	"unit":       "ms|(msec|millisecond|usec|microsecond|\xc2\xb5s|\xc2\xb5sec|\xc2\xb5second|sec|second|min|minute|hour|day|fortnight|forthnight|month|year)s?|weeks|<daytext>",
}

func newDateRules() []dateRule {
	var all []dateRule
	for _, one := range []struct {
		pattern string
		act     func(*dateScanner)
	}{
		{"yesterday", (*dateScanner).yesterday},
		{"now", (*dateScanner).now},
		{"noon", (*dateScanner).noon},
		{"midnight|today", (*dateScanner).today},
		{"tomorrow", (*dateScanner).tomorrow},
		{"@-?[0-9]+(\\.[0-9]{0,6})?", (*dateScanner).timestamp},
		{"(first|last) day of", (*dateScanner).firstDayOf},
		{"(back|front) of (<h24>)(<sp>?(<mer>))?", (*dateScanner).backOf},
		{"(<nth>|<which>)<sp>(<dayname>)<sp>of", (*dateScanner).weekdayOfMonth},
		{"<tiny12>|<short12>|<long12>", (*dateScanner).time12},
		{"(<h12>):<minlz>:(<seclz>)[:.][0-9]+(<mer>)", (*dateScanner).mssqlTime},
		{"t(<h24>)|<short24>|<long24>(<frac>)?", (*dateScanner).time24},
		{"t?(<h24lz>)<minlz>", (*dateScanner).timeWithoutColon},
		{"t?(<h24lz>)<minlz>(<seclz>)", (*dateScanner).longTimeWithoutColon},
		{"(<month>)/(<day>)(/<year>)?", (*dateScanner).american},
		{"[+-]?<year4>-(<monthlz>)-(<daylz>)|<year4>/(<monthlz>)/(<daylz>)/?|[+-][0-9]{5,19}-(<monthlz>)-(<daylz>)", (*dateScanner).signedDate},
		{"[0-9][0-9]-(<monthlz>)-(<daylz>)", (*dateScanner).yearMonthDay},
		{"<year4>-(<month>)", (*dateScanner).yearMonth},
		{"<year>-(<month>)-(<day>)", (*dateScanner).yearMonthDay},
		{"(<day>)[ \t.-]*(<monthtext>)[ \t.-]*<year>", (*dateScanner).dayMonthYear},
		{"(<day>)[.\t-](<month>)[.-]<year4>", (*dateScanner).dottedDate},
		{"(<day>)[.\t](<month>)\\.[0-9][0-9]", (*dateScanner).dottedDate},
		{"(<monthtext>)[ .\t-]*<year4>", (*dateScanner).monthYear},
		{"<year4>[ .\t-]*(<monthtext>)", (*dateScanner).yearMonthName},
		{"(<monthtext>)[ .\t-]*(<day>)[,.stndrh\t ]+<year>|<noyear>", (*dateScanner).monthDayYear},
		{"(<day>)[ .\t-]*(<monthtext>)", (*dateScanner).dayMonth},
		{"<year4>(<monthlz>)(<daylz>)", (*dateScanner).digitsOnly},
		{"<year4>(<monthlz>)(<daylz>)T(<h24>):<minlz>:(<seclz>)|<year4>(<monthlz>)(<daylz>)t(<h24>)<minlz>(<seclz>)|<year4>-(<monthlz>)-(<daylz>)T(<h24lz>):<minlz>:(<seclz>)(<frac>)(<shift>)?|<year4>-(<month>)-(<day>)T(<h24>):<min>:(<sec>)|<year4>:(<monthlz>):(<daylz>) (<h24lz>):<minlz>:(<seclz>)", (*dateScanner).dateAndTime},
		{"<year4>\\.?(<dayofyear>)", (*dateScanner).yearAndDay},
		{"<year4>-?W(<weekofyear>)(-?[0-7])?", (*dateScanner).weekAndDay},
		{"(<monthabbr>)-(<daylz>)-<year>", (*dateScanner).monthDayYear},
		{"<year>-(<monthabbr>)-(<daylz>)", (*dateScanner).yearMonthName},
		{"(<day>)/(<monthabbr>)/<year4>:(<h24lz>):<minlz>:(<seclz>)<sp>(<shift>)", (*dateScanner).logDate},
		{"<year4>", (*dateScanner).yearAlone},
		{"ago", (*dateScanner).ago},
		{"<daytext>", (*dateScanner).weekday},
		{"(<which>)<sp>week", (*dateScanner).weekByWord},
		{"(<nth>|<which>)<sp>(<unit>)", (*dateScanner).byWord},
		{"<monthname>", (*dateScanner).monthAlone},
		{"<shift>|<zone>", (*dateScanner).zoneAlone},
		{"(<noyear>)(<short12>|<long12>)", (*dateScanner).monthDayTime12},
		{"(<noyear>)(<short24>|<long24>|<withzone>)", (*dateScanner).monthDayTime24},
		{"[+-]*[ \t]*[0-9]{1,13}<sp>?(<unit>|week)", (*dateScanner).counted},
		{"[%\n]", (*dateScanner).end},
		{"[ .,\t]", (*dateScanner).blank},
	} {
		all = append(all, dateRule{newDatePattern(one.pattern, datePatternNames), one.act})
	}
	return all
}

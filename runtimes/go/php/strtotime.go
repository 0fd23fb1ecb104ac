package php

import (
	"math"
	"strings"
	"time"
)

// strtotime(), after https://www.php.net/manual/en/datetime.formats.php: the everyday texts, item by item. A text that
// has anything else stops the program, except where it is certain that PHP takes it for no date.

var (
	monthNames = strings.Fields("january february march april may june july august september october november december")
	dayNames   = strings.Fields("sunday monday tuesday wednesday thursday friday saturday")
	ordinals   = strings.Fields("this next second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
	backward   = strings.Fields("first last previous")
	// What PHP knows besides, by three letters.
	otherWords = strings.Fields("now tod mid noo tom yes fir las pre bac fro ago " +
		"sec min hou wee for mil mic mse use eig")
	zonesOfSix   = strings.Fields("israel navajo poland turkey") // PHP reads six letters as a zone's name
	datePatterns = strings.Fields("Y-M-D Y/M/D M/D/Y D-M-Y D.M.Y D_N_Y D-N-Y N_D_Y N_D,_Y N_Y N Y-M")
	timePatterns = strings.Fields("H:I:S.F H:I:S H:I H")
)

// unitOf is what a unit counts (years 0 to seconds 5) and how many of it.
func unitOf(word string) (part, times int, ok bool) {
	switch strings.TrimSuffix(word, "s") {
	case "year":
		return 0, 1, true
	case "month":
		return 1, 1, true
	case "fortnight":
		return 2, 14, true
	case "week":
		return 2, 7, true
	case "day":
		return 2, 1, true
	case "hour":
		return 3, 1, true
	case "min", "minute":
		return 4, 1, true
	case "sec", "second":
		return 5, 1, true
	}
	return 0, 0, false
}

// startOfMonth is the first of a month in days since 1970; month is any number.
func startOfMonth(year, month int) int {
	month--
	year, month = year+floorDiv(month, 12), floorMod(month, 12)+1
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	ofEra := year - era*400
	shifted := month + 9
	if month > 2 {
		shifted = month - 3
	}
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + (153*shifted+2)/5 - 719468
}

func floorDiv(a, b int) int { return (a - floorMod(a, b)) / b }
func floorMod(a, b int) int { return (a%b + b) % b }

// dateText is a text as far as it has been read. A method that reads an item says whether there was one.
type dateText struct {
	text             string // in lower case
	at               int
	found            [128]int // by letter of a pattern
	year, month, day int
	clock            [3]int // hours, minutes and seconds
	hasDate, hasTime bool
	hasZone          bool
	offset           int    // seconds east of UTC
	add              [6]int // years to seconds
	weekday          int    // to go to, -1 for none
	behavior         int    // 0: not today, 1: today as well, 2: within the week
	workdays         int
	hasWorkdays      bool
	ofMonth          int // first (1) or last (-1) day of it
	weekdayOf        int // first (1) or last (-1) weekdays of it
}

func (t *dateText) rest() string { return t.text[t.at:] }

func (t *dateText) atEnd() bool {
	rest := t.rest()
	return rest == "" || rest[0] == ' ' || strings.HasPrefix(rest, ", ")
}

func (t *dateText) take(word string) bool {
	if !strings.HasPrefix(t.rest(), word) {
		return false
	}
	t.at += len(word)
	return true
}

// digits is the number of digits that come, no more than most.
func (t *dateText) digits(most int) int {
	n := 0
	for n < most && t.at+n < len(t.text) && isDigit(t.text[t.at+n]) {
		n++
	}
	return n
}

func (t *dateText) number(least, most, max int, into byte) bool {
	n := t.digits(most)
	if n < least {
		return false
	}
	t.found[into] = StringToInt(t.text[t.at : t.at+n])
	t.at += n
	return t.found[into] <= max
}

func (t *dateText) word() string {
	end := t.at
	for end < len(t.text) && t.text[end] >= 'a' && t.text[end] <= 'z' {
		end++
	}
	word := t.text[t.at:end]
	t.at = end
	return word
}

// indexOfName is the place of a name, or of its first three letters, -1 where it is none.
func indexOfName(names []string, word string) int {
	for i, name := range names {
		if word == name || word == name[:3] {
			return i
		}
	}
	return -1
}

func hasName(names []string, word string) bool {
	for _, name := range names {
		if word == name {
			return true
		}
	}
	return false
}

func (t *dateText) monthName() bool {
	word := t.word()
	if word == "sept" {
		word = "sep"
	}
	t.found['M'] = indexOfName(monthNames, word) + 1
	return t.found['M'] > 0
}

func (t *dateText) part(letter byte) bool {
	switch letter {
	case 'Y':
		return t.number(4, 4, 9999, letter)
	case 'M':
		return t.number(1, 2, 12, letter)
	case 'D':
		return t.number(1, 2, 31, letter)
	case 'H':
		return t.number(1, 2, 24, letter)
	case 'I', 'S', 'Z':
		return t.number(2, 2, 59, letter)
	case 'F':
		return t.number(1, 9, 999999999, letter)
	case 'N':
		return t.monthName()
	case '_':
		return t.take(" ")
	}
	return t.take(string(letter))
}

// match reads a pattern: its letters in upper case are parts, a line below is a blank.
func (t *dateText) match(pattern string) bool {
	from := t.at
	for i := 0; i < len(pattern); i++ {
		if !t.part(pattern[i]) {
			t.at = from
			return false
		}
		if pattern[i] == 'D' && (strings.HasPrefix(pattern, "N") || strings.HasPrefix(pattern, "D_")) {
			_ = t.take("st") || t.take("nd") || t.take("rd") || t.take("th")
		}
	}
	return true
}

func (t *dateText) date() bool {
	from := t.at
	for _, pattern := range datePatterns {
		if !t.match(pattern) {
			continue
		}
		hasClock := pattern == "Y-M-D" && t.at-from == 10 && t.take("t")
		follows := strings.TrimLeft(t.rest(), " .-")
		readsOn := pattern == "N" && follows != "" && isDigit(follows[0]) // as a day
		if readsOn || !hasClock && !t.atEnd() {
			t.at = from
			continue
		}
		if t.hasDate {
			return false
		}
		t.setDate(pattern)
		return !hasClock || t.digits(2) == 2 && t.time()
	}
	return false
}

func (t *dateText) setDate(pattern string) {
	t.hasDate, t.month = true, t.found['M']
	if pattern != "N" {
		t.year, t.day = t.found['Y'], t.found['D']
	}
	if pattern == "N_Y" || pattern == "Y-M" {
		t.day = 1
	}
}

func (t *dateText) time() bool {
	from := t.at
	for _, pattern := range timePatterns {
		t.found['I'], t.found['S'] = 0, 0
		if !t.match(pattern) {
			continue
		}
		hour, ok := t.hour(pattern)
		isAfterT := from > 0 && t.text[from-1] == 't'
		if ok && !t.hasTime && !(isAfterT && strings.HasSuffix(t.text[:t.at], "m")) {
			t.hasTime, t.clock = true, [3]int{hour, t.found['I'], t.found['S']}
			return true
		}
		t.at = from
	}
	return false
}

// hour reads what follows a time: am or pm, or a zone, with which the text ends.
func (t *dateText) hour(pattern string) (int, bool) {
	hour, from := t.found['H'], t.at
	t.take(" ")
	isAm := t.take("am")
	if isAm || t.take("pm") {
		if hour < 1 || hour > 12 || pattern == "H:I:S.F" || strings.HasPrefix(t.rest(), ",") {
			return 0, false
		}
		if hour == 12 {
			hour = 0
		}
		if !isAm {
			hour += 12
		}
		return hour, true
	}
	if !t.zone() {
		t.at = from
	}
	return hour, pattern != "H" && t.atEnd()
}

func (t *dateText) zone() bool {
	sign := 1
	switch rest := t.rest(); {
	case rest == "z" || rest == "utc" || rest == "gmt":
		t.hasZone, t.offset, t.at = true, 0, len(t.text)
		return true
	case strings.HasPrefix(rest, "-"):
		sign = -1
	case !strings.HasPrefix(rest, "+"):
		return false
	}
	t.at++
	if !t.part('Z') || t.found['Z'] > 23 {
		return false
	}
	hours := t.found['Z']
	t.take(":")
	if !t.part('Z') || t.rest() != "" {
		return false
	}
	t.hasZone, t.offset = true, sign*(hours*3600+t.found['Z']*60)
	return true
}

func (t *dateText) dropTime() { t.hasTime, t.clock = false, [3]int{} }

func (t *dateText) setWeekday(day, behavior int) { t.weekday, t.behavior = day, behavior }

// addUnits is amount times what the word names, a weekday or a unit.
func (t *dateText) addUnits(amount, behavior int, word string, keepsTime bool) bool {
	day := indexOfName(dayNames, word)
	isWorkday := word == "weekday" || word == "weekdays"
	if (day >= 0 || isWorkday) && !keepsTime {
		t.dropTime()
	}
	switch {
	case isWorkday:
		if t.hasWorkdays || t.weekdayOf != 0 {
			return false
		}
		t.workdays, t.hasWorkdays = amount, true
		return true
	case day >= 0:
		weeks := amount
		if amount > 0 {
			weeks--
		}
		t.add[2] += 7 * weeks
		t.setWeekday(day, behavior)
		return true
	}
	part, times, ok := unitOf(word)
	if ok {
		t.add[part] += amount * times
	}
	return ok
}

// counted reads such as "+2 weeks".
func (t *dateText) counted() bool {
	sign := 1
	if t.take("-") {
		sign = -1
	} else {
		t.take("+")
	}
	if !t.number(1, 7, 9999999, 'F') {
		return false
	}
	t.take(" ")
	return t.addUnits(sign*t.found['F'], 1, t.word(), true)
}

// ordinal reads such as "next monday" and "first day of".
func (t *dateText) ordinal(word string) bool {
	amount, behavior := -1, 0
	for i, name := range ordinals {
		if word == name {
			amount = i
		}
	}
	switch word {
	case "first":
		amount = 1
	case "this":
		behavior = 1
	}
	if !t.take(" ") {
		return false
	}
	if (word == "first" || word == "last") && t.take("day of") {
		t.ofMonth = amount
		return true
	}
	unit := t.word()
	if indexOfName(dayNames, unit) >= 0 && t.take(" of") {
		return t.nth(amount, unit)
	}
	isOrdinal := word == "first" || amount > 1
	if unit == "week" && isOrdinal || !t.addUnits(amount, behavior, unit, false) {
		return false
	}
	if unit == "week" {
		t.behavior = 2
		if t.weekday < 0 {
			t.weekday = 1
		}
	}
	return true
}

// nth reads such as "first monday of".
func (t *dateText) nth(amount int, day string) bool {
	if t.hasWorkdays || t.weekdayOf != 0 || amount == 0 {
		return false
	}
	t.dropTime()
	if amount > 0 {
		t.weekdayOf = 1
		return t.addUnits(amount, 1, day, false)
	}
	t.weekdayOf = -1
	return t.addUnits(amount, 0, day, false)
}

func (t *dateText) ago() bool {
	for i, n := range t.add {
		t.add[i] = -n
	}
	t.workdays = -t.workdays
	return t.weekday < 0 && t.weekdayOf == 0
}

func (t *dateText) keyword() bool {
	switch word := t.word(); word {
	case "now":
		return true
	case "today", "midnight":
		t.dropTime()
	case "noon":
		t.hasTime, t.clock = true, [3]int{12, 0, 0}
	case "tomorrow", "yesterday":
		t.dropTime()
		t.add[2] = 1
		if word == "yesterday" {
			t.add[2] = -1
		}
	case "ago":
		return t.ago()
	default:
		if day := indexOfName(dayNames, word); day >= 0 {
			t.dropTime()
			behavior := 1
			if t.behavior == 2 {
				behavior = 2
			}
			t.setWeekday(day, behavior)
			return true
		}
		return (hasName(ordinals, word) || hasName(backward, word)) && t.ordinal(word)
	}
	return true
}

// item leaves everything as it is where there is none.
func (t *dateText) item() bool {
	for _, read := range []func() bool{t.date, t.time, t.counted, t.keyword} {
		before := *t
		if read() && t.atEnd() {
			return true
		}
		*t = before
	}
	return false
}

func (t *dateText) items() bool {
	for {
		if !t.item() {
			return false
		}
		if t.rest() == "" {
			return true
		}
		t.take(",")
		t.take(" ")
	}
}

// isNoDate says that PHP finds no date in a text for certain: a month or day that is none, or a word that is no keyword
// and too long to be a time zone's.
func isNoDate(text string) bool {
	t := dateText{text: text}
	shape := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '9'
		}
		return c
	}, text)
	switch shape {
	case "9999-99-99":
		return text[5:7] > "12" || text[8:] > "31"
	case "99/99/9999":
		return text[:2] > "12" || text[3:5] > "31"
	}
	word := t.word()
	if len(word) < 6 || !t.atEnd() || hasName(zonesOfSix, word[:6]) || hasName(otherWords, word[:3]) {
		return false
	}
	for _, names := range [][]string{monthNames, dayNames, ordinals} {
		for _, name := range names {
			if word[:3] == name[:3] {
				return false
			}
		}
	}
	return true
}

// toWeekday goes from a day, as days since 1970, to the one of the week that is asked for.
func (t *dateText) toWeekday(days int) int {
	today, wanted := floorMod(days+4, 7), t.weekday
	if t.behavior == 2 {
		if wanted == 0 {
			wanted = 7
		}
		return days - (today+6)%7 - 1 + wanted
	}
	ahead := wanted - today
	if ahead < 0 && t.add[2] < 0 || t.add[2] >= 0 && ahead <= -t.behavior {
		ahead += 7
	}
	return days + ahead
}

// addWorkdays goes forward or back over days from Monday to Friday.
func addWorkdays(days, amount int) int {
	step := 1
	if amount <= 0 {
		step = -1
	}
	isFree := func(day int) bool { return floorMod(day+4, 7)%6 == 0 }
	days += amount / 5 * 7
	left := amount % 5
	if left == 0 {
		for isFree(days) {
			days -= step
		}
		return days
	}
	for left != 0 {
		days += step
		if !isFree(days) {
			left -= step
		}
	}
	return days
}

func (t *dateText) dayOfMonth(month int) int {
	switch t.ofMonth {
	case 1:
		return startOfMonth(t.year, month)
	case -1:
		return startOfMonth(t.year, month+1) - 1
	}
	return startOfMonth(t.year, month) + t.day - 1
}

// seconds is the time on the clocks of the zone, and what is added to it as time that passes.
func (t *dateText) seconds() (int, int) {
	if t.hasDate && !t.hasTime {
		t.clock = [3]int{}
	}
	month := t.month
	if t.weekdayOf != 0 {
		month += t.add[1]
		t.day, t.add[1] = 1, 0
		if t.weekdayOf < 0 {
			month++
		}
	}
	days := t.dayOfMonth(month) + t.clock[0]/24
	if t.weekday >= 0 {
		days = t.toWeekday(days)
	}
	date := time.Unix(int64(days)*86400, 0).UTC()
	t.year, t.day = date.Year()+t.add[0], date.Day()
	days = t.dayOfMonth(int(date.Month()) + t.add[1])
	if t.ofMonth == 0 {
		days += t.add[2]
	}
	if t.hasWorkdays {
		days = addWorkdays(days, t.workdays)
	}
	return days*86400 + t.clock[0]%24*3600 + t.clock[1]*60 + t.clock[2], t.add[3]*3600 + t.add[4]*60 + t.add[5]
}

// toUTC is the moment of a time on the clocks of the default zone; within a gap or an overlap as PHP chooses.
func toUTC(local int) int {
	offsetAt := func(moment int) int {
		_, offset := time.Unix(int64(moment), 0).In(zone.loc).Zone()
		return offset
	}
	guess := offsetAt(local)
	after := offsetAt(local - guess)
	moment := local - after
	since, _ := time.Unix(int64(local-guess), 0).In(zone.loc).ZoneBounds()
	inTransition := !since.IsZero() && moment >= int(since.Unix())+guess-after && moment < int(since.Unix())
	if guess != after && !inTransition {
		return moment
	}
	return local - guess
}

// farthestBase is in seconds from 1970.
const farthestBase = 1_000_000_000_000

// Strtotime is strtotime(); base is an int or nil for now.
func Strtotime(datetime string, base Value) (int, bool) {
	text := lower(strings.Trim(datetime, " \t\n\r\v\f"))
	if datetime == "" || text != "" && isNoDate(text) {
		return 0, false
	}
	t := dateText{text: text, weekday: -1}
	if t.take("@") {
		sign := 1
		if t.take("-") {
			sign = -1
		}
		if t.number(1, 17, math.MaxInt64, 'F') && t.rest() == "" {
			return sign * t.found['F'], true
		}
	}
	now := timeOf(base, zone.loc)
	isFar := now.Unix() > farthestBase || now.Unix() < -farthestBase
	t.year, t.month, t.day = now.Year(), int(now.Month()), now.Day()
	t.clock = [3]int{now.Hour(), now.Minute(), now.Second()}
	t.at = 0
	if isFar || !t.items() {
		Stop("builtin-missing", "strtotime() of this runtime does not read "+VarExportString(datetime))
		return 0, false
	}
	local, passes := t.seconds()
	utc := toUTC
	if t.hasZone {
		utc = func(local int) int { return local - t.offset }
	}
	moment := utc(local + passes)
	if passes != 0 && (t.hasWorkdays || moment != utc(local)+passes) {
		Stop("builtin-missing", "versions of PHP differ in what "+VarExportString(datetime)+" is to strtotime()")
	}
	return moment, true
}

// Localtime is localtime().
func Localtime(timestamp Value, associative bool) *Array {
	t := timeOf(timestamp, zone.loc)
	parts := []Value{t.Second(), t.Minute(), t.Hour(), t.Day(), int(t.Month()) - 1, t.Year() - 1900, int(t.Weekday()),
		t.YearDay() - 1, ToInt(t.IsDST())}
	if !associative {
		return List(parts...)
	}
	out := List()
	for i, name := range strings.Fields("sec min hour mday mon year wday yday isdst") {
		out.Set("tm_"+name, parts[i])
	}
	return out
}

package php

import "strings"

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

// farthestBase is in seconds from 1970.
const farthestBase = 1_000_000_000_000

// Strtotime is strtotime(); base is an int or nil for now.
func Strtotime(datetime string, base Value) (int, bool) {
	text := readDate(datetime)
	if text.errors.Len() > 0 {
		return 0, false
	}
	now := instantNow(defaultDateZone())
	if base != nil {
		now.seconds, now.microsecond = ToInt(base), 0
	}
	if now.seconds > farthestBase || now.seconds < -farthestBase {
		Stop("builtin-missing", "strtotime() of this runtime does not begin that far from now")
	}
	found := text.instant(now, false)
	return found.seconds, true
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

package php

import (
	"strconv"
	"strings"
	"time"
)

// Dates, after https://www.php.net/manual/en/ref.datetime.php, with the time zones of Go's library.

var zone = struct {
	name string
	loc  *time.Location
}{"UTC", time.UTC}

// DateDefaultTimezoneSet is date_default_timezone_set().
func DateDefaultTimezoneSet(name string) bool {
	found, ok := findZone(name)
	if !ok {
		Notice("date_default_timezone_set(): Timezone ID '" + beforeNull(name) + "' is invalid")
		return false
	}
	zone.name, zone.loc = name, found.loc
	return true
}

// DateDefaultTimezoneGet is date_default_timezone_get().
func DateDefaultTimezoneGet() string { return zone.name }

// Time is time().
func Time() int { return int(time.Now().Unix()) }

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func timeOf(timestamp Value, loc *time.Location) time.Time {
	if timestamp == nil {
		return time.Now().In(loc)
	}
	return time.Unix(int64(ToInt(timestamp)), 0).In(loc)
}

// Date is date(); timestamp is an int or nil for now.
func Date(format string, timestamp Value) string {
	return FormatTime(timeOf(timestamp, zone.loc), format)
}

// Gmdate is gmdate().
func Gmdate(format string, timestamp Value) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		switch format[i] {
		case '\\':
			b.WriteString(format[i:MinInt(i+2, len(format))])
			i++
		case 'T': // the abbreviation is GMT here
			b.WriteString("\\G\\M\\T")
		default:
			b.WriteByte(format[i])
		}
	}
	return FormatTime(timeOf(timestamp, time.UTC), b.String())
}

// momentText is a time that is written, with what Go does not know of its zone.
type momentText struct {
	time.Time
	zone   string
	summer bool
}

// FormatTime writes a time as date() does.
func FormatTime(t time.Time, format string) string {
	return (&momentText{t, zoneName(t), t.IsDST()}).format(format)
}

func (t *momentText) format(format string) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		c := format[i]
		if c == '\\' {
			i++
			if i < len(format) {
				b.WriteByte(format[i])
			}
			continue
		}
		if text, ok := formatDate(t.Time, c); ok {
			b.WriteString(text)
		} else if text, ok := t.clock(c); ok {
			b.WriteString(text)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func suffixOf(day int) string {
	if day%100 < 11 || day%100 > 13 {
		switch day % 10 {
		case 1:
			return "st"
		case 2:
			return "nd"
		case 3:
			return "rd"
		}
	}
	return "th"
}

func yearText(year int) string {
	if year < 0 {
		return "-" + yearText(-year)
	}
	return "0000"[:MaxInt(4-len(strconv.Itoa(year)), 0)] + strconv.Itoa(year)
}

// plainYear has four places, the sign among them.
func plainYear(year int) string { return Sprintf("%04d", year) }

// expandedYear is the year with a sign: always for X, where it has more than four digits for x.
func expandedYear(year int, c byte) string {
	if year >= 0 && (c == 'X' || year > 9999) {
		return "+" + yearText(year)
	}
	return yearText(year)
}

func formatDate(t time.Time, c byte) (string, bool) {
	isoYear, isoWeek := t.ISOWeek()
	switch c {
	case 'd':
		return two(t.Day()), true
	case 'D':
		return t.Weekday().String()[:3], true
	case 'j':
		return strconv.Itoa(t.Day()), true
	case 'l':
		return t.Weekday().String(), true
	case 'N':
		return strconv.Itoa((int(t.Weekday())+6)%7 + 1), true
	case 'S':
		return suffixOf(t.Day()), true
	case 'w':
		return strconv.Itoa(int(t.Weekday())), true
	case 'z':
		return strconv.Itoa(t.YearDay() - 1), true
	case 'W':
		return two(isoWeek), true
	case 'F':
		return t.Month().String(), true
	case 'm':
		return two(int(t.Month())), true
	case 'M':
		return t.Month().String()[:3], true
	case 'n':
		return strconv.Itoa(int(t.Month())), true
	case 't':
		return strconv.Itoa(daysIn(t.Year(), int(t.Month()))), true
	case 'L':
		return strconv.Itoa(ToInt(isLeap(t.Year()))), true
	case 'o':
		return strconv.Itoa(isoYear), true
	case 'Y':
		return yearText(t.Year()), true
	case 'X', 'x':
		return expandedYear(t.Year(), c), true
	case 'y':
		return two(((t.Year() % 100) + 100) % 100), true
	}
	return "", false
}

func offsetText(t time.Time, colon string) string {
	_, offset := t.Zone()
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	return sign + two(offset/3600) + colon + two(offset/60%60)
}

func (t *momentText) clock(c byte) (string, bool) {
	hour12 := (t.Hour()+11)%12 + 1
	abbreviation, offset := t.Zone()
	switch c {
	case 'a', 'A':
		text := "am"
		if t.Hour() >= 12 {
			text = "pm"
		}
		if c == 'A' {
			text = upper(text)
		}
		return text, true
	case 'B':
		beat := ((t.Unix()%86400+86400)%86400 + 3600) % 86400 * 1000 / 86400
		return "000"[:3-len(strconv.FormatInt(beat, 10))] + strconv.FormatInt(beat, 10), true
	case 'g':
		return strconv.Itoa(hour12), true
	case 'G':
		return strconv.Itoa(t.Hour()), true
	case 'h':
		return two(hour12), true
	case 'H':
		return two(t.Hour()), true
	case 'i':
		return two(t.Minute()), true
	case 's':
		return two(t.Second()), true
	case 'u':
		return Sprintf("%06d", t.Nanosecond()/1000), true
	case 'v':
		return Sprintf("%03d", t.Nanosecond()/1000000), true
	case 'e':
		return t.zone, true
	case 'I':
		return strconv.Itoa(ToInt(t.summer)), true
	case 'O':
		return offsetText(t.Time, ""), true
	case 'P':
		return offsetText(t.Time, ":"), true
	case 'p': // London is not at Z in winter
		if abbreviation == "UTC" || abbreviation == "Z" || abbreviation == "GMT+0000" {
			return "Z", true
		}
		return offsetText(t.Time, ":"), true
	case 'T':
		if abbreviation == "" {
			return offsetText(t.Time, ":"), true
		}
		return abbreviation, true
	case 'Z':
		return strconv.Itoa(offset), true
	case 'c':
		return plainYear(t.Year()) + t.format("-m-d\\TH:i:sP"), true
	case 'r':
		return t.format("D, d M ") + plainYear(t.Year()) + t.format(" H:i:s O"), true
	case 'U':
		return strconv.FormatInt(t.Unix(), 10), true
	}
	return "", false
}

func zoneName(t time.Time) string {
	name := t.Location().String()
	if name == "" {
		return offsetText(t, ":")
	}
	return name
}

// Mktime is mktime(): parts left out (nil) are those of now.
func Mktime(hour int, minute, second, month, day, year Value) (int, bool) {
	return makeTime(zone.loc, hour, minute, second, month, day, year)
}

// Gmmktime is gmmktime().
func Gmmktime(hour int, minute, second, month, day, year Value) (int, bool) {
	return makeTime(time.UTC, hour, minute, second, month, day, year)
}

func makeTime(loc *time.Location, hour int, minute, second, month, day, year Value) (int, bool) {
	now := time.Now().In(loc)
	pick := func(v Value, missing int) int {
		if v == nil {
			return missing
		}
		return ToInt(v)
	}
	y := pick(year, now.Year())
	if year != nil {
		switch {
		case y >= 0 && y < 70:
			y += 2000
		case y >= 70 && y <= 100:
			y += 1900
		}
	}
	t := time.Date(y, time.Month(pick(month, int(now.Month()))), pick(day, now.Day()), hour, pick(minute, now.Minute()),
		pick(second, now.Second()), 0, loc)
	return int(t.Unix()), true
}

// Idate is idate().
func Idate(format string, timestamp Value) (int, bool) {
	if len(format) != 1 {
		warnFunction("idate", "idate format is one char")
		return 0, false
	}
	t := timeOf(timestamp, zone.loc)
	if strings.IndexByte("BdhHiILmNsStUwWyYzZo", format[0]) < 0 || format[0] == 'S' {
		warnFunction("idate", "Unrecognized date format token")
		return 0, false
	}
	text := FormatTime(t, format)
	return StringToInt(text), true
}

// Getdate is getdate().
func Getdate(timestamp Value) *Array {
	t := timeOf(timestamp, zone.loc)
	return Map("seconds", t.Second(), "minutes", t.Minute(), "hours", t.Hour(), "mday", t.Day(), "wday", int(t.Weekday()),
		"mon", int(t.Month()), "year", t.Year(), "yday", t.YearDay()-1, "weekday", t.Weekday().String(), "month", t.Month().String(),
		0, int(t.Unix()))
}

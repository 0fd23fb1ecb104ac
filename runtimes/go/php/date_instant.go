package php

import "time"

// Moments with a zone, and what PHP's dates do with them: fields that are out of their bounds run over into those above.

const (
	daySeconds = 86400
	// farthestDate is in years, months and days, so that all fits into an int.
	farthestDate = 10_000_000_000
)

type dateInstant struct {
	seconds, microsecond int // of UTC since 1970
	zone                 dateZone
}

// dateSpan is how far two dates are apart, or what an interval adds.
type dateSpan struct {
	dateParts
	backward bool
	days     int // whole days in all, noPart where they are not known
}

func instantNow(zone dateZone) dateInstant {
	now := time.Now()
	return dateInstant{int(now.Unix()), now.Nanosecond() / 1000, zone}
}

func (t *dateInstant) span() zoneSpan { return t.zone.at(t.seconds) }

// fields is what the clocks show.
func (t *dateInstant) fields() dateParts {
	local := t.seconds + t.span().offset
	ofDay := floorMod(local, daySeconds)
	f := dateParts{hour: ofDay / 3600, minute: ofDay / 60 % 60, second: ofDay % 60, microsecond: t.microsecond}
	f.setDay(floorDiv(local, daySeconds))
	return f
}

// dayNumber is in days since 1970.
func (f *dateParts) dayNumber() int { return startOfMonth(f.year, f.month) + f.day - 1 }

func (f *dateParts) setDay(days int) {
	date := time.Unix(int64(days)*daySeconds, 0).UTC()
	f.year, f.month, f.day = date.Year(), int(date.Month()), date.Day()
}

func carryOver(low *int, size int, high *int) {
	*high += floorDiv(*low, size)
	*low = floorMod(*low, size)
}

func (f *dateParts) normalize() {
	for _, part := range []int{f.year, f.month, f.day, f.hour / 24} {
		if part > farthestDate || part < -farthestDate {
			Stop("date-range", "a date is too far away")
		}
	}
	carryOver(&f.microsecond, 1000000, &f.second)
	carryOver(&f.second, 60, &f.minute)
	carryOver(&f.minute, 60, &f.hour)
	carryOver(&f.hour, 24, &f.day)
	f.setDay(f.dayNumber())
}

func (f *dateParts) toDayOfMonth(which int) {
	switch which {
	case 1:
		f.day = 1
	case 2:
		f.day = 0
		f.month++
	}
}

func (f *dateParts) toWeekday(shift *dateShift) {
	today, wanted := floorMod(f.dayNumber()+4, 7), shift.weekday
	if shift.behavior == 2 {
		if today == 0 && wanted != 0 {
			wanted -= 7
		}
		if wanted == 0 && today != 0 {
			wanted = 7
		}
		f.day += wanted - today
		return
	}
	if wanted < 0 {
		f.day -= 7 - (-wanted - today)
		return
	}
	ahead := wanted - today
	if shift.day < 0 && ahead < 0 || shift.day >= 0 && ahead <= -shift.behavior {
		ahead += 7
	}
	f.day += ahead
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

// daysToISOWeek is how many days after the first of January a day of a week of ISO 8601 is.
func daysToISOWeek(year, week, day int) int {
	weekday := floorMod(startOfMonth(year, 1)+4, 7)
	if weekday > 4 {
		weekday -= 7
	}
	return (week-1)*7 + day - weekday
}

// settle is what the fields come to in a zone, with a shift; summer is whether it was summer there before, nil where that
// is not known.
func (f dateParts) settle(shift dateShift, zone dateZone, summer *bool) dateInstant {
	if shift.special == nthOfMonth || shift.special == lastOfMonth {
		f.day = 1
		f.month += shift.month
		shift.month = 0
		if shift.special == lastOfMonth {
			f.month++
		}
	}
	f.toDayOfMonth(shift.ofMonth)
	f.normalize()
	if shift.hasWeekday {
		f.toWeekday(&shift)
	}
	f.normalize()
	f.year += shift.year
	f.month += shift.month
	f.day += shift.day
	f.toDayOfMonth(shift.ofMonth)
	f.normalize()
	days := f.dayNumber()
	if shift.special == workdaysOn {
		days = addWorkdays(days, shift.workdays)
	}
	local := days*daySeconds + (f.hour+shift.hour)*3600 + (f.minute+shift.minute)*60 + f.second + shift.second
	if summer == nil {
		there := zone.at(local).summer
		summer = &there
	}
	out := dateInstant{zone.toUTC(local, *summer), f.microsecond + shift.microsecond, zone}
	carryOver(&out.microsecond, 1000000, &out.seconds)
	return out
}

func orPart(part, missing int) int {
	if part == noPart {
		return missing
	}
	return part
}

// instant is the moment that the text stands for, beside now, whose zone is for a text that has none. isPattern: it was
// read by a format, so that a date without a time keeps the time of now.
func (t *dateText) instant(now dateInstant, isPattern bool) dateInstant {
	f := now.fields()
	for _, part := range []int{t.year, t.month, t.day, t.hour, t.minute, t.second} {
		if part != noPart {
			f.microsecond = 0
		}
	}
	f.year, f.month, f.day = orPart(t.year, f.year), orPart(t.month, f.month), orPart(t.day, f.day)
	if !isPattern && t.hasDate && t.times == 0 {
		f.hour, f.minute, f.second, f.microsecond = 0, 0, 0, 0
	} else {
		f.hour, f.minute, f.second = orPart(t.hour, f.hour), orPart(t.minute, f.minute), orPart(t.second, f.second)
		f.microsecond = orPart(t.microsecond, f.microsecond)
	}
	zone := now.zone
	if t.zone.kind != noZone {
		zone = t.zone
	}
	return f.settle(t.shift, zone, nil)
}

// modified is DateTime::modify().
func (t *dateInstant) modified(text *dateText) dateInstant {
	f := t.fields()
	f.year, f.month, f.day = orPart(text.year, f.year), orPart(text.month, f.month), orPart(text.day, f.day)
	if text.hour != noPart {
		f.hour, f.minute, f.second = text.hour, orPart(text.minute, 0), orPart(text.second, 0)
	}
	f.microsecond = orPart(text.microsecond, f.microsecond)
	if text.isTimestamp {
		return f.settle(text.shift, text.zone, nil)
	}
	return t.settled(f, text.shift)
}

// settled is other fields in its place.
func (t *dateInstant) settled(f dateParts, shift dateShift) dateInstant {
	summer := t.span().summer
	return f.settle(shift, t.zone, &summer)
}

func (t *dateInstant) shifted(shift dateShift) dateInstant { return t.settled(t.fields(), shift) }

// moved goes from an instant by a span, on by a factor of 1, back by -1: hours as they pass, or on the clocks.
func (t *dateInstant) moved(by dateSpan, factor int, passing bool) dateInstant {
	if by.backward {
		factor = -factor
	}
	var shift dateShift
	shift.year, shift.month, shift.day = by.year*factor, by.month*factor, by.day*factor
	seconds := (by.hour*3600 + by.minute*60 + by.second) * factor
	if !passing {
		shift.second, shift.microsecond = seconds, by.microsecond*factor
		return t.shifted(shift)
	}
	out := *t
	if shift.year != 0 || shift.month != 0 || shift.day != 0 {
		out = t.shifted(shift)
	}
	out.seconds += seconds
	out.microsecond += by.microsecond * factor
	carryOver(&out.microsecond, 1000000, &out.seconds)
	return out
}

func (t *dateInstant) compare(other *dateInstant) int {
	a, b := t.seconds, other.seconds
	if a == b {
		a, b = t.microsecond, other.microsecond
	}
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// borrowDays takes days that are below 0 from months: the one before the later date, or going backward the earlier
// one's.
func (s *dateSpan) borrowDays(base dateParts) {
	year, month := base.year, base.month
	for s.day < 0 {
		if !s.backward {
			if month--; month < 1 {
				year, month = year-1, 12
			}
		}
		s.day += daysIn(year, month)
		s.month--
		if s.backward {
			if month++; month > 12 {
				year, month = year+1, 1
			}
		}
	}
}

func (s *dateSpan) settle(base dateParts) {
	carryOver(&s.microsecond, 1000000, &s.second)
	carryOver(&s.second, 60, &s.minute)
	carryOver(&s.minute, 60, &s.hour)
	carryOver(&s.hour, 24, &s.day)
	carryOver(&s.month, 12, &s.year)
	s.borrowDays(base)
	carryOver(&s.month, 12, &s.year)
}

func (f *dateParts) timeOfDay() int {
	return ((f.hour*60+f.minute)*60+f.second)*1000000 + f.microsecond
}

// overTransition is what PHP makes of the hour that a change of the clocks between two moments of a zone takes or gives.
func (s *dateSpan) overTransition(one, two *dateInstant) {
	before, after := one.span(), two.span()
	correction, passed := after.offset-before.offset, two.seconds-one.seconds
	take := false
	switch {
	case before.summer && !after.summer:
		take = passed+correction < daySeconds
	case !before.summer && after.summer:
		next := one.seconds + daySeconds
		isFirstDay := next > after.since && next <= after.since+correction
		take = !isFirstDay && (passed+correction)%daySeconds > two.seconds-after.since
	case passed >= daySeconds:
		seen := two.zone.at(two.seconds - after.offset)
		change := before.offset - seen.offset
		if seen.starts && two.seconds >= seen.since-change && two.seconds < seen.since {
			s.day--
			s.hour = 24
		}
	}
	if take {
		s.hour -= correction / 3600
		s.minute -= correction / 60 % 60
	}
}

// difference is DateTime::diff().
func difference(from, to *dateInstant) dateSpan {
	var out dateSpan
	out.backward = from.compare(to) > 0
	one, two := from, to
	if out.backward {
		one, two = to, from
	}
	a, b := one.fields(), two.fields()
	sameZone := one.zone.kind == namedZone && two.zone.kind == namedZone && one.zone.name == two.zone.name
	correction := two.span().offset - one.span().offset
	out.year, out.month, out.day = b.year-a.year, b.month-a.month, b.day-a.day
	out.hour, out.minute, out.second = b.hour-a.hour, b.minute-a.minute, b.second-a.second
	out.microsecond = b.microsecond - a.microsecond
	if !sameZone {
		out.second -= correction
	}
	if one.zone.kind == two.zone.kind && (sameZone || correction == 0) {
		out.days = b.dayNumber() - a.dayNumber()
		if out.days > 0 && b.timeOfDay() < a.timeOfDay() {
			out.days--
		}
	} else {
		out.days = (two.seconds - one.seconds) / daySeconds
	}
	base := b
	if out.backward {
		base = a
	}
	out.settle(base)
	if sameZone {
		out.overTransition(one, two)
	}
	return out
}

// format is as date() does it, with microseconds and the zone.
func (t *dateInstant) format(format string) string {
	span := t.span()
	loc := t.zone.loc
	if loc == nil {
		loc = time.FixedZone(span.abbreviation, span.offset)
	}
	at := time.Unix(int64(t.seconds), int64(t.microsecond)*1000).In(loc)
	return (&momentText{at, t.zone.name, span.summer}).format(format)
}

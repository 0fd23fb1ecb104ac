package php

import (
	"math"
	"strconv"
	"strings"
)

// DateInterval is PHP's DateInterval: its parts are properties that are not declared.
type DateInterval struct {
	Base
	ready   bool
	passing bool       // its hours are time that passes, not time on clocks
	shift   *dateShift // where it was made of a text
}

// DateIntervalClass is for classes that extend it.
var DateIntervalClass = Declare(&Class{Name: "DateInterval"})

const intervalParts = "ymdhis"

func (i *DateInterval) isOpen()           {}
func (i *DateInterval) shown() []Property { return nil }

// hides says whether a property can be read, but is not among those that are listed.
func (i *DateInterval) hides(name string) bool {
	return i.shift != nil && (isIntervalPart(name) || name == "f" || name == "invert" || name == "days")
}

func isIntervalPart(name string) bool { return len(name) == 1 && strings.Contains(intervalParts, name) }

// assigned is what a property that is not declared holds when x is assigned to it.
func (i *DateInterval) assigned(name string, x Value) Value {
	switch {
	case !i.ready:
	case name == "f":
		return ToFloat(x)
	case name == "invert":
		return ToInt(ToInt(x) != 0)
	case name == "days" || name == "from_string" || name == "date_string":
		Stop("date-interval", "the property "+name+" of a DateInterval is written")
	case isIntervalPart(name):
		return ToInt(x)
	}
	return x
}

func (i *DateInterval) compareTo(o Object) (int, bool) {
	if _, ok := o.(*DateInterval); !ok {
		return 0, false
	}
	Warning("Cannot compare DateInterval objects")
	return 1, true
}

func (i *DateInterval) known() *DateInterval {
	if !i.ready {
		ThrowError("The DateInterval object has not been correctly initialized by its constructor")
	}
	return i
}

// place is that of a part by its letter.
func (s *dateSpan) place(letter byte) *int {
	places := []*int{&s.year, &s.month, &s.day, &s.hour, &s.minute, &s.second}
	return places[strings.IndexByte(intervalParts, letter)]
}

func (i *DateInterval) span() dateSpan {
	get := func(name string) Value {
		v, _ := i.dynamic.LookupKey(StrKey(name))
		return Deref(v)
	}
	var out dateSpan
	for n := range intervalParts {
		*out.place(intervalParts[n]) = ToInt(get(intervalParts[n : n+1]))
	}
	out.microsecond = int(math.Round(ToFloat(get("f")) * 1e6))
	out.backward, out.days = ToBool(get("invert")), noPart
	if days, ok := get("days").(int); ok {
		out.days = days
	}
	return out
}

func (i *DateInterval) set(span dateSpan) {
	to := dynamicProperties(i)
	for n := range intervalParts {
		to.Set(intervalParts[n:n+1], *span.place(intervalParts[n]))
	}
	to.Set("f", float64(span.microsecond)/1e6)
	to.Set("invert", ToInt(span.backward))
	to.Set("days", false)
	if span.days != noPart {
		to.Set("days", span.days)
	}
	to.Set("from_string", i.shift != nil)
	i.ready = true
}

func newInterval(span dateSpan) *DateInterval {
	i := DateIntervalClass.New().(*DateInterval)
	i.set(span)
	return i
}

// readUnits reads numbers with units, each once and in their order.
func (s *dateSpan) readUnits(text string) bool {
	units, isAny := "YMWDTHMS", false
	for text != "" {
		n, size := 0, 0
		if text[0] != 'T' {
			for size < len(text) && isDigit(text[size]) {
				size++
			}
			if size == 0 || size > 18 || size == len(text) {
				return false
			}
			n, _ = strconv.Atoi(text[:size])
		}
		unit := text[size]
		text = text[size+1:]
		time, at := strings.IndexByte(units, 'T'), strings.IndexByte(units, unit)
		if at < 0 || unit != 'T' && time >= 0 && at > time {
			return false
		}
		isAny = unit != 'T'
		s.setUnit(unit, n, time < 0)
		units = units[at+1:]
	}
	return isAny
}

func (s *dateSpan) setUnit(unit byte, n int, inTime bool) {
	switch {
	case unit == 'M' && inTime:
		s.minute = n
	case unit == 'W':
		s.day = n * 7
	case unit == 'D':
		s.day += n
	case unit != 'T':
		*s.place(unit | 32) = n
	}
}

// readWrittenOut reads such as 0001-02-03T04:05:06.
func (s *dateSpan) readWrittenOut(text string) bool {
	const shape = "9999-99-99T99:99:99"
	for i := range text {
		if len(text) != len(shape) || isDigit(text[i]) != (shape[i] == '9') || shape[i] != '9' && text[i] != shape[i] {
			return false
		}
	}
	most := []int{9999, 12, 31, 24, 59, 59}
	for i, at := range []int{0, 5, 8, 11, 14, 17} {
		size := 2
		if i == 0 {
			size = 4
		}
		n, _ := strconv.Atoi(text[at : at+size])
		if n > most[i] {
			return false
		}
		*s.place(intervalParts[i]) = n
	}
	return text != ""
}

func constructInterval(c *dateCall) Value {
	i, text := c.this.(*DateInterval), c.text(0)
	inner := strings.Trim(text, " \t\n\r\v\f")
	if strings.Contains(inner, "/") {
		Stop("date-interval", "a DateInterval of more than a period: "+text)
	}
	span := dateSpan{days: noPart}
	ok := len(inner) > 1 && inner[0] == 'P' && (span.readWrittenOut(inner[1:]) || span.readUnits(inner[1:]))
	if !ok {
		Throw(newOf(ExceptionClass, "Unknown or bad format ("+text+")"))
	}
	i.passing = true
	i.set(span)
	return nil
}

func intervalOfText(c *dateCall) Value {
	text := c.text(0)
	read := readDate(text)
	if read.errors.Len() > 0 {
		Warning(strings.TrimSuffix(cString("DateInterval::createFromDateString(): Unknown or bad format ("+text+") "+
			read.complaint()), "\x00"))
		return false
	}
	i := c.class.New().(*DateInterval)
	i.shift = &read.shift
	i.set(dateSpan{dateParts: read.shift.dateParts, days: noPart})
	dynamicProperties(i).Set("date_string", text)
	return i
}

func (s *dateSpan) part(letter byte) string {
	switch {
	case strings.IndexByte(intervalParts, letter) >= 0:
		return strconv.Itoa(*s.place(letter))
	case strings.IndexByte(intervalParts, letter|32) >= 0 && letter >= 'A':
		text := strconv.Itoa(*s.place(letter | 32))
		return "00"[:MaxInt(2-len(text), 0)] + text
	}
	sign := ""
	if s.backward {
		sign = "-"
	}
	switch letter {
	case 'F':
		return Sprintf("%06d", s.microsecond)
	case 'f':
		return strconv.Itoa(s.microsecond)
	case 'a':
		if s.days == noPart {
			return "(unknown)"
		}
		return strconv.Itoa(s.days)
	case 'R':
		if sign == "" {
			return "+"
		}
		return sign
	case 'r':
		return sign
	case '%':
		return "%"
	}
	return "%" + string([]byte{letter})
}

func formatInterval(c *dateCall) Value {
	span, text := c.this.(*DateInterval).known().span(), c.text(0)
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			b.WriteByte(text[i])
		} else if i++; i < len(text) {
			b.WriteString(span.part(text[i]))
		}
	}
	return b.String()
}

func declareIntervals() {
	c := DateIntervalClass
	c.New = func() Object { return Init(&DateInterval{}, c) }
	dateMethod(c, "__construct", Public, 1, []string{"duration"}, constructInterval)
	dateMethod(c, "createFromDateString", Public|Static, 1, []string{"datetime"}, intervalOfText)
	dateMethod(c, "format", Public, 1, []string{"format"}, formatInterval)
	dateMethod(c, "__serialize", Public, 0, nil, func(c *dateCall) Value {
		return propertiesToArray(c.this.(*DateInterval).known())
	})
	missing := func(*dateCall) Value {
		Stop("date-interval", "a DateInterval is made of its exported state")
		return nil
	}
	dateMethod(c, "__unserialize", Public, 1, []string{"data"}, missing)
	dateMethod(c, "__wakeup", Public, 0, nil, func(*dateCall) Value { return nil })
	dateMethod(c, "__set_state", Public|Static, 1, []string{"array"}, missing)
}

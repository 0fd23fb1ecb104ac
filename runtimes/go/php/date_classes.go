package php

import "strings"

// PHP's classes of dates, after https://www.php.net/manual/en/book.datetime.php.

// DateTime is PHP's DateTime, and DateTimeImmutable.
type DateTime struct {
	Base
	at    dateInstant
	ready bool // its constructor has run
}

// DateTimeZone is PHP's DateTimeZone.
type DateTimeZone struct {
	Base
	zone dateZone
}

var (
	dateTimeInterface = Declare(&Class{Name: "DateTimeInterface", Interface: true})
	// DateTimeClass and the others are for classes that extend them.
	DateTimeClass          = Declare(&Class{Name: "DateTime", Interfaces: []*Class{dateTimeInterface}})
	DateTimeImmutableClass = Declare(&Class{Name: "DateTimeImmutable", Interfaces: []*Class{dateTimeInterface}})
	DateTimeZoneClass      = Declare(&Class{Name: "DateTimeZone"})
)

// openObject is one of PHP's own that is exported and serialised as var_dump() shows it.
type openObject interface {
	Object
	containerObject
	isOpen()
}

func isOpen(o Object) bool {
	_, ok := o.(openObject)
	return ok
}

// openProperties is what is exported of an object.
func openProperties(o Object) []Property {
	if isOpen(o) {
		return shownProperties(o)
	}
	return Properties(o)
}

func (d *DateTime) isOpen()     {}
func (z *DateTimeZone) isOpen() {}

func (d *DateTime) shown() []Property {
	if !d.ready {
		return nil
	}
	return pairedProperties("date", d.at.format("x-m-d H:i:s.u"), "timezone_type", d.at.zone.kind, "timezone", d.at.zone.name)
}

func (z *DateTimeZone) shown() []Property {
	if z.zone.kind == noZone {
		return nil
	}
	return pairedProperties("timezone_type", z.zone.kind, "timezone", z.zone.name)
}

func pairedProperties(pairs ...Value) []Property {
	var all []Property
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, Property{Name: pairs[i].(string), Visibility: "public", Value: pairs[i+1]})
	}
	return all
}

func openArray(o openObject) *Array {
	a := propertiesToArray(o)
	for _, p := range o.shown() {
		a.Set(p.Name, p.Value)
	}
	return a
}

// ToPHPArray is (array) of the object.
func (d *DateTime) ToPHPArray() *Array { return openArray(d) }

// ToPHPArray is (array) of the object.
func (z *DateTimeZone) ToPHPArray() *Array { return openArray(z) }

func (d *DateTime) compareTo(o Object) (int, bool) {
	other, ok := o.(*DateTime)
	if !ok {
		return 0, false
	}
	if !d.ready || !other.ready {
		Warning("Trying to compare an incomplete DateTime or DateTimeImmutable object")
		return 1, true
	}
	return d.at.compare(&other.at), true
}

func (z *DateTimeZone) compareTo(o Object) (int, bool) {
	other, ok := o.(*DateTimeZone)
	if !ok {
		return 0, false
	}
	if z.zone.kind != other.zone.kind || z.zone.kind == noZone {
		Stop("date-compare", "zones of different kinds are compared")
	}
	if z.zone.name == other.zone.name {
		return 0, true
	}
	return 1, true
}

// native is the name of the class of PHP's own that it is of.
func (d *DateTime) native() string {
	if d.immutable() {
		return "DateTimeImmutable"
	}
	return "DateTime"
}

func (d *DateTime) immutable() bool { return d.class.Is("DateTimeImmutable") }

func (d *DateTime) instant() *dateInstant {
	if !d.ready {
		ThrowError("The " + d.native() + " object has not been correctly initialized by its constructor")
	}
	return &d.at
}

func (z *DateTimeZone) known() dateZone {
	if z.zone.kind == noZone {
		ThrowError("The DateTimeZone object has not been correctly initialized by its constructor")
	}
	return z.zone
}

func newDate(c *Class, at dateInstant) *DateTime {
	d := c.New().(*DateTime)
	d.at, d.ready = at, true
	return d
}

func newZone(zone dateZone) *DateTimeZone {
	z := DateTimeZoneClass.New().(*DateTimeZone)
	z.zone = zone
	return z
}

// dateCall is a call of a method of these classes.
type dateCall struct {
	this      Object // nil for static ones
	class     *Class // that it was called on
	name      string
	names     []string
	arguments []Value
}

func (c *dateCall) place(i int) string { return argument(c.name, i+1, c.names[i]) }

func (c *dateCall) given(i int) Value {
	if i < len(c.arguments) {
		return Deref(c.arguments[i])
	}
	return nil
}

func (c *dateCall) text(i int) string { return ParamString(c.given(i), c.place(i)) }

// integer is an argument, 0 where it was not given.
func (c *dateCall) integer(i int) int {
	if i >= len(c.arguments) {
		return 0
	}
	return ParamInt(c.given(i), c.place(i))
}

func (c *dateCall) array(i int) *Array { return ParamArray(c.given(i), c.place(i)) }

func (c *dateCall) date(i int, want string) *dateInstant {
	if !IsA(c.given(i), want) {
		refuseParam(c.place(i), want, c.given(i))
	}
	return c.given(i).(*DateTime).instant()
}

// zone is a DateTimeZone, or null for the default.
func (c *dateCall) zone(i int, want string) dateZone {
	switch z := c.given(i).(type) {
	case *DateTimeZone:
		return z.known()
	case nil:
		if want[0] == '?' {
			return defaultDateZone()
		}
	}
	refuseParam(c.place(i), want, c.given(i))
	return dateZone{}
}

func (c *dateCall) interval(i int) *DateInterval {
	interval, ok := c.given(i).(*DateInterval)
	if !ok {
		refuseParam(c.place(i), "DateInterval", c.given(i))
	}
	return interval.known()
}

// dateMethod declares a method; those of the names after the first `required` may be left out.
func dateMethod(c *Class, name string, flags, required int, names []string, f func(*dateCall) Value) {
	title := c.Name + "::" + name
	var code any = func(this Object, a ...Value) Value { return f(&dateCall{this, ClassOf(this), title, names, a}) }
	if flags&Static != 0 {
		code = func(called *Class, a ...Value) Value { return f(&dateCall{nil, called, title, names, a}) }
	}
	m := c.Method(name, flags, code).Named(names...)
	m.Builtin, m.Required, m.Most = true, required, len(names)
	m.Defaults = make([]Value, len(names)-required)
}

// lastDateErrors is what getLastErrors() gives.
var lastDateErrors Value = false

func noteDateErrors(text *dateText) {
	lastDateErrors = false
	if text.errors.Len()+text.warnings.Len() > 0 {
		lastDateErrors = Map("warning_count", text.warnings.Len(), "warnings", text.warnings, "error_count", text.errors.Len(),
			"errors", text.errors)
	}
}

func constructDate(c *dateCall) Value {
	d, text := c.this.(*DateTime), "now"
	if len(c.arguments) > 0 {
		text = c.text(0)
	}
	zone := c.zone(1, "?DateTimeZone")
	read := readDate("now")
	if text != "" {
		read = readDate(text)
	}
	noteDateErrors(&read)
	if read.errors.Len() > 0 {
		Throw(newOf(ExceptionClass, read.failure(text)))
	}
	if read.zone.kind != noZone {
		zone = read.zone
	}
	d.at, d.ready = read.instant(instantNow(zone), false), true
	return nil
}

// change is the object with another instant: itself, or a copy of one that cannot change.
func (d *DateTime) change(at dateInstant) Value {
	if d.immutable() {
		d = CloneIn(d, d.class).(*DateTime)
	}
	d.at = at
	return d
}

func modifyDate(c *dateCall) Value {
	d, text := c.this.(*DateTime), c.text(0)
	d.instant()
	read := readDate(text)
	noteDateErrors(&read)
	if read.errors.Len() > 0 {
		Warning(strings.TrimSuffix(cString(d.native()+"::modify(): "+read.failure(text)), "\x00"))
		return false
	}
	return d.change(d.at.modified(&read))
}

func addToDate(c *dateCall) Value {
	d, interval := c.this.(*DateTime), c.interval(0)
	d.instant()
	if interval.shift != nil && interval.shift.isSpecial() {
		return d.change(d.at.shifted(*interval.shift))
	}
	return d.change(d.at.moved(interval.span(), 1, interval.passing))
}

func subFromDate(c *dateCall) Value {
	d, interval := c.this.(*DateTime), c.interval(0)
	d.instant()
	if interval.shift != nil && interval.shift.isSpecial() {
		Warning(d.native() + "::sub(): Only non-special relative time specifications are supported for subtraction")
		return d.change(d.at)
	}
	return d.change(d.at.moved(interval.span(), -1, interval.passing))
}

func diffDates(c *dateCall) Value {
	from, to := c.this.(*DateTime).instant(), c.date(0, "DateTimeInterface")
	span := difference(from, to)
	if len(c.arguments) > 1 && ParamBool(c.given(1), c.place(1)) {
		span.backward = false
	}
	return newInterval(span)
}

// setDateFields sets fields anew.
func setDateFields(c *dateCall, set func(f *dateParts)) Value {
	d := c.this.(*DateTime)
	f := d.instant().fields()
	set(&f)
	return d.change(d.at.settled(f, dateShift{}))
}

// restoreZone is a zone of the state of an exported object.
func restoreZone(state *Array) (dateZone, bool) {
	name, isText := state.Peek("timezone").(string)
	zone, rest, ok := readZone(name)
	return zone, isText && ok && rest == "" && state.Peek("timezone_type") == zone.kind
}

func (d *DateTime) restore(state *Array) {
	zone, ok := restoreZone(state)
	text, isText := state.Peek("date").(string)
	read := readDate(text)
	if !ok || !isText || read.errors.Len() > 0 {
		ThrowError("Invalid serialization data for " + d.native() + " object")
	}
	d.at, d.ready = read.instant(instantNow(zone), false), true
}

func (z *DateTimeZone) restore(state *Array) {
	zone, ok := restoreZone(state)
	if !ok {
		ThrowError("Timezone initialization failed")
	}
	z.zone = zone
}

func unserializeDate(c *dateCall) Value {
	d, state := c.this.(*DateTime), c.array(0)
	d.restore(state)
	state.eachRaw(func(k Key, v Value) {
		switch {
		case k.Str == "date" || k.Str == "timezone_type" || k.Str == "timezone":
		case strings.HasPrefix(k.Str, "\x00*\x00"):
			dynamicProperties(d).setRaw(StrKey(k.Str[3:]), Copy(v))
		case strings.HasPrefix(k.Str, "\x00"):
			dynamicProperties(d).setRaw(k, Copy(v))
		default:
			SetProp(d, k.String(), d.class, Copy(v))
		}
	})
	return nil
}

func serializeDate(c *dateCall) Value {
	d := c.this.(*DateTime)
	d.instant()
	out := NewArray()
	for _, p := range d.shown() {
		out.Set(p.Name, p.Value)
	}
	propertiesToArray(d).eachRaw(func(k Key, v Value) { out.setRaw(k, v) })
	return out
}

func dateReaders(c *Class) {
	dateMethod(c, "format", Public, 1, []string{"format"}, func(c *dateCall) Value {
		return c.this.(*DateTime).instant().format(c.text(0))
	})
	dateMethod(c, "getTimestamp", Public, 0, nil, func(c *dateCall) Value { return c.this.(*DateTime).instant().seconds })
	dateMethod(c, "getTimezone", Public, 0, nil, func(c *dateCall) Value { return newZone(c.this.(*DateTime).instant().zone) })
	dateMethod(c, "getOffset", Public, 0, nil, func(c *dateCall) Value { return c.this.(*DateTime).instant().span().offset })
	dateMethod(c, "diff", Public, 1, []string{"targetObject", "absolute"}, diffDates)
	dateMethod(c, "__serialize", Public, 0, nil, serializeDate)
	dateMethod(c, "__unserialize", Public, 1, []string{"data"}, unserializeDate)
	dateMethod(c, "__wakeup", Public, 0, nil, func(*dateCall) Value { return nil })
	dateMethod(c, "__set_state", Public|Static, 1, []string{"array"}, func(c *dateCall) Value {
		d := c.class.New().(*DateTime)
		d.restore(c.array(0))
		return d
	})
	dateMethod(c, "getLastErrors", Public|Static, 0, nil, func(*dateCall) Value { return Copy(lastDateErrors) })
}

func dateChangers(c *Class) {
	dateMethod(c, "modify", Public, 1, []string{"modifier"}, modifyDate)
	dateMethod(c, "add", Public, 1, []string{"interval"}, addToDate)
	dateMethod(c, "sub", Public, 1, []string{"interval"}, subFromDate)
	dateMethod(c, "setDate", Public, 3, []string{"year", "month", "day"}, func(c *dateCall) Value {
		year, month, day := c.integer(0), c.integer(1), c.integer(2)
		return setDateFields(c, func(f *dateParts) { f.year, f.month, f.day = year, month, day })
	})
	dateMethod(c, "setISODate", Public, 2, []string{"year", "week", "dayOfWeek"}, func(c *dateCall) Value {
		year, week, day := c.integer(0), c.integer(1), 1
		if len(c.arguments) > 2 {
			day = c.integer(2)
		}
		return setDateFields(c, func(f *dateParts) { f.year, f.month, f.day = year, 1, 1+daysToISOWeek(year, week, day) })
	})
	dateMethod(c, "setTime", Public, 2, []string{"hour", "minute", "second", "microsecond"}, func(c *dateCall) Value {
		hour, minute, second, microsecond := c.integer(0), c.integer(1), c.integer(2), c.integer(3)
		return setDateFields(c, func(f *dateParts) {
			f.hour, f.minute, f.second, f.microsecond = hour, minute, second, microsecond
		})
	})
	dateMethod(c, "setTimestamp", Public, 1, []string{"timestamp"}, func(c *dateCall) Value {
		d, seconds := c.this.(*DateTime), c.integer(0)
		return d.change(dateInstant{seconds, 0, d.instant().zone})
	})
	dateMethod(c, "setTimezone", Public, 1, []string{"timezone"}, func(c *dateCall) Value {
		d, zone := c.this.(*DateTime), c.zone(0, "DateTimeZone")
		at := *d.instant()
		at.zone = zone
		return d.change(at)
	})
}

func declareDate(c *Class, other, fromOther string) {
	c.New = func() Object { return Init(&DateTime{}, c) }
	c.Constants = dateTimeInterface.Constants
	dateMethod(c, "__construct", Public, 0, []string{"datetime", "timezone"}, constructDate)
	dateReaders(c)
	dateChangers(c)
	dateMethod(c, "createFromFormat", Public|Static, 2, []string{"format", "datetime", "timezone"}, func(*dateCall) Value {
		Stop("builtin-missing", "createFromFormat() is not part of this runtime")
		return nil
	})
	dateMethod(c, fromOther, Public|Static, 1, []string{"object"}, func(c *dateCall) Value {
		return newDate(c.class, *c.date(0, other))
	})
	dateMethod(c, "createFromInterface", Public|Static, 1, []string{"object"}, func(c *dateCall) Value {
		return newDate(c.class, *c.date(0, "DateTimeInterface"))
	})
}

// farthestOffset is in seconds.
const farthestOffset = 99 * 3600

func constructZone(c *dateCall) Value {
	name := c.text(0)
	zone, rest, ok := readZone(name)
	if !ok || rest != "" {
		Throw(newOf(ExceptionClass, "DateTimeZone::__construct(): Unknown or bad timezone ("+name+")"))
	}
	if zone.fixed.offset > farthestOffset || zone.fixed.offset < -farthestOffset {
		Throw(newOf(ExceptionClass, "DateTimeZone::__construct(): Timezone offset is out of range ("+name+")"))
	}
	c.this.(*DateTimeZone).zone = zone
	return nil
}

func declareZones() {
	c := DateTimeZoneClass
	c.New = func() Object { return Init(&DateTimeZone{}, c) }
	c.Constants = Map("AFRICA", 1, "AMERICA", 2, "ANTARCTICA", 4, "ARCTIC", 8, "ASIA", 16, "ATLANTIC", 32, "AUSTRALIA", 64,
		"EUROPE", 128, "INDIAN", 256, "PACIFIC", 512, "UTC", 1024, "ALL", 2047, "ALL_WITH_BC", 4095, "PER_COUNTRY", 4096)
	dateMethod(c, "__construct", Public, 1, []string{"timezone"}, constructZone)
	dateMethod(c, "getName", Public, 0, nil, func(c *dateCall) Value { return c.this.(*DateTimeZone).known().name })
	dateMethod(c, "getOffset", Public, 1, []string{"datetime"}, func(c *dateCall) Value {
		zone := c.this.(*DateTimeZone).known()
		return zone.at(c.date(0, "DateTimeInterface").seconds).offset
	})
	missing := func(*dateCall) Value {
		Stop("builtin-missing", "the tables of DateTimeZone are not part of this runtime")
		return nil
	}
	dateMethod(c, "getTransitions", Public, 0, []string{"timestampBegin", "timestampEnd"}, missing)
	dateMethod(c, "getLocation", Public, 0, nil, missing)
	dateMethod(c, "listAbbreviations", Public|Static, 0, nil, missing)
	dateMethod(c, "listIdentifiers", Public|Static, 0, []string{"timezoneGroup", "countryCode"}, missing)
	dateMethod(c, "__serialize", Public, 0, nil, func(c *dateCall) Value {
		c.this.(*DateTimeZone).known()
		return c.this.(*DateTimeZone).ToPHPArray()
	})
	dateMethod(c, "__unserialize", Public, 1, []string{"data"}, func(c *dateCall) Value {
		c.this.(*DateTimeZone).restore(c.array(0))
		return nil
	})
	dateMethod(c, "__wakeup", Public, 0, nil, func(*dateCall) Value { return nil })
	dateMethod(c, "__set_state", Public|Static, 1, []string{"array"}, func(c *dateCall) Value {
		z := c.class.New().(*DateTimeZone)
		z.restore(c.array(0))
		return z
	})
}

func init() {
	dateTimeInterface.Constants = Map("ATOM", "Y-m-d\\TH:i:sP", "COOKIE", "l, d-M-Y H:i:s T", "ISO8601", "Y-m-d\\TH:i:sO",
		"ISO8601_EXPANDED", "X-m-d\\TH:i:sP", "RFC822", "D, d M y H:i:s O", "RFC850", "l, d-M-y H:i:s T",
		"RFC1036", "D, d M y H:i:s O", "RFC1123", "D, d M Y H:i:s O", "RFC7231", "D, d M Y H:i:s \\G\\M\\T",
		"RFC2822", "D, d M Y H:i:s O", "RFC3339", "Y-m-d\\TH:i:sP", "RFC3339_EXTENDED", "Y-m-d\\TH:i:s.vP",
		"RSS", "D, d M Y H:i:s O", "W3C", "Y-m-d\\TH:i:sP")
	declareDate(DateTimeClass, "DateTimeImmutable", "createFromImmutable")
	declareDate(DateTimeImmutableClass, "DateTime", "createFromMutable")
	declareZones()
	declareIntervals()
}

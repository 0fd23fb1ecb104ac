package php

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// The zones of dates: the system's, and those that are an offset or an abbreviation.

// What PHP shows as timezone_type.
const (
	noZone = iota
	offsetZone
	abbreviationZone
	namedZone
)

// dateZone is a zone as a program names it.
type dateZone struct {
	kind  int
	name  string
	loc   *time.Location // of a named one
	fixed zoneSpan       // of the others
}

// zoneSpan is what holds in a zone from one change of its clocks to the next.
type zoneSpan struct {
	since        int // seconds of UTC, where there is a start
	starts       bool
	offset       int // seconds east of UTC
	summer       bool
	abbreviation string
}

func (z *dateZone) at(seconds int) zoneSpan {
	if z.loc == nil {
		return z.fixed
	}
	t := time.Unix(int64(seconds), 0).In(z.loc)
	var span zoneSpan
	span.abbreviation, span.offset = t.Zone()
	span.summer = t.IsDST()
	if start, _ := t.ZoneBounds(); !start.IsZero() {
		span.since, span.starts = int(start.Unix()), true
	}
	return span
}

// toUTC is the moment of a time on the clocks of the zone; within a gap or an overlap as PHP chooses, which depends on
// whether it was summer there before.
func (z *dateZone) toUTC(local int, summer bool) int {
	const look = 7200
	guess := z.at(local)
	after := z.at(local - guess.offset)
	actual := after
	if guess.offset == after.offset && guess.offset >= 0 && summer && !guess.summer {
		earlier := z.at(local - guess.offset - look)
		if earlier.offset != after.offset && local-earlier.offset < after.since {
			actual = earlier
		}
	} else if guess.offset == after.offset && guess.offset <= 0 && guess.summer && !summer {
		later := z.at(local - guess.offset + look)
		if later.offset != after.offset && local-later.offset >= later.since {
			actual.offset = later.offset
		}
	}
	moment := local - actual.offset
	inTransition := actual.starts && moment >= actual.since+(guess.offset-actual.offset) && moment < actual.since
	if guess.offset != actual.offset && !inTransition {
		return moment
	}
	return local - guess.offset
}

// zonesByLower are the names of the system's zones by the same in lower case.
var zonesByLower map[string]string

func zoneNames() map[string]string {
	if zonesByLower != nil {
		return zonesByLower
	}
	zonesByLower = map[string]string{}
	table, _ := os.ReadFile("/usr/share/zoneinfo/tzdata.zi")
	for _, row := range strings.Split(string(table), "\n") {
		parts := strings.Split(row, " ")
		switch {
		case len(parts) > 2 && parts[0] == "Z":
			zonesByLower[lower(parts[1])] = parts[1]
		case len(parts) > 2 && parts[0] == "L":
			zonesByLower[lower(parts[2])] = parts[2]
		}
	}
	return zonesByLower
}

// findZone is a zone of the system by its name in any case.
func findZone(name string) (dateZone, bool) {
	if lower(name) == "utc" {
		return dateZone{kind: namedZone, name: "UTC", loc: time.UTC}, true
	}
	known, ok := zoneNames()[lower(name)]
	if !ok {
		return dateZone{}, false
	}
	loc, err := time.LoadLocation(known)
	return dateZone{kind: namedZone, name: name, loc: loc}, err == nil
}

func defaultDateZone() dateZone { return dateZone{kind: namedZone, name: zone.name, loc: zone.loc} }

func zoneOfOffset(seconds int) dateZone {
	sign, size := "+", seconds
	if seconds < 0 {
		sign, size = "-", -seconds
	}
	hours, minutes := two(size/3600), two(size/60%60)
	name := sign + hours + ":" + minutes
	if size%60 != 0 {
		name += ":" + two(size%60)
	}
	return dateZone{kind: offsetZone, name: name, fixed: zoneSpan{offset: seconds, abbreviation: "GMT" + sign + hours + minutes}}
}

// readOffset reads hours, minutes and seconds, with colons or without, and gives the rest of the text.
func readOffset(text string) (int, string, bool) {
	size := 0
	for size < len(text) && (isDigit(text[size]) || text[size] == ':') {
		size++
	}
	all, rest := text[:size], text[size:]
	var parts [3]int
	number := func(s string) int {
		n, _ := strconv.Atoi(s)
		return n
	}
	switch {
	case strings.Contains(all, ":"):
		pieces := strings.Split(all, ":")
		if len(pieces) > 3 {
			return 0, rest, false
		}
		for i, one := range pieces {
			parts[i] = number(one)
		}
	case size == 0 || size == 5 || size > 6:
		return 0, rest, false
	default:
		first := size
		if size > 2 {
			first = 2 - size%2
			parts[1] = number(all[first : first+2])
		}
		if size > 4 {
			parts[2] = number(all[first+2:])
		}
		parts[0] = number(all[:first])
	}
	return parts[0]*3600 + parts[1]*60 + parts[2], rest, true
}

// readZone is what the text begins with, and its rest: +02:00, CEST or Europe/Berlin.
func readZone(text string) (dateZone, string, bool) {
	text = strings.TrimLeft(text, " \t(")
	if strings.HasPrefix(text, "GMT+") || strings.HasPrefix(text, "GMT-") {
		text = text[3:]
	}
	var found dateZone
	ok := false
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") {
		sign := 1
		if text[0] == '-' {
			sign = -1
		}
		var seconds int
		if seconds, text, ok = readOffset(text[1:]); ok {
			found = zoneOfOffset(sign * seconds)
		}
	} else {
		end := strings.IndexAny(text, " )\x00")
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		text = text[end:]
		if known, abbreviated := zoneAbbreviations[lower(word)]; abbreviated && lower(word) != "utc" {
			found, ok = dateZone{kind: abbreviationZone, name: upper(word), fixed: zoneSpan{offset: known.offset,
				summer: known.summer, abbreviation: upper(word)}}, true
		} else {
			found, ok = findZone(word)
		}
	}
	return found, strings.TrimLeft(text, ")"), ok
}

// zoneAbbreviations are what each stands for first among its uses, as DateTimeZone::listAbbreviations() has them.
var zoneAbbreviations = map[string]struct {
	offset int
	summer bool
}{
	"acdt": {37800, true}, "acst": {34200, false}, "addt": {-7200, true}, "adt": {-10800, true}, "aedt": {39600, true},
	"aest": {36000, false}, "ahdt": {-32400, true}, "ahst": {-36000, false}, "akdt": {-28800, true},
	"akst": {-32400, false}, "amt": {-13840, false}, "apt": {-10800, true}, "ast": {-14400, false},
	"awdt": {32400, true}, "awst": {28800, false}, "awt": {-10800, true}, "bdst": {7200, true}, "bdt": {-36000, true},
	"bmt": {-14309, false}, "bst": {3600, true}, "cast": {34200, false}, "cat": {7200, false}, "cddt": {-14400, true},
	"cdt": {-18000, true}, "cemt": {10800, true}, "cest": {7200, true}, "cet": {3600, false}, "cmt": {-15408, false},
	"cpt": {-18000, true}, "cst": {-21600, false}, "cwt": {-18000, true}, "chst": {36000, false}, "dmt": {-1521, false},
	"eat": {10800, false}, "eddt": {-10800, true}, "edt": {-14400, true}, "eest": {10800, true}, "eet": {7200, false},
	"emt": {-26248, false}, "ept": {-14400, true}, "est": {-18000, false}, "ewt": {-14400, true},
	"ffmt": {-14660, false}, "fmt": {-4056, false}, "gdt": {39600, true}, "gmt": {0, false}, "gst": {36000, false},
	"hdt": {-34200, true}, "hkst": {32400, true}, "hkt": {28800, false}, "hmt": {-19776, false}, "hpt": {-34200, true},
	"hst": {-36000, false}, "hwt": {-34200, true}, "iddt": {14400, true}, "idt": {10800, true}, "imt": {25025, false},
	"ist": {7200, false}, "jdt": {36000, true}, "jmt": {8440, false}, "jst": {32400, false}, "kdt": {36000, true},
	"kmt": {5736, false}, "kst": {30600, false}, "lst": {9394, true}, "mddt": {-18000, true}, "mdst": {16279, true},
	"mdt": {-21600, true}, "mest": {7200, true}, "met": {3600, false}, "mmt": {9017, false}, "mpt": {-21600, true},
	"msd": {14400, true}, "msk": {10800, false}, "mst": {-25200, false}, "mwt": {-21600, true}, "nddt": {-5400, true},
	"ndt": {-9052, true}, "npt": {-9000, true}, "nst": {-12600, false}, "nwt": {-9000, true}, "nzdt": {46800, true},
	"nzmt": {41400, false}, "nzst": {43200, false}, "pddt": {-21600, true}, "pdt": {-25200, true},
	"pkst": {21600, true}, "pkt": {18000, false}, "plmt": {25590, false}, "pmt": {-13236, false},
	"ppmt": {-17340, false}, "ppt": {-25200, true}, "pst": {-28800, false}, "pwt": {-25200, true},
	"qmt": {-18840, false}, "rmt": {5794, false}, "sast": {7200, false}, "sdmt": {-16800, false},
	"sjmt": {-20173, false}, "smt": {-13884, false}, "sst": {-39600, false}, "tbmt": {10751, false},
	"tmt": {12344, false}, "uct": {0, false}, "utc": {0, false}, "wast": {7200, true}, "wat": {3600, false},
	"wemt": {7200, true}, "west": {3600, true}, "wet": {0, false}, "wib": {25200, false}, "wita": {28800, false},
	"wit": {32400, false}, "wmt": {5040, false}, "yddt": {-25200, true}, "ydt": {-28800, true}, "ypt": {-28800, true},
	"yst": {-32400, false}, "ywt": {-28800, true}, "a": {3600, false}, "b": {7200, false}, "c": {10800, false},
	"d": {14400, false}, "e": {18000, false}, "f": {21600, false}, "g": {25200, false}, "h": {28800, false},
	"i": {32400, false}, "k": {36000, false}, "l": {39600, false}, "m": {43200, false}, "n": {-3600, false},
	"o": {-7200, false}, "p": {-10800, false}, "q": {-14400, false}, "r": {-18000, false}, "s": {-21600, false},
	"t": {-25200, false}, "u": {-28800, false}, "v": {-32400, false}, "w": {-36000, false}, "x": {-39600, false},
	"y": {-43200, false}, "z": {0, false},
}

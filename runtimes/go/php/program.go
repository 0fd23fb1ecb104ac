package php

import (
	"strconv"
	"strings"
	"time"
)

// Functions about the program and its surroundings, after https://www.php.net/manual/en/ref.info.php.

// VersionCompare is version_compare(): -1, 0 or 1, or with an operator a bool (null for one there is not in PHP 7).
func VersionCompare(a, b string, operator Value) Value {
	c := compareVersions(beforeNull(a), beforeNull(b))
	if operator == nil {
		return c
	}
	switch ToString(operator) {
	case "<", "lt":
		return c < 0
	case "<=", "le":
		return c <= 0
	case ">", "gt":
		return c > 0
	case ">=", "ge":
		return c >= 0
	case "==", "eq":
		return c == 0
	case "!=", "<>", "ne":
		return c != 0
	}
	badArgument("version_compare", 3, "operator", "must be a valid comparison operator")
	return nil
}

// canonicalVersion parts a version with dots where digits and others meet and at all that is neither letter nor digit;
// its first character stays as it is.
func canonicalVersion(s string) string {
	if s[0] == '#' {
		return s
	}
	out := []byte{s[0]}
	for i := 1; i < len(s); i++ {
		before, c := s[i-1], s[i]
		meets := before != '.' && c != '.' && isDigit(before) != isDigit(c)
		if (meets || !isAlnum(c)) && out[len(out)-1] != '.' {
			out = append(out, '.')
		}
		if isAlnum(c) || meets && strings.IndexByte("-_+", c) < 0 {
			out = append(out, c)
		}
	}
	return string(out)
}

// versionForms in the order of their age; numbers come between rc and pl.
var versionForms = []string{"dev", "alpha", "a", "beta", "b", "RC", "rc", "#", "pl", "p"}
var versionOrder = []int{0, 1, 1, 2, 2, 3, 3, 4, 5, 5}

func formOrder(s string) int {
	for i, form := range versionForms {
		if strings.HasPrefix(s, form) {
			return versionOrder[i]
		}
	}
	return -1
}

func comparePart(a, b string) int {
	digitA, digitB := a != "" && isDigit(a[0]), b != "" && isDigit(b[0])
	switch {
	case digitA && digitB:
		return compareInts(StringToInt(a), StringToInt(b))
	case !digitA && !digitB:
		return compareInts(formOrder(a), formOrder(b))
	case digitA:
		return compareInts(4, formOrder(b))
	}
	return compareInts(formOrder(a), 4)
}

func compareVersions(a, b string) int {
	if a == "" || b == "" {
		return compareInts(MinInt(len(a), 1), MinInt(len(b), 1))
	}
	a, b = canonicalVersion(a), canonicalVersion(b)
	moreA, moreB := true, true
	for a != "" && b != "" && moreA && moreB {
		var partA, partB, restA, restB string
		partA, restA, moreA = strings.Cut(a, ".")
		partB, restB, moreB = strings.Cut(b, ".")
		if c := comparePart(partA, partB); c != 0 {
			return c
		}
		if moreA {
			a = restA
		}
		if moreB {
			b = restB
		}
	}
	switch {
	case moreA && a != "" && isDigit(a[0]):
		return 1
	case moreA:
		return compareVersions(a, "#N#")
	case moreB && b != "" && isDigit(b[0]):
		return -1
	case moreB:
		return compareVersions("#N#", b)
	}
	return 0
}

// Ip2long is ip2long().
func Ip2long(ip string) (int, bool) {
	parts := strings.Split(ip, ".")
	if len(parts) != 4 {
		return 0, false
	}
	n := 0
	for _, p := range parts {
		d, err := strconv.Atoi(p)
		if err != nil || d < 0 || d > 255 || len(p) > 1 && p[0] == '0' || !isDigit(p[0]) {
			return 0, false
		}
		n = n<<8 | d
	}
	return n, true
}

// Long2ip is long2ip().
func Long2ip(ip int) (string, bool) {
	parts := make([]string, 4)
	for i := range parts {
		parts[i] = strconv.Itoa(ip >> uint(24-8*i) & 255)
	}
	return strings.Join(parts, "."), true
}

// PhpSapiName is php_sapi_name().
func PhpSapiName() (string, bool) { return "cli", true }

// Sleep is sleep().
func Sleep(seconds int) int {
	if seconds < 0 {
		badArgument("sleep", 1, "seconds", "must be greater than or equal to 0")
	}
	time.Sleep(time.Duration(seconds) * time.Second)
	return 0
}

// SetTimeLimit is set_time_limit(): the program's time is its own.
func SetTimeLimit(int) bool { return true }

// GcCollectCycles is gc_collect_cycles(): Go collects by itself.
func GcCollectCycles() int { return 0 }

// GcEnable is gc_enable().
func GcEnable() {}

// GcDisable is gc_disable().
func GcDisable() {}

// LcgValue is lcg_value(): from 0 to 1, of the cryptographic source.
func LcgValue() float64 { return float64(RandomInt(0, 1<<53-1)) / (1 << 53) }

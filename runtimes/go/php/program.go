package php

import (
	"strconv"
	"strings"
	"time"
)

// Functions about the program and its surroundings, after https://www.php.net/manual/en/ref.info.php.

// VersionCompare is version_compare(): -1, 0 or 1, or with an operator a bool (null for one there is not in PHP 7).
func VersionCompare(a, b string, operator Value) Value {
	c := compareVersions(canonicalVersion(a), canonicalVersion(b))
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

// canonicalVersion splits a version where digits and letters meet and at signs.
func canonicalVersion(s string) []string {
	var parts []string
	var part []byte
	flush := func() {
		if len(part) > 0 {
			parts = append(parts, string(part))
			part = nil
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !isAlnum(c) {
			flush()
			continue
		}
		if len(part) > 0 && isDigit(c) != isDigit(part[len(part)-1]) {
			flush()
		}
		part = append(part, c)
	}
	flush()
	return parts
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

func compareVersions(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return compareInts(MinInt(len(a), 1), MinInt(len(b), 1))
	}
	for i := 0; i < len(a) && i < len(b); i++ {
		if c := comparePart(a[i], b[i]); c != 0 {
			return c
		}
	}
	switch {
	case len(a) > len(b):
		if isDigit(a[len(b)][0]) {
			return 1
		}
		return compareVersions(a[len(b):], []string{"#N#"})
	case len(b) > len(a):
		if isDigit(b[len(a)][0]) {
			return -1
		}
		return compareVersions([]string{"#N#"}, b[len(a):])
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

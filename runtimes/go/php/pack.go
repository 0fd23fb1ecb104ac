package php

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// pack() and unpack(), after https://www.php.net/manual/en/function.pack.php.

// packCode is one code of a format: -1 repeats for *, 1 where nothing is said.
type packCode struct {
	code  byte
	count int
	given bool
	name  string
}

func parsePackFormat(format string, named bool) []packCode {
	var all []packCode
	for i := 0; i < len(format); {
		c := packCode{code: format[i], count: 1}
		i++
		if i < len(format) && format[i] == '*' {
			c.count, c.given = -1, true
			i++
		} else {
			start := i
			for i < len(format) && isDigit(format[i]) {
				i++
			}
			if i > start {
				c.count, _ = strconv.Atoi(format[start:i])
				c.given = true
			}
		}
		if named {
			end := strings.IndexByte(format[i:], '/')
			if end < 0 {
				end = len(format) - i
			}
			c.name = format[i : i+end]
			i += end + 1
		}
		all = append(all, c)
	}
	return all
}

// packSizes is the bytes of the codes for numbers.
var packSizes = map[byte]int{'c': 1, 'C': 1, 's': 2, 'S': 2, 'n': 2, 'v': 2, 'i': 4, 'I': 4, 'l': 4, 'L': 4, 'N': 4, 'V': 4,
	'q': 8, 'Q': 8, 'J': 8, 'P': 8, 'f': 4, 'g': 4, 'G': 4, 'd': 8, 'e': 8, 'E': 8}

func packOrder(code byte) binary.ByteOrder {
	if strings.IndexByte("nNJGE", code) >= 0 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// Pack is pack().
func Pack(format string, values ...Value) string {
	var out []byte
	next := 0
	take := func(code byte) Value {
		if next >= len(values) {
			ThrowValueError("Type " + string([]byte{code}) + ": not enough arguments")
		}
		next++
		return Deref(values[next-1])
	}
	codes := parsePackFormat(format, false)
	if used := packUses(codes, len(values)); used < len(values) {
		warnFunction("pack", strconv.Itoa(len(values)-used)+" arguments unused")
	}
	for _, c := range codes {
		switch c.code {
		case 'a', 'A', 'Z', 'h', 'H':
			out = append(out, packText(c, ToString(take(c.code)))...)
		case 'x':
			out = append(out, make([]byte, MaxInt(c.count, 0))...)
		case 'X':
			out = out[:MaxInt(len(out)-MaxInt(c.count, 0), 0)]
		case '@':
			for len(out) < c.count {
				out = append(out, 0)
			}
			out = out[:MaxInt(c.count, 0)]
		default:
			if packSizes[c.code] == 0 {
				ThrowValueError("Type " + string([]byte{c.code}) + ": unknown format code")
			}
			count := c.count
			if count < 0 {
				count = len(values) - next
			}
			if next+count > len(values) {
				ThrowValueError("Type " + string([]byte{c.code}) + ": too few arguments")
			}
			for ; count > 0; count-- {
				out = append(out, packNumber(c.code, take(c.code))...)
			}
		}
	}
	return string(out)
}

// packUses is how many of n arguments the codes take; n where there are too few or a code is unknown.
func packUses(codes []packCode, n int) int {
	used := 0
	for _, c := range codes {
		switch {
		case strings.IndexByte("aAZhH", c.code) >= 0:
			used++
		case strings.IndexByte("xX@", c.code) >= 0:
		case packSizes[c.code] == 0 || c.count < 0:
			return n
		default:
			used += c.count
		}
	}
	return MinInt(used, n)
}

func packText(c packCode, s string) []byte {
	if c.code == 'h' || c.code == 'H' {
		return packHex(c, s)
	}
	size := c.count
	if size < 0 {
		size = len(s)
		if c.code == 'Z' {
			size++
		}
	}
	fill := byte(0)
	if c.code == 'A' {
		fill = ' '
	}
	out := []byte(first(s, size))
	if c.code == 'Z' && size > 0 {
		out = out[:MinInt(len(out), size-1)]
	}
	for len(out) < size {
		out = append(out, fill)
	}
	return out
}

func packHex(c packCode, s string) []byte {
	n := c.count
	if n < 0 {
		n = len(s)
	}
	if n > len(s) {
		warnFunction("pack", "Type "+string([]byte{c.code})+": not enough characters in string")
		n = len(s)
	}
	out := make([]byte, (n+1)/2)
	for i := 0; i < n; i++ {
		d := digitValue(s[i])
		if d > 15 {
			warnFunction("pack", "Type "+string([]byte{c.code})+": illegal hex digit "+s[i:i+1])
			d = 0
		}
		if (i%2 == 0) == (c.code == 'H') {
			d <<= 4
		}
		out[i/2] |= byte(d)
	}
	return out
}

func packNumber(code byte, v Value) []byte {
	out := make([]byte, 8)
	order := packOrder(code)
	switch code {
	case 'f', 'g', 'G':
		order.PutUint32(out, math.Float32bits(float32(ToFloat(v))))
	case 'd', 'e', 'E':
		order.PutUint64(out, math.Float64bits(ToFloat(v)))
	default:
		n := uint64(ToInt(v))
		switch packSizes[code] {
		case 1:
			out[0] = byte(n)
		case 2:
			order.PutUint16(out, uint16(n))
		case 4:
			order.PutUint32(out, uint32(n))
		case 8:
			order.PutUint64(out, n)
		}
	}
	return out[:packSizes[code]]
}

// Unpack is unpack(): an array, or nothing with PHP's warning where the string is too short.
func Unpack(format, s string, offset int) (*Array, bool) {
	if offset < 0 || offset > len(s) {
		badArgument("unpack", 3, "offset", "must be contained in argument #2 ($data)")
	}
	a := NewArray()
	at := offset
	for _, c := range parsePackFormat(format, true) {
		switch c.code {
		case 'a', 'A', 'Z', 'h', 'H':
			n := c.count
			if c.code == 'h' || c.code == 'H' {
				n = (c.count + 1) / 2
			}
			if c.count < 0 {
				n = len(s) - at
			}
			if at+n > len(s) {
				warnFunction("unpack", "Type "+string([]byte{c.code})+": not enough input, need "+strconv.Itoa(n)+", have "+strconv.Itoa(len(s)-at))
				return nil, false
			}
			a.SetStr(unpackName(c, 1, false), unpackText(c, s[at:at+n]))
			at += n
		case 'x':
			for i := 0; i < c.count; i++ {
				if at >= len(s) {
					warnFunction("unpack", "Type x: not enough input, need 1, have 0")
					return nil, false
				}
				at++
			}
		case 'X':
			at = MaxInt(at-MaxInt(c.count, 0), 0)
		case '@':
			at = MinInt(offset+MaxInt(c.count, 0), len(s))
		default:
			size := packSizes[c.code]
			if size == 0 {
				ThrowValueError("Invalid format type " + string([]byte{c.code}))
			}
			for i := 1; c.count < 0 && at+size <= len(s) || i <= c.count; i++ {
				if at+size > len(s) {
					warnFunction("unpack", "Type "+string([]byte{c.code})+": not enough input, need "+strconv.Itoa(size)+", have "+strconv.Itoa(len(s)-at))
					return nil, false
				}
				a.SetStr(unpackName(c, i, c.count != 1), unpackNumber(c.code, s[at:at+size]))
				at += size
			}
		}
	}
	return a, true
}

func unpackName(c packCode, i int, many bool) string {
	if c.name == "" {
		return strconv.Itoa(i)
	}
	if many {
		return c.name + strconv.Itoa(i)
	}
	return c.name
}

func unpackText(c packCode, s string) string {
	switch c.code {
	case 'A':
		return strings.TrimRight(s, "\x00\t\r\n ")
	case 'Z':
		if i := strings.IndexByte(s, 0); i >= 0 {
			return s[:i]
		}
	case 'h', 'H':
		text := []byte(Bin2hex(s))
		if c.code == 'h' {
			for i := 0; i+1 < len(text); i += 2 {
				text[i], text[i+1] = text[i+1], text[i]
			}
		}
		if c.count >= 0 && c.count < len(text) {
			text = text[:c.count]
		}
		return string(text)
	}
	return s
}

func unpackNumber(code byte, s string) Value {
	b, order := []byte(s), packOrder(code)
	switch code {
	case 'c':
		return int(int8(b[0]))
	case 'C':
		return int(b[0])
	case 's':
		return int(int16(order.Uint16(b)))
	case 'S', 'n', 'v':
		return int(order.Uint16(b))
	case 'i', 'l':
		return int(int32(order.Uint32(b)))
	case 'I', 'L', 'N', 'V':
		return int(order.Uint32(b))
	case 'f', 'g', 'G':
		return float64(math.Float32frombits(order.Uint32(b)))
	case 'd', 'e', 'E':
		return math.Float64frombits(order.Uint64(b))
	}
	return int(order.Uint64(b))
}

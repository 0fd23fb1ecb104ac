package php

// Natural order, after strnatcmp.c by Martin Pool as PHP has it: runs of digits are compared as numbers, those with
// leading zeros as fractions.

func byteAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

// compareRight compares two runs of digits of which the longer is greater.
func compareRight(a string, i *int, b string, j *int) int {
	bias := 0
	for ; ; *i, *j = *i+1, *j+1 {
		x, y := *i < len(a) && isDigit(a[*i]), *j < len(b) && isDigit(b[*j])
		switch {
		case !x && !y:
			return bias
		case !x:
			return -1
		case !y:
			return 1
		case bias == 0 && a[*i] < b[*j]:
			bias = -1
		case bias == 0 && a[*i] > b[*j]:
			bias = 1
		}
	}
}

// compareLeft compares two runs of digits as fractions.
func compareLeft(a string, i *int, b string, j *int) int {
	for ; ; *i, *j = *i+1, *j+1 {
		x, y := *i < len(a) && isDigit(a[*i]), *j < len(b) && isDigit(b[*j])
		switch {
		case !x && !y:
			return 0
		case !x:
			return -1
		case !y:
			return 1
		case a[*i] < b[*j]:
			return -1
		case a[*i] > b[*j]:
			return 1
		}
	}
}

func skipZeros(s string, i int) int {
	for i < len(s) && s[i] == '0' && i+1 < len(s) && isDigit(s[i+1]) {
		i++
	}
	return i
}

func naturalCompare(a, b string, fold bool) int {
	if a == "" || b == "" {
		return compareInts(MinInt(len(a), 1), MinInt(len(b), 1))
	}
	i, j := skipZeros(a, 0), skipZeros(b, 0)
	for {
		x, y := byteAt(a, i), byteAt(b, j)
		for isSpace(x) {
			i++
			x = byteAt(a, i)
		}
		for isSpace(y) {
			j++
			y = byteAt(b, j)
		}
		if isDigit(x) && isDigit(y) {
			compareRun := compareRight
			if x == '0' || y == '0' {
				compareRun = compareLeft
			}
			if result := compareRun(a, &i, b, &j); result != 0 {
				return result
			}
			if i >= len(a) && j >= len(b) {
				return 0
			} else if i >= len(a) {
				return -1
			} else if j >= len(b) {
				return 1
			}
			x, y = a[i], b[j]
		}
		if fold {
			x, y = upperByte(x), upperByte(y)
		}
		if x != y {
			return compareInts(int(x), int(y))
		}
		i, j = i+1, j+1
		if i >= len(a) || j >= len(b) {
			return compareInts(MinInt(len(a)-i, 1), MinInt(len(b)-j, 1))
		}
	}
}

func upperByte(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 32
	}
	return c
}

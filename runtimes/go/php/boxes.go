package php

import "unsafe"

// Numbers as values. Go gives each number that becomes an interface memory of its own, which costs more than the
// arithmetic; here they are made by the dozen.

// boxesAtOnce bounds what one number that is kept keeps with it: 256 bytes.
const boxesAtOnce = 32

// boxes are places for numbers, none of which is used twice.
type boxes[T int | float64] struct {
	free *[boxesAtOnce]T
	used int
}

func (b *boxes[T]) box(number T) *T {
	if b.used == boxesAtOnce || b.free == nil {
		b.free, b.used = new([boxesAtOnce]T), 0
	}
	at := &b.free[b.used]
	b.used++
	*at = number
	return at
}

var (
	intBoxes   boxes[int]
	floatBoxes boxes[float64]
)

// face is how Go keeps a value in an interface: its type, and where it is.
type face struct{ kind, at unsafe.Pointer }

var (
	anInt     Value = 1 << 20
	aFloat    Value = 0.5
	intKind         = (*face)(unsafe.Pointer(&anInt)).kind
	floatKind       = (*face)(unsafe.Pointer(&aFloat)).kind
)

// ofInt is an int as a value.
func ofInt(n int) (v Value) {
	if uint(n) < 256 {
		return n // Go has these
	}
	*(*face)(unsafe.Pointer(&v)) = face{intKind, unsafe.Pointer(intBoxes.box(n))}
	return v
}

// ofFloat is a float as a value.
func ofFloat(f float64) (v Value) {
	*(*face)(unsafe.Pointer(&v)) = face{floatKind, unsafe.Pointer(floatBoxes.box(f))}
	return v
}

// sameText is a == b, at once where they are the same bytes.
func sameText(a, b string) bool {
	return len(a) == len(b) && (*(*unsafe.Pointer)(unsafe.Pointer(&a)) == *(*unsafe.Pointer)(unsafe.Pointer(&b)) || a == b)
}

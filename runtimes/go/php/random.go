package php

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Random numbers, after https://www.php.net/manual/en/ref.random.php: the Mersenne Twister of mt_srand(), whose sequence
// for a seed is PHP's, and cryptographic ones.

const (
	twisterSize   = 624
	twisterMiddle = 397
)

var twister struct {
	state  [twisterSize]uint32
	at     int
	seeded bool
	legacy bool // MT_RAND_PHP
}

// MtSrand is mt_srand().
func MtSrand(seed Optional, mode int) {
	s := uint32(time.Now().UnixNano())
	if seed.Given {
		s = uint32(ToInt(seed.Value))
	}
	twister.legacy = mode == 1
	seedTwister(s)
}

// Srand is srand().
func Srand(seed Optional, mode int) { MtSrand(seed, mode) }

func seedTwister(s uint32) {
	t := &twister
	t.state[0] = s
	for i := 1; i < twisterSize; i++ {
		t.state[i] = 1812433253*(t.state[i-1]^t.state[i-1]>>30) + uint32(i)
	}
	t.seeded = true
	reloadTwister()
}

func reloadTwister() {
	t := &twister
	twist := func(m, u, v uint32) uint32 {
		mixed := (u&0x80000000 | v&0x7fffffff) >> 1
		low := v
		if t.legacy {
			low = u
		}
		return m ^ mixed ^ (-(low & 1) & 0x9908b0df)
	}
	for i := 0; i < twisterSize; i++ {
		t.state[i] = twist(t.state[(i+twisterMiddle)%twisterSize], t.state[i], t.state[(i+1)%twisterSize])
	}
	t.at = 0
}

func next32() uint32 {
	t := &twister
	if !t.seeded {
		MtSrand(Optional{}, 0)
	}
	if t.at == twisterSize {
		reloadTwister()
	}
	y := t.state[t.at]
	t.at++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// randomRange is a number from low to high, both included, evenly.
func randomRange(low, high int) int {
	span := uint64(high) - uint64(low)
	if span > 0xffffffff {
		return int(uint64(low) + range64(span))
	}
	return int(uint64(low) + uint64(range32(uint32(span))))
}

func range32(span uint32) uint32 {
	result := next32()
	if span == 0xffffffff {
		return result
	}
	count := span + 1
	if count&span == 0 {
		return result & span
	}
	ceiling := 0xffffffff - 0xffffffff%count - 1
	for result > ceiling {
		result = next32()
	}
	return result % count
}

func range64(span uint64) uint64 {
	draw := func() uint64 { low := next32(); return uint64(low) | uint64(next32())<<32 }
	result := draw()
	if span == 0xffffffffffffffff {
		return result
	}
	count := span + 1
	if count&span == 0 {
		return result & span
	}
	ceiling := 0xffffffffffffffff - 0xffffffffffffffff%count - 1
	for result > ceiling {
		result = draw()
	}
	return result % count
}

// MtRand is mt_rand(): without bounds 31 bits.
func MtRand(min, max Optional) int {
	if !min.Given {
		return int(next32() >> 1)
	}
	if !max.Given {
		ThrowArgumentCount("mt_rand() expects exactly 2 arguments, 1 given")
	}
	return MtRandRange(ToInt(min.Value), ToInt(max.Value))
}

// MtRandRange is mt_rand() with bounds.
func MtRandRange(min, max int) int {
	if max < min {
		badArgument("mt_rand", 2, "max", "must be greater than or equal to argument #1 ($min)")
	}
	return RandRange(min, max)
}

// Rand is rand(): bounds may be the wrong way round.
func Rand(min, max Optional) int {
	if !min.Given {
		return int(next32() >> 1)
	}
	if !max.Given {
		ThrowArgumentCount("rand() expects exactly 2 arguments, 1 given")
	}
	return RandRange(ToInt(min.Value), ToInt(max.Value))
}

// RandRange is rand() with bounds: scaled, as php_mt_rand_common() does, which is not quite even.
func RandRange(min, max int) int {
	if max < min {
		min, max = max, min
	}
	if twister.legacy {
		return min + int((float64(max)-float64(min)+1.0)*(float64(next32()>>1)/(2147483647+1.0)))
	}
	return randomRange(min, max)
}

// MtGetrandmax is mt_getrandmax().
func MtGetrandmax() int { return 2147483647 }

// Getrandmax is getrandmax().
func Getrandmax() int { return 2147483647 }

// RandomInt is random_int().
func RandomInt(low, high int) int {
	if low > high {
		badArgument("random_int", 1, "min", "must be less than or equal to argument #2 ($max)")
	}
	span := uint64(high) - uint64(low)
	for {
		n := binary.LittleEndian.Uint64([]byte(RandomBytes(8)))
		if span == 0xffffffffffffffff {
			return int(n)
		}
		limit := 0xffffffffffffffff - 0xffffffffffffffff%(span+1)
		if n < limit || span == 0 {
			return int(uint64(low) + n%(span+1))
		}
	}
}

// RandomBytes is random_bytes().
func RandomBytes(length int) string {
	if length < 1 {
		ThrowValueError("random_bytes(): Argument #1 ($length) must be greater than 0")
	}
	out := make([]byte, length)
	if _, err := rand.Read(out); err != nil {
		ThrowError("Could not gather sufficient random data")
	}
	return string(out)
}

// Shuffle is shuffle().
func Shuffle(array *Array) bool {
	values := array.ownPairs()
	for n := len(values) - 1; n > 0; n-- {
		i := randomRange(0, n)
		values[n], values[i] = values[i], values[n]
	}
	array.replace(values, true)
	return true
}

// StrShuffle is str_shuffle().
func StrShuffle(s string) string {
	out := []byte(s)
	for n := len(out) - 1; n > 0; n-- {
		i := randomRange(0, n)
		out[n], out[i] = out[i], out[n]
	}
	return string(out)
}

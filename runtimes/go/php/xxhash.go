package php

import (
	"encoding/binary"
	"math/bits"
)

// The XXH family of fast hashes, after its specification, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md,
// without a seed.

const (
	xxh32Prime1 = 0x9E3779B1
	xxh32Prime2 = 0x85EBCA77
	xxh32Prime3 = 0xC2B2AE3D
	xxh32Prime4 = 0x27D4EB2F
	xxh32Prime5 = 0x165667B1
	xxh64Prime1 = 0x9E3779B185EBCA87
	xxh64Prime2 = 0xC2B2AE3D27D4EB4F
	xxh64Prime3 = 0x165667B19E3779F9
	xxh64Prime4 = 0x85EBCA77C2B2AE63
	xxh64Prime5 = 0x27D4EB2F165667C5
	xxh3Mix1    = 0x165667919E3779F9
	xxh3Mix2    = 0x9FB21C651E98DF25
)

const (
	xxh3Stripe = 64 // bytes that are taken in at a time
	xxh3Block  = 16 * xxh3Stripe
)

// xxh3Secret is what XXH3 mixes in where nothing else is given.
var xxh3Secret = []byte("" +
	"\xb8\xfe\x6c\x39\x23\xa4\x4b\xbe\x7c\x01\x81\x2c\xf7\x21\xad\x1c\xde\xd4\x6d\xe9\x83\x90\x97\xdb\x72\x40\xa4\xa4\xb7\xb3\x67\x1f" +
	"\xcb\x79\xe6\x4e\xcc\xc0\xe5\x78\x82\x5a\xd0\x7d\xcc\xff\x72\x21\xb8\x08\x46\x74\xf7\x43\x24\x8e\xe0\x35\x90\xe6\x81\x3a\x26\x4c" +
	"\x3c\x28\x52\xbb\x91\xc3\x00\xcb\x88\xd0\x65\x8b\x1b\x53\x2e\xa3\x71\x64\x48\x97\xa2\x0d\xf9\x4e\x38\x19\xef\x46\xa9\xde\xac\xd8" +
	"\xa8\xfa\x76\x3f\xe3\x9c\x34\x3f\xf9\xdc\xbb\xc7\xc7\x0b\x4f\x1d\x8a\x51\xe0\x4b\xcd\xb4\x59\x31\xc8\x9f\x7e\xc9\xd9\x78\x73\x64" +
	"\xea\xc5\xac\x83\x34\xd3\xeb\xc3\xc5\x81\xa0\xff\xfa\x13\x63\xeb\x17\x0d\xdd\x51\xb7\xf0\xda\x49\xd3\x16\x55\x26\x29\xd4\x68\x9e" +
	"\x2b\x16\xbe\x58\x7d\x47\xa1\xfc\x8f\xf8\xb8\xd1\x7a\xd0\x31\xce\x45\xcb\x3a\x8f\x95\x16\x04\x28\xaf\xd7\xfb\xca\xbb\x4b\x40\x7e")

// xxhSum is the sum by one of the family, the most significant byte first; no where the name is none of it.
func xxhSum(name, data string) (sum []byte, ok bool) {
	in := []byte(data)
	switch name {
	case "xxh32":
		return binary.BigEndian.AppendUint32(nil, xxh32(in)), true
	case "xxh64":
		return binary.BigEndian.AppendUint64(nil, xxh64(in)), true
	case "xxh3":
		return binary.BigEndian.AppendUint64(nil, xxh3(in)), true
	case "xxh128":
		low, high := xxh128(in)
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, high), low), true
	}
	return nil, false
}

func read32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }

func read64(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

func xxh32(in []byte) uint32 {
	rest, sum := in, uint32(xxh32Prime5)
	if len(in) >= 16 {
		one, two := uint32(xxh32Prime1), uint32(xxh32Prime2)
		lanes := [4]uint32{one + two, two, 0, -one}
		for ; len(rest) >= 16; rest = rest[16:] {
			for i := range lanes {
				lanes[i] = bits.RotateLeft32(lanes[i]+read32(rest, 4*i)*xxh32Prime2, 13) * xxh32Prime1
			}
		}
		sum = bits.RotateLeft32(lanes[0], 1) + bits.RotateLeft32(lanes[1], 7) + bits.RotateLeft32(lanes[2], 12) +
			bits.RotateLeft32(lanes[3], 18)
	}
	sum += uint32(len(in))
	for ; len(rest) >= 4; rest = rest[4:] {
		sum = bits.RotateLeft32(sum+read32(rest, 0)*xxh32Prime3, 17) * xxh32Prime4
	}
	for _, c := range rest {
		sum = bits.RotateLeft32(sum+uint32(c)*xxh32Prime5, 11) * xxh32Prime1
	}
	sum = (sum ^ sum>>15) * xxh32Prime2
	sum = (sum ^ sum>>13) * xxh32Prime3
	return sum ^ sum>>16
}

func xxh64(in []byte) uint64 {
	rest, sum := in, uint64(xxh64Prime5)
	if len(in) >= 32 {
		one, two := uint64(xxh64Prime1), uint64(xxh64Prime2)
		lanes := [4]uint64{one + two, two, 0, -one}
		for ; len(rest) >= 32; rest = rest[32:] {
			for i := range lanes {
				lanes[i] = xxh64Round(lanes[i], read64(rest, 8*i))
			}
		}
		sum = bits.RotateLeft64(lanes[0], 1) + bits.RotateLeft64(lanes[1], 7) + bits.RotateLeft64(lanes[2], 12) +
			bits.RotateLeft64(lanes[3], 18)
		for _, lane := range lanes {
			sum = (sum^xxh64Round(0, lane))*xxh64Prime1 + xxh64Prime4
		}
	}
	sum += uint64(len(in))
	for ; len(rest) >= 8; rest = rest[8:] {
		sum = bits.RotateLeft64(sum^xxh64Round(0, read64(rest, 0)), 27)*xxh64Prime1 + xxh64Prime4
	}
	if len(rest) >= 4 {
		sum = bits.RotateLeft64(sum^uint64(read32(rest, 0))*xxh64Prime1, 23)*xxh64Prime2 + xxh64Prime3
		rest = rest[4:]
	}
	for _, c := range rest {
		sum = bits.RotateLeft64(sum^uint64(c)*xxh64Prime5, 11) * xxh64Prime1
	}
	return xxh64Avalanche(sum)
}

func xxh64Round(lane, input uint64) uint64 {
	return bits.RotateLeft64(lane+input*xxh64Prime2, 31) * xxh64Prime1
}

func xxh64Avalanche(h uint64) uint64 {
	h = (h ^ h>>33) * xxh64Prime2
	h = (h ^ h>>29) * xxh64Prime3
	return h ^ h>>32
}

func xxh3Avalanche(h uint64) uint64 {
	h = (h ^ h>>37) * xxh3Mix1
	return h ^ h>>32
}

// foldedProduct is the product of 128 bits, its halves over each other.
func foldedProduct(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

// keyed is two words of the secret over each other.
func keyed(at int) uint64 { return read64(xxh3Secret, at) ^ read64(xxh3Secret, at+8) }

// mixed16 is 16 bytes of the input with the secret at a place.
func mixed16(in []byte, at, secret int) uint64 {
	return foldedProduct(read64(in, at)^read64(xxh3Secret, secret), read64(in, at+8)^read64(xxh3Secret, secret+8))
}

// xxh3Short is an input of 1 to 3 bytes as one word.
func xxh3Short(in []byte) uint32 {
	n := len(in)
	return uint32(in[0])<<16 | uint32(in[n>>1])<<24 | uint32(in[n-1]) | uint32(n)<<8
}

func xxh3(in []byte) uint64 {
	n := len(in)
	size := uint64(n)
	switch {
	case n == 0:
		return xxh64Avalanche(keyed(56))
	case n <= 3:
		return xxh64Avalanche(uint64(xxh3Short(in)) ^ uint64(read32(xxh3Secret, 0)^read32(xxh3Secret, 4)))
	case n <= 8:
		h := uint64(read32(in, n-4)) + uint64(read32(in, 0))<<32
		h ^= keyed(8)
		h ^= bits.RotateLeft64(h, 49) ^ bits.RotateLeft64(h, 24)
		h *= xxh3Mix2
		h = (h ^ (h>>35 + size)) * xxh3Mix2
		return h ^ h>>28
	case n <= 16:
		low, high := read64(in, 0)^keyed(24), read64(in, n-8)^keyed(40)
		return xxh3Avalanche(size + bits.ReverseBytes64(low) + high + foldedProduct(low, high))
	case n > 240:
		lanes := xxh3Lanes(in)
		return xxh3Merged(&lanes, 11, size*xxh64Prime1)
	}
	sum := size * xxh64Prime1
	if n <= 128 {
		for i := (n - 1) / 32; i >= 0; i-- {
			sum += mixed16(in, 16*i, 32*i) + mixed16(in, n-16*(i+1), 32*i+16)
		}
		return xxh3Avalanche(sum)
	}
	for i := 0; i < 8; i++ {
		sum += mixed16(in, 16*i, 16*i)
	}
	sum = xxh3Avalanche(sum)
	for i := 8; i < n/16; i++ {
		sum += mixed16(in, 16*i, 16*(i-8)+3)
	}
	return xxh3Avalanche(sum + mixed16(in, n-16, 136-17))
}

func xxh128(in []byte) (low, high uint64) {
	n := len(in)
	size := uint64(n)
	switch {
	case n == 0:
		return xxh64Avalanche(keyed(64)), xxh64Avalanche(keyed(80))
	case n <= 3:
		one := xxh3Short(in)
		two := bits.RotateLeft32(bits.ReverseBytes32(one), 13)
		return xxh64Avalanche(uint64(one) ^ uint64(read32(xxh3Secret, 0)^read32(xxh3Secret, 4))),
			xxh64Avalanche(uint64(two) ^ uint64(read32(xxh3Secret, 8)^read32(xxh3Secret, 12)))
	case n <= 8:
		h := uint64(read32(in, 0)) + uint64(read32(in, n-4))<<32
		high, low = bits.Mul64(h^keyed(16), xxh64Prime1+size<<2)
		high += low << 1
		low ^= high >> 3
		low = (low ^ low>>35) * xxh3Mix2
		return low ^ low>>28, xxh3Avalanche(high)
	case n <= 16:
		one, two := read64(in, 0), read64(in, n-8)
		high, low = bits.Mul64(one^two^keyed(32), xxh64Prime1)
		low += (size - 1) << 54
		two ^= keyed(48)
		high += two + (two&0xffffffff)*(xxh32Prime2-1)
		low ^= bits.ReverseBytes64(high)
		top, bottom := bits.Mul64(low, xxh64Prime2)
		return xxh3Avalanche(bottom), xxh3Avalanche(top + high*xxh64Prime2)
	case n > 240:
		lanes := xxh3Lanes(in)
		return xxh3Merged(&lanes, 11, size*xxh64Prime1),
			xxh3Merged(&lanes, len(xxh3Secret)-xxh3Stripe-11, ^(size * xxh64Prime2))
	}
	low = size * xxh64Prime1
	mix := func(one, two, secret int) {
		low = (low + mixed16(in, one, secret)) ^ (read64(in, two) + read64(in, two+8))
		high = (high + mixed16(in, two, secret+16)) ^ (read64(in, one) + read64(in, one+8))
	}
	if n <= 128 {
		for i := (n - 1) / 32; i >= 0; i-- {
			mix(16*i, n-16*(i+1), 32*i)
		}
	} else {
		for i := 32; i < 160; i += 32 {
			mix(i-32, i-16, i-32)
		}
		low, high = xxh3Avalanche(low), xxh3Avalanche(high)
		for i := 160; i <= n; i += 32 {
			mix(i-32, i-16, 3+i-160)
		}
		mix(n-16, n-32, 136-17-16)
	}
	return xxh3Avalanche(low + high), -xxh3Avalanche(low*xxh64Prime1 + high*xxh64Prime4 + size*xxh64Prime2)
}

// xxh3Lanes takes a long input in, a stripe after the other.
func xxh3Lanes(in []byte) [8]uint64 {
	lanes := [8]uint64{xxh32Prime3, xxh64Prime1, xxh64Prime2, xxh64Prime3, xxh64Prime4, xxh32Prime2, xxh64Prime5, xxh32Prime1}
	take := func(at, secret int) {
		for i := range lanes {
			word := read64(in, at+8*i)
			key := word ^ read64(xxh3Secret, secret+8*i)
			lanes[i^1] += word
			lanes[i] += (key & 0xffffffff) * (key >> 32)
		}
	}
	last := len(in) - 1
	for at := 0; at+xxh3Stripe <= last; at += xxh3Stripe {
		take(at, at%xxh3Block/8)
		if (at+xxh3Stripe)%xxh3Block != 0 {
			continue
		}
		for i := range lanes {
			lanes[i] = (lanes[i] ^ lanes[i]>>47 ^ read64(xxh3Secret, len(xxh3Secret)-xxh3Stripe+8*i)) * xxh32Prime1
		}
	}
	take(len(in)-xxh3Stripe, len(xxh3Secret)-xxh3Stripe-7)
	return lanes
}

func xxh3Merged(lanes *[8]uint64, secret int, sum uint64) uint64 {
	for i := 0; i < 8; i += 2 {
		sum += foldedProduct(lanes[i]^read64(xxh3Secret, secret+8*i), lanes[i+1]^read64(xxh3Secret, secret+8*i+8))
	}
	return xxh3Avalanche(sum)
}

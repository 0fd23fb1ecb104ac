package php

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"hash/fnv"
	"sort"
	"strings"
)

// Digests and encodings, after https://www.php.net/manual/en/book.hash.php and
// https://www.php.net/manual/en/ref.url.php.

func digest(h hash.Hash, s string, binary bool) string {
	h.Write([]byte(s))
	sum := string(h.Sum(nil))
	if binary {
		return sum
	}
	return Bin2hex(sum)
}

// Md5 is md5().
func Md5(s string, binary bool) string { return digest(md5.New(), s, binary) }

// Sha1 is sha1().
func Sha1(s string, binary bool) string { return digest(sha1.New(), s, binary) }

// Crc32 is crc32().
func Crc32(s string) int { return int(crc32.ChecksumIEEE([]byte(s))) }

// crc32bHash and its kin give digests of four bytes.
type crc32bHash struct{ hash.Hash32 }

// bzipCRC is PHP's "crc32": the polynomial unreflected, the bytes of the sum in the opposite order.
type bzipCRC struct{ sum uint32 }

func (c *bzipCRC) Write(p []byte) (int, error) {
	for _, b := range p {
		c.sum ^= uint32(b) << 24
		for i := 0; i < 8; i++ {
			if c.sum&0x80000000 != 0 {
				c.sum = c.sum<<1 ^ 0x04c11db7
			} else {
				c.sum <<= 1
			}
		}
	}
	return len(p), nil
}

func (c *bzipCRC) Sum(b []byte) []byte {
	var out [4]byte
	binary.LittleEndian.PutUint32(out[:], ^c.sum)
	return append(b, out[:]...)
}
func (c *bzipCRC) Reset()         { c.sum = 0xffffffff }
func (c *bzipCRC) Size() int      { return 4 }
func (c *bzipCRC) BlockSize() int { return 1 }

var hashes = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha224": sha256.New224, "sha512": sha512.New,
	"sha384": sha512.New384, "sha512/256": sha512.New512_256, "sha512/224": sha512.New512_224,
	"crc32b":  func() hash.Hash { return crc32bHash{crc32.NewIEEE()} },
	"crc32c":  func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"crc32":   func() hash.Hash { return &bzipCRC{0xffffffff} },
	"adler32": func() hash.Hash { return adler32.New() },
	"fnv132":  func() hash.Hash { return fnv.New32() }, "fnv1a32": func() hash.Hash { return fnv.New32a() },
	"fnv164": func() hash.Hash { return fnv.New64() }, "fnv1a64": func() hash.Hash { return fnv.New64a() },
}

// hashesOfPHP are the algorithms of PHP that this runtime has not; further ones of haval have numbers behind it.
const hashesOfPHP = " gost gost-crypto joaat md2 md4 murmur3a murmur3c murmur3f ripemd128 ripemd160 ripemd256 ripemd320 " +
	"sha3-224 sha3-256 sha3-384 sha3-512 snefru snefru256 tiger128,3 tiger128,4 tiger160,3 tiger160,4 tiger192,3 " +
	"tiger192,4 whirlpool "

// stopForHash stops where PHP has the algorithm.
func stopForHash(function, algo string) {
	name := lower(algo)
	if strings.HasPrefix(name, "haval") || name != "" && strings.Contains(hashesOfPHP, " "+name+" ") {
		Stop("builtin-missing", function+"() by "+name+" is not part of this runtime")
	}
}

// Hash is hash() for the algorithms that Go's library has, and the XXH family without a seed.
func Hash(algo, data string, binary bool, options *Array) string {
	if sum, ok := xxhSum(lower(algo), data); ok {
		if options.Has("seed") {
			Stop("builtin-missing", "hash() by "+lower(algo)+" with a seed is not part of this runtime")
		}
		if binary {
			return string(sum)
		}
		return Bin2hex(string(sum))
	}
	h, ok := hashes[lower(algo)]
	if !ok {
		stopForHash("hash", algo)
		badArgument("hash", 1, "algo", "must be a valid hashing algorithm")
	}
	return digest(h(), data, binary)
}

// HashHmac is hash_hmac().
func HashHmac(algo, data, key string, binary bool) string {
	h, ok := hashes[lower(algo)]
	if !ok || strings.HasPrefix(lower(algo), "crc") || strings.HasPrefix(lower(algo), "fnv") || lower(algo) == "adler32" {
		stopForHash("hash_hmac", algo)
		badArgument("hash_hmac", 1, "algo", "must be a valid cryptographic hashing algorithm")
	}
	return digest(hmac.New(h, []byte(key)), data, binary)
}

// HashEquals is hash_equals().
func HashEquals(known, user Value) bool {
	for i, v := range []Value{known, user} {
		if !IsString(v) {
			ThrowTypeError(argument("hash_equals", i+1, []string{"known_string", "user_string"}[i]) + " must be of type string, " +
				TypeName(v) + " given")
		}
	}
	return hmac.Equal([]byte(known.(string)), []byte(user.(string)))
}

// Base64Encode is base64_encode().
func Base64Encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// Base64Decode is base64_decode(): bytes that do not belong are skipped, or refused where strict.
func Base64Decode(s string, strict bool) (string, bool) {
	var out []byte
	bits, count, padding := 0, 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '=' {
			padding++
			continue
		}
		v := base64Value(c)
		if v < 0 {
			if strict && !(c == ' ' || c == '\t' || c == '\n' || c == '\r') {
				return "", false
			}
			continue
		}
		if padding > 0 && strict {
			return "", false
		}
		bits = bits<<6 | v
		count++
		if count%4 != 1 {
			shift := []int{0, 0, 4, 2}[count%4]
			out = append(out, byte(bits>>shift))
		}
	}
	if strict && (count%4 == 1 || padding > 0 && (padding > 2 || (count+padding)%4 != 0)) {
		return "", false
	}
	return string(out), true
}

func base64Value(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case isDigit(c):
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

func percentEncode(s, kept string, plus bool) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c|32 >= 'a' && c|32 <= 'z' && c < 128 || isDigit(c) || strings.IndexByte(kept, c) >= 0:
			out = append(out, c)
		case c == ' ' && plus:
			out = append(out, '+')
		default:
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}

// Urlencode is urlencode().
func Urlencode(s string) string { return percentEncode(s, "-_.", true) }

// Rawurlencode is rawurlencode().
func Rawurlencode(s string) string { return percentEncode(s, "-_.~", false) }

func percentDecode(s string, plus bool) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) && digitValue(s[i+1]) < 16 && digitValue(s[i+2]) < 16 {
			c = byte(digitValue(s[i+1])<<4 | digitValue(s[i+2]))
			i += 2
		} else if c == '+' && plus {
			c = ' '
		}
		out = append(out, c)
	}
	return string(out)
}

// Urldecode is urldecode().
func Urldecode(s string) string { return percentDecode(s, true) }

// Rawurldecode is rawurldecode().
func Rawurldecode(s string) string { return percentDecode(s, false) }

// HttpBuildQuery is http_build_query().
func HttpBuildQuery(data Value, prefix string, separator Value, kind int) string {
	sep := "&"
	if separator != nil {
		sep = beforeNull(ToString(separator))
	}
	encode := Urlencode
	if kind == 2 {
		encode = Rawurlencode
	}
	var parts []string
	buildQuery(&parts, ToArray(data), false, "", prefix, encode)
	return strings.Join(parts, sep)
}

func buildQuery(parts *[]string, a *Array, nested bool, under, prefix string, encode func(string) string) {
	a.eachRaw(func(k Key, v Value) {
		name := encode(k.String())
		if nested {
			name = under + "%5B" + name + "%5D"
		} else if !k.IsStr {
			name = prefix + name
		}
		switch v := Deref(v).(type) {
		case nil:
		case *Array:
			buildQuery(parts, v, true, name, prefix, encode)
		case Object:
			buildQuery(parts, ToArray(v), true, name, prefix, encode)
		case bool:
			*parts = append(*parts, name+"="+ToString(ToInt(v)))
		case float64:
			*parts = append(*parts, name+"="+encode(FloatToString(v)))
		default:
			*parts = append(*parts, name+"="+encode(ToString(v)))
		}
	})
}

// htmlCharset looks at an argument for an encoding: UTF-8 or nothing, else PHP's warning, or a refusal of those that
// PHP knows and this runtime does not.
func htmlCharset(function string, encoding Value) {
	name := lower(beforeNull(ToString(encoding)))
	switch name {
	case "", "utf-8":
		return
	case "iso-8859-1", "iso8859-1", "iso-8859-15", "iso-8859-5", "cp866", "cp1251", "windows-1251", "cp1252", "windows-1252",
		"1251", "1252", "866", "koi8-r", "big5", "950", "gb2312", "936", "big5-hkscs", "shift_jis", "sjis", "932", "euc-jp", "eucjp":
		Stop("charset", function+"(): the charset "+name+" is not part of this runtime")
	}
	warnFunction(function, "Charset \""+name+"\" is not supported, assuming UTF-8")
}

// Htmlspecialchars is htmlspecialchars() for UTF-8.
func Htmlspecialchars(s string, flags int, encoding Value, doubleEncode bool) string {
	htmlCharset("htmlspecialchars", encoding)
	return escapeHTML(s, flags, doubleEncode)
}

func escapeHTML(s string, flags int, doubleEncode bool) string {
	if !validUTF8(s) {
		if flags&(EntSubstitute|EntIgnore) == 0 {
			return ""
		}
		s = substituteUTF8(s, flags&EntIgnore != 0)
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '&':
			if !doubleEncode && (entityLength(s[i:]) > 0 || flags&EntHtml5 != 0 && strings.HasPrefix(s[i:], "&apos;")) {
				b.WriteByte('&')
			} else {
				b.WriteString("&amp;")
			}
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			writeQuote(&b, flags&EntCompat != 0, "&quot;", '"')
		case '\'':
			text := "&#039;"
			if flags&(EntHtml5) != 0 {
				text = "&apos;"
			}
			writeQuote(&b, flags&1 != 0, text, '\'')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func writeQuote(b *strings.Builder, encoded bool, entity string, c byte) {
	if encoded {
		b.WriteString(entity)
	} else {
		b.WriteByte(c)
	}
}

// entityLength is how long the entity at the beginning is, 0 where there is none.
func entityLength(s string) int {
	end := strings.IndexByte(s, ';')
	if end < 2 {
		return 0
	}
	name := s[1:end]
	if name[0] == '#' {
		digits, base := name[1:], 10
		if len(digits) > 1 && digits[0]|32 == 'x' {
			digits, base = digits[1:], 16
		}
		if digits == "" || digitsFrom(digits, len(digits), base) != len(digits) {
			return 0
		}
		return end + 1
	}
	if _, ok := entityRunes[name]; !ok {
		return 0
	}
	return end + 1
}

var specialEntities = map[string]string{"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#039;": "'", "&#39;": "'", "&apos;": "'"}

// HtmlspecialcharsDecode is htmlspecialchars_decode().
func HtmlspecialcharsDecode(s string, flags int) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		n := 0
		if s[i] == '&' {
			n = specialEntity(&b, s[i:], flags)
		}
		if n > 0 {
			i += n - 1
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func specialEntity(b *strings.Builder, s string, flags int) int {
	names := make([]string, 0, len(specialEntities))
	for name := range specialEntities {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !strings.HasPrefix(s, name) {
			continue
		}
		text := specialEntities[name]
		if text == "\"" && flags&EntCompat == 0 || text == "'" && flags&1 == 0 || name == "&apos;" && flags&EntHtml5 == 0 {
			return 0
		}
		b.WriteString(text)
		return len(name)
	}
	return 0
}

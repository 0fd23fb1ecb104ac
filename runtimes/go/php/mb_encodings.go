package php

import "strings"

// Which encodings mbstring knows, and which of them this runtime has.

var mbEncodings = map[string]string{"utf-8": "UTF-8", "utf8": "UTF-8", "ascii": "ASCII", "us-ascii": "ASCII", "us": "ASCII",
	"iso-8859-1": "ISO-8859-1", "iso8859-1": "ISO-8859-1", "latin1": "ISO-8859-1", "windows-1252": "Windows-1252",
	"cp1252": "Windows-1252", "8bit": "8bit", "binary": "8bit"}

// mbOthers are the names of those that this runtime lacks: a program that asks for one stops.
const mbOthers = " 7bit ansi_x3.4-1968 ansi_x3.4-1986 arabic armscii-8 armscii8 auto base64 big-5 big-five bigfive byte2be " +
	"byte2le byte4be byte4le cn-big5 cn-gb cp-1251 cp-1254 cp-850 cp-866 cp-936 cp1251 cp1254 cp367 cp50220 cp50220-raw " +
	"cp50220raw cp50221 cp50222 cp51932 cp850 cp866 cp932 cp936 cp949 cp950 csascii cyrillic euc euc-cn euc-jp " +
	"euc-jp-2004 euc-kr euc-tw euc_cn euc_jp euc_jp-2004 euc_kr euc_tw euccn eucjp eucjp-ms eucjp-open eucjp-win euckr " +
	"euctw gb-18030 gb-18030-2000 gb18030 gb2312 gbk greek hebrew html html-entities hz ibm-367 ibm-850 ibm-866 ibm367 " +
	"ibm850 ibm866 iso-10646-ucs-2 iso-10646-ucs-4 iso-2022-jp iso-2022-jp-2004 iso-2022-jp-kddi " +
	"iso-2022-jp-mobile#kddi iso-2022-jp-ms iso-2022-kr iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 " +
	"iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-9 iso-ir-6 iso2022jpms " +
	"iso646-us iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 iso8859-2 iso8859-3 iso8859-4 iso8859-5 " +
	"iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso_646.irv:1991 jis jis-ms koi8-r koi8-u koi8r koi8u latin2 latin3 latin4 " +
	"latin5 latin6 latin8 macjapanese ms932 ms_kanji mutf-7 qprint quoted-printable shift-jis shift_jis-2004 " +
	"shift_jis-imode shift_jis-kddi shift_jis-softbank sjis sjis-2004 sjis-docomo sjis-kddi sjis-mac " +
	"sjis-mobile#docomo sjis-mobile#kddi sjis-mobile#softbank sjis-ms sjis-open sjis-softbank sjis-win sjis2004 ucs-2 " +
	"ucs-2be ucs-2le ucs-4 ucs-4be ucs-4le ucs2 ucs4 uhc unicode utf-16 utf-16be utf-16le utf-32 utf-32be utf-32le " +
	"utf-7 utf-8-docomo utf-8-kddi utf-8-mobile#docomo utf-8-mobile#kddi utf-8-mobile#kddi-a utf-8-mobile#kddi-b " +
	"utf-8-mobile#softbank utf-8-softbank utf16 utf32 utf7 utf7-imap utf8-docomo utf8-kddi utf8-softbank uuencode " +
	"windows-1251 windows-1254 windows-31j x-euc-cn x-euc-jp x-euc-kr x-euc-tw x-mac-japanese x-sjis " +
	"x-sjis-emoji-docomo x-sjis-emoji-kddi x-sjis-emoji-softbank "

// mbNamed is the encoding of a name, and whether PHP knows it.
func mbNamed(function, name string) (string, bool) {
	low := lower(name)
	if low != "" && !strings.Contains(low, " ") && strings.Contains(mbOthers, " "+low+" ") {
		Stop("charset", function+"(): the encoding "+name+" is not part of this runtime")
	}
	e, ok := mbEncodings[low]
	return e, ok
}

// windows1252 is what the bytes from 0x80 to 0x9f stand for; five of them stand for nothing else than themselves.
var windows1252 = [32]rune{0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
	0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178}

func fromWindows1252(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		r := rune(s[i])
		if r >= 0x80 && r < 0xa0 {
			r = windows1252[r-0x80]
		}
		b.WriteRune(r)
	}
	return b.String()
}

func toWindows1252(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(windows1252Byte(r))
	}
	return b.String()
}

func windows1252Byte(r rune) byte {
	if r < 0x80 || r >= 0xa0 && r < 0x100 {
		return byte(r)
	}
	for i, known := range windows1252 {
		if r == known {
			return byte(0x80 + i)
		}
	}
	return '?'
}

// mbEncodingList is what a list of encodings names: an array, or names between commas, perhaps in quotes.
func mbEncodingList(function string, n int, parameter string, v Value) []string {
	var names []string
	if a, ok := v.(*Array); ok {
		a.eachRaw(func(_ Key, v Value) { names = append(names, ToString(v)) })
	} else if s := ToString(v); s != "" {
		if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
			s = s[1 : len(s)-1]
		}
		names = strings.Split(s, ",")
	}
	for i, name := range names {
		name = strings.TrimSuffix(cString(strings.Trim(name, " \t")), "\x00")
		e, ok := mbNamed(function, name)
		if !ok {
			badArgument(function, n, parameter, "contains invalid encoding \""+name+"\"")
		}
		names[i] = e
	}
	if len(names) == 0 {
		badArgument(function, n, parameter, "must specify at least one encoding")
	}
	return names
}

// MbDetectEncoding is mb_detect_encoding() among encodings that need no guess: one, or ASCII and UTF-8. Where it is not
// strict, PHP may name one that a text is not valid in.
func MbDetectEncoding(s string, encodings Value, strict bool) (string, bool) {
	names := []string{"ASCII", "UTF-8"}
	if encodings != nil {
		names = mbEncodingList("mb_detect_encoding", 2, "encodings", encodings)
	}
	for _, name := range names {
		if len(names) > 1 && name != "ASCII" && name != "UTF-8" {
			Stop("charset", "mb_detect_encoding() among several encodings of which PHP guesses one")
		}
		if mbValid(s, name) {
			return name, true
		}
		if !strict && name == names[len(names)-1] {
			Stop("charset", "mb_detect_encoding() of a text that is valid in none of the encodings")
		}
	}
	return "", false
}

// MbStrripos is mb_strripos().
func MbStrripos(haystack, needle string, offset int, encoding Value) (int, bool) {
	return mbSearch("mb_strripos", haystack, needle, offset, encoding, true, true)
}

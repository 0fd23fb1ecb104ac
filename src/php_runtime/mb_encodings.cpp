#include "php_runtime/mb_encodings.h"

#include <array>

#include "php_runtime/throwable.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

struct EncodingName {
  std::string_view text;
  MbEncoding encoding;
};
constexpr EncodingName kNames[] = {
    {"utf-8", MbEncoding::kUtf8},         {"utf8", MbEncoding::kUtf8},     {"ascii", MbEncoding::kAscii},
    {"us-ascii", MbEncoding::kAscii},     {"us", MbEncoding::kAscii},      {"iso-8859-1", MbEncoding::kLatin1},
    {"iso8859-1", MbEncoding::kLatin1},   {"latin1", MbEncoding::kLatin1}, {"windows-1252", MbEncoding::kWindows1252},
    {"cp1252", MbEncoding::kWindows1252}, {"8bit", MbEncoding::kBytes},    {"binary", MbEncoding::kBytes}};

// The names of those that this runtime lacks.
constexpr std::string_view kOthers =
    " 7bit ansi_x3.4-1968 ansi_x3.4-1986 arabic armscii-8 armscii8 auto base64 big-5 big-five bigfive byte2be byte2le "
    "byte4be byte4le cn-big5 cn-gb cp-1251 cp-1254 cp-850 cp-866 cp-936 cp1251 cp1254 cp367 cp50220 cp50220-raw "
    "cp50220raw cp50221 cp50222 cp51932 cp850 cp866 cp932 cp936 cp949 cp950 csascii cyrillic euc euc-cn euc-jp "
    "euc-jp-2004 euc-kr euc-tw euc_cn euc_jp euc_jp-2004 euc_kr euc_tw euccn eucjp eucjp-ms eucjp-open eucjp-win "
    "euckr euctw gb-18030 gb-18030-2000 gb18030 gb2312 gbk greek hebrew html html-entities hz ibm-367 ibm-850 "
    "ibm-866 ibm367 ibm850 ibm866 iso-10646-ucs-2 iso-10646-ucs-4 iso-2022-jp iso-2022-jp-2004 iso-2022-jp-kddi "
    "iso-2022-jp-mobile#kddi iso-2022-jp-ms iso-2022-kr iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 "
    "iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-9 iso-ir-6 iso2022jpms "
    "iso646-us iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 iso8859-2 iso8859-3 iso8859-4 iso8859-5 "
    "iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso_646.irv:1991 jis jis-ms koi8-r koi8-u koi8r koi8u latin2 latin3 "
    "latin4 latin5 latin6 latin8 macjapanese ms932 ms_kanji mutf-7 qprint quoted-printable shift-jis shift_jis-2004 "
    "shift_jis-imode shift_jis-kddi shift_jis-softbank sjis sjis-2004 sjis-docomo sjis-kddi sjis-mac "
    "sjis-mobile#docomo sjis-mobile#kddi sjis-mobile#softbank sjis-ms sjis-open sjis-softbank sjis-win sjis2004 "
    "ucs-2 ucs-2be ucs-2le ucs-4 ucs-4be ucs-4le ucs2 ucs4 uhc unicode utf-16 utf-16be utf-16le utf-32 utf-32be "
    "utf-32le utf-7 utf-8-docomo utf-8-kddi utf-8-mobile#docomo utf-8-mobile#kddi utf-8-mobile#kddi-a "
    "utf-8-mobile#kddi-b utf-8-mobile#softbank utf-8-softbank utf16 utf32 utf7 utf7-imap utf8-docomo utf8-kddi "
    "utf8-softbank uuencode windows-1251 windows-1254 windows-31j x-euc-cn x-euc-jp x-euc-kr x-euc-tw x-mac-japanese "
    "x-sjis x-sjis-emoji-docomo x-sjis-emoji-kddi x-sjis-emoji-softbank ";

// What the bytes from 0x80 to 0x9f stand for in Windows-1252; five of them stand for nothing else than themselves.
constexpr std::array<std::uint32_t, 32> kWindows1252 = {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                                        0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
                                                        0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                        0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

std::uint32_t rune_of(unsigned char c, MbEncoding encoding) {
  if (encoding == MbEncoding::kAscii && c > 127) return '?';
  if (encoding == MbEncoding::kWindows1252 && c >= 0x80 && c < 0xa0) return kWindows1252[c - 0x80U];
  return c;
}

char byte_of(std::uint32_t rune, MbEncoding encoding) {
  if (encoding == MbEncoding::kWindows1252) {
    for (std::size_t i = 0; i < kWindows1252.size(); ++i) {
      if (kWindows1252[i] == rune) return static_cast<char>(0x80 + i);
    }
    if (rune >= 0x80 && rune < 0xa0) return '?';
  }
  return rune > (encoding == MbEncoding::kAscii ? 127U : 255U) ? '?' : static_cast<char>(rune);
}

}  // namespace

MbEncoding encoding_named(std::string_view function, std::string_view name) {
  const std::string wanted = lower(name);
  for (const EncodingName& one : kNames) {
    if (one.text == wanted) return one.encoding;
  }
  if (!wanted.empty() && !wanted.contains(' ') && kOthers.contains(" " + wanted + " ")) {
    stop("charset", concat({function, "(): the encoding ", name, " is not part of this runtime"}));
  }
  return MbEncoding::kUnknown;
}

std::string_view encoding_name(MbEncoding encoding) {
  switch (encoding) {
    case MbEncoding::kUtf8:
      return "UTF-8";
    case MbEncoding::kAscii:
      return "ASCII";
    case MbEncoding::kLatin1:
      return "ISO-8859-1";
    case MbEncoding::kWindows1252:
      return "Windows-1252";
    case MbEncoding::kBytes:
      return "8bit";
    case MbEncoding::kUnknown:
      break;
  }
  return "";
}

bool is_valid_in(std::string_view s, MbEncoding encoding) {
  if (encoding == MbEncoding::kUtf8) return valid_utf8(s);
  if (encoding != MbEncoding::kAscii) return true;
  for (char c : s) {
    if (static_cast<unsigned char>(c) > 127) return false;
  }
  return true;
}

std::string converted(std::string_view s, MbEncoding to, MbEncoding from) {
  std::string text;
  if (from == MbEncoding::kUtf8) {
    text = repaired(s, "?");
  } else if (from == MbEncoding::kBytes) {
    text = s;
  } else {
    for (const char c : s) append_rune(text, rune_of(static_cast<unsigned char>(c), from));
  }
  if (to == MbEncoding::kUtf8 || to == MbEncoding::kBytes) return text;
  std::string out;
  std::string_view rest = text;
  for (std::size_t size = 0; !rest.empty(); rest.remove_prefix(size)) out += byte_of(decode_rune(rest, size), to);
  return out;
}

}  // namespace banyan::php_runtime

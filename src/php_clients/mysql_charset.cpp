#include "php_clients/mysql_charset.h"

#include "base/ascii.h"

namespace banyan::php_runtime {

namespace {

// By name: the usual collation of each comes first.
constexpr MysqlCharset kCharsets[] = {{3, "dec8", "dec8_swedish_ci"},
                                      {4, "cp850", "cp850_general_ci"},
                                      {6, "hp8", "hp8_english_ci"},
                                      {7, "koi8r", "koi8r_general_ci"},
                                      {8, "latin1", "latin1_swedish_ci"},
                                      {9, "latin2", "latin2_general_ci"},
                                      {10, "swe7", "swe7_swedish_ci"},
                                      {11, "ascii", "ascii_general_ci"},
                                      {12, "ujis", "ujis_japanese_ci"},
                                      {16, "hebrew", "hebrew_general_ci"},
                                      {18, "tis620", "tis620_thai_ci"},
                                      {19, "euckr", "euckr_korean_ci"},
                                      {22, "koi8u", "koi8u_general_ci"},
                                      {24, "gb2312", "gb2312_chinese_ci"},
                                      {25, "greek", "greek_general_ci"},
                                      {26, "cp1250", "cp1250_general_ci"},
                                      {30, "latin5", "latin5_turkish_ci"},
                                      {32, "armscii8", "armscii8_general_ci"},
                                      {33, "utf8", "utf8_general_ci"},
                                      {36, "cp866", "cp866_general_ci"},
                                      {37, "keybcs2", "keybcs2_general_ci"},
                                      {38, "macce", "macce_general_ci"},
                                      {39, "macroman", "macroman_general_ci"},
                                      {40, "cp852", "cp852_general_ci"},
                                      {41, "latin7", "latin7_general_ci"},
                                      {57, "cp1256", "cp1256_general_ci"},
                                      {59, "cp1257", "cp1257_general_ci"},
                                      {63, "binary", "binary"},
                                      {45, "utf8mb4", "utf8mb4_general_ci"},
                                      {51, "cp1251", "cp1251_general_ci"},
                                      {97, "eucjpms", "eucjpms_japanese_ci"},
                                      {92, "geostd8", "geostd8_general_ci"}};

// Those whose characters may end with a byte that is a quote or a backslash of ASCII.
constexpr std::string_view kUnsupported[] = {"big5", "sjis", "gbk", "cp932"};

// What stands behind a backslash for a byte; 0: it stands for itself.
char escaped(char c) {
  switch (c) {
    case '\0':
      return '0';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\032':
      return 'Z';
    case '\\':
    case '\'':
    case '"':
      return c;
    default:
      return '\0';
  }
}

}  // namespace

const MysqlCharset* find_mysql_charset(std::string_view name) {
  for (const MysqlCharset& one : kCharsets) {
    if (ascii_equal_ignoring_case(one.name, name)) return &one;
  }
  return nullptr;
}

bool is_unsupported_mysql_charset(std::string_view name) {
  for (const std::string_view one : kUnsupported) {
    if (ascii_equal_ignoring_case(one, name)) return true;
  }
  return false;
}

const MysqlCharset* find_mysql_charset(std::uint16_t number) {
  for (const MysqlCharset& one : kCharsets) {
    if (one.number == number) return &one;
  }
  const bool is_utf8mb4 = number == 46 || (number >= 224 && number <= 247) || number >= 255;
  const bool is_utf8mb3 = number == 83 || number == 76 || (number >= 192 && number <= 223);
  if (is_utf8mb4) return find_mysql_charset("utf8mb4");
  if (is_utf8mb3) return find_mysql_charset("utf8");
  const bool is_latin1 = number == 5 || number == 15 || number == 31 || (number >= 47 && number <= 49) || number == 94;
  return is_latin1 ? find_mysql_charset("latin1") : nullptr;
}

std::string escape_for_mysql(std::string_view text, bool quotes_only) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const char code = quotes_only ? '\0' : escaped(c);
    if (code != '\0') out += '\\';
    if (quotes_only && c == '\'') out += '\'';
    out += code != '\0' ? code : c;
  }
  return out;
}

}  // namespace banyan::php_runtime

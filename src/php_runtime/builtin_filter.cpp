// filter_var(), after ext/filter of PHP: all filters that validate, and those that only drop characters. A program that
// asks for another one stops.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "php_runtime/builtin_strings.h"
#include "php_runtime/object.h"
#include "php_runtime/regex.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

enum Filter : Int {
  kInteger = 0x101,
  kBoolean = 0x102,
  kReal = 0x103,
  kRegexp = 0x110,
  kUrl = 0x111,
  kEmail = 0x112,
  kIp = 0x113,
  kMac = 0x114,
  kDomain = 0x115,
  kPlainText = 0x201,
  kEncoded = 0x202,
  kSpecialCharacters = 0x203,
  kOnlyEmail = 0x205,
  kOnlyUrl = 0x206,
  kOnlyInteger = 0x207,
  kOnlyReal = 0x208,
  kFullSpecialCharacters = 0x20a,
  kSlashes = 0x20b,
  kCallback = 0x400,
};

enum Flag : Int {
  kOctal = 0x1,
  kHex = 0x2,
  kEmptyIsNull = 0x100,
  kChanges = 0x27c,  // strip or encode characters
  kThousand = 0x2000,
  kPathRequired = 0x40000,
  kQueryRequired = 0x80000,
  kHostname = 0x100000,
  kUnicode = 0x100000,
  kFour = 0x100000,
  kSix = 0x200000,
  kNotReserved = 0x400000,
  kNotPrivate = 0x800000,
  kRequireArray = 0x1000000,
  kRequireScalar = 0x2000000,
  kForceArray = 0x4000000,
  kNullOnFailure = 0x8000000,
  kGlobal = 0x10000000,
};

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kUrlMarks = "$-_.+!*'(),{}|\\^~[]`<>#%\";/?:@&=";

// Letters and digits, and what else is named.
std::string plain_or(std::string_view text, std::string_view others) {
  std::string out;
  for (const char c : text) {
    if (is_ascii_alnum(c) || has(others, c)) out += c;
  }
  return out;
}

std::string only_of(std::string_view text, std::string_view allowed) {
  std::string out;
  for (const char c : text) {
    if (has(allowed, c)) out += c;
  }
  return out;
}

std::string_view bare(std::string_view text) { return trim_both(text, " \t\r\v\n"); }
char char_at(std::string_view text, std::size_t i) { return i < text.size() ? text[i] : '\0'; }
bool is_hex_digit(char c) { return digit_value(c) < 16; }

// ---- Numbers ----

bool read_unsigned(std::string_view digits, int base, Int& out) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n, base);
  out = static_cast<Int>(n);
  return error == std::errc() && end == digits.data() + digits.size();
}

bool parse_integer(std::string_view text, Int flags, Int& out) {
  out = 0;
  if (!text.starts_with('0')) {
    const bool is_negative = text.starts_with('-');
    const std::string_view digits = is_negative || text.starts_with('+') ? text.substr(1) : text;
    if (digits == "0") return true;
    if (digits.empty() || digits[0] < '1' || digits[0] > '9') return false;
    const std::string_view number = is_negative ? text : digits;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out);
    return error == std::errc() && end == number.data() + number.size();
  }
  const std::string_view rest = text.substr(1);
  const char mark = ascii_lower(char_at(rest, 0));
  if ((flags & kHex) != 0 && mark == 'x') return read_unsigned(rest.substr(1), 16, out);
  if (rest.empty()) return true;
  return (flags & kOctal) != 0 && read_unsigned(mark == 'o' ? rest.substr(1) : rest, 8, out);
}

// The text without what separates thousands, and with a point before the fraction.
bool plain_float(std::string_view text, char point, std::string_view thousand, Int flags, std::string& out) {
  std::size_t at = 0;
  const auto is = [&](std::string_view set) { return at < text.size() && has(set, text[at]); };
  const auto digits = [&] {
    std::size_t n = 0;
    for (; is(kDigits); ++n) out += text[at++];
    return n;
  };
  if (is("+-")) out += text[at++];
  for (bool first = true;; first = false) {
    const std::size_t n = digits();
    if (at == text.size() || text[at] == point || is("eE")) {
      if (!first && n != 3) return false;
      break;
    }
    const bool separates = (flags & kThousand) != 0 && (is(thousand) || text[at] == '\0');
    if (!separates || n > 3 || n < 1 || (!first && n != 3)) return false;
    ++at;
  }
  if (at < text.size() && text[at] == point) {
    out += '.';
    ++at;
    digits();
  }
  if (is("eE")) {
    out += text[at++];
    if (is("+-")) out += text[at++];
    digits();
  }
  return at == text.size();
}

// ---- Names and addresses ----

// Whether a pattern is found in a text; what preg_last_error() tells stays as it is.
bool finds(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::of("filter_var", pattern);
  if (regex == nullptr) return false;
  const RegexError before = request_state<RegexState>().last;
  const bool found = Regex::Walk(*regex, text, 0).next();
  request_state<RegexState>().last = before;
  return found;
}

bool is_domain(std::string_view text, bool hostname) {
  const std::size_t end = text.size() - (text.ends_with('.') ? 1 : 0);
  if (end > 253 || char_at(text, 0) == '.' || (hostname && !is_ascii_alnum(char_at(text, 0)))) return false;
  int length = 1;
  for (std::size_t i = 0; i < end; ++i) {
    const char next = char_at(text, i + 1);
    if (text[i] == '.') {
      if (next == '.' || (hostname && (!is_ascii_alnum(text[i - 1]) || !is_ascii_alnum(next)))) return false;
      length = 1;
      continue;
    }
    if (length > 63 || (hostname && (text[i] != '-' || next == '\0') && !is_ascii_alnum(text[i]))) return false;
    ++length;
  }
  return true;
}

using FourBytes = std::array<int, 4>;
using EightBlocks = std::array<int, 8>;

bool parse_four(std::string_view text, FourBytes& ip) {
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos || end < 1 || end > 3 || (end > 1 && text[0] == '0') || text[0] == '-') {
      return false;
    }
    const auto [stop, error] = std::from_chars(text.data(), text.data() + end, ip[i]);
    if (error != std::errc() || stop != text.data() + end || ip[i] > 255) return false;
    text.remove_prefix(i < 3 ? end + 1 : end);
  }
  return true;
}

// An address of up to eight blocks, of which :: leaves out at least one; the last two may be an IPv4.
class SixReader {
 public:
  explicit SixReader(std::string_view text) : text_(text) {}

  bool read(EightBlocks& ip) {
    if (!has(text_, ':')) return false;
    FourBytes four{};
    const bool has_four = has(text_, '.');
    if (has_four && !cut_four(four)) return false;
    ip.fill(0);
    if (!blocks(ip) || blocks_ > 8 || (shortened_ < 0 && blocks_ != 8)) return false;
    if (has_four) {
      ip = {0, 0, 0, 0, 0, 0xffff, 256 * four[0] + four[1], 256 * four[2] + four[3]};
    } else if (shortened_ >= 0) {
      spread(ip);
    }
    return true;
  }

 private:
  bool cut_four(FourBytes& four) {
    const std::size_t colon = text_.substr(0, text_.find('.')).rfind(':');
    const std::size_t at = colon == std::string_view::npos ? 0 : colon + 1;
    if (!parse_four(text_.substr(at), four) || at < 2) return false;
    text_ = text_.substr(0, text_[at - 2] == ':' ? at : at - 1);
    blocks_ = 2;
    return true;
  }

  bool blocks(EightBlocks& ip) {
    for (std::size_t at = 0; at < text_.size();) {
      if (text_[at] == ':') {
        if (++at >= text_.size()) return false;
        if (text_[at] == ':') {
          if (shortened_ >= 0) return false;
          shortened_ = blocks_++;
          if (++at == text_.size()) return true;
        } else if (at == 1) {
          return false;
        }
      }
      const std::size_t begin = at;
      int n = 0;
      for (; at < text_.size() && is_hex_digit(text_[at]); ++at) {
        n = 16 * n + digit_value(text_[at]);
        if (at - begin > 3) return false;
      }
      if (at == begin || blocks_ >= 8) return false;
      ip[static_cast<std::size_t>(blocks_++)] = n;
    }
    return true;
  }

  void spread(EightBlocks& ip) const {
    const auto begin = static_cast<std::size_t>(shortened_);
    const auto by = static_cast<std::size_t>(8 - blocks_);
    for (std::size_t i = 7; i > begin + by; --i) ip[i] = ip[i - by];
    for (std::size_t i = begin; i <= begin + by && i < 8; ++i) ip[i] = 0;
  }

  std::string_view text_;
  int blocks_ = 0;
  int shortened_ = -1;  // the block that :: stands for
};

bool is_private(const FourBytes& ip) {
  return ip[0] == 10 || (ip[0] == 172 && ip[1] >= 16 && ip[1] <= 31) || (ip[0] == 192 && ip[1] == 168);
}
bool is_reserved(const FourBytes& ip) {
  return ip[0] == 0 || ip[0] >= 240 || ip[0] == 127 || (ip[0] == 169 && ip[1] == 254);
}
bool is_special(const FourBytes& ip) {
  return (ip[0] == 100 && ip[1] >= 64 && ip[1] <= 127) || (ip[0] == 192 && ip[1] == 0 && (ip[2] == 0 || ip[2] == 2)) ||
         (ip[0] == 198 && (ip[1] == 18 || ip[1] == 19 || (ip[1] == 51 && ip[2] == 100))) ||
         (ip[0] == 203 && ip[1] == 0 && ip[2] == 113);
}

bool is_private(const EightBlocks& ip) { return ip[0] >= 0xfc00 && ip[0] <= 0xfdff; }
bool is_reserved(const EightBlocks& ip) {
  const EightBlocks local = {0, 0, 0, 0, 0, 0, 0, ip[7]};
  return (ip == local && ip[7] <= 1) || ip[0] == 0x5f || (ip[0] >= 0xfe80 && ip[0] <= 0xfebf) || ip[0] == 0x3ff3 ||
         (ip[0] == 0x2001 && (ip[1] == 0x0db8 || (ip[1] >= 0x10 && ip[1] <= 0x1f)));
}
bool is_special(const EightBlocks& ip) {
  const EightBlocks mapped = {0, 0, 0, 0, 0, 0xffff, ip[6], ip[7]};
  const bool discards = ip[0] == 0x100 && ip[1] == 0 && ip[2] == 0 && ip[3] == 0;
  return ip == mapped || discards || (ip[0] == 0x2001 && ip[1] <= 0x1ff) || is_private(ip);
}

template <class Address>
bool is_allowed(const Address& ip, Int flags) {
  if ((flags & (kNotPrivate | kGlobal)) != 0 && is_private(ip)) return false;
  if ((flags & (kNotReserved | kGlobal)) != 0 && is_reserved(ip)) return false;
  return (flags & kGlobal) == 0 || !is_special(ip);
}

bool is_ip(std::string_view text, Int flags) {
  const Int either = flags & (kFour | kSix);
  if (has(text, ':')) {
    EightBlocks ip{};
    return SixReader(text).read(ip) && either != kFour && is_allowed(ip, flags);
  }
  FourBytes ip{};
  return parse_four(text, ip) && either != kSix && is_allowed(ip, flags);
}

bool is_userinfo(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_ascii_alnum(text[i]) || has("-._~!$&'()*+,;=:", text[i])) continue;
    if (text[i] != '%' || !is_ascii_digit(char_at(text, i + 1)) || !is_hex_digit(char_at(text, i + 2))) return false;
    i += 2;
  }
  return true;
}

bool is_url(std::string_view text, Int flags) {
  if (plain_or(text, kUrlMarks).size() != text.size()) return false;
  const Value split = parse_url(String(text));
  if (!split.is_array()) return false;
  const auto part = [&](std::string_view name) { return to_string(split.as_array().peek(String(name))); };
  const auto has_part = [&](std::string_view name) { return split.as_array().has(String(name)); };
  const String scheme = part("scheme");
  const std::string low = lower(scheme);
  if (low == "http" || low == "https") {
    const String host = part("host");
    EightBlocks ip{};
    const bool is_six = host.size() > 2 && host.view().starts_with('[') && host.view().ends_with(']') &&
                        SixReader(host.view().substr(1, host.size() - 2)).read(ip);
    if (!has_part("host") || (!is_six && !is_domain(host, true))) return false;
  }
  const bool needs_host = scheme != "mailto" && scheme != "news" && scheme != "file";
  if (scheme.empty() || (needs_host && !has_part("host"))) return false;
  if ((flags & kPathRequired) != 0 && !has_part("path")) return false;
  if ((flags & kQueryRequired) != 0 && !has_part("query")) return false;
  return is_userinfo(part("user")) && is_userinfo(part("pass"));
}

// ---- Addresses of e-mail ----
//
// What PHP's regular expression takes: words before the @ and behind it a domain with a dot or an address in brackets.

// Bounds the quotes that may belong to the unit before or behind them. PHP tries either, which doubles its work with
// each, and takes no address where it gives up.
constexpr int kEmailWaysMax = 6;

constexpr auto npos = std::string_view::npos;

std::size_t quoted_word_end(std::string_view text, std::size_t at) {
  constexpr std::string_view never("\0\t\n\r ", 5);
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (has(never, text[at])) {
      return npos;
    }
    if (at >= text.size() || static_cast<unsigned char>(text[at]) >= 0x80) return npos;
  }
  return at < text.size() ? at + 1 : npos;
}

// Where a word of plain characters or in quotes ends, npos where there is none.
std::size_t email_word_end(std::string_view text, std::size_t at) {
  if (char_at(text, at) == '"') return quoted_word_end(text, at + 1);
  const std::size_t begin = at;
  while (at < text.size() && (is_ascii_alnum(text[at]) || has("!#$%&'*+-/=?^_`{|}~", text[at]))) ++at;
  return at == begin ? npos : at;
}

// Where the @ behind words with dots between them is, npos where there is none.
std::size_t email_words_end(std::string_view text) {
  for (std::size_t at = 0;; ++at) {
    at = email_word_end(text, at);
    if (at == npos) return npos;
    const char end = char_at(text, at);
    if (end != '.') return end == '@' ? at : npos;
  }
}

struct EmailUnits {
  int ways = 0;          // quotes that may belong to the unit before or behind them
  bool is_short = true;  // under 255 units, and under 65 before each @
};

// Counts characters and pairs of a backslash and a character, each with at most one quote on either side, until
// something else comes.
EmailUnits email_units(std::string_view text) {
  EmailUnits out;
  int units = 0, quotes = 0, most = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      ++quotes;
      continue;
    }
    out.is_short = text[i] != '@' || units < 65 || quotes > 1;
    if (!out.is_short || quotes > most) return out;
    if (text[i] == '\\' && (++i == text.size() || static_cast<unsigned char>(text[i]) > 0x7e)) return out;
    if (units > 0 && quotes == 1) ++out.ways;
    out.is_short = ++units < 255;
    if (!out.is_short) return out;
    quotes = 0;
    most = 2;
  }
  return out;
}

bool is_mail_name(std::string_view name) {
  if (name.empty() || name.size() > 63 || name.starts_with('-') || name.ends_with('-')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return is_ascii_alnum(c) || c == '-'; });
}

// At least two names with dots between them, the last of which begins with a letter.
bool is_mail_domain(std::string_view text) {
  std::size_t dot = text.find('.');
  if (dot == npos) return false;
  for (; dot != npos; dot = text.find('.')) {
    if (!is_mail_name(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_mail_name(text) && is_ascii_letter(text[0]);
}

// The number of blocks of hexadecimal digits with colons between them, -1 where it is something else.
int count_mail_blocks(std::string_view text) {
  if (text.empty()) return 0;
  int n = 1;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == ':') {
      if (digits == 0) return -1;
      digits = 0;
      ++n;
    } else if (!is_hex_digit(c) || ++digits > 4) {
      return -1;
    }
  }
  return digits == 0 ? -1 : n;
}

// As many blocks as wanted, or with a :: two fewer or less.
bool is_mail_blocks(std::string_view text, int wanted) {
  const std::size_t shortened = text.find("::");
  const int before = count_mail_blocks(text.substr(0, shortened));
  if (shortened == npos) return before == wanted;
  const int behind = count_mail_blocks(text.substr(shortened + 2));
  return before >= 0 && behind >= 0 && before + behind <= wanted - 2;
}

// Brackets with an address of IPv4 or behind IPv6: one of IPv6, whose last two blocks may be written as an IPv4. There
// :: stands for at least two blocks.
bool is_mail_address(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  FourBytes four{};
  if (lower(text.substr(0, 5)) != "ipv6:") return parse_four(text, four);
  text.remove_prefix(5);
  if (is_mail_blocks(text, 8)) return true;
  std::size_t colon = text.rfind(':');
  if (colon == npos || !parse_four(text.substr(colon + 1), four)) return false;
  if (text.substr(0, colon + 1).ends_with("::")) ++colon;
  return is_mail_blocks(text.substr(0, colon), 6);
}

bool is_email(std::string_view text, Int flags) {
  if (text.size() > 320) return false;
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if ((flags & kUnicode) != 0 && !is_ascii) {
    stop("builtin-missing", "addresses with FILTER_FLAG_EMAIL_UNICODE are not part of this runtime");
  }
  const std::size_t at = email_words_end(text);
  if (at == npos || (!is_mail_domain(text.substr(at + 1)) && !is_mail_address(text.substr(at + 1)))) return false;
  const EmailUnits units = email_units(text);
  if (units.is_short && units.ways > kEmailWaysMax) {
    stop("builtin-missing", "an address with so many quotes is not part of this runtime");
  }
  return units.is_short;
}

// ---- A filter with what it was given ----

class Filtering {
 public:
  Filtering(Int filter, const Value& given) : filter_(filter) {
    if (!given.is_array()) {
      set_flags(to_int(given));
      return;
    }
    const Array& all = given.as_array();
    if (const Value* v = all.lookup(Key(String("filter")))) filter_ = to_int(*v);
    if (const Value* v = all.lookup(Key(String("options"))); v != nullptr && v->is_array()) options_ = v->as_array();
    if (const Value* v = all.lookup(Key(String("flags")))) set_flags(to_int(*v));
  }

  Value apply(const Value& v) const {
    if (v.is_array()) return has_flag(kRequireScalar) ? failure() : each(v.as_array());
    if (has_flag(kRequireArray)) return failure();
    Value made = one(v);
    return has_flag(kForceArray) ? Value(Array::list({made})) : made;
  }

 private:
  bool has_flag(Int flag) const { return (flags_ & flag) != 0; }
  Value failure() const { return has_flag(kNullOnFailure) ? Value() : Value(false); }
  void set_flags(Int flags) { flags_ = (flags & (kRequireArray | kForceArray)) == 0 ? flags | kRequireScalar : flags; }
  const Value* option(std::string_view name) const { return options_.lookup(Key(String(name))); }

  Array each(const Array& all) const {
    Array out;
    for (const auto& [key, raw] : all) {
      const Value& v = raw.deref();
      out.set_key(key, v.is_array() ? Value(each(v.as_array())) : one(v));
    }
    return out;
  }

  Value one(const Value& v) const {
    String text;
    bool is_text = true;
    if (v.is_object()) {
      is_text = object_string(v.as_object(), text);
    } else {
      text = to_string(v);
    }
    Value made = failure();
    if (is_text) made = run(text);
    const bool failed = made.is_null() ? has_flag(kNullOnFailure) : made.is_bool() && !made.as_bool();
    const Value* const instead = option("default");
    return failed && (made.is_null() || !has_flag(kNullOnFailure)) && instead != nullptr ? *instead : made;
  }

  Value kept(const String& text, bool is_valid) const { return is_valid ? Value(text) : failure(); }

  Value run(const String& text) const {
    switch (filter_) {
      case kInteger:
        return integer(text);
      case kBoolean:
        return boolean(text);
      case kReal:
        return real(text);
      case kRegexp:
        return kept(text, matches(text));
      case kUrl:
        return kept(text, is_url(text, flags_));
      case kEmail:
        return kept(text, is_email(text, flags_));
      case kIp:
        return kept(text, is_ip(text, flags_));
      case kMac:
        return kept(text, is_mac(text));
      case kDomain:
        return kept(text, is_domain(text, has_flag(kHostname)));
      case kOnlyEmail:
        return plain_or(text, "!#$%&'*+-=?^_`{|}~@.[]");
      case kOnlyUrl:
        return plain_or(text, kUrlMarks);
      case kOnlyInteger:
        return only_of(text, "+-0123456789");
      case kSlashes:
        return addslashes(text);
      default:
        return as_it_is(text);
    }
  }

  // FILTER_UNSAFE_RAW, which stands for the numbers that no filter has.
  Value as_it_is(const String& text) const {
    const bool is_other = filter_ == kPlainText || filter_ == kEncoded || filter_ == kSpecialCharacters ||
                          filter_ == kOnlyReal || filter_ == kFullSpecialCharacters || filter_ == kCallback;
    if (is_other || has_flag(kChanges)) {
      stop("builtin-missing", "the filter " + std::to_string(filter_) + " of filter_var() is not part of this runtime");
    }
    return text.empty() && has_flag(kEmptyIsNull) ? Value() : Value(text);
  }

  Value integer(const String& text) const {
    Int n = 0;
    if (!parse_integer(bare(text), flags_, n)) return failure();
    const Value* const least = option("min_range");
    const Value* const most = option("max_range");
    if ((least != nullptr && n < to_int(*least)) || (most != nullptr && n > to_int(*most))) return failure();
    return n;
  }

  Value boolean(const String& text) const {
    const std::string word = lower(bare(text));
    if (word == "1" || word == "true" || word == "on" || word == "yes") return true;
    if (word.empty() || word == "0" || word == "false" || word == "off" || word == "no") return false;
    return failure();
  }

  Value real(const String& given) const {
    const std::string_view text = bare(given);
    if (text.empty()) return failure();
    const Value* const decimal = option("decimal");
    const bool has_point = decimal != nullptr && decimal->is_string();
    if (has_point && decimal->as_string().size() != 1) {
      throw_value_error("filter_var(): \"decimal\" option must be one character long");
    }
    const Value* const thousand = option("thousand");
    const bool has_thousand = thousand != nullptr && thousand->is_string();
    if (has_thousand && thousand->as_string().empty()) {
      throw_value_error("filter_var(): \"thousand\" option cannot be empty");
    }
    std::string plain;
    if (!plain_float(text, has_point ? decimal->as_string()[0] : '.',
                     has_thousand ? thousand->as_string().view() : "',.", flags_, plain)) {
      return failure();
    }
    bool whole = false;
    const Value number = parse_number(plain, whole);
    if (!whole) return failure();
    const double f = to_float(number);
    const bool vanished = f == 0 && plain.find_first_of("123456789") != std::string::npos;
    if (number.is_float() && (!std::isfinite(f) || vanished)) return failure();
    const Value* const least = option("min_range");
    const Value* const most = option("max_range");
    if ((least != nullptr && f < to_float(*least)) || (most != nullptr && f > to_float(*most))) return failure();
    return f;
  }

  bool matches(const String& text) const {
    const Value* const pattern = option("regexp");
    if (pattern == nullptr || !pattern->is_string()) {
      throw_value_error("filter_var(): \"regexp\" option is missing");
    }
    return finds(pattern->as_string(), text);
  }

  bool is_mac(std::string_view text) const {
    const Value* const wanted = option("separator");
    const bool is_given = wanted != nullptr && wanted->is_string();
    if (is_given && wanted->as_string().size() != 1) {
      throw_value_error("filter_var(): \"separator\" option must be one character long");
    }
    const bool by_four = text.size() == 14;
    const char separator = by_four ? '.' : char_at(text, 2);
    if (!by_four && (text.size() != 17 || (separator != '-' && separator != ':'))) return false;
    if (is_given && wanted->as_string()[0] != separator) return false;
    const std::size_t size = by_four ? 4 : 2;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool is_between = i % (size + 1) == size;
      if (is_between ? text[i] != separator : !is_hex_digit(text[i])) return false;
    }
    return true;
  }

  Int filter_;
  Int flags_ = kRequireScalar;
  Array options_;
};

}  // namespace

Value filter_var(const Value& value, Int filter, const Value& options) {
  const bool is_known = (filter >= 0x100 && filter <= kDomain) || (filter >= 0x200 && filter <= kSlashes);
  if (!is_known && filter != kCallback) {
    warn_function("filter_var", "Unknown filter with ID " + std::to_string(filter));
    return false;
  }
  return Filtering(filter, options.deref()).apply(value.deref());
}

}  // namespace banyan::php_runtime

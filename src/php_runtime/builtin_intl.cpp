#include "php_runtime/builtin_intl.h"

#include <algorithm>

#include "php_runtime/graphemes.h"
#include "php_runtime/normalize.h"
#include "php_runtime/spl_classes.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kOffsetComplaint = "must be contained in argument #1 ($haystack)";
constexpr Int kForms[] = {4, 8, 16, 32, 48};

NormalForm form_of(std::string_view function, Int form) {
  if (std::ranges::find(kForms, form) == std::end(kForms)) {
    bad_argument(function, 2, "form", "must be a a valid normalization form");  // as PHP spells it
  }
  return static_cast<NormalForm>(form);
}

std::optional<String> normalize_as(std::string_view function, std::string_view s, Int form) {
  const NormalForm wanted = form_of(function, form);
  if (!valid_utf8(s)) return std::nullopt;
  return String(normalized(s, wanted));
}

bool is_normalized_as(std::string_view function, std::string_view s, Int form) {
  const NormalForm wanted = form_of(function, form);
  return valid_utf8(s) && normalized(s, wanted) == s;
}

// Whether every byte is a grapheme: ASCII without CR LF.
bool is_plain(std::string_view s) { return is_ascii(s) && s.find("\r\n") == npos; }

bool fits(Int n) { return n >= INT32_MIN && n <= INT32_MAX; }

void check_offset(std::string_view function, std::string_view haystack, Int offset) {
  if (!fits(offset) || offset > length_of(haystack) || offset < -length_of(haystack)) {
    bad_argument(function, 3, "offset", kOffsetComplaint);
  }
}

struct Wanted {
  std::string_view function;
  bool fold;
  bool last = false;
};

std::size_t utf16_length(std::u32string_view runes) {
  return runes.size() + static_cast<std::size_t>(std::ranges::count_if(runes, [](char32_t c) { return c > 0xffff; }));
}

struct Found {
  Int graphemes = 0;      // before the match
  std::size_t bytes = 0;  // as PHP counts them: units of UTF-16, and then as many characters
};

std::optional<Found> find_grapheme(const Wanted& how, std::string_view haystack, std::string_view needle, Int offset) {
  if (haystack.empty() || !valid_utf8(haystack) || !valid_utf8(needle)) return std::nullopt;
  const GraphemeSearch search(haystack, needle, how.fold);
  const std::vector<std::size_t>& ends = search.ends();
  const Int start = offset < 0 ? offset + static_cast<Int>(ends.size()) : offset;
  if (start < 0 || index(start) > ends.size()) bad_argument(how.function, 3, "offset", kOffsetComplaint);
  const std::size_t from = start == 0 ? 0 : ends[index(start) - 1];
  const std::u32string_view runes = search.runes();
  if (needle.empty()) {  // is where the search begins, which is no place of a match
    return Found{static_cast<Int>(utf16_length(how.last && offset >= 0 ? runes : runes.substr(0, from)))};
  }
  std::optional<std::size_t> found;
  if (!how.last) {
    if (const auto match = search.first(from)) found = match->begin;
  } else {
    found = offset < 0 ? search.last_until(from) : search.last();
  }
  if (!found || (offset >= 0 && *found < from) || !search.is_boundary(*found)) return std::nullopt;
  const std::size_t place = utf16_length(runes.substr(0, *found));
  return Found{std::ranges::upper_bound(ends, *found) - ends.begin(), text_of(Runes(runes.substr(0, place))).size()};
}

std::optional<Int> grapheme_place(const Wanted& how, std::string_view haystack, std::string_view needle, Int offset) {
  const auto found = find_grapheme(how, haystack, needle, offset);
  return found ? std::optional(found->graphemes) : std::nullopt;
}

std::optional<Int> plain_place(std::size_t at) {
  return at == npos ? std::nullopt : std::optional(static_cast<Int>(at));
}

// The last place in a haystack of bytes, as strrpos() finds it.
std::optional<Int> last_plain(std::string_view haystack, std::string_view needle, Int offset) {
  if (offset >= 0) {
    const std::size_t at = haystack.substr(index(offset)).rfind(needle);
    return at == npos ? std::nullopt : std::optional(static_cast<Int>(at) + offset);
  }
  if (-offset < length_of(needle)) return plain_place(haystack.rfind(needle));
  return plain_place(haystack.substr(0, index(length_of(haystack) + offset + length_of(needle))).rfind(needle));
}

std::optional<Int> last_grapheme(const Wanted& how, const String& haystack, const String& needle, Int offset) {
  check_offset(how.function, haystack, offset);
  if (is_plain(haystack)) {
    const auto found =
        how.fold ? last_plain(lower(haystack), lower(needle), offset) : last_plain(haystack, needle, offset);
    if (found || is_plain(needle)) return found;
  }
  return grapheme_place(how, haystack, needle, offset);
}

std::optional<String> part_at(std::string_view haystack, std::size_t at, bool before) {
  if (at == npos) return std::nullopt;
  return String(before ? haystack.substr(0, at) : haystack.substr(at));
}

std::optional<String> grapheme_part(const Wanted& how, std::string_view haystack, std::string_view needle,
                                    bool before) {
  const auto found = find_grapheme(how, haystack, needle, 0);
  return found ? part_at(haystack, found->bytes, before) : std::nullopt;
}

enum Extraction : std::uint8_t { kCount, kMaxBytes, kMaxChars };

// How many bytes the graphemes have that fit.
std::size_t extracted_size(std::string_view text, Int size, Int type) {
  std::size_t taken = 0, graphemes = 0, chars = 0;
  for (const std::size_t end : grapheme_ends(text)) {
    for (std::size_t at = taken, length = 0; at < end; at += length, ++chars) decode_rune(text.substr(at), length);
    ++graphemes;
    const std::size_t used = type == kCount ? graphemes : type == kMaxBytes ? end : chars;
    if (used > index(size)) break;
    taken = end;
  }
  return taken;
}

}  // namespace

std::optional<String> normalizer_normalize(const String& s, Int form) {
  return normalize_as("normalizer_normalize", s, form);
}

bool normalizer_is_normalized(const String& s, Int form) {
  return is_normalized_as("normalizer_is_normalized", s, form);
}

std::optional<String> normalizer_get_raw_decomposition(const String& s, Int form) {
  const bool is_form = std::ranges::find(kForms, form) != std::end(kForms);
  const auto found = raw_decomposition(s, is_form ? static_cast<NormalForm>(form) : NormalForm::kC);
  if (!is_form && runes_of(s).size() == 1 && valid_utf8(s)) return String();  // as PHP has it
  return found ? std::optional(String(*found)) : std::nullopt;
}

Value grapheme_strlen(const String& s) {
  if (is_plain(s)) return length_of(s);
  if (!valid_utf8(s)) return {};
  return static_cast<Int>(grapheme_ends(s).size());
}

std::optional<String> grapheme_substr(const String& s, Int offset, const Value& length) {
  if (!fits(offset)) bad_argument("grapheme_substr", 2, "offset", "is too large");
  if (!length.is_null() && !fits(length.as_int())) bad_argument("grapheme_substr", 3, "length", "is too large");
  if (is_plain(s)) {
    const Part part = clip(s.size(), offset, length);
    return String(s.view().substr(part.from, part.to - part.from));
  }
  if (!valid_utf8(s)) return std::nullopt;
  const std::vector<std::size_t> ends = grapheme_ends(s);
  const Part part = clip(ends.size(), offset, length);
  const auto place = [&ends](std::size_t i) { return i == 0 ? 0 : ends[i - 1]; };
  return String(s.view().substr(place(part.from), place(part.to) - place(part.from)));
}

std::optional<Int> grapheme_strpos(const String& haystack, const String& needle, Int offset) {
  check_offset("grapheme_strpos", haystack, offset);
  if (offset >= 0 && is_plain(haystack)) return plain_place(haystack.view().find(needle, index(offset)));
  return grapheme_place({"grapheme_strpos", false}, haystack, needle, offset);
}

std::optional<Int> grapheme_stripos(const String& haystack, const String& needle, Int offset) {
  check_offset("grapheme_stripos", haystack, offset);
  if (is_plain(haystack)) {
    const Int start = offset < 0 ? offset + length_of(haystack) : offset;
    const auto found = plain_place(lower(haystack).find(lower(needle), index(start)));
    if (found || is_plain(needle)) return found;
  }
  return grapheme_place({"grapheme_stripos", true}, haystack, needle, offset);
}

std::optional<Int> grapheme_strrpos(const String& haystack, const String& needle, Int offset) {
  return last_grapheme({"grapheme_strrpos", false, true}, haystack, needle, offset);
}

std::optional<Int> grapheme_strripos(const String& haystack, const String& needle, Int offset) {
  return last_grapheme({"grapheme_strripos", true, true}, haystack, needle, offset);
}

std::optional<String> grapheme_strstr(const String& haystack, const String& needle, bool before_needle) {
  const std::size_t at = haystack.view().find(needle);
  if (at == npos || is_plain(haystack)) return part_at(haystack, at, before_needle);
  return grapheme_part({"grapheme_strstr", false}, haystack, needle, before_needle);
}

std::optional<String> grapheme_stristr(const String& haystack, const String& needle, bool before_needle) {
  return grapheme_part({"grapheme_stristr", true}, haystack, needle, before_needle);
}

std::optional<String> grapheme_extract(const String& haystack, Int size, Int type, Int offset, Int* next) {
  constexpr std::string_view name = "grapheme_extract";
  if (offset < 0) offset += length_of(haystack);
  if (next != nullptr) *next = offset;
  if (type < kCount || type > kMaxChars) {
    bad_argument(name, 3, "type",
                 "must be one of GRAPHEME_EXTR_COUNT, GRAPHEME_EXTR_MAXBYTES, or GRAPHEME_EXTR_MAXCHARS");
  }
  if (offset < 0 || offset >= length_of(haystack) || !fits(offset)) return std::nullopt;
  if (size < 0) bad_argument(name, 2, "size", "must be greater than or equal to 0");
  if (!fits(size)) bad_argument(name, 2, "size", "is too large");
  if (size == 0) return String();
  std::string_view text = haystack.view().substr(index(offset));
  while (!text.empty() && byte_at(text, 0) >= 0x80 && (byte_at(text, 0) < 0xc2 || byte_at(text, 0) > 0xf4)) {
    text.remove_prefix(1);  // in the middle of a character
  }
  if (text.empty()) return std::nullopt;
  const bool plain = is_plain(text.substr(0, index(size) + 1));
  const std::size_t taken = plain ? std::min(index(size), text.size()) : extracted_size(text, size, type);
  if (next != nullptr) *next = offset + static_cast<Int>(taken);
  return String(text.substr(0, taken));
}

namespace {

// A constant under each of its names.
void form_constants(Class& c, std::initializer_list<std::string_view> names, Value (*value)()) {
  for (const std::string_view name : names) c.constant(name, kPublic, value);
}

template <class F>
void form_method(Class& c, std::string_view name, F code) {
  c.method(name, kPublic | kStatic, code).named({"string", "form"}).typed({"string", "int"}).optional(1, {Value(16)});
}

}  // namespace

void declare_normalizer() {
  Class& c = new_spl_class("Normalizer", "", {});
  form_constants(c, {"FORM_D", "NFD"}, +[] { return Value(4); });
  form_constants(c, {"FORM_KD", "NFKD"}, +[] { return Value(8); });
  form_constants(c, {"FORM_C", "NFC"}, +[] { return Value(16); });
  form_constants(c, {"FORM_KC", "NFKC"}, +[] { return Value(32); });
  form_constants(c, {"FORM_KC_CF", "NFKC_CF"}, +[] { return Value(48); });
  form_method(
      c, "normalize", +[](Class&, String s, Int form) {
        const auto found = normalize_as("Normalizer::normalize", s, form);
        return found ? Value(*found) : Value(false);
      });
  form_method(
      c, "isNormalized",
      +[](Class&, String s, Int form) { return is_normalized_as("Normalizer::isNormalized", s, form); });
  form_method(
      c, "getRawDecomposition", +[](Class&, String s, Int form) {
        const auto found = normalizer_get_raw_decomposition(s, form);
        return found ? Value(*found) : Value();
      });
}

}  // namespace banyan::php_runtime

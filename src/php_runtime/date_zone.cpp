// The zones that texts of dates name.
#include <algorithm>

#include "php_runtime/builtin.h"
#include "php_runtime/date_text.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

struct Abbreviation {
  std::string_view name;
  std::int32_t offset;  // seconds east of UTC
  bool summer;
};

// What each stands for first among its uses, as DateTimeZone::listAbbreviations() has them.
constexpr Abbreviation kAbbreviations[] = {
    {"acdt", 37800, true},  {"acst", 34200, false},  {"addt", -7200, true},   {"adt", -10800, true},
    {"aedt", 39600, true},  {"aest", 36000, false},  {"ahdt", -32400, true},  {"ahst", -36000, false},
    {"akdt", -28800, true}, {"akst", -32400, false}, {"amt", -13840, false},  {"apt", -10800, true},
    {"ast", -14400, false}, {"awdt", 32400, true},   {"awst", 28800, false},  {"awt", -10800, true},
    {"bdst", 7200, true},   {"bdt", -36000, true},   {"bmt", -14309, false},  {"bst", 3600, true},
    {"cast", 34200, false}, {"cat", 7200, false},    {"cddt", -14400, true},  {"cdt", -18000, true},
    {"cemt", 10800, true},  {"cest", 7200, true},    {"cet", 3600, false},    {"cmt", -15408, false},
    {"cpt", -18000, true},  {"cst", -21600, false},  {"cwt", -18000, true},   {"chst", 36000, false},
    {"dmt", -1521, false},  {"eat", 10800, false},   {"eddt", -10800, true},  {"edt", -14400, true},
    {"eest", 10800, true},  {"eet", 7200, false},    {"emt", -26248, false},  {"ept", -14400, true},
    {"est", -18000, false}, {"ewt", -14400, true},   {"ffmt", -14660, false}, {"fmt", -4056, false},
    {"gdt", 39600, true},   {"gmt", 0, false},       {"gst", 36000, false},   {"hdt", -34200, true},
    {"hkst", 32400, true},  {"hkt", 28800, false},   {"hmt", -19776, false},  {"hpt", -34200, true},
    {"hst", -36000, false}, {"hwt", -34200, true},   {"iddt", 14400, true},   {"idt", 10800, true},
    {"imt", 25025, false},  {"ist", 7200, false},    {"jdt", 36000, true},    {"jmt", 8440, false},
    {"jst", 32400, false},  {"kdt", 36000, true},    {"kmt", 5736, false},    {"kst", 30600, false},
    {"lst", 9394, true},    {"mddt", -18000, true},  {"mdst", 16279, true},   {"mdt", -21600, true},
    {"mest", 7200, true},   {"met", 3600, false},    {"mmt", 9017, false},    {"mpt", -21600, true},
    {"msd", 14400, true},   {"msk", 10800, false},   {"mst", -25200, false},  {"mwt", -21600, true},
    {"nddt", -5400, true},  {"ndt", -9052, true},    {"npt", -9000, true},    {"nst", -12600, false},
    {"nwt", -9000, true},   {"nzdt", 46800, true},   {"nzmt", 41400, false},  {"nzst", 43200, false},
    {"pddt", -21600, true}, {"pdt", -25200, true},   {"pkst", 21600, true},   {"pkt", 18000, false},
    {"plmt", 25590, false}, {"pmt", -13236, false},  {"ppmt", -17340, false}, {"ppt", -25200, true},
    {"pst", -28800, false}, {"pwt", -25200, true},   {"qmt", -18840, false},  {"rmt", 5794, false},
    {"sast", 7200, false},  {"sdmt", -16800, false}, {"sjmt", -20173, false}, {"smt", -13884, false},
    {"sst", -39600, false}, {"tbmt", 10751, false},  {"tmt", 12344, false},   {"uct", 0, false},
    {"utc", 0, false},      {"wast", 7200, true},    {"wat", 3600, false},    {"wemt", 7200, true},
    {"west", 3600, true},   {"wet", 0, false},       {"wib", 25200, false},   {"wita", 28800, false},
    {"wit", 32400, false},  {"wmt", 5040, false},    {"yddt", -25200, true},  {"ydt", -28800, true},
    {"ypt", -28800, true},  {"yst", -32400, false},  {"ywt", -28800, true},   {"a", 3600, false},
    {"b", 7200, false},     {"c", 10800, false},     {"d", 14400, false},     {"e", 18000, false},
    {"f", 21600, false},    {"g", 25200, false},     {"h", 28800, false},     {"i", 32400, false},
    {"k", 36000, false},    {"l", 39600, false},     {"m", 43200, false},     {"n", -3600, false},
    {"o", -7200, false},    {"p", -10800, false},    {"q", -14400, false},    {"r", -18000, false},
    {"s", -21600, false},   {"t", -25200, false},    {"u", -28800, false},    {"v", -32400, false},
    {"w", -36000, false},   {"x", -39600, false},    {"y", -43200, false},    {"z", 0, false},
};

std::string two(Int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

// Hours, minutes and seconds, with colons or without; nothing where it is none of PHP's forms.
std::optional<Int> read_offset(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && (is_ascii_digit(text[size]) || text[size] == ':')) ++size;
  const std::string_view all = text.substr(0, size);
  text.remove_prefix(size);
  Int parts[3] = {};
  if (all.find(':') != std::string_view::npos) {
    std::size_t part = 0;
    for (const char c : all) {
      if (c == ':' && ++part > 2) return std::nullopt;
      if (c != ':') parts[part] = parts[part] * 10 + (c - '0');
    }
  } else {
    if (size == 0 || size == 5 || size > 6) return std::nullopt;
    const std::size_t first = size < 3 ? size : 2 - size % 2;
    parts[0] = string_to_int(all.substr(0, first));
    if (size > 2) parts[1] = string_to_int(all.substr(first, 2));
    if (size > 4) parts[2] = string_to_int(all.substr(first + 2));
  }
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}

}  // namespace

DateZone offset_zone(Int seconds) {
  const Int size = seconds < 0 ? -seconds : seconds;
  const std::string_view sign = seconds < 0 ? "-" : "+";
  const std::string hours = two(size / 3600), minutes = two(size / 60 % 60);
  std::string name = concat({sign, hours, ":", minutes});
  if (size % 60 != 0) name += ":" + two(size % 60);
  const std::string shown = concat({"GMT", sign, hours, minutes});
  return {DateZone::kOffset, TimeZone::fixed(static_cast<std::int32_t>(seconds), false, shown), name};
}

DateZone utc_zone() { return {DateZone::kNamed, TimeZone::utc(), "UTC"}; }

std::optional<DateZone> read_zone(std::string_view& text) {
  text = trim_left(text, " \t(");
  if (text.starts_with("GMT+") || text.starts_with("GMT-")) text.remove_prefix(3);
  std::optional<DateZone> found;
  if (text.starts_with('+') || text.starts_with('-')) {
    const Int sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
    if (const auto seconds = read_offset(text)) found = offset_zone(sign * *seconds);
  } else {
    const std::string word(text.substr(0, text.find_first_of(std::string_view(" )\0", 3))));
    text.remove_prefix(word.size());
    const auto* const known = std::ranges::find(kAbbreviations, lower(word), &Abbreviation::name);
    if (known != std::end(kAbbreviations) && known->name != "utc") {
      found = {DateZone::kAbbreviation, TimeZone::fixed(known->offset, known->summer, upper(word)), upper(word)};
    } else if (auto rules = TimeZone::named(word)) {
      found = {DateZone::kNamed, std::move(rules), lower(word) == "utc" ? "UTC" : word};
    }
  }
  while (text.starts_with(')')) text.remove_prefix(1);
  return found;
}

}  // namespace banyan::php_runtime

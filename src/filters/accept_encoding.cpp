#include "filters/accept_encoding.h"

#include <array>

#include "filters/list_field.h"

namespace banyan {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"gzip", "br", "zstd"};

// A weight in thousandths: "0", "1", "0.5", "0.125", "1.000"; nothing for what is none.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * 1000;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return std::nullopt;
  int scale = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * scale;
    scale /= 10;
  }
  if (weight > 1000) return std::nullopt;
  return weight;
}

struct Preference {
  std::string_view name;
  int weight = 1000;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// What is malformed counts as refused.
Preference parse_preference(std::string_view element) {
  const std::size_t semicolon = element.find(';');
  Preference preference{trimmed(element.substr(0, semicolon))};
  if (semicolon == element.npos) return preference;
  const std::string_view parameter = trimmed(element.substr(semicolon + 1));
  const bool is_weight = parameter.starts_with("q=") || parameter.starts_with("Q=");
  preference.weight = is_weight ? parse_weight(parameter.substr(2)).value_or(0) : 0;
  return preference;
}

struct Weights {
  std::array<int, kNames.size()> codings{-1, -1, -1};  // -1: not named
  int any = -1;
  int identity = -1;

  int of(Coding coding) const {
    const int own = codings[static_cast<std::size_t>(coding)];
    return own >= 0 ? own : any >= 0 ? any : 0;
  }
};

void note(const Preference& preference, Weights& weights) {
  if (preference.name == "*") weights.any = preference.weight;
  if (equals_ignoring_case(preference.name, "identity")) weights.identity = preference.weight;
  const bool old_name = equals_ignoring_case(preference.name, "x-gzip");  // RFC 9110 section 8.4.1.3
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (equals_ignoring_case(preference.name, kNames[i]) || (i == 0 && old_name)) {
      weights.codings[i] = preference.weight;
    }
  }
}

}  // namespace

std::string_view coding_name(Coding coding) { return kNames[static_cast<std::size_t>(coding)]; }

std::optional<Coding> coding_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Coding>(i);
  }
  return std::nullopt;
}

std::optional<Coding> choose_coding(const Fields& request, const std::vector<Coding>& offered) {
  Weights weights;
  for (const Fields::Entry& entry : request) {
    if (entry.id != FieldId::kAcceptEncoding) continue;
    std::string_view rest = entry.value;
    while (!rest.empty()) note(parse_preference(take_element(rest)), weights);
  }
  std::optional<Coding> best;
  int best_weight = weights.identity > 0 ? weights.identity - 1 : 0;  // as good as identity is good enough
  for (const Coding coding : offered) {
    if (weights.of(coding) <= best_weight) continue;
    best = coding;
    best_weight = weights.of(coding);
  }
  return best;
}

}  // namespace banyan

#include "nginx_import/scope.h"

#include <algorithm>
#include <charconv>

namespace banyan::nginx {

const Directive* Scope::own(std::string_view name) const {
  const Directive* last = nullptr;
  for (const Directive& directive : *block_) {
    if (directive.name == name) last = &directive;
  }
  return last;
}

std::vector<const Directive*> Scope::all_own(std::string_view name) const {
  std::vector<const Directive*> all;
  for (const Directive& directive : *block_) {
    if (directive.name == name) all.push_back(&directive);
  }
  return all;
}

const Directive* Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer_) {
    if (const Directive* directive = scope->own(name)) return directive;
  }
  return nullptr;
}

std::vector<const Directive*> Scope::all(std::string_view name) const { return all_of({name}); }

std::vector<const Directive*> Scope::all_of(std::initializer_list<std::string_view> names) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer_) {
    std::vector<const Directive*> all;
    for (const Directive& directive : *scope->block_) {
      if (std::find(names.begin(), names.end(), directive.name) != names.end()) all.push_back(&directive);
    }
    if (!all.empty()) return all;
  }
  return {};
}

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<std::int64_t> read_size(std::string_view text) {
  std::int64_t unit = 1;
  if (!text.empty()) {
    const char last = text.back();
    if (last == 'k' || last == 'K') unit = 1024;
    if (last == 'm' || last == 'M') unit = 1024 * 1024;
    if (last == 'g' || last == 'G') unit = 1024 * 1024 * 1024;
    if (unit != 1) text.remove_suffix(1);
  }
  const auto number = read_number(text);
  if (!number || *number > (std::int64_t{1} << 50) / unit) return std::nullopt;
  return *number * unit;
}

std::optional<Duration> read_time(std::string_view text) {
  constexpr Duration kTimeMax = std::chrono::hours(24 * 30);
  if (text.empty()) return std::nullopt;
  Duration sum{0};
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = read_number(text.substr(0, digits));
    if (!number || *number > 3'000'000'000) return std::nullopt;
    text.remove_prefix(digits);
    Duration unit = std::chrono::seconds(1);
    std::size_t letters = 1;
    if (text.starts_with("ms")) {
      unit = std::chrono::milliseconds(1);
      letters = 2;
    } else if (text.starts_with("m")) {
      unit = std::chrono::minutes(1);
    } else if (text.starts_with("h")) {
      unit = std::chrono::hours(1);
    } else if (text.starts_with("d")) {
      unit = std::chrono::hours(24);
    } else if (!text.empty() && !text.starts_with("s")) {
      return std::nullopt;
    }
    if (*number > kTimeMax / unit) return std::nullopt;
    sum += *number * unit;
    text.remove_prefix(std::min(letters, text.size()));
  }
  return sum <= kTimeMax ? std::optional(sum) : std::nullopt;
}

}  // namespace banyan::nginx

#include "rules.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

#include "http/target.h"
#include "runtime/env.h"

namespace usercenter {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_alphanumeric(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_label_character(char c) { return is_alphanumeric(c) || c == '-'; }
bool is_local_character(char c) { return is_label_character(c) || c == '.' || c == '_' || c == '+'; }

// Two or more labels joined by dots.
bool is_domain(std::string_view text) {
  for (int labels = 1;; ++labels) {
    const std::size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || !std::ranges::all_of(label, is_label_character)) return false;
    if (dot == std::string_view::npos) return labels >= 2;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::int64_t> parse_id(std::string_view text) {
  if (text.empty() || text.size() > 18 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::int64_t id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id > 0 ? std::optional(id) : std::nullopt;
}

std::optional<std::string> id_parameter(std::string_view query) {
  std::optional<std::string> id;
  std::string name;
  banyan::QueryReader reader(query);
  for (banyan::QueryParameter parameter; reader.next(parameter);) {
    name.clear();
    banyan::form_decode(parameter.name, name);
    if (name == "id") {
      banyan::form_decode(parameter.value, id.emplace());
    } else if (name.starts_with("id[") && name.contains(']')) {
      id.reset();
    }
  }
  return id;
}

std::optional<std::string_view> valid_name(std::string_view name) {
  constexpr std::string_view kSpace(" \t\n\r\0\v", 6);
  const std::size_t begin = name.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return std::nullopt;
  name = name.substr(begin, name.find_last_not_of(kSpace) + 1 - begin);
  return name.size() <= 100 ? std::optional(name) : std::nullopt;
}

std::optional<std::string> valid_email(std::string_view email) {
  const std::size_t at = email.find('@');
  if (email.size() > 190 || at == 0 || at > 64) return std::nullopt;  // no '@' at all is beyond 64 too
  if (!std::ranges::all_of(email.substr(0, at), is_local_character)) return std::nullopt;
  if (!is_domain(email.substr(at + 1))) return std::nullopt;
  std::string lower(email);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool is_token(std::string_view text) { return text.size() == 40 && std::ranges::all_of(text, is_hex_digit); }

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kBearer = "Bearer ";
  if (!authorization.starts_with(kBearer)) return std::nullopt;
  const std::string_view token = authorization.substr(kBearer.size());
  return is_token(token) ? std::optional(token) : std::nullopt;
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    std::string_view cookie = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookies.size(), cookie.size() + 1));
    while (cookie.starts_with(' ')) cookie.remove_prefix(1);
    if (cookie.starts_with(name) && cookie.substr(name.size()).starts_with('=')) return cookie.substr(name.size() + 1);
  }
  return {};
}

std::string score_text(std::int64_t hundredths) {
  const std::uint64_t size =
      hundredths < 0 ? 0 - static_cast<std::uint64_t>(hundredths) : static_cast<std::uint64_t>(hundredths);
  std::string text = std::to_string(size);
  if (text.size() < 3) text.insert(0, 3 - text.size(), '0');
  text.insert(text.size() - 2, 1, '.');
  if (hundredths < 0) text.insert(0, 1, '-');
  return text;
}

std::string timestamp(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

std::int64_t unix_seconds() { return banyan::current_env().wall_nanoseconds() / 1'000'000'000; }

}  // namespace usercenter

#include "json_bind/rules.h"

#include <re2/re2.h>

#include <algorithm>

#include "json/write.h"

namespace banyan::json {
namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

bool refuse(std::string* message, std::string text) {
  *message = std::move(text);
  return false;
}

std::string text_of(double number) {
  std::string text;
  append_number(text, number);
  return text;
}

// "must have 1 to 100 characters" and its shorter forms.
bool within(std::size_t count, std::size_t min, std::size_t max, std::string_view unit, std::string* message) {
  if (count >= min && count <= max) return true;
  std::string text = "must have ";
  if (max == kUnlimited) {
    text += "at least " + std::to_string(min);
  } else if (min == 0) {
    text += "at most " + std::to_string(max);
  } else {
    text += std::to_string(min) + (min == max ? "" : " to " + std::to_string(max));
  }
  return refuse(message, text + std::string(unit));
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

template <class List>
std::string one_of_text(const List& list) {
  constexpr std::size_t kShown = 20;
  std::string text = "must be one of ";
  std::size_t shown = 0;
  for (const std::string_view name : list) {
    if (shown == kShown) return text + ", ...";
    if (shown++ != 0) text += ", ";
    (text += '\'') += name;
    text += '\'';
  }
  return text;
}

}  // namespace

bool keeps_rules(const Rules& rules, std::int64_t number, std::string* message) {
  if (rules.integer_min && number < *rules.integer_min)
    return refuse(message, "must be at least " + std::to_string(*rules.integer_min));
  if (rules.integer_max && number > *rules.integer_max)
    return refuse(message, "must be at most " + std::to_string(*rules.integer_max));
  return true;
}

bool keeps_rules(const Rules& rules, std::uint64_t number, std::string* message) {
  // A bound of an unsigned field is kept in a signed word: one above its range reads as negative, and binds nothing.
  if (rules.integer_min && *rules.integer_min > 0 && number < static_cast<std::uint64_t>(*rules.integer_min))
    return refuse(message, "must be at least " + std::to_string(*rules.integer_min));
  if (rules.integer_max && *rules.integer_max >= 0 && number > static_cast<std::uint64_t>(*rules.integer_max))
    return refuse(message, "must be at most " + std::to_string(*rules.integer_max));
  return true;
}

bool keeps_rules(const Rules& rules, double number, std::string* message) {
  if (rules.number_min && number < *rules.number_min)
    return refuse(message, "must be at least " + text_of(*rules.number_min));
  if (rules.number_max && number > *rules.number_max)
    return refuse(message, "must be at most " + text_of(*rules.number_max));
  return true;
}

bool keeps_rules(const Rules& rules, std::string_view text, std::string* message) {
  if ((rules.length_min != 0 || rules.length_max != kUnlimited) &&
      !within(characters(text), rules.length_min, rules.length_max, " characters", message)) {
    return false;
  }
  if (!rules.one_of.empty() && std::ranges::find(rules.one_of, text) == rules.one_of.end())
    return refuse(message, one_of_text(rules.one_of));
  if (rules.compiled != nullptr && !RE2::PartialMatch({text.data(), text.size()}, *rules.compiled))
    return refuse(message, "must match " + std::string(rules.pattern));
  return true;
}

bool keeps_item_rules(const Rules& rules, std::size_t items, std::string* message) {
  return within(items, rules.items_min, rules.items_max, " items", message);
}

std::string must_be_one_of(const EnumNames& names) {
  std::vector<std::string_view> list;
  for (const auto& [name, number] : names.names) list.push_back(name);
  return one_of_text(list);
}

}  // namespace banyan::json

// Values of the gateway's configuration that several of its sections read: addresses, words, lists of texts, names.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/edit_distance.h"
#include "config/gateway_config.h"
#include "config/schema.h"

namespace banyan::schema_detail {

inline constexpr std::int64_t kKiB = 1024;
inline constexpr std::int64_t kMiB = 1024 * kKiB;
inline constexpr std::int64_t kGiB = 1024 * kMiB;
inline constexpr std::int64_t kTiB = 1024 * kGiB;
inline constexpr Duration kMillisecond = std::chrono::milliseconds(1);
inline constexpr Duration kHour = std::chrono::hours(1);

template <class T>
const T& defaults() {
  static const T object;
  return object;
}

std::optional<Address> read_address(std::string_view key, const YamlNode& node, Reading& reading);
// An address one can listen on.
std::optional<Address> read_own_address(std::string_view key, const YamlNode& node, Reading& reading);

// `expected` completes "must be ...".
std::optional<IpNetwork> read_network(std::string_view key, const YamlNode& node, std::string_view expected,
                                      Reading& reading);

template <auto M, auto Read>
void fill_address(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (auto address = Read(key.name, node, reading)) at<M>(object) = std::move(*address);
}

template <auto M, auto Read>
KeySpec address_key(std::string_view name, std::string_view about) {
  return {.name = name, .type = "address", .about = about, .required = true, .read = fill_address<M, Read>};
}

// One of a few words.
template <class T>
struct Choice {
  std::string_view word;
  T value;
};

template <class T, std::size_t N>
std::optional<T> read_choice(const KeySpec& key, const YamlNode& node, const std::array<Choice<T>, N>& choices,
                             Reading& reading) {
  const auto text = reading.text(key.name, node, key.bounds);
  if (!text) return std::nullopt;
  std::vector<std::string_view> words;
  for (const Choice<T>& choice : choices) {
    if (choice.word == *text) return choice.value;
    words.push_back(choice.word);
  }
  const std::string_view nearest = nearest_name(*text, words);
  reading.diagnostics.error(node.position, std::string(key.name) + ": unknown value '" + *text + "'",
                            nearest.empty() ? "write " + key.bounds : "did you mean '" + std::string(nearest) + "'?");
  return std::nullopt;
}

// Text values, one or a list of them, each checked by `Check`, which reports and answers false.
template <auto M, auto Check>
void read_texts(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  std::vector<std::string> texts;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "text or a list of texts");
    if (text && Check(*text, *item, reading)) texts.push_back(*text);
  }
  at<M>(object) = std::move(texts);
}

std::string show_texts(const std::vector<std::string>& texts);

// Whether `name` may name a cluster, a route or a part of a path; reports it where not.
bool is_name(std::string_view name);
void check_name(const std::string& what, const std::string& name, SourcePosition position, Reading& reading);

// The name of a colour.
template <auto M>
void read_colour(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "the name of a colour");
  if (!text) return;
  check_name("the colour", *text, node.position, reading);
  at<M>(object) = *text;
}

}  // namespace banyan::schema_detail

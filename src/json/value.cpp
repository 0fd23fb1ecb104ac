#include "json/value.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <tuple>

namespace banyan::json {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kAbsent:
      return "absent";
    case Kind::kNull:
      return "null";
    case Kind::kBoolean:
      return "boolean";
    case Kind::kNumber:
      return "number";
    case Kind::kString:
      return "string";
    case Kind::kArray:
      return "array";
    case Kind::kObject:
      return "object";
  }
  return "absent";
}

std::optional<bool> Value::to_bool() const {
  if (kind() != Kind::kBoolean) return std::nullopt;
  return node_->flag;
}

std::optional<std::string_view> Value::to_string() const {
  if (!is_string()) return std::nullopt;
  return slice();
}

std::string_view Value::number_text() const { return is_number() ? slice() : std::string_view(); }

std::optional<std::int64_t> Value::to_int64() const {
  if (!is_integer()) return std::nullopt;
  std::string_view digits = slice();
  std::int64_t result = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
  if (error != std::errc()) return std::nullopt;
  return result;
}

std::optional<double> Value::to_double() const {
  if (!is_number()) return std::nullopt;
  std::string_view digits = slice();
  double result = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
  // from_chars does not say in which direction a number is out of range; strtod does.
  if (error != std::errc()) return std::strtod(std::string(digits).c_str(), nullptr);
  return result;
}

std::size_t Value::size() const { return is_array() || is_object() ? node_->length : 0; }

Elements Value::elements() const {
  if (!is_array()) return {nullptr, nullptr, nullptr};
  return {node_ + 1, node_ + node_->span, text_};
}

Members Value::members() const {
  if (!is_object()) return {nullptr, nullptr, nullptr};
  return {node_ + 1, node_ + node_->span, text_};
}

Value Value::operator[](std::string_view key) const {
  Value found;
  for (const Member& member : members()) {
    if (member.key == key) found = member.value;
  }
  return found;
}

Value Value::at(std::size_t index) const {
  if (!is_array() || index >= size()) return {};
  const Node* element = node_ + 1;
  for (; index > 0; --index) element += element->span;
  return {element, text_};
}

// Code units of surrogate pairs (lead byte 0xF0 and above) come before U+E000 to U+FFFF (lead byte 0xEE and 0xEF);
// everything else is in byte order.
bool key_less(std::string_view a, std::string_view b) {
  auto [in_a, in_b] = std::ranges::mismatch(a, b);
  if (in_a == a.end() || in_b == b.end()) return a.size() < b.size();
  auto rank = [](char c) {
    int byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x100 : byte;
  };
  return rank(*in_a) < rank(*in_b);
}

std::vector<Member> sorted_members(Value object) {
  std::vector<Member> sorted;
  sorted.reserve(object.size());
  for (const Member& member : object.members()) sorted.push_back(member);
  // Equal keys in document order, which is the order of their addresses; the last of them stays.
  std::ranges::sort(sorted, [](const Member& a, const Member& b) {
    return a.key == b.key ? a.key.data() < b.key.data() : key_less(a.key, b.key);
  });
  auto rest = std::unique(sorted.rbegin(), sorted.rend(), [](auto& a, auto& b) { return a.key == b.key; });
  sorted.erase(sorted.begin(), rest.base());
  return sorted;
}

namespace {

void duplicates_of_object(Value object, std::size_t count_max, std::vector<DuplicateKey>& found) {
  struct Key {
    std::string_view text;
    std::size_t offset;
  };
  std::vector<Key> keys;
  keys.reserve(object.size());
  for (const Member& member : object.members()) {
    keys.push_back({member.key, static_cast<std::size_t>(member.key.data() - object.text())});
  }
  std::ranges::sort(keys,
                    [](const Key& a, const Key& b) { return std::tie(a.text, a.offset) < std::tie(b.text, b.offset); });
  for (std::size_t i = 1; i < keys.size() && found.size() < count_max; ++i) {
    if (keys[i].text == keys[i - 1].text) found.push_back({keys[i].text, keys[i].offset});
  }
}

}  // namespace

std::vector<DuplicateKey> find_duplicate_keys(Value root, std::size_t count_max) {
  std::vector<DuplicateKey> found;
  if (root.absent()) return found;
  const Node* end = root.node() + root.node()->span;
  for (const Node* node = root.node(); node != end && found.size() < count_max; ++node) {
    if (node->kind == Kind::kObject && node->length > 1) {
      duplicates_of_object(Value(node, root.text()), count_max, found);
    }
  }
  return found;
}

}  // namespace banyan::json

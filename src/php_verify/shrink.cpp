#include "php_verify/shrink.h"

#include <algorithm>
#include <cmath>

namespace banyan::php {

namespace {

using Values = std::vector<InputValue>;

void simpler_ints(std::int64_t value, Values& out) {
  out.push_back(InputValue::of_int(0));
  if (value < 0 && value != INT64_MIN) out.push_back(InputValue::of_int(-value));
  for (const std::int64_t by : {1000000, 1000, 10, 2}) out.push_back(InputValue::of_int(value / by));
  out.push_back(InputValue::of_int(value > 0 ? value - 1 : value + 1));
}

void simpler_floats(double value, Values& out) {
  out.push_back(InputValue::of_float(0));
  if (!std::isfinite(value)) return;
  out.push_back(InputValue::of_float(std::trunc(value)));
  out.push_back(InputValue::of_float(std::trunc(value / 2)));
  if (value < 0) out.push_back(InputValue::of_float(-value));
}

void simpler_strings(const std::string& text, Values& out) {
  const std::size_t size = text.size();
  out.push_back(InputValue::of_string(""));
  for (std::size_t part = size / 2; part > 0; part /= 2) {
    for (std::size_t at = 0; at < size; at += part) {
      out.push_back(InputValue::of_string(text.substr(0, at) + text.substr(std::min(at + part, size))));
    }
    if (size > 64 && part < size / 16) break;
  }
}

// A whole number in place of each key, a list in place of a map, and fewer or simpler elements.
void simpler_arrays(const InputValue& value, Values& out);

void simpler_values(const InputValue& value, Values& out) {
  switch (value.kind) {
    case ValueKind::kBool:
      if (value.integer != 0) out.push_back(InputValue::boolean(false));
      break;
    case ValueKind::kInt:
      if (value.integer != 0) simpler_ints(value.integer, out);
      break;
    case ValueKind::kFloat:
      simpler_floats(value.number, out);
      break;
    case ValueKind::kString:
      if (!value.text.empty()) simpler_strings(value.text, out);
      break;
    case ValueKind::kClosure:
      if (value.integer > 0) out.push_back({.kind = ValueKind::kClosure});
      break;
    case ValueKind::kArray:
    case ValueKind::kNew:
      simpler_arrays(value, out);
      break;
    case ValueKind::kNull:
    case ValueKind::kCase:
      break;
  }
}

void simpler_arrays(const InputValue& value, Values& out) {
  const bool is_array = value.kind == ValueKind::kArray;
  const std::size_t step = is_array ? 2 : 1;
  if (is_array && !value.items.empty()) {
    out.push_back(InputValue::list({}));
    Values elements;
    for (std::size_t i = 1; i < value.items.size(); i += 2) elements.push_back(value.items[i]);
    out.push_back(InputValue::list(std::move(elements)));
    for (std::size_t i = 0; i < value.items.size(); i += 2) {
      InputValue fewer = value;
      const auto at = fewer.items.begin() + static_cast<std::ptrdiff_t>(i);
      fewer.items.erase(at, at + 2);
      // A list stays one.
      bool was_list = true;
      for (std::size_t k = 0; k < value.items.size(); k += 2) {
        was_list = was_list && value.items[k] == InputValue::of_int(static_cast<std::int64_t>(k / 2));
      }
      for (std::size_t k = 0; was_list && k < fewer.items.size(); k += 2) {
        fewer.items[k] = InputValue::of_int(static_cast<std::int64_t>(k / 2));
      }
      out.push_back(std::move(fewer));
    }
  }
  for (std::size_t i = step - 1; i < value.items.size(); i += step) {
    Values inner;
    simpler_values(value.items[i], inner);
    for (InputValue& one : inner) {
      InputValue changed = value;
      changed.items[i] = std::move(one);
      out.push_back(std::move(changed));
    }
  }
}

std::size_t total_weight(const Values& values) {
  std::size_t out = values.size();
  for (const InputValue& value : values) out += weight(value);
  return out;
}

}  // namespace

std::vector<Values> simpler(const Values& arguments, std::size_t required, std::size_t count_max) {
  std::vector<Values> out;
  const std::size_t limit = total_weight(arguments);
  const auto add = [&](Values candidate) {
    if (total_weight(candidate) < limit) out.push_back(std::move(candidate));
  };
  if (arguments.size() > required) add(Values(arguments.begin(), arguments.end() - 1));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    Values steps;
    simpler_values(arguments[i], steps);
    for (InputValue& step : steps) {
      Values changed = arguments;
      changed[i] = std::move(step);
      add(std::move(changed));
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> order;
  for (std::size_t i = 0; i < out.size(); ++i) order.emplace_back(total_weight(out[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<Values> sorted;
  for (const auto& [heavy, i] : order) sorted.push_back(std::move(out[i]));
  out = std::move(sorted);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (out.size() > count_max) {
    // Some of the boldest steps, and the smallest ones, of which one usually works.
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(count_max / 2),
              out.end() - static_cast<std::ptrdiff_t>(count_max - count_max / 2));
  }
  return out;
}

}  // namespace banyan::php

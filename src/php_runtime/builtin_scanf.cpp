// sscanf(), after https://www.php.net/manual/en/function.sscanf.php and its observable behaviour: white space in the
// format takes any, other bytes take themselves, and conversions give values until one does not fit.
#include <algorithm>
#include <map>

#include "php_runtime/builtin.h"
#include "php_runtime/place.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

using Set = Bytes;

class Scanner {
 public:
  Scanner(std::string_view text, std::string_view format) : text_(text), format_(format) {}

  // Goes over the format alone: how many values its conversions give. Throws where one is none.
  Int count_slots() {
    Int slots = 0;
    while (at_ < format_.size()) {
      if (format_[at_++] != '%') continue;
      if (at_ < format_.size() && format_[at_] == '%') {
        ++at_;
        continue;
      }
      const Int slot = head();
      const char c = letter();
      Set set;
      if (c == '[' && !read_set(set)) throw_value_error("Unmatched [ in format string");
      if (c != '[' && !has("ndDioxXufeEgsc", c)) {
        throw_value_error("Bad scan conversion character \"" + std::string(1, c) + "\"");
      }
      if (!discards_) slots = std::max(slots, (slot < 0 ? order_++ : slot) + 1);
    }
    return slots;
  }

  void run() {
    while (at_ < format_.size()) {
      const char c = letter();
      if (is_space(c)) {
        skip_space();
        continue;
      }
      if (c == '%' && at_ < format_.size() && format_[at_] != '%') {
        if (!convert()) return;
        continue;
      }
      if (c == '%') ++at_;
      if (next_ >= text_.size()) {
        ended_ = true;
        return;
      }
      if (text_[next_] != c) return;
      ++next_;
    }
  }

  // Whether the text ended before anything was found.
  bool found_nothing() const { return ended_ && count_ == 0; }
  Int count() const { return count_; }
  const Value* value(Int slot) const {
    const auto it = values_.find(slot);
    return it == values_.end() ? nullptr : &it->second;
  }

 private:
  char letter() { return at_ < format_.size() ? format_[at_++] : '\0'; }
  void skip_space() {
    while (next_ < text_.size() && is_space(text_[next_])) ++next_;
  }

  // -1 where there are none.
  Int digits() {
    if (at_ >= format_.size() || !is_ascii_digit(format_[at_])) return -1;
    Int out = 0;
    for (; at_ < format_.size() && is_ascii_digit(format_[at_]); ++at_) {
      out = std::min<Int>(out * 10 + (format_[at_] - '0'), INT32_MAX);
    }
    return out;
  }

  // What stands between % and the letter; gives the slot of the value, -1 for the next one.
  Int head() {
    discards_ = at_ < format_.size() && format_[at_] == '*';
    if (discards_) ++at_;
    width_ = 0;
    Int slot = -1;
    const Int number = digits();
    if (number >= 0 && at_ < format_.size() && format_[at_] == '$') {
      ++at_;
      slot = number - 1;
      width_ = index(std::max<Int>(digits(), 0));
    } else if (number >= 0) {
      width_ = index(number);
    }
    while (at_ < format_.size() && has("hlL", format_[at_])) ++at_;
    return slot;
  }

  // The bytes of %[...], of which the first may be ].
  bool read_set(Set& out) {
    const bool negated = at_ < format_.size() && format_[at_] == '^';
    if (negated) ++at_;
    const std::size_t end = at_ < format_.size() ? format_.find(']', at_ + 1) : format_.npos;
    if (end == format_.npos) return false;
    for (; at_ < end; ++at_) {
      const unsigned first = byte_at(format_, at_);
      const bool is_range = at_ + 2 < end && format_[at_ + 1] == '-';
      const unsigned last = is_range ? byte_at(format_, at_ + 2) : first;
      for (unsigned c = first; c <= last; ++c) out.in[c] = true;
      if (is_range) at_ += 2;
    }
    ++at_;
    if (negated) {
      for (bool& one : out.in) one = !one;
    }
    return true;
  }

  // One conversion; false where the text does not fit.
  bool convert() {
    Int slot = head();
    const char c = letter();
    Set set;
    if (c == '[') read_set(set);
    if (slot < 0 && !discards_) slot = order_++;
    if (c != 'n' && c != 'c' && c != '[') skip_space();
    if (c != 'n' && next_ >= text_.size()) {
      ended_ = true;
      return false;
    }
    Value v;
    if (!take_value(c, set, v)) return false;
    if (discards_) return true;
    values_[slot] = std::move(v);
    ++count_;
    return true;
  }

  template <class Fits>
  String take(Fits fits) {
    const std::size_t start = next_;
    while (next_ < text_.size() && (width_ == 0 || next_ - start < width_) && fits(text_[next_])) ++next_;
    return text_.substr(start, next_ - start);
  }

  bool take_value(char c, const Set& set, Value& out) {
    switch (c) {
      case 'n':
        out = next_;
        return true;
      case 's':
        out = take([](char one) { return !is_space(one); });
        return true;
      case 'c':
        if (width_ == 0) width_ = 1;
        out = take([](char) { return true; });
        return true;
      case '[':
        out = take([&](char one) { return set.has(one); });
        return !out.as_string().empty();
      case 'f':
      case 'e':
      case 'E':
      case 'g':
        return take_float(out);
      default:
        return take_integer(c, out);
    }
  }

  bool take_float(Value& out) {
    std::string_view rest = text_.substr(next_);
    if (width_ > 0) rest = rest.substr(0, width_);
    std::size_t end = !rest.empty() && has("+-", rest[0]) ? 1 : 0;
    std::size_t mantissa = 0;
    for (bool point = false; end < rest.size(); ++end) {
      if (is_ascii_digit(rest[end])) {
        ++mantissa;
      } else if (rest[end] == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (mantissa == 0) return false;
    if (end < rest.size() && has("eE", rest[end])) {
      std::size_t exponent = end + 1;
      if (exponent < rest.size() && has("+-", rest[exponent])) ++exponent;
      const std::size_t begin = exponent;
      while (exponent < rest.size() && is_ascii_digit(rest[exponent])) ++exponent;
      if (exponent > begin) end = exponent;
    }
    out = string_to_float(rest.substr(0, end));
    next_ += end;
    return true;
  }

  bool take_integer(char c, Value& out) {
    int base = c == 'i' ? 0 : c == 'o' ? 8 : has("xX", c) ? 16 : 10;
    const std::size_t start = next_;
    const bool negative = text_[next_] == '-';
    if (negative || text_[next_] == '+') ++next_;
    if (base == 0 || base == 16) {
      const std::string_view rest = text_.substr(next_, 3);
      if (rest.size() == 3 && rest[0] == '0' && has("xX", rest[1]) && digit_value(rest[2]) < 16) {
        base = 16;
        next_ += 2;
      } else if (base == 0) {
        base = rest.starts_with('0') ? 8 : 10;
      }
    }
    const std::size_t begin = next_;
    Int n = 0;
    bool overflows = false;
    while (next_ < text_.size() && (width_ == 0 || next_ - start < width_) && digit_value(text_[next_]) < base) {
      const Int digit = digit_value(text_[next_++]);
      overflows = overflows || __builtin_mul_overflow(n, Int{base}, &n) ||
                  __builtin_add_overflow(n, negative ? -digit : digit, &n);
    }
    if (next_ == begin) {
      next_ = start;
      return false;
    }
    if (overflows) n = negative ? INT64_MIN : INT64_MAX;
    out = n;
    if (c == 'u' && n < 0) out = String(std::to_string(static_cast<std::uint64_t>(n)));
    return true;
  }

  std::string_view text_, format_;
  std::size_t at_ = 0, next_ = 0;  // in the format, in the text
  std::size_t width_ = 0;          // 0: any
  Int order_ = 0;                  // the next slot without a number
  Int count_ = 0;
  bool discards_ = false;
  bool ended_ = false;
  std::map<Int, Value> values_;
};

}  // namespace

// Without places an array with null for what was not there, or null where the text ended first; with them how many were
// set, or -1.
Value sscanf(const Value& given, const Value& shape, Many<PlaceOrValue> places) {
  const String text = param_string(given, "sscanf(): Argument #1 ($string)");
  return scan_text(text, param_string(shape, "sscanf(): Argument #2 ($format)"), places);
}

Value scan_text(std::string_view text, std::string_view format, Many<PlaceOrValue> places) {
  const Int slots = Scanner(text, format).count_slots();
  if (!places.empty() && slots < static_cast<Int>(places.size())) {
    throw_value_error("Variable is not assigned by any conversion specifiers");
  }
  if (!places.empty() && slots > static_cast<Int>(places.size())) {
    throw_value_error("Different numbers of variable names and field specifiers");
  }
  Scanner scanner(text, format);
  scanner.run();
  if (places.empty()) {
    if (scanner.found_nothing()) return {};
    Array out;
    for (Int i = 0; i < slots; ++i) {
      const Value* found = scanner.value(i);
      out.append(found == nullptr ? Value() : *found);
    }
    return out;
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    Value& place = places[i].place.deref();
    if (const Value* found = scanner.value(static_cast<Int>(i))) {
      place = *found;
    } else if (place.is_undefined()) {
      place = Value();
    }
  }
  return scanner.found_nothing() ? -1 : scanner.count();
}

}  // namespace banyan::php_runtime

// pack() and unpack(), after https://www.php.net/manual/en/function.pack.php.
#include <algorithm>
#include <bit>
#include <cstring>

#include "php_runtime/builtin_encoding.h"
#include "php_runtime/builtin_strings.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// One code of a format: a count of -1 repeats for *, 1 where nothing is said.
struct Code {
  char code;
  Int count = 1;
  std::string_view name;
};

std::vector<Code> parse_format(std::string_view format, bool named) {
  std::vector<Code> all;
  for (std::size_t i = 0; i < format.size();) {
    Code c{format[i++], 1, {}};
    if (i < format.size() && format[i] == '*') {
      c.count = -1;
      ++i;
    } else {
      const std::size_t start = i;
      while (i < format.size() && is_ascii_digit(format[i])) ++i;
      if (i > start) c.count = string_to_int(format.substr(start, i - start));
    }
    if (named) {
      c.name = format.substr(i, format.find('/', i) - i);
      i += c.name.size() + 1;
    }
    all.push_back(c);
  }
  return all;
}

// The bytes of the codes for numbers, 0 for others.
std::size_t size_of(char code) {
  if (has("cC", code)) return 1;
  if (has("sSnv", code)) return 2;
  if (has("iIlLNVfgG", code)) return 4;
  return has("qQJPdeE", code) ? 8 : 0;
}

bool is_text(char code) { return has("aAZhH", code); }

// The number's bytes in the order of the code, or back.
std::string ordered(char code, std::uint64_t bits) {
  std::string out(reinterpret_cast<const char*>(&bits), size_of(code));
  if (has("nNJGE", code)) std::reverse(out.begin(), out.end());
  return out;
}

std::uint64_t bits_of(char code, std::string_view bytes) {
  std::string in(bytes);
  if (has("nNJGE", code)) std::reverse(in.begin(), in.end());
  std::uint64_t bits = 0;
  std::memcpy(&bits, in.data(), in.size());
  return bits;
}

std::string type(char code) { return concat({"Type ", std::string_view(&code, 1)}); }

// How many of n arguments the codes take; n where there are too few or a code is unknown.
Int uses(const std::vector<Code>& codes, Int n) {
  Int used = 0;
  for (const Code& c : codes) {
    if (is_text(c.code)) {
      ++used;
    } else if (!has("xX@", c.code)) {
      if (size_of(c.code) == 0 || c.count < 0) return n;
      used += c.count;
    }
  }
  return std::min(used, n);
}

class Packer {
 public:
  Packer(const std::vector<Code>& codes, Arguments values) : codes_(codes), values_(values) {}

  String run() {
    for (const Code& c : codes_) one(c);
    return out_;
  }

 private:
  void one(const Code& c) {
    const std::size_t count = index(std::max<Int>(c.count, 0));
    if (count > index(kStringBytesMax)) out_of_memory();
    if (is_text(c.code)) {
      const String s = to_string(take(c.code));
      out_ += has("hH", c.code) ? hex(c, s) : text(c, s);
    } else if (c.code == 'x') {
      out_.append(count, '\0');
    } else if (c.code == 'X') {
      out_.resize(out_.size() - std::min(out_.size(), count));
    } else if (c.code == '@') {
      out_.resize(count, '\0');
    } else {
      numbers(c);
    }
  }

  Value take(char code) {
    if (next_ >= values_.size()) throw_value_error(type(code) + ": not enough arguments");
    return values_[next_++].deref();
  }

  void numbers(const Code& c) {
    if (size_of(c.code) == 0) throw_value_error(type(c.code) + ": unknown format code");
    const Int left = static_cast<Int>(values_.size() - next_);
    if (c.count > left) throw_value_error(type(c.code) + ": too few arguments");
    for (Int n = c.count < 0 ? left : c.count; n > 0; --n) out_ += ordered(c.code, number(c.code, take(c.code)));
  }

  static std::uint64_t number(char code, const Value& v) {
    if (has("fgG", code)) return std::bit_cast<std::uint32_t>(narrowed(to_float(v)));
    if (has("deE", code)) return std::bit_cast<std::uint64_t>(to_float(v));
    return static_cast<std::uint64_t>(to_int(v));
  }

#if defined(__clang__)
  __attribute__((no_sanitize("float-cast-overflow")))
#endif
  static float
  narrowed(double f) {
    return static_cast<float>(f);
  }

  static std::string text(const Code& c, std::string_view s) {
    std::size_t size = c.count < 0 ? s.size() + (c.code == 'Z' ? 1 : 0) : index(c.count);
    std::string out(s.substr(0, c.code == 'Z' && size > 0 ? size - 1 : size));
    out.resize(size, c.code == 'A' ? ' ' : '\0');
    return out;
  }

  static std::string hex(const Code& c, std::string_view s) {
    std::size_t n = c.count < 0 ? s.size() : index(c.count);
    if (n > s.size()) {
      warn_function("pack", type(c.code) + ": not enough characters in string");
      n = s.size();
    }
    std::string out((n + 1) / 2, '\0');
    for (std::size_t i = 0; i < n; ++i) {
      int d = digit_value(s[i]);
      if (d > 15) {
        warn_function("pack", concat({type(c.code), ": illegal hex digit ", s.substr(i, 1)}));
        d = 0;
      }
      if ((i % 2 == 0) == (c.code == 'H')) d <<= 4;
      out[i / 2] = static_cast<char>(out[i / 2] | d);
    }
    return out;
  }

  const std::vector<Code>& codes_;
  Arguments values_;
  std::size_t next_ = 0;
  std::string out_;
};

}  // namespace

String pack(const String& format, Arguments values) {
  const std::vector<Code> codes = parse_format(format, false);
  const Int given = static_cast<Int>(values.size());
  if (const Int used = uses(codes, given); used < given) {
    warn_function("pack", concat({std::to_string(given - used), " arguments unused"}));
  }
  return Packer(codes, values).run();
}

namespace {

class Unpacker {
 public:
  Unpacker(std::string_view text, std::size_t offset) : text_(text), offset_(offset), at_(offset) {}

  // False with PHP's warning where the text is too short.
  bool one(const Code& c) {
    const std::size_t count = index(std::max<Int>(c.count, 0));
    if (is_text(c.code)) return text(c, count);
    if (c.code == 'x') {
      for (std::size_t i = 0; i < count; ++i) {
        if (!enough(c.code, 1)) return false;
        ++at_;
      }
      return true;
    }
    if (c.code == 'X') {
      at_ -= std::min(at_, count);
      return true;
    }
    if (c.code == '@') {
      at_ = std::min(offset_ + count, text_.size());
      return true;
    }
    return numbers(c);
  }
  Array out;

 private:
  bool enough(char code, std::size_t need) const {
    const std::size_t left = text_.size() - at_;
    if (need <= left) return true;
    warn_function("unpack", concat({type(code), ": not enough input, need ", std::to_string(need), ", have ",
                                    std::to_string(left)}));
    return false;
  }

  bool text(const Code& c, std::size_t count) {
    const bool hex = has("hH", c.code);
    const std::size_t n = c.count < 0 ? text_.size() - at_ : hex ? (count + 1) / 2 : count;
    if (!enough(c.code, n)) return false;
    put(c, 1, false, unpacked(c, text_.substr(at_, n)));
    at_ += n;
    return true;
  }

  bool numbers(const Code& c) {
    const std::size_t size = size_of(c.code);
    if (size == 0) throw_value_error(concat({"Invalid format type ", std::string_view(&c.code, 1)}));
    for (Int i = 1; c.count < 0 ? at_ + size <= text_.size() : i <= c.count; ++i) {
      if (!enough(c.code, size)) return false;
      put(c, i, c.count != 1, number(c.code, text_.substr(at_, size)));
      at_ += size;
    }
    return true;
  }

  void put(const Code& c, Int i, bool many, const Value& v) {
    std::string name(c.name);
    if (name.empty() || many) name += std::to_string(i);
    out.set_text(name, v);
  }

  static Value unpacked(const Code& c, std::string_view s) {
    if (c.code == 'A') return trim_right(s, std::string_view("\0\t\r\n ", 5));
    if (c.code == 'Z') return c_string(s);
    if (c.code == 'a') return s;
    std::string digits = bin2hex(s).str();
    for (std::size_t i = 0; c.code == 'h' && i + 1 < digits.size(); i += 2) std::swap(digits[i], digits[i + 1]);
    if (c.count >= 0 && index(c.count) < digits.size()) digits.resize(index(c.count));
    return digits;
  }

  static Value number(char code, std::string_view bytes) {
    const std::uint64_t bits = bits_of(code, bytes);
    switch (code) {
      case 'c':
        return Int{static_cast<std::int8_t>(bits)};
      case 's':
        return Int{static_cast<std::int16_t>(bits)};
      case 'i':
      case 'l':
        return Int{static_cast<std::int32_t>(bits)};
      default:
        if (has("fgG", code)) return double{std::bit_cast<float>(static_cast<std::uint32_t>(bits))};
        if (has("deE", code)) return std::bit_cast<double>(bits);
        return static_cast<Int>(bits);
    }
  }

  std::string_view text_;
  std::size_t offset_;
  std::size_t at_;
};

}  // namespace

std::optional<Array> unpack(const String& format, const String& s, Int offset) {
  if (offset < 0 || offset > length_of(s)) {
    bad_argument("unpack", 3, "offset", "must be contained in argument #2 ($data)");
  }
  Unpacker unpacker(s, index(offset));
  for (const Code& c : parse_format(format, true)) {
    if (!unpacker.one(c)) return std::nullopt;
  }
  return unpacker.out;
}

}  // namespace banyan::php_runtime

// PHP's strings: bytes, shared until one of the holders writes, appended to in amortised constant time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "php_runtime/counted.h"

namespace banyan::php_runtime {

class String {
 public:
  String() = default;
  String(std::string_view bytes) : body_(make(bytes)) {}
  String(const char* text) : String(std::string_view(text)) {}
  String(const std::string& text) : String(std::string_view(text)) {}
  String(const String& other) : body_(other.body_) {
    if (body_ != nullptr) ++body_->holders;
  }
  String(String&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  String& operator=(String other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~String() {
    if (body_ != nullptr && --body_->holders == 0) free_body(body_);
  }

  std::size_t size() const { return body_ == nullptr ? 0 : body_->size; }
  bool empty() const { return size() == 0; }
  // Ends with a zero byte.
  const char* data() const { return body_ == nullptr ? "" : body_->bytes(); }
  std::string_view view() const { return {data(), size()}; }
  operator std::string_view() const { return view(); }
  std::string str() const { return std::string(view()); }
  const char* begin() const { return data(); }
  const char* end() const { return data() + size(); }
  char operator[](std::size_t i) const { return data()[i]; }
  String substr(std::size_t at, std::size_t count = std::string_view::npos) const { return {view().substr(at, count)}; }

  String& append(std::string_view bytes);
  String& operator+=(std::string_view bytes) { return append(bytes); }
  String& operator+=(char c) { return append({&c, 1}); }
  void push_back(char c) { append({&c, 1}); }
  void reserve(std::size_t bytes);
  // The bytes to write into, which are the string's own; valid until it is next copied or appended to.
  char* writable();
  // `count` bytes that are to be written at once.
  static String uninitialized(std::size_t count);
  void resize(std::size_t count, char fill = '\0');

  friend String operator+(const String& a, std::string_view b) {
    String out;
    out.reserve(a.size() + b.size());
    return std::move(out.append(a).append(b));
  }
  friend String operator+(String&& a, std::string_view b) { return std::move(a.append(b)); }
  friend String operator+(std::string_view a, const String& b) {
    String out;
    out.reserve(a.size() + b.size());
    return std::move(out.append(a).append(b));
  }
  friend String operator+(const String& a, const String& b) { return a + b.view(); }
  friend String operator+(String&& a, const String& b) { return std::move(a.append(b)); }
  friend String operator+(const char* a, const String& b) { return std::string_view(a) + b; }
  friend String operator+(const String& a, const char* b) { return a + std::string_view(b); }
  friend String operator+(String&& a, const char* b) { return std::move(a.append(b)); }
  friend String operator+(const String& a, const std::string& b) { return a + std::string_view(b); }
  friend String operator+(String&& a, const std::string& b) { return std::move(a.append(b)); }
  friend String operator+(const std::string& a, const String& b) { return std::string_view(a) + b; }
  friend bool operator==(const String& a, const String& b) { return a.body_ == b.body_ || a.view() == b.view(); }
  friend bool operator==(const String& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const String& a, const char* b) { return a.view() == b; }
  friend auto operator<=>(const String& a, const String& b) { return a.view() <=> b.view(); }

  // For Value alone: the body, whose count moves along.
  struct Body : Counted {
    std::size_t size = 0;
    std::size_t capacity = 0;
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
  };
  Body* detach() { return std::exchange(body_, nullptr); }
  static String adopt(Body* body) {
    String out;
    out.body_ = body;
    return out;
  }
  static void free_body(Body* body);

 private:
  static Body* make(std::string_view bytes);
  static Body* allocate(std::size_t capacity);

  Body* body_ = nullptr;  // null: no bytes
};

// "abc"_s, which may hold zero bytes.
inline namespace literals {
inline String operator""_s(const char* text, std::size_t size) { return {std::string_view(text, size)}; }
}  // namespace literals

}  // namespace banyan::php_runtime

// What values of PHP share: a body with a count of its holders. The count is not atomic: one thread of control owns the
// values of a request.
#pragma once

#include <cstdint>
#include <utility>

namespace banyan::php_runtime {

struct Counted {
  std::uint32_t holders = 1;
};

// A counted pointer to T, which derives from Counted; `release(T*)`, found by argument-dependent lookup, ends a body
// that nobody holds any more.
template <class T>
class Ptr {
 public:
  Ptr() = default;
  Ptr(std::nullptr_t) {}
  // Takes over one count, which the caller has.
  static Ptr adopt(T* body) {
    Ptr out;
    out.body_ = body;
    return out;
  }
  // Shares it.
  explicit Ptr(T* body) : body_(body) {
    if (body_ != nullptr) ++body_->holders;
  }
  Ptr(const Ptr& other) : Ptr(other.body_) {}
  Ptr(Ptr&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  template <class U>
  Ptr(const Ptr<U>& other)
    requires std::is_convertible_v<U*, T*>
      : Ptr(static_cast<T*>(other.get())) {}
  Ptr& operator=(Ptr other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~Ptr() {
    if (body_ != nullptr && --body_->holders == 0) release(body_);
  }
  T* get() const { return body_; }
  T* operator->() const { return body_; }
  T& operator*() const { return *body_; }
  explicit operator bool() const { return body_ != nullptr; }
  bool operator==(const Ptr& other) const { return body_ == other.body_; }
  // Gives its count away.
  T* detach() { return std::exchange(body_, nullptr); }

 private:
  T* body_ = nullptr;
};

}  // namespace banyan::php_runtime

#include "php_runtime/string.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace banyan::php_runtime {

String::Body* String::allocate(std::size_t capacity) {
  void* memory = std::malloc(sizeof(Body) + capacity + 1);
  if (memory == nullptr) std::abort();
  Body* body = new (memory) Body;
  body->capacity = capacity;
  body->bytes()[0] = '\0';
  return body;
}

void String::free_body(Body* body) { std::free(body); }

String::Body* String::make(std::string_view bytes) {
  if (bytes.empty()) return nullptr;
  Body* body = allocate(bytes.size());
  std::memcpy(body->bytes(), bytes.data(), bytes.size());
  body->bytes()[bytes.size()] = '\0';
  body->size = bytes.size();
  return body;
}

void String::reserve(std::size_t bytes) {
  if (body_ != nullptr && body_->holders == 1 && body_->capacity >= bytes) return;
  if (body_ == nullptr && bytes == 0) return;
  Body* made = allocate(std::max(bytes, size()));
  std::memcpy(made->bytes(), data(), size());
  made->size = size();
  made->bytes()[made->size] = '\0';
  *this = adopt(made);
}

String& String::append(std::string_view bytes) {
  if (bytes.empty()) return *this;
  const std::size_t wanted = size() + bytes.size();
  if (body_ == nullptr || body_->holders > 1 || body_->capacity < wanted) {
    const String kept = *this;  // `bytes` may be the string's own
    Body* made = allocate(body_ == nullptr ? wanted : std::max(wanted, size() + size() / 2 + 16));
    std::memcpy(made->bytes(), data(), size());
    std::memcpy(made->bytes() + size(), bytes.data(), bytes.size());
    made->size = wanted;
    made->bytes()[wanted] = '\0';
    *this = adopt(made);
    return *this;
  }
  std::memmove(body_->bytes() + body_->size, bytes.data(), bytes.size());
  body_->size = wanted;
  body_->bytes()[wanted] = '\0';
  return *this;
}

char* String::writable() {
  if (body_ == nullptr || body_->holders > 1) {
    Body* made = allocate(size());
    std::memcpy(made->bytes(), data(), size());
    made->size = size();
    made->bytes()[made->size] = '\0';
    *this = adopt(made);
  }
  return body_->bytes();
}

String String::uninitialized(std::size_t count) {
  Body* made = allocate(count);
  made->size = count;
  made->bytes()[count] = '\0';
  return adopt(made);
}

void String::resize(std::size_t count, char fill) {
  const std::size_t before = size();
  reserve(count);
  char* bytes = writable();
  if (count > before) std::memset(bytes + before, fill, count - before);
  body_->size = count;
  bytes[count] = '\0';
}

}  // namespace banyan::php_runtime

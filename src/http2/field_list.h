// Fields as nghttp2 wants them: pairs of pointers, names in lower case. Lives until they have been submitted.
#pragma once

#include <nghttp2/nghttp2.h>

#include <string>
#include <string_view>
#include <vector>

#include "http/fields.h"

namespace banyan {

class FieldList {
 public:
  // Room for `fields`, and for a few more.
  explicit FieldList(const Fields& fields) {
    std::size_t bytes = 0;
    for (const Fields::Entry& entry : fields) bytes += entry.name.size();
    names_.reserve(bytes);
    list_.reserve(fields.size() + 6);
  }
  // `name` in lower case. The bytes of both must live as long as the list.
  void add(std::string_view name, std::string_view value) {
    list_.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                     reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                     NGHTTP2_NV_FLAG_NONE});
  }
  // Of the fields given to the constructor, one.
  void add(const Fields::Entry& entry) {
    const std::size_t begin = names_.size();
    for (const char c : entry.name) names_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    add(std::string_view(names_).substr(begin), entry.value);
  }
  void add_all(const Fields& fields) {
    for (const Fields::Entry& entry : fields) add(entry);
  }
  const nghttp2_nv* data() const { return list_.data(); }
  std::size_t size() const { return list_.size(); }

 private:
  std::string names_;
  std::vector<nghttp2_nv> list_;
};

}  // namespace banyan

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
  explicit FieldList(const Fields& fields);
  // `name` in lower case and a literal, for nghttp2 keeps no copy of it; the bytes of `value` must live as long as the
  // list.
  void add(std::string_view name, std::string_view value) { push(name, value, NGHTTP2_NV_FLAG_NO_COPY_NAME); }
  // Of the fields given to the constructor, one.
  void add(const Fields::Entry& entry);
  void add_all(const Fields& fields) {
    for (const Fields::Entry& entry : fields) add(entry);
  }
  const nghttp2_nv* data() const { return list_.data(); }
  std::size_t size() const { return list_.size(); }

 private:
  void push(std::string_view name, std::string_view value, int flags);

  std::string names_;  // of the fields nobody knows
  std::vector<nghttp2_nv> list_;
};

}  // namespace banyan

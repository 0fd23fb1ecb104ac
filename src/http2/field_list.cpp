#include "http2/field_list.h"

#include "base/ascii.h"

namespace banyan {
namespace {

// Another value in each message: in the peer's table of fields they would only push out what comes again.
bool never_comes_again(FieldId id) { return id == FieldId::kXRequestId || id == FieldId::kTraceparent; }

}  // namespace

FieldList::FieldList(const Fields& fields) {
  std::size_t bytes = 0;
  for (const Fields::Entry& entry : fields) bytes += entry.id == FieldId::kOther ? entry.name.size() : 0;
  names_.reserve(bytes);
  list_.reserve(fields.size() + 6);
}

void FieldList::push(std::string_view name, std::string_view value, int flags) {
  list_.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                   reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                   static_cast<std::uint8_t>(flags)});
}

void FieldList::add(const Fields::Entry& entry) {
  if (entry.id != FieldId::kOther) {
    const int index = never_comes_again(entry.id) ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
    push(lower_field_name(entry.id), entry.value, NGHTTP2_NV_FLAG_NO_COPY_NAME | index);
    return;
  }
  const std::size_t begin = names_.size();
  for (const char c : entry.name) names_ += ascii_lower(c);
  push(std::string_view(names_).substr(begin), entry.value, NGHTTP2_NV_FLAG_NONE);
}

}  // namespace banyan

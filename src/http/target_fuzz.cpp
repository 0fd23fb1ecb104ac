// Whatever the bytes: no crash; a normal path holds no dot segment, no empty segment, no control character, and stays
// as it is when made normal again; decoding undoes encoding.
#include "http/target.h"

#include <cstdint>
#include <string>

#include "base/check.h"

namespace {

using namespace banyan;

void check_normal(std::string_view path) {
  const std::string closed = std::string(path) + (path.ends_with('/') ? "" : "/");
  BANYAN_CHECK(closed.starts_with('/') && closed.find("//") == std::string::npos);
  BANYAN_CHECK(closed.find("/./") == std::string::npos && closed.find("/../") == std::string::npos);
  for (const char c : closed) BANYAN_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '\\');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string out;
  std::string again;
  if (const auto path = normalize_path(text, PathForm::kRouting, out)) {
    check_normal(*path);
    BANYAN_CHECK(normalize_path(*path, PathForm::kRouting, again).value() == *path);
  }
  if (const auto path = normalize_path(text, PathForm::kFilesystem, out)) check_normal(*path);
  std::string encoded;
  std::string decoded;
  percent_encode(text, encoded);
  BANYAN_CHECK(percent_decode(encoded, decoded) && decoded == text);
  std::string form;
  form_encode(text, form);
  BANYAN_CHECK(form_equals(form, text));
  decoded.clear();
  form_decode(text, decoded);
  BANYAN_CHECK(form_equals(text, decoded));
  QueryReader reader(text);
  QueryParameter parameter;
  while (reader.next(parameter)) BANYAN_CHECK(parameter.name.size() + parameter.value.size() <= text.size());
  return 0;
}

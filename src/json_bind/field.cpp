#include "json_bind/field.h"

#include <re2/re2.h>

#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "json/write.h"

namespace banyan::json {
namespace {

[[noreturn]] void refuse(std::string_view type, std::string_view field, const std::string& why) {
  std::fprintf(stderr, "json: field '%.*s' of %.*s: %s\n", static_cast<int>(field.size()), field.data(),
               static_cast<int>(type.size()), type.data(), why.c_str());
  std::abort();
}

}  // namespace

void prepare(Field& field) {
  field.key.clear();
  append_string(field.key, field.name);
  field.key += ':';
  if (field.rules.pattern.empty() || field.rules.compiled != nullptr) return;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<RE2>(field.rules.pattern, options);
  if (!compiled->ok()) refuse("a struct", field.name, "the pattern is none: " + compiled->error());
  field.rules.compiled = std::move(compiled);
}

ObjectType::ObjectType(std::string_view name, Fields fields) : fields_(std::move(fields)) {
  BANYAN_CHECK(fields_.size() <= kFieldsMax);
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (search(fields_[i].name) != i) refuse(name, fields_[i].name, "stands twice");
    prepare(fields_[i]);
  }
}

std::size_t ObjectType::search(std::string_view name) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name == name) return i;
  }
  return kFieldsMax;
}

}  // namespace banyan::json

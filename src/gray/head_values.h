// The values of a request that has come in, for rules and sticky keys: read from its head only when one is asked for.
#pragma once

#include <string_view>

#include "expression/request_value.h"
#include "http/request_head.h"

namespace banyan {

class HeadValues final : public RequestValues {
 public:
  // `client` is its address without port, `path` the normalised path. All must outlive this.
  HeadValues(const RequestHead& head, std::string_view path, std::string_view client)
      : head_(head), path_(path), client_(client) {}

  // A field given several times has its first value, as a parameter and a cookie have. A cookie's value is what is
  // between '=' and ';', without quotes around it; a parameter's is decoded. A
  // claim is one of the token in `Authorization: Bearer`, whose signature nobody has verified here: whoever sends it
  // may have written what they like.
  std::optional<std::string_view> find(const ValueName& name, std::string& scratch) const override;

 private:
  const RequestHead& head_;
  std::string_view path_;
  std::string_view client_;
};

// The first cookie of that name; "" where there is none.
std::string_view cookie_value(const Fields& fields, std::string_view name);
// Whether there are several of that name: whoever reads them too may take another one.
bool is_repeated_cookie(const Fields& fields, std::string_view name);

}  // namespace banyan

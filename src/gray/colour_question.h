// "Which version would this request get?": asked in words by `banyan colour` and by GET /colour, answered by the code
// that decides for the gateway. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/gateway_config.h"

namespace banyan {

struct ColourQuestion {
  std::string route;               // its id
  std::vector<std::string> keys;   // "header:x-user-id=42", "ip=192.0.2.1"
  std::optional<std::string> tag;  // the colour the request comes with
  std::optional<std::string> at;   // "2026-12-01T09:00", in UTC
  std::int64_t now_unix_s = 0;     // where `at` is not given
  std::int64_t moved = 0;          // of a route that migrates: what its new side answers, in hundredths of a percent
};

enum class ColourAnswer : unsigned char { kText, kJson };

// As explain_text() or explain_json() have it, with a newline at the end. Errors: kInvalidArgument, beginning with the
// name of the part that is wrong ("key: ...", "route: ...", "tag: ...", "at: ...").
Result<std::string> answer_colour(const GatewayConfig& config, const ColourQuestion& question, ColourAnswer form);

}  // namespace banyan

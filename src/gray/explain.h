// Why a request gets the target it gets, in words and as JSON: what `banyan colour` prints.
#pragma once

#include <map>
#include <string>

#include "gray/gray_program.h"

namespace banyan {

// The values of a request that nobody sent, by "header:x-user-id" and the like.
class GivenValues final : public RequestValues {
 public:
  // An empty value counts as absent, as in a request.
  void set(const ValueName& name, std::string value) { values_[name.text()] = std::move(value); }
  std::optional<std::string_view> find(const ValueName& name, std::string& scratch) const override;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// A decision and what it was taken from. All must live as long as this.
struct Explained {
  const GatewayConfig& config;
  const RouteConfig& route;  // with a split
  const GrayProgram& program;
  const RequestValues& values;
  const GrayInput& input;
  GrayDecision decision;
};

// Lines of text, the last with a newline.
std::string explain_text(const Explained& explained);
// One object, without a newline: route, colour, cluster, decided_by ("colour", "always", "rule", "key" or "chance"),
// rule, key, salt, bucket, buckets, shares, kept_away, lane, endpoints.
std::string explain_json(const Explained& explained);

}  // namespace banyan

// Who gets which version, as the configuration says it: sticky keys, rules, exceptions, colours. See docs/gray.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/ip_network.h"
#include "expression/expression.h"
#include "traffic/sticky_split.h"
#include "traffic/time_window.h"

namespace banyan {

// `gray:` at the top level.
struct GraySection {
  std::vector<IpNetwork> trust;  // whose colour is believed
  bool trust_unix = false;       // that of clients of unix sockets too
  std::string header = "x-gray-tag";
};

struct StickyConfig {
  SourcePosition position;
  std::vector<ValueName> keys;   // at least one
  std::string salt;              // empty: the route's id
  std::optional<Mod100> mod100;  // then without a salt, and every share is whole percents
};

// No value means present with any.
struct ValueCondition {
  ValueName name;
  std::optional<std::string> value;
};

// All that is given must hold; something is.
struct WhenConfig {
  std::vector<ValueCondition> values;
  std::vector<IpNetwork> networks;  // of the client; empty: any
  std::optional<TimeWindow> time;
  std::optional<Expression> expression;
};

struct RuleConfig {
  SourcePosition position;
  WhenConfig when;
  std::string to;  // a target of the route: its colour, or its cluster
};

// Values of the sticky key whose users always, or never, get a target.
struct ExceptionConfig {
  SourcePosition position;
  std::string target;
  std::vector<std::string> values;
};

struct RouteGrayConfig {
  std::optional<StickyConfig> sticky;
  std::vector<RuleConfig> rules;        // in order: the first that holds decides
  std::vector<ExceptionConfig> always;  // only with sticky, as never
  std::vector<ExceptionConfig> never;
};

}  // namespace banyan

// Where a value comes from, for those values that come from a client or a parameter. Private.
//
// A value carries its origins: a source ($_GET) or a parameter of the function being looked at, each with the sinks it
// is still dangerous for, and the way it came. Ways are lists that share their beginnings and are at most kStepsMax
// long; a value has at most kOriginsMax origins. A clean value carries nothing and costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "php_check/facts.h"

namespace banyan::php {

using SinkMask = std::uint8_t;  // bits by TaintSink
inline constexpr SinkMask kAllSinks = 0x7F;
constexpr SinkMask sink_bit(TaintSink sink) { return static_cast<SinkMask>(1U << static_cast<unsigned>(sink)); }

struct TaintStep {
  FlowStep step;
  std::shared_ptr<const TaintStep> before;
  std::uint32_t length = 1;
};
using TaintPath = std::shared_ptr<const TaintStep>;

// The path with one more step; the same path where it is full.
TaintPath with_step(const TaintPath& path, FlowStep step);
std::vector<FlowStep> steps_of(const TaintPath& path);
// All steps of `after` behind those of `path`.
TaintPath joined_path(TaintPath path, const TaintPath& after);
bool same_path(const TaintPath& a, const TaintPath& b);

struct TaintOrigin {
  std::int32_t parameter = -1;  // -1: a source
  SinkMask dangerous = 0;
  TaintPath path;
};

inline constexpr std::size_t kOriginsMax = 4;
using Taint = std::shared_ptr<const std::vector<TaintOrigin>>;  // null: clean

Taint make_taint(TaintOrigin origin);
Taint join_taints(const Taint& a, const Taint& b);
// Without the danger for some sinks.
Taint cleaned(const Taint& taint, SinkMask harmless);
Taint with_step(const Taint& taint, const FlowStep& step);
bool same_taint(const Taint& a, const Taint& b);

struct Value {
  Type type;
  Taint taint;
};
Value join(const Value& a, const Value& b);

// A parameter that reaches a sink within the function or what it calls.
struct ParameterSink {
  std::uint16_t parameter = 0;
  TaintSink sink = TaintSink::kSql;
  std::string name;  // of the sink
  TaintPath path;
};

// What callers have to know about a function.
struct Summary {
  bool was_evaluated = false;
  Type returned;
  std::vector<TaintOrigin> to_return;  // parameters and sources in what it gives back
  std::vector<ParameterSink> sinks;
  static constexpr std::size_t kSinksMax = 8;

  // For the facts, not for callers.
  struct Flow {
    TaintSink sink;
    std::string name;
    TaintPath path;
  };
  std::vector<Flow> flows;
  static constexpr std::size_t kFlowsMax = 32;
  std::vector<Type> receivers;  // by call: what the object is, where the declarations do not say
  // Functions found by the type of a receiver: whether their summary could be used, which depends on the call graph.
  struct Use {
    std::uint32_t file = 0;
    std::uint32_t index = 0;
    bool usable = false;
  };
  std::vector<Use> uses;
};

// Whether callers see no difference.
bool same_for_callers(const Summary& a, const Summary& b);

}  // namespace banyan::php

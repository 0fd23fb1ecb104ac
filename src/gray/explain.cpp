#include "gray/explain.h"

#include "config/units.h"
#include "gray/lane.h"
#include "json/write.h"

namespace banyan {
namespace {

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

const SplitConfig& target_of(const Explained& explained) { return explained.route.split[explained.decision.target]; }

// Of the request: the one it came with, whether or not the route knows it, else its target's.
std::string_view colour_of(const Explained& explained) {
  if (!explained.input.colour.empty()) return explained.input.colour;
  return explained.route.decides() ? std::string_view(target_of(explained).colour_name()) : std::string_view();
}

bool counts_in_hundreds(const Explained& explained) {
  return explained.route.gray.sticky && explained.route.gray.sticky->mod100.has_value();
}

std::uint32_t bucket_count(const Explained& explained) { return counts_in_hundreds(explained) ? 100 : kSplitBuckets; }

std::string key_value(const Explained& explained) {
  std::string scratch;
  const ValueName& name = explained.route.gray.sticky->keys[*explained.decision.key];
  return std::string(explained.values.find(name, scratch).value_or(""));
}

struct Range {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// The first target has what the others leave.
Range range_of(const Explained& explained, std::size_t target) {
  std::uint32_t first = 0;
  for (std::size_t i = 1; i < (target == 0 ? explained.route.split.size() : target); ++i) {
    first += explained.program.buckets_of(i);
  }
  return {first, explained.program.buckets_of(target)};
}

std::string share_text(const Explained& explained, std::size_t target) {
  const SplitConfig& share = explained.route.split[target];
  std::string text = share.colour_name() + " " + format_percent(share.hundredths);
  const Range range = range_of(explained, target);
  if (range.count == 0) return text + " (none)";
  if (!explained.program.owns_a_range()) return text + " (" + std::to_string(range.count) + " buckets, scattered)";
  return text + " (" + std::to_string(range.first) + " to " + std::to_string(range.first + range.count - 1) + ")";
}

std::string bucket_text(const Explained& explained) {
  return std::to_string(explained.decision.bucket) + " of " + std::to_string(bucket_count(explained));
}

std::string reason_text(const Explained& explained) {
  const GrayDecision& decision = explained.decision;
  const std::string target = target_of(explained).colour_name();
  switch (decision.by) {
    case DecidedBy::kColour:
      return "the request came with the colour " + std::string(explained.input.colour);
    case DecidedBy::kAlways:
      return "'always' lists the user for " + target;
    case DecidedBy::kRule: {
      const RuleConfig& rule = explained.route.gray.rules[decision.rule];
      return "rule " + std::to_string(decision.rule + 1) + " in line " + std::to_string(rule.position.line) +
             " holds, to " + rule.to;
    }
    case DecidedBy::kKey:
      return counts_in_hundreds(explained) ? "the key's number is " + bucket_text(explained)
                                           : "the key, salted with " + quoted(explained.program.salt()) +
                                                 ", is in bucket " + bucket_text(explained);
    case DecidedBy::kChance:
      break;
  }
  if (explained.route.split.size() == 1) return "the route has one target";
  return explained.route.gray.sticky ? "chance: the request has none of the sticky keys"
                                     : "chance: the route has no sticky key";
}

// The endpoints the request may go to, and their lane.
struct Reach {
  std::string_view lane;
  std::vector<std::string> endpoints;
};

Reach reach_of(const Explained& explained) {
  const ClusterConfig& cluster = *explained.config.cluster(target_of(explained).cluster);
  Reach reach{lane_of(cluster.endpoints, colour_of(explained)), {}};
  for (const EndpointConfig& endpoint : cluster.endpoints) {
    if (endpoint.colour == reach.lane && endpoint.weight > 0) reach.endpoints.push_back(endpoint.address.text());
  }
  return reach;
}

std::string_view decided_by(DecidedBy by) {
  constexpr std::string_view kWords[] = {"colour", "always", "rule", "key", "chance"};
  return kWords[static_cast<std::size_t>(by)];
}

void write_key(json::Writer& out, const Explained& explained) {
  if (!explained.decision.key) {
    out.null();
    return;
  }
  out.begin_object().key("name").string(explained.route.gray.sticky->keys[*explained.decision.key].text());
  out.key("value").string(key_value(explained)).end_object();
}

void write_shares(json::Writer& out, const Explained& explained) {
  out.begin_array();
  for (std::size_t i = 0; i < explained.route.split.size(); ++i) {
    const SplitConfig& share = explained.route.split[i];
    const Range range = range_of(explained, i);
    out.begin_object().key("colour").string(share.colour_name()).key("cluster").string(share.cluster);
    out.key("percent").number(static_cast<double>(share.hundredths) / 100).key("buckets").unsigned_integer(range.count);
    if (explained.program.owns_a_range()) out.key("first_bucket").unsigned_integer(range.first);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

std::optional<std::string_view> GivenValues::find(const ValueName& name, std::string&) const {
  const auto found = values_.find(name.text());
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::string explain_text(const Explained& explained) {
  const std::string_view colour = colour_of(explained);
  std::string text = "route    " + explained.route.id + "\ncolour   " + std::string(colour.empty() ? "none" : colour) +
                     "\ncluster  " + target_of(explained).cluster + "\nbecause  " + reason_text(explained) + "\n";
  if (explained.decision.kept_away) text += "         'never' kept the user from another target\n";
  if (explained.decision.key) {
    const ValueName& name = explained.route.gray.sticky->keys[*explained.decision.key];
    text += "key      " + name.text() + "=" + key_value(explained) + "\n";
  }
  text += "shares   ";
  for (std::size_t i = 0; i < explained.route.split.size(); ++i) {
    text += (i == 0 ? "" : ", ") + share_text(explained, i);
  }
  const Reach reach = reach_of(explained);
  text += "\nlane     " + std::string(reach.lane.empty() ? "base" : reach.lane) + ":";
  for (const std::string& endpoint : reach.endpoints) text += " " + endpoint;
  return text + "\n";
}

std::string explain_json(const Explained& explained) {
  const GrayDecision& decision = explained.decision;
  std::string text;
  json::Writer out(text);
  out.begin_object().key("route").string(explained.route.id).key("colour").string(colour_of(explained));
  out.key("cluster").string(target_of(explained).cluster).key("decided_by").string(decided_by(decision.by)).key("rule");
  if (decision.by == DecidedBy::kRule) {
    out.begin_object().key("number").unsigned_integer(decision.rule + 1).key("line");
    out.integer(explained.route.gray.rules[decision.rule].position.line).end_object();
  } else {
    out.null();
  }
  out.key("key");
  write_key(out, explained);
  out.key("salt").string(counts_in_hundreds(explained) ? "" : explained.program.salt()).key("bucket");
  if (decision.by == DecidedBy::kKey) {
    out.unsigned_integer(decision.bucket);
  } else {
    out.null();
  }
  out.key("buckets").unsigned_integer(bucket_count(explained)).key("shares");
  write_shares(out, explained);
  const Reach reach = reach_of(explained);
  out.key("kept_away").boolean(decision.kept_away).key("lane").string(reach.lane).key("endpoints").begin_array();
  for (const std::string& endpoint : reach.endpoints) out.string(endpoint);
  out.end_array().end_object();
  return text;
}

}  // namespace banyan

// `filters:` of the configuration: which filters requests pass through, in order, each with its options.
//
// What filters there are is not known here: module gateway has their interface, modules above it have the filters. Each
// kind is registered once, before any configuration is read, with the table of its keys (config/schema.h), so that its
// mistakes are told as all others are and its manual is made from the same rows.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace banyan {

struct FilterConfig;
struct GatewayConfig;
struct KeySpec;
struct Schema;
struct YamlNode;
class Reading;

// One kind of filter.
class FilterType {
 public:
  virtual ~FilterType() = default;
  // As it is written in `filters:`.
  virtual std::string_view name() const = 0;
  // The keys of its mapping. They fill the object new_options() gives.
  virtual const Schema& schema() const = 0;
  virtual std::shared_ptr<void> new_options() const = 0;
  // What no key can say alone; `position` is the filter's.
  virtual void check(const void* options, SourcePosition position, const GatewayConfig& config,
                     Diagnostics& diagnostics) const {
    (void)options;
    (void)position;
    (void)config;
    (void)diagnostics;
  }
  // The cluster it asks, by name; "" for none. The view lives as long as `options`.
  virtual std::string_view cluster(const void* options) const {
    (void)options;
    return {};
  }
  // Whether what the cluster is asked is as it came: such a filter lets requests pass or not, and changes answers at
  // most.
  virtual bool leaves_request(const void* options) const {
    (void)options;
    return false;
  }
  // Whether what `filter` names can be used, such as the contents of its files. May block on the disk.
  virtual void look(const FilterConfig& filter, Diagnostics& diagnostics) const = 0;
};

struct FilterConfig {
  SourcePosition position;
  const FilterType* type = nullptr;     // never null once read
  std::shared_ptr<const void> options;  // of `type`
  std::string text;                     // equal for filters that are written alike
  std::vector<std::string> files;       // paths of what it reads
};

// `type` must live as long as the process and have a name of its own. Before the first configuration is read, from one
// thread.
void register_filter_type(const FilterType& type);
// In the order registered.
const std::vector<const FilterType*>& filter_types();

// The list `node`, each item a mapping of one name to its options, or a name alone.
std::vector<FilterConfig> read_filters(const KeySpec& key, const YamlNode& node, Reading& reading);

}  // namespace banyan

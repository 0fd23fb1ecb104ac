// How a filter comes from its options, and how a program gets to know it:
//
//   const FilterKind<Options> kHello("hello", LetsIn::kAll, &schema, &make_filter<Hello, Options>);
//   register_filter_type(kHello);     // in main(), before a configuration is read
//
// `schema` is the table of the filter's keys (config/schema.h); each fills a member of Options. A member `cluster` is
// the name of a cluster that the filter asks; a function `leaves_request`, where there is one, says whether the filter
// sends requests on as they came (config/filter_config.h). `make` is called once for each place in the configuration
// where the filter stands; after a reload what stands there unchanged, reading files that have not changed, is kept
// together with all its state.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/filter_config.h"
#include "config/gateway_config.h"
#include "gateway/filter.h"

namespace banyan {

// Where a filter will stand.
struct FilterSite {
  std::string_view route;   // its id; "" for filters of every route
  std::size_t workers = 1;  // for PerWorker
  std::uint64_t seed = 0;   // random, for hashes that nobody shall foresee
};

// Whether a filter decides who may come. What one that does has let in must not be seen by others: `cache` before it is
// warned of.
enum class LetsIn : std::uint8_t { kAll, kSome };

class FilterFactory : public FilterType {
 public:
  explicit FilterFactory(LetsIn lets_in) : lets_in_(lets_in) {}

  LetsIn lets_in() const { return lets_in_; }
  // `options` are new_options(), read without mistakes. May block on the disk. Errors: what only the contents of files
  // show.
  virtual Result<std::shared_ptr<Filter>> make(const void* options, const FilterSite& site) const = 0;
  // Makes one to see whether it can be.
  void look(const FilterConfig& filter, Diagnostics& diagnostics) const override;

 private:
  LetsIn lets_in_;
};

// Every type in a configuration is one of these.
inline const FilterFactory& factory_of(const FilterConfig& filter) {
  return static_cast<const FilterFactory&>(*filter.type);
}

// `make` of a filter that is made from its options alone and cannot fail.
template <class F, class Options>
Result<std::shared_ptr<Filter>> make_filter(const Options& options, const FilterSite&) {
  return std::shared_ptr<Filter>(std::make_shared<F>(options));
}

template <class Options>
class FilterKind final : public FilterFactory {
 public:
  using MakeSchema = const Schema& (*)();
  using Make = Result<std::shared_ptr<Filter>> (*)(const Options& options, const FilterSite& site);
  using Check = void (*)(const Options& options, SourcePosition position, const GatewayConfig& config,
                         Diagnostics& diagnostics);

  FilterKind(std::string_view name, LetsIn lets_in, MakeSchema schema, Make make, Check check = nullptr)
      : FilterFactory(lets_in), name_(name), schema_(schema), make_(make), check_(check) {}

  std::string_view name() const override { return name_; }
  const Schema& schema() const override { return schema_(); }
  std::shared_ptr<void> new_options() const override { return std::make_shared<Options>(); }
  void check(const void* options, SourcePosition position, const GatewayConfig& config,
             Diagnostics& diagnostics) const override {
    if (check_ != nullptr) check_(*static_cast<const Options*>(options), position, config, diagnostics);
  }
  std::string_view cluster(const void* options) const override {
    if constexpr (requires { Options::cluster; }) return static_cast<const Options*>(options)->cluster;
    return {};
  }
  bool leaves_request(const void* options) const override {
    if constexpr (requires(const Options& given) { given.leaves_request(); }) {
      return static_cast<const Options*>(options)->leaves_request();
    }
    return false;
  }
  Result<std::shared_ptr<Filter>> make(const void* options, const FilterSite& site) const override {
    return make_(*static_cast<const Options*>(options), site);
  }

 private:
  std::string_view name_;
  MakeSchema schema_;
  Make make_;
  Check check_;
};

}  // namespace banyan

// `ip`: lets clients in by their address, or keeps them out.
#include "filters/builtin_filters.h"
#include "filters/client_network.h"
#include "filters/filter_keys.h"

namespace banyan {
namespace {

struct Options {
  std::vector<IpNetwork> allow;
  std::vector<IpNetwork> deny;

  static bool leaves_request() { return true; }
};

const Schema& ip_schema() {
  static const Schema schema = {
      "ip",
      "Refuses clients by their address, as `gateway.trusted_proxies` tell it, with 403. A client of a unix socket has "
      "no address and is in no network.",
      &schema_detail::defaults<Options>(),
      {networks_key<&Options::allow>("allow", "who is let in; without it everybody not denied is"),
       networks_key<&Options::deny>("deny", "who is not let in, whatever `allow` says")}};
  return schema;
}

class IpFilter final : public Filter {
 public:
  explicit IpFilter(const Options& options) : options_(options) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    const std::string_view client = call.context().client;
    if (in_networks(client, options_.deny) || (!options_.allow.empty() && !in_networks(client, options_.allow))) {
      call.refuse(403, "This address is not let in here");
      co_return;
    }
    co_await next();
  }

 private:
  const Options options_;
};

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  if (options.allow.empty() && options.deny.empty()) {
    diagnostics.error(position, "ip: neither 'allow' nor 'deny'", "name networks in one of them");
  }
}

}  // namespace

const FilterFactory& ip_filter() {
  static const FilterKind<Options> kind("ip", LetsIn::kSome, &ip_schema, &make_filter<IpFilter, Options>, &check);
  return kind;
}

}  // namespace banyan

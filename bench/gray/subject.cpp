// Decides for many users as the gateway would: subject CONFIG ROUTE COUNT
//
// Standard output has a digit for each user "user-0", "user-1", ...: the index of the target they get. Standard error
// has the nanoseconds a decision took.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/diagnostic.h"
#include "gray/gray_program.h"

namespace {

// A request with one header field.
class User final : public banyan::RequestValues {
 public:
  void set(std::size_t number) { id_ = "user-" + std::to_string(number); }
  std::optional<std::string_view> find(const banyan::ValueName& name, std::string&) const override {
    if (name.kind != banyan::ValueKind::kHeader || name.name != "x-user-id") return std::nullopt;
    return id_;
  }

 private:
  std::string id_;
};

const banyan::RouteConfig* route_of(const banyan::GatewayConfig& config, const std::string& id) {
  for (const banyan::RouteConfig& route : config.routes) {
    if (route.id == id && route.split.size() <= 10) return &route;
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: subject CONFIG ROUTE COUNT\n", stderr);
    return 2;
  }
  const banyan::LoadedConfig loaded = banyan::load_gateway_config(argv[1]);
  const banyan::RouteConfig* route = loaded.ok() ? route_of(loaded.config, argv[2]) : nullptr;
  if (route == nullptr) {
    std::fputs(banyan::diagnostics_text(loaded.diagnostics).c_str(), stderr);
    std::fputs("no such route\n", stderr);
    return 2;
  }
  const banyan::GrayProgram program(*route);
  const std::size_t count = std::strtoul(argv[3], nullptr, 10);
  User user;
  std::string targets(count, '0');
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    user.set(i);
    targets[i] = static_cast<char>('0' + program.decide(user, {}).target);
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  std::fputs(targets.c_str(), stdout);
  std::fprintf(stderr, "%.1f\n", took.count() / static_cast<double>(count));
  return 0;
}

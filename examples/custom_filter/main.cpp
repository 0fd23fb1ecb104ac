// A gateway with one filter more: custom-filter-gateway FILE
#include <cstdio>

#include "filters/builtin_filters.h"
#include "gateway/gateway.h"
#include "maintenance.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: custom-filter-gateway FILE\n", stderr);
    return 2;
  }
  banyan::register_builtin_filters();
  banyan::register_filter_type(banyan::maintenance_filter());
  return banyan::run_gateway({.config_path = argv[1], .version = "custom"});
}

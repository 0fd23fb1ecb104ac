// What `banyan check` prints about a configuration file. Pure.
#pragma once

#include <string>

#include "config/gateway_config.h"

namespace banyan {

// The diagnostics, a line each; then, where there is no error, a summary: listeners, clusters and routes.
std::string check_report_text(const LoadedConfig& loaded);

// {"ok":true,"file":"site.yaml","diagnostics":[...],"listeners":2,"clusters":2,"routes":3} and a newline. The counts
// stand only where ok.
std::string check_report_json(const LoadedConfig& loaded);

}  // namespace banyan

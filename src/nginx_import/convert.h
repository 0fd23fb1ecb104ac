// From a whole nginx configuration to a proposal for Banyan. Pure.
#pragma once

#include "nginx_import/nginx_files.h"
#include "nginx_import/proposal.h"

namespace banyan::nginx {

// `configuration` must be without diagnostics, and outlive the call. Errors (kInvalidArgument): it has no server.
// Without `http` the directives of the file itself count as its content, so that a single site's file will do.
Result<Proposal> convert(const Configuration& configuration);

}  // namespace banyan::nginx

// A proposal as text: the configuration file itself, the list of what is not the same, and both as JSON. Pure.
#pragma once

#include <string>

#include "json/write.h"

#include "nginx_import/proposal.h"

namespace banyan::nginx {

// The file `banyan check` takes. Every listener, cluster and route names the line it comes from.
std::string proposal_yaml(const Proposal& proposal, const Configuration& configuration);

// The notes by kind, the most urgent first; those that need nothing only as a count, unless `all`.
std::string notes_text(const Proposal& proposal, const Configuration& configuration, bool all);

// Appends the members "files", "directives", "carried", "config" and "notes" to an object that is open:
//   "notes": [{"kind":"opens","file":"nginx.conf","line":12,"what":"deny 10.0.0.1","instead":"..."}]
void write_proposal_members(json::Writer& writer, const Proposal& proposal, const Configuration& configuration,
                            const std::string& yaml);

}  // namespace banyan::nginx

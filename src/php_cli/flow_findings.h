// Flows of what a client sent to where it does harm, as findings.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_findings/finding.h"

namespace banyan {

inline constexpr int kFlowLevel = 2;

// By the file in which the flow ends; where that is none of those that are checked (such as one of an installed
// package), by the last file on the way that is. Flows on whose way there is none are left out.
std::map<std::string, std::vector<php::Finding>> flow_findings(
    const php::Project& project, const std::function<bool(const std::string& path)>& is_checked);

// What stands behind the codes "taint.sql" and its like.
std::vector<php::CodeInfo> flow_codes();

}  // namespace banyan

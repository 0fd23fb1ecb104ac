// Flows of what a client sent to where it does harm, as findings.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_findings/finding.h"

namespace banyan {

inline constexpr int kFlowLevel = 2;

// The bytes of a file by the path the facts know it by; nothing where they cannot be had any more.
using SourceReader = std::function<std::unique_ptr<std::string>(const std::string& path)>;

// By the file in which the flow ends. A step whose file cannot be read has its line and column, but no end.
std::map<std::string, std::vector<php::Finding>> flow_findings(const php::Facts& facts, const SourceReader& read);

// What stands behind the codes "taint.sql" and its like.
std::vector<php::CodeInfo> flow_codes();

}  // namespace banyan

// What to move first, and why: the report on a PHP code base as data (JSON) and as one HTML page.
//
// The problem: facts about ten thousand functions are no plan. The idea: endpoints are what moves, so each is ranked by
// how much traffic it would take along and how ready everything it reaches is; beside it stand the functions that hold
// up most, the order from the leaves of the call graph up, and every function with its verdict, effects, callers and
// callees. The page needs no network and no server; the same input gives the same bytes.
//
// The JSON (docs/php/report.md) keeps functions and files as columns, arrays of equal length, because there are many.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_endpoints/endpoint_set.h"
#include "php_endpoints/traffic.h"
#include "php_report/churn.h"

namespace banyan::php {

struct AccessLogSummary {
  std::string name;  // of the file, as it was given
  std::uint64_t lines = 0;
  std::uint64_t unreadable = 0;
};

struct ReportInput {
  std::string title;  // "wordpress"
  PhpVersion version;
  const Facts& facts;
  const EndpointSet& endpoints;
  const Traffic* traffic = nullptr;  // over `endpoints`; none without a log
  AccessLogSummary log;
  const Churn* churn = nullptr;
  std::string churn_missing;  // why there is none, "the files are in no git repository"
};

std::string report_json(const ReportInput& input);

// The page that shows report_json's result.
std::string report_html(std::string_view title, std::string_view json);

}  // namespace banyan::php

// What rules of comparison forgive wherever it stands in a JSON body, as the configuration and `banyan replay` name it.
#pragma once

#include "json/compare.h"

namespace banyan {

void tolerate_numbers(json::CompareOptions& options, double absolute);  // that differ by no more
void allow_loose_empty(json::CompareOptions& options);                  // [] equals {}
void allow_loose_numbers(json::CompareOptions& options);                // "12" equals 12

}  // namespace banyan

// What rules of comparison forgive, as the configuration and `banyan replay` name it.
#pragma once

#include <string_view>

#include "answers/answer_comparer.h"

namespace banyan {

// A JSON path, "header:NAME" of a header that would be compared, or "cookie:NAME".
void ignore_place(AnswerRules& rules, std::string_view place);

// Wherever it stands in a JSON body.
void tolerate_numbers(json::CompareOptions& options, double absolute);  // that differ by no more
void allow_loose_empty(json::CompareOptions& options);                  // [] equals {}
void allow_loose_numbers(json::CompareOptions& options);                // "12" equals 12

}  // namespace banyan

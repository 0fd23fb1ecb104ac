// Answers that differed, as they may be kept: what is to be hidden (ledger/mask.h) is gone before anything is handed
// on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "answers/answer_comparer.h"
#include "ledger/mask.h"

namespace banyan {

// {"status":200,"headers":{...},"body":...}, at most Sample::kAnswerBytesMax: a body that is JSON as JSON, another one
// as text; one in a coding that is not known here is left out and said to be. `*body_hidden` becomes true where
// something of the body is not shown. Pure.
std::string sample_of(const ComparedAnswer& answer, const Mask& mask, bool* body_hidden);

// What kind of difference it is: "value", "type", "missing", "extra", "status" or "header" (cookies too).
std::string_view kind_of(const AnswerDifference& difference);

// [{"path","kind","old","new"}], the first of them, with values as masked_value() has them (ledger/masked_sample.h);
// `body_hidden` is whether something of one of the two bodies is. Pure.
std::string sample_differences(const std::vector<AnswerDifference>& differences, const Mask& mask, bool body_hidden);

}  // namespace banyan

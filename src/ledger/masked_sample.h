// Samples that were kept while less was masked, as they may be shown now.
#pragma once

#include <string>
#include <string_view>

#include "ledger/mask.h"
#include "ledger/records.h"

namespace banyan {

// One side's value at a place where two answers differed ("$.user.name", "header location", "cookie sid", "byte 310"),
// as it may be kept. Where places in bodies are to be hidden no value of a body is shown: a difference may lie above or
// below such a place. A piece of a body that is no JSON value shows nothing where something of one of the two bodies is
// hidden (`body_hidden`): it may begin in the middle of that. Of cookies there are only attributes. Pure.
std::string masked_value(std::string_view place, std::string_view value, const Mask& mask, bool body_hidden);

// Hides in a sample what `mask` hides, whatever it was masked by when it was kept. A body that was kept as text is left
// out where the mask names places in bodies: it may be the front of a long one, which nobody can look into. Pure.
void mask_again(Sample& sample, const Mask& mask);

}  // namespace banyan

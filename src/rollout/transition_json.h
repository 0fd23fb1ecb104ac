// A transition as text: one line of the ledger, on disk and in a store of configuration alike.
//
//   {"sequence":7,"epoch":2,"key":{"old":"php-7","new":"native-3","rules":"..."},
//    "from":{"stage":"mirrored","hundredths":0},"to":{"stage":"verified","hundredths":0},
//    "hold":null,"by":"evidence","why":"the answers are shown to be alike","at_ns":1764374400000000000,
//    "evidence":{"compared":3327,"different":0,"eligible":3330,"dropped":3,"races":0,"pairs":3327,
//                "failures":{"new":0,"old":2},"slow":{"new":11,"old":35}}}
//
// The order of members is fixed, so that the same transition is the same bytes. Readers take any order and refuse
// what is missing, of another kind or out of bounds: a ledger that is not understood must stop a promotion, not be
// guessed at. Unknown members are passed over, for versions to come.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rollout/position.h"

namespace banyan {

void append_transition(std::string& out, const Transition& transition);

// Errors: kDataLoss, naming the member at fault.
Result<Transition> parse_transition(std::string_view text);

}  // namespace banyan

// What went wrong with a request, and how its client is told: as RFC 9457 has it, or as the service that was replaced
// told it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace banyan::service {

// One value of a request that is not what it should be.
struct InvalidValue {
  std::string in;      // "body", "path", "query" or "header"
  std::string name;    // the parameter's name; of the body, a JSON pointer
  std::string detail;  // "must be at most 150"
};

struct Problem {
  int status = 500;
  std::string detail;  // one sentence for people; never what a fault of our own looked like from inside
  std::vector<InvalidValue> values;
};

struct ProblemText {
  std::string content_type;
  std::string body;
};

// How problems look on the wire. One for each service, group or route.
using ProblemStyle = ProblemText (*)(const Problem& problem);

// application/problem+json: type, title, status, detail, and `errors` with a pointer or parameter for each value.
ProblemText problem_json(const Problem& problem);
// {"error":"..."}, as small PHP services answer: the detail alone.
ProblemText error_json(const Problem& problem);

// The problem an Error is to a client: the status its code means, and a sentence that says no more. What the error's
// own sentence says may come from behind the service (addresses, users, SQL), so it is for the log alone.
Problem problem_of(const Error& error);

}  // namespace banyan::service

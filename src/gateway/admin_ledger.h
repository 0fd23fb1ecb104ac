// The part of the admin API that shows routes that migrate, and moves them (docs/admin-api.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/rollouts.h"

namespace banyan {

inline constexpr std::string_view kLedgerPath = "/ledger";

struct LedgerAnswer {
  int status = 200;
  std::string body;     // JSON, or of an error the sentence
  std::string allowed;  // of status 405
};

// What a path below kLedgerPath means: the route, "" for all of them, and what is to be done, "" for nothing.
struct LedgerRequest {
  bool posts = false;
  std::string route;
  std::string action;
  std::string body;  // of a POST: a ChangeNote with its reason
};

// Nothing where `path` is none of these.
std::optional<LedgerRequest> read_ledger_path(std::string_view path);

// `rollouts` may be null: the configuration has no ledger.
Task<LedgerAnswer> answer_ledger(Rollouts* rollouts, LedgerRequest request);

}  // namespace banyan

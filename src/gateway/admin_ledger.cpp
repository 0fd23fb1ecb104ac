#include "gateway/admin_ledger.h"

#include "gateway/change_note.h"

namespace banyan {
namespace {

constexpr std::string_view kAdminApi = "admin API";

constexpr std::pair<std::string_view, RolloutAction> kActions[] = {{"promote", RolloutAction::kPromote},
                                                                   {"hold", RolloutAction::kHold},
                                                                   {"release", RolloutAction::kRelease},
                                                                   {"rollback", RolloutAction::kRollBack},
                                                                   {"retire", RolloutAction::kRetire}};

std::optional<RolloutAction> action_of(std::string_view name) {
  for (const auto& [known, action] : kActions) {
    if (known == name) return action;
  }
  return std::nullopt;
}

LedgerAnswer failed(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kNotFound:
      return {404, error.message(), ""};
    case ErrorCode::kInvalidArgument:
      return {400, error.message(), ""};
    case ErrorCode::kDeadlineExceeded:
      return {504, "it took too long; look at /ledger for what came of it", ""};
    default:
      return {409, error.message(), ""};
  }
}

Task<LedgerAnswer> act(Rollouts& rollouts, LedgerRequest request) {
  const Result<ChangeNote> note = read_change_note(request.body);
  if (!note.ok()) co_return failed(note.error());
  if (note->reason.empty()) {
    co_return failed({ErrorCode::kInvalidArgument, "send {\"reason\":\"why, in at most 500 characters\"}"});
  }
  const Result<void> done =
      co_await rollouts.act(request.route, *action_of(request.action), note->named(kAdminApi), note->reason);
  if (!done.ok()) co_return failed(done.error());
  co_return LedgerAnswer{200, "{}\n", ""};
}

}  // namespace

std::optional<LedgerRequest> read_ledger_path(std::string_view path) {
  if (!path.starts_with(kLedgerPath)) return std::nullopt;
  path.remove_prefix(kLedgerPath.size());
  LedgerRequest request;
  if (path.empty()) return request;
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  request.route = path.substr(0, slash);
  if (request.route.empty()) return std::nullopt;
  if (slash == path.npos) return request;
  request.action = path.substr(slash + 1);
  if (!action_of(request.action)) return std::nullopt;
  return request;
}

Task<LedgerAnswer> answer_ledger(Rollouts* rollouts, LedgerRequest request) {
  if (rollouts == nullptr) co_return LedgerAnswer{404, "the configuration has no 'ledger', so no route migrates", ""};
  if (request.posts != !request.action.empty()) {
    co_return LedgerAnswer{405, "", request.action.empty() ? "GET, HEAD" : "POST"};
  }
  if (request.posts) co_return co_await act(*rollouts, std::move(request));
  if (request.route.empty()) co_return LedgerAnswer{200, rollouts->overview_json(), ""};
  Result<std::string> told = co_await rollouts->route_json(request.route);
  if (!told.ok()) co_return failed(told.error());
  co_return LedgerAnswer{200, *std::move(told), ""};
}

}  // namespace banyan

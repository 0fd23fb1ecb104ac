#include "gateway/admin_ledger.h"

#include "json/parse.h"

namespace banyan {
namespace {

constexpr std::size_t kReasonBytesMax = 500;
constexpr std::size_t kWhoBytesMax = 100;
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

struct Wish {
  std::string reason;
  std::string by = std::string(kAdminApi);  // with who it is, where that is said
};

Result<Wish> read_wish(const std::string& body) {
  const Result<json::Document> document = json::parse(body);
  const json::Value said = document.ok() ? document->root() : json::Value();
  const std::optional<std::string_view> reason = said["reason"].to_string();
  if (!reason || reason->empty() || reason->size() > kReasonBytesMax) {
    return Error(ErrorCode::kInvalidArgument, "send {\"reason\":\"why, in at most 500 bytes\"}");
  }
  Wish wish{.reason = std::string(*reason)};
  if (said["who"].absent()) return wish;
  const std::optional<std::string_view> who = said["who"].to_string();
  if (!who || who->empty() || who->size() > kWhoBytesMax) {
    return Error(ErrorCode::kInvalidArgument, "\"who\" is a name of at most 100 bytes");
  }
  wish.by = std::string(*who) + " (" + wish.by + ")";
  return wish;
}

Task<LedgerAnswer> act(Rollouts& rollouts, LedgerRequest request) {
  Result<Wish> wish = read_wish(request.body);
  if (!wish.ok()) co_return failed(wish.error());
  const Result<void> done =
      co_await rollouts.act(request.route, *action_of(request.action), std::move(wish->by), std::move(wish->reason));
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

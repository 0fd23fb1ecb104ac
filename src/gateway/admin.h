// The admin API (docs/admin-api.md): what the gateway is doing, for people and for Prometheus.
//
// Served on a listener of its own, on loopback, for holders of the token alone; only the console's files need none.
// What changes something is POST only, and leaves a line in the log.
#pragma once

#include <memory>
#include <string>

#include "exchange/exchange.h"
#include "gateway/admin_events.h"
#include "gateway/gateway_state.h"
#include "gateway/rollouts.h"
#include "runtime/channel.h"

namespace banyan {

// A request to the gateway's control task, which answers through `done`.
struct ReloadRequest {
  Channel<std::string> done{1};  // "" for success, else the diagnostics
};

class AdminHandler final : public Handler {
 public:
  // `rollouts`: null where no route migrates; else it outlives this and belongs to the same worker.
  AdminHandler(GatewayState& state, std::string token, std::string version,
               Channel<std::shared_ptr<ReloadRequest>>& reloads, Rollouts* rollouts);
  Task<void> handle(Exchange& exchange) override;

  std::string status_json();
  std::string metrics_text();

 private:
  bool allowed(const Exchange& exchange) const;
  Task<void> answer_holder(Exchange& exchange);
  Task<void> read(Exchange& exchange);
  Task<void> watch(Exchange& exchange);
  Task<void> record(Exchange& exchange);
  Task<void> answer_colour_question(Exchange& exchange);
  Task<void> answer_about_ledger(Exchange& exchange);
  Task<void> reload(Exchange& exchange);
  Task<void> force(Exchange& exchange, std::string cluster);

  GatewayState& state_;
  std::string token_;
  std::string version_;
  TimePoint started_;
  Channel<std::shared_ptr<ReloadRequest>>& reloads_;
  Rollouts* rollouts_;
  LiveFrames frames_;
  std::size_t watchers_ = 0;  // of /events
};

// The first line of the token file. Errors: missing, empty, shorter than 16 characters, or readable by others.
Result<std::string> read_token(const std::string& path);

}  // namespace banyan

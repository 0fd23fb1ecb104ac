// Follows a trace of the real gobreaker (bench/breaker/go/trace_test.go) with Banyan's breaker, and tells every step at
// which the two differ. Exit status 1 where there is one.
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "traffic/circuit_breaker.h"

namespace {

using banyan::CircuitBreaker;

class Replay {
 public:
  // Whether the line agrees.
  bool follow(const std::string& line) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "breaker") return begin(words);
    if (word == "sleep") return sleep(words);
    if (word == "allow") return allow(words);
    if (word == "done") return finish(words);
    return word == "state" && compare(words);
  }
  const std::string& got() const { return got_; }

 private:
  bool begin(std::istringstream& words) {
    banyan::BreakerSettings settings;
    std::int64_t interval = 0;
    std::int64_t bucket = 0;
    std::int64_t timeout = 0;
    words >> settings.half_open_requests >> interval >> bucket >> timeout >> settings.consecutive_failures;
    settings.interval = banyan::Duration(interval);
    settings.bucket = banyan::Duration(bucket);
    settings.open_for = banyan::Duration(timeout);
    breaker_ = std::make_unique<CircuitBreaker>(settings, now_);
    open_.clear();
    return true;
  }
  bool sleep(std::istringstream& words) {
    std::int64_t time = 0;
    words >> time;
    now_ += banyan::Duration(time);
    return true;
  }
  bool allow(std::istringstream& words) {
    int id = 0;
    std::string wanted;
    words >> id >> wanted;
    const CircuitBreaker::Ticket ticket = breaker_->admit(now_);
    got_ = ticket.admitted() ? "ok" : ticket.refusal == CircuitBreaker::Refusal::kOpen ? "open" : "many";
    if (ticket.admitted()) open_[id] = ticket;
    return got_ == wanted;
  }
  bool finish(std::istringstream& words) {
    int id = 0;
    int success = 0;
    words >> id >> success;
    using Outcome = CircuitBreaker::Outcome;
    breaker_->report(open_[id], success == 1 ? Outcome::kSuccess : Outcome::kFailure, {}, now_);
    return true;
  }
  bool compare(std::istringstream& words) {
    std::string wanted;
    std::getline(words >> std::ws, wanted);
    std::string state(banyan::breaker_state_name(breaker_->state(now_)));
    if (state == "half_open") state = "half-open";
    const banyan::BreakerCounts counts = breaker_->counts();
    got_ = state;
    for (const std::uint32_t count : {counts.requests, counts.successes, counts.failures, counts.consecutive_successes,
                                      counts.consecutive_failures}) {
      got_ += " " + std::to_string(count);
    }
    return got_ == wanted;
  }

  banyan::TimePoint now_{std::chrono::hours(1)};
  std::unique_ptr<CircuitBreaker> breaker_;
  std::map<int, CircuitBreaker::Ticket> open_;
  std::string got_;
};

}  // namespace

int main(int count, char** arguments) {
  std::ifstream trace(count == 2 ? arguments[1] : "");
  if (!trace) {
    std::fputs("usage: replay TRACE\n", stderr);
    return 2;
  }
  Replay replay;
  std::size_t lines = 0;
  std::size_t different = 0;
  for (std::string line; std::getline(trace, line);) {
    ++lines;
    if (replay.follow(line)) continue;
    if (++different > 10) continue;
    std::fprintf(stderr, "line %zu: gobreaker %s, here %s\n", lines, line.c_str(), replay.got().c_str());
  }
  std::printf("%zu lines, %zu different\n", lines, different);
  return lines > 0 && different == 0 ? 0 : 1;
}

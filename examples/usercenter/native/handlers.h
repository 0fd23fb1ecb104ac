// The endpoints of the user centre. Their contract is examples/usercenter/README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exchange/exchange.h"
#include "runtime/task.h"
#include "user_database.h"

namespace usercenter {

// More than a hundred ids or an address could ever need; a larger body is answered with 413.
inline constexpr std::size_t kBodyBytesMax = 64 * 1024;

// Two builds of the service exist. The first writes the ids in a batch's `missing` as strings, as every other value of
// that answer is; the PHP service writes them as numbers, and clients read numbers. Only a batch with an unknown id
// shows it. The second is right. Every answer names its build in the field X-Build.
enum class Build : std::uint8_t { kFirst, kSecond };

// One for each worker, which has a reader of its own.
class UserCentre final : public banyan::Handler {
 public:
  // `writer` must outlive it.
  UserCentre(UserReader reader, UserWriter& writer, Build build)
      : reader_(std::move(reader)), writer_(writer), build_(build) {}
  banyan::Task<void> handle(banyan::Exchange& exchange) override;

 private:
  struct Answer {
    int status = 200;
    std::string json;
  };
  using Endpoint = banyan::Task<banyan::Result<Answer>> (UserCentre::*)(banyan::Exchange& exchange);

  static Endpoint endpoint_at(std::string_view path);
  static Answer failure(int status, std::string_view text);

  banyan::Task<banyan::Result<Answer>> profile(banyan::Exchange& exchange);
  banyan::Task<banyan::Result<Answer>> batch(banyan::Exchange& exchange);
  banyan::Task<banyan::Result<Answer>> update(banyan::Exchange& exchange);
  banyan::Task<banyan::Result<Answer>> health(banyan::Exchange& exchange);
  banyan::Task<banyan::Result<Answer>> unknown(banyan::Exchange& exchange);

  UserReader reader_;
  UserWriter& writer_;
  Build build_;
};

}  // namespace usercenter

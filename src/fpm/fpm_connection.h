// One connection to php-fpm: its stream, the place it takes up, and what is read from it.
//
// Answers are read into a leased buffer that is given back while the connection is idle. The buffer is small at first
// and large once an answer fills it, so that long answers take few reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "fastcgi/response.h"
#include "fpm/fpm_connections.h"
#include "net/buffer_pool.h"
#include "net/stream.h"
#include "runtime/task.h"

namespace banyan {

class FpmConnection {
 public:
  FpmConnection(FpmPlace place, Stream connected) : stream(std::move(connected)), place_(std::move(place)) {}
  ~FpmConnection() { (void)close(); }

  // Closes the stream and gives the place for another.
  FpmPlace close() {
    stream.close();
    return std::move(place_);
  }

  // Before a request; `script` names it in the log and must live as long as the answer is read.
  void begin(bool head_request, const fastcgi::ResponseLimits& limits, std::string_view script);
  // After a request: holds no memory of the budget.
  void reset();

  // The next event of the answer in what was read. Complaints of the script go to the log.
  fastcgi::ResponseReader::Step step();
  // Reads more. False: php-fpm closed the connection. Only after step() gave kNeedMore.
  Task<Result<bool>> read_more(MemoryBudget& memory, TimePoint deadline);
  // What the answer lacks, after the connection was closed.
  Refusal closed_answer();
  fastcgi::ResponseReader& reader() { return *reader_; }
  bool has_unread() const { return !unread_.empty(); }
  bool answer_begun() const { return answer_begun_; }

  Stream stream;
  std::string out;  // the request's records; kept for its capacity
  bool reused = false;

 private:
  void log_complaints();

  FpmPlace place_;
  BufferLease buffer_;
  bool filled_ = false;  // by the last read
  std::string_view unread_;
  std::optional<fastcgi::ResponseReader> reader_;
  std::string_view script_;
  unsigned complaints_ = 0;
  bool answer_begun_ = false;
};

}  // namespace banyan

// The requests one worker is handling, so that they can be ended: those whose client has left, and at drain the rest.
//
// The problem: a request that waits for an upstream reads nothing from its client, so that nobody sees the client
// leave; the upstream, of whose connections there may be five, would work for nobody until the route's timeout.
//
// The idea: the poller notes at a connection what became of it, without being asked. end_abandoned(), called a few
// times a second, looks there for every request that waits, which costs two loads each; a request itself pays for being
// in a list, and no system call.
//
// A client that was reset is gone. One whose FIN has come may have closed its socket, or may only have nothing more to
// ask and still read (a half-close); TCP shows the same of both until something is written. nginx and Go take both for
// gone. Here the client is given a time to be answered in, anew with every byte of the answer that passes, and is then
// taken for gone. A unix socket shows a close as what it is.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "exchange/exchange.h"
#include "runtime/runtime.h"

namespace banyan {

// All of it on one worker.
class RequestsUnderWay {
 public:
  // One request: lives in its task while it is handled.
  class Entry {
   public:
    Entry(RequestsUnderWay& all, const Exchange& exchange);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

    // Whether it is to be ended when its client has left: while it waits for somebody else. Who writes to the client
    // or reads from it learns of that by itself.
    void watch(bool on) { watched_ = on; }
    // It was ended for that.
    bool client_left() const { return client_left_; }

   private:
    friend class RequestsUnderWay;
    bool has_left(TimePoint time, Duration half_closed_timeout);

    RequestsUnderWay& all_;
    Entry* previous_ = nullptr;
    Entry* next_;
    const Exchange& exchange_;
    TaskHandle task_ = TaskHandle::current();
    bool watched_ = false;
    bool client_left_ = false;
    TimePoint silent_since_ = kNever;
    std::uint64_t progress_ = 0;  // at that time
  };

  RequestsUnderWay() = default;
  RequestsUnderWay(const RequestsUnderWay&) = delete;
  RequestsUnderWay& operator=(const RequestsUnderWay&) = delete;

  // Cancels the tasks of those whose client has left.
  void end_abandoned(TimePoint time, Duration half_closed_timeout);
  // Cancels all.
  void end_all();

 private:
  Entry* first_ = nullptr;
};

}  // namespace banyan

// What a script's thread has the task of its request do: only tasks may wait for sockets, and for what other tasks
// hold.
#pragma once

#include <condition_variable>
#include <mutex>

#include "runtime/channel.h"
#include "runtime/task.h"

namespace banyan::php_mount {

class Errands {
 public:
  // On the script's thread: the task runs work(state), and this returns when that has ended. `work` fails in no other
  // way than through `state`. `in_time`: it is told to stop when the time of the script is over.
  void run(Task<void> (*work)(void* state), void* state, bool in_time = false);
  // In the task: does what the script asks for, until close(). From `late` on it calls too_late(state) each second.
  Task<void> serve(TimePoint late, void (*too_late)(void* state), void* state);
  void close() { asked_.close(); }

 private:
  struct Errand {
    Task<void> (*work)(void* state) = nullptr;
    void* state = nullptr;
    bool in_time = false;
  };
  void finish();

  Channel<Errand> asked_{1};
  std::mutex lock_;
  std::condition_variable ended_;
  bool has_ended_ = false;
};

}  // namespace banyan::php_mount

// Where lines of text go without anybody waiting: a file, a pipe or a terminal.
//
// write_line() copies the line into a ring of the calling thread and returns; one thread, shared by all sinks of the
// process, collects the rings and writes. It looks every 5 ms while lines come and sleeps otherwise. Nothing that
// happens to the destination reaches the caller: where a ring is full, the disk is full, the pipe is closed or its
// reader is slow, lines are lost, counted, and the loss is itself logged once lines can be written again:
//   {"time":...,"level":"warn","event":"log_lines_lost","file":"access.log","no_room":12,"not_written":0,"reason":""}
//
// Memory: 256 KiB for each thread that logs (LogRing) and at most 1 MiB + one ring for each sink. Lines of one thread
// keep their order; those of several are interleaved as they are collected. Not for signal handlers, nor for the child
// of a fork().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log_line.h"
#include "base/result.h"

namespace banyan {

class LogSink {
 public:
  struct Options {
    LogFormat format = LogFormat::kJson;  // of the lines about lost lines, and of a Logger on this sink
    LogSink* losses_to = nullptr;         // where those are written: must outlive this sink; null means here
  };

  // A file to append to, made with mode 0640 if missing; "-" is standard output. Errors: as open(2) has them, with
  // the path.
  static Result<std::unique_ptr<LogSink>> open(std::string path, Options options);
  static std::unique_ptr<LogSink> standard_error(Options options);

  // Writes what is waiting, for at most a second, and closes the file. No thread may use the sink any more.
  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  // Adds `line` and a newline. Never blocks and never fails loudly: false if the line was lost on the spot. Lines
  // over 64 KiB are lost. Costs about 50 ns for 300 bytes.
  bool write_line(std::string_view line) noexcept;

  // Opens the path anew, as log rotation asks for after moving the file; nothing for standard output and error. Lines
  // written after it returns go to the new file. Opens a file: call it where blocking is allowed. On an error the old
  // file stays in use.
  Result<void> reopen();

  // Waits until all lines written before have reached the system or are lost. False if that takes longer.
  bool flush(Duration timeout);

  // Lines lost because there was no room, or because writing failed. For metrics.
  std::uint64_t lines_lost() const;
  LogFormat format() const;

 private:
  friend class LogWriter;
  struct State;
  explicit LogSink(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// From now on abort(), and with it BANYAN_CHECK, first lets the log write what is waiting, for at most 200 ms. For the
// main function of a program; replaces the process's SIGABRT handler.
void flush_logs_on_abort();

}  // namespace banyan

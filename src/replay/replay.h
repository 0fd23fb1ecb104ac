// Recorded requests sent to an old and a new service, and their answers compared.
//
// Each request goes to the old side and then to the new one; `concurrency` requests are under way at once, taken in the
// order of the file. Requests that ask for a change are skipped unless `unsafe` says otherwise: the new side would do
// again what was done. An answer that does not come counts as failed, never as equal.
//
// Memory: `concurrency` requests, with two answers each of at most `answers.body_bytes_max`, and the report.
#pragma once

#include <string>

#include "answers/answer_comparer.h"
#include "base/clock.h"
#include "base/result.h"
#include "replay/capture_reader.h"
#include "replay/replay_report.h"

namespace banyan {

// A service, as its URL names it.
struct ReplaySide {
  std::string host;  // without brackets
  std::uint16_t port = 80;
  std::string authority;  // for Host
  std::string base_path;  // before each request's path; "" or "/..." without a '/' at its end
};

// "http://HOST[:PORT][/BASE]". Errors: kInvalidArgument; kUnsupported for https.
Result<ReplaySide> parse_replay_side(std::string_view url);

struct ReplayOptions {
  ReplaySide old_side;
  ReplaySide new_side;
  AnswerRules answers;
  bool unsafe = false;
  unsigned concurrency = 4;
  Duration timeout = std::chrono::seconds(10);  // of each answer, whole
};

// Blocks, with a runtime of its own; draws a progress bar where standard error is a terminal. Errors: a wrong rule or
// request (kInvalidArgument), a host without an address (kNotFound, kUnavailable).
Result<ReplayReport> replay(CaptureReader& capture, const ReplayOptions& options);

}  // namespace banyan

// banyan replay: recorded requests sent to two services, and their answers compared.
#include <cstdio>
#include <memory>
#include <string>

#include "commands.h"
#include "replay/replay.h"

namespace banyan {
namespace {

Result<BodyRule> body_rule(const std::string& name) {
  if (name == "auto") return BodyRule::kByType;
  if (name == "json") return BodyRule::kJson;
  if (name == "html") return BodyRule::kHtml;
  if (name == "bytes") return BodyRule::kBytes;
  return Error(ErrorCode::kInvalidArgument, "--body is one of json, html and bytes, not '" + name + "'");
}

Result<ReplayOptions> read_options(const Arguments& arguments) {
  ReplayOptions options;
  BANYAN_TRY(options.old_side, parse_replay_side(*arguments.value("old")));
  BANYAN_TRY(options.new_side, parse_replay_side(*arguments.value("new")));
  BANYAN_TRY(options.answers.body, body_rule(arguments.value_or("body", "auto")));
  BANYAN_TRY(const std::int64_t concurrency, arguments.integer("concurrency", 1, 64, 4));
  BANYAN_TRY(const std::int64_t seconds, arguments.integer("timeout", 1, 600, 10));
  const std::vector<std::string>& headers = arguments.values("header");
  if (!headers.empty()) options.answers.headers = headers;
  options.answers.json.ignored = arguments.values("ignore");
  options.answers.json.unordered = arguments.values("unordered");
  options.unsafe = arguments.flag("unsafe");
  options.concurrency = static_cast<unsigned>(concurrency);
  options.timeout = std::chrono::seconds(seconds);
  return options;
}

Result<ReplayReport> replay_file(const Arguments& arguments) {
  BANYAN_TRY(const ReplayOptions options, read_options(arguments));
  const std::string file = *arguments.value("FILE");
  BANYAN_TRY(const std::unique_ptr<CaptureReader> capture, CaptureReader::open(file));
  BANYAN_TRY(ReplayReport report, replay(*capture, options));
  if (report.compared() + report.failed() == 0) {
    return Error(ErrorCode::kInvalidArgument, file + " holds no request that may be sent (" +
                                                  std::to_string(report.skipped()) +
                                                  " skipped; --unsafe sends those that change something)");
  }
  return report;
}

int run_replay(const Arguments& arguments) {
  const Result<ReplayReport> report = replay_file(arguments);
  if (!report.ok()) {
    std::fprintf(stderr, "banyan replay: %s\n", report.error().text().c_str());
    return kExitBadUse;
  }
  std::fputs((arguments.flag("json") ? report->json() : report->table()).c_str(), stdout);
  return report->equal() ? kExitDone : kExitNegative;
}

}  // namespace

Command replay_command() {
  return {.name = "replay",
          .summary = "send recorded requests to two services and compare their answers",
          .description =
              "FILE is a capture, one JSON object a line, or a HAR file as browsers save it (docs/replay.md). Only "
              "GET, HEAD and\nOPTIONS are sent unless --unsafe is given. Exit code 1 if an answer differs or does not "
              "come, 2 if the file or an\noption is wrong.",
          .options =
              {{.name = "old", .value = "URL", .about = "the service that is right", .required = true},
               {.name = "new", .value = "URL", .about = "the service to be held against it", .required = true},
               {.name = "header",
                .value = "NAME",
                .about = "compare this header, in place of content-type; may be repeated",
                .repeated = true},
               {.name = "ignore", .value = "PATH", .about = "leave out, as $.time or $..etag", .repeated = true},
               {.name = "unordered", .value = "PATH", .about = "an array whose order does not count", .repeated = true},
               {.name = "body", .value = "RULE", .about = "json, html or bytes (default: by content type)"},
               {.name = "concurrency", .value = "N", .about = "requests at once, 1 to 64 (default: 4)"},
               {.name = "timeout", .value = "SECONDS", .about = "for each answer (default: 10)"},
               {.name = "unsafe", .about = "send also what changes something, to both sides"},
               {.name = "json", .about = "print one JSON object"}},
          .positionals = {{.name = "FILE", .about = "the capture or HAR file"}},
          .examples = {{"banyan replay day.jsonl --old http://10.0.0.5 --new http://10.0.0.6:8080 --ignore '$.time'",
                        "who answers differently, and where"}},
          .run = run_replay};
}

}  // namespace banyan

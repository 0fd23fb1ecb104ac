// banyan capture: requests that a running gateway gets, written to a file that `banyan replay` reads.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <string>

#include "commands.h"
#include "gateway/admin_client.h"
#include "http/target.h"
#include "json/parse.h"

namespace banyan {
namespace {

struct CaptureLimits {
  std::int64_t requests = 0;
  std::int64_t bytes = 0;
};

// Reads the stream of events (WHATWG HTML, section 9.2, as the gateway writes it) and appends each request's line.
class CaptureFile final : public AdminSink {
 public:
  CaptureFile(std::string path, const CaptureLimits& limits) : path_(std::move(path)), limits_(limits) {}

  // The file is made with the first piece: what a gateway that does not answer would leave is the older one.
  bool take(std::string_view piece) override {
    if (file_ == nullptr) failure_ = open();
    if (!failure_.ok()) return false;
    waiting_.append(piece);
    std::size_t begin = 0;
    for (std::size_t end; (end = waiting_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      if (!take_line(std::string_view(waiting_).substr(begin, end - begin))) return false;
    }
    waiting_.erase(0, begin);
    if (std::fflush(file_.get()) != 0) failure_ = Error::from_errno(errno, path_);
    return failure_.ok() && waiting_.size() <= kLineBytesMax;
  }

  // Errors: those of the file system, since the beginning.
  Result<void> close() {
    if (file_ != nullptr && std::fclose(file_.release()) != 0 && failure_.ok()) {
      failure_ = Error::from_errno(errno, path_);
    }
    return std::move(failure_);
  }
  std::int64_t requests() const { return requests_; }
  std::uint64_t skipped() const { return skipped_; }

 private:
  static constexpr std::size_t kLineBytesMax = std::size_t{16} << 20;

  // For its owner alone: requests tell of people.
  Result<void> open() {
    const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return Error::from_errno(errno, path_);
    file_.reset(fdopen(descriptor, "w"));
    struct stat status{};
    // An older file may be one that others can read; pipes and the like stay as they are.
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && fchmod(descriptor, 0600) != 0) {
      return Error::from_errno(errno, path_);
    }
    return {};
  }

  bool take_line(std::string_view line) {
    constexpr std::string_view kEvent = "event: ";
    constexpr std::string_view kData = "data: ";
    if (line.starts_with(kEvent)) event_ = line.substr(kEvent.size());
    if (!line.starts_with(kData)) return true;
    line.remove_prefix(kData.size());
    if (event_ == "skipped") {
      const auto document = json::parse(line);
      if (document.ok()) skipped_ = static_cast<std::uint64_t>(document->root()["skipped"].to_int64().value_or(0));
    }
    return event_ != "request" || write(line);
  }

  // False where that was enough.
  bool write(std::string_view line) {
    const auto size = static_cast<std::int64_t>(line.size()) + 1;
    if (bytes_ + size > limits_.bytes) return false;
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() || std::fputc('\n', file_.get()) == EOF) {
      failure_ = Error::from_errno(errno, path_);
      return false;
    }
    bytes_ += size;
    return ++requests_ < limits_.requests;
  }

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::string path_;
  const CaptureLimits limits_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string waiting_;  // of a line that has not come whole
  std::string event_;
  std::int64_t requests_ = 0;
  std::int64_t bytes_ = 0;
  std::uint64_t skipped_ = 0;
  Result<void> failure_;
};

std::string target_of(const Arguments& arguments) {
  std::string target = "/capture?";
  const auto add = [&target](std::string_view name, std::string_view value) {
    target.append(name).append("=");
    form_encode(value, target);
    target += '&';
  };
  if (const auto route = arguments.value("route")) add("route", *route);
  for (const std::string& place : arguments.values("mask")) add("mask", place);
  if (arguments.flag("keep-credentials")) add("credentials", "kept");
  return target;
}

int fail(const Error& error) {
  std::fprintf(stderr, "banyan capture: %s\n", error.text().c_str());
  return error.code() == ErrorCode::kUnavailable ? kExitNegative : kExitBadUse;
}

Result<CaptureLimits> read_limits(const Arguments& arguments) {
  CaptureLimits limits;
  BANYAN_TRY(limits.requests, arguments.integer("requests", 1, INT64_C(1'000'000'000), INT64_C(1'000'000'000)));
  BANYAN_TRY(const std::int64_t mib, arguments.integer("mib", 1, 1 << 20, 100));
  limits.bytes = mib << 20;
  return limits;
}

int run_capture(const Arguments& arguments) {
  const Result<CaptureLimits> limits = read_limits(arguments);
  if (!limits.ok()) return fail(limits.error());
  const Result<std::int64_t> seconds = arguments.integer("seconds", 1, 86'400, 60);
  if (!seconds.ok()) return fail(seconds.error());
  const std::string path = *arguments.value("output");
  CaptureFile file(path, *limits);
  const Result<void> streamed =
      stream_admin(*arguments.value("config"), target_of(arguments), std::chrono::seconds(*seconds), file);
  if (const Result<void> closed = file.close(); !closed.ok()) return fail(closed.error());
  if (!streamed.ok()) return fail(streamed.error());
  std::printf("wrote %" PRId64 " requests to %s", file.requests(), path.c_str());
  if (file.skipped() > 0) std::printf("; %" PRIu64 " could not be recorded", file.skipped());
  std::puts("");
  return file.requests() > 0 ? kExitDone : kExitNegative;
}

}  // namespace

Command capture_command() {
  return {
      .name = "capture",
      .summary = "record the requests of a running gateway, for replay",
      .description =
          "Asks the admin API of the gateway that runs with this file for the requests it sends to clusters, and "
          "writes them\nas lines of JSON (docs/replay.md). Credentials are left out, and what `ledger.samples.mask` "
          "names is masked. It ends\nwith the first of --seconds, --requests and --mib. Exit code 1 if nothing was "
          "recorded.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "its configuration", .required = true},
                  {.name = "output", .letter = 'o', .value = "FILE", .about = "the capture", .required = true},
                  {.name = "route", .value = "ID", .about = "requests of this route alone"},
                  {.name = "seconds", .value = "N", .about = "for how long at most, up to 86400 (default: 60)"},
                  {.name = "requests", .value = "N", .about = "how many at most"},
                  {.name = "mib", .value = "N", .about = "how large the file may become (default: 100)"},
                  {.name = "mask",
                   .value = "PLACE",
                   .about = "mask this too: $.email, header:x-session or query:code",
                   .repeated = true},
                  {.name = "keep-credentials", .about = "record authorization, cookies and tokens as they are"}},
      .examples = {{"banyan capture -c site.yaml --route user-profile --seconds 600 -o day.jsonl",
                    "ten minutes of one route"}},
      .run = run_capture};
}

}  // namespace banyan

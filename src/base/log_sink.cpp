#include "base/log_sink.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/log_ring.h"

namespace banyan {
namespace {

constexpr std::size_t kPendingBytesMax = 1024 * 1024;
constexpr Duration kDoze = std::chrono::milliseconds(5);        // between rounds while lines come
constexpr Duration kLongDoze = std::chrono::milliseconds(100);  // while a destination does not take what waits
constexpr Duration kReportInterval = std::chrono::seconds(1);

enum class Medium : unsigned char { kFile, kStream, kSocket };

Medium medium_of(int descriptor) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0 || S_ISREG(status.st_mode)) return Medium::kFile;
  return S_ISSOCK(status.st_mode) ? Medium::kSocket : Medium::kStream;
}

void sleep_for(Duration duration) {
  const timespec time = {.tv_sec = static_cast<time_t>(duration.count() / 1'000'000'000),
                         .tv_nsec = static_cast<long>(duration.count() % 1'000'000'000)};
  nanosleep(&time, nullptr);
}

}  // namespace

// All but the three atomics belongs to the writer.
struct LogSink::State {
  std::uint32_t id = 0;
  std::string path;
  LogSink::Options options;
  std::atomic<std::uint64_t> no_room = 0;      // lines lost to a full ring or a full `pending`
  std::atomic<std::uint64_t> not_written = 0;  // lines lost to a failed write
  std::atomic<int> next_descriptor = -1;       // left here by reopen()
  std::atomic<std::size_t> pending_bytes = 0;  // size of `pending`, for flush()

  int descriptor = -1;
  bool owns_descriptor = false;
  Medium medium = Medium::kFile;
  std::string pending;
  bool torn = false;  // the last byte written was inside a line whose rest is lost
  int last_errno = 0;
  int reported_errno = 0;
  std::uint64_t no_room_reported = 0;
  std::uint64_t not_written_reported = 0;
  TimePoint report_after = TimePoint::min();

  bool has_unreported_losses() const {
    return no_room.load(std::memory_order_relaxed) != no_room_reported ||
           not_written.load(std::memory_order_relaxed) != not_written_reported;
  }

  void append(std::string_view line) {
    if (pending.size() + line.size() + 2 > kPendingBytesMax + LogRing::kBytes) {
      no_room.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    if (std::exchange(torn, false)) pending.push_back('\n');
    pending.append(line).push_back('\n');
  }

  ssize_t write_some(std::string_view bytes) const {
    if (medium == Medium::kSocket) {
      return send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (medium == Medium::kStream) {
      // A pipe that polls writable takes PIPE_BUF bytes at once; asking for more could block on a slow reader.
      pollfd poller = {.fd = descriptor, .events = POLLOUT, .revents = 0};
      if (poll(&poller, 1, 0) == 0) return errno = EAGAIN, -1;
      bytes = bytes.substr(0, PIPE_BUF);
    }
    return write(descriptor, bytes.data(), bytes.size());
  }

  // Writes as much of `pending` as the destination takes now. On an error all of it is lost and counted. True if
  // anything changed.
  bool write_pending() {
    std::size_t done = 0;
    while (done < pending.size()) {
      const ssize_t written = write_some(std::string_view(pending).substr(done));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
      if (written < 0) {
        lose_pending(done, errno);
        return true;
      }
      done += static_cast<std::size_t>(written);
      last_errno = 0;
    }
    pending.erase(0, done);
    pending_bytes.store(pending.size(), std::memory_order_release);
    return done > 0;
  }

  void lose_pending(std::size_t done, int error) {
    last_errno = reported_errno = error;
    torn = torn || (done > 0 && pending[done - 1] != '\n');
    const auto lines = std::count(pending.begin() + static_cast<std::ptrdiff_t>(done), pending.end(), '\n');
    not_written.fetch_add(static_cast<std::uint64_t>(lines), std::memory_order_relaxed);
    pending.clear();
    pending_bytes.store(0, std::memory_order_release);
  }

  void take_next_descriptor() {
    const int next = next_descriptor.exchange(-1, std::memory_order_acq_rel);
    if (next < 0) return;
    write_pending();  // what is from before the rotation belongs into the old file
    close(descriptor);
    descriptor = next;
    medium = medium_of(next);
    torn = false;
    last_errno = 0;
  }
};

// The thread behind all sinks. It exists while there is a sink; this object is made once and never destroyed, so that
// threads may end in any order.
class LogWriter {
 public:
  static LogWriter& instance() {
    static LogWriter* const writer = new LogWriter;
    return *writer;
  }

  void add(LogSink::State& sink) {
    const std::lock_guard lifecycle(lifecycle_mutex_);
    bool first = false;
    {
      const std::lock_guard lock(sinks_mutex_);
      first = sinks_.empty();
      sink.id = ++last_id_;
      sinks_.push_back(&sink);
    }
    if (first) start();
  }

  void remove(LogSink::State& sink) {
    const std::lock_guard lifecycle(lifecycle_mutex_);
    const std::uint32_t goal = request_flush();
    while (!flushed(goal)) sleep_for(std::chrono::microseconds(200));  // a round waits for a processor, for no reader
    flush(sink, std::chrono::seconds(1));
    bool last = false;
    {
      const std::lock_guard lock(sinks_mutex_);
      report_losses(sink, TimePoint::max());
      std::erase(sinks_, &sink);
      last = sinks_.empty();
    }
    if (last) stop();
  }

  bool push(std::uint32_t sink, std::string_view line) noexcept {
    LogRing& ring = thread_ring();
    if (!ring.push(sink, line)) {
      if (state_.load(std::memory_order_relaxed) != kAwake) wake();
      return false;
    }
    const std::uint32_t state = state_.load(std::memory_order_seq_cst);
    if (state == kParked || (state == kDozing && ring.over_half())) wake();
    return true;
  }

  bool flush(const LogSink::State& sink, Duration timeout) {
    const TimePoint deadline = steady_now() + timeout;
    const std::uint32_t goal = request_flush();
    while (!flushed(goal) || sink.pending_bytes.load(std::memory_order_acquire) > 0) {
      if (steady_now() >= deadline) return false;
      sleep_for(std::chrono::microseconds(200));
    }
    return true;
  }

  // For the SIGABRT handler: only atomics and system calls.
  void flush_before_abort() {
    if (process_.load() != getpid() || std::this_thread::get_id() == thread_id_.load()) return;
    const std::uint32_t goal = request_flush();
    for (int i = 0; i < 200 && !flushed(goal); ++i) sleep_for(std::chrono::milliseconds(1));
  }

 private:
  enum State : std::uint32_t { kAwake, kDozing, kParked };

  // Registers the calling thread's ring at first use and gives it up when the thread ends.
  struct RingOwner {
    std::shared_ptr<LogRing> ring = std::make_shared<LogRing>();
    RingOwner() {
      LogWriter& writer = LogWriter::instance();
      const std::lock_guard lock(writer.rings_mutex_);
      writer.rings_.push_back(ring);
    }
    ~RingOwner() { ring->abandoned.store(true, std::memory_order_release); }
    RingOwner(const RingOwner&) = delete;
    RingOwner& operator=(const RingOwner&) = delete;
  };

  // Not inlined: a coroutine may go on in another thread, so the address must be asked for anew at every call.
  [[gnu::noinline]] static LogRing& thread_ring() {
    thread_local RingOwner owner;
    return *owner.ring;
  }

  void start() {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);  // SIGPIPE stays pending here, and signals for the program go to its own threads
    pthread_sigmask(SIG_SETMASK, &all, &before);
    stopping_.store(false);
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "log");
    thread_id_.store(thread_.get_id());
    process_.store(getpid());
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void stop() {
    process_.store(0);
    stopping_.store(true);
    wake();
    thread_.join();
  }

  void run() {
    Round last = Round::kIdle;
    while (!stopping_.load()) {
      const std::uint32_t goal = flush_requested_.load();
      const Round round = pass();
      flush_done_.store(goal);
      const bool idle = round == Round::kIdle && last == Round::kIdle;
      sleep_until_needed(idle ? kParked : kDozing, round == Round::kStuck ? kLongDoze : kDoze, goal);
      last = round;
    }
    pass();
  }

  // What a round over rings and sinks found.
  enum class Round : unsigned char { kIdle, kStuck, kBusy };

  Round pass() {
    const std::lock_guard lock(sinks_mutex_);
    for (LogSink::State* sink : sinks_) sink->take_next_descriptor();
    bool busy = drain_rings();
    for (LogSink::State* sink : sinks_) busy |= sink->write_pending();
    bool waiting = false;
    const TimePoint now = steady_now();
    for (LogSink::State* sink : sinks_) {
      report_losses(*sink, now);
      waiting |= !sink->pending.empty() || sink->has_unreported_losses();
    }
    return busy ? Round::kBusy : waiting ? Round::kStuck : Round::kIdle;
  }

  bool drain_rings() {
    bool any = false;
    collect_rings();
    for (const std::shared_ptr<LogRing>& ring : round_) {
      const bool abandoned = ring->abandoned.load(std::memory_order_acquire);
      any |= ring->drain([this](std::uint32_t id, std::string_view line) {
        if (LogSink::State* sink = find(id)) sink->append(line);
      });
      if (abandoned) drop_ring(ring);
      write_full_sinks();
    }
    return any;
  }

  void collect_rings() {
    const std::lock_guard lock(rings_mutex_);
    round_ = rings_;
  }

  void drop_ring(const std::shared_ptr<LogRing>& ring) {
    const std::lock_guard lock(rings_mutex_);
    std::erase(rings_, ring);
  }

  // Keeps a round over many full rings within the bound on pending bytes.
  void write_full_sinks() {
    for (LogSink::State* sink : sinks_) {
      if (sink->pending.size() > kPendingBytesMax) sink->write_pending();
    }
  }

  LogSink::State* find(std::uint32_t id) {
    const auto same = [id](const LogSink::State* sink) { return sink->id == id; };
    const auto found = std::find_if(sinks_.begin(), sinks_.end(), same);
    return found == sinks_.end() ? nullptr : *found;
  }

  // Says how many lines were lost, once a second at most, and only where the destination takes lines again.
  void report_losses(LogSink::State& sink, TimePoint now) {
    if (!sink.has_unreported_losses()) return;
    const std::uint64_t no_room = sink.no_room.load(std::memory_order_relaxed);
    const std::uint64_t not_written = sink.not_written.load(std::memory_order_relaxed);
    LogSink::State& target = sink.options.losses_to != nullptr ? *sink.options.losses_to->state_ : sink;
    if (now < sink.report_after || target.last_errno != 0 || !target.pending.empty()) return;
    char reason[128] = "";
    const char* why = sink.reported_errno == 0 ? reason : strerror_r(sink.reported_errno, reason, sizeof reason);
    LogLine line(target.options.format, times_.format(wall_now()), LogLevel::kWarn, "log_lines_lost");
    line.add({"file", sink.path});
    line.add({"no_room", no_room - sink.no_room_reported});
    line.add({"not_written", not_written - sink.not_written_reported});
    line.add({"reason", why});
    target.append(line.finish());
    target.write_pending();
    if (target.last_errno != 0) return;
    sink.no_room_reported = no_room;
    sink.not_written_reported = not_written;
    sink.reported_errno = 0;
    sink.report_after = now == TimePoint::max() ? now : now + kReportInterval;
  }

  bool lines_waiting() {
    const std::lock_guard lock(rings_mutex_);
    return std::any_of(rings_.begin(), rings_.end(), [](const auto& ring) { return !ring->empty(); });
  }

  // A producer that stores a line after the checks below sees the state and wakes the writer; one that stored it
  // before is seen by the checks. Either way no line is left behind.
  void sleep_until_needed(State how, Duration doze, std::uint32_t flush_seen) {
    state_.store(how);
    const bool needed =
        stopping_.load() || flush_requested_.load() != flush_seen || (how == kParked && lines_waiting());
    if (!needed) {
      const timespec time = {.tv_sec = 0, .tv_nsec = static_cast<long>(doze.count())};
      syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, how, how == kDozing ? &time : nullptr, nullptr, 0);
    }
    state_.store(kAwake);
  }

  void wake() noexcept {
    if (state_.exchange(kAwake) == kAwake) return;
    syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }

  std::uint32_t request_flush() noexcept {
    const std::uint32_t goal = flush_requested_.fetch_add(1) + 1;
    wake();
    return goal;
  }

  bool flushed(std::uint32_t goal) const { return static_cast<std::int32_t>(flush_done_.load() - goal) >= 0; }

  std::mutex lifecycle_mutex_;  // over starting and stopping; taken before the other two
  std::mutex sinks_mutex_;      // held over a whole round: only for adding and removing sinks
  std::mutex rings_mutex_;      // held for moments: a thread's first line takes it
  std::vector<LogSink::State*> sinks_;
  std::vector<std::shared_ptr<LogRing>> rings_;
  std::vector<std::shared_ptr<LogRing>> round_;
  std::uint32_t last_id_ = 0;
  Rfc3339Cache times_;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_;
  std::atomic<pid_t> process_ = 0;  // whose thread this is; 0 while there is none
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint32_t> state_ = kAwake;
  std::atomic<std::uint32_t> flush_requested_ = 0;
  std::atomic<std::uint32_t> flush_done_ = 0;
};

namespace {

// Non-blocking, so that a named pipe without a reader is an error and not a wait; plain files do not care.
Result<int> open_for_append(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
  if (descriptor < 0) return Error::from_errno(errno, "opening the log " + path);
  return descriptor;
}

}  // namespace

LogSink::LogSink(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->medium = medium_of(state_->descriptor);
  LogWriter::instance().add(*state_);
}

Result<std::unique_ptr<LogSink>> LogSink::open(std::string path, Options options) {
  auto state = std::make_unique<State>();
  state->options = options;
  state->path = std::move(path);
  if (state->path == "-") {
    state->descriptor = STDOUT_FILENO;
  } else {
    BANYAN_TRY(state->descriptor, open_for_append(state->path));
    state->owns_descriptor = true;
  }
  return std::unique_ptr<LogSink>(new LogSink(std::move(state)));
}

std::unique_ptr<LogSink> LogSink::standard_error(Options options) {
  auto state = std::make_unique<State>();
  state->options = options;
  state->path = "standard error";
  state->descriptor = STDERR_FILENO;
  return std::unique_ptr<LogSink>(new LogSink(std::move(state)));
}

LogSink::~LogSink() {
  LogWriter::instance().remove(*state_);
  if (state_->owns_descriptor) close(state_->descriptor);
  if (const int next = state_->next_descriptor.load(); next >= 0) close(next);
}

bool LogSink::write_line(std::string_view line) noexcept {
  if (line.size() <= LogRing::kLineBytesMax && LogWriter::instance().push(state_->id, line)) return true;
  state_->no_room.fetch_add(1, std::memory_order_relaxed);
  return false;
}

Result<void> LogSink::reopen() {
  if (!state_->owns_descriptor) return {};
  BANYAN_TRY(const int descriptor, open_for_append(state_->path));
  const int unused = state_->next_descriptor.exchange(descriptor, std::memory_order_acq_rel);
  if (unused >= 0) close(unused);
  flush(std::chrono::seconds(1));
  return {};
}

bool LogSink::flush(Duration timeout) { return LogWriter::instance().flush(*state_, timeout); }

std::uint64_t LogSink::lines_lost() const {
  return state_->no_room.load(std::memory_order_relaxed) + state_->not_written.load(std::memory_order_relaxed);
}

LogFormat LogSink::format() const { return state_->options.format; }

void flush_logs_on_abort() {
  LogWriter::instance();  // made here, because the handler must not allocate
  struct sigaction action{};
  action.sa_handler = [](int) { LogWriter::instance().flush_before_abort(); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGABRT, &action, nullptr);
}

}  // namespace banyan

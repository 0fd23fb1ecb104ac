// A network inside the process: stream sockets whose every delay, loss and refusal is decided by a seed.
//
// Bytes that are sent travel as events on a queue ordered by virtual time. Order within one direction of a connection
// is kept, as TCP keeps it; everything else may be late, cut into pieces, or never come. Buffers are finite, so a
// sender meets EAGAIN. Readiness is edge-triggered as epoll(7) describes it: an event tells all that is true at that
// moment, and nothing is told twice. A short read or write that a fault causes is followed by another event, because a
// program may take a short count for an empty or full buffer.
//
// What is modelled: connect refused, unanswered, in progress; a full backlog; half-close; reset in either direction,
// data unread at close included (it resets, as in Linux); EMFILE at accept; unix sockets, which connect at once.
// Not modelled: datagrams, urgent data, options, packet loss as such (TCP hides it as delay).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "runtime/env.h"
#include "sim/seeded_random.h"

namespace banyan {

// How bad the network is. Probabilities are from 0 to 1; the default is a perfect network without delay.
struct SimFaults {
  Duration delay_min{0};  // of everything on its way: data, ends, resets, connects, freed buffer space
  Duration delay_max{0};
  Duration half_close_delay_max{0};      // in addition, for the end of a stream
  double short_read = 0;                 // a receive gives less than there is; a send travels in pieces
  double short_write = 0;                // a send takes less than there is room for
  double reset = 0;                      // at each send: the connection breaks, both ends are told
  double hang = 0;                       // at each send: nothing of this direction arrives from now on
  double refuse = 0;                     // a connect is refused
  double blackhole = 0;                  // a connect is never answered
  double accept_fails = 0;               // an accept gives EMFILE; the connection stays in the backlog
  std::size_t buffer_bytes = 64 * 1024;  // for each direction of a connection, both ends' buffers together
  Duration task_time_max{0};             // a run of a task takes up to this long; 0: none, time passes only when idle
};

class SimNetwork final : public SocketSystem {
 public:
  SimNetwork(SeededRandom& random, TraceHash& trace, const SimFaults& faults, const TimePoint& now)
      : random_(random), trace_(trace), faults_(faults), now_(now) {}

  int listen(const SocketAddress& address, const ListenOptions& options) override;
  int accept(int fd, SocketAddress* peer) override;
  int connect(const SocketAddress& address, int* fd) override;
  int connect_result(int fd) override;
  std::ptrdiff_t receive(int fd, std::span<std::byte> into) override;
  std::ptrdiff_t send(int fd, std::span<const iovec> parts) override;
  // `file` is a descriptor of the operating system.
  std::ptrdiff_t send_file(int fd, int file, std::int64_t* offset, std::size_t bytes) override;
  int shutdown_write(int fd) override;
  void close(int fd) override;
  void abort(int fd) override;
  SocketAddress local_address(int fd) override;

  // For the poller.
  int watch(int fd, Readiness* readiness);
  void unwatch(int fd);
  // Lets happen what is due at the present time.
  void deliver_due();
  // When something happens next; kNever: nothing is on its way.
  TimePoint next_event() const { return events_.empty() ? kNever : events_.top().at; }
  // Tells the Readiness of every socket that changed, in an order of chance. Returns how many.
  int tell_changes();

  // Sockets that somebody has yet to close.
  std::size_t open_sockets() const { return open_; }

 private:
  using Id = std::uint32_t;  // of a socket, never reused; its descriptor is
  static constexpr Id kNobody = ~Id{0};
  enum class State : std::uint8_t { kListening, kConnecting, kConnected, kClosed };
  struct Socket {
    State state = State::kClosed;
    int fd = -1;
    Id peer = kNobody;
    SocketAddress local;
    SocketAddress remote;
    Readiness* readiness = nullptr;
    bool changed = false;
    std::string received;  // arrived; read up to read_at
    std::size_t read_at = 0;
    bool end_received = false;
    bool broken = false;       // by a reset
    int error = 0;             // told once, as SO_ERROR is
    std::size_t unread = 0;    // bytes sent that the peer has not read
    bool wants_space = false;  // a send was cut short by a full buffer
    bool write_ended = false;
    bool hung = false;
    TimePoint last_arrival{};  // of what this end sent last
    std::deque<Id> backlog;
    std::size_t backlog_max = 0;
  };
  enum class Kind : std::uint8_t { kConnect, kConnected, kRefused, kData, kEnd, kReset, kChanged };
  struct Event {
    TimePoint at;
    std::uint64_t number;
    Kind kind;
    Id to;
    std::string data;
    bool operator>(const Event& other) const { return at != other.at ? at > other.at : number > other.number; }
  };

  Socket* find(int fd);
  Id add_socket(State state);
  int give_descriptor(Id id);
  Id id_of(int fd) const { return descriptors_[static_cast<std::size_t>(fd - kFirstDescriptor)]; }
  Id find_listener(const SocketAddress& address);
  bool address_in_use(const SocketAddress& address) const;
  Duration delay();
  void put(Duration after, Kind kind, Id to, std::string data = {});
  // On the way from `from` to its peer, behind all that it sent before.
  void put_in_order(Socket& from, Duration extra, Kind kind, std::string data = {});
  void happen(Event& event);
  void connect_arrives(Id client);
  Id make_server_end(Id client, Id listener);
  void data_arrives(Id to, const std::string& data);
  void send_data(Socket& from, std::string data);
  std::size_t room_for(Socket& from, std::size_t wanted);
  void break_connection(Id id);
  void change(Id id);
  void close_with(int fd, bool reset);
  std::ptrdiff_t done(Kind kind, int fd, std::ptrdiff_t result);

  static constexpr int kFirstDescriptor = 1 << 20;  // none that the operating system gives out
  SeededRandom& random_;
  TraceHash& trace_;
  const SimFaults& faults_;
  const TimePoint& now_;
  std::deque<Socket> sockets_;
  std::vector<Id> descriptors_;
  std::set<int> free_descriptors_;
  std::map<std::string, std::vector<Id>> listeners_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<Id> changed_;
  std::uint64_t next_number_ = 0;
  std::uint16_t next_port_ = 32768;
  std::size_t open_ = 0;
};

}  // namespace banyan

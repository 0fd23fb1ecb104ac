// A constant-rate HTTP/1.1 client that does not hide waiting.
//
// A closed-loop client sends its next request only when the last one was answered, so a server that stalls is asked
// less and looks fast (coordinated omission). Here request i is due at start + i / rate whatever happened before. If
// no connection is free it waits in line, and its latency is counted from the moment it was due.
//
// Limits: no pipelining, answers framed by Content-Length or as chunks whose last one ends the read buffer.
// One thread, which sleeps between requests because an origin may share its CPU; the slack of its timer is set to the
// least the kernel allows, since it counts as the server's latency.
//
// usage: openloop PORT PATH RATE CONNECTIONS SECONDS   prints one JSON line
//
// PATH is asked for by GET. "@FILE" in its place names a file of requests, sent in turn, a line each: a path for GET,
// or a path, a space and a body of JSON for POST.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

struct Connection {
  int descriptor = -1;
  bool asked = false;  // and not yet answered
  int64_t due_ns = 0;
  std::string answer;
};

struct Load {
  int port;
  std::vector<std::string> requests;
  double rate;
  int64_t length_ns;
  int poller = -1;
  std::vector<Connection> connections;
  std::vector<size_t> free;
  std::vector<int64_t> latencies_ns;
  int64_t errors = 0;
  size_t sent = 0;
};

bool connect_one(Load& load, size_t index) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(load.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    close(descriptor);
    return false;
  }
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
  epoll_ctl(load.poller, EPOLL_CTL_ADD, descriptor, &event);
  load.connections[index] = {.descriptor = descriptor, .asked = false, .due_ns = 0, .answer = {}};
  return true;
}

// The length that the head announces, or -1 when it announces none.
int64_t content_length(std::string_view head) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    constexpr std::string_view kName = "\r\ncontent-length:";
    if (head.size() - at > kName.size() && strncasecmp(head.data() + at, kName.data(), kName.size()) == 0) {
      return atoll(head.data() + at + kName.size());
    }
  }
  return -1;
}

bool complete(std::string_view answer) {
  size_t end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  int64_t length = content_length(answer.substr(0, end + 2));
  if (length >= 0) return answer.size() >= end + 4 + static_cast<size_t>(length);
  return answer.ends_with("\r\n0\r\n\r\n");
}

void send_due(Load& load, int64_t due_ns) {
  size_t index = load.free.back();
  load.free.pop_back();
  Connection& connection = load.connections[index];
  connection.due_ns = due_ns;
  connection.asked = true;
  const std::string& request = load.requests[load.sent++ % load.requests.size()];
  ssize_t sent = send(connection.descriptor, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) ++load.errors;
}

// Ends a request that failed: the connection is replaced, so that later requests are measured and not this one again.
void fail(Load& load, size_t index) {
  ++load.errors;
  close(load.connections[index].descriptor);
  if (connect_one(load, index)) load.free.push_back(index);
}

// A connection that nobody has asked anything for long: servers end such ones, which fails no request.
void renew(Load& load, size_t index) {
  close(load.connections[index].descriptor);
  if (!connect_one(load, index)) std::erase(load.free, index);
}

void receive(Load& load, size_t index) {
  Connection& connection = load.connections[index];
  char buffer[16384];
  ssize_t count = recv(connection.descriptor, buffer, sizeof buffer, 0);
  if (count <= 0) return connection.asked ? fail(load, index) : renew(load, index);
  connection.answer.append(buffer, static_cast<size_t>(count));
  if (!complete(connection.answer)) return;
  if (!connection.answer.starts_with("HTTP/1.1 200")) return fail(load, index);
  load.latencies_ns.push_back(now_ns() - connection.due_ns);
  connection.answer.clear();
  connection.asked = false;
  load.free.push_back(index);
}

int64_t due_at(const Load& load, int64_t start, int64_t index) {
  return start + static_cast<int64_t>(static_cast<double>(index) * 1e9 / load.rate);
}

// Reads what arrives until the next request is due; with every connection busy, until something arrives.
void wait_until(Load& load, int64_t due_ns) {
  constexpr int64_t kLongest = 100'000'000;
  int64_t left = load.free.empty() ? kLongest : std::clamp<int64_t>(due_ns - now_ns(), 0, kLongest);
  timespec timeout{.tv_sec = 0, .tv_nsec = left};
  epoll_event events[64];
  int count = epoll_pwait2(load.poller, events, 64, &timeout, nullptr);
  for (int i = 0; i < count; ++i) receive(load, events[i].data.u64);
}

// Sends what is due and reads what came until the time is over and everything sent is answered, or 2 s later.
int64_t drive(Load& load) {
  const int64_t start = now_ns();
  const auto planned = static_cast<int64_t>(load.rate * static_cast<double>(load.length_ns) / 1e9);
  int64_t next = 0;
  while (true) {
    int64_t now = now_ns();
    for (; next < planned && !load.free.empty(); ++next) {
      int64_t due = due_at(load, start, next);
      if (due > now) break;
      send_due(load, due);
    }
    wait_until(load, next < planned ? due_at(load, start, next) : INT64_MAX);
    bool answered = static_cast<int64_t>(load.latencies_ns.size()) + load.errors >= planned;
    if (answered || now > start + load.length_ns + 2'000'000'000LL) break;
  }
  load.errors += planned - std::min(planned, static_cast<int64_t>(load.latencies_ns.size()) + load.errors);
  return planned;
}

double percentile_us(const std::vector<int64_t>& ordered, double share) {
  if (ordered.empty()) return 0;
  auto rank = static_cast<size_t>(share * static_cast<double>(ordered.size()));
  return static_cast<double>(ordered[std::min(rank, ordered.size() - 1)]) / 1e3;
}

void report(Load& load, int64_t planned) {
  std::sort(load.latencies_ns.begin(), load.latencies_ns.end());
  const auto& ordered = load.latencies_ns;
  std::printf(
      "{\"rate\":%.0f,\"planned\":%lld,\"done\":%zu,\"errors\":%lld,\"p50_us\":%.1f,\"p90_us\":%.1f,"
      "\"p95_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f}\n",
      load.rate, static_cast<long long>(planned), ordered.size(), static_cast<long long>(load.errors),
      percentile_us(ordered, 0.5), percentile_us(ordered, 0.9), percentile_us(ordered, 0.95),
      percentile_us(ordered, 0.99), percentile_us(ordered, 0.999), percentile_us(ordered, 1.0));
}

std::string request_of(const std::string& line) {
  const size_t space = line.find(' ');
  const std::string path = line.substr(0, space);
  if (space == std::string::npos) return "GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n";
  const std::string body = line.substr(space + 1);
  return "POST " + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::vector<std::string> requests_of(const std::string& path) {
  if (!path.starts_with('@')) return {request_of(path)};
  std::ifstream file(path.substr(1));
  std::vector<std::string> requests;
  for (std::string line; std::getline(file, line);) requests.push_back(request_of(line));
  if (!requests.empty()) return requests;
  std::fprintf(stderr, "openloop: no requests in %s\n", path.c_str() + 1);
  std::exit(2);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::fprintf(stderr, "usage: openloop PORT PATH RATE CONNECTIONS SECONDS\n");
    return 2;
  }
  Load load{.port = std::atoi(arguments[1]),
            .requests = requests_of(arguments[2]),
            .rate = std::atof(arguments[3]),
            .length_ns = static_cast<int64_t>(std::atof(arguments[5]) * 1e9),
            .connections = std::vector<Connection>(static_cast<size_t>(std::max(1, std::atoi(arguments[4]))))};
  prctl(PR_SET_TIMERSLACK, 1UL);
  load.poller = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < load.connections.size(); ++i) {
    if (!connect_one(load, i)) {
      std::perror("openloop: connect");
      return 1;
    }
    load.free.push_back(i);
  }
  report(load, drive(load));
  return 0;
}

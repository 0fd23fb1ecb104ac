// Answers every byte with one byte, some time later: the database or neighbour that the tasks of bench/gil wait for.
//
// One thread. The delay is the same for all, so what is due first is what came first: a queue, and one timer.
//
// usage: delay PORT MILLISECONDS
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>

namespace {

int64_t delay_ns = 0;

struct Answer {
  int64_t due_ns;
  int connection;
};

int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

int listen_on(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 512) != 0) {
    perror("delay: listen");
    exit(1);
  }
  return listener;
}

void watch(int poller, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

void set_timer(int timer, int64_t due_ns) {
  itimerspec at{};
  at.it_value = {due_ns / 1'000'000'000, due_ns % 1'000'000'000};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, nullptr);
}

// Sends what is due and sets the timer for the rest. A connection that has gone gets nothing.
void answer(std::deque<Answer>& queue, int timer) {
  uint64_t times = 0;
  (void)!read(timer, &times, sizeof times);
  const int64_t now = now_ns();
  while (!queue.empty() && queue.front().due_ns <= now) {
    (void)!send(queue.front().connection, "a", 1, MSG_NOSIGNAL);
    queue.pop_front();
  }
  if (!queue.empty()) set_timer(timer, queue.front().due_ns);
}

void take(std::deque<Answer>& queue, int timer, int connection) {
  char bytes[256];
  const ssize_t n = read(connection, bytes, sizeof bytes);
  if (n <= 0) {
    std::erase_if(queue, [connection](const Answer& one) { return one.connection == connection; });
    close(connection);
    return;
  }
  const int64_t due = now_ns() + delay_ns;
  if (queue.empty()) set_timer(timer, due);
  for (ssize_t i = 0; i < n; ++i) queue.push_back({due, connection});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: delay PORT MILLISECONDS\n");
    return 2;
  }
  delay_ns = atoll(argv[2]) * 1'000'000;
  prctl(PR_SET_TIMERSLACK, 1);
  const int listener = listen_on(atoi(argv[1]));
  const int poller = epoll_create1(EPOLL_CLOEXEC);
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  watch(poller, listener);
  watch(poller, timer);
  std::deque<Answer> queue;
  for (;;) {
    epoll_event events[64];
    const int count = epoll_wait(poller, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[i].data.fd;
      if (descriptor == timer) {
        answer(queue, timer);
      } else if (descriptor == listener) {
        const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        const int on = 1;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connection >= 0) watch(poller, connection);
      } else {
        take(queue, timer, descriptor);
      }
    }
  }
}

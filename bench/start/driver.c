// How long from exec to the first answer 200, many times over.
//
// Each round forks; the child notes CLOCK_MONOTONIC in a page shared with us and becomes the server. We then try to
// connect, without sleeping longer than 20 us, send a GET and note the time when the status line of a 200 has come.
// The connection is reset, so that no TIME_WAIT keeps the port, and the server is killed and reaped before the next.
//
// usage: driver ROUNDS SERVER_CPU PORT PATH PROGRAM [ARGUMENT...]   prints one time in nanoseconds per line

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kTimeoutSeconds = 20 };

static int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// The child: its own process group, so that a server's own children end with it; silent; on the server's CPU.
static void become(char** arguments, int cpu, volatile int64_t* exec_ns) {
  setpgid(0, 0);
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET((size_t)cpu, &cpus);
  sched_setaffinity(0, sizeof cpus, &cpus);
  int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, 0);
  dup2(nowhere, 1);
  *exec_ns = now_ns();
  execv(arguments[0], arguments);
  _exit(127);
}

static int try_connect(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made >= 0 && connect(made, (struct sockaddr*)&address, sizeof address) == 0) return made;
  if (made >= 0) close(made);
  return -1;
}

// One GET on a new connection; 1 when the answer's status is 200.
static int answers_200(int port, const char* path) {
  int made = try_connect(port);
  if (made < 0) return 0;
  struct timeval patience = {.tv_sec = 2, .tv_usec = 0};
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(made, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  char text[4096];
  int length = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n", path);
  ssize_t got = 0;
  if (send(made, text, (size_t)length, MSG_NOSIGNAL) == length) {
    for (ssize_t part; got < 12 && (part = recv(made, text + got, sizeof text - (size_t)got, 0)) > 0;) got += part;
  }
  close(made);
  return got >= 12 && memcmp(text, "HTTP/1.", 7) == 0 && memcmp(text + 8, " 200", 4) == 0;
}

static void end_server(pid_t child) {
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
}

// Time from exec to the first 200 in nanoseconds, or -1 when it never came.
static int64_t one_start(char** server, int cpu, int port, const char* path) {
  volatile int64_t* exec_ns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = fork();
  if (child == 0) become(server, cpu, exec_ns);
  const int64_t end = now_ns() + kTimeoutSeconds * 1000000000LL;
  int64_t answered = 0;
  while (!answered && now_ns() < end && waitpid(child, NULL, WNOHANG) == 0) {
    if (*exec_ns && answers_200(port, path)) answered = now_ns();
    if (!answered) nanosleep(&(struct timespec){.tv_sec = 0, .tv_nsec = 10000}, NULL);
  }
  end_server(child);
  int64_t took = answered ? answered - *exec_ns : -1;
  munmap((void*)exec_ns, 4096);
  return took;
}

int main(int count, char** arguments) {
  if (count < 6) {
    fprintf(stderr, "usage: driver ROUNDS SERVER_CPU PORT PATH PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  prctl(PR_SET_TIMERSLACK, 1UL);
  prctl(PR_SET_CHILD_SUBREAPER, 1UL);
  for (int round = 0; round < atoi(arguments[1]); ++round) {
    int port = atoi(arguments[3]);
    if (try_connect(port) >= 0) {
      fprintf(stderr, "driver: something else listens on port %d\n", port);
      return 1;
    }
    int64_t took = one_start(arguments + 5, atoi(arguments[2]), port, arguments[4]);
    if (took < 0) {
      fprintf(stderr, "driver: %s never answered 200\n", arguments[5]);
      return 1;
    }
    printf("%lld\n", (long long)took);
    while (waitpid(-1, NULL, 0) > 0) {
    }
  }
  return 0;
}

// The floor of start-up: a static program that does nothing but listen and answer. No server can start faster than
// the kernel maps and runs this one.
//
// usage: hello PORT

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";

int main(int count, char** arguments) {
  int on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_port = htons((uint16_t)atoi(count > 1 ? arguments[1] : "8080"));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 16) != 0) return 1;
  for (int made; (made = accept(listener, NULL, NULL)) >= 0; close(made)) {
    char request[4096];
    if (read(made, request, sizeof request) <= 0) continue;
    if (write(made, kAnswer, sizeof kAnswer - 1) < 0) continue;
  }
  return 0;
}

// A client that sends any bytes after the preface: the server stays whole, every handler ends, and nothing of the
// memory budget is left taken. In the simulator, so that timeouts cost nothing and a run repeats itself.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "http2/server.h"
#include "net/connect.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "sim/simulation.h"

namespace {

using namespace banyan;
using namespace std::chrono_literals;

class Echo final : public Handler {
 public:
  Task<void> handle(Exchange& exchange) override {
    Fields fields;
    if (!exchange.framing().upgrade.empty()) {
      Result<Tunnel*> tunnel = co_await exchange.upgrade(fields);
      if (!tunnel.ok()) co_return;
      const Result<BodyFrame> frame = co_await (*tunnel)->incoming().next();
      if (frame.ok()) (void)co_await (*tunnel)->write(frame->data);
    } else if (exchange.head().method == Method::kGet) {
      (void)co_await exchange.respond(200, fields, "some text");
    } else {
      (void)co_await exchange.respond_stream(200, fields, exchange.body());
    }
  }
};

struct World {
  std::string_view bytes;
  MemoryBudget memory{1 << 20, 1 << 20};
  Echo echo;
  std::unique_ptr<Http2Server> server;
};

Task<int> run_connection(World* world) {
  ServerLimits limits;
  limits.head.head_bytes_max = 4096;
  limits.body_bytes_max = 64 * 1024;
  world->server = std::make_unique<Http2Server>(world->echo, world->memory, limits);
  Result<Listener> listener = Listener::open(*SocketAddress::parse("127.0.0.1:80"));
  BANYAN_CHECK(listener.ok());
  Result<Stream> client = co_await connect(listener->address(), now() + 5s);
  Result<Stream> accepted = co_await listener->accept(now() + 5s);
  BANYAN_CHECK(client.ok() && accepted.ok());
  go_pinned("connection", world->server->serve(*std::move(accepted), false));
  const std::string sent = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(world->bytes);
  (void)co_await client->write(sent, now() + 5s);
  // What the server answers is read, so that nothing waits for the client alone.
  std::byte buffer[4096];
  const TimePoint enough = now() + 300s;
  for (;;) {
    const Result<std::size_t> n = co_await client->read(buffer, enough);
    if (!n.ok() || *n == 0) break;
  }
  client->close();
  for (int i = 0; i < 10'000 && world->server->connections() > 0; ++i) (void)co_await sleep_for(100ms);
  BANYAN_CHECK(world->server->connections() == 0);
  BANYAN_CHECK(world->server->counters().active.load() == 0);
  BANYAN_CHECK(world->memory.used() == 0);
  co_return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World world;
  world.bytes = {reinterpret_cast<const char*>(data), size};
  BANYAN_CHECK(simulate(1, {}, run_connection(&world)) == 0);
  return 0;
}

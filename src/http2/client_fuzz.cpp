// A server that sends any bytes: the client stays whole, every request gets an answer or an error, and nothing of the
// memory budget is left taken. In the simulator, so that timeouts cost nothing and a run repeats itself.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "exchange/upload.h"
#include "http2/client.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "sim/simulation.h"

namespace {

using namespace banyan;
using namespace std::chrono_literals;

struct World {
  std::string_view bytes;
  MemoryBudget memory{1 << 20, 1 << 20};
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Http2Upstream> upstream;
  int asked = 0;
  int serving = 0;
};

Task<void> say(World* world, Stream stream) {
  // The requests first, so that there is something to answer.
  std::byte buffer[4096];
  (void)co_await stream.read(buffer, now() + 1s);
  (void)co_await sleep_for(50ms);
  (void)co_await stream.write(world->bytes, now() + 5s);
  const TimePoint enough = now() + 1s;
  for (;;) {
    const Result<std::size_t> n = co_await stream.read(buffer, enough);
    if (!n.ok() || *n == 0) break;
  }
  --world->serving;
}

Task<void> accept_all(World* world) {
  for (;;) {
    Result<Stream> stream = co_await world->listener->accept();
    if (!stream.ok()) break;
    ++world->serving;
    go_pinned("server", say(world, *std::move(stream)));
  }
  --world->serving;
}

class Drops final : public BodySource {
 public:
  Task<Result<BodyFrame>> next() override {
    (void)co_await sleep_for(10ms);
    if (left_-- == 0) co_return BodyFrame{};
    co_return BodyFrame{BodyFrame::Kind::kData, "drop", nullptr};
  }

 private:
  int left_ = 5;
};

Task<Result<void>> ask(World* world, Method method) {
  Fields fields;
  fields.add_copy(FieldId::kHost, "x");
  Drops body;
  Upload upload;
  UpstreamRequest request;
  request.method = method;
  request.method_name = method == Method::kPost ? "POST" : "GET";
  request.target = "/";
  request.fields = &fields;
  request.body = method == Method::kPost ? &body : nullptr;
  request.upload = &upload;
  {
    auto sent = co_await world->upstream->send(request);
    if (sent.ok()) (void)co_await read_all((*sent)->body(), 1 << 16);
  }
  co_await upload.end();
  ++world->asked;
  co_return {};
}

Task<int> run_client(World* world) {
  world->listener = std::make_unique<Listener>(*Listener::open(*SocketAddress::parse("127.0.0.1:80")));
  ++world->serving;
  go_pinned("accept", accept_all(world));
  world->upstream = std::make_unique<Http2Upstream>(world->listener->address(), world->memory);
  (void)co_await with_scope(world, [](Scope& scope, World*& w) -> Task<Result<void>> {
    for (const Method method : {Method::kGet, Method::kPost, Method::kGet}) scope.spawn_pinned("ask", ask(w, method));
    co_return co_await scope.join();
  });
  BANYAN_CHECK(world->asked == 3);
  world->upstream.reset();
  world->listener->close();
  for (int i = 0; i < 10'000 && world->serving > 0; ++i) (void)co_await sleep_for(100ms);
  BANYAN_CHECK(world->serving == 0);
  BANYAN_CHECK(world->memory.used() == 0);
  co_return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World world;
  world.bytes = {reinterpret_cast<const char*>(data), size};
  BANYAN_CHECK(simulate(1, {}, run_client(&world)) == 0);
  return 0;
}

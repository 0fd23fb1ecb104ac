// The file server behind a real HTTP server, and its trees against links, switches and missing roots.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

#include "file_server/file_server.h"
#include "http1/server.h"
#include "net/connect.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"
#include "static_files/oracle_server.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;
using static_files::FileKind;

class FilesHandler final : public Handler {
 public:
  explicit FilesHandler(std::string root) : root_(std::move(root)) {}
  Task<void> handle(Exchange& exchange) override { co_await files_.serve(exchange, root_, {}); }

  MemoryBudget memory_;

 private:
  std::string root_;
  FileServer files_{&memory_};
};

class FileServing : public testing::Test {
 public:
  void SetUp() override {
    mkdir(release("1").c_str(), 0755);
    mkdir((release("1") + "/sub").c_str(), 0755);
    ASSERT_EQ(symlink(release("1").c_str(), root().c_str()), 0);
    oracle::write_file(release("1") + "/a.txt", "0123456789");
    oracle::write_file(release("1") + "/empty.txt", "");
    oracle::write_file(release("1") + "/sub/index.html", "<p>sub</p>");
    oracle::write_file(folder_.path() + "/secret.txt", "secret");
    ASSERT_EQ(symlink("a.txt", (release("1") + "/inside.txt").c_str()), 0);
    ASSERT_EQ(symlink("../secret.txt", (release("1") + "/outside.txt").c_str()), 0);
    ASSERT_EQ(symlink("/etc/passwd", (release("1") + "/absolute.txt").c_str()), 0);
    ASSERT_EQ(symlink("..", (release("1") + "/up").c_str()), 0);
    ASSERT_EQ(symlink("loop", (release("1") + "/loop").c_str()), 0);
    ASSERT_EQ(mkfifo((release("1") + "/pipe").c_str(), 0644), 0);
  }
  std::string release(const std::string& number) const { return folder_.path() + "/release" + number; }
  std::string root() const { return folder_.path() + "/current"; }
  void switch_root(const std::string& number) const {
    const std::string fresh = folder_.path() + "/fresh";
    ASSERT_EQ(symlink(release(number).c_str(), fresh.c_str()), 0);
    ASSERT_EQ(rename(fresh.c_str(), root().c_str()), 0);
  }

  // Runs `body` beside a server of the root.
  void serve_and(Task<void> (*body)(FileServing&, SocketAddress)) {
    RuntimeOptions runtime;
    runtime.workers = 1;
    run(runtime, run_server(this, body));
  }

  oracle::TemporaryFolder folder_;

 private:
  static Task<int> run_server(FileServing* self, Task<void> (*body)(FileServing&, SocketAddress)) {
    FilesHandler handler(self->root());
    MemoryBudget memory;
    Http1Server server(handler, memory, {});
    Result<Listener> listener = Listener::open(*SocketAddress::parse("127.0.0.1:0"));
    Event stopped;
    go_pinned("accept", accept_all(&*listener, &server, &stopped));
    co_await body(*self, listener->address());
    listener->close();
    (void)co_await stopped.wait();
    server.drain();
    for (int i = 0; i < 3000 && server.connections() > 0; ++i) (void)co_await sleep_for(1ms);
    EXPECT_EQ(server.connections(), 0U);
    EXPECT_EQ(handler.memory_.used(), 0U);
    co_return 0;
  }
  static Task<void> accept_all(Listener* listener, Http1Server* server, Event* stopped) {
    co_await serve_connections(*listener, *server);
    stopped->set();
  }
};

// One request over a connection of its own.
Task<oracle::Answer> get(SocketAddress address, std::string path, std::string fields = "", std::string method = "GET") {
  std::string text;
  Result<Stream> stream = co_await connect(address, now() + 1min);
  EXPECT_TRUE(stream.ok());
  if (!stream.ok()) co_return oracle::Answer();
  const std::string request = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + fields + "\r\n";
  (void)co_await stream->write(request, now() + 1min);
  std::byte buffer[65536];
  for (;;) {
    Result<std::size_t> n = co_await stream->read(buffer, now() + 1min);
    if (!n.ok() || *n == 0) break;
    text.append(reinterpret_cast<const char*>(buffer), *n);
  }
  co_return oracle::split_answer(text);
}

TEST_F(FileServing, FilesRangesAndConditions) {
  serve_and([](FileServing&, SocketAddress server) -> Task<void> {
    const oracle::Answer whole = co_await get(server, "/a.txt");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.body, "0123456789");
    EXPECT_EQ(whole.field("Content-Length"), "10");
    EXPECT_EQ(whole.field("Content-Type"), "text/plain; charset=utf-8");
    const oracle::Answer head = co_await get(server, "/a.txt", "", "HEAD");
    EXPECT_EQ(head.field("Content-Length"), "10");
    EXPECT_EQ(head.body, "");
    const oracle::Answer part = co_await get(server, "/a.txt", "Range: bytes=3-5\r\n");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "345");
    EXPECT_EQ(part.field("Content-Range"), "bytes 3-5/10");
    const oracle::Answer parts = co_await get(server, "/a.txt", "Range: bytes=0-1,8-\r\n");
    EXPECT_EQ(parts.status, 206);
    EXPECT_NE(parts.body.find("bytes 0-1/10\r\n\r\n01\r\n--"), std::string::npos) << parts.body;
    EXPECT_NE(parts.body.find("bytes 8-9/10\r\n\r\n89\r\n--"), std::string::npos) << parts.body;
    EXPECT_EQ(parts.field("Content-Length"), std::to_string(parts.body.size()));
    EXPECT_EQ((co_await get(server, "/a.txt", "Range: bytes=10-\r\n")).status, 416);
    EXPECT_EQ((co_await get(server, "/a.txt", "If-None-Match: " + whole.field("ETag") + "\r\n")).status, 304);
    const oracle::Answer empty = co_await get(server, "/empty.txt");
    EXPECT_EQ(empty.status, 200);
    EXPECT_EQ(empty.field("Content-Length"), "0");
    const oracle::Answer post = co_await get(server, "/a.txt", "", "POST");
    EXPECT_EQ(post.status, 405);
    EXPECT_EQ(post.field("Allow"), "GET, HEAD");
    EXPECT_EQ(post.field("Content-Type"), "application/json");
  });
}

TEST_F(FileServing, FoldersAndWhatIsNotServed) {
  serve_and([](FileServing&, SocketAddress server) -> Task<void> {
    const oracle::Answer redirect = co_await get(server, "/sub?x=1");
    EXPECT_EQ(redirect.status, 301);
    EXPECT_EQ(redirect.field("Location"), "/sub/?x=1");
    EXPECT_EQ((co_await get(server, "/sub/")).body, "<p>sub</p>");
    EXPECT_EQ((co_await get(server, "/")).status, 403);
    EXPECT_EQ((co_await get(server, "/missing")).status, 404);
    EXPECT_EQ((co_await get(server, "/a.txt/more")).status, 404);
    EXPECT_EQ((co_await get(server, "/" + std::string(300, 'n'))).status, 404);
    EXPECT_EQ((co_await get(server, "/inside.txt")).body, "0123456789");
    for (const char* path : {"/outside.txt", "/absolute.txt", "/up/secret.txt", "/loop", "/pipe", "/../secret.txt"}) {
      const oracle::Answer refused = co_await get(server, path);
      EXPECT_GE(refused.status, 400) << path;
      EXPECT_EQ(refused.body.find("secret\n"), std::string::npos);
      EXPECT_TRUE(refused.body.starts_with("{\"error\":\"")) << refused.body;
    }
  });
}

TEST_F(FileServing, RangesOfASparseFileOfThreeGibibytes) {
  const std::string path = release("1") + "/large.bin";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(ftruncate(file, 3LL << 30), 0);
  ASSERT_EQ(pwrite(file, "end.", 4, (3LL << 30) - 4), 4);
  ASSERT_EQ(pwrite(file, "middle", 6, (2LL << 30) + 7), 6);
  close(file);
  serve_and([](FileServing&, SocketAddress server) -> Task<void> {
    const oracle::Answer last = co_await get(server, "/large.bin", "Range: bytes=-4\r\n");
    EXPECT_EQ(last.body, "end.");
    EXPECT_EQ(last.field("Content-Range"), "bytes 3221225468-3221225471/3221225472");
    const oracle::Answer both = co_await get(server, "/large.bin", "Range: bytes=2147483655-2147483660,-4\r\n");
    EXPECT_NE(both.body.find("\r\n\r\nmiddle\r\n"), std::string::npos) << both.body;
    EXPECT_NE(both.body.find("\r\n\r\nend.\r\n"), std::string::npos) << both.body;
    const oracle::Answer long_part = co_await get(server, "/large.bin", "Range: bytes=2147483648-2152483647\r\n");
    EXPECT_EQ(long_part.body.size(), 5000000U);
    EXPECT_EQ(long_part.body.substr(7, 6), "middle");
    const oracle::Answer long_parts =
        co_await get(server, "/large.bin", "Range: bytes=0-299999,2147483648-2148483647\r\n");
    EXPECT_EQ(long_parts.field("Content-Length"), std::to_string(long_parts.body.size()));
    EXPECT_GT(long_parts.body.size(), 1300000U);
    const oracle::Answer head = co_await get(server, "/large.bin", "", "HEAD");
    EXPECT_EQ(head.field("Content-Length"), "3221225472");
  });
}

TEST_F(FileServing, ASwitchedRootIsFollowedWithinASecond) {
  mkdir(release("2").c_str(), 0755);
  oracle::write_file(release("2") + "/a.txt", "second");
  serve_and([](FileServing& t, SocketAddress server) -> Task<void> {
    EXPECT_EQ((co_await get(server, "/a.txt")).body, "0123456789");
    t.switch_root("2");
    (void)co_await sleep_for(1050ms);
    EXPECT_EQ((co_await get(server, "/a.txt")).body, "second");
    EXPECT_EQ((co_await get(server, "/sub/")).status, 404);
    unlink(t.root().c_str());
    (void)co_await sleep_for(1050ms);
    const oracle::Answer gone = co_await get(server, "/a.txt");
    EXPECT_EQ(gone.status, 503);
    EXPECT_EQ(symlink(t.release("1").c_str(), t.root().c_str()), 0);
    (void)co_await sleep_for(1050ms);
    EXPECT_EQ((co_await get(server, "/a.txt")).body, "0123456789");
  });
}

TEST_F(FileServing, ATreeTellsWhatIsThere) {
  for (const bool openat2 : {true, false}) {
    DiskTree tree(root(), {.openat2 = openat2});
    EXPECT_EQ(tree.kind(""), FileKind::kFolder);
    EXPECT_EQ(tree.kind("/a.txt"), FileKind::kFile);
    EXPECT_EQ(tree.kind("/sub"), FileKind::kFolder);
    EXPECT_EQ(tree.kind("/sub/index.html"), FileKind::kFile);
    EXPECT_EQ(tree.kind("/sub/missing"), FileKind::kMissing);
    EXPECT_EQ(tree.kind("/a.txt/x"), FileKind::kMissing);
    EXPECT_EQ(tree.kind("/pipe"), FileKind::kRefused);
    EXPECT_EQ(tree.kind(std::string_view("/a.txt\0x", 8)), FileKind::kMissing);
    // Without openat2 no link is followed, those inside the root neither.
    EXPECT_EQ(tree.kind("/inside.txt"), openat2 ? FileKind::kFile : FileKind::kRefused);
    for (const char* path : {"/outside.txt", "/absolute.txt", "/up", "/up/secret.txt", "/loop"}) {
      EXPECT_EQ(tree.kind(path), FileKind::kRefused) << path << openat2;
      const auto file = tree.open_file(path);
      ASSERT_FALSE(file.ok());
      EXPECT_EQ(file.error().code(), ErrorCode::kPermissionDenied) << file.error().text();
    }
    EXPECT_NE(tree.kind("/../secret.txt"), FileKind::kFile);
    EXPECT_FALSE(tree.open_file("/pipe").ok());
    EXPECT_FALSE(tree.open_file("/sub").ok());
    EXPECT_EQ(tree.open_file("/missing").error().code(), ErrorCode::kNotFound);
    const auto file = tree.open_file("/a.txt");
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file->size, 10U);
  }
}

TEST_F(FileServing, WhatIsRememberedIsForgottenInTimeAndBounded) {
  DiskTree brief(root(), {.remembered = 1ms});
  DiskTree patient(root(), {.remembered = 1h});
  EXPECT_EQ(brief.kind("/late.txt"), FileKind::kMissing);
  EXPECT_EQ(patient.kind("/late.txt"), FileKind::kMissing);
  oracle::write_file(release("1") + "/late.txt", "x");
  EXPECT_EQ(patient.kind("/late.txt"), FileKind::kMissing);
  usleep(2000);
  EXPECT_EQ(brief.kind("/late.txt"), FileKind::kFile);
  DiskTree tree(root(), {.remembered = 1h, .remembered_max = 4});
  EXPECT_EQ(tree.kind("/late.txt"), FileKind::kFile);
  unlink((release("1") + "/late.txt").c_str());
  EXPECT_EQ(tree.kind("/late.txt"), FileKind::kFile);
  // Asked for again and again it stays, though many others pass.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(tree.kind("/other" + std::to_string(i)), FileKind::kMissing);
    EXPECT_EQ(tree.kind("/late.txt"), FileKind::kFile);
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(tree.kind("/more" + std::to_string(i)), FileKind::kMissing);
  EXPECT_EQ(tree.kind("/late.txt"), FileKind::kMissing);
}

TEST_F(FileServing, AMissingRootIsAnErrorUntilItComes) {
  const std::string later = folder_.path() + "/later";
  DiskTree tree(later, {.remembered = 50ms});
  const auto missing = tree.refresh();
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(missing.error().text().find(later), std::string::npos);
  EXPECT_EQ(tree.kind("/a"), FileKind::kMissing);
  EXPECT_FALSE(tree.open_file("/a").ok());
  mkdir(later.c_str(), 0755);
  oracle::write_file(later + "/a", "x");
  usleep(60000);
  EXPECT_TRUE(tree.refresh().ok());
  EXPECT_EQ(tree.kind("/a"), FileKind::kFile);
}

}  // namespace
}  // namespace banyan

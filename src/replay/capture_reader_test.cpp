#include "replay/capture_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "replay/replay.h"

namespace banyan {
namespace {

TEST(CaptureLine, IsARequestWithoutWhatBelongsToItsConnection) {
  const auto request = parse_capture_line(
      R"({"method":"POST","path":"/a?b=1#c","headers":{"Accept":"x/y","Host":"h","If-None-Match":"e",)"
      R"("Content-Length":"3","accept-encoding":"br, gzip",":authority":"h"},"body":"b=2"})");
  ASSERT_TRUE(request.ok()) << request.error().text();
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/a?b=1");
  EXPECT_EQ(request->body, "b=2");
  const std::vector<std::pair<std::string, std::string>> headers = {{"Accept", "x/y"}, {"accept-encoding", "gzip"}};
  EXPECT_EQ(request->headers, headers);
  EXPECT_FALSE(request->masked);
  EXPECT_TRUE(parse_capture_line(R"({"method":"GET","path":"/","masked":true})")->masked);
}

TEST(CaptureLine, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"[]", "not a JSON object"},
      {R"({"path":"/"})", "'method'"},
      {R"({"method":"G T","path":"/"})", "'method'"},
      {R"({"method":"GET"})", "'path' is missing"},
      {R"({"method":"GET","path":"a"})", "does not begin with '/'"},
      {R"({"method":"GET","path":"/a b"})", "percent-encoded"},
      {R"({"method":"GET","path":"/a\r\nb"})", "percent-encoded"},
      {R"({"method":"GET","path":"/","headers":[]})", "'headers'"},
      {R"({"method":"GET","path":"/","headers":{"a b":"c"}})", "no token"},
      {R"({"method":"GET","path":"/","headers":{"a":1}})", "header 'a'"},
      {R"({"method":"GET","path":"/","body":{}})", "'body'"},
      {R"({"method":"GET","path":"/","masked":"no"})", "'masked'"},
      {R"({"method":"GET","path":"/","path":"/b"})", "path"},
  };
  for (const auto& [line, said] : cases) {
    const auto request = parse_capture_line(line);
    ASSERT_FALSE(request.ok()) << line;
    EXPECT_NE(request.error().text().find(said), std::string::npos) << line << " gave " << request.error().text();
  }
}

TEST(Har, TakesTheRequestsToTheFirstHost) {
  const auto har =
      parse_har(R"({"log":{"entries":[{"request":{"method":"GET","url":"data:,x"}},)"
                R"({"request":{"method":"GET","url":"https://a.test?q=1","headers":[{"name":":path","value":"/"},)"
                R"({"name":"Accept","value":"a/b"}]}},{"request":{"method":"GET","url":"https://cdn.test/x.js"}},)"
                R"({"request":{"method":"POST","url":"https://a.test/p","postData":{"text":"t"}}}]}})");
  ASSERT_TRUE(har.ok()) << har.error().text();
  ASSERT_EQ(har->requests.size(), 2U);
  EXPECT_EQ(har->requests[0].path, "/?q=1");
  EXPECT_EQ(har->requests[0].headers.size(), 1U);
  EXPECT_EQ(har->requests[1].body, "t");
  EXPECT_EQ(har->elsewhere, 2U);
}

TEST(Har, NamesTheEntryThatIsWrong) {
  const auto har = parse_har(R"({"log":{"entries":[{"request":{"url":"http://a"}}]}})");
  ASSERT_FALSE(har.ok());
  EXPECT_NE(har.error().text().find("log.entries[0]"), std::string::npos);
  EXPECT_FALSE(parse_har(R"({"log":{}})").ok());
}

TEST(Har, IsKnownByItsFirstMember) {
  EXPECT_TRUE(is_har("\xEF\xBB\xBF{\n  \"log\" : {"));
  EXPECT_FALSE(is_har(R"({"method":"GET","path":"/log"})"));
  EXPECT_FALSE(is_har(""));
  EXPECT_FALSE(is_har("{"));
}

TEST(CaptureReader, ReadsLinesAcrossBlocksAndCountsThem) {
  char path[] = "/tmp/banyan-capture-XXXXXX";
  const int descriptor = mkstemp(path);
  ASSERT_GE(descriptor, 0);
  std::FILE* const file = fdopen(descriptor, "w");
  const std::string filler(1000, 'x');
  for (int i = 0; i < 300; ++i) std::fprintf(file, "{\"method\":\"GET\",\"path\":\"/%d/%s\"}\n", i, filler.c_str());
  std::fputs("\n{\"method\":\"GET\",\"path\":\"/last\"}\nbroken", file);
  std::fclose(file);
  const auto reader = CaptureReader::open(path);
  unlink(path);
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  for (int i = 0; i < 300; ++i) {
    const auto request = (*reader)->next();
    ASSERT_TRUE(request.ok() && request->has_value()) << i;
    EXPECT_EQ((*request)->path, "/" + std::to_string(i) + "/" + filler);
  }
  EXPECT_EQ((**(*reader)->next()).path, "/last");
  const auto broken = (*reader)->next();
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.error().text().find(std::string(path) + ":303"), std::string::npos) << broken.error().text();
}

TEST(ReplaySide, IsAnUrlTakenApart) {
  const auto side = parse_replay_side("http://[::1]:8080/base/");
  ASSERT_TRUE(side.ok()) << side.error().text();
  EXPECT_EQ(side->host, "::1");
  EXPECT_EQ(side->port, 8080);
  EXPECT_EQ(side->authority, "[::1]:8080");
  EXPECT_EQ(side->base_path, "/base");
  EXPECT_EQ(parse_replay_side("http://old.test")->port, 80);
  for (const char* wrong : {"old.test", "https://a", "http://", "http://a:0", "http://a:x", "http://a/?b", "http://u@a",
                            "http://a:99999", "http://:80"}) {
    EXPECT_FALSE(parse_replay_side(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace banyan

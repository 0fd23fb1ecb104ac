#include "gateway/capture_tap.h"

#include <gtest/gtest.h>

#include "gateway/fake_client.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

Mask mask_of(const std::vector<std::string>& places) {
  Result<Mask> mask = Mask::parse(places);
  EXPECT_TRUE(mask.ok());
  return *std::move(mask);
}

// A request on its way through the gateway, which reads all of its body or nothing.
struct Passing {
  explicit Passing(std::string_view path, std::string_view body = "") : client(path, body) {}
  void field(std::string_view name, std::string_view value) { EXPECT_TRUE(client.head().fields.add_copy(name, value)); }

  FakeClient client;
  std::atomic<unsigned> under_way{1};
  bool body_is_read = true;
  std::string line;
};

Task<int> pass(Passing* passing, const Mask* mask) {
  RecordedExchange request(passing->client, passing->under_way);
  request.head().fields.reset();  // as the gateway changes them
  if (passing->body_is_read) (void)co_await read_all(request.body(), 1 << 20);
  Fields fields;
  (void)co_await request.respond(201, fields, "x");
  EXPECT_EQ(request.status(), 201);
  passing->line = capture_line(request, *mask);
  co_return 0;
}

std::string line_of(Passing& passing, const Mask& mask = Mask()) {
  RuntimeOptions options;
  options.workers = 1;
  run(options, pass(&passing, &mask));
  EXPECT_EQ(passing.under_way, 0U);
  return passing.line;
}

TEST(CaptureTap, ALineHoldsTheRequestAsItCame) {
  Passing get("/user?id=7&token=abc");
  get.field("Accept", "text/html");
  get.field("Authorization", "Bearer secret");
  get.field("X-A", "1");
  get.field("x-a", "2");
  get.field("Cookie", "sid=1");
  EXPECT_EQ(line_of(get),
            R"({"method":"GET","path":"/user?id=7&token=***","headers":{"Accept":"text/html","X-A":"1, 2"},)"
            R"("masked":true})");
  Passing post("/rename", R"({"name": "Ann"})");
  EXPECT_EQ(line_of(post), R"({"method":"GET","path":"/rename","headers":{},"body":"{\"name\": \"Ann\"}"})");
}

TEST(CaptureTap, BodiesAreMaskedOrNotKept) {
  const Mask mask = mask_of({"$.email", "query:code"});
  Passing json("/a", R"({"email":"a@b.c","n":1})");
  EXPECT_EQ(line_of(json, mask), R"({"method":"GET","path":"/a","headers":{},"body":"{\"email\":\"***\",\"n\":1}",)"
                                 R"("masked":true})");
  Passing form("/a", "email=a@b.c");
  EXPECT_EQ(line_of(form, mask), "");
  Passing masked_form("/a", "code=1&b=2");
  masked_form.field("content-type", "application/x-www-form-urlencoded");
  EXPECT_EQ(line_of(masked_form, mask_of({"query:code"})),
            R"({"method":"GET","path":"/a","headers":{"content-type":"application/x-www-form-urlencoded"},)"
            R"("body":"code=***&b=2","masked":true})");
}

TEST(CaptureTap, ALoginIsKeptWithoutItsPassword) {
  const std::string_view json = R"({"user": "ann", "password": "s3cret"})";
  Passing typed("/login", json);
  typed.field("content-type", "application/json");
  EXPECT_EQ(line_of(typed), R"({"method":"GET","path":"/login","headers":{"content-type":"application/json"},)"
                            R"("body":"{\"user\":\"ann\",\"password\":\"***\"}","masked":true})");
  Passing form("/login", "user=ann&login[password]=s3cret");
  form.field("content-type", "Application/X-WWW-Form-URLencoded; charset=utf-8");
  EXPECT_NE(line_of(form).find(R"("body":"user=ann&login[password]=***","masked":true)"), std::string::npos);
  for (const std::string_view other : {R"({"user":"ann","password":"s3cret")", "user=ann&password=s3cret"}) {
    Passing broken("/login", other);
    EXPECT_EQ(line_of(broken), "") << other;
  }
  Passing kept("/login", json);
  EXPECT_NE(line_of(kept, *Mask::parse({}, Credentials::kKept)).find("s3cret"), std::string::npos);
}

TEST(CaptureTap, WhatIsNoTextOrWasNotReadWholeIsNotKept) {
  Passing binary("/a", "\xff\x01");
  EXPECT_EQ(line_of(binary), "");
  Passing field("/a");
  field.field("x-name", "\xe9");
  EXPECT_EQ(line_of(field), "");
  Passing unread("/a", "body");
  unread.body_is_read = false;
  EXPECT_EQ(line_of(unread), "");
  const std::string long_body(RecordedExchange::kBodyBytesMax + 1, 'x');
  Passing long_one("/a", long_body);
  EXPECT_EQ(line_of(long_one), "");
}

TEST(CaptureTap, OneRecordsAtATimeAndWhatIsTooMuchIsCounted) {
  CaptureTap tap;
  FakeClient client("/a");
  EXPECT_EQ(tap.record(client), nullptr);
  auto listener = tap.listen({"wanted", Mask()});
  EXPECT_EQ(tap.listen({}), nullptr);
  std::vector<std::unique_ptr<RecordedExchange>> under_way;
  for (unsigned i = 0; i < CaptureTap::kUnderWayMax; ++i) under_way.push_back(tap.record(client));
  EXPECT_NE(under_way.back(), nullptr);
  EXPECT_EQ(tap.record(client), nullptr);
  tap.offer("other", *under_way[0]);
  tap.offer("wanted", *under_way[1]);
  std::uint64_t skipped = 0;
  EXPECT_EQ(listener->take(&skipped).size(), 1U);
  EXPECT_EQ(skipped, 1U);
  client.head().fields.add_copy(FieldId::kAccept, std::string(1 << 20, 'x'));
  under_way.clear();
  for (int i = 0; i < 20; ++i) tap.offer("wanted", *tap.record(client));
  std::size_t bytes = 0;
  for (const std::string& line : listener->take(&skipped)) bytes += line.size();
  EXPECT_LE(bytes, CaptureTap::kQueueBytesMax);
  EXPECT_EQ(skipped, 1U + 20 - 7);
  listener.reset();
  EXPECT_FALSE(tap.wanted());
  EXPECT_NE(tap.listen({}), nullptr);
}

}  // namespace
}  // namespace banyan

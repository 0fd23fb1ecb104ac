#include "gateway/last_good.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

GoodAnswer answer(std::string body, TimePoint at = kStart) {
  return {{{"Content-Type", "text/plain"}}, std::move(body), at};
}

TEST(LastGoodStore, GivesAnAnswerForAsLongAsItIsYoungEnough) {
  LastGoodStore store;
  EXPECT_TRUE(store.wants("a", kStart));
  store.put("a", answer("one"));
  EXPECT_FALSE(store.wants("a", kStart + 999ms));
  EXPECT_TRUE(store.wants("a", kStart + 1s));
  store.put("a", answer("two", kStart + 1s));
  EXPECT_EQ(store.find("a", 10s, kStart + 11s)->body, "two");
  EXPECT_EQ(store.find("a", 10s, kStart + 11s + 1ns), nullptr);
  EXPECT_EQ(store.find("b", 10s, kStart), nullptr);
}

TEST(LastGoodStore, StaysWithinItsBoundAndForgetsWhatWasPutFirst) {
  LastGoodStore store;
  for (int i = 0; i < 1000; ++i) {
    store.put(std::to_string(i), answer(std::string(100'000, 'x')));
    EXPECT_LE(store.bytes(), LastGoodStore::kStoreBytesMax);
  }
  EXPECT_EQ(store.find("0", 1h, kStart), nullptr);
  EXPECT_NE(store.find("999", 1h, kStart), nullptr);
  EXPECT_NE(store.find("900", 1h, kStart), nullptr);
  for (int i = 0; i < 100; ++i) store.put("same", answer(std::string(100'000, 'x')));
  EXPECT_NE(store.find("999", 1h, kStart), nullptr);  // a renewal takes no more room
}

RequestHead request(std::string_view query = "") {
  RequestHead head;
  head.method = Method::kGet;
  head.authority = head.host = "a.test";
  head.path = "/x";
  head.query = query;
  return head;
}

TEST(LastGood, AKeyIsForRequestsThatTellNobodyApart) {
  EXPECT_NE(last_good_key("r", request("a=1")), last_good_key("r", request("a=2")));
  EXPECT_NE(last_good_key("r", request()), last_good_key("s", request()));
  for (const FieldId id : {FieldId::kAuthorization, FieldId::kCookie, FieldId::kRange}) {
    RequestHead head = request();
    head.fields.add_copy(id, "x");
    EXPECT_EQ(last_good_key("r", head), "");
  }
  for (const std::string_view name : {"X-Api-Key", "x-auth-token", "X-Forwarded-Client-Cert", "Proxy-Authorization"}) {
    RequestHead head = request();
    EXPECT_TRUE(head.fields.add_copy(name, "x"));
    EXPECT_EQ(last_good_key("r", head), "") << name;
  }
  RequestHead plain = request();
  EXPECT_TRUE(plain.fields.add_copy("X-Client", "x"));
  EXPECT_EQ(last_good_key("r", plain), last_good_key("r", request()));
  RequestHead other_port = request();
  other_port.authority = "a.test:8443";
  EXPECT_NE(last_good_key("r", other_port), last_good_key("r", request()));
  RequestHead head = request();
  head.method = Method::kPost;
  EXPECT_EQ(last_good_key("r", head), "");
  RequestHead packed = request();
  packed.fields.add_copy(FieldId::kAcceptEncoding, "br");
  EXPECT_NE(last_good_key("r", packed), last_good_key("r", request()));
}

bool kept(int status, std::string_view name = "x-any", std::string_view value = "any") {
  ResponseHead head;
  head.status = status;
  EXPECT_TRUE(head.fields.add_copy(name, value));
  return may_be_kept(head);
}

TEST(LastGood, OnlyWhatAnyClientMaySeeIsKept) {
  EXPECT_TRUE(kept(200));
  EXPECT_TRUE(kept(200, "Cache-Control", "public, max-age=60"));
  EXPECT_TRUE(kept(200, "Vary", "accept-encoding"));
  EXPECT_FALSE(kept(204));
  EXPECT_FALSE(kept(500));
  EXPECT_FALSE(kept(200, "Set-Cookie", "a=b"));
  EXPECT_FALSE(kept(200, "Cache-Control", "max-age=60, No-Store"));
  EXPECT_FALSE(kept(200, "cache-control", "private=\"x\""));
  EXPECT_FALSE(kept(200, "Vary", "*"));
  EXPECT_FALSE(kept(200, "Vary", "Accept-Encoding, Cookie"));
}

}  // namespace
}  // namespace banyan

#include "filters/cache_rules.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

constexpr std::int64_t kNow = 1'000'000'000;  // Sun, 09 Sep 2001 01:46:40 GMT

TimePoint at(std::int64_t seconds) { return TimePoint(std::chrono::seconds(1000 + seconds)); }

Fields fields_of(std::initializer_list<std::pair<const char*, const char*>> list) {
  Fields fields;
  for (const auto& [name, value] : list) EXPECT_TRUE(fields.add_copy(name, value));
  return fields;
}

using List = std::initializer_list<std::pair<const char*, const char*>>;

std::unique_ptr<StoredAnswer> store(List answer, List request = {}, int status = 200, CachePolicy policy = {}) {
  const Fields asked = fields_of(request);
  const Fields told = fields_of(answer);
  return storable({status, &asked, &told, at(0), at(0), kNow}, policy);
}

// RFC 9110 sections 13.1.5 and 14.2.
TEST(CacheRules, Parts) {
  using Kind = static_files::RangeSet::Kind;
  const char* date = "Sun, 09 Sep 2001 01:46:39 GMT";
  const auto strong = store({{"Cache-Control", "max-age=9"}, {"ETag", "\"a\""}, {"Last-Modified", date}});
  const auto weak = store({{"Cache-Control", "max-age=9"}, {"ETag", "W/\"a\""}, {"Last-Modified", date}});
  const auto missing = store({{"Cache-Control", "max-age=9"}}, {}, 404);
  for (StoredAnswer* stored : {strong.get(), weak.get(), missing.get()}) stored->body = "0123456789";
  const auto part = asked_part(*strong, fields_of({{"Range", "bytes=2-4"}}));
  ASSERT_EQ(part.kind, Kind::kPart);
  EXPECT_EQ(part.ranges, (std::vector<static_files::ByteRange>{{2, 3}}));
  EXPECT_EQ(asked_part(*strong, fields_of({{"Range", "bytes=10-"}})).kind, Kind::kUnsatisfiable);
  for (const char* same : {"\"a\"", date}) {
    EXPECT_EQ(asked_part(*strong, fields_of({{"Range", "bytes=2-4"}, {"If-Range", same}})).kind, Kind::kPart) << same;
  }
  for (const char* other : {"\"b\"", "W/\"a\"", "", "Sun, 09 Sep 2001 01:46:38 GMT"}) {
    EXPECT_EQ(asked_part(*strong, fields_of({{"Range", "bytes=2-4"}, {"If-Range", other}})).kind, Kind::kWhole)
        << other;
  }
  for (const char* range : {"bytes=0-1,3-4", "lines=1-2"}) {
    EXPECT_EQ(asked_part(*strong, fields_of({{"Range", range}})).kind, Kind::kWhole) << range;
  }
  EXPECT_EQ(asked_part(*strong, fields_of({{"Range", "bytes=1-2"}, {"Range", "bytes=3-4"}})).kind, Kind::kWhole);
  EXPECT_EQ(asked_part(*weak, fields_of({{"Range", "bytes=2-4"}})).kind, Kind::kWhole);
  EXPECT_EQ(asked_part(*missing, fields_of({{"Range", "bytes=2-4"}})).kind, Kind::kWhole);
  EXPECT_EQ(asked_part(*strong, fields_of({})).kind, Kind::kWhole);
}

// RFC 9111 section 3, and 3.5 for Authorization.
TEST(CacheRules, WhatMayBeKept) {
  EXPECT_TRUE(store({{"Cache-Control", "max-age=1"}}));
  EXPECT_FALSE(store({}));
  EXPECT_FALSE(store({{"Cache-Control", "max-age=0"}}));
  EXPECT_TRUE(store({{"Cache-Control", "max-age=0"}, {"ETag", "\"a\""}}));
  EXPECT_TRUE(store({{"Cache-Control", "no-cache"}, {"Last-Modified", "Sun, 09 Sep 2001 01:46:39 GMT"}}));
  for (const char* no :
       {"no-store", "private", "NO-STORE, max-age=9", "private=\"x\", max-age=9", "max-age=9, private"}) {
    EXPECT_FALSE(store({{"Cache-Control", no}, {"ETag", "\"a\""}})) << no;
  }
  EXPECT_FALSE(store({{"Cache-Control", "max-age=9"}}, {{"Cache-Control", "no-store"}}));
  EXPECT_FALSE(store({{"Cache-Control", "max-age=9"}, {"Set-Cookie", "a=1"}}));
  EXPECT_FALSE(store({{"Cache-Control", "max-age=9"}, {"Vary", "accept, *"}}));
  for (const char* own : {"max-age=9", "max-age=9, proxy-revalidate"}) {
    EXPECT_FALSE(store({{"Cache-Control", own}}, {{"Authorization", "Basic x"}})) << own;
  }
  for (const char* shared : {"max-age=9, public", "s-maxage=9", "max-age=9, must-revalidate"}) {
    EXPECT_TRUE(store({{"Cache-Control", shared}}, {{"Authorization", "Basic x"}})) << shared;
  }
}

TEST(CacheRules, ByStatus) {
  for (const int status : {200, 203, 300, 301, 308, 404, 405, 410, 414, 501}) {
    EXPECT_TRUE(store({}, {}, status, {.default_ttl_s = 5})) << status;
  }
  for (const int status : {302, 307}) {
    EXPECT_FALSE(store({}, {}, status, {.default_ttl_s = 5})) << status;
    EXPECT_TRUE(store({{"Cache-Control", "max-age=5"}}, {}, status)) << status;
  }
  for (const int status : {201, 204, 206, 304, 400, 500, 502, 503}) {
    EXPECT_FALSE(store({{"Cache-Control", "max-age=5"}}, {}, status)) << status;
  }
}

// Section 4.2.1, in its order; section 5.3 for Expires that is no date.
TEST(CacheRules, Lifetime) {
  const auto lifetime = [](List fields) {
    const auto stored = store(fields, {}, 200, {.default_ttl_s = 7});
    return stored == nullptr ? -1 : stored->lifetime_s;
  };
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=10, s-maxage=20"}, {"Expires", "Sun, 09 Sep 2001 01:47:40 GMT"}}), 20);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=10"}, {"Expires", "Sun, 09 Sep 2001 01:47:40 GMT"}}), 10);
  EXPECT_EQ(lifetime({{"Expires", "Sun, 09 Sep 2001 01:47:40 GMT"}}), 60);
  EXPECT_EQ(lifetime({{"Date", "Sun, 09 Sep 2001 01:46:30 GMT"}, {"Expires", "Sun, 09 Sep 2001 01:47:40 GMT"}}), 70);
  EXPECT_EQ(lifetime({{"Expires", "0"}, {"ETag", "\"a\""}}), 0);
  EXPECT_EQ(lifetime({}), 7);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=10, max-age=5"}}), 5);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=\"10\""}}), 10);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=ten"}, {"ETag", "\"a\""}}), 0);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=99999999999999999999"}}), std::int64_t{1} << 31);
  EXPECT_EQ(lifetime({{"Cache-Control", "x=\"a, max-age=3\", max-age=10"}}), 10);
}

// Section 4.2.3.
TEST(CacheRules, Age) {
  const auto plain = store({{"Cache-Control", "max-age=60"}});
  EXPECT_EQ(plain->age_s(at(5)), 5);
  const auto old = store({{"Cache-Control", "max-age=60"}, {"Age", "20"}});
  EXPECT_EQ(old->age_s(at(5)), 25);
  const auto dated = store({{"Cache-Control", "max-age=60"}, {"Date", "Sun, 09 Sep 2001 01:46:10 GMT"}, {"Age", "20"}});
  EXPECT_EQ(dated->age_s(at(0)), 30);
  const auto future = store({{"Cache-Control", "max-age=60"}, {"Date", "Sun, 09 Sep 2001 01:56:10 GMT"}});
  EXPECT_EQ(future->age_s(at(0)), 0);
  Fields request;
  const Fields slow = fields_of({{"Cache-Control", "max-age=60"}, {"Age", "20"}});
  EXPECT_EQ(storable({200, &request, &slow, at(0), at(4), kNow}, {})->age_s(at(4)), 24);
  EXPECT_EQ(plain->fields.has(FieldId::kAge), false);
}

Use use(const StoredAnswer& stored, const char* control, std::int64_t seconds) {
  Fields request;
  if (*control != '\0') request.add_copy(FieldId::kCacheControl, control);
  return use_of(stored, request_cache_control(request), at(seconds));
}

// Sections 4.2 and 5.2.1.
TEST(CacheRules, Use) {
  const auto stored = store({{"Cache-Control", "max-age=60, stale-while-revalidate=30"}, {"ETag", "\"a\""}});
  EXPECT_EQ(use(*stored, "", 59), Use::kAsItIs);
  EXPECT_EQ(use(*stored, "", 60), Use::kWhileRevalidating);
  EXPECT_EQ(use(*stored, "", 89), Use::kWhileRevalidating);
  EXPECT_EQ(use(*stored, "", 90), Use::kValidated);
  EXPECT_EQ(use(*stored, "no-cache", 1), Use::kValidated);
  EXPECT_EQ(use(*stored, "max-age=0", 1), Use::kValidated);
  EXPECT_EQ(use(*stored, "max-age=10", 10), Use::kAsItIs);
  EXPECT_EQ(use(*stored, "min-fresh=10", 50), Use::kAsItIs);
  EXPECT_EQ(use(*stored, "min-fresh=10", 51), Use::kValidated);
  EXPECT_EQ(use(*stored, "max-stale=100", 150), Use::kAsItIs);
  EXPECT_EQ(use(*stored, "max-stale=100", 161), Use::kValidated);
  EXPECT_EQ(use(*stored, "max-stale", 10'000), Use::kAsItIs);
  EXPECT_EQ(use(*store({{"Cache-Control", "max-age=60, must-revalidate"}}), "max-stale", 60), Use::kValidated);
  EXPECT_EQ(use(*store({{"Cache-Control", "max-age=60, proxy-revalidate"}}), "max-stale", 60), Use::kValidated);
  EXPECT_EQ(use(*store({{"Cache-Control", "s-maxage=60"}}), "max-stale", 60), Use::kValidated);
  EXPECT_EQ(use(*store({{"Cache-Control", "s-maxage=60, stale-while-revalidate=9"}}), "", 60), Use::kWhileRevalidating);
  EXPECT_EQ(use(*store({{"Cache-Control", "no-cache, max-age=60"}, {"ETag", "\"a\""}}), "max-stale", 1),
            Use::kValidated);
  const Fields pragma = fields_of({{"Pragma", "no-cache"}});
  EXPECT_TRUE(request_cache_control(pragma).no_cache);
}

// RFC 5861 section 4.
TEST(CacheRules, AfterAnError) {
  EXPECT_FALSE(usable_after_error(*store({{"Cache-Control", "max-age=60"}}), at(61)));
  const auto stored = store({{"Cache-Control", "max-age=60, stale-if-error=10"}});
  EXPECT_TRUE(usable_after_error(*stored, at(69)));
  EXPECT_FALSE(usable_after_error(*stored, at(70)));
  EXPECT_TRUE(usable_after_error(*store({{"Cache-Control", "max-age=60"}}, {}, 200, {.if_error_s = 20}), at(79)));
  const auto strict = store({{"Cache-Control", "max-age=60, stale-if-error=10, must-revalidate"}});
  EXPECT_FALSE(usable_after_error(*strict, at(61)));
}

// Section 4.3.4.
TEST(CacheRules, FreshenedByA304) {
  auto stored = store({{"Cache-Control", "max-age=1"},
                       {"ETag", "\"a\""},
                       {"X-Kept", "1"},
                       {"X-New", "old"},
                       {"Content-Type", "text/plain"}});
  stored->body = "body";
  Fields request;
  const Fields told = fields_of(
      {{"Cache-Control", "max-age=50"}, {"X-New", "new"}, {"Content-Length", "0"}, {"Content-Type", "text/html"}});
  const auto fresh = freshened(*stored, {304, &request, &told, at(10), at(10), kNow + 10}, {});
  EXPECT_EQ(fresh->status, 200);
  EXPECT_EQ(fresh->body, "body");
  EXPECT_EQ(fresh->lifetime_s, 50);
  EXPECT_EQ(fresh->age_s(at(10)), 0);
  EXPECT_EQ(fresh->fields.value("x-kept"), "1");
  EXPECT_EQ(fresh->fields.value("x-new"), "new");
  EXPECT_EQ(fresh->fields.value(FieldId::kContentType), "text/plain");
  EXPECT_FALSE(fresh->fields.has(FieldId::kContentLength));
}

TEST(CacheRules, WhatA304ForbidsIsKeptNoLonger) {
  const auto stored = store({{"Cache-Control", "max-age=1"}, {"ETag", "\"a\""}});
  const auto stays = [&](const char* name, const char* value) {
    const Fields request;
    const Fields told = fields_of({{name, value}});
    return may_stay(*freshened(*stored, {304, &request, &told, at(10), at(10), kNow + 10}, {}));
  };
  EXPECT_TRUE(stays("Cache-Control", "max-age=50"));
  EXPECT_TRUE(stays("Vary", "Accept"));
  EXPECT_FALSE(stays("Cache-Control", "private, max-age=50"));
  EXPECT_FALSE(stays("Cache-Control", "no-store"));
  EXPECT_FALSE(stays("Vary", "*"));
}

// RFC 9110 section 13.1: If-None-Match compares weakly and has precedence.
TEST(CacheRules, ConditionsOfTheClient) {
  const auto stored = store(
      {{"Cache-Control", "max-age=60"}, {"ETag", "W/\"a,b\""}, {"Last-Modified", "Sun, 09 Sep 2001 01:46:00 GMT"}});
  const auto has = [&](List request) { return client_has(*stored, fields_of(request), kNow); };
  EXPECT_TRUE(has({{"If-None-Match", "\"x\", \"a,b\""}}));
  EXPECT_TRUE(has({{"If-None-Match", "*"}}));
  EXPECT_FALSE(has({{"If-None-Match", "\"a\""}, {"If-Modified-Since", "Sun, 09 Sep 2001 01:46:00 GMT"}}));
  EXPECT_TRUE(has({{"If-Modified-Since", "Sun, 09 Sep 2001 01:46:00 GMT"}}));
  EXPECT_FALSE(has({{"If-Modified-Since", "Sun, 09 Sep 2001 01:45:59 GMT"}}));
  EXPECT_FALSE(has({{"If-Modified-Since", "yesterday"}}));
  EXPECT_FALSE(has({}));
}

// Section 4.1.
TEST(CacheRules, Vary) {
  EXPECT_EQ(vary_names(fields_of({{"Vary", "B, a"}, {"Vary", "A"}})), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(vary_names(fields_of({{"Vary", "a, *"}})), std::vector<std::string>{"*"});
  const std::vector<std::string> names = {"a", "b"};
  const auto values = [&](List request) { return vary_values(names, fields_of(request)); };
  EXPECT_EQ(values({{"A", "1"}, {"B", "2"}}), values({{"b", "2"}, {"a", "1"}}));
  EXPECT_NE(values({{"A", ""}}), values({}));
  EXPECT_NE(values({{"A", "1"}, {"A", "2"}}), values({{"A", "1"}, {"B", "2"}}));
}

}  // namespace
}  // namespace banyan

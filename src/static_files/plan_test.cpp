#include "static_files/plan.h"

#include <gtest/gtest.h>

#include "static_files/mime_types.h"
#include "static_files/range.h"

namespace banyan::static_files {
namespace {

// 1000 bytes, changed on Sun, 06 Nov 1994 08:49:37 GMT.
constexpr FileFacts kFile = {"/a.html", 1000, 784111777};
constexpr char kTag[] = "\"2ebc98a1-3e8\"";
constexpr char kModified[] = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr char kEarlier[] = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr char kLater[] = "Sun, 06 Nov 1994 08:49:38 GMT";

using Lines = std::vector<std::pair<FieldId, std::string>>;

StaticPlan planned(const Lines& lines, Method method = Method::kGet, const PlanOptions& options = {}) {
  Fields fields;
  for (const auto& [id, value] : lines) fields.add_copy(id, value);
  return plan_file(kFile, {method, &fields, 1700000000, 0xABC}, options);
}

int status(const Lines& lines) { return planned(lines).status; }

TEST(Plan, GivesTheWholeFile) {
  StaticPlan plan = planned({}, Method::kGet, {.cache_control = "max-age=60"});
  EXPECT_EQ(plan.status, 200);
  EXPECT_EQ(plan.content_length, 1000u);
  ASSERT_EQ(plan.body.size(), 1u);
  EXPECT_EQ(plan.body[0].length, 1000u);
  EXPECT_EQ(plan.fields.value(FieldId::kContentType), "text/html; charset=utf-8");
  EXPECT_EQ(plan.fields.value(FieldId::kEtag), kTag);
  EXPECT_EQ(plan.fields.value(FieldId::kLastModified), kModified);
  EXPECT_EQ(plan.fields.value(FieldId::kCacheControl), "max-age=60");
}

TEST(Plan, HeadHasNoBodyAndOtherMethodsAreNotAllowed) {
  StaticPlan head = planned({{FieldId::kRange, "bytes=0-1"}}, Method::kHead);
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.body.empty());
  EXPECT_EQ(head.content_length, 1000u);
  for (Method method : {Method::kPost, Method::kPut, Method::kDelete, Method::kOptions, Method::kOther}) {
    StaticPlan plan = planned({}, method);
    EXPECT_EQ(plan.status, 405);
    EXPECT_EQ(plan.fields.value(FieldId::kAllow), "GET, HEAD");
    EXPECT_TRUE(plan.body.empty());
  }
}

TEST(Plan, ConditionsFollowTheirPrecedence) {
  using enum FieldId;
  std::string other = "\"x\"", weak = std::string("W/") + kTag;
  EXPECT_EQ(status({{kIfMatch, kTag}}), 200);
  EXPECT_EQ(status({{kIfMatch, "*"}}), 200);
  EXPECT_EQ(status({{kIfMatch, other}}), 412);
  EXPECT_EQ(status({{kIfMatch, weak}}), 412);
  EXPECT_EQ(status({{kIfMatch, "\"a\", \"b,c\" ,, " + std::string(kTag)}}), 200);
  EXPECT_EQ(status({{kIfMatch, other}, {kIfMatch, kTag}}), 200);
  EXPECT_EQ(status({{kIfMatch, "garbage"}}), 412);
  EXPECT_EQ(status({{kIfUnmodifiedSince, kModified}}), 200);
  EXPECT_EQ(status({{kIfUnmodifiedSince, kEarlier}}), 412);
  EXPECT_EQ(status({{kIfUnmodifiedSince, "no date"}}), 200);
  EXPECT_EQ(status({{kIfMatch, kTag}, {kIfUnmodifiedSince, kEarlier}}), 200);
  EXPECT_EQ(status({{kIfNoneMatch, kTag}}), 304);
  EXPECT_EQ(status({{kIfNoneMatch, weak}}), 304);
  EXPECT_EQ(status({{kIfNoneMatch, "*"}}), 304);
  EXPECT_EQ(status({{kIfNoneMatch, other}}), 200);
  EXPECT_EQ(status({{kIfModifiedSince, kModified}}), 304);
  EXPECT_EQ(status({{kIfModifiedSince, kLater}}), 304);
  EXPECT_EQ(status({{kIfModifiedSince, kEarlier}}), 200);
  EXPECT_EQ(status({{kIfModifiedSince, "Sunday, 06-Nov-94 08:49:37 GMT"}}), 304);
  EXPECT_EQ(status({{kIfModifiedSince, "yesterday"}}), 200);
  EXPECT_EQ(status({{kIfNoneMatch, other}, {kIfModifiedSince, kLater}}), 200);
  EXPECT_EQ(status({{kIfNoneMatch, kTag}, {kIfModifiedSince, kEarlier}}), 304);
  EXPECT_EQ(status({{kIfMatch, other}, {kIfNoneMatch, kTag}}), 412);
  EXPECT_EQ(status({{kIfNoneMatch, kTag}, {kRange, "bytes=0-1"}}), 304);
}

TEST(Plan, NotModifiedHasValidatorsAndNoBody) {
  StaticPlan plan = planned({{FieldId::kIfNoneMatch, kTag}});
  EXPECT_TRUE(plan.body.empty());
  EXPECT_EQ(plan.fields.value(FieldId::kEtag), kTag);
  EXPECT_FALSE(plan.fields.has(FieldId::kContentType));
}

TEST(Plan, IfRangeDecidesWhetherRangeCounts) {
  using enum FieldId;
  EXPECT_EQ(status({{kRange, "bytes=0-1"}, {kIfRange, kTag}}), 206);
  EXPECT_EQ(status({{kRange, "bytes=0-1"}, {kIfRange, "\"x\""}}), 200);
  EXPECT_EQ(status({{kRange, "bytes=0-1"}, {kIfRange, std::string("W/") + kTag}}), 200);
  EXPECT_EQ(status({{kRange, "bytes=0-1"}, {kIfRange, kModified}}), 206);
  EXPECT_EQ(status({{kRange, "bytes=0-1"}, {kIfRange, kLater}}), 200);
  EXPECT_EQ(status({{kRange, "bytes=0-1"}, {kIfRange, "garbage"}}), 200);
  EXPECT_EQ(status({{kRange, "bytes=5000-"}, {kIfRange, "\"x\""}}), 200);
}

TEST(Plan, OnePartAndSeveral) {
  StaticPlan one = planned({{FieldId::kRange, "bytes=10-19"}});
  EXPECT_EQ(one.status, 206);
  EXPECT_EQ(one.fields.value(FieldId::kContentRange), "bytes 10-19/1000");
  EXPECT_EQ(one.content_length, 10u);
  StaticPlan two = planned({{FieldId::kRange, "bytes=0-0,-1"}});
  EXPECT_EQ(two.fields.value(FieldId::kContentType), "multipart/byteranges; boundary=banyanabc");
  ASSERT_EQ(two.body.size(), 3u);
  EXPECT_EQ(two.body[0].text,
            "\r\n--banyanabc\r\nContent-Type: text/html; charset=utf-8\r\nContent-Range: bytes 0-0/1000\r\n\r\n");
  EXPECT_EQ(two.body[1].offset, 999u);
  EXPECT_EQ(two.body[2].text, "\r\n--banyanabc--\r\n");
  std::uint64_t sum = 0;
  for (const BodyPiece& piece : two.body) sum += piece.text.size() + piece.length;
  EXPECT_EQ(sum, two.content_length);
  StaticPlan none = planned({{FieldId::kRange, "bytes=1000-"}});
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.fields.value(FieldId::kContentRange), "bytes */1000");
}

std::string ranges(std::string_view field, std::uint64_t size = 1000, std::size_t ranges_max = 4) {
  RangeSet set = parse_range(field, size, ranges_max);
  if (set.kind == RangeSet::Kind::kWhole) return "whole";
  if (set.kind == RangeSet::Kind::kUnsatisfiable) return "416";
  std::string out;
  for (const ByteRange& range : set.ranges) {
    out += (out.empty() ? "" : " ") + std::to_string(range.offset) + "+" + std::to_string(range.length);
  }
  return out;
}

TEST(Range, ReadsWhatTheFieldSays) {
  EXPECT_EQ(ranges("bytes=0-0"), "0+1");
  EXPECT_EQ(ranges("bytes=0-"), "0+1000");
  EXPECT_EQ(ranges("BYTES=990-2000"), "990+10");
  EXPECT_EQ(ranges("bytes=-10"), "990+10");
  EXPECT_EQ(ranges("bytes=-5000"), "0+1000");
  EXPECT_EQ(ranges("bytes=0-1, 5-6 ,-1"), "0+2 5+2 999+1");
  EXPECT_EQ(ranges("bytes=5-6,0-1"), "5+2 0+2");
  EXPECT_EQ(ranges("bytes=0-1,2000-3000"), "0+2");
  EXPECT_EQ(ranges("bytes=999999999999999999999999-"), "416");
  EXPECT_EQ(ranges("bytes=0-999999999999999999999999"), "0+1000");
  for (const char* bad : {"bytes=-", "bytes=a-b", "bytes=5-4", "bytes=1", "bytes=1-2,", "bytes=1-2;3-4", "bytes=--1",
                          "bytes=1000-", "bytes=-0", "bytes=2000-3000,5000-"}) {
    EXPECT_EQ(ranges(bad), "416") << bad;
  }
  EXPECT_EQ(ranges("items=0-1"), "whole");
  EXPECT_EQ(ranges("bytes="), "whole");
  EXPECT_EQ(ranges("bytes 0-1"), "whole");
  EXPECT_EQ(ranges("bytes=0-1,2-3,4-5,6-7,8-9"), "whole");
  EXPECT_EQ(ranges("bytes=0-,0-"), "whole");
  EXPECT_EQ(ranges("bytes=0-600,500-999"), "whole");
  EXPECT_EQ(ranges("bytes=0-", 0), "whole");
  EXPECT_EQ(ranges("bytes=-1", 0), "whole");
}

TEST(MimeTypes, KnowExtensionsInAnyCase) {
  EXPECT_EQ(mime_type("/a.html"), "text/html");
  EXPECT_EQ(mime_type("/A.PNG"), "image/png");
  EXPECT_EQ(mime_type("/a.tar.gz"), "application/gzip");
  EXPECT_EQ(mime_type("/a.WebManifest"), "application/manifest+json");
  for (const char* path : {"", "/", "/a", "/a.", "/a.html/b", "/a.unknownextension", "/a.zzz", "/.b/c"}) {
    EXPECT_EQ(mime_type(path), "application/octet-stream") << path;
  }
}

}  // namespace
}  // namespace banyan::static_files

#include "answers/answer_comparer.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "answers/content_coding.h"
#include "answers/deflated.h"
#include "answers/html_text.h"
#include "answers/leniencies.h"

namespace banyan {
namespace {

ComparedAnswer answer(std::string_view type, std::string_view body, int status = 200) {
  return {status, {{"Content-Type", type}}, body};
}
ComparedAnswer json_answer(std::string_view body) { return answer("application/json", body); }

AnswerComparison compare(const ComparedAnswer& old_side, const ComparedAnswer& new_side, AnswerRules rules = {}) {
  Result<AnswerComparer> comparer = AnswerComparer::open(std::move(rules));
  EXPECT_TRUE(comparer.ok());
  return comparer->compare(old_side, new_side);
}

// The place of the only difference; "" for none.
std::string place(const AnswerComparison& found) {
  EXPECT_LE(found.differences.size(), 1U);
  return found.differences.empty() ? "" : found.differences.front().place;
}

constexpr int kGzip = 16 + MAX_WBITS;

std::string brotli(std::string_view plain) {
  constexpr int kQuality = 5;
  std::string out(BrotliEncoderMaxCompressedSize(plain.size()), '\0');
  std::size_t bytes = out.size();
  EXPECT_TRUE(BrotliEncoderCompress(kQuality, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE, plain.size(),
                                    reinterpret_cast<const std::uint8_t*>(plain.data()), &bytes,
                                    reinterpret_cast<std::uint8_t*>(out.data())));
  out.resize(bytes);
  return out;
}

std::string zstd(std::string_view plain) {
  constexpr int kLevel = 3;
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t bytes = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), kLevel);
  EXPECT_FALSE(ZSTD_isError(bytes));
  out.resize(bytes);
  return out;
}

// A frame with one block of `plain` as it is, behind a head that asks for a window of 2^window_bits bytes.
std::string zstd_with_window(int window_bits, std::string_view plain) {
  constexpr int kWindowBitsMin = 10;
  std::string frame{'\x28', '\xb5', '\x2f', '\xfd', '\0', static_cast<char>((window_bits - kWindowBitsMin) << 3)};
  const std::size_t head = plain.size() << 3 | 1;  // the last block, a raw one
  for (std::size_t shift = 0; shift < 24; shift += 8) frame += static_cast<char>(head >> shift & 0xff);
  return frame.append(plain);
}

TEST(AnswerComparer, StatusHeadersAndBodyAllCount) {
  EXPECT_TRUE(compare(json_answer("{\"a\":1}"), json_answer("{ \"a\": 1.0 }")).equal());
  EXPECT_EQ(place(compare(answer("text/plain", "x", 200), answer("text/plain", "x", 404))), "status");
  EXPECT_EQ(place(compare(answer("text/plain", "x"), answer("text/html", "x"))), "header content-type");
  EXPECT_EQ(place(compare(json_answer("{\"user\":{\"age\":\"12\"}}"), json_answer("{\"user\":{\"age\":12}}"))),
            "$.user.age");
}

TEST(AnswerComparer, OnlyTheHeadersThatWereNamedCountAndTheirCaseDoesNot) {
  const ComparedAnswer left{200, {{"content-type", "text/plain"}, {"Date", "Mon"}, {"Vary", "a"}, {"vary", "b"}}, "x"};
  const ComparedAnswer right{200, {{"Content-Type", "text/plain"}, {"Date", "Tue"}, {"Vary", "a, b"}}, "x"};
  EXPECT_TRUE(compare(left, right, {.headers = {"content-type", "VARY"}}).equal());
  EXPECT_EQ(place(compare(left, right, {.headers = {"date"}})), "header date");
}

TEST(AnswerComparer, AHeaderWithoutAValueIsNotAnAbsentOne) {
  const ComparedAnswer without{200, {}, "x"};
  const ComparedAnswer empty{200, {{"Cache-Control", ""}}, "x"};
  const AnswerRules rules{.headers = {"cache-control"}};
  const AnswerComparison lost = compare(empty, without, rules);
  ASSERT_EQ(place(lost), "header cache-control");
  EXPECT_EQ(lost.differences.front().old_side, "(empty)");
  EXPECT_EQ(lost.differences.front().new_side, "");
  EXPECT_EQ(place(compare(without, empty, rules)), "header cache-control");
  EXPECT_TRUE(compare(empty, empty, rules).equal());
  EXPECT_TRUE(compare(without, without, rules).equal());
}

// A redirect of a service that was asked as site.example:8080 and listens at 10.0.0.7:9000.
struct Redirect {
  std::vector<std::string> hosts = {"Site.example:8080", "www.example"};
  std::vector<std::string> addresses = {"10.0.0.7:9000"};
  std::string_view location;

  ComparedAnswer view() const { return {302, {{"Location", location}}, "", hosts, addresses}; }
};

struct RedirectPair {
  std::string_view left;
  std::string_view right;
  bool equal;
};

TEST(AnswerComparer, ARedirectToTheHostThatWasAskedIsOneToItsPath) {
  const std::vector<RedirectPair> pairs = {
      {"http://site.example:8080/next?a=1#b", "/next?a=1#b", true},
      {"https://SITE.example:8080/next", "/next", true},
      {"http://www.example/next", "http://site.example:8080/next", true},
      {"https://www.example:443/next", "//www.example/next", true},
      {"http://www.example:80/", "http://www.example", true},
      {"http://site.example:8080/next", "https://site.example:8080/next", false},  // leaves TLS
      {"http://site.example/next", "/next", false},                                // another port
      {"http://site.example:8080/next", "/other", false},
      {"http://site.example:8080.evil.example/next", "/next", false},
      {"/next", "//next", false},
      {"/next?to=http://www.example/", "/next?to=/", false},
  };
  for (const RedirectPair& pair : pairs) {
    const Redirect left{.location = pair.left};
    const Redirect right{.location = pair.right};
    EXPECT_EQ(compare(left.view(), right.view()).equal(), pair.equal) << pair.left << " | " << pair.right;
    EXPECT_EQ(compare(right.view(), left.view()).equal(), pair.equal) << pair.right << " | " << pair.left;
  }
}

TEST(AnswerComparer, ARedirectToTheServicesOwnAddressIsOneOnlyForBoth) {
  const Redirect old_side{.location = "http://10.0.0.7:9000/next"};
  const Redirect new_side{.addresses = {"[fd00::7]:9001", "10.0.0.8:9001"}, .location = "http://10.0.0.8:9001/next"};
  EXPECT_TRUE(compare(old_side.view(), new_side.view()).equal());
  // No client gets there.
  EXPECT_EQ(place(compare(Redirect{.location = "/next"}.view(), new_side.view())), "header location");
  const Redirect not_its_own{.addresses = new_side.addresses, .location = old_side.location};
  EXPECT_EQ(place(compare(Redirect{.location = "/next"}.view(), not_its_own.view())), "header location");
}

TEST(AnswerComparer, ACookieThatDiffersIsNamedWithItsAttributesAndNeverItsValue) {
  const ComparedAnswer old_side{200, {{"Set-Cookie", "sid=secret; Path=/; HttpOnly"}, {"set-cookie", "a=1"}}, "x"};
  const ComparedAnswer new_side{200, {{"Set-Cookie", "sid=secret; Path=/"}}, "x"};
  const AnswerComparison found = compare(old_side, new_side);
  ASSERT_EQ(found.differences.size(), 2U);
  EXPECT_EQ(found.differences[0].place, "cookie a");
  EXPECT_EQ(found.differences[0].old_side, "(no attributes)");
  EXPECT_EQ(found.differences[0].new_side, "");
  EXPECT_EQ(found.differences[1].place, "cookie sid");
  EXPECT_EQ(found.differences[1].old_side, "httponly; path=/");
  EXPECT_EQ(found.differences[1].new_side, "path=/");
  EXPECT_EQ(place(compare(old_side, new_side, {.ignored_cookies = {"a"}})), "cookie sid");
  EXPECT_TRUE(compare(old_side, new_side, {.headers = {"content-type"}}).equal());
}

TEST(AnswerComparer, HeadersAndCookiesMayBeLeftOut) {
  const ComparedAnswer old_side{302, {{"Location", "/a"}, {"set-cookie", "sid=1"}, {"cache-control", "no-store"}}, ""};
  const ComparedAnswer new_side{302, {{"Location", "/b"}}, ""};
  AnswerRules rules;
  ignore_place(rules, "header:Cache-Control");
  ignore_place(rules, "cookie:sid");
  EXPECT_EQ(place(compare(old_side, new_side, rules)), "header location");
  ignore_place(rules, "header:location");
  EXPECT_TRUE(compare(old_side, new_side, rules).equal());
}

TEST(AnswerComparer, PhpsHabitsAreForgivenOnlyWhereTheyAreNamed) {
  const ComparedAnswer old_side = json_answer("{\"meta\":[],\"id\":\"7\",\"at\":1}");
  const ComparedAnswer new_side = json_answer("{\"meta\":{},\"id\":7,\"at\":2}");
  EXPECT_EQ(compare(old_side, new_side).differences.size(), 3U);
  AnswerRules rules;
  rules.json.empty_array_is_object = {"$.meta"};
  rules.json.numeric_strings = {"$.id"};
  rules.json.ignored = {"$.at"};
  EXPECT_TRUE(compare(old_side, new_side, rules).equal());
}

TEST(AnswerComparer, WhatSaysItIsJsonAndIsNotIsComparedAsBytes) {
  EXPECT_TRUE(compare(json_answer("<br>"), json_answer("<br>")).equal());
  EXPECT_EQ(place(compare(json_answer("{\"a\":1}"), json_answer("{\"a\":1}x"))), "byte 7");
}

TEST(AnswerComparer, CompressionDoesNotMatter) {
  const std::string page = "{\"name\":\"banyan banyan banyan banyan\"}";
  const std::string gzip = deflated(page, kGzip);
  const ComparedAnswer plain = json_answer(page);
  ComparedAnswer coded = json_answer(gzip);
  coded.headers.emplace_back("Content-Encoding", "gzip");
  EXPECT_TRUE(compare(plain, coded).equal());
  EXPECT_TRUE(compare(coded, plain).equal());
  const std::string of_zstd = zstd(page);
  ComparedAnswer otherwise = json_answer(of_zstd);
  otherwise.headers.emplace_back("Content-Encoding", "zstd");
  EXPECT_TRUE(compare(coded, otherwise).equal());
  EXPECT_EQ(place(compare(json_answer("{\"name\":\"banyan\"}"), otherwise)), "$.name");
}

TEST(AnswerComparer, ABodyTooLongIsNotCompared) {
  AnswerRules rules;
  rules.body_bytes_max = 1000;
  const std::string bomb = deflated(std::string(100'000, 'x'), kGzip);
  ComparedAnswer coded = answer("text/plain", bomb);
  coded.headers.emplace_back("content-encoding", "gzip");
  const AnswerComparison found = compare(coded, coded, rules);
  EXPECT_FALSE(found.complete);
  EXPECT_FALSE(found.equal());
}

TEST(AnswerComparer, BodiesMayBeLeftOutAndForced) {
  EXPECT_TRUE(compare(json_answer("1"), json_answer("2"), {.body = BodyRule::kNone}).equal());
  EXPECT_FALSE(compare(json_answer("1"), json_answer("1.0"), {.body = BodyRule::kBytes}).equal());
  EXPECT_TRUE(compare(answer("text/plain", "1"), answer("text/plain", "1.0"), {.body = BodyRule::kJson}).equal());
}

TEST(ContentCoding, UndoesGzipBothDeflatesAndSeveral) {
  const std::string text = "the same text, the same text";
  EXPECT_EQ(*decode_body("gzip", deflated(text, kGzip), 100), text);
  EXPECT_EQ(*decode_body("deflate", deflated(text, MAX_WBITS), 100), text);
  EXPECT_EQ(*decode_body("deflate", deflated(text, -MAX_WBITS), 100), text);
  EXPECT_EQ(*decode_body(" GZip , identity, deflate", deflated(deflated(text, kGzip), MAX_WBITS), 100), text);
  EXPECT_EQ(*decode_body("gzip", "", 100), "");
}

TEST(ContentCoding, UndoesBrotli) {
  const std::string text = "the same text, the same text";
  EXPECT_EQ(*decode_body("br", brotli(text), 100), text);
  EXPECT_EQ(*decode_body("gzip, br", brotli(deflated(text, kGzip)), 100), text);
  EXPECT_EQ(*decode_body("br", "", 100), "");
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(*decode_body("br", brotli(long_text), 100'000), long_text);
  EXPECT_EQ(decode_body("br", brotli(long_text), 99'999).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(decode_body("br", "no brotli at all", 100).error().code(), ErrorCode::kInvalidArgument);
  const std::string coded = brotli(text);
  EXPECT_EQ(decode_body("br", coded.substr(0, coded.size() - 1), 100).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(decode_body("br", coded + "more", 100).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ContentCoding, UndoesZstd) {
  const std::string text = "the same text, the same text";
  EXPECT_EQ(*decode_body("zstd", zstd(text), 100), text);
  EXPECT_EQ(*decode_body("gzip, Zstd", zstd(deflated(text, kGzip)), 100), text);
  EXPECT_EQ(*decode_body("zstd", "", 100), "");
  const std::string skipped("\x5f\x2a\x4d\x18\x03\0\0\0abc", 11);
  EXPECT_EQ(*decode_body("zstd", zstd(text) + skipped + zstd("") + zstd(text), 100), text + text);
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(*decode_body("zstd", zstd(long_text), 100'000), long_text);
  EXPECT_EQ(decode_body("zstd", zstd(long_text), 99'999).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(decode_body("zstd", zstd(long_text) + zstd("x"), 100'000).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(decode_body("zstd", "no zstd at all", 100).error().code(), ErrorCode::kInvalidArgument);
  const std::string coded = zstd(text);
  for (std::size_t bytes = 1; bytes < coded.size(); ++bytes) {
    EXPECT_EQ(decode_body("zstd", coded.substr(0, bytes), 100).error().code(), ErrorCode::kInvalidArgument) << bytes;
  }
  EXPECT_EQ(decode_body("zstd", coded + "more", 100).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(decode_body("zstd", skipped.substr(0, 10), 100).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ContentCoding, BoundsTheWindowOfZstd) {
  EXPECT_EQ(*decode_body("zstd", zstd_with_window(23, "text"), 100), "text");
  EXPECT_EQ(decode_body("zstd", zstd_with_window(24, "text"), 100).error().code(), ErrorCode::kInvalidArgument);
}

// What libzstd wrote before RFC 8878: version 0.7.
TEST(ContentCoding, LeavesTheEarlyFormatsOfZstd) {
  const std::string early("\x27\xb5\x2f\xfd\0\x58\x40\0\x04text\xc0\0\0", 16);
  EXPECT_EQ(decode_body("zstd", early, 100).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(decode_body("zstd", zstd("x") + early, 100).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ContentCoding, RefusesWhatItCannotUndo) {
  EXPECT_EQ(decode_body("compress", "x", 100).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(decode_body("gzip", "no gzip at all", 100).error().code(), ErrorCode::kInvalidArgument);
  const std::string gzip = deflated("text", kGzip);
  EXPECT_EQ(decode_body("gzip", gzip.substr(0, gzip.size() - 3), 100).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(decode_body("gzip", gzip + "more", 100).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(decode_body("gzip", deflated(std::string(101, 'x'), kGzip), 100).error().code(),
            ErrorCode::kResourceExhausted);
}

struct PagePair {
  std::string_view left;
  std::string_view right;
  bool equal;
};

TEST(HtmlText, PagesThatMeanTheSameAreEqual) {
  const std::vector<PagePair> pairs = {
      {"<p class=a id=b>x</p>", "<P ID=\"b\"  class='a' >\n  x\n</P>", true},
      {"<br/>", "<br>", true},
      {"<a href='/?a=1&amp;b=2'>n</a>", "<a href=\"/?a=1&b=2\">n</a>", true},
      {"a &lt; b&#33;", "a < b&#x21;", true},
      {"<!-- build 17 --><i>x</i>", "<i>x</i>", true},
      {"<!DOCTYPE html><p>", "<!doctype html><p>", true},
      {"<input disabled>", "<input disabled=''>", true},
      {"<p>a  b</p>", "<p>a b</p>", true},
      {"<p>ab</p>", "<p>a b</p>", false},
      {"<pre>a  b</pre>", "<pre>a b</pre>", false},
      {"<script>if (a<b) x('</p>')</script>", "<script>if (a<b) x('</p>')</script>", true},
      {"<script>a  b</script>", "<script>a b</script>", false},
      {"<p class=a>", "<p class=b>", false},
      {"<p class=a class=b>", "<p class=a>", true},
      {"<p>x</p>", "<p>x</p><p></p>", false},
      {"&lt;b&gt;", "<b>", false},
      {"<a x='1\" y=\"2'>", "<a x=1 y=2>", false},
      {"", " \n", true},
  };
  for (const PagePair& pair : pairs) {
    EXPECT_EQ(html_pieces(pair.left) == html_pieces(pair.right), pair.equal) << pair.left << " | " << pair.right;
  }
}

TEST(HtmlText, TheDifferenceIsNamedByItsLine) {
  const AnswerComparison found = compare(answer("text/html", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
                                         answer("text/html", "<ul><li>one</li><li>three</li></ul>"));
  EXPECT_EQ(place(found), "html line 3");
  EXPECT_EQ(found.differences.front().old_side, "two");
  EXPECT_EQ(found.differences.front().new_side, "three");
}

TEST(HtmlText, BrokenPagesEnd) {
  for (const std::string_view page :
       {"<", "</", "<a", "<a href", "<a href=", "<a href='x", "<!--", "<script>", "<a/", "&#;"}) {
    (void)html_pieces(page);
  }
  EXPECT_EQ(html_pieces("1 < 2 <b>").size(), 2U);
}

}  // namespace
}  // namespace banyan

// The pure parts of the filters, and the manual's tables.
#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "config/schema.h"
#include "filters/accept_encoding.h"
#include "filters/builtin_filters.h"
#include "filters/encoder.h"
#include "filters/key_file.h"
#include "filters/list_field.h"
#include "filters/path_rewrite.h"
#include "filters/request_key.h"
#include "filters/variable_text.h"

namespace banyan {
namespace {

std::string chosen(const char* accept) {
  Fields request;
  if (accept != nullptr) request.add_copy(FieldId::kAcceptEncoding, accept);
  const auto coding = choose_coding(request, {Coding::kBrotli, Coding::kGzip});
  return coding ? std::string(coding_name(*coding)) : "";
}

TEST(AcceptEncoding, ByWeightThenByOrder) {
  EXPECT_EQ(chosen("gzip, deflate, br"), "br");
  EXPECT_EQ(chosen("gzip;q=1.0, br;q=0.9"), "gzip");
  EXPECT_EQ(chosen("gzip"), "gzip");
  EXPECT_EQ(chosen("GZIP"), "gzip");
  EXPECT_EQ(chosen("x-gzip"), "gzip");
  EXPECT_EQ(chosen("*"), "br");
  EXPECT_EQ(chosen("*;q=0.5, br;q=0"), "gzip");
  EXPECT_EQ(chosen("br ; q=0.001 , gzip ; q=0.002"), "gzip");
  EXPECT_EQ(chosen("gzip;q=0.5, identity"), "");
  EXPECT_EQ(chosen("gzip, identity"), "gzip");
}

TEST(AcceptEncoding, NoneWhereNoneIsAccepted) {
  for (const char* none : {"", "identity", "deflate", "gzip;q=0", "gzip;q=0.000, *;q=0", "gzip;q=2", "gzip;q=x",
                           "gzip;q=", "gzip;level=1", "gzip;q=0.1234"}) {
    EXPECT_EQ(chosen(none), "") << none;
  }
  EXPECT_EQ(chosen(nullptr), "");
}

std::string gunzip(const std::string& coded) {
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string out(1 << 22, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = static_cast<uInt>(coded.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string unbrotli(const std::string& coded) {
  BrotliDecoderState* state = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
  std::string out(1 << 22, '\0');
  std::size_t in_bytes = coded.size();
  std::size_t out_bytes = out.size();
  const auto* in = reinterpret_cast<const std::uint8_t*>(coded.data());
  auto* to = reinterpret_cast<std::uint8_t*>(out.data());
  BrotliDecoderDecompressStream(state, &in_bytes, &in, &out_bytes, &to, nullptr);
  BrotliDecoderDestroyInstance(state);
  out.resize(out.size() - out_bytes);
  return out;
}

std::string unzstd(const std::string& coded) {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::string out(1 << 22, '\0');
  ZSTD_inBuffer in{coded.data(), coded.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  while (in.pos < in.size && ZSTD_isError(ZSTD_decompressStream(context, &to, &in)) == 0) {
  }
  ZSTD_freeDCtx(context);
  out.resize(to.pos);
  return out;
}

std::string decoded(Coding coding, const std::string& coded) {
  return coding == Coding::kGzip ? gunzip(coded) : coding == Coding::kBrotli ? unbrotli(coded) : unzstd(coded);
}

TEST(Encoder, IsUndoneByTheDecodersOfOthers) {
  std::mt19937 random(3);
  for (const Coding coding : {Coding::kGzip, Coding::kBrotli, Coding::kZstd}) {
    for (const int level : {1, 4, 9}) {
      auto encoder = Encoder::open(coding, level);
      ASSERT_TRUE(encoder.ok());
      std::string text;
      std::string coded;
      for (int piece = 0; piece < 40; ++piece) {
        std::string some(random() % 5000, 'a');
        for (char& c : some) c = static_cast<char>('a' + random() % (piece % 3 == 0 ? 26 : 2));
        text += some;
        const auto then = piece % 5 == 0 ? Encoder::Then::kFlush : Encoder::Then::kMore;
        ASSERT_TRUE((*encoder)->write(some, then, coded).ok());
        // What was flushed can be read at once.
        if (then == Encoder::Then::kFlush) ASSERT_EQ(decoded(coding, coded), text);
      }
      ASSERT_TRUE((*encoder)->write({}, Encoder::Then::kEnd, coded).ok());
      EXPECT_EQ(decoded(coding, coded), text);
      EXPECT_LT(coded.size(), text.size());
    }
  }
}

TEST(PathRewrite, CapturesSegments) {
  const auto apply = [](const char* from, const char* to, const char* path) {
    const Result<PathRewrite> rewrite = PathRewrite::parse(from, to);
    return rewrite.ok() ? rewrite->apply(path).value_or("-") : rewrite.error().text();
  };
  EXPECT_EQ(apply("/a/:x", "/b/:x", "/a/7"), "/b/7");
  EXPECT_EQ(apply("/a/:x", "/b/:x", "/a/7/"), "-");
  EXPECT_EQ(apply("/a/:x", "/b/:x", "/a/"), "-");
  EXPECT_EQ(apply("/:x/:y", "/:y/:x?q=:x", "/1/2"), "/2/1?q=1");
  EXPECT_EQ(apply("/*rest", "https://new.test/*rest", "/a/b"), "https://new.test/a/b");
  EXPECT_EQ(apply("/*rest", "/x/*rest", "/"), "/x/");
  EXPECT_EQ(apply("/a/*rest", "/x/*rest", "/a"), "/x/");
  EXPECT_EQ(apply("/a", "/b:c", "/a"), "/b:c");
  // What is captured stays a segment, a path or a value, whatever is in it.
  EXPECT_EQ(apply("/a/:x", "/b/:x", "/a/1 2?c#d\xC3\xA9"), "/b/1%202%3Fc%23d%C3%A9");
  EXPECT_EQ(apply("/a/*rest", "/b/*rest", "/a/b&c=d+e/%2F%25;f@g"), "/b/b&c=d+e/%2F%25;f@g");
  EXPECT_EQ(apply("/a/:x", "/b?c=d&x=:x", "/a/1&d=2+3%2F4%25"), "/b?c=d&x=1%26d%3D2%2B3%2F4%25");
  // What is written in the configuration need not be encoded, and may be.
  EXPECT_EQ(apply("/caf\xC3\xA9/:x", "/th\xC3\xA9/:x?q=\xC3\xA9%20|", "/caf\xC3\xA9/\xE8\x8C\xB6"),
            "/th%C3%A9/%E8%8C%B6?q=%C3%A9%20%7C");
  EXPECT_EQ(apply("/*rest", "https://th\xC3\xA9.test/\xC3\xA9/*rest", "/a"), "https://th\xC3\xA9.test/%C3%A9/a");
  EXPECT_EQ(apply("a", "/b", ""), "'a' does not begin with '/'");
  EXPECT_EQ(apply("/:a/:a", "/b", ""), "the name 'a' twice");
  EXPECT_EQ(apply("/*a/b", "/b", ""), "'*a' may stand at the end alone");
  EXPECT_EQ(apply("/:a", "/:b", ""), "the name 'b' is not among those of the pattern");
}

TEST(KeyFile, NamesAndHashes) {
  const std::string hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";  // of "test"
  const Result<KeyFile> keys = KeyFile::parse("# comment\n\n  shop\t" + hash + "\r\n");
  ASSERT_TRUE(keys.ok()) << keys.error().text();
  EXPECT_EQ(keys->owner("test"), "shop");
  for (const char* other : {"", "Test", "test ", hash.c_str()}) EXPECT_FALSE(keys->owner(other)) << other;
  const auto error = [](const std::string& text) { return KeyFile::parse(text).error().text(); };
  EXPECT_EQ(error("# none\n"), "the key file has no key");
  EXPECT_NE(error("a " + hash + "\nb " + hash).find("line 2 of the key file: the key of 'a' once more"),
            std::string::npos);
  for (const std::string& bad : {std::string("a"), "a " + hash + "0", "a " + hash + " x", "a z" + hash.substr(1)}) {
    EXPECT_NE(error(bad).find("line 1 of the key file"), std::string::npos) << bad;
  }
}

TEST(Texts, WhatIsWrongWithThem) {
  for (const char* good : {"", "$", "a$b", "${client}x${header:x-a}", "}{"})
    EXPECT_TRUE(VariableText::parse(good).ok());
  for (const char* bad : {"${", "${}", "${nobody}", "${header:}", "${header:a b}"}) {
    EXPECT_FALSE(VariableText::parse(bad).ok()) << bad;
  }
  for (const char* good : {"ip", "route", "header:x", "cookie:a", "jwt:sub"}) EXPECT_TRUE(RequestKey::parse(good).ok());
  for (const char* bad : {"", "ip:", "header", "header:", "header:a b", "jwt", "nobody"}) {
    EXPECT_FALSE(RequestKey::parse(bad).ok()) << bad;
  }
}

TEST(Lists, ElementsAndAdditions) {
  Fields fields;
  add_to_list(fields, FieldId::kVary, "Origin");
  add_to_list(fields, FieldId::kVary, "origin");
  add_to_list(fields, FieldId::kVary, "Accept");
  EXPECT_EQ(fields.value(FieldId::kVary), "Origin, Accept");
  fields.set_copy(FieldId::kVary, "*");
  add_to_list(fields, FieldId::kVary, "Accept");
  EXPECT_EQ(fields.value(FieldId::kVary), "*");
  std::string_view rest = " a=\"x, \\\" y\" ,, b";
  EXPECT_EQ(take_element(rest), "a=\"x, \\\" y\"");
  EXPECT_EQ(take_element(rest), "");
  EXPECT_EQ(take_element(rest), "b");
  EXPECT_TRUE(rest.empty());
}

// Of a filter of any program, not of those alone that are built in.
TEST(Cache, WarnsOfWhoeverDecidesBehindItWhoMayCome) {
  for (const LetsIn lets_in : {LetsIn::kAll, LetsIn::kSome}) {
    const FilterKind<int> door("door", lets_in, nullptr, nullptr);
    const FilterConfig cache{.position = {1, 1}, .type = &cache_filter(), .options = cache_filter().new_options()};
    const FilterConfig other{.position = {2, 1}, .type = &door};
    for (const bool behind : {false, true}) {
      GatewayConfig config;
      config.routes.emplace_back();
      config.routes.front().filters = behind ? std::vector{cache, other} : std::vector{other, cache};
      Diagnostics diagnostics("x.yaml");
      cache_filter().check(cache.options.get(), cache.position, config, diagnostics);
      EXPECT_EQ(diagnostics.warning_count(), behind && lets_in == LetsIn::kSome ? 1U : 0U);
    }
  }
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The manual's tables are made from what the loader reads: BANYAN_UPDATE=1 writes them anew.
TEST(Manual, SaysOfEveryFilterWhatTheLoaderDoes) {
  register_builtin_filters();
  std::string reference;
  for (const FilterType* type : filter_types()) reference += schema_reference(type->schema());
  const std::string path = std::string(BANYAN_TESTDATA) + "/../../../docs/filters.md";
  const std::string begin = "<!-- reference: generated from src/filters/*_filter.cpp -->\n";
  const std::string end = "\n<!-- end of reference -->\n";
  const std::string manual = read_whole(path);
  const std::size_t from = manual.find(begin);
  const std::size_t to = manual.find(end);
  ASSERT_NE(from, manual.npos);
  ASSERT_NE(to, manual.npos);
  const std::size_t start = from + begin.size();
  if (std::getenv("BANYAN_UPDATE") != nullptr) {
    std::ofstream(path, std::ios::binary) << manual.substr(0, start) << reference << manual.substr(to);
    return;
  }
  EXPECT_EQ(manual.substr(start, to - start), reference) << "run filters_test with BANYAN_UPDATE=1";
}

// The page quotes the example as it is built.
TEST(Manual, QuotesTheExampleThatIsBuilt) {
  const std::string folder = std::string(BANYAN_TESTDATA) + "/../../..";
  const std::string source = read_whole(folder + "/examples/custom_filter/maintenance.cpp");
  ASSERT_FALSE(source.empty());
  EXPECT_NE(read_whole(folder + "/docs/filters.md").find("```cpp\n" + source + "```\n"), std::string::npos)
      << "docs/filters.md must hold examples/custom_filter/maintenance.cpp";
}

}  // namespace
}  // namespace banyan

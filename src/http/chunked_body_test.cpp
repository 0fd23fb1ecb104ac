#include "http/chunked_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "http/transcript.h"

namespace banyan {
namespace {

constexpr ChunkedLimits kLimits = {
    .extension_bytes_max = 32, .extension_bytes_total_max = 64, .trailer_bytes_max = 256, .trailer_fields_max = 4};
constexpr const char* kFile = BANYAN_TESTDATA "/chunked_body.txt";

// What a decoder makes of bytes it is given in pieces: the first of `first` bytes, then of `step`.
std::string decode(std::string_view input, std::size_t first, std::size_t step) {
  ChunkedDecoder decoder(kLimits);
  std::string body;
  std::size_t total = 0;
  for (std::size_t piece = first; total < input.size(); piece = step) {
    const std::string bytes(input.substr(total, piece));
    std::size_t at = 0;
    while (at < bytes.size()) {
      const ChunkedDecoder::Step one = decoder.next(std::string_view(bytes).substr(at));
      at += one.consumed;
      body += one.data;
      EXPECT_EQ(one.kind == ChunkedDecoder::Step::Kind::kData, !one.data.empty());
      if (one.kind == ChunkedDecoder::Step::Kind::kError) {
        return "error " + std::to_string(one.refusal.status) + ": " + std::string(one.refusal.sentence) + "\n";
      }
      if (one.kind == ChunkedDecoder::Step::Kind::kDone) {
        std::string out = "done " + std::to_string(total + at) + "\n[" + escape_bytes(body) + "]\n";
        for (const Fields::Entry& field : decoder.trailers()) {
          out += "  " + std::string(field.name) + ": " + escape_bytes(field.value) + "\n";
        }
        return out;
      }
    }
    total += bytes.size();
  }
  return "need more after [" + escape_bytes(body) + "]\n";
}

TEST(ChunkedBody, TranscriptsAnswerAsWritten) {
  EXPECT_EQ(check_transcripts(kFile, [](std::string_view input) { return decode(input, input.size(), 1); }), "");
}

TEST(ChunkedBody, TranscriptsDoNotDependOnHowTheBytesAreCut) {
  for (const Transcript& one : read_transcripts(kFile)) {
    EXPECT_EQ(decode(one.input, 1, 1), one.expected) << one.name;
    for (std::size_t cut = 1; cut < one.input.size(); ++cut) {
      EXPECT_EQ(decode(one.input, cut, one.input.size()), one.expected) << one.name << " cut at " << cut;
    }
  }
}

TEST(ChunkedBody, WhatWeWriteReadsBack) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string body;
    std::string bytes;
    for (unsigned chunk = random() % 6; chunk-- > 0;) {
      std::string data(random() % 5000, '\0');
      for (char& c : data) c = static_cast<char>(random());
      append_chunk(data, bytes);
      body += data;
    }
    Fields trailers;
    ASSERT_TRUE(trailers.add_copy("X-Sum", std::to_string(random())));
    append_last_chunk(trailers, bytes);
    const std::string expected = "done " + std::to_string(bytes.size()) + "\n[" + escape_bytes(body) +
                                 "]\n  X-Sum: " + std::string(trailers[0].value) + "\n";
    EXPECT_EQ(decode(bytes + "next", 1 + random() % 100, 1 + random() % 3000), expected);
  }
}

TEST(ChunkedBody, HeadOfEverySize) {
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t size : {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) * 2 - 1}) {
      char out[kChunkHeadBytesMax];
      char expected[32];
      std::snprintf(expected, sizeof expected, "%llx\r\n", static_cast<unsigned long long>(size));
      EXPECT_EQ(std::string(out, write_chunk_head(size, out)), expected);
    }
  }
}

TEST(ChunkedBody, DecoderIsReusable) {
  ChunkedDecoder decoder(kLimits);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(decoder.next("3\r\nabc\r\n0\r\n\r\n").data, "abc");
    const ChunkedDecoder::Step last = decoder.next("\r\n0\r\nA: b\r\n\r\nrest");
    EXPECT_EQ(last.kind, ChunkedDecoder::Step::Kind::kDone);
    EXPECT_EQ(last.consumed, 13U);
    EXPECT_EQ(decoder.trailers().value("a"), "b");
    decoder.reset();
  }
}

}  // namespace
}  // namespace banyan

#include "ledger/masked_sample.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

Sample kept() {
  return {.request_line = "GET /user?id=7&code=8",
          .old_answer = R"({"status":200,"headers":{"x-kind":"a","x-other":"b"},"body":{"name":"ann","n":1}})",
          .new_answer = R"({"status":200,"headers":{},"body":"name=ann"})",
          .differences = R"([{"path":"header x-kind","kind":"header","old":"a","new":""},)"
                         R"({"path":"$.name","kind":"type","old":"\"ann\"","new":"7"},)"
                         R"({"path":"status","kind":"status","old":"200","new":"404"}])"};
}

TEST(MaskedSample, AMaskThatGrewHidesWhatWasKeptBefore) {
  Sample sample = kept();
  mask_again(sample, *Mask::parse({"$.name", "header:x-kind", "query:code"}));
  EXPECT_EQ(sample.request_line, "GET /user?id=7&code=***");
  EXPECT_EQ(sample.old_answer,
            R"({"status":200,"headers":{"x-kind":"***","x-other":"b"},"body":{"name":"***","n":1}})");
  EXPECT_EQ(sample.new_answer, R"({"status":200,"headers":{},"body":"***"})");
  EXPECT_EQ(sample.differences, R"([{"path":"header x-kind","kind":"header","old":"***","new":"***"},)"
                                R"({"path":"$.name","kind":"type","old":"***","new":"***"},)"
                                R"({"path":"status","kind":"status","old":"200","new":"404"}])");
}

TEST(MaskedSample, WhatNoPlaceNamesStaysAsItIs) {
  Sample sample = kept();
  mask_again(sample, *Mask::parse({"header:x-third"}));
  EXPECT_EQ(sample.request_line, kept().request_line);
  EXPECT_EQ(sample.old_answer, kept().old_answer);
  EXPECT_EQ(sample.new_answer, kept().new_answer);
  EXPECT_EQ(sample.differences, kept().differences);
}

}  // namespace
}  // namespace banyan

#include "http/grpc.h"

#include <utility>

#include <gtest/gtest.h>

namespace banyan {
namespace {

using namespace std::chrono_literals;

bool grpc_type(std::string_view type) {
  Fields fields;
  fields.add_copy(FieldId::kContentType, type);
  return is_grpc(fields);
}

TEST(Grpc, ACallIsKnownByItsContentType) {
  EXPECT_TRUE(grpc_type("application/grpc"));
  EXPECT_TRUE(grpc_type("Application/gRPC+proto"));
  EXPECT_TRUE(grpc_type("application/grpc;charset=utf-8"));
  EXPECT_FALSE(grpc_type("application/grpc-web"));
  EXPECT_FALSE(grpc_type("application/grp"));
  EXPECT_FALSE(is_grpc(Fields()));
}

TEST(Grpc, Timeouts) {
  EXPECT_EQ(parse_grpc_timeout("1S"), 1s);
  EXPECT_EQ(parse_grpc_timeout("250m"), 250ms);
  EXPECT_EQ(parse_grpc_timeout("99999999n"), 99999999ns);
  EXPECT_EQ(parse_grpc_timeout("0u"), 0us);
  EXPECT_EQ(parse_grpc_timeout("2M"), 120s);
  EXPECT_EQ(parse_grpc_timeout("3H"), 3h);
  EXPECT_GT(parse_grpc_timeout("99999999H"), Duration(1000h));
  for (const std::string_view wrong : {"", "S", "1", "1s", "-1S", "+1S", " 1S", "1.5S", "100000000S", "1SS"}) {
    EXPECT_EQ(parse_grpc_timeout(wrong), std::nullopt) << wrong;
  }
}

TEST(Grpc, ErrorsOfTheGateway) {
  // As docs/protocols.md has them.
  constexpr std::pair<int, int> kCodes[] = {{400, 13}, {401, 16}, {403, 7},  {404, 12}, {405, 12}, {408, 4},
                                            {413, 8},  {418, 2},  {429, 14}, {431, 13}, {499, 1},  {500, 2},
                                            {501, 12}, {502, 14}, {503, 14}, {504, 4}};
  for (const auto& [status, code] : kCodes) EXPECT_EQ(grpc_status_of(status), code) << status;
  EXPECT_EQ(grpc_message("50% of \xc3\xa9\n"), "50%25 of %C3%A9%0A");
}

}  // namespace
}  // namespace banyan

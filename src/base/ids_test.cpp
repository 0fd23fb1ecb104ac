#include "base/ids.h"

#include <unordered_set>

#include <gtest/gtest.h>

namespace banyan {
namespace {

using RouteId = Id<struct RouteTag, std::uint32_t>;
using ClusterId = Id<struct ClusterTag, std::uint32_t>;
static_assert(!std::is_convertible_v<RouteId, ClusterId> && !std::is_convertible_v<std::uint32_t, RouteId>);

TEST(Id, ComparesAndHashes) {
  EXPECT_LT(RouteId(1), RouteId(2));
  const std::unordered_set<RouteId> set = {RouteId(1), RouteId(2), RouteId(1)};
  EXPECT_EQ(set.size(), 2u);
}

TEST(RequestId, TextGoesThereAndBack) {
  std::uint64_t next = 0x0123456789abcdef;
  const RequestId id = make_request_id([&] { return next = ~next; });
  EXPECT_EQ(id.text(), "fedcba98765432100123456789abcdef");
  EXPECT_EQ(RequestId::parse(id.text()), id);
  EXPECT_EQ(RequestId::parse("FEDCBA98765432100123456789ABCDEF"), id);
}

TEST(RequestId, RefusesWhatIsNotThirtyTwoHexDigits) {
  EXPECT_FALSE(RequestId::parse(""));
  EXPECT_FALSE(RequestId::parse("fedcba98765432100123456789abcde"));
  EXPECT_FALSE(RequestId::parse("fedcba98765432100123456789abcdef0"));
  EXPECT_FALSE(RequestId::parse("fedcba98765432100123456789abcdeg"));
  EXPECT_FALSE(RequestId::parse("fedcba9876543210 123456789abcdef"));
}

TEST(RequestId, IsNeverZero) {
  int calls = 0;
  const RequestId id = make_request_id([&]() -> std::uint64_t { return ++calls < 4 ? 0 : 9; });
  EXPECT_NE(id, RequestId{});
}

}  // namespace
}  // namespace banyan

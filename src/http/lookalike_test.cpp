#include "http/lookalike.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

Fields fields_of(const std::vector<std::string>& names) {
  Fields fields;
  for (const std::string& name : names) EXPECT_TRUE(fields.add_copy(name, "1"));
  return fields;
}

std::string names_of(const Fields& fields) {
  std::string names;
  for (const Fields::Entry& entry : fields) names.append(names.empty() ? "" : " ").append(entry.name);
  return names;
}

TEST(Lookalike, OfOneName) {
  Fields fields = fields_of({"x_user_id", "X-User_Id", "X-User-Id", "x-user-id", "x_user", "xauser-id", "X_USER-ID"});
  EXPECT_EQ(remove_lookalikes_of(fields, "x-user-id"), 3U);
  EXPECT_EQ(names_of(fields), "X-User-Id x-user-id x_user xauser-id");
  EXPECT_EQ(remove_lookalikes_of(fields, "x_user"), 0U);
}

TEST(Lookalike, OfAllThereAreAndOfKnownNames) {
  Fields fields = fields_of(
      {"X_Forwarded_For", "X-Own", "Content_Length", "x_own", "api_key", "X_Other", "X-Forwarded_Odd", "x_gray-tag"});
  EXPECT_EQ(remove_lookalikes(fields), 5U);
  EXPECT_EQ(names_of(fields), "X-Own api_key X_Other");
  // The one with '-' may come after it, and behind what goes.
  fields = fields_of({"a_b_c", "d_e", "Content_Type", "a-b_c", "D-E", "A-B-C"});
  EXPECT_EQ(remove_lookalikes(fields), 4U);
  EXPECT_EQ(names_of(fields), "D-E A-B-C");
}

}  // namespace
}  // namespace banyan

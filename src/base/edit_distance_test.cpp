#include "base/edit_distance.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(EditDistance, CountsEachKindOfSlip) {
  EXPECT_EQ(edit_distance("cluster", "cluster", 3), 0u);
  EXPECT_EQ(edit_distance("cluster", "clusters", 3), 1u);
  EXPECT_EQ(edit_distance("cluster", "luster", 3), 1u);
  EXPECT_EQ(edit_distance("cluster", "clustar", 3), 1u);
  EXPECT_EQ(edit_distance("cluster", "clutser", 3), 1u);
  EXPECT_EQ(edit_distance("", "abc", 5), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3u);
  EXPECT_EQ(edit_distance("ca", "abc", 5), 3u) << "a letter is not edited twice";
}

TEST(EditDistance, StopsAtTheLimit) {
  EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3u);
  EXPECT_EQ(edit_distance(std::string(300, 'a'), std::string(300, 'a'), 2), 3u);
}

// Every pair of words over two letters: distance is symmetric, zero only for equals, and one edit is one.
TEST(EditDistance, IsSymmetricOnAllShortWords) {
  std::vector<std::string> words = {""};
  for (std::size_t i = 0; words[i].size() < 4; ++i) {
    const std::string word = words[i];
    words.push_back(word + 'a');
    words.push_back(word + 'b');
  }
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      const std::size_t distance = edit_distance(a, b, 9);
      EXPECT_EQ(distance, edit_distance(b, a, 9));
      EXPECT_EQ(distance == 0, a == b);
      EXPECT_LE(distance, std::max(a.size(), b.size()));
    }
  }
}

TEST(NearestName, OffersWhatWasMeantOrNothing) {
  const std::string_view known[] = {"listen", "limits", "workers", "access_log"};
  EXPECT_EQ(nearest_name("lisen", known), "listen");
  EXPECT_EQ(nearest_name("Workers", known), "workers");
  EXPECT_EQ(nearest_name("acces_logs", known), "access_log");
  EXPECT_EQ(nearest_name("colour", known), "");
  EXPECT_EQ(nearest_name("", known), "");
}

}  // namespace
}  // namespace banyan

#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(Diagnostic, SaysWhereWhatAndWhatToDo) {
  Diagnostics diagnostics("site.yaml");
  diagnostics.warning({7, 3}, "route 'late' is never reached", "move it up");
  diagnostics.error({2, 5}, "unknown key 'lisen'", "did you mean 'listen'?");
  diagnostics.error({}, "the file is empty");
  EXPECT_EQ(diagnostics_text(diagnostics.sorted()),
            "site.yaml: the file is empty\n"
            "site.yaml:2:5: unknown key 'lisen', did you mean 'listen'?\n"
            "site.yaml:7:3: warning: route 'late' is never reached, move it up\n");
  EXPECT_TRUE(diagnostics.has_errors());
}

TEST(Diagnostic, KeepsABoundedNumber) {
  Diagnostics diagnostics("x", 2);
  for (int i = 1; i <= 5; ++i) diagnostics.error({i, 1}, "bad");
  diagnostics.warning({9, 1}, "odd");
  const std::vector<Diagnostic> sorted = diagnostics.sorted();
  ASSERT_EQ(sorted.size(), 4u);
  EXPECT_EQ(sorted.back().text(), "x: 3 more are not shown, mend these first");
  EXPECT_EQ(diagnostics.error_count(), 5u);
}

TEST(Diagnostic, PrintsJson) {
  Diagnostics diagnostics("a\"b");
  EXPECT_EQ(diagnostics_json(diagnostics.sorted()), "[]");
  diagnostics.error({1, 2}, "bad", "mend");
  diagnostics.warning({1, 3}, "odd");
  EXPECT_EQ(diagnostics_json(diagnostics.sorted()),
            R"([{"severity":"error","file":"a\"b","line":1,"column":2,"message":"bad","hint":"mend"},)"
            R"({"severity":"warning","file":"a\"b","line":1,"column":3,"message":"odd","hint":""}])");
}

}  // namespace
}  // namespace banyan

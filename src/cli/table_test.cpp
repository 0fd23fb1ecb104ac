#include "cli/table.h"

#include <cstdio>

#include <gtest/gtest.h>

#include "cli/progress_bar.h"

namespace banyan {
namespace {

TEST(Table, AlignsByCharacters) {
  Table table({Align::kLeft, Align::kRight});
  table.add({"route", "rate", "cluster"});
  table.add({"café", "12.5", ""});
  table.add({"rest"});
  EXPECT_EQ(table.text(),
            "route  rate  cluster\n"
            "café   12.5\n"
            "rest\n");
}

TEST(Table, ShowsNothingThatATerminalObeys) {
  Table table;
  table.add({"a\x1b[2J\r\nb\x7f",
             "\xc2\x9b"
             "1m",
             "é\xc2\xa0"});
  EXPECT_EQ(table.text(), "a?[2J??b?  ?1m  é\xc2\xa0\n");
}

TEST(ProgressBar, DrawsItsShare) {
  EXPECT_EQ(progress_line("parsing", 1350, 3000), "parsing  [#########-----------]   45%  1350/3000");
  EXPECT_EQ(progress_line("parsing", 9, 3), "parsing  [####################]  100%  3/3");
  EXPECT_EQ(progress_line("nothing", 0, 0), "nothing  [####################]  100%  0/0");
}

TEST(ProgressBar, StaysSilentOutsideATerminal) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  {
    ProgressBar bar("work", 10, file);
    bar.update(5);
    bar.update(10);
  }
  EXPECT_EQ(std::ftell(file), 0);
  std::fclose(file);
}

}  // namespace
}  // namespace banyan

#include "ledger_report/route_report.h"

#include <unistd.h>

#include <cstdlib>

#include <gtest/gtest.h>

#include "json/parse.h"
#include "ledger/place_counts.h"

namespace banyan {
namespace {

class RouteReportTest : public testing::Test {
 protected:
  RouteReportTest() {
    std::string pattern = testing::TempDir() + "banyan-report-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    file_ = folder_ + "/ledger.db";
    Transition first{.sequence = 1, .epoch = 1, .by = "deployment", .why = "a new build"};
    first.key = {.old_build = "a", .new_build = "", .rules = "json <b>"};
    Transition second = first;
    second.sequence = 2;
    second.to = {.stage = Stage::kShifted, .hundredths = 500};
    second.hold = Hold{.by_alarm = true, .reason = "it </td><script>alert(1)</script>"};
    second.by = "anna";
    auto ledger = *LedgerFile::open_to_write(file_);
    EXPECT_TRUE(ledger->add_transition("users", first).ok());
    EXPECT_TRUE(ledger->add_transition("users", second).ok());
    Evidence seen;
    seen.answers.compared = 3'327;
    FieldNoise places;
    const DifferentPlace time{"$.<b>", "value"};
    for (int i = 0; i < 40; ++i) places.replayed({time}, {time, {"$.name", "value"}});
    places.compared({{"$.name", "value"}});
    EXPECT_TRUE(ledger->put_places({.route = "users", .epoch = 1, .places = place_counts(places)}).ok());
    EXPECT_TRUE(ledger->put_evidence({.route = "users", .sequence = 2, .evidence = seen}, wall_now()).ok());
    EXPECT_TRUE(ledger
                    ->add_sample({.route = "users",
                                  .epoch = 1,
                                  .at = wall_now(),
                                  .request_line = "GET /<img src=x>",
                                  .request_id = "r1",
                                  .old_answer = R"({"body":"<script>"})",
                                  .new_answer = "not json",
                                  .differences = "[]"},
                                 10)
                    .ok());
  }
  ~RouteReportTest() override {
    for (const char* ending : {"", "-wal", "-shm", ".lock"}) ::unlink((file_ + ending).c_str());
    ::rmdir(folder_.c_str());
  }
  Result<RouteReport> report(std::string_view route) {
    return read_route_report(**LedgerFile::open_to_read(file_), route, wall_now());
  }
  std::string folder_;
  std::string file_;
};

TEST_F(RouteReportTest, JsonHasAllThatIsKnown) {
  const std::string text = report_json(*report("users"));
  const Result<json::Document> read = json::parse(text);
  ASSERT_TRUE(read.ok()) << text;
  const json::Value root = read->root();
  EXPECT_EQ(root["stage"].to_string(), stage_name(Stage::kShifted));
  EXPECT_EQ(root["share_hundredths"].to_int64(), 500);
  ASSERT_EQ(root["transitions"].size(), 2u);
  EXPECT_EQ(root["transitions"].at(0)["by"].to_string(), "anna");
  EXPECT_EQ(root["evidence"]["compared"].to_int64(), 3'327);
  EXPECT_LE(root["evidence"]["bound"].to_double().value_or(1), 0.001);
  EXPECT_EQ(root["noise"]["asked_twice"].to_int64(), 40);
  EXPECT_EQ(root["noise"]["since"].to_string(), rfc3339(WallTime{}));
  const json::Value time = root["noise"]["places"].at(0);
  EXPECT_EQ(time["place"].to_string(), "$.<b>");
  EXPECT_EQ(time["noise"].to_bool(), true);
  EXPECT_EQ(time["old_against_old"].to_int64(), 40);
  EXPECT_EQ(root["noise"]["places"].at(1)["noise"].to_bool(), false);
  EXPECT_EQ(root["noise"]["places"].at(1)["only_old_against_new"].to_int64(), 40);
  EXPECT_EQ(root["curve"].size(), 1u);
  EXPECT_EQ(root["samples"].at(0)["old"]["body"].to_string(), "<script>");
  EXPECT_EQ(root["samples"].at(0)["new"].to_string(), "not json");
}

TEST_F(RouteReportTest, NothingFromTheLedgerBecomesMarkup) {
  const std::string page = report_page(*report("users"));
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_NE(page.find("GET /&lt;img src=x&gt;"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("anna"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST_F(RouteReportTest, ShowsWhatDiffersByItself) {
  const std::string page = report_page(*report("users"));
  EXPECT_NE(page.find("The old side was asked twice for 40 requests since 1970-01-01T"), std::string::npos) << page;
  EXPECT_NE(page.find("<td>$.&lt;b&gt;</td><td>value</td><td>yes</td><td class=\"number\">40 (100 %)</td>"),
            std::string::npos)
      << page;
  const std::string text = report_text(*report("users"));
  EXPECT_NE(text.find("\n$.<b>   value  yes            40 (100 %)"), std::string::npos) << text;
  EXPECT_NE(text.find("\n$.name  value  no                0 (0 %)                40                1\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("held: it </td>"), std::string::npos) << text;
}

TEST_F(RouteReportTest, AHoldLeavesThePositionAsOldAsItIs) {
  {
    auto ledger = *LedgerFile::open_to_write(file_);
    Transition held = report("users")->route.last;
    held.sequence = 3;
    held.from = held.to;
    held.at = WallTime(std::chrono::hours(1));
    ASSERT_TRUE(ledger->add_transition("users", held).ok());
  }
  const std::string since = rfc3339(WallTime{});
  EXPECT_NE(report_text(*report("users")).find("users: shifted, 5 % since " + since), std::string::npos);
  EXPECT_NE(report_page(*report("users")).find("<th>since</th><td>" + since), std::string::npos);
}

TEST_F(RouteReportTest, AnUnknownRouteNamesThoseThereAre) {
  const Result<RouteReport> none = report("user");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(none.error().text().find("there are: users"), std::string::npos) << none.error().text();
}

}  // namespace
}  // namespace banyan

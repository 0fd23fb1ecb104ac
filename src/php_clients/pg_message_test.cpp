// What libpq 15 said of the same, word for word.
#include "php_clients/pg_message.h"

#include <gtest/gtest.h>

#include "php_clients/pg_conninfo.h"

namespace banyan::php_runtime {
namespace {

pg::ServerReport report_at(std::string_view position) {
  pg::ServerReport out;
  out.severity = "ERROR";
  out.message = "no such thing";
  out.position = position;
  return out;
}

TEST(PgMessage, AllThatAServerTells) {
  pg::ServerReport report = report_at("");
  report.spoken_severity = "FEHLER";
  report.detail = "Key (a)=(x) already exists.";
  report.hint = "Try another.";
  report.context = "unnamed portal parameter $1 = '...'";
  EXPECT_EQ(pg_message(report, "select 1", true),
            "FEHLER:  no such thing\nDETAIL:  Key (a)=(x) already exists.\nHINT:  Try another.\n"
            "CONTEXT:  unnamed portal parameter $1 = '...'\n");
  report = report_at("");
  report.inner_query = "SELEC 1";
  report.inner_position = "1";
  EXPECT_EQ(pg_message(report, "select 1", true),
            "ERROR:  no such thing\nLINE 1: SELEC 1\n        ^\nQUERY:  SELEC 1\n");
}

TEST(PgMessage, ThePlaceIsMarked) {
  EXPECT_EQ(pg_message(report_at("15"), "select * from nope", true),
            "ERROR:  no such thing\nLINE 1: select * from nope\n                      ^\n");
  EXPECT_EQ(pg_message(report_at("12"), "select 1,\n\tnope\nfrom t", true),
            "ERROR:  no such thing\nLINE 2:  nope\n         ^\n");
  EXPECT_EQ(pg_message(report_at("8"), "'ä', '世', x", true),
            "ERROR:  no such thing\nLINE 1: 'ä', '世', x\n                ^\n");
  EXPECT_EQ(pg_message(report_at("3"), "", true), "ERROR:  no such thing at character 3\n");
  EXPECT_EQ(pg_message(report_at("99"), "short", true), "ERROR:  no such thing\n");
  const std::string long_text = "select " + std::string(70, 'a') + ", nope from " + std::string(70, 't');
  EXPECT_EQ(pg_message(report_at("80"), long_text, true), "ERROR:  no such thing\nLINE 1: ..." + std::string(48, 'a') +
                                                              ", nope from ...\n" + std::string(61, ' ') + "^\n");
  EXPECT_EQ(pg_message(report_at("1"), long_text, true),
            "ERROR:  no such thing\nLINE 1: select " + std::string(53, 'a') + "...\n        ^\n");
}

TEST(PgConninfo, Values) {
  const PgConninfo info = parse_pg_conninfo(" host = 'a b' port=5432  password='it\\'s\\\\' user=x\\ y  host=c ");
  EXPECT_EQ(info.error, "");
  EXPECT_EQ(info.value("host"), "c");
  EXPECT_EQ(info.value("password"), "it's\\");
  EXPECT_EQ(info.value("user"), "x y");
  EXPECT_EQ(info.value("dbname"), "");
}

TEST(PgConninfo, Mistakes) {
  EXPECT_EQ(parse_pg_conninfo("host=a nonsense=1").error, "invalid connection option \"nonsense\"\n");
  EXPECT_EQ(parse_pg_conninfo("host=a nonsense").error, "missing \"=\" after \"nonsense\" in connection info string\n");
  EXPECT_EQ(parse_pg_conninfo("host='a").error, "unterminated quoted string in connection info string\n");
}

}  // namespace
}  // namespace banyan::php_runtime

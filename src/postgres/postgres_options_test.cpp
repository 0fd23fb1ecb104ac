#include "postgres/postgres_options.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(PostgresOptions, ReadsUrls) {
  const auto full = PostgresOptions::parse(
      "postgresql://al%69ce:p%40ss%3a@db.example:6432/shop%20two?sslmode=verify-full&sslrootcert=/etc/ca.pem"
      "&application_name=shop&connect_timeout=3");
  ASSERT_TRUE(full.ok()) << full.error().text();
  EXPECT_EQ(full->text(), "db.example:6432/shop two as alice");
  EXPECT_EQ(full->password.reveal(), "p@ss:");
  EXPECT_EQ(full->tls, SqlTlsMode::kVerifyFull);
  EXPECT_EQ(full->tls_authorities, "/etc/ca.pem");
  EXPECT_EQ(full->application_name, "shop");
  EXPECT_EQ(full->connect_timeout, std::chrono::seconds(3));
  EXPECT_EQ(PostgresOptions::parse("postgres://u@[::1]:5433")->text(), "::1:5433/u as u");
  EXPECT_EQ(PostgresOptions::parse("postgres://u@/d?host=/run/pg&sslmode=disable")->text(), "/run/pg:5432/d as u");
  EXPECT_EQ(PostgresOptions::parse("postgres://u@host")->tls, SqlTlsMode::kPrefer);
}

std::string refusal(std::string_view url) {
  const auto options = PostgresOptions::parse(url);
  return options.ok() ? "accepted" : options.error().text();
}

TEST(PostgresOptions, SaysWhatIsWrongWithAUrl) {
  EXPECT_NE(refusal("mysql://u@h").find("begins neither with"), std::string::npos);
  EXPECT_NE(refusal("postgres://host/d").find("names no user"), std::string::npos);
  EXPECT_NE(refusal("postgres://u@h:0").find("\"0\" is not a port"), std::string::npos);
  EXPECT_NE(refusal("postgres://u@h:65536").find("is not a port"), std::string::npos);
  EXPECT_NE(refusal("postgres://u:secret%4@h").find("two hexadecimal digits"), std::string::npos);
  EXPECT_EQ(refusal("postgres://u:secret%4@h").find("secret"), std::string::npos);
  EXPECT_NE(refusal("postgres://u:%00@h").find("zero byte"), std::string::npos);
  EXPECT_NE(refusal("postgres://u@h?sslmode=verify-ca").find("disable, prefer, require or verify-full"),
            std::string::npos);
  EXPECT_NE(refusal("postgres://u@h?sslmod=x").find("no parameter \"sslmod\""), std::string::npos);
  EXPECT_NE(refusal("postgres://u@h?sslmode").find("has no '='"), std::string::npos);
  EXPECT_NE(refusal("postgres://u@[::1").find("not closed"), std::string::npos);
}

}  // namespace
}  // namespace banyan

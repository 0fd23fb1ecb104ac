#include "mariadb/mariadb_options.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(MariadbOptions, ReadsUrls) {
  const auto full = MariadbOptions::parse(
      "mariadb://al%69ce:p%40ss%3a@db.example:6033/shop%20two?sslmode=verify-full&sslrootcert=/etc/ca.pem"
      "&server_public_key=/etc/key.pem&connect_timeout=3");
  ASSERT_TRUE(full.ok()) << full.error().text();
  EXPECT_EQ(full->text(), "db.example:6033/shop two as alice");
  EXPECT_EQ(full->password.reveal(), "p@ss:");
  EXPECT_EQ(full->tls, SqlTlsMode::kVerifyFull);
  EXPECT_EQ(full->tls_authorities, "/etc/ca.pem");
  EXPECT_EQ(full->server_public_key, "/etc/key.pem");
  EXPECT_EQ(full->connect_timeout, std::chrono::seconds(3));
  EXPECT_EQ(MariadbOptions::parse("mysql://u@[::1]")->text(), "::1:3306/ as u");
  EXPECT_EQ(MariadbOptions::parse("mysql://u@/d?host=/run/mysqld/mysqld.sock")->text(),
            "/run/mysqld/mysqld.sock/d as u");
}

TEST(MariadbOptions, SaysWhatIsWrongWithAUrl) {
  const auto refusal = [](std::string_view url) {
    const auto options = MariadbOptions::parse(url);
    return options.ok() ? "accepted" : options.error().text();
  };
  EXPECT_NE(refusal("postgres://u@h").find("begins neither with mariadb:// nor with mysql://"), std::string::npos);
  EXPECT_NE(refusal("mysql://h/d").find("the MariaDB URL: it names no user"), std::string::npos);
  EXPECT_EQ(refusal("mysql://u:secret%4@h").find("secret"), std::string::npos);
  EXPECT_NE(refusal("mysql://u@h?application_name=x").find("no parameter \"application_name\""), std::string::npos);
}

}  // namespace
}  // namespace banyan

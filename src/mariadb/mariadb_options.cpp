#include "mariadb/mariadb_options.h"

namespace banyan {

Result<MariadbOptions> MariadbOptions::parse(std::string_view url) {
  constexpr std::string_view kSchemes[] = {"mariadb://", "mysql://"};
  MariadbOptions options;
  const SqlUrlParameter own[] = {{"server_public_key", &options.server_public_key}};
  BANYAN_TRY_VOID(read_sql_url(url,
                               {.server = "MariaDB",
                                .schemes = kSchemes,
                                .example = "mariadb://user:password@host:3306/database?sslmode=verify-full"},
                               own, options));
  return options;
}

std::string MariadbOptions::text() const {
  std::string text = host;
  if (!is_unix_socket()) text.append(":").append(std::to_string(port));
  return text.append("/").append(database).append(" as ").append(user);
}

}  // namespace banyan

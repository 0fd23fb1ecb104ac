#include "postgres/postgres_options.h"

namespace banyan {

Result<PostgresOptions> PostgresOptions::parse(std::string_view url) {
  constexpr std::string_view kSchemes[] = {"postgresql://", "postgres://"};
  PostgresOptions options;
  const SqlUrlParameter own[] = {{"application_name", &options.application_name}};
  BANYAN_TRY_VOID(read_sql_url(url,
                               {.server = "PostgreSQL",
                                .schemes = kSchemes,
                                .example = "postgresql://user:password@host:5432/database?sslmode=verify-full"},
                               own, options));
  return options;
}

std::string PostgresOptions::text() const {
  return host + ":" + std::to_string(port) + "/" + (database.empty() ? user : database) + " as " + user;
}

}  // namespace banyan

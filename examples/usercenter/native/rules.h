// What the user centre takes for valid, as the PHP service does it: pure functions on texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usercenter {

// An id written in 1 to 18 decimal digits; nothing for anything else, and for 0.
std::optional<std::int64_t> parse_id(std::string_view text);
// The value of `id` in a query: the last one, decoded. Nothing where there is none or PHP would see a list ("id[]=1").
std::optional<std::string> id_parameter(std::string_view query);

// `name` without the white space around it; nothing if that leaves none, or more than 100 bytes.
std::optional<std::string_view> valid_name(std::string_view name);
// `email` in lower case; nothing if it is not an address the user centre accepts.
std::optional<std::string> valid_email(std::string_view email);

// The token in the value of an Authorization field: "Bearer " and 40 hexadecimal digits in lower case.
std::optional<std::string_view> bearer_token(std::string_view authorization);

// 40 hexadecimal digits in lower case.
bool is_token(std::string_view text);
// The value of the cookie `name` in a Cookie field; empty where there is none.
std::string_view cookie_value(std::string_view cookies, std::string_view name);

// 6263 is "62.63".
std::string score_text(std::int64_t hundredths);
// Seconds since 1970 as "2026-01-31 23:59:59", in UTC.
std::string timestamp(std::int64_t seconds);
// Seconds since 1970 by the clock of the running task.
std::int64_t unix_seconds();

}  // namespace usercenter

// Comments that let a finding pass, with the reason beside the code it concerns:
//
//   $rows = mysql_query($sql);  // @banyan-ignore upgrade.mysql-functions replaced with the new user service
//   // @banyan-ignore security.eval, migration.eval the plugin console is for administrators only
//   eval($code);
//
// A comment counts for its own line where code stands before it, else for the next line that has code. It names one
// code or several with commas, and must give a reason: what nobody can explain should be mended. One that is not needed
// is itself reported, so that none outlives its finding.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "php_findings/finding.h"
#include "php_lex/lexer.h"

namespace banyan::php {

inline constexpr std::string_view kIgnoreUnused = "ignore.unused";
inline constexpr std::string_view kIgnoreMalformed = "ignore.malformed";

struct Ignore {
  std::uint32_t offset = 0;  // of the comment
  std::uint32_t length = 0;
  std::uint32_t line = 0;  // it counts for
  std::vector<std::string> codes;
  bool has_reason = false;
};

// In order of offset. Comments that cannot be understood have no codes.
std::vector<Ignore> find_ignores(const TokenStream& stream, std::string_view source);

// Takes out of the findings of one file what its comments let pass, and adds ignore.unused and ignore.malformed for
// comments that are not as they should be. A malformed comment lets nothing pass. A comment for a code that was not
// looked for (`was_checked` says no) is not called unused. Gives how many findings were taken out.
std::size_t apply_ignores(const std::vector<Ignore>& ignores, const std::string& file, const Locator& locator,
                          std::vector<Finding>& findings,
                          const std::function<bool(std::string_view code)>& was_checked);

}  // namespace banyan::php

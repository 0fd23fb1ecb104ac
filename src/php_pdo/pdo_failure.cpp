// What went wrong, as PDO tells it: an exception, a warning, or only errorInfo().
#include "php_pdo/pdo_objects.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

// SQLSTATE's words, of those that SQLite and PDO itself give.
std::string_view words_of(std::string_view code) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"00000", "No error"},
      {"01002", "Disconnect error"},
      {"22001", "String data, right truncated"},
      {"23000", "Integrity constraint violation"},
      {"42S02", "Base table or view not found"},
      {"HY000", "General error"},
      {"HY093", "Invalid parameter number"},
      {"HYC00", "Optional feature not implemented"},
      {"IM001", "Driver does not support this function"}};
  for (const auto& [known, words] : kWords) {
    if (known == code) return words;
  }
  return "<<Unknown error>>";
}

[[noreturn]] void raise_pdo(std::string_view message, Value code, Value info) {
  const Value made = new_exception("PDOException", message);
  made.as_object().properties.set_text("code", std::move(code));
  made.as_object().properties.set_text("errorInfo", std::move(info));
  raise(made);
  unreachable();
}

}  // namespace

void pdo_throw(std::string_view message) { raise_pdo(message, Int{0}, {}); }

void pdo_throw_open(const PdoFailure& failure) {
  raise_pdo(concat({"SQLSTATE[", failure.state, "] [", std::to_string(failure.code), "] ", failure.text}), failure.code,
            Array::list({failure.state, failure.code, failure.text}));
}

void pdo_fail(Pdo& pdo, PdoState& state, std::string_view function, PdoFailure failure) {
  state.code = failure.state;
  pdo.state.native = failure;
  state.native = failure;
  if (pdo.error_mode == kErrorSilent) return;
  const std::string message = concat({"SQLSTATE[", failure.state, "]: ", words_of(failure.state), ": ",
                                      std::to_string(failure.code), " ", failure.text});
  if (pdo.error_mode == kErrorWarning) return warn_function(function, message);
  raise_pdo(message, failure.state, pdo_error_info(state));
}

void pdo_refuse(Pdo& pdo, PdoState& state, std::string_view function, std::string_view code, std::string_view words) {
  state.code = code;
  const std::string message = concat({"SQLSTATE[", code, "]: ", words_of(code), words.empty() ? "" : ": ", words});
  if (pdo.error_mode != kErrorException) return warn_function(function, message);
  raise_pdo(message, code, Array::list({code, Int{0}}));
}

Value pdo_error_code(const PdoState& state) { return state.code.empty() ? Value() : Value(state.code); }

Array pdo_error_info(const PdoState& state) {
  const bool tells = state.code != "00000" && state.native.has_value();
  if (!tells) return Array::list({state.code, Value(), Value()});
  return Array::list({state.code, state.native->code, state.native->text});
}

}  // namespace banyan::php_runtime

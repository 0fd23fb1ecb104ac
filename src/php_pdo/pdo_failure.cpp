// What went wrong, as PDO tells it: an exception, a warning, or only errorInfo().
#include "php_pdo/pdo_objects.h"
#include "php_pdo/pdo_words.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

std::string_view words_of(std::string_view code) {
  for (const auto& [known, words] : kPdoWords) {
    if (known == code) return words;
  }
  return "<<Unknown error>>";
}

Value made_exception(std::string_view message, Value code, Value info) {
  Value made = new_exception("PDOException", message);
  made.as_object().properties.set_text("code", std::move(code));
  made.as_object().properties.set_text("errorInfo", std::move(info));
  return made;
}

[[noreturn]] void raise_pdo(std::string_view message, Value code, Value info) {
  raise(made_exception(message, std::move(code), std::move(info)));
  unreachable();
}

// What the database says, behind the SQLSTATE.
void add_native(const Pdo& pdo, const PdoState& native, Array& info) {
  if (native.native_code == 0 && !pdo.connection->tells_without_code()) return;
  info.append(native.native_code != 0 ? Value(native.native_code) : Value());
  if (native.native_text) info.append(*native.native_text);
}

}  // namespace

void pdo_throw(std::string_view message) { raise_pdo(message, Int{0}, {}); }

void pdo_throw_open(const PdoFailure& failure, std::string_view warning) {
  const Value made =
      made_exception(concat({"SQLSTATE[", failure.state, "] [", std::to_string(failure.code), "] ", failure.text}),
                     failure.code, Array::list({failure.state, failure.code, failure.text}));
  // The constructor makes exceptions of warnings.
  if (!warning.empty()) {
    chain_after(made, made_exception(concat({"PDO::__construct(): ", warning}), Int{0}, {}));
  }
  raise(made);
  unreachable();
}

void pdo_fail(Pdo& pdo, PdoState& state, std::string_view function, PdoFailure failure) {
  if (failure.state == "00000") return;  // it did not work, and there is nothing to tell
  state.code = failure.state;
  PdoState& native = pdo.native_of(state);
  if (!failure.is_own) {
    native.native_code = failure.code;
    native.native_text = failure.text;
  }
  if (pdo.error_mode == kErrorSilent) return;
  Array info = Array::list({state.code});
  add_native(pdo, native, info);
  const Value* const text = info.lookup(Key(2));
  std::string message = concat({"SQLSTATE[", state.code, "]: ", words_of(state.code)});
  if (text != nullptr) {
    const std::string code = native.native_code != 0 ? std::to_string(native.native_code) + " " : "";
    message += concat({": ", code, text->as_string()});
  }
  if (pdo.error_mode == kErrorWarning) return warn_function(function, message);
  raise_pdo(message, state.code, info);
}

void pdo_refuse(Pdo& pdo, PdoState& state, std::string_view function, std::string_view code, std::string_view words) {
  state.code = code;
  const std::string message = concat({"SQLSTATE[", code, "]: ", words_of(code), words.empty() ? "" : ": ", words});
  if (pdo.error_mode != kErrorException) return warn_function(function, message);
  raise_pdo(message, code, Array::list({code, Int{0}}));
}

Value pdo_error_code(const PdoState& state) { return state.code.empty() ? Value() : Value(state.code); }

Array pdo_error_info(Pdo& pdo, PdoState& state) {
  Array out = Array::list({state.code});
  if (state.code != "00000") add_native(pdo, pdo.native_of(state), out);
  while (out.size() < 3) out.append({});
  return out;
}

}  // namespace banyan::php_runtime

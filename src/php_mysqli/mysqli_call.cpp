// What mysqli's methods and functions share: their arguments, and how they fail.
#include "php_mysqli/mysqli_objects.h"
#include "php_runtime/program.h"

namespace banyan::php_runtime {

namespace {

void need_count(const MysqliEntry& entry, std::string_view name, std::size_t given, bool is_method) {
  const int extra = is_method ? 0 : 1;
  const int least = entry.least + extra;
  const int most = entry.most + extra;
  const int count = static_cast<int>(given) + extra;
  if (count >= least && count <= most) return;
  const int wanted = count < least ? least : most;
  const char* const how = least == most ? "exactly " : count < least ? "at least " : "at most ";
  throw_argument_count(concat({name, "() expects ", how, std::to_string(wanted),
                               wanted == 1 ? " argument, " : " arguments, ", std::to_string(count), " given"}));
}

}  // namespace

MysqliState& mysqli_state() { return request_state<MysqliState>(); }

// ---- Failures ----

void mysqli_raise(std::string_view function, const MysqlError& error) {
  if ((mysqli_state().report & kReportStrict) == 0) {
    return warn_function(function, concat({"(", error.state, "/", std::to_string(error.code), "): ", error.text}));
  }
  const Value made = new_exception("mysqli_sql_exception", error.text, error.code);
  made.as_object().properties.set_text("sqlstate", Value(error.state));
  raise(made);
}

void mysqli_report(std::string_view function, const MysqlError& error) {
  if ((mysqli_state().report & kReportError) != 0 && error.code != 0) mysqli_raise(function, error);
}

Array error_list(const MysqlError& error) {
  if (error.code == 0) return {};
  return Array::list({Array::map({"errno", error.code, "sqlstate", error.state, "error", error.text})});
}

Value count_value(std::uint64_t count) {
  if (count == MysqlClient::kNoCount) return Int{-1};
  if (count < static_cast<std::uint64_t>(std::numeric_limits<Int>::max())) return static_cast<Int>(count);
  return std::to_string(count);
}

// ---- Arguments ----

std::string MysqliCall::place(std::size_t i, std::string_view argument_name) const {
  return argument(name, static_cast<int>(i) + (is_method ? 0 : 1), argument_name);
}

void MysqliCall::refuse(std::size_t i, std::string_view argument_name, std::string_view complaint) const {
  bad_argument(name, static_cast<int>(i) + (is_method ? 0 : 1), argument_name, complaint);
}

String MysqliCall::text(std::size_t i, std::string_view argument_name) const {
  return param_string(at(i), place(i, argument_name));
}

std::optional<String> MysqliCall::text_or_none(std::size_t i, std::string_view argument_name) const {
  if (at(i).is_null()) return std::nullopt;
  return text(i, argument_name);
}

Int MysqliCall::integer(std::size_t i, std::string_view argument_name, Int other) const {
  return has(i) ? param_int(at(i), place(i, argument_name)) : other;
}

std::optional<Array> MysqliCall::array_or_none(std::size_t i, std::string_view argument_name) const {
  return param_array_or_null(at(i), place(i, argument_name));
}

namespace {

[[noreturn]] void throw_closed(const Object& o) { throw_error(o.of().name + " object is already closed"); }
[[noreturn]] void throw_unready(const Object& o) { throw_error(o.of().name + " object is not fully initialized"); }

}  // namespace

MysqliLink& MysqliCall::link(MysqliStatus needed) const {
  auto& out = static_cast<MysqliLink&>(*self);
  if (out.status == MysqliStatus::kNone) throw_closed(out);
  if (out.status < needed || (needed == MysqliStatus::kValid && out.client == nullptr)) throw_unready(out);
  return out;
}

MysqliRows& MysqliCall::rows() const {
  auto& out = static_cast<MysqliRows&>(*self);
  if (out.freed) throw_closed(out);
  return out;
}

MysqliStatement& MysqliCall::statement(MysqliStatus needed) const {
  auto& out = static_cast<MysqliStatement&>(*self);
  if (out.status == MysqliStatus::kNone) throw_closed(out);
  if (out.status < needed) throw_unready(out);
  return out;
}

// ---- Methods and functions ----

void declare_methods(Class& c, const MysqliEntry* first, std::size_t count) {
  for (const MysqliEntry* entry = first; entry != first + count; ++entry) {
    if (entry->method.empty()) continue;
    c.method(entry->method, kPublic, [entry, owner = &c](const ObjectPtr& o, Arguments arguments) {
      const std::string name = concat({owner->name, "::", entry->method});
      need_count(*entry, name, arguments.size(), true);
      return entry->call({.name = name, .is_method = true, .self = o, .given = arguments});
    });
  }
}

void register_entries(std::string_view class_name, std::string_view argument_name, const MysqliEntry* first,
                      std::size_t count) {
  for (const MysqliEntry* entry = first; entry != first + count; ++entry) {
    if (entry->function.empty()) continue;
    register_function(entry->function, [entry, class_name, argument_name](Arguments arguments) {
      need_count(*entry, entry->function, arguments.empty() ? std::size_t(-1) : arguments.size() - 1, false);
      const Value& object = arguments[0].deref();
      if (!is_a(object, class_name)) {
        refuse_param(argument(entry->function, 1, argument_name), class_name, object);
      }
      return entry->call(
          {.name = entry->function, .is_method = false, .self = object.object(), .given = arguments.from(1)});
    });
  }
}

}  // namespace banyan::php_runtime

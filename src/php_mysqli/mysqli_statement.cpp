// mysqli_stmt: a statement that the server prepares.
#include <algorithm>

#include "php_mysqli/mysqli_objects.h"

namespace banyan::php_runtime {

namespace {

MysqlError out_of_sync() {
  return {.code = 2014, .state = "HY000", .text = "Commands out of sync; you can't run this command now"};
}

bool outcome(const MysqliCall& call, const MysqliStatement& s, bool good) {
  if (!good) mysqli_report(call.name, s.made->error());
  return good;
}

// ---- Making ----

ObjectPtr new_statement(const ObjectPtr& link, MysqlClient& client) {
  const ObjectPtr made = ObjectPtr::adopt(new MysqliStatement(find_class("mysqli_stmt")));
  auto& s = static_cast<MysqliStatement&>(*made);
  s.link = link;
  s.made = std::make_unique<MysqlStatement>(client.shared_from_this());
  s.status = MysqliStatus::kInitialized;
  return made;
}

bool prepare_now(MysqliStatement& s, std::string_view query) {
  s.parameters.clear();
  s.types.clear();
  s.results.clear();
  s.is_executed = false;
  return s.made->prepare(query);
}

Value prepare_on_link(const MysqliCall& call) {
  const String query = call.text(1, "query");
  MysqlClient& client = call.client();
  const ObjectPtr made = new_statement(call.self, client);
  auto& s = static_cast<MysqliStatement&>(*made);
  if (!prepare_now(s, query)) {
    mysqli_report(call.name, client.error());
    return false;
  }
  s.status = MysqliStatus::kValid;
  return made;
}

Value init_on_link(const MysqliCall& call) { return new_statement(call.self, call.client()); }

Value prepare(const MysqliCall& call) {
  const String query = call.text(1, "query");
  MysqliStatement& s = call.statement(MysqliStatus::kInitialized);
  if (!outcome(call, s, prepare_now(s, query))) return false;
  s.status = MysqliStatus::kValid;
  return true;
}

Value construct_statement(const MysqliCall& call) {
  const Value& link = call.at(1);
  if (!is_a(link, "mysqli")) refuse_param(call.place(1, "mysql"), "mysqli", link);
  const std::optional<String> query = call.text_or_none(2, "query");
  const MysqliCall on_link{.name = call.name, .is_method = true, .self = link.object(), .given = {}};
  MysqlClient& client = on_link.client();
  auto& s = static_cast<MysqliStatement&>(*call.self);
  s.link = link.object();
  s.made = std::make_unique<MysqlStatement>(client.shared_from_this());
  s.status = MysqliStatus::kInitialized;
  if (!query) return {};
  if (!outcome(call, s, prepare_now(s, *query))) return false;
  s.status = MysqliStatus::kValid;
  return {};
}

// ---- Running ----

// An error that the statement still has is told as well, and comes first.
[[noreturn]] void refuse_types(const MysqliCall& call, const MysqliStatement& s) {
  try {
    call.refuse(1, "types", "must only contain the \"b\", \"d\", \"i\", \"s\" type specifiers");
  } catch (const ThrownError& first) {
    try {
      mysqli_report(call.name, s.made->error());
    } catch (const ThrownError& then) {
      chain_after(then.object, first.object);
      throw;
    }
    throw;
  }
}

bool bind_param(const MysqliCall& call, const String& types, Many<Ref> variables) {
  MysqliStatement& s = call.statement();
  if (types.empty()) call.refuse(1, "types", "cannot be empty");
  if (types.size() != variables.size()) {
    throw_argument_count(
        "The number of elements in the type definition string must match the number of bind variables");
  }
  if (types.size() != s.made->parameters()) {
    throw_argument_count("The number of variables must match the number of parameters in the prepared statement");
  }
  if (types.view().find_first_not_of("bdis") != std::string_view::npos) refuse_types(call, s);
  s.made->set_error({});
  s.types = types.str();
  s.parameters.assign(variables.begin(), variables.end());
  return true;
}

MysqlParameter parameter_of(char type, const Value& value) {
  using enum maria::FieldType;
  if (type == 'b') return {.value = "", .type = kVarString};  // nothing was sent by send_long_data()
  if (value.is_null()) return {};
  return {.value = value, .type = type == 'i' ? kLongLong : type == 'd' ? kDouble : kVarString};
}

MysqlError unbound(std::size_t count, bool none) {
  const std::string how_many = none ? "" : std::to_string(count) + " ";
  return {.code = 2031,
          .state = "HY000",
          .text = none ? "No data supplied for parameters in prepared statement"
                       : "No data supplied for " + how_many + "parameters in prepared statement"};
}

bool execute_now(MysqliStatement& s, const std::vector<MysqlParameter>& parameters) {
  s.is_executed = false;
  if (!s.made->execute(parameters)) return false;
  s.is_executed = s.made->has_result();
  return true;
}

// The values of a list, as texts.
std::vector<MysqlParameter> listed(const MysqliCall& call, std::size_t number, const Array& list, std::size_t wanted) {
  if (!list.is_list()) call.refuse(number, "params", "must be a list array");
  if (list.size() != wanted) {
    call.refuse(number, "params",
                concat({"must consist of exactly ", std::to_string(wanted), " elements, ", std::to_string(list.size()),
                        " present"}));
  }
  std::vector<MysqlParameter> out;
  for (const auto& [key, value] : list) out.push_back(parameter_of('s', value.deref()));
  return out;
}

Value execute(const MysqliCall& call) {
  const std::optional<Array> list = call.array_or_none(1, "params");
  MysqliStatement& s = call.statement();
  std::vector<MysqlParameter> parameters;
  if (list) {
    parameters = listed(call, 1, *list, s.made->parameters());
    s.types = std::string(parameters.size(), 's');
    s.parameters.clear();
    for (const MysqlParameter& one : parameters) s.parameters.emplace_back(one.value);
  } else {
    if (s.parameters.size() < s.made->parameters()) {
      s.made->set_error(unbound(s.made->parameters(), true));
      return outcome(call, s, false);
    }
    for (std::size_t i = 0; i < s.parameters.size(); ++i) {
      parameters.push_back(parameter_of(s.types[i], *s.parameters[i]));
    }
  }
  return outcome(call, s, execute_now(s, parameters));
}

Value take_result(const MysqliCall& call, MysqliStatement& s) {
  auto rows = s.made->take_result();
  s.is_executed = false;
  if (rows != nullptr) return new_mysqli_rows(std::move(rows), true, false);
  mysqli_report(call.name, s.made->error());
  return false;
}

Value get_result(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  if (s.made->fields().empty()) return outcome(call, s, false);
  if (!s.made->rows_wait()) {
    s.made->set_error(out_of_sync());
    return outcome(call, s, false);
  }
  return take_result(call, s);
}

Value execute_query(const MysqliCall& call) {
  const String query = call.text(1, "query");
  const std::optional<Array> list = call.array_or_none(2, "params");
  MysqlClient& client = call.client();
  const ObjectPtr made = new_statement(call.self, client);
  auto& s = static_cast<MysqliStatement&>(*made);
  if (!outcome(call, s, prepare_now(s, query))) return false;
  std::vector<MysqlParameter> parameters;
  if (list) parameters = listed(call, 2, *list, s.made->parameters());
  if (parameters.size() < s.made->parameters()) {
    s.made->set_error(unbound(s.made->parameters(), true));
    client.set_error(s.made->error());
    return outcome(call, s, false);
  }
  if (!outcome(call, s, execute_now(s, parameters))) return false;
  return s.is_executed ? take_result(call, s) : Value(true);
}

// ---- Rows into variables ----

bool bind_result(const MysqliCall& call, Many<Ref> variables) {
  MysqliStatement& s = call.statement();
  if (variables.size() != s.made->fields().size()) {
    throw_argument_count("Number of bind variables doesn't match number of fields in prepared statement");
  }
  s.results.assign(variables.begin(), variables.end());
  return true;
}

Value fetch(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  if (!s.is_executed) {
    s.made->set_error(out_of_sync());
    return outcome(call, s, false);
  }
  std::vector<Value> values;
  if (!s.made->fetch(values)) return {};
  for (std::size_t i = 0; i < s.results.size() && i < values.size(); ++i) s.results[i].set(values[i]);
  return true;
}

Value store_result(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  if (s.made->fields().empty()) return true;
  if (!s.made->rows_wait()) {
    s.made->set_error(out_of_sync());
    return outcome(call, s, false);
  }
  return outcome(call, s, s.made->store_result());
}

Value free_result(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  const MysqlResult* const rows = s.made->result();
  if (rows != nullptr && rows->stored()) s.results.clear();  // as mysqlnd does: bind_result() has to be called again
  s.made->free_result();
  s.is_executed = false;
  return {};
}

Value result_metadata(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  if (s.made->fields().empty()) {
    mysqli_report(call.name, s.made->error());
    return false;
  }
  const ObjectPtr made = ObjectPtr::adopt(new MysqliRows(find_class("mysqli_result")));
  auto& rows = static_cast<MysqliRows&>(*made);
  rows.fields = s.made->fields();
  return made;
}

Value data_seek(const MysqliCall& call) {
  const Int row = call.integer(1, "offset");
  if (row < 0) call.refuse(1, "offset", "must be greater than or equal to 0");
  MysqlResult* const rows = call.statement().made->result();
  if (rows != nullptr && rows->stored()) rows->seek(static_cast<std::uint64_t>(row));
  return {};
}

Value next_result(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  const bool good = s.made->next_result();
  s.is_executed = good && s.made->has_result();
  return outcome(call, s, good);
}

std::uint64_t row_count(const MysqlStatement& made) {
  const MysqlResult* const rows = made.result();
  return rows != nullptr && (rows->stored() || rows->through()) ? rows->count() : 0;
}

Value reset(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  s.made->free_result();
  s.made->set_error({});
  return true;
}

Value close_statement(const MysqliCall& call) {
  MysqliStatement& s = call.statement();
  s.made = nullptr;
  s.status = MysqliStatus::kNone;
  return true;
}

Value not_supported(const MysqliCall& call) { stop("mysqli", std::string(call.name) + "() is not supported"); }

template <PropertyName kName, MysqliStatus kNeeded = MysqliStatus::kValid>
Value property_of(const MysqliCall& call) {
  return *mysqli_statement_property(call.statement(kNeeded), kName.bytes);
}

constexpr MysqliEntry kStatementEntries[] = {
    {"prepare", "mysqli_stmt_prepare", 1, 1, prepare},
    {"execute", "mysqli_stmt_execute", 0, 1, execute},
    {"", "mysqli_execute", 0, 1, execute},
    {"get_result", "mysqli_stmt_get_result", 0, 0, get_result},
    {"fetch", "mysqli_stmt_fetch", 0, 0, fetch},
    {"store_result", "mysqli_stmt_store_result", 0, 0, store_result},
    {"free_result", "mysqli_stmt_free_result", 0, 0, free_result},
    {"result_metadata", "mysqli_stmt_result_metadata", 0, 0, result_metadata},
    {"data_seek", "mysqli_stmt_data_seek", 1, 1, data_seek},
    {"more_results", "mysqli_stmt_more_results", 0, 0,
     +[](const MysqliCall& c) { return Value(c.statement().made->more_results()); }},
    {"next_result", "mysqli_stmt_next_result", 0, 0, next_result},
    {"num_rows", "mysqli_stmt_num_rows", 0, 0, property_of<"num_rows">},
    {"reset", "mysqli_stmt_reset", 0, 0, reset},
    {"close", "mysqli_stmt_close", 0, 0, close_statement},
    {"", "mysqli_stmt_affected_rows", 0, 0, property_of<"affected_rows">},
    {"", "mysqli_stmt_insert_id", 0, 0, property_of<"insert_id">},
    {"", "mysqli_stmt_param_count", 0, 0, property_of<"param_count">},
    {"", "mysqli_stmt_field_count", 0, 0, property_of<"field_count">},
    {"", "mysqli_stmt_errno", 0, 0, property_of<"errno", MysqliStatus::kInitialized>},
    {"", "mysqli_stmt_error", 0, 0, property_of<"error", MysqliStatus::kInitialized>},
    {"", "mysqli_stmt_error_list", 0, 0, property_of<"error_list", MysqliStatus::kInitialized>},
    {"", "mysqli_stmt_sqlstate", 0, 0, property_of<"sqlstate">},
    {"attr_get", "mysqli_stmt_attr_get", 1, 1, not_supported},
    {"attr_set", "mysqli_stmt_attr_set", 2, 2, not_supported},
    {"send_long_data", "mysqli_stmt_send_long_data", 2, 2, not_supported},
    {"get_warnings", "mysqli_stmt_get_warnings", 0, 0, not_supported}};

constexpr MysqliEntry kStatementConstructor[] = {{"__construct", "", 1, 2, construct_statement}};

// Of a connection, but about statements.
constexpr MysqliEntry kOnLink[] = {{"prepare", "mysqli_prepare", 1, 1, prepare_on_link},
                                   {"stmt_init", "mysqli_stmt_init", 0, 0, init_on_link},
                                   {"execute_query", "mysqli_execute_query", 1, 2, execute_query}};

MysqliCall call_on(const Value& object, std::string_view name) {
  if (!is_a(object, "mysqli_stmt")) refuse_param(argument(name, 1, "statement"), "mysqli_stmt", object);
  return {.name = name, .is_method = false, .self = object.object(), .given = {}};
}

}  // namespace

Object* MysqliStatement::clone() const { throw_error("Trying to clone an uncloneable object of class " + of().name); }

std::optional<Value> mysqli_statement_property(MysqliStatement& s, std::string_view name) {
  constexpr std::string_view kNames[] = {"affected_rows", "insert_id", "num_rows",   "param_count", "field_count",
                                         "errno",         "error",     "error_list", "sqlstate",    "id"};
  if (std::ranges::find(kNames, name) == std::end(kNames)) return std::nullopt;
  const bool about_errors = name == "errno" || name == "error" || name == "error_list" || name == "sqlstate";
  const bool says_closed = name != "affected_rows" && name != "id" && name != "error_list";
  if (s.status == MysqliStatus::kNone && says_closed) throw_error(s.of().name + " object is already closed");
  if (s.status < (about_errors ? MysqliStatus::kInitialized : MysqliStatus::kValid)) {
    throw_error("Property access is not allowed yet");
  }
  const MysqlStatement& made = *s.made;
  if (name == "affected_rows") return count_value(made.affected());
  if (name == "insert_id") return count_value(made.last_id());
  if (name == "num_rows") return count_value(row_count(made));
  if (name == "param_count") return Value(made.parameters());
  if (name == "field_count") return Value(made.fields().size());
  if (name == "errno") return Value(made.error().code);
  if (name == "error") return Value(made.error().text);
  if (name == "error_list") return Value(error_list(made.error()));
  if (name == "id") return Value(made.id());
  return Value(made.error().state);
}

void declare_mysqli_statement() {
  Class& c = *find_class("mysqli_stmt");
  c.make = +[](Class& of) -> Object* { return new MysqliStatement(&of); };
  declare_methods(c, kStatementConstructor, std::size(kStatementConstructor));
  declare_methods(c, kStatementEntries, std::size(kStatementEntries));
  c.method(
      "bind_param", kPublic, +[](const ObjectPtr& o, String types, Many<Ref> variables) {
        return bind_param({.name = "mysqli_stmt::bind_param", .is_method = true, .self = o, .given = {}}, types,
                          variables);
      });
  c.method(
      "bind_result", kPublic, +[](const ObjectPtr& o, Many<Ref> variables) {
        return bind_result({.name = "mysqli_stmt::bind_result", .is_method = true, .self = o, .given = {}}, variables);
      });
  declare_read_properties<MysqliStatement>(c, mysqli_statement_property);
  declare_methods(*find_class("mysqli"), kOnLink, std::size(kOnLink));
}

void register_mysqli_statement() {
  register_entries("mysqli_stmt", "statement", kStatementEntries, std::size(kStatementEntries));
  register_entries("mysqli", "mysql", kOnLink, std::size(kOnLink));
  register_function(
      "mysqli_stmt_bind_param", +[](Value object, String types, Many<Ref> variables) {
        return bind_param(call_on(object, "mysqli_stmt_bind_param"), types, variables);
      });
  register_function(
      "mysqli_stmt_bind_result", +[](Value object, Many<Ref> variables) {
        return bind_result(call_on(object, "mysqli_stmt_bind_result"), variables);
      });
}

}  // namespace banyan::php_runtime

// mysqli: a connection.
#include <algorithm>

#include "mariadb/packet_reader.h"
#include "php_mysqli/mysqli_objects.h"
#include "php_runtime/program.h"

namespace banyan::php_runtime {

namespace {

// Options by their numbers.
constexpr Int kConnectTimeout = 0;
constexpr Int kInitCommand = 3;
constexpr Int kCharset = 7;
constexpr Int kLocalInfile = 8;
constexpr Int kReadTimeout = 11;
constexpr Int kVerifies = 21;
constexpr Int kServerKey = 35;
constexpr Int kExpiredPasswords = 37;
constexpr Int kNativeNumbers = 201;
constexpr Int kCommandBuffer = 202;
constexpr Int kReadBuffer = 203;
// Flags of real_connect().
constexpr Int kFoundRows = 2;
constexpr Int kCompress = 32;
constexpr Int kIgnoreSpace = 256;
constexpr Int kTls = 2048;
constexpr Int kDoNotVerify = 64;

constexpr Int kProtocolVersion = 10;

bool outcome(const MysqliCall& call, bool good) {
  if (!good) mysqli_report(call.name, call.client().error());
  return good;
}

// ---- Connecting ----

void take_flags(Int flags, MysqlTarget& target) {
  if ((flags & kFoundRows) != 0) target.capabilities |= maria::capability::kFoundRows;
  if ((flags & kIgnoreSpace) != 0) target.capabilities |= maria::capability::kIgnoreSpace;
  if ((flags & kTls) != 0) target.tls = true;
  if ((flags & kDoNotVerify) != 0) target.verifies = false;
  static_cast<void>(kCompress);  // what is compressed is the same
}

// host, user, password, database, port and socket, each of which may be null.
void take_place(const MysqliCall& call, MysqlTarget& target) {
  const auto text = [&](std::size_t i, std::string_view name) { return call.text_or_none(i, name); };
  const std::optional<String> host = text(1, "hostname");
  if (host && !host->empty()) target.host = c_string(*host);
  if (target.host.starts_with("p:")) target.host.erase(0, 2);
  if (target.host.empty()) target.host = "localhost";
  if (const auto user = text(2, "username")) target.user = c_string(*user);
  if (const auto password = text(3, "password")) target.password = Secret(password->str());
  if (const auto database = text(4, "database")) target.database = c_string(*database);
  const Int port = call.at(5).is_null() ? 0 : call.integer(5, "port");
  if (port != 0) target.port = static_cast<std::uint16_t>(port);
  const std::optional<String> socket = text(6, "socket");
  if (socket && !socket->empty()) target.socket = c_string(*socket);
}

bool connect(const MysqliCall& call, MysqliLink& link, Int flags) {
  MysqlTarget target = link.target;
  take_place(call, target);
  take_flags(flags, target);
  link.client = nullptr;
  MysqlError error;
  std::string warning;
  std::shared_ptr<MysqlClient> client = MysqlClient::connect(target, error, warning);
  mysqli_state().connecting = error;
  if (client == nullptr) {
    link.error = error;
    if (!warning.empty()) warn_function(call.name, warning);
    mysqli_raise(call.name, error);
    return false;
  }
  link.client = std::move(client);
  link.status = MysqliStatus::kValid;
  return true;
}

void refuse_other_properties(const MysqliLink& link) {
  for (const char* one : {"__get", "__set", "__isset"}) {
    const Method* const found = link.of().find_method(one);
    if (found != nullptr && !found->owner->is_builtin) {
      stop("mysqli", "a class that extends mysqli and has a method " + std::string(one) + "() is not supported");
    }
  }
}

Value construct_link(const MysqliCall& call) {
  auto& link = static_cast<MysqliLink&>(*call.self);
  refuse_other_properties(link);
  if (call.count() == 0) {
    if (link.status == MysqliStatus::kNone) link.status = MysqliStatus::kInitialized;
    return {};
  }
  return connect(call, link, 0);
}

Value connect_again(const MysqliCall& call) {
  auto& link = static_cast<MysqliLink&>(*call.self);
  return connect(call, link, 0);
}

Value real_connect(const MysqliCall& call) {
  const Int flags = call.integer(7, "flags");
  return connect(call, call.link(MysqliStatus::kInitialized), flags);
}

Value init(const MysqliCall& call) {
  auto& link = static_cast<MysqliLink&>(*call.self);
  if (link.status == MysqliStatus::kNone) link.status = MysqliStatus::kInitialized;
  return {};
}

ObjectPtr new_link() {
  const ObjectPtr made = ObjectPtr::adopt(new MysqliLink(find_class("mysqli")));
  static_cast<MysqliLink&>(*made).status = MysqliStatus::kInitialized;
  return made;
}

Value connect_function(Arguments arguments) {
  const ObjectPtr made = new_link();
  const MysqliCall call{.name = "mysqli_connect", .is_method = true, .self = made, .given = arguments};
  return connect(call, static_cast<MysqliLink&>(*made), 0) ? Value(made) : Value(false);
}

// ---- Options ----

Value set_text_option(MysqliLink& link, Int option, const std::string& text) {
  if (option == kInitCommand) link.target.first_commands.push_back(text);
  if (option == kServerKey) link.target.server_public_key = text;
  if (option != kCharset) return true;
  link.target.charset = find_mysql_charset(text);
  if (link.target.charset == nullptr && is_unsupported_mysql_charset(text)) {
    stop("database", "the character set " + text + " is not supported");
  }
  if (link.target.charset != nullptr) return true;
  link.error = {.code = 2019, .state = "HY000", .text = "Unknown character set"};
  return false;
}

Value set_number_option(MysqliLink& link, Int option, Int number) {
  if (option == kConnectTimeout) link.target.timeout_s = number;
  if (option == kNativeNumbers) link.native_numbers = number != 0;
  if (option == kVerifies) link.target.verifies = number != 0;
  if (option == kLocalInfile && number != 0) stop("mysqli", "MYSQLI_OPT_LOCAL_INFILE is not supported");
  return true;
}

Value options(const MysqliCall& call) {
  const Int option = call.integer(1, "option");
  MysqliLink& link = call.link(MysqliStatus::kInitialized);
  constexpr Int kTexts[] = {kInitCommand, kCharset, kServerKey};
  constexpr Int kNumbers[] = {kConnectTimeout,   kLocalInfile,   kReadTimeout,   kVerifies,
                              kExpiredPasswords, kNativeNumbers, kCommandBuffer, kReadBuffer};
  if (std::ranges::find(kTexts, option) != std::end(kTexts)) {
    const Value good = set_text_option(link, option, to_string(call.at(2)).str());
    if (good.is_false()) mysqli_report(call.name, link.error);
    return good;
  }
  if (std::ranges::find(kNumbers, option) != std::end(kNumbers)) {
    return set_number_option(link, option, to_int(call.at(2)));
  }
  if (option == 4 || option == 5 || option == 6 || option == 43) return true;  // files of settings: mysqlnd has none
  return false;
}

Value ssl_set(const MysqliCall& call) {
  MysqliLink& link = call.link(MysqliStatus::kInitialized);
  const auto text = [&](std::size_t i, std::string_view name) {
    const auto given = call.text_or_none(i, name);
    return given ? given->str() : std::string();
  };
  link.target.key = text(1, "key");
  link.target.certificate = text(2, "certificate");
  link.target.authorities = text(3, "ca_certificate");
  if (!text(4, "ca_path").empty() || !text(5, "cipher_algos").empty()) {
    stop("mysqli", "ssl_set() with a path of authorities or with ciphers is not supported");
  }
  link.target.tls = !link.target.key.empty() || !link.target.certificate.empty() || !link.target.authorities.empty();
  return true;
}

// ---- Texts of statements ----

Value take_rows(const MysqliCall& call, Int mode) {
  MysqlClient& client = call.client();
  auto rows = mode == kMysqliStore ? client.store_result() : client.use_result();
  if (rows != nullptr) return new_mysqli_rows(std::move(rows), false, call.link().native_numbers);
  mysqli_report(call.name, client.error());
  return false;
}

Value query(const MysqliCall& call) {
  const String text = call.text(1, "query");
  const Int mode = call.integer(2, "result_mode", kMysqliStore);
  if (text.empty()) call.refuse(1, "query", "cannot be empty");
  const bool uses = (mode & ~kMysqliAsync) == kMysqliUse;
  if (!uses && (mode & ~(kMysqliAsync | kMysqliCopyData)) != kMysqliStore) {
    call.refuse(
        2, "result_mode",
        "must be either MYSQLI_USE_RESULT or MYSQLI_STORE_RESULT with MYSQLI_ASYNC as an optional bitmask flag");
  }
  MysqlClient& client = call.client();
  if ((mode & kMysqliAsync) != 0) stop("mysqli", "MYSQLI_ASYNC is not supported");
  client.allow_statements(false);
  if (!outcome(call, client.query(text))) return false;
  return client.has_rows() ? take_rows(call, uses ? kMysqliUse : kMysqliStore) : Value(true);
}

Value real_query(const MysqliCall& call) {
  const String text = call.text(1, "query");
  call.client().allow_statements(false);
  return outcome(call, call.client().query(text));
}

Value multi_query(const MysqliCall& call) {
  const String text = call.text(1, "query");
  MysqlClient& client = call.client();
  client.allow_statements(true);
  if (client.query(text)) return true;
  const MysqlError error = client.error();
  mysqli_report(call.name, error);
  client.allow_statements(false);
  client.set_error(error);
  return false;
}

Value next_result(const MysqliCall& call) { return outcome(call, call.client().next_result()); }
Value store_result(const MysqliCall& call) { return take_rows(call, kMysqliStore); }
Value use_result(const MysqliCall& call) { return take_rows(call, kMysqliUse); }

// ---- Transactions ----

std::string with_space(std::string text, std::string_view more) {
  if (!text.empty()) text += ' ';
  return text + std::string(more);
}

// " /*name*/", without what does not belong into a name.
std::string name_comment(const MysqliCall& call, const std::optional<String>& name) {
  if (!name) return {};
  std::string out = " /*";
  bool warned = false;
  for (const char c : c_string(*name)) {
    if (is_ascii_alnum(c) || c == '-' || c == '_' || c == ' ' || c == '=') {
      out += c;
    } else if (!std::exchange(warned, true)) {
      warn_function(call.name,
                    "Transaction name has been truncated, since it can only contain the A-Z, a-z, 0-9, \"\\\", \"-\", "
                    "\"_\", and \"=\" characters");
    }
  }
  return out + "*/";
}

Value begin_transaction(const MysqliCall& call) {
  const Int flags = call.integer(1, "flags");
  const std::optional<String> name = call.text_or_none(2, "name");
  MysqlClient& client = call.client();
  if (flags < 0) call.refuse(1, "flags", "must be one of the MYSQLI_TRANS_* constants");
  if (name && name->empty()) call.refuse(2, "name", "cannot be empty");
  std::string how = (flags & 1) != 0 ? "WITH CONSISTENT SNAPSHOT" : "";
  const char* const access = (flags & 2) != 0 ? "READ WRITE" : (flags & 4) != 0 ? "READ ONLY" : "";
  if (*access != '\0') how += (how.empty() ? "" : ", ") + std::string(access);
  return client.query("START TRANSACTION" + name_comment(call, name) + " " + how);
}

Value end_transaction(const MysqliCall& call, const char* word) {
  const Int flags = call.integer(1, "flags");
  const std::optional<String> name = call.text_or_none(2, "name");
  std::string how;
  if ((flags & 3) == 1) how = with_space(how, "AND CHAIN");
  if ((flags & 3) == 2) how = with_space(how, "AND NO CHAIN");
  if ((flags & 12) == 4) how = with_space(how, "RELEASE");
  if ((flags & 12) == 8) how = with_space(how, "NO RELEASE");
  return outcome(call, call.client().query(word + name_comment(call, name) + " " + how));
}
Value commit(const MysqliCall& call) { return end_transaction(call, "COMMIT"); }
Value roll_back(const MysqliCall& call) { return end_transaction(call, "ROLLBACK"); }

Value autocommit(const MysqliCall& call) {
  const bool on = param_bool(call.at(1), call.place(1, "enable"));
  return outcome(call, call.client().query(on ? "SET AUTOCOMMIT=1" : "SET AUTOCOMMIT=0"));
}

Value savepoint(const MysqliCall& call, const char* word) {
  const String name = call.text(1, "name");
  MysqlClient& client = call.client();
  if (name.empty()) call.refuse(1, "name", "cannot be empty");
  return client.query(concat({word, " `", c_string(name), "`"}));
}

// ---- The session ----

Value escape(const MysqliCall& call) {
  const String text = call.text(1, "string");
  return call.client().escape(text);
}

Value set_charset(const MysqliCall& call) {
  const String name = call.text(1, "charset");
  return outcome(call, call.client().set_charset(name));
}

Value get_charset(const MysqliCall& call) {
  const MysqlCharset& charset = call.client().charset();
  const bool is_utf8 = charset.name.starts_with("utf8");
  const Value made = new_object(*find_class("stdClass"), nullptr);
  Array& out = made.as_object().properties;
  if (!is_utf8 &&
      (charset.name == "ujis" || charset.name == "euckr" || charset.name == "gb2312" || charset.name == "eucjpms")) {
    stop("mysqli", "get_charset() of the character set " + std::string(charset.name) + " is not supported");
  }
  out.set_text("charset", charset.name);
  out.set_text("collation", charset.collation);
  out.set_text("dir", "");
  out.set_text("min_length", 1);
  out.set_text("max_length", charset.name == "utf8mb4" ? 4 : is_utf8 ? 3 : 1);
  out.set_text("number", charset.number);
  out.set_text("state", 1);
  out.set_text("comment", is_utf8 ? "UTF-8 Unicode" : "");
  return made;
}

Value select_database(const MysqliCall& call) {
  const String name = call.text(1, "database");
  return outcome(call, call.client().select_database(c_string(name)));
}

Value ping(const MysqliCall& call) { return outcome(call, call.client().ping()); }

Value stat(const MysqliCall& call) {
  std::string text;
  return call.client().statistics(text) ? Value(text) : Value(false);
}

Value close_link(const MysqliCall& call) {
  MysqliLink& link = call.link(MysqliStatus::kInitialized);
  if (link.client == nullptr && link.status == MysqliStatus::kValid) link.status = MysqliStatus::kNone;
  if (link.client != nullptr) link.client->close();
  link.client = nullptr;
  link.status = MysqliStatus::kNone;
  return true;
}

std::string client_info() { return "mysqlnd " + to_string(constant_named("PHP_VERSION", nullptr)).str(); }
Value client_version() { return constant_named("PHP_VERSION_ID", nullptr); }

Value not_supported(const MysqliCall& call) { stop("mysqli", std::string(call.name) + "() is not supported"); }

template <PropertyName kName>
Value property_of(const MysqliCall& call) {
  return *mysqli_link_property(call.link(), kName.bytes);
}

constexpr MysqliEntry kLinkEntries[] = {
    {"real_connect", "mysqli_real_connect", 0, 7, real_connect},
    {"options", "mysqli_options", 2, 2, options},
    {"set_opt", "mysqli_set_opt", 2, 2, options},
    {"ssl_set", "mysqli_ssl_set", 5, 5, ssl_set},
    {"query", "mysqli_query", 1, 2, query},
    {"real_query", "mysqli_real_query", 1, 1, real_query},
    {"multi_query", "mysqli_multi_query", 1, 1, multi_query},
    {"more_results", "mysqli_more_results", 0, 0,
     +[](const MysqliCall& c) { return Value(c.client().more_results()); }},
    {"next_result", "mysqli_next_result", 0, 0, next_result},
    {"store_result", "mysqli_store_result", 0, 1, store_result},
    {"use_result", "mysqli_use_result", 0, 0, use_result},
    {"begin_transaction", "mysqli_begin_transaction", 0, 2, begin_transaction},
    {"commit", "mysqli_commit", 0, 2, commit},
    {"rollback", "mysqli_rollback", 0, 2, roll_back},
    {"autocommit", "mysqli_autocommit", 1, 1, autocommit},
    {"savepoint", "mysqli_savepoint", 1, 1, +[](const MysqliCall& c) { return savepoint(c, "SAVEPOINT"); }},
    {"release_savepoint", "mysqli_release_savepoint", 1, 1,
     +[](const MysqliCall& c) { return savepoint(c, "RELEASE SAVEPOINT"); }},
    {"real_escape_string", "mysqli_real_escape_string", 1, 1, escape},
    {"escape_string", "mysqli_escape_string", 1, 1, escape},
    {"set_charset", "mysqli_set_charset", 1, 1, set_charset},
    {"get_charset", "mysqli_get_charset", 0, 0, get_charset},
    {"character_set_name", "mysqli_character_set_name", 0, 0,
     +[](const MysqliCall& c) { return Value(c.client().charset().name); }},
    {"select_db", "mysqli_select_db", 1, 1, select_database},
    {"ping", "mysqli_ping", 0, 0, ping},
    {"stat", "mysqli_stat", 0, 0, stat},
    {"close", "mysqli_close", 0, 0, close_link},
    {"get_server_info", "mysqli_get_server_info", 0, 0, property_of<"server_info">},
    {"", "mysqli_get_server_version", 0, 0, property_of<"server_version">},
    {"", "mysqli_get_host_info", 0, 0, property_of<"host_info">},
    {"", "mysqli_get_proto_info", 0, 0, property_of<"protocol_version">},
    {"", "mysqli_affected_rows", 0, 0, property_of<"affected_rows">},
    {"", "mysqli_insert_id", 0, 0, property_of<"insert_id">},
    {"", "mysqli_errno", 0, 0, property_of<"errno">},
    {"", "mysqli_error", 0, 0, property_of<"error">},
    {"", "mysqli_error_list", 0, 0, property_of<"error_list">},
    {"", "mysqli_sqlstate", 0, 0, property_of<"sqlstate">},
    {"", "mysqli_field_count", 0, 0, property_of<"field_count">},
    {"", "mysqli_info", 0, 0, property_of<"info">},
    {"", "mysqli_thread_id", 0, 0, property_of<"thread_id">},
    {"", "mysqli_warning_count", 0, 0, property_of<"warning_count">},
    {"change_user", "mysqli_change_user", 3, 3, not_supported},
    {"get_warnings", "mysqli_get_warnings", 0, 0, not_supported},
    {"kill", "mysqli_kill", 1, 1, not_supported},
    {"refresh", "mysqli_refresh", 1, 1, not_supported},
    {"dump_debug_info", "mysqli_dump_debug_info", 0, 0, not_supported},
    {"get_connection_stats", "mysqli_get_connection_stats", 0, 0, not_supported},
    {"reap_async_query", "mysqli_reap_async_query", 0, 0, not_supported}};

constexpr MysqliEntry kLinkMethods[] = {
    {"__construct", "", 0, 6, construct_link},
    {"connect", "", 0, 6, connect_again},
    {"init", "", 0, 0, init},
    {"thread_safe", "", 0, 0, +[](const MysqliCall&) { return Value(false); }},
    {"get_client_info", "", 0, 0, +[](const MysqliCall&) { return Value(client_info()); }}};

Value session_property(MysqliLink& link, std::string_view name) {
  const MysqlClient& client = *link.client;
  if (name == "field_count") return Value(client.field_count());
  if (name == "host_info") return client.host_info();
  if (name == "info") return client.remark().empty() ? Value() : Value(client.remark());
  if (name == "insert_id") return count_value(client.last_id());
  if (name == "server_info") return client.server_version();
  if (name == "server_version") return client.server_version_number();
  if (name == "protocol_version") return kProtocolVersion;
  if (name == "thread_id") return client.thread();
  if (name == "warning_count") return client.warnings();
  return client.error().code == 0 ? "00000" : client.error().state;
}

}  // namespace

Object* MysqliLink::clone() const { throw_error("Trying to clone an uncloneable object of class " + of().name); }

std::optional<Value> mysqli_link_property(MysqliLink& link, std::string_view name) {
  if (name == "client_info") return Value(client_info());
  if (name == "client_version") return client_version();
  const MysqlError& connecting = mysqli_state().connecting;
  if (name == "connect_errno") return Value(connecting.code);
  if (name == "connect_error") return connecting.code == 0 ? Value() : Value(connecting.text);
  if (name == "errno" || name == "error") {
    if (link.status == MysqliStatus::kNone) throw_error(link.of().name + " object is already closed");
    return name == "errno" ? Value(link.last_error().code) : Value(link.last_error().text);
  }
  constexpr std::string_view kOfSession[] = {
      "affected_rows", "error_list",     "field_count",      "host_info", "info",      "insert_id",
      "server_info",   "server_version", "protocol_version", "sqlstate",  "thread_id", "warning_count"};
  if (std::ranges::find(kOfSession, name) == std::end(kOfSession)) return std::nullopt;
  const bool is_open = link.status == MysqliStatus::kValid && link.client != nullptr;
  const bool says_closed = link.status == MysqliStatus::kNone && name != "affected_rows" && name != "error_list";
  if (says_closed) throw_error(link.of().name + " object is already closed");
  if (!is_open) throw_error("Property access is not allowed yet");
  if (name == "affected_rows") return count_value(link.client->affected());
  if (name == "error_list") return Value(error_list(link.client->error()));
  return session_property(link, name);
}

void declare_mysqli_link() {
  Class& c = *find_class("mysqli");
  c.make = +[](Class& of) -> Object* { return new MysqliLink(&of); };
  declare_methods(c, kLinkMethods, std::size(kLinkMethods));
  declare_methods(c, kLinkEntries, std::size(kLinkEntries));
  for (const char* one : {"poll", "debug"}) {
    c.method(one, kPublic | kStatic, [one](Class&, Arguments) -> Value {
      stop("mysqli", "mysqli::" + std::string(one) + "() is not supported");
    });
  }
  declare_read_properties<MysqliLink>(c, mysqli_link_property);
}

void register_mysqli_link() {
  register_entries("mysqli", "mysql", kLinkEntries, std::size(kLinkEntries));
  register_function("mysqli_connect", connect_function);
  register_function("mysqli_init", +[] { return new_link(); });
  register_function("mysqli_connect_errno", +[] { return mysqli_state().connecting.code; });
  register_function(
      "mysqli_connect_error", +[]() -> Value {
        const MysqlError& error = mysqli_state().connecting;
        return error.code == 0 ? Value() : Value(error.text);
      });
  register_function(
      "mysqli_report",
      +[](Int flags) {
        mysqli_state().report = flags;
        if ((flags & kReportIndex) != 0) stop("mysqli", "MYSQLI_REPORT_INDEX is not supported");
        return true;
      })
      .named({"flags"});
  register_function(
      "mysqli_get_client_info", +[](Arguments arguments) {
        if (!arguments.empty())
          deprecated("mysqli_get_client_info(): Passing connection object as an argument is deprecated");
        return client_info();
      });
  register_function("mysqli_get_client_version", +[] { return client_version(); });
  register_function("mysqli_thread_safe", +[] { return false; });
}

}  // namespace banyan::php_runtime

// PDO's driver `mysql`, after ext/pdo_mysql of PHP 8.2.
#include <charconv>
#include <cstdlib>

#include "base/ascii.h"
#include "php_clients/mysql_statement.h"
#include "php_pdo/pdo_objects.h"
#include "php_pdo/pdo_placeholders.h"
#include "php_runtime/program.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

// Attributes that are this driver's own.
constexpr Int kBuffered = kAttributeOwn;
constexpr Int kLocalInfile = kAttributeOwn + 1;
constexpr Int kInitCommand = kAttributeOwn + 2;
constexpr Int kDirectQuery = kAttributeOwn + 4;
constexpr Int kFoundRows = kAttributeOwn + 5;
constexpr Int kIgnoreSpace = kAttributeOwn + 6;
constexpr Int kTlsKey = kAttributeOwn + 7;
constexpr Int kTlsCertificate = kAttributeOwn + 8;
constexpr Int kTlsAuthorities = kAttributeOwn + 9;
constexpr Int kTlsFolder = kAttributeOwn + 10;
constexpr Int kTlsCipher = kAttributeOwn + 11;
constexpr Int kServerKey = kAttributeOwn + 12;
constexpr Int kMultiStatements = kAttributeOwn + 13;
constexpr Int kTlsVerifies = kAttributeOwn + 14;
constexpr Int kInfileFolder = kAttributeOwn + 15;

constexpr Int kOutOfSync = 2014;
constexpr std::string_view kPendingWords =
    "Cannot execute queries while there are pending result sets. Consider unsetting the previous PDOStatement or "
    "calling "
    "PDOStatement::closeCursor()";
constexpr std::string_view kUnbufferedWords =
    "Cannot execute queries while other unbuffered queries are active.  Consider using PDOStatement::fetchAll().  "
    "Alternatively, if your code is only ever going to run against mysql, you may enable query buffering by setting "
    "the PDO::MYSQL_ATTR_USE_BUFFERED_QUERY attribute.";

// `more`: results of the connection are still to come.
PdoFailure failure_of(const MysqlError& error, bool more = false) {
  if (error.code == 0) return {.state = "00000", .text = {}};
  PdoFailure out = {.state = error.state, .code = error.code, .text = error.text};
  if (error.code == kOutOfSync) out.text = more ? kPendingWords : kUnbufferedWords;
  return out;
}

class PdoMysql final : public PdoConnection, public std::enable_shared_from_this<PdoMysql> {
 public:
  explicit PdoMysql(std::shared_ptr<MysqlClient> made) : client(std::move(made)) {}

  std::string_view name() const override { return "mysql"; }
  bool shares_failures() const override { return false; }
  std::unique_ptr<PdoDriverStatement> prepare(PdoStatement& s, const String& query, const Array* options) override;
  std::optional<Int> exec(const String& text) override;
  std::optional<String> last_id(const Value&) override { return String(std::to_string(client->last_id())); }
  std::optional<String> quote(std::string_view text, Int type) override;
  bool begin() override { return exec("START TRANSACTION").has_value(); }
  bool commit() override { return client->query("COMMIT "); }
  bool roll_back() override { return client->query("ROLLBACK "); }
  std::optional<bool> in_transaction() const override { return client->in_transaction(); }
  std::optional<bool> set_attribute(Int attribute, const Value& value) override;
  std::optional<Value> attribute(Int attribute) override;
  PdoFailure failure() const override { return failure_of(client->error(), client->more_results()); }
  bool set_autocommit(bool on) {
    autocommit = on;
    return client->query(on ? "SET AUTOCOMMIT=1" : "SET AUTOCOMMIT=0");
  }

  std::shared_ptr<MysqlClient> client;
  bool buffered = true;
  bool emulates = true;
  bool national = false;
  bool table_names = false;
  bool native_numbers = true;
  bool autocommit = true;
};

// ---- Statements that PDO fills in ----

class EmulatedStatement final : public PdoDriverStatement {
 public:
  explicit EmulatedStatement(std::shared_ptr<PdoMysql> owner) : owner_(std::move(owner)) {}
  ~EmulatedStatement() override {
    result_ = nullptr;
    if (!is_done_) owner_->client->skip_results();
  }
  bool emulates() const override { return true; }
  bool accept(PdoStatement&, PdoBound&) override { return true; }
  bool allows(PdoStatement&, const PdoBound&) override { return true; }
  bool execute(PdoStatement&, std::string_view text) override {
    result_ = nullptr;
    is_done_ = false;
    return owner_->client->query(text) ? take_rows() : fail();
  }
  Step fetch() override {
    const std::string_view* const row = result_ == nullptr ? nullptr : result_->next();
    if (row == nullptr) return Step::kNone;
    if (!read_text_row(*row, result_->fields(), owner_->native_numbers, values_)) {
      stop("database", "the server broke MySQL's protocol");
    }
    return Step::kRow;
  }
  bool close() override {
    is_done_ = true;
    result_ = nullptr;
    return owner_->client->skip_results() || fail();
  }
  std::optional<bool> next_rowset() override {
    result_ = nullptr;
    if (owner_->client->next_result()) return take_rows();
    is_done_ = true;
    return fail();
  }
  int columns() const override { return result_ == nullptr ? 0 : static_cast<int>(result_->fields().size()); }
  std::string column_name(int column) const override {
    const MysqlField& field = result_->fields()[static_cast<std::size_t>(column)];
    return owner_->table_names ? field.table + "." + field.name : field.name;
  }
  Value value(int column, bool) override {
    const auto at = static_cast<std::size_t>(column);
    return at < values_.size() ? values_[at] : Value();
  }
  std::optional<Int> row_count() const override { return row_count_; }
  PdoFailure failure() const override { return failure_; }

 private:
  bool fail() {
    failure_ = failure_of(owner_->client->error(), owner_->client->more_results());
    return false;
  }
  bool take_rows() {
    MysqlClient& client = *owner_->client;
    failure_ = {.state = "00000", .text = {}};
    if (!client.has_rows()) {
      row_count_ = static_cast<Int>(client.affected());
      return true;
    }
    result_ = owner_->buffered ? client.store_result() : client.use_result();
    row_count_ = owner_->buffered ? static_cast<Int>(result_->count()) : 0;
    return true;
  }

  std::shared_ptr<PdoMysql> owner_;
  std::shared_ptr<MysqlResult> result_;
  std::vector<Value> values_;
  Int row_count_ = 0;
  bool is_done_ = true;
  PdoFailure failure_{.state = "00000", .text = {}};
};

// ---- Statements that the server prepares ----

class NativeStatement final : public PdoDriverStatement {
 public:
  // `names`: of the placeholders, in order; none where they are question marks.
  NativeStatement(std::shared_ptr<PdoMysql> owner, std::unique_ptr<MysqlStatement> made, std::vector<std::string> names)
      : owner_(std::move(owner)), made_(std::move(made)), names_(std::move(names)) {}

  bool accept(PdoStatement& s, PdoBound& one) override {
    if (names_.empty()) return true;
    if (one.name.empty() && one.number >= 0 && static_cast<std::size_t>(one.number) < names_.size()) {
      one.name = names_[static_cast<std::size_t>(one.number)];
      return true;
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] != one.name) continue;
      one.number = static_cast<Int>(i);
      return true;
    }
    pdo_refuse(s.pdo(), s.state, s.called, "HY093", "parameter was not defined");
    return false;
  }
  bool allows(PdoStatement&, const PdoBound& one) override {
    return (one.number >= 0 && static_cast<std::size_t>(one.number) < made_->parameters()) || fail_by_number();
  }
  bool execute(PdoStatement& s, std::string_view) override {
    std::vector<MysqlParameter> parameters(made_->parameters());
    for (const PdoBound& one : s.bound) {
      if (!give(one, parameters[static_cast<std::size_t>(one.number)])) return fail_silently();
    }
    made_->free_result();
    if (s.bound.size() < made_->parameters()) return fail_by_number();
    return made_->execute(parameters) ? take_rows() : fail();
  }
  Step fetch() override { return made_->fetch(values_) ? Step::kRow : Step::kNone; }
  bool close() override {
    made_->free_result();
    return owner_->client->skip_results() || fail();
  }
  std::optional<bool> next_rowset() override { return made_->next_result() ? take_rows() : fail(); }
  // An outcome without rows behind one with rows leaves the columns as they were.
  int columns() const override { return static_cast<int>(made_->fields().size()); }
  std::string column_name(int column) const override {
    const MysqlField& field = made_->fields()[static_cast<std::size_t>(column)];
    return owner_->table_names ? field.table + "." + field.name : field.name;
  }
  Value value(int column, bool) override {
    const auto at = static_cast<std::size_t>(column);
    return at < values_.size() ? values_[at] : Value();
  }
  std::optional<Int> row_count() const override {
    if (made_->affected() == MysqlClient::kNoCount) return std::nullopt;
    return static_cast<Int>(made_->affected());
  }
  PdoFailure failure() const override { return failure_; }

 private:
  static bool give(const PdoBound& one, MysqlParameter& out) {
    using enum maria::FieldType;
    const Value& v = *one.variable;
    if (v.is_null() || one.plain_type() == kParamNull) {
      out = {};
    } else if (v.is_string()) {
      out = {v, kVarString};
    } else if (v.is_int() || v.is_bool()) {
      out = {v, v.is_int() ? kLongLong : kTiny};
    } else if (v.is_float()) {
      out = {v, kDouble};
    } else {
      return false;
    }
    return true;
  }
  bool fail() {
    failure_ = failure_of(made_->error(), owner_->client->more_results());
    return false;
  }
  bool fail_by_number() {
    failure_ = {.state = "HY093", .text = {}, .is_own = true};
    return false;
  }
  bool fail_silently() {
    failure_ = {.state = "00000", .text = {}, .is_own = true};
    return false;
  }
  bool take_rows() {
    failure_ = {.state = "00000", .text = {}};
    return !owner_->buffered || made_->store_result() || fail();
  }

  std::shared_ptr<PdoMysql> owner_;
  std::unique_ptr<MysqlStatement> made_;
  std::vector<std::string> names_;
  std::vector<Value> values_;
  PdoFailure failure_{.state = "00000", .text = {}};
};

std::unique_ptr<PdoDriverStatement> PdoMysql::prepare(PdoStatement& s, const String& query, const Array*) {
  constexpr Int kNotPreparable = 1295;
  if (emulates) return std::make_unique<EmulatedStatement>(shared_from_this());
  PdoPlaceholders found = find_pdo_placeholders(query, false);
  if (found.named && found.positional) {
    pdo_refuse(s.pdo(), s.state, s.called, "HY093", "mixed named and positional parameters");
    return nullptr;
  }
  std::vector<std::string> names;
  std::string text = query.str();
  if (found.named) {
    text = replace_pdo_placeholders(query, found, [&](const PdoPlaceholder& one) {
      names.emplace_back(query.view().substr(one.begin, one.size));
      return "?";
    });
  }
  auto made = std::make_unique<MysqlStatement>(client);
  if (made->prepare(text)) return std::make_unique<NativeStatement>(shared_from_this(), std::move(made), names);
  if (made->error().code == kNotPreparable) return std::make_unique<EmulatedStatement>(shared_from_this());
  return nullptr;
}

// ---- The connection ----

std::optional<Int> PdoMysql::exec(const String& text) {
  if (!client->query(text)) return client->failed_in_rows() ? std::optional<Int>(0) : std::nullopt;
  if (client->has_rows()) return 0;  // which stay where they are, in the way of the next query
  const auto changed = static_cast<Int>(client->affected());
  if (!client->skip_results()) return std::nullopt;
  return changed;
}

std::optional<String> PdoMysql::quote(std::string_view text, Int type) {
  const bool as_national = ((type & kParamNational) != 0 || national) && (type & kParamCharacter) == 0;
  return String((as_national ? "N'" : "'") + client->escape(text) + "'");
}

std::optional<bool> PdoMysql::set_attribute(Int attribute, const Value& value) {
  switch (attribute) {
    case kAttributeAutocommit: {
      const bool wanted = pdo_bool_attribute(value);
      return wanted == autocommit || set_autocommit(wanted);
    }
    case kAttributeStringKind:
      national = pdo_int_attribute(value) == kParamNational;
      return true;
    case kBuffered:
      buffered = pdo_bool_attribute(value);
      return true;
    case kDirectQuery:
    case kAttributeEmulate:
      emulates = pdo_bool_attribute(value);
      return true;
    case kAttributeFetchTableNames:
      table_names = pdo_bool_attribute(value);
      return true;
    case kAttributeStringify:
      native_numbers = !pdo_bool_attribute(value);
      return true;
    default:
      return std::nullopt;
  }
}

std::optional<Value> PdoMysql::attribute(Int attribute) {
  switch (attribute) {
    case kAttributeClientVersion:
      return Value("mysqlnd " + to_string(constant_named("PHP_VERSION", nullptr)));
    case kAttributeServerVersion:
      return Value(client->server_version());
    case kAttributeConnectionStatus:
      return Value(client->host_info());
    case kAttributeServerInfo: {
      std::string text;
      return client->statistics(text) ? Value(text) : Value(false);
    }
    case kAttributeAutocommit:
      return Value(Int{autocommit});
    case kAttributeStringKind:
      return Value(national ? kParamNational : kParamCharacter);
    case kBuffered:
      return Value(Int{buffered});
    case kDirectQuery:
    case kAttributeEmulate:
      return Value(Int{emulates});
    case kLocalInfile:
      return Value(false);
    case kInfileFolder:
      return Value();
    default:
      return std::nullopt;
  }
}

// ---- Opening ----

// "host=localhost;dbname=a;;b": values by name.
std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view dsn) {
  std::vector<std::pair<std::string, std::string>> out;
  dsn = c_string(dsn);
  for (std::size_t equals = dsn.find('='); equals != std::string_view::npos; equals = dsn.find('=')) {
    std::string value;
    std::size_t at = equals + 1;
    for (; at < dsn.size(); ++at) {
      if (dsn[at] == ';' && (at + 1 == dsn.size() || dsn[at + 1] != ';')) break;
      if (dsn[at] == ';') ++at;
      value += dsn[at];
    }
    out.emplace_back(dsn.substr(0, equals), std::move(value));
    dsn = trim_left(dsn.substr(std::min(at + 1, dsn.size())), kBlanks);
  }
  return out;
}

void take_dsn(const PdoLogin& login, MysqlTarget& target) {
  std::string host = "localhost";
  std::string socket = target.socket;
  for (auto& [name, value] : pairs_of(login.dsn)) {
    if (name == "host") host = value;
    if (name == "unix_socket") socket = value;
    if (name == "dbname") target.database = value;
    if (name == "port") target.port = static_cast<std::uint16_t>(std::atoi(value.c_str()));
    if (name == "user" && !login.user) target.user = value;
    if (name == "password" && !login.password) target.password = Secret(value);
    if (name != "charset") continue;
    target.charset = find_mysql_charset(value);
    if (target.charset != nullptr) continue;
    if (is_unsupported_mysql_charset(value)) stop("database", "the character set " + value + " is not supported");
    pdo_throw_open({.state = "HY000", .code = 2019, .text = "Unknown character set"});
  }
  target.socket = host == "localhost" ? socket : "/tmp/mysql.sock";
  target.host = host.empty() ? "localhost" : host;
  if (target.port == 0) target.port = 3306;
}

void take_tls(const PdoLogin& login, MysqlTarget& target) {
  const auto text = [&](Int attribute) {
    const Value* const given = login.option(attribute);
    return given == nullptr ? std::string() : to_string(*given).str();
  };
  target.key = text(kTlsKey);
  target.certificate = text(kTlsCertificate);
  target.authorities = text(kTlsAuthorities);
  target.server_public_key = text(kServerKey);
  for (const Int one : {kTlsFolder, kTlsCipher}) {
    if (login.option(one) != nullptr) stop("pdo", "PDO::MYSQL_ATTR_SSL_CAPATH and ..._CIPHER are not supported");
  }
  target.tls = !target.key.empty() || !target.certificate.empty() || !target.authorities.empty();
  target.verifies = login.option_or(kTlsVerifies, 1) != 0;
}

MysqlTarget target_of(const PdoLogin& login) {
  MysqlTarget target;
  if (login.user) target.user = login.user->str();
  if (login.password) target.password = Secret(login.password->str());
  take_tls(login, target);
  if (login.option_or(kMultiStatements, 1) != 0) target.capabilities |= maria::capability::kMultiStatements;
  if (login.option_or(kFoundRows, 0) != 0) target.capabilities |= maria::capability::kFoundRows;
  if (login.option_or(kIgnoreSpace, 0) != 0) target.capabilities |= maria::capability::kIgnoreSpace;
  if (login.option_or(kLocalInfile, 0) != 0) stop("pdo", "PDO::MYSQL_ATTR_LOCAL_INFILE is not supported");
  if (!login.options.empty()) target.timeout_s = login.option_or(kAttributeTimeout, 30);
  if (const Value* const command = login.option(kInitCommand)) {
    target.first_commands.push_back(to_string(*command).str());
  }
  take_dsn(login, target);
  return target;
}

}  // namespace

std::shared_ptr<PdoConnection> open_pdo_mysql(const PdoLogin& login) {
  MysqlError error;
  std::string warning;
  std::shared_ptr<MysqlClient> client = MysqlClient::connect(target_of(login), error, warning);
  if (client == nullptr) pdo_throw_open(failure_of(error), warning);
  auto made = std::make_shared<PdoMysql>(std::move(client));
  made->buffered = login.option_or(kBuffered, 1) != 0;
  made->emulates = login.option_or(kAttributeEmulate, login.option_or(kDirectQuery, 1)) != 0;
  made->national = login.option_or(kAttributeStringKind, 0) == kParamNational;
  made->native_numbers = login.option_or(kAttributeStringify, 0) == 0;
  if (login.option_or(kAttributeAutocommit, 1) == 0) made->set_autocommit(false);
  return made;
}

}  // namespace banyan::php_runtime

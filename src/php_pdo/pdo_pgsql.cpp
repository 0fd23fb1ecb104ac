// PDO's driver `pgsql`, after ext/pdo_pgsql of PHP 8.2.
#include <cstdio>
#include <cstdlib>
#include <map>

#include "base/ascii.h"
#include "php_clients/pg_client.h"
#include "php_pdo/pdo_objects.h"
#include "php_pdo/pdo_placeholders.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

constexpr Int kDisablePrepares = kAttributeOwn;
constexpr Int kScrollable = 1;
constexpr std::string_view kClientVersion = "15.18";  // a libpq of Debian 12, as PHP has one
// Types by their numbers in PostgreSQL's catalogue.
constexpr std::uint32_t kBool = 16;
constexpr std::uint32_t kBytes = 17;
constexpr std::uint32_t kInt8 = 20;
constexpr std::uint32_t kInt2 = 21;
constexpr std::uint32_t kInt4 = 23;
constexpr std::uint32_t kOid = 26;

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

std::string trimmed(std::string_view message) {
  std::size_t size = message.size();
  if (size > 2 && message[size - 1] == '.' && is_line_end(message[size - 2])) --size;
  while (size > 1 && is_line_end(message[size - 1])) --size;
  return std::string(message.substr(0, size));
}

class PdoPgsql final : public PdoConnection, public std::enable_shared_from_this<PdoPgsql> {
 public:
  explicit PdoPgsql(std::shared_ptr<PgClient> made) : client(std::move(made)) {}

  std::string_view name() const override { return "pgsql"; }
  bool tells_without_code() const override { return true; }
  std::unique_ptr<PdoDriverStatement> prepare(PdoStatement& s, const String& query, const Array* options) override;
  std::optional<Int> exec(const String& text) override {
    const PgResult result = client->exec(text);
    if (!result.good()) return fail(result), std::nullopt;
    return result.status == PgStatus::kCommand ? result.changed() : 0;
  }
  std::optional<String> last_id(const Value& sequence) override;
  std::optional<String> quote(std::string_view text, Int type) override {
    if (type == kParamBytes) return String(client->quote_bytes(text));
    const std::optional<std::string> quoted = client->quote(text);
    if (!quoted) return std::nullopt;
    return String(*quoted);
  }
  bool begin() override { return command("BEGIN"); }
  bool commit() override { return command("COMMIT"); }
  bool roll_back() override { return command("ROLLBACK"); }
  std::optional<bool> in_transaction() const override { return client->in_transaction(); }
  std::optional<bool> set_attribute(Int attribute, const Value& value) override;
  std::optional<Value> attribute(Int attribute) override;
  PdoFailure failure() const override { return failure_; }

  bool fail(const PgResult& result) {
    failure_ = {.state = result.state.empty() ? "HY000" : result.state,
                .code = static_cast<Int>(result.status),
                .text = trimmed(client->error())};
    return false;
  }
  // A complaint of the driver's own.
  bool fail(std::string_view words) {
    failure_ = {.state = "HY093", .code = 0, .text = std::string(words)};
    return false;
  }

  std::shared_ptr<PgClient> client;
  bool emulates = false;
  bool disables_prepares = false;

 private:
  bool command(const char* text) {
    const PgResult result = client->exec(text);
    return result.status == PgStatus::kCommand || fail(result);
  }
  PdoFailure failure_;
  unsigned statements_ = 0;
};

// How a text of a statement becomes one that the server takes.
struct PgText {
  std::string text;
  std::map<std::string, int, std::less<>> names;  // numbers from 0
  std::map<int, int> numbers;                     // of the placeholders in order
  bool has_placeholders = false;
};

PgText numbered(std::string_view query, const PdoPlaceholders& found) {
  PgText out;
  int next = 1;
  out.has_placeholders = !found.list.empty();
  out.text = replace_pdo_placeholders(query, found, [&](const PdoPlaceholder& one) {
    const std::string name(query.substr(one.begin, one.size));
    const auto known = found.named ? out.names.find(name) : out.names.end();
    const int number = known == out.names.end() ? next++ : known->second + 1;
    if (found.named) out.names[name] = number - 1;
    out.numbers[one.number] = number - 1;
    return "$" + std::to_string(number);
  });
  return out;
}

class PgStatement final : public PdoDriverStatement {
 public:
  enum class Way : std::uint8_t { kEmulated, kPrepared, kAtOnce };
  PgStatement(std::shared_ptr<PdoPgsql> owner, Way way, PgText text, std::string name)
      : owner_(std::move(owner)), way_(way), text_(std::move(text)), name_(std::move(name)) {}
  ~PgStatement() override {
    if (is_prepared_) owner_->client->close_later(name_);
  }

  bool emulates() const override { return way_ == Way::kEmulated; }
  bool accept(PdoStatement&, PdoBound& one) override {
    if (emulates()) {
      const bool is_bool = one.plain_type() == kParamBool && (one.type & kParamInputOutput) == 0;
      if (!is_bool) return true;
      one.variable = Ref(Value(to_bool(*one.variable) ? "t" : "f"));
      one.type = kParamString;
      return true;
    }
    if (one.name.empty()) return true;
    const auto found = text_.names.find(one.name);
    if (found == text_.names.end()) return owner_->fail(one.name);
    one.number = found->second;
    return true;
  }
  bool allows(PdoStatement&, const PdoBound& one) override {
    if (emulates() || !text_.has_placeholders || text_.numbers.contains(static_cast<int>(one.number))) return true;
    return owner_->fail("parameter was not defined");
  }
  bool execute(PdoStatement& s, std::string_view text) override {
    result_ = {};
    row_ = 0;
    result_ = run(s, text);
    return result_.good() || owner_->fail(result_);
  }
  Step fetch() override {
    // A command without a result has as many rows, all without columns, as it changed.
    if (static_cast<Int>(row_) >= row_count().value_or(0)) return Step::kNone;
    if (columns() > 0) result_.read(row_, values_);
    ++row_;
    return Step::kRow;
  }
  bool close() override { return true; }
  std::optional<bool> next_rowset() override { return std::nullopt; }
  int columns() const override { return static_cast<int>(result_.columns.size()); }
  std::string column_name(int column) const override { return result_.columns[static_cast<std::size_t>(column)].name; }
  Value value(int column, bool as_text) override;
  std::optional<Int> row_count() const override {
    return result_.status == PgStatus::kCommand ? result_.changed() : static_cast<Int>(result_.rows.count());
  }
  PdoFailure failure() const override { return owner_->failure(); }

 private:
  PgResult run(PdoStatement& s, std::string_view text) {
    PgClient& client = *owner_->client;
    if (way_ == Way::kEmulated) return client.exec(text);
    const std::vector<PgParameter> parameters = parameters_of(s);
    if (way_ == Way::kAtOnce) return client.exec_params(text_.text, parameters);
    if (!is_prepared_) {
      PgResult prepared = client.prepare(name_, text_.text, parameters.size());
      if (!prepared.good()) return prepared;
      is_prepared_ = true;
    }
    return client.exec_prepared(name_, parameters);
  }
  // As many as are bound; those that have no place are not among them.
  std::vector<PgParameter> parameters_of(PdoStatement& s) const {
    std::vector<PgParameter> out(s.bound.size());
    for (const PdoBound& one : s.bound) {
      const auto at = static_cast<std::size_t>(one.number);
      if (!text_.has_placeholders || one.number < 0 || at >= out.size()) continue;
      Value& v = *one.variable;
      out[at].binary = one.plain_type() == kParamBytes;
      if (v.is_null() || one.plain_type() == kParamNull) continue;
      if (v.is_bool()) {
        out[at] = {.value = v.as_bool() ? "t" : "f"};
        continue;
      }
      pdo_make_text(v);
      out[at].value = v.as_string().str();
    }
    return out;
  }

  std::shared_ptr<PdoPgsql> owner_;
  Way way_;
  PgText text_;
  std::string name_;
  bool is_prepared_ = false;
  PgResult result_;
  std::size_t row_ = 0;
  std::vector<std::optional<std::string_view>> values_;
};

// bytea as the server writes it: hexadecimal, or with octal numbers behind backslashes.
std::string unescaped_bytes(std::string_view text) {
  std::string out;
  if (text.starts_with("\\x")) {
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
      out += static_cast<char>(hex_value(text[i]) << 4 | hex_value(text[i + 1]));
    }
    return out;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
    } else if (i + 3 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '3') {
      out += static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 | (text[i + 3] - '0'));
      i += 3;
    } else if (i + 1 < text.size()) {
      out += text[++i];
    }
  }
  return out;
}

Value PgStatement::value(int column, bool as_text) {
  const auto at = static_cast<std::size_t>(column);
  if (at >= values_.size() || !values_[at]) return {};
  const std::string_view text = *values_[at];
  switch (result_.columns[at].type) {
    case kBool:
      return text.starts_with('t');
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid:
      return static_cast<Int>(std::strtoll(std::string(text).c_str(), nullptr, 10));
    case kBytes:
      if (!as_text) stop("pdo", "columns of the type bytea are streams in PHP, which are not supported");
      return unescaped_bytes(text);
    default:
      return text;
  }
}

std::unique_ptr<PdoDriverStatement> PdoPgsql::prepare(PdoStatement& s, const String& query, const Array* options) {
  const auto option = [&](Int attribute, Int other) {
    const Value* const given = options == nullptr ? nullptr : options->lookup(Key(attribute));
    return given == nullptr ? other : to_int(*given);
  };
  if (option(kAttributeCursor, 0) == kScrollable) stop("pdo", "scrollable cursors are not supported");
  const bool emulated = option(kAttributeEmulate, Int{emulates}) == 1;
  const bool at_once = option(kDisablePrepares, Int{disables_prepares}) == 1;
  const PdoPlaceholders found = find_pdo_placeholders(query, true);
  if (found.named && found.positional) {
    pdo_refuse(s.pdo(), s.state, s.called, "HY093", "mixed named and positional parameters");
    return nullptr;
  }
  using Way = PgStatement::Way;
  const Way way = emulated ? Way::kEmulated : at_once ? Way::kAtOnce : Way::kPrepared;
  char name[32] = "";
  if (way == Way::kPrepared) std::snprintf(name, sizeof name, "pdo_stmt_%08x", ++statements_);
  return std::make_unique<PgStatement>(shared_from_this(), way, emulated ? PgText() : numbered(query, found), name);
}

// ---- The connection ----

std::optional<String> PdoPgsql::last_id(const Value& sequence) {
  PgResult result;
  if (sequence.is_null()) {
    result = client->exec("SELECT LASTVAL()");
  } else {
    const PgParameter name = {.value = std::string(c_string(sequence.as_string()))};
    result = client->exec_params("SELECT CURRVAL($1)", {&name, 1});
  }
  if (result.status != PgStatus::kTuples) return fail(result), std::nullopt;
  std::vector<std::optional<std::string_view>> values;
  result.read(0, values);
  return String(values.at(0).value_or(""));
}

std::optional<bool> PdoPgsql::set_attribute(Int attribute, const Value& value) {
  if (attribute == kAttributeEmulate) {
    emulates = pdo_bool_attribute(value);
  } else if (attribute == kDisablePrepares) {
    disables_prepares = pdo_bool_attribute(value);
  } else {
    return std::nullopt;
  }
  return true;
}

std::optional<Value> PdoPgsql::attribute(Int attribute) {
  switch (attribute) {
    case kAttributeEmulate:
      return Value(emulates);
    case kDisablePrepares:
      return Value(disables_prepares);
    case kAttributeClientVersion:
      return Value(kClientVersion);
    case kAttributeServerVersion:
      return Value(client->setting("server_version"));
    case kAttributeConnectionStatus:
      return Value(client->usable() ? "Connection OK; waiting to send." : "Bad connection.");
    case kAttributeServerInfo:
      return Value(
          concat({"PID: ", std::to_string(client->process()), "; Client Encoding: ", client->setting("client_encoding"),
                  "; Is Superuser: ", client->setting("is_superuser"), "; Session Authorization: ",
                  client->setting("session_authorization"), "; Date Style: ", client->setting("DateStyle")}));
    default:
      return std::nullopt;
  }
}

std::string in_quotes(const String& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

std::shared_ptr<PdoConnection> open_pdo_pgsql(const PdoLogin& login) {
  std::string conninfo = login.dsn.str();
  for (char& c : conninfo) {
    if (c == ';') c = ' ';
  }
  if (login.user) conninfo += " user=" + in_quotes(*login.user);
  if (login.password) conninfo += " password=" + in_quotes(*login.password);
  conninfo += " connect_timeout=" + std::to_string(login.option_or(kAttributeTimeout, 30));
  std::string error;
  std::shared_ptr<PgClient> client = PgClient::connect(conninfo, error);
  if (client == nullptr) pdo_throw_open({.state = "08006", .code = 7, .text = trimmed(error)});
  auto made = std::make_shared<PdoPgsql>(std::move(client));
  return made;
}

}  // namespace banyan::php_runtime

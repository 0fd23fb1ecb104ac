// For tests: MariaDB's own client library, loaded when the test runs, so that nothing links with it. What it says of a
// value is text as the server makes it, by which ours is judged.
#pragma once

#include <dlfcn.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"

namespace banyan {

class LibmariadbOracle {
 public:
  LibmariadbOracle() {
    // From libmariadb3, which mariadb-server depends on.
    library_ = dlopen("libmariadb.so.3", RTLD_NOW | RTLD_LOCAL);
    BANYAN_CHECK(library_ != nullptr);
    connection_ = function<void*(void*)>("mysql_init")(nullptr);
    set_option(kCharset, "utf8mb4");
  }
  LibmariadbOracle(const LibmariadbOracle&) = delete;
  LibmariadbOracle& operator=(const LibmariadbOracle&) = delete;
  ~LibmariadbOracle() { function<void(void*)>("mysql_close")(connection_); }

  static constexpr int kCharset = 7;        // MYSQL_SET_CHARSET_NAME
  static constexpr int kPluginFolder = 22;  // MYSQL_PLUGIN_DIR
  void set_option(int option, const char* value) {
    function<int(void*, int, const void*)>("mysql_options")(connection_, option, value);
  }

  // False: error() says why not.
  struct Server {
    const char* host = nullptr;
    int port = 0;
    const char* user = nullptr;
    const char* password = nullptr;
    const char* database = nullptr;
    const char* socket = nullptr;
  };
  bool connect(const Server& to) {
    const auto connect = function<void*(void*, const char*, const char*, const char*, const char*, unsigned,
                                        const char*, unsigned long)>("mysql_real_connect");
    return connect(connection_, to.host, to.user, to.password, to.database, static_cast<unsigned>(to.port), to.socket,
                   0) != nullptr;
  }
  std::string error() const { return function<const char*(void*)>("mysql_error")(connection_); }

  // The first column of all rows; a NULL is nullopt.
  std::vector<std::optional<std::string>> column(const std::string& text) {
    const int failed =
        function<int(void*, const char*, unsigned long)>("mysql_real_query")(connection_, text.data(), text.size());
    if (failed != 0) check_failed(__FILE__, __LINE__, (text.substr(0, 200) + ": " + error()).c_str());
    std::vector<std::optional<std::string>> values;
    void* const result = function<void*(void*)>("mysql_store_result")(connection_);
    if (result == nullptr) return values;
    const auto fetch = function<char**(void*)>("mysql_fetch_row");
    const auto lengths = function<unsigned long*(void*)>("mysql_fetch_lengths");
    while (char** const row = fetch(result)) {
      if (row[0] == nullptr) {
        values.emplace_back();
      } else {
        values.emplace_back(std::string(row[0], lengths(result)[0]));
      }
    }
    function<void(void*)>("mysql_free_result")(result);
    return values;
  }
  // As a literal, the quotes included.
  std::string quoted(const std::string& text) const {
    std::string escaped(2 * text.size() + 1, '\0');
    escaped.resize(function<unsigned long(void*, char*, const char*, unsigned long)>("mysql_real_escape_string")(
        connection_, escaped.data(), text.data(), text.size()));
    return "'" + escaped + "'";
  }

 private:
  template <class Function>
  Function* function(const char* name) const {
    void* const found = dlsym(library_, name);
    BANYAN_CHECK(found != nullptr);
    return reinterpret_cast<Function*>(found);
  }
  void* library_ = nullptr;
  void* connection_ = nullptr;
};

}  // namespace banyan

// For tests: PostgreSQL's own client library, loaded when the test runs, so that nothing links with it. What it says of
// a value is text as the server makes it, by which ours is judged.
#pragma once

#include <dlfcn.h>

#include <optional>
#include <string>
#include <vector>

#include "base/check.h"

namespace banyan {

class LibpqOracle {
 public:
  explicit LibpqOracle(const std::string& connection_info) {
    // From libpq5, which postgresql-15 depends on.
    library_ = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    BANYAN_CHECK(library_ != nullptr);
    const auto connect = function<void*(const char*)>("PQconnectdb");
    connection_ = connect(connection_info.c_str());
    const auto status = function<int(const void*)>("PQstatus");
    BANYAN_CHECK(status(connection_) == 0);
  }
  LibpqOracle(const LibpqOracle&) = delete;
  LibpqOracle& operator=(const LibpqOracle&) = delete;
  ~LibpqOracle() { function<void(void*)>("PQfinish")(connection_); }

  // The first column of all rows; a NULL is nullopt. `parameters` are texts.
  std::vector<std::optional<std::string>> column(const std::string& text,
                                                 const std::vector<const char*>& parameters = {}) {
    const auto exec =
        function<void*(void*, const char*, int, const unsigned*, const char* const*, const int*, const int*, int)>(
            "PQexecParams");
    void* const result = exec(connection_, text.c_str(), static_cast<int>(parameters.size()), nullptr,
                              parameters.data(), nullptr, nullptr, 0);
    const int status = function<int(const void*)>("PQresultStatus")(result);
    constexpr int kCommandOk = 1;
    constexpr int kTuplesOk = 2;
    BANYAN_CHECK(status == kCommandOk || status == kTuplesOk);
    std::vector<std::optional<std::string>> values;
    const int rows = function<int(const void*)>("PQntuples")(result);
    const auto is_null = function<int(const void*, int, int)>("PQgetisnull");
    const auto value = function<char*(const void*, int, int)>("PQgetvalue");
    const auto length = function<int(const void*, int, int)>("PQgetlength");
    for (int row = 0; row < rows; ++row) {
      if (is_null(result, row, 0) != 0) {
        values.emplace_back();
      } else {
        values.emplace_back(std::string(value(result, row, 0), static_cast<std::size_t>(length(result, row, 0))));
      }
    }
    function<void(void*)>("PQclear")(result);
    return values;
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

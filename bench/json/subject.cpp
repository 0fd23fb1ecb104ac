// Banyan's side of bench/json: PROGRAM BODY N prints the nanoseconds of reading the body into structs and writing them
// again. What the structs are stands in go/main.go and boost.cpp alike.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "json_bind/bind.h"

namespace {

using banyan::json::field;
using banyan::json::Fields;

struct Address {
  std::string country, city, street, zip;
  std::vector<double> geo;
  static Fields fields() {
    return {field<&Address::country>(), field<&Address::city>(), field<&Address::street>(), field<&Address::zip>(),
            field<&Address::geo>()};
  }
};
struct Role {
  std::int64_t id = 0;
  std::string name, since;
  static Fields fields() { return {field<&Role::id>(), field<&Role::name>(), field<&Role::since>()}; }
};
struct Settings {
  std::string theme, lang;
  bool mail = false;
  std::map<std::string, std::int64_t> limits;
  static Fields fields() {
    return {field<&Settings::theme>(), field<&Settings::lang>(), field<&Settings::mail>(), field<&Settings::limits>()};
  }
};
struct User {
  std::int64_t id = 0;
  std::string name, email;
  std::int64_t age = 0;
  double score = 0;
  bool active = false;
  std::string avatar;
  std::vector<std::string> tags;
  Address address;
  std::vector<Role> roles;
  Settings settings;
  std::optional<std::int64_t> parent;
  std::string created_at, updated_at, balance, note;
  static Fields fields() {
    return {field<&User::id>(),         field<&User::name>(),       field<&User::email>(),
            field<&User::age>(),        field<&User::score>(),      field<&User::active>(),
            field<&User::avatar>(),     field<&User::tags>(),       field<&User::address>(),
            field<&User::roles>(),      field<&User::settings>(),   field<&User::parent>().nullable(),
            field<&User::created_at>(), field<&User::updated_at>(), field<&User::balance>(),
            field<&User::note>()};
  }
};
struct Body {
  std::int64_t code = 0;
  std::string message;
  User data;
  std::string request_id;
  static Fields fields() {
    return {field<&Body::code>(), field<&Body::message>(), field<&Body::data>(), field<&Body::request_id>()};
  }
};

std::string read_file(const char* path) {
  std::string text;
  std::FILE* const file = std::fopen(path, "re");
  if (file == nullptr) return text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

// Reads and writes once; the length of what was written, 0 where the body does not fit.
std::size_t round_trip(const std::string& text) {
  Body body;
  if (!banyan::json::decode_into(text, body).empty()) return 0;
  return banyan::json::encode(body).size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string text = read_file(argv[1]);
  const long n = std::atol(argv[2]);
  const std::size_t expected = round_trip(text);
  const auto start = std::chrono::steady_clock::now();
  for (long i = 0; i < n; ++i) {
    if (expected == 0 || round_trip(text) != expected) return 1;
  }
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
  std::printf("{\"ns_per_op\": %.1f, \"written_bytes\": %zu}\n", spent.count() / static_cast<double>(n), expected);
  return 0;
}

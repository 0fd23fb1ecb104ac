// A struct of every kind that can be bound, for the tests and the fuzzer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "json_bind/bind.h"

namespace banyan::json::sample {

enum class Role : std::uint8_t { kAdmin, kEditor = 7, kGuest };
inline Names<Role> json_names(Role) {
  return {{"admin", Role::kAdmin}, {"editor", Role::kEditor}, {"guest", Role::kGuest}};
}

struct Address {
  std::string city;
  std::vector<double> geo;
  static Fields fields() {
    return {field<&Address::city>().length(1, 40), field<&Address::geo>().range(-180, 180).items(0, 2).optional()};
  }
};

inline const char* even(const std::int64_t& number) { return number % 2 == 0 ? nullptr : "must be even"; }

struct Person {
  std::int64_t id = 0;
  std::string name;
  std::uint8_t level = 3;
  std::uint64_t big = 0;
  double score = 0;
  bool active = false;
  Role role = Role::kGuest;
  WallTime since;
  std::optional<std::string> phone;
  std::optional<std::int64_t> boss;
  std::vector<std::string> tags;
  std::vector<Address> addresses;
  std::map<std::string, std::int64_t> limits;
  std::vector<Person> friends;  // a type may hold itself
  Raw extra;

  static Fields fields() {
    return {field<&Person::id>().min(1).check<even>(),
            field<&Person::name>().length(1, 10).pattern("^[^<>]*$"),
            field<&Person::level>().max(9).optional().about("how much may be done"),
            field<&Person::big>().optional(),
            field<&Person::score>().range(-1e300, 1e300).optional(),
            field<&Person::active>().optional(),
            field<&Person::role>().optional(),
            field<&Person::since>().optional(),
            field<&Person::phone>().pattern("^[+0-9 ]+$"),
            field<&Person::boss>().nullable(),
            field<&Person::tags>().one_of({"vip", "beta", "early"}).items(0, 3).optional(),
            field<&Person::addresses>().optional(),
            field<&Person::limits>().named("limits/day").items(0, 3).optional(),
            field<&Person::friends>().optional(),
            field<&Person::extra>().optional()};
  }
};

}  // namespace banyan::json::sample

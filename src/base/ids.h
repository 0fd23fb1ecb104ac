// Ids are types, never ints: an Id<struct RouteTag> cannot be passed where an Id<struct ClusterTag> is wanted.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace banyan {

// `Tag` is any type, usually declared in place: using RouteId = Id<struct RouteTag, std::uint32_t>.
template <class Tag, std::unsigned_integral Number = std::uint64_t>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(Number number) : number_(number) {}
  constexpr Number number() const { return number_; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  Number number_ = 0;
};

// Names one request over all the services it passes through: 128 random bits, written as 32 lower-case hex digits.
struct RequestId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static constexpr std::size_t kTextBytes = 32;
  // Writes exactly kTextBytes bytes, without a terminating zero.
  void write(char* out) const;
  std::string text() const;
  // Nothing unless `text` is exactly 32 hex digits of either case.
  static std::optional<RequestId> parse(std::string_view text);

  friend auto operator<=>(const RequestId&, const RequestId&) = default;
};

// `random` returns 64 random bits a call; it is called twice, and again should all 128 be zero, which no id may be.
template <class Random>
  requires std::same_as<std::invoke_result_t<Random&>, std::uint64_t>
RequestId make_request_id(Random&& random) {
  RequestId id;
  do {
    id.high = random();
    id.low = random();
  } while (id == RequestId{});
  return id;
}

}  // namespace banyan

template <class Tag, class Number>
struct std::hash<banyan::Id<Tag, Number>> {
  std::size_t operator()(banyan::Id<Tag, Number> id) const noexcept { return std::hash<Number>()(id.number()); }
};

// Where the members of a handler's input come from.
//
//   struct GetPosts {
//     std::int64_t user = 0;
//     int page = 1;
//     static service::Inputs inputs() {
//       return {service::path(json::field<&GetPosts::user>().min(1)),
//               service::query(json::field<&GetPosts::page>().range(1, 1000).optional())};
//     }
//   };
//
// A struct with fields() in place of inputs() is the body as a whole. A list takes a parameter as often as it is given.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "http/fields.h"
#include "http/router.h"
#include "json_bind/bind.h"
#include "service/problem.h"

namespace banyan::service {

enum class Source : std::uint8_t { kPath, kQuery, kHeader, kBody };

struct Input {
  Source source;
  json::Field field;
};
using Inputs = std::vector<Input>;

inline Input path(json::Field field) { return {Source::kPath, std::move(field)}; }
inline Input query(json::Field field) { return {Source::kQuery, std::move(field)}; }
inline Input header(json::Field field) { return {Source::kHeader, std::move(field)}; }
// JSON; at most one of a struct.
inline Input body(json::Field field) { return {Source::kBody, std::move(field)}; }

// Of a handler that takes nothing from the request, or answers without a body (204).
struct Nothing {};

// What a handler takes, ready for use.
struct InputType {
  Inputs inputs;
  const json::BoundType* whole_body = nullptr;  // where the struct is the body
  const Input* body() const;
  bool wants_body() const { return whole_body != nullptr || body() != nullptr; }
};

// Makes one of a struct's declaration. Aborts on a mistake in it: two bodies, a pattern that is none.
InputType make_input_type(Inputs inputs, const json::BoundType* whole_body);

template <class In>
const InputType& input_type() {
  static const InputType type = [] {
    if constexpr (std::is_same_v<In, Nothing>) {
      return make_input_type({}, nullptr);
    } else if constexpr (requires { In::inputs(); }) {
      return make_input_type(In::inputs(), nullptr);
    } else {
      return make_input_type({}, &json::bound_type<In>());
    }
  }();
  return type;
}

// Binds all but the body. What is wrong is added to `invalid`.
struct Parameters {
  const Router::Match& match;
  std::string_view query;
  const Fields& fields;
};
void bind_parameters(const InputType& type, const Parameters& from, void* object, std::vector<InvalidValue>& invalid);
// Binds the body's text.
void bind_body(const InputType& type, std::string_view text, void* object, std::vector<InvalidValue>& invalid);

}  // namespace banyan::service

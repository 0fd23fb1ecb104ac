// A handler of any type as one function: reads its input, calls it, writes its output.
//
// Handlers are functions, function objects or lambdas `Task<Result<Out>>(In, Context&)`; the input may be left out. A
// lambda that captures must not be a coroutine itself (runtime/task.h): let it return the task of a member function.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "json_bind/bind.h"
#include "service/context.h"

namespace banyan::service {

using Endpoint = std::function<Task<Result<void>>(Context&)>;

// An endpoint, and what the description of the service says of it.
struct TypedEndpoint {
  Endpoint call;
  const InputType* input = nullptr;
  const json::BoundType* output = nullptr;  // null: no body, or not JSON
  bool has_body = true;
};

namespace detail {

template <class T>
struct Signature : Signature<decltype(&T::operator())> {};
template <class O, class I>
struct Signature<Task<Result<O>> (*)(I, Context&)> {
  using Out = O;
  using In = std::remove_cvref_t<I>;
};
template <class O>
struct Signature<Task<Result<O>> (*)(Context&)> {
  using Out = O;
  using In = void;
};
template <class T, class O, class I>
struct Signature<Task<Result<O>> (T::*)(I, Context&) const> : Signature<Task<Result<O>> (*)(I, Context&)> {};
template <class T, class O>
struct Signature<Task<Result<O>> (T::*)(Context&) const> : Signature<Task<Result<O>> (*)(Context&)> {};

template <class Out>
void put(Answer& answer, Out value) {
  if constexpr (std::is_same_v<Out, Nothing>) {
    if (answer.status == 0) answer.status = 204;
  } else if constexpr (std::is_same_v<Out, Content>) {
    answer.content_type = std::move(value.content_type);
    answer.body = std::move(value.body);
  } else if constexpr (std::is_same_v<Out, Stream>) {
    answer.content_type = std::move(value.content_type);
    answer.stream = std::move(value.body);
  } else {
    answer.content_type = "application/json";
    json::encode(value, answer.body);
  }
}

// `handler` lives as long as its route.
template <class In, class Out, class Handler>
Task<Result<void>> call(const Handler* handler, Context* context) {
  if constexpr (std::is_void_v<In>) {
    put(context->answer(), co_await try_((*handler)(*context)));
  } else {
    In in{};
    co_await try_(context->bind(input_type<In>(), &in));
    put(context->answer(), co_await try_((*handler)(std::move(in), *context)));
  }
  co_return Result<void>();
}

}  // namespace detail

template <class Handler>
TypedEndpoint typed_endpoint(Handler handler) {
  using In = typename detail::Signature<Handler>::In;
  using Out = typename detail::Signature<Handler>::Out;
  constexpr bool kJson = !std::is_same_v<Out, Nothing> && !std::is_same_v<Out, Content> && !std::is_same_v<Out, Stream>;
  TypedEndpoint endpoint;
  // One object for all calls: a std::function may be copied, what coroutines point to may not move.
  endpoint.call = [shared = std::make_shared<const Handler>(std::move(handler))](Context& context) {
    return detail::call<In, Out>(shared.get(), &context);
  };
  if constexpr (!std::is_void_v<In>) endpoint.input = &input_type<In>();
  if constexpr (kJson) endpoint.output = &json::bound_type<Out>();
  endpoint.has_body = !std::is_same_v<Out, Nothing>;
  return endpoint;
}

}  // namespace banyan::service

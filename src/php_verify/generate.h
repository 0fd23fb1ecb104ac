// Inputs by type: what a parameter's type says may come, the awkward values of it first among them.
//
// The types are those of php_check: what PHP declares, narrowed by the docblock. Most inputs are of the narrower type,
// some only of what PHP lets in, and now and then one is of a wrong type, for PHP then coerces it or throws. The same
// seed gives the same inputs. Objects are made by their constructors, with inputs of those parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_verify/value.h"

namespace banyan::php {

// How wild the inputs are. PHP itself runs out of time where a number of rounds or of bytes is an input: then they are
// tamer.
enum class Wildness : std::uint8_t { kTiny, kTame, kWild };

class Generator {
 public:
  static constexpr int kDepthMax = 3;

  // `facts` must outlive it.
  Generator(const Facts& facts, std::uint64_t seed) : facts_(&facts), state_(seed) {}

  // What the code compares with: used among the others.
  void set_literals(std::vector<InputValue> literals) { literals_ = std::move(literals); }
  void set_wildness(Wildness wildness) { wildness_ = wildness; }

  // Arguments for a function; those that may be left out sometimes are.
  std::vector<InputValue> arguments(const FunctionDeclaration& function);
  InputValue value(const Type& type, int depth = 0);
  // A new object of the class or of one below it, or a case of the enum; nothing where none can be made.
  std::optional<InputValue> object(ClassId id, int depth = 0);

  // A small step away, from one of the function's arguments or from a value; for an object, from one of its
  // constructor's. What is not of the type stays as it is, as does null.
  void vary(const FunctionDeclaration& function, std::vector<InputValue>& arguments);
  void vary(InputValue& value, const Type& type);
  // A number below `count`; 0 where there is none.
  std::size_t below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(next() % count); }

  // Why no arguments can be made for the function: the type that is in the way; empty where they can.
  std::string obstacle(const FunctionDeclaration& function);

 private:
  std::uint64_t next();
  bool chance(unsigned percent) { return next() % 100 < percent; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

  InputValue argument(const ParameterDeclaration& parameter);
  InputValue of_bit(std::uint32_t bit, const Type& type, int depth);
  InputValue integer(const Type& type);
  InputValue floating();
  InputValue string(const Type& type);
  InputValue array(const Type& type, int depth);
  InputValue plain_array(int depth);
  InputValue wrong(const Type& type);
  std::optional<InputValue> instance(const Type& type, int depth);
  std::optional<InputValue> builtin_object(const std::string& key, int depth);
  const InputValue* literal(ValueKind kind);
  void vary_integer(std::int64_t& value, const Type& type);
  void vary_float(double& value);
  void vary_string(std::string& text);
  void vary_array(InputValue& value, const Type& type);

  const Facts* facts_;
  std::uint64_t state_;
  std::vector<InputValue> literals_;
  Wildness wildness_ = Wildness::kWild;
};

// What a parameter takes: the docblock's type where PHP's own allows it, else PHP's own; mixed where neither says.
Type parameter_type(const ParameterDeclaration& parameter);

}  // namespace banyan::php

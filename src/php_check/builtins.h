// What PHP itself has: functions, classes and constants with their signatures, and what the functions do.
//
// Two sources. builtin_table.tsv is generated from the Reflection of Debian's php8.2 and its packaged extensions
// (tools/php_builtins): one line each, fields between tabs, in three lists.
//   F name extension flags return parameters      d deprecated; a parameter is [&~][...]name[?][:type],
//   C name extension kind parent interfaces       & by reference, ~ prefers it, ? optional; kind: c i t, f final,
//   M name flags return parameters                a abstract; flags of methods: s static, a abstract, f final,
//   P name flags type                             p protected, x private. M, P and K belong to the C above.
//   K name type, D name extension type            class constants and global ones
// builtin_effects.cpp is written by hand: what each function does beside giving back a value, and what it means to
// what a client sent. A function it does not name is taken to be pure, if its extension is one of computation only;
// else to do whatever its extension is about.
//
// The table is read once, when it is first asked for (a few milliseconds), and lives as long as the program.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "php_check/effect.h"
#include "php_check/type.h"

namespace banyan::php {

struct BuiltinParameter {
  std::string_view name;
  std::string_view type;  // as PHP writes it: "?int", "array|string"; empty where it has none
  bool by_reference = false;
  bool optional = false;
  bool variadic = false;
};

// What a function means to what a client sent, as bits.
enum TaintTrait : std::uint32_t {
  kTaintSource = 1,   // gives back what a client sent
  kTaintSinkSql = 2,  // an argument is run as such; which one is in sink_argument
  kTaintSinkHtml = 4,
  kTaintSinkShell = 8,
  kTaintSinkCode = 16,
  kTaintSinkUnserialize = 32,
  kTaintSinkPath = 64,
  kTaintSinkHeader = 128,
  kCleansSql = 256,  // what it gives back is harmless there, whatever it was given
  kCleansHtml = 512,
  kCleansShell = 1024,
  kCleansPath = 2048,
  kCleansAll = 4096,  // a number, a digest, a boolean
  kPasses = 8192,     // gives back what it was given, changed or not; the rule for those that give strings
};

struct BuiltinFunction {
  std::string_view name;
  std::string_view extension;
  std::string_view return_text;
  std::string_view parameter_text;
  Effects effects = 0;
  std::uint32_t taint = 0;  // of TaintTrait
  std::uint8_t sink_argument = 0;
  bool deprecated = false;
  bool has_native_twin = false;  // our runtimes have, or plainly can have, the same
  std::string_view throws;       // key of the class it may throw for values of the right type; empty for none

  bool is_pure() const { return effects == 0 && !has_reference(); }
  bool has_reference() const { return parameter_text.find('&') != std::string_view::npos; }
  std::vector<BuiltinParameter> parameters() const;
  bool takes_callable(std::size_t argument) const;
  bool takes_reference(std::size_t argument) const;
  Type return_type() const;
};

struct BuiltinMethod {
  std::string_view name;
  std::string_view return_text;
  std::string_view parameter_text;
  bool is_static = false;
  bool is_abstract = false;
  bool is_private = false;
  Type return_type() const;
};

struct BuiltinClass {
  std::string_view name;
  std::string_view extension;
  std::string_view parent;
  std::string_view interfaces;  // with commas
  bool is_interface = false;
  bool is_final = false;
  bool is_abstract = false;
  Effects effects = 0;  // of its methods, all of them taken together
  std::vector<BuiltinMethod> methods;
  std::vector<std::pair<std::string_view, std::string_view>> properties;  // name, type
  std::vector<std::pair<std::string_view, std::string_view>> constants;   // name, type
};

// By key (lower case, no leading backslash); null where PHP 8.2 has none.
const BuiltinFunction* find_builtin_function(std::string_view key);
const BuiltinClass* find_builtin_class(std::string_view key);
// The method of the class or of those it inherits from.
const BuiltinMethod* find_builtin_method(std::string_view class_key, std::string_view key);
// Whether the class is the other one or inherits from it.
bool is_builtin_descendant(std::string_view class_key, std::string_view ancestor_key);
// The type of a constant ("int"); empty where PHP has none of that name.
std::string_view builtin_constant_type(std::string_view name);
std::span<const BuiltinFunction> builtin_functions();  // in order of name

// "?int", "array|string|false" as a type; mixed for nothing.
Type builtin_type(std::string_view text);

}  // namespace banyan::php

#include "php_check/type.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "php_check/docblock.h"

namespace banyan::php {
namespace {

Type doc(const std::string& text) {
  const ClassResolver resolve = [](std::string_view name) {
    std::string key;
    for (const char c : name) key += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return key.starts_with('\\') ? key.substr(1) : key;
  };
  return parse_doc_type(text, DocScope{resolve, nullptr, "me"}, {"T"});
}

// Every kind of type there is, for laws that hold for all.
std::vector<Type> samples() {
  std::vector<Type> all = {Type(), Type::mixed()};
  for (const char* text : {"int",
                           "5",
                           "int<0, 9>",
                           "string",
                           "'a'",
                           "'a'|'b'",
                           "float",
                           "bool",
                           "true",
                           "null",
                           "?int",
                           "array",
                           "list<int>",
                           "array<string, User>",
                           "array{id: int, name?: string}",
                           "array{0: int, ...}",
                           "User",
                           "Box<User>",
                           "User|Admin",
                           "object",
                           "callable",
                           "iterable<int, User>",
                           "non-empty-list<string>",
                           "T",
                           "int|string|null"}) {
    all.push_back(doc(text));
  }
  return all;
}

TEST(Type, JoinIsCommutativeIdempotentAndHoldsBoth) {
  const std::vector<Type> all = samples();
  for (const Type& a : all) {
    EXPECT_EQ(join(a, a).text(), a.text());
    for (const Type& b : all) {
      EXPECT_EQ(join(a, b).text(), join(b, a).text()) << a.text() << " and " << b.text();
      EXPECT_EQ(join(join(a, b), b).text(), join(a, b).text()) << a.text() << " and " << b.text();
      EXPECT_EQ(join(a, b).bits(), a.bits() | b.bits());
    }
  }
}

TEST(Type, JoinIsAssociative) {
  const std::vector<Type> all = samples();
  for (const Type& a : all) {
    for (const Type& b : all) {
      for (const Type& c : all) {
        EXPECT_EQ(join(join(a, b), c).text(), join(a, join(b, c)).text())
            << a.text() << ", " << b.text() << ", " << c.text();
      }
    }
  }
}

TEST(Type, JoinsAreBounded) {
  Type literals;
  Type classes;
  Type nested = Type(kTypeInt);
  for (int i = 0; i < 100; ++i) {
    literals = join(literals, Type::string_literal(std::to_string(i)));
    classes = join(classes, Type::object("c" + std::to_string(i)));
    nested = Type::list(nested);
  }
  EXPECT_EQ(literals.text(), "string");
  EXPECT_EQ(classes.text(), "object");
  EXPECT_LE(nested.text().size(), 60u);
}

TEST(Type, ReadsWhatDocblocksSay) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"int", "int"},
      {"?User", "user|null"},
      {"User[]", "array<string|int, user>"},
      {"(int|string)[]", "array<string|int, string|int>"},
      {"array<int, list<User>>", "array<int, list<user>>"},
      {"array{id: int, 'a b'?: string}", "array{a b?: string, id: int}"},
      {"list{int, string}", "list{0: int, 1: string}"},
      {"int<0, max>", "int<0, max>"},
      {"positive-int", "int<1, max>"},
      {"'a'|'b'|null", "'a'|'b'|null"},
      {"class-string<User>", "string"},
      {"callable(int, string): bool", "callable"},
      {"\\Closure(int): bool|null", "closure|null"},
      {"Generator<int, User, mixed, void>", "generator<int, user, mixed, void>"},
      {"self", "me"},
      {"$this", "me"},
      {"T", "T"},
      {"Foo::BAR_*", "mixed"},
      {"array<int", "mixed"},
      {"", "mixed"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(doc(text).text(), expected) << text;
}

TEST(Type, DocTypesOfAnyBytesEnd) {
  const std::string alphabet = "Tint<>{}|&?[](),:'$ \n-";
  std::uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int k = 0; k < 24; ++k) {
      state = state * 1664525 + 1013904223;
      text += alphabet[(state >> 16) % alphabet.size()];
    }
    EXPECT_FALSE(doc(text).text().empty());
  }
}

TEST(Type, TemplatesAreSubstituted) {
  const Type type = doc("array<int, T>|T|null");
  EXPECT_EQ(substituted(type, {{"#T", Type::object("user")}}).text(), "user|array<int, user>|null");
  EXPECT_EQ(substituted(doc("Box<T>"), {}).text(), "box<mixed>");
}

}  // namespace
}  // namespace banyan::php

#include "php_parse/parse.h"

#include <gtest/gtest.h>
#include <string>

#include "php_parse/syntax_dump.h"

namespace banyan::php {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

bool accepts(std::string_view source, PhpVersion version = {}) {
  return lint(source, {.features = Features(version)}).diagnostics.empty();
}

TEST(Parse, DeepNestingIsAnErrorAndNoCrash) {
  constexpr std::size_t kDepth = 100000;
  for (const auto& [open, close] : {std::pair{"(", ")"},
                                    {"[", "]"},
                                    {"{", "}"},
                                    {"-", ""},
                                    {"!", ""},
                                    {"f(", ")"},
                                    {"if (1) ", ""},
                                    {"function () {", "}"},
                                    {"fn() => ", ""},
                                    {"$a = ", ""},
                                    {"$$", ""},
                                    {"++", ""},
                                    {"new ", ""},
                                    {"class A { function f() {", "}}"},
                                    {"\"{$a[", "]}\""},
                                    {"match (1) { 1 => ", "}"},
                                    {"#[A(", ")]"},
                                    {"while (1): ", ""},
                                    {"do ", ""},
                                    {"$a ? ", ""},
                                    {"$a ** ", ""},
                                    {"throw ", ""},
                                    {"yield ", ""},
                                    {"<<<A\n{$a[", ""},
                                    {"else if (1) ", ""},
                                    {"switch (1) { case ", ""}}) {
    const std::string source = "<?php " + repeated(open, kDepth) + "1" + repeated(close, kDepth) + ";";
    const SyntaxTree tree = lint(source, {});
    EXPECT_FALSE(tree.diagnostics.empty()) << open;
    EXPECT_EQ(print_tree(tree, source).value_or(""), source) << open;
  }
}

TEST(Parse, LongChainsAreNoNesting) {
  constexpr std::size_t kLength = 50000;
  for (const auto& [first, link] : {std::pair{"$x = 'a'", " . 'b'"},
                                    {"$a", "->b()"},
                                    {"$a", "[0]"},
                                    {"$a", "(1)"},
                                    {"$a", "?->b"},
                                    {"A", "::$b"},
                                    {"$a", " && $b"},
                                    {"$a", " ?: $b"},
                                    {"if (1) {}", " elseif (2) {}"},
                                    {"const A = 1", " + 1"}}) {
    const std::string source = std::string("<?php ") + first + repeated(link, kLength) + ";";
    const SyntaxTree tree = lint(source, {});
    EXPECT_TRUE(tree.diagnostics.empty())
        << link << " " << (tree.diagnostics.empty() ? "" : tree.diagnostics[0].message);
    EXPECT_FALSE(dump_json(tree, source).empty());
  }
}

TEST(Parse, DepthIsCountedWhereItIsSpent) {
  const ParseOptions shallow{.depth_max = 40};
  EXPECT_TRUE(lint("<?php f(((((1)))));", shallow).diagnostics.empty());
  const SyntaxTree tree = lint("<?php " + repeated("(", 50) + "1" + repeated(")", 50) + ";", shallow);
  ASSERT_EQ(tree.diagnostics.size(), 1u);
  EXPECT_STREQ(tree.diagnostics[0].code, "parse.too-deep");
}

TEST(Parse, ALargeFileIsReadInMemoryOfItsOrder) {
  const std::string source = "<?php\n" + repeated("$a['key'] = foo($b, 1) + 2; // comment\n", 500000);
  const SyntaxTree tree = lint(source, {});
  EXPECT_TRUE(tree.diagnostics.empty());
  EXPECT_LT(tree.ast.bytes(), source.size() * 20);
}

TEST(Parse, AnErrorDoesNotHideTheNext) {
  const SyntaxTree tree = parse("<?php\n$a = ;\nfoo();\n$b = ];\n", {});
  ASSERT_EQ(tree.diagnostics.size(), 2u);
  const LineTable lines("<?php\n$a = ;\nfoo();\n$b = ];\n");
  EXPECT_EQ(lines.at(tree.diagnostics[0].offset).line, 2u);
  EXPECT_EQ(lines.at(tree.diagnostics[1].offset).line, 4u);
}

// PHP 8.2 refuses each of these.
TEST(Parse, WhatPhpRefusesIsRefused) {
  for (const std::string_view source : {
           "<?php $a[] ?\?= 1;",
           "<?php $a[]->b['c'] ?\?= 1;",
           "<?php new class(...) {};",
           "<?php [f()] = $a;",
           "<?php [$a?->b()[0]] = $c;",
           "<?php [[1][0]] = $a;",
           "<?php function f(): (Iterator&Countable)|null { yield 1; }",
           "<?php $f = fn() => $a[];",
           "<?php A::class::class;",
           "<?php strlen($a[]);",
           "<?php namespace A; \\strlen($a[]);",
           "<?php f(...$a[]);",
           "<?php $a = [...1];",
           "<?php $a = [[] => 1];",
           "<?php const A = [[] => 1];",
           "<?php while (1) { break 1_0; }",
           "<?php declare(strict_types=02);",
       }) {
    EXPECT_FALSE(accepts(source)) << source;
  }
  for (const std::string_view source : {
           "<?php 'A'::class;",
           "<?php f($a[]);",
           "<?php namespace A; strlen($a[]);",
           "<?php use function A\\strlen; strlen($a[]);",
           "<?php $a = [...1, $x];",
           "<?php $a = [[] => $x];",
           "<?php while (1) { break 0x1; }",
           "<?php declare(strict_types=01);",
           "<?php declare(strict_types=0b0);",
       }) {
    EXPECT_TRUE(accepts(source)) << source;
  }
}

// A default is held to its type where the compiler knows its value, and left alone where it would warn of it.
TEST(Parse, DefaultsAreFoldedAsPhpFoldsThem) {
  for (const std::string_view refused : {
           "int $x = 1 . 'a'",        "int $x = 5 / 2",       "string $x = 7 % 2",
           "string $x = 1 << 3",      "int $x = 2 ** -1",     "int $x = 2 ** 63",
           "int $x = 1.0 + 1",        "bool $x = 1 <=> 2",    "int $x = 9223372036854775807 + 1",
           "int $x = 1 == 1",         "int $x = !1",          "int $x = 1 && 0",
           "int $x = 1 xor 0",        "int $x = null ?? 'a'", "int $x = 1 ? 'a' : 'b'",
           "int $x = 0 ?: 'b'",       "int $x = ~'a'",        "string $x = '5' + 1",
           "int $x = '5.5' + 1",      "int $x = [] + []",     "int $x = 'a' | 'b'",
           "string $x = true + true", "int $x = null . null", "array $x = 1 . 2",
           "int $x = __FILE__",       "int $x = __CLASS__",   "int $x = A::class",
           "int $x = (('a'))",        "int $x = [[1], 'a']",
       }) {
    const std::string source = "<?php function f(" + std::string(refused) + ") {}";
    EXPECT_FALSE(accepts(source)) << source;
  }
  for (const std::string_view taken : {
           "int $x = 4 / 2",     "int $x = 1 / 0",      "int $x = 1 % 0",   "string $x = 1 << -1",   "int $x = 2 ** 3",
           "int $x = 'a' + 1",   "int $x = -'a'",       "int $x = -'1'",    "int $x = [1] . 'a'",    "int $x = PHP_EOL",
           "int $x = 1 | 2",     "int $x = 1 <=> 2",    "float $x = 1 + 2", "int $x = null ?? null", "int $x = [[FOO]]",
           "int $x = FOO . 'a'", "string $x = 1 . 'a'", "bool $x = 1 < 2",  "int $x = FOO ?: 'b'",
       }) {
    const std::string source = "<?php function f(" + std::string(taken) + ") {}";
    EXPECT_TRUE(accepts(source)) << source;
  }
  EXPECT_FALSE(accepts("<?php class A { public int $x = 1 . 'a'; }"));
  EXPECT_FALSE(accepts("<?php class A { function f(int $x = self::class) {} }"));
  EXPECT_TRUE(accepts("<?php trait T { function f(int $x = self::class, int $y = __CLASS__) {} }"));
  EXPECT_TRUE(accepts("<?php function f(string $x = " + repeated("1 . ", 50000) + "1) {}"));
}

TEST(Parse, HooksOfPhp84) {
  for (const std::string_view source : {
           "<?php class A { public $x { get => 1; } }",
           "<?php class A { public $x = 1 { get => $this->x; } }",
           "<?php class A { public $x = 1 { set => $value; } }",
           "<?php class A { public int $x { set(int|string $v) {} } }",
           "<?php class A { public int $x { &get { } set { } } }",
           "<?php class A { public private(set) int $x { get => $this->x; } }",
           "<?php class A { protected private(set) int $x; public readonly protected(set) int $y; }",
           "<?php abstract class A { abstract public $x { get; set => 1; } }",
           "<?php interface A { public $x { get; } }",
           "<?php class A { public iterable $x { get { yield 1; } } }",
           "<?php class A { public int $x { set { return; } } }",
           "<?php class A { public int $x { get => parent::$x::get(); } }",
           "<?php class A extends B { public $x = 1 { get => 1; } }",
           "<?php class A extends B { public private(set) int $x { get => 1; } }",
           "<?php class A extends B { public int $x { &get => $this->x; set => $value; } }",
           "<?php abstract class A extends B { abstract public $x { get => 1; } }",
           "<?php class A { function __construct(public int $x = 1 { get => 1; }) {} }",
           "<?php class A { protected protected(set) int $x { get => 1; } }",
           "<?php class A { public $x = 1 { get => new class($this->x) {}; } }",
           "<?php class A { public $x = 1 { get => $this->{'x'}; } }",
       }) {
    EXPECT_TRUE(accepts(source, {8, 4})) << source;
  }
  for (const std::string_view source : {
           "<?php class A { public $x = 1 { get => 1; } }",
           "<?php class A { public $x = 1 { get { $f = fn() => $this->x; return 1; } } }",
           "<?php abstract class A { abstract public $x = 1 { get; } }",
           "<?php class A { public $x { set(&$v) {} } }",
           "<?php class A { public $x { set($v = 1) {} } }",
           "<?php class A { public int $x { set(string $v) {} } }",
           "<?php class A { public int $x { set($v) {} } }",
           "<?php class A { public $x { set(mixed $v) {} } }",
           "<?php class A { public int $x { &get => $this->x; set => $value; } }",
           "<?php class A { final private $x; }",
           "<?php class A { private $x { final get => 1; } }",
           "<?php class A { abstract public $x { get; } }",
           "<?php abstract class A { abstract private $x { get; } }",
           "<?php interface A { protected $x { get; } }",
           "<?php interface A { final public $x { get; } }",
           "<?php interface A { public $x { final get; } }",
           "<?php interface A { public protected(set) int $x { get; } }",
           "<?php class A { protected public(set) int $x; }",
           "<?php class A { function __construct(private public(set) int $x) {} }",
           "<?php class A { public private(set) int $x { get => 1; } }",
           "<?php class A { public int $x { get { yield 1; } } }",
           "<?php class A { public int $x { get { return; } } }",
           "<?php class A { public int $x { set { return 1; } } }",
           "<?php function exit() {}",
       }) {
    EXPECT_FALSE(accepts(source, {8, 4})) << source;
  }
}

TEST(Parse, ConstantsOfPhp85) {
  EXPECT_TRUE(accepts("<?php class A { const X = strlen(...); const Y = A::f(...); const Z = (int) '1'; }", {8, 5}));
  for (const std::string_view source : {
           "<?php class A { const X = static::f(...); }",
           "<?php class A { const X = $x(...); }",
           "<?php const X = (unset) 1;",
           "<?php class A { #[NoDiscard] function __construct() {} }",
           "<?php class A { #[NoDiscard] function __clone() {} }",
           "<?php class A { public $x { #[NoDiscard] get => 1; } }",
       }) {
    EXPECT_FALSE(accepts(source, {8, 5})) << source;
  }
}

TEST(Parse, PipesOfPhp85) {
  EXPECT_TRUE(accepts("<?php $a |> (fn($b) => $b) |> strlen(...);", {8, 5}));
  EXPECT_FALSE(accepts("<?php $a |> fn($b) => $b;", {8, 5}));
}

TEST(Parse, AttributesOfPhp85) {
  for (const std::string_view source : {
           "<?php class A extends B { #[Override] public $b; #[Deprecated] const C = 1; }",
           "<?php #[Deprecated] trait A {}",
           "<?php #[Deprecated] const A = 1;",
           "<?php #[NoDiscard] function f(): int { return 1; }",
           "<?php #[DelayedTargetValidation] #[NoDiscard] class A {}",
           "<?php #[DelayedTargetValidation, Attribute] function f() {}",
       }) {
    EXPECT_TRUE(accepts(source, {8, 5})) << source;
  }
  for (const std::string_view source : {
           "<?php #[Attribute] const A = 1;",
           "<?php #[Deprecated] const A = 1, B = 2;",
           "<?php #[Deprecated] class A {}",
           "<?php #[NoDiscard] class A {}",
           "<?php #[NoDiscard] function f(): never { exit; }",
           "<?php #[DelayedTargetValidation] #[NoDiscard] function f(): void {}",
       }) {
    EXPECT_FALSE(accepts(source, {8, 5})) << source;
  }
}

struct VersionCase {
  const char* source;
  PhpVersion since;
  PhpVersion until = {9, 0};  // the first version that refuses it again
};

// Each is refused before `since` and accepted from then on.
constexpr VersionCase kVersionCases[] = {
    {"<?php $a ?? $b;", {7, 0}},
    {"<?php $a <=> $b;", {7, 0}},
    {"<?php function f(): int { return 1; }", {7, 0}},
    {"<?php use A\\{B, C};", {7, 0}},
    {"<?php new class {};", {7, 0}},
    {"<?php function f(?int $a) {}", {7, 1}},
    {"<?php try {} catch (A | B $e) {}", {7, 1}},
    {"<?php class A { private const B = 1; }", {7, 1}},
    {"<?php f($a,);", {7, 3}},
    {"<?php $a = <<<X\n  b\n  X . 'c';", {7, 3}},
    {"<?php $f = fn($x) => $x;", {7, 4}},
    {"<?php class A { public int $b; }", {7, 4}},
    {"<?php $a ?\?= 1;", {7, 4}},
    {"<?php $a = 1_000;", {7, 4}},
    {"<?php $a?->b;", {8, 0}},
    {"<?php $a = match (1) { default => 2 };", {8, 0}},
    {"<?php f(a: 1);", {8, 0}},
    {"<?php function f(int|string $a) {}", {8, 0}},
    {"<?php class A { function __construct(public $a) {} }", {8, 0}},
    {"<?php $a = $b ?? throw new E;", {8, 0}},
    {"<?php enum A { case B; }", {8, 1}},
    {"<?php enum A: int { case B = 1; case C = 2; }", {8, 1}},
    {"<?php enum A: int { case B = 1; case C = 0x2 - 1; }", {8, 2}},
    {"<?php enum A: string { case B = 'b'; case C = \"b\"; }", {8, 2}},
    {"<?php class A { public readonly int $b; }", {8, 1}},
    {"<?php function f(A&B $a) {}", {8, 1}},
    {"<?php $f = strlen(...);", {8, 1}},
    {"<?php $a = 0o17;", {8, 1}},
    {"<?php class A { final const B = 1; }", {8, 1}},
    {"<?php readonly class A {}", {8, 2}},
    {"<?php function f((A&B)|null $a) {}", {8, 2}},
    {"<?php function f(): null { return null; }", {8, 2}},
    {"<?php trait T { const A = 1; }", {8, 2}},
    {"<?php class A { const int B = 1; }", {8, 3}},
    {"<?php A::{$b};", {8, 3}},
    {"<?php function f() { static $a = g(); }", {8, 3}},
    {"<?php class A { public int $b { get => 1; } }", {8, 4}},
    {"<?php class A { public private(set) int $b; }", {8, 4}},
    {"<?php new A()->b();", {8, 4}},
    {"<?php $a |> f(...);", {8, 5}},
    {"<?php clone($a, []);", {8, 5}},
    {"<?php $a{0};", {5, 6}, {8, 0}},
    {"<?php $a ? 1 : $b ? 2 : 3;", {5, 6}, {8, 0}},
    {"<?php (unset) $a;", {5, 6}, {8, 0}},
    {"<?php class fn {}", {5, 6}, {7, 4}},
    {"<?php class match {}", {5, 6}, {8, 0}},
    {"<?php class enum {}", {5, 6}},
    {"<?php function f() { if (1) { static $a; } else { static $a; } }", {5, 6}, {8, 3}},
    {"<?php static $a; static $a;", {5, 6}, {8, 3}},
    {"<?php function f() { static $a; } function g() { static $a; $f = function () { static $a; }; }", {5, 6}},
    {"<?php list(f()->a, $b->c()[0]) = [1, 2];", {5, 6}},
    {"<?php function str_contains($h, $n) {}", {5, 6}, {8, 0}},
    {"<?php\n#[Deprecated]\nenum A {}", {8, 1}, {8, 4}},
    {"<?php\n#[AllowDynamicProperties]\nenum A {}", {8, 1}, {8, 4}},
    {"<?php\n#[Attribute]\nabstract class A {}", {5, 6}, {8, 5}},
    {"<?php class A {\n#[Override]\nfunction f() {}\n}", {5, 6}, {8, 3}},
    {"<?php interface A {\n#[Override]\nfunction f();\n}", {5, 6}, {8, 3}},
    {"<?php class A extends B {\n#[Override]\nfunction f() {}\n}", {5, 6}},
    {"<?php class A { use B;\n#[Override]\nfunction f() {}\n}", {5, 6}},
    {"<?php class A {\n#[Override]\nfunction __toString() {}\n}", {5, 6}},
    {"<?php namespace A { class B {} } namespace A { use C\\B; }", {8, 4}},
    {"<?php\n#[NoDiscard]\nfunction f(): void {}", {7, 0}, {8, 5}},
    {"<?php\n#[NoDiscard]\nclass A {}", {5, 6}, {8, 5}},
    {"<?php\n#[Attribute]\nfunction f() {}", {5, 6}, {8, 0}},
    {"<?php function Array_First($a) {}", {5, 6}, {8, 5}},
    {"<?php namespace A; function array_first($a) {}", {5, 6}},
    {"<?php if (!function_exists('array_first')) { function array_first($a) {} }", {5, 6}},
    {"<?php function f(): Iterator&Countable { yield 1; }", {8, 1}},
    {"<?php $f = fn&() => $a[];", {7, 4}},
};

TEST(Parse, VersionsDifferWhereTheLanguageDoes) {
  for (const VersionCase& one : kVersionCases) {
    for (const PhpVersion version : kPhpVersions) {
      EXPECT_EQ(accepts(one.source, version), version >= one.since && version < one.until)
          << one.source << " as PHP " << version.text();
    }
  }
}

}  // namespace
}  // namespace banyan::php

// The pure parts: values as text, inputs by type, steps to smaller ones, what a project's text tells, and what can be
// called. The two programs that make the calls are tested end to end (tests/e2e/test_php_verify.py).
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "php_verify/evidence.h"
#include "php_verify/generate.h"
#include "php_verify/language.h"
#include "php_verify/seeds.h"
#include "php_verify/shrink.h"
#include "php_verify/subject.h"

namespace banyan::php {
namespace {

InputValue text(std::string_view bytes) { return InputValue::of_string(bytes); }
InputValue number(std::int64_t value) { return InputValue::of_int(value); }

TEST(Value, IsWrittenForTheHarnessAndForPeople) {
  InputValue map{.kind = ValueKind::kArray, .items = {array_key("12"), text("a;%\n"), array_key("012"), number(-1)}};
  EXPECT_EQ(encoded(map), "ai12;sa%3B%25%0A;s012;i-1;e");
  EXPECT_EQ(readable(encoded(map)), "[12 => \"a;%\\n\", '012' => -1]");
  EXPECT_EQ(readable(encoded(InputValue::list({number(0), InputValue::null()}))), "[0, null]");
  EXPECT_EQ(encoded(InputValue::of_float(-0.0)), "d8000000000000000;");
  EXPECT_EQ(readable(encoded(InputValue::of_float(-0.0))), "-0.0");
  EXPECT_EQ(readable(encoded(InputValue::of_float(1))), "1.0");
  EXPECT_EQ(readable("dNAN;"), "NAN");
  EXPECT_EQ(readable("nShop\\Item;sx;Te"), "new Shop\\Item('x', true)");
}

TEST(Value, KeysThatAreNumbersAreInts) {
  for (const char* const same : {"0", "-5", "9223372036854775807"}) EXPECT_EQ(array_key(same).kind, ValueKind::kInt);
  for (const char* const kept : {"", "-0", "01", "1.5", "9223372036854775808", " 1"}) {
    EXPECT_EQ(array_key(kept).kind, ValueKind::kString) << kept;
  }
}

TEST(Value, AnswersAreShown) {
  EXPECT_EQ(readable_answer("Ri1;\ts;"), "1");
  EXPECT_EQ(readable_answer("Ri1;\tai0;Ne\ti2;\tshi%0A;"), "1; leaves [null]; leaves 2; prints \"hi\\n\"");
  EXPECT_EQ(readable_answer("ETypeError;f%3B;\ts;"), "throws TypeError('f;')");
  EXPECT_EQ(readable("OA;s%00A%00a;Ns%00*%00b;i1;sc;Te"), "A {a: null, b: 1, c: true}");
  EXPECT_EQ(readable_answer("!stopped:charset;\ts;"), "stopped:charset;\ts;");
  EXPECT_EQ(readable("Gi0;sa;ei2;"), "generator ['a'] returning 2");
}

// Each step is smaller, so that making smaller ends, whatever is asked for.
TEST(Shrink, EveryStepHasLessWeight) {
  const std::vector<InputValue> start = {text("hello world"), number(INT64_MIN),
                                         InputValue::of_float(std::numeric_limits<double>::infinity()),
                                         InputValue::list({number(5), InputValue::list({text("ab")})})};
  const auto total = [](const std::vector<InputValue>& values) {
    std::size_t out = values.size();
    for (const InputValue& value : values) out += weight(value);
    return out;
  };
  std::vector<InputValue> at = start;
  for (int i = 0; i < 1000; ++i) {
    const auto steps = simpler(at, 0, 40);
    if (steps.empty()) break;
    EXPECT_LE(steps.size(), 40U);
    for (const auto& step : steps) EXPECT_LT(total(step), total(at));
    at = steps[static_cast<std::size_t>(i) % steps.size()];
  }
  EXPECT_TRUE(at.empty());
}

// As a person would: the least list that holds a number over 9 and a word with an "x".
TEST(Shrink, FindsTheSmallestThatStillFails) {
  std::vector<InputValue> at = {InputValue::list({number(3), number(1000), number(7)}), text("a box of x")};
  const auto fails = [](const std::vector<InputValue>& values) {
    if (values.size() < 2) return false;
    bool large = false;
    for (std::size_t i = 1; i < values[0].items.size(); i += 2) large = large || values[0].items[i].integer > 9;
    return large && values[1].text.find('x') != std::string::npos;
  };
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (const auto& step : simpler(at, 2, 40)) {
      if (!fails(step)) continue;
      at = step;
      smaller = true;
      break;
    }
  }
  EXPECT_EQ(readable(encoded(at[0])), "[10]");
  EXPECT_EQ(readable(encoded(at[1])), "'x'");
}

FileSeeds seeds_of(std::string_view source) { return find_seeds(parse(source, {}), source); }

TEST(Seeds, LiteralArgumentsOfCallsAreInputs) {
  const FileSeeds seeds =
      seeds_of("<?php $a = \\Shop\\f(1, -2.5, 'x', [1, 'k' => [true]]); $o->m(null); g($a); h(...[1]);");
  ASSERT_EQ(seeds.calls.size(), 2U);
  EXPECT_EQ(seeds.calls[0].name, "f");
  EXPECT_EQ(readable(encoded(InputValue::list(seeds.calls[0].arguments))), "[1, -2.5, 'x', [1, 'k' => [true]]]");
  EXPECT_EQ(seeds.calls[1].name, "m");
  EXPECT_EQ(seeds.literals.size(), 8U);  // 1, 2.5, 'x', 1, 'k', true, null, and the 1 of h()
}

TEST(Seeds, RowsOfDataProvidersAreInputs) {
  const FileSeeds seeds = seeds_of(R"(<?php class T {
    /** @dataProvider rows */
    function testIt(string $word, int $n, $expected) { $this->assertSame($expected, Text::repeat($word, $n, true)); }
    #[DataProvider('yielded')]
    function testThat($a) { that($a); }
    static function rows() { return [['a', 2, 'aa'], 'named' => ['b', 0, '']]; }
    static function yielded() { yield [5]; yield 'x' => [6]; }
  })");
  std::string all;
  for (const SeedCall& call : seeds.calls) all += call.name + readable(encoded(InputValue::list(call.arguments))) + " ";
  EXPECT_EQ(all, "repeat['a', 2, true] repeat['b', 0, true] that[5] that[6] ");
}

class Called : public testing::Test {
 protected:
  void read(const std::string& source) {
    source_ = source;
    project_.set_file("a.php", source);
    project_.analyze();
    conversion_ = convert_to_go("/a.php", source_, {});
    subjects_ = find_subjects(project_.facts(), "a.php", conversion_, 0);
  }
  const FunctionDeclaration& declared(std::size_t i) const {
    return project_.facts().at(subjects_[i].function).declaration();
  }

  std::string source_;
  Project project_;
  Conversion conversion_;
  std::vector<Subject> subjects_;
};

TEST_F(Called, WhatNeedsMoreThanArgumentsIsNotCalled) {
  read(R"(<?php
    function plain(int $a) { return $a; }
    function now() { return time(); }
    function through() { return now(); }
    function reads() { return file_exists('x'); }
    function dice() { return mt_rand(); }
    function of_request() { return $_GET['a']; }
    function evaluates($c) { return eval($c); }
    function dated(DateTimeZone $z) { return 1; }
    abstract class A { abstract function f(); }
    class B { private function __construct() {} function m() {} static function s() { return 1; } }
  )");
  std::string all;
  for (const Subject& one : subjects_) all += one.converted->name + ":" + one.not_run + "\n";
  EXPECT_EQ(all,
            "plain:\nnow:effect:time\nthrough:effect:time\nreads:effect:file-read\ndice:effect:random\n"
            "of_request:effect:superglobal-read\nevaluates:refused\ndated:argument:DateTimeZone\nA::f:abstract-class\n"
            "B::__construct:constructor\nB::m:constructor\nB::s:\n");
  EXPECT_EQ(subjects_[2].why, "through now");
}

TEST_F(Called, LinesOfCallsSayReferencesAndObjects) {
  read(
      "<?php namespace N; function f($a, &$b, &...$c) {} class K { function __construct(int $n) {} function m() {} "
      "static function s($x) {} }");
  const Facts& facts = project_.facts();
  EXPECT_EQ(call_line(facts, subjects_[0], "", {number(1), number(2), number(3)}), "F\tN\\f\ti1;\t&i2;\t&i3;");
  EXPECT_EQ(call_line(facts, subjects_[2], "nN\\K;i1;e", {}), "M\tN\\K\tm\tnN\\K;i1;e");
  EXPECT_EQ(call_line(facts, subjects_[3], "", {text("")}), "S\tN\\K\ts\ts;");
  const InputValue object{.kind = ValueKind::kNew, .text = "N\\K", .items = {number(1)}};
  EXPECT_EQ(readable_call(facts, subjects_[2], object, {}), "(new N\\K(1))->m()");
}

TEST_F(Called, InputsAreOfTheTypesAndTheSameForTheSameSeed) {
  read(R"(<?php
    /** @param list<int> $list
        @param array{id: int, name?: string} $row
        @param 'up'|'down' $way */
    function f(array $list, array $row, string $way, ?float $rate, callable $call, Suit $suit, iterable $all = []) {}
    enum Suit { case Hearts; case Spades; })");
  Generator first(project_.facts(), 7), second(project_.facts(), 7), other(project_.facts(), 8);
  std::size_t lists = 0, ids = 0, ways = 0, suits = 0, differs = 0;
  for (int i = 0; i < 300; ++i) {
    const std::vector<InputValue> made = first.arguments(declared(0));
    ASSERT_EQ(made, second.arguments(declared(0)));
    differs += made != other.arguments(declared(0)) ? 1 : 0;
    ASSERT_GE(made.size(), 6U);
    bool ints = made[0].kind == ValueKind::kArray;
    for (std::size_t k = 1; k < made[0].items.size(); k += 2) ints = ints && made[0].items[k].kind == ValueKind::kInt;
    lists += ints ? 1 : 0;
    ids += !made[1].items.empty() && made[1].items[0] == text("id") ? 1 : 0;
    ways += made[2] == text("up") || made[2] == text("down") ? 1 : 0;
    suits += made[5].kind == ValueKind::kCase ? 1 : 0;
  }
  EXPECT_GT(differs, 290U);
  for (const std::size_t count : {lists, ids, suits}) EXPECT_GT(count, 250U);
  EXPECT_GT(ways, 200U);
}

TEST_F(Called, TamerInputsAreSmaller) {
  read("<?php function f(int $n) {}");
  Generator generator(project_.facts(), 1);
  generator.set_wildness(Wildness::kTiny);
  for (int i = 0; i < 500; ++i) {
    for (const InputValue& one : generator.arguments(declared(0))) {
      if (one.kind == ValueKind::kInt) EXPECT_LE(std::abs(one.integer), 20);
    }
  }
}

// From one value of a type many others are reached, and none that is of another type.
TEST_F(Called, StepsAwayAreOfTheTypes) {
  read(R"(<?php
    /** @param int<0, 9> $digit
        @param 'up'|'down' $way
        @param array{id: int} $row */
    function f(int $n, int $digit, float $rate, string $text, array $list, string $way, array $row, ?bool $b, K $k) {}
    class K { function __construct(public int $n) {} })");
  const InputValue row{.kind = ValueKind::kArray, .items = {text("id"), number(7)}};
  const std::vector<InputValue> start = {number(100),
                                         number(5),
                                         InputValue::of_float(1.5),
                                         text("abc"),
                                         InputValue::list({number(1), text("x")}),
                                         text("up"),
                                         row,
                                         InputValue::null(),
                                         {.kind = ValueKind::kNew, .text = "K", .items = {number(1)}}};
  Generator generator(project_.facts(), 1);
  std::vector<std::set<std::string>> reached(start.size());
  std::vector<InputValue> at = start;
  for (int i = 0; i < 4000; ++i) {
    generator.vary(declared(0), at);
    ASSERT_EQ(at.size(), start.size());
    for (std::size_t k = 0; k < at.size(); ++k) {
      ASSERT_EQ(at[k].kind, start[k].kind);
      reached[k].insert(encoded(at[k]));
    }
    ASSERT_TRUE(at[1].integer >= 0 && at[1].integer <= 9);
    ASSERT_EQ(at[6].items.size(), 2U);
    ASSERT_EQ(at[6].items[0], text("id"));
    ASSERT_FALSE(at[4].items.empty());
    if (i % 8 == 7) at = start;
  }
  for (const std::size_t k : {0U, 2U, 3U, 4U}) EXPECT_GT(reached[k].size(), 50U) << k;
  EXPECT_GT(reached[1].size(), 5U);
  EXPECT_EQ(reached[5].size(), 1U);
  EXPECT_GT(reached[6].size(), 5U);
  EXPECT_EQ(reached[7].size(), 1U);
  EXPECT_GT(reached[8].size(), 5U);
}

TEST_F(Called, WhatIsOfAWrongTypeIsNotVaried) {
  read("<?php function f(int $n) {}");
  Generator generator(project_.facts(), 1);
  std::vector<InputValue> arguments = {InputValue::of_float(3), text("surplus")};
  const std::vector<InputValue> given = arguments;
  for (int i = 0; i < 100; ++i) generator.vary(declared(0), arguments);
  EXPECT_EQ(arguments, given);
}

// The ends of the range are no obstacle.
TEST_F(Called, StepsAwayFromAnyIntegerStayInTheRange) {
  read("<?php function f(int $n) {}");
  Generator generator(project_.facts(), 1);
  for (const std::int64_t start : {INT64_MIN, INT64_MAX, std::int64_t{0}, std::int64_t{-1}}) {
    std::set<std::int64_t> reached;
    for (int i = 0; i < 200; ++i) {
      std::vector<InputValue> one = {number(start)};
      generator.vary(declared(0), one);
      reached.insert(one[0].integer);
    }
    EXPECT_GT(reached.size(), 10U) << start;
  }
}

TEST(LoadOrder, AncestorsAndCalledFunctionsComeFirst) {
  Project project;
  project.set_file("a.php", "<?php class A extends B { function m() { return helper(1); } }");
  project.set_file("b.php", "<?php class B implements C {}");
  project.set_file("c.php", "<?php interface C {}");
  project.set_file("d.php", "<?php function helper($x) { return $x; }");
  project.set_file("e.php", "<?php class Other {}");
  const Facts& facts = project.analyze();
  std::string all;
  for (const FileId id : load_order(facts, facts.find_file("a.php"))) all += facts.at(id).path + " ";
  EXPECT_EQ(all, "c.php b.php d.php a.php ");
}

TEST(Workspace, LinesOfFunctions) {
  const std::string go = "package main\n\nfunc f(a int) int {\n\tif a > 0 {\n\t}\n}\n\nfunc ff() {\n}\n";
  EXPECT_EQ(kGo.lines(go, "f"), std::pair(3U, 6U));
  EXPECT_EQ(kGo.lines(go, "ff"), std::pair(8U, 9U));
  EXPECT_EQ(kGo.lines(go, "g"), std::pair(0U, 0U));
  const std::string cpp =
      "namespace a {\n\nstd::int64_t f(bool);\n\nstd::int64_t f(bool b) {\n  if (b) {\n  }\n}\n\nvoid ff() {\n}\n";
  EXPECT_EQ(kCpp.lines(cpp, "f"), std::pair(5U, 8U));
  EXPECT_EQ(kCpp.lines(cpp, "ff"), std::pair(10U, 11U));
  EXPECT_EQ(kCpp.lines(cpp, "g"), std::pair(0U, 0U));
}

TEST(Workspace, WhatCompilersSayBelongsToFiles) {
  const std::vector<Said> go =
      said_of_files("# verified/p1\n./p1/main.go:7:2: no\nvet: p0/main.go:3:1: odd\n", 2, "/main.go");
  ASSERT_EQ(go.size(), 2U);
  EXPECT_EQ(go[0].file, 1U);
  EXPECT_EQ(go[0].line, 7U);
  EXPECT_EQ(go[1].message, "odd");
  const std::vector<Said> cpp = said_of_files(
      "In file included from /w/p1.cpp:4:\n/w/p1.cpp:9:3: error: no x\n/w/p7.cpp:1:1: error: y\n", 2, ".cpp");
  ASSERT_EQ(cpp.size(), 1U);
  EXPECT_EQ(cpp[0].line, 9U);
  EXPECT_EQ(cpp[0].message, "error: no x");
}

TEST(Evidence, ThePageHoldsNothingThatEndsItsData) {
  Evidence evidence;
  evidence.files.push_back({.path = "a.php", .text = "<?php\nfunction f() { return '</script><!--'; }\n"});
  evidence.functions.push_back({.name = "f", .state = VerifyState::kEqual, .line = 2, .end_line = 2});
  const std::string page = evidence_page(evidence);
  EXPECT_EQ(page.find("</script><!--"), page.npos);
  EXPECT_NE(page.find("\\u003c/script>\\u003c!--"), page.npos);
  EXPECT_NE(evidence_json(evidence).find("\"source\":\"function f() { return '</script><!--'; }\\n\""),
            std::string::npos);
}

}  // namespace
}  // namespace banyan::php

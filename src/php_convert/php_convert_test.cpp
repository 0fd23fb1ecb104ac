// The Go source of the programs under testdata/programs, which tests/e2e/test_php_convert.py also runs beside PHP; and
// what is refused.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "php_convert/convert.h"
#include "php_convert/cpp_names.h"
#include "php_convert/go_names.h"
#include "php_convert/module.h"
#include "php_convert/runtime_files.h"
#include "php_convert/runtime_table.h"

namespace banyan::php {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

Conversion converted(std::string_view code) { return convert_to_go("/app/a.php", code, {}); }

std::string reasons(std::string_view code) {
  std::string out;
  for (const ConvertedFunction& one : converted(code).functions) {
    for (const ConversionReason& reason : one.reasons) {
      out += one.name + ":" + std::to_string(reason.line) + ":" + reason.code + " ";
    }
  }
  return out;
}

// BANYAN_UPDATE=1 in the environment writes what is expected anew.
class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, SaysTheSameGo) {
  const std::string base = std::string(BANYAN_TESTDATA) + "/programs/" + GetParam();
  const Conversion done = convert_to_go(std::string("/app/") + GetParam() + ".php", read(base + ".php"), {});
  for (const ConvertedFunction& one : done.functions) {
    EXPECT_NE(one.state, ConversionState::kRefused) << one.name << ": " << one.reasons[0].code;
  }
  if (std::getenv("BANYAN_UPDATE") != nullptr) std::ofstream(base + ".go.txt", std::ios::binary) << done.go;
  EXPECT_EQ(done.go, read(base + ".go.txt"));
}

class CppGolden : public testing::TestWithParam<const char*> {};

TEST_P(CppGolden, SaysTheSameCpp) {
  const std::string base = std::string(BANYAN_TESTDATA) + "/programs/" + GetParam();
  ConvertOptions options;
  options.package = std::string("php_") + GetParam();
  const Conversion done = convert_to_cpp(std::string("/app/") + GetParam() + ".php", read(base + ".php"), options);
  for (const ConvertedFunction& one : done.functions) {
    EXPECT_NE(one.state, ConversionState::kRefused) << one.name << ": " << one.reasons[0].code;
  }
  if (std::getenv("BANYAN_UPDATE") != nullptr) std::ofstream(base + ".cpp.txt", std::ios::binary) << done.cpp;
  EXPECT_EQ(done.cpp, read(base + ".cpp.txt"));
}

INSTANTIATE_TEST_SUITE_P(Programs, Golden,
                         testing::Values("scalars", "arrays", "control", "functions", "classes", "generators",
                                         "references", "sharing", "callables", "scopes", "enums", "delegation",
                                         "arguments", "orders", "offsets", "passing", "nested", "changes", "binding",
                                         "numbers", "unsets", "supers", "inside", "results", "commandline", "variadics",
                                         "aliases", "updates", "containers", "complaints", "lines", "properties",
                                         "texts", "keys", "parts", "patterns", "assertions", "members", "throwables",
                                         "formats", "serialized", "elements", "arithmetic", "streams", "dates"));

// All but "scopes", which has sscanf() with variables and array_multisort().
INSTANTIATE_TEST_SUITE_P(Programs, CppGolden,
                         testing::Values("scalars", "arrays", "control", "functions", "classes", "generators",
                                         "references", "sharing", "callables", "enums", "delegation", "arguments",
                                         "nested", "unsets", "inside", "results", "commandline", "variadics", "aliases",
                                         "updates", "containers", "complaints", "lines", "properties", "texts", "keys",
                                         "parts", "patterns", "assertions", "members", "throwables", "formats",
                                         "serialized", "elements", "arithmetic", "streams", "dates"));

TEST(Convert, GivesTheSameBytesForTheSameSource) {
  const std::string source = read(std::string(BANYAN_TESTDATA) + "/programs/classes.php");
  EXPECT_EQ(converted(source).go, converted(source).go);
}

// Each level is printed once: 40 of them, each printed twice by the one around it, would not end.
TEST(Convert, PrintsObjectsWithinObjectsOnce) {
  std::string source = "<?php class A { function __construct(public $x) {} } var_dump(";
  for (int i = 0; i < 40; ++i) source += "new A(";
  source += "f()" + std::string(40, ')') + ");";
  const std::string go = converted(source).go;
  std::size_t made = 0;
  for (std::size_t at = go.find("php.NewWith("); at != std::string::npos; at = go.find("php.NewWith(", at + 1)) ++made;
  EXPECT_EQ(made, 40U);
}

TEST(Convert, RefusesWhatItCannotDoFaithfully) {
  EXPECT_EQ(reasons("<?php\nfunction f($c) { eval($c); }\n"), "f:2:eval ");
  EXPECT_EQ(reasons("<?php\n\n$$a = &$b;\n"), "{file}:3:variable-variable ");
  EXPECT_EQ(reasons("<?php\nenum A { case B; }\nfunction f($v = A::B?->name) {}\nf();"), "{file}:3:default-nullsafe ");
  EXPECT_EQ(reasons("<?php\ngoto a;\na:\necho 1;\n"), "{file}:2:goto ");
  EXPECT_EQ(reasons("<?php\ninclude 'b.php';\n"), "{file}:2:include ");
  EXPECT_EQ(reasons("<?php metaphone($a);"), "{file}:1:builtin-missing:metaphone ");
  EXPECT_EQ(reasons("<?php get_defined_constants(true)['user'];"), "{file}:1:builtin-missing:get_defined_constants ");
  EXPECT_EQ(reasons("<?php $GLOBALS['a'] = &$b;"), "{file}:1:globals-reference ");
  EXPECT_EQ(reasons("<?php class A { function __destruct() {} }"), "{file}:1:destructor ");
  EXPECT_EQ(reasons("<?php $f->bindTo(newThis: null);"), "{file}:1:closure-bind ");
  EXPECT_EQ(reasons("<?php $f = fn (self $a) => $f->call($a);"), "{file}:1:closure-bind ");
  EXPECT_EQ(reasons("<?php $a[] = [&$x] = $x;"), "{file}:1:list-reference ");
  EXPECT_EQ(reasons("<?php function f(&$a) {} f(func_get_args()[0]);"), "{file}:1:reference-argument ");
  EXPECT_EQ(reasons("<?php spl_autoload_register('load');\n"
                    "class A { function f(X $x) {} }\nclass B extends A { function f(object $x) {} }"),
            "{file}:3:autoload-types ");
  EXPECT_EQ(reasons("<?php echo"), "{file}:1:syntax ");
  EXPECT_EQ(reasons("<?php echo 1 ?>\n<? echo 2 ?>"), "{file}:2:short-open-tag ");
  EXPECT_EQ(reasons("<?xml version=\"1.0\"?>\n<?php echo 1;"), "");
}

TEST(Convert, LetsTheRuntimeCoerceWhatALaterArgumentMayForestall) {
  const std::string go = converted("<?php function f($a) { return str_repeat($a, strlen($a)); }").go;
  EXPECT_NE(go.find("php.CallNamed(\"str_repeat\", "), std::string::npos) << go;
  const std::string typed = converted("<?php function f(string $a) { return str_repeat($a, strlen($a)); }").go;
  EXPECT_NE(typed.find("php.StrRepeat(a, len(a))"), std::string::npos) << typed;
}

TEST(Convert, LendsArraysToBuiltinsThatOnlyRead) {
  const std::string go = converted("<?php function f(array $a, $b) { return in_array(1, $a) ? count($b) : 0; }").go;
  EXPECT_NE(go.find("php.InArray(1, a, false)"), std::string::npos) << go;
  EXPECT_NE(go.find("php.Count(b, 0)"), std::string::npos) << go;
  const std::string later =
      converted("<?php function g() { return true; } function f($a) { return in_array(1, $a, g()); }").go;
  EXPECT_NE(later.find("php.Copy(a), g()"), std::string::npos) << later;
}

TEST(Convert, KeepsTheReferenceThatATypedFunctionReturns) {
  const std::string go = converted("<?php function &f(): array { static $a = []; return $a; }").go;
  EXPECT_NE(go.find("return php.CheckResultRef(a, \"array\", \"f\")"), std::string::npos) << go;
}

TEST(Convert, ReadsAVariableBeforeALaterArgumentChangesIt) {
  const std::string go = converted("<?php function f() { $i = 1; return max($i, $i++); }").go;
  EXPECT_NE(go.find("php.Max(php.Now(i), php.Replace(&i, i+1))"), std::string::npos) << go;
}

TEST(Convert, TakesABuiltinThatGivesNothingForNull) {
  const std::string go = converted("<?php function f($a) { return var_dump($a) . 'x'; }").go;
  EXPECT_NE(go.find("php.ToString(php.Void(func() { php.VarDump("), std::string::npos) << go;
}

TEST(Convert, CallsWhatADescendantElsewhereMayOverrideByName) {
  constexpr std::string_view kSource =
      "<?php class A { function f() { return $this->g(); } function g() { return 1; } }";
  EXPECT_NE(convert_to_go("/app/a.php", kSource, {}).go.find("ag(this)"), std::string::npos);
  const std::string shared = convert_to_go("/app/a.php", kSource, {.is_alone = false}).go;
  EXPECT_NE(shared.find("php.CallMethodIn(php.Self(this), \"g\", classA)"), std::string::npos) << shared;
}

TEST(Convert, RefersToWhatIsPassedToAReferenceElsewhere) {
  const std::vector<std::string> takers = reference_takers(
      "<?php namespace N; function fill(&$a) {} class P { function match($a, &$b) {} function by() {} }", {});
  EXPECT_EQ(takers, (std::vector<std::string>{"fill", "match"}));
  const std::string go =
      convert_to_go("/app/a.php", "<?php function f() { fill($x); P::match(1, $y); return [$x, $y]; }",
                    {.is_alone = false, .reference_takers = takers})
          .go;
  EXPECT_NE(go.find("php.Perhaps(x, \"x\")"), std::string::npos) << go;
  EXPECT_NE(go.find("php.Perhaps(y, \"y\")"), std::string::npos) << go;
}

// What is called only the running program knows: it may make a variable that nothing before the call names.
TEST(Convert, HandsNewVariablesToWhatIsComputed) {
  constexpr std::string_view kSource =
      "<?php function f($call, $a) { $call($a, $made, 1); $b = 1; $call($b); return fn() => $call($made); }";
  const std::string go = converted(kSource).go;
  EXPECT_NE(go.find("php.Perhaps(made, \"made\")"), std::string::npos) << go;
  EXPECT_NE(go.find("php.CallValue(call, b)"), std::string::npos) << go;
  EXPECT_EQ(go.find("php.NewRef(a"), std::string::npos) << go;
  const std::string cpp = convert_to_cpp("/app/a.php", kSource, {}).cpp;
  EXPECT_NE(cpp.find("php::perhaps(made, \"made\")"), std::string::npos) << cpp;
}

TEST(Convert, CountsWithNativeIntsAndWidensSums) {
  const std::string go =
      converted("<?php function f(int $n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += $i; } return $s; }").go;
  EXPECT_NE(go.find("i := 0"), std::string::npos) << go;
  EXPECT_NE(go.find("i++"), std::string::npos) << go;
  EXPECT_NE(go.find("s = s.Add(php.Int(i))"), std::string::npos) << go;
}

TEST(Convert, SaysWhichLinesAreWhich) {
  const Conversion done = converted("<?php\n\n\necho 'here';\n");
  ASSERT_FALSE(done.lines.empty());
  std::size_t line = 1;
  std::size_t at = 0;
  while (line < done.lines.back().first) {
    at = done.go.find('\n', at) + 1;
    ++line;
  }
  EXPECT_EQ(done.lines.back().second, 4U);
  EXPECT_EQ(done.go.substr(at, 18), "\tphp.Echo(\"here\")\n");
}

TEST(Convert, HandsPlacesToFunctionsThatFillThemInCpp) {
  const Conversion done =
      convert_to_cpp("/app/a.php", "<?php function f() { sscanf('1 2', '%d %d', $a, $b['x']); return [$a, $b]; }", {});
  EXPECT_FALSE(done.refused());
  EXPECT_NE(done.cpp.find("php::sscanf(\"1 2\", \"%d %d\", {a, php::index_place(b, \"x\")});"), std::string::npos)
      << done.cpp;
}

TEST(Convert, SaysTheSourceOfEachFunctionInCpp) {
  const std::string cpp = convert_to_cpp("/app/a.php", "<?php declare(strict_types=1); function f($source) {}", {}).cpp;
  EXPECT_NE(cpp.find("constexpr php::Source source{\"/app/a.php\", true};"), std::string::npos) << cpp;
  EXPECT_NE(cpp.find("php::Value source_"), std::string::npos) << cpp;
  EXPECT_NE(cpp.find("const php::Frame frame(source);"), std::string::npos) << cpp;
}

TEST(Convert, RefusesOperandsThatChangeEachOtherInCpp) {
  const auto reasons_of = [](std::string_view source) {
    const Conversion done = convert_to_cpp("/app/a.php", source, {});
    return done.functions[0].reasons.empty() ? "" : done.functions[0].reasons[0].code;
  };
  EXPECT_EQ(reasons_of("<?php $i = 5; echo $i++ + ++$i;"), "cpp-missing:operand-order");
  EXPECT_EQ(reasons_of("<?php $i = 5; echo $i * ($i = 3);"), "cpp-missing:operand-order");
  EXPECT_EQ(reasons_of("<?php $i = 5; $j = 1; echo $j + ($i = 3);"), "");
}

TEST(Convert, WritesNativeTypesInCpp) {
  const std::string cpp =
      convert_to_cpp("/app/a.php", "<?php function f(int $n) { for ($i = 0; $i < $n; $i++) { echo $i; } }", {}).cpp;
  EXPECT_NE(cpp.find("void f([[maybe_unused]] std::int64_t n)"), std::string::npos) << cpp;
  EXPECT_NE(cpp.find("for (std::int64_t i = 0; i < n; ++i) {"), std::string::npos) << cpp;
}

TEST(Names, AreThoseOfCpp) {
  EXPECT_EQ(cpp_name("userName"), "user_name");
  EXPECT_EQ(cpp_name("URLPath"), "url_path");
  EXPECT_EQ(cpp_name("App\\find"), "app_find");
  EXPECT_EQ(cpp_operation("StrReplace"), "str_replace");
  EXPECT_EQ(cpp_operation("Union"), "array_union");
}

TEST(Names, AreThoseOfGo) {
  EXPECT_EQ(go_name("user_name"), "userName");
  EXPECT_EQ(go_name("URLPath"), "urlPath");
  EXPECT_EQ(go_name("App\\find"), "appFind");
  EXPECT_EQ(go_name("1st"), "v1st");
  EXPECT_TRUE(is_taken_in_go("range"));
  EXPECT_FALSE(is_taken_in_go("ranges"));
}

TEST(Module, KeepsWhatWasEdited) {
  std::vector<ConvertedFile> files;
  files.push_back({"a.php", "main.go", converted("<?php echo 1;")});
  const auto made = module_files(files, "shop");
  ASSERT_TRUE(made.ok());
  std::map<std::string, std::string> disk;
  const auto on_disk = [&](const std::string& path) -> std::optional<std::string> {
    const auto it = disk.find(path);
    return it == disk.end() ? std::nullopt : std::optional(it->second);
  };
  EXPECT_TRUE(edited_files(*made, on_disk).empty());
  for (const ModuleFile& one : *made) disk[one.path] = one.content;
  files[0].conversion = converted("<?php echo 2;");
  const auto again = module_files(files, "shop");
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(edited_files(*again, on_disk).empty());
  disk["main.go"] += "// mine\n";
  EXPECT_EQ(edited_files(*again, on_disk), std::vector<std::string>{"main.go"});
  disk.erase(std::string(kManifestName));
  disk["main.go"] = "package main\n";
  EXPECT_EQ(edited_files(*again, on_disk), std::vector<std::string>{"main.go"});
}

TEST(Module, NamesFoldersAndModules) {
  EXPECT_EQ(go_paths({"x/a.php"}), std::vector<std::string>{"main.go"});
  const std::vector<std::string> both = go_paths({"x/a_b.php", "y/ab.php"});
  EXPECT_EQ(both, (std::vector<std::string>{"ab/main.go", "ab2/main.go"}));
  EXPECT_EQ(module_name("out/My-Shop/"), "my-shop");
  EXPECT_EQ(module_name("/"), "converted");
}

TEST(Runtime, IsInTheProgram) {
  const auto files = runtime_files();
  EXPECT_TRUE(std::any_of(files.begin(), files.end(), [](const auto& one) { return one.path == "php/array.go"; }));
  const RuntimeFunction* implode = go_runtime_table().find("implode");
  ASSERT_NE(implode, nullptr);
  EXPECT_EQ(implode->target, "Implode");
  EXPECT_EQ(go_runtime_table().find("no_such_function"), nullptr);
}

Conversion mounted(std::string_view code) {
  ConvertOptions options;
  options.package = "php_index";
  options.is_alone = false;
  options.is_mounted = true;
  return convert_to_cpp("/app/index.php", code, options);
}

TEST(Mount, FilesIncludeEachOtherAndShareTheirVariables) {
  const Conversion done =
      mounted("<?php $a = 1; $b = require_once __DIR__ . '/b.php'; header('X-A: ' . $a); return $b;");
  EXPECT_FALSE(done.refused());
  EXPECT_NE(done.cpp.find("php::include_here("), std::string::npos) << done.cpp;
  EXPECT_NE(done.cpp.find(", \"require_once\", {\"a\", \"b\"})"), std::string::npos) << done.cpp;
  EXPECT_NE(done.cpp.find("php::Ref a = php::file_variable(\"a\");"), std::string::npos) << done.cpp;
  EXPECT_NE(done.cpp.find("php::call_undefined(\"header\""), std::string::npos) << done.cpp;
  EXPECT_NE(done.cpp.find("php::file_returns("), std::string::npos) << done.cpp;
}

TEST(Mount, ClassesAreOfEachThread) {
  const Conversion done = mounted("<?php class A { public static $n = 0; }");
  EXPECT_NE(done.cpp.find("thread_local php::Class class_a(\"A\");"), std::string::npos) << done.cpp;
  EXPECT_NE(done.cpp.find("thread_local const bool described"), std::string::npos) << done.cpp;
}

TEST(Mount, WhatAFunctionIncludesSeesItsVariables) {
  const Conversion done = mounted("<?php function f($a) { return include $a; }");
  EXPECT_FALSE(done.refused());
  EXPECT_NE(done.cpp.find("php::include_in(scope, "), std::string::npos) << done.cpp;
  EXPECT_NE(done.cpp.find("scope.bind(\"a\", a);"), std::string::npos) << done.cpp;
}

TEST(Mount, AFileThatMayHaveTheObjectOfAMethodIsRefused) {
  const Conversion done = mounted("<?php echo $this->title;");
  EXPECT_TRUE(done.refused());
  EXPECT_EQ(done.functions[0].reasons.at(0).code, "include-this");
}

TEST(Mount, TheProjectIsOneProgramOfAllFiles) {
  std::vector<ConvertedFile> files;
  files.push_back({"public/index.php", "index.cpp", mounted("<?php echo 1;"), "/app/public/index.php"});
  files.push_back({"b.php", "b.cpp", mounted("<?php"), "/app/b.php"});
  const std::vector<ModuleFile> out =
      mount_files(files, {.name = "app", .document_root = "/app/public", .routes = {{"GET", "/a/:id"}}});
  std::string main;
  std::string cmake;
  for (const ModuleFile& one : out) {
    if (one.path == "main.cpp") main = one.content;
    if (one.path == "CMakeLists.txt") cmake = one.content;
  }
  EXPECT_NE(main.find("{\"/app/public/index.php\", &php_index::script},"), std::string::npos) << main;
  EXPECT_NE(main.find("{\"GET\", \"/a/:id\"},"), std::string::npos) << main;
  EXPECT_NE(main.find(".script_name = \"/index.php\","), std::string::npos) << main;
  EXPECT_NE(cmake.find("add_executable(app main.cpp index.cpp b.cpp)"), std::string::npos) << cmake;
  EXPECT_NE(cmake.find("target_link_libraries(app PRIVATE banyan_php_mount)"), std::string::npos) << cmake;
}

}  // namespace
}  // namespace banyan::php

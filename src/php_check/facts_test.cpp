// Facts of every construct, as files: PHP between lines "--- PATH", a line "=====", and the facts as text.
// BANYAN_UPDATE=1 writes what comes out, for review as a diff.
#include "php_check/facts.h"

#include <dirent.h>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "php_check/facts_dump.h"

namespace banyan::php {
namespace {

constexpr std::string_view kDivider = "=====\n";

std::string read_file(const std::string& path) {
  std::string bytes;
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  char buffer[65536];
  std::size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, file)) > 0) bytes.append(buffer, n);
  std::fclose(file);
  return bytes;
}

struct GoldenCase {
  std::string path;
  std::string source;  // with the lines that divide it into files
  std::string expected;
};

std::vector<GoldenCase> golden_cases() {
  std::vector<GoldenCase> cases;
  const std::string folder = std::string(BANYAN_TESTDATA) + "/golden";
  DIR* const entries = opendir(folder.c_str());
  while (dirent* const entry = entries != nullptr ? readdir(entries) : nullptr) {
    if (entry->d_name[0] == '.') continue;
    GoldenCase one;
    one.path = folder + "/" + entry->d_name;
    const std::string text = read_file(one.path);
    const std::size_t divider = std::min(text.rfind(kDivider), text.size());
    one.source = text.substr(0, divider);
    one.expected = divider == text.size() ? "" : text.substr(divider + kDivider.size());
    cases.push_back(one);
  }
  if (entries != nullptr) closedir(entries);
  std::sort(cases.begin(), cases.end(), [](const GoldenCase& a, const GoldenCase& b) { return a.path < b.path; });
  return cases;
}

void set_files(Project& project, const std::string& text) {
  std::string path = "a.php";
  std::string content;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size() - 1) + 1;
    const std::string line = text.substr(from, end - from);
    from = end;
    if (!line.starts_with("--- ")) {
      content += line;
      continue;
    }
    if (!content.empty()) project.set_file(path, content);
    content.clear();
    path = line.substr(4, line.size() - 5);
  }
  project.set_file(path, content);
}

std::string facts_of(const std::string& text, std::size_t threads = 1) {
  Project project({.threads = threads});
  set_files(project, text);
  return dump_facts(project.analyze());
}

TEST(Facts, EveryConstructHasItsFacts) {
  const std::vector<GoldenCase> cases = golden_cases();
  ASSERT_GE(cases.size(), 12u);
  for (const GoldenCase& one : cases) {
    const std::string actual = facts_of(one.source);
    if (std::getenv("BANYAN_UPDATE") != nullptr) {
      std::FILE* const file = std::fopen(one.path.c_str(), "wb");
      ASSERT_NE(file, nullptr) << one.path;
      const std::string text = one.source + std::string(kDivider) + actual;
      std::fwrite(text.data(), 1, text.size(), file);
      std::fclose(file);
      continue;
    }
    EXPECT_EQ(one.expected, actual) << one.path;
  }
}

// All the cases as one code base, each in a folder of its own.
void set_all(Project& project) {
  for (const GoldenCase& one : golden_cases()) {
    const std::string name = one.path.substr(one.path.rfind('/') + 1);
    project.set_file(name + ".php", one.source);
  }
}

TEST(Facts, AreTheSameForAnyNumberOfThreads) {
  std::vector<std::string> dumps;
  for (const std::size_t threads : {1U, 2U, 7U}) {
    Project project({.threads = threads});
    set_all(project);
    dumps.push_back(dump_facts(project.analyze()));
  }
  EXPECT_EQ(dumps[0], dumps[1]);
  EXPECT_EQ(dumps[0], dumps[2]);
}

// Whatever was analysed before: after each change the facts are those of a project that never knew another state.
TEST(Facts, AreTheSameWithAndWithoutAPast) {
  Project kept({.threads = 2});
  set_all(kept);
  kept.analyze();
  std::mt19937 random(7);
  std::vector<std::pair<std::string, std::string>> files;
  for (const GoldenCase& one : golden_cases()) {
    files.emplace_back(one.path.substr(one.path.rfind('/') + 1) + ".php", one.source);
  }
  for (int i = 0; i < 60; ++i) {
    auto& [path, content] = files[random() % files.size()];
    const std::size_t at = content.rfind("<?php");
    const std::size_t line = content.find('\n', content.size() * (random() % 100) / 100);
    if (random() % 3 == 0 && at != std::string::npos) {
      content += "\nfunction added_" + std::to_string(i) + "(int $a) { return show($a) . $_GET['x']; }\n";
    } else if (line != std::string::npos) {
      content.erase(line, 1 + random() % 30);
    }
    kept.set_file(path, content);
    Project fresh;
    for (const auto& [name, text] : files) fresh.set_file(name, text);
    ASSERT_EQ(dump_facts(kept.analyze()), dump_facts(fresh.analyze())) << "after change " << i << " of " << path;
  }
}

TEST(Facts, FilesComeAndGo) {
  Project project;
  project.set_file("a.php", "<?php function f() { return g(); }");
  EXPECT_TRUE(project.analyze().functions()[1].calls[0].is_undefined);
  project.set_file("b.php", "<?php function g() { return 1; }");
  EXPECT_EQ(project.analyze().signature(project.facts().find_function("F")), "f(): 1");
  project.remove_file("b.php");
  EXPECT_TRUE(project.analyze().functions()[1].calls[0].is_undefined);
}

TEST(Facts, MutatedAndTruncatedFilesDoNoHarm) {
  const std::vector<GoldenCase> cases = golden_cases();
  std::mt19937 random(20261123);
  const auto below = [&random](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (int i = 0; i < 3000; ++i) {
    std::string source = cases[below(cases.size())].source;
    for (std::size_t changes = 1 + below(4); changes > 0 && !source.empty(); --changes) {
      const std::size_t at = below(source.size());
      switch (below(4)) {
        case 0:
          source.erase(at, 1 + below(9));
          break;
        case 1:
          source.insert(at, 1, "(){}[];$\"'<?>&=:,\\\n#"[below(20)]);
          break;
        case 2:
          source.resize(at);
          break;
        default: {
          const std::string& other = cases[below(cases.size())].source;
          source.insert(at, other, below(other.size()), 1 + below(40));
          break;
        }
      }
    }
    ASSERT_FALSE(facts_of(source).empty());
  }
}

// Each of these once took time or stack that grows faster than the file.
TEST(Facts, HostileFilesAreBounded) {
  const auto repeated = [](const std::string& text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
  };
  const std::string open = "<?php function f($a) { ";
  EXPECT_FALSE(facts_of(open + "return $a" + repeated(" . $a", 20000) + "; }").empty());
  EXPECT_FALSE(facts_of(open + "return $a" + repeated("->m()", 20000) + "; }").empty());
  EXPECT_FALSE(facts_of(open + "return $a" + repeated(" && $a", 20000) + "; }").empty());
  EXPECT_FALSE(facts_of(open + "return " + repeated("(", 900) + "$a" + repeated(")", 900) + "; }").empty());
  EXPECT_FALSE(facts_of(open + repeated("while ($a) {", 300) + repeated("}", 300) + " }").empty());
  EXPECT_FALSE(facts_of(open + repeated("$a = [$a];", 2000) + " return $a; }").empty());
  EXPECT_FALSE(facts_of(open + repeated("if ($a) $a = 'x" + std::string("' . $a; else "), 900) + ";}").empty());
  std::string chain = "<?php ";
  for (int i = 0; i < 3000; ++i) {
    chain +=
        "class C" + std::to_string(i) + " extends C" + std::to_string(i + 1) + " { function m() { parent::m(); } } ";
  }
  EXPECT_FALSE(facts_of(chain).empty());
}

TEST(Facts, ExpressionTypesFollowTheFlow) {
  const std::string source = "<?php function f(?int $a) { if ($a === null) { return 'x'; } return $a; }";
  Project project;
  project.set_file("a.php", source);
  project.analyze();
  const SyntaxTree tree = parse(source, {});
  const ExpressionTypes types = project.expression_types({0}, tree, source);
  std::vector<std::string> seen;
  const auto visit = [&](const auto& self, NodeId node) -> void {
    if (tree.ast.kind(node) == NodeKind::kReturn) seen.push_back(types.at(tree.ast.child(node, 0)).text());
    for (const NodeId child : tree.ast.children(node)) {
      if (child) self(self, child);
    }
  };
  visit(visit, tree.ast.root());
  EXPECT_EQ(seen, (std::vector<std::string>{"'x'", "int"}));
}

// Editors and rules ask about some nodes, and get what all functions looked at together would say.
TEST(Facts, LazyTypesAreTheSame) {
  for (const GoldenCase& one : golden_cases()) {
    Project project;
    set_files(project, one.source);
    const Facts& facts = project.analyze();
    for (std::uint32_t i = 0; i < facts.files().size(); ++i) {
      const std::string source(project.source({i}));
      const SyntaxTree tree = parse(source, {});
      const ExpressionTypes all = project.expression_types({i}, tree, source);
      LazyTypes lazy(project, {i}, tree, source);
      const auto visit = [&](const auto& self, NodeId node) -> void {
        EXPECT_EQ(lazy.at(node).text(), all.at(node).text()) << one.path << ": " << tree.node_text(source, node);
        for (const NodeId child : tree.ast.children(node)) {
          if (child) self(self, child);
        }
      };
      visit(visit, tree.ast.root());
    }
  }
}

TEST(Facts, WhatWasSavedGivesTheSameFacts) {
  for (const GoldenCase& one : golden_cases()) {
    Project first({.threads = 2});
    set_files(first, one.source);
    const std::string facts = dump_facts(first.analyze());
    const std::string saved = first.save();
    Project second;
    ASSERT_TRUE(second.restore(saved)) << one.path;
    set_files(second, one.source);
    EXPECT_EQ(dump_facts(second.analyze()), facts) << one.path;
    EXPECT_TRUE(second.retyped_files().empty()) << one.path;
    EXPECT_EQ(second.save(), saved) << one.path;

    // With a change, and with a file more.
    for (const std::string path : {"a.php", "zz.php"}) {
      const std::string text = "<?php function show($x) { return htmlspecialchars($x); } class Db {}";
      Project changed;
      ASSERT_TRUE(changed.restore(saved));
      set_files(changed, one.source);
      changed.set_file(path, text);
      Project fresh;
      set_files(fresh, one.source);
      fresh.set_file(path, text);
      EXPECT_EQ(dump_facts(changed.analyze()), dump_facts(fresh.analyze())) << one.path;
    }
  }
}

// Of every file: the flows that end in it, and the type of each expression.
std::map<std::string, std::string> types_of(const Project& project) {
  std::map<std::string, std::string> texts;
  const Facts& facts = project.facts();
  for (std::uint32_t i = 0; i < facts.files().size(); ++i) {
    const std::string source(project.source({i}));
    const SyntaxTree tree = parse(source, {});
    LazyTypes types(project, {i}, tree, source);
    std::string& text = texts[facts.at(FileId{i}).path];
    const auto visit = [&](const auto& self, NodeId node) -> void {
      text += types.at(node).text() + "\n";
      for (const NodeId child : tree.ast.children(node)) {
        if (child) self(self, child);
      }
    };
    visit(visit, tree.ast.root());
  }
  return texts;
}

std::string flows_of(const Project& project) {
  const Facts& facts = project.facts();
  std::string text;
  for (const TaintFlow& flow : facts.taint_flows()) {
    text += flow.sink_name + " in " + facts.at(flow.function).declared->name + "\n";
    for (const FlowStep& step : flow.steps) {
      text += facts.at(step.file).path + " " + std::to_string(step.place.offset) + " " +
              std::to_string(step.place.end) + " " + std::to_string(step.place.line) + ":" +
              std::to_string(step.place.column) + " " + step.text + "\n";
    }
  }
  return text;
}

// The classes and functions of a small code base in which everything hangs together, each with several versions.
const std::vector<std::pair<std::string, std::vector<std::string>>> kVersions = {
    {"a.php",
     {"<?php class A { function m() { return 1; } function o() { return new B; } }",
      "<?php\n\nclass A { function m() { return 1; } function o() { return new B; } }",
      "<?php class A { function m() { return 'x'; } function o() { return new B; } }",
      "<?php class A { function n() { return 2.5; } function m() { return 1; } }",
      "<?php class A extends Top { function o() { return new B; } }", "<?php class Other { function m() {} }",
      "<?php interface A { function m(); }", "<?php class A { private function m() { return []; } "}},
    {"b.php",
     {"<?php class B extends A { public int $p = 1; const K = 1; }",
      "<?php class B { public string $p = ''; const K = 'k'; }",
      "<?php class B extends A implements I { use T; function m() { return parent::m(); } }",
      "<?php class B implements I { use T { t as u; } }", "<?php class B extends Top implements I {}", "<?php "}},
    {"f.php",
     {"<?php function f($x) { return g($x); } function h() { return f($_GET['q']); }",
      "<?php function f($x) { return htmlspecialchars($x); } function h() { return f($_GET['q']); }",
      "<?php function f($x) { return g(\n$x); } function h() { return f($_GET['q']\n); }",
      "<?php function h() { return f($_GET['q']); } function f($x) { return g($x); }",
      "<?php function first() {} function f(int $x): int { return $x; } function h() { return f(1); }",
      "<?php function ff($x) { return g($x); } function h() { return ff($_POST['q']); }",
      "<?php function F($x) { echo $x; return f($x) . f($x); } if (1) { function h() {} } else { function h() { return "
      "1; } }"}},
    {"g.php",
     {"<?php function g($y) { return $y; }", "<?php function g($y) { echo $y; return $y; }",
      "<?php function g($y) { return f(strlen($y)); }", "<?php function g(&$y) { $y = 1; return [$y]; }"}},
    {"i.php",
     {"<?php interface I { function m(); } trait T { function t() { return $this->m(); } }",
      "<?php interface I {} trait T { function t() { return 't'; } function m() { return null; } }",
      "<?php class I { function m() { return 7; } }"}},
    {"top.php",
     {"<?php class Top { function m() { return f('top'); } }", "<?php class Top extends Nowhere {}", "<?php"}},
    {"use1.php",
     {"<?php function use1(A $a, I $i) { $b = $a->o(); echo $b->m(), $b->t(), $b->p, B::K; $v = $i->m(); return $v; }",
      "<?php function use1(I $i) { return $i->u(); } echo use1(new B);",
      "<?php function use1(A $a) { $c = $a->o(); if ($c instanceof I) { return $c->m(); } echo $c; return 2; }"}},
    {"use2.php",
     {"<?php $x = new B; $r = $x->m(); echo h(); echo $r; if ($x instanceof A) { $y = $x->o(); echo $y; }"}},
    {"use3.php",
     {"<?php class C extends B { function z() { return $this->m() . $this->p . self::K; } } echo (new C)->z();"}},
    {"use4.php", {"<?php function q($any) { return $any->m(); } echo q(new C); include 'use2.php';"}},
};

using Versions = std::vector<std::size_t>;  // by file of kVersions; beyond the last: the file is gone

void set_versions(Project& project, const Versions& versions) {
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const auto& [path, texts] = kVersions[i];
    if (versions[i] < texts.size()) {
      project.set_file(path, texts[versions[i]]);
    } else {
      project.remove_file(path);
    }
  }
  project.analyze();
}

void expect_as_fresh(const Project& project, const Versions& versions) {
  Project fresh;
  set_versions(fresh, versions);
  EXPECT_EQ(flows_of(project), flows_of(fresh));
  EXPECT_EQ(types_of(project), types_of(fresh));
}

// A project that only wants types and flows lets files sleep that a change does not concern. It starts from what
// another one saved, changes or not, and knows what a project without a past knows; in files that it does not name as
// looked at again, expressions have the types they had.
TEST(Facts, SleepingFilesAreWokenByWhatConcernsThem) {
  std::mt19937 random(20261129);
  Versions versions(kVersions.size());
  std::string saved;
  std::map<std::string, std::string> types_when_saved;
  for (int round = 0; round < 300 && !::testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    for (std::size_t changes = random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % versions.size();
      versions[at] = random() % (kVersions[at].second.size() + (random() % 8 == 0 ? 1 : 0));
    }
    Project kept({.threads = 2, .verdicts = false});
    if (!saved.empty()) {
      ASSERT_TRUE(kept.restore(saved));
    }
    set_versions(kept, versions);
    expect_as_fresh(kept, versions);
    std::set<std::string> renewed;
    for (const FileId file : kept.retyped_files()) renewed.insert(kept.facts().at(file).path);
    for (const auto& [path, text] : types_of(kept)) {
      EXPECT_TRUE(renewed.contains(path) || types_when_saved[path] == text) << path;
    }
    if (random() % 5 == 0) {  // it goes on in the same process
      const std::size_t at = random() % versions.size();
      versions[at] = random() % kVersions[at].second.size();
      set_versions(kept, versions);
      expect_as_fresh(kept, versions);
    }
    if (random() % 3 == 0) continue;  // the next one starts from older bytes
    saved = kept.save();
    types_when_saved = types_of(kept);
  }
}

TEST(Facts, WhatIsNotWholeIsNotRestored) {
  Project project;
  project.set_file("a.php", "<?php function f(array $a) { foreach ($a as $k => $v) { echo $v[$_GET['x']] ?? 1.5; } }");
  project.set_file("b.php",
                   "<?php /** @template T */ class B extends C {"
                   " /** @return list<T> */ function m() { throw new E; } }");
  project.analyze();
  const std::string saved = project.save();
  for (std::size_t size = 0; size < saved.size(); ++size) EXPECT_FALSE(Project().restore(saved.substr(0, size)));
  EXPECT_FALSE(Project().restore(saved + "x"));
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {  // must not fall over; whether it notices is up to whoever keeps a checksum
    std::string broken = saved;
    for (int k = 0; k < 3; ++k) broken[random() % broken.size()] = static_cast<char>(random());
    Project().restore(broken);
  }
}

TEST(Facts, WhyLeadsToTheEffect) {
  Project project;
  project.set_file("a.php", "<?php function a() { b(); } function b() { c(); } function c() { echo 1; }");
  const Facts& facts = project.analyze();
  const FunctionId a = facts.find_function("a");
  std::string names;
  for (const FunctionId one : facts.why(a, kEffectOutput)) names += facts.at(one).declared->name;
  EXPECT_EQ(names, "abc");
  EXPECT_TRUE(facts.why(a, kEffectNetwork).empty());
  EXPECT_EQ(facts.at(a).level, 2u);
}

// The body of a function that ends with a sink, and whether what a client sent reaches it.
TEST(Facts, WhatWasAskedAboutAClientsValueCounts) {
  const std::pair<const char*, bool> kBodies[] = {
      {"echo $_GET['a'];", true},
      {"if (!ctype_digit($_GET['a'])) { exit; } f(); include 'x.php'; echo $_GET['a'];", false},
      {"if (!ctype_digit($_GET['a'])) { exit; } echo $_GET['b'];", true},
      {"if (ctype_digit($_GET['a'])) { f(); } echo $_GET['a'];", true},
      {"$a = is_numeric($_GET['a']) ? $_GET['a'] : 1; echo $a;", false},
      {"echo in_array($_GET['a'] ?? '', ['x', 'y'], true) ? $_GET['a'] : 'x';", false},
      {"if (in_array(strtolower($_GET['a']), ['asc', 'desc'])) { echo \"{$_GET['a']} $_GET[a]\"; }", false},
      {"switch ($_GET['a']) { case 'x': case 'y': echo $_GET['a']; }", false},
      {"$_GET['a'] = (int) $_GET['a']; echo $_GET['a'];", false},
      {"$_GET['a'] = trim($_GET['a']); echo $_GET['a'];", true},
      {"$_GET[$k] = 1; echo $_GET['a'];", true},
      {"$_POST = array_map('htmlspecialchars', $_POST); echo $_POST['a'];", false},
      {"if (is_string($_GET['a'])) { echo $_GET['a']; }", true},
      {"if (isset($_GET['a'])) { echo $_GET['a']; }", true},
      {"$a = $_GET['a']; $l = ['x' => 1]; if (!isset($l[$a])) { return; } echo $a;", false},
      {"$a = $_GET['a']; if (!isset($_POST[$a])) { return; } echo $a;", true},
      {"$a = $_GET['a']; if (!array_key_exists($a, ['x' => 1])) { return; } echo $a;", false},
      {"$a = $_GET['a']; if ($a != 'x' && $a !== 'y') { $a = 'x'; } echo $a;", false},
      {"$a = $_GET['a']; if ($a == 'x' || $a == 'y') { echo $a; }", false},
      {"$a = $_GET['a']; if ($a == 'x' || f()) { echo $a; }", true},
      {"echo filter_input(INPUT_GET, 'a', FILTER_VALIDATE_INT);", false},
      {"echo filter_input(INPUT_GET, 'a');", true},
      {"echo filter_var($_GET['a'], FILTER_UNSAFE_RAW);", true},
      {"echo implode(',', array_filter($_GET['a'], 'is_numeric'));", false},
      {"echo implode(',', array_filter($_GET['a'], 'strlen'));", true},
      {"echo sprintf('%05d %s', $_GET['a'], 'x');", false},
      {"echo sprintf('%d %s', 1, $_GET['a']);", true},
      {"printf('<b>%s</b>', $_GET['a']);", true},
      {"printf('<b>%d</b>', $_GET['a']);", false},
      {"echo json_encode($_GET);", false},
      {"$a = $_GET['a']; settype($a, 'integer'); echo $a;", false},
      {"$a = $_GET['a']; settype($a, 'string'); echo $a;", true},
  };
  for (const auto& [body, reaches] : kBodies) {
    Project project;
    project.set_file("a.php", "<?php function show($k) { " + std::string(body) + " } show(1);");
    EXPECT_EQ(project.analyze().taint_flows().size(), reaches ? 1u : 0u) << body;
  }
}

// Of a variable from outside nothing is known but what was asked.
TEST(Facts, WhatAnIncludingFileSetsMayBeAnything) {
  Project project;
  const std::string source = "<?php if (is_int($a) || f()) { g($a); } if (is_int($b)) { f(); } g($b);";
  project.set_file("a.php", source);
  const FileId file = project.analyze().find_file("a.php");
  const SyntaxTree tree = parse(source, {});
  const ExpressionTypes types = project.expression_types(file, tree, source);
  const NodeId last = tree.ast.children(tree.ast.root()).back();
  const NodeId argument = tree.ast.child(tree.ast.child(tree.ast.child(tree.ast.child(last, 0), 1), 0), 1);
  EXPECT_EQ(tree.node_text(source, argument), "$b");
  EXPECT_TRUE(types.at(argument).is_mixed());
}

}  // namespace
}  // namespace banyan::php

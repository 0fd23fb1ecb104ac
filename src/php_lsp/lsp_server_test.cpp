#include "php_lsp/lsp_server.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"
#include "php_lsp/message_reader.h"
#include "php_lsp/rename_symbol.h"
#include "php_lsp/symbol_query.h"

namespace banyan::php {
namespace {

std::string read_all(std::string_view stream) {
  MessageReader reader;
  reader.feed(stream);
  std::string out;
  while (true) {
    auto message = reader.next();
    if (!message) return out + "! " + message.error().message();
    if (!message->has_value()) return out + (reader.is_inside() ? "..." : "");
    out += "[" + **message + "]";
  }
}

TEST(MessageReader, Framing) {
  EXPECT_EQ(read_all("Content-Length: 2\r\n\r\n{}Content-Length: 0\r\n\r\n"), "[{}][]");
  EXPECT_EQ(read_all("content-length:3\r\nContent-Type: x\r\n\r\nabc"), "[abc]");
  EXPECT_EQ(read_all("Content-Length: 3\r\n\r\nab"), "...");
  EXPECT_EQ(read_all(framed("hi") + framed("")), "[hi][]");
}

TEST(MessageReader, WhatIsRefused) {
  for (const std::string_view stream :
       {"Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n", "Content-Length: 1x\r\n\r\n",
        "Content-Length:\r\n\r\n", "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "\r\n\r\n",
        "Content-Type: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "X-Y: 1\r\n\r\n",
        "Content-Length: 999999999999999999999\r\n\r\n", "Content-Length: 67108865\r\n\r\n"}) {
    EXPECT_NE(read_all(stream).find('!'), std::string::npos) << stream;
  }
  EXPECT_NE(read_all(std::string(5000, 'a')).find("too long"), std::string::npos);
}

TEST(TextDocument, PositionsInBothEncodings) {
  const std::string text = "a\xC3\xA9\xF0\x9F\x98\x80z\r\n\xFFq\n";
  const TextDocument wide(text, PositionEncoding::kUtf16);
  EXPECT_EQ(wide.offset({0, 2}), 3U);
  EXPECT_EQ(wide.offset({0, 3}), 3U) << "inside of a pair: its start";
  EXPECT_EQ(wide.offset({0, 4}), 7U);
  EXPECT_EQ(wide.offset({0, 99}), 8U) << "the end of the line, before its break";
  EXPECT_EQ(wide.offset({1, 1}), 11U);
  EXPECT_EQ(wide.offset({9, 0}), text.size());
  EXPECT_EQ(wide.position(7).character, 4U);
  EXPECT_EQ(wide.position(5).character, 2U);
  EXPECT_EQ(wide.position(text.size()), (TextPosition{2, 0}));
  const TextDocument narrow(text, PositionEncoding::kUtf8);
  EXPECT_EQ(narrow.offset({0, 7}), 7U);
  EXPECT_EQ(narrow.offset({0, 5}), 3U) << "inside of a character: its start";
  EXPECT_EQ(narrow.position(7).character, 7U);
}

TEST(TextDocument, EveryOffsetGoesThereAndBack) {
  const std::string text = "\xC3\xA9x\r\ry\n\n\xF0\x9F\x98\x80";
  for (const PositionEncoding encoding : {PositionEncoding::kUtf8, PositionEncoding::kUtf16}) {
    const TextDocument document(text, encoding);
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
      EXPECT_EQ(document.offset(document.position(at)), at);
    }
  }
}

TEST(TextDocument, Replace) {
  TextDocument document("one\ntwo\n", PositionEncoding::kUtf16);
  document.replace({0, 3}, {1, 0}, " ");
  EXPECT_EQ(document.text(), "one two\n");
  document.replace({0, 4}, {0, 2}, "!");
  EXPECT_EQ(document.text(), "one !two\n") << "an end before the start";
  document.replace({9, 9}, {9, 9}, "end");
  EXPECT_EQ(document.text(), "one !two\nend");
}

// The source with "|" as the cursor, renamed to `name`; or why not.
std::string renamed(std::string source, std::string_view name) {
  const std::size_t cursor = source.find('|');
  source.erase(cursor, 1);
  const SyntaxTree tree = parse(source, {});
  const SourceView view(tree, source);
  const Result<RenameTarget> target = find_rename(view, static_cast<std::uint32_t>(cursor));
  if (!target) return target.error().message();
  if (const auto free = check_new_name(view, *target, name); !free) return free.error().message();
  for (auto range = target->ranges.rbegin(); range != target->ranges.rend(); ++range) {
    source.replace(range->begin, range->end - range->begin, name);
  }
  return source;
}

TEST(Rename, LocalVariables) {
  EXPECT_EQ(renamed("<?php function f($a) { $a|++; return \"$a {$a}\" . $b; } $a = 1;", "x"),
            "<?php function f($x) { $x++; return \"$x {$x}\" . $b; } $a = 1;");
  EXPECT_EQ(renamed("<?php function f($a) { return function () use ($|a) { return fn ($b) => $a + $b; }; }", "x"),
            "<?php function f($x) { return function () use ($x) { return fn ($b) => $x + $b; }; }");
  EXPECT_EQ(renamed("<?php function f($a) { g(function () { $a = 1; }, fn ($a) => $a); return $a|; }", "x"),
            "<?php function f($x) { g(function () { $a = 1; }, fn ($a) => $a); return $x; }");
  EXPECT_EQ(renamed("<?php function f($a) { return fn ($a) => $|a; }", "x"),
            "<?php function f($a) { return fn ($x) => $x; }");
  EXPECT_EQ(renamed("<?php function f($|a) { return new class($a) { function m($a) { return $a; } }; }", "x"),
            "<?php function f($x) { return new class($x) { function m($a) { return $a; } }; }");
  EXPECT_EQ(renamed("<?php function f($|a) { return $a->name; }", "name"),
            "<?php function f($name) { return $name->name; }");
}

TEST(Rename, WhatIsRefusedSaysWhy) {
  EXPECT_NE(renamed("<?php $|a = 1;", "x").find("include this one"), std::string::npos);
  EXPECT_NE(renamed("<?php function f() { $|a = 1; return $$b; }", "x").find("computed"), std::string::npos);
  EXPECT_NE(renamed("<?php function f() { $|a = 1; return compact('a'); }", "x").find("compact"), std::string::npos);
  EXPECT_NE(renamed("<?php function f() { $|a = 1; return \\compact('a'); }", "x").find("compact"), std::string::npos);
  EXPECT_NE(renamed("<?php function f() { global $a; return $|a; }", "x").find("global"), std::string::npos);
  EXPECT_NE(renamed("<?php class A { private function |m() {} function Other() {} }", "other").find("taken"),
            std::string::npos);
  EXPECT_NE(renamed("<?php class A { function __construct(private $a) { $|a = 1; } }", "x").find("property"),
            std::string::npos);
  EXPECT_NE(renamed("<?php function f() { return $_G|ET; }", "x").find("PHP's own"), std::string::npos);
  EXPECT_NE(renamed("<?php function f|() {}", "x").find("Only local"), std::string::npos);
  EXPECT_NE(renamed("<?php |1 + 2;", "x").find("No name"), std::string::npos);
  EXPECT_NE(renamed("<?php function f($|a) { return $b; }", "b").find("taken"), std::string::npos);
  EXPECT_NE(renamed("<?php function f($|a) {}", "1b").find("no name"), std::string::npos);
}

TEST(Rename, PrivateMembers) {
  EXPECT_EQ(
      renamed("<?php class A { private function m() { $this->|m(); self::M(); } function n() { return $this->m; } }",
              "x"),
      "<?php class A { private function x() { $this->x(); self::x(); } function n() { return $this->m; } }");
  EXPECT_EQ(renamed("<?php class A { private static $p = 1; private $q; function n() { return self::$|p; } }", "x"),
            "<?php class A { private static $x = 1; private $q; function n() { return self::$x; } }");
  EXPECT_EQ(renamed("<?php class A { private const C = 1; function n() { return self::|C . static::C; } }", "X"),
            "<?php class A { private const X = 1; function n() { return self::X . static::X; } }");
  EXPECT_NE(renamed("<?php class A { public function |m() {} }", "x").find("not private"), std::string::npos);
  EXPECT_NE(
      renamed("<?php class A { private function |m() {} function n($o) { $o->m(); } }", "x").find("another object"),
      std::string::npos);
  EXPECT_NE(renamed("<?php class A { private function |m() {} function n($o) { g([$this, 'm']); } }", "x").find("text"),
            std::string::npos);
  EXPECT_NE(renamed("<?php class A { private function |m() {} function n($o) { $this->$o(); } }", "x").find("computed"),
            std::string::npos);
  EXPECT_NE(renamed("<?php class A { use T; private function |m() {} }", "x").find("trait"), std::string::npos);
}

TEST(DocText, StarsGo) { EXPECT_EQ(doc_text("/**\n * Adds.\n *\n *\n * @return int\n */"), "Adds.\n\n@return int"); }

TEST(Uri, ThereAndBack) {
  EXPECT_EQ(path_of_uri("file:///a%20b/%C3%A9.php"), "/a b/\xC3\xA9.php");
  EXPECT_EQ(path_of_uri("file://host/a.php"), "/a.php");
  EXPECT_EQ(path_of_uri("untitled:1"), "");
  EXPECT_EQ(uri_of_path("/a b/\xC3\xA9.php"), "file:///a%20b/%C3%A9.php");
}

// A server whose check finds the word "bad", and can mend it.
class Session {
 public:
  Session()
      : server_({.parse = {}, .threads = 1, .version = "test", .check = check},
                [this](std::string_view one) { sent_.emplace_back(one); }) {}

  // What was sent in answer to the message.
  std::string say(std::string_view message) {
    sent_.clear();
    alive_ = server_.handle(message);
    server_.idle();
    std::string out;
    for (const std::string& one : sent_) out += one + "\n";
    return out;
  }
  void start() {
    say(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"general":{"positionEncodings":["utf-16","utf-8"]}}}})");
    say(R"({"jsonrpc":"2.0","method":"initialized","params":{}})");
  }
  std::string open(std::string_view text) {
    std::string message =
        R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///t/a.php","version":1,"text":)";
    json::append_string(message, text);
    return say(message + "}}}");
  }
  std::string ask(std::string_view method, int line, int character, std::string_view more = "") {
    return say(R"({"jsonrpc":"2.0","id":7,"method":")" + std::string(method) +
               R"(","params":{"textDocument":{"uri":"file:///t/a.php"},"position":{"line":)" + std::to_string(line) +
               R"(,"character":)" + std::to_string(character) + "}" + std::string(more) + "}}");
  }
  bool alive() const { return alive_; }
  int exit_code() const { return server_.exit_code(); }

 private:
  static std::vector<Finding> check(const OpenFile& file) {
    const std::string& path = file.path;
    const std::string_view source = file.source;
    std::vector<Finding> findings;
    const Locator locator(source);
    if (const std::size_t at = source.find("bad"); at != source.npos) {
      const Region region = locator.region(static_cast<std::uint32_t>(at), 3);
      findings.push_back(
          {.code = "word.bad",
           .message = "bad",
           .file = path,
           .region = region,
           .fixes = {{.safe = true, .title = "Say good", .edits = {{.region = region, .text = "good"}}}}});
    }
    return findings;
  }

  std::vector<std::string> sent_;
  LspServer server_;
  bool alive_ = true;
};

TEST(LspServer, OrderOfLife) {
  Session session;
  EXPECT_NE(session.ask("textDocument/hover", 0, 0).find("-32002"), std::string::npos);
  const std::string hello = session.say(
      R"({"jsonrpc":"2.0","id":"a","method":"initialize","params":{"capabilities":{"general":{"positionEncodings":["utf-16"]}}}})");
  EXPECT_NE(hello.find(R"("positionEncoding":"utf-16")"), std::string::npos);
  EXPECT_NE(hello.find(R"("id":"a")"), std::string::npos);
  EXPECT_NE(session.say(R"({"id":2,"method":"initialize","params":{}})").find("-32600"), std::string::npos);
  EXPECT_NE(session.say(R"({"id":2,"method":"a/b"})").find("-32601"), std::string::npos);
  EXPECT_NE(session.say("{").find("-32700"), std::string::npos);
  EXPECT_NE(session.say(R"({"id":4})").find("-32600"), std::string::npos);
  EXPECT_EQ(session.say(R"({"method":"$/cancelRequest","params":{"id":1}})"), "");
  EXPECT_NE(session.say(R"({"id":5,"method":"shutdown"})").find(R"("result":null)"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/hover", 0, 0).find("-32600"), std::string::npos);
  session.say(R"({"method":"exit"})");
  EXPECT_FALSE(session.alive());
  EXPECT_EQ(session.exit_code(), 0);
}

TEST(LspServer, ExitWithoutShutdownIsAnError) {
  Session session;
  session.start();
  session.say(R"({"method":"exit"})");
  EXPECT_FALSE(session.alive());
  EXPECT_EQ(session.exit_code(), 1);
}

TEST(LspServer, DiagnosticsFollowTheText) {
  Session session;
  session.start();
  EXPECT_NE(session.open("<?php $bad = 1;\n").find(R"("code":"word.bad")"), std::string::npos);
  const std::string fix = session.say(
      R"({"id":3,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///t/a.php"},"range":{"start":{"line":0,"character":8},"end":{"line":0,"character":8}}}})");
  EXPECT_NE(fix.find(R"("newText":"good")"), std::string::npos);
  EXPECT_NE(fix.find("Say good"), std::string::npos);
  const std::string changed = session.say(
      R"({"method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///t/a.php","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":7},"end":{"line":0,"character":10}},"text":"fine"}]}})");
  EXPECT_NE(changed.find(R"("diagnostics":[])"), std::string::npos);
  EXPECT_NE(changed.find(R"("version":2)"), std::string::npos);
  EXPECT_NE(session.say(R"({"method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///t/a.php"}}})")
                .find("[]"),
            std::string::npos);
}

TEST(LspServer, QuestionsAboutNames) {
  Session session;
  session.start();
  session.open(
      "<?php\n"
      "/** Adds one. */\n"
      "function add(int $a): int { return $a + 1; }\n"
      "class Box { private ?Box $next = null; function open(): Box { return $this; } const SIZE = 3; }\n"
      "$box = new Box();\n"
      "echo add(strlen('x')) + $box->open()->open() . Box::SIZE;\n");
  const std::string add = session.ask("textDocument/hover", 5, 6);
  EXPECT_NE(add.find("int $a"), std::string::npos) << add;
  EXPECT_NE(add.find("Adds one."), std::string::npos);
  EXPECT_NE(session.ask("textDocument/hover", 5, 10).find("PHP's own"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/definition", 5, 6).find(R"("line":2)"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/definition", 5, 31).find(R"("line":3)"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/definition", 5, 39).find(R"("line":3)"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/definition", 5, 53).find(R"("line":3)"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/definition", 4, 12).find(R"("line":3)"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/hover", 0, 2).find(R"("result":null)"), std::string::npos);
  const std::string outline = session.ask("textDocument/documentSymbol", 0, 0);
  EXPECT_NE(outline.find(R"("name":"Box","kind":5)"), std::string::npos);
  EXPECT_NE(outline.find(R"("name":"$next","kind":7)"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/rename", 2, 18, R"(,"newName":"b")").find(R"("newText":"b")"), std::string::npos);
  EXPECT_NE(session.ask("textDocument/prepareRename", 2, 10).find("Only local"), std::string::npos);
}

// Every place of a file cut anywhere may be asked about.
TEST(LspServer, AnyPlaceOfAnyTextMayBeAskedAbout) {
  const std::string whole =
      "<?php namespace A; use B\\{C, D as E}; class F extends C { private $p; function m(E $e) { return "
      "$e->p->m(self::X, fn () => include __DIR__ . '/a.php'); } }";
  Session session;
  session.start();
  for (std::size_t size = 0; size <= whole.size(); size += 9) {
    session.open(whole.substr(0, size));
    for (int at = 0; at <= static_cast<int>(size); at += 4) {
      EXPECT_NE(session.ask("textDocument/hover", 0, at).find(R"("id":7)"), std::string::npos);
      EXPECT_NE(session.ask("textDocument/prepareRename", 0, at).find(R"("id":7)"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace banyan::php

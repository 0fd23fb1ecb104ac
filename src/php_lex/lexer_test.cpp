#include "php_lex/lexer.h"

#include <gtest/gtest.h>
#include <string>

namespace banyan::php {
namespace {

// The tokens that are no white space, as "kind text|kind text".
std::string lexed(std::string_view source, PhpVersion version = {}, bool short_tags = false) {
  const TokenStream stream = lex(source, {.features = Features(version), .short_tags = short_tags});
  std::string out;
  for (std::uint32_t i = 0; i + 1 < stream.tokens.size(); ++i) {
    if (stream.tokens[i].kind == TokenKind::kWhitespace) continue;
    if (!out.empty()) out += '|';
    const std::string_view text = stream.text(source, i);
    const std::string_view kind = token_kind_text(stream.tokens[i].kind);
    out += kind == text ? std::string(text) : std::string(kind) + " " + std::string(text);
  }
  return out;
}

std::string code(std::string_view source, PhpVersion version = {}) {
  const std::string with_tag = "<?php " + std::string(source);
  const std::string all = lexed(with_tag, version);
  return all.substr(std::min(all.size(), std::string("<?php <?php |").size()));
}

TEST(Lexer, TagsOpenAndCloseCode) {
  EXPECT_EQ(lexed("a <?php b ?>\nc"), "inline HTML a |<?php <?php |identifier b|?> ?>\n|inline HTML c");
  EXPECT_EQ(lexed("<?= 1 ?>"), "<?=|integer 1|?>");
  EXPECT_EQ(lexed("<? a"), "inline HTML <? a");
  EXPECT_EQ(lexed("<? a", {}, true), "<?php <?|identifier a");
  EXPECT_EQ(lexed("<?phpx"), "inline HTML <?phpx");
  EXPECT_EQ(lexed("<?php"), "<?php");
  EXPECT_EQ(lexed("<script language=\"php\"> a", {5, 6}), "<?php <script language=\"php\">|identifier a");
  EXPECT_EQ(lexed("#!/usr/bin/php\n<?php a"), "comment #!/usr/bin/php\n|<?php <?php |identifier a");
}

TEST(Lexer, NamesAreOneTokenSincePhp8) {
  EXPECT_EQ(code("A\\B"), "namespaced name A\\B");
  EXPECT_EQ(code("\\A"), "fully qualified name \\A");
  EXPECT_EQ(code("namespace\\A"), "namespace-relative name namespace\\A");
  EXPECT_EQ(code("A\\{"), "identifier A|\\|{");
  EXPECT_EQ(code("A\\B", {7, 4}), "identifier A|\\|identifier B");
}

TEST(Lexer, WordsAreReservedByVersion) {
  EXPECT_EQ(code("fn", {7, 3}), "identifier fn");
  EXPECT_EQ(code("FN", {7, 4}), "fn FN");
  EXPECT_EQ(code("match", {7, 4}), "identifier match");
  EXPECT_EQ(code("match"), "match");
  EXPECT_EQ(code("enum A"), "enum|identifier A");
  EXPECT_EQ(code("enum("), "identifier enum|(");
  EXPECT_EQ(code("enum extends"), "identifier enum|extends");
  EXPECT_EQ(code("enum A", {8, 0}), "identifier enum|identifier A");
  EXPECT_EQ(code("$a->class"), "variable $a|->|identifier class");
  EXPECT_EQ(code("private(set)", {8, 4}), "private(set)");
  EXPECT_EQ(code("private(set)", {8, 3}), "private|(|identifier set|)");
}

TEST(Lexer, NumbersEndWhereTheyCannotGoOn) {
  EXPECT_EQ(code("1_000 0x1F 0b10 0o17 017"), "integer 1_000|integer 0x1F|integer 0b10|integer 0o17|integer 017");
  EXPECT_EQ(code("1.5 .5 1. 1e9 1E-9 1e"),
            "floating-point number 1.5|floating-point number .5|floating-point number 1.|floating-point number 1e9|"
            "floating-point number 1E-9|integer 1|identifier e");
  EXPECT_EQ(code("1_000", {7, 3}), "integer 1|identifier _000");
  EXPECT_EQ(code("1...2"), "floating-point number 1.|.|floating-point number .2");
}

TEST(Lexer, StringsAreTakenApartWhereTheyInterpolate) {
  EXPECT_EQ(code("'a\\'b'"), "quoted string 'a\\'b'");
  EXPECT_EQ(code("\"a$b[c]d\""), "\"|string content a|variable $b|[|identifier c|]|string content d|\"");
  EXPECT_EQ(code("\"$a->b->c\""), "\"|variable $a|->|identifier b|string content ->c|\"");
  EXPECT_EQ(code("\"{$a}${b}${c[1]}\""),
            "\"|{|variable $a|}|${|variable name b|}|${|variable name c|[|integer 1|]|}|\"");
  EXPECT_EQ(code("\"$ {a} $1\""), "quoted string \"$ {a} $1\"");
  EXPECT_EQ(code("'open"), "string content 'open");
}

TEST(Lexer, HeredocsEndAtTheirLabel) {
  EXPECT_EQ(code("<<<A\nb\nA;"), "heredoc start <<<A\n|string content b\n|heredoc end A|;");
  EXPECT_EQ(code("<<<'A'\n$b\n  A;"), "heredoc start <<<'A'\n|string content $b\n|heredoc end   A|;");
  EXPECT_EQ(code("<<<A\nAB\nA"), "heredoc start <<<A\n|string content AB\n|heredoc end A");
  EXPECT_EQ(code("<<<A\nA"), "heredoc start <<<A\n|heredoc end A");
}

TEST(Lexer, DataBehindHaltCompilerIsLeftAlone) {
  EXPECT_EQ(code("__halt_compiler(); <?php \"{$"), "__halt_compiler|(|)|;|data after __halt_compiler  <?php \"{$");
}

TEST(Lexer, SaysWhatNoGrammarWouldNotice) {
  const auto complaint = [](std::string_view source) {
    const TokenStream stream = lex(source, {});
    return stream.diagnostics.empty() ? std::string() : std::string(stream.diagnostics[0].code);
  };
  EXPECT_EQ(complaint("<?php 089;"), "lex.octal");
  EXPECT_EQ(complaint("<?php \"\\u{110000}\";"), "lex.unicode-escape");
  EXPECT_EQ(complaint("<?php \"\\u{zz}\";"), "lex.unicode-escape");
  EXPECT_EQ(complaint("<?php \"\\u{1F600} \\u0041\";"), "");
  EXPECT_EQ(complaint("<?php <<<A\n b\n  A;"), "lex.heredoc-indentation");
  EXPECT_EQ(complaint("<?php <<<A\n \tb\n \tA;"), "lex.heredoc-indentation");
  EXPECT_EQ(complaint("<?php /* open"), "lex.comment");
  EXPECT_EQ(complaint("<?php (real) $a;"), "lex.real-cast");
}

TEST(Version, IsReadFromText) {
  EXPECT_EQ(parse_php_version("8.2"), (PhpVersion{8, 2}));
  EXPECT_EQ(parse_php_version("8.2.36"), (PhpVersion{8, 2}));
  EXPECT_FALSE(parse_php_version("8.20"));
  EXPECT_FALSE(parse_php_version("9.0"));
  EXPECT_FALSE(parse_php_version("8"));
  EXPECT_EQ(first_version(Feature::kEnum), (PhpVersion{8, 1}));
}

TEST(LineTable, CountsAllThreeLineEnds) {
  const LineTable lines("a\nb\r\nc\rd");
  EXPECT_EQ(lines.at(2).line, 2u);
  EXPECT_EQ(lines.at(5).line, 3u);
  EXPECT_EQ(lines.at(7).line, 4u);
  EXPECT_EQ(lines.at(7).column, 1u);
}

}  // namespace
}  // namespace banyan::php

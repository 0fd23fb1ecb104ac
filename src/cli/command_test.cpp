#include "cli/command.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

int run_nothing(const Arguments&) { return kExitDone; }

const Command kProgram = {
    .name = "banyan",
    .summary = "moves services",
    .commands = {
        {.name = "check",
         .summary = "check a configuration file",
         .description = "Prints every mistake.",
         .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "the file", .required = true},
                     {.name = "json", .about = "print JSON"},
                     {.name = "set", .value = "KEY=VALUE", .about = "override a key", .repeated = true}},
         .examples = {{"banyan check -c site.yaml", "checks site.yaml"}},
         .run = run_nothing},
        {.name = "php",
         .summary = "work on PHP sources",
         .commands = {{.name = "parse",
                       .summary = "parse files",
                       .options = {{.name = "threads", .value = "N", .about = "how many"}},
                       .positionals = {{.name = "ROOT", .about = "folder"},
                                       {.name = "FILE", .about = "files", .required = false, .repeated = true}},
                       .run = run_nothing}}},
    }};

Invocation parse(const std::vector<std::string>& words) { return parse_command_line(kProgram, words); }

TEST(Command, TakesOptionsInEveryForm) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"check", "-c", "a.yaml"},
                                                                                     {"check", "-ca.yaml"},
                                                                                     {"check", "--config", "a.yaml"},
                                                                                     {"check", "--config=a.yaml"}}) {
    const Invocation invocation = parse(words);
    ASSERT_NE(invocation.command, nullptr) << invocation.text;
    EXPECT_EQ(invocation.command->name, "check");
    EXPECT_EQ(invocation.arguments.value("config"), "a.yaml");
    EXPECT_FALSE(invocation.arguments.flag("json"));
  }
  const Invocation invocation = parse({"check", "--set", "a=1", "--json", "--set=b=2", "-c", "-"});
  ASSERT_NE(invocation.command, nullptr);
  EXPECT_TRUE(invocation.arguments.flag("json"));
  EXPECT_EQ(invocation.arguments.values("set"), (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(invocation.arguments.value("config"), "-");
}

TEST(Command, TakesPositionalsOfAGroupedCommand) {
  const Invocation invocation = parse({"php", "parse", "src", "a.php", "--", "--odd.php"});
  ASSERT_NE(invocation.command, nullptr) << invocation.text;
  EXPECT_EQ(invocation.command->name, "parse");
  EXPECT_EQ(invocation.arguments.value("ROOT"), "src");
  EXPECT_EQ(invocation.arguments.values("FILE"), (std::vector<std::string>{"a.php", "--odd.php"}));
  EXPECT_EQ(invocation.arguments.value_or("threads", "2"), "2");
}

struct Refusal {
  std::vector<std::string> words;
  std::string sentence;
};

TEST(Command, ThatRunsMayHoldCommandsBesides) {
  const Command server = {.name = "hello",
                          .summary = "greets",
                          .options = {{.name = "listen", .value = "ADDRESS", .about = "where", .required = true}},
                          .commands = {{.name = "apply", .summary = "apply", .run = run_nothing}},
                          .run = run_nothing};
  const Invocation serves = parse_command_line(server, {"--listen", "apply"});
  ASSERT_NE(serves.command, nullptr) << serves.text;
  EXPECT_EQ(serves.arguments.value("listen"), "apply");
  const Invocation applies = parse_command_line(server, {"apply"});
  ASSERT_NE(applies.command, nullptr) << applies.text;
  EXPECT_EQ(applies.command->name, "apply");
  EXPECT_TRUE(
      parse_command_line(server, {}).text.starts_with("hello: --listen ADDRESS is missing\nusage: hello --listen"));
  EXPECT_NE(parse_command_line(server, {"--help"}).text.find("\ncommands:\n  apply"), std::string::npos);
}

TEST(Command, RefusesWithASentence) {
  const Refusal refusals[] = {
      {{"chekc"}, "banyan: unknown command 'chekc', did you mean 'check'?\n"},
      {{"dance"}, "banyan: unknown command 'dance'\n"},
      {{"--verbose"}, "banyan: unknown option '--verbose'\n"},
      {{"php", "pars"}, "banyan php: unknown command 'pars', did you mean 'parse'?\n"},
      {{"check", "--jsno"}, "banyan check: unknown option '--jsno', did you mean '--json'?\n"},
      {{"check", "-x"}, "banyan check: unknown option '-x'\n"},
      {{"check"}, "banyan check: --config FILE is missing\n"},
      {{"check", "-c"}, "banyan check: '--config' wants a value: --config FILE\n"},
      {{"check", "-c", "a", "-c", "b"}, "banyan check: '--config' is given twice\n"},
      {{"check", "--json=1"}, "banyan check: '--json' takes no value\n"},
      {{"check", "-c", "a", "b"}, "banyan check: unexpected argument 'b'\n"},
      {{"php", "parse"}, "banyan php parse: ROOT is missing\n"},
  };
  for (const Refusal& refusal : refusals) {
    const Invocation invocation = parse(refusal.words);
    EXPECT_EQ(invocation.command, nullptr);
    EXPECT_EQ(invocation.exit_code, kExitBadUse);
    EXPECT_TRUE(invocation.text.starts_with(refusal.sentence)) << invocation.text;
  }
}

TEST(Command, ReadsNumbersWithinBounds) {
  const auto threads = [](const char* text) {
    return parse({"php", "parse", "src", "--threads", text}).arguments.integer("threads", 1, 64, 8);
  };
  EXPECT_EQ(*threads("12"), 12);
  EXPECT_EQ(*parse({"php", "parse", "src"}).arguments.integer("threads", 1, 64, 8), 8);
  for (const char* text : {"0", "65", "", "1x", "x", "99999999999999999999"}) {
    const Result<std::int64_t> result = threads(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().text(), "--threads wants a whole number from 1 to 64, not '" + std::string(text) + "'");
  }
}

TEST(Command, HelpIsTheSamePageHoweverAskedFor) {
  const std::string page = parse({"check", "--help"}).text;
  EXPECT_EQ(page,
            "banyan check: check a configuration file\n"
            "\n"
            "usage: banyan check -c FILE [--json] [--set KEY=VALUE]...\n"
            "\n"
            "Prints every mistake.\n"
            "\n"
            "options:\n"
            "  -c, --config FILE    the file\n"
            "      --json           print JSON\n"
            "      --set KEY=VALUE  override a key\n"
            "  -h, --help           print this page\n"
            "\n"
            "examples:\n"
            "  banyan check -c site.yaml\n"
            "      checks site.yaml\n");
  EXPECT_EQ(parse({"help", "check"}).text, page);
  EXPECT_EQ(parse({"check", "-c", "a", "-h"}).text, page);
  EXPECT_EQ(parse({"help", "check"}).exit_code, kExitDone);
  EXPECT_EQ(parse({"--help"}).text, parse({"help"}).text);
  EXPECT_EQ(parse({"php", "--help"}).text, parse({"help", "php"}).text);
  EXPECT_EQ(parse({}).exit_code, kExitBadUse);
  EXPECT_NE(parse({}).text.find("  php    work on PHP sources\n"), std::string::npos);
}

}  // namespace
}  // namespace banyan

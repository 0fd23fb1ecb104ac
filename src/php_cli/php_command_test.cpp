#include "php_cli/php_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "php_cli/php_source.h"

namespace banyan {
namespace {

// A folder of its own with files in it, gone with the test.
class PhpCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/banyan_php_XXXXXX";
    folder_ = mkdtemp(name);
  }
  void TearDown() override {
    for (const std::string& path : files_) unlink(path.c_str());
    for (auto sub = folders_.rbegin(); sub != folders_.rend(); ++sub) rmdir(sub->c_str());
    rmdir(folder_.c_str());
  }
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
    files_.push_back(path);
    return path;
  }
  void make_folder(const std::string& name) {
    folders_.push_back(folder_ + "/" + name);
    mkdir(folders_.back().c_str(), 0700);
  }

  struct Outcome {
    int exit_code = 0;
    std::string out;
  };
  // Runs `banyan ARGUMENTS...` in this process and gives what it printed to standard output.
  Outcome run(const std::vector<std::string>& arguments) {
    const Command program = {.name = "banyan", .commands = {php_command()}};
    const Invocation invocation = parse_command_line(program, arguments);
    if (invocation.command == nullptr) return {invocation.exit_code, invocation.text};
    ::testing::internal::CaptureStdout();
    Outcome outcome;
    outcome.exit_code = invocation.command->run(invocation.arguments);
    std::fflush(stdout);
    outcome.out = ::testing::internal::GetCapturedStdout();
    return outcome;
  }

  std::string folder_;
  std::vector<std::string> files_;
  std::vector<std::string> folders_;
};

TEST_F(PhpCommand, LintSaysWhereAndWhat) {
  const std::string good = write("a.php", "<?php echo 1;\n");
  const std::string bad = write("b.php", "<?php\n\n  echo ;\n");
  EXPECT_EQ(run({"php", "lint", good}).exit_code, 0);
  const Outcome outcome = run({"php", "lint", folder_});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, bad + ":3:8: parse.unexpected-token: Unexpected ;, expected expression\n");
}

TEST_F(PhpCommand, LintFindsFilesAtAnyDepthInOrder) {
  make_folder("sub");
  write("z.php", "<?php (");
  write("sub/y.php", "<?php )");
  write("sub/x.txt", "<?php )");
  const Outcome one = run({"php", "lint", "--threads", "1", folder_});
  const Outcome four = run({"php", "lint", "--threads", "4", folder_});
  EXPECT_EQ(one.out, four.out);
  EXPECT_LT(one.out.find("sub/y.php"), one.out.find("z.php"));
  EXPECT_EQ(one.out.find("x.txt"), std::string::npos);
}

TEST_F(PhpCommand, LintKnowsVersions) {
  const std::string path = write("a.php", "<?php enum A { case B; }");
  EXPECT_EQ(run({"php", "lint", "--php", "8.1", path}).exit_code, 0);
  EXPECT_EQ(run({"php", "lint", "--php", "8.0", path}).exit_code, 1);
  EXPECT_EQ(run({"php", "lint", "--php", "9.9", path}).exit_code, 2);
}

TEST_F(PhpCommand, LintWritesJson) {
  const std::string path = write("a.php", "<?php break;");
  EXPECT_EQ(run({"php", "lint", "--format", "json", path}).out,
            "{\"php\":\"8.2\",\"files\":1,\"diagnostics\":[\n{\"file\":\"" + path +
                "\",\"line\":1,\"column\":7,\"code\":\"jump.outside\",\"message\":\"break is not inside of a loop or "
                "switch\"}]}\n");
  EXPECT_EQ(run({"php", "lint", "--format", "xml", path}).exit_code, 2);
}

TEST_F(PhpCommand, LintRefusesWhatIsNotThere) {
  EXPECT_EQ(run({"php", "lint", folder_ + "/none.php"}).exit_code, 2);
  EXPECT_EQ(run({"php", "lint", folder_}).exit_code, 2);
}

TEST_F(PhpCommand, ParsePrintsTheFileAgain) {
  const std::string source = "a <?php  f( 1 ,\t2 ) ; # c\r\n?>\n b";
  const std::string path = write("a.php", source);
  EXPECT_EQ(run({"php", "parse", "--print", path}).out, source);
}

TEST_F(PhpCommand, ParsePrintsTheTree) {
  const std::string path = write("a.php", "<?php f(1);");
  EXPECT_EQ(run({"php", "parse", path}).out,
            "file\n  expression_statement\n    expression: call\n      callee: name \"f\"\n      arguments: arguments\n"
            "        argument\n          value: integer \"1\"\n");
  EXPECT_EQ(
      run({"php", "parse", "--json", path}).out,
      "{\"kind\":\"file\",\"start\":0,\"end\":11,\"children\":[{\"kind\":\"expression_statement\",\"start\":6,\"end\":"
      "11,"
      "\"children\":{\"expression\":{\"kind\":\"call\",\"start\":6,\"end\":10,\"children\":{\"callee\":{\"kind\":"
      "\"name\","
      "\"start\":6,\"end\":7,\"text\":\"f\"},\"arguments\":{\"kind\":\"arguments\",\"start\":7,\"end\":10,\"children\":"
      "[{"
      "\"kind\":\"argument\",\"start\":8,\"end\":9,\"children\":{\"value\":{\"kind\":\"integer\",\"start\":8,\"end\":9,"
      "\"text\":\"1\"}}}]}}}}}]}\n");
  EXPECT_EQ(run({"php", "parse", folder_}).exit_code, 2);
}

}  // namespace
}  // namespace banyan

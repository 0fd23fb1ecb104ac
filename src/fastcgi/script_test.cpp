#include "fastcgi/script.h"

#include <set>

#include <gtest/gtest.h>

namespace banyan::fastcgi {
namespace {

using static_files::FileKind;

// Names ending in '/' are folders, those beginning with '!' are refused.
class FakeTree : public static_files::FileTree {
 public:
  explicit FakeTree(std::set<std::string, std::less<>> names) : names_(std::move(names)) {}
  FileKind kind(std::string_view path) override {
    ++asked;
    EXPECT_EQ(path.find("//"), std::string_view::npos);
    EXPECT_EQ(path.find(".."), std::string_view::npos);
    if (path.empty() || names_.contains(std::string(path) + "/")) return FileKind::kFolder;
    if (names_.contains("!" + std::string(path))) return FileKind::kRefused;
    return names_.contains(path) ? FileKind::kFile : FileKind::kMissing;
  }
  int asked = 0;

 private:
  std::set<std::string, std::less<>> names_;
};

FakeTree application() {
  return FakeTree({"/index.php", "/admin/", "/admin/index.php", "/admin/tool.php", "/logo.png", "/static/",
                   "/static/a.css", "/docs/", "/docs/index.html", "/v1.php/", "/v1.php/run.php", "/.env",
                   "/config.php.bak", "/UPPER.PHP", "/a.inc", "!/out.png", "!/out.php", "/sp ace.php", "/.php"});
}

std::string chosen(std::string_view path, const ScriptRules& rules = {}) {
  FakeTree tree = application();
  ScriptChoice choice = choose_script(rules, path, tree);
  switch (choice.kind) {
    case ScriptChoice::Kind::kScript:
      return "run " + choice.name + (choice.path_info.empty() ? "" : " info " + choice.path_info);
    case ScriptChoice::Kind::kFile:
      return "file " + choice.name;
    case ScriptChoice::Kind::kRedirect:
      return "redirect " + choice.name + "/";
    case ScriptChoice::Kind::kRefused:
      return std::to_string(choice.refusal.status);
  }
  return {};
}

TEST(Script, FilesFoldersAndTheFallback) {
  EXPECT_EQ(chosen("/"), "run /index.php");
  EXPECT_EQ(chosen("/index.php"), "run /index.php");
  EXPECT_EQ(chosen("/user/profile"), "run /index.php");
  EXPECT_EQ(chosen("/logo.png"), "file /logo.png");
  EXPECT_EQ(chosen("/logo.png/"), "run /index.php");
  EXPECT_EQ(chosen("/admin"), "redirect /admin/");
  EXPECT_EQ(chosen("/admin/"), "run /admin/index.php");
  EXPECT_EQ(chosen("/admin/tool.php"), "run /admin/tool.php");
  EXPECT_EQ(chosen("/static/"), "403");
  EXPECT_EQ(chosen("/docs/", {.index = {"index.php", "index.html"}}), "file /docs/index.html");
  EXPECT_EQ(chosen("/sp%20ace.php"), "run /sp ace.php");
  EXPECT_EQ(chosen("/missing", {.fallback = ""}), "404");
  EXPECT_EQ(chosen("/missing", {.fallback = "/gone.php"}), "404");
}

TEST(Script, PathInfoFollowsTheLongestExistingScript) {
  EXPECT_EQ(chosen("/index.php/a/b"), "run /index.php info /a/b");
  EXPECT_EQ(chosen("/index.php/"), "run /index.php info /");
  EXPECT_EQ(chosen("/index.php/x.php"), "run /index.php info /x.php");
  EXPECT_EQ(chosen("/v1.php/run.php/z"), "run /v1.php/run.php info /z");
  EXPECT_EQ(chosen("/index.php/a", {.path_info = false}), "404");
  EXPECT_EQ(chosen("/index.php", {.path_info = false}), "run /index.php");
  EXPECT_EQ(chosen("/missing.php"), "404");
  EXPECT_EQ(chosen("/missing.php/a"), "404");
  EXPECT_EQ(chosen("/logo.png/x.php"), "404");
  EXPECT_EQ(chosen("/index.phpx"), "run /index.php");
  EXPECT_EQ(chosen("/index.php%2fa"), "400");
}

TEST(Script, SourcesHiddenFilesAndEscapesAreRefused) {
  for (const char* path : {"/.env", "/admin/../.env", "/config.php.bak", "/UPPER.PHP", "/a.inc", "/out.png", "/out.php",
                           "/.php", "/%2eenv"}) {
    EXPECT_EQ(chosen(path), "404") << path;
  }
  for (const char* path : {"/../index.php", "/%2e%2e/%2e%2e/etc/passwd", "/index.php%00.png", "/a%zz"}) {
    EXPECT_EQ(chosen(path), "400") << path;
  }
}

TEST(Script, OnlyTheListedScriptsRun) {
  ScriptRules rules{.scripts = {"/index.php"}};
  EXPECT_EQ(chosen("/index.php/x", rules), "run /index.php info /x");
  EXPECT_EQ(chosen("/admin/tool.php", rules), "404");
  EXPECT_EQ(chosen("/admin/", rules), "404");
  EXPECT_EQ(chosen("/any", rules), "run /index.php");
}

TEST(Script, AsksForABoundedNumberOfFiles) {
  std::string path;
  for (int i = 0; i < 1000; ++i) path += "/a.php";
  FakeTree tree = application();
  EXPECT_EQ(choose_script({}, path, tree).refusal.status, 404);
  EXPECT_LE(tree.asked, 8);
}

}  // namespace
}  // namespace banyan::fastcgi

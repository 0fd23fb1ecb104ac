#include "static_files/resolve.h"

#include <map>

#include <gtest/gtest.h>

namespace banyan::static_files {
namespace {

class FakeTree : public FileTree {
 public:
  explicit FakeTree(std::map<std::string, FileKind, std::less<>> files) : files_(std::move(files)) {}
  FileKind kind(std::string_view path) override {
    auto found = files_.find(path);
    return found == files_.end() ? FileKind::kMissing : found->second;
  }

 private:
  std::map<std::string, FileKind, std::less<>> files_;
};

FakeTree site() {
  return FakeTree({{"", FileKind::kFolder},
                   {"/index.html", FileKind::kFile},
                   {"/a b.txt", FileKind::kFile},
                   {"/css", FileKind::kFolder},
                   {"/css/site.css", FileKind::kFile},
                   {"/.git", FileKind::kFolder},
                   {"/.git/config", FileKind::kFile},
                   {"/.well-known/token", FileKind::kFile},
                   {"/.well-known/.secret", FileKind::kFile},
                   {"/css/.htaccess", FileKind::kFile},
                   {"/index.php", FileKind::kFile},
                   {"/index.php.bak", FileKind::kFile},
                   {"/UP.PHP", FileKind::kFile},
                   {"/lib.inc", FileKind::kFile},
                   {"/link-out", FileKind::kRefused}});
}

std::string resolved(std::string_view path, const ResolveRules& rules = {}) {
  FakeTree tree = site();
  Resolution r = resolve(rules, path, tree);
  switch (r.kind) {
    case Resolution::Kind::kFile:
      return "file " + r.path;
    case Resolution::Kind::kRedirect:
      return "redirect " + folder_location(r.path, "q=1");
    case Resolution::Kind::kRefused:
      return std::to_string(r.refusal.status);
  }
  return {};
}

TEST(Resolve, FindsFilesFoldersAndIndexes) {
  EXPECT_EQ(resolved("/"), "file /index.html");
  EXPECT_EQ(resolved("/css/site.css"), "file /css/site.css");
  EXPECT_EQ(resolved("/a%20b.txt"), "file /a b.txt");
  EXPECT_EQ(resolved("/css"), "redirect /css/?q=1");
  EXPECT_EQ(resolved("/css/"), "403");
  EXPECT_EQ(resolved("/css/site.css/"), "404");
  EXPECT_EQ(resolved("/missing"), "404");
}

TEST(Resolve, RefusesWhatIsNotForTheWorld) {
  for (const char* path : {"/.git/config", "/%2egit/config", "/css/.htaccess", "/.well-known/.secret", "/index.php",
                           "/index.php.bak", "/UP.PHP", "/lib.inc", "/link-out", "/css/../.git/config"}) {
    EXPECT_EQ(resolved(path), "404") << path;
  }
  EXPECT_EQ(resolved("/.well-known/token"), "file /.well-known/token");
  EXPECT_EQ(resolved("/lib.inc", {.php_sources = true}), "file /lib.inc");
}

TEST(Resolve, RefusesPathsThatLeaveTheRootOrAreMalformed) {
  for (const char* path :
       {"/../etc/passwd", "/css/../../etc/passwd", "/%2e%2e/etc/passwd", "/a%00b", "/a%2fb", "/a%", "/a\\b", "/%5c"}) {
    EXPECT_EQ(resolved(path), "400") << path;
  }
}

TEST(Resolve, AFoldersRedirectNeverNamesAnotherHost) {
  EXPECT_EQ(folder_location("", ""), "/");
  EXPECT_EQ(folder_location("/a b/\xC3\xA9?", "x=1"), "/a%20b/%C3%A9%3F/?x=1");
  FakeTree tree({{"/evil.example", FileKind::kFolder}});
  Resolution r = resolve({}, "//evil.example", tree);
  ASSERT_EQ(r.kind, Resolution::Kind::kRedirect);
  EXPECT_EQ(folder_location(r.path, ""), "/evil.example/");
}

}  // namespace
}  // namespace banyan::static_files

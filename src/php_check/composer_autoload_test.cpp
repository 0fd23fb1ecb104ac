#include "php_check/composer_autoload.h"

#include <gtest/gtest.h>

#include "php_check/facts.h"

namespace banyan::php {
namespace {

constexpr std::string_view kComposer = R"({
  "name": "shop/app",
  "autoload": {
    "psr-4": {"App\\": "src/", "Two\\": ["./a", "b/"], "": "fallback/"},
    "psr-0": {"Old_": "lib/"},
    "classmap": ["legacy/", "one/File.php"]
  },
  "autoload-dev": {"psr-4": {"Tests\\": "tests/"}}
})";

TEST(ComposerAutoload, MapsNamesToFiles) {
  const Result<ComposerAutoload> made = ComposerAutoload::parse(kComposer);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->rank("App\\Model\\User", "src/Model/User.php"), 2);
  EXPECT_EQ(made->rank("App\\Model\\User", "src/User.php"), 0);
  EXPECT_EQ(made->rank("Two\\X", "a/X.php"), 2);
  EXPECT_EQ(made->rank("Two\\X", "b/X.php"), 2);
  EXPECT_EQ(made->rank("Any\\Name", "fallback/Any/Name.php"), 2);
  EXPECT_EQ(made->rank("Old_Db_Row", "lib/Old/Db/Row.php"), 2);
  EXPECT_EQ(made->rank("Tests\\T", "tests/T.php"), 2);
  EXPECT_EQ(made->rank("Whatever", "legacy/deep/x.php"), 1);
  EXPECT_EQ(made->rank("Whatever", "one/File.php"), 1);
  EXPECT_EQ(made->rank("Whatever", "elsewhere.php"), 0);
  EXPECT_TRUE(ComposerAutoload().empty());
}

TEST(ComposerAutoload, SaysWhatIsWrong) {
  for (const std::string_view text :
       {"", "[]", "{", R"({"autoload": {"psr-4": "src"}})", R"({"autoload": {"psr-4": {"A\\": 1}}})",
        R"({"autoload": {"classmap": {}}})", R"({"autoload": {"classmap": [1]}})"}) {
    const Result<ComposerAutoload> made = ComposerAutoload::parse(text);
    ASSERT_FALSE(made.ok()) << text;
    EXPECT_TRUE(made.error().message().starts_with("composer.json: ")) << made.error().message();
  }
  EXPECT_TRUE(ComposerAutoload::parse(R"({"autoload": {"psr-4": []}})").ok());
}

TEST(ComposerAutoload, KnowsInstalledPackages) {
  ComposerAutoload made = *ComposerAutoload::parse(R"({"config": {"vendor-dir": "libs"}})");
  EXPECT_EQ(made.vendor(), "libs");
  const Result<void> added = made.add_installed(R"({"packages": [
      {"name": "acme/db", "install-path": "../acme/db", "autoload": {"psr-4": {"Acme\\": ["src", "more/"]},
       "files": ["functions.php"], "classmap": ["legacy"]}},
      {"name": "out/side", "install-path": "../../../elsewhere", "autoload": {"psr-4": {"Out\\": "."}}},
      {"name": "meta/package", "install-path": null}]})",
                                                "libs");
  ASSERT_TRUE(added.ok()) << added.error().message();
  EXPECT_EQ(made.installed_paths(),
            (std::vector<std::string>{"libs/acme/db/functions.php", "libs/acme/db/legacy/", "libs/acme/db/more/",
                                      "libs/acme/db/src/"}));
  EXPECT_EQ(made.rank("Acme\\Row", "libs/acme/db/more/Row.php"), 2);
  EXPECT_NE(made.text(), ComposerAutoload().text());

  ComposerAutoload first;  // as composer 1 wrote it
  ASSERT_TRUE(first.add_installed(R"([{"name": "a/b", "autoload": {"psr-0": {"": ""}}}])", "vendor").ok());
  EXPECT_EQ(first.installed_paths(), std::vector<std::string>{"vendor/a/b/"});
  for (const std::string_view text : {"", "{}", "1", R"([{"name": "a/b", "autoload": {"files": "x"}}])"}) {
    EXPECT_FALSE(ComposerAutoload().add_installed(text, "vendor").ok()) << text;
  }
}

// The class PHP would get is the one whose method is called.
TEST(ComposerAutoload, DecidesBetweenDeclarationsOfOneName) {
  for (const bool mapped : {false, true}) {
    ProjectOptions options;
    if (mapped) options.autoload = *ComposerAutoload::parse(R"({"autoload": {"psr-4": {"App\\": "src/"}}})");
    Project project(std::move(options));
    project.set_file("copies/Cart.php", "<?php namespace App; class Cart { function total(): int { return 1; } }");
    project.set_file("src/Cart.php", "<?php namespace App; class Cart { function total(): float { return 1.5; } }");
    const Facts& facts = project.analyze();
    const ClassInfo& cart = facts.at(facts.find_class("App\\Cart"));
    EXPECT_EQ(facts.at(cart.file).path, mapped ? "src/Cart.php" : "copies/Cart.php");
  }
}

}  // namespace
}  // namespace banyan::php

#include "console/console.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace banyan {
namespace {

constexpr std::size_t kCompressedBytesMax = 120'000;

std::string text_of(std::string_view path) {
  const ConsoleFile* file = find_console_file(path);
  if (file == nullptr) return "";
  return inflate_console_file(*file);
}

// What a module imports, as paths: relative names are resolved as a browser does.
std::vector<std::string> imports_of(const ConsoleFile& file, const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t at = text.find(" from '"); at != text.npos; at = text.find(" from '", at + 1)) {
    const std::size_t begin = at + 7;
    std::string name = text.substr(begin, text.find('\'', begin) - begin);
    std::string folder(file.path.substr(0, file.path.rfind('/') + 1));
    if (name.starts_with("./")) name.erase(0, 2);
    while (name.starts_with("../")) {
      name.erase(0, 3);
      folder.resize(folder.rfind('/', folder.size() - 2) + 1);
    }
    found.push_back(folder + name);
  }
  return found;
}

TEST(ConsoleFiles, ThePageAndItsPartsAreThere) {
  EXPECT_NE(text_of("/console/").find("<script type=\"module\" src=\"main.js\">"), std::string::npos);
  EXPECT_NE(text_of("/console/preact/preact").find("render"), std::string::npos);
  EXPECT_EQ(find_console_file("/console/none.js"), nullptr);
  EXPECT_EQ(find_console_file("/console/index.html"), nullptr);
}

TEST(ConsoleFiles, StayWithinTheirBudget) {
  std::size_t bytes = 0;
  for (const ConsoleFile& file : console_files()) bytes += file.gzip.size();
  RecordProperty("compressed_bytes", static_cast<int>(bytes));
  EXPECT_LT(bytes, kCompressedBytesMax);
  EXPECT_GT(bytes, kCompressedBytesMax / 10);
}

TEST(ConsoleFiles, HaveTagsOfTheirOwn) {
  std::set<std::string_view> tags;
  std::set<std::string_view> paths;
  for (const ConsoleFile& file : console_files()) {
    EXPECT_TRUE(file.etag.starts_with("W/\"") && file.etag.ends_with('"') && file.etag.size() == 24) << file.etag;
    EXPECT_TRUE(tags.insert(file.etag).second) << file.path << " is there twice";
    EXPECT_TRUE(paths.insert(file.path).second) << file.path;
  }
}

TEST(ConsoleFiles, LoadNothingFromElsewhere) {
  for (const ConsoleFile& file : console_files()) {
    std::string text = inflate_console_file(file);
    if (file.path.starts_with("/console/preact/")) continue;  // its addresses are in comments
    for (std::string_view name : {"http://www.w3.org/2000/svg"}) {
      for (std::size_t at = text.find(name); at != text.npos; at = text.find(name)) text.erase(at, name.size());
    }
    EXPECT_EQ(text.find("://"), std::string::npos) << file.path;
    EXPECT_EQ(text.find("\"//"), std::string::npos) << file.path;
    EXPECT_EQ(text.find("'//"), std::string::npos) << file.path;
    for (const std::string_view banned :
         {"innerHTML", "eval(", "new Function", "document.cookie", "localStorage.token"}) {
      EXPECT_EQ(text.find(banned), std::string::npos) << file.path << " has " << banned;
    }
  }
}

TEST(ConsoleFiles, ImportWhatIsThereAlone) {
  std::set<std::string> imported{"/console/main.js"};
  for (const ConsoleFile& file : console_files()) {
    if (!file.type.starts_with("text/javascript")) continue;
    for (const std::string& path : imports_of(file, inflate_console_file(file))) {
      EXPECT_NE(find_console_file(path), nullptr) << file.path << " imports " << path;
      imported.insert(path);
    }
  }
  for (const ConsoleFile& file : console_files()) {
    if (!file.type.starts_with("text/javascript") || file.path.starts_with("/console/preact/")) continue;
    EXPECT_TRUE(imported.contains(std::string(file.path))) << "nothing imports " << file.path;
  }
}

TEST(ConsoleFiles, ThePageHasNoScriptOrStyleInside) {
  const std::string page = text_of("/console/");
  EXPECT_EQ(page.find("<style"), std::string::npos);
  EXPECT_EQ(page.find(" style="), std::string::npos);
  EXPECT_EQ(page.find(" on"), std::string::npos);
  for (std::size_t at = page.find("<script"); at != page.npos; at = page.find("<script", at + 1)) {
    EXPECT_NE(page.substr(at, page.find('>', at) - at).find(" src="), std::string::npos);
  }
}

TEST(ConsolePaths, AreThoseBeneathConsole) {
  EXPECT_TRUE(is_console_path("/console"));
  EXPECT_TRUE(is_console_path("/console/main.js"));
  EXPECT_FALSE(is_console_path("/consoles"));
  EXPECT_FALSE(is_console_path("/status"));
}

}  // namespace
}  // namespace banyan

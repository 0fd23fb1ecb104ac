#include "http/target.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace banyan {
namespace {

std::string normal(std::string_view path, PathForm form) {
  std::string out;
  const auto result = normalize_path(path, form, out);
  if (!result) {
    EXPECT_EQ(result.error().status, 400);
    return "refused";
  }
  // A normal form is its own normal form, once a literal '%' of a file name is out of the way.
  std::string again;
  if (form == PathForm::kRouting) EXPECT_EQ(normalize_path(*result, form, again).value(), *result);
  return std::string(*result);
}

struct PathCase {
  const char* path;
  const char* routing;
  const char* filesystem;
};

const std::vector<PathCase> kPathCases = {
    {"/", "/", "/"},
    {"/a/b", "/a/b", "/a/b"},
    {"/a/b/", "/a/b/", "/a/b/"},
    {"//", "/", "/"},
    {"///a//b///", "/a/b/", "/a/b/"},
    {"/.", "/", "/"},
    {"/./", "/", "/"},
    {"/a/.", "/a/", "/a/"},
    {"/a/./b", "/a/b", "/a/b"},
    {"/a/..", "/", "/"},
    {"/a/../b", "/b", "/b"},
    {"/a/b/..", "/a/", "/a/"},
    {"/a/b/../..", "/", "/"},
    {"/a//../b", "/b", "/b"},
    {"/a/b/../../c/./d", "/c/d", "/c/d"},
    {"/..", "refused", "refused"},
    {"/../a", "refused", "refused"},
    {"/a/../..", "refused", "refused"},
    {"/a/../../b", "refused", "refused"},
    {"//..", "refused", "refused"},
    {"/./..", "refused", "refused"},
    {"/...", "/...", "/..."},
    {"/a/...", "/a/...", "/a/..."},
    {"/.a", "/.a", "/.a"},
    {"/..a", "/..a", "/..a"},
    {"/a..", "/a..", "/a.."},
    {"/.git/config", "/.git/config", "/.git/config"},
    {"/%2e", "/", "/"},
    {"/a/%2E%2e/b", "/b", "/b"},
    {"/a/.%2e/b", "/b", "/b"},
    {"/%2e%2e", "refused", "refused"},
    {"/a/%2e%2e/%2e%2e/b", "refused", "refused"},
    {"/%61dmin", "/admin", "/admin"},
    {"/a%20b", "/a b", "/a b"},
    {"/%E7%94%A8", "/\xe7\x94\xa8", "/\xe7\x94\xa8"},
    {"/a%2Fb", "/a%2Fb", "refused"},
    {"/a%2fb", "/a%2Fb", "refused"},
    {"/%2f", "/%2F", "refused"},
    {"/..%2fadmin", "refused", "refused"},
    {"/a%2f..%2Fb", "refused", "refused"},
    {"/a%2f%2e%2e", "refused", "refused"},
    {"/a%2f.", "refused", "refused"},
    {"/a%2f...", "/a%2F...", "refused"},
    {"/100%25", "/100%25", "/100%"},
    {"/%252F", "/%252F", "/%2F"},
    {"/%252e%252e/a", "/%252e%252e/a", "/%2e%2e/a"},
    {"/%2525", "/%2525", "/%25"},
    {"/%00", "refused", "refused"},
    {"/a%00.php", "refused", "refused"},
    {"/%0a", "refused", "refused"},
    {"/%0d%0aX:y", "refused", "refused"},
    {"/%7f", "refused", "refused"},
    {"/%5c", "refused", "refused"},
    {"/..%5c..%5cwindows", "refused", "refused"},
    {"/a\\b", "refused", "refused"},
    {"/%c0%af", "/\xc0\xaf", "/\xc0\xaf"},
    {"/%", "refused", "refused"},
    {"/%2", "refused", "refused"},
    {"/%zz", "refused", "refused"},
    {"/%2x", "refused", "refused"},
    {"/a%", "refused", "refused"},
    {"/%u0041", "refused", "refused"},
    {"/a+b", "/a+b", "/a+b"},
    {"/a;b=c/d", "/a;b=c/d", "/a;b=c/d"},
    {"/a/..;/b", "refused", "refused"},
    {"/a/..;x=1/b", "refused", "refused"},
    {"/a/.;/b", "refused", "refused"},
    {"/a/%2e%2e%3bx", "refused", "refused"},
    {"/a%2f..;x", "refused", "refused"},
    {"/..;x%2fa", "refused", "refused"},
    {"/a;/../b", "/b", "/b"},
    {"/a;..;/b", "/a;..;/b", "/a;..;/b"},
    {"/...;/b", "/...;/b", "/...;/b"},
    {"", "refused", "refused"},
    {"a", "refused", "refused"},
    {"*", "refused", "refused"},
};

TEST(NormalizePath, Table) {
  for (const PathCase& one : kPathCases) {
    EXPECT_EQ(normal(one.path, PathForm::kRouting), one.routing) << one.path;
    EXPECT_EQ(normal(one.path, PathForm::kFilesystem), one.filesystem) << one.path;
  }
}

TEST(NormalizePath, PlainPathsAreNotCopied) {
  const std::string path = "/user/profile.php";
  std::string out;
  EXPECT_EQ(normalize_path(path, PathForm::kRouting, out)->data(), path.data());
  EXPECT_TRUE(out.empty());
}

// Over every path of up to six of the interesting pieces: no dot segment, no empty segment, no way out.
TEST(NormalizePath, ExhaustiveOverPieces) {
  const std::vector<std::string> pieces = {"/", ".", "%2e", "a", "%2f", "%25", "%5C", "2f"};
  std::size_t tried = 0;
  for (std::size_t number = 0; number < 8 * 8 * 8 * 8 * 8 * 8; ++number) {
    std::string path = "/";
    for (std::size_t rest = number; rest != 0; rest /= 8) path += pieces[rest % 8];
    std::string out;
    for (const PathForm form : {PathForm::kRouting, PathForm::kFilesystem}) {
      const auto result = normalize_path(path, form, out);
      if (!result) continue;
      ++tried;
      const std::string wrapped = std::string(*result) + "/";
      const std::size_t slashes = wrapped.size() >= 2 && wrapped.ends_with("//") ? 1 : 0;
      ASSERT_EQ(wrapped.find("//"), slashes != 0 ? wrapped.size() - 2 : std::string::npos) << path;
      ASSERT_EQ(wrapped.find("/./"), std::string::npos) << path;
      ASSERT_EQ(wrapped.find("/../"), std::string::npos) << path;
    }
  }
  EXPECT_GT(tried, 100'000U);
}

TEST(Percent, EveryByteComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  std::string encoded;
  percent_encode(bytes, encoded);
  EXPECT_EQ(encoded.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~%"),
            std::string::npos);
  std::string decoded;
  EXPECT_TRUE(percent_decode(encoded, decoded));
  EXPECT_EQ(decoded, bytes);
  std::string form;
  form_encode(bytes, form);
  decoded.clear();
  form_decode(form, decoded);
  EXPECT_EQ(decoded, bytes);
  EXPECT_TRUE(form_equals(form, bytes));
  EXPECT_FALSE(percent_decode("a%4", decoded));
  EXPECT_FALSE(percent_decode("%g1", decoded));
}

TEST(Query, Reader) {
  QueryReader reader("a=1&b&&c=&=d&a=2=3&");
  std::string seen;
  for (QueryParameter parameter; reader.next(parameter);) {
    seen.append(parameter.name).append(":").append(parameter.value).append(" ");
  }
  EXPECT_EQ(seen, "a:1 b: c: :d a:2=3 ");
}

TEST(Query, FormDecoding) {
  std::string out;
  form_decode("a+b%2Bc%20d%", out);
  EXPECT_EQ(out, "a b+c d%");
  EXPECT_TRUE(form_equals("a+b%", "a b%"));
  EXPECT_FALSE(form_equals("a", "ab"));
  EXPECT_FALSE(form_equals("ab", "a"));
  EXPECT_FALSE(form_equals("", "a"));
  EXPECT_TRUE(form_equals("", ""));
}

TEST(Query, Value) {
  std::string out;
  EXPECT_TRUE(query_value("x=1&i%64=4+7&id=8", "id", out));
  EXPECT_EQ(out, "4 7");
  EXPECT_FALSE(query_value("x=1", "id", out));
  EXPECT_FALSE(query_value("", "", out));
}

}  // namespace
}  // namespace banyan

#include "embed/archive.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace banyan {

extern const EmbeddedArchive kEmbedTestArchive;

namespace {

std::string on_disk(const std::string& path) {
  std::ifstream file(std::filesystem::path(BANYAN_EMBED_TEST_ROOT) / path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(EmbeddedArchive, GivesBackTheFilesThatWerePacked) {
  const std::vector<EmbeddedFile> files = unpack_archive(kEmbedTestArchive);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].path, "CMakeLists.txt");
  EXPECT_EQ(files[1].path, "archive.cpp");
  for (const EmbeddedFile& one : files) EXPECT_EQ(one.content, on_disk(one.path));
}

TEST(EmbeddedArchive, AFileIsTakenByItsPath) {
  std::vector<EmbeddedFile> files = unpack_archive(kEmbedTestArchive);
  EXPECT_EQ(take_file(files, "archive.cpp"), on_disk("archive.cpp"));
  EXPECT_DEATH(take_file(files, "nothing"), "");
}

TEST(EmbeddedArchive, DamageEndsTheProgram) {
  const EmbeddedArchive whole = kEmbedTestArchive;
  EXPECT_DEATH(unpack_archive({whole.bytes.first(whole.bytes.size() - 1), whole.unpacked}), "");
  EXPECT_DEATH(unpack_archive({whole.bytes, whole.unpacked - 1}), "");
  EXPECT_DEATH(unpack_archive({whole.bytes, whole.unpacked + 1}), "");
}

}  // namespace
}  // namespace banyan

#include "base/json_text.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EscapesWhatMustBe) {
  EXPECT_EQ(json("plain"), "\"plain\"");
  EXPECT_EQ(json("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(json(std::string_view("\0\x1f\x10", 3)), R"("\u0000\u001f\u0010")");
  EXPECT_EQ(json("榕 é \x7f"), "\"榕 é \x7f\"");
}

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(json("caf\xe9!"), "\"caf\xef\xbf\xbd!\"");
  EXPECT_EQ(json("\xf0\x9f\x98"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(JsonText, BufferFormAgreesAndNeverOverruns) {
  const std::string text =
      "a\"\n榕\xff"
      "b\x01 and a plain tail";
  const std::string whole = json(text);
  for (std::size_t size = 0; size <= whole.size() + 2; ++size) {
    std::string buffer(size + 1, '#');
    bool cut = false;
    char* const stop = write_json_string(buffer.data(), buffer.data() + size, text, cut);
    EXPECT_EQ(cut, size < whole.size());
    const std::string written(buffer.data(), stop);
    EXPECT_EQ(buffer[size], '#');
    if (size < 2) {
      EXPECT_EQ(written, "");
    } else {
      EXPECT_EQ(written.back(), '"');
      EXPECT_EQ(whole.substr(0, written.size() - 1), written.substr(0, written.size() - 1));
    }
    if (size >= whole.size()) EXPECT_EQ(written, whole);
  }
}

}  // namespace
}  // namespace banyan

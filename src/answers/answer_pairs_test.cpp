// The comparison against what people say of pairs of answers: testdata/answer_pairs.txt, which tells its own format.
#include <gtest/gtest.h>
#include <zlib.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "answers/answer_comparer.h"
#include "answers/deflated.h"
#include "base/ascii.h"

namespace banyan {
namespace {

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* digits = text.data() + i + 2;
    if (text.substr(i).starts_with("\\x") && i + 4 <= text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out.push_back(static_cast<char>(byte));
      i += 3;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

// One side of a pair, which owns what its ComparedAnswer views.
class Side {
 public:
  Side(std::string_view text, const std::string& type) {
    std::size_t times = 1;
    std::string coding;
    while (text.starts_with('(')) {
      const std::size_t end = text.find(')');
      const std::string attribute(text.substr(1, end - 1));
      text.remove_prefix(end + 1);
      if (const std::size_t colon = attribute.find(": "); colon != std::string::npos) {
        headers_.emplace_back(attribute.substr(0, colon), attribute.substr(colon + 2));
      } else if (attribute == "gzip" || attribute == "deflate" || attribute == "rawdeflate") {
        coding = attribute;
      } else if (attribute.starts_with('x')) {
        times = std::strtoul(attribute.c_str() + 1, nullptr, 10);
      } else if (attribute != "empty") {
        status_ = std::atoi(attribute.c_str());
        EXPECT_GE(status_, 100) << attribute;
      }
    }
    const std::string once = unescaped(text);
    for (; times > 0; --times) body_ += once;
    if (!has("content-type") && !type.empty()) headers_.emplace_back("Content-Type", type);
    if (coding.empty()) return;
    body_ = deflated(body_, coding == "gzip" ? 16 + MAX_WBITS : coding == "deflate" ? MAX_WBITS : -MAX_WBITS);
    headers_.emplace_back("Content-Encoding", coding == "gzip" ? "gzip" : "deflate");
  }

  ComparedAnswer view() const {
    ComparedAnswer answer{.status = status_, .headers = {}, .body = body_};
    for (const auto& [name, value] : headers_) answer.headers.emplace_back(name, value);
    return answer;
  }

 private:
  bool has(std::string_view name) const {
    for (const auto& [known, value] : headers_) {
      if (ascii_lower(known) == name) return true;
    }
    return false;
  }
  int status_ = 200;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
};

struct Section {
  std::string type;
  AnswerRules rules;
};

void add_rule(Section& section, const std::string& key, const std::string& value) {
  AnswerRules& rules = section.rules;
  const std::size_t colon = value.rfind(':');
  if (key == "type") section.type = value;
  if (key == "ignore") rules.json.ignored.push_back(value);
  if (key == "unordered") rules.json.unordered.push_back(value);
  if (key == "loose_empty") rules.json.empty_array_is_object.push_back(value);
  if (key == "loose_numbers") rules.json.numeric_strings.push_back(value);
  if (key == "tolerance") rules.json.tolerances.push_back({value.substr(0, colon), std::stod(value.substr(colon + 1))});
  if (key == "relative")
    rules.json.tolerances.push_back({value.substr(0, colon), 0, std::stod(value.substr(colon + 1))});
  if (key == "body")
    rules.body = value == "json" ? BodyRule::kJson : value == "none" ? BodyRule::kNone : BodyRule::kBytes;
  if (key != "headers") return;
  rules.headers.clear();
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t comma = std::min(value.find(',', at), value.size());
    rules.headers.push_back(value.substr(at, comma - at));
    at = comma + 1;
  }
}

Section read_section(const std::string& line) {
  Section section;
  for (std::size_t at = 2; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string rule = line.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = rule.find('=');
    add_rule(section, rule.substr(0, equals), rule.substr(equals + 1));
  }
  return section;
}

TEST(AnswerPairs, NoDifferenceIsMissedAndHardlyAnyEqualAnswerIsCalledDifferent) {
  std::ifstream file(std::string(BANYAN_TESTDATA) + "/answer_pairs.txt");
  ASSERT_TRUE(file.good());
  Section section;
  int number = 0;
  int equal = 0;
  int different = 0;
  std::vector<std::string> missed;
  std::vector<std::string> false_alarms;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with('@')) section = read_section(line);
    if (!line.starts_with("= ") && !line.starts_with("! ")) continue;
    const std::size_t middle = line.find(" ~ ");
    ASSERT_NE(middle, std::string::npos) << number;
    const Side old_side(std::string_view(line).substr(2, middle - 2), section.type);
    const Side new_side(std::string_view(line).substr(middle + 3), section.type);
    const Result<AnswerComparer> comparer = AnswerComparer::open(section.rules);
    ASSERT_TRUE(comparer.ok()) << number << ": " << comparer.error().text();
    const AnswerComparison found = comparer->compare(old_side.view(), new_side.view());
    EXPECT_TRUE(found.complete) << number;
    const bool alike = line.starts_with('=');
    ++(alike ? equal : different);
    if (found.equal() != alike) (alike ? false_alarms : missed).push_back(std::to_string(number) + ": " + line);
  }
  EXPECT_GE(equal + different, 300);
  EXPECT_GE(std::min(equal, different), 100);
  EXPECT_EQ(missed, std::vector<std::string>{});
  EXPECT_LE(static_cast<double>(false_alarms.size()), 0.01 * equal) << testing::PrintToString(false_alarms);
  RecordProperty("pairs", equal + different);
  RecordProperty("false_alarms", static_cast<int>(false_alarms.size()));
  for (const std::string& one : false_alarms) std::printf("false alarm, line %s\n", one.c_str());
}

}  // namespace
}  // namespace banyan

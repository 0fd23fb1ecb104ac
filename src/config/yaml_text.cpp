#include "config/yaml_text.h"

#include <string>

#include "base/utf8.h"
#include "config/yaml.h"

namespace banyan {
namespace {

std::string hex_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
}

class TextCheck {
 public:
  explicit TextCheck(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void line(std::string_view line) {
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t indentation = line.find_first_not_of(" \t");
    const std::size_t tab = line.substr(0, indentation).find('\t');
    if (indentation != line.npos && line[indentation] != '#') {
      if (tab != line.npos) report(tab, "a tab in the indentation", "YAML indents with spaces: replace it");
      if (!started_ && line[0] == '%') report(0, "a directive", "they are not supported: delete this line");
      started_ = true;
    }
    characters(line);
  }

 private:
  void report(std::size_t at, std::string message, std::string hint) {
    diagnostics_.error({number_, static_cast<int>(at) + 1}, std::move(message), std::move(hint));
  }

  // One report a line: what follows the first bad byte is often bad too.
  void characters(std::string_view line) {
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t bytes = utf8_sequence_bytes(line, at);
      if (bytes == 0) {
        return report(at, "the byte " + hex_byte(line[at]) + " is not UTF-8", "save the file as UTF-8");
      }
      const bool control = static_cast<unsigned char>(line[at]) < 0x20 || line[at] == 0x7f;
      if (control && line[at] != '\t') {
        return report(at, "the control character " + hex_byte(line[at]),
                      "delete it, or write it as an escape in quotes");
      }
      at += bytes;
    }
  }

  Diagnostics& diagnostics_;
  int number_ = 0;
  bool started_ = false;  // past the lines that may hold directives
};

}  // namespace

bool check_yaml_text(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() > kYamlBytesMax) {
    diagnostics.error({}, "the file is longer than " + std::to_string(kYamlBytesMax) + " bytes",
                      "split it or shorten it");
    return false;
  }
  const std::size_t before = diagnostics.error_count();
  TextCheck check(diagnostics);
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    check.line(text.substr(0, newline));
    text.remove_prefix(newline == text.npos ? text.size() : newline + 1);
  }
  return diagnostics.error_count() == before;
}

}  // namespace banyan

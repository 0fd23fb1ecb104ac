#include "http/transcript.h"

#include <cstdio>
#include <cstdlib>

namespace banyan {

namespace {

bool read_file(const std::string& path, std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  char buffer[65536];
  std::size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0) text.append(buffer, count);
  std::fclose(file);
  return true;
}

void write_file(const std::string& path, const std::vector<Transcript>& cases) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return;
  for (const Transcript& one : cases) {
    std::fprintf(file, "== %s\n%s--\n%s", one.name.c_str(), one.source.c_str(), one.expected.c_str());
  }
  std::fclose(file);
}

// "\{a*100}" from the brace on.
std::string repeated(std::string_view& rest) {
  const std::size_t star = rest.rfind('*', rest.find('}'));
  const std::size_t close = rest.find('}', star);
  const std::string_view text = rest.substr(1, star - 1);
  const int count = std::atoi(std::string(rest.substr(star + 1, close - star - 1)).c_str());
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  rest.remove_prefix(close + 1);
  return out;
}

std::string unescape_line(std::string_view rest) {
  std::string out;
  while (!rest.empty()) {
    const char c = rest[0];
    rest.remove_prefix(1);
    if (c != '\\' || rest.empty()) {
      out += c;
      continue;
    }
    const char kind = rest[0];
    if (kind == '{') {
      out += repeated(rest);
      continue;
    }
    rest.remove_prefix(1);
    if (kind == 'x') {
      out += static_cast<char>(std::strtoul(std::string(rest.substr(0, 2)).c_str(), nullptr, 16));
      rest.remove_prefix(2);
    } else {
      out += kind == 'r' ? '\r' : kind == 'n' ? '\n' : kind == 't' ? '\t' : kind;
    }
  }
  return out;
}

// "accept: ..." goes with "done", "more: ..." with "need more", "refuse 400: ..." with a line that says "error 400".
bool name_fits(const std::string& name, const std::string& answer) {
  if (name.starts_with("accept")) return answer.find("error ") == std::string::npos && answer.starts_with("done");
  if (name.starts_with("more")) return answer.starts_with("need more");
  if (name.starts_with("refuse ")) return answer.find("error " + name.substr(7, 3)) != std::string::npos;
  return false;
}

}  // namespace

std::vector<Transcript> read_transcripts(const std::string& path) {
  std::vector<Transcript> cases;
  std::string text;
  if (!read_file(path, text)) return cases;
  bool in_expected = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.starts_with("== ")) {
      cases.push_back({std::string(line.substr(3)), {}, {}, {}});
      in_expected = false;
    } else if (line == "--") {
      in_expected = true;
    } else if (!cases.empty() && in_expected) {
      cases.back().expected.append(line).append("\n");
    } else if (!cases.empty()) {
      cases.back().source.append(line).append("\n");
      cases.back().input.append(unescape_line(line));
    }
  }
  return cases;
}

std::string check_transcripts(const std::string& path, const std::function<std::string(std::string_view)>& describe) {
  std::vector<Transcript> cases = read_transcripts(path);
  if (cases.empty()) return path + ": no cases in it\n";
  const bool update = std::getenv("BANYAN_UPDATE") != nullptr;
  std::string differences;
  for (Transcript& one : cases) {
    const std::string actual = describe(one.input);
    if (update) one.expected = actual;
    if (actual != one.expected) {
      differences += path + ": " + one.name + "\nexpected:\n" + one.expected + "actual:\n" + actual + "\n";
    }
    if (!name_fits(one.name, actual)) differences += path + ": the name does not fit: " + one.name + "\n" + actual;
  }
  if (update) write_file(path, cases);
  return differences;
}

std::string escape_bytes(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    char hex[5];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r')
      out += "\\r";
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\\')
      out += "\\\\";
    else if (byte >= 0x20 && byte < 0x7f)
      out += c;
    else
      out.append(hex, static_cast<std::size_t>(std::snprintf(hex, sizeof hex, "\\x%02x", byte)));
  }
  return out;
}

}  // namespace banyan

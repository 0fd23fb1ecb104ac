#include "http/target.h"

#include "base/ascii.h"

namespace banyan {

namespace {

constexpr Refusal kMalformed = {400, "the path holds a '%' that is not followed by two hexadecimal digits"};
constexpr Refusal kForbidden = {400, "the path holds an encoded control character or a backslash"};
constexpr Refusal kEncodedSlash = {400, "the path holds an encoded slash, which no file name can hold"};
constexpr Refusal kHiddenDots = {400, "the path holds a dot segment beside an encoded slash, or with a parameter"};
constexpr Refusal kAboveRoot = {400, "the path climbs above its root"};

// The byte that "%XY" at `text[i]` stands for, or -1.
int decoded_at(std::string_view text, std::size_t i) {
  if (text.size() - i < 3) return -1;
  const int high = hex_value(text[i + 1]);
  const int low = hex_value(text[i + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool forbidden_in_path(unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; }

// Whether normalising would change nothing: no '%', no "//", no segment that begins with '.', nothing forbidden.
bool is_plain(std::string_view path) {
  char before = '\0';
  for (const char c : path) {
    if (c == '%' || forbidden_in_path(static_cast<unsigned char>(c))) return false;
    if (before == '/' && (c == '/' || c == '.')) return false;
    before = c;
  }
  return true;
}

// Appends what `segment` means; a refusal where it may not stand in a path.
Refusal append_segment(std::string_view segment, PathForm form, std::string& out) {
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      if (forbidden_in_path(static_cast<unsigned char>(segment[i]))) return kForbidden;
      out.push_back(segment[i]);
      continue;
    }
    const int byte = decoded_at(segment, i);
    if (byte < 0) return kMalformed;
    if (forbidden_in_path(static_cast<unsigned char>(byte))) return kForbidden;
    if (byte == '/' && form == PathForm::kFilesystem) return kEncodedSlash;
    if (form == PathForm::kRouting && (byte == '/' || byte == '%')) {
      out.append(byte == '/' ? "%2F" : "%25");
    } else {
      out.push_back(static_cast<char>(byte));
    }
    i += 2;
  }
  return {};
}

// "..%2Fadmin" is one segment here, but a server behind that decodes first would climb, and one that takes parameters
// off its segments, as those of Java do, by "..;": refused rather than passed on.
bool hides_dot_segment(std::string_view segment) {
  for (bool first = true;; first = false) {
    const std::size_t slash = segment.find("%2F");
    const std::string_view piece = segment.substr(0, slash);
    const std::string_view name = piece.substr(0, piece.find(';'));
    const bool open = first && slash == std::string_view::npos && name == piece;
    if (!open && (name == "." || name == "..")) return true;
    if (slash == std::string_view::npos) return false;
    segment.remove_prefix(slash + 3);
  }
}

// `out` ends in the segment that begins at `start`, after a slash. Resolves it where it is empty, "." or "..".
Refusal resolve_last_segment(std::string& out, std::size_t start) {
  const std::string_view segment = std::string_view(out).substr(start);
  if (hides_dot_segment(segment)) return kHiddenDots;
  if (segment == ".") out.resize(start);
  if (segment != "..") return {};
  if (start == 1) return kAboveRoot;
  out.resize(out.rfind('/', start - 2) + 1);
  return {};
}

constexpr char kHex[] = "0123456789ABCDEF";

bool is_unreserved(char c) { return is_ascii_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

void append_encoded(char c, std::string& out) {
  const auto byte = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(kHex[byte >> 4]);
  out.push_back(kHex[byte & 15]);
}

// One character of form-encoded text from position `i`, which moves past it.
char form_character(std::string_view text, std::size_t& i) {
  const char c = text[i];
  const int byte = c == '%' ? decoded_at(text, i) : -1;
  i += byte < 0 ? 1 : 3;
  if (byte >= 0) return static_cast<char>(byte);
  return c == '+' ? ' ' : c;
}

}  // namespace

std::expected<std::string_view, Refusal> normalize_path(std::string_view path, PathForm form, std::string& out) {
  if (!path.starts_with('/')) return std::unexpected(Refusal{400, "the path does not begin with '/'"});
  if (is_plain(path)) return path;
  out.assign("/");
  std::size_t at = 1;
  while (at < path.size()) {
    const std::size_t slash = path.find('/', at);
    const bool last = slash == std::string_view::npos;
    const std::string_view segment = path.substr(at, last ? slash : slash - at);
    const std::size_t start = out.size();
    if (const Refusal refusal = append_segment(segment, form, out)) return std::unexpected(refusal);
    if (const Refusal refusal = resolve_last_segment(out, start)) return std::unexpected(refusal);
    if (last) break;
    if (out.back() != '/') out.push_back('/');
    at = slash + 1;
  }
  return std::string_view(out);
}

bool percent_decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int byte = decoded_at(text, i);
    if (byte < 0) return false;
    out.push_back(static_cast<char>(byte));
    i += 2;
  }
  return true;
}

void percent_encode(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      append_encoded(c, out);
    }
  }
}

bool QueryReader::next(QueryParameter& parameter) {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('&');
    const std::string_view piece = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    parameter.name = piece.substr(0, equals);
    parameter.value = equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
    return true;
  }
  return false;
}

void form_decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size();) out.push_back(form_character(text, i));
}

// As the URL standard has it: space is '+', and "*-._" stand for themselves beside letters and digits.
void form_encode(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == ' ') {
      out.push_back('+');
    } else if ((is_unreserved(c) && c != '~') || c == '*') {
      out.push_back(c);
    } else {
      append_encoded(c, out);
    }
  }
}

bool form_equals(std::string_view encoded, std::string_view plain) {
  std::size_t i = 0;
  for (const char c : plain) {
    if (i >= encoded.size() || form_character(encoded, i) != c) return false;
  }
  return i == encoded.size();
}

bool query_value(std::string_view query, std::string_view name, std::string& out) {
  QueryReader reader(query);
  QueryParameter parameter;
  while (reader.next(parameter)) {
    if (!form_equals(parameter.name, name)) continue;
    form_decode(parameter.value, out);
    return true;
  }
  return false;
}

}  // namespace banyan

#include "filters/path_rewrite.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "http/target.h"

namespace banyan {
namespace {

Error wrong(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// What may stand in a path beside letters and digits (RFC 3986 section 3.3). A '%' in a normal path is encoded already.
constexpr std::string_view kPathCharacters = "-._~!$&'()*+,;=:@/%";

constexpr std::string_view kNeverInUris = "\"<>\\^`{|}";

// As a value in a query, where '&' and '+' mean something.
void append_value(std::string_view captured, std::string& out) {
  std::string plain;
  (void)percent_decode(captured, plain);  // no '%' of a normal path is malformed
  percent_encode(plain, out);
}

}  // namespace

void append_path(std::string_view normal, std::string& out) {
  for (const char& c : normal) {
    if (is_ascii_alnum(c) || kPathCharacters.find(c) != kPathCharacters.npos) {
      out += c;
    } else {
      percent_encode({&c, 1}, out);
    }
  }
}

std::string written_target(std::string_view text) {
  const std::size_t scheme = text.starts_with('/') ? text.npos : text.find("://");
  const std::size_t path = scheme == text.npos ? 0 : std::min(text.find('/', scheme + 3), text.size());
  std::string out(text.substr(0, path));
  for (const char& c : text.substr(path)) {
    if (c > ' ' && c <= '~' && kNeverInUris.find(c) == kNeverInUris.npos) {
      out += c;
    } else {
      percent_encode({&c, 1}, out);
    }
  }
  return out;
}

Result<std::vector<PathRewrite::Segment>> PathRewrite::parse_pattern(std::string_view pattern,
                                                                     std::vector<std::string>& names) {
  if (!pattern.starts_with('/')) return wrong("'" + std::string(pattern) + "' does not begin with '/'");
  std::vector<Segment> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view text = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(text.size());
    if (!text.starts_with(':') && !text.starts_with('*')) {
      segments.push_back({Segment::Kind::kLiteral, std::string(text)});
      continue;
    }
    const std::string name(text.substr(1));
    if (name.empty() || name.find_first_not_of(kNameCharacters) != name.npos) {
      return wrong("'" + std::string(text) + "' is not a name, write :id or *rest");
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) return wrong("the name '" + name + "' twice");
    if (text.front() == '*' && !pattern.empty()) return wrong("'" + std::string(text) + "' may stand at the end alone");
    if (names.size() >= kCapturesMax) return wrong("more than 16 names");
    segments.push_back({text.front() == '*' ? Segment::Kind::kRest : Segment::Kind::kOne, "", names.size()});
    names.push_back(name);
  }
  return segments;
}

Result<PathRewrite> PathRewrite::parse(std::string_view from, std::string_view to) {
  PathRewrite rewrite;
  std::vector<std::string> names;
  BANYAN_TRY(rewrite.from_, parse_pattern(from, names));
  rewrite.captures_ = names.size();
  const std::string written = written_target(to);
  to = written;
  // In `to` a name begins after '/', or '=' of a query, and ends where its characters end.
  std::string literal;
  while (!to.empty()) {
    const bool named = (to.front() == ':' || to.front() == '*') && !literal.empty() &&
                       (literal.back() == '/' || literal.back() == '=') && to.size() > 1 &&
                       kNameCharacters.find(to[1]) != std::string_view::npos;
    if (!named) {
      literal += to.front();
      to.remove_prefix(1);
      continue;
    }
    const std::string_view name = to.substr(1, std::min(to.find_first_not_of(kNameCharacters, 1), to.size()) - 1);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return wrong("the name '" + std::string(name) + "' is not among those of the pattern");
    rewrite.to_.push_back({Segment::Kind::kLiteral, literal});
    rewrite.to_.push_back({Segment::Kind::kOne, "", static_cast<std::size_t>(found - names.begin())});
    literal.clear();
    to.remove_prefix(name.size() + 1);
  }
  if (!literal.empty()) rewrite.to_.push_back({Segment::Kind::kLiteral, literal});
  if (rewrite.to_.empty()) return wrong("nothing to rewrite to");
  return rewrite;
}

std::optional<std::string> PathRewrite::apply(std::string_view path) const {
  std::array<std::string_view, kCapturesMax> captured;
  for (const Segment& segment : from_) {
    if (segment.kind == Segment::Kind::kRest) {
      captured[segment.capture] = path.empty() ? path : path.substr(1);
      path = {};
      break;
    }
    if (path.empty()) return std::nullopt;
    path.remove_prefix(1);
    const std::string_view text = path.substr(0, path.find('/'));
    path.remove_prefix(text.size());
    if (segment.kind == Segment::Kind::kLiteral ? text != segment.text : text.empty()) return std::nullopt;
    if (segment.kind == Segment::Kind::kOne) captured[segment.capture] = text;
  }
  if (!path.empty()) return std::nullopt;
  std::string out;
  bool in_query = false;
  for (const Segment& segment : to_) {
    if (segment.kind == Segment::Kind::kLiteral) {
      out.append(segment.text);
      in_query = in_query || segment.text.find('?') != std::string::npos;
    } else if (in_query) {
      append_value(captured[segment.capture], out);
    } else {
      append_path(captured[segment.capture], out);
    }
  }
  return out;
}

}  // namespace banyan

#include "answers/answer_headers.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"

namespace banyan {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The pieces between separators that stand outside of quotes, without the blanks around them; empty ones are left out.
std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  const auto add = [&pieces](std::string_view piece) {
    if (piece = trimmed(piece); !piece.empty()) pieces.push_back(piece);
  };
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == separator && !quoted) {
      add(text.substr(start, i - start));
      start = i + 1;
    }
  }
  add(text.substr(start));
  return pieces;
}

// NAME=VALUE with the name, and the name of a charset, in small letters and without quotes that nothing asks for.
std::string same_parameter(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string name = ascii_lower(text.substr(0, equals));
  std::string_view value = text.substr(std::min(equals + 1, text.size()));
  if (value.size() >= 2 && value.starts_with('"') && value.find_first_of("\\\"", 1) == value.size() - 1) {
    value = value.substr(1, value.size() - 2);
  }
  return name + "=" + (name == "charset" ? ascii_lower(value) : std::string(value));
}

std::string joined(std::vector<std::string> texts, std::string_view between) {
  std::ranges::sort(texts);
  std::string all;
  for (const std::string& one : texts) all.append(all.empty() ? "" : between).append(one);
  return all;
}

// A value with parameters so that those which mean the same are equal (RFC 9110 sections 5.6.6 and 8.3.1).
std::string with_parameters(std::string_view value) {
  const std::size_t first = std::min(value.find(';'), value.size());
  std::vector<std::string> parameters;
  for (const std::string_view one : pieces_of(value.substr(first), ';')) parameters.push_back(same_parameter(one));
  return media_type(value) + ";" + joined(std::move(parameters), ";");
}

std::string directives_of(std::string_view value) {
  std::set<std::string> directives;
  for (const std::string_view one : pieces_of(value, ',')) directives.insert(ascii_lower(one));
  return joined({directives.begin(), directives.end()}, ",");
}

// ---- places ----

// What stands before the path, and the path with all behind it.
struct Place {
  std::string scheme;  // "": nothing is said of it
  std::string rest;
  bool operator==(const Place&) const = default;
};

std::string_view without_usual_port(std::string_view authority, std::string_view scheme) {
  if (scheme != "https" && authority.ends_with(":80")) authority.remove_suffix(3);
  if (scheme != "http" && authority.ends_with(":443")) authority.remove_suffix(4);
  return authority;
}

bool is_one_of(std::string_view authority, std::string_view scheme, std::span<const std::string> names) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    return ascii_equal_ignoring_case(authority, without_usual_port(name, scheme));
  });
}

Place place_of(std::string_view location, const OwnNames& names) {
  Place place;
  std::size_t start = 2;
  if (!location.starts_with("//")) {
    const std::size_t colon = std::min(location.find("://"), location.size());
    place.scheme = ascii_lower(location.substr(0, colon));
    if (place.scheme != "http" && place.scheme != "https") return {{}, std::string(location)};
    start = colon + 3;
    if (start > location.size()) return {{}, std::string(location)};  // "http"
  }
  const std::size_t end = std::min(location.find_first_of("/?#\\", start), location.size());
  const std::string_view authority = without_usual_port(location.substr(start, end - start), place.scheme);
  std::string path(location.substr(end));
  if (!path.starts_with('/')) path.insert(0, 1, '/');
  if (is_one_of(authority, place.scheme, names.hosts)) {
    place.rest = std::move(path);
  } else if (is_one_of(authority, place.scheme, names.addresses)) {
    place = {{}, "//its own address" + path};
  } else {
    place.rest = "//" + ascii_lower(authority) + path;
  }
  return place;
}

// ---- cookies ----

// What a cookie's attributes say, in one order.
std::string attributes_of(const std::vector<std::string_view>& pieces) {
  std::vector<std::string> attributes;
  std::string lifetime;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const std::size_t equals = std::min(pieces[i].find('='), pieces[i].size());
    const std::string name = ascii_lower(trimmed(pieces[i].substr(0, equals)));
    const std::string_view value = trimmed(pieces[i].substr(std::min(equals + 1, pieces[i].size())));
    if (name == "max-age") {
      lifetime = value.starts_with('-') || value == "0" ? "deleted" : "max-age=" + std::string(value);
    } else if (name == "expires") {
      // The beginning of all time, in any of its three formats, is how a cookie is taken away.
      const bool long_ago = value.find("1970") != value.npos || value.find("-70 ") != value.npos;
      if (lifetime.empty()) lifetime = long_ago ? "deleted" : "expires";
    } else if (name == "secure" || name == "httponly" || name == "partitioned") {
      attributes.push_back(name);
    } else if (name == "domain" || name == "samesite") {
      attributes.push_back(name + "=" + ascii_lower(value.substr(value.starts_with('.') ? 1 : 0)));
    } else {
      attributes.push_back(name + "=" + std::string(value));
    }
  }
  if (!lifetime.empty()) attributes.push_back(std::move(lifetime));
  return joined(std::move(attributes), "; ");
}

// Semicolons end an attribute whatever quotes there are (RFC 6265 section 5.2).
std::vector<std::string_view> cookie_pieces(std::string_view line) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(';', at), line.size());
    const std::string_view piece = trimmed(line.substr(at, end - at));
    if (!piece.empty() || pieces.empty()) pieces.push_back(piece);
    at = end + 1;
  }
  return pieces;
}

}  // namespace

std::vector<std::string> usual_compared_headers() {
  return {"content-type",
          "location",
          "set-cookie",
          "cache-control",
          "content-disposition",
          "www-authenticate",
          "access-control-allow-origin"};
}

std::string media_type(std::string_view value) { return ascii_lower(trimmed(value.substr(0, value.find(';')))); }

bool same_header(std::string_view name, std::string_view left, std::string_view right) {
  if (left == right) return true;
  const std::string known = ascii_lower(name);
  if (known == "content-type" || known == "content-disposition") return with_parameters(left) == with_parameters(right);
  return known == "cache-control" && directives_of(left) == directives_of(right);
}

bool same_location(std::string_view left, const OwnNames& left_names, std::string_view right,
                   const OwnNames& right_names) {
  if (left == right) return true;
  const Place one = place_of(left, left_names);
  const Place other = place_of(right, right_names);
  return one.rest == other.rest && (one.scheme == other.scheme || one.scheme.empty() || other.scheme.empty());
}

std::map<std::string, std::string> cookies_set(const HeaderViews& headers) {
  std::map<std::string, std::set<std::string>> found;  // one that is set twice alike is set once
  for (const auto& [field, value] : headers) {
    if (!ascii_equal_ignoring_case(field, "set-cookie")) continue;
    const std::vector<std::string_view> pieces = cookie_pieces(value);
    const std::string_view pair = pieces.front();
    found[std::string(trimmed(pair.substr(0, pair.find('='))))].insert(attributes_of(pieces));
  }
  std::map<std::string, std::string> cookies;
  for (const auto& [name, attributes] : found) {
    cookies.emplace(name, joined({attributes.begin(), attributes.end()}, " and "));
  }
  return cookies;
}

}  // namespace banyan

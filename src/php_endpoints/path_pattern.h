// Which paths an endpoint answers, as the gateway's routes write it: "/user/:id", "/files/*".
//
// The problem: each framework has a notation of its own ("/user/{id?}", "/user[/{id:\d+}]", "^user/(\d+)$"), and to be
// held against an access log all have to say the same thing. The idea: a list of segments, each made of fixed text and
// parameters. A parameter takes one or more bytes of one segment, whatever its written constraint; a final * takes any
// number of segments, none included. A slash at the end does not matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php {

// What stands for a part of a text that is not known before the program runs: "\1name\2".
inline constexpr char kUnknownBegin = '\1';
inline constexpr char kUnknownEnd = '\2';

class PathPattern {
 public:
  struct Piece {
    std::string text;  // of a parameter its name
    bool is_parameter = false;
    friend auto operator<=>(const Piece&, const Piece&) = default;
  };
  using Segment = std::vector<Piece>;

  // The root "/".
  PathPattern() = default;
  // A path in which only unknown parts are parameters.
  static PathPattern from_literal(std::string_view text);
  // The notation of Laravel, Symfony and FastRoute: {id}, {id?}, {id:\d+}, {rest<.+>}, [optional]. Optional parts make
  // a pattern each, at most 8. A constraint that can take a slash makes the rest of the path a *.
  static std::vector<PathPattern> from_braces(std::string_view text);
  // A regular expression without its delimiters. Groups, classes and dots become parameters; without a $ at the end
  // anything may follow. Nothing where it does not begin at the start of the path, or is too clever.
  static std::optional<PathPattern> from_regex(std::string_view regex);

  void append_literal(std::string_view text);
  void append_parameter(std::string name);
  // The rest of the path is free. What is appended afterwards is ignored.
  void append_rest();
  // This pattern with `tail` below it.
  PathPattern join(const PathPattern& tail) const;

  const std::vector<Segment>& segments() const { return segments_; }
  bool has_rest() const { return rest_; }
  // "/user/:id/*"; "/" for the root.
  std::string text() const;
  friend auto operator<=>(const PathPattern&, const PathPattern&) = default;

 private:
  void append_piece(std::string_view text, bool is_parameter);

  std::vector<Segment> segments_;  // an empty last one while a slash was just read
  bool rest_ = false;
};

// A request's path as patterns are held against it: without query and fragment, percent codes decoded, double slashes
// joined, a script name index.php dropped, no slash at the end.
std::string canonical_request_path(std::string_view target);

// Whether the segment is of that shape.
bool segment_matches(const PathPattern::Segment& segment, std::string_view text);

}  // namespace banyan::php

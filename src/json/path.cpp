#include "json/path.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace banyan::json {
namespace {

constexpr std::size_t kStepsMax = 62;

bool is_name_byte(char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

// Reads a pattern's text from left to right.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  Result<PathPattern> read() {
    if (!eat('$')) return error("a path begins with '$'");
    while (at_ < text_.size()) {
      if (pattern_.steps_.size() == kStepsMax) return error("a path has at most 62 steps");
      BANYAN_TRY_VOID(step());
    }
    return std::move(pattern_);
  }

 private:
  Result<void> step() {
    PathPattern::Step step;
    if (eat('.')) {
      step.at_any_depth = eat('.');
      if (step.at_any_depth && peek() == '[') {
        BANYAN_TRY_VOID(brackets(step));
      } else {
        BANYAN_TRY_VOID(name(step));
      }
    } else {
      BANYAN_TRY_VOID(brackets(step));
    }
    pattern_.steps_.push_back(std::move(step));
    return {};
  }

  Result<void> name(PathPattern::Step& step) {
    if (eat('*')) return {};
    std::size_t begin = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    if (at_ == begin) return error("a name or '*' is wanted; write other names as ['name']");
    step.kind = PathPattern::Step::Kind::kName;
    step.name = text_.substr(begin, at_ - begin);
    return {};
  }

  Result<void> brackets(PathPattern::Step& step) {
    if (!eat('[')) return error("'.' or '[' is wanted");
    if (eat('*')) {
    } else if (eat('\'')) {
      BANYAN_TRY_VOID(quoted(step));
    } else {
      step.kind = PathPattern::Step::Kind::kIndex;
      const char* end = text_.data() + text_.size();
      auto [stop, failure] = std::from_chars(text_.data() + at_, end, step.index);
      if (failure != std::errc()) return error("an index, '*' or a quoted name is wanted after '['");
      at_ = static_cast<std::size_t>(stop - text_.data());
    }
    if (!eat(']')) return error("']' is wanted");
    return {};
  }

  Result<void> quoted(PathPattern::Step& step) {
    step.kind = PathPattern::Step::Kind::kName;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\'') {
        ++at_;
        return {};
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      step.name += text_[at_];
    }
    return error("a quoted name does not end");
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool eat(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  Error error(std::string_view what) const {
    return Error(ErrorCode::kInvalidArgument,
                 "path '" + std::string(text_) + "', byte " + std::to_string(at_) + ": " + std::string(what));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  PathPattern pattern_;
};

Result<PathPattern> PathPattern::parse(std::string_view text) { return PathReader(text).read(); }

template <class Matches>
PathState PathPattern::advance(PathState state, Matches matches) const {
  PathState next = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if ((state >> i & 1) == 0) continue;
    if (steps_[i].at_any_depth) next |= PathState{1} << i;
    if (matches(steps_[i])) next |= PathState{1} << (i + 1);
  }
  return next;
}

PathState PathPattern::enter(PathState state, std::string_view key) const {
  if (state == 0) return 0;
  return advance(state, [key](const Step& step) {
    return step.kind == Step::Kind::kAny || (step.kind == Step::Kind::kName && step.name == key);
  });
}

PathState PathPattern::enter(PathState state, std::size_t index) const {
  if (state == 0) return 0;
  return advance(state, [index](const Step& step) {
    return step.kind == Step::Kind::kAny || (step.kind == Step::Kind::kIndex && step.index == index);
  });
}

void append_path_key(std::string& path, std::string_view key) {
  if (!key.empty() && std::ranges::all_of(key, is_name_byte)) {
    path += '.';
    path += key;
    return;
  }
  path += "['";
  for (char c : key) {
    if (c == '\'' || c == '\\') path += '\\';
    path += c;
  }
  path += "']";
}

void append_path_index(std::string& path, std::size_t index) {
  path += '[';
  path += std::to_string(index);
  path += ']';
}

}  // namespace banyan::json

#include "php_runtime/date_pattern.h"

#include <algorithm>
#include <bit>

#include "base/ascii.h"

namespace banyan::php_runtime {
namespace {

constexpr std::size_t kBytesMax = 62;
constexpr int kUnlimited = 64;

}  // namespace

struct DatePattern::Reader {
  std::string_view text;
  const Names& names;
  std::size_t at = 0;

  bool take(char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }

  Node choice() {
    Node out;
    out.kind = Node::Kind::kChoice;
    do {
      Node one;
      while (at < text.size() && text[at] != '|' && text[at] != ')') one.parts.push_back(repeated());
      out.parts.push_back(std::move(one));
    } while (take('|'));
    return out;
  }

  Node repeated() {
    Node one = item();
    int least = 1, most = 1;
    if (take('?')) {
      least = 0;
    } else if (take('*')) {
      least = 0;
      most = kUnlimited;
    } else if (take('+')) {
      most = kUnlimited;
    } else if (take('{')) {
      least = number();
      most = take(',') ? number() : least;
      take('}');
    } else {
      return one;
    }
    Node out;
    out.kind = Node::Kind::kRepeat;
    out.least = least;
    out.most = most;
    out.parts.push_back(std::move(one));
    return out;
  }

  int number() {
    int n = 0;
    while (at < text.size() && is_ascii_digit(text[at])) n = n * 10 + (text[at++] - '0');
    return n;
  }

  Node item() {
    if (take('(')) {
      Node out = choice();
      take(')');
      return out;
    }
    if (take('<')) {
      const std::size_t end = text.find('>', at);
      const std::string_view name = text.substr(at, end - at);
      at = end + 1;
      const auto found = std::ranges::find(names, name, &Names::value_type::first);
      return Reader{found->second, names}.choice();
    }
    Node out;
    out.kind = Node::Kind::kBytes;
    if (take('[')) {
      while (!take(']')) add_range(out);
      return out;
    }
    take('\\');
    const unsigned char c = byte();
    out.bytes.set(c);
    if (c >= 'a' && c <= 'z') out.bytes.set(static_cast<unsigned char>(c - 'a' + 'A'));
    return out;
  }

  unsigned char byte() {
    const char c = text[at++];
    return c == '%' ? 0 : static_cast<unsigned char>(c);
  }

  void add_range(Node& out) {
    const unsigned char first = byte();
    unsigned char last = first;
    if (at + 1 < text.size() && text[at] == '-' && text[at + 1] != ']') {
      ++at;
      last = byte();
    }
    for (unsigned b = first; b <= last; ++b) out.bytes.set(b);
  }
};

DatePattern::DatePattern(std::string_view source, const Names& names) : root_(Reader{source, names}.choice()) {}

std::uint64_t DatePattern::ends(const Node& node, std::string_view text, std::uint64_t from) {
  std::uint64_t out = 0;
  switch (node.kind) {
    case Node::Kind::kBytes:
      for (std::uint64_t left = from; left != 0; left &= left - 1) {
        const auto at = static_cast<std::size_t>(std::countr_zero(left));
        if (at < text.size() && node.bytes.test(static_cast<unsigned char>(text[at]))) out |= std::uint64_t{2} << at;
      }
      return out;
    case Node::Kind::kSequence:
      for (const Node& part : node.parts) from = from == 0 ? 0 : ends(part, text, from);
      return from;
    case Node::Kind::kChoice:
      for (const Node& part : node.parts) out |= ends(part, text, from);
      return out;
    default:
      if (node.least == 0) out = from;
      for (int n = 1; n <= node.most && from != 0; ++n) {
        from = ends(node.parts[0], text, from);
        if (n < node.least) continue;
        from &= ~out;
        out |= from;
      }
      return out;
  }
}

std::size_t DatePattern::match(std::string_view text) const {
  const std::uint64_t found = ends(root_, text.substr(0, kBytesMax), 1);
  return found == 0 ? 0 : 63 - static_cast<std::size_t>(std::countl_zero(found));
}

}  // namespace banyan::php_runtime

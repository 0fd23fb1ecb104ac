// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), over lines, with three lines of context.
#include "php_cli/unified_diff.h"

#include <algorithm>
#include <vector>

namespace banyan {

namespace {

constexpr int kContext = 3;
using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// Lines [a, a_end) of the text before become [b, b_end) of the text after.
struct Change {
  int a = 0;
  int a_end = 0;
  int b = 0;
  int b_end = 0;
};

// Goes back through what each number of edits reached, and gives the changes in order.
std::vector<Change> trace_back(const std::vector<std::vector<int>>& reached, int x, int y) {
  std::vector<Change> changes;
  for (int d = static_cast<int>(reached.size()) - 1; d > 0; --d) {
    const std::vector<int>& before = reached[static_cast<std::size_t>(d) - 1];
    const auto at = [&](int k) { return before[static_cast<std::size_t>(k + d)]; };
    const int k = x - y;
    const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
    const int from_k = down ? k + 1 : k - 1;
    const int from_x = at(from_k);
    const int from_y = from_x - from_k;
    const Change step = down ? Change{from_x, from_x, from_y, from_y + 1} : Change{from_x, from_x + 1, from_y, from_y};
    if (!changes.empty() && changes.back().a == step.a_end && changes.back().b == step.b_end) {
      changes.back().a = step.a;
      changes.back().b = step.b;
    } else {
      changes.push_back(step);
    }
    x = from_x;
    y = from_y;
  }
  std::reverse(changes.begin(), changes.end());
  return changes;
}

std::vector<Change> changes_between(const Lines& a, const Lines& b) {
  const int n = static_cast<int>(a.size());
  const int m = static_cast<int>(b.size());
  std::vector<std::vector<int>> reached;  // by number of edits d, the furthest x on diagonal k at index k + d + 1
  for (int d = 0; d <= std::min(n + m, kDiffEditsMax); ++d) {
    std::vector<int> row(static_cast<std::size_t>(2 * d + 3), -1);
    for (int k = -d; k <= d; k += 2) {
      const auto at = [&](int diagonal) { return reached.back()[static_cast<std::size_t>(diagonal + d)]; };
      int x = 0;
      if (d > 0) x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      int y = x - k;
      while (x < n && y < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)]) {
        ++x;
        ++y;
      }
      row[static_cast<std::size_t>(k + d + 1)] = x;
      if (x < n || y < m) continue;
      reached.push_back(row);
      return trace_back(reached, n, m);
    }
    reached.push_back(std::move(row));
  }
  return {{0, n, 0, m}};
}

std::string range(int begin, int end) {
  const int count = end - begin;
  const std::string start = std::to_string(count == 0 ? begin : begin + 1);
  return count == 1 ? start : start + "," + std::to_string(count);
}

void append_lines(std::string& out, char sign, const Lines& lines, int begin, int end) {
  for (int i = begin; i < end; ++i) {
    const std::string_view line = lines[static_cast<std::size_t>(i)];
    out.append(1, sign).append(line);
    if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

// Changes [first, last) stand so near that they share their context.
void append_hunk(std::string& out, const Lines& a, const Lines& b, const Change* first, const Change* last) {
  const int lead = std::min(kContext, first->a);
  const int trail = std::min(kContext, static_cast<int>(a.size()) - (last - 1)->a_end);
  const int a_begin = first->a - lead;
  const int a_end = (last - 1)->a_end + trail;
  out += "@@ -" + range(a_begin, a_end) + " +" + range(first->b - lead, (last - 1)->b_end + trail) + " @@\n";
  int at = a_begin;
  for (const Change* change = first; change != last; ++change) {
    append_lines(out, ' ', a, at, change->a);
    append_lines(out, '-', a, change->a, change->a_end);
    append_lines(out, '+', b, change->b, change->b_end);
    at = change->a_end;
  }
  append_lines(out, ' ', a, at, a_end);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, const std::string& path) {
  if (before == after) return "";
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  const std::vector<Change> changes = changes_between(a, b);
  std::string out = "--- " + path + "\n+++ " + path + "\n";
  const Change* const end = changes.data() + changes.size();
  for (const Change* first = changes.data(); first != end;) {
    const Change* last = first + 1;
    while (last != end && last->a - (last - 1)->a_end <= 2 * kContext) ++last;
    append_hunk(out, a, b, first, last);
    first = last;
  }
  return out;
}

}  // namespace banyan

#include "php_check/components.h"

#include <algorithm>

namespace banyan::php {

namespace {

constexpr std::uint32_t kUnseen = UINT32_MAX;

struct Walk {
  std::uint32_t node;
  std::size_t edge;
};

class Tarjan {
 public:
  explicit Tarjan(std::span<const std::vector<std::uint32_t>> edges)
      : edges_(edges), order_(edges.size(), kUnseen), low_(edges.size()), on_stack_(edges.size()) {
    out_.of.resize(edges.size());
  }

  Components run() {
    for (std::uint32_t node = 0; node < edges_.size(); ++node) {
      if (order_[node] == kUnseen) walk_from(node);
    }
    return std::move(out_);
  }

 private:
  void walk_from(std::uint32_t start) {
    enter(start);
    while (!walk_.empty()) {
      Walk& here = walk_.back();
      if (here.edge == edges_[here.node].size()) {
        leave();
        continue;
      }
      const std::uint32_t next = edges_[here.node][here.edge++];
      if (order_[next] == kUnseen) {
        enter(next);
      } else if (on_stack_[next]) {
        low_[here.node] = std::min(low_[here.node], order_[next]);
      }
    }
  }
  void enter(std::uint32_t node) {
    order_[node] = low_[node] = count_++;
    stack_.push_back(node);
    on_stack_[node] = true;
    walk_.push_back({node, 0});
  }
  void leave() {
    const std::uint32_t node = walk_.back().node;
    walk_.pop_back();
    if (!walk_.empty()) low_[walk_.back().node] = std::min(low_[walk_.back().node], low_[node]);
    if (low_[node] == order_[node]) close_component(node);
  }
  void close_component(std::uint32_t root) {
    const auto id = static_cast<std::uint32_t>(out_.members.size());
    std::vector<std::uint32_t> members;
    std::uint32_t node;
    do {
      node = stack_.back();
      stack_.pop_back();
      on_stack_[node] = false;
      out_.of[node] = id;
      members.push_back(node);
    } while (node != root);
    std::uint32_t level = 0;
    for (const std::uint32_t one : members) {
      for (const std::uint32_t next : edges_[one]) {
        if (out_.of[next] != id) level = std::max(level, out_.level[out_.of[next]] + 1);
      }
    }
    std::sort(members.begin(), members.end());
    out_.members.push_back(std::move(members));
    out_.level.push_back(level);
  }

  std::span<const std::vector<std::uint32_t>> edges_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> low_;
  std::vector<bool> on_stack_;
  std::vector<std::uint32_t> stack_;
  std::vector<Walk> walk_;
  std::uint32_t count_ = 0;
  Components out_;
};

}  // namespace

Components find_components(std::span<const std::vector<std::uint32_t>> edges) { return Tarjan(edges).run(); }

}  // namespace banyan::php

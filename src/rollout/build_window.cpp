#include "rollout/build_window.h"

namespace banyan {
namespace {

constexpr std::string_view kBetween = ", ";

}  // namespace

BuildWindow::BuildWindow(std::string_view label, TimePoint now) {
  while (!label.empty()) {
    const std::size_t end = label.find(kBetween);
    builds_.emplace(label.substr(0, end), Seen{now, 0});
    label = end == label.npos ? std::string_view() : label.substr(end + kBetween.size());
  }
  write_label();
}

void BuildWindow::see(std::string_view build, TimePoint now) {
  ++answers_;
  const auto found = builds_.find(build);
  if (found != builds_.end()) {
    found->second = {now, answers_};
  } else {
    if (builds_.size() > kBuildsMax) {  // one stands for all that are too many
      auto oldest = builds_.begin();
      for (auto one = builds_.begin(); one != builds_.end(); ++one) {
        if (one->second.answer < oldest->second.answer) oldest = one;
      }
      builds_.erase(oldest);
    }
    builds_.emplace(build, Seen{now, answers_});
  }
  forget(now);
  write_label();
}

void BuildWindow::forget(TimePoint now) {
  std::erase_if(builds_, [&](const auto& one) {
    return now - one.second.at > kKept && answers_ - one.second.answer >= kAnswersKept;
  });
}

void BuildWindow::write_label() {
  label_.clear();
  if (builds_.size() > kBuildsMax) return;
  for (const auto& [build, seen] : builds_) label_ += (label_.empty() ? "" : std::string(kBetween)) + build;
}

}  // namespace banyan

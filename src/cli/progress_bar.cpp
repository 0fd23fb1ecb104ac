#include "cli/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace banyan {
namespace {

constexpr std::uint64_t kCells = 20;
constexpr Duration kInterval = std::chrono::milliseconds(100);

}  // namespace

std::string progress_line(const std::string& label, std::uint64_t done, std::uint64_t total) {
  done = std::min(done, total);
  const double share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(share * kCells);
  const std::string percent = std::to_string(static_cast<int>(share * 100));
  std::string line = label + "  [" + std::string(filled, '#') + std::string(kCells - filled, '-') + "]  ";
  line.append(3 - percent.size(), ' ').append(percent).append("%  ");
  return line + std::to_string(done) + "/" + std::to_string(total);
}

ProgressBar::ProgressBar(std::string label, std::uint64_t total, std::FILE* out)
    : label_(std::move(label)), total_(total), out_(out), enabled_(isatty(fileno(out)) == 1) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\x1b[K", out_);
}

void ProgressBar::update(std::uint64_t done, TimePoint now) {
  if (!enabled_ || (now < next_ && done < total_)) return;
  std::fprintf(out_, "\r%s\x1b[K", progress_line(label_, done, total_).c_str());
  std::fflush(out_);
  drawn_ = true;
  next_ = now + kInterval;
}

}  // namespace banyan

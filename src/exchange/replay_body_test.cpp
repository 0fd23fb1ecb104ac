#include "exchange/replay_body.h"

#include <gtest/gtest.h>

#include "runtime/runtime.h"

namespace banyan {
namespace {

// A body in pieces, of which every other one has to be waited for.
class Pieces final : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool breaks_off = false)
      : pieces_(std::move(pieces)), breaks_off_(breaks_off) {}
  bool try_next(BodyFrame* frame) override {
    if (at_ % 2 == 1 || at_ == pieces_.size()) return false;
    *frame = {BodyFrame::Kind::kData, pieces_[at_++], nullptr};
    return true;
  }
  Task<Result<BodyFrame>> next() override {
    if (at_ < pieces_.size()) co_return BodyFrame{BodyFrame::Kind::kData, pieces_[at_++], nullptr};
    if (breaks_off_) co_return Error(ErrorCode::kUnavailable, "gone");
    co_return BodyFrame{};
  }
  std::optional<std::uint64_t> bytes_left() const override {
    std::uint64_t sum = 0;
    for (std::size_t i = at_; i < pieces_.size(); ++i) sum += pieces_[i].size();
    return sum;
  }

 private:
  std::vector<std::string> pieces_;
  bool breaks_off_;
  std::size_t at_ = 0;
};

int in_runtime(Task<int> test) { return run({.workers = 1}, std::move(test)); }

Task<int> read_after_every_beginning() {
  for (std::size_t frames = 0; frames < 5; ++frames) {
    Pieces pieces({"ab", "cd", "e"});
    ReplayBody body(pieces, 100);
    for (std::size_t i = 0; i < frames; ++i) (void)co_await body.next();
    EXPECT_TRUE(body.whole());
    body.rewind();
    EXPECT_EQ(body.bytes_left(), 5u);
    EXPECT_EQ(*co_await read_all(body, 100), "abcde") << frames;
    body.rewind();
    EXPECT_EQ(*co_await read_all(body, 100), "abcde") << frames;
  }
  co_return 0;
}

TEST(ReplayBody, GivesTheWholeBodyAgainHoweverMuchOfItHadPassed) {
  EXPECT_EQ(in_runtime(read_after_every_beginning()), 0);
}

Task<int> read_a_long_one() {
  Pieces pieces({"abc", "def"});
  ReplayBody body(pieces, 5);
  EXPECT_EQ(*co_await read_all(body, 100), "abcdef");
  EXPECT_FALSE(body.whole());
  co_return 0;
}

TEST(ReplayBody, PassesWhatIsOverTheBoundAndSaysThatItCannotBeRepeated) { EXPECT_EQ(in_runtime(read_a_long_one()), 0); }

Task<int> read_ones_in_many_pieces() {
  for (const bool whole : {true, false}) {
    Pieces pieces(std::vector<std::string>(ReplayBody::kPiecesMax + (whole ? 0 : 1), "a"));
    ReplayBody body(pieces, 100'000);
    EXPECT_TRUE((co_await read_all(body, 100'000)).ok());
    EXPECT_EQ(body.whole(), whole);
  }
  co_return 0;
}

TEST(ReplayBody, CannotBeRepeatedWhereItDribbledIn) { EXPECT_EQ(in_runtime(read_ones_in_many_pieces()), 0); }

Task<int> read_a_broken_one() {
  Pieces pieces({"abc"}, true);
  ReplayBody body(pieces, 100);
  EXPECT_FALSE((co_await read_all(body, 100)).ok());
  EXPECT_FALSE(body.whole());
  co_return 0;
}

TEST(ReplayBody, CannotBeRepeatedWhenItBrokeOff) { EXPECT_EQ(in_runtime(read_a_broken_one()), 0); }

}  // namespace
}  // namespace banyan

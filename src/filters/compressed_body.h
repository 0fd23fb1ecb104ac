// A body that is compressed while it is read.
//
// Nothing is kept back for a better ratio: where the body before has nothing more at the moment, what came so far is
// flushed, so that events of a stream and the beginnings of slow pages reach the client at once. Memory: the encoder's,
// and what one piece of 32 KiB becomes.
#pragma once

#include <memory>
#include <string>

#include "exchange/body.h"
#include "filters/encoder.h"

namespace banyan {

class CompressedBody final : public BodySource {
 public:
  // `source` must outlive this.
  CompressedBody(BodySource& source, std::unique_ptr<Encoder> encoder)
      : source_(source), encoder_(std::move(encoder)) {}
  // Errors: those of the source, and kInternal.
  Task<Result<BodyFrame>> next() override;

 private:
  BodySource& source_;
  std::unique_ptr<Encoder> encoder_;
  std::string out_;
  std::string_view left_;  // of the source's last frame
  const Fields* trailers_ = nullptr;
  bool unflushed_ = false;
  bool ended_ = false;
};

}  // namespace banyan

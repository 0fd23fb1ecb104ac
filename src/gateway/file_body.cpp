#include "gateway/file_body.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace banyan {
namespace {

constexpr std::size_t kBufferBytes = 32 * 1024;

}  // namespace

Task<Result<BodyFrame>> FileBody::next() {
  if (part_.bytes == 0) co_return BodyFrame{};
  if (buffer_ == nullptr) buffer_ = std::make_unique<char[]>(kBufferBytes);
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(part_.bytes, kBufferBytes));
  const ssize_t read = pread(part_.descriptor, buffer_.get(), wanted, part_.offset);
  if (read < 0) co_return Error::from_errno(errno, "reading a file");
  if (read == 0) co_return Error(ErrorCode::kDataLoss, "the file has become shorter while it was read");
  part_.offset += read;
  part_.bytes -= static_cast<std::uint64_t>(read);
  co_return BodyFrame{BodyFrame::Kind::kData, {buffer_.get(), static_cast<std::size_t>(read)}, nullptr};
}

}  // namespace banyan

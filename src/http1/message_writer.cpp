#include "http1/message_writer.h"

#include "http/chunked_body.h"
#include "http1/body_reader.h"
#include "net/splice_pipe.h"
#include "runtime/runtime.h"

namespace banyan {

void MessageWriter::add_frame(const BodyFrame& frame) {
  if (frame.kind == BodyFrame::Kind::kEnd) {
    ended_ = true;
    if (coding_ != BodyCoding::kChunked) return;
    if (frame.trailers == nullptr) {
      add("0\r\n\r\n");
    } else {
      last_chunk_.clear();
      append_last_chunk(*frame.trailers, last_chunk_);
      add(last_chunk_);
    }
    return;
  }
  body_bytes_ += frame.data.size();
  if (coding_ != BodyCoding::kChunked) {
    add(frame.data);
    return;
  }
  std::array<char, 20>& head = heads_[heads_used_++];
  add({head.data(), write_chunk_head(frame.data.size(), head.data())});
  add(frame.data);
  add("\r\n");
}

void MessageWriter::begin(BodyCoding coding, std::uint64_t length) {
  coding_ = coding;
  length_ = length;
  finished_ = body_failed_ = false;
  ended_ = coding == BodyCoding::kNone;
  body_bytes_ = 0;
  count_ = heads_used_ = 0;
}

// Moves some of the body on as it lies in its socket. False: it is to be read.
Task<Result<bool>> MessageWriter::splice(BodySource& body, Duration wait_max) {
  SplicePipe pipe;
  const Result<std::size_t> moved = co_await body.next_spliced(pipe);
  if (!moved.ok()) {
    body_failed_ = true;
    co_return moved.error();
  }
  if (*moved == 0) co_return false;
  body_bytes_ += *moved;
  co_await try_(pipe.drain(stream_, wait_max));
  co_return true;
}

Task<Result<void>> MessageWriter::go_on(std::string_view head, BodySource* body, Duration wait_max, bool waits) {
  if (!head.empty()) add(head);
  for (;;) {
    BodyFrame frame;
    while (!ended_ && body != nullptr && !full() && body->try_next(&frame)) add_frame(frame);
    const bool limited = coding_ == BodyCoding::kLength;
    if (limited && (body_bytes_ > length_ || (ended_ && body_bytes_ < length_))) {
      body_failed_ = true;
      co_return Error(ErrorCode::kDataLoss, "the body has another length than was announced");
    }
    if (count_ > 0) {
      co_await try_(co_await stream_.write(std::span<const iovec>(parts_.data(), count_), now() + wait_max));
      count_ = heads_used_ = 0;
    }
    if (body == nullptr && !ended_) co_return {};
    finished_ = ended_ || (limited && body_bytes_ == length_ && body->bytes_left() == 0);
    if (finished_) co_return {};
    if (body->try_next(&frame)) {
      add_frame(frame);
      continue;
    }
    if (!waits) co_return {};
    const bool large = limited && length_ - body_bytes_ >= Http1Body::kSpliceBytesMin;
    if (large && stream_.tls_info() == nullptr && co_await try_(splice(*body, wait_max))) continue;
    Result<BodyFrame> next = co_await body->next();
    if (!next.ok()) {
      body_failed_ = true;
      co_return std::move(next).error();
    }
    add_frame(*next);
  }
}

}  // namespace banyan

#include "file_server/file_server.h"

#include <fcntl.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/log.h"
#include "http/status.h"
#include "runtime/blocking.h"
#include "runtime/env.h"

namespace banyan {
namespace {

// Parts from this length on are looked for in the page cache before they are sent, and as much of one that is not there
// is read ahead on another thread; the kernel's own reading ahead keeps up from there.
constexpr std::uint64_t kLargePart = 256 * 1024;
constexpr std::size_t kReadAhead = 2 * 1024 * 1024;

// What is read at once: -EAGAIN where that would wait for the disk.
ssize_t read_cached(int file, std::span<std::byte> into, std::uint64_t offset) {
  const iovec part{into.data(), into.size()};
  const ssize_t n = ::preadv2(file, &part, 1, static_cast<off_t>(offset), RWF_NOWAIT);
  if (n >= 0 || errno == EAGAIN) return n < 0 ? -EAGAIN : n;
  // A file system that cannot tell (EOPNOTSUPP) is one in memory.
  const ssize_t plain = ::preadv(file, &part, 1, static_cast<off_t>(offset));
  return plain < 0 ? -errno : plain;
}

ssize_t read_from_disk(int file, std::span<std::byte> into, std::uint64_t offset) {
  const ssize_t n = ::pread(file, into.data(), into.size(), static_cast<off_t>(offset));
  return n < 0 ? -errno : n;
}

Task<Result<std::size_t>> read_file(int file, std::span<std::byte> into, std::uint64_t offset) {
  ssize_t n = read_cached(file, into, offset);
  if (n == -EAGAIN) n = co_await blocking([&] { return read_from_disk(file, into, offset); });
  if (n < 0) co_return Error::from_errno(static_cast<int>(-n), "reading a file to send");
  if (n == 0) co_return Error(ErrorCode::kDataLoss, "the file became shorter while it was sent");
  co_return static_cast<std::size_t>(n);
}

Task<void> warm(FilePart part) {
  std::byte probe;
  if (read_cached(part.descriptor, {&probe, 1}, static_cast<std::uint64_t>(part.offset)) != -EAGAIN) co_return;
  const std::size_t bytes = std::min<std::uint64_t>(part.bytes, kReadAhead);
  co_await blocking([&] { (void)::readahead(part.descriptor, part.offset, bytes); });
}

// The body of a multipart answer: texts and parts of a file in turn.
class PiecesBody final : public BodySource {
 public:
  PiecesBody(MemoryBudget& memory, int file, const static_files::StaticPlan& plan)
      : memory_(memory), file_(file), plan_(plan), left_(plan.content_length) {}

  Task<Result<BodyFrame>> next() override {
    BodyFrame frame;
    if (try_next(&frame)) co_return frame;
    const static_files::BodyPiece& piece = plan_.body[piece_];
    if (!buffer_) buffer_ = co_await try_(BufferLease::take(memory_, BufferSize::kLarge));
    const std::size_t bytes = std::min<std::uint64_t>(buffer_.size(), piece.length - sent_);
    const std::size_t n = co_await try_(read_file(file_, buffer_.bytes().first(bytes), piece.offset + sent_));
    sent_ += n;
    if (sent_ == piece.length) advance();
    co_return data({reinterpret_cast<const char*>(buffer_.data()), n});
  }

  // Texts and the end are here; bytes of the file are not.
  bool try_next(BodyFrame* frame) override {
    if (piece_ == plan_.body.size()) {
      *frame = {};
      return true;
    }
    const static_files::BodyPiece& piece = plan_.body[piece_];
    if (text_given_ || piece.text.empty()) return false;
    text_given_ = true;
    *frame = data(piece.text);
    if (piece.length == 0) advance();
    return true;
  }

  std::optional<std::uint64_t> bytes_left() const override { return left_; }

 private:
  BodyFrame data(std::string_view bytes) {
    left_ -= bytes.size();
    return {BodyFrame::Kind::kData, bytes, nullptr};
  }
  void advance() {
    ++piece_;
    sent_ = 0;
    text_given_ = false;
  }

  MemoryBudget& memory_;
  int file_;
  const static_files::StaticPlan& plan_;
  std::uint64_t left_;
  std::size_t piece_ = 0;
  std::uint64_t sent_ = 0;  // of the piece's part of the file
  bool text_given_ = false;
  BufferLease buffer_;
};

Task<void> answer_error(Exchange& exchange, int status, Fields& fields, std::string_view why) {
  fields.set_copy(FieldId::kContentType, "application/json");
  std::string body = "{\"error\":\"";
  for (char c : why) body += c == '"' || c == '\\' ? '\'' : c;
  body += "\"}\n";
  (void)co_await exchange.respond(status, fields, body);
}

int status_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kPermissionDenied:
      return 403;
    default:
      return 503;
  }
}

std::string_view sentence_of(int status) {
  switch (status) {
    case 403:
      return "This file is not served";
    case 404:
      return "There is no such file";
    case 503:
      return "The file cannot be read now";
    case 405:
      return "Files answer GET and HEAD only";
    case 412:
      return "The file has changed, as the request's condition says it must not have";
    case 416:
      return "The file has no such range";
  }
  return reason_phrase(status);
}

MemoryBudget& uncounted() {
  static MemoryBudget budget;
  return budget;
}

// Only the boundary of a multipart answer is made of it.
std::uint64_t random_for(const Fields& fields) {
  std::uint64_t random = 0;
  if (fields.value(FieldId::kRange).find(',') == std::string_view::npos) return random;
  current_env().fill_random(std::as_writable_bytes(std::span(&random, 1)));
  return random;
}

}  // namespace

Result<DiskTree*> FileServer::tree(const std::string& root) {
  auto found = trees_.find(root);
  if (found == trees_.end()) found = trees_.emplace(root, std::make_unique<DiskTree>(root)).first;
  BANYAN_TRY_VOID(found->second->refresh());
  return found->second.get();
}

Task<void> FileServer::serve(Exchange& exchange, const std::string& root, const static_files::ResolveRules& rules) {
  Result<DiskTree*> files = tree(root);
  Fields fields;
  if (!files.ok()) {
    co_await answer_error(exchange, 503, fields, "The folder of these files cannot be read");
    co_return;
  }
  const static_files::Resolution found = static_files::resolve(rules, exchange.head().path, **files);
  switch (found.kind) {
    case static_files::Resolution::Kind::kFile:
      co_await serve_file(exchange, **files, found.path);
      break;
    case static_files::Resolution::Kind::kRedirect:
      fields.add_copy(FieldId::kLocation, static_files::folder_location(found.path, exchange.head().query));
      (void)co_await exchange.respond(301, fields, "");
      break;
    case static_files::Resolution::Kind::kRefused:
      co_await answer_error(exchange, found.refusal.status, fields, found.refusal.sentence);
      break;
  }
}

Task<void> FileServer::serve_file(Exchange& exchange, DiskTree& tree, std::string_view name) {
  Result<OpenFile> file = tree.open_file(name);
  if (!file.ok()) {
    const int status = status_of(file.error());
    if (status == 503) log_warn("file_unreadable", {{"error", file.error().text()}});
    Fields fields;
    co_await answer_error(exchange, status, fields, sentence_of(status));
    co_return;
  }
  const RequestHead& head = exchange.head();
  static_files::StaticPlan plan = static_files::plan_file(
      {name, file->size, file->modified_seconds},
      {head.method, &head.fields, current_env().wall_nanoseconds() / 1'000'000'000, random_for(head.fields)}, options_);
  co_await send_plan(exchange, *file, plan);
}

Task<void> FileServer::send_plan(Exchange& exchange, const OpenFile& file, static_files::StaticPlan& plan) {
  if (plan.status >= 400) {
    co_await answer_error(exchange, plan.status, plan.fields, sentence_of(plan.status));
  } else if (plan.status == 304) {
    (void)co_await exchange.respond(304, plan.fields, "");
  } else if (plan.body.size() > 1) {
    PiecesBody body(memory_ == nullptr ? uncounted() : *memory_, file.descriptor.get(), plan);
    (void)co_await exchange.respond_stream(plan.status, plan.fields, body);
  } else {
    FilePart part{file.descriptor.get(), 0, plan.content_length};  // of HEAD only the length counts
    if (!plan.body.empty()) part.offset = static_cast<std::int64_t>(plan.body[0].offset);
    if (!plan.body.empty() && part.bytes >= kLargePart) co_await warm(part);
    (void)co_await exchange.respond_file(plan.status, plan.fields, part);
  }
}

}  // namespace banyan

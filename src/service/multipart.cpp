#include "service/multipart.h"

namespace banyan::service {

Result<MultipartReader> MultipartReader::open(Context& context) {
  const std::optional<std::string> boundary = form_boundary(context.head().fields.value(FieldId::kContentType));
  if (!boundary) return context.problem(415, "the body must be multipart/form-data");
  return MultipartReader(context, *boundary);
}

Task<Result<MultipartParser::Event>> MultipartReader::next_event() {
  for (;;) {
    const MultipartParser::Event event = parser_.next();
    if (event == MultipartParser::Event::kError)
      co_return context_->problem(400, "the form is malformed: " + std::string(parser_.error()));
    if (event != MultipartParser::Event::kNeedMore) co_return event;
    const BodyFrame frame = co_await try_(context_->body().next());
    if (frame.kind == BodyFrame::Kind::kEnd) co_return context_->problem(400, "the form breaks off");
    parser_.feed(frame.data);
  }
}

Task<Result<std::optional<FormPart>>> MultipartReader::next_part() {
  for (;;) {
    const MultipartParser::Event event = co_await try_(next_event());
    in_part_ = event == MultipartParser::Event::kPart;
    if (in_part_) co_return std::optional(parser_.part());
    if (event == MultipartParser::Event::kEnd) co_return std::optional<FormPart>();
  }
}

Task<Result<std::string_view>> MultipartReader::read() {
  if (!in_part_) co_return std::string_view();
  const MultipartParser::Event event = co_await try_(next_event());
  if (event == MultipartParser::Event::kData) co_return parser_.data();
  in_part_ = false;
  co_return std::string_view();
}

Task<Result<std::string>> MultipartReader::read_text(std::size_t bytes_max) {
  std::string text;
  for (;;) {
    const std::string_view piece = co_await try_(read());
    if (piece.empty()) co_return text;
    if (piece.size() > bytes_max - text.size())
      co_return context_->problem(413, "a part of the form is longer than " + std::to_string(bytes_max) + " bytes");
    text += piece;
  }
}

}  // namespace banyan::service

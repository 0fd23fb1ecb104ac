// A form with files, read part by part while it comes: no part is ever held as a whole unless its reader does so.
//
//   service::MultipartReader form = co_await try_(service::MultipartReader::open(context));
//   while (std::optional<service::FormPart> part = co_await try_(form.next_part())) {
//     while (true) {
//       const std::string_view piece = co_await try_(form.read());
//       if (piece.empty()) break;
//       ...
//     }
//   }
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/context.h"
#include "service/multipart_parser.h"

namespace banyan::service {

class MultipartReader {
 public:
  // A problem (415) where the request is not multipart/form-data. `context` outlives the reader.
  static Result<MultipartReader> open(Context& context);

  // The next part, nothing after the last; what is left of the one before is read past. A form that is malformed or
  // breaks off is a problem (400). Suspends.
  Task<Result<std::optional<FormPart>>> next_part();
  // More of this part, valid until the next call; "" at its end. Suspends.
  Task<Result<std::string_view>> read();
  // All of this part; a problem (413) where it is longer.
  Task<Result<std::string>> read_text(std::size_t bytes_max);

 private:
  MultipartReader(Context& context, std::string_view boundary) : context_(&context), parser_(boundary) {}
  Task<Result<MultipartParser::Event>> next_event();

  Context* context_;
  MultipartParser parser_;
  bool in_part_ = false;
};

}  // namespace banyan::service

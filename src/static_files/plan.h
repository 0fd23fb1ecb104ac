// How a request for a file is answered: status, fields and which bytes. Pure; the shell opens, sends and closes.
//
// RFC 9110 sections 8.8 (validators), 13 (conditions), 14 (ranges). The entity tag is nginx's, "mtime-size" in
// hexadecimal, so that caches filled behind nginx stay warm when this server takes its place. It is strong although two
// changes within one second and of one length escape it: nginx does so, and byte ranges need it.
//
// Where nginx differs, the RFC is followed:
//   - If-None-Match makes If-Modified-Since count for nothing, If-Match does so to If-Unmodified-Since (13.2.2);
//   - a date later than the file's in If-Modified-Since is "not modified" as well, not only the same date (13.1.3);
//   - Range counts for GET alone, not for HEAD (14.2);
//   - 405 has Allow (15.5.6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/fields.h"
#include "http/method.h"

namespace banyan::static_files {

struct PlanOptions {
  std::string charset = "utf-8";  // added to text types; "" adds none
  std::string cache_control;      // sent with 200, 206 and 304; "" sends none
  std::size_t ranges_max = 16;    // more are answered with the whole file
};

// What fstat(2) said about the open file.
struct FileFacts {
  std::string_view path;  // for its extension
  std::uint64_t size = 0;
  std::int64_t modified_seconds = 0;  // since 1970
};

struct FileRequest {
  Method method = Method::kGet;
  const Fields* fields = nullptr;  // not null
  std::int64_t now_seconds = 0;    // since 1970
  std::uint64_t random = 0;        // for the boundary of multipart answers: clients must not guess it
};

// A piece of the body: `text`, then bytes [offset, offset + length) of the file. Either may be empty.
struct BodyPiece {
  std::string text;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct StaticPlan {
  int status = 200;  // 200, 206, 304, 405, 412 or 416
  // Without Content-Length, which is `content_length`, and Date. Errors have the fields the RFC asks of them, and no
  // body: its form is the caller's.
  Fields fields;
  std::vector<BodyPiece> body;       // empty for HEAD, 304 and errors
  std::uint64_t content_length = 0;  // of the body as GET would give it; meaningful for 200 and 206
};

StaticPlan plan_file(const FileFacts& file, const FileRequest& request, const PlanOptions& options);

// The entity tag, with its quotes.
std::string entity_tag(const FileFacts& file);

}  // namespace banyan::static_files

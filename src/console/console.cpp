#include "console/console.h"

#include "embed/archive.h"
#include "http/fields.h"

namespace banyan {
namespace {

constexpr std::string_view kPage = "/console/";

// style-src has no 'unsafe-inline': scripts set single properties, which the policy allows.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

void add_security(Fields& fields) {
  (void)fields.add_copy("content-security-policy", kPolicy);
  (void)fields.add_copy("x-content-type-options", "nosniff");
  (void)fields.add_copy("referrer-policy", "no-referrer");
  (void)fields.add_copy("cross-origin-opener-policy", "same-origin");
  (void)fields.add_copy("cross-origin-resource-policy", "same-origin");
}

// Whether gzip is among the codings the client names, and not with a weight of 0 (RFC 9110 section 12.5.3).
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    std::string_view one = accepted.substr(0, accepted.find(','));
    accepted.remove_prefix(std::min(accepted.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    const std::string_view name = one.substr(0, one.find_first_of("; "));
    if (!equals_ignoring_case(name, "gzip") && name != "*") continue;
    const std::size_t weight = one.find("q=0");
    return weight == one.npos || one.find_first_of("123456789", weight) != one.npos;
  }
  return false;
}

Task<void> refuse(Exchange& exchange, int status, std::string_view text) {
  Fields fields;
  add_security(fields);
  fields.add_copy(FieldId::kContentType, "text/plain; charset=utf-8");
  if (status == 405) fields.add_copy(FieldId::kAllow, "GET, HEAD");
  if (status == 308) fields.add_copy(FieldId::kLocation, kPage);
  (void)co_await exchange.respond(status, fields, text);
}

}  // namespace

const ConsoleFile* find_console_file(std::string_view path) {
  for (const ConsoleFile& file : console_files()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

std::string inflate_console_file(const ConsoleFile& file) {
  return unpack_gzip({reinterpret_cast<const unsigned char*>(file.gzip.data()), file.gzip.size()});
}

bool is_console_path(std::string_view path) { return path == "/console" || path.starts_with(kPage); }

Task<void> serve_console(Exchange& exchange) {
  const RequestHead& head = exchange.head();
  if (head.method != Method::kGet && head.method != Method::kHead) {
    co_await refuse(exchange, 405, "use GET or HEAD\n");
    co_return;
  }
  if (head.path == "/console") {
    co_await refuse(exchange, 308, "");
    co_return;
  }
  const ConsoleFile* file = find_console_file(head.path);
  if (file == nullptr) {
    co_await refuse(exchange, 404, "the console has no such file; it begins at /console/\n");
    co_return;
  }
  Fields fields;
  add_security(fields);
  fields.add_copy(FieldId::kEtag, file->etag);
  fields.add_copy(FieldId::kCacheControl, "no-cache");
  fields.add_copy(FieldId::kVary, "Accept-Encoding");
  // RFC 9110 section 13.1.2: any of the tags listed, compared weakly; ours are weak, so a strong one never is alike.
  if (head.fields.value(FieldId::kIfNoneMatch).find(file->etag) != std::string_view::npos) {
    (void)co_await exchange.respond(304, fields, "");
    co_return;
  }
  fields.add_copy(FieldId::kContentType, file->type);
  if (takes_gzip(head.fields.value(FieldId::kAcceptEncoding))) {
    fields.add_copy(FieldId::kContentEncoding, "gzip");
    (void)co_await exchange.respond(200, fields, file->gzip);
    co_return;
  }
  (void)co_await exchange.respond(200, fields, inflate_console_file(*file));
}

}  // namespace banyan

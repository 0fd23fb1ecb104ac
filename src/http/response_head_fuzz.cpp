// Whatever the bytes: no crash, and the same answer for any cut. What is accepted is written and read back the same.
#include "http/response_head.h"

#include <cstdint>
#include <string>

#include "base/check.h"
#include "http/message_framing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  constexpr HeadLimits kLimits = {.head_bytes_max = 2048, .fields_max = 20};
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  ResponseHead head;
  ResponseHeadParser parser(kLimits);
  const HeadOutcome outcome = parser.parse(bytes, head);
  ResponseHead cut;
  ResponseHeadParser cut_parser(kLimits);
  const std::string first = bytes.substr(0, data[0] % (bytes.size() + 1));
  HeadOutcome cut_outcome = cut_parser.parse(first, cut);
  if (cut_outcome.kind == HeadOutcome::Kind::kNeedMore) cut_outcome = cut_parser.parse(bytes, cut);
  BANYAN_CHECK(outcome.kind == cut_outcome.kind && outcome.consumed == cut_outcome.consumed);
  BANYAN_CHECK(outcome.refusal == cut_outcome.refusal);
  BANYAN_CHECK(!outcome.failed() || outcome.refusal.status == 502);
  if (!outcome.done()) return 0;
  static_cast<void>(frame_response(head, {Method::kGet, (data[0] & 1) != 0}));
  std::string written;
  BANYAN_CHECK(write_response_head({head.status, head.reason, head.version}, head.fields, written).ok());
  ResponseHead again;
  ResponseHeadParser again_parser({.head_bytes_max = 2 * written.size()});
  BANYAN_CHECK(again_parser.parse(written, again).consumed == written.size());
  BANYAN_CHECK(again.status == head.status && again.fields.size() == head.fields.size());
  return 0;
}

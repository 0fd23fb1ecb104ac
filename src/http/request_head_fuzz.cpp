// Whatever the bytes: no crash, and the same answer for any cut. What is accepted is written and read back the same.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "http/message_framing.h"
#include "http/request_head.h"
#include "http/response_head.h"

namespace {

using namespace banyan;

constexpr HeadLimits kLimits = {.head_bytes_max = 2048, .fields_max = 20, .target_bytes_max = 512};

HeadOutcome parse_cut(std::string_view bytes, std::size_t cut, RequestHead& head) {
  RequestHeadParser parser(kLimits);
  const std::string first(bytes.substr(0, cut));
  const HeadOutcome outcome = parser.parse(first, head);
  if (outcome.done() || outcome.failed()) {
    if (outcome.done()) head.rebase(first.data(), first.size(), bytes.data());
    return outcome;
  }
  return parser.parse(bytes, head);
}

void check_same(const RequestHead& a, const RequestHead& b) {
  BANYAN_CHECK(a.method_name == b.method_name && a.target == b.target && a.path == b.path && a.query == b.query);
  BANYAN_CHECK(a.host == b.host && a.port == b.port && a.version == b.version && a.form == b.form);
  BANYAN_CHECK(a.fields.size() == b.fields.size());
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    BANYAN_CHECK(a.fields[i].name == b.fields[i].name && a.fields[i].value == b.fields[i].value);
    BANYAN_CHECK(a.fields[i].id == b.fields[i].id);
  }
}

void check_round_trip(const RequestHead& head) {
  std::string written;
  BANYAN_CHECK(write_request_head({head.method_name, head.target, head.version}, head.fields, written).ok());
  RequestHead again;
  RequestHeadParser parser({.head_bytes_max = 2 * written.size()});
  const HeadOutcome outcome = parser.parse(written, again);
  BANYAN_CHECK(outcome.done() && outcome.consumed == written.size());
  check_same(head, again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte says where to cut; the rest lies in a block of its own size, so that a read past it is seen.
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  RequestHead whole;
  RequestHeadParser parser(kLimits);
  const HeadOutcome outcome = parser.parse(bytes, whole);
  RequestHead cut;
  const HeadOutcome cut_outcome = parse_cut(bytes, data[0] % (bytes.size() + 1), cut);
  BANYAN_CHECK(outcome.kind == cut_outcome.kind && outcome.consumed == cut_outcome.consumed);
  BANYAN_CHECK(outcome.refusal == cut_outcome.refusal);
  BANYAN_CHECK(!outcome.failed() || outcome.refusal.status >= 400);
  if (!outcome.done()) return 0;
  check_same(whole, cut);
  check_round_trip(whole);
  static_cast<void>(frame_request(whole));
  remove_hop_by_hop(whole.fields);
  BANYAN_CHECK(!whole.fields.has(FieldId::kConnection) && !whole.fields.has(FieldId::kTransferEncoding));
  return 0;
}

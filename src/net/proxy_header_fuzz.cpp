// Whatever the bytes: no crash; a reader that takes what is missing, and no more, gets the same as one that has it all;
// what was read can be written and read again.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "net/proxy_header.h"

namespace {

using namespace banyan;

// Gives the parser as many bytes as it says are missing, until it is content or there are no more.
ProxyOutcome parse_stepwise(std::string_view bytes, ProxyHeader& header) {
  std::size_t given = 0;
  for (;;) {
    const std::string part(bytes.substr(0, given));
    const ProxyOutcome outcome = parse_proxy_header(part, header);
    if (outcome.missing == 0 || given == bytes.size()) return outcome;
    given += std::min(outcome.missing, bytes.size() - given);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  ProxyHeader header;
  const ProxyOutcome outcome = parse_proxy_header(bytes, header);
  ProxyHeader stepwise_header;
  const ProxyOutcome stepwise = parse_stepwise(bytes, stepwise_header);
  BANYAN_CHECK(outcome.consumed <= size);
  if (!outcome.done()) {
    BANYAN_CHECK(!stepwise.done());
    return 0;
  }
  BANYAN_CHECK(stepwise.done() && stepwise.consumed == outcome.consumed && stepwise_header == header);
  for (const ProxyProtocol version : {ProxyProtocol::kV1, ProxyProtocol::kV2}) {
    const std::string written = write_proxy_header(version, header.source, header.destination);
    ProxyHeader again;
    const ProxyOutcome read = parse_proxy_header(written, again);
    BANYAN_CHECK(read.done() && read.consumed == written.size() && again == header);
  }
  return 0;
}

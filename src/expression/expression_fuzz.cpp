// Any text: no crash, an error that says where, and what was understood can be asked.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "expression/expression.h"

namespace {

class AnyValues final : public banyan::RequestValues {
 public:
  std::optional<std::string_view> find(const banyan::ValueName& name, std::string& scratch) const override {
    if (name.name.size() % 3 == 2) return std::nullopt;
    scratch = name.kind == banyan::ValueKind::kIp ? "10.1.2.3" : name.name;
    return scratch;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const banyan::Result<banyan::Expression> expression = banyan::Expression::parse(text);
  if (!expression.ok()) {
    BANYAN_CHECK(expression.error().message().starts_with("line "));
    return 0;
  }
  const banyan::Result<banyan::Expression> opposite = banyan::Expression::parse("not (" + std::string(text) + ")");
  if (opposite.ok()) BANYAN_CHECK(opposite->holds(AnyValues()) != expression->holds(AnyValues()));
  return 0;
}

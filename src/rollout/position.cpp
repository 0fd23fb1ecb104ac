#include "rollout/position.h"

namespace banyan {

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::kLegacy:
      return "legacy";
    case Stage::kMirrored:
      return "mirrored";
    case Stage::kVerified:
      return "verified";
    case Stage::kShifted:
      return "shifted";
    case Stage::kNative:
      return "native";
    case Stage::kRetired:
      return "retired";
  }
  return "";
}

}  // namespace banyan

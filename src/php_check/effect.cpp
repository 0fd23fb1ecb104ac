#include "php_check/effect.h"

#include <bit>

namespace banyan::php {

std::string_view effect_name(Effects effect) {
  if (effect == 0) return "none";
  const auto index = static_cast<std::size_t>(std::countr_zero(effect));
  return index < kEffectNames.size() ? kEffectNames[index] : "none";
}

}  // namespace banyan::php

#include "php_convert/hir.h"

namespace banyan::php::hir {

Rep join(Rep a, Rep b) {
  if (a == b || b == Rep::kNothing) return a;
  if (a == Rep::kNothing) return b;
  const auto is_number = [](Rep rep) { return rep == Rep::kInt || rep == Rep::kFloat || rep == Rep::kNumber; };
  if ((a == Rep::kNumber && is_number(b)) || (b == Rep::kNumber && is_number(a))) return Rep::kNumber;
  return Rep::kValue;
}

}  // namespace banyan::php::hir

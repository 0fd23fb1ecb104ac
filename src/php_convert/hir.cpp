#include "php_convert/hir.h"

namespace banyan::php::hir {

Rep join(Rep a, Rep b) {
  if (a == b || b == Rep::kNothing) return a;
  if (a == Rep::kNothing) return b;
  return Rep::kValue;
}

}  // namespace banyan::php::hir

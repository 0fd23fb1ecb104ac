// A filter of one's own.
#pragma once

#include "gateway/filter_factory.h"

namespace banyan {

const FilterFactory& maintenance_filter();

}  // namespace banyan

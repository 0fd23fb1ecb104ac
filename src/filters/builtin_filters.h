// The filters every Banyan has. Each is written against module gateway's interface alone (gateway/filter.h), as anybody
// else's would be, and described in docs/filters.md.
#pragma once

#include "gateway/filter_factory.h"

namespace banyan {

const FilterFactory& api_key_filter();
const FilterFactory& cache_filter();
const FilterFactory& compress_filter();
const FilterFactory& cors_filter();
const FilterFactory& ext_auth_filter();
const FilterFactory& fault_filter();
const FilterFactory& headers_filter();
const FilterFactory& ip_filter();
const FilterFactory& jwt_filter();
const FilterFactory& rate_limit_filter();
const FilterFactory& redirect_filter();
const FilterFactory& respond_filter();
const FilterFactory& rewrite_filter();

// All of them. Once, before a configuration is read.
void register_builtin_filters();

}  // namespace banyan

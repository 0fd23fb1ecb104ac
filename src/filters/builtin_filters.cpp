#include "filters/builtin_filters.h"

namespace banyan {

void register_builtin_filters() {
  for (const FilterFactory* filter :
       {&api_key_filter(), &cache_filter(), &compress_filter(), &cors_filter(), &ext_auth_filter(), &fault_filter(),
        &headers_filter(), &ip_filter(), &jwt_filter(), &rate_limit_filter(), &redirect_filter(), &respond_filter(),
        &rewrite_filter()}) {
    register_filter_type(*filter);
  }
}

}  // namespace banyan

// What answers an endpoint, from how it is written where the route is. Private.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "php_endpoints/endpoint.h"
#include "php_endpoints/tree_view.h"

namespace banyan::php {

// "C@m", "C:m", "C::m", [C::class, 'm'], [$this, 'm'], C::class, 'm' of a given controller, a function's name, a
// closure.
Handler make_handler(const TreeView& view, NodeId written, NodeId scope_class, std::string_view controller = {});
// The lines from the first statement to the last; where they are no more than one call or include, what that names.
Handler code_handler(const TreeView& view, std::span<const NodeId> statements, NodeId scope_class);

// The path an include names, or its end where the beginning is computed; empty where it is no text at all.
std::string included_path(const TreeView& view, NodeId include);

}  // namespace banyan::php

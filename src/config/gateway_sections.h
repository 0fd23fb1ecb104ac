// The sections of the gateway's configuration file, each described in a file of its own.
#pragma once

#include "config/schema.h"

namespace banyan {

// gateway: listeners, limits, the access log. Describes a GatewaySection.
const Schema& section_schema();

// One cluster, and the reader of all of them into a GatewayConfig.
const Schema& cluster_schema();
void read_clusters(const KeySpec& key, const YamlNode& node, void* object, Reading& reading);

// One route, and the reader of all of them into a GatewayConfig.
const Schema& route_schema();
void read_routes(const KeySpec& key, const YamlNode& node, void* object, Reading& reading);

}  // namespace banyan

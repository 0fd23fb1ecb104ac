// TLS towards clusters, client certificates and the PROXY protocol in the configuration, and what of it fits together.
#pragma once

#include "config/schema.h"

namespace banyan {

// Rows for the tables of a listener and a cluster.
KeySpec listener_client_ca_key();
KeySpec listener_client_auth_key();
KeySpec listener_proxy_protocol_key();
KeySpec cluster_tls_key();
KeySpec cluster_proxy_protocol_key();

void check_listener_transport(const GatewaySection& gateway, const ListenerConfig& listener, Diagnostics& diagnostics);
void check_cluster_transport(const ClusterConfig& cluster, Diagnostics& diagnostics);

}  // namespace banyan

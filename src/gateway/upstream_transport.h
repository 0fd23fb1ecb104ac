// How connections to a cluster are opened: what its configuration says of TLS and the PROXY protocol, as net/dialer.h
// wants it.
#pragma once

#include <memory>
#include <string>

#include "config/gateway_config.h"
#include "net/dialer.h"

namespace banyan {

// Null: the cluster is spoken to in plain. Errors name the file. Blocks on the disk.
Result<std::shared_ptr<const TlsClientContext>> load_upstream_tls(const ClusterConfig& cluster);

// Everything of it that decides whether connections may be carried over a reload: what the files hold included.
std::string transport_identity(const ClusterConfig& cluster);

// For one endpoint, as the configuration names it.
DialOptions dial_options(const ClusterConfig& cluster, std::shared_ptr<const TlsClientContext> tls,
                         const Address& endpoint);

}  // namespace banyan

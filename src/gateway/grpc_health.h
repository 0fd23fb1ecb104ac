// The health protocol of gRPC: what is asked, and what was answered. Pure.
//
// Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md; messages are framed as
// PROTOCOL-HTTP2.md beside it says, and encoded as https://protobuf.dev/programming-guides/encoding/ does.
#pragma once

#include <string>
#include <string_view>

namespace banyan {

inline constexpr std::string_view kGrpcHealthPath = "/grpc.health.v1.Health/Check";

// The body of the request: a framed HealthCheckRequest. `service` "": the server as a whole.
std::string grpc_health_question(std::string_view service);

// Whether the body of the answer is one framed HealthCheckResponse that says SERVING.
bool grpc_says_serving(std::string_view body);

}  // namespace banyan

// What is known of one request while a worker handles it. For the sources of GatewayWorker alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/gateway_worker.h"
#include "gateway/load_shedding.h"

namespace banyan {

// What nginx logs where the client left before it was answered; nobody is sent it.
inline constexpr int kClientClosedRequest = 499;

struct GatewayWorker::RequestState {
  bool client_left() const { return under_way != nullptr && under_way->client_left(); }
  // After this has moved: `colour` may be a view of `given_colour`.
  void follow_colour() {
    if (!given_colour.empty()) colour = given_colour;
  }

  RequestsUnderWay::Entry* under_way = nullptr;  // null where the server refused it
  std::shared_ptr<const GatewaySnapshot> snapshot;
  const GatewayRoute* route = nullptr;
  ClientIdentity client;
  TraceContext trace;
  std::string request_id;
  std::string target;                      // as it came
  std::optional<std::size_t> choice;       // which of the route's clusters
  std::string given_colour;                // that it came with, from whoever may set one
  std::string_view colour;                 // of it or of the snapshot
  ConcurrencySlot* slot = nullptr;         // where the cluster limits how many it takes at once
  std::shared_ptr<WorkerCluster> cluster;  // the one in use when the request came, whatever is loaded meanwhile
  SendReport report;                       // what was asked of it
  std::string_view fell_back;              // the cluster that stood in
  std::string last_good_key;               // "": answers are not kept
  TimePoint handed_over{};                 // to a connection, where the route migrates
  Duration upstream{};
  std::uint64_t request_bytes = 0;
  std::string error;
  int failed_status = 0;  // what an error was that a client of gRPC was told of under status 200
  std::unique_ptr<MirrorJob> mirror;
  FilterContext* filter_context = nullptr;      // where there are filters
  const FilterInstance* filtered_by = nullptr;  // the filter that answered in place of the route
  std::string_view cache;                       // what the filter `cache` found
};

struct GatewayWorker::Request : RequestState {
  explicit Request(Exchange& its_exchange) : exchange(its_exchange) {}
  Request(Exchange& its_exchange, RequestState&& state) : RequestState(std::move(state)), exchange(its_exchange) {}
  // As it is counted and logged; 0 where there was no answer.
  int status() const {
    if (exchange.status() == 0) return client_left() ? kClientClosedRequest : 0;
    return failed_status != 0 ? failed_status : exchange.status();
  }

  Exchange& exchange;
};

}  // namespace banyan

// The accounts that actions change, simulated and durable. See README.md for its parts.
//
// Joined in app/wiring.cc; services/ec2 and services/s3 are its doors. Methods of the parts are
// called inside write transactions (static ones also over snapshots); Start and Stop from anywhere.
#pragma once

#include <span>

#include "estate/blocks.h"
#include "estate/compute.h"
#include "estate/core.h"
#include "estate/network.h"

namespace riposte::estate {

class Estate {
 public:
  Estate(const Timings& timings, store::Store& store, Executor& loop, const Clock& clock,
         Random& random, api::EventSink& events, const telemetry::Log& log)
      : core_(timings, store, loop, clock, random, events, log),
        network_(core_),
        blocks_(core_),
        compute_(core_, network_, blocks_) {}

  /// Takes up the transitions that were under way. Call once, before serving.
  void Start() { core_.Start(); }
  void Stop() { core_.Stop(); }

  [[nodiscard]] Core& core() { return core_; }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] Blocks& blocks() { return blocks_; }
  [[nodiscard]] Compute& compute() { return compute_; }

  [[nodiscard]] static std::span<const store::Migration> Migrations();

 private:
  Core core_;
  Network network_;
  Blocks blocks_;
  Compute compute_;
};

}  // namespace riposte::estate

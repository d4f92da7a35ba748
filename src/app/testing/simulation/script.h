// What the parts of a run share: the world, the ledger, what the seed has chosen, and how one
// calls.
//
// A part is one kind of people or things around the engine: Clients send and receive (clients.h),
// Targets answer (targets.h), Operators redrive, and change who may send where (operators.h), and
// the Ending drains all (ending.h). simulation.cc lets them act by turns.
#pragma once

#include <string>
#include <vector>

#include "app/testing/simulation/ledger.h"

namespace riposte::app::testing::simulation {

inline constexpr std::string_view kHook = "https://hook.example/";
inline constexpr std::string_view kTick = "tick-";

/// Which clients receive from, and which are drained at the end.
inline constexpr const char* kQueues[] = {"inbox",
                                          "inbox-dead",
                                          "other-inbox",
                                          "topic-inbox",
                                          "runbook-inbox",
                                          "ordered.fifo",
                                          "topic-ordered.fifo",
                                          "dead-rules",
                                          "dead-subscriptions",
                                          "dead-functions",
                                          "kept",
                                          "replayed",
                                          "scheduled",
                                          "ticks",
                                          "denied",
                                          "dead-ordered.fifo",
                                          "piped-out",
                                          "piped-dead",
                                          "sorted-out.fifo"};

struct Script {
  World world;
  Ledger ledger{world};

  // Some runs have few faults and some have many; some have none of a kind. So with the parts.
  uint64_t trouble = 0;  ///< Percent of answers that are not what one hopes for.
  uint64_t crashes = 0;  ///< Percent of steps that arm a fault of the disk or the machine.
  uint64_t jumps = 0;    ///< Percent of steps at which the clock is set.
  bool redrives = false;
  bool pipes = false;
  bool refusals = false;
  int items = 0;
  bool filled = false;  ///< The disk was full at some time.

  [[nodiscard]] std::string Arn(std::string_view service, std::string_view resource) const {
    return world.harness->Arn(service, resource);
  }
};

[[nodiscard]] inline std::string QueueUrl(const std::string& queue) {
  return "http://localhost/123456789012/" + queue;
}

}  // namespace riposte::app::testing::simulation

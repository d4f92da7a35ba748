// The end of a run: what was archived is replayed, all queues are emptied, all lists are read.
#pragma once

#include <set>
#include <string>

#include "app/testing/simulation/clients.h"
#include "app/testing/simulation/targets.h"

namespace riposte::app::testing::simulation {

class Ending {
 public:
  Ending(Script& script, Clients& clients, Targets& targets)
      : script_(script), clients_(clients), targets_(targets) {}
  /// The whole archive once more, with an engine that ends and starts meanwhile.
  void Replay();
  void Drain();

 private:
  void ListExecutions();
  void ListDead();

  Script& script_;
  Clients& clients_;
  Targets& targets_;
  World& world_ = script_.world;
  Ledger& ledger_ = script_.ledger;
  std::set<std::string> failed_;    ///< Executions that have no dead letter yet.
  std::set<std::string> lettered_;  ///< Those that have one.
};

}  // namespace riposte::app::testing::simulation

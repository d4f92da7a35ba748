// Those who look after the engine: they send dead letters on their way again, and change who may
// send to a queue.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/testing/simulation/script.h"

namespace riposte::app::testing::simulation {

class Operators {
 public:
  explicit Operators(Script& script) : script_(script) {}
  /// Moves the messages of a dead-letter queue back, or looks after those that do.
  void MoveBack();
  /// Sends one, some or all of the listed dead letters on their way again, perhaps twice at a time.
  void Redrive();
  /// Lets a queue refuse what it took, or take it again.
  void ChangePolicy();
  void StartPipes();

  /// All queues take what they should.
  void OpenAll();
  /// Until no move goes on.
  void AwaitMoves();

 private:
  using Letters = std::vector<Ledger::Letter>;
  /// Nothing when the list could not be read. Failed executions are left out: to run one again is
  /// not to deliver it.
  std::optional<Letters> List(const json::Object& filter);
  /// Learns what the letter is of; false when it could not be read.
  bool Describe(Ledger::Letter& letter);
  bool SetPolicy(const std::string& queue, bool open);
  /// "RUNNING" and so on, of the latest move; "?" when it could not be asked.
  std::string StatusOf(const std::string& dead_queue);

  Script& script_;
  World& world_ = script_.world;
  Ledger& ledger_ = script_.ledger;
  std::set<std::string> closed_;
  std::string handle_;       ///< Of the latest move.
  bool executions_ = false;  ///< The list had failed executions, too.
};

}  // namespace riposte::app::testing::simulation

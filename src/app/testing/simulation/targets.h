// Those whom the engine calls, as unreliable as the seed says: subscribers, destinations, functions
// and the steps of runbooks.
#pragma once

#include <map>
#include <string>

#include "app/testing/simulation/script.h"

namespace riposte::app::testing::simulation {

class Targets {
 public:
  /// Answers what the world is asked from now on.
  explicit Targets(Script& script);
  /// How often the first step of a runbook fails before it succeeds: a property of the item.
  int FailuresOf(const std::string& label);

 private:
  void OnRequest(const http::OutgoingRequest& request, http::Client::Completion done);
  void OnFunction(const functions::Invocation& invocation, functions::InvokeCompletion done);
  void OnEnrichment(const functions::Invocation& invocation, functions::InvokeCompletion done);
  functions::ScriptResult OnScript(const functions::ScriptJob& job);
  template <class Done, class Note, class Outcome>
  void Later(Millis wait, Done done, Note answer, Outcome outcome);

  Script& script_;
  World& world_ = script_.world;
  Ledger& ledger_ = script_.ledger;
  std::map<std::string, int> failures_;
  std::map<std::string, int> runs_;
};

}  // namespace riposte::app::testing::simulation

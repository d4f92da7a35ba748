// The engine's own operations: packs, incidents, authorised ingestion, undo, the simulated estate.
//
// Thread safety: handlers run as api/registry.h says; the object itself holds no state.
// Protocol: awsJson1_0, signing name "riposte", target "Riposte.<Operation>"; model/riposte.smithy.
#pragma once

#include "api/invoker.h"
#include "api/registry.h"
#include "api/sinks.h"
#include "delivery/dead_letters.h"
#include "estate/seed.h"
#include "response/incidents.h"

namespace riposte::native {

class RiposteService {
 public:
  RiposteService(api::EventSink& events, response::Incidents& incidents, estate::Seed& seed,
                 Random& random, delivery::DeadLetters& dead_letters)
      : events_(events),
        incidents_(incidents),
        seed_(seed),
        random_(random),
        dead_letters_(dead_letters) {}

  /// Before the first call: packs are applied through the pipeline like any client's calls.
  void SetInvoker(api::Invoker& invoker) { invoker_ = &invoker; }
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  void ApplyPack(Call call, api::Reply reply);
  /// Events under any source, "aws." included: for detectors' forwarders that were authorised.
  json::Value IngestEvents(const Call& call, Tx& tx);
  json::Value ListIncidents(const Call& call, Tx& tx);
  json::Value DescribeIncident(const Call& call, Tx& tx);
  json::Value ExplainIncident(const Call& call, Tx& tx);
  json::Value LoadEstate(const Call& call, Tx& tx);
  void UndoAutomationExecution(Call call, api::Reply reply);
  // dead_letters.cc
  json::Value DescribeDeadLetter(const Call& call, Tx& tx);
  json::Value ListDeadLetters(const Call& call, Tx& tx);
  json::Value RedriveDeadLetters(const Call& call, Tx& tx);

  api::EventSink& events_;
  response::Incidents& incidents_;
  estate::Seed& seed_;
  Random& random_;
  delivery::DeadLetters& dead_letters_;
  api::Invoker* invoker_ = nullptr;
};

}  // namespace riposte::native

// Failed executions that no person started, among the dead letters: a remediation that fails is as
// visible as one that could not be delivered, and goes on its way again like that.
//
// Data path:     Engine, in the commit that ends an execution -> Ended() -> list of dead letters
//                redriven -> Dispatcher -> DeliverWithin() or Deliver() -> Engine::Restart()
// Thread safety: Ended and DeliverWithin inside the transaction; Deliver on the loop.
// Cost:          nothing for executions that succeed, or that a person or another one waits for.
#pragma once

#include "delivery/dead_letters.h"
#include "workflow/engine.h"

namespace riposte::workflow {

class FailedExecutions final : public delivery::Target {
 public:
  static constexpr const char* kKind = "execution";
  static constexpr const char* kErrorCode = "EXECUTION_FAILED";

  /// All outlive it.
  FailedExecutions(store::Store& store, Engine& engine, delivery::DeadLetters& letters)
      : store_(store), engine_(engine), letters_(letters) {}

  /// `execution` has failed. It is listed when an event, an alarm or the like started it.
  void Ended(store::Transaction& tx, const Execution& execution, const Failure& failure);

  void Deliver(const delivery::Work& work, Completion completion) override;
  bool DeliverWithin(store::Transaction& tx, const delivery::Work& work) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction& /*tx*/, const delivery::Work& /*work*/,
                 const delivery::Result& /*result*/, Disposition /*disposition*/) override {}

 private:
  [[nodiscard]] riposte::Result<std::string> Restart(store::Transaction& tx,
                                                     const delivery::Work& work);

  store::Store& store_;
  Engine& engine_;
  delivery::DeadLetters& letters_;
};

}  // namespace riposte::workflow

// What an alarm does when its state changes: notify a topic or call a function.
//
// Data path:     Alarms::SetState -> delivery::Dispatcher ("alarm-action") -> AlarmActions
//                -> api::Invoker -> sns Publish or lambda Invoke, as cloudwatch.amazonaws.com
// Thread safety: on the engine's loop; OnOutcome on the writer thread.
// Actions of other kinds (EC2, Auto Scaling, Systems Manager) are accepted in an alarm, and fail
// with an entry in its history.
#pragma once

#include "api/invoker.h"
#include "delivery/delivery.h"

namespace riposte::observe {

class AlarmActions final : public delivery::Target {
 public:
  AlarmActions(api::Invoker& invoker, const Clock& clock) : invoker_(invoker), clock_(clock) {}

  void Deliver(const delivery::Work& work, Completion completion) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction& tx, const delivery::Work& work, const delivery::Result& result,
                 Disposition disposition) override;

 private:
  api::Invoker& invoker_;
  const Clock& clock_;
};

}  // namespace riposte::observe

// Delivers one event to one target of a rule: a call through the API, as the target's role.
//
// Data path:     delivery::Dispatcher -> RuleTargets::Deliver() -> api::Invoker -> the service
// Thread safety: Deliver and MakeDeadLetter on the loop; DeliverWithin inside the transaction that
//                accepts the event, OnOutcome inside the one that records the outcome.
//
// | target | call | input |
// |---|---|---|
// | lambda function | lambda Invoke, asynchronous | payload |
// | sqs queue | sqs SendMessage, in FIFO queues deduplicated by event | body |
// | sns topic | sns Publish | message |
// | log group | logs PutLogEvents into the stream of the rule | one line |
// | ssm automation-definition or document | ssm StartAutomationExecution | parameters |
// | states state machine | states StartExecution, named after the delivery | input |
// | event bus | events PutEvents; the event keeps its id, account, region and source | ignored |
// | API destination | an HTTP request (bus/http_target.h) | body |
//
// Who acts: the target's RoleArn, assumed by events.amazonaws.com; without one the service itself
// for the rule (so that the target's resource policy decides), for buses the rule's account.
// Failures: access denied -> NO_PERMISSIONS, no such target -> NO_RESOURCE, a request that is
// refused as invalid -> SDK_CLIENT_ERROR: dead at once. Throttled -> THROTTLING, all else
// INTERNAL_ERROR: again later, as the target's retry policy says.
// A delivery that fails for good is announced as an event of source aws.events, detail-type
// "EventBridge Rule Execution Failed", on the default bus (docs/compatibility.md). Deliveries that
// belong to an incident leave a line in its timeline.
#pragma once

#include <functional>
#include <string>

#include "api/invoker.h"
#include "api/sinks.h"
#include "bus/http_target.h"
#include "bus/rule_delivery.h"
#include "bus/tables.h"
#include "delivery/delivery.h"

namespace riposte::bus {

enum class TargetKind {
  kFunction,
  kQueue,
  kTopic,
  kLogGroup,
  kRunbook,
  kStateMachine,
  kEventBus,
  kApiDestination,
  kUnsupported,
};
[[nodiscard]] TargetKind KindOfTarget(const Arn& arn);

/// True when this call is a rule of ours passing an event on to another bus. No call from outside
/// and no function or runbook looks like it: `source_arn` is only ever set here.
[[nodiscard]] bool IsForwarding(const access::Principal& caller);

class RuleTargets final : public delivery::Target {
 public:
  /// access::Directory::AssumeForService for "events.amazonaws.com".
  using AssumeRole = std::function<Result<access::Principal>(const std::string& role_arn,
                                                             const std::string& session)>;
  /// Everything it stands on; all outlive it.
  struct Parts {
    api::Invoker& invoker;
    AssumeRole assume_role;
    api::EventSink& events;  ///< For the announcement of failures.
    api::MetricSink& metrics;
    const Clock& clock;
    HttpTarget* http = nullptr;  ///< Without it API destinations are no resource.
  };
  explicit RuleTargets(Parts parts) : parts_(std::move(parts)) {}

  void Deliver(const delivery::Work& work, Completion completion) override;
  /// Queues and asynchronous functions: one row of theirs, in the commit that accepts the event.
  bool DeliverWithin(store::Transaction& tx, const delivery::Work& work) override;
  int MostPerSecond(store::Transaction& tx, const delivery::Work& work) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction& tx, const delivery::Work& work, const delivery::Result& result,
                 Disposition disposition) override;

 private:
  /// The call that this delivery is. Errors: kPermissionDenied when the role cannot be assumed.
  [[nodiscard]] Result<api::Invocation> MakeCall(TargetKind kind, const Arn& arn,
                                                 const delivery::Work& work,
                                                 RuleDelivery& delivery) const;
  void DeliverHttp(const delivery::Work& work, const RuleDelivery& delivery, Completion completion);
  void Delivered(const delivery::Work& work, const RuleKey& rule) const;
  void Call(api::Invocation invocation, Completion completion);
  /// The line in the timeline of an incident.
  void Note(store::Transaction& tx, const delivery::Work& work, const RuleDelivery& delivery,
            const delivery::Result& result, Disposition disposition) const;
  void CallLogs(const api::Invocation& base, const std::string& stream, const std::string& message,
                bool stream_exists, Completion completion);

  Parts parts_;
};

/// A version-5-shaped UUID made from the delivery, the same for each of its attempts: the client
/// token of what a target starts.
[[nodiscard]] std::string TokenOf(const delivery::Work& work, const RuleDelivery& delivery);

}  // namespace riposte::bus

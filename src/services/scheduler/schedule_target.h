// Makes one firing of a schedule: a call through the API, as the schedule's execution role.
//
// Data path:     Timer -> WorkOf -> delivery::Dispatcher -> ScheduleTarget::Deliver -> api::Invoker
// Thread safety: Deliver and MakeDeadLetter on the loop, OnOutcome inside a write transaction.
//
// | target | call |
// |---|---|
// | function, queue, topic, state machine | as delivery/target_call.h |
// | event bus | events PutEvents, with the source and detail type of EventBridgeParameters |
// | arn:aws:scheduler:::aws-sdk:… | that operation, with the Input as its request (universal.h) |
//
// In the Input, <aws.scheduler.schedule-arn>, <aws.scheduler.scheduled-time>,
// <aws.scheduler.execution-id> and <aws.scheduler.attempt-number> are replaced, as text.
// A firing keeps its token over all attempts (names of executions, deduplication, client tokens);
// the execution id is another for each attempt, as in the service.
// Source: "Managing targets" and "Configuring a dead-letter queue", EventBridge Scheduler guide.
#pragma once

#include <functional>
#include <string>

#include "api/invoker.h"
#include "api/sinks.h"
#include "delivery/delivery.h"
#include "services/scheduler/tables.h"
#include "wire/catalog.h"

namespace riposte::scheduler {

inline constexpr std::string_view kPrincipal = "scheduler.amazonaws.com";

/// What `schedule` owes at `time`.
[[nodiscard]] delivery::Work WorkOf(const Schedule& schedule, TimePoint time, TimePoint now);

class ScheduleTarget final : public delivery::Target {
 public:
  static constexpr char kKind[] = "schedule-target";
  /// access::Directory::AssumeForService for kPrincipal.
  using AssumeRole = std::function<Result<access::Principal>(const std::string& role_arn,
                                                             const std::string& session)>;
  /// Puts a client token into the request of an operation that takes one.
  using FillToken = std::function<void(const std::string& service, const std::string& operation,
                                       json::Object& input, const std::string& token)>;
  struct Parts {
    api::Invoker& invoker;
    const wire::Catalog& catalog;
    AssumeRole assume_role;
    FillToken fill_token;
    api::MetricSink& metrics;
  };
  explicit ScheduleTarget(Parts parts) : parts_(std::move(parts)) {}

  void Deliver(const delivery::Work& work, Completion completion) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction& tx, const delivery::Work& work, const delivery::Result& result,
                 Disposition disposition) override;

 private:
  [[nodiscard]] Result<api::Invocation> MakeCall(const delivery::Work& work) const;
  [[nodiscard]] Result<api::Invocation> UniversalCall(const delivery::Work& work,
                                                      const std::string& input) const;

  Parts parts_;
};

}  // namespace riposte::scheduler

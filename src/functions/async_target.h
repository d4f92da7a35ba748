// Asynchronous invocation: the event is accepted at once and owed until the function has run.
//
// Data path:     Invoke (Event) -> AsyncTarget::Enqueue (in the caller's commit)
//                -> Dispatcher -> Deliver -> Runner -> done, retry, dead letter, destination
// Thread safety: Enqueue and OnOutcome inside a transaction; Deliver on the loop.
// Two clocks of retries, told apart by the error code of an attempt: an error of the function is
// tried again after 1 and 2 minutes (MaximumRetryAttempts); what the runner refuses (throttled, no
// process) goes on with 1 s … 5 min between tries until the event is too old
// (MaximumEventAgeInSeconds). How often the function has failed is stored with the outcome.
// Source: "Invoking a function asynchronously" and "Capturing records of asynchronous invocations",
// developer guide.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "api/invoker.h"
#include "delivery/delivery.h"
#include "functions/catalog.h"
#include "functions/runner.h"

namespace riposte::functions {

/// A principal that is the role of a function, for what is done on the function's behalf.
using RolePrincipal = std::function<Result<access::Principal>(const std::string& role_arn,
                                                              const std::string& session)>;

class AsyncTarget final : public delivery::Target {
 public:
  static constexpr const char* kKind = "function";

  struct Event {
    FunctionRef function;
    std::string payload;
    std::string client_context;
    std::string request_id;
    Trace trace;
    TimePoint now;
  };

  AsyncTarget(Catalog& catalog, Runner& runner, delivery::Dispatcher& dispatcher,
              const Clock& clock, api::MetricSink& metrics)
      : catalog_(catalog),
        runner_(runner),
        dispatcher_(dispatcher),
        clock_(clock),
        metrics_(metrics) {}
  /// Loads the counts of failures. Call before Dispatcher::Start.
  void Start(store::Store& store);
  void Reset();

  /// True while more is owed than may be: new events are refused. Any thread.
  [[nodiscard]] bool Full() const { return dispatcher_.Full(); }
  /// REQUIRES: the function exists in `tx`.
  void Enqueue(store::Transaction& tx, Event event);

  void Deliver(const delivery::Work& work, Completion completion) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction& tx, const delivery::Work& work, const delivery::Result& result,
                 Disposition disposition) override;

 private:
  struct Progress {
    int errors = 0;  ///< Of the function itself.
    InvokeResult last;
    std::string executed_version;
  };
  delivery::Result ToResult(const delivery::Work& work, InvokeOutcome outcome,
                            const std::string& version);
  void OweDestination(store::Transaction& tx, const delivery::Work& work, const Progress& progress,
                      const delivery::Result& result, bool success);

  Catalog& catalog_;
  Runner& runner_;
  delivery::Dispatcher& dispatcher_;
  const Clock& clock_;
  api::MetricSink& metrics_;
  mutable std::mutex mutex_;
  std::map<int64_t, Progress> progress_;  ///< By work id: from its first attempt to its outcome.
};

/// Sends invocation records to destinations: a queue, a topic, an event bus or a function.
class DestinationTarget final : public delivery::Target {
 public:
  static constexpr const char* kKind = "function-destination";

  DestinationTarget(api::Invoker& invoker, RolePrincipal role, std::string endpoint)
      : invoker_(invoker), role_(std::move(role)), endpoint_(std::move(endpoint)) {}
  void Deliver(const delivery::Work& work, Completion completion) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction&, const delivery::Work&, const delivery::Result&,
                 Disposition) override {}

 private:
  api::Invoker& invoker_;
  RolePrincipal role_;
  std::string endpoint_;
};

}  // namespace riposte::functions

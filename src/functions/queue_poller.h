// Event source mappings: messages of queues become invocations of functions.
//
// Data path:     queue -> ReceiveMessage (long poll, as the function's role) -> Runner::Invoke
//                -> DeleteMessageBatch of what was dealt with; the rest is seen again by itself
// Thread safety: on the loop; ChangedOnCommit inside a write transaction.
// Delivery:      at least once, by the queue's own means: a message is deleted only after the
//                function has succeeded, so nothing needs to be stored here. With
//                ReportBatchItemFailures the function names the messages it could not deal with.
// Source: "Using Lambda with Amazon SQS", developer guide.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/invoker.h"
#include "functions/async_target.h"
#include "functions/catalog.h"
#include "functions/runner.h"
#include "telemetry/log.h"

namespace riposte::functions {

class QueuePoller {
 public:
  struct Options {
    int max_in_flight = 5;  ///< Batches of one mapping at work at a time.
    Millis first_back_off{1'000};
    Millis max_back_off{60'000};
  };
  struct Parts {
    store::Store& store;
    Catalog& catalog;
    Runner& runner;
    api::Invoker& invoker;
    RolePrincipal role;
    Executor& loop;
    const Clock& clock;
    Random& random;
    const telemetry::Log& log;
    api::MetricSink* metrics = nullptr;  ///< May be null.
  };
  QueuePoller(Options options, Parts parts) : options_(options), parts_(std::move(parts)) {}
  ~QueuePoller() { Stop(); }

  void Start();  ///< Polls what is enabled.
  void Stop();   ///< Polls no more; replies under way are dropped, their messages seen again.
  /// Looks again at the table when `tx` commits: something in it has changed.
  void ChangedOnCommit(store::Transaction& tx);

 private:
  struct Source {
    tables::EventSource mapping;
    FunctionRef function;
    std::string queue_url;
    size_t batch_size = 10;
    Millis window{0};
    bool reports_failures = false;
    bool stopped = false;
    bool polling = false;
    int in_flight = 0;
    Millis back_off{0};
    std::vector<json::Object> gathered;
    TimePoint gathering_since;
  };
  using SourcePtr = std::shared_ptr<Source>;

  void Load();
  [[nodiscard]] SourcePtr MakeSource(tables::EventSource mapping) const;
  void Poll(const SourcePtr& source);
  void PollLater(const SourcePtr& source);
  void OnReceived(const SourcePtr& source, const api::Outcome& outcome);
  void Flush(const SourcePtr& source);
  /// Takes out the messages that are the last of a chain, and gives the trace of the others.
  static Trace TakeTrace(std::vector<json::Object>& messages);
  void OnInvoked(const SourcePtr& source, const std::vector<json::Object>& messages,
                 const InvokeOutcome& outcome);
  void Delete(const SourcePtr& source, const std::vector<const json::Object*>& messages);
  void BackOff(const SourcePtr& source, const std::string& why);
  [[nodiscard]] Result<api::Invocation> Call(const Source& source, const char* operation,
                                             json::Object input) const;

  const Options options_;
  Parts parts_;
  bool running_ = false;
  std::map<std::string, SourcePtr> sources_;  ///< By UUID.
};

}  // namespace riposte::functions

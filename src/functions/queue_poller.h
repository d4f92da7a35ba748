// Event source mappings: messages of queues become invocations of functions.
//
// Data path:     delivery::QueueReader (as the function's role) -> Runner::Invoke -> what was dealt
//                with is deleted; the rest is seen again by itself
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
#include "delivery/queue_reader.h"
#include "functions/async_target.h"
#include "functions/catalog.h"
#include "functions/runner.h"
#include "telemetry/log.h"

namespace riposte::functions {

class QueuePoller {
 public:
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
  explicit QueuePoller(Parts parts) : parts_(std::move(parts)) {}
  ~QueuePoller() { Stop(); }

  void Start();  ///< Polls what is enabled.
  void Stop();   ///< Polls no more; replies under way are dropped, their messages seen again.
  /// Looks again at the table when `tx` commits: something in it has changed.
  void ChangedOnCommit(store::Transaction& tx);

 private:
  struct Source {
    tables::EventSource mapping;
    FunctionRef function;
    bool reports_failures = false;
    std::shared_ptr<delivery::QueueReader> reader;
  };
  using SourcePtr = std::shared_ptr<Source>;

  void Load();
  [[nodiscard]] SourcePtr MakeSource(tables::EventSource mapping);
  void Invoke(const Source& source, const delivery::QueueReader::BatchPtr& batch,
              delivery::QueueReader::Done done);

  Parts parts_;
  bool running_ = false;
  std::map<std::string, SourcePtr> sources_;  ///< By UUID.
};

}  // namespace riposte::functions

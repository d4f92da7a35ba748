// A pipe, compiled, and its batches on their way: filter, enrichment, target, and what came of
// them.
//
// Data path:     delivery::QueueReader -> CompiledPipe::Wants -> CompiledPipe::Handle
//                -> api::Invoker, as the pipe's role -> the ids of the messages that have not
//                arrived
// Thread safety: on the loop.
// Failure:       what has not arrived stays in its queue, is seen again after its visibility
//                timeout, passes the whole pipe again, and ends in the queue's own dead-letter
//                queue. An event that fails holds up no other, but for those of its group in a FIFO
//                queue. Behind an enrichment events cannot be told apart by their message: there
//                the batch arrives or fails as a whole, unless the target names the messages.
// Source:        "Amazon EventBridge Pipes batching and concurrency", "error handling", user guide.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "api/sinks.h"
#include "bus/http_target.h"
#include "delivery/queue_reader.h"
#include "pattern/matcher.h"
#include "services/pipes/tables.h"
#include "services/pipes/target_steps.h"
#include "services/pipes/template.h"

namespace riposte::pipes {

class CompiledPipe : public std::enable_shared_from_this<CompiledPipe> {
 public:
  using BatchPtr = delivery::QueueReader::BatchPtr;
  using Done = delivery::QueueReader::Done;
  struct Parts {
    api::Invoker& invoker;
    bus::HttpTarget& api_destinations;
    Executor& loop;
    const Clock& clock;
    api::MetricSink& metrics;
    const telemetry::Log& log;
    /// access::Directory::AssumeForService for kPrincipal.
    std::function<Result<access::Principal>(const std::string& role_arn,
                                            const std::string& session)>
        assume_role;
  };
  CompiledPipe(Pipe pipe, Parts parts);

  [[nodiscard]] const Pipe& pipe() const { return pipe_; }
  [[nodiscard]] Result<access::Principal> ActAs() const;
  /// One of the filters holds for the message, or there are none.
  [[nodiscard]] bool Wants(const json::Object& message);
  void Handle(const BatchPtr& messages, Done done);

 private:
  struct Run;
  using RunPtr = std::shared_ptr<Run>;
  using OutcomeThen = std::function<void(const api::Outcome&)>;
  using HttpThen = std::function<void(const Result<http::Response>&)>;

  void Enrich(const RunPtr& run);
  void EnrichOverHttp(const RunPtr& run);
  void OnEnriched(const RunPtr& run, json::Array events);
  void Send(const RunPtr& run);
  void NextStep(const RunPtr& run);
  void OnStep(const RunPtr& run, Step step, const api::Outcome& outcome);
  void OnFunction(const RunPtr& run, const Step& step, const api::Outcome& outcome);
  /// These events have not arrived.
  void Miss(const RunPtr& run, const std::vector<size_t>& events, const std::string& why);
  void Finish(const RunPtr& run);
  /// The batch has not arrived.
  void Fail(const RunPtr& run, const char* stage, const std::string& why);

  void Invoke(const RunPtr& run, api::Invocation call, OutcomeThen then) const;
  void CallHttp(const RunPtr& run, const std::string& arn, const HttpRequest& request,
                HttpThen then) const;
  void Count(std::string_view metric, double value = 1) const;
  [[nodiscard]] json::Array Transform(const std::optional<InputTemplate>& with,
                                      const json::Array& events) const;

  const Pipe pipe_;
  Parts parts_;
  pattern::Matcher filters_;
  pattern::Matcher::Scratch scratch_;
  bool filtered_ = false;
  std::optional<InputTemplate> enrichment_template_;
  std::optional<InputTemplate> target_template_;
};

}  // namespace riposte::pipes

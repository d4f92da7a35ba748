// What is called to hand a batch of events to a pipe's target, step by step.
//
// | target | steps | gets |
// |---|---|---|
// | lambda function | one Invoke, waiting unless FIRE_AND_FORGET | the list of events |
// | states state machine | one StartExecution, named after the batch | the list of events |
// | sqs queue, sns topic | SendMessageBatch, PublishBatch | each event as a message |
// | event bus | PutEvents | each event as the detail of an entry |
// | log group | PutLogEvents, a stream each | each event as a line |
// | API destination | one request an event (bus/http_target.h) | the event as its body |
// Pure; any thread.
// Source: "Amazon EventBridge Pipes targets" and "batching and concurrency", user guide. Parameters
// that begin with "$." are taken from the event as it was before its input template.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/invoker.h"
#include "base/arn.h"
#include "services/pipes/tables.h"

namespace riposte::pipes {

struct Batch {
  json::Array events;               ///< What parameters are taken from.
  json::Array inputs;               ///< What the target gets: as many.
  std::vector<std::string> tokens;  ///< One an event: the same at each attempt.
  std::vector<Trace> traces;        ///< One an event.
  std::string name;                 ///< Of the whole: the same at each attempt at the same batch.
};

struct HttpRequest {
  std::string body;
  json::Object parameters;  ///< Resolved.
};

struct Step {
  std::vector<size_t> events;       ///< Those that it hands over, in the order of its entries.
  api::Invocation call;             ///< When there is no `http`.
  std::optional<HttpRequest> http;  ///< To the API destination.
  /// Makes what `call` may find missing.
  std::optional<api::Invocation> make;
};

/// The steps for some of the batch's events, at most `most` entries in each.
/// REQUIRES: checks.h has taken the pipe.
[[nodiscard]] std::vector<Step> StepsFor(const Pipe& pipe, const Batch& batch,
                                         const std::vector<size_t>& events, size_t most,
                                         TimePoint now);
/// Of a call that succeeded: the entries that it refused all the same, with the first reason.
struct Refused {
  std::vector<size_t> events;
  std::string why;
};
[[nodiscard]] Refused RefusedBy(const Step& step, const json::Object& output);

[[nodiscard]] bool IsApiDestination(const Arn& arn);
/// One event for an API destination; `kind` is "TargetParameters" or "EnrichmentParameters".
[[nodiscard]] HttpRequest HttpRequestFor(const Pipe& pipe, const char* kind,
                                         const json::Value& event, const json::Value& input);

}  // namespace riposte::pipes

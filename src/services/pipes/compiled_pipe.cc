#include "services/pipes/compiled_pipe.h"

#include <numeric>

#include "access/crypto.h"
#include "base/encoding.h"
#include "delivery/outcome.h"
#include "delivery/target_call.h"
#include "pattern/pattern.h"
#include "services/pipes/checks.h"

namespace riposte::pipes {
namespace {

std::optional<InputTemplate> TemplateOf(const Pipe& pipe, const char* parameters) {
  const auto* object = json::GetObject(pipe.document, parameters);
  const std::string_view text = object ? json::GetString(*object, "InputTemplate") : "";
  if (text.empty()) return std::nullopt;
  auto parsed = InputTemplate::Parse(text);
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

std::string Reason(const api::Error& error) {
  return error.code() + ": " + error.message();
}

/// What a function replied: its payload, or why there is none.
Result<std::string> ReplyOf(const api::Outcome& outcome) {
  if (!outcome.ok()) return riposte::Fail(Code::kUnavailable, Reason(*outcome.error));
  const json::Object& reply = outcome.output.as_object();
  auto payload = Base64Decode(json::GetString(reply, "Payload"));
  if (!payload) return payload;
  if (const auto error = json::GetString(reply, "FunctionError"); !error.empty()) {
    return riposte::Fail(Code::kUnavailable, std::string(error) + ": " + *payload);
  }
  return payload;
}

/// What an API destination replied, likewise.
Result<std::string> ReplyOf(const Result<http::Response>& response) {
  const delivery::Result result = bus::ResultOf(response, TimePoint(), TimePoint());
  if (result.kind != delivery::Result::Kind::kDone) {
    return riposte::Fail(Code::kUnavailable, result.error_code + ": " + result.error_message);
  }
  if (response->body.size() >= bus::HttpCall().max_reply_bytes) {
    return riposte::Fail(Code::kUnavailable, "The reply is too long.");
  }
  return response->body;
}

/// The events that an enrichment's reply holds; none for "", {}, [] and null.
json::Array EventsIn(const std::string& payload) {
  if (payload.empty()) return {};
  auto reply = json::Parse(payload);
  if (!reply) return {json::Value(payload)};
  if (reply->is_array()) return std::move(reply->get_array());
  const bool empty = reply->is_null() || (reply->is_string() && reply->get_string().empty()) ||
                     (reply->is_object() && reply->get_object().empty());
  json::Array events;
  if (!empty) events.push_back(std::move(*reply));
  return events;
}

std::vector<size_t> AllOf(const json::Array& events) {
  std::vector<size_t> all(events.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return all;
}

}  // namespace

struct CompiledPipe::Run {
  BatchPtr messages;
  Done done;
  access::Principal principal;
  Batch batch;
  std::deque<Step> steps;
  bool one_to_one = true;           ///< Event i is message i.
  std::vector<std::string> groups;  ///< Of the events of a FIFO queue; else empty.
  std::set<std::string> blocked;    ///< Groups in which an event has failed.
  json::Array enriched;             ///< What an API destination has replied so far …
  size_t asked = 0;                 ///< … to so many events.
  std::vector<std::string> failed;  ///< Ids of messages.
  bool missed = false;
};

CompiledPipe::CompiledPipe(Pipe pipe, Parts parts)
    : pipe_(std::move(pipe)),
      parts_(std::move(parts)),
      enrichment_template_(TemplateOf(pipe_, "EnrichmentParameters")),
      target_template_(TemplateOf(pipe_, "TargetParameters")) {
  const auto* parameters = json::GetObject(pipe_.document, "SourceParameters");
  const auto* criteria = parameters ? json::GetObject(*parameters, "FilterCriteria") : nullptr;
  const auto* filters = criteria ? json::GetArray(*criteria, "Filters") : nullptr;
  if (!filters) return;
  for (const json::Value& filter : *filters) {
    filtered_ = true;
    const auto parsed = pattern::Pattern::Parse(json::GetString(filter.as_object(), "Pattern"));
    if (parsed) (void)filters_.Add(pipe_.key.name, *parsed);
  }
}

Result<access::Principal> CompiledPipe::ActAs() const {
  return parts_.assume_role(pipe_.Text("RoleArn"), "pipe-" + pipe_.key.name);
}

bool CompiledPipe::Wants(const json::Object& message) {
  if (!filtered_) return true;
  const json::Value record = WithParsedTexts(
      delivery::RecordOf(message, pipe_.Text("Source"), pipe_.key.scope.region.str()));
  const auto matched = filters_.Match(json::Serialize(record), scratch_);
  return matched && !matched->empty();
}

void CompiledPipe::Count(std::string_view metric, double value) const {
  parts_.metrics.Put(
      pipe_.key.scope, "AWS/EventBridge/Pipes", metric,
      {{"AwsAccountId", pipe_.key.scope.account.str()}, {"PipeName", pipe_.key.name}}, value,
      "Count");
}

void CompiledPipe::Invoke(const RunPtr& run, api::Invocation call, OutcomeThen then) const {
  call.principal = run->principal;
  if (call.scope.account.empty()) call.scope.account = pipe_.key.scope.account;
  if (call.scope.region.empty()) call.scope.region = pipe_.key.scope.region;
  call.user_agent = kPrincipal;
  parts_.invoker.Invoke(std::move(call), std::move(then));
}

void CompiledPipe::CallHttp(const RunPtr& run, const std::string& arn, const HttpRequest& request,
                            HttpThen then) const {
  parts_.api_destinations.Call(
      arn, run->principal, request.body, request.parameters,
      // What is refused is told at once: not from inside, where the next one would be asked.
      [&loop = parts_.loop, then = std::move(then)](Result<http::Response> reply) mutable {
        loop.Post([then = std::move(then), reply = std::move(reply)] { then(reply); });
      });
}

json::Array CompiledPipe::Transform(const std::optional<InputTemplate>& with,
                                    const json::Array& events) const {
  if (!with) return events;
  const PipeContext context{pipe_.key.Arn(),      pipe_.key.name,
                            pipe_.Text("Source"), pipe_.Text("Enrichment"),
                            pipe_.Text("Target"), FormatIso8601(parts_.clock.Now(), true)};
  json::Array out;
  for (const json::Value& event : events) out.push_back(with->Apply(event, context));
  return out;
}

void CompiledPipe::Handle(const BatchPtr& messages, Done done) {
  auto run = std::make_shared<Run>();
  run->messages = messages;
  run->done = std::move(done);
  const std::string source = pipe_.Text("Source");
  std::string ids;
  for (const json::Object& message : messages->messages) {
    run->batch.events.push_back(delivery::RecordOf(message, source, pipe_.key.scope.region.str()));
    run->batch.tokens.emplace_back(json::GetString(message, "MessageId"));
    run->batch.traces.push_back(delivery::TraceOf(message));
    ids += run->batch.tokens.back() + "\n";
    if (!source.ends_with(".fifo")) continue;
    const auto* system = json::GetObject(message, "Attributes");
    run->groups.emplace_back(system ? json::GetString(*system, "MessageGroupId") : "");
  }
  run->batch.name = access::Sha256Hex(pipe_.key.Arn() + "\n" + ids).substr(0, 40);
  Count("Invocations");
  Count("EventCount", static_cast<double>(messages->messages.size()));
  auto principal = ActAs();
  if (!principal) return Fail(run, "TargetStageFailed", principal.error().message);
  run->principal = std::move(*principal);
  if (pipe_.Text("Enrichment").empty()) return Send(run);
  Enrich(run);
}

void CompiledPipe::Enrich(const RunPtr& run) {
  const auto arn = Arn::Parse(pipe_.Text("Enrichment"));
  if (IsApiDestination(*arn)) return EnrichOverHttp(run);
  const json::Array inputs = Transform(enrichment_template_, run->batch.events);
  auto call = delivery::CallOf(*arn, {json::Serialize(inputs), "", "", true});
  call->trace = run->messages->trace;
  Invoke(run, std::move(*call), [self = shared_from_this(), run](const api::Outcome& outcome) {
    const auto payload = ReplyOf(outcome);
    if (!payload) return self->Fail(run, "EnrichmentStageFailed", payload.error().message);
    self->OnEnriched(run, EventsIn(*payload));
  });
}

void CompiledPipe::EnrichOverHttp(const RunPtr& run) {
  if (run->asked == run->batch.events.size()) return OnEnriched(run, std::move(run->enriched));
  const json::Value& event = run->batch.events[run->asked++];
  const json::Array input = Transform(enrichment_template_, json::Array{event});
  const HttpRequest request = HttpRequestFor(pipe_, "EnrichmentParameters", event, input[0]);
  CallHttp(run, pipe_.Text("Enrichment"), request,
           [self = shared_from_this(), run](const Result<http::Response>& response) {
             const auto body = ReplyOf(response);
             if (!body) return self->Fail(run, "EnrichmentStageFailed", body.error().message);
             for (json::Value& made : EventsIn(*body)) run->enriched.push_back(std::move(made));
             self->EnrichOverHttp(run);
           });
}

void CompiledPipe::OnEnriched(const RunPtr& run, json::Array events) {
  run->one_to_one = false;
  run->groups.clear();
  run->batch.events = std::move(events);
  run->batch.tokens.clear();
  for (size_t i = 0; i < run->batch.events.size(); ++i) {
    run->batch.tokens.push_back(run->batch.name + "-" + std::to_string(i));
  }
  run->batch.traces.assign(run->batch.events.size(), run->messages->trace);
  if (!run->batch.events.empty()) return Send(run);
  Count("TargetStageSkipped");
  run->done({});
}

void CompiledPipe::Send(const RunPtr& run) {
  run->batch.inputs = Transform(target_template_, run->batch.events);
  // In order, one after another, where the queue keeps an order.
  const bool ordered = pipe_.Text("Source").ends_with(".fifo");
  auto steps = StepsFor(pipe_, run->batch, AllOf(run->batch.events),
                        ordered ? 1 : run->batch.events.size(), parts_.clock.Now());
  run->steps.assign(std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
  NextStep(run);
}

void CompiledPipe::NextStep(const RunPtr& run) {
  while (!run->steps.empty() && !run->groups.empty() &&
         run->blocked.contains(run->groups[run->steps.front().events.front()])) {
    run->failed.push_back(run->batch.tokens[run->steps.front().events.front()]);
    run->steps.pop_front();
  }
  // All of it will come again.
  if (run->steps.empty() || (run->missed && !run->one_to_one)) return Finish(run);
  Step step = std::move(run->steps.front());
  run->steps.pop_front();
  if (step.http) {
    const HttpRequest request = *step.http;
    return CallHttp(run, pipe_.Text("Target"), request,
                    [self = shared_from_this(), run,
                     events = step.events](const Result<http::Response>& response) {
                      const auto reply = ReplyOf(response);
                      if (!reply) self->Miss(run, events, reply.error().message);
                      self->NextStep(run);
                    });
  }
  api::Invocation call = step.call;
  Invoke(run, std::move(call),
         [self = shared_from_this(), run, step = std::move(step)](const api::Outcome& outcome) {
           self->OnStep(run, step, outcome);
         });
}

void CompiledPipe::OnStep(const RunPtr& run, Step step, const api::Outcome& outcome) {
  if (step.call.operation == "Invoke") return OnFunction(run, step, outcome);
  if (outcome.ok()) {
    const Refused refused = RefusedBy(step, outcome.output.as_object());
    if (!refused.events.empty()) Miss(run, refused.events, refused.why);
    return NextStep(run);
  }
  const std::string& code = outcome.error->code();
  if (step.make && code == "ResourceNotFoundException") {
    api::Invocation make = std::move(*step.make);
    step.make.reset();
    run->steps.push_front(std::move(step));
    // Whether that went well, the call itself will tell.
    return Invoke(run, std::move(make),
                  [self = shared_from_this(), run](const api::Outcome&) { self->NextStep(run); });
  }
  // An earlier attempt at the same batch has started it.
  if (code == "ExecutionAlreadyExists") return NextStep(run);
  const bool whole = step.call.operation == "StartExecution";
  if (!whole && step.events.size() > 1 &&
      delivery::ResultOf(outcome).error_code == "SDK_CLIENT_ERROR") {
    // One of them is not fit to be sent: the others are.
    auto single = StepsFor(pipe_, run->batch, step.events, 1, parts_.clock.Now());
    run->steps.insert(run->steps.begin(), std::make_move_iterator(single.begin()),
                      std::make_move_iterator(single.end()));
    return NextStep(run);
  }
  Miss(run, step.events, Reason(*outcome.error));
  NextStep(run);
}

void CompiledPipe::OnFunction(const RunPtr& run, const Step& step, const api::Outcome& outcome) {
  const auto payload = ReplyOf(outcome);
  if (!payload) {
    Miss(run, step.events, payload.error().message);
  } else if (payload->starts_with('{')) {  // What is no object reports nothing.
    run->failed = delivery::ReportedFailures(*run->messages, *payload);
    if (!run->failed.empty()) Count("TargetStagePartiallyFailed");
  }
  Finish(run);
}

void CompiledPipe::Miss(const RunPtr& run, const std::vector<size_t>& events,
                        const std::string& why) {
  if (!run->missed) {
    Count("TargetStageFailed");
    parts_.log.Warning("a pipe could not deliver", {{"pipe", pipe_.key.Arn()}, {"error", why}});
  }
  run->missed = true;
  if (!run->one_to_one) return;
  for (const size_t event : events) {
    run->failed.push_back(run->batch.tokens[event]);
    if (!run->groups.empty()) run->blocked.insert(run->groups[event]);
  }
}

void CompiledPipe::Finish(const RunPtr& run) {
  if (run->missed && !run->one_to_one) run->failed = run->messages->MessageIds();
  if (!run->failed.empty()) {
    const bool all = run->failed.size() == run->messages->messages.size();
    Count(all ? "ExecutionFailed" : "ExecutionPartiallyFailed");
  }
  run->done(std::move(run->failed));
}

void CompiledPipe::Fail(const RunPtr& run, const char* stage, const std::string& why) {
  Count(stage);
  Count("ExecutionFailed");
  parts_.log.Warning("a pipe could not deliver", {{"pipe", pipe_.key.Arn()}, {"error", why}});
  run->done(run->messages->MessageIds());
}

}  // namespace riposte::pipes

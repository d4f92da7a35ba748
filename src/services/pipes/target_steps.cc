#include "services/pipes/target_steps.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "bus/http_parameters.h"
#include "delivery/target_call.h"
#include "services/pipes/template.h"

namespace riposte::pipes {
namespace {

/// What one call carries: below the bound of every target's batch call. One event may be more.
constexpr size_t kMaxCallBytes = 200 * 1024;
constexpr size_t kMaxEntries = 10;

const json::Object& Parameters(const Pipe& pipe, std::string_view kind) {
  static const json::Object kNone;
  const auto* all = json::GetObject(pipe.document, "TargetParameters");
  const auto* found = all ? json::GetObject(*all, kind) : nullptr;
  return found ? *found : kNone;
}

std::string Parameter(const json::Object& parameters, std::string_view name,
                      const json::Value& event, std::string fallback = "") {
  const std::string_view given = json::GetString(parameters, name);
  return given.empty() ? fallback : Resolve(given, event);
}

/// ISO 8601 or milliseconds since the epoch; `now` for all else.
TimePoint TimeFor(const json::Object& parameters, std::string_view name, const json::Value& event,
                  TimePoint now) {
  const std::string text = Parameter(parameters, name, event);
  int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (error == std::errc() && end == text.data() + text.size()) return FromMillis(ms);
  const auto time = ParseIso8601(text);
  return time ? *time : now;
}

Trace LongestOf(const std::vector<Trace>& traces, const std::vector<size_t>& events) {
  Trace longest;
  for (const size_t event : events) {
    if (traces[event].hops > longest.hops) longest = traces[event];
  }
  return longest;
}

json::Object BusEntry(const Pipe& pipe, const Arn& bus, const json::Value& event, std::string text,
                      TimePoint now) {
  const json::Object& parameters = Parameters(pipe, "EventBridgeEventBusParameters");
  json::Object entry;
  entry["EventBusName"] = bus.str();
  entry["Source"] = Parameter(parameters, "Source", event, "Pipe " + pipe.key.name);
  entry["DetailType"] = Parameter(parameters, "DetailType", event, "Event from aws:sqs");
  entry["Detail"] = std::move(text);
  entry["Time"] = ToSeconds(TimeFor(parameters, "Time", event, now));
  json::Array resources;
  for (const std::string& resource : json::GetStrings(parameters, "Resources")) {
    resources.push_back(json::Value(Resolve(resource, event)));
  }
  if (!resources.empty()) entry["Resources"] = std::move(resources);
  return entry;
}

json::Object MessageEntry(const Pipe& pipe, const Arn& target, const json::Value& event,
                          std::string text, const std::string& token) {
  const json::Object& parameters = Parameters(pipe, "SqsQueueParameters");
  json::Object entry;
  entry[target.service == "sqs" ? "MessageBody" : "Message"] = std::move(text);
  if (target.service != "sqs") return entry;
  json::SetIfNotEmpty(entry, "MessageGroupId", Parameter(parameters, "MessageGroupId", event));
  if (target.resource.ends_with(".fifo")) {
    entry["MessageDeduplicationId"] = Parameter(parameters, "MessageDeduplicationId", event, token);
  }
  return entry;
}

/// A call of entries: which one, on what, and where the entries go.
api::Invocation EntriesCall(const Arn& target, json::Array entries) {
  api::Invocation call;
  call.scope = target.scope();
  if (target.service == "events") {
    call.service = "events";
    call.operation = "PutEvents";
    call.input["Entries"] = std::move(entries);
    return call;
  }
  for (size_t i = 0; i < entries.size(); ++i) entries[i].as_object()["Id"] = std::to_string(i);
  call.service = target.service;
  if (target.service == "sqs") {
    call.operation = "SendMessageBatch";
    call.input["QueueUrl"] = "http://localhost/" + target.account.str() + "/" + target.resource;
    call.input["Entries"] = std::move(entries);
  } else {
    call.operation = "PublishBatch";
    call.input["TopicArn"] = target.str();
    call.input["PublishBatchRequestEntries"] = std::move(entries);
  }
  return call;
}

/// Events for queues, topics and buses.
std::vector<Step> EntrySteps(const Pipe& pipe, const Arn& target, const Batch& batch,
                             const std::vector<size_t>& events, size_t most, TimePoint now) {
  std::vector<Step> steps;
  json::Array entries;
  size_t bytes = 0;
  std::vector<size_t> taken;
  const auto finish = [&] {
    if (taken.empty()) return;
    steps.push_back({std::move(taken), EntriesCall(target, std::move(entries)), {}, {}});
    taken.clear();
    entries = json::Array();
    bytes = 0;
  };
  for (const size_t i : events) {
    const json::Value& event = batch.events[i];
    std::string text = TextOf(batch.inputs[i]);
    const size_t more = text.size();
    if (taken.size() == std::min(most, kMaxEntries) || bytes + more > kMaxCallBytes) finish();
    entries.push_back(target.service == "events"
                          ? BusEntry(pipe, target, event, std::move(text), now)
                          : MessageEntry(pipe, target, event, std::move(text), batch.tokens[i]));
    taken.push_back(i);
    bytes += more;
  }
  finish();
  return steps;
}

/// Lines of one stream, oldest first.
Step LogStep(const Arn& group, const std::string& stream,
             std::vector<std::pair<TimePoint, size_t>> lines, const Batch& batch) {
  std::ranges::stable_sort(lines, {}, &std::pair<TimePoint, size_t>::first);
  std::string name = group.resource.substr(std::string_view("log-group:").size());
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  Step step;
  step.call.service = "logs";
  step.call.scope = group.scope();
  step.call.input = {{"logGroupName", name}, {"logStreamName", stream}};
  step.make = step.call;
  step.make->operation = "CreateLogStream";
  step.call.operation = "PutLogEvents";
  json::Array events;
  for (const auto& [time, i] : lines) {
    events.push_back(
        json::Object{{"timestamp", ToMillis(time)}, {"message", TextOf(batch.inputs[i])}});
    step.events.push_back(i);
  }
  step.call.input["logEvents"] = std::move(events);
  return step;
}

std::vector<Step> LogSteps(const Pipe& pipe, const Arn& group, const Batch& batch,
                           const std::vector<size_t>& events, size_t most, TimePoint now) {
  const json::Object& parameters = Parameters(pipe, "CloudWatchLogsParameters");
  struct Open {
    std::vector<std::pair<TimePoint, size_t>> lines;
    size_t bytes = 0;
  };
  std::vector<Step> steps;
  std::map<std::string, Open> streams;
  for (const size_t i : events) {
    const json::Value& event = batch.events[i];
    const std::string stream = Parameter(parameters, "LogStreamName", event, pipe.key.name);
    const size_t bytes = TextOf(batch.inputs[i]).size();
    Open& open = streams[stream];
    if (open.lines.size() == most || (!open.lines.empty() && open.bytes + bytes > kMaxCallBytes)) {
      steps.push_back(LogStep(group, stream, std::move(open.lines), batch));
      open = {};
    }
    open.lines.emplace_back(TimeFor(parameters, "Timestamp", event, now), i);
    open.bytes += bytes;
  }
  for (auto& [stream, open] : streams) {
    steps.push_back(LogStep(group, stream, std::move(open.lines), batch));
  }
  return steps;
}

Step WholeStep(const Pipe& pipe, const Arn& target, const Batch& batch,
               const std::vector<size_t>& events) {
  json::Array inputs;
  for (const size_t i : events) inputs.push_back(batch.inputs[i]);
  const bool wait =
      target.service == "lambda" && json::GetString(Parameters(pipe, "LambdaFunctionParameters"),
                                                    "InvocationType") != "FIRE_AND_FORGET";
  auto call = delivery::CallOf(target, {json::Serialize(inputs), batch.name, "", wait});
  return {events, std::move(*call), {}, {}};
}

}  // namespace

std::vector<Step> StepsFor(const Pipe& pipe, const Batch& batch, const std::vector<size_t>& events,
                           size_t most, TimePoint now) {
  const Arn target = *Arn::Parse(pipe.Text("Target"));
  std::vector<Step> steps;
  if (target.service == "lambda" || target.service == "states") {
    steps.push_back(WholeStep(pipe, target, batch, events));
  } else if (target.service == "logs") {
    steps = LogSteps(pipe, target, batch, events, most, now);
  } else if (IsApiDestination(target)) {
    for (const size_t i : events) {
      steps.push_back({{i},
                       {},
                       HttpRequestFor(pipe, "TargetParameters", batch.events[i], batch.inputs[i]),
                       {}});
    }
  } else {
    steps = EntrySteps(pipe, target, batch, events, most, now);
  }
  for (Step& step : steps) step.call.trace = LongestOf(batch.traces, step.events);
  return steps;
}

Refused RefusedBy(const Step& step, const json::Object& output) {
  Refused refused;
  const auto refuse = [&](size_t entry, std::string_view code, std::string_view message) {
    if (entry >= step.events.size()) return;
    if (refused.events.empty()) refused.why.append(code).append(": ").append(message);
    refused.events.push_back(step.events[entry]);
  };
  if (step.call.operation == "PutEvents") {
    const auto* entries = json::GetArray(output, "Entries");
    for (size_t i = 0; entries && i < entries->size(); ++i) {
      const json::Object& entry = (*entries)[i].as_object();
      if (const auto code = json::GetString(entry, "ErrorCode"); !code.empty()) {
        refuse(i, code, json::GetString(entry, "ErrorMessage"));
      }
    }
  } else if (const auto* failed = json::GetArray(output, "Failed")) {
    for (const json::Value& value : *failed) {
      const json::Object& entry = value.as_object();
      const std::string_view id = json::GetString(entry, "Id");
      size_t index = step.events.size();
      (void)std::from_chars(id.data(), id.data() + id.size(), index);
      refuse(index, json::GetString(entry, "Code"), json::GetString(entry, "Message"));
    }
  }
  return refused;
}

bool IsApiDestination(const Arn& arn) {
  return arn.service == "events" && arn.resource.starts_with("api-destination/");
}

HttpRequest HttpRequestFor(const Pipe& pipe, const char* kind, const json::Value& event,
                           const json::Value& input) {
  HttpRequest request{TextOf(input), {}};
  const auto* parameters = json::GetObject(pipe.document, kind);
  const auto* http = parameters ? json::GetObject(*parameters, "HttpParameters") : nullptr;
  if (!http) return request;
  const auto parsed = bus::HttpParameters::Parse(*http, pipe.key.name);
  if (parsed) request.parameters = parsed->Resolve(WithParsedTexts(event));
  return request;
}

}  // namespace riposte::pipes

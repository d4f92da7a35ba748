#include "bus/rule_targets.h"

#include <array>

#include "base/encoding.h"
#include "bus/ingest.h"
#include "bus/rule_delivery.h"
#include "delivery/outcome.h"
#include "delivery/target_call.h"
#include "observe/timeline.h"

namespace riposte::bus {
namespace {

using delivery::Result;
using delivery::ResultOf;
using delivery::Work;

constexpr std::string_view kService = "events.amazonaws.com";

uint64_t Fnv1a(uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

std::string Hex(uint64_t value, int digits) {
  std::string out;
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[(value >> shift) & 15];
  }
  return out;
}

/// {"Param": ["value"]}: a lone value becomes a list of one, what is no text becomes its JSON.
json::Object Parameters(const json::Value& input) {
  const auto text = [](const json::Value& value) {
    return value.is_string() ? value : json::Value(json::Serialize(value));
  };
  json::Object out;
  if (!input.is_object()) return out;
  for (const auto& [name, value] : input.get_object()) {
    json::Array list;
    if (const auto* values = value.if_array()) {
      for (const json::Value& element : *values) list.push_back(text(element));
    } else {
      list.push_back(text(value));
    }
    out[name] = std::move(list);
  }
  return out;
}

/// The entry that passes the event on. TraceHeader carries what PutEvents has no member for; it is
/// believed from IsForwarding callers only.
json::Object ForwardedEntry(const json::Object& event, const std::string& bus_arn) {
  json::Object entry;
  entry["Source"] = json::GetString(event, "source");
  entry["DetailType"] = json::GetString(event, "detail-type");
  if (const auto* detail = json::GetObject(event, "detail")) {
    entry["Detail"] = json::Serialize(*detail);
  }
  if (const auto* resources = json::GetArray(event, "resources")) entry["Resources"] = *resources;
  if (const auto time = ParseIso8601(json::GetString(event, "time"))) {
    entry["Time"] = ToSeconds(*time);
  }
  entry["EventBusName"] = bus_arn;
  std::string origin = "Id=";
  origin.append(json::GetString(event, "id")).append(";Account=");
  origin.append(json::GetString(event, "account")).append(";Region=");
  origin.append(json::GetString(event, "region"));
  if (const std::string_view replay = json::GetString(event, "replay-name"); !replay.empty()) {
    origin.append(";Replay=").append(replay);
  }
  entry["TraceHeader"] = origin;
  return entry;
}

api::Invocation Build(TargetKind kind, const Arn& arn, const Work& work, RuleDelivery& delivery) {
  api::Invocation call;
  json::Object& input = call.input;
  const std::string name(arn.ResourceName());
  switch (kind) {
    case TargetKind::kFunction:
    case TargetKind::kQueue:
    case TargetKind::kTopic:
    case TargetKind::kStateMachine: {
      const auto* sqs = json::GetObject(delivery.parameters, "SqsParameters");
      const std::string group(sqs ? json::GetString(*sqs, "MessageGroupId") : "");
      call = *delivery::CallOf(arn, {delivery.input, TokenOf(work, delivery), group});
      break;
    }
    case TargetKind::kLogGroup: {
      call.service = "logs";
      call.operation = "PutLogEvents";
      std::string group = arn.resource.substr(std::string_view("log-group:").size());
      if (group.ends_with(":*")) group.resize(group.size() - 2);
      input["logGroupName"] = group;
      input["logStreamName"] = delivery.rule;
      break;
    }
    case TargetKind::kRunbook: {
      call.service = "ssm";
      call.operation = "StartAutomationExecution";
      const size_t colon = name.rfind(':');
      input["DocumentName"] = name.substr(0, colon);
      if (colon != std::string::npos) input["DocumentVersion"] = name.substr(colon + 1);
      if (const auto parsed = json::Parse(delivery.input)) {
        if (auto parameters = Parameters(*parsed); !parameters.empty()) {
          input["Parameters"] = std::move(parameters);
        }
      }
      input["ClientToken"] = TokenOf(work, delivery);
      break;
    }
    case TargetKind::kEventBus: {
      call.service = "events";
      call.operation = "PutEvents";
      const auto event = json::Parse(delivery.event);
      if (event && event->is_object()) {
        input["Entries"] = json::Array{ForwardedEntry(event->get_object(), work.target_arn)};
      }
      break;
    }
    case TargetKind::kApiDestination:
    case TargetKind::kUnsupported:
      break;
  }
  call.scope = arn.scope();
  if (call.scope.account.empty()) call.scope.account = work.scope.account;
  if (call.scope.region.empty()) call.scope.region = work.scope.region;
  call.trace = work.trace;
  call.user_agent = kService;
  return call;
}

}  // namespace

TargetKind KindOfTarget(const Arn& arn) {
  const std::string_view resource = arn.resource;
  if (arn.service == "lambda" && resource.starts_with("function:")) return TargetKind::kFunction;
  if (arn.service == "sqs") return TargetKind::kQueue;
  if (arn.service == "sns") return TargetKind::kTopic;
  if (arn.service == "logs" && resource.starts_with("log-group:")) return TargetKind::kLogGroup;
  if (arn.service == "ssm" &&
      (resource.starts_with("automation-definition/") || resource.starts_with("document/"))) {
    return TargetKind::kRunbook;
  }
  if (arn.service == "states" && resource.starts_with("stateMachine:")) {
    return TargetKind::kStateMachine;
  }
  if (arn.service == "events" && resource.starts_with("event-bus/")) return TargetKind::kEventBus;
  if (arn.service == "events" && resource.starts_with("api-destination/")) {
    return TargetKind::kApiDestination;
  }
  return TargetKind::kUnsupported;
}

bool IsForwarding(const access::Principal& caller) {
  if (!caller.access_key_id.empty()) return false;
  const auto arn = Arn::Parse(caller.source_arn);
  return arn && arn->service == "events" && arn->resource.starts_with("rule/");
}

std::string TokenOf(const Work& work, const RuleDelivery& delivery) {
  // Not the row's id: a delivery within the accepting commit never has one.
  uint64_t high = 0xcbf29ce484222325ULL;
  for (const std::string& part :
       {delivery.event_id, work.source_arn, delivery.target_id, std::to_string(work.trace.hops),
        std::to_string(ToMillis(work.created))}) {
    high = Fnv1a(Fnv1a(high, part), "\n");
  }
  const uint64_t low = Fnv1a(high, delivery.event_id);
  return Hex(high >> 32, 8) + "-" + Hex(high >> 16, 4) + "-5" + Hex(high, 3) + "-8" +
         Hex(low >> 48, 3) + "-" + Hex(low, 12);
}

void RuleTargets::Deliver(const Work& work, Completion completion) {
  RuleDelivery delivery = RuleDelivery::FromJson(work.detail);
  const auto arn = Arn::Parse(work.target_arn);
  const TargetKind kind = arn ? KindOfTarget(*arn) : TargetKind::kUnsupported;
  if (kind == TargetKind::kUnsupported) {
    return completion(Result::Dead("NO_RESOURCE", "no target of this kind is served here"));
  }
  if (work.attempts == 0) {
    PutRuleMetric(parts_.metrics, {work.scope, delivery.bus, delivery.rule},
                  "IngestionToInvocationStartLatency",
                  static_cast<double>((parts_.clock.Now() - work.created).count()), "Milliseconds");
  }
  if (kind == TargetKind::kApiDestination) {
    return DeliverHttp(work, delivery, std::move(completion));
  }
  auto call = MakeCall(kind, *arn, work, delivery);
  if (!call) return completion(Result::Dead("NO_PERMISSIONS", call.error().message));
  if (kind == TargetKind::kLogGroup) {
    const std::string stream(json::GetString(call->input, "logStreamName"));
    return CallLogs(*call, stream, delivery.input, true, std::move(completion));
  }
  Call(std::move(*call), std::move(completion));
}

void RuleTargets::DeliverHttp(const Work& work, const RuleDelivery& delivery,
                              Completion completion) {
  if (!parts_.http) {
    return completion(Result::Dead("NO_RESOURCE", "API destinations are not served here"));
  }
  auto role = parts_.assume_role(delivery.role_arn, "rule-" + delivery.rule);
  if (!role) return completion(Result::Dead("NO_PERMISSIONS", role.error().message));
  parts_.http->Deliver(work, delivery, *role, std::move(completion));
}

riposte::Result<api::Invocation> RuleTargets::MakeCall(TargetKind kind, const Arn& arn,
                                                       const Work& work,
                                                       RuleDelivery& delivery) const {
  api::Invocation call = Build(kind, arn, work, delivery);
  if (!delivery.role_arn.empty()) {
    auto principal = parts_.assume_role(delivery.role_arn, "rule-" + delivery.rule);
    if (!principal) return std::unexpected(principal.error());
    call.principal = std::move(*principal);
    if (kind == TargetKind::kEventBus) call.principal.source_arn = work.source_arn;
  } else if (kind == TargetKind::kEventBus) {
    call.principal = access::Principal::Root(work.scope.account);
    call.principal.source_arn = work.source_arn;
  } else {
    call.principal =
        access::Principal::Service(work.scope.account, std::string(kService), work.source_arn);
  }
  return call;
}

bool RuleTargets::DeliverWithin(store::Transaction& tx, const Work& work) {
  const auto arn = Arn::Parse(work.target_arn);
  const TargetKind kind = arn ? KindOfTarget(*arn) : TargetKind::kUnsupported;
  // Targets that only take a row. What starts something, or fans out, is started after the commit.
  if (kind != TargetKind::kQueue && kind != TargetKind::kFunction) return false;
  RuleDelivery delivery = RuleDelivery::FromJson(work.detail);
  auto call = MakeCall(kind, *arn, work, delivery);
  if (!call) return false;
  const auto outcome = parts_.invoker.InvokeWithin(tx, std::move(*call));
  if (!outcome || !outcome->ok()) return false;
  const RuleKey rule{work.scope, delivery.bus, delivery.rule};
  PutRuleMetric(parts_.metrics, rule, "IngestionToInvocationStartLatency",
                static_cast<double>((parts_.clock.Now() - work.created).count()), "Milliseconds");
  Note(tx, work, delivery, Result::Done(), Disposition::kDone);
  Delivered(work, rule);
  return true;
}

int RuleTargets::MostPerSecond(store::Transaction& tx, const Work& work) {
  const auto arn = Arn::Parse(work.target_arn);
  if (!arn || KindOfTarget(*arn) != TargetKind::kApiDestination) return 0;
  return HttpTarget::RateOf(tx, work.target_arn);
}

void RuleTargets::Delivered(const Work& work, const RuleKey& rule) const {
  PutRuleMetric(parts_.metrics, rule, "Invocations", 1);
  PutRuleMetric(parts_.metrics, rule, "IngestionToInvocationSuccessLatency",
                static_cast<double>((parts_.clock.Now() - work.created).count()), "Milliseconds");
}

void RuleTargets::Call(api::Invocation invocation, Completion completion) {
  const bool is_bus = invocation.operation == "PutEvents";
  const bool is_start = invocation.operation == "StartExecution";
  parts_.invoker.Invoke(
      std::move(invocation),
      [is_bus, is_start, completion = std::move(completion)](api::Outcome outcome) mutable {
        // The execution has our name: an earlier attempt started it.
        if (is_start && !outcome.ok() && outcome.error->code() == "ExecutionAlreadyExists") {
          return completion(Result::Done());
        }
        if (is_bus && outcome.ok()) outcome.error = delivery::RefusedEntry(outcome.output);
        completion(ResultOf(outcome));
      });
}

void RuleTargets::CallLogs(const api::Invocation& base, const std::string& stream,
                           const std::string& message, bool stream_exists, Completion completion) {
  api::Invocation put = base;
  put.input["logEvents"] =
      json::Array{json::Object{{"timestamp", ToMillis(parts_.clock.Now())}, {"message", message}}};
  parts_.invoker.Invoke(
      std::move(put), [this, base, stream, message, stream_exists,
                       completion = std::move(completion)](api::Outcome outcome) mutable {
        const bool missing = !outcome.ok() && outcome.error->code() == "ResourceNotFoundException";
        if (!missing || !stream_exists) return completion(ResultOf(outcome));
        // Perhaps only the stream is missing: make it and try once more.
        api::Invocation create = base;
        create.operation = "CreateLogStream";
        parts_.invoker.Invoke(
            std::move(create), [this, base, stream, message,
                                completion = std::move(completion)](api::Outcome created) mutable {
              if (!created.ok() && created.error->code() != "ResourceAlreadyExistsException") {
                return completion(ResultOf(created));
              }
              CallLogs(base, stream, message, false, std::move(completion));
            });
      });
}

delivery::Target::DeadLetter RuleTargets::MakeDeadLetter(const Work& work, const Result& last,
                                                         const std::string& exhausted) const {
  const RuleDelivery delivery = RuleDelivery::FromJson(work.detail);
  DeadLetter letter;
  letter.body = delivery.event;
  letter.attributes["RULE_ARN"] = work.source_arn;
  letter.attributes["TARGET_ARN"] = work.target_arn;
  letter.attributes["ERROR_CODE"] = last.error_code;
  if (!last.error_message.empty()) letter.attributes["ERROR_MESSAGE"] = last.error_message;
  if (!exhausted.empty()) letter.attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted;
  letter.attributes["RETRY_ATTEMPTS"] = std::to_string(std::max(work.attempts - 1, 0));
  return letter;
}

void RuleTargets::Note(store::Transaction& tx, const Work& work, const RuleDelivery& delivery,
                       const Result& result, Disposition disposition) const {
  // Ordinary events have no timeline; a row for each would cost more than the delivery.
  if (!work.trace.in_incident()) return;
  const bool done = disposition == Disposition::kDone;
  observe::Timeline::Append(
      tx, work.scope, work.trace.correlation, parts_.clock.Now(), "delivery",
      "rule " + delivery.rule + " to " + work.target_arn +
          (done ? std::string(": delivered")
                : ": failed, " + result.error_code + ": " + result.error_message),
      {{"ruleArn", work.source_arn},
       {"targetArn", work.target_arn},
       {"eventId", delivery.event_id}});
}

void RuleTargets::OnOutcome(store::Transaction& tx, const Work& work, const Result& result,
                            Disposition disposition) {
  const RuleDelivery delivery = RuleDelivery::FromJson(work.detail);
  const RuleKey rule{work.scope, delivery.bus, delivery.rule};
  const auto count = [&](std::string_view name) { PutRuleMetric(parts_.metrics, rule, name, 1); };
  if (disposition == Disposition::kWillRetry) {
    count("RetryInvocationAttempts");
    if (result.error_code == "THROTTLING") count("ThrottledInvocations");
    return;
  }
  Note(tx, work, delivery, result, disposition);
  if (disposition == Disposition::kDone) return Delivered(work, rule);
  const bool looped = result.error_code == "LOOP_DETECTED";
  count(looped ? "DeadLetterInvocations" : "Invocations");
  count("FailedInvocations");
  if (disposition == Disposition::kDeadLettered) {
    count("InvocationsSentToDlq");
  } else if (!work.dead_letter_arn.empty()) {
    count("InvocationsFailedToBeSentToDlq");
  }
  if (!delivery.announce || looped || work.trace.hops >= Trace::kMaxHops) return;
  api::Event failure;
  failure.scope = work.scope;
  failure.source = "aws.events";
  failure.detail_type = "EventBridge Rule Execution Failed";
  failure.time = parts_.clock.Now();
  failure.resources = {work.source_arn};
  failure.trace = work.trace;
  json::Object detail;
  detail["ruleArn"] = work.source_arn;
  detail["ruleName"] = delivery.rule;
  detail["eventBusName"] = delivery.bus;
  detail["targetArn"] = work.target_arn;
  detail["targetId"] = delivery.target_id;
  detail["errorCode"] = result.error_code;
  detail["errorMessage"] = result.error_message;
  detail["retryAttempts"] = std::max(work.attempts - 1, 0);
  detail["deadLettered"] = disposition == Disposition::kDeadLettered;
  if (auto event = json::Parse(delivery.event)) detail["event"] = std::move(*event);
  failure.detail = std::move(detail);
  parts_.events.Emit(tx, std::move(failure));
}

}  // namespace riposte::bus

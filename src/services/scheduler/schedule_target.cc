#include "services/scheduler/schedule_target.h"

#include <algorithm>

#include "base/encoding.h"
#include "delivery/outcome.h"
#include "delivery/target_call.h"
#include "services/scheduler/universal.h"

namespace riposte::scheduler {
namespace {

using delivery::Work;

constexpr uint64_t kOffset = 0xcbf29ce484222325ULL;  // FNV-1a

uint64_t Hash(uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

std::string Hex(uint64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((value >> static_cast<unsigned>(shift)) & 255U);
  }
  return HexEncode(bytes);
}

TimePoint TimeOf(const Work& work) {
  return FromMillis(json::GetInt(work.detail, "time_ms"));
}

/// The firing: the same for each attempt.
std::string TokenOf(const Work& work) {
  const std::string time = std::to_string(ToMillis(TimeOf(work)));
  const uint64_t high = Hash(Hash(kOffset, work.source_arn), time);
  return Hex(high) + Hex(Hash(high, std::to_string(ToMillis(work.created))));
}

/// One attempt at it.
std::string ExecutionId(const Work& work) {
  return Hex(Hash(Hash(kOffset, TokenOf(work)), std::to_string(work.attempts)));
}

/// What a target gets that asked for nothing.
std::string DefaultInput(const Work& work) {
  return json::Serialize(json::Object{{"version", "0"},
                                      {"id", ExecutionId(work)},
                                      {"detail-type", "Scheduled Event"},
                                      {"source", "aws.scheduler"},
                                      {"account", work.scope.account.str()},
                                      {"time", FormatIso8601(TimeOf(work))},
                                      {"region", work.scope.region.str()},
                                      {"resources", json::Array{work.source_arn}},
                                      {"detail", "{}"}});
}

/// The target's Input with the context attributes filled in. None of their values can hold a
/// character that means something in JSON.
std::string InputOf(const Work& work) {
  constexpr std::string_view kBegin = "<aws.scheduler.";
  std::string_view left = json::GetString(work.detail, "input");
  if (left.empty()) return DefaultInput(work);
  std::string out;
  while (!left.empty()) {
    const size_t begin = left.find(kBegin);
    const size_t end = left.find('>', begin);
    if (end == std::string_view::npos) break;
    const std::string_view name = left.substr(begin + kBegin.size(), end - begin - kBegin.size());
    out += left.substr(0, begin);
    if (name == "schedule-arn") {
      out += work.source_arn;
    } else if (name == "scheduled-time") {
      out += FormatIso8601(TimeOf(work));
    } else if (name == "execution-id") {
      out += ExecutionId(work);
    } else if (name == "attempt-number") {
      out += std::to_string(work.attempts + 1);
    } else {  // Not ours: it may hold one that is.
      out += kBegin;
      left.remove_prefix(begin + kBegin.size());
      continue;
    }
    left.remove_prefix(end + 1);
  }
  return out.append(left);
}

api::Invocation PutEventsCall(const Arn& bus, const Work& work, const std::string& input) {
  const auto* parameters = json::GetObject(work.detail, "EventBridgeParameters");
  api::Invocation call;
  call.service = "events";
  call.operation = "PutEvents";
  call.input["Entries"] = json::Array{
      json::Object{{"EventBusName", bus.str()},
                   {"Source", parameters ? json::GetString(*parameters, "Source") : ""},
                   {"DetailType", parameters ? json::GetString(*parameters, "DetailType") : ""},
                   {"Detail", input},
                   {"Resources", json::Array{work.source_arn}},
                   {"Time", ToSeconds(TimeOf(work))}}};
  call.scope = bus.scope();
  return call;
}

}  // namespace

Work WorkOf(const Schedule& schedule, TimePoint time, TimePoint now) {
  const json::Object& target = *json::GetObject(schedule.document, "Target");
  Work work;
  work.kind = ScheduleTarget::kKind;
  work.scope = schedule.key.scope;
  work.source_arn = schedule.key.Arn();
  work.target_arn = json::GetString(target, "Arn");
  work.detail["time_ms"] = ToMillis(time);
  work.detail["group"] = schedule.key.group;
  work.detail["role_arn"] = json::GetString(target, "RoleArn");
  json::SetIfNotEmpty(work.detail, "input", json::GetString(target, "Input"));
  for (const char* name : {"EventBridgeParameters", "SqsParameters"}) {
    if (const json::Value* parameters = json::Find(target, name)) work.detail[name] = *parameters;
  }
  if (const auto* policy = json::GetObject(target, "RetryPolicy")) {
    work.policy.max_attempts =
        static_cast<int>(json::GetInt(*policy, "MaximumRetryAttempts", work.policy.max_attempts));
    work.policy.max_age = std::chrono::seconds(json::GetInt(
        *policy, "MaximumEventAgeInSeconds",
        std::chrono::duration_cast<std::chrono::seconds>(work.policy.max_age).count()));
  }
  if (const auto* letters = json::GetObject(target, "DeadLetterConfig")) {
    work.dead_letter_arn = json::GetString(*letters, "Arn");
  }
  work.created = now;
  work.due = now;
  return work;
}

Result<api::Invocation> ScheduleTarget::UniversalCall(const Work& work,
                                                      const std::string& input) const {
  const auto target = FindUniversal(parts_.catalog, work.target_arn);
  if (!target) return std::unexpected(target.error());
  const auto document = json::Parse(json::GetString(work.detail, "input").empty() ? "{}" : input);
  if (!document || !document->is_object()) {
    return Fail(Code::kInvalidArgument, "The Input of a universal target must be a JSON object.");
  }
  api::Invocation call;
  call.service = target->service->name;
  call.operation = target->operation->name;
  call.input = RequestOf(*target->operation, document->get_object());
  parts_.fill_token(call.service, call.operation, call.input, TokenOf(work));
  return call;
}

Result<api::Invocation> ScheduleTarget::MakeCall(const Work& work) const {
  const std::string input = InputOf(work);
  api::Invocation call;
  const auto arn = Arn::Parse(work.target_arn);
  if (IsUniversal(work.target_arn)) {
    auto universal = UniversalCall(work, input);
    if (!universal) return universal;
    call = std::move(*universal);
  } else if (arn && arn->service == "events" && arn->resource.starts_with("event-bus/")) {
    call = PutEventsCall(*arn, work, input);
  } else {
    const auto* queue = json::GetObject(work.detail, "SqsParameters");
    const std::string group(queue ? json::GetString(*queue, "MessageGroupId") : "");
    auto templated = arn ? delivery::CallOf(*arn, {input, TokenOf(work), group}) : std::nullopt;
    if (!templated) return Fail(Code::kInvalidArgument, "This kind of target is not served here.");
    call = std::move(*templated);
  }
  auto principal =
      parts_.assume_role(std::string(json::GetString(work.detail, "role_arn")), ExecutionId(work));
  if (!principal) return Fail(Code::kPermissionDenied, principal.error().message);
  call.principal = std::move(*principal);
  if (call.scope.account.empty()) call.scope.account = work.scope.account;
  if (call.scope.region.empty()) call.scope.region = work.scope.region;
  call.trace = work.trace;
  call.user_agent = kPrincipal;
  return call;
}

void ScheduleTarget::Deliver(const Work& work, Completion completion) {
  auto call = MakeCall(work);
  if (!call) {
    const bool denied = call.error().code == Code::kPermissionDenied;
    return completion(delivery::Result::Dead(
        denied ? "AccessDeniedException" : "ValidationException", call.error().message));
  }
  const bool events = call->service == "events" && call->operation == "PutEvents";
  parts_.invoker.Invoke(std::move(*call),
                        [events, completion = std::move(completion)](api::Outcome outcome) mutable {
                          // The execution has our name: an earlier attempt started it.
                          if (!outcome.ok() && outcome.error->code() == "ExecutionAlreadyExists") {
                            return completion(delivery::Result::Done());
                          }
                          if (events && outcome.ok())
                            outcome.error = delivery::RefusedEntry(outcome.output);
                          delivery::Result result = delivery::ResultOf(outcome);
                          // Dead letters of schedules name the error as the target did.
                          if (!outcome.ok()) {
                            result.error_code = outcome.error->code();
                            result.error_message = outcome.error->message();
                          }
                          completion(std::move(result));
                        });
}

delivery::Target::DeadLetter ScheduleTarget::MakeDeadLetter(const Work& work,
                                                            const delivery::Result& last,
                                                            const std::string& exhausted) const {
  Work tried = work;  // Its last attempt.
  tried.attempts = std::max(work.attempts - 1, 0);
  DeadLetter letter;
  letter.body = InputOf(tried);
  letter.attributes["SCHEDULE_ARN"] = work.source_arn;
  letter.attributes["TARGET_ARN"] = work.target_arn;
  letter.attributes["SCHEDULED_TIME"] = FormatIso8601(TimeOf(work));
  letter.attributes["EXECUTION_ID"] = ExecutionId(tried);
  letter.attributes["ERROR_CODE"] = last.error_code;
  letter.attributes["ERROR_MESSAGE"] = last.error_message;
  letter.attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted;
  letter.attributes["RETRY_ATTEMPTS"] = std::to_string(tried.attempts);
  letter.attributes["IS_PAYLOAD_TRUNCATED"] = "false";
  return letter;
}

void ScheduleTarget::OnOutcome(store::Transaction& /*tx*/, const Work& work,
                               const delivery::Result& result, Disposition disposition) {
  const auto count = [&](std::string_view name) {
    parts_.metrics.Put(
        work.scope, "AWS/Scheduler", name,
        {{"ScheduleGroup", std::string(json::GetString(work.detail, "group", kDefaultGroup))}}, 1,
        "Count");
  };
  count("InvocationAttemptCount");
  if (disposition == Disposition::kDone) return;
  count("TargetErrorCount");
  if (result.error_code.find("Throttl") != std::string::npos) count("TargetErrorThrottledCount");
  if (disposition == Disposition::kWillRetry) return;
  count("InvocationDroppedCount");
  if (disposition == Disposition::kDeadLettered) {
    count("InvocationsSentToDeadLetterCount");
  } else if (!work.dead_letter_arn.empty()) {
    count("InvocationsFailedToBeSentToDeadLetterCount");
  }
}

}  // namespace riposte::scheduler

#include "functions/async_target.h"

#include "base/arn.h"
#include "base/encoding.h"

namespace riposte::functions {
namespace {

constexpr int kDefaultRetries = 2;
constexpr int64_t kDefaultMaxAgeSeconds = 21'600;
/// Errors of the function itself, as attempts record them.
constexpr char kFunctionError[] = "FunctionError";
constexpr char kAgeExceeded[] = "EventAgeExceeded";

/// The configuration for `qualifier`, or an empty one.
json::Object EventConfig(store::Transaction& tx, const FunctionRef& ref) {
  const std::string qualifier = ref.qualifier.empty() ? std::string(kLatest) : ref.qualifier;
  return tables::FindEventConfig(tx, ref.scope, ref.name, qualifier).value_or(json::Object());
}

/// The `errorMessage` of a payload, or the whole of it when it has none.
std::string ErrorMessageOf(const std::string& payload) {
  if (const auto document = json::Parse(payload); document && document->is_object()) {
    const std::string_view message = json::GetString(document->as_object(), "errorMessage");
    if (!message.empty()) return std::string(message);
  }
  return payload;
}

/// JSON when it is JSON, else the text as a string.
json::Value ParseOrText(const std::string& text) {
  auto document = json::Parse(text);
  return document ? std::move(*document) : json::Value(text);
}

std::string DestinationOf(const json::Object& detail, const char* which) {
  const json::Object* destinations = json::GetObject(detail, "Destinations");
  const json::Object* one = destinations ? json::GetObject(*destinations, which) : nullptr;
  return one ? std::string(json::GetString(*one, "Destination")) : "";
}

}  // namespace

void AsyncTarget::Start(store::Store& store) {
  std::map<int64_t, int> errors;
  store.Read([&](store::Transaction& tx) { errors = tables::LoadAsyncErrors(tx); });
  const std::lock_guard lock(mutex_);
  for (const auto& [id, count] : errors) progress_[id].errors = count;
}

void AsyncTarget::Reset() {
  const std::lock_guard lock(mutex_);
  progress_.clear();
}

void AsyncTarget::Enqueue(store::Transaction& tx, Event event) {
  const FunctionRef& ref = event.function;
  const json::Object config = EventConfig(tx, ref);
  const json::Object function =
      tables::FindVersion(tx, ref.scope, ref.name, kLatest).value_or(json::Object());
  delivery::Work work;
  work.kind = kKind;
  work.scope = ref.scope;
  work.source_arn = ref.QualifiedArn();
  work.target_arn = ref.Arn();
  work.detail = {
      {"Qualifier", ref.qualifier},
      {"Payload", event.payload},
      {"RequestId", event.request_id},
      {"MaximumRetryAttempts", json::GetInt(config, "MaximumRetryAttempts", kDefaultRetries)},
      {"RoleArn", json::GetString(function, "Role")}};
  json::SetIfNotEmpty(work.detail, "ClientContext", event.client_context);
  if (const json::Object* destinations = json::GetObject(config, "DestinationConfig")) {
    work.detail["Destinations"] = *destinations;
  }
  // The runner's refusals: until the event is too old.
  work.policy.max_attempts = 1'000'000;
  work.policy.max_age =
      std::chrono::seconds(json::GetInt(config, "MaximumEventAgeInSeconds", kDefaultMaxAgeSeconds));
  work.policy.base = Millis(1000);
  work.policy.cap = Millis(300'000);
  if (const json::Object* dead_letters = json::GetObject(function, "DeadLetterConfig")) {
    work.dead_letter_arn = json::GetString(*dead_letters, "TargetArn");
  }
  work.trace = event.trace;
  work.created = event.now;
  work.due = event.now;
  metrics_.Put(ref.scope, "AWS/Lambda", "AsyncEventsReceived", {{"FunctionName", ref.name}}, 1,
               "Count");
  dispatcher_.Enqueue(tx, std::move(work));
}

void AsyncTarget::Deliver(const delivery::Work& work, Completion completion) {
  Result<FunctionRef> ref = ParseFunctionRef(work.target_arn, work.scope);
  if (!ref) return completion(delivery::Result::Dead("NO_RESOURCE", ref.error().message));
  if (work.attempts > 0 && clock_.Now() - work.created >= work.policy.max_age) {
    return completion(delivery::Result::Dead(kAgeExceeded, "The event is too old."));
  }
  ref->qualifier = json::GetString(work.detail, "Qualifier");
  auto spec = catalog_.Find(*ref);
  if (!spec) return completion(delivery::Result::Dead("NO_RESOURCE", spec.error().message));
  Invocation invocation;
  invocation.spec = *spec;
  invocation.payload = json::GetString(work.detail, "Payload");
  invocation.request_id = json::GetString(work.detail, "RequestId");
  invocation.client_context = json::GetString(work.detail, "ClientContext");
  invocation.invoked_arn = ref->QualifiedArn();
  invocation.trace = work.trace;
  // What the outcome needs of the work: the work itself is the dispatcher's.
  runner_.Invoke(std::move(invocation),
                 [this, work, version = (*spec)->version,
                  completion = std::move(completion)](InvokeOutcome outcome) mutable {
                   completion(ToResult(work, std::move(outcome), version));
                 });
}

delivery::Result AsyncTarget::ToResult(const delivery::Work& work, InvokeOutcome outcome,
                                       const std::string& version) {
  if (!outcome) {
    switch (outcome.error().code) {
      case Code::kThrottled:
        return delivery::Result::Retry("THROTTLING", outcome.error().message);
      case Code::kPermissionDenied:
        return delivery::Result::Dead("NO_PERMISSIONS", outcome.error().message);
      case Code::kNotFound:
        return delivery::Result::Dead("NO_RESOURCE", outcome.error().message);
      default:
        return delivery::Result::Retry("SERVICE_ERROR", outcome.error().message);
    }
  }
  const std::lock_guard lock(mutex_);
  Progress& progress = progress_[work.id];
  progress.last = std::move(*outcome);
  progress.executed_version = version;
  if (progress.last.function_error.empty()) return delivery::Result::Done();
  ++progress.errors;
  const std::string message = ErrorMessageOf(progress.last.payload);
  if (progress.errors > json::GetInt(work.detail, "MaximumRetryAttempts", kDefaultRetries)) {
    return delivery::Result::Dead(kFunctionError, message);
  }
  return delivery::Result::Retry(kFunctionError, message,
                                 std::chrono::minutes(progress.errors == 1 ? 1 : 2));
}

AsyncTarget::DeadLetter AsyncTarget::MakeDeadLetter(const delivery::Work& work,
                                                    const delivery::Result& last,
                                                    const std::string&) const {
  DeadLetter letter;
  letter.body = json::GetString(work.detail, "Payload");
  letter.attributes["RequestID"] = json::GetString(work.detail, "RequestId");
  // The status that a synchronous call would have had: an error of the function is a 200.
  const bool throttled = last.error_code == "THROTTLING" || last.error_code == kAgeExceeded;
  letter.attributes["ErrorCode"] = last.error_code == kFunctionError  ? "200"
                                   : throttled                        ? "429"
                                   : last.error_code == "NO_RESOURCE" ? "404"
                                                                      : "500";
  letter.attributes["ErrorMessage"] = last.error_message.substr(0, 1024);
  return letter;
}

void AsyncTarget::OnOutcome(store::Transaction& tx, const delivery::Work& work,
                            const delivery::Result& result, Disposition disposition) {
  Progress progress;
  {
    const std::lock_guard lock(mutex_);
    const auto found = progress_.find(work.id);
    if (found != progress_.end()) progress = found->second;
  }
  if (disposition == Disposition::kWillRetry) {
    if (result.error_code == kFunctionError) tables::PutAsyncErrors(tx, work.id, progress.errors);
    return;
  }
  if (progress.errors > 0) tables::DeleteAsyncErrors(tx, work.id);
  const bool success = disposition == Disposition::kDone;
  OweDestination(tx, work, progress, result, success);
  if (!success) {
    const std::string_view arn = work.target_arn;
    const std::string name(arn.substr(arn.rfind(':') + 1));
    const auto count = [&](std::string_view metric) {
      metrics_.Put(work.scope, "AWS/Lambda", metric, {{"FunctionName", name}}, 1, "Count");
    };
    count("AsyncEventsDropped");
    if (result.error_code == "LOOP_DETECTED") count("RecursiveInvocationsDropped");
  }
  tx.OnCommit([this, id = work.id] {
    const std::lock_guard lock(mutex_);
    progress_.erase(id);
  });
}

void AsyncTarget::OweDestination(store::Transaction& tx, const delivery::Work& work,
                                 const Progress& progress, const delivery::Result& result,
                                 bool success) {
  const std::string destination = DestinationOf(work.detail, success ? "OnSuccess" : "OnFailure");
  if (destination.empty()) return;
  const std::string payload(json::GetString(work.detail, "Payload"));
  const char* condition = success                               ? "Success"
                          : result.error_code == kFunctionError ? "RetriesExhausted"
                                                                : "EventAgeExceeded";
  json::Object record = {
      {"version", "1.0"},
      {"timestamp", FormatIso8601(clock_.Now(), true)},
      {"requestContext",
       json::Object{
           {"requestId", json::GetString(work.detail, "RequestId")},
           {"functionArn", work.target_arn + ":" +
                               (progress.executed_version.empty() ? std::string(kLatest)
                                                                  : progress.executed_version)},
           {"condition", condition},
           {"approximateInvokeCount", success ? work.attempts + 1 : work.attempts}}},
      {"requestPayload", ParseOrText(payload)}};
  if (!progress.last.payload.empty()) {
    json::Object context = {{"statusCode", 200}, {"executedVersion", progress.executed_version}};
    json::SetIfNotEmpty(context, "functionError", progress.last.function_error);
    record["responseContext"] = std::move(context);
    record["responsePayload"] = ParseOrText(progress.last.payload);
  }
  delivery::Work owed;
  owed.kind = DestinationTarget::kKind;
  owed.scope = work.scope;
  owed.source_arn = work.target_arn;
  owed.target_arn = destination;
  owed.detail = {{"Record", json::Serialize(record)},
                 {"RoleArn", json::GetString(work.detail, "RoleArn")},
                 {"Success", success}};
  owed.policy.max_attempts = 10;
  owed.policy.max_age = std::chrono::hours(6);
  owed.trace = work.trace;
  ++owed.trace.hops;
  owed.created = clock_.Now();
  owed.due = owed.created;
  dispatcher_.Enqueue(tx, std::move(owed));
}

// ---------------------------------------------------------------------------------------------

void DestinationTarget::Deliver(const delivery::Work& work, Completion completion) {
  const auto arn = Arn::Parse(work.target_arn);
  if (!arn) return completion(delivery::Result::Dead("NO_RESOURCE", arn.error().message));
  const auto principal = role_(std::string(json::GetString(work.detail, "RoleArn")), "destination");
  if (!principal) {
    return completion(delivery::Result::Dead("NO_PERMISSIONS", principal.error().message));
  }
  const std::string record(json::GetString(work.detail, "Record"));
  api::Invocation call;
  call.principal = *principal;
  call.scope = {arn->account.empty() ? work.scope.account : arn->account,
                arn->region.empty() ? work.scope.region : arn->region};
  call.trace = work.trace;
  if (arn->service == "sqs") {
    call.service = "sqs";
    call.operation = "SendMessage";
    call.input = {{"QueueUrl", endpoint_ + "/" + arn->account.str() + "/" + arn->resource},
                  {"MessageBody", record}};
  } else if (arn->service == "sns") {
    call.service = "sns";
    call.operation = "Publish";
    call.input = {{"TopicArn", work.target_arn}, {"Message", record}};
  } else if (arn->service == "events") {
    const bool success = json::GetBool(work.detail, "Success");
    call.service = "events";
    call.operation = "PutEvents";
    call.input = {
        {"Entries", json::Array{json::Object{
                        {"Source", "lambda"},
                        {"DetailType", std::string("Lambda Function Invocation Result - ") +
                                           (success ? "Success" : "Failure")},
                        {"Detail", record},
                        {"EventBusName", work.target_arn},
                        {"Resources", json::Array{json::string(work.source_arn)}}}}}};
  } else if (arn->service == "lambda") {
    call.service = "lambda";
    call.operation = "Invoke";
    call.input = {{"FunctionName", work.target_arn},
                  {"InvocationType", "Event"},
                  {"Payload", Base64Encode(record)}};
  } else {
    return completion(
        delivery::Result::Dead("NO_RESOURCE", "not a destination: " + work.target_arn));
  }
  invoker_.Invoke(std::move(call),
                  [completion = std::move(completion)](api::Outcome outcome) mutable {
                    if (outcome.ok()) return completion(delivery::Result::Done());
                    const api::Error& error = *outcome.error;
                    if (error.code().starts_with("AccessDenied")) {
                      return completion(delivery::Result::Dead("NO_PERMISSIONS", error.message()));
                    }
                    completion(delivery::Result::Retry(error.code(), error.message()));
                  });
}

DestinationTarget::DeadLetter DestinationTarget::MakeDeadLetter(const delivery::Work& work,
                                                                const delivery::Result& last,
                                                                const std::string&) const {
  return {.body = std::string(json::GetString(work.detail, "Record")),
          .attributes = {{"ErrorMessage", last.error_message}}};
}

}  // namespace riposte::functions

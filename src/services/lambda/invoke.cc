// Invoke: synchronous, asynchronous, and the dry run.
#include "base/encoding.h"
#include "services/lambda/common.h"
#include "services/lambda/lambda_service.h"

namespace riposte::lambda {

using functions::FunctionRef;

namespace {

/// Events are the functions' own affair; the bound only keeps the parser's memory in hand.
constexpr size_t kMaxEventDepth = 512;

/// The event: JSON text within `limit`. An empty one is an empty object.
std::string TakePayload(const json::Object& input, size_t limit, const char* type) {
  auto payload = Base64Decode(json::GetString(input, "Payload"));
  if (!payload) throw InvalidParameter("The payload is not base64.");
  if (payload->empty()) return "{}";
  if (payload->size() > limit) {
    throw api::Error("RequestTooLargeException",
                     std::to_string(payload->size()) + " byte payload is too large for the " +
                         type + " invocation type (limit " + std::to_string(limit) + " bytes)",
                     413, {{"Type", "User"}});
  }
  if (const auto document = json::Parse(*payload, kMaxEventDepth); !document) {
    throw api::Error("InvalidRequestContentException",
                     "Could not parse request body into json: " + document.error().message, 400,
                     {{"Type", "User"}});
  }
  return std::move(*payload);
}

/// The client context arrives as base64 of JSON; the process gets it as JSON on one line.
std::string TakeClientContext(const json::Object& input) {
  const std::string_view text = json::GetString(input, "ClientContext");
  if (text.empty()) return "";
  const auto decoded = Base64Decode(text);
  const auto document = decoded ? json::Parse(*decoded) : Result<json::Value>(json::Value());
  if (!decoded || !document || !document->is_object() || decoded->size() > 3583) {
    throw api::Error("InvalidRequestContentException",
                     "Client context must be a valid Base64-encoded JSON object.", 400,
                     {{"Type", "User"}});
  }
  return json::Serialize(*document);
}

api::Error ToApiError(const Error& error, const functions::FunctionSpec& spec) {
  switch (error.code) {
    case Code::kThrottled: {
      const char* reason = spec.reserved_concurrency
                               ? "ReservedFunctionConcurrentInvocationLimitExceeded"
                               : "ConcurrentInvocationLimitExceeded";
      return {
          "TooManyRequestsException", error.message, 429, {{"Type", "User"}, {"Reason", reason}}};
    }
    case Code::kPermissionDenied:
      return {"AccessDeniedException",
              "The role defined for the function cannot be assumed by Lambda.",
              403,
              {{"Type", "User"}}};
    case Code::kNotFound:
      return {"ResourceNotFoundException", error.message, 404, {{"Type", "User"}}};
    case Code::kInvalidArgument:
      return {"InvalidRuntimeException", error.message, 502, {{"Type", "User"}}};
    default:
      return {"ServiceException", error.message, 500, {{"Type", "Service"}}};
  }
}

api::Outcome ToOutcome(functions::InvokeOutcome outcome, const functions::FunctionSpec& spec,
                       bool want_log) {
  if (!outcome) return {{}, ToApiError(outcome.error(), spec)};
  json::Object out = {{"StatusCode", 200},
                      {"ExecutedVersion", spec.version},
                      {"Payload", Base64Encode(outcome->payload)}};
  json::SetIfNotEmpty(out, "FunctionError", outcome->function_error);
  if (want_log) out["LogResult"] = Base64Encode(outcome->log_tail);
  return {std::move(out), std::nullopt};
}

}  // namespace

functions::AsyncTarget::Event LambdaService::TakeEvent(const api::Call& call,
                                                       const FunctionRef& ref) const {
  functions::AsyncTarget::Event event;
  event.function = ref;
  event.payload = TakePayload(call.input, parts_.limits.max_async_payload_bytes, "Event");
  event.client_context = TakeClientContext(call.input);
  event.request_id = call.request_id;
  event.trace = call.trace;
  if (event.trace.correlation.empty()) event.trace.correlation = call.request_id;
  if (!call.internal) ++event.trace.hops;  // Others have counted it.
  event.now = call.now;
  return event;
}

std::optional<json::Value> LambdaService::InvokeWithin(const api::Call& call,
                                                       store::Transaction& tx) {
  if (json::GetString(call.input, "InvocationType") != "Event") return std::nullopt;
  const FunctionRef ref = RefOf(call);
  if (!parts_.catalog.Find(ref)) throw FunctionNotFound(ref.QualifiedArn());
  parts_.async.Enqueue(tx, TakeEvent(call, ref));
  return json::Object{{"StatusCode", 202}};
}

void LambdaService::Invoke(api::SharedCall shared, api::Reply reply) {
  const api::Call& call = *shared;
  const FunctionRef ref = RefOf(call);
  auto spec = parts_.catalog.Find(ref);
  if (!spec) throw FunctionNotFound(ref.QualifiedArn());
  const std::string_view type = json::GetString(call.input, "InvocationType", "RequestResponse");
  if (type == "DryRun") return reply({json::Object{{"StatusCode", 204}}, std::nullopt});

  if (type == "Event") {
    if (parts_.async.Full() && !call.internal) {
      throw api::Error("TooManyRequestsException", "Rate Exceeded.", 429,
                       {{"Type", "User"}, {"Reason", "CallerRateLimitExceeded"}});
    }
    parts_.store.Write(
        [this, event = TakeEvent(call, ref)](store::Transaction& tx) mutable {
          parts_.async.Enqueue(tx, std::move(event));
        },
        [reply = std::move(reply)](std::exception_ptr failure) mutable {
          if (!failure) return reply({json::Object{{"StatusCode", 202}}, std::nullopt});
          reply({{}, api::Error("ServiceException", "The event could not be queued.", 500)});
        });
    return;
  }

  functions::Invocation invocation;
  invocation.spec = *spec;
  invocation.payload =
      TakePayload(call.input, parts_.limits.max_sync_payload_bytes, "RequestResponse");
  invocation.request_id = call.request_id;
  invocation.invoked_arn = ref.QualifiedArn();
  invocation.client_context = TakeClientContext(call.input);
  invocation.trace = call.trace;
  invocation.want_log_tail = json::GetString(call.input, "LogType") == "Tail";
  parts_.runner.Invoke(std::move(invocation),
                       [spec = *spec, want_log = json::GetString(call.input, "LogType") == "Tail",
                        reply = std::move(reply)](functions::InvokeOutcome outcome) mutable {
                         reply(ToOutcome(std::move(outcome), *spec, want_log));
                       });
}

}  // namespace riposte::lambda

// Event source mappings: queues only.
#include "base/arn.h"
#include "services/lambda/common.h"
#include "services/lambda/lambda_service.h"

namespace riposte::lambda {

using functions::FunctionRef;
namespace tables = functions::tables;
using tables::EventSource;

namespace {

constexpr int64_t kDefaultBatch = 10;

EventSource RequireEventSource(const api::Call& call, store::Transaction& tx) {
  auto source = tables::FindEventSource(tx, call.scope, json::GetString(call.input, "UUID"));
  if (!source) {
    throw api::Error("ResourceNotFoundException", "The resource you requested does not exist.", 404,
                     {{"Type", "User"}});
  }
  return std::move(*source);
}

/// Takes over what the call sets, checks that it fits together.
void TakeSettings(const api::Call& call, EventSource& source) {
  const json::Object* filters = json::GetObject(call.input, "FilterCriteria");
  if (filters && json::GetArray(*filters, "Filters") &&
      !json::GetArray(*filters, "Filters")->empty()) {
    throw InvalidParameter("Filter criteria are not supported here.");
  }
  json::Object& document = source.document;
  for (const char* name :
       {"BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes"}) {
    if (const json::Value* value = json::Find(call.input, name)) document[name] = *value;
  }
  const int64_t batch = json::GetInt(document, "BatchSize", kDefaultBatch);
  const int64_t window = json::GetInt(document, "MaximumBatchingWindowInSeconds");
  if (batch > 10 && source.queue_arn.ends_with(".fifo")) {
    throw InvalidParameter("Batch size must be between 1 and 10 for FIFO queues.");
  }
  if (batch > 10 && window == 0) {
    throw InvalidParameter(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
        "than 10");
  }
  source.enabled = json::GetBool(call.input, "Enabled", source.enabled);
  document["State"] = source.enabled ? "Enabled" : "Disabled";
  document["StateTransitionReason"] = "USER_INITIATED";
  document["LastModified"] = ToSeconds(call.now);
}

/// The function of the call, in its own account, with its qualifier.
FunctionRef RequireFunctionOf(const api::Call& call, store::Transaction& tx) {
  FunctionRef ref = RefOf(call);
  if (ref.scope != call.scope) {
    throw InvalidParameter("The function must be in the account and region of the mapping.");
  }
  (void)RequireFunction(tx, ref);
  (void)RequireConfig(tx, ref);
  return ref;
}

void SetFunction(EventSource& source, const FunctionRef& ref) {
  source.function = ref.name;
  source.qualifier = ref.qualifier;
  source.document["FunctionArn"] = ref.QualifiedArn();
}

}  // namespace

json::Value LambdaService::CreateEventSourceMapping(const api::Call& call, Tx& tx) {
  EventSource source;
  source.scope = call.scope;
  source.queue_arn = json::GetString(call.input, "EventSourceArn");
  const auto queue = Arn::Parse(source.queue_arn);
  if (!queue || queue->service != "sqs" || queue->resource.empty()) {
    throw InvalidParameter("Unrecognized event source, must be an SQS queue here.");
  }
  const FunctionRef ref = RequireFunctionOf(call, tx);
  for (const EventSource& other :
       tables::ListEventSources(tx, call.scope, ref.name, source.queue_arn, "", 1000)) {
    if (other.qualifier != ref.qualifier) continue;
    throw Conflict("An event source mapping with SQS arn (\" " + source.queue_arn +
                   " \") and function (\" " + ref.name +
                   " \") already exists. Please update or delete the existing mapping with UUID " +
                   other.uuid);
  }
  source.uuid = parts_.random.Uuid();
  source.document = {
      {"UUID", source.uuid},
      {"BatchSize", kDefaultBatch},
      {"MaximumBatchingWindowInSeconds", 0},
      {"EventSourceArn", source.queue_arn},
      {"FunctionResponseTypes", json::Array()},
      {"EventSourceMappingArn", call.MakeArn("lambda", "event-source-mapping:" + source.uuid)}};
  SetFunction(source, ref);
  TakeSettings(call, source);
  tables::PutEventSource(tx, source);
  parts_.queues.ChangedOnCommit(tx);
  return source.document;
}

json::Value LambdaService::UpdateEventSourceMapping(const api::Call& call, Tx& tx) {
  EventSource source = RequireEventSource(call, tx);
  if (json::Find(call.input, "FunctionName")) SetFunction(source, RequireFunctionOf(call, tx));
  TakeSettings(call, source);
  tables::PutEventSource(tx, source);
  parts_.queues.ChangedOnCommit(tx);
  return source.document;
}

json::Value LambdaService::DeleteEventSourceMapping(const api::Call& call, Tx& tx) {
  EventSource source = RequireEventSource(call, tx);
  tables::DeleteEventSource(tx, call.scope, source.uuid);
  parts_.queues.ChangedOnCommit(tx);
  source.document["State"] = "Deleting";
  return source.document;
}

json::Value LambdaService::GetEventSourceMapping(const api::Call& call, Tx& tx) {
  return RequireEventSource(call, tx).document;
}

json::Value LambdaService::ListEventSourceMappings(const api::Call& call, Tx& tx) {
  const std::string function =
      json::Find(call.input, "FunctionName") ? RefOf(call).name : std::string();
  const auto limit = static_cast<size_t>(MaxItems(call, 100));
  auto found = tables::ListEventSources(
      tx, call.scope, function, json::GetString(call.input, "EventSourceArn"),
      json::GetString(call.input, "Marker"), static_cast<int>(limit) + 1);
  json::Object out;
  if (found.size() > limit) {
    found.resize(limit);
    out["NextMarker"] = found.back().uuid;
  }
  json::Array list;
  for (EventSource& source : found) list.push_back(std::move(source.document));
  out["EventSourceMappings"] = std::move(list);
  return out;
}

}  // namespace riposte::lambda

// Tags, reserved concurrency, and how asynchronous invocations are treated; and the table of
// operations.
#include "services/lambda/common.h"
#include "services/lambda/lambda_service.h"

namespace riposte::lambda {

using functions::FunctionRef;
using functions::kLatest;
namespace tables = functions::tables;

namespace {

constexpr size_t kMaxTags = 50;

FunctionRef TaggedRefOf(const api::Call& call) {
  const std::string_view arn = json::GetString(call.input, "Resource");
  const auto ref = functions::ParseFunctionRef(arn, call.scope);
  if (!ref || !arn.starts_with("arn:")) {
    throw InvalidParameter("Tagging is supported for functions only: " + std::string(arn));
  }
  if (!ref->qualifier.empty()) {
    throw InvalidParameter(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  return *ref;
}

/// The function, version or alias whose asynchronous invocation is configured.
FunctionRef EventRefOf(const api::Call& call, store::Transaction& tx) {
  FunctionRef ref = RefOf(call);
  (void)RequireFunction(tx, ref);
  (void)RequireConfig(tx, ref);
  if (ref.qualifier.empty()) ref.qualifier = kLatest;
  return ref;
}

void CheckDestination(const json::Object& config, const char* name) {
  const json::Object* one = json::GetObject(config, name);
  const std::string_view arn = one ? json::GetString(*one, "Destination") : "";
  if (arn.empty()) return;
  for (const char* service : {"sqs", "sns", "lambda", "events"}) {
    if (arn.starts_with(std::string("arn:aws:") + service + ":")) return;
  }
  throw InvalidParameter("The destination " + std::string(arn) +
                         " is no queue, topic, function or event bus.");
}

/// The members that the call sets, checked.
void TakeEventConfig(const api::Call& call, json::Object& config) {
  for (const char* name : {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}) {
    if (const json::Value* value = json::Find(call.input, name)) config[name] = *value;
  }
  if (const json::Object* destinations = json::GetObject(call.input, "DestinationConfig")) {
    CheckDestination(*destinations, "OnSuccess");
    CheckDestination(*destinations, "OnFailure");
    config["DestinationConfig"] = *destinations;
  }
  if (!config.contains("DestinationConfig")) {
    config["DestinationConfig"] =
        json::Object{{"OnSuccess", json::Object()}, {"OnFailure", json::Object()}};
  }
  config["LastModified"] = ToSeconds(call.now);
}

json::Object RequireEventConfig(store::Transaction& tx, const FunctionRef& ref) {
  auto config = tables::FindEventConfig(tx, ref.scope, ref.name, ref.qualifier);
  if (!config) {
    throw api::Error("ResourceNotFoundException",
                     "The function " + ref.QualifiedArn() + " doesn't have an EventInvokeConfig",
                     404, {{"Type", "User"}});
  }
  return std::move(*config);
}

}  // namespace

json::Value LambdaService::TagResource(const api::Call& call, Tx& tx) {
  const FunctionRef ref = TaggedRefOf(call);
  tables::Function function = RequireFunction(tx, ref);
  if (const json::Object* tags = json::GetObject(call.input, "Tags")) {
    for (const auto& [name, value] : *tags) function.tags[name] = value;
  }
  if (function.tags.size() > kMaxTags) {
    throw InvalidParameter("The number of tags exceeds the limit of " + std::to_string(kMaxTags) +
                           ".");
  }
  tables::PutFunction(tx, ref.scope, ref.name, function);
  return json::Object();
}

json::Value LambdaService::UntagResource(const api::Call& call, Tx& tx) {
  const FunctionRef ref = TaggedRefOf(call);
  tables::Function function = RequireFunction(tx, ref);
  for (const std::string& name : json::GetStrings(call.input, "TagKeys")) function.tags.erase(name);
  tables::PutFunction(tx, ref.scope, ref.name, function);
  return json::Object();
}

json::Value LambdaService::ListTags(const api::Call& call, Tx& tx) {
  return json::Object{{"Tags", RequireFunction(tx, TaggedRefOf(call)).tags}};
}

json::Value LambdaService::PutFunctionConcurrency(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  tables::Function function = RequireFunction(tx, ref);
  const auto wanted = json::GetInt(call.input, "ReservedConcurrentExecutions");
  const int64_t left = parts_.limits.concurrent_executions -
                       tables::ReservedConcurrency(tx, ref.scope, ref.name) - wanted;
  if (left < parts_.limits.min_unreserved_concurrency) {
    throw InvalidParameter(
        "Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [" +
        std::to_string(parts_.limits.min_unreserved_concurrency) + "].");
  }
  function.reserved_concurrency = static_cast<int>(wanted);
  tables::PutFunction(tx, ref.scope, ref.name, function);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return json::Object{{"ReservedConcurrentExecutions", wanted}};
}

json::Value LambdaService::GetFunctionConcurrency(const api::Call& call, Tx& tx) {
  const tables::Function function = RequireFunction(tx, UnqualifiedRefOf(call));
  json::Object out;
  if (function.reserved_concurrency) {
    out["ReservedConcurrentExecutions"] = *function.reserved_concurrency;
  }
  return out;
}

json::Value LambdaService::DeleteFunctionConcurrency(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  tables::Function function = RequireFunction(tx, ref);
  function.reserved_concurrency.reset();
  tables::PutFunction(tx, ref.scope, ref.name, function);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return json::Object();
}

json::Value LambdaService::PutFunctionEventInvokeConfig(const api::Call& call, Tx& tx) {
  const FunctionRef ref = EventRefOf(call, tx);
  json::Object config = {{"FunctionArn", ref.QualifiedArn()}};
  TakeEventConfig(call, config);
  tables::PutEventConfig(tx, ref.scope, ref.name, ref.qualifier, config);
  return config;
}

json::Value LambdaService::UpdateFunctionEventInvokeConfig(const api::Call& call, Tx& tx) {
  const FunctionRef ref = EventRefOf(call, tx);
  json::Object config = RequireEventConfig(tx, ref);
  TakeEventConfig(call, config);
  tables::PutEventConfig(tx, ref.scope, ref.name, ref.qualifier, config);
  return config;
}

json::Value LambdaService::GetFunctionEventInvokeConfig(const api::Call& call, Tx& tx) {
  return RequireEventConfig(tx, EventRefOf(call, tx));
}

json::Value LambdaService::DeleteFunctionEventInvokeConfig(const api::Call& call, Tx& tx) {
  const FunctionRef ref = EventRefOf(call, tx);
  (void)RequireEventConfig(tx, ref);
  tables::DeleteEventConfig(tx, ref.scope, ref.name, ref.qualifier);
  return json::Object();
}

json::Value LambdaService::ListFunctionEventInvokeConfigs(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  (void)RequireFunction(tx, ref);
  const auto limit = static_cast<size_t>(MaxItems(call, 50));
  auto found = tables::ListEventConfigs(
      tx, ref.scope, ref.name, json::GetString(call.input, "Marker"), static_cast<int>(limit) + 1);
  json::Object out;
  if (found.size() > limit) {
    found.resize(limit);
    const std::string_view arn = json::GetString(found.back(), "FunctionArn");
    out["NextMarker"] = arn.substr(arn.rfind(':') + 1);
  }
  out["FunctionEventInvokeConfigs"] = json::Array(found.begin(), found.end());
  return out;
}

void LambdaService::Register(api::Registry& registry) {
  registry.Add(
      "lambda", *this,
      std::vector<api::Row<LambdaService>>{
          {"AddPermission", api::Write(&LambdaService::AddPermission)},
          {"CreateAlias", api::Write(&LambdaService::CreateAlias)},
          {"CreateEventSourceMapping", api::Write(&LambdaService::CreateEventSourceMapping)},
          {"DeleteEventSourceMapping", api::Write(&LambdaService::DeleteEventSourceMapping)},
          {"GetEventSourceMapping", api::Read(&LambdaService::GetEventSourceMapping)},
          {"ListEventSourceMappings", api::Read(&LambdaService::ListEventSourceMappings)},
          {"UpdateEventSourceMapping", api::Write(&LambdaService::UpdateEventSourceMapping)},
          {"CreateFunction", api::Write(&LambdaService::CreateFunction)},
          {"DeleteAlias", api::Write(&LambdaService::DeleteAlias)},
          {"DeleteFunction", api::Write(&LambdaService::DeleteFunction)},
          {"DeleteFunctionConcurrency", api::Write(&LambdaService::DeleteFunctionConcurrency)},
          {"DeleteFunctionEventInvokeConfig",
           api::Write(&LambdaService::DeleteFunctionEventInvokeConfig)},
          {"GetAccountSettings", api::Read(&LambdaService::GetAccountSettings)},
          {"GetAlias", api::Read(&LambdaService::GetAlias)},
          {"GetFunction", api::Read(&LambdaService::GetFunction)},
          {"GetFunctionConcurrency", api::Read(&LambdaService::GetFunctionConcurrency)},
          {"GetFunctionConfiguration", api::Read(&LambdaService::GetFunctionConfiguration)},
          {"GetFunctionEventInvokeConfig", api::Read(&LambdaService::GetFunctionEventInvokeConfig)},
          {"GetPolicy", api::Read(&LambdaService::GetPolicy)},
          {"Invoke", api::Async(&LambdaService::Invoke, &LambdaService::InvokeWithin)},
          {"ListAliases", api::Read(&LambdaService::ListAliases)},
          {"ListFunctionEventInvokeConfigs",
           api::Read(&LambdaService::ListFunctionEventInvokeConfigs)},
          {"ListFunctions", api::Read(&LambdaService::ListFunctions)},
          {"ListTags", api::Read(&LambdaService::ListTags)},
          {"ListVersionsByFunction", api::Read(&LambdaService::ListVersionsByFunction)},
          {"PublishVersion", api::Write(&LambdaService::PublishVersion)},
          {"PutFunctionConcurrency", api::Write(&LambdaService::PutFunctionConcurrency)},
          {"PutFunctionEventInvokeConfig",
           api::Write(&LambdaService::PutFunctionEventInvokeConfig)},
          {"RemovePermission", api::Write(&LambdaService::RemovePermission)},
          {"TagResource", api::Write(&LambdaService::TagResource)},
          {"UntagResource", api::Write(&LambdaService::UntagResource)},
          {"UpdateAlias", api::Write(&LambdaService::UpdateAlias)},
          {"UpdateFunctionCode", api::Write(&LambdaService::UpdateFunctionCode)},
          {"UpdateFunctionConfiguration", api::Write(&LambdaService::UpdateFunctionConfiguration)},
          {"UpdateFunctionEventInvokeConfig",
           api::Write(&LambdaService::UpdateFunctionEventInvokeConfig)},
      });
  registry.SetResourcePolicy("lambda", ResourcePolicyOf);
}

}  // namespace riposte::lambda

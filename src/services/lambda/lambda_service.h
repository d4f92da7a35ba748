// AWS Lambda (restJson1, 2015-03-31): functions, versions, aliases, permissions, invocation.
//
// Data path:     api::Pipeline -> LambdaService -> functions::tables, functions::Runner
// Thread safety: handlers as api/registry.h says; no state of its own.
// Errors and texts are the service's own; see the developer guide and the API reference.
#pragma once

#include <functional>
#include <string>

#include "access/authorizer.h"
#include "api/registry.h"
#include "functions/async_target.h"
#include "functions/catalog.h"
#include "functions/package.h"
#include "functions/queue_poller.h"
#include "functions/runner.h"

namespace riposte::lambda {

struct Limits {
  functions::PackageLimits package;
  size_t max_sync_payload_bytes = 6'291'456;
  size_t max_async_payload_bytes = 1'048'576;
  size_t max_environment_bytes = 4'096;
  size_t max_policy_bytes = 20'480;
  int64_t total_code_bytes = 80'530'636'800;
  int concurrent_executions = 1'000;
  int min_unreserved_concurrency = 100;
};

class LambdaService {
 public:
  struct Parts {
    store::Store& store;
    functions::Catalog& catalog;
    functions::Runner& runner;
    functions::AsyncTarget& async;
    functions::QueuePoller& queues;
    Random& random;
    /// May the caller pass this role to Lambda? (Authorizer::DecidePassRole)
    std::function<access::Decision(const access::Principal&, const std::string& role_arn)>
        pass_role;
    /// Does the role exist, and does it trust Lambda? (Directory::AssumeForService)
    functions::RolePrincipal assume_role;
    Limits limits{};
  };
  explicit LambdaService(Parts parts) : parts_(std::move(parts)) {}

  void Register(api::Registry& registry);

 private:
  using Tx = store::Transaction;
  // functions.cc
  json::Value CreateFunction(const api::Call& call, Tx& tx);
  json::Value UpdateFunctionCode(const api::Call& call, Tx& tx);
  json::Value UpdateFunctionConfiguration(const api::Call& call, Tx& tx);
  json::Value DeleteFunction(const api::Call& call, Tx& tx);
  json::Value PublishVersion(const api::Call& call, Tx& tx);
  // queries.cc
  json::Value GetFunction(const api::Call& call, Tx& tx);
  json::Value GetFunctionConfiguration(const api::Call& call, Tx& tx);
  json::Value ListFunctions(const api::Call& call, Tx& tx);
  json::Value ListVersionsByFunction(const api::Call& call, Tx& tx);
  json::Value GetAccountSettings(const api::Call& call, Tx& tx);
  // invoke.cc
  void Invoke(api::SharedCall call, api::Reply reply);
  std::optional<json::Value> InvokeWithin(const api::Call& call, Tx& tx);
  [[nodiscard]] functions::AsyncTarget::Event TakeEvent(const api::Call& call,
                                                        const functions::FunctionRef& ref) const;
  // policies.cc
  json::Value AddPermission(const api::Call& call, Tx& tx);
  json::Value RemovePermission(const api::Call& call, Tx& tx);
  json::Value GetPolicy(const api::Call& call, Tx& tx);
  // aliases.cc
  json::Value CreateAlias(const api::Call& call, Tx& tx);
  json::Value GetAlias(const api::Call& call, Tx& tx);
  json::Value UpdateAlias(const api::Call& call, Tx& tx);
  json::Value DeleteAlias(const api::Call& call, Tx& tx);
  json::Value ListAliases(const api::Call& call, Tx& tx);
  // event_sources.cc
  json::Value CreateEventSourceMapping(const api::Call& call, Tx& tx);
  json::Value UpdateEventSourceMapping(const api::Call& call, Tx& tx);
  json::Value DeleteEventSourceMapping(const api::Call& call, Tx& tx);
  json::Value GetEventSourceMapping(const api::Call& call, Tx& tx);
  json::Value ListEventSourceMappings(const api::Call& call, Tx& tx);
  // settings.cc
  json::Value TagResource(const api::Call& call, Tx& tx);
  json::Value UntagResource(const api::Call& call, Tx& tx);
  json::Value ListTags(const api::Call& call, Tx& tx);
  json::Value PutFunctionConcurrency(const api::Call& call, Tx& tx);
  json::Value GetFunctionConcurrency(const api::Call& call, Tx& tx);
  json::Value DeleteFunctionConcurrency(const api::Call& call, Tx& tx);
  json::Value PutFunctionEventInvokeConfig(const api::Call& call, Tx& tx);
  json::Value UpdateFunctionEventInvokeConfig(const api::Call& call, Tx& tx);
  json::Value GetFunctionEventInvokeConfig(const api::Call& call, Tx& tx);
  json::Value DeleteFunctionEventInvokeConfig(const api::Call& call, Tx& tx);
  json::Value ListFunctionEventInvokeConfigs(const api::Call& call, Tx& tx);

  /// The package in `code` ("ZipFile"): checked, kept; its hash and size go into `config`.
  void TakeCode(const json::Object& code, json::Object& config, Tx& tx, bool keep);
  /// Checks the parameters that Create and Update share and writes them into `config`.
  void TakeConfiguration(const api::Call& call, json::Object& config);
  void CheckRole(const api::Call& call, const std::string& role_arn);
  /// Freezes $LATEST as the next version, unless nothing has changed since the last one.
  json::Object Publish(const functions::FunctionRef& ref, functions::tables::Function& function,
                       const json::Object& latest, std::string_view description, Tx& tx);

  Parts parts_;
};

/// The document that authorisation judges calls of other principals by: the policy of the function,
/// version or alias that the ARN names; "" when it has none.
[[nodiscard]] std::string ResourcePolicyOf(const std::string& resource_arn, store::Transaction& tx);

}  // namespace riposte::lambda

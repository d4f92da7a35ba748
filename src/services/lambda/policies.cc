// Permissions: the resource policies of functions, versions and aliases.
#include "base/arn.h"
#include "services/lambda/common.h"
#include "services/lambda/lambda_service.h"

namespace riposte::lambda {

using functions::FunctionRef;
namespace tables = functions::tables;

namespace {

json::Value ToPrincipal(std::string_view principal) {
  if (principal == "*") return "*";
  if (principal.find(".amazonaws.com") != std::string_view::npos &&
      !principal.starts_with("arn:")) {
    return json::Object{{"Service", principal}};
  }
  if (IsAccountId(principal)) {
    return json::Object{{"AWS", "arn:aws:iam::" + std::string(principal) + ":root"}};
  }
  if (!principal.starts_with("arn:")) {
    throw InvalidParameter(
        "The provided principal was invalid. Please check the principal and try again.");
  }
  return json::Object{{"AWS", principal}};
}

json::Object ToStatement(const api::Call& call, const FunctionRef& ref) {
  const json::Object& input = call.input;
  json::Object statement = {{"Sid", json::GetString(input, "StatementId")},
                            {"Effect", "Allow"},
                            {"Principal", ToPrincipal(json::GetString(input, "Principal"))},
                            {"Action", json::GetString(input, "Action")},
                            {"Resource", ref.QualifiedArn()}};
  json::Object condition;
  const auto text_equals = [&](const char* key, std::string_view value) {
    if (value.empty()) return;
    if (!condition.contains("StringEquals")) condition["StringEquals"] = json::Object();
    condition["StringEquals"].as_object()[key] = value;
  };
  text_equals("AWS:SourceAccount", json::GetString(input, "SourceAccount"));
  text_equals("aws:PrincipalOrgID", json::GetString(input, "PrincipalOrgID"));
  text_equals("lambda:EventSourceToken", json::GetString(input, "EventSourceToken"));
  const std::string_view source = json::GetString(input, "SourceArn");
  if (!source.empty()) condition["ArnLike"] = json::Object{{"AWS:SourceArn", source}};
  if (!condition.empty()) statement["Condition"] = std::move(condition);
  return statement;
}

std::string ToDocument(const json::Array& statements) {
  return json::Serialize(
      json::Object{{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", statements}});
}

/// The function, and the version or alias named with it, must exist.
FunctionRef RequireTarget(const api::Call& call, store::Transaction& tx) {
  FunctionRef ref = RefOf(call);
  (void)RequireFunction(tx, ref);
  (void)RequireConfig(tx, ref);
  return ref;
}

}  // namespace

json::Value LambdaService::AddPermission(const api::Call& call, Tx& tx) {
  const FunctionRef ref = RequireTarget(call, tx);
  if (ref.qualifier == functions::kLatest) {
    throw InvalidParameter("We currently do not support adding policies for $LATEST.");
  }
  tables::Policy policy =
      tables::FindPolicy(tx, ref.scope, ref.name, ref.qualifier).value_or(tables::Policy());
  CheckRevision(call, policy.revision_id);
  const std::string_view sid = json::GetString(call.input, "StatementId");
  for (const json::Value& statement : policy.statements) {
    if (json::GetString(statement.as_object(), "Sid") == sid) {
      throw Conflict("The statement id (" + std::string(sid) +
                     ") provided already exists. Please provide a new statement id, or remove the "
                     "existing statement.");
    }
  }
  json::Object statement = ToStatement(call, ref);
  std::string shown = json::Serialize(statement);
  policy.statements.push_back(std::move(statement));
  const size_t size = ToDocument(policy.statements).size();
  if (size > parts_.limits.max_policy_bytes) {
    throw api::Error("PolicyLengthExceededException",
                     "The final policy size (" + std::to_string(size) +
                         ") is bigger than the limit (" +
                         std::to_string(parts_.limits.max_policy_bytes) + ").",
                     400, {{"Type", "User"}});
  }
  policy.revision_id = parts_.random.Uuid();
  tables::PutPolicy(tx, ref.scope, ref.name, ref.qualifier, policy);
  return json::Object{{"Statement", std::move(shown)}};
}

json::Value LambdaService::RemovePermission(const api::Call& call, Tx& tx) {
  const FunctionRef ref = RequireTarget(call, tx);
  auto policy = tables::FindPolicy(tx, ref.scope, ref.name, ref.qualifier);
  const std::string sid(json::GetString(call.input, "StatementId"));
  json::Array kept;
  size_t before = 0;
  if (policy) {
    CheckRevision(call, policy->revision_id);
    before = policy->statements.size();
    for (json::Value& statement : policy->statements) {
      if (json::GetString(statement.as_object(), "Sid") != sid)
        kept.push_back(std::move(statement));
    }
  }
  if (kept.size() == before) {
    throw api::Error("ResourceNotFoundException",
                     "Statement " + sid + " is not found in resource policy.", 404,
                     {{"Type", "User"}});
  }
  if (kept.empty()) {
    tables::DeletePolicy(tx, ref.scope, ref.name, ref.qualifier);
  } else {
    tables::PutPolicy(tx, ref.scope, ref.name, ref.qualifier,
                      {std::move(kept), parts_.random.Uuid()});
  }
  return json::Object();
}

json::Value LambdaService::GetPolicy(const api::Call& call, Tx& tx) {
  const FunctionRef ref = RequireTarget(call, tx);
  const auto policy = tables::FindPolicy(tx, ref.scope, ref.name, ref.qualifier);
  if (!policy) {
    throw api::Error("ResourceNotFoundException", "The resource you requested does not exist.", 404,
                     {{"Type", "User"}});
  }
  return json::Object{{"Policy", ToDocument(policy->statements)},
                      {"RevisionId", policy->revision_id}};
}

std::string ResourcePolicyOf(const std::string& resource_arn, store::Transaction& tx) {
  const auto arn = Arn::Parse(resource_arn);
  if (!arn) return "";
  const auto ref = functions::ParseFunctionRef(resource_arn, arn->scope());
  if (!ref) return "";
  const auto policy = tables::FindPolicy(tx, ref->scope, ref->name, ref->qualifier);
  return policy ? ToDocument(policy->statements) : "";
}

}  // namespace riposte::lambda

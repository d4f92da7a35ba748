#include "services/lambda/common.h"

#include <algorithm>

namespace riposte::lambda {

using functions::FunctionRef;
namespace tables = functions::tables;

std::string FormatLastModified(TimePoint time) {
  std::string text = FormatIso8601(time, true);
  text.pop_back();  // Z
  return text + "+0000";
}

api::Error InvalidParameter(std::string message) {
  return {"InvalidParameterValueException", std::move(message), 400, {{"Type", "User"}}};
}

api::Error FunctionNotFound(const std::string& arn) {
  return {"ResourceNotFoundException", "Function not found: " + arn, 404, {{"Type", "User"}}};
}

api::Error Conflict(std::string message) {
  return {"ResourceConflictException", std::move(message), 409, {{"Type", "User"}}};
}

FunctionRef RefOf(const api::Call& call) {
  const auto ref =
      functions::ParseFunctionRef(json::GetString(call.input, "FunctionName"), call.scope);
  if (!ref) throw InvalidParameter(ref.error().message);
  FunctionRef out = *ref;
  const std::string_view qualifier = json::GetString(call.input, "Qualifier");
  if (!qualifier.empty()) {
    if (!out.qualifier.empty() && out.qualifier != qualifier) {
      throw InvalidParameter(
          "The derived qualifier from the function name does not match the specified qualifier.");
    }
    out.qualifier = qualifier;
  }
  return out;
}

FunctionRef UnqualifiedRefOf(const api::Call& call) {
  FunctionRef ref = RefOf(call);
  if (!ref.qualifier.empty() && ref.qualifier != functions::kLatest) {
    throw InvalidParameter(
        "This operation is permitted on Lambda functions only. Aliases and versions do not "
        "support this operation. Please specify either a function name or an unqualified function "
        "ARN.");
  }
  ref.qualifier.clear();
  return ref;
}

tables::Function RequireFunction(store::Transaction& tx, const FunctionRef& ref) {
  auto function = tables::FindFunction(tx, ref.scope, ref.name);
  if (!function) throw FunctionNotFound(ref.QualifiedArn());
  return std::move(*function);
}

json::Object RequireConfig(store::Transaction& tx, const FunctionRef& ref) {
  std::string version = ref.qualifier.empty() ? std::string(functions::kLatest) : ref.qualifier;
  if (tables::VersionNumber(version) < 0) {
    const auto alias = tables::FindAlias(tx, ref.scope, ref.name, version);
    if (!alias) throw FunctionNotFound(ref.QualifiedArn());
    version = json::GetString(*alias, "FunctionVersion");
  }
  auto config = tables::FindVersion(tx, ref.scope, ref.name, version);
  if (!config) throw FunctionNotFound(ref.QualifiedArn());
  // What was asked for by qualifier is shown with it.
  if (!ref.qualifier.empty()) (*config)["FunctionArn"] = ref.QualifiedArn();
  return std::move(*config);
}

void CheckRevision(const api::Call& call, std::string_view current) {
  const std::string_view wanted = json::GetString(call.input, "RevisionId");
  if (wanted.empty() || wanted == current) return;
  throw api::Error("PreconditionFailedException",
                   "The Revision Id provided does not match the latest Revision Id. Call the "
                   "GetFunction/GetAlias API to retrieve the latest Revision Id",
                   412, {{"Type", "User"}});
}

int MaxItems(const api::Call& call, int most) {
  return static_cast<int>(std::clamp<int64_t>(json::GetInt(call.input, "MaxItems", most), 1, most));
}

}  // namespace riposte::lambda

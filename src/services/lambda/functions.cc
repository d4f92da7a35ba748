// Functions and their versions: the operations that change them.
#include <algorithm>

#include "base/encoding.h"
#include "functions/environment.h"
#include "services/lambda/common.h"
#include "services/lambda/lambda_service.h"

namespace riposte::lambda {

using functions::FunctionRef;
using functions::kLatest;
namespace tables = functions::tables;

namespace {

void CheckRuntime(std::string_view runtime) {
  const auto& supported = functions::SupportedRuntimes();
  if (std::find(supported.begin(), supported.end(), runtime) != supported.end()) return;
  std::string names;
  for (const std::string& name : supported) names += (names.empty() ? "" : ", ") + name;
  throw InvalidParameter("The runtime parameter of " + std::string(runtime) +
                         " is not supported here. Supported are: " + names + ".");
}

void CheckEnvironment(const json::Object& variables, size_t max_bytes) {
  size_t bytes = 0;
  std::string reserved;
  for (const auto& [name, value] : variables) {
    bytes += name.size() + json::View(value).size();
    if (functions::IsReservedVariable(name)) {
      reserved += (reserved.empty() ? "" : ", ") + std::string(name);
    }
  }
  if (!reserved.empty()) {
    throw InvalidParameter(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: " +
        reserved);
  }
  if (bytes > max_bytes) {
    throw InvalidParameter(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided exceeded the 4KB limit.");
  }
}

void CheckDeadLetterConfig(const json::Object& dead_letters) {
  const std::string_view arn = json::GetString(dead_letters, "TargetArn");
  if (arn.empty() || arn.starts_with("arn:aws:sqs:") || arn.starts_with("arn:aws:sns:")) return;
  throw InvalidParameter("The provided dead letter target " + std::string(arn) +
                         " is neither an SQS queue nor an SNS topic.");
}

/// What a version's document must not share with $LATEST's to count as changed.
json::Object Comparable(json::Object config) {
  for (const char* name : {"Version", "FunctionArn", "LastModified", "RevisionId", "Description",
                           "State", "LastUpdateStatus"}) {
    config.erase(name);
  }
  return config;
}

}  // namespace

void LambdaService::CheckRole(const api::Call& call, const std::string& role_arn) {
  const access::Decision decision = parts_.pass_role(call.caller, role_arn);
  if (const auto principal = parts_.assume_role(role_arn, "create"); !principal) {
    throw InvalidParameter("The role defined for the function cannot be assumed by Lambda.");
  }
  if (decision.allowed) return;
  throw api::Error("AccessDeniedException",
                   "User: " + call.caller.arn +
                       " is not authorized to perform: iam:PassRole on resource: " + role_arn +
                       (decision.explicit_deny
                            ? " with an explicit deny"
                            : " because no identity-based policy allows the iam:PassRole action"),
                   403);
}

void LambdaService::TakeCode(const json::Object& code, json::Object& config, Tx& tx, bool keep) {
  if (json::Find(code, "S3Bucket") || json::Find(code, "ImageUri")) {
    throw InvalidParameter(
        "Code from S3 and container images are not supported here. Please provide ZipFile.");
  }
  const auto zip = Base64Decode(json::GetString(code, "ZipFile"));
  if (!zip || zip->empty()) {
    throw InvalidParameter("Please provide a source for function code.");
  }
  const auto info = functions::InspectPackage(*zip, parts_.limits.package);
  if (!info) {
    if (info.error().code == Code::kLimitExceeded &&
        zip->size() > parts_.limits.package.max_zipped_bytes) {
      throw api::Error("RequestTooLargeException", info.error().message, 413, {{"Type", "User"}});
    }
    throw InvalidParameter(info.error().message);
  }
  const std::string sha256 = functions::PackageSha256(*zip);
  config["CodeSha256"] = sha256;
  config["CodeSize"] = static_cast<int64_t>(zip->size());
  if (keep) tables::PutPackage(tx, sha256, *zip);
}

void LambdaService::TakeConfiguration(const api::Call& call, json::Object& config) {
  const json::Object& input = call.input;
  if (const json::Array* layers = json::GetArray(input, "Layers"); layers && !layers->empty()) {
    throw InvalidParameter("Layers are not supported here. Put them into the deployment package.");
  }
  if (const json::Value* runtime = json::Find(input, "Runtime")) CheckRuntime(json::View(*runtime));
  if (const json::Object* environment = json::GetObject(input, "Environment")) {
    const json::Object* variables = json::GetObject(*environment, "Variables");
    if (variables) CheckEnvironment(*variables, parts_.limits.max_environment_bytes);
    if (variables && !variables->empty()) {
      config["Environment"] = json::Object{{"Variables", *variables}};
    } else {
      config.erase("Environment");
    }
  }
  if (const json::Object* dead_letters = json::GetObject(input, "DeadLetterConfig")) {
    CheckDeadLetterConfig(*dead_letters);
    if (json::GetString(*dead_letters, "TargetArn").empty()) {
      config.erase("DeadLetterConfig");
    } else {
      config["DeadLetterConfig"] = *dead_letters;
    }
  }
  for (const char* name : {"Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize",
                           "TracingConfig", "EphemeralStorage"}) {
    if (const json::Value* value = json::Find(input, name)) config[name] = *value;
  }
  if (const json::Object* logging = json::GetObject(input, "LoggingConfig")) {
    json::Object merged = *logging;
    if (json::GetString(merged, "LogFormat").empty()) merged["LogFormat"] = "Text";
    if (json::GetString(merged, "LogGroup").empty()) {
      merged["LogGroup"] = "/aws/lambda/" + std::string(json::GetString(config, "FunctionName"));
    }
    config["LoggingConfig"] = std::move(merged);
  }
}

json::Value LambdaService::CreateFunction(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  if (ref.name.size() > 64) {
    throw InvalidParameter("The function name " + ref.name + " is longer than 64 characters.");
  }
  if (tables::FindFunction(tx, ref.scope, ref.name)) {
    throw Conflict("Function already exist: " + ref.name);
  }
  if (json::GetString(call.input, "PackageType", "Zip") != "Zip") {
    throw InvalidParameter("PackageType Image is not supported here. Use Zip.");
  }
  if (json::GetString(call.input, "Runtime").empty() ||
      json::GetString(call.input, "Handler").empty()) {
    throw InvalidParameter(
        "Runtime and Handler are mandatory parameters for functions created with deployment "
        "packages.");
  }
  json::Object config = {{"FunctionName", ref.name},
                         {"FunctionArn", ref.Arn()},
                         {"Description", ""},
                         {"Timeout", 3},
                         {"MemorySize", 128},
                         {"LastModified", FormatLastModified(call.now)},
                         {"Version", kLatest},
                         {"TracingConfig", json::Object{{"Mode", "PassThrough"}}},
                         {"RevisionId", parts_.random.Uuid()},
                         {"State", "Active"},
                         {"LastUpdateStatus", "Successful"},
                         {"PackageType", "Zip"},
                         {"Architectures", json::Array{"x86_64"}},
                         {"EphemeralStorage", json::Object{{"Size", 512}}},
                         {"LoggingConfig", json::Object{{"LogFormat", "Text"},
                                                        {"LogGroup", "/aws/lambda/" + ref.name}}}};
  TakeConfiguration(call, config);
  if (const json::Array* architectures = json::GetArray(call.input, "Architectures")) {
    config["Architectures"] = *architectures;
  }
  CheckRole(call, std::string(json::GetString(call.input, "Role")));
  // Required members of the model have been checked.
  TakeCode(*json::GetObject(call.input, "Code"), config, tx, true);
  if (tables::TotalCodeSize(tx, ref.scope) + json::GetInt(config, "CodeSize") >
      parts_.limits.total_code_bytes) {
    throw api::Error("CodeStorageExceededException", "Code storage limit exceeded.", 400,
                     {{"Type", "User"}});
  }
  tables::Function function;
  if (const json::Object* tags = json::GetObject(call.input, "Tags")) function.tags = *tags;
  tables::PutVersion(tx, ref.scope, ref.name, kLatest, config);
  json::Object shown = config;
  if (json::GetBool(call.input, "Publish")) {
    shown = Publish(ref, function, config, json::GetString(config, "Description"), tx);
  }
  tables::PutFunction(tx, ref.scope, ref.name, function);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return shown;
}

json::Value LambdaService::UpdateFunctionCode(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  tables::Function function = RequireFunction(tx, ref);
  json::Object config = RequireConfig(tx, ref);
  CheckRevision(call, json::GetString(config, "RevisionId"));
  const bool dry_run = json::GetBool(call.input, "DryRun");
  TakeCode(call.input, config, tx, !dry_run);
  if (const json::Array* architectures = json::GetArray(call.input, "Architectures")) {
    config["Architectures"] = *architectures;
  }
  if (dry_run) return config;
  config["LastModified"] = FormatLastModified(call.now);
  config["RevisionId"] = parts_.random.Uuid();
  tables::PutVersion(tx, ref.scope, ref.name, kLatest, config);
  tables::DropUnusedPackages(tx);
  json::Object shown = config;
  if (json::GetBool(call.input, "Publish")) {
    shown = Publish(ref, function, config, json::GetString(config, "Description"), tx);
    tables::PutFunction(tx, ref.scope, ref.name, function);
  }
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return shown;
}

json::Value LambdaService::UpdateFunctionConfiguration(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  (void)RequireFunction(tx, ref);
  json::Object config = RequireConfig(tx, ref);
  CheckRevision(call, json::GetString(config, "RevisionId"));
  const std::string_view role = json::GetString(call.input, "Role");
  if (!role.empty()) CheckRole(call, std::string(role));
  TakeConfiguration(call, config);
  config["LastModified"] = FormatLastModified(call.now);
  config["RevisionId"] = parts_.random.Uuid();
  tables::PutVersion(tx, ref.scope, ref.name, kLatest, config);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return config;
}

json::Value LambdaService::DeleteFunction(const api::Call& call, Tx& tx) {
  const FunctionRef ref = RefOf(call);
  (void)RequireFunction(tx, ref);
  if (ref.qualifier.empty()) {
    tables::DeleteFunction(tx, ref.scope, ref.name);
    tx.OnCommit([this, arn = ref.Arn()] { parts_.runner.Retire(arn); });
  } else {
    if (ref.qualifier == kLatest) {
      throw InvalidParameter("$LATEST version cannot be deleted without deleting the function.");
    }
    if (tables::VersionNumber(ref.qualifier) <= 0) {
      throw InvalidParameter("Deletion of aliases is not currently supported.");
    }
    if (!tables::FindVersion(tx, ref.scope, ref.name, ref.qualifier)) {
      throw FunctionNotFound(ref.QualifiedArn());
    }
    for (const json::Object& alias : tables::ListAliases(tx, ref.scope, ref.name, "", 10'000)) {
      const json::Object* routing = json::GetObject(alias, "RoutingConfig");
      const json::Object* weights =
          routing ? json::GetObject(*routing, "AdditionalVersionWeights") : nullptr;
      if (json::GetString(alias, "FunctionVersion") == ref.qualifier ||
          (weights && json::Find(*weights, ref.qualifier))) {
        throw Conflict("Version was not deleted because it is referenced by the alias " +
                       std::string(json::GetString(alias, "AliasArn")));
      }
    }
    tables::DeleteVersion(tx, ref.scope, ref.name, ref.qualifier);
  }
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return json::Object{{"StatusCode", 204}};
}

json::Object LambdaService::Publish(const FunctionRef& ref, tables::Function& function,
                                    const json::Object& latest, std::string_view description,
                                    Tx& tx) {
  if (function.next_version > 1) {
    const std::string last = std::to_string(function.next_version - 1);
    if (auto previous = tables::FindVersion(tx, ref.scope, ref.name, last)) {
      if (Comparable(*previous) == Comparable(latest)) return std::move(*previous);
    }
  }
  const std::string version = std::to_string(function.next_version++);
  json::Object config = latest;
  config["Version"] = version;
  config["FunctionArn"] = ref.Arn() + ":" + version;
  config["Description"] = description;
  config["RevisionId"] = parts_.random.Uuid();
  tables::PutVersion(tx, ref.scope, ref.name, version, config);
  return config;
}

json::Value LambdaService::PublishVersion(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  tables::Function function = RequireFunction(tx, ref);
  const json::Object latest = RequireConfig(tx, ref);
  CheckRevision(call, json::GetString(latest, "RevisionId"));
  const std::string_view sha256 = json::GetString(call.input, "CodeSha256");
  if (!sha256.empty() && sha256 != json::GetString(latest, "CodeSha256")) {
    throw InvalidParameter("CodeSHA256 (" + std::string(sha256) +
                           ") is different from current CodeSHA256 in $LATEST (" +
                           std::string(json::GetString(latest, "CodeSha256")) +
                           "). Please try again with the CodeSHA256 in $LATEST.");
  }
  json::Object shown = Publish(
      ref, function, latest,
      json::GetString(call.input, "Description", json::GetString(latest, "Description")), tx);
  tables::PutFunction(tx, ref.scope, ref.name, function);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return shown;
}

}  // namespace riposte::lambda

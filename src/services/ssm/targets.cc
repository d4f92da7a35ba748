#include "services/ssm/targets.h"

#include <algorithm>

#include "base/scope.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/rate.h"
#include "workflow/automation/regex.h"

namespace riposte::ssm {
namespace {

using automation::FanOutPlan;

constexpr size_t kMaxValues = 50;
constexpr std::string_view kInstances = "AWS::EC2::Instance";
constexpr std::string_view kExecutionRole = "AWS-SystemsManager-AutomationExecutionRole";

[[noreturn]] void ThrowTarget(std::string message) {
  throw api::Error("InvalidTarget", std::move(message));
}

[[noreturn]] void ThrowParameters(std::string message) {
  throw api::Error("InvalidAutomationExecutionParametersException", std::move(message));
}

const json::Array& List(const json::Object& input, std::string_view name) {
  static const json::Array kNone;
  const json::Array* list = json::GetArray(input, name);
  return list ? *list : kNone;
}

void CheckRate(const json::Object& input, std::string_view name, std::string_view pattern) {
  const std::string_view text = json::GetString(input, name);
  if (!text.empty() && !automation::PatternMatches(pattern, text)) {
    ThrowParameters(std::string(name) + " must be a number or a percentage.");
  }
}

void CheckRates(const json::Object& input) {
  for (const std::string_view name :
       {"MaxConcurrency", "TargetLocationMaxConcurrency", "TargetsMaxConcurrency"}) {
    CheckRate(input, name, automation::kMaxConcurrencyPattern);
  }
  for (const std::string_view name : {"MaxErrors", "TargetLocationMaxErrors", "TargetsMaxErrors"}) {
    CheckRate(input, name, automation::kMaxErrorsPattern);
  }
}

void CheckParameter(const automation::Document& document, const std::string& name) {
  if (!document.FindParameter(name)) {
    ThrowTarget("The document has no parameter " + name + ".");
  }
}

/// The values of ParameterValues, or the search that finds the targets.
void AddTargets(const json::Array& targets, const std::string& parameter, const std::string& type,
                FanOutPlan& plan) {
  json::Array filters, tags;
  bool instances = false;
  for (const json::Value& entry : targets) {
    const std::string key(json::GetString(entry.as_object(), "Key"));
    const std::vector<std::string> values = json::GetStrings(entry.as_object(), "Values");
    if (key == "ParameterValues") {
      if (targets.size() > 1) ThrowTarget("ParameterValues stands alone.");
      if (values.empty() || values.size() > kMaxValues) {
        ThrowTarget("ParameterValues must have 1 to 50 values.");
      }
      for (const std::string& value : values) {
        plan.groups[0].targets.push_back(
            {value, {{parameter, json::Array{value}}}, {}, std::nullopt, ""});
      }
      return;
    }
    if (key == "ResourceGroup") {
      if (targets.size() > 1) ThrowTarget("ResourceGroup stands alone.");
      if (values.size() != 1 || values[0].empty()) {
        ThrowTarget("ResourceGroup must have one value, the group's name or ARN.");
      }
      plan.search = automation::TargetSearch::Group(values[0], type);
      return;
    }
    if (key.starts_with("tag:") && key.size() > 4) {
      json::Array list;
      for (const std::string& value : values) list.emplace_back(value);
      filters.push_back(json::Object{{"Name", key}, {"Values", list}});
      tags.push_back(json::Object{{"Key", key.substr(4)}, {"Values", std::move(list)}});
    } else if (key == kInstances && values == std::vector<std::string>{"*"}) {
      instances = true;
    } else {
      ThrowTarget("Targets with the key " + key + " are not supported.");
    }
  }
  if (filters.empty() && !instances) ThrowTarget("No targets are given.");
  if (type.empty() || type == kInstances) {
    plan.search = automation::TargetSearch::Instances(std::move(filters));
    return;
  }
  if (instances) ThrowTarget("The document runs on " + type + ", not on instances.");
  plan.search = automation::TargetSearch::Resources(type, std::move(tags));
}

void AddMaps(const json::Array& maps, const automation::Document& document, FanOutPlan& plan) {
  for (const json::Value& entry : maps) {
    FanOutPlan::Target target;
    for (const auto& [name, values] : entry.as_object()) {
      CheckParameter(document, std::string(name));
      target.parameters[name] = values;
      for (const std::string& text : automation::ToTexts(values)) {
        target.name += (target.name.empty() ? "" : ", ") + text;
      }
    }
    if (target.parameters.empty()) ThrowTarget("A target map is empty.");
    target.name.resize(std::min<size_t>(target.name.size(), 256));
    plan.groups[0].targets.push_back(std::move(target));
  }
}

/// The parameter that assumeRole names, or "".
std::string RoleParameter(const automation::Document& document) {
  return automation::WholeReference(document.assume_role).value_or("");
}

/// Every (account, region) of one entry of TargetLocations.
void AddLocation(const api::Call& call, const json::Object& location,
                 const automation::Document& document, FanOutPlan& plan) {
  FanOutPlan::Group group;
  group.max_concurrency = json::GetString(location, "TargetLocationMaxConcurrency", "1");
  group.max_errors = json::GetString(location, "TargetLocationMaxErrors", "0");
  std::vector<std::string> accounts = json::GetStrings(location, "Accounts");
  if (accounts.empty()) accounts.push_back(call.scope.account.str());
  const std::vector<std::string> excluded = json::GetStrings(location, "ExcludeAccounts");
  std::vector<std::string> regions = json::GetStrings(location, "Regions");
  if (regions.empty()) regions.push_back(call.scope.region.str());
  if (accounts.size() > kMaxValues || regions.size() > kMaxValues) {
    ThrowTarget("A target location has at most 50 accounts and 50 regions.");
  }
  const std::string role(json::GetString(location, "ExecutionRoleName"));
  for (const std::string& account : accounts) {
    if (!IsAccountId(account)) {
      ThrowTarget("Target locations are accounts; there are no organizational units: " + account);
    }
    if (std::ranges::find(excluded, account) != excluded.end()) continue;
    for (const std::string& region : regions) {
      FanOutPlan::Target target;
      target.name = account + "/" + region;
      target.scope = Scope{AccountId(account), Region(region)};
      const bool foreign = account != call.scope.account.str();
      // At home the execution acts as itself, unless a role is asked for.
      if (foreign || !role.empty()) {
        target.role_arn = "arn:aws:iam::" + account + ":role/" +
                          (role.empty() ? std::string(kExecutionRole) : role);
      }
      for (const std::string_view name :
           {"Targets", "TargetMaps", "TargetParameterName", "MaxConcurrency", "MaxErrors"}) {
        if (const json::Value* value = json::Find(call.input, name)) target.input[name] = *value;
      }
      if (const json::Value* own = json::Find(location, "Targets")) target.input["Targets"] = *own;
      if (const json::Value* own = json::Find(location, "TargetLocationAlarmConfiguration")) {
        target.input["AlarmConfiguration"] = *own;  // read there, and stops what runs there
      }
      for (const auto& [from, to] : {std::pair("TargetsMaxConcurrency", "MaxConcurrency"),
                                     std::pair("TargetsMaxErrors", "MaxErrors")}) {
        if (const json::Value* own = json::Find(location, from)) target.input[to] = *own;
      }
      // The role of the account that starts it all is not one of the member's.
      const std::string parameter = RoleParameter(document);
      if (foreign && !parameter.empty()) {
        json::Object parameters;
        if (const json::Object* given = json::GetObject(call.input, "Parameters")) {
          parameters = *given;
        }
        const automation::Parameter* declared = document.FindParameter(parameter);
        if (declared && declared->required()) {
          parameters[parameter] = json::Array{target.role_arn};
        } else {
          parameters.erase(parameter);
        }
        target.input["Parameters"] = std::move(parameters);
      }
      group.targets.push_back(std::move(target));
    }
  }
  plan.groups.push_back(std::move(group));
}

}  // namespace

std::string TypeOfTargets(const StoredDocument& stored, const automation::Document& document,
                          const std::string& parameter) {
  if (stored.target_type.size() > 1) return stored.target_type.substr(1);
  const automation::Parameter* declared = document.FindParameter(parameter);
  std::string_view type = declared ? std::string_view(declared->declared_type) : std::string_view();
  if (type.starts_with("List<") && type.ends_with(">")) type = type.substr(5, type.size() - 6);
  if (!type.starts_with("AWS::")) return "";
  return std::string(type.substr(0, type.rfind("::")));
}

json::Object CommonParameters(const automation::Document& document, const json::Object& given) {
  json::Object values;
  for (const auto& [name, texts] : given) {
    const automation::Parameter* parameter =
        document.FindParameter(std::string_view(name.data(), name.size()));
    if (!parameter) {
      ThrowParameters("The document has no parameter " + std::string(name) + ".");
    }
    auto value = parameter->FromApi(automation::ToTexts(texts));
    if (!value) ThrowParameters(value.error().message);
    values[name] = std::move(*value);
  }
  return values;
}

std::optional<automation::FanOutPlan> PlanTargets(const api::Call& call,
                                                  const StoredDocument& stored,
                                                  const automation::Document& document) {
  const json::Object& input = call.input;
  CheckRates(input);
  const json::Array& targets = List(input, "Targets");
  const json::Array& maps = List(input, "TargetMaps");
  const json::Array& locations = List(input, "TargetLocations");
  const std::string parameter(json::GetString(input, "TargetParameterName"));
  if (!targets.empty() && !maps.empty()) {
    ThrowTarget("Only one of Targets and TargetMaps can be given.");
  }
  bool located_targets = false;
  for (const json::Value& location : locations) {
    CheckRates(location.as_object());
    located_targets = located_targets || json::Find(location.as_object(), "Targets");
  }
  if (targets.empty() && maps.empty() && locations.empty()) {
    if (!parameter.empty()) ThrowTarget("TargetParameterName needs Targets.");
    return std::nullopt;
  }
  if (!targets.empty() || located_targets) {
    if (parameter.empty()) ThrowTarget("TargetParameterName is required with Targets.");
    CheckParameter(document, parameter);
  }

  FanOutPlan plan;
  plan.target_parameter = parameter;
  plan.input = {{"DocumentName", json::GetString(input, "DocumentName")},
                {"DocumentVersion", std::to_string(stored.version)}};
  if (const json::Object* given = json::GetObject(input, "Parameters")) {
    plan.input["Parameters"] = *given;
  }
  if (const json::Value* mode = json::Find(input, "Mode")) plan.input["Mode"] = *mode;
  for (const std::string_view name : {"Targets", "TargetMaps", "TargetParameterName",
                                      "MaxConcurrency", "MaxErrors", "TargetLocations"}) {
    if (const json::Value* value = json::Find(input, name)) plan.shown[name] = *value;
  }
  if (const json::Value* url = json::Find(input, "TargetLocationsURL")) {
    plan.shown["TargetLocationsURL"] = *url;
    plan.shown.erase("TargetLocations");  // Those of the file.
  }
  if (!locations.empty()) {
    plan.cross_account = true;
    for (const json::Value& location : locations) {
      AddLocation(call, location.as_object(), document, plan);
    }
  } else {
    FanOutPlan::Group group;
    group.max_concurrency = json::GetString(input, "MaxConcurrency", "10");
    group.max_errors = json::GetString(input, "MaxErrors", "0");
    plan.groups.push_back(std::move(group));
    if (maps.empty()) {
      AddTargets(targets, parameter, TypeOfTargets(stored, document, parameter), plan);
    } else {
      AddMaps(maps, document, plan);
    }
  }
  size_t count = 0;
  for (const FanOutPlan::Group& group : plan.groups) count += group.targets.size();
  if (count > automation::kMaxTargets) {
    ThrowTarget("An execution has at most " + std::to_string(automation::kMaxTargets) +
                " targets.");
  }
  if (count == 0 && !plan.search) ThrowTarget("No targets are given.");
  return plan;
}

}  // namespace riposte::ssm

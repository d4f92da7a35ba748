// Automation executions: started here, run by workflow::Engine.
#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "access/crypto.h"
#include "services/ssm/common.h"
#include "services/ssm/ssm.h"
#include "services/ssm/target_locations.h"
#include "services/ssm/targets.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/fan_out.h"
#include "workflow/automation/language.h"
#include "workflow/automation/view.h"
#include "workflow/tables.h"

namespace riposte::ssm {
namespace {

constexpr std::string_view kPrincipal = "ssm.amazonaws.com";

[[noreturn]] void ThrowParameters(std::string message) {
  throw api::Error("InvalidAutomationExecutionParametersException", std::move(message));
}

[[noreturn]] void ThrowNoExecution() {
  throw api::Error("AutomationExecutionNotFoundException",
                   "There is no automation execution information for the requested automation "
                   "execution ID.");
}

workflow::Execution FindExecution(const api::Call& call, store::Transaction& tx) {
  const std::string id(json::GetString(call.input, "AutomationExecutionId"));
  auto execution = workflow::tables::LoadExecution(tx, id);
  if (!execution || execution->scope != call.scope ||
      execution->language != automation::kLanguageName) {
    ThrowNoExecution();
  }
  return std::move(*execution);
}

struct Filter {
  std::string key;
  std::vector<std::string> values;
};

std::vector<Filter> FiltersOf(const api::Call& call) {
  std::vector<Filter> filters;
  const json::Array* entries = json::GetArray(call.input, "Filters");
  for (const json::Value& entry : entries ? *entries : json::Array()) {
    const json::Object& object = entry.as_object();
    filters.push_back(
        {std::string(json::GetString(object, "Key")), json::GetStrings(object, "Values")});
  }
  return filters;
}

/// The values that keys of either list take, for keys that do not take just any.
constexpr std::array<std::string_view, 19> kStatuses = {
    "Pending",
    "InProgress",
    "Waiting",
    "Success",
    "TimedOut",
    "Cancelling",
    "Cancelled",
    "Failed",
    "PendingApproval",
    "Approved",
    "Rejected",
    "Scheduled",
    "RunbookInProgress",
    "PendingChangeCalendarOverride",
    "ChangeCalendarOverrideApproved",
    "ChangeCalendarOverrideRejected",
    "CompletedWithSuccess",
    "CompletedWithFailure",
    "Exited",
};
constexpr std::array<std::string_view, 2> kTypes = {"CrossAccount", "Local"};
constexpr std::array<std::string_view, 2> kSubtypes = {"AccessRequest", "ChangeRequest"};

[[noreturn]] void ThrowFilterValue() {
  throw api::Error("InvalidFilterValue", "The filter value isn't valid. Verify the value.");
}

/// Throws InvalidFilterValue, also when nothing is there to be filtered.
void CheckValues(const std::vector<Filter>& filters) {
  for (const Filter& filter : filters) {
    std::span<const std::string_view> known;
    if (filter.key.ends_with("Status")) known = kStatuses;
    if (filter.key == "AutomationType") known = kTypes;
    if (filter.key == "AutomationSubtype") known = kSubtypes;
    for (const std::string& value : filter.values) {
      if (!known.empty() && std::ranges::find(known, value) == known.end()) ThrowFilterValue();
      if (filter.key.starts_with("StartTime") && !ParseIso8601(value)) ThrowFilterValue();
    }
  }
}

/// Compares a moment with the first value of a Before or After filter.
bool IsOnSide(double seconds, const Filter& filter) {
  const auto time = ParseIso8601(filter.values.empty() ? "" : filter.values[0]);
  if (!time) ThrowFilterValue();
  return filter.key == "StartTimeBefore" ? seconds < ToSeconds(*time) : seconds > ToSeconds(*time);
}

bool HasText(const Filter& filter, std::string_view text) {
  return std::ranges::find(filter.values, text) != filter.values.end();
}

[[noreturn]] void ThrowFilterKey(const std::string& key) {
  throw api::Error("InvalidFilterKey", "The specified key isn't valid: " + key + ".");
}

/// The name of the resource group that `text`, a name or ARN, means.
std::string_view GroupNameOf(std::string_view text) {
  constexpr std::string_view kBefore = ":group/";
  const size_t at = text.starts_with("arn:") ? text.find(kBefore) : std::string_view::npos;
  return at == std::string_view::npos ? text : text.substr(at + kBefore.size());
}

bool TargetsGroup(const json::Object& metadata, std::string_view group) {
  const json::Array* targets = json::GetArray(metadata, "Targets");
  return targets && std::ranges::any_of(*targets, [&](const json::Value& entry) {
           const json::Object& target = entry.as_object();
           if (json::GetString(target, "Key") != "ResourceGroup") return false;
           return std::ranges::any_of(
               json::GetStrings(target, "Values"),
               [&](const std::string& value) { return GroupNameOf(value) == GroupNameOf(group); });
         });
}

bool Matches(const json::Object& metadata, const Tags& tags, const Filter& filter) {
  if (filter.key == "DocumentNamePrefix") {
    return std::ranges::any_of(filter.values, [&](const std::string& v) {
      return json::GetString(metadata, "DocumentName").starts_with(v);
    });
  }
  if (filter.key == "ExecutionStatus") {
    return HasText(filter, json::GetString(metadata, "AutomationExecutionStatus"));
  }
  if (filter.key == "ExecutionId") {
    return HasText(filter, json::GetString(metadata, "AutomationExecutionId"));
  }
  if (filter.key == "ParentExecutionId") {
    return HasText(filter, json::GetString(metadata, "ParentAutomationExecutionId"));
  }
  if (filter.key == "CurrentAction") {
    return HasText(filter, json::GetString(metadata, "CurrentAction"));
  }
  if (filter.key == "AutomationType") {
    return HasText(filter, json::GetString(metadata, "AutomationType"));
  }
  if (filter.key == "StartTimeBefore" || filter.key == "StartTimeAfter") {
    return IsOnSide(json::GetDouble(metadata, "ExecutionStartTime"), filter);
  }
  if (filter.key == "TagKey") {
    return std::ranges::any_of(tags, [&](const auto& tag) { return HasText(filter, tag.first); });
  }
  if (filter.key == "TargetResourceGroup") {
    return std::ranges::any_of(
        filter.values, [&](const std::string& group) { return TargetsGroup(metadata, group); });
  }
  if (filter.key == "AutomationSubtype" || filter.key == "OpsItemId") {
    return false;  // no execution here has one
  }
  ThrowFilterKey(filter.key);
}

bool StepMatches(const json::Object& step, const Filter& filter) {
  const json::Object* parent = json::GetObject(step, "ParentStepDetails");
  if (filter.key == "StepExecutionStatus") {
    return HasText(filter, json::GetString(step, "StepStatus"));
  }
  if (filter.key == "StepExecutionId") {
    return HasText(filter, json::GetString(step, "StepExecutionId"));
  }
  if (filter.key == "StepName") return HasText(filter, json::GetString(step, "StepName"));
  if (filter.key == "Action") return HasText(filter, json::GetString(step, "Action"));
  if (filter.key == "StartTimeBefore" || filter.key == "StartTimeAfter") {
    return json::Find(step, "ExecutionStartTime") &&
           IsOnSide(json::GetDouble(step, "ExecutionStartTime"), filter);
  }
  if (filter.key == "ParentStepExecutionId") {
    return parent && HasText(filter, json::GetString(*parent, "StepExecutionId"));
  }
  if (filter.key == "ParentStepIteration") {
    return parent && HasText(filter, std::to_string(json::GetInt(*parent, "Iteration")));
  }
  if (filter.key == "ParentStepIteratorValue") {
    return parent && HasText(filter, json::GetString(*parent, "IteratorValue"));
  }
  ThrowFilterKey(filter.key);
}

/// For which target of another execution one was started. Reads each such parent once.
class Parents {
 public:
  explicit Parents(store::Transaction& tx) : tx_(tx) {}

  void AddTarget(const workflow::Execution& execution, json::Object& out) {
    if (execution.parent_id.empty()) return;
    auto [parent, added] = read_.try_emplace(execution.parent_id);
    if (added) parent->second = workflow::tables::LoadExecution(tx_, execution.parent_id);
    // A parent elsewhere is nobody's business here, and has places for targets.
    if (!parent->second || parent->second->scope != execution.scope ||
        parent->second->language != automation::kLanguageName ||
        !automation::IsFanOut(*parent->second)) {
      return;
    }
    json::SetIfNotEmpty(out, "Target", automation::TargetOf(*parent->second, execution.id));
  }

 private:
  store::Transaction& tx_;
  std::map<std::string, std::optional<workflow::Execution>> read_;
};

}  // namespace

/// Whose permissions the execution has: the document's role, or the caller's own.
access::Principal SsmService::PrincipalFor(const Call& call, const std::string& role,
                                           const std::string& session) const {
  if (role.empty()) return call.caller;
  auto principal = directory_.AssumeForService(role, std::string(kPrincipal), session);
  if (!principal || principal->account != call.scope.account) {
    ThrowParameters("The defined assume role is unable to be assumed.");
  }
  if (options_.authorize) {
    const access::Decision pass =
        authorizer_.DecidePassRole(call.caller, role, std::string(kPrincipal));
    if (!pass.allowed) {
      throw api::Error("AccessDeniedException", "User: " + call.caller.arn +
                                                    " is not authorized to perform: iam:PassRole "
                                                    "on resource: " +
                                                    role);
    }
  }
  return std::move(*principal);
}

std::optional<json::Value> SsmService::DefaultReference(const Call& call, Tx& tx,
                                                        const std::string& execution_id,
                                                        std::string_view reference) const {
  if (reference == "automation:EXECUTION_ID") return json::Value(execution_id);
  if (reference == "global:ACCOUNT_ID") return json::Value(call.scope.account.str());
  if (reference == "global:REGION") return json::Value(call.scope.region.str());
  if (reference == "global:AWS_PARTITION") return json::Value("aws");
  if (!reference.starts_with("ssm:")) return std::nullopt;
  const std::string name(reference.substr(4));
  if (options_.authorize) {
    access::AccessRequest request;
    request.principal = &call.caller;
    request.action = "ssm:GetParameters";
    request.resources = {
        call.MakeArn("ssm", (name.starts_with('/') ? "parameter" : "parameter/") + name)};
    request.resource_account = call.scope.account;
    if (!authorizer_.Decide(request).allowed) return std::nullopt;
  }
  const auto parameter = tables::FindParameter(tx, call.scope, name);
  if (!parameter || parameter->type == "SecureString") return std::nullopt;
  if (parameter->type != "StringList") return json::Value(parameter->value);
  json::Array list;
  std::string_view rest = parameter->value;
  while (true) {
    const size_t comma = rest.find(',');
    list.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return list;
    rest.remove_prefix(comma + 1);
  }
}

access::Principal SsmService::ActorOf(const Call& call, Tx& tx,
                                      const automation::Document& document,
                                      const json::Object& parameters, bool partly,
                                      const std::string& execution_id) const {
  const auto role =
      automation::Substitute(json::Value(document.assume_role),
                             [&](std::string_view reference) -> std::optional<json::Value> {
                               if (const json::Value* value = json::Find(parameters, reference))
                                 return *value;
                               if (partly) return json::Value("");
                               return DefaultReference(call, tx, execution_id, reference);
                             });
  if (!role) ThrowParameters(role.error().message);
  return PrincipalFor(call, automation::ToText(automation::Unwrap(*role)), execution_id);
}

json::Value SsmService::StartAutomationExecution(const Call& call, Tx& tx) {
  StoredDocument stored;
  try {
    stored = Find(call, tx, json::GetString(call.input, "DocumentName"),
                  json::GetString(call.input, "DocumentVersion"));
  } catch (const api::Error& error) {
    if (error.code() == "InvalidDocument") {
      throw api::Error("AutomationDefinitionNotFoundException",
                       "Document with name " +
                           std::string(json::GetString(call.input, "DocumentName")) +
                           " does not exist");
    }
    throw api::Error("AutomationDefinitionVersionNotFoundException",
                     "An Automation runbook with the specified name and version couldn't be "
                     "found.");
  }
  if (stored.type != "Automation") {
    throw api::Error("AutomationDefinitionNotFoundException",
                     "Document " + stored.name + " is not an Automation document.");
  }
  auto content = automation::ParseDocumentText(stored.content, stored.format == "YAML"
                                                                   ? automation::Format::kYaml
                                                                   : automation::Format::kJson);
  const auto document = content ? automation::Document::Load(*content)
                                : Result<automation::Document>(std::unexpected(content.error()));
  if (!document) ThrowParameters(document.error().message);

  workflow::StartRequest request;
  request.id = random_.Uuid();
  const auto resolve = [&](std::string_view reference) {
    return DefaultReference(call, tx, request.id, reference);
  };
  const json::Object* given = json::GetObject(call.input, "Parameters");
  std::optional<api::Call> located;
  if (const auto address = AddressOfLocations(call.input)) {
    located = call;
    located->input["TargetLocations"] =
        LocationsIn(ReadS3Object(invoker_, call, tx, *address, kMaxLocationsBytes), catalog_);
  }
  const auto plan = PlanTargets(located ? *located : call, stored, *document);
  // Of many executions, those with a known target are checked here; the parent has what is common.
  json::Object common = given ? *given : json::Object();
  if (plan) {
    for (const automation::FanOutPlan::Group& group : plan->groups) {
      for (const automation::FanOutPlan::Target& target : group.targets) {
        if (plan->cross_account) break;
        json::Object all = common;
        for (const auto& member : target.parameters) all[member.key()] = member.value();
        if (const auto ok = automation::BindParameters(*document, all, resolve); !ok) {
          ThrowParameters(ok.error().message);
        }
      }
    }
  }
  auto parameters = plan ? Result<json::Object>(CommonParameters(*document, common))
                         : automation::BindParameters(*document, common, resolve);
  if (!parameters) ThrowParameters(parameters.error().message);

  // The children in this account take the document's role for themselves.
  request.principal = !plan || plan->cross_account
                          ? ActorOf(call, tx, *document, *parameters, plan.has_value(), request.id)
                          : call.caller;

  request.language = automation::kLanguageName;
  request.scope = call.scope;
  request.name = stored.name;
  request.version = std::to_string(stored.version);
  request.definition = plan ? plan->ToJson() : std::move(content->as_object());
  if (!plan) {
    // Attached files travel with the definition, so that a later version changes nothing that runs.
    json::Object files = Attachments::ForExecution(tx, call.scope, stored, *document);
    if (!files.empty()) request.definition[automation::Document::kAttachments] = std::move(files);
  }
  request.trace = call.trace;
  request.client_token = json::GetString(call.input, "ClientToken");
  json::Object hashed = call.input;
  hashed.erase("ClientToken");
  request.request_hash = access::Sha256Hex(json::Serialize(hashed));
  automation::StartInput input;
  input.parameters = std::move(*parameters);
  input.mode = json::GetString(call.input, "Mode", "Auto");
  input.executed_by = call.caller.arn;
  if (const json::Value* alarm = json::Find(call.input, "AlarmConfiguration")) {
    input.alarm_configuration = *alarm;
  }
  input.settings = ServiceSettings::ForExecution(tx, call.scope);
  request.input = input.ToJson();

  const auto id = engine_.Start(tx, std::move(request));
  if (!id) {
    if (id.error().code == Code::kConflict) {
      throw api::Error("IdempotentParameterMismatch",
                       "Error returned when an idempotent operation is retried and the parameters "
                       "don't match the original call to the API with the same idempotency token.");
    }
    if (id.error().code == Code::kLimitExceeded) {
      throw api::Error("AutomationExecutionLimitExceededException",
                       id.error().detail == "hops"
                           ? "This execution is the last of a chain: " + id.error().message + "."
                           : "The number of simultaneously running Automation executions exceeded "
                             "the allowable limit.");
    }
    throw api::ToApiError(id.error());
  }
  ApplyTags(call, tx, "Automation", *id);
  return json::Object{{"AutomationExecutionId", *id}};
}

json::Value SsmService::GetAutomationExecution(const Call& call, Tx& tx) {
  const workflow::Execution execution = FindExecution(call, tx);
  json::Object shown = automation::DescribeExecution(execution);
  Parents(tx).AddTarget(execution, shown);
  return json::Object{{"AutomationExecution", std::move(shown)}};
}

json::Value SsmService::DescribeAutomationExecutions(const Call& call, Tx& tx) {
  const std::vector<Filter> filters = FiltersOf(call);
  CheckValues(filters);
  const size_t page = PageSize(call, 50, 50);
  std::optional<workflow::tables::Cursor> after;
  if (const std::string start = PageStart(call); !start.empty()) {
    const size_t slash = start.find('/');
    const auto time = ParseNumber(std::string_view(start).substr(0, slash));
    if (!time || slash == std::string::npos) {
      throw api::Error("InvalidNextToken", "The specified token is not valid.");
    }
    after = {FromMillis(*time), start.substr(slash + 1)};
  }
  json::Array list;
  json::Object out;
  std::string last;
  Parents parents(tx);
  workflow::tables::EachExecution(
      tx, call.scope, std::string(automation::kLanguageName), after,
      [&](const workflow::Execution& execution) {
        json::Object metadata = automation::DescribeMetadata(execution);
        const Tags tags = tables::TagsOf(tx, call.scope, "Automation", execution.id);
        if (!std::ranges::all_of(filters,
                                 [&](const Filter& f) { return Matches(metadata, tags, f); })) {
          return true;
        }
        if (list.size() == page) {
          out["NextToken"] = PageToken(last);
          return false;
        }
        last = std::to_string(ToMillis(execution.started)) + "/" + execution.id;
        parents.AddTarget(execution, metadata);
        list.push_back(std::move(metadata));
        return true;
      });
  out["AutomationExecutionMetadataList"] = std::move(list);
  return out;
}

json::Value SsmService::DescribeAutomationStepExecutions(const Call& call, Tx& tx) {
  const std::vector<Filter> filters = FiltersOf(call);
  CheckValues(filters);
  const size_t page = PageSize(call, 50, 50);
  const std::string start = PageStart(call);
  const auto skip = static_cast<size_t>(start.empty() ? 0 : ParseNumber(start).value_or(0));
  json::Array all = automation::DescribeSteps(FindExecution(call, tx));
  if (json::GetBool(call.input, "ReverseOrder")) std::reverse(all.begin(), all.end());
  json::Array list;
  json::Object out;
  for (size_t i = skip; i < all.size(); ++i) {
    const json::Object& step = all[i].as_object();
    if (!std::ranges::all_of(filters, [&](const Filter& f) { return StepMatches(step, f); })) {
      continue;
    }
    if (list.size() == page) {
      out["NextToken"] = PageToken(std::to_string(i));
      break;
    }
    list.push_back(step);
  }
  out["StepExecutions"] = std::move(list);
  return out;
}

json::Value SsmService::StopAutomationExecution(const Call& call, Tx& tx) {
  const workflow::Execution execution = FindExecution(call, tx);
  const bool complete = json::GetString(call.input, "Type", "Cancel") == "Complete";
  const Status stopped = complete ? engine_.Signal(tx, execution.id, "Complete", {})
                                  : engine_.Cancel(tx, execution.id);
  if (!stopped) {
    throw api::Error("InvalidAutomationStatusUpdateException",
                     "The specified update status operation isn't valid: the execution has "
                     "already ended with status " +
                         execution.status + ".");
  }
  return json::Object();
}

json::Value SsmService::SendAutomationSignal(const Call& call, Tx& tx) {
  const workflow::Execution execution = FindExecution(call, tx);
  const std::string signal(json::GetString(call.input, "SignalType"));
  json::Object payload;
  if (const json::Object* given = json::GetObject(call.input, "Payload")) {
    for (const std::string_view name : {"Comment", "StepName", "StepExecutionId"}) {
      const std::vector<std::string> values = json::GetStrings(*given, name);
      if (!values.empty()) payload[name] = values[0];
    }
  }
  payload["caller_arn"] = call.caller.arn;
  payload["caller_role_arn"] = call.caller.role_arn;
  static constexpr std::string_view kSignals[] = {"Approve", "Reject", "StartStep", "StopStep",
                                                  "Resume"};
  const bool known = std::ranges::find(kSignals, signal) != std::end(kSignals);
  if (!known || !engine_.Signal(tx, execution.id, signal, std::move(payload))) {
    throw api::Error("InvalidAutomationSignalException",
                     "The signal isn't valid for the current Automation execution.");
  }
  return json::Object();
}

}  // namespace riposte::ssm

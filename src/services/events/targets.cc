#include "bus/archive.h"
#include "bus/http_parameters.h"
#include "bus/rule_targets.h"
#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace {

using bus::RuleRow;
using bus::TargetKind;
using bus::TargetRow;
namespace tables = bus::tables;

/// Which targets each set of parameters is for; those of targets that are not served here are for
/// none.
struct ParametersFor {
  std::string_view member;
  TargetKind kind;
};
constexpr ParametersFor kParameters[] = {
    {"SqsParameters", TargetKind::kQueue},
    {"HttpParameters", TargetKind::kApiDestination},
    {"KinesisParameters", TargetKind::kUnsupported},
    {"RunCommandParameters", TargetKind::kUnsupported},
    {"EcsParameters", TargetKind::kUnsupported},
    {"BatchParameters", TargetKind::kUnsupported},
    {"RedshiftDataParameters", TargetKind::kUnsupported},
    {"SageMakerPipelineParameters", TargetKind::kUnsupported},
    {"AppSyncParameters", TargetKind::kUnsupported},
};

/// What is accepted is honoured: parameters that this target has no use for are refused.
void CheckParameters(TargetKind kind, const std::string& id, const json::Object& target) {
  for (const auto& [member, wanted] : kParameters) {
    if (json::Find(target, member) && kind != wanted) {
      throw Invalid("Parameter(s) " + std::string(member) + " not supported for target: " + id +
                    ".");
    }
  }
  if (const auto* http = json::GetObject(target, "HttpParameters")) {
    const auto parsed = bus::HttpParameters::Parse(*http, id);
    if (!parsed) throw Invalid(parsed.error().message);
  }
}

/// Throws when the target is not one that could ever be delivered to.
void CheckTarget(const Scope& scope, const json::Object& target) {
  const std::string id(json::GetString(target, "Id"));
  const std::string text(json::GetString(target, "Arn"));
  const auto arn = Arn::Parse(text);
  if (!arn || arn->resource.empty()) {
    throw Invalid("Parameter " + text +
                  " is not valid. Reason: Provided Arn is not in correct format.");
  }
  const TargetKind kind = bus::KindOfTarget(*arn);
  if (kind == TargetKind::kUnsupported) {
    throw Invalid("Parameter " + text + " is not valid. Reason: targets of the service " +
                  arn->service + " are not supported.");
  }
  if (const auto input = pattern::TargetInput::Parse(target); !input) {
    throw Invalid(input.error().message);
  }
  const bool has_role = !json::GetString(target, "RoleArn").empty();
  CheckParameters(kind, id, target);
  const bool is_http = kind == TargetKind::kApiDestination;
  if (is_http && arn->scope() != scope) {
    throw Invalid("Parameter " + text +
                  " is not valid. Reason: an API destination must be in the account and region of "
                  "its rule.");
  }
  if ((kind == TargetKind::kRunbook || kind == TargetKind::kStateMachine || is_http) && !has_role) {
    throw Invalid("RoleArn is required for target " + text + ".");
  }
  if (kind == TargetKind::kQueue && arn->resource.ends_with(".fifo")) {
    const auto* sqs = json::GetObject(target, "SqsParameters");
    if (!sqs || json::GetString(*sqs, "MessageGroupId").empty()) {
      throw Invalid("Parameter(s) SqsParameters must be specified for target: " + id + ".");
    }
  }
  if (const auto* config = json::GetObject(target, "DeadLetterConfig")) {
    const std::string queue(json::GetString(*config, "Arn"));
    const auto queue_arn = Arn::Parse(queue);
    if (!queue.empty() && (!queue_arn || queue_arn->service != "sqs")) {
      throw Invalid("Parameter " + queue +
                    " is not valid. Reason: Provided Arn is not in correct format.");
    }
    if (queue_arn && queue_arn->region != scope.region) {
      throw Invalid("The dead-letter queue of target " + id +
                    " must be in the region of the rule.");
    }
    if (queue.ends_with(".fifo")) {
      throw Invalid("The dead-letter queue of target " + id + " must be a standard queue.");
    }
  }
}

json::Object NoFailures() {
  json::Object out;
  out["FailedEntryCount"] = 0;
  out["FailedEntries"] = json::Array();
  return out;
}

}  // namespace

json::Value EventsService::PutTargets(const Call& call, Transaction& tx) {
  const RuleRow rule = ExistingRule(call, tx, "Rule");
  CheckNotManaged(rule);
  const json::Array& targets = *json::GetArray(call.input, "Targets");
  for (const json::Value& target : targets) {
    CheckTarget(call.scope, target.as_object());
    CheckPassRole(call, std::string(json::GetString(target.as_object(), "RoleArn")));
  }
  for (const json::Value& value : targets) {
    const json::Object& target = value.as_object();
    const TargetRow row{std::string(json::GetString(target, "Id")),
                        std::string(json::GetString(target, "Arn")), target};
    tables::PutTarget(tx, rule.key, row);
  }
  if (tables::CountTargets(tx, rule.key) > options_.max_targets_per_rule) throw LimitExceeded();
  Publish(tx, rule.key);
  return NoFailures();
}

json::Value EventsService::RemoveTargets(const Call& call, Transaction& tx) {
  const RuleRow rule = ExistingRule(call, tx, "Rule");
  CheckNotManaged(rule, json::GetBool(call.input, "Force"));
  if (rule.managed_by == bus::kArchiveOwner) bus::LoseArchiveRule(tx, rule.key);
  for (const std::string& id : json::GetStrings(call.input, "Ids")) {
    tables::DeleteTarget(tx, rule.key, id);  // An id that is not there is removed already.
  }
  Publish(tx, rule.key);
  return NoFailures();
}

json::Value EventsService::ListTargetsByRule(const Call& call, Transaction& tx) {
  const RuleRow rule = ExistingRule(call, tx, "Rule");
  const Page page = PageOf(call);
  auto targets = tables::ListTargets(tx, rule.key, page.after, page.limit + 1);
  json::Object out;
  EndPage(page, targets, &TargetRow::id, out);
  json::Array list;
  for (TargetRow& target : targets) list.push_back(std::move(target.document));
  out["Targets"] = std::move(list);
  return out;
}

}  // namespace riposte::events

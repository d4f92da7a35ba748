#include "bus/archive.h"
#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace {

using bus::RuleKey;
using bus::RuleRow;
namespace tables = bus::tables;

json::Object Describe(const RuleRow& rule) {
  json::Object out;
  out["Name"] = rule.key.name;
  out["Arn"] = bus::RuleArn(rule.key);
  json::SetIfNotEmpty(out, "EventPattern", rule.pattern);
  json::SetIfNotEmpty(out, "ScheduleExpression", rule.schedule);
  out["State"] = rule.state;
  json::SetIfNotEmpty(out, "Description", rule.description);
  json::SetIfNotEmpty(out, "RoleArn", rule.role_arn);
  json::SetIfNotEmpty(out, "ManagedBy", rule.managed_by);
  out["EventBusName"] = rule.key.bus;
  return out;
}

}  // namespace

void EventsService::CheckPassRole(const Call& call, const std::string& role_arn) const {
  if (role_arn.empty() || !options_.authorize) return;
  const auto decision =
      parts_.authorizer.DecidePassRole(call.caller, role_arn, "events.amazonaws.com");
  if (decision.allowed) return;
  if (decision.evidence.find("trust policy") != std::string::npos ||
      decision.evidence.find("there is no role") != std::string::npos) {
    throw Invalid("Provided role '" + role_arn +
                  "' cannot be assumed by principal 'events.amazonaws.com'.");
  }
  throw api::Error("AccessDeniedException",
                   "User: " + call.caller.arn +
                       " is not authorized to perform: iam:PassRole on resource: " + role_arn +
                       (decision.explicit_deny
                            ? " with an explicit deny"
                            : " because no identity-based policy allows the iam:PassRole action"));
}

void EventsService::Publish(Transaction& tx, const RuleKey& key) {
  const auto status = parts_.rules.Refresh(tx, key);
  if (!status) throw api::Error("LimitExceededException", status.error().message);
}

json::Value EventsService::PutRule(const Call& call, Transaction& tx) {
  const RuleKey key = RuleOf(call, "Name");
  RuleRow rule;
  rule.key = key;
  rule.pattern = Text(call, "EventPattern");
  rule.schedule = Text(call, "ScheduleExpression");
  if (rule.pattern.empty() && rule.schedule.empty()) {
    throw Invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (!rule.pattern.empty()) {
    if (const auto parsed = pattern::Pattern::Parse(rule.pattern); !parsed) {
      throw api::Error("InvalidEventPatternException", parsed.error().message);
    }
  }
  if (!rule.schedule.empty()) {
    if (key.bus != bus::kDefaultBus) {
      throw Invalid("ScheduleExpression is supported only on the default event bus.");
    }
    if (const auto parsed = schedule::ScheduleExpression::Parse(rule.schedule); !parsed) {
      throw Invalid(parsed.error().message);
    }
  }
  if (!tables::BusExists(tx, key.scope, key.bus)) throw NoSuchBus(key.bus);
  rule.role_arn = Text(call, "RoleArn");
  CheckPassRole(call, rule.role_arn);

  const auto before = tables::FindRule(tx, key);
  if (before) CheckNotManaged(*before);
  if (!before && tables::CountRules(tx, key.scope, key.bus) >= options_.max_rules_per_bus) {
    throw LimitExceeded();
  }
  rule.state = json::GetString(call.input, "State", "ENABLED");
  rule.description = Text(call, "Description");
  rule.created = before ? before->created : call.now;
  tables::PutRule(tx, rule);
  const std::string arn = bus::RuleArn(key);
  // Tags of an existing rule are left to TagResource, as in the service.
  if (const auto* tags = json::GetArray(call.input, "Tags"); tags && !before) {
    AddTags(tx, arn, *tags);
  }
  Publish(tx, key);
  if (!rule.schedule.empty() || (before && !before->schedule.empty())) {
    parts_.scheduler.Changed(tx);
  }
  return json::Object{{"RuleArn", arn}};
}

json::Value EventsService::DescribeRule(const Call& call, Transaction& tx) {
  const RuleRow rule = ExistingRule(call, tx, "Name");
  json::Object out = Describe(rule);
  out["CreatedBy"] = rule.key.scope.account.str();
  return out;
}

json::Value EventsService::ListRules(const Call& call, Transaction& tx) {
  const std::string bus_name = BusName(call);
  if (!tables::BusExists(tx, call.scope, bus_name)) throw NoSuchBus(bus_name);
  const Page page = PageOf(call);
  auto rules = tables::ListRules(tx, call.scope, bus_name, Text(call, "NamePrefix"), page.after,
                                 page.limit + 1);
  json::Object out;
  EndPage(page, rules, [](const auto& row) { return row.key.name; }, out);
  json::Array list;
  for (const RuleRow& rule : rules) list.push_back(Describe(rule));
  out["Rules"] = std::move(list);
  return out;
}

json::Value EventsService::ListRuleNamesByTarget(const Call& call, Transaction& tx) {
  const std::string bus_name = BusName(call);
  if (!tables::BusExists(tx, call.scope, bus_name)) throw NoSuchBus(bus_name);
  const Page page = PageOf(call);
  auto names = tables::ListRuleNamesByTarget(tx, call.scope, bus_name, Text(call, "TargetArn"),
                                             page.after, page.limit + 1);
  json::Object out;
  EndPage(page, names, std::identity(), out);
  json::Array list;
  for (const std::string& name : names) list.emplace_back(name);
  out["RuleNames"] = std::move(list);
  return out;
}

void EventsService::SetState(const Call& call, Transaction& tx, const std::string& state) {
  const RuleRow rule = ExistingRule(call, tx, "Name");
  CheckNotManaged(rule);
  tables::SetRuleState(tx, rule.key, state);
  Publish(tx, rule.key);
  if (!rule.schedule.empty()) parts_.scheduler.Changed(tx);
}

json::Value EventsService::EnableRule(const Call& call, Transaction& tx) {
  SetState(call, tx, "ENABLED");
  return json::Object();
}

json::Value EventsService::DisableRule(const Call& call, Transaction& tx) {
  SetState(call, tx, "DISABLED");
  return json::Object();
}

json::Value EventsService::DeleteRule(const Call& call, Transaction& tx) {
  const RuleKey key = RuleOf(call, "Name");
  if (!tables::BusExists(tx, key.scope, key.bus)) throw NoSuchBus(key.bus);
  const auto rule = tables::FindRule(tx, key);
  if (!rule) return json::Object();  // Deleting twice is not an error.
  CheckNotManaged(*rule, json::GetBool(call.input, "Force"));
  if (tables::CountTargets(tx, key) > 0) {
    throw Invalid("Rule can't be deleted since it has targets.");
  }
  if (rule->managed_by == bus::kArchiveOwner) bus::LoseArchiveRule(tx, key);
  tables::DeleteRule(tx, key);
  tables::DeleteTags(tx, bus::RuleArn(key));
  Publish(tx, key);
  if (!rule->schedule.empty()) parts_.scheduler.Changed(tx);
  return json::Object();
}

void EventsService::Register(api::Registry& registry) {
  using S = EventsService;
  registry.Add<S>("events", *this,
                  {
                      {"CancelReplay", api::Write(&S::CancelReplay)},
                      {"CreateApiDestination", api::Write(&S::CreateApiDestination)},
                      {"CreateArchive", api::Write(&S::CreateArchive)},
                      {"CreateConnection", api::Write(&S::CreateConnection)},
                      {"CreateEventBus", api::Write(&S::CreateEventBus)},
                      {"DeauthorizeConnection", api::Write(&S::DeauthorizeConnection)},
                      {"DeleteApiDestination", api::Write(&S::DeleteApiDestination)},
                      {"DeleteArchive", api::Write(&S::DeleteArchive)},
                      {"DeleteConnection", api::Write(&S::DeleteConnection)},
                      {"DeleteEventBus", api::Write(&S::DeleteEventBus)},
                      {"DeleteRule", api::Write(&S::DeleteRule)},
                      {"DescribeApiDestination", api::Read(&S::DescribeApiDestination)},
                      {"DescribeArchive", api::Read(&S::DescribeArchive)},
                      {"DescribeConnection", api::Read(&S::DescribeConnection)},
                      {"DescribeEventBus", api::Read(&S::DescribeEventBus)},
                      {"DescribeReplay", api::Read(&S::DescribeReplay)},
                      {"DescribeRule", api::Read(&S::DescribeRule)},
                      {"DisableRule", api::Write(&S::DisableRule)},
                      {"EnableRule", api::Write(&S::EnableRule)},
                      {"ListApiDestinations", api::Read(&S::ListApiDestinations)},
                      {"ListArchives", api::Read(&S::ListArchives)},
                      {"ListConnections", api::Read(&S::ListConnections)},
                      {"ListEventBuses", api::Read(&S::ListEventBuses)},
                      {"ListReplays", api::Read(&S::ListReplays)},
                      {"ListRuleNamesByTarget", api::Read(&S::ListRuleNamesByTarget)},
                      {"ListRules", api::Read(&S::ListRules)},
                      {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
                      {"ListTargetsByRule", api::Read(&S::ListTargetsByRule)},
                      {"PutEvents", api::Async(&S::PutEvents)},
                      {"PutPermission", api::Write(&S::PutPermission)},
                      {"PutRule", api::Write(&S::PutRule)},
                      {"PutTargets", api::Write(&S::PutTargets)},
                      {"RemovePermission", api::Write(&S::RemovePermission)},
                      {"RemoveTargets", api::Write(&S::RemoveTargets)},
                      {"StartReplay", api::Write(&S::StartReplay)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"TestEventPattern", api::Read(&S::TestEventPattern)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                      {"UpdateApiDestination", api::Write(&S::UpdateApiDestination)},
                      {"UpdateArchive", api::Write(&S::UpdateArchive)},
                      {"UpdateConnection", api::Write(&S::UpdateConnection)},
                      {"UpdateEventBus", api::Write(&S::UpdateEventBus)},
                  });
  registry.SetResourcePolicy("events", [](const std::string& arn, Transaction& tx) {
    const auto parsed = Arn::Parse(arn);
    if (!parsed || !parsed->resource.starts_with("event-bus/")) return std::string();
    const auto row = tables::FindBus(tx, parsed->scope(), std::string(parsed->ResourceName()));
    return row ? row->policy : std::string();
  });
}

}  // namespace riposte::events

#include "services/securityhub/automation_rules.h"

#include "services/securityhub/finding_filter.h"
#include "services/securityhub/findings.h"
#include "services/securityhub/page_offset.h"
#include "services/securityhub/service.h"
#include "services/securityhub/tables.h"

namespace riposte::securityhub {
namespace {

using tables::Kind;
constexpr int64_t kMaxRules = 100;

json::Object UnprocessedRule(const std::string& arn, int code, std::string message) {
  return {{"RuleArn", arn}, {"ErrorCode", code}, {"ErrorMessage", std::move(message)}};
}

}  // namespace

void ApplyAutomationRules(store::Transaction& tx, const api::Call& call, json::Object& finding) {
  tables::EachDocument(tx, Kind::kAutomationRule, call.scope, [&](json::Object rule) {
    if (json::GetString(rule, "RuleStatus") != "ENABLED") return true;
    const json::Object* criteria = json::GetObject(rule, "Criteria");
    if (criteria && !MatchesFilters(*criteria, finding, call.now)) return true;
    if (const json::Array* actions = json::GetArray(rule, "Actions")) {
      for (const json::Value& action : *actions) {
        if (const auto* update = json::GetObject(action.as_object(), "FindingFieldsUpdate")) {
          ApplyUpdate(finding, *update, call);
        }
      }
    }
    return !json::GetBool(rule, "IsTerminal");
  });
}

std::vector<std::string> ArnList(const json::Object& input, std::string_view name) {
  std::vector<std::string> out;
  for (const std::string& element : json::GetStrings(input, name)) {
    constexpr std::string_view kAround = " \t\r\n[]\",";
    const size_t first = element.find_first_not_of(kAround);
    if (first == std::string::npos) continue;
    const size_t last = element.find_last_not_of(kAround);
    out.push_back(element.substr(first, last - first + 1));
  }
  return out;
}

json::Value SecurityHubService::CreateAutomationRule(const Call& call, Tx& tx) {
  if (tables::CountDocuments(tx, Kind::kAutomationRule, call.scope) >= kMaxRules) {
    throw api::Error("LimitExceededException",
                     "The number of automation rules exceeds the quota of 100.", 429);
  }
  const std::string arn = call.MakeArn("securityhub", "automation-rule/" + random_.Uuid());
  // Probes the criteria now, so that a filter that is not supported is refused here, not later.
  if (const auto* criteria = json::GetObject(call.input, "Criteria")) {
    (void)MatchesFilters(*criteria, json::Object(), call.now);
  }
  json::Object rule;
  rule["RuleArn"] = arn;
  rule["RuleStatus"] = json::GetString(call.input, "RuleStatus", "ENABLED");
  rule["IsTerminal"] = json::GetBool(call.input, "IsTerminal");
  for (const char* name : {"RuleOrder", "RuleName", "Description", "Criteria", "Actions"}) {
    rule[name] = call.input.at(name);
  }
  rule["CreatedAt"] = ToSeconds(call.now);
  rule["UpdatedAt"] = ToSeconds(call.now);
  rule["CreatedBy"] = call.caller.arn;
  tables::PutDocument(tx, Kind::kAutomationRule, call.scope, arn, json::GetInt(rule, "RuleOrder"),
                      rule);
  if (const auto* tags = json::GetObject(call.input, "Tags")) tables::PutTags(tx, arn, *tags);
  return json::Object{{"RuleArn", arn}};
}

json::Value SecurityHubService::ListAutomationRules(const Call& call, Tx& tx) {
  json::Array rules;
  const int64_t skip = PageOffset(call);
  const int64_t limit = json::GetInt(call.input, "MaxResults", 100);
  int64_t index = 0;
  bool more = false;
  tables::EachDocument(tx, Kind::kAutomationRule, call.scope, [&](json::Object rule) {
    if (index++ < skip) return true;
    if (static_cast<int64_t>(rules.size()) == limit) {
      more = true;
      return false;
    }
    rule.erase("Criteria");
    rule.erase("Actions");
    rules.push_back(std::move(rule));
    return true;
  });
  json::Object out{{"AutomationRulesMetadata", std::move(rules)}};
  if (more) out["NextToken"] = std::to_string(skip + limit);
  return out;
}

json::Value SecurityHubService::BatchGetAutomationRules(const Call& call, Tx& tx) {
  json::Array rules;
  json::Array unprocessed;
  for (const std::string& arn : ArnList(call.input, "AutomationRulesArns")) {
    if (auto rule = tables::FindDocument(tx, Kind::kAutomationRule, call.scope, arn)) {
      rules.push_back(std::move(*rule));
    } else {
      unprocessed.push_back(UnprocessedRule(arn, 404, "Automation rule not found."));
    }
  }
  return json::Object{{"Rules", std::move(rules)},
                      {"UnprocessedAutomationRules", std::move(unprocessed)}};
}

json::Value SecurityHubService::BatchUpdateAutomationRules(const Call& call, Tx& tx) {
  json::Array processed;
  json::Array unprocessed;
  for (const json::Value& item : call.input.at("UpdateAutomationRulesRequestItems").as_array()) {
    const json::Object& update = item.as_object();
    const std::string arn(json::GetString(update, "RuleArn"));
    auto rule = tables::FindDocument(tx, Kind::kAutomationRule, call.scope, arn);
    if (!rule) {
      unprocessed.push_back(UnprocessedRule(arn, 404, "Automation rule not found."));
      continue;
    }
    for (const char* name : {"RuleStatus", "RuleOrder", "Description", "RuleName", "IsTerminal",
                             "Criteria", "Actions"}) {
      if (const json::Value* value = json::Find(update, name)) (*rule)[name] = *value;
    }
    (*rule)["UpdatedAt"] = ToSeconds(call.now);
    tables::PutDocument(tx, Kind::kAutomationRule, call.scope, arn,
                        json::GetInt(*rule, "RuleOrder"), *rule);
    processed.emplace_back(arn);
  }
  return json::Object{{"ProcessedAutomationRules", std::move(processed)},
                      {"UnprocessedAutomationRules", std::move(unprocessed)}};
}

json::Value SecurityHubService::BatchDeleteAutomationRules(const Call& call, Tx& tx) {
  json::Array processed;
  json::Array unprocessed;
  for (const std::string& arn : ArnList(call.input, "AutomationRulesArns")) {
    if (tables::DeleteDocument(tx, Kind::kAutomationRule, call.scope, arn)) {
      processed.emplace_back(arn);
    } else {
      unprocessed.push_back(UnprocessedRule(arn, 404, "Automation rule not found."));
    }
  }
  return json::Object{{"ProcessedAutomationRules", std::move(processed)},
                      {"UnprocessedAutomationRules", std::move(unprocessed)}};
}

}  // namespace riposte::securityhub

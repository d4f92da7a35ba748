#include "services/events/input.h"

#include "base/arn.h"
#include "base/encoding.h"

namespace riposte::events {

api::Error NoSuchBus(const std::string& bus) {
  return {"ResourceNotFoundException", "Event bus " + bus + " does not exist."};
}

api::Error NoSuchRule(const bus::RuleKey& key) {
  return {"ResourceNotFoundException",
          "Rule " + key.name + " does not exist on EventBus " + key.bus + "."};
}

api::Error LimitExceeded() {
  return {"LimitExceededException", "The requested resource exceeds the maximum number allowed."};
}

void CheckNotManaged(const bus::RuleRow& rule, bool force) {
  if (rule.managed_by.empty() || force) return;
  throw api::Error("ManagedRuleException", rule.key.name +
                                               " is a managed rule. Set 'force' parameter to true "
                                               "to override.");
}

std::string Text(const api::Call& call, std::string_view member) {
  return std::string(json::GetString(call.input, member));
}

std::string BusName(const api::Call& call, std::string_view member) {
  std::string name = Text(call, member);
  if (name.empty()) return std::string(bus::kDefaultBus);
  if (!name.starts_with("arn:")) return name;
  const auto arn = Arn::Parse(name);
  if (!arn || arn->service != "events" || !arn->resource.starts_with("event-bus/")) {
    throw Invalid("Parameter " + name +
                  " is not valid. Reason: Provided Arn is not in correct format.");
  }
  if (arn->scope() != call.scope) throw NoSuchBus(name);
  return std::string(arn->ResourceName());
}

bus::RuleKey RuleOf(const api::Call& call, std::string_view member) {
  return {call.scope, BusName(call), Text(call, member)};
}

bus::RuleRow ExistingRule(const api::Call& call, store::Transaction& tx, std::string_view member) {
  const bus::RuleKey key = RuleOf(call, member);
  auto rule = bus::tables::FindRule(tx, key);
  if (!rule) {
    if (!bus::tables::BusExists(tx, key.scope, key.bus)) throw NoSuchBus(key.bus);
    throw NoSuchRule(key);
  }
  return std::move(*rule);
}

Page PageOf(const api::Call& call) {
  Page page;
  page.limit = json::GetInt(call.input, "Limit", page.limit);
  const std::string token = Text(call, "NextToken");
  if (!token.empty()) {
    const auto decoded = Base64Decode(token);
    if (!decoded || !decoded->starts_with("after:")) {
      throw Invalid("Parameter NextToken is not valid.");
    }
    page.after = decoded->substr(6);
  }
  return page;
}

void CheckOneFilter(const api::Call& call) {
  int filters = 0;
  for (const char* member : {"NamePrefix", "EventSourceArn", "State"}) {
    filters += json::Find(call.input, member) ? 1 : 0;
  }
  if (filters > 1) {
    throw Invalid("At most one filter is allowed for " + call.operation +
                  ". Use either : State, EventSourceArn, or NamePrefix.");
  }
}

std::string TokenAfter(const std::string& name) {
  return Base64Encode("after:" + name);
}

}  // namespace riposte::events

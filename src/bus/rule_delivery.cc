#include "bus/rule_delivery.h"

namespace riposte::bus {

json::Object RuleDelivery::ToJson() && {
  json::Object out;
  out["event_id"] = event_id;
  out["event"] = event;
  if (input != event) out["input"] = input;
  out["rule"] = rule;
  out["bus"] = bus;
  out["target_id"] = target_id;
  json::SetIfNotEmpty(out, "role_arn", role_arn);
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (!announce) out["announce"] = false;
  return out;
}

RuleDelivery RuleDelivery::FromJson(const json::Object& detail) {
  RuleDelivery delivery;
  delivery.event_id = json::GetString(detail, "event_id");
  delivery.event = json::GetString(detail, "event");
  delivery.input = json::GetString(detail, "input", delivery.event);
  delivery.rule = json::GetString(detail, "rule");
  delivery.bus = json::GetString(detail, "bus");
  delivery.target_id = json::GetString(detail, "target_id");
  delivery.role_arn = json::GetString(detail, "role_arn");
  if (const auto* parameters = json::GetObject(detail, "parameters")) {
    delivery.parameters = *parameters;
  }
  delivery.announce = json::GetBool(detail, "announce", true);
  return delivery;
}

}  // namespace riposte::bus

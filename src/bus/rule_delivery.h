// What one delivery of a rule carries: the `detail` of its delivery::Work, in both directions.
//
// Everything that the attempt needs is taken down when the event is accepted, so that a change of
// the rule never changes what is already owed.
#pragma once

#include <string>

#include "bus/rule_set.h"
#include "delivery/delivery.h"

namespace riposte::bus {

inline constexpr std::string_view kRuleTargetKind = "rule-target";

struct RuleDelivery {
  std::string event_id;
  std::string event;  ///< The envelope, as text.
  std::string input;  ///< What the target gets.
  std::string rule;
  std::string bus;
  std::string target_id;
  std::string role_arn;     ///< "" : the service itself.
  json::Object parameters;  ///< SqsParameters …
  bool announce = true;     ///< A final failure becomes an event.

  [[nodiscard]] json::Object ToJson() &&;
  [[nodiscard]] static RuleDelivery FromJson(const json::Object& detail);
};

}  // namespace riposte::bus

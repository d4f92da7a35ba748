// How often, and when, a delivery is tried again: by protocol, or as a DeliveryPolicy says.
//
// Source: "Amazon SNS message delivery retries", SNS developer guide. Phases, in order: retries
// without delay, with the least delay, growing (backoffFunction), with the greatest delay.
// Leniency: {"healthyRetryPolicy": …} at the top of a topic's policy, without its protocol, is
// taken for http. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "delivery/delivery.h"

namespace riposte::sns {

/// Throws InvalidParameterException unless `text` is a policy for a topic (for_topic) or for a
/// subscription.
void CheckDeliveryPolicy(std::string_view text, bool for_topic);

/// The policy for one subscription. Either text may be "".
[[nodiscard]] delivery::RetryPolicy RetryPolicyFor(std::string_view protocol,
                                                   std::string_view subscription_policy,
                                                   std::string_view topic_policy);

/// How many deliveries a second an HTTP subscription takes; 0 when any number.
[[nodiscard]] int64_t MaxReceivesPerSecond(std::string_view subscription_policy,
                                           std::string_view topic_policy);
/// The Content-Type of what is posted to an HTTP subscription. `raw`: the body is the publisher's.
[[nodiscard]] std::string ContentTypeFor(std::string_view subscription_policy,
                                         std::string_view topic_policy, bool raw);

/// What GetTopicAttributes and GetSubscriptionAttributes show as EffectiveDeliveryPolicy.
[[nodiscard]] std::string EffectiveTopicPolicy(std::string_view topic_policy);
[[nodiscard]] std::string EffectiveSubscriptionPolicy(std::string_view subscription_policy,
                                                      std::string_view topic_policy);

}  // namespace riposte::sns

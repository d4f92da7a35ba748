// The attributes of topics and subscriptions: which there are and what they may be.
//
// Source: CreateTopic, SetTopicAttributes, Subscribe, SetSubscriptionAttributes, Amazon SNS API
// reference. All throw InvalidParameterException, in the service's words.
#pragma once

#include <string>
#include <string_view>

#include "services/sns/tables.h"

namespace riposte::sns {

void CheckTopicAttribute(const std::string& name, std::string_view value, bool fifo, bool creating);

/// May `endpoint` be subscribed to `topic` by `protocol`?
void CheckEndpoint(const std::string& protocol, const std::string& endpoint, const Topic& topic);

/// Checks the value and sets it; an empty one, and the policy {}, remove the attribute.
void SetAttribute(Subscription& subscription, const std::string& name, std::string_view value);

}  // namespace riposte::sns

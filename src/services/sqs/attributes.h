// Queue attributes: which there are, what they may be, what they are when not set.
//
// Values are strings on the wire and in the store. Leniency: "VisibilityTimeoutSeconds" is taken
// for VisibilityTimeout. Source: SetQueueAttributes, Amazon SQS API reference.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/sqs/tables.h"

namespace riposte::sqs {

/// Checks `given` (from CreateQueue or SetQueueAttributes) and returns it in its canonical form;
/// an empty Policy, RedrivePolicy or RedriveAllowPolicy stays as "" and means removal.
/// Throws InvalidAttributeName, InvalidAttributeValue.
[[nodiscard]] json::Object CheckAttributes(const json::Object& given, bool fifo, bool creating);

/// Checks what must agree: throws InvalidAttributeValue.
void CheckTogether(const Queue& queue);

/// The attribute as set, or its default; "" when it has none.
[[nodiscard]] std::string AttributeOf(const Queue& queue, std::string_view name);
[[nodiscard]] int64_t NumberOf(const Queue& queue, std::string_view name);

struct Redrive {
  std::string target_arn;
  int64_t max_receive_count = 0;
};
[[nodiscard]] std::optional<Redrive> RedriveOf(const Queue& queue);
/// Does `target`'s RedriveAllowPolicy let `source_arn` use it?
[[nodiscard]] bool AllowsRedriveFrom(const Queue& target, const std::string& source_arn);

/// Everything that GetQueueAttributes knows, as strings.
[[nodiscard]] json::Object DescribeQueue(const Queue& queue, const Counts& counts);

}  // namespace riposte::sqs

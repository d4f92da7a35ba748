#include "delivery/target_call.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace riposte::delivery {
namespace {

std::optional<api::Invocation> Of(std::string_view arn, const Handover& handover) {
  return CallOf(*Arn::Parse(arn), handover);
}

TEST(CallOf, FunctionsQueuesTopicsAndStateMachines) {
  const auto function = Of("arn:aws:lambda:eu-west-1:111122223333:function:f:live", {"in", "t"});
  EXPECT_EQ(function->operation, "Invoke");
  EXPECT_EQ(json::GetString(function->input, "FunctionName"),
            "arn:aws:lambda:eu-west-1:111122223333:function:f:live");
  EXPECT_EQ(json::GetString(function->input, "InvocationType"), "Event");
  EXPECT_EQ(json::GetString(function->input, "Payload"), Base64Encode("in"));
  EXPECT_EQ(function->scope.region.str(), "eu-west-1");
  const auto waiting =
      Of("arn:aws:lambda:eu-west-1:111122223333:function:f", {"in", "t", "", true});
  EXPECT_EQ(json::GetString(waiting->input, "InvocationType"), "RequestResponse");

  const auto queue = Of("arn:aws:sqs:eu-west-1:111122223333:q", {"in", "t", "g"});
  EXPECT_EQ(json::GetString(queue->input, "MessageBody"), "in");
  EXPECT_EQ(json::GetString(queue->input, "MessageGroupId"), "g");
  EXPECT_FALSE(queue->input.contains("MessageDeduplicationId"));
  const auto fifo = Of("arn:aws:sqs:eu-west-1:111122223333:q.fifo", {"in", "t", "g"});
  EXPECT_EQ(json::GetString(fifo->input, "MessageGroupId"), "g");
  EXPECT_EQ(json::GetString(fifo->input, "MessageDeduplicationId"), "t");

  const auto topic = Of("arn:aws:sns:eu-west-1:111122223333:t", {"in", "t"});
  EXPECT_EQ(topic->operation, "Publish");
  const auto machine = Of("arn:aws:states:eu-west-1:111122223333:stateMachine:m", {"{}", "t"});
  EXPECT_EQ(json::GetString(machine->input, "name"), "t");
  EXPECT_FALSE(Of("arn:aws:kinesis:eu-west-1:111122223333:stream/s", {"in", "t"}));
}

}  // namespace
}  // namespace riposte::delivery

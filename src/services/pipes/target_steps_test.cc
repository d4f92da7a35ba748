// Which calls a batch becomes.
#include "services/pipes/target_steps.h"

#include <gtest/gtest.h>

#include <numeric>

namespace riposte::pipes {
namespace {

using json::Array;
using json::Object;

constexpr char kArn[] = "arn:aws:";
constexpr char kPlace[] = ":eu-west-1:123456789012:";

Pipe To(const std::string& service, const std::string& resource, Object parameters = {}) {
  Pipe pipe;
  pipe.key = {{AccountId("123456789012"), Region("eu-west-1")}, "p"};
  pipe.document = {{"Target", kArn + service + kPlace + resource},
                   {"TargetParameters", std::move(parameters)}};
  return pipe;
}

Batch Events(Array events) {
  Batch batch;
  batch.inputs = events;
  for (size_t i = 0; i < events.size(); ++i) {
    batch.tokens.push_back("t" + std::to_string(i));
    batch.traces.push_back({"c" + std::to_string(i), static_cast<int>(i) + 1});
  }
  batch.events = std::move(events);
  batch.name = "batch";
  return batch;
}

std::vector<Step> Steps(const Pipe& pipe, const Batch& batch, size_t most = 1000) {
  std::vector<size_t> all(batch.events.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return StepsFor(pipe, batch, all, most, FromMillis(1'000));
}

std::vector<size_t> Sizes(const std::vector<Step>& steps) {
  std::vector<size_t> sizes;
  for (const Step& step : steps) sizes.push_back(step.events.size());
  return sizes;
}

using Counts = std::vector<size_t>;

TEST(StepsFor, EntriesAreCutToWhatOneCallTakes) {
  const Pipe queue = To("sqs", "q");
  Array many;
  for (int i = 0; i < 23; ++i) many.push_back("m");
  EXPECT_EQ(Sizes(Steps(queue, Events(many))), (Counts{10, 10, 3}));
  EXPECT_EQ(Sizes(Steps(queue, Events(many), 1)), Counts(23, 1));
  const json::Value large(std::string(120 * 1024, 'x'));
  EXPECT_EQ(Sizes(Steps(queue, Events({large, "s", large, large}))), (Counts{2, 1, 1}));
  EXPECT_TRUE(Steps(queue, Events({})).empty());
}

TEST(StepsFor, QueuesTopicsAndBuses) {
  const Object event = {{"body", R"({"g": "one", "n": 2})"}};
  const Batch batch = Events({event, "text"});
  auto steps = Steps(
      To("sqs", "q.fifo", {{"SqsQueueParameters", Object{{"MessageGroupId", "$.body.g"}}}}), batch);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].call.operation, "SendMessageBatch");
  EXPECT_EQ(json::Serialize(steps[0].call.input.at("Entries").at(0)),
            R"({"MessageBody":"{\"body\":\"{\\\"g\\\": \\\"one\\\", \\\"n\\\": 2}\"}",)"
            R"("MessageGroupId":"one","MessageDeduplicationId":"t0","Id":"0"})");
  EXPECT_EQ(json::Serialize(steps[0].call.input.at("Entries").at(1)),
            R"({"MessageBody":"text","MessageDeduplicationId":"t1","Id":"1"})");
  EXPECT_EQ(steps[0].call.trace.hops, 2) << "the longest of theirs";

  steps = Steps(To("sns", "t"), batch);
  EXPECT_EQ(steps[0].call.operation, "PublishBatch");
  EXPECT_EQ(json::Serialize(steps[0].call.input.at("PublishBatchRequestEntries").at(1)),
            R"({"Message":"text","Id":"1"})");

  steps = Steps(To("events", "event-bus/b",
                   {{"EventBridgeEventBusParameters",
                     Object{{"DetailType", "$.body.n"}, {"Resources", Array{"$.body.g", "r"}}}}}),
                Events({event}));
  EXPECT_EQ(steps[0].call.operation, "PutEvents");
  const Object& entry = steps[0].call.input.at("Entries").at(0).as_object();
  EXPECT_EQ(json::GetString(entry, "Source"), "Pipe p");
  EXPECT_EQ(json::GetString(entry, "DetailType"), "2");
  EXPECT_EQ(json::GetStrings(entry, "Resources"), (std::vector<std::string>{"one", "r"}));
  EXPECT_EQ(json::GetDouble(entry, "Time"), 1.0);
}

TEST(StepsFor, FunctionsGetTheWholeBatch) {
  const Batch batch = Events({"a", "b"});
  auto steps = Steps(To("lambda", "function:f"), batch);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].events, (Counts{0, 1}));
  EXPECT_EQ(json::GetString(steps[0].call.input, "InvocationType"), "RequestResponse");
  steps = Steps(To("lambda", "function:f",
                   {{"LambdaFunctionParameters", Object{{"InvocationType", "FIRE_AND_FORGET"}}}}),
                batch);
  EXPECT_EQ(json::GetString(steps[0].call.input, "InvocationType"), "Event");
  steps = Steps(To("states", "stateMachine:m"), batch);
  EXPECT_EQ(json::GetString(steps[0].call.input, "name"), "batch");
  EXPECT_EQ(json::GetString(steps[0].call.input, "input"), R"(["a","b"])");
}

TEST(StepsFor, LinesGoByStreamInTheOrderOfTheirTimes) {
  const auto steps = Steps(
      To("logs", "log-group:/g:*",
         {{"CloudWatchLogsParameters", Object{{"LogStreamName", "$.s"}, {"Timestamp", "$.at"}}}}),
      Events({Object{{"s", "one"}, {"at", 30}}, Object{{"s", "two"}, {"at", "never"}},
              Object{{"s", "one"}, {"at", "1970-01-01T00:00:00.020Z"}}}));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].events, (Counts{2, 0}));
  EXPECT_EQ(json::GetString(steps[0].call.input, "logGroupName"), "/g");
  EXPECT_EQ(steps[0].call.input.at("logEvents").at(0).at("timestamp").as_int64(), 20);
  EXPECT_EQ(steps[1].call.input.at("logEvents").at(0).at("timestamp").as_int64(), 1'000);
  ASSERT_TRUE(steps[0].make);
  EXPECT_EQ(json::Serialize(steps[0].make->input),
            R"({"logGroupName":"/g","logStreamName":"one"})");
}

TEST(RefusedBy, NamesTheEntriesThatWereRefused) {
  Step step;
  step.events = {4, 7, 9};
  step.call.operation = "SendMessageBatch";
  Refused refused = RefusedBy(
      step, {{"Failed", Array{Object{{"Id", "2"}, {"Code", "C"}, {"Message", "m"}},
                              Object{{"Id", "0"}}, Object{{"Id", "3"}}, Object{{"Id", "x"}}}}});
  EXPECT_EQ(refused.events, (Counts{9, 4}));
  EXPECT_EQ(refused.why, "C: m");
  step.call.operation = "PutEvents";
  refused = RefusedBy(
      step, {{"Entries", Array{Object{{"EventId", "e"}},
                               Object{{"ErrorCode", "Bad"}, {"ErrorMessage", "no"}}, Object{}}}});
  EXPECT_EQ(refused.events, Counts{7});
  EXPECT_EQ(refused.why, "Bad: no");
}

}  // namespace
}  // namespace riposte::pipes

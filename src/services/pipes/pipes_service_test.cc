// The operations of Pipes: what they keep, list, refuse and forget.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::pipes {
namespace {

using app::testing::Harness;
using json::Array;
using json::Object;

class PipesServiceTest : public ::testing::Test {
 protected:
  PipesServiceTest() {
    engine.Call("iam", "CreateRole",
                {{"RoleName", "pipe"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                      "Principal":{"Service":"pipes.amazonaws.com"},
                      "Action":"sts:AssumeRole"}]})"}});
  }
  std::string Role(const std::string& name = "pipe") {
    return MakeGlobalArn("iam", engine.scope().account, "role/" + name);
  }
  Object Pipe(Object more = {}) {
    Object input{{"Name", "p"},
                 {"DesiredState", "STOPPED"},
                 {"Source", engine.Arn("sqs", "in")},
                 {"Target", engine.Arn("sqs", "out")},
                 {"RoleArn", Role()}};
    for (const auto& [key, value] : more) input[key] = value;
    return input;
  }
  Object Create(Object more = {}) {
    return engine.Call("pipes", "CreatePipe", Pipe(std::move(more)));
  }
  Object Update(Object more) {
    more["Name"] = "p";
    more["RoleArn"] = Role();
    engine.Call("pipes", "UpdatePipe", std::move(more));
    return Describe();
  }
  Object Describe() { return engine.Call("pipes", "DescribePipe", {{"Name", "p"}}); }
  /// "code: message" of a creation that must fail.
  std::string Refusal(Object more) {
    more["Name"] = "refused";
    const auto outcome = engine.TryCall("pipes", "CreatePipe", Pipe(std::move(more)));
    return outcome.ok() ? "" : outcome.error->code() + ": " + outcome.error->message();
  }
  std::vector<std::string> Names(Object filter = {}) {
    std::vector<std::string> names;
    const Object page = engine.Call("pipes", "ListPipes", std::move(filter));
    for (const json::Value& item : page.at("Pipes").as_array()) {
      names.emplace_back(json::GetString(item.as_object(), "Name"));
    }
    return names;
  }
  Object Source(Object more) { return {{"SourceParameters", std::move(more)}}; }
  Object Batch(int size, int window = 0) {
    Object queue{{"BatchSize", size}};
    if (window > 0) queue["MaximumBatchingWindowInSeconds"] = window;
    return {{"SqsQueueParameters", std::move(queue)}};
  }

  Harness engine;
};

using Texts = std::vector<std::string>;

TEST_F(PipesServiceTest, SaysWhatItWasToldAndWhereItStands) {
  const Object created = Create({{"Description", "d"},
                                 {"Tags", Object{{"team", "red"}}},
                                 {"SourceParameters", Batch(5)},
                                 {"LogConfiguration", Object{{"Level", "OFF"}}},
                                 {"TargetParameters", Object{{"InputTemplate", "<$.body>"}}}});
  EXPECT_EQ(json::GetString(created, "Arn"), engine.Arn("pipes", "pipe/p"));
  EXPECT_EQ(json::GetString(created, "CurrentState"), "CREATING");
  EXPECT_EQ(json::GetString(created, "DesiredState"), "STOPPED");
  const Object pipe = Describe();
  EXPECT_EQ(json::GetString(pipe, "CurrentState"), "STOPPED");
  EXPECT_EQ(json::GetString(pipe, "Description"), "d");
  EXPECT_EQ(json::GetString(pipe, "RoleArn"), Role());
  EXPECT_EQ(json::Serialize(pipe.at("SourceParameters")),
            R"({"SqsQueueParameters":{"BatchSize":5}})");
  EXPECT_EQ(json::Serialize(pipe.at("TargetParameters")), R"({"InputTemplate":"<$.body>"})");
  EXPECT_EQ(json::Serialize(pipe.at("Tags")), R"({"team":"red"})");
  EXPECT_EQ(engine.CallError("pipes", "CreatePipe", Pipe()), "ConflictException");
}

TEST_F(PipesServiceTest, AnUpdateChangesWhatItNames) {
  Create({{"Description", "d"},
          {"SourceParameters",
           Object{{"FilterCriteria",
                   Object{{"Filters", Array{Object{{"Pattern", R"({"body":["a"]})"}}}}}},
                  {"SqsQueueParameters",
                   Object{{"BatchSize", 7}, {"MaximumBatchingWindowInSeconds", 9}}}}},
          {"TargetParameters", Object{{"InputTemplate", "<$.body>"},
                                      {"SqsQueueParameters", Object{{"MessageGroupId", "g"}}}}}});
  Object pipe = Update({{"SourceParameters", Batch(3)}});
  EXPECT_EQ(json::GetString(pipe, "Description"), "d");
  EXPECT_EQ(json::Serialize(pipe.at("SourceParameters").at("SqsQueueParameters")),
            R"({"BatchSize":3})")
      << "what is left out of a service's parameters is at its default again";
  EXPECT_TRUE(pipe.at("SourceParameters").as_object().contains("FilterCriteria"));
  pipe = Update({{"Target", engine.Arn("events", "event-bus/default")}});
  EXPECT_EQ(json::Serialize(pipe.at("TargetParameters")), R"({"InputTemplate":"<$.body>"})");
  pipe = Update({{"Description", ""}, {"TargetParameters", Object{{"InputTemplate", ""}}}});
  EXPECT_EQ(json::Serialize(pipe.at("TargetParameters")), "{}");
  EXPECT_FALSE(pipe.contains("Description"));
  EXPECT_EQ(engine.CallError("pipes", "UpdatePipe",
                             {{"Name", "p"},
                              {"RoleArn", Role()},
                              {"TargetParameters", Object{{"InputTemplate", "<aws.pipes.no>"}}}}),
            "ValidationException");
  EXPECT_EQ(json::Serialize(Describe().at("TargetParameters")), "{}");
}

TEST_F(PipesServiceTest, ListsByPageAndFilter) {
  for (const char* name : {"a1", "a2", "b1"}) Create({{"Name", name}});
  engine.Call("pipes", "StartPipe", {{"Name", "a2"}});
  EXPECT_EQ(Names(), (Texts{"a1", "a2", "b1"}));
  EXPECT_EQ(Names({{"NamePrefix", "a"}}), (Texts{"a1", "a2"}));
  EXPECT_EQ(Names({{"CurrentState", "RUNNING"}}), Texts{"a2"});
  EXPECT_EQ(Names({{"DesiredState", "STOPPED"}}), (Texts{"a1", "b1"}));
  EXPECT_EQ(Names({{"SourcePrefix", engine.Arn("sqs", "i")}}).size(), 3U);
  EXPECT_TRUE(Names({{"TargetPrefix", engine.Arn("sqs", "i")}}).empty());
  const Object first = engine.Call("pipes", "ListPipes", {{"Limit", 2}});
  EXPECT_EQ(Names({{"NextToken", json::GetString(first, "NextToken")}}), Texts{"b1"});
  EXPECT_EQ(engine.CallError("pipes", "ListPipes", {{"NextToken", "nonsense"}}),
            "ValidationException");
}

TEST_F(PipesServiceTest, TagsGoWithTheirPipe) {
  const std::string arn(json::GetString(Create({{"Tags", Object{{"team", "red"}}}}), "Arn"));
  engine.Call("pipes", "TagResource", {{"resourceArn", arn}, {"tags", Object{{"a", "1"}}}});
  engine.Call("pipes", "UntagResource", {{"resourceArn", arn}, {"tagKeys", Array{"team"}}});
  const auto tags = [&] {
    return json::Serialize(
        engine.Call("pipes", "ListTagsForResource", {{"resourceArn", arn}}).at("tags"));
  };
  EXPECT_EQ(tags(), R"({"a":"1"})");
  const std::string other = engine.Arn("pipes", "other/p");
  EXPECT_NE(engine.CallError("pipes", "ListTagsForResource", {{"resourceArn", other}}), "");
  engine.Call("pipes", "DeletePipe", {{"Name", "p"}});
  EXPECT_EQ(engine.CallError("pipes", "ListTagsForResource", {{"resourceArn", arn}}),
            "NotFoundException");
  Create();
  EXPECT_EQ(tags(), "{}");
}

TEST_F(PipesServiceTest, NothingThere) {
  for (const char* operation : {"DescribePipe", "DeletePipe", "StartPipe", "StopPipe"}) {
    EXPECT_EQ(engine.CallError("pipes", operation, {{"Name", "none"}}), "NotFoundException")
        << operation;
  }
}

TEST_F(PipesServiceTest, RefusesWhatNoPipeCanBeMadeOf) {
  const std::string destination = engine.Arn("events", "api-destination/d/1");
  const Object filter = {
      {"FilterCriteria", Object{{"Filters", Array{Object{{"Pattern", R"({"body": "x"})"}}}}}}};
  const Object refused[] = {
      {{"Source", engine.Arn("kinesis", "stream/s")}},
      {{"Source", "arn:aws:sqs:us-east-2:123456789012:elsewhere"}},
      {{"Target", engine.Arn("kinesis", "stream/s")}},
      {{"Target", engine.Arn("ssm", "document/d")}},
      {{"Target", engine.Arn("sns", "topic.fifo")}},
      {{"Target", "arn:aws:events:us-east-2:123456789012:event-bus/default"}},
      {{"Target", engine.Arn("sqs", "out.fifo")}},
      {{"Enrichment", engine.Arn("sqs", "out")}},
      {{"EnrichmentParameters", Object{{"InputTemplate", "<aws.pipes.nothing>"}}}},
      {{"TargetParameters", Object{{"InputTemplate", "<aws.pipes.nothing>"}}}},
      {{"Target", destination},
       {"TargetParameters",
        Object{{"HttpParameters", Object{{"PathParameterValues", Array{"$.a["}}}}}}},
      {{"RoleArn", Role("none")}},
      Source(filter),
      Source(Batch(11)),
      Source(Batch(11, 1)),  // More than a queue takes.
      {{"Target", engine.Arn("lambda", "function:f")}, {"SourceParameters", Batch(11)}},
      {{"Source", engine.Arn("sqs", "in.fifo")},
       {"Target", engine.Arn("lambda", "function:f")},
       {"SourceParameters", Batch(11, 1)}},
      {{"Target", destination}, {"SourceParameters", Batch(2)}},
      {{"Enrichment", destination}, {"SourceParameters", Batch(2)}},
  };
  for (const Object& more : refused) {
    EXPECT_TRUE(Refusal(more).starts_with("ValidationException: ")) << json::Serialize(more);
  }
  EXPECT_EQ(Refusal({{"Target", engine.Arn("lambda", "function:f")},
                     {"SourceParameters", Batch(100, 1)}}),
            "");
}

TEST_F(PipesServiceTest, WhoeverMakesAPipeMayPassItsRole) {
  engine.Call("iam", "CreateUser", {{"UserName", "u"}});
  const auto allow = [&](const std::string& actions) {
    engine.Call(
        "iam", "PutUserPolicy",
        {{"UserName", "u"},
         {"PolicyName", "p"},
         {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[)" +
                                actions + R"(],"Resource":"*"}]})"}});
  };
  access::Principal user;
  user.kind = access::Principal::Kind::kUser;
  user.account = engine.scope().account;
  user.arn = MakeGlobalArn("iam", engine.scope().account, "user/u");
  allow(R"("pipes:CreatePipe")");
  auto outcome = engine.TryCallAs(user, "pipes", "CreatePipe", Pipe());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error->code(), "AccessDeniedException");
  EXPECT_NE(outcome.error->message().find("iam:PassRole"), std::string::npos);
  allow(R"("pipes:CreatePipe","iam:PassRole")");
  outcome = engine.TryCallAs(user, "pipes", "CreatePipe", Pipe());
  EXPECT_TRUE(outcome.ok()) << outcome.error->message();
}

}  // namespace
}  // namespace riposte::pipes

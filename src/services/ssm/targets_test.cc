// Automations over many targets: how many run at a time, when no more are started, and where.
#include "base/encoding.h"
#include "services/ssm/target_locations.h"
#include "services/ssm/testing/ssm_fixture.h"

namespace riposte::ssm {
namespace {

constexpr const char* kHold = R"({"schemaVersion":"0.3",
  "parameters":{"Id":{"type":"String"}},
  "mainSteps":[{"name":"hold","action":"aws:pause"}]})";

class TargetsTest : public SsmTest {
 protected:
  static Object Values(std::initializer_list<const char*> values) {
    Array list;
    for (const char* value : values) list.emplace_back(value);
    return {{"Key", "ParameterValues"}, {"Values", std::move(list)}};
  }
  std::string StartOver(const std::string& document, Object targets, Object more = {}) {
    Object input{{"DocumentName", document},
                 {"TargetParameterName", document == "Doc" ? "Word" : "Id"},
                 {"Targets", Array{std::move(targets)}}};
    for (const auto& member : more) input[member.key()] = member.value();
    return Start(std::move(input));
  }
  /// "a:Success b:InProgress"
  std::string Targets(const std::string& id) {
    std::string out;
    const Object reply = Run("DescribeAutomationStepExecutions", {{"AutomationExecutionId", id}});
    for (const json::Value& step : reply.at("StepExecutions").as_array()) {
      out += (out.empty() ? "" : " ") + At(step, "StepName") + ":" + At(step, "StepStatus");
    }
    return out;
  }
  std::string ChildOf(const std::string& id, size_t index) {
    return At(Execution(id), "StepExecutions." + std::to_string(index) + ".Outputs.ExecutionId.0");
  }
  void Resume(const std::string& child) {
    Run("SendAutomationSignal", {{"AutomationExecutionId", child}, {"SignalType", "Resume"}});
    loop_.RunUntilIdle();
  }
  std::string Refusal(Object input) {
    const std::string error = ErrorOf("StartAutomationExecution", std::move(input));
    return error.substr(0, error.find(':'));
  }
};

TEST_F(TargetsTest, EachTargetIsAChildWithItsValue) {
  Create("Doc");
  const std::string id = StartOver("Doc", Values({"a", "b", "c"}));
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Targets(id), "a:Success b:Success c:Success");
  const Object execution = Execution(id);
  EXPECT_EQ(At(execution, "ProgressCounters.TotalSteps"), "3");
  EXPECT_EQ(At(execution, "ProgressCounters.SuccessSteps"), "3");
  EXPECT_EQ(At(execution, "TargetParameterName"), "Word");
  EXPECT_EQ(At(execution, "ResolvedTargets.ParameterValues"), R"(["a","b","c"])");
  EXPECT_EQ(At(execution, "StepExecutions.0.Action"), "aws:executeAutomation");
  const Object child = Execution(ChildOf(id, 1));
  EXPECT_EQ(At(child, "Parameters.Word.0"), "b");
  EXPECT_EQ(At(child, "ParentAutomationExecutionId"), id);
}

TEST_F(TargetsTest, ConcurrencyBeginsAtOneAndDoublesUpToTheLimit) {
  Create("Hold", kHold);
  const std::string id =
      StartOver("Hold", Values({"a", "b", "c", "d", "e", "f"}), {{"MaxConcurrency", "3"}});
  EXPECT_EQ(Targets(id), "a:InProgress b:Pending c:Pending d:Pending e:Pending f:Pending");
  Resume(ChildOf(id, 0));
  EXPECT_EQ(Targets(id), "a:Success b:InProgress c:InProgress d:Pending e:Pending f:Pending");
  Resume(ChildOf(id, 1));
  EXPECT_EQ(Targets(id), "a:Success b:Success c:InProgress d:InProgress e:InProgress f:Pending");
  for (const size_t index : {2u, 3u, 4u, 5u}) Resume(ChildOf(id, index));
  EXPECT_EQ(Status(id), "Success");
}

TEST_F(TargetsTest, TooManyErrorsStartNoMore) {
  Create("Doc");
  answer = [](const api::Invocation& call) -> std::optional<api::Outcome> {
    if (json::GetString(call.input, "Message").starts_with("bad")) return Fails("Boom");
    return Ok({{"MessageId", "m"}});
  };
  const auto over = [&](const char* errors) {
    return StartOver("Doc", Values({"bada", "badb", "c", "d"}), {{"MaxErrors", errors}});
  };
  const std::string none = over("0");
  EXPECT_EQ(Status(none), "Failed");
  EXPECT_EQ(Targets(none), "bada:Failed badb:Pending c:Pending d:Pending");
  const std::string one = over("1");
  EXPECT_EQ(Status(one), "Failed");
  EXPECT_EQ(Targets(one), "bada:Failed badb:Failed c:Pending d:Pending");
  const std::string half = over("50%");
  EXPECT_EQ(Status(half), "Success");
  EXPECT_EQ(Targets(half), "bada:Failed badb:Failed c:Success d:Success");
  EXPECT_EQ(At(Execution(half), "ProgressCounters.FailedSteps"), "2");
}

TEST_F(TargetsTest, CancellingCancelsTheChildren) {
  Create("Hold", kHold);
  const std::string id = StartOver("Hold", Values({"a", "b"}));
  const std::string child = ChildOf(id, 0);
  Run("StopAutomationExecution", {{"AutomationExecutionId", id}});
  loop_.RunUntilIdle();
  EXPECT_EQ(Status(id), "Cancelled");
  EXPECT_EQ(Status(child), "Cancelled");
  EXPECT_EQ(Targets(id), "a:Cancelled b:Pending");
}

TEST_F(TargetsTest, AChildSaysItsTarget) {
  Create("Doc");
  const std::string id = StartOver("Doc", Values({"a", "b"}));
  EXPECT_EQ(At(Execution(ChildOf(id, 1)), "Target"), "b");
  EXPECT_FALSE(Execution(id).contains("Target"));
  EXPECT_EQ(At(Execution(id), "StepExecutions.1.Targets"),
            R"([{"Key":"ParameterValues","Values":["b"]}])");
  const Object listed =
      Run("DescribeAutomationExecutions",
          {{"Filters", Array{Object{{"Key", "ParentExecutionId"}, {"Values", Array{id}}}}}});
  EXPECT_EQ(At(listed, "AutomationExecutionMetadataList.0.Target") +
                At(listed, "AutomationExecutionMetadataList.1.Target"),
            "ba");
}

// ── Alarms ──────────────────────────────────────────────────────────────────────────────────

class AlarmedTargetsTest : public TargetsTest {
 protected:
  AlarmedTargetsTest() {
    answer = [this](const api::Invocation& call) -> std::optional<api::Outcome> {
      if (call.operation != "DescribeAlarms") {
        done += (done.empty() ? "" : " ") + call.operation;
        return Ok({{"MessageId", "m"}});
      }
      asked.push_back(call);
      if (alarm.empty()) return Fails("AccessDenied");
      const bool rings = call.scope.region.str() == ringing_region || ringing_region.empty();
      return Ok({{"MetricAlarms",
                  Array{Object{{"AlarmName", "high"}, {"StateValue", rings ? alarm : "OK"}}}}});
    };
    // Cleans up when it is stopped.
    Create("Hold", R"({"schemaVersion":"0.3",
      "parameters":{"Id":{"type":"String"}},
      "mainSteps":[
        {"name":"hold","action":"aws:pause","onCancel":"step:tidy","isEnd":true},
        {"name":"tidy","action":"aws:executeAwsApi","inputs":{"Service":"x","Api":"Tidy"}}]})");
  }
  static Object Alarm(bool ignore = false) {
    return {{"Alarms", Array{Object{{"Name", "high"}}}}, {"IgnorePollAlarmFailure", ignore}};
  }
  std::string StartAlarmed(Object alarm_configuration = Alarm()) {
    return StartOver("Hold", Values({"a", "b", "c"}),
                     {{"AlarmConfiguration", std::move(alarm_configuration)}});
  }
  void Wait(int seconds) {
    loop_.Advance(std::chrono::seconds(seconds));
    loop_.RunUntilIdle();
  }

  std::string alarm = "OK";    ///< State of the alarm; "" when it cannot be read.
  std::string ringing_region;  ///< Where it is in this state; "" everywhere, else OK.
  std::string done;            ///< Other calls.
  std::vector<api::Invocation> asked;
};

TEST_F(AlarmedTargetsTest, AnAlarmThatRingsAtTheStartLetsNothingStart) {
  alarm = "ALARM";
  const std::string id = StartAlarmed();
  const Object execution = Execution(id);
  EXPECT_EQ(Status(id), "Cancelled");
  EXPECT_EQ(Targets(id), "a:Pending b:Pending c:Pending");
  EXPECT_EQ(At(execution, "TriggeredAlarms"), R"([{"Name":"high","State":"ALARM"}])");
  EXPECT_EQ(At(execution, "AlarmConfiguration.Alarms.0.Name"), "high");
  EXPECT_EQ(At(execution, "FailureMessage"), "The alarm is in state ALARM.");
}

TEST_F(AlarmedTargetsTest, AnAlarmThatRingsLaterStopsTheChildrenWithTheirCleanUp) {
  const std::string id = StartAlarmed();
  EXPECT_EQ(Targets(id), "a:InProgress b:Pending c:Pending");
  Wait(15);
  EXPECT_EQ(Status(id), "InProgress");
  Resume(ChildOf(id, 0));
  EXPECT_EQ(Targets(id), "a:Success b:InProgress c:InProgress");
  alarm = "ALARM";
  Wait(15);
  EXPECT_EQ(Status(id), "Cancelled");
  EXPECT_EQ(Targets(id), "a:Success b:Cancelled c:Cancelled");
  EXPECT_EQ(Status(ChildOf(id, 1)), "Cancelled");
  EXPECT_EQ(done, "Tidy Tidy");
  const Object execution = Execution(id);
  EXPECT_EQ(At(execution, "TriggeredAlarms.0.Name"), "high");
  EXPECT_EQ(At(execution, "StepExecutions.1.TriggeredAlarms.0.Name"), "high");
  EXPECT_FALSE(execution.at("StepExecutions").at(0).as_object().contains("TriggeredAlarms"));
  const size_t polls = asked.size();
  Wait(60);  // an execution that has ended asks no more
  EXPECT_EQ(asked.size(), polls);
}

TEST_F(AlarmedTargetsTest, NoFurtherChildStartsOnceItRings) {
  const std::string id = StartAlarmed();
  alarm = "ALARM";
  Wait(15);
  EXPECT_EQ(Targets(id), "a:Cancelled b:Pending c:Pending");
}

TEST_F(AlarmedTargetsTest, AnAlarmThatCannotBeReadCancelsUnlessThatIsIgnored) {
  alarm = "";
  const std::string id = StartAlarmed();
  EXPECT_EQ(Status(id), "Cancelled");
  EXPECT_EQ(At(Execution(id), "TriggeredAlarms"), R"([{"Name":"high","State":"UNKNOWN"}])");
  const std::string ignoring = StartAlarmed(Alarm(true));
  EXPECT_EQ(Targets(ignoring), "a:InProgress b:Pending c:Pending");
}

TEST_F(AlarmedTargetsTest, TheInstancesAreLookedForWhenItIsQuiet) {
  alarm = "ALARM";
  const std::string id = StartOver("Hold", {{"Key", "tag:team"}, {"Values", Array{"blue"}}},
                                   {{"AlarmConfiguration", Alarm()}});
  EXPECT_EQ(Status(id), "Cancelled");
  EXPECT_EQ(done, "");
}

TEST_F(AlarmedTargetsTest, ALocationsAlarmStopsThatLocationAlone) {
  const auto location = [this](const char* region) {
    return Object{{"Accounts", Array{scope_.account.str()}},
                  {"Regions", Array{region}},
                  {"TargetLocationAlarmConfiguration", Alarm()}};
  };
  const std::string id =
      Start({{"DocumentName", "AWS-StopEC2InstanceWithApproval"},
             {"Parameters", Object{{"InstanceId", Array{"i-12345678"}},
                                   {"Approvers", Array{"arn:aws:iam::123456789012:root"}},
                                   {"SNSTopicArn", Array{"arn:aws:sns:us-east-1:1:Automation"}}}},
             {"TargetLocations", Array{location("eu-west-1"), location("us-west-2")}}});
  EXPECT_EQ(Targets(id), "123456789012/eu-west-1:InProgress 123456789012/us-west-2:InProgress");
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].scope.region.str(), "us-west-2");
  alarm = "ALARM";
  ringing_region = "us-west-2";
  Wait(15);
  EXPECT_EQ(Targets(id), "123456789012/eu-west-1:InProgress 123456789012/us-west-2:Cancelled");
  EXPECT_EQ(Status(id), "InProgress");
  const Object execution = Execution(id);
  EXPECT_EQ(At(execution, "StepExecutions.1.TriggeredAlarms"),
            R"([{"Name":"high","State":"ALARM"}])");
  EXPECT_FALSE(execution.contains("TriggeredAlarms"));
  EXPECT_EQ(At(execution, "TargetLocations.0.TargetLocationAlarmConfiguration.Alarms.0.Name"),
            "high");
}

TEST_F(TargetsTest, InstancesAreFoundByTag) {
  Create("Hold", kHold);
  answer = [](const api::Invocation& call) -> std::optional<api::Outcome> {
    EXPECT_EQ(call.operation, "DescribeInstances");
    EXPECT_EQ(At(json::Value(call.input), "Filters.0.Name"), "tag:team");
    return Ok(
        {{"Reservations", Array{Object{{"Instances", Array{Object{{"InstanceId", "i-1"}},
                                                           Object{{"InstanceId", "i-2"}}}}}}}});
  };
  const std::string id = StartOver("Hold", {{"Key", "tag:team"}, {"Values", Array{"blue"}}});
  EXPECT_EQ(Targets(id), "i-1:InProgress i-2:Pending");
  answer = [](const api::Invocation&) { return Ok({{"Reservations", Array{}}}); };
  const std::string none = StartOver("Hold", {{"Key", "tag:team"}, {"Values", Array{"red"}}});
  EXPECT_EQ(Status(none), "Failed");
  EXPECT_EQ(At(Execution(none), "FailureMessage"), "No targets were found.");
}

// ── Resource groups ─────────────────────────────────────────────────────────────────────────

class GroupTargetsTest : public TargetsTest {
 protected:
  GroupTargetsTest() {
    answer = [this](const api::Invocation& call) -> std::optional<api::Outcome> {
      asked.push_back(call);
      if (call.service != "resource-groups") return Ok({{"MessageId", "m"}});
      if (group_error) return Fails("NotFoundException", "Cannot find group: web");
      const bool first = json::GetString(call.input, "NextToken").empty();
      Array found;
      for (const char* arn :
           {first ? "arn:aws:ec2:us-east-1:1:instance/i-1" : "arn:aws:s3:::b-2"}) {
        found.push_back(Object{{"ResourceArn", arn},
                               {"ResourceType", first ? "AWS::EC2::Instance" : "AWS::S3::Bucket"}});
      }
      Object reply{{"ResourceIdentifiers", std::move(found)}};
      if (first) reply["NextToken"] = "bW9yZQ==";
      return Ok(std::move(reply));
    };
    Create("Hold", kHold);
  }
  static Object Group(const char* name) {
    return {{"Key", "ResourceGroup"}, {"Values", Array{name}}};
  }
  void CreateTyped(const std::string& name, const std::string& target_type,
                   const std::string& parameter_type = "String") {
    std::string content = kHold;
    content.replace(content.find("String"), 6, parameter_type);
    Object input{{"Name", name}, {"Content", content}, {"DocumentType", "Automation"}};
    if (!target_type.empty()) input["TargetType"] = target_type;
    Run("CreateDocument", std::move(input));
  }

  bool group_error = false;
  std::vector<api::Invocation> asked;
};

TEST_F(GroupTargetsTest, EachMemberIsATarget) {
  const std::string id = StartOver("Hold", Group("web"), {{"MaxConcurrency", "1"}});
  EXPECT_EQ(Targets(id), "i-1:InProgress b-2:Pending");
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].operation, "ListGroupResources");
  EXPECT_EQ(At(json::Value(asked[0].input), "Group"), "web");
  EXPECT_FALSE(asked[0].input.contains("Filters"));
  EXPECT_EQ(asked[0].principal.arn, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(At(json::Value(asked[1].input), "NextToken"), "bW9yZQ==");
  EXPECT_EQ(At(Execution(ChildOf(id, 0)), "Parameters.Id.0"), "i-1");
  EXPECT_EQ(At(Execution(id), "Targets.0.Values.0"), "web");
}

TEST_F(GroupTargetsTest, TheDocumentsTargetTypeSaysWhichMembers) {
  const auto filter = [this](const std::string& document) {
    asked.clear();
    StartOver(document, Group("web"));
    return At(json::Value(asked.at(0).input), "Filters.0.Values.0");
  };
  CreateTyped("Buckets", "/AWS::S3::Bucket");
  EXPECT_EQ(filter("Buckets"), "AWS::S3::Bucket");
  CreateTyped("Any", "/");
  EXPECT_EQ(filter("Any"), "");
  CreateTyped("ByParameter", "", "AWS::EC2::Instance::Id");
  EXPECT_EQ(filter("ByParameter"), "AWS::EC2::Instance");
}

TEST_F(GroupTargetsTest, TagsFindResourcesOfTheDocumentsType) {
  CreateTyped("Buckets", "/AWS::S3::Bucket");
  StartOver("Buckets", {{"Key", "tag:team"}, {"Values", Array{"blue"}}});
  ASSERT_GE(asked.size(), 1u);
  EXPECT_EQ(asked[0].operation, "SearchResources");
  EXPECT_EQ(At(json::Value(asked[0].input), "ResourceQuery.Query"),
            R"({"ResourceTypeFilters":["AWS::S3::Bucket"],)"
            R"("TagFilters":[{"Key":"team","Values":["blue"]}]})");
  EXPECT_EQ(
      Refusal({{"DocumentName", "Buckets"},
               {"TargetParameterName", "Id"},
               {"Targets", Array{Object{{"Key", "AWS::EC2::Instance"}, {"Values", Array{"*"}}}}}}),
      "InvalidTarget");
}

TEST_F(GroupTargetsTest, AGroupThatIsNotThereFailsTheExecution) {
  group_error = true;
  const std::string id = StartOver("Hold", Group("web"));
  EXPECT_EQ(Status(id), "Failed");
  EXPECT_EQ(At(Execution(id), "FailureMessage"),
            "The targets could not be found: Cannot find group: web");
}

TEST_F(GroupTargetsTest, ExecutionsAreFilteredByTheirGroup) {
  const std::string arn = "arn:aws:resource-groups:us-east-1:123456789012:group/web";
  const std::string by_name = StartOver("Hold", Group("web"));
  const std::string by_arn = StartOver("Hold", Group(arn.c_str()));
  StartOver("Hold", Group("other"));
  StartOver("Hold", Values({"web"}));
  const auto listed = [this](const std::string& group) {
    const Object reply =
        Run("DescribeAutomationExecutions",
            {{"Filters", Array{Object{{"Key", "TargetResourceGroup"}, {"Values", Array{group}}}}}});
    return reply.at("AutomationExecutionMetadataList").as_array().size();
  };
  EXPECT_EQ(listed("web"), 2u);
  EXPECT_EQ(listed(arn), 2u);
  EXPECT_EQ(listed("other"), 1u);
  EXPECT_EQ(listed("nobody"), 0u);
}

TEST_F(TargetsTest, MapsGiveSeveralParametersEach) {
  Create("Doc");
  const std::string id =
      Start({{"DocumentName", "Doc"},
             {"TargetMaps", Array{Object{{"Word", Array{"a"}}}, Object{{"Word", Array{"b"}}}}}});
  EXPECT_EQ(Targets(id), "a:Success b:Success");
}

TEST_F(TargetsTest, LocationsMayLieInAFile) {
  std::string file = R"([{"Accounts": ["123456789012"], "Regions": ["eu-west-1", "us-west-2"]}])";
  invoker_.within = [&](const api::Invocation& call) -> std::optional<api::Outcome> {
    if (At(call.input, "Key") != "places.json") return Fails("AccessDenied", "Access Denied");
    EXPECT_EQ(call.service + ":" + call.operation + " " + At(call.input, "Bucket"),
              "s3:GetObject lists");
    return Ok({{"Body", Base64Encode(file)}});
  };
  const std::string url = "https://lists.s3.us-east-1.amazonaws.com/places.json?X-Amz-Expires=60";
  const Object start{{"DocumentName", "AWS-PublishSNSNotification"},
                     {"Parameters", Object{{"TopicArn", Array{"arn:aws:sns:us-east-1:1:t"}},
                                           {"Message", Array{"m"}}}},
                     {"TargetLocationsURL", url}};
  const std::string id = Start(start);
  EXPECT_EQ(Status(id), "Success") << At(Execution(id), "StepExecutions");
  EXPECT_EQ(Targets(id), "123456789012/eu-west-1:Success 123456789012/us-west-2:Success");
  const Object execution = Execution(id);
  EXPECT_EQ(At(execution, "TargetLocationsURL"), url);
  EXPECT_EQ(At(execution, "TargetLocations"), "");
  const Object all = Run("DescribeAutomationExecutions");
  for (const json::Value& listed : all.at("AutomationExecutionMetadataList").as_array()) {
    EXPECT_EQ(At(listed, "TargetLocationsURL"),
              At(listed, "AutomationExecutionId") == id ? url : "");
  }

  const auto refused = [&](const std::string& with) {
    Object input = start;
    if (with.starts_with("https:")) {
      input["TargetLocationsURL"] = with;
    } else {
      file = with;
    }
    return ErrorOf("StartAutomationExecution", input);
  };
  EXPECT_EQ(refused("https://lists.s3.amazonaws.com/other.json"),
            "InvalidTarget: The target locations can't be read: s3://lists/other.json can't be "
            "read: Access Denied");
  EXPECT_EQ(refused("https://lists.s3.amazonaws.com/"),
            "InvalidTarget: TargetLocationsURL must be the address of a file in an S3 bucket.");
  for (const std::string& bad :
       {std::string("["), std::string(R"({"Accounts": []})"), std::string("[]"), std::string("[1]"),
        std::string(R"([{"Accounts": "123456789012"}])"),
        "[" + std::string(kMaxLocationsBytes, ' ') + "]"}) {
    EXPECT_EQ(refused(bad).substr(0, 14), "InvalidTarget:") << bad.substr(0, 99);
  }
  Object both = start;
  both["TargetLocations"] = Array{Object{{"Regions", Array{"eu-west-1"}}}};
  EXPECT_EQ(ErrorOf("StartAutomationExecution", both),
            "InvalidTarget: Only one of TargetLocations and TargetLocationsURL can be given.");
}

TEST_F(TargetsTest, LocationsRunInOtherRegionsAndAccounts) {
  const auto word = Object{{"Word", Array{"x"}}};
  const Array locations{
      Object{{"Accounts", Array{scope_.account.str()}}, {"Regions", Array{"eu-west-1"}}}};
  // The document must be there, too: shipped ones are everywhere, this one is not.
  Create("Doc");
  const std::string lost =
      Start({{"DocumentName", "Doc"}, {"Parameters", word}, {"TargetLocations", locations}});
  EXPECT_EQ(Status(lost), "Failed");
  EXPECT_NE(At(Execution(lost), "StepExecutions.0.FailureMessage")
                .find("AutomationDefinitionNotFoundException"),
            std::string::npos);

  const Object message{{"TopicArn", Array{"arn:aws:sns:us-east-1:1:t"}}, {"Message", Array{"m"}}};
  const std::string id = Start({{"DocumentName", "AWS-PublishSNSNotification"},
                                {"Parameters", message},
                                {"TargetLocations", locations}});
  EXPECT_EQ(Status(id), "Success") << At(Execution(id), "StepExecutions");
  EXPECT_EQ(At(Execution(id), "StepExecutions.0.TargetLocation.Regions.0"), "eu-west-1");
  EXPECT_EQ(invoker_.calls.back().scope.region.str(), "eu-west-1");
  const Object listed = Run("DescribeAutomationExecutions");
  EXPECT_EQ(At(listed, "AutomationExecutionMetadataList.0.AutomationType"), "CrossAccount");

  // Another account is reached through a role there, or not at all.
  const Array abroad{Object{{"Accounts", Array{"999999999999"}}, {"Regions", Array{"us-east-1"}}}};
  const auto start = [&] {
    return Start({{"DocumentName", "AWS-PublishSNSNotification"},
                  {"Parameters", message},
                  {"TargetLocations", abroad}});
  };
  const std::string refused = start();
  EXPECT_EQ(Status(refused), "Failed");
  EXPECT_NE(At(Execution(refused), "StepExecutions.0.FailureMessage").find("AccessDenied"),
            std::string::npos);
  const Scope home = std::exchange(scope_, {AccountId("999999999999"), scope_.region});
  AddRole("AWS-SystemsManager-AutomationExecutionRole", "ssm.amazonaws.com");
  scope_ = home;
  const std::string done = start();
  EXPECT_EQ(Status(done), "Success") << At(Execution(done), "StepExecutions");
  EXPECT_EQ(invoker_.calls.back().scope.account.str(), "999999999999");
  EXPECT_TRUE(invoker_.calls.back().principal.arn.starts_with(
      "arn:aws:sts::999999999999:assumed-role/AWS-SystemsManager-AutomationExecutionRole/"))
      << invoker_.calls.back().principal.arn;
}

TEST_F(TargetsTest, WhatCannotBeTargetsIsRefused) {
  Create("Doc");
  const auto refusal = [&](Object more) {
    Object input{{"DocumentName", "Doc"}};
    for (const auto& member : more) input[member.key()] = member.value();
    return Refusal(std::move(input));
  };
  const Array values{Values({"a"})};
  EXPECT_EQ(refusal({{"Targets", values}}), "InvalidTarget");
  EXPECT_EQ(refusal({{"Targets", values}, {"TargetParameterName", "Nobody"}}), "InvalidTarget");
  EXPECT_EQ(refusal({{"Targets", values},
                     {"TargetParameterName", "Word"},
                     {"TargetMaps", Array{Object{{"Word", Array{"a"}}}}}}),
            "InvalidTarget");
  for (const Array& groups : {Array{}, Array{"a", "b"}, Array{""}}) {
    EXPECT_EQ(refusal({{"Targets", Array{Object{{"Key", "ResourceGroup"}, {"Values", groups}}}},
                       {"TargetParameterName", "Word"}}),
              "InvalidTarget");
  }
  EXPECT_EQ(refusal({{"Targets", Array{Object{{"Key", "ResourceGroup"}, {"Values", Array{"g"}}},
                                       Object{{"Key", "tag:a"}, {"Values", Array{"b"}}}}},
                     {"TargetParameterName", "Word"}}),
            "InvalidTarget");
  EXPECT_EQ(refusal({{"Targets", Array{Values({"NOT-A-WORD"})}}, {"TargetParameterName", "Word"}}),
            "InvalidAutomationExecutionParametersException");
  EXPECT_EQ(refusal({{"TargetMaps", Array{Object{{"Nobody", Array{"a"}}}}}}), "InvalidTarget");
  EXPECT_EQ(refusal({{"TargetLocations", Array{Object{{"Accounts", Array{"ou-1234"}}}}}}),
            "InvalidTarget");
  EXPECT_EQ(
      refusal({{"Targets", values}, {"TargetParameterName", "Word"}, {"MaxConcurrency", "200%"}}),
      "InvalidAutomationExecutionParametersException");
}

}  // namespace
}  // namespace riposte::ssm

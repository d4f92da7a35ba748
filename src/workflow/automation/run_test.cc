// Runbooks on the real core, over calls that are answered from a table.
#include <gtest/gtest.h>

#include <map>

#include "base/testing/fakes.h"
#include "workflow/automation/document.h"
#include "workflow/automation/language.h"
#include "workflow/automation/view.h"
#include "workflow/engine.h"
#include "workflow/tables.h"
#include "workflow/testing/fakes.h"

namespace riposte::automation {
namespace {

using workflow::Engine;
using workflow::Execution;
using workflow::testing::Fails;
using workflow::testing::FakeInvoker;
using workflow::testing::FakeScripts;
using workflow::testing::Ok;

class Events final : public api::EventSink {
 public:
  void Emit(store::Transaction&, api::Event event) override { events.push_back(std::move(event)); }
  std::vector<api::Event> events;
};

class RunTest : public ::testing::Test {
 protected:
  RunTest() {
    store_ = *store::Store::Open({.path = "", .threaded = false}, Engine::Migrations());
    Boot();
    invoker_.answer = [this](const api::Invocation& call) -> std::optional<api::Outcome> {
      const auto found = answers_.find(call.operation);
      if (found == answers_.end()) return Ok({});
      if (found->second.empty()) return std::nullopt;  // never answers
      api::Outcome outcome = found->second.front();
      if (found->second.size() > 1) found->second.erase(found->second.begin());
      return outcome;
    };
  }
  void Boot() {
    engine_ = std::make_unique<Engine>(Engine::Options{}, *store_, invoker_, loop_, clock_, random_,
                                       log_);
    engine_->AddLanguage(language_);
    engine_->SetScriptRunner(scripts_);
    engine_->SetEventSink(events_);
    engine_->Start();
    loop_.RunUntilIdle();
  }
  std::string Start(std::string_view yaml, std::string_view parameters = "{}",
                    std::string mode = "Auto") {
    auto content = ParseDocumentText(yaml, Format::kYaml);
    EXPECT_TRUE(content.has_value()) << content.error().message;
    const auto document = Document::Load(*content);
    EXPECT_TRUE(document.has_value()) << document.error().message;
    const auto bound =
        BindParameters(*document, json::Parse(parameters)->as_object(),
                       [](std::string_view) -> std::optional<json::Value> { return {}; });
    EXPECT_TRUE(bound.has_value()) << bound.error().message;
    workflow::StartRequest request;
    request.language = "automation";
    request.scope = {AccountId("111122223333"), Region("eu-west-1")};
    request.name = "Doc";
    request.version = "1";
    request.definition = content->as_object();
    request.input = StartInput{*bound, std::move(mode), "arn:aws:iam::111122223333:root"}.ToJson();
    request.principal = access::Principal::Root(request.scope.account);
    request.trace = {"inc-7", 1};
    std::string id;
    store_->WriteAndWait(
        [&](store::Transaction& tx) { id = engine_->Start(tx, std::move(request)).value(); });
    loop_.RunUntilIdle();
    return id;
  }
  Execution Load(const std::string& id) {
    std::optional<Execution> execution;
    store_->Read(
        [&](store::Transaction& tx) { execution = workflow::tables::LoadExecution(tx, id); });
    return execution.value();
  }
  std::string Status(const std::string& id) { return Load(id).status; }
  /// "a:Success b:Failed", in the document's order.
  std::string Steps(const std::string& id) {
    std::string out;
    for (const json::Value& step : DescribeSteps(Load(id))) {
      out += (out.empty() ? "" : " ") + std::string(json::View(step.at("StepName"))) + ":" +
             std::string(json::View(step.at("StepStatus")));
    }
    return out;
  }
  json::Object Step(const std::string& id, std::string_view name) {
    for (const json::Value& step : DescribeSteps(Load(id))) {
      if (json::View(step.at("StepName")) == name) return step.as_object();
    }
    return {};
  }
  std::string Outputs(const std::string& id) {
    return json::Serialize(DescribeExecution(Load(id)).at("Outputs"));
  }
  std::string Failure(const std::string& id) {
    return std::string(json::GetString(DescribeExecution(Load(id)), "FailureMessage"));
  }
  /// "" when the signal was taken, else the error's code.
  std::string Signal(const std::string& id, const std::string& name, json::Object payload = {}) {
    std::string code;
    try {
      store_->WriteAndWait([&](store::Transaction& tx) {
        const auto sent = engine_->Signal(tx, id, name, std::move(payload));
        if (!sent) code = "finished";
      });
    } catch (const api::Error& error) {
      code = error.code();
    }
    loop_.RunUntilIdle();
    return code;
  }
  void Cancel(const std::string& id) {
    store_->WriteAndWait(
        [&](store::Transaction& tx) { ASSERT_TRUE(engine_->Cancel(tx, id).has_value()); });
    loop_.RunUntilIdle();
  }
  std::string Calls() {
    std::string out;
    for (const api::Invocation& call : invoker_.calls) {
      out += (out.empty() ? "" : " ") + call.operation;
    }
    return out;
  }

  riposte::testing::FakeClock clock_;
  riposte::testing::FakeExecutor loop_{clock_};
  riposte::testing::FakeRandom random_;
  telemetry::Log log_{{.silent = true}};
  AutomationLanguage language_{FindApi()};
  Events events_;
  FakeInvoker invoker_{loop_};
  FakeScripts scripts_;
  std::map<std::string, std::vector<api::Outcome>> answers_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Engine> engine_;
};

constexpr std::string_view kTwoCalls = R"(
schemaVersion: '0.3'
parameters: {Id: {type: String}}
mainSteps:
- name: first
  action: aws:executeAwsApi
  inputs: {Service: ec2, Api: First, InstanceIds: ["{{ Id }}"], Note: "of {{ Id }}"}
  outputs:
  - {Name: State, Selector: '$.Items[0].State', Type: String}
  - {Name: All, Selector: '$.Items[*].Id', Type: StringList}
  - {Name: Gone, Selector: $.Gone, Type: String}
- name: second
  action: aws:executeAwsApi
  inputs: {Service: s3, Api: Second, State: "{{ first.State }}", Ids: "{{ first.All }}"}
outputs: [first.State, first.All, first.Gone]
)";

TEST_F(RunTest, OutputsOfOneStepAreInputsOfTheNext) {
  answers_["First"] = {Ok({{"Items", json::Array{json::Object{{"State", "up"}, {"Id", 1}},
                                                 json::Object{{"State", "down"}, {"Id", 2}}}}})};
  const std::string id = Start(kTwoCalls, R"({"Id":["i-1"]})");
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Steps(id), "first:Success second:Success");
  ASSERT_EQ(invoker_.calls.size(), 2u);
  EXPECT_EQ(json::Serialize(invoker_.calls[0].input), R"({"InstanceIds":["i-1"],"Note":"of i-1"})");
  EXPECT_EQ(json::Serialize(invoker_.calls[1].input), R"({"State":"up","Ids":["1","2"]})");
  EXPECT_EQ(invoker_.calls[1].trace.correlation, "inc-7");
  EXPECT_EQ(
      Outputs(id),
      R"({"first.State":["up"],"first.All":["1","2"],"first.Gone":["No output available yet because the step is not successfully executed"]})");
  const json::Object first = Step(id, "first");
  EXPECT_EQ(json::View(first.at("Inputs").at("InstanceIds")), R"(["i-1"])");
  EXPECT_EQ(json::View(first.at("StepExecutionId")).size(), 36u);
}

TEST_F(RunTest, ARestartInTheMiddleGoesOnWithTheSameCall) {
  answers_["First"] = {};
  const std::string id = Start(kTwoCalls, R"({"Id":["i-1"]})");
  EXPECT_EQ(Steps(id), "first:InProgress second:Pending");
  answers_["First"] = {Ok({{"Items", json::Array{json::Object{{"State", "up"}}}}})};
  engine_.reset();
  invoker_.waiting.clear();
  Boot();
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Calls(), "First First Second");
}

TEST_F(RunTest, EventDataNeverBecomesReferencesOrScript) {
  scripts_.answer = [](const workflow::ScriptRequest&) {
    return workflow::ScriptResult{json::Object{{"ok", true}}, "printed\n", {}};
  };
  const std::string id = Start(R"(
schemaVersion: '0.3'
parameters: {Evil: {type: String}, Secret: {type: String, default: s3cr3t}}
mainSteps:
- name: run
  action: aws:executeScript
  inputs:
    Runtime: python3.11
    Handler: f
    Script: "def f(e, c):\n  return '{{ Evil }}'"
    InputPayload: {finding: "{{ Evil }}"}
outputs: [run.Payload, run.ExecutionLog]
)",
                               R"({"Evil":["'); import os # {{ Secret }} \" {\"a\":1}"]})");
  ASSERT_EQ(scripts_.requests.size(), 1u);
  EXPECT_EQ(scripts_.requests[0].script, "def f(e, c):\n  return '{{ Evil }}'");
  EXPECT_EQ(json::Serialize(scripts_.requests[0].payload),
            R"({"finding":"'); import os # {{ Secret }} \" {\"a\":1}"})");
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Outputs(id), R"({"run.Payload":["{\"ok\":true}"],"run.ExecutionLog":["printed\n"]})");
}

TEST_F(RunTest, AFailingScriptShowsItsTraceback) {
  scripts_.answer = [](const workflow::ScriptRequest&) {
    return workflow::ScriptResult{
        {}, "", workflow::ScriptResult::Failure{"KeyError", "Traceback …\nKeyError - 'x'"}};
  };
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: run, action: aws:executeScript, inputs: {Runtime: python3.8, Handler: f, Script: x}}
)");
  EXPECT_EQ(Status(id), "Failed");
  EXPECT_NE(Failure(id).find("KeyError - 'x'"), std::string::npos);
  EXPECT_NE(Failure(id).find("Troubleshooting Guide"), std::string::npos);
}

/// The order of decisions after a step, as a table: which steps run and what comes of it.
TEST_F(RunTest, OrderOfDecisionsTable) {
  const auto call = [](std::string_view name, std::string_view api, std::string_view more = {}) {
    return "- {name: " + std::string(name) +
           ", action: aws:executeAwsApi, inputs: {Service: x, Api: " + std::string(api) + "}" +
           (more.empty() ? "" : ", ") + std::string(more) + "}\n";
  };
  answers_["Bad"] = {Fails("Boom", "broken")};
  const struct {
    std::string steps;
    std::string status;
    std::string outcome;
  } cases[] = {
      {call("a", "Good") + call("b", "Good"), "Success", "a:Success b:Success"},
      {call("a", "Good", "isEnd: true") + call("b", "Good"), "Success", "a:Success b:Pending"},
      {call("a", "Good", "nextStep: c") + call("b", "Good") + call("c", "Good"), "Success",
       "a:Success b:Pending c:Success"},
      {call("a", "Bad") + call("b", "Good"), "Failed", "a:Failed b:Pending"},
      {call("a", "Bad", "onFailure: Continue") + call("b", "Good"), "Success",
       "a:Failed b:Success"},
      {call("a", "Bad", "onFailure: Continue, isCritical: true") + call("b", "Good"), "Failed",
       "a:Failed b:Success"},
      {call("a", "Bad", "onFailure: Continue, isEnd: true") + call("b", "Good"), "Success",
       "a:Failed b:Pending"},
      {call("a", "Bad", "onFailure: Continue, nextStep: c") + call("b", "Good") + call("c", "Good"),
       "Success", "a:Failed b:Success c:Success"},
      {call("a", "Bad", "onFailure: 'step:c'") + call("b", "Good") + call("c", "Good"), "Failed",
       "a:Failed b:Pending c:Success"},
      {call("a", "Bad", "onFailure: 'step:c', isCritical: false") + call("b", "Good") +
           call("c", "Good"),
       "Success", "a:Failed b:Pending c:Success"},
      {call("a", "Bad", "onFailure: 'step:c', isEnd: true, isCritical: false") + call("b", "Good") +
           call("c", "Good"),
       "Success", "a:Failed b:Pending c:Success"},
  };
  for (const auto& c : cases) {
    const std::string id = Start("schemaVersion: '0.3'\nmainSteps:\n" + c.steps);
    EXPECT_EQ(Status(id), c.status) << c.steps;
    EXPECT_EQ(Steps(id), c.outcome) << c.steps;
  }
}

TEST_F(RunTest, AttemptsAreCountedAndTimeLimitsHoldForEach) {
  answers_["Flaky"] = {Fails("Boom"), Fails("Boom"), Ok({})};
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: a, action: aws:executeAwsApi, maxAttempts: 3, inputs: {Service: x, Api: Flaky}}
)");
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(invoker_.calls.size(), 3u);

  answers_["Never"] = {};
  const std::string slow = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: a, action: aws:executeAwsApi, maxAttempts: 2, timeoutSeconds: 10, inputs: {Service: x, Api: Never}}
)");
  loop_.Advance(Millis(10'000));
  EXPECT_EQ(Status(slow), "InProgress");
  loop_.Advance(Millis(10'000));
  EXPECT_EQ(Status(slow), "TimedOut");
  EXPECT_EQ(Steps(slow), "a:TimedOut");
  EXPECT_NE(Failure(slow).find("timed out"), std::string::npos);
}

TEST_F(RunTest, BranchesChooseTheFirstTrueChoice) {
  constexpr std::string_view kDocument = R"(
schemaVersion: '0.3'
parameters: {Os: {type: String}}
mainSteps:
- name: choose
  action: aws:branch
  isEnd: true
  inputs:
    Choices:
    - {NextStep: linux, Variable: "{{ Os }}", StringEquals: Linux}
    - NextStep: windows
      Or:
      - {Variable: "{{ Os }}", StartsWith: Win}
      - {Variable: "{{ Os }}", EqualsIgnoreCase: nt}
    Default: other
- {name: linux, action: aws:sleep, isEnd: true, inputs: {Timestamp: '2020-01-01T00:00:00Z'}}
- {name: windows, action: aws:sleep, isEnd: true, inputs: {Timestamp: '2020-01-01T00:00:00Z'}}
- {name: other, action: aws:sleep, isEnd: true, inputs: {Timestamp: '2020-01-01T00:00:00Z'}}
)";
  EXPECT_EQ(Steps(Start(kDocument, R"({"Os":["Linux"]})")),
            "choose:Success linux:Success windows:Pending other:Pending");
  EXPECT_EQ(Steps(Start(kDocument, R"({"Os":["NT"]})")),
            "choose:Success linux:Pending windows:Success other:Pending");
  EXPECT_EQ(Steps(Start(kDocument, R"({"Os":["BeOS"]})")),
            "choose:Success linux:Pending windows:Pending other:Success");
}

TEST_F(RunTest, ALoopMadeOfBranchesIsStopped) {
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: a, action: aws:sleep, inputs: {Timestamp: '2020-01-01T00:00:00Z'}}
- {name: b, action: aws:branch, inputs: {Choices: [{NextStep: a, Variable: x, StringEquals: x}]}}
)");
  EXPECT_EQ(Status(id), "Failed");
}

TEST_F(RunTest, SleepsWakeOnTimeAlsoAfterARestart) {
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps: [{name: a, action: aws:sleep, inputs: {Duration: PT10M}}]
)");
  loop_.Advance(Millis(599'000));
  EXPECT_EQ(Status(id), "InProgress");
  engine_.reset();
  Boot();
  loop_.Advance(Millis(1000));
  EXPECT_EQ(Status(id), "Success");
}

TEST_F(RunTest, SleepsLastNoLongerWhenTheClockIsSetBackWhileNothingRuns) {
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps: [{name: a, action: aws:sleep, inputs: {Duration: PT10M}}]
)");
  engine_.reset();
  clock_.Set(clock_.Now() - std::chrono::hours(24 * 365));
  Boot();
  loop_.Advance(Millis(599'000));
  EXPECT_EQ(Status(id), "InProgress");
  loop_.Advance(Millis(1000));
  EXPECT_EQ(Status(id), "Success");
}

TEST_F(RunTest, WaitsUntilThePropertyIsAsDesired) {
  answers_["Describe"] = {Ok({{"S", "pending"}}), Ok({{"S", "pending"}}), Ok({{"S", "ready"}})};
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- name: wait
  action: aws:waitForAwsResourceProperty
  timeoutSeconds: 600
  inputs: {Service: x, Api: Describe, PropertySelector: S, DesiredValues: [ready]}
)");
  EXPECT_EQ(Status(id), "InProgress");
  loop_.Advance(Millis(60'000));
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(invoker_.calls.size(), 3u);
  answers_["Describe"] = {Ok({{"S", "pending"}})};
  const std::string slow = Start(R"(
schemaVersion: '0.3'
mainSteps:
- name: wait
  action: aws:waitForAwsResourceProperty
  timeoutSeconds: 600
  inputs: {Service: x, Api: Describe, PropertySelector: S, DesiredValues: [ready]}
)");
  loop_.Advance(Millis(600'000));
  EXPECT_EQ(Status(slow), "TimedOut");
  loop_.Advance(Millis(60'000));
}

TEST_F(RunTest, AssertComparesTextually) {
  answers_["Get"] = {Ok({{"Flag", true}, {"Count", 3}, {"Name", "x"}})};
  const auto check = [&](std::string_view selector, std::string_view desired) {
    return Status(
        Start("schemaVersion: '0.3'\nmainSteps: [{name: a, action: "
              "aws:assertAwsResourceProperty, inputs: {Service: x, Api: Get, "
              "PropertySelector: " +
              std::string(selector) + ", DesiredValues: [" + std::string(desired) + "]}}]"));
  };
  EXPECT_EQ(check("$.Flag", "'True'"), "Success");
  EXPECT_EQ(check("Flag", "'False'"), "Failed");
  EXPECT_EQ(check("$.Count", "'3'"), "Success");
  EXPECT_EQ(check("$.Name", "y, x"), "Success");
  EXPECT_EQ(check("$.Nothing", "x"), "Failed");
}

json::Object Instances(std::string_view state) {
  return {{"Reservations",
           json::Array{json::Object{
               {"Instances",
                json::Array{json::Object{{"InstanceId", "i-1"}, {"State", {{"Name", state}}}}}}}}}};
}

TEST_F(RunTest, ChangesInstanceStateAndWaitsForIt) {
  answers_["DescribeInstances"] = {Ok(Instances("stopping")), Ok(Instances("stopped"))};
  const std::string id = Start(R"(
schemaVersion: '0.3'
parameters: {InstanceId: {type: StringList}}
mainSteps:
- {name: stop, action: aws:changeInstanceState, inputs: {InstanceIds: "{{ InstanceId }}", DesiredState: stopped, Force: true}}
outputs: [stop.InstanceStates]
)",
                               R"({"InstanceId":["i-1"]})");
  loop_.Advance(Millis(5000));
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Calls(), "StopInstances DescribeInstances DescribeInstances");
  EXPECT_EQ(json::Serialize(invoker_.calls[0].input), R"({"InstanceIds":["i-1"],"Force":true})");
  EXPECT_EQ(Outputs(id), R"({"stop.InstanceStates":["stopped"]})");
}

TEST_F(RunTest, RunningMeansThatStatusChecksPassed) {
  answers_["DescribeInstances"] = {Ok(Instances("running"))};
  const auto status = [](std::string_view value) {
    return Ok(
        {{"InstanceStatuses", json::Array{json::Object{{"InstanceStatus", {{"Status", value}}},
                                                       {"SystemStatus", {{"Status", "ok"}}}}}}});
  };
  answers_["DescribeInstanceStatus"] = {status("initializing"), status("ok")};
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: start, action: aws:changeInstanceState, inputs: {InstanceIds: [i-1], DesiredState: running, CheckStateOnly: true}}
)");
  EXPECT_EQ(Status(id), "InProgress");
  loop_.Advance(Millis(5000));
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Calls().find("StartInstances"), std::string::npos);
}

TEST_F(RunTest, MakesAndDeletesImages) {
  answers_["CreateImage"] = {Ok({{"ImageId", "ami-1"}})};
  const auto image = [](std::string_view state) {
    return Ok({{"Images", json::Array{json::Object{
                              {"State", state},
                              {"BlockDeviceMappings",
                               json::Array{json::Object{{"Ebs", {{"SnapshotId", "snap-1"}}}},
                                           json::Object{{"Ebs", {{"SnapshotId", "snap-2"}}}}}}}}}});
  };
  answers_["DescribeImages"] = {image("pending"), image("available")};
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: make, action: aws:createImage, inputs: {InstanceId: i-1, ImageName: "copy_{{ automation:EXECUTION_ID }}", NoReboot: "true"}}
- {name: drop, action: aws:deleteImage, inputs: {ImageId: "{{ make.ImageId }}"}}
)");
  loop_.Advance(Millis(5000));
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Calls(),
            "CreateImage DescribeImages DescribeImages DescribeImages DeregisterImage "
            "DeleteSnapshot DeleteSnapshot");
  EXPECT_EQ(json::GetString(invoker_.calls[0].input, "Name"), "copy_" + id);
}

TEST_F(RunTest, ApprovalNeedsEnoughOfTheNamedPeople) {
  constexpr std::string_view kDocument = R"(
schemaVersion: '0.3'
mainSteps:
- name: ask
  action: aws:approve
  inputs:
    NotificationArn: arn:aws:sns:eu-west-1:111122223333:Automation-x
    Message: Stop it?
    MinRequiredApprovals: 2
    Approvers: [ann, 'arn:aws:iam::111122223333:user/bob', 'arn:aws:iam::111122223333:role/ops']
outputs: [ask.ApprovalStatus]
)";
  const auto as = [](std::string_view arn, std::string_view role = "") {
    return json::Object{{"caller_arn", arn}, {"caller_role_arn", role}, {"Comment", "ok"}};
  };
  const std::string id = Start(kDocument);
  EXPECT_EQ(Status(id), "Waiting");
  EXPECT_EQ(Steps(id), "ask:Waiting");
  EXPECT_EQ(Calls(), "Publish");
  EXPECT_EQ(Signal(id, "Approve", as("arn:aws:iam::111122223333:user/eve")),
            "InvalidAutomationSignalException");
  EXPECT_EQ(Signal(id, "Approve", as("arn:aws:iam::111122223333:user/team/ann")), "");
  EXPECT_EQ(Signal(id, "Approve", as("arn:aws:iam::111122223333:user/team/ann")),
            "InvalidAutomationSignalException");
  EXPECT_EQ(Signal(id, "Resume"), "InvalidAutomationSignalException");
  EXPECT_EQ(Status(id), "Waiting");
  EXPECT_EQ(Signal(id, "Approve",
                   as("arn:aws:sts::111122223333:assumed-role/ops/s",
                      "arn:aws:iam::111122223333:role/ops")),
            "");
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Outputs(id), R"({"ask.ApprovalStatus":["Approved"]})");
  EXPECT_EQ(Signal(id, "Approve"), "finished");

  const std::string rejected = Start(kDocument);
  EXPECT_EQ(Signal(rejected, "Reject", as("arn:aws:iam::111122223333:user/bob")), "");
  EXPECT_EQ(Status(rejected), "Failed");

  const std::string forgotten = Start(kDocument);
  loop_.Advance(std::chrono::hours(24 * 7));
  EXPECT_EQ(Status(forgotten), "TimedOut");
}

TEST_F(RunTest, PauseWaitsForResume) {
  const std::string id = Start("schemaVersion: '0.3'\nmainSteps: [{name: p, action: aws:pause}]");
  EXPECT_EQ(Status(id), "Waiting");
  EXPECT_EQ(Signal(id, "Resume", {{"StepName", "nobody"}}), "AutomationStepNotFoundException");
  EXPECT_EQ(Signal(id, "Resume", {{"StepName", "p"}}), "");
  EXPECT_EQ(Status(id), "Success");
}

TEST_F(RunTest, InteractiveModeStartsEachStepWhenTold) {
  const std::string id = Start(kTwoCalls, R"({"Id":["i"]})", "Interactive");
  EXPECT_EQ(Status(id), "Waiting");
  EXPECT_EQ(Signal(id, "StartStep", {{"StepName", "second"}}), "InvalidAutomationSignalException");
  EXPECT_EQ(Signal(id, "StartStep", {{"StepName", "first"}}), "");
  EXPECT_EQ(Steps(id), "first:Success second:Pending");
  EXPECT_EQ(Signal(id, "Complete"), "");
  EXPECT_EQ(Status(id), "Success");
}

TEST_F(RunTest, CancellingRunsTheCleanUp) {
  answers_["Slow"] = {};
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: work, action: aws:executeAwsApi, onCancel: 'step:tidy', isEnd: true, inputs: {Service: x, Api: Slow}}
- {name: tidy, action: aws:executeAwsApi, nextStep: last, inputs: {Service: x, Api: Tidy}}
- {name: last, action: aws:executeAwsApi, inputs: {Service: x, Api: Last}}
- {name: never, action: aws:executeAwsApi, inputs: {Service: x, Api: Never}}
)");
  Cancel(id);
  EXPECT_EQ(Status(id), "Cancelled");
  EXPECT_EQ(Steps(id), "work:Cancelled tidy:Success last:Success never:Pending");
  EXPECT_EQ(Calls(), "Slow Tidy Last");

  answers_["Tidy"] = {};
  const std::string stuck = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: work, action: aws:pause, onCancel: 'step:tidy', isEnd: true}
- {name: tidy, action: aws:waitForAwsResourceProperty, inputs: {Service: x, Api: Poll, PropertySelector: $.S, DesiredValues: [y]}}
)");
  Cancel(stuck);
  EXPECT_EQ(Status(stuck), "Cancelling");
  EXPECT_EQ(Signal(stuck, "Resume"), "InvalidAutomationSignalException");
  loop_.Advance(Millis(120'000));
  EXPECT_EQ(Status(stuck), "Cancelled");
}

TEST_F(RunTest, VariablesKeepTheirTypeAndConstraints) {
  const std::string id = Start(R"(
schemaVersion: '0.3'
variables:
  count: {type: Integer, default: 1, allowedValues: [1, 2]}
mainSteps:
- {name: set, action: aws:updateVariable, inputs: {Name: 'variable:count', Value: "2"}}
- {name: use, action: aws:executeAwsApi, inputs: {Service: x, Api: Use, N: "{{ variable:count }}"}}
- {name: bad, action: aws:updateVariable, inputs: {Name: 'variable:count', Value: 3}}
outputs: ['variable:count']
)");
  EXPECT_EQ(json::Serialize(invoker_.calls.at(0).input), R"({"N":2})");
  EXPECT_EQ(Steps(id), "set:Success use:Success bad:Failed");
  EXPECT_EQ(Outputs(id), R"({"variable:count":["2"]})");
}

TEST_F(RunTest, LoopsOverIterators) {
  const std::string id = Start(R"(
schemaVersion: '0.3'
parameters: {Groups: {type: StringList}}
mainSteps:
- name: each
  action: aws:loop
  inputs:
    Iterators: "{{ Groups }}"
    Steps:
    - {name: close, action: aws:executeAwsApi, inputs: {Service: ec2, Api: Close, Id: "{{ each.CurrentIteratorValue }}", N: "{{ each.CurrentIteration }}"}}
    - {name: note, action: aws:executeAwsApi, inputs: {Service: ec2, Api: Note}}
- {name: after, action: aws:executeAwsApi, inputs: {Service: ec2, Api: After}}
)",
                               R"({"Groups":["sg-1","sg-2"]})");
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Calls(), "Close Note Close Note After");
  EXPECT_EQ(json::Serialize(invoker_.calls[2].input), R"({"Id":"sg-2","N":2})");
  EXPECT_EQ(Steps(id),
            "each:Success close:Success note:Success close:Success note:Success after:Success");
  const json::Object close = Step(id, "close");
  EXPECT_EQ(json::Serialize(close.at("ParentStepDetails").at("IteratorValue")), R"("sg-1")");
}

TEST_F(RunTest, LoopsUntilAConditionAndEndWithAFailingInnerStep) {
  answers_["Get"] = {Ok({{"S", "no"}}), Ok({{"S", "no"}}), Ok({{"S", "yes"}})};
  constexpr std::string_view kDocument = R"(
schemaVersion: '0.3'
mainSteps:
- name: again
  action: aws:loop
  inputs:
    LoopCondition: {Not: {Variable: "{{ get.S }}", StringEquals: "yes"}}
    MaxIterations: 5
    Steps:
    - name: get
      action: aws:executeAwsApi
      inputs: {Service: x, Api: Get}
      outputs: [{Name: S, Selector: $.S, Type: String}]
- {name: after, action: aws:executeAwsApi, inputs: {Service: x, Api: After}}
)";
  EXPECT_EQ(Status(Start(kDocument)), "Success");
  EXPECT_EQ(Calls(), "Get Get Get After");
  answers_["Get"] = {Ok({{"S", "no"}})};
  invoker_.calls.clear();
  EXPECT_EQ(Status(Start(kDocument)), "Success");
  EXPECT_EQ(Calls(), "Get Get Get Get Get After");
  answers_["Get"] = {Fails("Boom")};
  const std::string failed = Start(kDocument);
  EXPECT_EQ(Steps(failed), "again:Failed get:Failed after:Pending");
  EXPECT_EQ(Status(failed), "Failed");
}

TEST_F(RunTest, ChildExecutionsAreAwaited) {
  const std::string child =
      Start("schemaVersion: '0.3'\nmainSteps: [{name: p, action: aws:pause}]");
  answers_["StartAutomationExecution"] = {Ok({{"AutomationExecutionId", child}})};
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- name: child
  action: aws:executeAutomation
  inputs: {DocumentName: Kid, RuntimeParameters: {A: x, B: [1, 2], C: {k: v}}}
outputs: [child.Status]
)");
  EXPECT_EQ(
      json::Serialize(invoker_.calls.at(0).input),
      R"({"DocumentName":"Kid","Parameters":{"A":["x"],"B":["1","2"],"C":["{\"k\":\"v\"}"]}})");
  EXPECT_EQ(Status(id), "InProgress");
  EXPECT_EQ(json::GetString(DescribeExecution(Load(child)), "ParentAutomationExecutionId"), id);
  Signal(child, "Resume");
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Outputs(id), R"({"child.Status":["Success"]})");
}

TEST_F(RunTest, CancellingAParentCancelsItsChild) {
  const std::string child =
      Start("schemaVersion: '0.3'\nmainSteps: [{name: p, action: aws:pause}]");
  answers_["StartAutomationExecution"] = {Ok({{"AutomationExecutionId", child}})};
  const std::string id = Start(
      "schemaVersion: '0.3'\nmainSteps: [{name: c, action: aws:executeAutomation, inputs: "
      "{DocumentName: Kid}}]");
  Cancel(id);
  EXPECT_EQ(Status(id), "Cancelled");
  EXPECT_EQ(Status(child), "Cancelled");
}

TEST_F(RunTest, FunctionsAreInvokedWithTheirPayloadAndErrorsFail) {
  answers_["Invoke"] = {
      Ok({{"StatusCode", 200}, {"Payload", "eyJhIjoxfQ=="}}),
      Ok({{"StatusCode", 200}, {"FunctionError", "Unhandled"}, {"Payload", "e30="}})};
  constexpr std::string_view kDocument = R"(
schemaVersion: '0.3'
mainSteps:
- {name: f, action: aws:invokeLambdaFunction, inputs: {FunctionName: fn, InputPayload: {x: 1}}}
outputs: [f.Payload, f.StatusCode]
)";
  const std::string id = Start(kDocument);
  EXPECT_EQ(json::GetString(invoker_.calls.at(0).input, "Payload"), "eyJ4IjoxfQ==");
  EXPECT_EQ(Outputs(id), R"({"f.Payload":["{\"a\":1}"],"f.StatusCode":["200"]})");
  EXPECT_EQ(Status(Start(kDocument)), "Failed");
}

TEST_F(RunTest, TagsEc2AndOtherResources) {
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: a, action: aws:createTags, inputs: {ResourceIds: [i-1], Tags: [{Key: k, Value: v}]}}
- {name: b, action: aws:createTags, inputs: {ResourceType: Parameter, ResourceIds: [p, q], Tags: [{Key: k, Value: v}]}}
)");
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(Calls(), "CreateTags AddTagsToResource AddTagsToResource");
}

TEST_F(RunTest, StatusChangesAreAnnouncedWithTheTrace) {
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps: [{name: a, action: aws:executeAwsApi, inputs: {Service: x, Api: Good}}]
)");
  std::string told;
  for (const api::Event& event : events_.events) {
    const json::Object& detail = event.detail.as_object();
    told += std::string(json::GetString(detail, "StepName", "-")) + ":" +
            std::string(json::GetString(detail, "Status")) + " ";
    EXPECT_EQ(event.source, "aws.ssm");
    EXPECT_EQ(event.trace.correlation, "inc-7");
    EXPECT_EQ(json::GetString(detail, "ExecutionId"), id);
  }
  EXPECT_EQ(told, "-:InProgress a:InProgress a:Success -:Success ");
  EXPECT_EQ(events_.events.back().detail_type,
            "EC2 Automation Execution Status-change Notification");
  EXPECT_EQ(events_.events.back().resources.at(1),
            "arn:aws:ssm:eu-west-1:111122223333:automation-definition/Doc:1");
  EXPECT_EQ(json::GetString(events_.events.back().detail.as_object(), "EndTime"),
            "Jan 1, 2026 12:00:00 AM");
}

TEST_F(RunTest, AReferenceWithoutValueFailsTheStep) {
  answers_["Bad"] = {Fails("Boom")};
  const std::string id = Start(R"(
schemaVersion: '0.3'
mainSteps:
- {name: a, action: aws:executeAwsApi, onFailure: Continue, inputs: {Service: x, Api: Bad}}
- {name: b, action: aws:executeAwsApi, inputs: {Service: x, Api: Good, V: "{{ a.Out }}"}}
)");
  EXPECT_EQ(Steps(id), "a:Failed b:Failed");
  EXPECT_NE(Failure(id).find("a.Out"), std::string::npos);
  EXPECT_EQ(Calls(), "Bad");
}

}  // namespace
}  // namespace riposte::automation

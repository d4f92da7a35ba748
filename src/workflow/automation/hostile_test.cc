// Values full of other languages, through everything that a runbook hands values to: each arrives
// byte for byte, as data. And documents that want to be too much.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "base/encoding.h"
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
using workflow::testing::Ok;

constexpr const char* kValues = "src/workflow/automation/testing/hostile_values.json";
constexpr size_t kLeastValues = 200;
/// The script is text of the document: nothing is ever put into it, however it looks.
constexpr const char* kScript = "def h(e, c):\n  return '{{ V }}'  # not a reference\n";

constexpr const char* kRunbook = R"(
schemaVersion: '0.3'
parameters: {V: {type: String}, Same: {type: String}}
variables: {Kept: {type: String}}
outputs: [measure.Text, 'variable:Kept', ask.ApprovalStatus]
mainSteps:
- name: measure
  action: aws:executeScript
  inputs:
    Runtime: python3.11
    Handler: h
    Script: "def h(e, c):\n  return '{{ V }}'  # not a reference\n"
    InputPayload: {whole: "{{ V }}", within: "<{{ V }}>", deep: [{list: ["{{ V }}"]}]}
  outputs: [{Name: Text, Selector: $.Payload.whole, Type: String}]
- {name: call, action: aws:executeAwsApi, inputs: {Service: svc, Api: Do, Text: "{{ V }}", Of: "{{ measure.Text }}", Twice: "{{ V }}{{ V }}"}}
- {name: keep, action: aws:updateVariable, inputs: {Name: 'variable:Kept', Value: "{{ measure.Text }}"}}
- {name: hook, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: "{{ variable:Kept }}"}}
- {name: fun, action: aws:invokeLambdaFunction, inputs: {FunctionName: f, InputPayload: {v: "{{ V }}"}}}
- name: branch
  action: aws:branch
  inputs:
    Choices:
    - {NextStep: wrong, Not: {Variable: "{{ V }}", StringEquals: "{{ Same }}"}}
    - {NextStep: ask, Variable: "<{{ V }}>", Contains: "{{ measure.Text }}"}
- {name: wrong, action: aws:executeAwsApi, inputs: {Service: svc, Api: Wrong}}
- name: ask
  action: aws:approve
  inputs: {Approvers: ['arn:aws:iam::111122223333:root'], NotificationArn: 'arn:aws:sns:eu-west-1:111122223333:Automation', Message: "{{ V }}"}
- {name: kid, action: aws:executeAutomation, inputs: {DocumentName: Kid, RuntimeParameters: {P: "{{ V }}"}}}
)";

json::Array Values() {
  std::ifstream file(kValues);
  std::stringstream text;
  text << file.rdbuf();
  return json::Parse(text.str())->as_array();
}

class HostileTest : public ::testing::Test {
 protected:
  HostileTest() {
    store_ = *store::Store::Open({.path = "", .threaded = false}, Engine::Migrations());
    engine_ = std::make_unique<Engine>(Engine::Options{}, *store_, invoker_, loop_, clock_, random_,
                                       log_);
    engine_->AddLanguage(language_);
    engine_->SetScriptRunner(scripts_);
    engine_->Start();
    scripts_.answer = [](const workflow::ScriptRequest& request) {
      return workflow::ScriptResult{request.payload, "printed", {}};
    };
    invoker_.answer = [](const api::Invocation& call) -> std::optional<api::Outcome> {
      if (call.operation == "InvokeWebhook") return Ok({{"ResponseCode", 200}, {"Response", ""}});
      if (call.operation == "Invoke") return Ok({{"StatusCode", 200}, {"Payload", "e30="}});
      return Ok({});
    };
    loop_.RunUntilIdle();
    content_ = ParseDocumentText(kRunbook, Format::kYaml)->as_object();
    document_ = std::make_unique<Document>(*Document::Load(content_));
  }
  std::string Start(std::string_view value) {
    const json::Object given{{"V", json::Array{value}}, {"Same", json::Array{value}}};
    const auto bound = BindParameters(
        *document_, given, [](std::string_view) { return std::optional<json::Value>(); });
    if (!bound) throw std::runtime_error(bound.error().message);
    workflow::StartRequest request;
    request.language = kLanguageName;
    request.scope = {AccountId("111122223333"), Region("eu-west-1")};
    request.name = "Doc";
    request.version = "1";
    request.definition = content_;
    StartInput input;
    input.parameters = *bound;
    request.input = input.ToJson();
    request.principal = access::Principal::Root(request.scope.account);
    std::string id;
    store_->WriteAndWait(
        [&](store::Transaction& tx) { id = engine_->Start(tx, std::move(request)).value(); });
    loop_.RunUntilIdle();
    return id;
  }
  /// The only call of this name since the last look.
  json::Object CallOf(const std::string& operation) {
    json::Object input;
    int count = 0;
    for (const api::Invocation& call : invoker_.calls) {
      if (call.operation != operation) continue;
      input = call.input;
      ++count;
    }
    EXPECT_EQ(count, 1) << operation;
    return input;
  }
  json::Object Execution(const std::string& id) {
    std::optional<workflow::Execution> execution;
    store_->Read(
        [&](store::Transaction& tx) { execution = workflow::tables::LoadExecution(tx, id); });
    return DescribeExecution(*execution);
  }

  riposte::testing::FakeClock clock_;
  riposte::testing::FakeExecutor loop_{clock_};
  riposte::testing::FakeRandom random_;
  telemetry::Log log_{{.silent = true}};
  workflow::testing::FakeInvoker invoker_{loop_};
  workflow::testing::FakeScripts scripts_;
  AutomationLanguage language_{FindApi()};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Engine> engine_;
  json::Object content_;
  std::unique_ptr<Document> document_;
};

TEST_F(HostileTest, ValuesArriveByteForByteEverywhere) {
  const json::Array values = Values();
  ASSERT_GE(values.size(), kLeastValues);
  for (const json::Value& entry : values) {
    const std::string value(json::View(entry));
    SCOPED_TRACE(json::Serialize(entry));
    scripts_.requests.clear();
    invoker_.calls.clear();
    const std::string id = Start(value);

    ASSERT_EQ(scripts_.requests.size(), 1u);
    EXPECT_EQ(scripts_.requests[0].script, kScript);
    EXPECT_EQ(scripts_.requests[0].payload,
              (json::Value{{"whole", value},
                           {"within", "<" + value + ">"},
                           {"deep", {{{"list", json::Array{value}}}}}}));
    const json::Object call = CallOf("Do");
    EXPECT_EQ(json::GetString(call, "Text"), value);
    EXPECT_EQ(json::GetString(call, "Of"), value);
    EXPECT_EQ(json::GetString(call, "Twice"), value + value);
    EXPECT_EQ(json::GetString(CallOf("InvokeWebhook"), "Body"), value);
    const auto payload = Base64Decode(json::GetString(CallOf("Invoke"), "Payload"));
    ASSERT_TRUE(payload.has_value());
    EXPECT_EQ(*json::Parse(*payload), (json::Value{{"v", value}}));
    const std::string message(json::GetString(CallOf("Publish"), "Message"));
    EXPECT_NE(message.find("\n" + value + "\nWhat would run:\n"), std::string::npos) << message;

    store_->WriteAndWait([&](store::Transaction& tx) {
      EXPECT_TRUE(
          engine_
              ->Signal(tx, id, "Approve",
                       {{"Comment", value}, {"caller_arn", "arn:aws:iam::111122223333:root"}})
              .has_value());
    });
    loop_.RunUntilIdle();
    EXPECT_EQ(CallOf("StartAutomationExecution").at("Parameters"),
              (json::Value{{"P", json::Array{value}}}));

    const json::Object execution = Execution(id);
    EXPECT_EQ(execution.at("Parameters").at("V"), json::Value(json::Array{value}));
    std::string shown;
    for (const json::Value& step : execution.at("StepExecutions").as_array()) {
      if (json::View(step.at("StepName")) != "ask") continue;
      shown = json::View(step.at("Outputs").at("ApproverDecisions").at(0));
      EXPECT_EQ(step.at("Inputs").at("Message"), json::Value(json::Serialize(json::Value(value))));
    }
    const auto decision = json::Parse(shown);
    ASSERT_TRUE(decision.has_value()) << shown;
    EXPECT_NE(json::Serialize(*decision).find(json::Serialize(json::Value(value))),
              std::string::npos);
  }
}

TEST_F(HostileTest, OutputsOfADocumentAreTheValues) {
  // The child's start is never answered above: here the runbook has none.
  content_["mainSteps"].as_array().resize(4);
  content_["outputs"] = json::Array{"measure.Text", "variable:Kept"};
  document_ = std::make_unique<Document>(*Document::Load(content_));
  for (const json::Value& entry : Values()) {
    const json::Object execution = Execution(Start(json::View(entry)));
    ASSERT_EQ(json::GetString(execution, "AutomationExecutionStatus"), "Success") << entry;
    for (const char* name : {"measure.Text", "variable:Kept"}) {
      EXPECT_EQ(execution.at("Outputs").at(name), json::Value(json::Array{entry}));
    }
  }
}

TEST(HostileLogTest, AValueIsOneFieldOfOneLine) {
  const json::Array values = Values();
  ::testing::internal::CaptureStderr();
  {
    const telemetry::Log log({.as_json = true});
    for (const json::Value& value : values) log.Info("a value", {{"value", json::View(value)}});
  }
  std::istringstream lines(::testing::internal::GetCapturedStderr());
  std::string line;
  for (const json::Value& value : values) {
    ASSERT_TRUE(std::getline(lines, line)) << value;
    const auto record = json::Parse(line);
    ASSERT_TRUE(record.has_value()) << line;
    EXPECT_EQ(record->at("value"), value);
  }
  EXPECT_FALSE(std::getline(lines, line)) << line;

  ::testing::internal::CaptureStderr();
  {
    const telemetry::Log log({});
    for (const json::Value& value : values) log.Info("a value", {{"value", json::View(value)}});
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(text, '\n'), static_cast<std::ptrdiff_t>(values.size()));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

// ── Documents ───────────────────────────────────────────────────────────────────────────────

std::string Refusal(const Result<json::Value>& content) {
  if (!content) return content.error().detail + ": " + content.error().message;
  const auto document = Document::Load(*content);
  return document ? "" : document.error().detail + ": " + document.error().message;
}

// A hundred thousand of anything is looked at once at most: these tests end at all.
TEST(HostileDocumentTest, TooMuchIsRefused) {
  constexpr int kMany = 100'000;
  std::string steps = "schemaVersion: '0.3'\nmainSteps:\n";
  std::string json = R"({"schemaVersion":"0.3","mainSteps":[)";
  for (int i = 0; i < kMany; ++i) {
    const std::string name = "s" + std::to_string(i);
    if (i < kMany / 10) steps += "- {name: " + name + ", action: 'aws:pause'}\n";  // slow to read
    json += std::string(i > 0 ? "," : "") + R"({"name":")" + name + R"(","action":"aws:pause"})";
  }
  EXPECT_NE(Refusal(ParseDocumentText(steps, Format::kYaml)), "");
  EXPECT_EQ(Refusal(ParseDocumentText(json + "]}", Format::kJson)),
            "InvalidDocumentContent: The document has too many steps.");

  const auto with = [](const std::string& member, const std::string& value) {
    return Refusal(ParseDocumentText(R"({"schemaVersion":"0.3",)"
                                     R"("mainSteps":[{"name":"a","action":"aws:pause"}],")" +
                                         member + "\":" + value + "}",
                                     Format::kJson));
  };
  std::string parameters = "{";
  std::string outputs = "[";
  for (int i = 0; i < kMany; ++i) {
    const std::string name = std::to_string(i);
    parameters += std::string(i > 0 ? "," : "") + "\"p" + name + R"(":{"type":"String"})";
    outputs += std::string(i > 0 ? "," : "") + "\"nobody" + name + ".x\"";
  }
  EXPECT_TRUE(with("parameters", parameters + "}").starts_with("InvalidDocumentContent"));
  EXPECT_TRUE(with("outputs", outputs + "]").starts_with("InvalidDocumentContent"));
  EXPECT_TRUE(with("description", std::string(kMany, '[') + std::string(kMany, ']'))
                  .starts_with("InvalidDocumentContent"));
}

TEST(HostileDocumentTest, AMegabyteOfBracesHoldsNoReferences) {
  for (const char* piece : {"{{", "}}", "{{ a ", "{{ {{ }} }}", "{{}}", "{ {", "{{ a.b.c.d.e }}"}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    const json::Value content{{"schemaVersion", "0.3"},
                              {"mainSteps",
                               {{{"name", "a"},
                                 {"action", "aws:executeAwsApi"},
                                 {"inputs", {{"Service", "s"}, {"Api", "A"}, {"Text", text}}}}}}};
    (void)Refusal(content);  // refused or not: it comes to an end
  }
}

}  // namespace
}  // namespace riposte::automation

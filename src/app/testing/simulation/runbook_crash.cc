#include "app/testing/simulation/runbook_crash.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "app/testing/simulation/world.h"
#include "store/testing/fault_vfs.h"
#include "workflow/tables.h"

namespace riposte::app::testing::simulation {
namespace {

using json::Array;
using json::Object;
using std::chrono::seconds;
using store::testing::FaultVfs;
using Kind = World::Reply::Kind;

/// What an effect is known by at its target: the Body of a webhook, the `id` of a script's payload.
constexpr char kRunbook[] = R"(
schemaVersion: '0.3'
parameters: {Word: {type: String}}
variables: {Count: {type: Integer, default: 0}}
outputs: [measure.Payload, kid.Output, tell9.Response, 'variable:Count', again.inside.Payload]
mainSteps:
- {name: tell1, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: "tell1 {{ Word }}"}}
- {name: tell2, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: tell2}}
- name: measure
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: h, Script: x, InputPayload: {id: measure, word: "{{ Word }}"}}
- {name: wait1, action: aws:sleep, inputs: {Duration: PT30S}}
- {name: tell3, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: "tell3 {{ tell2.Response }}"}}
- name: make
  action: aws:executeAwsApi
  inputs: {Service: ec2, Api: CreateVolume, Size: 1, AvailabilityZone: eu-west-1a}
  outputs: [{Name: Size, Selector: $.Size, Type: Integer}]
- {name: ask, action: aws:approve, inputs: {Approvers: ['arn:aws:iam::123456789012:root'], Message: "{{ Word }}?"}}
- {name: tell4, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: tell4}}
- {name: count1, action: aws:updateVariable, inputs: {Name: 'variable:Count', Value: 1}}
- name: choose
  action: aws:branch
  inputs:
    Choices:
    - {NextStep: wrong, Variable: "{{ variable:Count }}", NumericEquals: 7}
    - {NextStep: tell5, Variable: "{{ make.Size }}", NumericEquals: 1}
- {name: wrong, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: wrong}, isEnd: true}
- {name: tell5, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: tell5}}
- name: again
  action: aws:loop
  inputs:
    Iterators: [a, b, c]
    IteratorDataType: String
    Steps:
    - {name: call, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: "call {{ again.CurrentIteratorValue }}"}}
    - name: inside
      action: aws:executeScript
      inputs: {Runtime: python3.11, Handler: h, Script: x, InputPayload: {id: "inside {{ again.CurrentIteratorValue }}"}}
- {name: tell6, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: tell6}}
- name: kid
  action: aws:executeAutomation
  inputs: {DocumentName: Kid, RuntimeParameters: {Word: "{{ Word }}"}}
- {name: tell7, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: tell7}}
- name: shaky
  action: aws:executeScript
  maxAttempts: 2
  inputs: {Runtime: python3.11, Handler: h, Script: x, InputPayload: {id: shaky}}
- name: broken
  action: aws:executeScript
  onFailure: step:mend
  isCritical: false
  inputs: {Runtime: python3.11, Handler: h, Script: x, InputPayload: {id: broken}}
- {name: skipped, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: skipped}}
- {name: mend, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: mend}}
- {name: count2, action: aws:updateVariable, inputs: {Name: 'variable:Count', Value: 2}}
- {name: hold, action: aws:pause, timeoutSeconds: 60, onFailure: Continue}
- name: check
  action: aws:assertAwsResourceProperty
  inputs: {Service: ssm, Api: GetParameter, Name: word, PropertySelector: $.Parameter.Value, DesiredValues: [yes-it-is]}
- name: until
  action: aws:waitForAwsResourceProperty
  inputs: {Service: ssm, Api: GetParameter, Name: word, PropertySelector: $.Parameter.Value, DesiredValues: [yes-it-is]}
- {name: wait2, action: aws:sleep, inputs: {Duration: PT1M}}
- {name: tell8, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: tell8}}
- {name: tell9, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: "tell9 {{ measure.Payload }}"}}
- name: last
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: h, Script: x, InputPayload: {id: last}}
)";
constexpr char kKid[] = R"(
schemaVersion: '0.3'
parameters: {Word: {type: String}}
outputs: [kid2.Payload]
mainSteps:
- {name: kid1, action: aws:invokeWebhook, inputs: {IntegrationName: hook, Body: "kid1 {{ Word }}"}}
- {name: nap, action: aws:sleep, inputs: {Duration: PT20S}}
- name: kid2
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: h, Script: x, InputPayload: {id: kid2}}
)";
/// What targets get, in order.
const std::vector<std::string>& Effects() {
  static const std::vector<std::string> effects = {
      "tell1 it's", "tell2",
      "measure",    "tell3 heard tell2",
      "tell4",      "tell5",
      "call a",     "inside a",
      "call b",     "inside b",
      "call c",     "inside c",
      "tell6",      "kid1 it's",
      "kid2",       "tell7",
      "shaky",      "shaky",
      "broken",     "mend",
      "tell8",      R"(tell9 {"id":"measure","word":"it's"})",
      "last"};
  return effects;
}

/// What came to targets, and whether it should have.
class Arrivals {
 public:
  explicit Arrivals(World& world) : world_(world) {}

  void Came(const std::string& label, const std::string& token) {
    world_.Note("came " + label);
    if (token.empty()) throw Violation(label + " came without a token");
    if (!IsOwed(token)) throw Violation(label + " came and was not owed");
    if (!seen_.empty() && seen_.back().token == token) {  // once more
      if (seen_.back().label != label) throw Violation(label + " took the token of another");
      if (seen_.back().restarts == world_.restarts()) throw Violation(label + " came twice");
      if (seen_.back().recorded) throw Violation(label + " came again after its outcome");
      seen_.back().restarts = world_.restarts();
      return;
    }
    for (const Seen& seen : seen_) {
      if (seen.token == token) throw Violation(label + " came again, later");
    }
    if (seen_.size() >= Effects().size() || Effects()[seen_.size()] != label) {
      throw Violation(label + " came out of turn");
    }
    seen_.push_back({label, token, world_.restarts(), false});
    world_.Defer([this, at = seen_.size() - 1] { seen_[at].recorded = true; });
  }
  void Check() const {
    if (seen_.size() != Effects().size()) {
      throw Violation(Effects()[seen_.size()] + " never came");
    }
  }
  /// How often this has come, repeats not counted.
  [[nodiscard]] int64_t Count(const std::string& label) const {
    return std::ranges::count(seen_, label, &Seen::label);
  }

 private:
  struct Seen {
    std::string label;
    std::string token;
    int restarts = 0;
    bool recorded = false;
  };
  /// As far as the store knows, what an engine goes by that starts now.
  [[nodiscard]] bool IsOwed(const std::string& token) const {
    int64_t rows = 0;
    world_.harness->engine().store().Read([&](store::Transaction& tx) {
      rows = std::ranges::count(workflow::tables::EverythingOwed(tx), token,
                                [](const auto& effect) { return effect->token; });
    });
    return rows == 1;
  }
  World& world_;
  std::vector<Seen> seen_;
};

class Life {
 public:
  explicit Life(const std::string& folder) : world_({.seed = 1, .folder = folder}) {
    world_.on_request = [this](const http::OutgoingRequest& request,
                               http::Client::Completion done) {
      arrivals_.Came(request.body, std::string(request.headers.Get("Idempotency-Key")));
      done(http::Response{200, {}, "heard " + request.body});
    };
    world_.on_script = [this](const functions::ScriptJob& job) {
      const std::string id(json::GetString(job.input.as_object(), "id"));
      const json::Object* context = json::GetObject(job.context.as_object(), "automation");
      arrivals_.Came(id, std::string(json::GetString(*context, "IDEMPOTENCY_TOKEN")));
      if (id == "broken" || (id == "shaky" && arrivals_.Count("shaky") == 1)) {
        return functions::ScriptResult{.failure = "KeyError: 'x'", .failure_type = "KeyError"};
      }
      return functions::ScriptResult{.ok = true, .payload = job.input};
    };
  }

  /// What it came to.
  std::string Play() {
    const std::string id = Start();
    for (int round = 0; round < 200; ++round) {
      const Object execution = Get(id);
      const std::string status(json::GetString(execution, "AutomationExecutionStatus"));
      if (json::Find(execution, "ExecutionEndTime")) {
        arrivals_.Check();
        CheckWhatIsThereOnce(id);
        return Shown(execution);
      }
      if (status == "Waiting" && json::GetString(execution, "CurrentStepName") == "ask") {
        (void)world_.Call("ssm", "SendAutomationSignal",
                          {{"AutomationExecutionId", id}, {"SignalType", "Approve"}});
      }
      world_.Advance(seconds(5));
    }
    throw Violation("the execution does not end");
  }
  [[nodiscard]] int restarts() const { return world_.restarts(); }

 private:
  /// A client that does not know whether its call was done makes it again.
  std::string Start() {
    const Object input{{"DocumentName", "Everything"},
                       {"ClientToken", "0f0f0f0f-0000-4000-8000-000000000001"},
                       {"Parameters", Object{{"Word", Array{"it's"}}}}};
    for (int i = 0; i < 5; ++i) {
      const auto reply = world_.Call("ssm", "StartAutomationExecution", input);
      if (reply.kind == Kind::kDone) {
        return std::string(json::GetString(reply.output, "AutomationExecutionId"));
      }
      if (reply.kind == Kind::kRefused) throw Violation("not started: " + reply.error);
    }
    throw Violation("not started");
  }
  Object Get(const std::string& id) {
    const auto reply =
        world_.Call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}});
    const Object* execution = json::GetObject(reply.output, "AutomationExecution");
    if (!execution) throw Violation("the execution is gone");
    return *execution;
  }
  /// One execution of each document, and one volume.
  void CheckWhatIsThereOnce(const std::string& id) {
    const auto executions = world_.Call("ssm", "DescribeAutomationExecutions", {});
    const Array* list = json::GetArray(executions.output, "AutomationExecutionMetadataList");
    if (!list || list->size() != 2) throw Violation("there are not two executions");
    for (const json::Value& one : *list) {
      const Object& execution = one.as_object();
      if (json::GetString(execution, "AutomationExecutionStatus") != "Success") {
        throw Violation("an execution did not succeed");
      }
      if (json::GetString(execution, "DocumentName") == "Kid" &&
          json::GetString(execution, "ParentAutomationExecutionId") != id) {
        throw Violation("the child is nobody's");
      }
    }
    const auto volumes = world_.Call("ec2", "DescribeVolumes", {});
    const Array* made = json::GetArray(volumes.output, "Volumes");
    if (!made || made->size() != 1) throw Violation("there is not one volume");
    size_t owed = 0;
    world_.harness->engine().store().Read(
        [&](store::Transaction& tx) { owed = workflow::tables::EverythingOwed(tx).size(); });
    if (owed != 0) throw Violation("effects are still owed");
  }
  /// Without what chance and the clock make of it.
  static std::string Shown(const Object& execution) {
    std::string out(json::GetString(execution, "AutomationExecutionStatus"));
    out += " " + json::Serialize(execution.at("Outputs"));
    for (const json::Value& entry : execution.at("StepExecutions").as_array()) {
      const Object& step = entry.as_object();
      out += "\n" + std::string(json::GetString(step, "StepName")) + " " +
             std::string(json::GetString(step, "StepStatus"));
      for (const char* name : {"Outputs", "FailureMessage"}) {
        const json::Value* value = json::Find(step, name);
        const std::string_view step_name = json::GetString(step, "StepName");
        if (value && step_name != "make" && step_name != "kid" && step_name != "ask") {
          out += " " + json::Serialize(*value);
        }
      }
    }
    return out;
  }

  World world_;
  Arrivals arrivals_{world_};
};

}  // namespace

void MakeRunbookTemplate(const std::string& folder) {
  World world({.seed = 1, .folder = folder, .faulty = false});
  const auto call = [&](const std::string& operation, Object input) {
    const auto reply = world.Call("ssm", operation, std::move(input));
    if (reply.kind != Kind::kDone) throw Violation(operation + ": " + reply.error);
  };
  for (const auto& [name, content] : {std::pair("Everything", kRunbook), std::pair("Kid", kKid)}) {
    call("CreateDocument", {{"Name", name},
                            {"Content", content},
                            {"DocumentType", "Automation"},
                            {"DocumentFormat", "YAML"}});
  }
  call("PutParameter", {{"Name", "word"}, {"Value", "yes-it-is"}, {"Type", "String"}});
  call("PutParameter",
       {{"Name", "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/hook"},
        {"Value", R"({"url":"https://hook.example/"})"},
        {"Type", "SecureString"}});
}

CrashReport RunRunbook(int commit, bool after, const std::string& expected,
                       const std::string& template_folder, const std::string& folder) {
  namespace fs = std::filesystem;
  fs::remove_all(folder);
  fs::copy(template_folder, folder, fs::copy_options::recursive);
  CrashReport report;
  Life life(folder);
  try {
    if (commit > 0) FaultVfs::PowerCutAt(commit, after);
    report.result = life.Play();
    if (!expected.empty() && report.result != expected) {
      report.violation = "it came to\n" + report.result + "\nand not to\n" + expected;
    }
  } catch (const std::exception& error) {
    report.violation = error.what();
  }
  FaultVfs::Heal();
  report.crashed = life.restarts() > 0;
  return report;
}

}  // namespace riposte::app::testing::simulation

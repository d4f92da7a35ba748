#include "response/compile.h"

#include "base/arn.h"

namespace riposte::response {
namespace {

/// Who signs the notes that a pack leaves in findings; findings so signed are not triaged again.
constexpr std::string_view kSignature = "riposte";

std::string EventsRole(const Pack& pack) {
  return "riposte-" + pack.name + "-events";
}
std::string RunbooksRole(const Pack& pack) {
  return "riposte-" + pack.name + "-runbooks";
}

std::string RoleArn(const Scope& scope, const std::string& name) {
  return MakeGlobalArn("iam", scope.account, "role/" + name);
}

/// "isolate-instance" -> "isolateinstance": step names have letters, digits and _ only.
std::string StepName(const char* prefix, const Response& response) {
  std::string out = prefix;
  for (const char c : response.name) out += c == '-' ? '_' : c;
  return out;
}

/// A response without a runbook begins (and all but ends) with telling people.
std::string FirstStep(const Response& response, const char* prefix) {
  return StepName(response.runbook.empty() ? "Tell_" : prefix, response);
}

json::Object TrustPolicy(std::string_view service) {
  return {{"Version", "2012-10-17"},
          {"Statement", json::Array{json::Object{{"Effect", "Allow"},
                                                 {"Principal", json::Object{{"Service", service}}},
                                                 {"Action", "sts:AssumeRole"}}}}};
}

json::Object Policy(json::Array statements) {
  return {{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

json::Object Allow(json::Array actions, json::Value resource) {
  return {{"Effect", "Allow"}, {"Action", std::move(actions)}, {"Resource", std::move(resource)}};
}

void AddRole(std::vector<Step>& steps, const std::string& name, std::string_view service,
             const json::Object& policy) {
  steps.push_back({"iam",
                   "CreateRole",
                   {{"RoleName", name},
                    {"AssumeRolePolicyDocument", json::Serialize(TrustPolicy(service))},
                    {"Description", "Made by a response pack"}},
                   "EntityAlreadyExists"});
  steps.push_back(
      {"iam",
       "PutRolePolicy",
       {{"RoleName", name}, {"PolicyName", "pack"}, {"PolicyDocument", json::Serialize(policy)}}});
}

void AddDocument(std::vector<Step>& steps, const std::string& name, const std::string& content,
                 const char* format) {
  Step update{"ssm",
              "UpdateDocument",
              {{"Name", name},
               {"Content", content},
               {"DocumentFormat", format},
               {"DocumentVersion", "$LATEST"}},
              "DuplicateDocumentContent"};
  steps.push_back({"ssm",
                   "CreateDocument",
                   {{"Name", name},
                    {"Content", content},
                    {"DocumentType", "Automation"},
                    {"DocumentFormat", format}},
                   "DocumentAlreadyExists",
                   {std::move(update)}});
}

void AddRule(std::vector<Step>& steps, const Pack& pack, const Scope& scope,
             const std::string& name, const json::Object& pattern, const std::string& document,
             json::Object transformer) {
  const std::string rule = "riposte-" + pack.name + "-" + name;
  steps.push_back({"events",
                   "PutRule",
                   {{"Name", rule},
                    {"EventPattern", json::Serialize(pattern)},
                    {"State", "ENABLED"},
                    {"Description", "Made by the response pack " + pack.name}}});
  // The newest version is what a pack means: targets name no version, $LATEST is the default one.
  json::Object target{
      {"Id", "runbook"},
      {"Arn", MakeArn("ssm", scope, "automation-definition/" + document + ":$LATEST")},
      {"RoleArn", RoleArn(scope, EventsRole(pack))},
      {"InputTransformer", std::move(transformer)},
      {"RetryPolicy", json::Object{{"MaximumRetryAttempts", 10}}}};
  steps.push_back(
      {"events", "PutTargets", {{"Rule", rule}, {"Targets", json::Array{std::move(target)}}}});
}

json::Object Parameter(std::string_view description) {
  return {{"type", "String"}, {"description", description}};
}

/// When `response` is the one: its severities and its type, as a branch choice.
json::Value Choice(const Response& response, const std::string& next) {
  json::Array conditions;
  if (!response.severity.empty()) {
    json::Array any;
    for (const std::string& label : response.severity) {
      any.push_back(json::Object{{"Variable", "{{ Severity }}"}, {"StringEquals", label}});
    }
    if (any.size() == 1) {
      conditions.push_back(any[0]);
    } else {
      conditions.push_back(json::Object{{"Or", std::move(any)}});
    }
  }
  if (!response.type.empty()) {
    conditions.push_back(json::Object{{"Variable", "{{ Types }}"}, {"Contains", response.type}});
  }
  if (conditions.size() == 1) {
    json::Object choice = conditions[0].as_object();
    choice["NextStep"] = next;
    return choice;
  }
  return json::Object{{"And", std::move(conditions)}, {"NextStep", next}};
}

json::Object ApiStep(std::string name, json::Object inputs, json::Object more) {
  json::Object step{
      {"name", std::move(name)}, {"action", "aws:executeAwsApi"}, {"inputs", std::move(inputs)}};
  for (auto& [key, value] : more) step[key] = value;
  return step;
}

json::Object Notify(const Pack& pack, const Scope& scope, std::string name,
                    std::string_view subject, std::string message, std::string next) {
  return ApiStep(std::move(name),
                 {{"Service", "sns"},
                  {"Api", "Publish"},
                  {"TopicArn", MakeArn("sns", scope, pack.topic)},
                  {"Subject", subject},
                  {"Message", std::move(message)},
                  {"MessageAttributes",
                   json::Object{{"severity", json::Object{{"DataType", "String"},
                                                          {"StringValue", "{{ Severity }}"}}}}}},
                 {{"maxAttempts", 3},
                  {"onFailure", "step:" + next},
                  {"isCritical", false},
                  {"nextStep", next}});
}

json::Object UpdateFinding(std::string name, std::string_view status, std::string note) {
  return ApiStep(
      std::move(name),
      {{"Service", "securityhub"},
       {"Api", "BatchUpdateFindings"},
       {"FindingIdentifiers",
        json::Array{json::Object{{"Id", "{{ FindingId }}"}, {"ProductArn", "{{ ProductArn }}"}}}},
       {"Workflow", json::Object{{"Status", status}}},
       {"Note", json::Object{{"Text", std::move(note)}, {"UpdatedBy", kSignature}}}},
      {{"maxAttempts", 3}, {"isEnd", true}});
}

void AddResponse(json::Array& steps, const Pack& pack, const Scope& scope,
                 const Response& response) {
  const std::string about = "{{ Severity }} finding: {{ Title }}\nFinding: {{ FindingId }}\n";
  const std::string notify = FirstStep(response, "Notify_");
  const std::string resolve = StepName("Resolve_", response);
  if (response.runbook.empty()) {
    steps.push_back(Notify(pack, scope, notify, "Riposte: " + response.name,
                           about + "No automatic response applies; please review.", resolve));
    steps.push_back(UpdateFinding(resolve, "NOTIFIED", response.name + ": people were told."));
    return;
  }
  const std::string respond = StepName("Respond_", response);
  const std::string failed = StepName("Failed_", response);
  const std::string leave = StepName("Leave_", response);
  steps.push_back(json::Object{
      {"name", respond},
      {"action", "aws:executeAutomation"},
      {"timeoutSeconds", 3600},
      {"inputs", json::Object{{"DocumentName", response.runbook},
                              {"RuntimeParameters",
                               json::Object{{"Resources", json::Array{"{{ Resources }}"}},
                                            {"AutomationAssumeRole",
                                             json::Array{RoleArn(scope, RunbooksRole(pack))}}}}}},
      {"onFailure", "step:" + failed},
      {"nextStep", notify}});
  steps.push_back(Notify(pack, scope, notify, "Riposte: " + response.name,
                         about + "Response " + response.name + " succeeded (execution {{ " +
                             respond + ".ExecutionId }}).",
                         resolve));
  steps.push_back(UpdateFinding(resolve, "RESOLVED",
                                response.name + " by execution {{ automation:EXECUTION_ID }}."));
  steps.push_back(Notify(pack, scope, failed, "Riposte: " + response.name + " FAILED",
                         about + "Response " + response.name +
                             " failed; the finding stays NEW. Triage execution "
                             "{{ automation:EXECUTION_ID }}.",
                         leave));
  steps.push_back(UpdateFinding(
      leave, "NEW", response.name + " failed in execution {{ automation:EXECUTION_ID }}."));
}

}  // namespace

std::string TriageDocumentName(const Pack& pack) {
  return "riposte-" + pack.name + "-triage";
}

json::Object TriagePattern() {
  return {
      {"source", json::Array{"aws.securityhub"}},
      {"detail-type", json::Array{"Security Hub Findings - Imported"}},
      {"detail",
       json::Object{
           {"findings",
            json::Object{
                {"Workflow", json::Object{{"Status", json::Array{"NEW"}}}},
                {"RecordState", json::Array{"ACTIVE"}},
                {"Note", json::Object{{"UpdatedBy", json::Array{json::Object{{"exists", false}},
                                                                json::Object{{"anything-but",
                                                                              kSignature}}}}}}}}}}};
}

json::Object TriageDocument(const Pack& pack, const Scope& scope) {
  json::Object parameters;
  parameters["FindingId"] = Parameter("Id of the finding");
  parameters["ProductArn"] = Parameter("Product that reported it");
  parameters["Severity"] = Parameter("Its severity label");
  parameters["Types"] = Parameter("Its types as JSON text");
  parameters["Title"] = Parameter("Its title");
  parameters["Resources"] = Parameter("Its resources as JSON text");

  json::Array choices;
  std::string fallback;
  for (const Response& response : pack.responses) {
    const std::string first = FirstStep(response, "Respond_");
    if (response.severity.empty() && response.type.empty()) {
      fallback = first;  // It fits everything: nothing after it can be reached.
      break;
    }
    choices.push_back(Choice(response, first));
  }
  json::Array steps;
  if (choices.empty()) {
    // One response for everything: its own first step is the first step.
  } else {
    json::Object decide{{"name", "Decide"},
                        {"action", "aws:branch"},
                        {"inputs", json::Object{{"Choices", std::move(choices)}}}};
    if (fallback.empty()) {
      decide["isEnd"] = true;
    } else {
      decide["inputs"].as_object()["Default"] = fallback;
    }
    steps.push_back(std::move(decide));
  }
  for (const Response& response : pack.responses) AddResponse(steps, pack, scope, response);
  return {{"schemaVersion", "0.3"},
          {"description", "Decides what is done about a finding. Made by the pack " + pack.name +
                              " " + pack.version + "."},
          {"assumeRole", RoleArn(scope, RunbooksRole(pack))},
          {"parameters", std::move(parameters)},
          {"mainSteps", std::move(steps)}};
}

std::vector<Step> Compile(const Pack& pack, const Scope& scope) {
  std::vector<Step> steps;
  const std::string runbooks_role = RoleArn(scope, RunbooksRole(pack));
  AddRole(steps, EventsRole(pack), "events.amazonaws.com",
          Policy({Allow({"ssm:StartAutomationExecution"}, "*"),
                  Allow({"iam:PassRole"}, json::Value(runbooks_role))}));
  json::Array actions;
  for (const std::string& action : pack.permissions) actions.emplace_back(action);
  AddRole(steps, RunbooksRole(pack), "ssm.amazonaws.com",
          Policy({Allow(std::move(actions), "*"),
                  Allow({"iam:PassRole"}, json::Value(runbooks_role))}));
  steps.push_back({"sns", "CreateTopic", {{"Name", pack.topic}}});
  for (const auto& [name, content] : pack.runbooks) AddDocument(steps, name, content, "YAML");
  AddDocument(steps, TriageDocumentName(pack), json::Serialize(TriageDocument(pack, scope)),
              "JSON");

  const json::Array role{runbooks_role};
  for (const Import& import : pack.imports) {
    // The template is JSON text with a placeholder inside quotes: the event arrives as text.
    const std::string input = R"({"Event":["<aws.events.event.json>"],"AutomationAssumeRole":)" +
                              json::Serialize(role) + "}";
    AddRule(steps, pack, scope, "import-" + import.name, import.event, import.runbook,
            {{"InputPathsMap", json::Object()}, {"InputTemplate", input}});
  }
  const std::string finding = "$.detail.findings[0].";
  json::Object paths{{"id", finding + "Id"},
                     {"product", finding + "ProductArn"},
                     {"severity", finding + "Severity.Label"},
                     {"types", finding + "Types"},
                     {"title", finding + "Title"},
                     {"resources", finding + "Resources"}};
  AddRule(steps, pack, scope, "triage", TriagePattern(), TriageDocumentName(pack),
          {{"InputPathsMap", std::move(paths)},
           {"InputTemplate",
            R"({"FindingId":["<id>"],"ProductArn":["<product>"],"Severity":["<severity>"],)"
            R"("Types":["<types>"],"Title":["<title>"],"Resources":["<resources>"]})"}});
  return steps;
}

}  // namespace riposte::response

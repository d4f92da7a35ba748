#include "services/ssm/ssm.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/ssm/shipped.h"
#include "services/ssm/testing/ssm_fixture.h"

namespace riposte::ssm {
namespace {

// ── Documents ───────────────────────────────────────────────────────────────────────────────

TEST_F(SsmTest, EveryRowIsInTheModelAndEveryOperationHasARow) {
  using Rows = std::vector<std::pair<std::string, std::string>>;
  Rows modelled;
  for (const std::string service : {"attachments", "ssm"}) {
    const wire::ServiceModel* model = catalog_.Find(service);
    ASSERT_NE(model, nullptr) << service;
    for (const auto& entry : model->operations) modelled.emplace_back(service, entry.first);
  }
  EXPECT_EQ(Rows(registry_.List()), modelled);
}

TEST_F(SsmTest, CreatesDescribesAndReadsADocument) {
  const Object created =
      Run("CreateDocument", {{"Name", "Say-Word"},
                             {"Content", kRunbook},
                             {"DocumentType", "Automation"},
                             {"DocumentFormat", "JSON"},
                             {"Tags", Array{Object{{"Key", "k"}, {"Value", "v"}}}}});
  EXPECT_EQ(At(created, "DocumentDescription.Status"), "Creating");
  EXPECT_EQ(At(created, "DocumentDescription.Parameters.0.Name"), "Word");
  const Object described = Run("DescribeDocument", {{"Name", "Say-Word"}});
  EXPECT_EQ(At(described, "Document.Status"), "Active");
  EXPECT_EQ(At(described, "Document.Hash").size(), 64u);
  EXPECT_EQ(At(described, "Document.SchemaVersion"), "0.3");
  EXPECT_EQ(At(described, "Document.Tags.0.Key"), "k");
  EXPECT_EQ(At(Run("GetDocument", {{"Name", "Say-Word"}}), "Content"), kRunbook);
  const std::string yaml =
      At(Run("GetDocument", {{"Name", "Say-Word"}, {"DocumentFormat", "YAML"}}), "Content");
  EXPECT_NE(yaml.find("mainSteps:\n"), std::string::npos);
  Create("Again", yaml, "YAML");
  EXPECT_EQ(ErrorOf("CreateDocument",
                    {{"Name", "Say-Word"}, {"Content", kRunbook}, {"DocumentType", "Automation"}})
                .substr(0, 22),
            "DocumentAlreadyExists:");
}

TEST_F(SsmTest, RefusesBadDocumentsByName) {
  const auto code = [this](const std::string& content, const std::string& name = "Doc",
                           const std::string& format = "JSON") {
    const std::string error = ErrorOf("CreateDocument", {{"Name", name},
                                                         {"Content", content},
                                                         {"DocumentType", "Automation"},
                                                         {"DocumentFormat", format}});
    return error.substr(0, error.find(':'));
  };
  EXPECT_EQ(code("{"), "InvalidDocumentContent");
  EXPECT_EQ(code(R"({"schemaVersion": "2.2", "mainSteps": []})"), "InvalidDocumentSchemaVersion");
  EXPECT_EQ(code(std::string(1'000'000, '[')), "MaxDocumentSizeExceeded");
  EXPECT_EQ(code(std::string(60'000, '['), "Doc", "YAML"), "InvalidDocumentContent");
  EXPECT_EQ(code(kRunbook, "AWS-Mine"), "ValidationException");
  EXPECT_EQ(code(kRunbook, "Doc", "TEXT"), "InvalidDocumentContent");
  const std::string unsupported = ErrorOf(
      "CreateDocument",
      {{"Name", "Doc"},
       {"Content",
        R"({"schemaVersion":"0.3","mainSteps":[{"name":"a","action":"aws:flyAway","inputs":{}}]})"},
       {"DocumentType", "Automation"}});
  EXPECT_NE(unsupported.find("aws:flyAway"), std::string::npos);
}

TEST_F(SsmTest, VersionsAreAddedNamedAndMadeDefault) {
  Create("Doc");
  std::string second = kRunbook;
  second.replace(second.find("Says something"), 14, "Says more");
  EXPECT_EQ(ErrorOf("UpdateDocument", {{"Name", "Doc"}, {"Content", kRunbook}}).substr(0, 25),
            "DuplicateDocumentContent:");
  EXPECT_EQ(
      ErrorOf("UpdateDocument", {{"Name", "Doc"}, {"Content", second}, {"DocumentVersion", "7"}})
          .substr(0, 23),
      "InvalidDocumentVersion:");
  const Object updated = Run("UpdateDocument", {{"Name", "Doc"},
                                                {"Content", second},
                                                {"VersionName", "two"},
                                                {"DocumentVersion", "$LATEST"}});
  EXPECT_EQ(At(updated, "DocumentDescription.DocumentVersion"), "2");
  EXPECT_EQ(At(Run("DescribeDocument", {{"Name", "Doc"}}), "Document.DocumentVersion"), "1");
  EXPECT_EQ(At(Run("GetDocument", {{"Name", "Doc"}, {"VersionName", "two"}}), "DocumentVersion"),
            "2");
  EXPECT_EQ(ErrorOf("UpdateDocumentDefaultVersion", {{"Name", "Doc"}, {"DocumentVersion", "3"}})
                .substr(0, 23),
            "InvalidDocumentVersion:");
  Run("UpdateDocumentDefaultVersion", {{"Name", "Doc"}, {"DocumentVersion", "2"}});
  EXPECT_EQ(At(Run("DescribeDocument", {{"Name", "Doc"}}), "Document.Description"), "Says more");
  const Object versions = Run("ListDocumentVersions", {{"Name", "Doc"}, {"MaxResults", 1}});
  EXPECT_EQ(At(versions, "DocumentVersions.0.DocumentVersion"), "2");
  EXPECT_EQ(At(versions, "DocumentVersions.0.IsDefaultVersion"), "true");
  const Object rest =
      Run("ListDocumentVersions", {{"Name", "Doc"}, {"NextToken", At(versions, "NextToken")}});
  EXPECT_EQ(At(rest, "DocumentVersions.0.DocumentVersion"), "1");
  EXPECT_EQ(ErrorOf("DeleteDocument", {{"Name", "Doc"}, {"DocumentVersion", "2"}}).substr(0, 25),
            "InvalidDocumentOperation:");
  Run("DeleteDocument", {{"Name", "Doc"}, {"DocumentVersion", "1"}});
  Run("DeleteDocument", {{"Name", "Doc"}});
  EXPECT_EQ(ErrorOf("GetDocument", {{"Name", "Doc"}}),
            "InvalidDocument: The specified SSM document doesn't exist.");
}

TEST_F(SsmTest, ShippedRunbooksAreThereAndCannotBeChanged) {
  Object input{{"Filters", Array{Object{{"Key", "Owner"}, {"Values", Array{"Amazon"}}}}}};
  std::vector<std::string> names;
  for (bool more = true; more;) {
    const Object page = Run("ListDocuments", input);
    for (const json::Value& entry : page.at("DocumentIdentifiers").as_array()) {
      names.push_back(At(entry, "Name"));
      EXPECT_EQ(At(entry, "Owner"), "Amazon");
    }
    more = page.contains("NextToken");
    if (more) input["NextToken"] = page.at("NextToken");
  }
  std::vector<std::string> shipped;
  for (const EmbeddedRunbook& runbook : EmbeddedRunbooks()) shipped.emplace_back(runbook.name);
  EXPECT_EQ(names, shipped);
  EXPECT_TRUE(std::ranges::find(names, "AWS-StopEC2Instance") != names.end());
  EXPECT_EQ(ErrorOf("DeleteDocument", {{"Name", "AWS-StopEC2Instance"}}).substr(0, 16),
            "InvalidDocument:");
}

// The runbooks of every shipped pack are documents that this engine runs.
TEST_F(SsmTest, RunbooksOfPacksAreValid) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("packs")) {
    if (entry.path().extension() != ".yaml" ||
        entry.path().parent_path().filename() != "runbooks") {
      continue;
    }
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const auto content = automation::ParseDocumentText(text.str(), automation::Format::kYaml);
    ASSERT_TRUE(content.has_value()) << entry.path() << ": " << content.error().message;
    const auto document = automation::Document::Load(*content);
    EXPECT_TRUE(document.has_value()) << entry.path() << ": " << document.error().message;
    ++count;
  }
  EXPECT_GE(count, 9);
}

TEST_F(SsmTest, ListsWithFiltersAndPages) {
  Create("B-doc");
  Create("A-doc");
  const auto names = [this](Object input) {
    std::string out;
    const Object listed = Run("ListDocuments", std::move(input));
    for (const json::Value& entry : listed.at("DocumentIdentifiers").as_array()) {
      out += At(entry, "Name") + " ";
    }
    return out + (listed.contains("NextToken") ? "+" : "");
  };
  const auto self = Object{{"Key", "Owner"}, {"Values", Array{"Self"}}};
  EXPECT_EQ(names({{"Filters", Array{self}}}), "A-doc B-doc ");
  EXPECT_EQ(names({{"Filters", Array{self}}, {"MaxResults", 1}}), "A-doc +");
  EXPECT_EQ(
      names({{"DocumentFilterList", Array{Object{{"key", "Name"}, {"value", "AWS-Publish"}}}}}),
      "AWS-PublishSNSNotification ");
  EXPECT_EQ(names({{"Filters",
                    Array{self, Object{{"Key", "DocumentType"}, {"Values", Array{"Command"}}}}}}),
            "");
  EXPECT_EQ(ErrorOf("ListDocuments",
                    {{"Filters", Array{Object{{"Key", "Colour"}, {"Values", Array{"x"}}}}}})
                .substr(0, 17),
            "InvalidFilterKey:");
  EXPECT_EQ(ErrorOf("ListDocuments", {{"NextToken", "%%"}}).substr(0, 17), "InvalidNextToken:");
}

TEST_F(SsmTest, SharedDocumentsAreSeenByTheOtherAccountOnly) {
  Create("Doc");
  const std::string arn = "arn:aws:ssm:us-east-1:" + scope_.account.str() + ":document/Doc";
  Run("ModifyDocumentPermission",
      {{"Name", "Doc"}, {"PermissionType", "Share"}, {"AccountIdsToAdd", Array{"999999999999"}}});
  EXPECT_EQ(At(Run("DescribeDocumentPermission", {{"Name", "Doc"}, {"PermissionType", "Share"}}),
               "AccountSharingInfoList.0.SharedDocumentVersion"),
            "$DEFAULT");
  EXPECT_EQ(
      ErrorOf("ModifyDocumentPermission",
              {{"Name", "Doc"}, {"PermissionType", "Share"}, {"AccountIdsToAdd", Array{"all"}}})
          .substr(0, 24),
      "DocumentPermissionLimit:");
  EXPECT_EQ(ErrorOf("DeleteDocument", {{"Name", "Doc"}}).substr(0, 25),
            "InvalidDocumentOperation:");
  const Scope home = scope_;
  scope_.account = AccountId("999999999999");
  EXPECT_EQ(At(Run("GetDocument", {{"Name", arn}}), "Content"), kRunbook);
  EXPECT_NE(ErrorOf("GetDocument", {{"Name", "Doc"}}), "");
  scope_.account = AccountId("888888888888");
  EXPECT_NE(ErrorOf("GetDocument", {{"Name", arn}}), "");
  scope_ = home;
}

// ── Automation ──────────────────────────────────────────────────────────────────────────────

TEST_F(SsmTest, RunsTheRecipesNotification) {
  trace_ = {"inc-1", 3};
  const std::string id =
      Start({{"DocumentName", "AWS-PublishSNSNotification"},
             {"Parameters", Object{{"TopicArn", Array{"arn:aws:sns:us-east-1:1:t"}},
                                   {"Message", Array{"Instance i-1 isolated"}}}}});
  const Object execution = Execution(id);
  EXPECT_EQ(At(execution, "AutomationExecutionStatus"), "Success");
  EXPECT_EQ(At(execution, "StepExecutions.0.StepStatus"), "Success");
  EXPECT_EQ(At(execution, "StepExecutions.0.Inputs.Message"), "\"Instance i-1 isolated\"");
  EXPECT_EQ(At(execution, "Outputs"), R"({"PublishSNSNotification.MessageId":["m-1"]})");
  EXPECT_EQ(At(execution, "ExecutedBy"), "arn:aws:iam::123456789012:root");
  ASSERT_EQ(invoker_.calls.size(), 1u);
  EXPECT_EQ(invoker_.calls[0].operation, "Publish");
  EXPECT_EQ(invoker_.calls[0].trace.correlation, "inc-1");
  EXPECT_FALSE(events_.events.empty());
}

TEST_F(SsmTest, StartErrorsAreTheServices) {
  Create("Doc");
  const auto code = [this](Object input) {
    const std::string error = ErrorOf("StartAutomationExecution", std::move(input));
    return error.substr(0, error.find(':'));
  };
  const Object good{{"Word", Array{"hello"}}};
  EXPECT_EQ(code({{"DocumentName", "Nobody"}}), "AutomationDefinitionNotFoundException");
  EXPECT_EQ(code({{"DocumentName", "Doc"}, {"DocumentVersion", "4"}, {"Parameters", good}}),
            "AutomationDefinitionVersionNotFoundException");
  EXPECT_EQ(code({{"DocumentName", "Doc"}}), "InvalidAutomationExecutionParametersException");
  EXPECT_EQ(code({{"DocumentName", "Doc"}, {"Parameters", Object{{"Word", Array{"NO"}}}}}),
            "InvalidAutomationExecutionParametersException");
  EXPECT_EQ(code({{"DocumentName", "Doc"}, {"Parameters", good}, {"TargetParameterName", "Word"}}),
            "InvalidTarget");
  Object with_role = good;
  with_role["AutomationAssumeRole"] = Array{RoleArn("nobody")};
  EXPECT_EQ(code({{"DocumentName", "Doc"}, {"Parameters", with_role}}),
            "InvalidAutomationExecutionParametersException");
  EXPECT_TRUE(invoker_.calls.empty());
}

TEST_F(SsmTest, StepsRunAsTheRoleThatTrustsTheService) {
  Create("Doc");
  AddRole("runner", "ssm.amazonaws.com");
  AddRole("other", "ec2.amazonaws.com");
  const auto input = [&](const std::string& role) {
    return Object{{"DocumentName", "Doc"},
                  {"Parameters",
                   Object{{"Word", Array{"x"}}, {"AutomationAssumeRole", Array{RoleArn(role)}}}}};
  };
  const std::string id = Start(input("runner"));
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(invoker_.calls.at(0).principal.role_arn, RoleArn("runner"));
  EXPECT_EQ(invoker_.calls.at(0).principal.arn,
            "arn:aws:sts::123456789012:assumed-role/runner/" + id);
  EXPECT_NE(ErrorOf("StartAutomationExecution", input("other")), "");
}

TEST_F(SsmTest, AClientTokenStartsOnce) {
  Create("Doc");
  Object input{{"DocumentName", "Doc"},
               {"ClientToken", "11111111-2222-3333-4444-555555555555"},
               {"Parameters", Object{{"Word", Array{"x"}}}}};
  const std::string id = Start(input);
  EXPECT_EQ(Start(input), id);
  input["Parameters"] = Object{{"Word", Array{"y"}}};
  EXPECT_EQ(ErrorOf("StartAutomationExecution", input).substr(0, 28),
            "IdempotentParameterMismatch:");
}

TEST_F(SsmTest, AChildIsStartedThroughTheApiOnceAndShowsItsParent) {
  Create("Child");
  Create("Parent", R"({"schemaVersion":"0.3","mainSteps":[
    {"name":"kid","action":"aws:executeAutomation",
     "inputs":{"DocumentName":"Child","RuntimeParameters":{"Word":"hi"}}}]})");
  const std::string id = Start({{"DocumentName", "Parent"}});
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(At(invoker_.calls.at(0).input, "ClientToken").size(), 36u);
  const Object found =
      Run("DescribeAutomationExecutions",
          {{"Filters", Array{Object{{"Key", "ParentExecutionId"}, {"Values", Array{id}}}}}});
  EXPECT_EQ(At(found, "AutomationExecutionMetadataList.0.DocumentName"), "Child");
}

TEST_F(SsmTest, ListsExecutionsAndSteps) {
  Create("Doc");
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(Start({{"DocumentName", "Doc"}, {"Parameters", Object{{"Word", Array{"x"}}}}}));
    loop_.Advance(Millis(1000));
  }
  const Object first = Run("DescribeAutomationExecutions", {{"MaxResults", 2}});
  EXPECT_EQ(At(first, "AutomationExecutionMetadataList.0.AutomationExecutionId"), ids[2]);
  EXPECT_EQ(At(first, "AutomationExecutionMetadataList.0.AutomationType"), "Local");
  const Object rest = Run("DescribeAutomationExecutions", {{"NextToken", At(first, "NextToken")}});
  EXPECT_EQ(At(rest, "AutomationExecutionMetadataList.0.AutomationExecutionId"), ids[0]);
  EXPECT_FALSE(rest.contains("NextToken"));
  const auto filtered = [this](std::string_view key, std::string_view value) {
    return Run("DescribeAutomationExecutions",
               {{"Filters", Array{Object{{"Key", key}, {"Values", Array{value}}}}}})
        .at("AutomationExecutionMetadataList")
        .as_array()
        .size();
  };
  EXPECT_EQ(filtered("DocumentNamePrefix", "Do"), 3u);
  EXPECT_EQ(filtered("ExecutionStatus", "Failed"), 0u);
  EXPECT_EQ(filtered("ExecutionId", ids[1]), 1u);
  EXPECT_EQ(filtered("StartTimeBefore", "2026-01-01T00:00:01Z"), 1u);
  const Object steps =
      Run("DescribeAutomationStepExecutions",
          {{"AutomationExecutionId", ids[0]},
           {"Filters", Array{Object{{"Key", "StepName"}, {"Values", Array{"say"}}}}}});
  EXPECT_EQ(At(steps, "StepExecutions.0.StepStatus"), "Success");
  EXPECT_EQ(ErrorOf("GetAutomationExecution", {{"AutomationExecutionId", "x"}}).substr(0, 36),
            "AutomationExecutionNotFoundException");
  scope_.account = AccountId("999999999999");
  EXPECT_NE(ErrorOf("GetAutomationExecution", {{"AutomationExecutionId", ids[0]}}), "");
}

TEST_F(SsmTest, ApprovesStopsAndRefusesLateSignals) {
  Create("Ask", R"({"schemaVersion":"0.3","mainSteps":[
    {"name":"ask","action":"aws:approve",
     "inputs":{"Approvers":["arn:aws:iam::123456789012:root"]}}]})");
  const std::string id = Start({{"DocumentName", "Ask"}});
  EXPECT_EQ(Status(id), "Waiting");
  Run("SendAutomationSignal", {{"AutomationExecutionId", id},
                               {"SignalType", "Approve"},
                               {"Payload", Object{{"Comment", Array{"go"}}}}});
  EXPECT_EQ(Status(id), "Success");
  EXPECT_EQ(At(Execution(id), "StepExecutions.0.Outputs.ApprovalStatus"), R"(["Approved"])");
  EXPECT_EQ(
      ErrorOf("SendAutomationSignal", {{"AutomationExecutionId", id}, {"SignalType", "Approve"}})
          .substr(0, 33),
      "InvalidAutomationSignalException:");
  const std::string other = Start({{"DocumentName", "Ask"}});
  Run("StopAutomationExecution", {{"AutomationExecutionId", other}});
  EXPECT_EQ(Status(other), "Cancelled");
  EXPECT_EQ(ErrorOf("StopAutomationExecution", {{"AutomationExecutionId", other}}).substr(0, 39),
            "InvalidAutomationStatusUpdateException:");
}

TEST_F(SsmTest, DefaultsMayComeFromTheParameterStore) {
  Run("PutParameter", {{"Name", "/a/word"}, {"Value", "stored"}, {"Type", "String"}});
  Run("PutParameter", {{"Name", "secret"}, {"Value", "s"}, {"Type", "SecureString"}});
  const auto document = [](const std::string& name) {
    return R"({"schemaVersion":"0.3","parameters":{"W":{"type":"String","default":"{{ssm:)" + name +
           R"(}}"}},"mainSteps":[{"name":"say","action":"aws:executeAwsApi","inputs":{"Service":"sns","Api":"Publish","M":"{{ W }}"}}]})";
  };
  Create("Doc", document("/a/word"));
  Start({{"DocumentName", "Doc"}});
  EXPECT_EQ(At(invoker_.calls.at(0).input, "M"), "stored");
  Create("Leak", document("secret"));
  EXPECT_EQ(ErrorOf("StartAutomationExecution", {{"DocumentName", "Leak"}}).substr(0, 46),
            "InvalidAutomationExecutionParametersException:");
}

// ── Parameters and tags ─────────────────────────────────────────────────────────────────────

TEST_F(SsmTest, ParametersHaveVersionsAndPatterns) {
  EXPECT_EQ(
      At(Run("PutParameter",
             {{"Name", "p"}, {"Value", "1"}, {"Type", "String"}, {"AllowedPattern", "^\\d+$"}}),
         "Version"),
      "1");
  EXPECT_EQ(
      ErrorOf("PutParameter", {{"Name", "p"}, {"Value", "2"}, {"Type", "String"}}),
      "ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the "
      "overwrite option in the request to true.");
  EXPECT_EQ(
      ErrorOf("PutParameter", {{"Name", "p"}, {"Value", "x"}, {"Overwrite", true}}).substr(0, 33),
      "ParameterPatternMismatchException");
  Run("PutParameter", {{"Name", "p"}, {"Value", "2"}, {"Overwrite", true}});
  EXPECT_EQ(At(Run("GetParameter", {{"Name", "p"}}), "Parameter.Value"), "2");
  EXPECT_EQ(At(Run("GetParameter", {{"Name", "p:1"}}), "Parameter.Value"), "1");
  const std::string arn = At(Run("GetParameter", {{"Name", "p"}}), "Parameter.ARN");
  EXPECT_EQ(arn, "arn:aws:ssm:us-east-1:123456789012:parameter/p");
  EXPECT_EQ(At(Run("GetParameter", {{"Name", arn}}), "Parameter.Version"), "2");
  const Object many = Run("GetParameters", {{"Names", Array{"p", "q"}}});
  EXPECT_EQ(At(many, "Parameters.0.Name"), "p");
  EXPECT_EQ(At(many, "InvalidParameters.0"), "q");
  EXPECT_EQ(ErrorOf("GetParameter", {{"Name", "q"}}), "ParameterNotFound: Parameter q not found.");
  for (const char* bad : {"aws-x", "/ssm/x", "a b", "a/b", "/a//b", ""}) {
    EXPECT_NE(ErrorOf("PutParameter", {{"Name", bad}, {"Value", "1"}, {"Type", "String"}}), "")
        << bad;
  }
  const Object deleted = Run("DeleteParameters", {{"Names", Array{"p", "q"}}});
  EXPECT_EQ(At(deleted, "DeletedParameters.0"), "p");
  EXPECT_EQ(ErrorOf("DeleteParameter", {{"Name", "p"}}).substr(0, 18), "ParameterNotFound:");
}

TEST_F(SsmTest, AnAllowedPatternIsAboutTheWholeValue) {
  const auto put = [this](const char* pattern, const char* value) {
    return ErrorOf("PutParameter", {{"Name", "p"},
                                    {"Value", value},
                                    {"Type", "String"},
                                    {"Overwrite", true},
                                    {"AllowedPattern", pattern}});
  };
  EXPECT_EQ(put("\\d{1,4}", "100"), "");
  EXPECT_EQ(put("\\d{1,4}", "10,000"),
            "ParameterPatternMismatchException: Parameter value, cannot be validated against "
            "allowedPattern: \\d{1,4}");
  EXPECT_NE(put(".{8,20}", std::string(21, 'x').c_str()), "");
  EXPECT_NE(put("[a-z]+", "abc\n"), "");
  EXPECT_EQ(put("a|ab", "ab"), "");  // Not only the first alternative that fits.
  EXPECT_EQ(put("^\\d+$", "42"), "");
}

TEST_F(SsmTest, SecureStringsAreShownOnlyOnDemand) {
  Run("PutParameter", {{"Name", "s"}, {"Value", "hush"}, {"Type", "SecureString"}});
  EXPECT_NE(At(Run("GetParameter", {{"Name", "s"}}), "Parameter.Value"), "hush");
  EXPECT_EQ(At(Run("GetParameter", {{"Name", "s"}, {"WithDecryption", true}}), "Parameter.Value"),
            "hush");
  // What is stored, and shown without decryption, is sealed.
  const std::string shown = At(Run("GetParameter", {{"Name", "s"}}), "Parameter.Value");
  std::string stored;
  store_->Read([&](store::Transaction& tx) {
    stored = tx.QueryText("SELECT value FROM ssm_parameters WHERE name = 's'").value_or("");
  });
  EXPECT_EQ(shown, stored);
  EXPECT_EQ(stored.find("hush"), std::string::npos);
  // The same value sealed again is another text: nobody learns that two are alike.
  Run("PutParameter", {{"Name", "s"}, {"Value", "hush"}, {"Overwrite", true}});
  EXPECT_NE(At(Run("GetParameter", {{"Name", "s"}}), "Parameter.Value"), shown);
  EXPECT_EQ(At(Run("GetParameters", {{"Names", {"s", "s:1"}}, {"WithDecryption", true}}),
               "Parameters.1.Value"),
            "hush");
}

TEST_F(SsmTest, EveryFilterOfExecutionsAndTheirSteps) {
  Create("Pause", R"({"schemaVersion":"0.3","mainSteps":[
    {"name":"first","action":"aws:sleep","inputs":{"Timestamp":"2000-01-01T00:00:00Z"}},
    {"name":"rest","action":"aws:pause","inputs":{}}]})");
  Create("Other");
  const std::string id = Start(
      {{"DocumentName", "Pause"}, {"Tags", Array{Object{{"Key", "team"}, {"Value", "blue"}}}}});
  loop_.Advance(std::chrono::seconds(10));
  Start({{"DocumentName", "Other"}, {"Parameters", Object{{"Word", Array{"x"}}}}});
  const std::string between = FormatIso8601(clock_.Now() - std::chrono::seconds(5));

  const auto filter = [](const std::string& key, const std::string& value) {
    return Object{{"Filters", Array{Object{{"Key", key}, {"Values", Array{value}}}}}};
  };
  const auto executions = [&](const std::string& key, const std::string& value) {
    std::string out;
    const Object listed = Run("DescribeAutomationExecutions", filter(key, value));
    for (const json::Value& entry : listed.at("AutomationExecutionMetadataList").as_array()) {
      out += At(entry, "DocumentName") + " ";
    }
    return out;
  };
  EXPECT_EQ(executions("DocumentNamePrefix", "Pau"), "Pause ");
  EXPECT_EQ(executions("ExecutionStatus", "Waiting"), "Pause ");
  EXPECT_EQ(executions("ExecutionId", id), "Pause ");
  EXPECT_EQ(executions("ParentExecutionId", id), "");
  EXPECT_EQ(executions("CurrentAction", "aws:pause"), "Pause ");
  EXPECT_EQ(executions("StartTimeBefore", between), "Pause ");
  EXPECT_EQ(executions("StartTimeAfter", between), "Other ");
  EXPECT_EQ(executions("AutomationType", "Local"), "Other Pause ");
  EXPECT_EQ(executions("AutomationType", "CrossAccount"), "");
  EXPECT_EQ(executions("TagKey", "team"), "Pause ");
  EXPECT_EQ(executions("TargetResourceGroup", "web"), "");
  EXPECT_EQ(executions("AutomationSubtype", "ChangeRequest"), "");
  EXPECT_EQ(executions("OpsItemId", "oi-1"), "");

  const Object step = Execution(id).at("StepExecutions").at(1).as_object();
  const auto steps = [&](const std::string& key, const std::string& value) {
    Object input = filter(key, value);
    input["AutomationExecutionId"] = id;
    std::string out;
    const Object listed = Run("DescribeAutomationStepExecutions", std::move(input));
    for (const json::Value& entry : listed.at("StepExecutions").as_array()) {
      out += At(entry, "StepName") + " ";
    }
    return out;
  };
  EXPECT_EQ(steps("StepName", "first"), "first ");
  EXPECT_EQ(steps("StepExecutionStatus", "Waiting"), "rest ");
  EXPECT_EQ(steps("StepExecutionId", At(step, "StepExecutionId")), "rest ");
  EXPECT_EQ(steps("Action", "aws:sleep"), "first ");
  EXPECT_EQ(steps("StartTimeBefore", between), "first rest ");
  EXPECT_EQ(steps("StartTimeAfter", between), "");
  for (const char* key :
       {"ParentStepExecutionId", "ParentStepIteration", "ParentStepIteratorValue"}) {
    EXPECT_EQ(steps(key, "1"), "") << key;
  }

  for (const auto& [key, value] :
       {std::pair("ExecutionStatus", "Done"), std::pair("AutomationType", "Global"),
        std::pair("AutomationSubtype", "None"), std::pair("StartTimeAfter", "yesterday")}) {
    EXPECT_EQ(ErrorOf("DescribeAutomationExecutions", filter(key, value)).substr(0, 19),
              "InvalidFilterValue:")
        << key;
  }
  Object input = filter("StepExecutionStatus", "Done");
  input["AutomationExecutionId"] = id;
  EXPECT_EQ(ErrorOf("DescribeAutomationStepExecutions", input).substr(0, 19),
            "InvalidFilterValue:");
}

TEST_F(SsmTest, ExecutionsShowTheMembersThatCallersReadWithoutLooking) {
  Create("Doc");
  const std::string id =
      Start({{"DocumentName", "Doc"}, {"Parameters", Object{{"Word", Array{"x"}}}}});
  const Object execution = Execution(id);
  EXPECT_EQ(execution.at("Targets"), json::Value(Array{}));
  EXPECT_EQ(execution.at("ResolvedTargets"),
            (json::Value{{"ParameterValues", Array{}}, {"Truncated", false}}));
  EXPECT_EQ(execution.at("StepExecutions").at(0).at("OverriddenParameters"), json::Value(Object{}));
  const Object listed = Run("DescribeAutomationExecutions");
  EXPECT_EQ(At(listed, "AutomationExecutionMetadataList.0.LogFile"), "");
  EXPECT_TRUE(listed.at("AutomationExecutionMetadataList").at(0).as_object().contains("LogFile"));
}

TEST_F(SsmTest, ParametersByPathAndFilters) {
  for (const char* name : {"/a/x", "/a/y", "/a/b/z", "/ab/w", "plain"}) {
    Run("PutParameter", {{"Name", name}, {"Value", "1"}, {"Type", "String"}});
  }
  const auto names = [this](std::string_view operation, Object input) {
    std::string out;
    const Object reply = Run(operation, std::move(input));
    for (const json::Value& entry : reply.at("Parameters").as_array()) {
      out += At(entry, "Name") + " ";
    }
    return out;
  };
  EXPECT_EQ(names("GetParametersByPath", {{"Path", "/a"}}), "/a/x /a/y ");
  EXPECT_EQ(names("GetParametersByPath", {{"Path", "/a"}, {"Recursive", true}}),
            "/a/b/z /a/x /a/y ");
  EXPECT_EQ(names("GetParametersByPath", {{"Path", "/a"}, {"Recursive", true}, {"MaxResults", 2}}),
            "/a/b/z /a/x ");
  EXPECT_EQ(
      names("DescribeParameters",
            {{"ParameterFilters",
              Array{Object{{"Key", "Name"}, {"Option", "BeginsWith"}, {"Values", Array{"/a/"}}}}}}),
      "/a/b/z /a/x /a/y ");
  EXPECT_EQ(names("DescribeParameters",
                  {{"Filters", Array{Object{{"Key", "Name"}, {"Values", Array{"pl"}}}}}}),
            "plain ");
  EXPECT_FALSE(Run("DescribeParameters").at("Parameters").at(0).as_object().contains("Value"));
}

TEST_F(SsmTest, TagsOfDocumentsParametersAndExecutions) {
  Create("Doc");
  const std::string id =
      Start({{"DocumentName", "Doc"}, {"Parameters", Object{{"Word", Array{"x"}}}}});
  Run("PutParameter", {{"Name", "p"}, {"Value", "1"}, {"Type", "String"}});
  const auto tag = Array{Object{{"Key", "team"}, {"Value", "blue"}}};
  for (const auto& [type, resource] : std::map<std::string, std::string>{
           {"Document", "Doc"}, {"Automation", id}, {"Parameter", "p"}}) {
    const Object where{{"ResourceType", type}, {"ResourceId", resource}};
    Object with = where;
    with["Tags"] = tag;
    Run("AddTagsToResource", with);
    EXPECT_EQ(At(Run("ListTagsForResource", where), "TagList.0.Value"), "blue");
    Object without = where;
    without["TagKeys"] = Array{"team"};
    Run("RemoveTagsFromResource", without);
    EXPECT_EQ(At(Run("ListTagsForResource", where), "TagList"), "[]");
  }
  EXPECT_EQ(ErrorOf("ListTagsForResource", {{"ResourceType", "Document"}, {"ResourceId", "no"}})
                .substr(0, 18),
            "InvalidResourceId:");
  EXPECT_EQ(ErrorOf("ListTagsForResource", {{"ResourceType", "OpsItem"}, {"ResourceId", "no"}})
                .substr(0, 20),
            "InvalidResourceType:");
}

}  // namespace
}  // namespace riposte::ssm

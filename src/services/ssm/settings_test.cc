// Service settings, compliance, change calendars, commands, and versions of parameters.
#include <algorithm>

#include "services/ssm/testing/ssm_fixture.h"

namespace riposte::ssm {
namespace {

TEST_F(SsmTest, SettingsHaveDefaultsAndAreReset) {
  const Object id{{"SettingId", "/ssm/automation/throttling-retry-time-limit"}};
  EXPECT_EQ(At(Run("GetServiceSetting", id), "ServiceSetting.Status"), "Default");
  Object update = id;
  update["SettingValue"] = "120";
  Run("UpdateServiceSetting", update);
  const Object changed = Run("GetServiceSetting", id);
  EXPECT_EQ(At(changed, "ServiceSetting.SettingValue"), "120");
  EXPECT_EQ(At(changed, "ServiceSetting.Status"), "Customized");
  EXPECT_EQ(At(changed, "ServiceSetting.LastModifiedUser"), "arn:aws:iam::123456789012:root");
  // By its ARN, too.
  EXPECT_EQ(At(Run("GetServiceSetting", {{"SettingId", At(changed, "ServiceSetting.ARN")}}),
               "ServiceSetting.SettingValue"),
            "120");
  update["SettingValue"] = "3601";
  EXPECT_EQ(ErrorOf("UpdateServiceSetting", update).substr(0, 20), "ValidationException:");
  EXPECT_EQ(At(Run("ResetServiceSetting", id), "ServiceSetting.Status"), "Default");
  EXPECT_EQ(ErrorOf("GetServiceSetting", {{"SettingId", "/ssm/nobody"}}).substr(0, 23),
            "ServiceSettingNotFound:");
}

class ScriptLogs : public SsmTest {
 protected:
  ScriptLogs() {
    engine_->SetScriptRunner(scripts_);
    scripts_.answer = [this](const workflow::ScriptRequest&) {
      workflow::ScriptResult result{json::Value(1), "one\n\ntwo\n", {}};
      if (std::exchange(fails_, fails_ - 1) > 0) {
        result.failure = workflow::ScriptResult::Failure{"KeyError", "Traceback\nKeyError - 'x'"};
      }
      return result;
    };
    answer = [this](const api::Invocation& call) -> std::optional<api::Outcome> {
      std::string line = call.service + ":" + call.operation;
      if (call.operation == "PutLogEvents") {
        for (const json::Value& event : call.input.at("logEvents").as_array()) {
          line += " " + At(event, "message");
          EXPECT_EQ(At(event, "timestamp"), std::to_string(ToMillis(clock_.Now())));
        }
      }
      sent_.push_back(line);
      group_ = At(call.input, "logGroupName");
      stream_ = At(call.input, "logStreamName");
      if (silent_) return std::nullopt;
      if (call.operation == "CreateLogStream") there_ = true;
      if (call.operation == "PutLogEvents" && !there_) return Fails("ResourceNotFoundException");
      return Ok({});
    };
    Create("Say", R"({"schemaVersion":"0.3","mainSteps":[{"name":"say","maxAttempts":2,
      "action":"aws:executeScript","inputs":{"Runtime":"python3.11","Handler":"f",
      "Script":"def f(e, c): return 1"}}]})");
  }
  void Set(const std::string& setting, const std::string& value) {
    Run("UpdateServiceSetting",
        {{"SettingId", "/ssm/automation/customer-script-log-" + setting}, {"SettingValue", value}});
  }

  workflow::testing::FakeScripts scripts_;
  int fails_ = 0;
  bool there_ = false;
  bool silent_ = false;
  std::vector<std::string> sent_;
  std::string group_, stream_;
};

TEST_F(ScriptLogs, GoNowhereUntilItIsSet) {
  EXPECT_EQ(Status(Start({{"DocumentName", "Say"}})), "Success");
  EXPECT_EQ(sent_, std::vector<std::string>());
  EXPECT_EQ(ErrorOf("UpdateServiceSetting",
                    {{"SettingId", "/ssm/automation/customer-script-log-group-name"},
                     {"SettingValue", "not a group"}})
                .substr(0, 20),
            "ValidationException:");
}

TEST_F(ScriptLogs, GoToTheGroupAfterEachAttempt) {
  Set("destination", "CloudWatch");
  fails_ = 1;
  const std::string id = Start({{"DocumentName", "Say"}});
  EXPECT_EQ(Status(id), "Success");
  // The place is made when it is missing: here by both attempts, as the first has no answer yet
  // when the second ends.
  std::sort(sent_.begin(), sent_.end());
  EXPECT_EQ(sent_.back(), "logs:PutLogEvents one two Traceback KeyError - 'x'");
  EXPECT_NE(std::find(sent_.begin(), sent_.end(), "logs:PutLogEvents one two"), sent_.end());
  EXPECT_NE(std::find(sent_.begin(), sent_.end(), "logs:CreateLogGroup"), sent_.end());
  EXPECT_TRUE(there_);
  EXPECT_EQ(group_, "/aws/ssm/automation/executeScript");
  EXPECT_EQ(stream_, id + "/say");

  sent_.clear();
  Set("group-name", "/own/group");
  Start({{"DocumentName", "Say"}});
  EXPECT_EQ(sent_, std::vector<std::string>{"logs:PutLogEvents one two"});
  EXPECT_EQ(group_, "/own/group");
  EXPECT_EQ(invoker_.calls.back().principal.arn, "arn:aws:iam::123456789012:root");

  sent_.clear();
  Run("ResetServiceSetting", {{"SettingId", "/ssm/automation/customer-script-log-destination"}});
  Start({{"DocumentName", "Say"}});
  EXPECT_EQ(sent_, std::vector<std::string>());
}

TEST_F(ScriptLogs, NobodyWaitsForThem) {
  Set("destination", "CloudWatch");
  silent_ = true;
  EXPECT_EQ(Status(Start({{"DocumentName", "Say"}})), "Success");
  EXPECT_EQ(sent_.size(), 1u);
  // Those who may not are not heard, once: what is refused is not made.
  silent_ = false;
  answer = [this](const api::Invocation& call) {
    sent_.push_back(call.operation);
    return std::optional(Fails("AccessDeniedException"));
  };
  EXPECT_EQ(Status(Start({{"DocumentName", "Say"}})), "Success");
  EXPECT_EQ(sent_.size(), 2u);
}

TEST_F(SsmTest, SettingsReachExecutions) {
  Create("Ask", R"({"schemaVersion":"0.3","mainSteps":[{"name":"ask","action":"aws:approve",
    "timeoutSeconds":60,"inputs":{"Approvers":["arn:aws:iam::123456789012:root"]}}]})");
  Run("UpdateServiceSetting",
      {{"SettingId", "/riposte/automation/self-approval"}, {"SettingValue", "Deny"}});
  Run("UpdateServiceSetting", {{"SettingId", "/riposte/automation/approval-escalation-topic"},
                               {"SettingValue", "arn:aws:sns:us-east-1:123456789012:lead"}});
  const std::string id = Start({{"DocumentName", "Ask"}});
  EXPECT_EQ(
      ErrorOf("SendAutomationSignal", {{"AutomationExecutionId", id}, {"SignalType", "Approve"}}),
      "InvalidAutomationSignalException: Whoever started the execution cannot approve it.");
  loop_.Advance(std::chrono::seconds(60));
  EXPECT_EQ(Status(id), "TimedOut");
  ASSERT_EQ(invoker_.calls.size(), 1u);
  EXPECT_EQ(At(invoker_.calls[0].input, "TopicArn"), "arn:aws:sns:us-east-1:123456789012:lead");
}

TEST_F(SsmTest, PublicSharingCanBeTurnedOff) {
  Create("Doc");
  const Object share{
      {"Name", "Doc"}, {"PermissionType", "Share"}, {"AccountIdsToAdd", Array{"all"}}};
  Run("UpdateServiceSetting", {{"SettingId", "/ssm/documents/console/public-sharing-permission"},
                               {"SettingValue", "Disable"}});
  EXPECT_EQ(ErrorOf("ModifyDocumentPermission", share).substr(0, 25), "InvalidDocumentOperation:");
  Run("ResetServiceSetting", {{"SettingId", "/ssm/documents/console/public-sharing-permission"}});
  EXPECT_EQ(ErrorOf("ModifyDocumentPermission", share), "");
}

Object Upload(const std::string& resource, Array items, const std::string& type = "Custom:Test") {
  return {{"ResourceId", resource},
          {"ResourceType", "ManagedInstance"},
          {"ComplianceType", type},
          {"ExecutionSummary", Object{{"ExecutionTime", 1'767'225'600}}},
          {"Items", std::move(items)}};
}
Object Item(const std::string& id, const std::string& status, const std::string& severity) {
  return {{"Id", id}, {"Title", "t"}, {"Severity", severity}, {"Status", status}};
}

TEST_F(SsmTest, ComplianceItemsReplaceThoseBefore) {
  Run("PutComplianceItems",
      Upload("mi-1", {Item("a", "COMPLIANT", "LOW"), Item("b", "NON_COMPLIANT", "HIGH")}));
  Run("PutComplianceItems", Upload("mi-2", {Item("a", "COMPLIANT", "LOW")}));
  const auto ids = [this](Object input) {
    std::string out;
    const Object reply = Run("ListComplianceItems", std::move(input));
    for (const json::Value& item : reply.at("ComplianceItems").as_array()) {
      out += At(item, "ResourceId") + "/" + At(item, "Id") + " ";
    }
    return out;
  };
  EXPECT_EQ(ids({}), "mi-1/a mi-1/b mi-2/a ");
  EXPECT_EQ(ids({{"ResourceIds", Array{"mi-2"}}}), "mi-2/a ");
  EXPECT_EQ(
      ids({{"Filters", Array{Object{{"Key", "Status"}, {"Values", Array{"NON_COMPLIANT"}}}}}}),
      "mi-1/b ");
  EXPECT_EQ(
      ids({{"Filters",
            Array{Object{{"Key", "Severity"}, {"Type", "NOT_EQUAL"}, {"Values", Array{"LOW"}}}}}}),
      "mi-1/b ");
  EXPECT_EQ(ErrorOf("ListComplianceItems",
                    {{"Filters", Array{Object{{"Key", "Colour"}, {"Values", Array{"x"}}}}}})
                .substr(0, 14),
            "InvalidFilter:");
  const Object types = Run("ListComplianceSummaries");
  EXPECT_EQ(At(types, "ComplianceSummaryItems.0.ComplianceType"), "Custom:Test");
  EXPECT_EQ(At(types, "ComplianceSummaryItems.0.CompliantSummary.CompliantCount"), "2");
  EXPECT_EQ(At(types, "ComplianceSummaryItems.0.NonCompliantSummary.SeveritySummary.HighCount"),
            "1");
  const Object resources = Run("ListResourceComplianceSummaries");
  EXPECT_EQ(At(resources, "ResourceComplianceSummaryItems.0.Status"), "NON_COMPLIANT");
  EXPECT_EQ(At(resources, "ResourceComplianceSummaryItems.0.OverallSeverity"), "HIGH");
  EXPECT_EQ(At(resources, "ResourceComplianceSummaryItems.1.Status"), "COMPLIANT");
  const Object page = Run("ListComplianceItems", {{"MaxResults", 2}});
  EXPECT_EQ(ids({{"NextToken", At(page, "NextToken")}}), "mi-2/a ");

  Run("PutComplianceItems", Upload("mi-1", {Item("c", "COMPLIANT", "LOW")}));
  EXPECT_EQ(ids({}), "mi-1/c mi-2/a ");
  Object hashed = Upload("mi-1", {Item("d", "COMPLIANT", "LOW")});
  hashed["ItemContentHash"] = "0123";
  Run("PutComplianceItems", hashed);
  hashed["Items"] = Array{Item("e", "COMPLIANT", "LOW")};  // the same hash: nothing is new
  Run("PutComplianceItems", hashed);
  EXPECT_EQ(ids({}), "mi-1/d mi-2/a ");
}

TEST_F(SsmTest, ComplianceUploadsAreChecked) {
  const auto code = [this](Object input) {
    const std::string error = ErrorOf("PutComplianceItems", std::move(input));
    return error.substr(0, error.find(':'));
  };
  Object other = Upload("b", {});
  other["ResourceType"] = "Bucket";
  EXPECT_EQ(code(other), "InvalidResourceType");
  EXPECT_EQ(code(Upload("mi-1", {}, "Mine")), "InvalidItemContentException");
  Object partial = Upload("mi-1", {});
  partial["UploadType"] = "PARTIAL";
  EXPECT_EQ(code(partial), "InvalidItemContentException");
  EXPECT_EQ(code(Upload("mi-1", {Item("a", "COMPLIANT", "LOW"), Item("a", "COMPLIANT", "LOW")})),
            "InvalidItemContentException");
  for (int i = 0; i < 10; ++i) {
    Run("PutComplianceItems",
        Upload("mi-1", {Item("a", "COMPLIANT", "LOW")}, "Custom:Type" + std::to_string(i)));
  }
  EXPECT_EQ(code(Upload("mi-1", {Item("a", "COMPLIANT", "LOW")}, "Custom:More")),
            "ComplianceTypeCountLimitExceededException");
}

TEST_F(SsmTest, ChangeCalendarsTellTheirState) {
  const auto create = [this](const std::string& name, const std::string& type) {
    return ErrorOf("CreateDocument",
                   {{"Name", name},
                    {"DocumentType", "ChangeCalendar"},
                    {"DocumentFormat", "TEXT"},
                    {"Content", "BEGIN:VCALENDAR\nX-CALENDAR-TYPE:" + type +
                                    "\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nDURATION:PT1H\n"
                                    "END:VEVENT\nEND:VCALENDAR\n"}});
  };
  EXPECT_EQ(create("Freeze", "DEFAULT_OPEN"), "");
  EXPECT_EQ(create("Window", "DEFAULT_CLOSED"), "");
  EXPECT_EQ(create("Wrong", "SOMETIMES").substr(0, 23), "InvalidDocumentContent:");
  const Object now = Run("GetCalendarState", {{"CalendarNames", Array{"Freeze"}}});
  EXPECT_EQ(At(now, "State"), "CLOSED");
  EXPECT_EQ(At(now, "AtTime"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(At(now, "NextTransitionTime"), "2026-01-01T01:00:00Z");
  const auto at = [this](Array names, const char* time) {
    return At(Run("GetCalendarState", {{"CalendarNames", std::move(names)}, {"AtTime", time}}),
              "State");
  };
  EXPECT_EQ(at({"Freeze"}, "2026-01-01T02:00:00Z"), "OPEN");
  EXPECT_EQ(at({"Window"}, "2026-01-01T00:30:00Z"), "OPEN");
  EXPECT_EQ(at({"Window", "Freeze"}, "2026-01-01T00:30:00Z"), "CLOSED");
  Create("Doc");
  EXPECT_EQ(ErrorOf("GetCalendarState", {{"CalendarNames", Array{"Doc"}}}).substr(0, 20),
            "InvalidDocumentType:");
  EXPECT_EQ(ErrorOf("GetCalendarState", {{"CalendarNames", Array{"Nobody"}}}).substr(0, 16),
            "InvalidDocument:");
}

TEST_F(SsmTest, CommandsFindNoManagedNodes) {
  EXPECT_EQ(ErrorOf("SendCommand",
                    {{"DocumentName", "AWS-RunShellScript"}, {"InstanceIds", Array{"i-1", "i-2"}}}),
            "InvalidInstanceId: Instances [[i-1, i-2]] not in a valid state for account "
            "123456789012");
  EXPECT_EQ(
      At(Run("SendCommand", {{"DocumentName", "AWS-RunShellScript"},
                             {"Targets", Array{Object{{"Key", "tag:a"}, {"Values", Array{"b"}}}}}}),
         "Command.StatusDetails"),
      "NoInstancesInTag");
  EXPECT_EQ(ErrorOf("SendCommand", {{"DocumentName", "Nobody"}, {"InstanceIds", Array{"i-1"}}})
                .substr(0, 16),
            "InvalidDocument:");
  EXPECT_EQ(At(Run("DescribeInstanceInformation"), "InstanceInformationList"), "[]");
  // A runbook's step fails with just that.
  Create("Shell", R"({"schemaVersion":"0.3","mainSteps":[{"name":"run","action":"aws:runCommand",
    "inputs":{"DocumentName":"AWS-RunShellScript","InstanceIds":["i-1"]}}]})");
  const std::string id = Start({{"DocumentName", "Shell"}});
  EXPECT_EQ(Status(id), "Failed");
  EXPECT_NE(At(Execution(id), "FailureMessage")
                .find("An error occurred (InvalidInstanceId) when calling the SendCommand "
                      "operation: Instances [[i-1]] not in a valid state"),
            std::string::npos);
}

TEST_F(SsmTest, ParametersRememberTheirVersionsAndLabels) {
  for (const char* value : {"1", "2", "3"}) {
    Run("PutParameter", {{"Name", "p"}, {"Value", value}, {"Type", "String"}, {"Overwrite", true}});
  }
  EXPECT_EQ(At(Run("LabelParameterVersion",
                   {{"Name", "p"}, {"ParameterVersion", 1}, {"Labels", Array{"good", "1st"}}}),
               "InvalidLabels"),
            R"(["1st"])");
  EXPECT_EQ(At(Run("GetParameter", {{"Name", "p:good"}}), "Parameter.Value"), "1");
  Run("LabelParameterVersion", {{"Name", "p"}, {"Labels", Array{"good"}}});  // moves to the latest
  EXPECT_EQ(At(Run("GetParameter", {{"Name", "p:good"}}), "Parameter.Value"), "3");
  const Object history = Run("GetParameterHistory", {{"Name", "p"}, {"MaxResults", 2}});
  EXPECT_EQ(At(history, "Parameters.1.Value"), "2");
  const Object rest =
      Run("GetParameterHistory", {{"Name", "p"}, {"NextToken", At(history, "NextToken")}});
  EXPECT_EQ(At(rest, "Parameters.0.Labels"), R"(["good"])");
  EXPECT_EQ(ErrorOf("LabelParameterVersion",
                    {{"Name", "p"}, {"ParameterVersion", 9}, {"Labels", Array{"x"}}})
                .substr(0, 25),
            "ParameterVersionNotFound:");
  EXPECT_EQ(At(Run("UnlabelParameterVersion",
                   {{"Name", "p"}, {"ParameterVersion", 3}, {"Labels", Array{"good", "bad"}}}),
               "RemovedLabels"),
            R"(["good"])");
  EXPECT_EQ(ErrorOf("GetParameter", {{"Name", "p:good"}}),
            "ParameterNotFound: Parameter p:good not found.");
}

}  // namespace
}  // namespace riposte::ssm

#include "services/securityhub/service.h"

#include "api/testing/service_fixture.h"

namespace riposte::securityhub {
namespace {

using json::Array;
using json::Object;

class SecurityHubTest : public api::testing::ServiceFixture {
 protected:
  SecurityHubTest() : ServiceFixture("securityhub", {SecurityHubService::Migrations()}) {
    service_object_.Register(registry_);
  }

  std::string NewRule(const std::string& name, int order) {
    return At(Run("CreateAutomationRule",
                  {{"RuleName", name},
                   {"RuleOrder", order},
                   {"Description", name},
                   {"Criteria", Object()},
                   {"Actions", Array{Object{{"Type", "FINDING_FIELDS_UPDATE"},
                                            {"FindingFieldsUpdate", Object()}}}}}),
              "RuleArn");
  }

  api::testing::RecordingEventSink events_;
  SecurityHubService service_object_{events_, random_};
};

TEST_F(SecurityHubTest, AutomationRulesAreListedInPages) {
  for (int i = 1; i <= 3; ++i) NewRule("rule-" + std::to_string(i), i);
  const Object first = Run("ListAutomationRules", {{"MaxResults", 2}});
  EXPECT_EQ(At(first, "AutomationRulesMetadata.1.RuleName"), "rule-2");
  const Object second =
      Run("ListAutomationRules", {{"MaxResults", 2}, {"NextToken", At(first, "NextToken")}});
  EXPECT_EQ(At(second, "AutomationRulesMetadata.0.RuleName"), "rule-3");
  EXPECT_EQ(At(second, "AutomationRulesMetadata.1.RuleName"), "");
  EXPECT_EQ(At(second, "NextToken"), "");
}

// Each list once read its token by a way of its own, and one of them took anything for a number.
TEST_F(SecurityHubTest, ATokenThatNoReplyGaveIsRefusedByEveryList) {
  for (const char* operation : {"GetFindings", "DescribeActionTargets", "ListAutomationRules"}) {
    for (const char* token : {"x", "-1", "1x", " 1", "99999999999999999999"}) {
      EXPECT_EQ(ErrorOf(operation, {{"NextToken", token}}),
                "InvalidInputException: The token that you provided is not valid.")
          << operation << " " << token;
    }
  }
}

TEST_F(SecurityHubTest, AHubIsOnUntilItIsDisabledAndKeepsTheTimeItWasEnabled) {
  Run("EnableSecurityHub");
  const std::string since = At(Run("DescribeHub"), "SubscribedAt");
  loop_.Advance(std::chrono::minutes(5));
  Run("EnableSecurityHub");
  EXPECT_EQ(At(Run("DescribeHub"), "SubscribedAt"), since);
  Run("DisableSecurityHub");
  EXPECT_EQ(ErrorOf("DescribeHub"),
            "InvalidAccessException: Account 123456789012 is not subscribed to AWS Security Hub");
  Run("EnableSecurityHub");
  EXPECT_NE(At(Run("DescribeHub"), "SubscribedAt"), since);
}

}  // namespace
}  // namespace riposte::securityhub

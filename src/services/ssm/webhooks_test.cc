#include "services/ssm/webhooks.h"

#include "http/testing/fake_client.h"
#include "services/ssm/testing/ssm_fixture.h"

namespace riposte::ssm {
namespace {

class WebhooksTest : public SsmTest {
 protected:
  WebhooksTest() {
    webhooks_.Register(registry_);
    answer = [this](const api::Invocation& call) -> std::optional<api::Outcome> {
      EXPECT_EQ(call.operation, "InvokeWebhook");
      return Invoke(call.input);
    };
  }
  api::Outcome Invoke(const Object& input) {
    service_ = "riposte";
    const auto outcome = Begin("InvokeWebhook", input);
    service_ = "ssm";
    return **outcome;
  }
  void Integrate(const std::string& name, const std::string& value) {
    Run("PutParameter", {{"Name", std::string(Webhooks::kPrefix) + name},
                         {"Value", value},
                         {"Type", "SecureString"},
                         {"DataType", "aws:ssm:integration"}});
  }
  http::testing::FakeClient http_;
  Webhooks webhooks_{*store_, http_, std::string(32, 'k'), random_};
};

constexpr const char* kSecret =
    R"({"url":"https://hooks.example/T0","headers":{"Authorization":"Bearer hush"},"payload":{"text":"x"}})";

TEST_F(WebhooksTest, PostsToTheIntegrationAndKeepsItsSecret) {
  Integrate("chat", kSecret);
  http_.SetAnswer([](const http::OutgoingRequest&) {
    return http::Response{.status = 202, .headers = {}, .body = "taken"};
  });
  Create("Tell", R"({"schemaVersion":"0.3","mainSteps":[{"name":"tell","action":"aws:invokeWebhook",
    "inputs":{"IntegrationName":"chat","Body":"{\"text\":\"hello\"}"}}],
    "outputs":["tell.Response","tell.ResponseCode"]})");
  const std::string id = Start({{"DocumentName", "Tell"}});
  EXPECT_EQ(Status(id), "Success") << At(Execution(id), "FailureMessage");
  ASSERT_EQ(http_.requests.size(), 1u);
  EXPECT_EQ(http_.requests[0].url, "https://hooks.example/T0");
  EXPECT_EQ(http_.requests[0].method, "POST");
  EXPECT_EQ(http_.requests[0].body, R"({"text":"hello"})");
  EXPECT_EQ(http_.requests[0].headers.Get("Authorization"), "Bearer hush");
  // What is sent again after a restart says that it is the same.
  const std::string token(http_.requests[0].headers.Get("Idempotency-Key"));
  ASSERT_EQ(invoker_.calls.size(), 1u);
  EXPECT_EQ(At(invoker_.calls[0].input, "ClientToken"), token);
  EXPECT_EQ(token.size(), 36u);
  EXPECT_EQ(At(Execution(id), "Outputs"),
            R"({"tell.Response":["taken"],"tell.ResponseCode":["202"]})");
  // Nothing that is stored of the execution knows the secret.
  store_->Read([&](store::Transaction& tx) {
    const auto check = [&](const char* query) {
      tx.Query(query, {}, [&](const store::Row& row) {
        EXPECT_EQ(row.Str(0).find("hush"), std::string::npos);
        EXPECT_EQ(row.Str(0).find("hooks.example"), std::string::npos);
        return true;
      });
    };
    check("SELECT state FROM workflow_executions");
    check("SELECT content FROM workflow_definitions");
    check("SELECT detail FROM workflow_history");
    check("SELECT change FROM workflow_history");
    check("SELECT owed FROM workflow_executions");
    check("SELECT detail FROM workflow_errands");
  });
}

TEST_F(WebhooksTest, WithoutBodyTheIntegrationsPayloadIsSent) {
  Integrate("chat", kSecret);
  (void)Invoke({{"IntegrationName", "chat"}});
  EXPECT_EQ(http_.requests.at(0).body, R"({"text":"x"})");
}

TEST_F(WebhooksTest, FailuresNameTheIntegrationOnly) {
  EXPECT_EQ(Invoke({{"IntegrationName", "nobody"}}).error->code(), "ResourceNotFoundException");
  Integrate("odd", "not JSON");
  EXPECT_EQ(Invoke({{"IntegrationName", "odd"}}).error->code(), "ValidationException");
  Integrate("chat", kSecret);
  http_.SetAnswer([](const http::OutgoingRequest&) -> Result<http::Response> {
    return Fail(Code::kUnavailable, "https://hooks.example/T0 is away");
  });
  EXPECT_EQ(Invoke({{"IntegrationName", "chat"}}).error->message(),
            "The webhook chat could not be reached.");
}

}  // namespace
}  // namespace riposte::ssm

// Identity over the whole path: what a role or a user may do through the pipeline.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

constexpr const char* kPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:Get*",)"
    R"("Resource":"arn:aws:secretsmanager:*:*:secret:app-??????"}]})";

std::string Code(const api::Outcome& outcome) {
  return outcome.ok() ? "" : outcome.error->code();
}

TEST(Identity, UsersMayDoWhatTheirPoliciesSay) {
  Harness engine;
  engine.Call("secretsmanager", "CreateSecret", {{"Name", "app"}, {"SecretString", "v"}});
  engine.Call("secretsmanager", "CreateSecret", {{"Name", "other"}, {"SecretString", "v"}});
  engine.Call("iam", "CreateUser", {{"UserName", "ann"}});
  const auto key = engine.Call("iam", "CreateAccessKey", {{"UserName", "ann"}});
  const auto found = engine.engine().directory().FindKey(
      std::string(json::View(key.at("AccessKey").at("AccessKeyId"))));
  ASSERT_TRUE(found);
  const auto get = [&](const char* id) {
    return Code(
        engine.TryCallAs(found->principal, "secretsmanager", "GetSecretValue", {{"SecretId", id}}));
  };
  EXPECT_EQ(get("app"), "AccessDeniedException");
  engine.Call("iam", "PutUserPolicy",
              {{"UserName", "ann"}, {"PolicyName", "p"}, {"PolicyDocument", kPolicy}});
  EXPECT_EQ(get("app"), "");
  EXPECT_EQ(get("other"), "AccessDeniedException");
  EXPECT_EQ(Code(engine.TryCallAs(found->principal, "iam", "ListUsers")), "AccessDenied");
  EXPECT_EQ(Code(engine.TryCallAs(found->principal, "ec2", "DescribeInstances")),
            "UnauthorizedOperation");
  // Needs no permission.
  EXPECT_EQ(Code(engine.TryCallAs(found->principal, "sts", "GetCallerIdentity")), "");
}

TEST(Identity, RolesAreAssumedByThoseTheyTrust) {
  Harness engine;
  engine.Call("iam", "CreateUser", {{"UserName", "ann"}});
  const std::string ann = "arn:aws:iam::" + engine.scope().account.str() + ":user/ann";
  const access::Principal caller{access::Principal::Kind::kUser, engine.scope().account, ann,
                                 "AIDA"};
  const std::string trust =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":")" + ann +
      R"("},"Action":"sts:AssumeRole"}]})";
  engine.Call("iam", "CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", trust}});
  const std::string arn = "arn:aws:iam::" + engine.scope().account.str() + ":role/r";
  const json::Object input{{"RoleArn", arn}, {"RoleSessionName", "session"}};
  const auto assumed = engine.TryCallAs(caller, "sts", "AssumeRole", input);
  EXPECT_EQ(Code(assumed), "");
  access::Principal bob = caller;
  bob.arn.replace(bob.arn.size() - 3, 3, "bob");
  EXPECT_EQ(Code(engine.TryCallAs(bob, "sts", "AssumeRole", input)), "AccessDenied");
}

TEST(Identity, SecretsAndKeysOutliveARestart) {
  Harness engine({.durable = true});
  engine.Call("secretsmanager", "CreateSecret", {{"Name", "app"}, {"SecretString", "v"}});
  engine.Call("ssm", "PutParameter", {{"Name", "p"}, {"Value", "w"}, {"Type", "SecureString"}});
  engine.Call("iam", "CreateUser", {{"UserName", "ann"}});
  const auto key = engine.Call("iam", "CreateAccessKey", {{"UserName", "ann"}});
  engine.Restart();
  EXPECT_EQ(engine.Call("ssm", "GetParameter", {{"Name", "p"}, {"WithDecryption", true}})
                .at("Parameter")
                .at("Value"),
            "w");
  EXPECT_EQ(
      engine.Call("secretsmanager", "GetSecretValue", {{"SecretId", "app"}}).at("SecretString"),
      "v");
  EXPECT_TRUE(engine.engine().directory().FindKey(
      std::string(json::View(key.at("AccessKey").at("AccessKeyId")))));
}

}  // namespace
}  // namespace riposte::app::testing

// The shipped runbooks about IAM users, policies and the password policy: effect, failure, undo.
#include "app/testing/runbook_fixture.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

constexpr const char* kDocument =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})";
constexpr const char* kReadOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";

class ShippedIdentityTest : public RunbookFixture {
 protected:
  /// A user; its id.
  std::string NewUser(const std::string& name) {
    return Text(engine.Call("iam", "CreateUser", {{"UserName", name}}).at("User").at("UserId"));
  }
  std::string NewKey(const std::string& user) {
    return Text(engine.Call("iam", "CreateAccessKey", {{"UserName", user}})
                    .at("AccessKey")
                    .at("AccessKeyId"));
  }
  std::string StatusOf(const std::string& user, const std::string& key) {
    const Object reply = engine.Call("iam", "ListAccessKeys", {{"UserName", user}});
    for (const json::Value& entry : reply.at("AccessKeyMetadata").as_array()) {
      if (Text(entry.at("AccessKeyId")) == key) return Text(entry.at("Status"));
    }
    return "none";
  }
  /// Without the timers of every minute on the way.
  void SkipDays(int days) {
    engine.clock.Set(engine.clock.Now() + std::chrono::hours(24 * days));
    engine.RunUntilIdle();
  }
  Object With(Object parameters) {
    Object out;
    for (const auto& [name, value] : parameters) out[name] = Array{value};
    out["AutomationAssumeRole"] = Array{role_};
    return out;
  }
  const std::string role_ = CreateRole("automation", "\"*\"");
  Object Policies(const std::string& user) {
    Object out = engine.Call("iam", "ListAttachedUserPolicies", {{"UserName", user}});
    out["inline"] = engine.Call("iam", "ListUserPolicies", {{"UserName", user}}).at("PolicyNames");
    return out;
  }
};

TEST_F(ShippedIdentityTest, SetsThePasswordPolicy) {
  const std::string document = "AWSConfigRemediation-SetIAMPasswordPolicy";
  const Object strict = With({{"MinimumPasswordLength", "14"},
                              {"RequireSymbols", "True"},
                              {"MaxPasswordAge", "90"},
                              {"PasswordReusePrevention", "5"}});
  const auto look = [this] { return See("iam", "GetAccountPasswordPolicy", {}); };
  const Object first = RunToEnd(document, strict);
  EXPECT_EQ(Outcome(first), "Success");
  EXPECT_NE(look().find(R"("MinimumPasswordLength":14,"RequireSymbols":true)"), std::string::npos)
      << look();
  EXPECT_EQ(Outcome(UndoToEnd(first)), "Success");
  EXPECT_EQ(look(), "NoSuchEntity");

  engine.Call("iam", "UpdateAccountPasswordPolicy",
              {{"MinimumPasswordLength", 8}, {"MaxPasswordAge", 30}, {"HardExpiry", true}});
  const std::string before = look();
  const Object plain = RunToEnd(document, With({}));
  EXPECT_EQ(Outcome(plain), "Success");
  EXPECT_NE(look().find(R"("ExpirePasswords":false)"), std::string::npos) << look();
  EXPECT_EQ(Outcome(UndoToEnd(plain)), "Success");
  EXPECT_EQ(look(), before);

  const Object again = RunToEnd(document, strict);
  engine.Call("iam", "UpdateAccountPasswordPolicy", {{"MinimumPasswordLength", 20}});
  EXPECT_NE(Outcome(UndoToEnd(again)).find("was changed since; it is left as it is."),
            std::string::npos);
  EXPECT_NE(look().find(R"("MinimumPasswordLength":20)"), std::string::npos);
  EXPECT_EQ(Outcome(RunToEnd(document, With({{"MinimumPasswordLength", "3"}}))).substr(0, 8),
            "Failed: ");
}

TEST_F(ShippedIdentityTest, RevokesWhatIsUnused) {
  const std::string document = "AWSConfigRemediation-RevokeUnusedIAMUserCredentials";
  const std::string id = NewUser("old");
  const std::string stale = NewKey("old");
  engine.Call("iam", "CreateLoginProfile", {{"UserName", "old"}, {"Password", "Wr0ng.horse"}});
  SkipDays(91);
  const std::string fresh = NewKey("old");
  const Object idle =
      RunToEnd(document, With({{"IAMResourceId", id}, {"MaxCredentialUsageAge", "365"}}));
  EXPECT_EQ(UndoRefusal(IdOf(idle)), "UndoNotPossibleException: Nothing was changed.");
  EXPECT_EQ(StatusOf("old", stale), "Active");

  const Object done = RunToEnd(document, With({{"IAMResourceId", id}}));
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_EQ(StatusOf("old", stale), "Inactive");
  EXPECT_EQ(StatusOf("old", fresh), "Active");
  EXPECT_EQ(See("iam", "GetLoginProfile", {{"UserName", "old"}}), "NoSuchEntity");

  // The key comes back, the password cannot; with a new password there is nothing left to say.
  EXPECT_NE(Outcome(UndoToEnd(done)).find("Login Profile for User old cannot be found."),
            std::string::npos);
  EXPECT_EQ(StatusOf("old", stale), "Active");
  engine.Call("iam", "CreateLoginProfile", {{"UserName", "old"}, {"Password", "N3w.horse"}});
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");

  const std::string other = NewUser("keys");
  const std::string key = NewKey("keys");
  SkipDays(100);
  const Object keys = RunToEnd(document, With({{"IAMResourceId", other}}));
  EXPECT_EQ(StatusOf("keys", key), "Inactive");
  EXPECT_EQ(Outcome(UndoToEnd(keys)), "Success");
  EXPECT_EQ(StatusOf("keys", key), "Active");
  EXPECT_NE(Outcome(RunToEnd(document, With({{"IAMResourceId", "AIDANOBODY"}})))
                .find("There is no IAM user with the id AIDANOBODY."),
            std::string::npos);
}

TEST_F(ShippedIdentityTest, DeletesAUserWithAllItHas) {
  const std::string document = "AWSConfigRemediation-DeleteIAMUser";
  const std::string id = NewUser("gone");
  const Object user{{"UserName", "gone"}};
  NewKey("gone");
  NewKey("gone");
  engine.Call("iam", "CreateLoginProfile", {{"UserName", "gone"}, {"Password", "Wr0ng.horse"}});
  engine.Call("iam", "UploadSigningCertificate",
              {{"UserName", "gone"},
               {"CertificateBody", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"}});
  engine.Call("iam", "UploadSSHPublicKey",
              {{"UserName", "gone"}, {"SSHPublicKeyBody", "ssh-rsa AAAAB3NzaC1yc2E= u@host"}});
  engine.Call("iam", "CreateServiceSpecificCredential",
              {{"UserName", "gone"}, {"ServiceName", "codecommit.amazonaws.com"}});
  engine.Call("iam", "CreateGroup", {{"GroupName", "ops"}});
  engine.Call("iam", "AddUserToGroup", {{"UserName", "gone"}, {"GroupName", "ops"}});
  engine.Call("iam", "AttachUserPolicy", {{"UserName", "gone"}, {"PolicyArn", kReadOnly}});
  engine.Call("iam", "PutUserPolicy",
              {{"UserName", "gone"}, {"PolicyName", "p"}, {"PolicyDocument", kDocument}});
  engine.Call("iam", "CreateVirtualMFADevice", {{"VirtualMFADeviceName", "phone"}});
  const Object done = RunToEnd(document, With({{"IAMUserId", id}}));
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_EQ(See("iam", "GetUser", user), "NoSuchEntity");
  EXPECT_EQ(engine.Call("iam", "GetGroup", {{"GroupName", "ops"}}).at("Users"), Array());
  EXPECT_EQ(UndoRefusal(IdOf(done)),
            "UndoNotPossibleException: A deleted IAM user cannot be restored; its id, its secret "
            "keys and its password are gone.");
  EXPECT_EQ(Outcome(RunToEnd(document, With({{"IAMUserId", NewUser("bare")}}))), "Success");
  EXPECT_NE(Outcome(RunToEnd(document, With({{"IAMUserId", id}}))).find("There is no IAM user"),
            std::string::npos);
}

TEST_F(ShippedIdentityTest, DetachesAPolicyEverywhere) {
  const std::string document = "AWSConfigRemediation-DetachIAMPolicy";
  const Object policy =
      engine.Call("iam", "CreatePolicy", {{"PolicyName", "wide"}, {"PolicyDocument", kDocument}})
          .at("Policy")
          .as_object();
  const std::string arn = Text(policy.at("Arn"));
  NewUser("a");
  NewUser("b");
  engine.Call("iam", "CreateGroup", {{"GroupName", "g"}});
  engine.Call("iam", "AttachUserPolicy", {{"UserName", "a"}, {"PolicyArn", arn}});
  engine.Call("iam", "AttachUserPolicy", {{"UserName", "b"}, {"PolicyArn", arn}});
  engine.Call("iam", "AttachGroupPolicy", {{"GroupName", "g"}, {"PolicyArn", arn}});
  engine.Call("iam", "AttachRolePolicy", {{"RoleName", "automation"}, {"PolicyArn", arn}});
  const auto look = [&] { return See("iam", "ListEntitiesForPolicy", {{"PolicyArn", arn}}); };
  const std::string before = look();
  const Object done = RunToEnd(document, With({{"IAMResourceId", Text(policy.at("PolicyId"))}}));
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_NE(look().find(R"("PolicyUsers":[])"), std::string::npos) << look();
  EXPECT_NE(look().find(R"("PolicyRoles":[])"), std::string::npos) << look();
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
  EXPECT_EQ(look(), before);

  // One of them is gone: the others get it back, and the undo says who did not.
  const Object again = RunToEnd(document, With({{"IAMResourceId", Text(policy.at("PolicyId"))}}));
  engine.Call("iam", "DeleteUser", {{"UserName", "a"}});
  EXPECT_NE(Outcome(UndoToEnd(again)).find("The user with name a cannot be found."),
            std::string::npos);
  EXPECT_NE(look().find(R"("UserName":"b")"), std::string::npos);
  EXPECT_NE(look().find(R"("RoleName":"automation")"), std::string::npos);
  EXPECT_NE(Outcome(RunToEnd(document, With({{"IAMResourceId", "ANPANOTHING"}})))
                .find("There is no policy with the id ANPANOTHING."),
            std::string::npos);
}

TEST_F(ShippedIdentityTest, RemovesThePoliciesOfAUser) {
  const std::string document = "AWSConfigRemediation-RemoveUserPolicies";
  const std::string id = NewUser("u");
  const auto give = [this] {
    engine.Call("iam", "AttachUserPolicy", {{"UserName", "u"}, {"PolicyArn", kReadOnly}});
    engine.Call("iam", "PutUserPolicy",
                {{"UserName", "u"}, {"PolicyName", "own"}, {"PolicyDocument", kDocument}});
  };
  give();
  const Object before = Policies("u");
  for (const auto& [type, attached, inline_left] :
       {std::tuple{"All", 0u, 0u}, {"Managed", 0u, 1u}, {"Inline", 1u, 0u}}) {
    SCOPED_TRACE(type);
    const Object done = RunToEnd(document, With({{"IAMUserID", id}, {"PolicyType", type}}));
    EXPECT_EQ(Outcome(done), "Success");
    EXPECT_EQ(Policies("u").at("AttachedPolicies").as_array().size(), attached);
    EXPECT_EQ(Policies("u").at("inline").as_array().size(), inline_left);
    EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
    EXPECT_EQ(Policies("u"), before);
  }
  EXPECT_NE(See("iam", "GetUserPolicy", {{"UserName", "u"}, {"PolicyName", "own"}}).find("s3%3A"),
            std::string::npos);
  const std::string bare = NewUser("bare");
  const Object none = RunToEnd(document, With({{"IAMUserID", bare}, {"PolicyType", "All"}}));
  EXPECT_EQ(UndoRefusal(IdOf(none)), "UndoNotPossibleException: Nothing was changed.");
  const Object done = RunToEnd(document, With({{"IAMUserID", id}, {"PolicyType", "All"}}));
  engine.Call("iam", "DeleteUser", {{"UserName", "u"}});
  EXPECT_NE(Outcome(UndoToEnd(done)).find("The user with name u cannot be found."),
            std::string::npos);
  EXPECT_NE(Outcome(RunToEnd(document, With({{"IAMUserID", id}, {"PolicyType", "All"}})))
                .find("There is no IAM user"),
            std::string::npos);
}

class ContainPrincipalTest : public ShippedIdentityTest {
 protected:
  Object Given(const std::string& type, const std::string& name, const std::string& action,
               Object more) {
    Object out = With({{"PrincipalType", type}, {"PrincipalName", name}, {"Action", action}});
    for (const auto& [key, value] : more) out[key] = Array{value};
    return out;
  }
  /// Whether the user or role may list buckets.
  bool Acts(const std::string& kind, const std::string& name) {
    access::Principal who = access::Principal::Root(engine.scope().account);
    who.kind =
        kind == "user" ? access::Principal::Kind::kUser : access::Principal::Kind::kAssumedRole;
    who.arn = "arn:aws:iam::123456789012:" + kind + "/" + name;
    if (kind == "role") {
      who.role_arn = who.arn;
      who.arn = "arn:aws:sts::123456789012:assumed-role/" + name + "/s";
    }
    return engine.TryCallAs(who, "s3", "ListBuckets").ok();
  }
  const std::string document_ = "AWSSupport-ContainIAMPrincipal";
};

TEST_F(ContainPrincipalTest, AUserWithItsKeys) {
  NewUser("mallory");
  engine.Call(
      "iam", "TagUser",
      {{"UserName", "mallory"}, {"Tags", Array{Object{{"Key", "incident"}, {"Value", "old"}}}}});
  engine.Call("iam", "PutUserPolicy",
              {{"UserName", "mallory"}, {"PolicyName", "own"}, {"PolicyDocument", kDocument}});
  const std::string used = NewKey("mallory");
  const std::string off = NewKey("mallory");
  engine.Call("iam", "UpdateAccessKey",
              {{"UserName", "mallory"}, {"AccessKeyId", off}, {"Status", "Inactive"}});
  ASSERT_TRUE(Acts("user", "mallory"));
  const Object dry = RunToEnd(document_, Given("IAM user", "mallory", "Contain", {}));
  EXPECT_EQ(Outcome(dry), "Success");
  EXPECT_EQ(UndoRefusal(IdOf(dry)), "UndoNotPossibleException: Nothing was changed.");
  EXPECT_TRUE(Acts("user", "mallory"));
  EXPECT_EQ(engine.Call("s3", "ListBuckets").at("Buckets"), Array());

  const Object more{{"DryRun", "false"}, {"TagIdentifier", "Key=incident,Value=7"}};
  const Object done = RunToEnd(document_, Given("IAM user", "mallory", "Contain", more));
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_FALSE(Acts("user", "mallory"));
  EXPECT_EQ(StatusOf("mallory", used), "Inactive");
  EXPECT_NE(See("iam", "ListUserTags", {{"UserName", "mallory"}}).find(R"("Value":"7")"),
            std::string::npos);
  const std::string bucket = "awssupport-containiamprincipal-" + IdOf(done).substr(0, 8);
  const Object objects = engine.Call("s3", "ListObjectsV2", {{"Bucket", bucket}});
  EXPECT_EQ(Text(objects.at("Contents").at(0).at("Key")), "user/mallory/" + IdOf(done) + ".json");
  EXPECT_NE(Outcome(RunToEnd(document_, Given("IAM user", "mallory", "Contain", more)))
                .find("The user mallory is contained already."),
            std::string::npos);

  const Object undone = UndoToEnd(done);
  EXPECT_EQ(Outcome(undone), "Success");
  EXPECT_TRUE(Acts("user", "mallory"));
  EXPECT_EQ(StatusOf("mallory", used), "Active");
  EXPECT_EQ(StatusOf("mallory", off), "Inactive");
  EXPECT_NE(See("iam", "ListUserTags", {{"UserName", "mallory"}}).find(R"("Value":"old")"),
            std::string::npos);
  EXPECT_EQ(UndoRefusal(IdOf(undone)),
            "UndoNotPossibleException: A restored principal is contained again by containing it.");
}

TEST_F(ContainPrincipalTest, ARoleAndItsSessions) {
  engine.Call("iam", "CreateRole",
              {{"RoleName", "worker"},
               {"AssumeRolePolicyDocument",
                R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)"
                R"({"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]})"}});
  engine.Call("iam", "PutRolePolicy",
              {{"RoleName", "worker"}, {"PolicyName", "own"}, {"PolicyDocument", kDocument}});
  ASSERT_TRUE(Acts("role", "worker"));
  const Object place{
      {"DryRun", "false"}, {"BackupS3BucketName", "evidence"}, {"BackupS3KeyName", "worker"}};
  const Object done = RunToEnd(document_, Given("IAM role", "worker", "Contain", place));
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_FALSE(Acts("role", "worker"));
  // By hand, as the guide has it: the backup of another principal is refused.
  NewUser("worker");
  EXPECT_NE(Outcome(RunToEnd(document_, Given("IAM user", "worker", "Restore", place)))
                .find("The backup is that of arn:aws:iam::123456789012:role/worker."),
            std::string::npos);
  EXPECT_EQ(Outcome(RunToEnd(document_, Given("IAM role", "worker", "Restore", place))), "Success");
  EXPECT_TRUE(Acts("role", "worker"));
  // So the undo finds nothing to undo, and says so.
  EXPECT_NE(Outcome(UndoToEnd(done)).find("worker is not contained."), std::string::npos);
}

TEST_F(ContainPrincipalTest, WhatIsNotThere) {
  EXPECT_NE(
      Outcome(RunToEnd(document_, Given("IAM user", "nobody", "Contain", {}))).find("NoSuchEntity"),
      std::string::npos);
  EXPECT_NE(Outcome(RunToEnd(document_, Given("Identity Center user", "nobody", "Contain", {})))
                .find("There is no operation GetUserId of the service identitystore."),
            std::string::npos);
  EXPECT_NE(Outcome(RunToEnd(document_, Given("IAM user", "nobody", "Restore", {})))
                .find("BackupS3BucketName and BackupS3KeyName are needed to restore."),
            std::string::npos);
}

}  // namespace
}  // namespace riposte::app::testing

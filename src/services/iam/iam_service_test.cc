#include "services/iam/iam_service.h"

#include "access/schema.h"
#include "api/testing/service_fixture.h"
#include "base/encoding.h"
#include "wire/catalog.h"

namespace riposte::iam {
namespace {

constexpr const char* kTrust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":)"
    R"("lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
constexpr const char* kDocument =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sns:Publish",)"
    R"("Resource":"*"}]})";
constexpr const char* kBasic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

class IamServiceTest : public api::testing::ServiceFixture {
 protected:
  IamServiceTest() : ServiceFixture("iam", {access::Migrations()}) {
    service_under_test_.Register(registry_);
  }

  void CreateRole(const std::string& name) {
    Run("CreateRole", {{"RoleName", name}, {"AssumeRolePolicyDocument", kTrust}});
  }
  std::string CreatePolicy(const std::string& name) {
    return At(Run("CreatePolicy", {{"PolicyName", name}, {"PolicyDocument", kDocument}}),
              "Policy.Arn");
  }

  access::Directory directory_{*store_, random_, clock_};
  access::Authorizer authorizer_{directory_};
  IamService service_under_test_{directory_, authorizer_, random_};
};

// Every operation of the model has a handler, and the other way round.
TEST_F(IamServiceTest, OffersWhatTheModelSays) {
  const wire::Catalog catalog;
  const wire::ServiceModel* model = catalog.Find("iam");
  ASSERT_NE(model, nullptr);
  for (const auto& [name, operation] : model->operations) {
    EXPECT_NE(registry_.Find("iam", name), nullptr) << name;
  }
  EXPECT_EQ(registry_.List().size(), model->operations.size());
}

TEST_F(IamServiceTest, RoleLifeCycle) {
  const auto created = Run("CreateRole", {{"RoleName", "app-role"},
                                          {"Path", "/service/"},
                                          {"AssumeRolePolicyDocument", kTrust},
                                          {"Description", "d"},
                                          {"MaxSessionDuration", 7200},
                                          {"Tags", {{{"Key", "team"}, {"Value", "red"}}}}});
  EXPECT_EQ(At(created, "Role.Arn"), "arn:aws:iam::123456789012:role/service/app-role");
  EXPECT_EQ(At(created, "Role.RoleId").substr(0, 4), "AROA");
  EXPECT_EQ(PercentDecode(At(created, "Role.AssumeRolePolicyDocument")), kTrust);
  EXPECT_EQ(ErrorOf("CreateRole", {{"RoleName", "app-role"}, {"AssumeRolePolicyDocument", kTrust}}),
            "EntityAlreadyExists: Role with name app-role already exists.");
  // The directory knows it once the call has returned.
  EXPECT_TRUE(directory_.FindRole("arn:aws:iam::123456789012:role/service/app-role"));

  Run("UpdateRole", {{"RoleName", "app-role"}, {"MaxSessionDuration", 3600}});
  const auto got = Run("GetRole", {{"RoleName", "app-role"}});
  EXPECT_EQ(At(got, "Role.MaxSessionDuration"), "3600");
  EXPECT_EQ(At(got, "Role.Description"), "d");
  EXPECT_EQ(At(got, "Role.Tags.0.Value"), "red");
  EXPECT_EQ(At(Run("ListRoles", {{"PathPrefix", "/service/"}}), "Roles.0.RoleName"), "app-role");
  EXPECT_EQ(At(Run("ListRoles", {{"PathPrefix", "/other/"}}), "Roles"), "[]");

  Run("AttachRolePolicy", {{"RoleName", "app-role"}, {"PolicyArn", kBasic}});
  EXPECT_EQ(ErrorOf("DeleteRole", {{"RoleName", "app-role"}}),
            "DeleteConflict: Cannot delete entity, must detach all policies first.");
  Run("DetachRolePolicy", {{"RoleName", "app-role"}, {"PolicyArn", kBasic}});
  Run("PutRolePolicy",
      {{"RoleName", "app-role"}, {"PolicyName", "p"}, {"PolicyDocument", kDocument}});
  EXPECT_EQ(ErrorOf("DeleteRole", {{"RoleName", "app-role"}}),
            "DeleteConflict: Cannot delete entity, must delete policies first.");
  Run("DeleteRolePolicy", {{"RoleName", "app-role"}, {"PolicyName", "p"}});
  Run("DeleteRole", {{"RoleName", "app-role"}});
  EXPECT_EQ(ErrorOf("GetRole", {{"RoleName", "app-role"}}),
            "NoSuchEntity: The role with name app-role cannot be found.");
  EXPECT_FALSE(directory_.FindRole("arn:aws:iam::123456789012:role/service/app-role"));
}

TEST_F(IamServiceTest, TrustPoliciesAreChecked) {
  EXPECT_EQ(ErrorOf("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kDocument}}),
            "MalformedPolicyDocument: Missing required field Principal");
  CreateRole("r");
  EXPECT_EQ(ErrorOf("UpdateAssumeRolePolicy", {{"RoleName", "r"}, {"PolicyDocument", "{"}}),
            "MalformedPolicyDocument: This policy contains invalid Json");
  std::string events = kTrust;
  events.replace(events.find("lambda"), 6, "events");
  Run("UpdateAssumeRolePolicy", {{"RoleName", "r"}, {"PolicyDocument", events}});
  EXPECT_TRUE(
      directory_.AssumeForService("arn:aws:iam::123456789012:role/r", "events.amazonaws.com", "s"));
}

TEST_F(IamServiceTest, AttachedAndInlinePolicies) {
  CreateRole("r");
  EXPECT_EQ(
      ErrorOf("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", "arn:aws:iam::aws:policy/No"}}),
      "NoSuchEntity: Policy arn:aws:iam::aws:policy/No does not exist or is not attachable.");
  EXPECT_EQ(ErrorOf("AttachRolePolicy", {{"RoleName", "x"}, {"PolicyArn", kBasic}}),
            "NoSuchEntity: The role with name x cannot be found.");
  Run("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", kBasic}});
  Run("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", kBasic}});
  const auto attached = Run("ListAttachedRolePolicies", {{"RoleName", "r"}});
  EXPECT_EQ(attached.at("AttachedPolicies").as_array().size(), 1u);
  EXPECT_EQ(At(attached, "AttachedPolicies.0.PolicyName"), "AWSLambdaBasicExecutionRole");
  Run("DetachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", kBasic}});
  EXPECT_EQ(ErrorOf("DetachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", kBasic}}),
            "NoSuchEntity: Policy " + std::string(kBasic) + " was not found.");

  Run("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", kDocument}});
  EXPECT_EQ(At(Run("ListRolePolicies", {{"RoleName", "r"}}), "PolicyNames"), R"(["p"])");
  EXPECT_EQ(PercentDecode(At(Run("GetRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}}),
                             "PolicyDocument")),
            kDocument);
  EXPECT_EQ(ErrorOf("GetRolePolicy", {{"RoleName", "r"}, {"PolicyName", "q"}}),
            "NoSuchEntity: The role policy with name q cannot be found.");
  EXPECT_EQ(ErrorOf("PutRolePolicy",
                    {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", kTrust}}),
            "MalformedPolicyDocument: Policy document should not specify a principal.");
  std::string large = kDocument;
  large.replace(large.find("sns:Publish"), 11, "sns:" + std::string(11'000, 'p'));
  EXPECT_EQ(
      ErrorOf("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "l"}, {"PolicyDocument", large}}),
      "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role r");
}

TEST_F(IamServiceTest, PolicyVersions) {
  const std::string arn = CreatePolicy("p");
  EXPECT_EQ(arn, "arn:aws:iam::123456789012:policy/p");
  EXPECT_EQ(ErrorOf("CreatePolicy", {{"PolicyName", "p"}, {"PolicyDocument", kDocument}}),
            "EntityAlreadyExists: A policy called p already exists. Duplicate names are not "
            "allowed.");
  for (int i = 0; i < 4; ++i) {
    Run("CreatePolicyVersion",
        {{"PolicyArn", arn}, {"PolicyDocument", kDocument}, {"SetAsDefault", i == 0}});
  }
  EXPECT_EQ(ErrorOf("CreatePolicyVersion", {{"PolicyArn", arn}, {"PolicyDocument", kDocument}})
                .substr(0, 13),
            "LimitExceeded");
  EXPECT_EQ(At(Run("GetPolicy", {{"PolicyArn", arn}}), "Policy.DefaultVersionId"), "v2");
  EXPECT_EQ(ErrorOf("DeletePolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v2"}}),
            "DeleteConflict: Cannot delete the default version of a policy.");
  Run("DeletePolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v5"}});
  EXPECT_EQ(At(Run("CreatePolicyVersion", {{"PolicyArn", arn}, {"PolicyDocument", kDocument}}),
               "PolicyVersion.VersionId"),
            "v6");
  Run("SetDefaultPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v6"}});
  const auto versions = Run("ListPolicyVersions", {{"PolicyArn", arn}, {"MaxItems", 2}});
  EXPECT_EQ(At(versions, "Versions.0.VersionId"), "v6");
  EXPECT_EQ(At(versions, "Versions.0.IsDefaultVersion"), "true");
  EXPECT_EQ(At(versions, "IsTruncated"), "true");
  EXPECT_EQ(At(Run("ListPolicyVersions",
                   {{"PolicyArn", arn}, {"MaxItems", 2}, {"Marker", At(versions, "Marker")}}),
               "Versions.0.VersionId"),
            "v3");
  EXPECT_EQ(PercentDecode(At(Run("GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v1"}}),
                             "PolicyVersion.Document")),
            kDocument);
  EXPECT_EQ(ErrorOf("GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v9"}}).substr(0, 12),
            "NoSuchEntity");
  EXPECT_EQ(ErrorOf("DeletePolicy", {{"PolicyArn", arn}}).substr(0, 14), "DeleteConflict");
}

TEST_F(IamServiceTest, PoliciesInUseStay) {
  const std::string arn = CreatePolicy("p");
  CreateRole("r");
  Run("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", arn}});
  EXPECT_EQ(ErrorOf("DeletePolicy", {{"PolicyArn", arn}}),
            "DeleteConflict: Cannot delete a policy attached to entities.");
  EXPECT_EQ(At(Run("ListEntitiesForPolicy", {{"PolicyArn", arn}}), "PolicyRoles.0.RoleName"), "r");
  EXPECT_EQ(At(Run("ListPolicies", {{"Scope", "Local"}, {"OnlyAttached", true}}),
               "Policies.0.AttachmentCount"),
            "1");
  Run("DetachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", arn}});
  Run("PutRolePermissionsBoundary", {{"RoleName", "r"}, {"PermissionsBoundary", arn}});
  EXPECT_EQ(
      At(Run("GetRole", {{"RoleName", "r"}}), "Role.PermissionsBoundary.PermissionsBoundaryArn"),
      arn);
  EXPECT_NE(ErrorOf("DeletePolicy", {{"PolicyArn", arn}}), "");
  Run("DeleteRolePermissionsBoundary", {{"RoleName", "r"}});
  Run("TagPolicy", {{"PolicyArn", arn}, {"Tags", {{{"Key", "a"}, {"Value", "b"}}}}});
  EXPECT_EQ(At(Run("ListPolicyTags", {{"PolicyArn", arn}}), "Tags.0.Key"), "a");
  Run("UntagPolicy", {{"PolicyArn", arn}, {"TagKeys", {"a"}}});
  EXPECT_EQ(At(Run("ListPolicyTags", {{"PolicyArn", arn}}), "Tags"), "[]");
  Run("DeletePolicy", {{"PolicyArn", arn}});
  EXPECT_EQ(ErrorOf("GetPolicy", {{"PolicyArn", arn}}),
            "NoSuchEntity: Policy " + arn + " was not found.");
}

TEST_F(IamServiceTest, ManagedPoliciesCanBeReadButNotChanged) {
  EXPECT_EQ(At(Run("GetPolicy", {{"PolicyArn", kBasic}}), "Policy.PolicyName"),
            "AWSLambdaBasicExecutionRole");
  EXPECT_NE(At(Run("GetPolicyVersion", {{"PolicyArn", kBasic}, {"VersionId", "v1"}}),
               "PolicyVersion.Document"),
            "");
  EXPECT_EQ(ErrorOf("DeletePolicy", {{"PolicyArn", kBasic}}).substr(0, 12), "AccessDenied");
  // Every page together holds each policy once.
  std::set<std::string> arns;
  json::Object input{{"MaxItems", 7}};
  while (true) {
    const auto page = Run("ListPolicies", input);
    for (const auto& policy : page.at("Policies").as_array()) {
      EXPECT_TRUE(arns.insert(At(policy, "Arn")).second);
    }
    if (At(page, "IsTruncated") != "true") break;
    input["Marker"] = At(page, "Marker");
  }
  EXPECT_TRUE(arns.contains("arn:aws:iam::aws:policy/AdministratorAccess"));
  EXPECT_GT(arns.size(), 30u);
}

TEST_F(IamServiceTest, UsersAndTheirKeys) {
  Run("CreateUser", {{"UserName", "ann"}, {"Tags", {{{"Key", "a"}, {"Value", "b"}}}}});
  EXPECT_EQ(ErrorOf("CreateUser", {{"UserName", "ann"}}),
            "EntityAlreadyExists: User with name ann already exists.");
  const auto key = Run("CreateAccessKey", {{"UserName", "ann"}});
  const std::string id = At(key, "AccessKey.AccessKeyId");
  ASSERT_TRUE(directory_.FindKey(id));
  EXPECT_EQ(directory_.FindKey(id)->secret, At(key, "AccessKey.SecretAccessKey"));
  EXPECT_EQ(directory_.FindKey(id)->principal.arn, "arn:aws:iam::123456789012:user/ann");
  Run("CreateAccessKey", {{"UserName", "ann"}});
  EXPECT_EQ(ErrorOf("CreateAccessKey", {{"UserName", "ann"}}),
            "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2");
  Run("UpdateAccessKey", {{"UserName", "ann"}, {"AccessKeyId", id}, {"Status", "Inactive"}});
  EXPECT_FALSE(directory_.FindKey(id)->active);
  EXPECT_EQ(At(Run("GetAccessKeyLastUsed", {{"AccessKeyId", id}}), "AccessKeyLastUsed.Region"),
            "N/A");
  EXPECT_EQ(ErrorOf("DeleteUser", {{"UserName", "ann"}}),
            "DeleteConflict: Cannot delete entity, must delete access keys first.");
  const auto keys = Run("ListAccessKeys", {{"UserName", "ann"}});
  for (const auto& item : keys.at("AccessKeyMetadata").as_array()) {
    Run("DeleteAccessKey", {{"UserName", "ann"}, {"AccessKeyId", At(item, "AccessKeyId")}});
  }
  EXPECT_FALSE(directory_.FindKey(id));
  EXPECT_EQ(ErrorOf("DeleteAccessKey", {{"UserName", "ann"}, {"AccessKeyId", id}}),
            "NoSuchEntity: The Access Key with id " + id + " cannot be found.");

  Run("CreateLoginProfile", {{"UserName", "ann"}, {"Password", "Secret-1!"}});
  EXPECT_EQ(ErrorOf("DeleteUser", {{"UserName", "ann"}}),
            "DeleteConflict: Cannot delete entity, must delete login profile first.");
  Run("UpdateLoginProfile", {{"UserName", "ann"}, {"PasswordResetRequired", true}});
  EXPECT_EQ(At(Run("GetLoginProfile", {{"UserName", "ann"}}), "LoginProfile.PasswordResetRequired"),
            "true");
  Run("DeleteLoginProfile", {{"UserName", "ann"}});
  EXPECT_EQ(ErrorOf("GetLoginProfile", {{"UserName", "ann"}}),
            "NoSuchEntity: Login Profile for User ann cannot be found.");

  Run("AttachUserPolicy", {{"UserName", "ann"}, {"PolicyArn", kBasic}});
  Run("UpdateUser", {{"UserName", "ann"}, {"NewUserName", "bob"}, {"NewPath", "/x/"}});
  EXPECT_EQ(At(Run("GetUser", {{"UserName", "bob"}}), "User.Arn"),
            "arn:aws:iam::123456789012:user/x/bob");
  EXPECT_EQ(
      At(Run("ListAttachedUserPolicies", {{"UserName", "bob"}}), "AttachedPolicies.0.PolicyArn"),
      kBasic);
  Run("DetachUserPolicy", {{"UserName", "bob"}, {"PolicyArn", kBasic}});
  Run("DeleteUser", {{"UserName", "bob"}});
  EXPECT_EQ(At(Run("ListUsers"), "Users"), "[]");
}

TEST_F(IamServiceTest, AskingAboutOneself) {
  EXPECT_EQ(At(Run("GetUser"), "User.Arn"), "arn:aws:iam::123456789012:root");
  const access::AccessKey root = directory_.EnsureRootKey(scope_.account);
  EXPECT_EQ(At(Run("ListAccessKeys"), "AccessKeyMetadata.0.AccessKeyId"), root.id);
}

TEST_F(IamServiceTest, GroupsGivePoliciesToTheirMembers) {
  Run("CreateUser", {{"UserName", "ann"}});
  Run("CreateGroup", {{"GroupName", "ops"}});
  EXPECT_EQ(ErrorOf("CreateGroup", {{"GroupName", "ops"}}),
            "EntityAlreadyExists: Group with name ops already exists.");
  Run("AddUserToGroup", {{"GroupName", "ops"}, {"UserName", "ann"}});
  Run("PutGroupPolicy", {{"GroupName", "ops"}, {"PolicyName", "p"}, {"PolicyDocument", kDocument}});
  const auto simulate = [&](const char* action) {
    return At(
        Run("SimulatePrincipalPolicy",
            {{"PolicySourceArn", "arn:aws:iam::123456789012:user/ann"}, {"ActionNames", {action}}}),
        "EvaluationResults.0.EvalDecision");
  };
  EXPECT_EQ(simulate("sns:Publish"), "allowed");
  EXPECT_EQ(simulate("sns:DeleteTopic"), "implicitDeny");
  EXPECT_EQ(At(Run("GetGroup", {{"GroupName", "ops"}}), "Users.0.UserName"), "ann");
  EXPECT_EQ(At(Run("ListGroupsForUser", {{"UserName", "ann"}}), "Groups.0.GroupName"), "ops");
  EXPECT_EQ(ErrorOf("DeleteUser", {{"UserName", "ann"}}),
            "DeleteConflict: Cannot delete entity, must remove users from group first.");
  EXPECT_EQ(ErrorOf("DeleteGroup", {{"GroupName", "ops"}}),
            "DeleteConflict: Cannot delete entity, must remove users from group first.");
  Run("RemoveUserFromGroup", {{"GroupName", "ops"}, {"UserName", "ann"}});
  EXPECT_EQ(simulate("sns:Publish"), "implicitDeny");
  Run("AttachGroupPolicy", {{"GroupName", "ops"}, {"PolicyArn", kBasic}});
  EXPECT_EQ(
      At(Run("ListAttachedGroupPolicies", {{"GroupName", "ops"}}), "AttachedPolicies.0.PolicyArn"),
      kBasic);
  Run("DetachGroupPolicy", {{"GroupName", "ops"}, {"PolicyArn", kBasic}});
  EXPECT_EQ(At(Run("ListGroupPolicies", {{"GroupName", "ops"}}), "PolicyNames"), R"(["p"])");
  EXPECT_NE(
      At(Run("GetGroupPolicy", {{"GroupName", "ops"}, {"PolicyName", "p"}}), "PolicyDocument"), "");
  Run("DeleteGroupPolicy", {{"GroupName", "ops"}, {"PolicyName", "p"}});
  Run("DeleteGroup", {{"GroupName", "ops"}});
  EXPECT_EQ(At(Run("ListGroups"), "Groups"), "[]");
}

TEST_F(IamServiceTest, InstanceProfiles) {
  CreateRole("r");
  Run("CreateInstanceProfile", {{"InstanceProfileName", "web"}});
  EXPECT_EQ(ErrorOf("CreateInstanceProfile", {{"InstanceProfileName", "web"}}),
            "EntityAlreadyExists: Instance Profile web already exists.");
  Run("AddRoleToInstanceProfile", {{"InstanceProfileName", "web"}, {"RoleName", "r"}});
  EXPECT_EQ(
      ErrorOf("AddRoleToInstanceProfile", {{"InstanceProfileName", "web"}, {"RoleName", "r"}}),
      "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  EXPECT_EQ(At(Run("GetInstanceProfile", {{"InstanceProfileName", "web"}}),
               "InstanceProfile.Roles.0.RoleName"),
            "r");
  EXPECT_EQ(At(Run("ListInstanceProfilesForRole", {{"RoleName", "r"}}), "InstanceProfiles.0.Arn"),
            "arn:aws:iam::123456789012:instance-profile/web");
  EXPECT_EQ(ErrorOf("DeleteRole", {{"RoleName", "r"}}),
            "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.");
  EXPECT_NE(ErrorOf("DeleteInstanceProfile", {{"InstanceProfileName", "web"}}), "");
  Run("RemoveRoleFromInstanceProfile", {{"InstanceProfileName", "web"}, {"RoleName", "r"}});
  Run("DeleteInstanceProfile", {{"InstanceProfileName", "web"}});
  EXPECT_EQ(ErrorOf("GetInstanceProfile", {{"InstanceProfileName", "web"}}),
            "NoSuchEntity: Instance Profile web cannot be found.");
  EXPECT_EQ(At(Run("ListInstanceProfiles"), "InstanceProfiles"), "[]");
}

TEST_F(IamServiceTest, Tags) {
  CreateRole("r");
  Run("TagRole", {{"RoleName", "r"},
                  {"Tags", {{{"Key", "a"}, {"Value", "1"}}, {{"Key", "b"}, {"Value", "2"}}}}});
  json::Array again;
  again.push_back(json::Object{{"Key", "a"}, {"Value", "3"}});
  Run("TagRole", {{"RoleName", "r"}, {"Tags", again}});
  EXPECT_EQ(At(Run("ListRoleTags", {{"RoleName", "r"}}), "Tags.0.Value"), "3");
  Run("UntagRole", {{"RoleName", "r"}, {"TagKeys", {"a", "none"}}});
  EXPECT_EQ(At(Run("ListRoleTags", {{"RoleName", "r"}}), "Tags.0.Key"), "b");
  json::Array many;
  for (int i = 0; i < 51; ++i) {
    many.push_back(json::Object{{"Key", "k" + std::to_string(i)}, {"Value", "v"}});
  }
  EXPECT_EQ(ErrorOf("TagRole", {{"RoleName", "r"}, {"Tags", many}}),
            "LimitExceeded: The number of tags has reached the maximum limit.");
  Run("CreateUser", {{"UserName", "u"}});
  Run("TagUser", {{"UserName", "u"}, {"Tags", again}});
  EXPECT_EQ(At(Run("ListUserTags", {{"UserName", "u"}}), "Tags.0.Value"), "3");
  Run("UntagUser", {{"UserName", "u"}, {"TagKeys", {"a"}}});
  EXPECT_EQ(At(Run("ListUserTags", {{"UserName", "u"}}), "Tags"), "[]");
}

TEST_F(IamServiceTest, AccountsDoNotSeeEachOther) {
  CreateRole("r");
  scope_.account = AccountId("444455556666");
  EXPECT_EQ(ErrorOf("GetRole", {{"RoleName", "r"}}),
            "NoSuchEntity: The role with name r cannot be found.");
  CreateRole("r");
  EXPECT_EQ(ErrorOf("AttachRolePolicy",
                    {{"RoleName", "r"}, {"PolicyArn", "arn:aws:iam::123456789012:policy/p"}})
                .substr(0, 12),
            "NoSuchEntity");
}

TEST_F(IamServiceTest, AccountFacts) {
  CreateRole("r");
  EXPECT_EQ(At(Run("GetAccountSummary"), "SummaryMap.Roles"), "1");
  Run("CreateAccountAlias", {{"AccountAlias", "prod"}});
  EXPECT_EQ(At(Run("ListAccountAliases"), "AccountAliases"), R"(["prod"])");
  scope_.account = AccountId("444455556666");
  EXPECT_EQ(ErrorOf("CreateAccountAlias", {{"AccountAlias", "prod"}}),
            "EntityAlreadyExists: The account alias prod already exists.");
  scope_.account = AccountId("123456789012");
  Run("DeleteAccountAlias", {{"AccountAlias", "prod"}});
  EXPECT_EQ(At(Run("ListAccountAliases"), "AccountAliases"), "[]");
}

TEST_F(IamServiceTest, PasswordPolicyOfTheAccount) {
  const std::string none =
      "NoSuchEntity: The Password Policy with domain name 123456789012 cannot be found.";
  EXPECT_EQ(ErrorOf("GetAccountPasswordPolicy"), none);
  Run("UpdateAccountPasswordPolicy",
      {{"MinimumPasswordLength", 14}, {"RequireSymbols", true}, {"MaxPasswordAge", 90}});
  auto policy = Run("GetAccountPasswordPolicy");
  EXPECT_EQ(At(policy, "PasswordPolicy.MinimumPasswordLength"), "14");
  EXPECT_EQ(At(policy, "PasswordPolicy.RequireSymbols"), "true");
  EXPECT_EQ(At(policy, "PasswordPolicy.ExpirePasswords"), "true");
  // What a call leaves out goes back to its default.
  Run("UpdateAccountPasswordPolicy", {{"PasswordReusePrevention", 3}, {"HardExpiry", true}});
  policy = Run("GetAccountPasswordPolicy");
  EXPECT_EQ(At(policy, "PasswordPolicy.MinimumPasswordLength"), "6");
  EXPECT_EQ(At(policy, "PasswordPolicy.RequireSymbols"), "false");
  EXPECT_EQ(At(policy, "PasswordPolicy.ExpirePasswords"), "false");
  EXPECT_EQ(At(policy, "PasswordPolicy.MaxPasswordAge"), "");
  EXPECT_EQ(At(policy, "PasswordPolicy.PasswordReusePrevention"), "3");
  EXPECT_EQ(At(policy, "PasswordPolicy.HardExpiry"), "true");
  Run("DeleteAccountPasswordPolicy");
  EXPECT_EQ(ErrorOf("DeleteAccountPasswordPolicy"), none);
}

// RFC 6238, appendix B: the key "12345678901234567890", SHA-1, at 59 s and 1111111109 s.
TEST_F(IamServiceTest, MfaDevicesTakeTheCodesOfRfc6238) {
  Run("CreateUser", {{"UserName", "u"}});
  const auto made = Run("CreateVirtualMFADevice", {{"VirtualMFADeviceName", "phone"}});
  const std::string serial = "arn:aws:iam::123456789012:mfa/phone";
  EXPECT_EQ(At(made, "VirtualMFADevice.SerialNumber"), serial);
  const auto seed = Base64Decode(At(made, "VirtualMFADevice.Base32StringSeed"));
  ASSERT_TRUE(seed);
  EXPECT_EQ(seed->size(), 64u);
  EXPECT_EQ(ErrorOf("CreateVirtualMFADevice", {{"VirtualMFADeviceName", "phone"}}),
            "EntityAlreadyExists: MFADevice entity at the same path and name already exists.");
  store_->WriteAndWait([&](store::Transaction& tx) {
    tx.Execute("UPDATE access_mfa_devices SET seed = ?", {"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"});
  });
  clock_.Set(FromMillis(1'111'111'109'000));
  const auto enable = [&](const char* first, const char* second) {
    return ErrorOf("EnableMFADevice", {{"UserName", "u"},
                                       {"SerialNumber", serial},
                                       {"AuthenticationCode1", first},
                                       {"AuthenticationCode2", second}});
  };
  EXPECT_EQ(enable("081804", "081804"),
            "InvalidAuthenticationCode: Authentication code for device is not valid.");
  EXPECT_EQ(enable("081804", "050471"), "");  // 1111111109 s and 1111111111 s
  EXPECT_EQ(enable("081804", "050471").substr(0, 19), "EntityAlreadyExists");
  EXPECT_EQ(At(Run("ListMFADevices", {{"UserName", "u"}}), "MFADevices.0.SerialNumber"), serial);
  EXPECT_EQ(At(Run("ListVirtualMFADevices", {{"AssignmentStatus", "Assigned"}}),
               "VirtualMFADevices.0.User.UserName"),
            "u");
  EXPECT_EQ(
      At(Run("ListVirtualMFADevices", {{"AssignmentStatus", "Unassigned"}}), "VirtualMFADevices"),
      "[]");
  EXPECT_EQ(At(Run("GetAccountSummary"), "SummaryMap.MFADevicesInUse"), "1");
  EXPECT_EQ(ErrorOf("DeleteUser", {{"UserName", "u"}}),
            "DeleteConflict: Cannot delete entity, must delete MFA device first.");
  EXPECT_EQ(ErrorOf("DeleteVirtualMFADevice", {{"SerialNumber", serial}}),
            "DeleteConflict: MFA VirtualDevice in use. Must deactivate first.");
  Run("UpdateUser", {{"UserName", "u"}, {"NewUserName", "v"}});
  const json::Object device{{"UserName", "v"}, {"SerialNumber", serial}};
  Run("DeactivateMFADevice", device);
  EXPECT_EQ(ErrorOf("DeactivateMFADevice", device).substr(0, 12), "NoSuchEntity");
  Run("DeleteVirtualMFADevice", {{"SerialNumber", serial}});
  EXPECT_EQ(ErrorOf("DeleteVirtualMFADevice", {{"SerialNumber", serial}}).substr(0, 12),
            "NoSuchEntity");
  Run("DeleteUser", {{"UserName", "v"}});
}

TEST_F(IamServiceTest, OtherCredentialsOfUsers) {
  Run("CreateUser", {{"UserName", "u"}});
  const json::Object user{{"UserName", "u"}};
  const std::string pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
  struct Case {
    const char* title;
    const char* create;
    json::Object input;
    const char* made;  ///< Where the id is in the reply.
    const char* list;
    const char* listed;
    const char* update;
    const char* remove;
    const char* id_field;
    const char* conflict;
    std::string again;  ///< The error of creating the same again; "" when that is allowed.
  };
  const std::vector<Case> cases = {
      {"certificate",
       "UploadSigningCertificate",
       {{"UserName", "u"}, {"CertificateBody", pem}},
       "Certificate.CertificateId",
       "ListSigningCertificates",
       "Certificates",
       "UpdateSigningCertificate",
       "DeleteSigningCertificate",
       "CertificateId",
       "signing certificates",
       "DuplicateCertificate"},
      {"ssh",
       "UploadSSHPublicKey",
       {{"UserName", "u"}, {"SSHPublicKeyBody", "ssh-rsa AAAAB3NzaC1yc2E= u@host"}},
       "SSHPublicKey.SSHPublicKeyId",
       "ListSSHPublicKeys",
       "SSHPublicKeys",
       "UpdateSSHPublicKey",
       "DeleteSSHPublicKey",
       "SSHPublicKeyId",
       "SSH public keys",
       "DuplicateSSHPublicKey"},
      {"service",
       "CreateServiceSpecificCredential",
       {{"UserName", "u"}, {"ServiceName", "codecommit.amazonaws.com"}},
       "ServiceSpecificCredential.ServiceSpecificCredentialId",
       "ListServiceSpecificCredentials",
       "ServiceSpecificCredentials",
       "UpdateServiceSpecificCredential",
       "DeleteServiceSpecificCredential",
       "ServiceSpecificCredentialId",
       "service specific credentials",
       ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.title);
    const std::string id = At(Run(c.create, c.input), c.made);
    EXPECT_GE(id.size(), 20u);
    if (!c.again.empty()) {
      EXPECT_EQ(ErrorOf(c.create, c.input).substr(0, c.again.size()), c.again);
    }
    const std::string first = std::string(c.listed) + ".0.";
    EXPECT_EQ(At(Run(c.list, user), first + c.id_field), id);
    EXPECT_EQ(At(Run(c.list, user), first + "Status"), "Active");
    json::Object change{{"UserName", "u"}, {c.id_field, id}, {"Status", "Inactive"}};
    Run(c.update, change);
    EXPECT_EQ(At(Run(c.list, user), first + "Status"), "Inactive");
    EXPECT_EQ(ErrorOf("DeleteUser", user), "DeleteConflict: Cannot delete entity, must delete " +
                                               std::string(c.conflict) + " first.");
    change.erase("Status");
    Run(c.remove, change);
    EXPECT_EQ(ErrorOf(c.remove, change).substr(0, 12), "NoSuchEntity");
    EXPECT_EQ(At(Run(c.list, user), c.listed), "[]");
  }
  EXPECT_EQ(ErrorOf("UploadSigningCertificate", {{"UserName", "u"}, {"CertificateBody", "x"}}),
            "MalformedCertificate: Certificate is not in PEM format.");
  EXPECT_EQ(
      ErrorOf("UploadSSHPublicKey", {{"UserName", "u"}, {"SSHPublicKeyBody", "x"}}).substr(0, 29),
      "UnrecognizedPublicKeyEncoding");
  EXPECT_EQ(ErrorOf("CreateServiceSpecificCredential",
                    {{"UserName", "u"}, {"ServiceName", "s3.amazonaws.com"}})
                .substr(0, 19),
            "NotSupportedService");
  Run("CreateServiceSpecificCredential",
      {{"UserName", "u"}, {"ServiceName", "codecommit.amazonaws.com"}});
  EXPECT_EQ(At(Run("ListServiceSpecificCredentials", {{"AllUsers", true}}),
               "ServiceSpecificCredentials.0.ServiceUserName"),
            "u-at-123456789012");
}

TEST_F(IamServiceTest, PagesOfRoles) {
  for (const char* name : {"a", "b", "c"}) CreateRole(name);
  const auto first = Run("ListRoles", {{"MaxItems", 2}});
  EXPECT_EQ(first.at("Roles").as_array().size(), 2u);
  const auto second = Run("ListRoles", {{"MaxItems", 2}, {"Marker", At(first, "Marker")}});
  EXPECT_EQ(At(second, "Roles.0.RoleName"), "c");
  EXPECT_EQ(At(second, "IsTruncated"), "false");
  EXPECT_EQ(ErrorOf("ListRoles", {{"Marker", "zzz"}}), "InvalidInput: Invalid Marker.");
}

}  // namespace
}  // namespace riposte::iam

#include "services/secretsmanager/secrets_service.h"

#include "api/testing/service_fixture.h"
#include "services/secretsmanager/password.h"
#include "wire/catalog.h"

namespace riposte::secretsmanager {
namespace {

class SecretsServiceTest : public api::testing::ServiceFixture {
 protected:
  SecretsServiceTest() : ServiceFixture("secretsmanager", {SecretsService::Migrations()}) {
    service_under_test_.Register(registry_);
  }
  std::string Create(const std::string& name, const std::string& value) {
    return At(Run("CreateSecret", {{"Name", name}, {"SecretString", value}}), "ARN");
  }
  std::string Value(const std::string& id, const std::string& stage = "AWSCURRENT") {
    return At(Run("GetSecretValue", {{"SecretId", id}, {"VersionStage", stage}}), "SecretString");
  }
  SecretsService service_under_test_{std::string(32, 'k'), random_};
};

TEST_F(SecretsServiceTest, OffersWhatTheModelSays) {
  const wire::Catalog catalog;
  const wire::ServiceModel* model = catalog.Find("secretsmanager");
  ASSERT_NE(model, nullptr);
  for (const auto& [name, operation] : model->operations) {
    EXPECT_NE(registry_.Find("secretsmanager", name), nullptr) << name;
  }
  EXPECT_EQ(registry_.List().size(), model->operations.size());
}

// What `aws secretsmanager get-random-password --exclude-punctuation --exclude-uppercase
// --password-length 6 --require-each-included-type` sends: suffixes of resource names.
TEST_F(SecretsServiceTest, RandomPasswordForResourceNames) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string password = At(Run("GetRandomPassword", {{"PasswordLength", 6},
                                                              {"ExcludePunctuation", true},
                                                              {"ExcludeUppercase", true},
                                                              {"RequireEachIncludedType", true}}),
                                    "RandomPassword");
    EXPECT_EQ(password.size(), 6u);
    EXPECT_EQ(password.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos)
        << password;
    EXPECT_NE(password.find_first_of("0123456789"), std::string::npos) << password;
    EXPECT_NE(password.find_first_of("abcdefghijklmnopqrstuvwxyz"), std::string::npos) << password;
    seen.insert(password);
  }
  EXPECT_GT(seen.size(), 190u);
}

TEST_F(SecretsServiceTest, RandomPasswordRules) {
  EXPECT_EQ(At(Run("GetRandomPassword"), "RandomPassword").size(), 32u);
  const std::string digits = At(Run("GetRandomPassword", {{"PasswordLength", 50},
                                                          {"ExcludeLowercase", true},
                                                          {"ExcludeUppercase", true},
                                                          {"ExcludePunctuation", true},
                                                          {"ExcludeCharacters", "13579"}}),
                                "RandomPassword");
  EXPECT_EQ(digits.find_first_not_of("02468"), std::string::npos);
  EXPECT_EQ(ErrorOf("GetRandomPassword", {{"ExcludeLowercase", true},
                                          {"ExcludeUppercase", true},
                                          {"ExcludePunctuation", true},
                                          {"ExcludeNumbers", true}})
                .substr(0, 25),
            "InvalidParameterException");
  EXPECT_NE(ErrorOf("GetRandomPassword", {{"PasswordLength", 3}}), "");
  EXPECT_EQ(
      ErrorOf("GetRandomPassword", {{"PasswordLength", 3}, {"RequireEachIncludedType", false}}),
      "");
}

TEST_F(SecretsServiceTest, CreateAndGet) {
  const std::string arn = Create("db/password", "s3cret");
  EXPECT_EQ(arn.substr(0, arn.size() - 6),
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db/password-");
  for (const std::string& id : {std::string("db/password"), arn, arn.substr(0, arn.size() - 7)}) {
    EXPECT_EQ(Value(id), "s3cret") << id;
  }
  EXPECT_EQ(ErrorOf("CreateSecret", {{"Name", "db/password"}, {"SecretString", "x"}}),
            "ResourceExistsException: The operation failed because the secret db/password already "
            "exists.");
  EXPECT_EQ(ErrorOf("GetSecretValue", {{"SecretId", "none"}}),
            "ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  EXPECT_EQ(
      ErrorOf("CreateSecret", {{"Name", "b"}, {"SecretString", "x"}, {"SecretBinary", "eA=="}})
          .substr(0, 25),
      "InvalidParameterException");
  Run("CreateSecret", {{"Name", "binary"}, {"SecretBinary", "AAEC"}});
  EXPECT_EQ(At(Run("GetSecretValue", {{"SecretId", "binary"}}), "SecretBinary"), "AAEC");
  Run("CreateSecret", {{"Name", "empty"}});
  EXPECT_EQ(ErrorOf("GetSecretValue", {{"SecretId", "empty"}}),
            "ResourceNotFoundException: Secrets Manager can't find the specified secret value for "
            "staging label: AWSCURRENT");
  scope_.region = Region("eu-west-1");
  EXPECT_NE(ErrorOf("GetSecretValue", {{"SecretId", "db/password"}}), "");
  EXPECT_NE(ErrorOf("GetSecretValue", {{"SecretId", arn}}), "");
}

TEST_F(SecretsServiceTest, ValuesAreSealedInTheStore) {
  Create("s", "plain-text-value");
  std::string sealed;
  store_->Read([&](store::Transaction& tx) {
    sealed = *tx.QueryText("SELECT sealed FROM secretsmanager_versions");
  });
  EXPECT_EQ(sealed.find("plain"), std::string::npos);
  // Another key opens nothing.
  api::Registry registry;
  SecretsService other(std::string(32, 'x'), random_);
  other.Register(registry);
  registry_ = registry;
  EXPECT_EQ(ErrorOf("GetSecretValue", {{"SecretId", "s"}}).substr(0, 17), "DecryptionFailure");
}

TEST_F(SecretsServiceTest, VersionsAndLabels) {
  const std::string arn = Create("s", "one");
  Run("PutSecretValue", {{"SecretId", "s"}, {"SecretString", "two"}});
  EXPECT_EQ(Value("s"), "two");
  EXPECT_EQ(Value("s", "AWSPREVIOUS"), "one");
  const auto pending =
      Run("PutSecretValue",
          {{"SecretId", "s"}, {"SecretString", "three"}, {"VersionStages", {"AWSPENDING"}}});
  EXPECT_EQ(At(pending, "VersionStages"), R"(["AWSPENDING"])");
  EXPECT_EQ(Value("s"), "two");
  const std::string id = At(pending, "VersionId");
  EXPECT_NE(ErrorOf("UpdateSecretVersionStage",
                    {{"SecretId", "s"}, {"VersionStage", "AWSCURRENT"}, {"MoveToVersionId", id}}),
            "");
  std::string current;
  const auto described = Run("DescribeSecret", {{"SecretId", "s"}});
  for (const auto& [version, labels] : described.at("VersionIdsToStages").as_object()) {
    if (json::Serialize(labels).find("AWSCURRENT") != std::string::npos) current = version;
  }
  Run("UpdateSecretVersionStage", {{"SecretId", "s"},
                                   {"VersionStage", "AWSCURRENT"},
                                   {"RemoveFromVersionId", current},
                                   {"MoveToVersionId", id}});
  EXPECT_EQ(Value("s"), "three");
  EXPECT_EQ(Value("s", "AWSPREVIOUS"), "two");
  // "one" has no label any more.
  EXPECT_EQ(Run("ListSecretVersionIds", {{"SecretId", "s"}}).at("Versions").as_array().size(), 2u);
  const auto all = Run("ListSecretVersionIds",
                       {{"SecretId", "s"}, {"IncludeDeprecated", true}, {"MaxResults", 2}});
  EXPECT_EQ(all.at("Versions").as_array().size(), 2u);
  EXPECT_EQ(Run("ListSecretVersionIds", {{"SecretId", "s"},
                                         {"IncludeDeprecated", true},
                                         {"MaxResults", 2},
                                         {"NextToken", At(all, "NextToken")}})
                .at("Versions")
                .as_array()
                .size(),
            1u);
}

TEST_F(SecretsServiceTest, TheSameTokenIsTheSameVersion) {
  Create("s", "one");
  const json::Object put{{"SecretId", "s"},
                         {"SecretString", "two"},
                         {"ClientRequestToken", "0123456789012345678901234567890a"}};
  EXPECT_EQ(Run("PutSecretValue", put), Run("PutSecretValue", put));
  EXPECT_EQ(Value("s", "AWSPREVIOUS"), "one");
  json::Object other = put;
  other["SecretString"] = "three";
  EXPECT_EQ(ErrorOf("PutSecretValue", other).substr(0, 23), "ResourceExistsException");
}

TEST_F(SecretsServiceTest, UpdateAndTags) {
  Create("s", "one");
  Run("UpdateSecret", {{"SecretId", "s"}, {"Description", "the database"}});
  EXPECT_EQ(Value("s"), "one");
  Run("UpdateSecret", {{"SecretId", "s"}, {"SecretString", "two"}});
  EXPECT_EQ(Value("s"), "two");
  Run("TagResource",
      {{"SecretId", "s"},
       {"Tags", {{{"Key", "team"}, {"Value", "red"}}, {{"Key", "env"}, {"Value", "prod"}}}}});
  Run("UntagResource", {{"SecretId", "s"}, {"TagKeys", {"env"}}});
  const auto described = Run("DescribeSecret", {{"SecretId", "s"}});
  EXPECT_EQ(At(described, "Description"), "the database");
  EXPECT_EQ(At(described, "Tags"), R"([{"Key":"team","Value":"red"}])");
}

TEST_F(SecretsServiceTest, ListAndFilter) {
  Create("prod/a", "1");
  Create("prod/b", "2");
  Create("test/c", "3");
  Run("UpdateSecret", {{"SecretId", "test/c"}, {"Description", "Orders Database"}});
  const auto names = [&](json::Object input) {
    std::string out;
    const auto listed = Run("ListSecrets", std::move(input));
    for (const auto& item : listed.at("SecretList").as_array()) {
      out += At(item, "Name") + " ";
    }
    return out;
  };
  const auto filter = [](const char* key, const char* value) {
    json::Array filters;
    filters.push_back(json::Object{{"Key", key}, {"Values", json::Array{value}}});
    return json::Object{{"Filters", filters}};
  };
  EXPECT_EQ(names({}), "prod/a prod/b test/c ");
  EXPECT_EQ(names({{"SortOrder", "desc"}}), "test/c prod/b prod/a ");
  EXPECT_EQ(names(filter("name", "prod/")), "prod/a prod/b ");
  EXPECT_EQ(names(filter("name", "!prod/")), "test/c ");
  EXPECT_EQ(names(filter("description", "database")), "test/c ");
  const auto page = Run("ListSecrets", {{"MaxResults", 2}});
  EXPECT_EQ(names({{"MaxResults", 2}, {"NextToken", At(page, "NextToken")}}), "test/c ");
}

TEST_F(SecretsServiceTest, DeletedSecretsCanBeRestoredForAWhile) {
  Create("s", "one");
  EXPECT_NE(ErrorOf("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 6}}), "");
  Run("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 7}});
  EXPECT_EQ(ErrorOf("GetSecretValue", {{"SecretId", "s"}}),
            "InvalidRequestException: You can't perform this operation on the secret because it "
            "was marked for deletion.");
  EXPECT_EQ(ErrorOf("CreateSecret", {{"Name", "s"}}).substr(0, 23), "InvalidRequestException");
  EXPECT_EQ(At(Run("ListSecrets"), "SecretList"), "[]");
  EXPECT_EQ(At(Run("ListSecrets", {{"IncludePlannedDeletion", true}}), "SecretList.0.Name"), "s");
  Run("RestoreSecret", {{"SecretId", "s"}});
  EXPECT_EQ(Value("s"), "one");
  Run("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 7}});
  clock_.Set(clock_.Now() + std::chrono::hours(24 * 7));
  EXPECT_EQ(ErrorOf("RestoreSecret", {{"SecretId", "s"}}).substr(0, 25),
            "ResourceNotFoundException");
  Create("s", "new");
  EXPECT_EQ(Value("s"), "new");
  Run("DeleteSecret", {{"SecretId", "s"}, {"ForceDeleteWithoutRecovery", true}});
  EXPECT_NE(ErrorOf("DescribeSecret", {{"SecretId", "s"}}), "");
  store_->Read([](store::Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT COUNT(*) FROM secretsmanager_versions"), 0);
  });
}

TEST_F(SecretsServiceTest, ResourcePolicies) {
  const std::string arn = Create("s", "one");
  const std::string policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",)"
      R"("Action":"secretsmanager:GetSecretValue","Resource":"*"}]})";
  EXPECT_EQ(
      ErrorOf("PutResourcePolicy", {{"SecretId", "s"}, {"ResourcePolicy", "{}"}}).substr(0, 32),
      "MalformedPolicyDocumentException");
  Run("PutResourcePolicy", {{"SecretId", "s"}, {"ResourcePolicy", policy}});
  EXPECT_EQ(At(Run("GetResourcePolicy", {{"SecretId", "s"}}), "ResourcePolicy"), policy);
  store_->Read([&](store::Transaction& tx) {
    const auto& lookup = *registry_.FindResourcePolicy("secretsmanager");
    EXPECT_EQ(lookup(arn, tx), policy);
    EXPECT_EQ(lookup("arn:aws:secretsmanager:us-east-1:123456789012:secret:s-??????", tx), policy);
    EXPECT_EQ(lookup("*", tx), "");
  });
  Run("DeleteResourcePolicy", {{"SecretId", "s"}});
  EXPECT_EQ(At(Run("GetResourcePolicy", {{"SecretId", "s"}}), "ResourcePolicy"), "");
}

}  // namespace
}  // namespace riposte::secretsmanager

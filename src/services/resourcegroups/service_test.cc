// Groups by tags, and what they find in the estate.
#include "services/resourcegroups/service.h"

#include "api/testing/service_fixture.h"
#include "estate/buckets.h"
#include "estate/resource.h"
#include "estate/schema.h"

namespace riposte::resourcegroups {
namespace {

using json::Array;
using json::Object;

Object Query(const std::string& text) {
  return {{"Type", "TAG_FILTERS_1_0"}, {"Query", text}};
}
Object Blue(const std::string& types = R"(["AWS::AllSupported"])") {
  return Query(R"({"ResourceTypeFilters":)" + types +
               R"(,"TagFilters":[{"Key":"team","Values":["blue"]}]})");
}

class ResourceGroupsTest : public api::testing::ServiceFixture {
 protected:
  ResourceGroupsTest()
      : ServiceFixture("resource-groups",
                       {ResourceGroupsService::Migrations(), estate::kMigrations}) {
    service_object_.Register(registry_);
  }

  void PutResource(std::string_view kind, const std::string& id, const std::string& team,
                   const std::string& state = "running") {
    estate::Resource resource{scope_, std::string(kind), id, {}, {}, {}};
    resource.document["State"] = Object{{"Name", state}};
    estate::SetTag(estate::TagsOf(resource), "team", team);
    store_->WriteAndWait([&](store::Transaction& tx) { estate::Put(tx, resource); });
  }
  void PutBucket(const std::string& name, const std::string& team) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      estate::Bucket bucket = estate::CreateBucket(tx, scope_, name, clock_.Now());
      bucket.settings["tagging"] = Array{Object{{"Key", "team"}, {"Value", team}}};
      estate::UpdateBucket(tx, bucket);
    });
  }
  void Create(const std::string& name, Object query = Blue()) {
    Run("CreateGroup", {{"Name", name}, {"ResourceQuery", std::move(query)}});
  }
  static std::string Ids(const Object& reply) {
    std::string out;
    for (const json::Value& entry : reply.at("ResourceIdentifiers").as_array()) {
      const std::string arn = At(entry, "ResourceArn");
      out += (out.empty() ? "" : " ") + arn.substr(arn.find_last_of(":/") + 1);
    }
    return out;
  }
  std::string Members(const std::string& group) {
    return Ids(Run("ListGroupResources", {{"Group", group}}));
  }
  std::string SearchFor(const std::string& query) {
    return Ids(Run("SearchResources", {{"ResourceQuery", Query(query)}}));
  }

  ResourceGroupsService service_object_;
};

TEST_F(ResourceGroupsTest, AGroupIsItsQueryAndIsKept) {
  const Object made = Run("CreateGroup", {{"Name", "blue"},
                                          {"Description", "the blue ones"},
                                          {"Criticality", 3},
                                          {"ResourceQuery", Blue()},
                                          {"Tags", Object{{"owner", "ops"}}}});
  const std::string arn = "arn:aws:resource-groups:us-east-1:123456789012:group/blue";
  EXPECT_EQ(At(made, "Group.GroupArn"), arn);
  EXPECT_EQ(At(made, "Tags.owner"), "ops");
  EXPECT_EQ(made.at("ResourceQuery"), json::Value(Blue()));
  for (const Object& by :
       {Object{{"Group", "blue"}}, Object{{"Group", arn}}, Object{{"GroupName", "blue"}}}) {
    EXPECT_EQ(At(Run("GetGroup", by), "Group.Description"), "the blue ones");
  }
  Run("UpdateGroup", {{"Group", "blue"}, {"Description", "changed"}});
  const Object group = Run("GetGroup", {{"Group", "blue"}});
  EXPECT_EQ(At(group, "Group.Description") + At(group, "Group.Criticality"), "changed3");
  const Object other = Query(R"({"ResourceTypeFilters":["AWS::S3::Bucket"],"TagFilters":[]})");
  EXPECT_EQ(At(Run("UpdateGroupQuery", {{"Group", arn}, {"ResourceQuery", other}}),
               "GroupQuery.GroupName"),
            "blue");
  EXPECT_EQ(Run("GetGroupQuery", {{"Group", "blue"}}).at("GroupQuery").at("ResourceQuery"),
            json::Value(other));
  EXPECT_EQ(At(Run("DeleteGroup", {{"Group", "blue"}}), "Group.Name"), "blue");
  EXPECT_EQ(ErrorOf("GetGroup", {{"Group", "blue"}}), "NotFoundException: Cannot find group: blue");
}

TEST_F(ResourceGroupsTest, MembersAreWhatHasTheTagsNow) {
  PutResource(estate::kind::kInstance, "i-2", "blue");
  PutResource(estate::kind::kInstance, "i-1", "blue");
  PutResource(estate::kind::kInstance, "i-3", "red");
  PutResource(estate::kind::kInstance, "i-4", "blue", "terminated");
  PutResource(estate::kind::kVolume, "vol-1", "blue");
  PutResource(estate::kind::kSecurityGroup, "sg-1", "blue");
  PutResource(estate::kind::kNetworkInterface, "eni-1", "blue");
  PutResource(estate::kind::kSnapshot, "snap-1", "blue");
  PutBucket("blue-bucket", "blue");
  PutBucket("red-bucket", "red");
  const Scope home = std::exchange(scope_, {scope_.account, Region("eu-west-1")});
  PutResource(estate::kind::kInstance, "i-9", "blue");
  PutBucket("far-bucket", "blue");
  scope_ = home;
  Create("all");
  EXPECT_EQ(Members("all"), "i-1 i-2 eni-1 sg-1 snap-1 vol-1 blue-bucket");
  const Object reply = Run("ListGroupResources", {{"Group", "all"}});
  EXPECT_EQ(At(reply, "Resources.0.Identifier.ResourceArn"),
            "arn:aws:ec2:us-east-1:123456789012:instance/i-1");
  EXPECT_EQ(At(reply, "Resources.0.Identifier.ResourceType"), "AWS::EC2::Instance");
  EXPECT_EQ(At(reply, "Resources.4.Identifier.ResourceArn"),
            "arn:aws:ec2:us-east-1::snapshot/snap-1");
  EXPECT_EQ(At(reply, "Resources.6.Identifier.ResourceArn"), "arn:aws:s3:::blue-bucket");
  Create("some", Blue(R"(["AWS::EC2::Instance","AWS::S3::Bucket"])"));
  EXPECT_EQ(Members("some"), "i-1 i-2 blue-bucket");
  const auto filtered = [this](const std::string& type) {
    return Ids(
        Run("ListGroupResources",
            {{"Group", "some"},
             {"Filters", Array{Object{{"Name", "resource-type"}, {"Values", Array{type}}}}}}));
  };
  EXPECT_EQ(filtered("AWS::S3::Bucket"), "blue-bucket");
  EXPECT_EQ(filtered("AWS::EC2::Volume"), "");
  PutResource(estate::kind::kInstance, "i-1", "red");
  EXPECT_EQ(Members("some"), "i-2 blue-bucket");
}

TEST_F(ResourceGroupsTest, MembersComeInPagesWithoutGapOrRepetition) {
  std::string all;
  for (int i = 0; i < 7; ++i) {
    PutResource(estate::kind::kInstance, "i-" + std::to_string(i), "blue");
    PutResource(estate::kind::kVolume, "vol-" + std::to_string(i), "blue");
    PutBucket("bucket-" + std::to_string(i), "blue");
  }
  Create("all");
  for (const int size : {1, 2, 7, 50}) {
    std::string seen, token;
    do {
      Object input{{"Group", "all"}, {"MaxResults", size}};
      if (!token.empty()) input["NextToken"] = token;
      const Object page = Run("ListGroupResources", std::move(input));
      EXPECT_LE(page.at("Resources").as_array().size(), static_cast<size_t>(size));
      seen += (seen.empty() ? "" : " ") + Ids(page);
      token = At(page, "NextToken");
    } while (!token.empty());
    EXPECT_EQ(seen, Members("all")) << size;
  }
  for (const char* token : {"x", "YQ==", "YWZ0ZXI6YQ=="}) {
    EXPECT_EQ(ErrorOf("ListGroupResources", {{"Group", "all"}, {"NextToken", token}}),
              "BadRequestException: Invalid NextToken");
  }
}

TEST_F(ResourceGroupsTest, EveryKeyAndOneOfItsValuesMustFit) {
  PutResource(estate::kind::kInstance, "i-1", "blue");
  PutResource(estate::kind::kInstance, "i-2", "red");
  const auto search = [this](const std::string& filters) {
    return SearchFor(R"({"ResourceTypeFilters":["AWS::AllSupported"],"TagFilters":)" + filters +
                     "}");
  };
  EXPECT_EQ(search(R"([{"Key":"team","Values":["blue","red"]}])"), "i-1 i-2");
  EXPECT_EQ(search(R"([{"Key":"team"}])"), "i-1 i-2");
  EXPECT_EQ(search("[]"), "i-1 i-2");
  EXPECT_EQ(search(R"([{"Key":"team","Values":["blue"]},{"Key":"stage"}])"), "");
  EXPECT_EQ(search(R"([{"Key":"Team","Values":["blue"]}])"), "");
  const Object reply =
      Run("SearchResources",
          {{"ResourceQuery", Query(R"({"ResourceTypeFilters":["AWS::RDS::DBInstance"]})")}});
  EXPECT_EQ(At(reply, "QueryErrors.0.ErrorCode"), "RESOURCE_TYPE_NOT_SUPPORTED");
}

TEST_F(ResourceGroupsTest, WhatIsNoQueryIsRefused) {
  const auto refusal = [this](Object query) {
    return ErrorOf("CreateGroup", {{"Name", "g"}, {"ResourceQuery", std::move(query)}});
  };
  for (const char* text :
       {"", "[]", "{", "{}", R"({"ResourceTypeFilters":[]})", R"({"ResourceTypeFilters":"x"})",
        R"({"ResourceTypeFilters":["EC2"]})", R"({"ResourceTypeFilters":["AWS::EC2::"]})",
        R"({"ResourceTypeFilters":["AWS::AllSupported"],"TagFilters":{}})",
        R"({"ResourceTypeFilters":["AWS::AllSupported"],"TagFilters":[1]})",
        R"({"ResourceTypeFilters":["AWS::AllSupported"],"TagFilters":[{"Key":""}]})",
        R"({"ResourceTypeFilters":["AWS::AllSupported"],"TagFilters":[{"Key":"a","Values":[1]}]})",
        R"({"ResourceTypeFilters":["AWS::AllSupported"],"StackIdentifier":"a"})"}) {
    EXPECT_EQ(refusal(Query(text)).substr(0, 36), "BadRequestException: Query not valid") << text;
  }
  EXPECT_EQ(refusal({{"Type", "CLOUDFORMATION_STACK_1_0"}, {"Query", "{}"}}),
            "BadRequestException: Query not valid: the CloudFormation stack does not exist");
  EXPECT_EQ(ErrorOf("CreateGroup", {{"Name", "g"}}).substr(0, 20), "BadRequestException:");
  EXPECT_EQ(ErrorOf("CreateGroup", {{"Name", "AwsGroup"}, {"ResourceQuery", Blue()}}),
            "BadRequestException: Group names cannot begin with AWS or aws");
  Create("g");
  EXPECT_EQ(refusal(Blue()), "BadRequestException: Cannot create group: group already exists");
  EXPECT_EQ(ErrorOf("GetGroup"), "BadRequestException: Group is required");
  // A group of another account or region is not one of these.
  for (const char* arn : {"arn:aws:resource-groups:us-east-1:999999999999:group/g",
                          "arn:aws:resource-groups:eu-west-1:123456789012:group/g"}) {
    EXPECT_EQ(ErrorOf("GetGroup", {{"Group", arn}}).substr(0, 18), "NotFoundException:");
  }
}

TEST_F(ResourceGroupsTest, GroupsAreListedByFilterInPages) {
  Create("a");
  Create("b", Blue(R"(["AWS::EC2::Instance"])"));
  Run("CreateGroup", {{"Name", "c"}, {"ResourceQuery", Blue()}, {"Owner", "ops"}});
  const auto list = [this](Object input) {
    std::string names;
    const Object reply = Run("ListGroups", std::move(input));
    for (const json::Value& group : reply.at("GroupIdentifiers").as_array()) {
      names += At(group, "GroupName");
    }
    return names + (reply.contains("NextToken") ? "+" : "");
  };
  const auto by = [&](const char* name, const char* value) {
    return list({{"Filters", Array{Object{{"Name", name}, {"Values", Array{value}}}}}});
  };
  EXPECT_EQ(list({}), "abc");
  EXPECT_EQ(list({{"MaxResults", 2}}), "ab+");
  const std::string token = At(Run("ListGroups", {{"MaxResults", 2}}), "NextToken");
  EXPECT_EQ(list({{"MaxResults", 2}, {"NextToken", token}}), "c");
  EXPECT_EQ(by("resource-type", "AWS::EC2::Instance"), "b");
  EXPECT_EQ(by("resource-type", "AWS::AllSupported"), "ac");
  EXPECT_EQ(by("owner", "ops"), "c");
  EXPECT_EQ(by("configuration-type", "AWS::ResourceGroups::Generic"), "");
  const Scope home = std::exchange(scope_, {AccountId("999999999999"), scope_.region});
  EXPECT_EQ(list({}), "");
  scope_ = home;
}

TEST_F(ResourceGroupsTest, AnAccountHasAHundredGroups) {
  for (int i = 0; i < 100; ++i) Create("g" + std::to_string(i));
  EXPECT_EQ(ErrorOf("CreateGroup", {{"Name", "more"}, {"ResourceQuery", Blue()}}),
            "BadRequestException: Cannot create group: the account has 100 groups, which is the "
            "limit");
}

TEST_F(ResourceGroupsTest, GroupsHaveTagsOfTheirOwn) {
  Create("g");
  const std::string arn = "arn:aws:resource-groups:us-east-1:123456789012:group/g";
  Run("Tag", {{"Arn", arn}, {"Tags", Object{{"a", "1"}, {"b", "2"}}}});
  Run("Tag", {{"Arn", arn}, {"Tags", Object{{"b", "3"}}}});
  EXPECT_EQ(Run("Untag", {{"Arn", arn}, {"Keys", Array{"a"}}}).at("Keys"), json::Value(Array{"a"}));
  EXPECT_EQ(Run("GetTags", {{"Arn", arn}}).at("Tags"), json::Value(Object{{"b", "3"}}));
  Object many;
  for (int i = 0; i < 50; ++i) many["k" + std::to_string(i)] = "v";
  EXPECT_EQ(ErrorOf("Tag", {{"Arn", arn}, {"Tags", many}}),
            "BadRequestException: A resource group can have at most 50 tags");
  EXPECT_EQ(ErrorOf("Tag", {{"Arn", arn}, {"Tags", Object{{"AWS:x", "1"}}}}),
            "BadRequestException: Tag keys cannot begin with aws:");
  EXPECT_EQ(ErrorOf("GetTags", {{"Arn", arn + "x"}}).substr(0, 18), "NotFoundException:");
}

}  // namespace
}  // namespace riposte::resourcegroups

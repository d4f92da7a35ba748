#include "services/s3/s3.h"

#include "api/testing/service_fixture.h"
#include "base/encoding.h"
#include "estate/estate.h"

namespace riposte::s3 {
namespace {

using json::Array;
using json::Object;

class S3Test : public api::testing::ServiceFixture {
 protected:
  S3Test() : ServiceFixture("s3", {estate::Estate::Migrations()}) {
    service_object_.Register(registry_);
  }
  void NewBucket(const std::string& name) { Run("CreateBucket", {{"Bucket", name}}); }
  void Put(const std::string& key, const std::string& body, Object more = {}) {
    Object input{{"Bucket", "data"}, {"Key", key}, {"Body", Base64Encode(body)}};
    for (const auto& [name, value] : more) input[name] = value;
    Run("PutObject", std::move(input));
  }
  S3Service service_object_;
  const Object data_{{"Bucket", "data"}};
};

TEST_F(S3Test, BucketsHaveOneOwnerAndValidNames) {
  NewBucket("data");
  EXPECT_EQ(At(Run("ListBuckets"), "Buckets.0.Name"), "data");
  EXPECT_EQ(At(Run("HeadBucket", data_), "BucketRegion"), "us-east-1");
  EXPECT_EQ(At(Run("GetBucketLocation", data_), "LocationConstraint"), "");
  EXPECT_EQ(ErrorOf("CreateBucket", {{"Bucket", "Bad_Name"}}),
            "InvalidBucketName: The specified bucket is not valid.");
  EXPECT_EQ(ErrorOf("CreateBucket", data_), "");
  scope_.region = Region("eu-west-1");
  EXPECT_TRUE(ErrorOf("CreateBucket", data_).starts_with("BucketAlreadyOwnedByYou"));
  scope_.account = AccountId("210987654321");
  EXPECT_TRUE(ErrorOf("CreateBucket", data_).starts_with("BucketAlreadyExists"));
  EXPECT_EQ(ErrorOf("GetBucketEncryption", data_), "AccessDenied: Access Denied");
  EXPECT_EQ(ErrorOf("HeadBucket", {{"Bucket", "none"}}),
            "NoSuchBucket: The specified bucket does not exist");
  EXPECT_EQ(At(Run("ListBuckets"), "Buckets"), "[]");
}

TEST_F(S3Test, NewBucketsAreEncryptedAndClosed) {
  NewBucket("data");
  const std::string algorithm =
      "ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault.SSEAlgorithm";
  EXPECT_EQ(At(Run("GetBucketEncryption", data_), algorithm), "AES256");
  Run("PutBucketEncryption",
      {{"Bucket", "data"},
       {"ServerSideEncryptionConfiguration",
        Object{{"Rules", Array{Object{{"ApplyServerSideEncryptionByDefault",
                                       Object{{"SSEAlgorithm", "aws:kms"}}}}}}}}});
  EXPECT_EQ(At(Run("GetBucketEncryption", data_), algorithm), "aws:kms");
  Run("DeleteBucketEncryption", data_);
  EXPECT_EQ(At(Run("GetBucketEncryption", data_), algorithm), "AES256");
  EXPECT_EQ(
      At(Run("GetPublicAccessBlock", data_), "PublicAccessBlockConfiguration.BlockPublicPolicy"),
      "true");
}

TEST_F(S3Test, ABlockedBucketRefusesAPublicPolicy) {
  NewBucket("data");
  const std::string open =
      R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",)"
      R"("Resource":"arn:aws:s3:::data/*"}]})";
  EXPECT_TRUE(ErrorOf("PutBucketPolicy", {{"Bucket", "data"}, {"Policy", open}})
                  .starts_with("AccessDenied"));
  Run("DeletePublicAccessBlock", data_);
  EXPECT_EQ(ErrorOf("GetPublicAccessBlock", data_),
            "NoSuchPublicAccessBlockConfiguration: The public access block configuration was not "
            "found");
  Run("PutBucketPolicy", {{"Bucket", "data"}, {"Policy", open}});
  EXPECT_EQ(At(Run("GetBucketPolicy", data_), "Policy"), open);
  store_->Read([&](store::Transaction& tx) {
    EXPECT_EQ((*registry_.FindResourcePolicy("s3"))("arn:aws:s3:::data/x", tx), open);
  });
  Run("DeleteBucketPolicy", data_);
  EXPECT_EQ(ErrorOf("GetBucketPolicy", data_),
            "NoSuchBucketPolicy: The bucket policy does not exist");
  EXPECT_TRUE(ErrorOf("PutBucketPolicy", {{"Bucket", "data"}, {"Policy", "no"}})
                  .starts_with("MalformedPolicy"));
}

TEST_F(S3Test, OtherSettingsAreKept) {
  NewBucket("data");
  EXPECT_EQ(At(Run("GetBucketVersioning", data_), "Status"), "");
  Run("PutBucketVersioning",
      {{"Bucket", "data"}, {"VersioningConfiguration", Object{{"Status", "Enabled"}}}});
  EXPECT_EQ(At(Run("GetBucketVersioning", data_), "Status"), "Enabled");
  const auto log_to = [&](const std::string& target) {
    return Object{
        {"Bucket", "data"},
        {"BucketLoggingStatus",
         Object{{"LoggingEnabled", Object{{"TargetBucket", target}, {"TargetPrefix", "l/"}}}}}};
  };
  EXPECT_TRUE(
      ErrorOf("PutBucketLogging", log_to("none")).starts_with("InvalidTargetBucketForLogging"));
  Run("PutBucketLogging", log_to("data"));
  EXPECT_EQ(At(Run("GetBucketLogging", data_), "LoggingEnabled.TargetPrefix"), "l/");
  EXPECT_EQ(ErrorOf("GetBucketTagging", data_), "NoSuchTagSet: The TagSet does not exist");
  Run("PutBucketTagging",
      {{"Bucket", "data"},
       {"Tagging", Object{{"TagSet", Array{Object{{"Key", "a"}, {"Value", "b"}}}}}}});
  EXPECT_EQ(At(Run("GetBucketTagging", data_), "TagSet.0.Value"), "b");
  Run("DeleteBucketTagging", data_);
  EXPECT_NE(ErrorOf("GetBucketTagging", data_), "");
}

TEST_F(S3Test, TheAccountsBlockHoldsForAllItsBuckets) {
  service_ = "s3control";
  const Object account{{"AccountId", "123456789012"}};
  EXPECT_TRUE(ErrorOf("GetPublicAccessBlock", account)
                  .starts_with("NoSuchPublicAccessBlockConfiguration: "));
  Run("PutPublicAccessBlock",
      {{"AccountId", "123456789012"},
       {"PublicAccessBlockConfiguration", Object{{"BlockPublicPolicy", true}}}});
  const Object got = Run("GetPublicAccessBlock", account);
  EXPECT_EQ(At(got, "PublicAccessBlockConfiguration.BlockPublicPolicy"), "true");
  EXPECT_EQ(At(got, "PublicAccessBlockConfiguration.BlockPublicAcls"), "false");
  EXPECT_EQ(ErrorOf("GetPublicAccessBlock", {{"AccountId", "210987654321"}}),
            "AccessDenied: Access Denied");
  scope_.region = Region("eu-west-1");  // One for all regions.
  EXPECT_EQ(ErrorOf("GetPublicAccessBlock", account), "");
  service_ = "s3";
  NewBucket("data");
  Run("DeletePublicAccessBlock", data_);
  const Object open{
      {"Bucket", "data"},
      {"Policy", R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",)"
                 R"("Resource":"arn:aws:s3:::data/*"}]})"}};
  EXPECT_TRUE(ErrorOf("PutBucketPolicy", open).starts_with("AccessDenied: "));
  service_ = "s3control";
  Run("DeletePublicAccessBlock", account);
  EXPECT_NE(ErrorOf("GetPublicAccessBlock", account), "");
  service_ = "s3";
  EXPECT_EQ(ErrorOf("GetBucketPolicyStatus", data_),
            "NoSuchBucketPolicy: The bucket policy does not exist");
  Run("PutBucketPolicy", open);
  EXPECT_EQ(At(Run("GetBucketPolicyStatus", data_), "PolicyStatus.IsPublic"), "true");
  Run("PutBucketPolicy",
      {{"Bucket", "data"},
       {"Policy", R"({"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",)"
                  R"("Resource":"arn:aws:s3:::data/*"}]})"}});
  EXPECT_EQ(At(Run("GetBucketPolicyStatus", data_), "PolicyStatus.IsPublic"), "false");
}

TEST_F(S3Test, BucketKeysAreOffUnlessAskedFor) {
  NewBucket("data");
  const auto encrypt = [](json::Object rule) {
    rule["ApplyServerSideEncryptionByDefault"] = Object{{"SSEAlgorithm", "aws:kms"}};
    return Object{{"Bucket", "data"},
                  {"ServerSideEncryptionConfiguration", Object{{"Rules", Array{rule}}}}};
  };
  const std::string key = "ServerSideEncryptionConfiguration.Rules.0.BucketKeyEnabled";
  Run("PutBucketEncryption", encrypt({{"BucketKeyEnabled", true}}));
  EXPECT_EQ(At(Run("GetBucketEncryption", data_), key), "true");
  Run("PutBucketEncryption", encrypt({}));
  EXPECT_EQ(At(Run("GetBucketEncryption", data_), key), "false");
}

TEST_F(S3Test, ObjectsAreKeptAsTheyCame) {
  NewBucket("data");
  const std::string bytes("a\0b\xFF", 4);
  Put("dir/x", bytes,
      {{"ContentType", "text/plain"},
       {"ContentEncoding", "aws-chunked"},
       {"Metadata", Object{{"case", "7"}}}});
  const Object key{{"Bucket", "data"}, {"Key", "dir/x"}};
  const Object got = Run("GetObject", key);
  EXPECT_EQ(Base64Decode(At(got, "Body")), bytes);
  EXPECT_EQ(At(got, "ContentType"), "text/plain");
  EXPECT_EQ(At(got, "ContentEncoding"), "");
  EXPECT_EQ(At(got, "Metadata.case"), "7");
  EXPECT_EQ(At(got, "ServerSideEncryption"), "AES256");
  EXPECT_EQ(At(Run("HeadObject", key), "ContentLength"), "4");
  EXPECT_TRUE(ErrorOf("DeleteBucket", data_).starts_with("BucketNotEmpty"));
  Run("DeleteObject", key);
  Run("DeleteObject", key);
  EXPECT_EQ(ErrorOf("GetObject", key), "NoSuchKey: The specified key does not exist.");
  Put("empty", "");
  EXPECT_EQ(At(Run("HeadObject", {{"Bucket", "data"}, {"Key", "empty"}}), "ETag"),
            "\"d41d8cd98f00b204e9800998ecf8427e\"");
  EXPECT_TRUE(ErrorOf("PutObject", {{"Bucket", "data"},
                                    {"Key", "big"},
                                    {"Body", Base64Encode(std::string(6u << 20, 'x'))}})
                  .starts_with("EntityTooLarge"));
}

TEST_F(S3Test, ListsFoldAndPage) {
  NewBucket("data");
  for (const char* key : {"a", "d/1", "d/2", "d/\xC3\xBF", "e/1", "f"}) Put(key, "x");
  Object input{{"Bucket", "data"}, {"Delimiter", "/"}, {"MaxKeys", 2}};
  std::vector<std::string> seen;
  for (int page = 0; page < 5; ++page) {
    Object out = Run("ListObjectsV2", input);
    for (const auto& [member, field] :
         {std::pair{"Contents", "Key"}, {"CommonPrefixes", "Prefix"}}) {
      if (const Array* list = json::GetArray(out, member)) {
        for (const json::Value& item : *list) seen.push_back(At(item, field));
      }
    }
    if (At(out, "IsTruncated") == "false") break;
    input["ContinuationToken"] = At(out, "NextContinuationToken");
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "d/", "f", "e/"}));
  const Object under = Run("ListObjectsV2", {{"Bucket", "data"}, {"Prefix", "d/"}});
  EXPECT_EQ(At(under, "KeyCount"), "3");
}

}  // namespace
}  // namespace riposte::s3

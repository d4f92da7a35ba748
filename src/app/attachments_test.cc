// Files of documents over the whole path: whose permissions count when they are taken from buckets.
#include <gtest/gtest.h>

#include "app/testing/harness.h"
#include "base/encoding.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class DocumentFiles : public ::testing::Test {
 protected:
  DocumentFiles() {
    engine.Call("s3", "CreateBucket", {{"Bucket", "scripts"}});
    engine.Call("s3", "PutObject",
                {{"Bucket", "scripts"}, {"Key", "run.py"}, {"Body", Base64Encode("a = 1\n")}});
    engine.Call("iam", "CreateUser", {{"UserName", "ann"}});
    const auto key = engine.Call("iam", "CreateAccessKey", {{"UserName", "ann"}});
    ann_ = engine.engine()
               .directory()
               .FindKey(std::string(json::View(key.at("AccessKey").at("AccessKeyId"))))
               ->principal;
  }
  void Allow(const std::string& actions) {
    engine.Call("iam", "PutUserPolicy",
                {{"UserName", "ann"},
                 {"PolicyName", "p"},
                 {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                                    R"("Action":)" +
                                        actions + R"(,"Resource":"*"}]})"}});
  }
  void SetBucketPolicy(const std::string& effect) {
    engine.Call("s3", "PutBucketPolicy",
                {{"Bucket", "scripts"},
                 {"Policy", R"({"Version":"2012-10-17","Statement":[{"Effect":")" + effect +
                                R"(","Principal":{"AWS":")" + ann_.arn +
                                R"("},"Action":"s3:GetObject",)"
                                R"("Resource":"arn:aws:s3:::scripts/*"}]})"}});
  }
  /// "" or the message of the refusal.
  std::string Create(const std::string& name) {
    const auto outcome = engine.TryCallAs(
        ann_, "ssm", "CreateDocument",
        {{"Name", name},
         {"DocumentType", "Automation"},
         {"Content", R"({"schemaVersion": "0.3", "mainSteps":
                         [{"name": "s", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]})"},
         {"Attachments",
          Array{Object{{"Key", "S3FileUrl"}, {"Values", Array{"s3://scripts/run.py"}}}}}});
    return outcome.ok() ? "" : outcome.error->message();
  }

  Harness engine;
  access::Principal ann_;
};

TEST_F(DocumentFiles, AreReadAsTheCaller) {
  Allow(R"("ssm:*")");
  const std::string refused = Create("One");
  EXPECT_NE(refused.find(ann_.arn + " is not authorized to perform: s3:GetObject on resource: "
                                    "arn:aws:s3:::scripts/run.py"),
            std::string::npos)
      << refused;
  SetBucketPolicy("Allow");
  EXPECT_EQ(Create("One"), "");
  Allow(R"(["ssm:*", "s3:*"])");
  SetBucketPolicy("Deny");
  EXPECT_NE(Create("Two").find("explicit deny"), std::string::npos);
  engine.Call("s3", "DeleteBucketPolicy", {{"Bucket", "scripts"}});
  EXPECT_EQ(Create("Two"), "");
}

TEST_F(DocumentFiles, WhatIsReadIsInTheAudit) {
  Allow(R"(["ssm:*", "s3:*"])");
  ASSERT_EQ(Create("One"), "");
  engine.AdvanceTime(std::chrono::seconds(2));
  const auto events = engine.Call(
      "cloudtrail", "LookupEvents",
      {{"LookupAttributes",
        Array{Object{{"AttributeKey", "EventName"}, {"AttributeValue", "GetObject"}}}}});
  ASSERT_EQ(events.at("Events").as_array().size(), 1u);
  EXPECT_EQ(events.at("Events").at(0).at("Username").as_string(), "ann");
}

TEST_F(DocumentFiles, AnAddressIsGoodForAnybody) {
  Allow(R"(["ssm:*", "s3:*"])");
  ASSERT_EQ(Create("One"), "");
  const auto shown = engine.Call("ssm", "GetDocument", {{"Name", "One"}});
  const std::string url(json::View(shown.at("AttachmentsContent").at(0).at("Url")));
  const size_t token = url.find("/riposte-attachments/") + 21;
  const access::Principal nobody;
  const auto fetched =
      engine.TryCallAs(nobody, "attachments", "GetDocumentAttachment",
                       {{"Token", url.substr(token, url.rfind('/') - token)}, {"Name", "run.py"}});
  ASSERT_TRUE(fetched.ok()) << fetched.error->message();
  EXPECT_EQ(Base64Decode(json::View(fetched.output.at("Body"))).value(), "a = 1\n");
}

}  // namespace
}  // namespace riposte::app::testing

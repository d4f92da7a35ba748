// The shipped runbooks that set one thing of a bucket, an account, a topic, a queue or a trail:
// effect, failure and undo of each, and what the undo does when somebody changed it since.
#include <functional>

#include "app/testing/runbook_fixture.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class ShippedBucketsTest : public RunbookFixture {
 protected:
  void NewBucket(const std::string& name) {
    engine.Call("s3", "CreateBucket",
                {{"Bucket", name},
                 {"CreateBucketConfiguration", Object{{"LocationConstraint", "eu-west-1"}}}});
  }
  std::string Run(const std::string& document, Object parameters) {
    return Outcome(RunToEnd(document, std::move(parameters)));
  }
  void PutPolicy(const std::string& statements) {
    engine.Call("s3", "PutBucketPolicy",
                {{"Bucket", "data"},
                 {"Policy", R"({"Version":"2012-10-17","Statement":[)" + statements + "]}"}});
  }
  /// The statements of the bucket's policy, or the code of the error.
  std::string Statements() {
    const api::Outcome outcome = engine.TryCall("s3", "GetBucketPolicy", {{"Bucket", "data"}});
    if (!outcome.ok()) return outcome.error->code();
    return json::Serialize(
        json::Parse(Text(outcome.output.as_object().at("Policy")))->at("Statement"));
  }
  const std::string role_ = CreateRole("automation", "\"*\"");
};

struct Call {
  std::string service, operation;
  Object input;
};
struct Setting {
  std::string document;
  std::vector<Call> before;  ///< Beside a bucket "data" and a bucket "log".
  Object parameters;
  Call look;
  std::string after;  ///< What is seen of it afterwards.
  Object wrong;       ///< Parameters with which it fails,
  std::string why;    ///< and what its failure says.
  Call change;        ///< By somebody else; the undo must say so and leave it.
};

Object Block(bool acls, bool policy) {
  return Object{{"BlockPublicAcls", acls},
                {"IgnorePublicAcls", acls},
                {"BlockPublicPolicy", policy},
                {"RestrictPublicBuckets", policy}};
}
Object Encryption(const std::string& algorithm) {
  return Object{{"Rules", Array{Object{{"ApplyServerSideEncryptionByDefault",
                                        Object{{"SSEAlgorithm", algorithm}}}}}}};
}

std::vector<Setting> Settings(const std::string& role, const std::string& queue) {
  const Object data{{"Bucket", "data"}};
  const Object account{{"AccountId", "123456789012"}};
  const std::string topic = "arn:aws:sns:eu-west-1:123456789012:alerts";
  const std::string key = "arn:aws:kms:eu-west-1:123456789012:key/k";
  const auto given = [&role](Object parameters) {
    Object out;
    for (const auto& [name, value] : parameters) out[name] = Array{value};
    out["AutomationAssumeRole"] = Array{role};
    return out;
  };
  const auto block = [](const Object& bucket, const Object& flags) {
    Object input = bucket;
    input["PublicAccessBlockConfiguration"] = flags;
    return input;
  };
  const auto logging = [](const std::string& bucket) {
    return Object{
        {"Bucket", "data"},
        {"BucketLoggingStatus",
         Object{{"LoggingEnabled", Object{{"TargetBucket", bucket}, {"TargetPrefix", "old/"}}}}}};
  };
  const auto versioning = [](const char* status) {
    return Object{{"Bucket", "data"}, {"VersioningConfiguration", Object{{"Status", status}}}};
  };
  const auto encryption = [](const std::string& algorithm) {
    return Object{{"Bucket", "data"}, {"ServerSideEncryptionConfiguration", Encryption(algorithm)}};
  };
  const auto queue_attributes = [&queue](Object attributes) {
    return Object{{"QueueUrl", queue}, {"Attributes", std::move(attributes)}};
  };
  const Object see_queue{{"QueueUrl", queue},
                         {"AttributeNames", Array{"KmsMasterKeyId", "SqsManagedSseEnabled"}}};
  const auto topic_key = [&topic](const std::string& id) {
    return Object{{"TopicArn", topic}, {"AttributeName", "KmsMasterKeyId"}, {"AttributeValue", id}};
  };
  const Object trail{{"Name", "audit"}};
  const Call new_trail{"cloudtrail", "CreateTrail", {{"Name", "audit"}, {"S3BucketName", "log"}}};
  return {
      {"AWS-DisableS3BucketPublicReadWrite",
       {{"s3", "DeletePublicAccessBlock", data}},
       given({{"S3BucketName", "data"}}),
       {"s3", "GetPublicAccessBlock", data},
       json::Serialize(block({}, Block(true, true))),
       given({{"S3BucketName", "none"}}),
       "NoSuchBucket",
       {"s3", "PutPublicAccessBlock", block(data, Block(true, false))}},
      {"AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
       {{"s3", "PutPublicAccessBlock", block(data, Block(false, true))}},
       given({{"BucketName", "data"}, {"BlockPublicAcls", "True"}}),
       {"s3", "GetPublicAccessBlock", data},
       json::Serialize(block({}, Block(true, true))),
       given({{"BucketName", "none"}}),
       "NoSuchBucket",
       {"s3", "DeletePublicAccessBlock", data}},
      {"AWSConfigRemediation-ConfigureS3PublicAccessBlock",
       {},
       given({{"AccountId", "123456789012"}}),
       {"s3control", "GetPublicAccessBlock", account},
       json::Serialize(block({}, Block(true, true))),
       given({{"AccountId", "210987654321"}}),
       "AccessDenied",
       {"s3control", "PutPublicAccessBlock", block(account, Block(true, false))}},
      {"AWS-EnableS3BucketEncryption",
       {},
       given({{"BucketName", "data"}, {"SSEAlgorithm", "aws:kms"}}),
       {"s3", "GetBucketEncryption", data},
       R"("SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":false)",
       given({{"BucketName", "none"}}),
       "NoSuchBucket",
       {"s3", "PutBucketEncryption", encryption("aws:kms:dsse")}},
      {"AWS-EnableS3BucketKeys",
       {{"s3", "PutBucketEncryption", encryption("aws:kms:dsse")}},
       given({{"BucketName", "data"}}),
       {"s3", "GetBucketEncryption", data},
       R"("SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":true)",
       given({{"BucketName", "none"}}),
       "NoSuchBucket",
       {"s3", "DeleteBucketEncryption", data}},
      {"AWS-EnableS3BucketKeys",
       {},
       given({{"BucketName", "data"}, {"KmsKeyId", key}}),
       {"s3", "GetBucketEncryption", data},
       R"("KMSMasterKeyID":")" + key + R"("},"BucketKeyEnabled":true)",
       given({{"BucketName", "none"}, {"KmsKeyId", key}}),
       "NoSuchBucket",
       {"s3", "DeleteBucketEncryption", data}},
      {"AWS-ConfigureS3BucketVersioning",
       {{"s3", "PutBucketVersioning", versioning("Enabled")}},
       given({{"BucketName", "data"}, {"VersioningState", "Suspended"}}),
       {"s3", "GetBucketVersioning", data},
       R"({"Status":"Suspended"})",
       given({{"BucketName", "none"}}),
       "NoSuchBucket",
       {"s3", "PutBucketVersioning", versioning("Enabled")}},
      {"AWS-ConfigureS3BucketLogging",
       {},
       given({{"BucketName", "data"},
              {"GrantedPermission", "READ"},
              {"GranteeType", "Group"},
              {"GranteeUri", "http://acs.amazonaws.com/groups/s3/LogDelivery"},
              {"TargetBucket", "log"}}),
       {"s3", "GetBucketLogging", data},
       R"("URI":"http://acs.amazonaws.com/groups/s3/LogDelivery"},"Permission":"READ")",
       given({{"BucketName", "data"},
              {"GrantedPermission", "READ"},
              {"GranteeType", "CanonicalUser"},
              {"TargetBucket", "none"}}),
       "InvalidTargetBucketForLogging",
       {"s3", "PutBucketLogging", logging("log")}},
      {"AWS-ConfigureS3BucketLogging",
       {{"s3", "PutBucketLogging", logging("log")}},
       given({{"BucketName", "data"},
              {"GrantedPermission", "FULL_CONTROL"},
              {"GranteeType", "CanonicalUser"},
              {"GranteeId", "79a59df900b949e5"},
              {"TargetPrefix", "new/"},
              {"TargetBucket", "log"}}),
       {"s3", "GetBucketLogging", data},
       R"("ID":"79a59df900b949e5"},"Permission":"FULL_CONTROL")",
       given({{"BucketName", "none"},
              {"GrantedPermission", "READ"},
              {"GranteeType", "AmazonCustomerByEmail"},
              {"TargetBucket", "log"}}),
       "NoSuchBucket",
       {"s3", "PutBucketLogging", logging("log")}},
      {"AWSConfigRemediation-EncryptSNSTopic",
       {},
       given({{"TopicArn", topic}, {"KmsKeyArn", key}}),
       {"sns", "GetTopicAttributes", {{"TopicArn", topic}}},
       R"("KmsMasterKeyId":")" + key,
       given({{"TopicArn", topic + "x"}, {"KmsKeyArn", key}}),
       "NotFound",
       {"sns", "SetTopicAttributes", topic_key("alias/other")}},
      {"AWS-EnableSQSEncryption",
       {{"sqs", "SetQueueAttributes", queue_attributes({{"SqsManagedSseEnabled", "false"}})}},
       given({{"QueueUrl", queue}}),
       {"sqs", "GetQueueAttributes", see_queue},
       R"("SqsManagedSseEnabled":"true")",
       given({{"QueueUrl", queue + "x"}}),
       "QueueDoesNotExist",
       {"sqs", "SetQueueAttributes", queue_attributes({{"SqsManagedSseEnabled", "false"}})}},
      {"AWS-EnableSQSEncryption",
       {{"sqs", "SetQueueAttributes", queue_attributes({{"KmsMasterKeyId", "alias/old"}})}},
       given({{"QueueUrl", queue}, {"KmsKeyId", key}}),
       {"sqs", "GetQueueAttributes", see_queue},
       R"("KmsMasterKeyId":")" + key,
       given({{"QueueUrl", queue + "x"}, {"KmsKeyId", key}}),
       "QueueDoesNotExist",
       {"sqs", "SetQueueAttributes", queue_attributes({{"KmsMasterKeyId", "alias/other"}})}},
      {"AWS-EnableCloudTrail",
       {},
       given({{"S3BucketName", "log"}}),
       {"cloudtrail", "GetTrailStatus", {{"Name", "Default"}}},
       R"("IsLogging":true)",
       given({{"S3BucketName", "log"}}),
       "TrailAlreadyExists",
       {"cloudtrail", "DeleteTrail", {{"Name", "Default"}}}},
      {"AWSConfigRemediation-CreateCloudTrailMultiRegionTrail",
       {},
       given({{"BucketName", "log"}, {"TrailName", "all-regions"}}),
       {"cloudtrail", "GetTrail", {{"Name", "all-regions"}}},
       R"("IsMultiRegionTrail":true)",
       given({{"BucketName", "log"}, {"TrailName", "x"}}),
       "InvalidTrailName",
       {"cloudtrail", "DeleteTrail", {{"Name", "all-regions"}}}},
      {"AWSConfigRemediation-EnableCloudTrailLogFileValidation",
       {new_trail},
       given({{"TrailName", "audit"}}),
       {"cloudtrail", "GetTrail", trail},
       R"("LogFileValidationEnabled":true)",
       given({{"TrailName", "none"}}),
       "TrailNotFound",
       {"cloudtrail", "UpdateTrail", {{"Name", "audit"}, {"EnableLogFileValidation", false}}}},
      {"AWSConfigRemediation-EnableCloudTrailEncryptionWithKMS",
       {},
       given({{"TrailName", "audit"}, {"KMSKeyId", key}}),
       {"cloudtrail", "GetTrail", trail},
       R"("KmsKeyId":")" + key,
       given({{"TrailName", "none"}, {"KMSKeyId", key}}),
       "TrailNotFound",
       {"cloudtrail", "UpdateTrail", {{"Name", "audit"}, {"KmsKeyId", "alias/other"}}}},
  };
}

TEST_F(ShippedBucketsTest, SetAndPutBack) {
  NewBucket("data");
  NewBucket("log");
  engine.Call("sns", "CreateTopic", {{"Name", "alerts"}});
  const std::string queue =
      Text(engine.Call("sqs", "CreateQueue", {{"QueueName", "q"}}).at("QueueUrl"));
  for (const Setting& c : Settings(role_, queue)) {
    SCOPED_TRACE(c.document + " " + json::Serialize(c.parameters));
    for (const Call& call : c.before) engine.Call(call.service, call.operation, call.input);
    const auto look = [&] { return See(c.look.service, c.look.operation, c.look.input); };
    const std::string before = look();
    const Object execution = RunToEnd(c.document, c.parameters);
    EXPECT_EQ(Outcome(execution), "Success");
    EXPECT_NE(look().find(c.after), std::string::npos) << look();
    EXPECT_NE(look(), before);

    const Object failed = RunToEnd(c.document, c.wrong);
    EXPECT_NE(Outcome(failed).find(c.why), std::string::npos) << Outcome(failed);

    EXPECT_EQ(Outcome(UndoToEnd(execution)), "Success");
    EXPECT_EQ(look(), before);

    const Object again = RunToEnd(c.document, c.parameters);
    EXPECT_EQ(Outcome(again), "Success");
    engine.Call(c.change.service, c.change.operation, c.change.input);
    const std::string changed = look();
    EXPECT_EQ(Outcome(UndoToEnd(again)).substr(0, 8), "Failed: ");
    EXPECT_EQ(look(), changed);
  }
}

// A role that may not look gets nowhere: what cannot be kept is not changed.
TEST_F(ShippedBucketsTest, WhatCannotBeSavedIsLeft) {
  NewBucket("data");
  engine.Call("s3", "DeletePublicAccessBlock", {{"Bucket", "data"}});
  Allow("automation", "\"s3:PutBucketPublicAccessBlock\"");
  const Object execution =
      RunToEnd("AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
               {{"BucketName", Array{"data"}}, {"AutomationAssumeRole", Array{role_}}});
  EXPECT_NE(Outcome(execution).find("AccessDenied"), std::string::npos) << Outcome(execution);
  EXPECT_EQ(See("s3", "GetPublicAccessBlock", {{"Bucket", "data"}}),
            "NoSuchPublicAccessBlockConfiguration");
  EXPECT_EQ(UndoRefusal(IdOf(execution)),
            "UndoNotPossibleException: The state before was not saved: the step SaveState is "
            "Failed.");
}

constexpr const char* kOwn =
    R"({"Sid":"own","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},)"
    R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"})";
constexpr const char* kOpen =
    R"({"Sid":"open","Effect":"Allow","Principal":"*","Action":"s3:GetObject",)"
    R"("Resource":"arn:aws:s3:::data/*"})";
constexpr const char* kOpenToo =
    R"({"Sid":"too","Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:PutObject",)"
    R"("Resource":"arn:aws:s3:::data/*"})";

TEST_F(ShippedBucketsTest, DeniesRequestsWithoutTls) {
  NewBucket("data");
  const Object parameters{{"BucketName", Array{"data"}}, {"AutomationAssumeRole", Array{role_}}};
  const std::string document = "AWSConfigRemediation-RestrictBucketSSLRequestsOnly";
  const Object first = RunToEnd(document, parameters);
  EXPECT_EQ(Outcome(first), "Success");
  const std::string denied = Statements();
  EXPECT_NE(denied.find(R"("Condition":{"Bool":{"aws:SecureTransport":"false"}})"),
            std::string::npos);
  EXPECT_NE(denied.find(R"(["arn:aws:s3:::data","arn:aws:s3:::data/*"])"), std::string::npos);
  // It is denied already: nothing to do, and nothing to undo.
  const Object second = RunToEnd(document, parameters);
  EXPECT_EQ(Outcome(second), "Success");
  EXPECT_EQ(Statements(), denied);
  EXPECT_EQ(UndoRefusal(IdOf(second)), "UndoNotPossibleException: Nothing was changed.");
  EXPECT_EQ(Outcome(UndoToEnd(first)), "Success");
  EXPECT_EQ(Statements(), "NoSuchBucketPolicy");

  // Beside a policy, which others change.
  PutPolicy(kOwn);
  const Object third = RunToEnd(document, parameters);
  const std::string both = Statements();
  EXPECT_EQ(both.substr(1, std::string(kOwn).size()), kOwn);
  EXPECT_EQ(Outcome(UndoToEnd(third)), "Success");
  EXPECT_EQ(Statements(), "[" + std::string(kOwn) + "]");
  const Object fourth = RunToEnd(document, parameters);
  PutPolicy(R"({"Sid":"DenyRequestsWithoutTls","Effect":"Deny","Principal":"*","Action":"*",)"
            R"("Resource":"arn:aws:s3:::data/*"})");
  EXPECT_NE(Outcome(UndoToEnd(fourth)).find("was changed since; it is left as it is."),
            std::string::npos);
  EXPECT_NE(Run(document, {{"BucketName", Array{"none"}}, {"AutomationAssumeRole", Array{role_}}})
                .find("NoSuchBucket"),
            std::string::npos);
}

TEST_F(ShippedBucketsTest, RemovesWhatIsAllowedToEverybody) {
  NewBucket("data");
  engine.Call("s3", "DeletePublicAccessBlock", {{"Bucket", "data"}});
  const Object parameters{{"BucketName", Array{"data"}}, {"AutomationAssumeRole", Array{role_}}};
  const std::string document = "AWSConfigRemediation-RemovePrincipalStarFromS3BucketPolicy";
  EXPECT_NE(Run(document, parameters).find("NoSuchBucketPolicy"), std::string::npos);
  PutPolicy(std::string(kOpen) + "," + kOwn + "," + kOpenToo);
  const Object some = RunToEnd(document, parameters);
  EXPECT_EQ(Outcome(some), "Success");
  EXPECT_EQ(Statements(), "[" + std::string(kOwn) + "]");
  const Object none = RunToEnd(document, parameters);
  EXPECT_EQ(UndoRefusal(IdOf(none)), "UndoNotPossibleException: Nothing was changed.");
  EXPECT_EQ(Outcome(UndoToEnd(some)), "Success");
  EXPECT_EQ(Statements(), "[" + std::string(kOwn) + "," + kOpen + "," + kOpenToo + "]");

  PutPolicy(kOpen);
  const Object all = RunToEnd(document, parameters);
  EXPECT_EQ(Outcome(all), "Success");
  EXPECT_EQ(Statements(), "NoSuchBucketPolicy");
  // The bucket has been closed since: what opens it cannot be put back, and the undo says why.
  engine.Call("s3", "PutPublicAccessBlock",
              {{"Bucket", "data"}, {"PublicAccessBlockConfiguration", Block(true, true)}});
  EXPECT_NE(Outcome(UndoToEnd(all)).find("BlockPublicPolicy setting"), std::string::npos);
  engine.Call("s3", "DeletePublicAccessBlock", {{"Bucket", "data"}});
  EXPECT_EQ(Outcome(UndoToEnd(all)), "Success");
  EXPECT_EQ(Statements(), "[" + std::string(kOpen) + "]");
}

TEST_F(ShippedBucketsTest, ContainsAndRestoresABucket) {
  NewBucket("data");
  engine.Call("s3", "DeletePublicAccessBlock", {{"Bucket", "data"}});
  PutPolicy(kOpen);
  engine.Call("iam", "CreateUser", {{"UserName", "thief"}});
  engine.Call(
      "iam", "AttachUserPolicy",
      {{"UserName", "thief"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}});
  access::Principal thief = access::Principal::Root(engine.scope().account);
  thief.kind = access::Principal::Kind::kUser;
  thief.arn = "arn:aws:iam::123456789012:user/thief";
  const auto steal = [&] {
    const auto outcome =
        engine.TryCallAs(thief, "s3", "GetObject", {{"Bucket", "data"}, {"Key", "x"}});
    return outcome.ok() ? "" : outcome.error->code();
  };
  engine.Call("s3", "PutObject", {{"Bucket", "data"}, {"Key", "x"}, {"Body", "eA=="}});
  EXPECT_EQ(steal(), "");
  const auto parameters = [this](Object more) {
    Object out{{"BucketName", Array{"data"}},
               {"Action", Array{"Contain"}},
               {"AutomationAssumeRole", Array{role_}}};
    for (const auto& [name, value] : more) out[name] = value;
    return out;
  };
  const std::string document = "AWSSupport-ContainS3Resource";
  // It only looks unless it is told otherwise.
  const Object dry = RunToEnd(document, parameters({}));
  EXPECT_EQ(Outcome(dry), "Success");
  EXPECT_EQ(UndoRefusal(IdOf(dry)), "UndoNotPossibleException: Nothing was changed.");
  EXPECT_EQ(steal(), "");
  EXPECT_EQ(json::GetArray(engine.Call("s3", "ListBuckets"), "Buckets")->size(), 1u);

  const Object keep{{"DryRun", Array{"false"}},
                    {"BackupS3BucketName", Array{"evidence"}},
                    {"BackupS3BucketAccess", Array{"arn:aws:iam::123456789012:user/analyst"}},
                    {"BucketRestrictAccess", Array{"arn:aws:iam::123456789012:user/analyst"}},
                    {"TagIdentifier", Array{"Key=incident,Value=7"}}};
  const Object contained = RunToEnd(document, parameters(keep));
  EXPECT_EQ(Outcome(contained), "Success");
  EXPECT_EQ(steal(), "AccessDenied");
  EXPECT_EQ(See("s3", "GetBucketTagging", {{"Bucket", "data"}}),
            R"({"TagSet":[{"Key":"incident","Value":"7"}]})");
  EXPECT_NE(See("s3", "GetPublicAccessBlock", {{"Bucket", "data"}})
                .find(R"("RestrictPublicBuckets":true)"),
            std::string::npos);
  const auto objects = engine.TryCallAs(thief, "s3", "ListObjectsV2", {{"Bucket", "evidence"}});
  EXPECT_FALSE(objects.ok());
  EXPECT_NE(Run(document, parameters(keep)).find("is contained already."), std::string::npos);

  EXPECT_EQ(Outcome(UndoToEnd(contained)), "Success");
  EXPECT_EQ(steal(), "");
  EXPECT_EQ(Statements(), "[" + std::string(kOpen) + "]");
  EXPECT_EQ(See("s3", "GetPublicAccessBlock", {{"Bucket", "data"}}),
            "NoSuchPublicAccessBlockConfiguration");
  EXPECT_EQ(See("s3", "GetBucketTagging", {{"Bucket", "data"}}), "NoSuchTagSet");

  // One object alone: the rest of the bucket stays as it is.
  engine.Call("s3", "PutObject", {{"Bucket", "data"}, {"Key", "y"}, {"Body", "eA=="}});
  const Object one{{"DryRun", Array{"false"}},
                   {"BackupS3BucketName", Array{"evidence"}},
                   {"BucketKeyName", Array{"x"}}};
  const Object object = RunToEnd(document, parameters(one));
  EXPECT_EQ(Outcome(object), "Success");
  EXPECT_EQ(steal(), "AccessDenied");
  EXPECT_TRUE(engine.TryCallAs(thief, "s3", "GetObject", {{"Bucket", "data"}, {"Key", "y"}}).ok());
  PutPolicy(kOwn);
  EXPECT_NE(Outcome(UndoToEnd(object)).find("is not that of the containment"), std::string::npos);
  Object missing = one;
  missing["BucketKeyName"] = Array{"none"};
  EXPECT_NE(Run(document, parameters(missing)).find("NoSuchKey"), std::string::npos);
}

}  // namespace
}  // namespace riposte::app::testing

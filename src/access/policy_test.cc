#include "access/policy.h"

#include <gtest/gtest.h>

#include "access/managed_policies.h"

namespace riposte::access {
namespace {

using Effect = PolicyVerdict::Effect;

std::string Identity(const std::string& fields) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)" + fields + "}]}";
}

Effect Ask(const std::string& document, std::string_view action, std::string_view resource,
           const Context& context = {}) {
  const auto policy = PolicyDocument::Parse(document, PolicyKind::kIdentity);
  EXPECT_TRUE(policy) << policy.error().message << " " << document;
  if (!policy) return Effect::kNone;
  return (*policy)->Evaluate({action, resource, &context, nullptr}).effect;
}

bool Holds(const std::string& condition, const Context& context) {
  return Ask(Identity(R"("Action":"*","Resource":"*","Condition":)" + condition), "a:b", "r",
             context) == Effect::kAllow;
}

TEST(PolicyTest, ActionsAndResources) {
  const std::string policy =
      Identity(R"("Action":["sns:Pub*","sqs:?endMessage"],"Resource":"arn:aws:sns:*:*:alerts-*")");
  const std::string topic = "arn:aws:sns:eu-west-1:1:alerts-x";
  EXPECT_EQ(Ask(policy, "sns:Publish", topic), Effect::kAllow);
  EXPECT_EQ(Ask(policy, "SNS:publish", topic), Effect::kAllow);
  EXPECT_EQ(Ask(policy, "sqs:SendMessage", topic), Effect::kAllow);
  EXPECT_EQ(Ask(policy, "sns:Subscribe", topic), Effect::kNone);
  EXPECT_EQ(Ask(policy, "sns:Publish", "arn:aws:sns:eu-west-1:1:other"), Effect::kNone);
  EXPECT_EQ(Ask(policy, "sns:Publish", "arn:aws:sns:eu-west-1:1:ALERTS-x"), Effect::kNone);
}

TEST(PolicyTest, NotActionAndNotResource) {
  const std::string policy = Identity(R"("NotAction":"iam:*","NotResource":"arn:aws:s3:::keep/*")");
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::x"), Effect::kAllow);
  EXPECT_EQ(Ask(policy, "iam:GetUser", "arn:aws:s3:::x"), Effect::kNone);
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::keep/y"), Effect::kNone);
}

TEST(PolicyTest, DenyWinsAndIsNamed) {
  const Context context;
  const auto policy = PolicyDocument::Parse(
      R"({"Version":"2012-10-17","Statement":[
         {"Effect":"Allow","Action":"*","Resource":"*"},
         {"Sid":"NoDelete","Effect":"Deny","Action":"*:Delete*","Resource":"*"}]})",
      PolicyKind::kIdentity);
  EXPECT_FALSE(policy);  // A vendor cannot be a wildcard …
  const auto valid = PolicyDocument::Parse(
      R"({"Version":"2012-10-17","Statement":[
         {"Effect":"Allow","Action":"*","Resource":"*"},
         {"Sid":"NoDelete","Effect":"Deny","Action":"sns:Delete*","Resource":"*"}]})",
      PolicyKind::kIdentity);
  ASSERT_TRUE(valid);
  const auto verdict = (*valid)->Evaluate({"sns:DeleteTopic", "r", &context, nullptr});
  EXPECT_EQ(verdict.effect, Effect::kDeny);
  EXPECT_EQ(verdict.statement, "NoDelete");
  EXPECT_EQ((*valid)->Evaluate({"sns:Publish", "r", &context, nullptr}).statement, "#1");
}

TEST(PolicyTest, Variables) {
  const std::string policy = Identity(
      R"("Action":"s3:*","Resource":["arn:aws:s3:::home/${aws:username}/*","arn:aws:s3:::${*}"])");
  const Context ann = {{"aws:username", {"ann"}}};
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::home/ann/x", ann), Effect::kAllow);
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::home/bob/x", ann), Effect::kNone);
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::home//x"), Effect::kNone);
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::*"), Effect::kAllow);
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::any"), Effect::kNone);
  // What a caller chooses as a name is never a pattern.
  const Context star = {{"aws:username", {"*"}}};
  EXPECT_EQ(Ask(policy, "s3:GetObject", "arn:aws:s3:::home/ann/x", star), Effect::kNone);
  const std::string fallback =
      Identity(R"("Action":"s3:*","Resource":"arn:aws:s3:::${aws:PrincipalTag/team, 'common'}")");
  EXPECT_EQ(Ask(fallback, "s3:GetObject", "arn:aws:s3:::common"), Effect::kAllow);
  EXPECT_EQ(Ask(fallback, "s3:GetObject", "arn:aws:s3:::red", {{"aws:principaltag/team", {"red"}}}),
            Effect::kAllow);
  // The version of 2008 knows no variables.
  EXPECT_EQ(Ask(R"({"Statement":{"Effect":"Allow","Action":"s3:*",
                   "Resource":"arn:aws:s3:::${aws:username}"}})",
                "s3:GetObject", "arn:aws:s3:::ann", ann),
            Effect::kNone);
}

TEST(PolicyTest, StringConditions) {
  const Context context = {{"aws:requestedregion", {"eu-west-1"}}};
  EXPECT_TRUE(
      Holds(R"({"StringEquals":{"aws:RequestedRegion":["us-east-1","eu-west-1"]}})", context));
  EXPECT_FALSE(Holds(R"({"StringEquals":{"aws:RequestedRegion":"EU-WEST-1"}})", context));
  EXPECT_FALSE(Holds(R"({"StringEquals":{"aws:RequestedRegion":"eu-*"}})", context));
  EXPECT_TRUE(Holds(R"({"StringEqualsIgnoreCase":{"aws:RequestedRegion":"EU-WEST-1"}})", context));
  EXPECT_TRUE(Holds(R"({"StringLike":{"aws:RequestedRegion":"eu-*"}})", context));
  EXPECT_FALSE(Holds(R"({"StringNotLike":{"aws:RequestedRegion":"eu-*"}})", context));
  EXPECT_FALSE(Holds(R"({"StringNotEquals":{"aws:RequestedRegion":["x","eu-west-1"]}})", context));
  EXPECT_TRUE(Holds(R"({"StringNotEquals":{"aws:RequestedRegion":["x","y"]}})", context));
  // All operators and keys must hold.
  EXPECT_FALSE(
      Holds(R"({"StringLike":{"aws:RequestedRegion":"eu-*"},"Bool":{"a:b":"true"}})", context));
}

TEST(PolicyTest, MissingKeys) {
  EXPECT_FALSE(Holds(R"({"StringEquals":{"a:b":"x"}})", {}));
  EXPECT_TRUE(Holds(R"({"StringEqualsIfExists":{"a:b":"x"}})", {}));
  EXPECT_FALSE(Holds(R"({"StringEqualsIfExists":{"a:b":"x"}})", {{"a:b", {"y"}}}));
  EXPECT_TRUE(Holds(R"({"StringNotEquals":{"a:b":"x"}})", {}));
  EXPECT_TRUE(Holds(R"({"Null":{"a:b":"true"}})", {}));
  EXPECT_FALSE(Holds(R"({"Null":{"a:b":"false"}})", {}));
  EXPECT_TRUE(Holds(R"({"Null":{"a:b":false}})", {{"a:b", {"x"}}}));
  EXPECT_TRUE(Holds(R"({"ForAllValues:StringEquals":{"a:b":"x"}})", {}));
  EXPECT_FALSE(Holds(R"({"ForAnyValue:StringEquals":{"a:b":"x"}})", {}));
  EXPECT_FALSE(Holds(R"({"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}})", {}));
}

TEST(PolicyTest, SetsOfValues) {
  const Context keys = {{"aws:tagkeys", {"env", "team"}}};
  EXPECT_TRUE(Holds(R"({"ForAllValues:StringEquals":{"aws:TagKeys":["env","team","x"]}})", keys));
  EXPECT_FALSE(Holds(R"({"ForAllValues:StringEquals":{"aws:TagKeys":["env"]}})", keys));
  EXPECT_TRUE(Holds(R"({"ForAnyValue:StringEquals":{"aws:TagKeys":["env"]}})", keys));
  EXPECT_FALSE(Holds(R"({"ForAnyValue:StringEquals":{"aws:TagKeys":["no"]}})", keys));
}

TEST(PolicyTest, OtherConditions) {
  const Context context = {{"aws:epochtime", {"1767225600"}},
                           {"aws:currenttime", {"2026-01-01T00:00:00Z"}},
                           {"s3:max-keys", {"10"}},
                           {"aws:securetransport", {"true"}},
                           {"aws:sourceip", {"10.1.2.3"}},
                           {"aws:sourcearn", {"arn:aws:events:eu-west-1:1:rule/a/b"}}};
  EXPECT_TRUE(Holds(R"({"NumericLessThanEquals":{"s3:max-keys":"10"}})", context));
  EXPECT_FALSE(Holds(R"({"NumericLessThan":{"s3:max-keys":10}})", context));
  EXPECT_TRUE(Holds(R"({"NumericGreaterThan":{"s3:max-keys":"9.5"}})", context));
  EXPECT_FALSE(Holds(R"({"NumericEquals":{"s3:max-keys":"ten"}})", context));
  EXPECT_TRUE(Holds(R"({"NumericNotEquals":{"s3:max-keys":"11"}})", context));
  EXPECT_TRUE(Holds(R"({"DateLessThan":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}})", context));
  EXPECT_FALSE(Holds(R"({"DateGreaterThan":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}})", context));
  EXPECT_TRUE(Holds(R"({"DateEquals":{"aws:EpochTime":"2026-01-01T00:00:00Z"}})", context));
  EXPECT_TRUE(Holds(R"({"Bool":{"aws:SecureTransport":"true"}})", context));
  EXPECT_FALSE(Holds(R"({"Bool":{"aws:SecureTransport":false}})", context));
  EXPECT_TRUE(Holds(R"({"IpAddress":{"aws:SourceIp":["192.168.0.0/16","10.1.0.0/15"]}})", context));
  EXPECT_FALSE(Holds(R"({"IpAddress":{"aws:SourceIp":"10.2.0.0/16"}})", context));
  EXPECT_TRUE(Holds(R"({"NotIpAddress":{"aws:SourceIp":"10.2.0.0/16"}})", context));
  EXPECT_TRUE(Holds(R"({"IpAddress":{"aws:SourceIp":"2001:db8::/32"}})",
                    {{"aws:sourceip", {"2001:db8::1"}}}));
  EXPECT_TRUE(Holds(R"({"ArnLike":{"aws:SourceArn":"arn:aws:events:*:1:rule/*"}})", context));
  EXPECT_TRUE(
      Holds(R"({"ArnEquals":{"aws:SourceArn":"arn:aws:events:eu-west-1:1:rule/a/b"}})", context));
  // A wildcard does not reach over a colon.
  EXPECT_FALSE(Holds(R"({"ArnLike":{"aws:SourceArn":"arn:aws:*:1:rule/a/b"}})", context));
  EXPECT_FALSE(Holds(R"({"ArnNotLike":{"aws:SourceArn":"arn:aws:events:*:1:rule/*"}})", context));
}

TEST(PolicyTest, PrincipalsOfResourcePolicies) {
  Principal session;
  session.kind = Principal::Kind::kAssumedRole;
  session.account = AccountId("111122223333");
  session.arn = "arn:aws:sts::111122223333:assumed-role/R/s";
  session.role_arn = "arn:aws:iam::111122223333:role/R";
  const Principal events =
      Principal::Service(AccountId("111122223333"), "events.amazonaws.com", "arn:rule");
  Principal anonymous;
  const auto named_by = [](const std::string& principal, const Principal& caller) {
    const Context context;
    const auto policy = PolicyDocument::Parse(
        Identity(R"("Action":"sns:Publish","Resource":"*",)" + principal), PolicyKind::kResource);
    EXPECT_TRUE(policy) << policy.error().message;
    return (*policy)->Evaluate({"sns:Publish", "r", &context, &caller}).named_by;
  };
  EXPECT_EQ(named_by(R"("Principal":"*")", anonymous), NamedBy::kAnyone);
  EXPECT_EQ(named_by(R"("Principal":{"AWS":"*"})", session), NamedBy::kAnyone);
  EXPECT_EQ(named_by(R"("Principal":{"AWS":"111122223333"})", session), NamedBy::kAccount);
  EXPECT_EQ(named_by(R"("Principal":{"AWS":"111122223333"})", anonymous), NamedBy::kNobody);
  EXPECT_EQ(named_by(R"("Principal":{"AWS":["arn:aws:iam::111122223333:root"]})", session),
            NamedBy::kAccount);
  EXPECT_EQ(named_by(R"("Principal":{"AWS":"arn:aws:iam::111122223333:role/R"})", session),
            NamedBy::kRole);
  EXPECT_EQ(
      named_by(R"("Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/R/s"})", session),
      NamedBy::kPrincipal);
  EXPECT_EQ(named_by(R"("Principal":{"AWS":"444455556666"})", session), NamedBy::kNobody);
  EXPECT_EQ(
      named_by(R"("Principal":{"Service":["x.amazonaws.com","events.amazonaws.com"]})", events),
      NamedBy::kPrincipal);
  EXPECT_EQ(named_by(R"("Principal":{"Service":"sns.amazonaws.com"})", events), NamedBy::kNobody);
  EXPECT_EQ(named_by(R"("Principal":{"AWS":"111122223333"})", events), NamedBy::kNobody);
  EXPECT_EQ(named_by(R"("NotPrincipal":{"AWS":"444455556666"})", session), NamedBy::kAnyone);
  EXPECT_EQ(named_by(R"("NotPrincipal":{"AWS":"111122223333"})", session), NamedBy::kNobody);
}

TEST(PolicyTest, MalformedDocumentsAreRefusedInIamsWords) {
  const auto complaint = [](const std::string& text, PolicyKind kind) {
    const auto policy = PolicyDocument::Parse(text, kind);
    return policy ? std::string("accepted") : policy.error().message;
  };
  const auto identity = [&](const std::string& text) {
    return complaint(text, PolicyKind::kIdentity);
  };
  EXPECT_EQ(identity("{"), "This policy contains invalid Json");
  EXPECT_EQ(identity("[]"), "This policy contains invalid Json");
  EXPECT_EQ(identity("{}"), "Missing required field Statement");
  EXPECT_EQ(identity(R"({"Statement":[]})"), "Syntax errors in policy.");
  EXPECT_EQ(identity(R"({"Statement":[],"Extra":1})"), "Syntax errors in policy.");
  EXPECT_EQ(identity(R"({"Version":"2020-01-01","Statement":[]})"),
            "The policy must contain a valid version string");
  EXPECT_EQ(identity(R"({"Statement":{"Action":"a:b","Resource":"*"}})"),
            "Missing required field Effect");
  EXPECT_EQ(identity(Identity(R"("Resource":"*")")), "Policy statement must contain actions.");
  EXPECT_EQ(identity(Identity(R"("Action":"s3:Get")")), "Policy statement must contain resources.");
  EXPECT_EQ(identity(Identity(R"("Action":"get","Resource":"*")")),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  EXPECT_EQ(identity(Identity(R"("Action":"s3:Get","Resource":"bucket")")),
            "Resource bucket must be in ARN format or \"*\".");
  EXPECT_EQ(identity(Identity(R"("Action":"s3:Get","Resource":"arn:x:s3:::b")")),
            "Partition \"x\" is not valid for resource \"arn:x:s3:::b\".");
  EXPECT_EQ(identity(Identity(R"("Action":"s3:Get","Resource":"*","Principal":"*")")),
            "Policy document should not specify a principal.");
  EXPECT_EQ(identity(Identity(R"("Sid":"a b","Action":"s3:Get","Resource":"*")")),
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
            "regular expression [0-9A-Za-z]*");
  EXPECT_NE(
      identity(Identity(R"("Action":"s3:G","Resource":"*","Condition":{"Equal":{"a:b":"c"}})")),
      "accepted");
  EXPECT_NE(identity(Identity(R"("Action":{"x":1},"Resource":"*")")), "accepted");
  const auto trust = [&](const std::string& fields) {
    return complaint(Identity(fields), PolicyKind::kTrust);
  };
  EXPECT_EQ(trust(R"("Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole")"),
            "accepted");
  EXPECT_EQ(trust(R"("Action":"sts:AssumeRole")"), "Missing required field Principal");
  EXPECT_EQ(trust(R"("Principal":"*","Action":"s3:Get")"),
            "AssumeRole policy may only specify STS AssumeRole actions.");
  EXPECT_EQ(trust(R"("Principal":"*","Action":"sts:AssumeRole","Resource":"*")"),
            "Has prohibited field Resource");
  EXPECT_EQ(trust(R"("Principal":{"Service":"lambda"},"Action":"sts:AssumeRole")"),
            "Invalid principal in policy: \"SERVICE\":\"lambda\"");
  EXPECT_EQ(trust(R"("Principal":{"AWS":"bob"},"Action":"sts:AssumeRole")"),
            "Invalid principal in policy: \"AWS\":\"bob\"");
}

TEST(PolicyTest, ManagedPoliciesParseAndAreUnique) {
  std::map<std::string_view, int> ids;
  for (const ManagedPolicy& policy : ManagedPolicies()) {
    const auto parsed = PolicyDocument::Parse(policy.document, PolicyKind::kIdentity);
    EXPECT_TRUE(parsed) << policy.name << ": " << parsed.error().message;
    EXPECT_EQ(policy.id.size(), 21u) << policy.name;
    EXPECT_EQ(++ids[policy.id], 1) << policy.name;
  }
  const ManagedPolicy* basic =
      FindManagedPolicy("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
  ASSERT_NE(basic, nullptr);
  EXPECT_EQ(Ask(std::string(basic->document), "logs:PutLogEvents", "arn:aws:logs:x:1:y"),
            Effect::kAllow);
  EXPECT_EQ(FindManagedPolicy("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"), nullptr);
}

}  // namespace
}  // namespace riposte::access

#include "access/directory.h"

#include <gtest/gtest.h>

#include "access/principal_json.h"
#include "access/testing/identities.h"

namespace riposte::access {
namespace {

using testing::PolicyFor;

TEST(DirectoryTest, RootKeyIsMadeOnce) {
  testing::Identities identities;
  const AccessKey first = identities.directory.EnsureRootKey(identities.account());
  EXPECT_EQ(first.id.substr(0, 4), "AKIA");
  EXPECT_EQ(first.id.size(), 20u);
  EXPECT_EQ(first.secret.size(), 40u);
  EXPECT_EQ(identities.directory.EnsureRootKey(identities.account()).secret, first.secret);
  const auto found = identities.directory.FindKey(first.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->principal.kind, Principal::Kind::kRoot);
  // A second start over the same store finds it.
  Directory again(*identities.store, identities.random, identities.clock);
  EXPECT_EQ(again.EnsureRootKey(identities.account()).id, first.id);
}

TEST(DirectoryTest, ResetKeepsTheRootKeyOnly) {
  testing::Identities identities;
  const AccessKey root = identities.directory.EnsureRootKey(identities.account());
  const AccessKey ann = identities.AddUser("ann");
  identities.store->DeleteAllRows();
  identities.directory.Reset();
  EXPECT_TRUE(identities.directory.FindKey(root.id));
  EXPECT_FALSE(identities.directory.FindKey(ann.id));
}

TEST(DirectoryTest, AssumeForServiceAsksTheTrustPolicy) {
  testing::Identities identities;
  const std::string arn =
      identities.AddRole("R", PolicyFor(R"({"Service":"events.amazonaws.com"})", "sts:AssumeRole"));
  const auto session =
      identities.directory.AssumeForService(arn, "events.amazonaws.com", "rule/a b");
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->arn, "arn:aws:sts::111122223333:assumed-role/R/rule-a-b");
  EXPECT_EQ(session->id, "AROAR:rule-a-b");
  EXPECT_EQ(session->role_arn, arn);
  EXPECT_EQ(identities.directory.AssumeForService(arn, "lambda.amazonaws.com", "s").error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(
      identities.directory.AssumeForService(arn + "x", "lambda.amazonaws.com", "s").error().code,
      Code::kNotFound);
}

TEST(DirectoryTest, TemporaryKeysOutliveTheProcessAndAreForgottenLater) {
  testing::Identities identities;
  const std::string arn =
      identities.AddRole("R", PolicyFor(R"({"Service":"events.amazonaws.com"})", "sts:AssumeRole"));
  const Principal session =
      *identities.directory.AssumeForService(arn, "events.amazonaws.com", "s");
  const AccessKey kept = identities.directory.IssueTemporaryKey(session, Millis(60'000));
  AccessKey in_transaction;
  identities.store->WriteAndWait([&](store::Transaction& tx) {
    in_transaction = identities.directory.IssueTemporaryKey(tx, session, Millis(60'000));
    EXPECT_FALSE(identities.directory.FindKey(in_transaction.id));
  });
  EXPECT_TRUE(identities.directory.FindKey(in_transaction.id));
  {
    const Directory again(*identities.store, identities.random, identities.clock);
    const auto found = again.FindKey(kept.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->session_token, kept.session_token);
    EXPECT_EQ(found->principal.arn, session.arn);
    EXPECT_EQ(found->principal.role_arn, arn);
  }
  identities.clock.Set(identities.clock.Now() + std::chrono::hours(2));
  (void)identities.directory.IssueTemporaryKey(session, Millis(1));
  EXPECT_FALSE(identities.directory.FindKey(kept.id));
  identities.store->Read([](store::Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT COUNT(*) FROM access_temporary_keys"), 1);
  });
}

TEST(DirectoryTest, AFailedTransactionLeavesNoKey) {
  testing::Identities identities;
  AccessKey key;
  EXPECT_THROW(identities.store->WriteAndWait([&](store::Transaction& tx) {
    key = identities.directory.IssueTemporaryKey(tx, Principal::Root(identities.account()),
                                                 Millis(60'000));
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_FALSE(identities.directory.FindKey(key.id));
}

TEST(DirectoryTest, PrincipalsSurviveJson) {
  Principal principal = Principal::Service(AccountId("111122223333"), "events.amazonaws.com", "a");
  principal.session_policies = {"{}"};
  const Principal back = PrincipalFromJson(PrincipalToJson(principal));
  EXPECT_EQ(back.kind, Principal::Kind::kService);
  EXPECT_EQ(back.service, principal.service);
  EXPECT_EQ(back.source_arn, "a");
  EXPECT_EQ(back.session_policies, principal.session_policies);
  EXPECT_EQ(PrincipalFromJson({}).kind, Principal::Kind::kAnonymous);
}

}  // namespace
}  // namespace riposte::access

#include "observe/dashboards.h"

#include "observe/testing/fixture.h"

namespace riposte::observe {
namespace {

using DashboardsTest = testing::Fixture;

bool Refused(const char* body) {
  for (const DashboardComplaint& complaint : CheckDashboard(body)) {
    if (complaint.fatal) return true;
  }
  return false;
}

TEST(Dashboard, ChecksBodies) {
  EXPECT_FALSE(Refused(R"({"widgets":[]})"));
  EXPECT_FALSE(Refused(
      R"({"widgets":[{"type":"metric","properties":{"metrics":[["A","b"]],"region":"x"}}]})"));
  EXPECT_TRUE(Refused("not JSON"));
  EXPECT_TRUE(Refused("[]"));
  EXPECT_TRUE(Refused("{}"));
  EXPECT_TRUE(Refused(R"({"widgets":{}})"));
  EXPECT_TRUE(Refused(R"({"widgets":[{"type":"pie","properties":{}}]})"));
  EXPECT_TRUE(Refused(R"({"widgets":[{"type":"text"}]})"));
  EXPECT_EQ(CheckDashboard(R"({"widgets":[{"type":"metric","properties":{}}]})").size(), 1U);
}

TEST_F(DashboardsTest, AreKeptByAccountAndName) {
  Write([&](store::Transaction& tx) {
    PutDashboard(tx, scope.account, {"ops", "{}", clock.Now()});
    PutDashboard(tx, scope.account, {"ops", R"({"widgets":[]})", clock.Now()});
    PutDashboard(tx, scope.account, {"team", "{}", clock.Now()});
  });
  Write([&](store::Transaction& tx) {
    EXPECT_EQ(FindDashboard(tx, scope.account, "ops")->body, R"({"widgets":[]})");
    EXPECT_EQ(ListDashboards(tx, scope.account, "").size(), 2U);
    EXPECT_EQ(ListDashboards(tx, scope.account, "t").size(), 1U);
    EXPECT_FALSE(FindDashboard(tx, AccountId("000000000000"), "ops"));
    EXPECT_TRUE(DeleteDashboard(tx, scope.account, "ops"));
    EXPECT_FALSE(DeleteDashboard(tx, scope.account, "ops"));
  });
}

}  // namespace
}  // namespace riposte::observe

#include "estate/estate.h"

#include "api/testing/service_fixture.h"
#include "estate/seed.h"

namespace riposte::estate {
namespace {

using json::Array;
using json::Object;

class EstateTest : public api::testing::ServiceFixture {
 protected:
  EstateTest() : ServiceFixture("ec2", {Estate::Migrations()}) {
    estate_.Start();
    loop_.RunUntilIdle();
  }
  void Do(const std::function<void(Act&)>& act) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      Act made{tx, scope_, clock_.Now(), {"inc-1", 4}};
      act(made);
    });
    loop_.RunUntilIdle();
  }
  std::string StateOf(const std::string& id) {
    std::string state;
    store_->Read([&](store::Transaction& tx) {
      state = Compute::StateOf(Compute::Require(tx, scope_, id));
    });
    return state;
  }
  telemetry::Log log_{{.silent = true}};
  Estate estate_{Timings(), *store_, loop_, clock_, random_, events_, log_};
};

TEST(CidrTest, IsMadeCanonicalOrRefused) {
  EXPECT_EQ(CanonicalCidr4("10.1.2.3/8"), "10.0.0.0/8");
  EXPECT_EQ(CanonicalCidr4("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(CanonicalCidr4("255.255.255.255/32"), "255.255.255.255/32");
  for (const char* bad : {"", "/", "1.2.3.4", "1.2.3/8", "1.2.3.4/33", "1.2.3.256/8", "1.2.3.4/",
                          "1.2.3.4.5/8", "1.2.3.4/8x", "::/0", "1..3.4/8"}) {
    EXPECT_EQ(CanonicalCidr4(bad), "") << bad;
  }
}

TEST(ResourceTest, IdsSayTheirKind) {
  EXPECT_EQ(KindOfId("i-1234567890abcdef0"), kind::kInstance);
  EXPECT_EQ(KindOfId("sg-12345678"), kind::kSecurityGroup);
  EXPECT_EQ(KindOfId("web"), "");
  EXPECT_TRUE(IsWellFormedId("i-1234567890abcdef0"));
  EXPECT_FALSE(IsWellFormedId("i-123"));
  EXPECT_FALSE(IsWellFormedId("i-1234567g"));
}

TEST(ResourceTest, TheDefaultNetworkFollowsFromTheScope) {
  const Scope a{AccountId("111111111111"), Region("us-east-1")};
  const Scope b{AccountId("111111111111"), Region("us-east-2")};
  EXPECT_EQ(DefaultNetwork(a).front().id, DefaultNetwork(a).front().id);
  EXPECT_NE(DefaultNetwork(a).front().id, DefaultNetwork(b).front().id);
  for (const Resource& resource : DefaultNetwork(a)) {
    EXPECT_TRUE(IsWellFormedId(resource.id)) << resource.id;
  }
}

TEST_F(EstateTest, ManyTransitionsOfOneMomentAllHappen) {
  std::vector<std::string> ids;
  Do([&](Act& act) {
    Compute::Launch launch;
    launch.image_id = "ami-12345678";
    launch.count = 450;  // More than one batch of the timer.
    for (const Resource& instance : estate_.compute().Run(act, launch)) ids.push_back(instance.id);
  });
  loop_.Advance(Millis(1500));
  std::set<std::string> addresses;
  store_->Read([&](store::Transaction& tx) {
    for (const Resource& instance : List(tx, scope_, kind::kInstance)) {
      EXPECT_EQ(Compute::StateOf(instance), "running");
      addresses.insert(instance.Get("PrivateIpAddress"));
    }
  });
  EXPECT_EQ(addresses.size(), ids.size());
  EXPECT_EQ(events_.events.size(), 2 * ids.size());
  EXPECT_EQ(events_.events.back().trace.correlation, "inc-1");
  EXPECT_EQ(events_.events.back().trace.hops, 4);
}

TEST_F(EstateTest, AStopDuringTheLaunchOfAnotherDoesNotDelayIt) {
  std::string first, second;
  const auto launch = [&](std::string& id) {
    Do([&](Act& act) {
      Compute::Launch request;
      request.image_id = "ami-12345678";
      id = estate_.compute().Run(act, request).front().id;
    });
  };
  launch(first);
  loop_.Advance(Millis(1000));
  launch(second);
  loop_.Advance(Millis(500));
  EXPECT_EQ(StateOf(first), "running");
  EXPECT_EQ(StateOf(second), "pending");
  loop_.Advance(Millis(1000));
  EXPECT_EQ(StateOf(second), "running");
}

TEST_F(EstateTest, ASeedIsAllOrNothing) {
  std::vector<std::string> buckets;
  Seed seed(estate_, [&](Act&, const std::string& name) { buckets.push_back(name); });
  const auto load = [&](const std::string& text) -> std::string {
    try {
      store_->WriteAndWait(
          [&](store::Transaction& tx) { (void)seed.Load(tx, scope_, text, clock_.Now()); });
    } catch (const api::Error& error) {
      return error.message();
    }
    return "";
  };
  const std::string text = R"(
security_groups:
  - {id: sg-0a1b2c3d4e5f60001, name: web, ingress: [{from: 22, to: 22, cidrs: [0.0.0.0/0, "::/0"]}]}
volumes:
  - {id: vol-0a1b2c3d4e5f60001, size: 20}
  - {id: vol-0a1b2c3d4e5f60002, size: 5, encrypted: true}
instances:
  - id: i-1234567890abcdef0
    tags: {Name: web-1}
    security_groups: [sg-0a1b2c3d4e5f60001]
    volumes: {/dev/xvda: vol-0a1b2c3d4e5f60001}
buckets:
  - {name: evidence}
)";
  EXPECT_EQ(load(text), "");
  EXPECT_EQ(StateOf("i-1234567890abcdef0"), "running");
  EXPECT_EQ(buckets, std::vector<std::string>{"evidence"});
  store_->Read([&](store::Transaction& tx) {
    const Resource volume = Blocks::RequireVolume(tx, scope_, "vol-0a1b2c3d4e5f60001");
    EXPECT_EQ(volume.Get("State"), "in-use");
    const Resource spare = Blocks::RequireVolume(tx, scope_, "vol-0a1b2c3d4e5f60002");
    EXPECT_EQ(spare.Get("State"), "available");
    EXPECT_FALSE(spare.Get("KmsKeyId").empty());
    const Object group =
        Network::Describe(Network::RequireGroup(tx, scope_, "sg-0a1b2c3d4e5f60001"));
    EXPECT_EQ(At(group, "IpPermissions.0.Ipv6Ranges.0.CidrIpv6"), "::/0");
  });
  EXPECT_NE(load(text), "");  // Everything is there already.
  EXPECT_NE(load("security_groups: [{id: sg-0a1b2c3d4e5f60009, name: new}]\n"
                 "instances: [{id: i-1234567890abcdef0}]"),
            "");
  store_->Read([&](store::Transaction& tx) {
    EXPECT_FALSE(Find(tx, scope_, kind::kSecurityGroup, "sg-0a1b2c3d4e5f60009"));
  });
}

}  // namespace
}  // namespace riposte::estate

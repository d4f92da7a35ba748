// A store with identities in it, for tests: users, roles, policies by one line each.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "access/directory.h"
#include "access/schema.h"
#include "base/testing/fakes.h"
#include "store/store.h"

namespace riposte::access::testing {

class Identities {
 public:
  static constexpr const char* kAccount = "111122223333";

  Identities()
      : store(std::move(*store::Store::Open({.path = "", .threaded = false}, Migrations()))),
        directory(*store, random, clock) {}

  [[nodiscard]] AccountId account() const { return AccountId(kAccount); }

  /// Returns the key of the new user.
  AccessKey AddUser(const std::string& name, const std::string& boundary_arn = "",
                    const std::string& tags = "[]") {
    AccessKey key;
    store->WriteAndWait([&](store::Transaction& tx) {
      tx.Execute(
          "INSERT INTO access_users (account, name, path, id, arn, created_ms, boundary_arn, tags)"
          " VALUES (?, ?, '/', ?, ?, 0, ?, ?)",
          {kAccount, name, "AIDA" + name, "arn:aws:iam::" + std::string(kAccount) + ":user/" + name,
           boundary_arn, tags});
      key = directory.CreateKey(tx, account(), name);
    });
    directory.Reload();
    return *directory.FindKey(key.id);
  }
  std::string AddRole(const std::string& name, const std::string& trust,
                      const std::string& account_id = kAccount) {
    std::string arn = "arn:aws:iam::" + account_id + ":role/" + name;
    store->WriteAndWait([&](store::Transaction& tx) {
      tx.Execute(
          "INSERT INTO access_roles (account, name, path, id, arn, created_ms, trust,"
          " max_session_s) VALUES (?, ?, '/', ?, ?, 0, ?, 3600)",
          {account_id, name, "AROA" + name, arn, trust});
    });
    directory.Reload();
    return arn;
  }
  void PutInline(const std::string& kind, const std::string& name, const std::string& document,
                 const std::string& policy_name = "inline",
                 const std::string& account_id = kAccount) {
    store->WriteAndWait([&](store::Transaction& tx) {
      tx.Execute(
          "INSERT OR REPLACE INTO access_inline_policies (account, kind, name, policy_name,"
          " document) VALUES (?, ?, ?, ?, ?)",
          {account_id, kind, name, policy_name, document});
    });
    directory.Reload();
  }
  void Attach(const std::string& kind, const std::string& name, const std::string& policy_arn) {
    store->WriteAndWait([&](store::Transaction& tx) {
      tx.Execute(
          "INSERT INTO access_attachments (account, kind, name, policy_arn) VALUES (?, ?, ?, ?)",
          {kAccount, kind, name, policy_arn});
    });
    directory.Reload();
  }

  riposte::testing::FakeClock clock;
  riposte::testing::FakeRandom random;
  std::unique_ptr<store::Store> store;
  Directory directory;
};

/// "Allow" or "Deny" of one action on one resource.
inline std::string Policy(const std::string& effect, const std::string& action,
                          const std::string& resource = "*") {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":")" + effect + R"(","Action":")" +
         action + R"(","Resource":")" + resource + R"("}]})";
}
/// A trust or resource policy; `principal` is JSON.
inline std::string PolicyFor(const std::string& principal, const std::string& action,
                             const std::string& effect = "Allow") {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":")" + effect + R"(","Principal":)" +
         principal + R"(,"Action":")" + action + R"("}]})";
}

}  // namespace riposte::access::testing

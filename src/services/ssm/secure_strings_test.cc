#include "services/ssm/secure_strings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "api/error.h"
#include "base/testing/fakes.h"

namespace riposte::ssm {
namespace {

const Scope kScope{AccountId("123456789012"), Region("us-east-1")};

class SecureStringsTest : public ::testing::Test {
 protected:
  ~SecureStringsTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<store::Store> Open(std::span<const store::Migration> migrations) {
    std::filesystem::create_directories(folder_);
    auto opened =
        store::Store::Open({.path = folder_ + "/riposte.db", .threaded = false}, migrations);
    if (!opened) throw std::runtime_error(opened.error().message);
    return *std::move(opened);
  }
  StoredParameter Stored(store::Store& store, const Scope& scope, const std::string& name,
                         int64_t version) {
    std::optional<StoredParameter> found;
    store.Read(
        [&](store::Transaction& tx) { found = tables::FindParameter(tx, scope, name, version); });
    return found.value_or(StoredParameter());
  }
  std::string ErrorOfOpening(const Scope& scope, const StoredParameter& parameter,
                             const SecureStrings& with) {
    try {
      (void)with.Open(scope, parameter);
      return "";
    } catch (const api::Error& error) {
      return error.code();
    }
  }

  std::string folder_ = ::testing::TempDir() + "secure-strings-" + std::to_string(getpid());
  riposte::testing::FakeRandom random_;
  SecureStrings secure_strings_{std::string(32, 'k'), random_};
};

TEST_F(SecureStringsTest, AValueOpensInItsPlaceOnly) {
  StoredParameter parameter{.name = "/db/password", .type = "SecureString", .value = "hush"};
  secure_strings_.Seal(kScope, parameter);
  EXPECT_TRUE(parameter.sealed);
  EXPECT_EQ(parameter.value.find("hush"), std::string::npos);
  EXPECT_EQ(secure_strings_.Open(kScope, parameter), "hush");

  StoredParameter moved = parameter;
  moved.name = "/other";
  EXPECT_EQ(ErrorOfOpening(kScope, moved, secure_strings_), "InvalidKeyId");
  moved = parameter;
  moved.version = 2;
  EXPECT_EQ(ErrorOfOpening(kScope, moved, secure_strings_), "InvalidKeyId");
  const Scope elsewhere{AccountId("999999999999"), kScope.region};
  EXPECT_EQ(ErrorOfOpening(elsewhere, parameter, secure_strings_), "InvalidKeyId");
  EXPECT_EQ(ErrorOfOpening(kScope, parameter, SecureStrings(std::string(32, 'x'), random_)),
            "InvalidKeyId");
}

// A data folder of a release that stored the values as they were.
TEST_F(SecureStringsTest, WhatLiesInTheStoreUnsealedIsSealedAtStart) {
  {
    const auto old = Open(tables::Migrations().first(1));
    old->WriteAndWait([](store::Transaction& tx) {
      const auto put = [&tx](const char* region, const char* name, int version, const char* type,
                             const char* value) {
        tx.Execute(
            "INSERT INTO ssm_parameters (account, region, name, version, latest, type, value,"
            " description, key_id, allowed_pattern, tier, data_type, modified_ms, modified_by)"
            " VALUES ('123456789012', ?, ?, ?, ?, ?, ?, '', '', '', 'Standard', 'text', 0, '')",
            {region, name, version, version == 2, type, value});
      };
      put("us-east-1", "s", 1, "SecureString", "first");
      put("us-east-1", "s", 2, "SecureString", "second");
      put("eu-west-1", "s", 1, "SecureString", "third");
      put("us-east-1", "plain", 1, "String", "open");
    });
  }
  const Scope europe{kScope.account, Region("eu-west-1")};
  const auto store = Open(tables::Migrations());
  // Readable before, so that a start that fails in between loses nothing.
  EXPECT_EQ(secure_strings_.Open(kScope, Stored(*store, kScope, "s", 2)), "second");
  secure_strings_.SealStored(*store);
  const auto check = [&](const Scope& scope, int64_t version, const std::string& plain) {
    const StoredParameter parameter = Stored(*store, scope, "s", version);
    EXPECT_TRUE(parameter.sealed) << plain;
    EXPECT_NE(parameter.value, plain);
    EXPECT_EQ(secure_strings_.Open(scope, parameter), plain);
  };
  check(kScope, 1, "first");
  check(kScope, 2, "second");
  check(europe, 1, "third");
  EXPECT_EQ(Stored(*store, kScope, "plain", 1).value, "open");
  // Once is enough.
  const std::string sealed = Stored(*store, kScope, "s", 1).value;
  secure_strings_.SealStored(*store);
  EXPECT_EQ(Stored(*store, kScope, "s", 1).value, sealed);
}

}  // namespace
}  // namespace riposte::ssm

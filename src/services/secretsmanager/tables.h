// The rows of secrets, their versions and staging labels; all SQL of this folder is in tables.cc.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::secretsmanager {

struct Secret {
  std::string arn, name, description, kms_key_id, policy;
  TimePoint created, changed;
  TimePoint deletion;  ///< When it goes for good; epoch 0: not marked for deletion.
  json::Array tags;
  [[nodiscard]] bool marked() const { return deletion != TimePoint(); }
};

struct Version {
  std::string id;
  bool binary = false;
  std::string sealed;
  TimePoint created;
};

namespace tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

/// By name, ARN, or ARN without the six characters at its end. Those whose time is over at `now`
/// are not found.
[[nodiscard]] std::optional<Secret> Find(store::Transaction& tx, const Scope& scope,
                                         const std::string& id, TimePoint now);
/// In order of name.
[[nodiscard]] std::vector<Secret> All(store::Transaction& tx, const Scope& scope, TimePoint now);
void Insert(store::Transaction& tx, const Scope& scope, const Secret& secret);
/// Everything but ARN, name and creation.
void Update(store::Transaction& tx, const Secret& secret);
void Delete(store::Transaction& tx, const std::string& arn);
/// Removes the secrets whose time is over.
void Purge(store::Transaction& tx, TimePoint now);

[[nodiscard]] std::optional<Version> FindVersion(store::Transaction& tx, const std::string& arn,
                                                 const std::string& id);
/// Newest first; `sealed` is left empty.
[[nodiscard]] std::vector<Version> Versions(store::Transaction& tx, const std::string& arn);
void InsertVersion(store::Transaction& tx, const std::string& arn, const Version& version);
/// Keeps the newest `keep` of those without a label.
void TrimVersions(store::Transaction& tx, const std::string& arn, int64_t keep);

/// Label -> version id.
[[nodiscard]] std::map<std::string, std::string> Stages(store::Transaction& tx,
                                                        const std::string& arn);
void SetStage(store::Transaction& tx, const std::string& arn, const std::string& stage,
              const std::string& version_id);
void RemoveStage(store::Transaction& tx, const std::string& arn, const std::string& stage);

}  // namespace tables
}  // namespace riposte::secretsmanager

// The Secrets Manager API: secrets, their versions and labels, random passwords.
//
// Data path:     api::Pipeline -> SecretsService -> tables; values are sealed before they are
// stored Thread safety: as api/registry.h says. Source: "AWS Secrets Manager API reference".
#pragma once

#include <span>
#include <string>

#include "access/sealer.h"
#include "api/registry.h"
#include "base/time.h"
#include "services/secretsmanager/tables.h"

namespace riposte::secretsmanager {

class SecretsService {
 public:
  /// `key` of access::Sealer::kKeyBytes bytes encrypts every value; the same at each start.
  SecretsService(std::string key, Random& random) : sealer_(std::move(key)), random_(random) {}
  [[nodiscard]] static std::span<const store::Migration> Migrations() {
    return tables::Migrations();
  }
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;
  /// The value that a request brings, if any.
  struct Value {
    bool binary = false;
    std::string bytes;
  };

  // secrets_service.cc
  json::Value CreateSecret(const Call& call, Tx& tx);
  json::Value DescribeSecret(const Call& call, Tx& tx);
  json::Value ListSecrets(const Call& call, Tx& tx);
  json::Value UpdateSecret(const Call& call, Tx& tx);
  json::Value DeleteSecret(const Call& call, Tx& tx);
  json::Value RestoreSecret(const Call& call, Tx& tx);
  json::Value TagResource(const Call& call, Tx& tx);
  json::Value UntagResource(const Call& call, Tx& tx);
  json::Value GetResourcePolicy(const Call& call, Tx& tx);
  json::Value PutResourcePolicy(const Call& call, Tx& tx);
  json::Value DeleteResourcePolicy(const Call& call, Tx& tx);
  json::Value GetRandomPassword(const Call& call, Tx& tx);
  // values.cc
  json::Value GetSecretValue(const Call& call, Tx& tx);
  json::Value PutSecretValue(const Call& call, Tx& tx);
  json::Value ListSecretVersionIds(const Call& call, Tx& tx);
  json::Value UpdateSecretVersionStage(const Call& call, Tx& tx);
  [[nodiscard]] static std::optional<Value> ValueIn(const json::Object& input);
  /// The version of that id, made unless it is there with the same value. Returns its id.
  std::string AddVersion(const Call& call, Tx& tx, const Secret& secret, const Value& value);
  /// Moves a label; AWSCURRENT leaves AWSPREVIOUS behind.
  static void MoveStage(Tx& tx, const Secret& secret, const std::string& stage,
                        const std::string& version_id);

  access::Sealer sealer_;
  Random& random_;
};

/// The secret the call names. Throws ResourceNotFoundException, and InvalidRequestException for
/// one that is marked for deletion unless `marked_too`.
[[nodiscard]] Secret RequireSecret(const api::Call& call, store::Transaction& tx,
                                   bool marked_too = false);
/// {ARN, Name}, what most replies begin with.
[[nodiscard]] json::Object Named(const Secret& secret);

}  // namespace riposte::secretsmanager

// Keys, users, roles and policies as the data path needs them: an in-memory snapshot of the IAM
// tables, swapped whole when they change.
//
// The tables belong to this folder (access/schema.h); services/iam and services/sts write them in
// their transactions and call Reload through Transaction::OnCommit.
// Thread safety: any thread; lookups take a shared snapshot, no lock held while it is used.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/principal.h"
#include "base/time.h"
#include "store/store.h"

namespace riposte::access {

struct AccessKey {
  std::string id;
  std::string secret;
  std::string session_token;  ///< Temporary credentials only.
  TimePoint expires;          ///< Epoch 0: never.
  bool active = true;
  Principal principal;
};

class Directory {
 public:
  Directory(store::Store& store, Random& random, const Clock& clock);
  ~Directory();

  /// nullopt when unknown. Expired temporary keys are still returned; the caller judges.
  [[nodiscard]] std::optional<AccessKey> FindKey(const std::string& access_key_id) const;
  /// The identity policy documents that apply to `principal`, inline and attached, and its
  /// boundary.
  struct Policies {
    std::vector<std::pair<std::string, std::string>> identity;  ///< (name or ARN, document)
    std::string boundary;                                       ///< "" when none
  };
  [[nodiscard]] Policies PoliciesOf(const Principal& principal) const;
  /// The trust policy of a role, or nullopt when there is no such role.
  [[nodiscard]] std::optional<std::string> TrustPolicyOf(const std::string& role_arn) const;

  /// A principal that acts as `role_arn` inside the engine (rules, executions, functions).
  /// `session` becomes the session name. Errors: kNotFound, kPermissionDenied when the trust
  /// policy does not let `service` assume the role.
  [[nodiscard]] Result<Principal> AssumeForService(const std::string& role_arn,
                                                   const std::string& service,
                                                   const std::string& session) const;
  /// Temporary credentials for a principal, kept in memory and in the store until they expire:
  /// AssumeRole's, and those that function processes get.
  [[nodiscard]] AccessKey IssueTemporaryKey(const Principal& principal, Millis lifetime);

  /// Creates the root key pair of `account` on first start; returns it (also later).
  [[nodiscard]] AccessKey EnsureRootKey(const AccountId& account);

  void Reload();  ///< Rebuilds the snapshot from the store.

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::access

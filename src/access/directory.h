// Keys, users, roles and policies as the data path needs them: an in-memory snapshot of the IAM
// tables, swapped whole when they change.
//
// The tables belong to this folder (access/schema.h); services/iam and services/sts write them in
// their transactions and call Reload through Transaction::OnCommit.
// Thread safety: any thread; lookups take a shared snapshot, no lock held while it is used.
// Cost: a lookup is a hash and a count of references; Reload reads every table, but parses only
// documents that are new.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/policy.h"
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

struct Role {
  std::string arn, name, id;
  AccountId account;
  std::string trust_text;
  std::shared_ptr<const PolicyDocument> trust;  ///< nullptr when it does not parse: denies.
  Millis max_session{0};
};

/// One document that applies. `document` is nullptr when it does not parse: that denies.
struct AppliedPolicy {
  std::string name;  ///< ARN, or the name of an inline policy.
  std::shared_ptr<const PolicyDocument> document;
};

class Directory {
 public:
  Directory(store::Store& store, Random& random, const Clock& clock);
  ~Directory();

  /// nullptr when unknown. Expired temporary keys are still returned; the caller judges.
  [[nodiscard]] std::shared_ptr<const AccessKey> FindKey(const std::string& access_key_id) const;
  /// Remembers when a user's key was last used, at most once a minute a key.
  void NoteKeyUse(const AccessKey& key, TimePoint now, const std::string& region,
                  const std::string& service) const;

  struct Policies {
    std::vector<AppliedPolicy> identity;    ///< Inline and attached, of groups too.
    std::optional<AppliedPolicy> boundary;  ///< nullopt when there is none.
  };
  /// What applies to `principal`. Empty for roots, services, and what no longer exists.
  [[nodiscard]] Policies PoliciesOf(const Principal& principal) const;
  /// Adds aws:PrincipalTag/… of the user or role.
  void AddTags(const Principal& principal, Context& context) const;

  [[nodiscard]] std::optional<Role> FindRole(const std::string& role_arn) const;
  /// The trust policy of a role, or nullopt when there is no such role.
  [[nodiscard]] std::optional<std::string> TrustPolicyOf(const std::string& role_arn) const;
  /// The principal behind a user's or role's ARN (for simulations); nullopt when there is none.
  [[nodiscard]] std::optional<Principal> FindPrincipal(const std::string& arn) const;

  /// A principal that acts as `role_arn` inside the engine (rules, executions, functions).
  /// `session` becomes the session name. Errors: kNotFound, kPermissionDenied when the trust
  /// policy does not let `service` assume the role.
  [[nodiscard]] Result<Principal> AssumeForService(const std::string& role_arn,
                                                   const std::string& service,
                                                   const std::string& session) const;
  /// The session of `role` under that name: nothing is checked.
  [[nodiscard]] static Principal SessionOf(const Role& role, std::string_view session);

  /// Temporary credentials for a principal, good at once, kept in memory and (a moment later) in
  /// the store until they expire: those that function processes get.
  [[nodiscard]] AccessKey IssueTemporaryKey(const Principal& principal, Millis lifetime);
  /// The same inside a write transaction: good from its commit on. AssumeRole's.
  [[nodiscard]] AccessKey IssueTemporaryKey(store::Transaction& tx, const Principal& principal,
                                            Millis lifetime);
  /// Makes a permanent key of a user ("" for the root) in `tx`; the caller reloads on commit.
  [[nodiscard]] AccessKey CreateKey(store::Transaction& tx, const AccountId& account,
                                    const std::string& user_name);

  /// Creates the root key pair of `account` on first start; returns it (also later). Blocking.
  [[nodiscard]] AccessKey EnsureRootKey(const AccountId& account);

  void Reload();  ///< Rebuilds the snapshot from the store. Any thread.
  /// After Store::DeleteAllRows: root keys stay good, all else is gone. Blocking.
  void Reset();

 private:
  struct Snapshot;
  struct Impl;
  [[nodiscard]] AccessKey MakeTemporaryKey(const Principal& principal, Millis lifetime) const;
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::access

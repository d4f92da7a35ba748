// The IAM API: users, groups, roles, policies, keys and other credentials, MFA devices,
// instance profiles, the account's password policy.
//
// Data path:     api::Pipeline -> IamService -> tables of access -> Directory::Reload on commit
// Thread safety: as api/registry.h says: writes run alone, reads over a snapshot.
// Source: "AWS Identity and Access Management API reference"; error texts as the service sends
// them.
#pragma once

#include <string>

#include "access/authorizer.h"
#include "access/directory.h"
#include "api/registry.h"
#include "base/time.h"

namespace riposte::iam {

/// What can carry policies; the rest of a family of operations is the same for all three.
enum class Owner { kUser, kRole, kGroup };
/// What else a user can have beside access keys and a password.
enum class Credential { kSigningCertificate, kSshPublicKey, kServiceSpecific };

class IamService {
 public:
  /// All outlive the service.
  IamService(access::Directory& directory, const access::Authorizer& authorizer, Random& random)
      : directory_(directory), authorizer_(authorizer), random_(random) {}
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  // roles.cc
  json::Value CreateRole(const Call& call, Tx& tx);
  json::Value GetRole(const Call& call, Tx& tx);
  json::Value ListRoles(const Call& call, Tx& tx);
  json::Value UpdateRole(const Call& call, Tx& tx);
  json::Value UpdateRoleDescription(const Call& call, Tx& tx);
  json::Value UpdateAssumeRolePolicy(const Call& call, Tx& tx);
  json::Value DeleteRole(const Call& call, Tx& tx);
  // instance_profiles.cc
  json::Value CreateInstanceProfile(const Call& call, Tx& tx);
  json::Value GetInstanceProfile(const Call& call, Tx& tx);
  json::Value ListInstanceProfiles(const Call& call, Tx& tx);
  json::Value ListInstanceProfilesForRole(const Call& call, Tx& tx);
  json::Value DeleteInstanceProfile(const Call& call, Tx& tx);
  json::Value AddRoleToInstanceProfile(const Call& call, Tx& tx);
  json::Value RemoveRoleFromInstanceProfile(const Call& call, Tx& tx);
  // policies.cc
  json::Value CreatePolicy(const Call& call, Tx& tx);
  json::Value GetPolicy(const Call& call, Tx& tx);
  json::Value ListPolicies(const Call& call, Tx& tx);
  json::Value DeletePolicy(const Call& call, Tx& tx);
  json::Value CreatePolicyVersion(const Call& call, Tx& tx);
  json::Value GetPolicyVersion(const Call& call, Tx& tx);
  json::Value ListPolicyVersions(const Call& call, Tx& tx);
  json::Value SetDefaultPolicyVersion(const Call& call, Tx& tx);
  json::Value DeletePolicyVersion(const Call& call, Tx& tx);
  json::Value ListEntitiesForPolicy(const Call& call, Tx& tx);
  json::Value TagPolicy(const Call& call, Tx& tx);
  json::Value UntagPolicy(const Call& call, Tx& tx);
  json::Value ListPolicyTags(const Call& call, Tx& tx);
  // owned_policies.cc: the same for users, roles and groups
  json::Value AttachTo(Owner owner, const Call& call, Tx& tx);
  json::Value DetachFrom(Owner owner, const Call& call, Tx& tx);
  json::Value ListAttachedOf(Owner owner, const Call& call, Tx& tx);
  json::Value PutInlineOf(Owner owner, const Call& call, Tx& tx);
  json::Value GetInlineOf(Owner owner, const Call& call, Tx& tx);
  json::Value ListInlineOf(Owner owner, const Call& call, Tx& tx);
  json::Value DeleteInlineOf(Owner owner, const Call& call, Tx& tx);
  json::Value PutBoundaryOf(Owner owner, const Call& call, Tx& tx);
  json::Value DeleteBoundaryOf(Owner owner, const Call& call, Tx& tx);
  json::Value TagOwner(Owner owner, const Call& call, Tx& tx);
  json::Value UntagOwner(Owner owner, const Call& call, Tx& tx);
  json::Value ListTagsOf(Owner owner, const Call& call, Tx& tx);
  // users.cc
  json::Value CreateUser(const Call& call, Tx& tx);
  json::Value GetUser(const Call& call, Tx& tx);
  json::Value ListUsers(const Call& call, Tx& tx);
  json::Value UpdateUser(const Call& call, Tx& tx);
  json::Value DeleteUser(const Call& call, Tx& tx);
  json::Value CreateLoginProfile(const Call& call, Tx& tx);
  json::Value GetLoginProfile(const Call& call, Tx& tx);
  json::Value UpdateLoginProfile(const Call& call, Tx& tx);
  json::Value DeleteLoginProfile(const Call& call, Tx& tx);
  // access_keys.cc
  json::Value CreateAccessKey(const Call& call, Tx& tx);
  json::Value ListAccessKeys(const Call& call, Tx& tx);
  json::Value UpdateAccessKey(const Call& call, Tx& tx);
  json::Value DeleteAccessKey(const Call& call, Tx& tx);
  json::Value GetAccessKeyLastUsed(const Call& call, Tx& tx);
  // groups.cc
  json::Value CreateGroup(const Call& call, Tx& tx);
  json::Value GetGroup(const Call& call, Tx& tx);
  json::Value ListGroups(const Call& call, Tx& tx);
  json::Value DeleteGroup(const Call& call, Tx& tx);
  json::Value AddUserToGroup(const Call& call, Tx& tx);
  json::Value RemoveUserFromGroup(const Call& call, Tx& tx);
  json::Value ListGroupsForUser(const Call& call, Tx& tx);
  // credentials.cc: certificates, SSH keys and service-specific credentials of users
  json::Value UploadSigningCertificate(const Call& call, Tx& tx);
  json::Value ListSigningCertificates(const Call& call, Tx& tx);
  json::Value UploadSSHPublicKey(const Call& call, Tx& tx);
  json::Value ListSSHPublicKeys(const Call& call, Tx& tx);
  json::Value CreateServiceSpecificCredential(const Call& call, Tx& tx);
  json::Value ListServiceSpecificCredentials(const Call& call, Tx& tx);
  json::Value UpdateCredential(Credential kind, const Call& call, Tx& tx);
  json::Value DeleteCredential(Credential kind, const Call& call, Tx& tx);
  // mfa_devices.cc
  json::Value CreateVirtualMFADevice(const Call& call, Tx& tx);
  json::Value DeleteVirtualMFADevice(const Call& call, Tx& tx);
  json::Value ListVirtualMFADevices(const Call& call, Tx& tx);
  json::Value EnableMFADevice(const Call& call, Tx& tx);
  json::Value DeactivateMFADevice(const Call& call, Tx& tx);
  json::Value ListMFADevices(const Call& call, Tx& tx);
  // password_policy.cc
  json::Value GetAccountPasswordPolicy(const Call& call, Tx& tx);
  json::Value UpdateAccountPasswordPolicy(const Call& call, Tx& tx);
  json::Value DeleteAccountPasswordPolicy(const Call& call, Tx& tx);
  // account.cc
  json::Value GetAccountSummary(const Call& call, Tx& tx);
  json::Value ListAccountAliases(const Call& call, Tx& tx);
  json::Value CreateAccountAlias(const Call& call, Tx& tx);
  json::Value DeleteAccountAlias(const Call& call, Tx& tx);
  json::Value SimulatePrincipalPolicy(const Call& call, Tx& tx);

  /// Binds one of the families above to one owner, as a row of the registry wants it.
  using OwnerMethod = json::Value (IamService::*)(Owner, const Call&, Tx&);
  [[nodiscard]] api::Row<IamService> ReadRow(std::string_view name, Owner owner,
                                             OwnerMethod method) const;
  [[nodiscard]] api::Row<IamService> WriteRow(std::string_view name, Owner owner,
                                              OwnerMethod method) const;

  using CredentialMethod = json::Value (IamService::*)(Credential, const Call&, Tx&);
  [[nodiscard]] api::Row<IamService> WriteRow(std::string_view name, Credential kind,
                                              CredentialMethod method) const;

  /// The directory shows this transaction's changes once it commits.
  void Changed(Tx& tx) {
    tx.OnCommit([this] { directory_.Reload(); });
  }
  /// "AROA" and seventeen characters.
  [[nodiscard]] std::string NewId(std::string_view prefix);

  access::Directory& directory_;
  const access::Authorizer& authorizer_;
  Random& random_;
};

}  // namespace riposte::iam

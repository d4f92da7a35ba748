#include "services/iam/iam_service.h"

namespace riposte::iam {

std::string IamService::NewId(std::string_view prefix) {
  return std::string(prefix) + random_.Pick(17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
}

api::Row<IamService> IamService::ReadRow(std::string_view name, Owner owner,
                                         OwnerMethod method) const {
  return {name, [owner, method](IamService& service) {
            return api::Operation{api::Mode::kRead,
                                  [&service, owner, method](const Call& call, Tx& tx) {
                                    return (service.*method)(owner, call, tx);
                                  },
                                  {}};
          }};
}

api::Row<IamService> IamService::WriteRow(std::string_view name, Owner owner,
                                          OwnerMethod method) const {
  api::Row<IamService> row = ReadRow(name, owner, method);
  return {row.name, [bind = std::move(row.bind)](IamService& service) {
            api::Operation operation = bind(service);
            operation.mode = api::Mode::kWrite;
            return operation;
          }};
}

api::Row<IamService> IamService::WriteRow(std::string_view name, Credential kind,
                                          CredentialMethod method) const {
  return {name, [kind, method](IamService& service) {
            return api::Operation{api::Mode::kWrite,
                                  [&service, kind, method](const Call& call, Tx& tx) {
                                    return (service.*method)(kind, call, tx);
                                  },
                                  {}};
          }};
}

void IamService::Register(api::Registry& registry) {
  using S = IamService;
  registry.Add<S>(
      "iam", *this,
      {
          {"CreateRole", api::Write(&S::CreateRole)},
          {"GetRole", api::Read(&S::GetRole)},
          {"ListRoles", api::Read(&S::ListRoles)},
          {"UpdateRole", api::Write(&S::UpdateRole)},
          {"UpdateRoleDescription", api::Write(&S::UpdateRoleDescription)},
          {"UpdateAssumeRolePolicy", api::Write(&S::UpdateAssumeRolePolicy)},
          {"DeleteRole", api::Write(&S::DeleteRole)},
          WriteRow("AttachRolePolicy", Owner::kRole, &S::AttachTo),
          WriteRow("DetachRolePolicy", Owner::kRole, &S::DetachFrom),
          ReadRow("ListAttachedRolePolicies", Owner::kRole, &S::ListAttachedOf),
          WriteRow("PutRolePolicy", Owner::kRole, &S::PutInlineOf),
          ReadRow("GetRolePolicy", Owner::kRole, &S::GetInlineOf),
          ReadRow("ListRolePolicies", Owner::kRole, &S::ListInlineOf),
          WriteRow("DeleteRolePolicy", Owner::kRole, &S::DeleteInlineOf),
          WriteRow("PutRolePermissionsBoundary", Owner::kRole, &S::PutBoundaryOf),
          WriteRow("DeleteRolePermissionsBoundary", Owner::kRole, &S::DeleteBoundaryOf),
          WriteRow("TagRole", Owner::kRole, &S::TagOwner),
          WriteRow("UntagRole", Owner::kRole, &S::UntagOwner),
          ReadRow("ListRoleTags", Owner::kRole, &S::ListTagsOf),

          {"CreateInstanceProfile", api::Write(&S::CreateInstanceProfile)},
          {"GetInstanceProfile", api::Read(&S::GetInstanceProfile)},
          {"ListInstanceProfiles", api::Read(&S::ListInstanceProfiles)},
          {"ListInstanceProfilesForRole", api::Read(&S::ListInstanceProfilesForRole)},
          {"DeleteInstanceProfile", api::Write(&S::DeleteInstanceProfile)},
          {"AddRoleToInstanceProfile", api::Write(&S::AddRoleToInstanceProfile)},
          {"RemoveRoleFromInstanceProfile", api::Write(&S::RemoveRoleFromInstanceProfile)},

          {"CreatePolicy", api::Write(&S::CreatePolicy)},
          {"GetPolicy", api::Read(&S::GetPolicy)},
          {"ListPolicies", api::Read(&S::ListPolicies)},
          {"DeletePolicy", api::Write(&S::DeletePolicy)},
          {"CreatePolicyVersion", api::Write(&S::CreatePolicyVersion)},
          {"GetPolicyVersion", api::Read(&S::GetPolicyVersion)},
          {"ListPolicyVersions", api::Read(&S::ListPolicyVersions)},
          {"SetDefaultPolicyVersion", api::Write(&S::SetDefaultPolicyVersion)},
          {"DeletePolicyVersion", api::Write(&S::DeletePolicyVersion)},
          {"ListEntitiesForPolicy", api::Read(&S::ListEntitiesForPolicy)},
          {"TagPolicy", api::Write(&S::TagPolicy)},
          {"UntagPolicy", api::Write(&S::UntagPolicy)},
          {"ListPolicyTags", api::Read(&S::ListPolicyTags)},

          {"CreateUser", api::Write(&S::CreateUser)},
          {"GetUser", api::Read(&S::GetUser)},
          {"ListUsers", api::Read(&S::ListUsers)},
          {"UpdateUser", api::Write(&S::UpdateUser)},
          {"DeleteUser", api::Write(&S::DeleteUser)},
          {"CreateLoginProfile", api::Write(&S::CreateLoginProfile)},
          {"GetLoginProfile", api::Read(&S::GetLoginProfile)},
          {"UpdateLoginProfile", api::Write(&S::UpdateLoginProfile)},
          {"DeleteLoginProfile", api::Write(&S::DeleteLoginProfile)},
          {"CreateAccessKey", api::Write(&S::CreateAccessKey)},
          {"ListAccessKeys", api::Read(&S::ListAccessKeys)},
          {"UpdateAccessKey", api::Write(&S::UpdateAccessKey)},
          {"DeleteAccessKey", api::Write(&S::DeleteAccessKey)},
          {"GetAccessKeyLastUsed", api::Read(&S::GetAccessKeyLastUsed)},
          WriteRow("AttachUserPolicy", Owner::kUser, &S::AttachTo),
          WriteRow("DetachUserPolicy", Owner::kUser, &S::DetachFrom),
          ReadRow("ListAttachedUserPolicies", Owner::kUser, &S::ListAttachedOf),
          WriteRow("PutUserPolicy", Owner::kUser, &S::PutInlineOf),
          ReadRow("GetUserPolicy", Owner::kUser, &S::GetInlineOf),
          ReadRow("ListUserPolicies", Owner::kUser, &S::ListInlineOf),
          WriteRow("DeleteUserPolicy", Owner::kUser, &S::DeleteInlineOf),
          WriteRow("PutUserPermissionsBoundary", Owner::kUser, &S::PutBoundaryOf),
          WriteRow("DeleteUserPermissionsBoundary", Owner::kUser, &S::DeleteBoundaryOf),
          WriteRow("TagUser", Owner::kUser, &S::TagOwner),
          WriteRow("UntagUser", Owner::kUser, &S::UntagOwner),
          ReadRow("ListUserTags", Owner::kUser, &S::ListTagsOf),

          {"CreateGroup", api::Write(&S::CreateGroup)},
          {"GetGroup", api::Read(&S::GetGroup)},
          {"ListGroups", api::Read(&S::ListGroups)},
          {"DeleteGroup", api::Write(&S::DeleteGroup)},
          {"AddUserToGroup", api::Write(&S::AddUserToGroup)},
          {"RemoveUserFromGroup", api::Write(&S::RemoveUserFromGroup)},
          {"ListGroupsForUser", api::Read(&S::ListGroupsForUser)},
          WriteRow("AttachGroupPolicy", Owner::kGroup, &S::AttachTo),
          WriteRow("DetachGroupPolicy", Owner::kGroup, &S::DetachFrom),
          ReadRow("ListAttachedGroupPolicies", Owner::kGroup, &S::ListAttachedOf),
          WriteRow("PutGroupPolicy", Owner::kGroup, &S::PutInlineOf),
          ReadRow("GetGroupPolicy", Owner::kGroup, &S::GetInlineOf),
          ReadRow("ListGroupPolicies", Owner::kGroup, &S::ListInlineOf),
          WriteRow("DeleteGroupPolicy", Owner::kGroup, &S::DeleteInlineOf),

          {"UploadSigningCertificate", api::Write(&S::UploadSigningCertificate)},
          {"ListSigningCertificates", api::Read(&S::ListSigningCertificates)},
          WriteRow("UpdateSigningCertificate", Credential::kSigningCertificate,
                   &S::UpdateCredential),
          WriteRow("DeleteSigningCertificate", Credential::kSigningCertificate,
                   &S::DeleteCredential),
          {"UploadSSHPublicKey", api::Write(&S::UploadSSHPublicKey)},
          {"ListSSHPublicKeys", api::Read(&S::ListSSHPublicKeys)},
          WriteRow("UpdateSSHPublicKey", Credential::kSshPublicKey, &S::UpdateCredential),
          WriteRow("DeleteSSHPublicKey", Credential::kSshPublicKey, &S::DeleteCredential),
          {"CreateServiceSpecificCredential", api::Write(&S::CreateServiceSpecificCredential)},
          {"ListServiceSpecificCredentials", api::Read(&S::ListServiceSpecificCredentials)},
          WriteRow("UpdateServiceSpecificCredential", Credential::kServiceSpecific,
                   &S::UpdateCredential),
          WriteRow("DeleteServiceSpecificCredential", Credential::kServiceSpecific,
                   &S::DeleteCredential),

          {"CreateVirtualMFADevice", api::Write(&S::CreateVirtualMFADevice)},
          {"DeleteVirtualMFADevice", api::Write(&S::DeleteVirtualMFADevice)},
          {"ListVirtualMFADevices", api::Read(&S::ListVirtualMFADevices)},
          {"EnableMFADevice", api::Write(&S::EnableMFADevice)},
          {"DeactivateMFADevice", api::Write(&S::DeactivateMFADevice)},
          {"ListMFADevices", api::Read(&S::ListMFADevices)},

          {"GetAccountPasswordPolicy", api::Read(&S::GetAccountPasswordPolicy)},
          {"UpdateAccountPasswordPolicy", api::Write(&S::UpdateAccountPasswordPolicy)},
          {"DeleteAccountPasswordPolicy", api::Write(&S::DeleteAccountPasswordPolicy)},

          {"GetAccountSummary", api::Read(&S::GetAccountSummary)},
          {"ListAccountAliases", api::Read(&S::ListAccountAliases)},
          {"CreateAccountAlias", api::Write(&S::CreateAccountAlias)},
          {"DeleteAccountAlias", api::Write(&S::DeleteAccountAlias)},
          {"SimulatePrincipalPolicy", api::Read(&S::SimulatePrincipalPolicy)},
      });
}

}  // namespace riposte::iam

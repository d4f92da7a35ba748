$version: "2.0"

namespace riposte.iam

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsQuery
use aws.protocols#awsQueryError
use riposte#iamPrefix
use riposte#iamResource

@service(sdkId: "IAM", arnNamespace: "iam", endpointPrefix: "iam")
@sigv4(name: "iam")
@awsQuery
@xmlNamespace(uri: "https://iam.amazonaws.com/doc/2010-05-08/")
@iamPrefix("iam")
service IAM {
    version: "2010-05-08"
    operations: [
        AddRoleToInstanceProfile
        AddUserToGroup
        AttachGroupPolicy
        AttachRolePolicy
        AttachUserPolicy
        CreateAccessKey
        CreateAccountAlias
        CreateGroup
        CreateInstanceProfile
        CreateLoginProfile
        CreatePolicy
        CreatePolicyVersion
        CreateRole
        CreateServiceSpecificCredential
        CreateUser
        CreateVirtualMFADevice
        DeactivateMFADevice
        DeleteAccessKey
        DeleteAccountAlias
        DeleteAccountPasswordPolicy
        DeleteGroup
        DeleteGroupPolicy
        DeleteInstanceProfile
        DeleteLoginProfile
        DeletePolicy
        DeletePolicyVersion
        DeleteRole
        DeleteRolePermissionsBoundary
        DeleteRolePolicy
        DeleteSSHPublicKey
        DeleteServiceSpecificCredential
        DeleteSigningCertificate
        DeleteUser
        DeleteUserPermissionsBoundary
        DeleteUserPolicy
        DeleteVirtualMFADevice
        DetachGroupPolicy
        DetachRolePolicy
        DetachUserPolicy
        EnableMFADevice
        GetAccessKeyLastUsed
        GetAccountPasswordPolicy
        GetAccountSummary
        GetGroup
        GetGroupPolicy
        GetInstanceProfile
        GetLoginProfile
        GetPolicy
        GetPolicyVersion
        GetRole
        GetRolePolicy
        GetUser
        GetUserPolicy
        ListAccessKeys
        ListAccountAliases
        ListAttachedGroupPolicies
        ListAttachedRolePolicies
        ListAttachedUserPolicies
        ListEntitiesForPolicy
        ListGroupPolicies
        ListGroups
        ListGroupsForUser
        ListInstanceProfiles
        ListInstanceProfilesForRole
        ListMFADevices
        ListPolicies
        ListPolicyTags
        ListPolicyVersions
        ListRolePolicies
        ListRoleTags
        ListRoles
        ListSSHPublicKeys
        ListServiceSpecificCredentials
        ListSigningCertificates
        ListUserPolicies
        ListUserTags
        ListUsers
        ListVirtualMFADevices
        PutGroupPolicy
        PutRolePermissionsBoundary
        PutRolePolicy
        PutUserPermissionsBoundary
        PutUserPolicy
        RemoveRoleFromInstanceProfile
        RemoveUserFromGroup
        SetDefaultPolicyVersion
        SimulatePrincipalPolicy
        TagPolicy
        TagRole
        TagUser
        UntagPolicy
        UntagRole
        UntagUser
        UpdateAccessKey
        UpdateAccountPasswordPolicy
        UpdateAssumeRolePolicy
        UpdateLoginProfile
        UpdateRole
        UpdateRoleDescription
        UpdateSSHPublicKey
        UpdateServiceSpecificCredential
        UpdateSigningCertificate
        UpdateUser
        UploadSSHPublicKey
        UploadSigningCertificate
    ]
}

@iamResource(["arn:aws:iam::{account}:instance-profile/{InstanceProfileName}"])
operation AddRoleToInstanceProfile {
    input: AddRoleToInstanceProfileRequest
    errors: [
        NoSuchEntityException
        EntityAlreadyExistsException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation AddUserToGroup {
    input: AddUserToGroupRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation AttachGroupPolicy {
    input: AttachGroupPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation AttachRolePolicy {
    input: AttachRolePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        UnmodifiableEntityException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation AttachUserPolicy {
    input: AttachUserPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation CreateAccessKey {
    input: CreateAccessKeyRequest
    output: CreateAccessKeyResponse
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation CreateAccountAlias {
    input: CreateAccountAliasRequest
    errors: [
        ConcurrentModificationException
        EntityAlreadyExistsException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation CreateGroup {
    input: CreateGroupRequest
    output: CreateGroupResponse
    errors: [
        LimitExceededException
        EntityAlreadyExistsException
        NoSuchEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:instance-profile/{InstanceProfileName}"])
operation CreateInstanceProfile {
    input: CreateInstanceProfileRequest
    output: CreateInstanceProfileResponse
    errors: [
        EntityAlreadyExistsException
        InvalidInputException
        LimitExceededException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation CreateLoginProfile {
    input: CreateLoginProfileRequest
    output: CreateLoginProfileResponse
    errors: [
        EntityAlreadyExistsException
        NoSuchEntityException
        PasswordPolicyViolationException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:policy/{PolicyName}"])
operation CreatePolicy {
    input: CreatePolicyRequest
    output: CreatePolicyResponse
    errors: [
        InvalidInputException
        LimitExceededException
        EntityAlreadyExistsException
        MalformedPolicyDocumentException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["{PolicyArn}"])
operation CreatePolicyVersion {
    input: CreatePolicyVersionRequest
    output: CreatePolicyVersionResponse
    errors: [
        NoSuchEntityException
        MalformedPolicyDocumentException
        InvalidInputException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation CreateRole {
    input: CreateRoleRequest
    output: CreateRoleResponse
    errors: [
        LimitExceededException
        InvalidInputException
        EntityAlreadyExistsException
        MalformedPolicyDocumentException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation CreateServiceSpecificCredential {
    input: CreateServiceSpecificCredentialRequest
    output: CreateServiceSpecificCredentialResponse
    errors: [
        LimitExceededException
        NoSuchEntityException
        ServiceNotSupportedException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation CreateUser {
    input: CreateUserRequest
    output: CreateUserResponse
    errors: [
        LimitExceededException
        EntityAlreadyExistsException
        NoSuchEntityException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:mfa/{VirtualMFADeviceName}"])
operation CreateVirtualMFADevice {
    input: CreateVirtualMFADeviceRequest
    output: CreateVirtualMFADeviceResponse
    errors: [
        LimitExceededException
        InvalidInputException
        EntityAlreadyExistsException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeactivateMFADevice {
    input: DeactivateMFADeviceRequest
    errors: [
        EntityTemporarilyUnmodifiableException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
        ConcurrentModificationException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteAccessKey {
    input: DeleteAccessKeyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteAccountAlias {
    input: DeleteAccountAliasRequest
    errors: [
        ConcurrentModificationException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteAccountPasswordPolicy {
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation DeleteGroup {
    input: DeleteGroupRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation DeleteGroupPolicy {
    input: DeleteGroupPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:instance-profile/{InstanceProfileName}"])
operation DeleteInstanceProfile {
    input: DeleteInstanceProfileRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteLoginProfile {
    input: DeleteLoginProfileRequest
    errors: [
        EntityTemporarilyUnmodifiableException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["{PolicyArn}"])
operation DeletePolicy {
    input: DeletePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        DeleteConflictException
        ServiceFailureException
    ]
}

@iamResource(["{PolicyArn}"])
operation DeletePolicyVersion {
    input: DeletePolicyVersionRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        DeleteConflictException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation DeleteRole {
    input: DeleteRoleRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        UnmodifiableEntityException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation DeleteRolePermissionsBoundary {
    input: DeleteRolePermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation DeleteRolePolicy {
    input: DeleteRolePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteSSHPublicKey {
    input: DeleteSSHPublicKeyRequest
    errors: [
        NoSuchEntityException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteServiceSpecificCredential {
    input: DeleteServiceSpecificCredentialRequest
    errors: [
        NoSuchEntityException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteSigningCertificate {
    input: DeleteSigningCertificateRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteUser {
    input: DeleteUserRequest
    errors: [
        LimitExceededException
        NoSuchEntityException
        DeleteConflictException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteUserPermissionsBoundary {
    input: DeleteUserPermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DeleteUserPolicy {
    input: DeleteUserPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["{SerialNumber}"])
operation DeleteVirtualMFADevice {
    input: DeleteVirtualMFADeviceRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        ServiceFailureException
        ConcurrentModificationException
    ]
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation DetachGroupPolicy {
    input: DetachGroupPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation DetachRolePolicy {
    input: DetachRolePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation DetachUserPolicy {
    input: DetachUserPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation EnableMFADevice {
    input: EnableMFADeviceRequest
    errors: [
        EntityAlreadyExistsException
        EntityTemporarilyUnmodifiableException
        InvalidAuthenticationCodeException
        LimitExceededException
        NoSuchEntityException
        ServiceFailureException
        ConcurrentModificationException
    ]
}

@readonly
operation GetAccessKeyLastUsed {
    input: GetAccessKeyLastUsedRequest
    output: GetAccessKeyLastUsedResponse
}

@readonly
operation GetAccountPasswordPolicy {
    output: GetAccountPasswordPolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation GetAccountSummary {
    output: GetAccountSummaryResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation GetGroup {
    input: GetGroupRequest
    output: GetGroupResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation GetGroupPolicy {
    input: GetGroupPolicyRequest
    output: GetGroupPolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:instance-profile/{InstanceProfileName}"])
operation GetInstanceProfile {
    input: GetInstanceProfileRequest
    output: GetInstanceProfileResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation GetLoginProfile {
    input: GetLoginProfileRequest
    output: GetLoginProfileResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["{PolicyArn}"])
operation GetPolicy {
    input: GetPolicyRequest
    output: GetPolicyResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["{PolicyArn}"])
operation GetPolicyVersion {
    input: GetPolicyVersionRequest
    output: GetPolicyVersionResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation GetRole {
    input: GetRoleRequest
    output: GetRoleResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation GetRolePolicy {
    input: GetRolePolicyRequest
    output: GetRolePolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation GetUser {
    input: GetUserRequest
    output: GetUserResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation GetUserPolicy {
    input: GetUserPolicyRequest
    output: GetUserPolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListAccessKeys {
    input: ListAccessKeysRequest
    output: ListAccessKeysResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListAccountAliases {
    input: ListAccountAliasesRequest
    output: ListAccountAliasesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation ListAttachedGroupPolicies {
    input: ListAttachedGroupPoliciesRequest
    output: ListAttachedGroupPoliciesResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation ListAttachedRolePolicies {
    input: ListAttachedRolePoliciesRequest
    output: ListAttachedRolePoliciesResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListAttachedUserPolicies {
    input: ListAttachedUserPoliciesRequest
    output: ListAttachedUserPoliciesResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["{PolicyArn}"])
operation ListEntitiesForPolicy {
    input: ListEntitiesForPolicyRequest
    output: ListEntitiesForPolicyResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation ListGroupPolicies {
    input: ListGroupPoliciesRequest
    output: ListGroupPoliciesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListGroups {
    input: ListGroupsRequest
    output: ListGroupsResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListGroupsForUser {
    input: ListGroupsForUserRequest
    output: ListGroupsForUserResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListInstanceProfiles {
    input: ListInstanceProfilesRequest
    output: ListInstanceProfilesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation ListInstanceProfilesForRole {
    input: ListInstanceProfilesForRoleRequest
    output: ListInstanceProfilesForRoleResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListMFADevices {
    input: ListMFADevicesRequest
    output: ListMFADevicesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListPolicies {
    input: ListPoliciesRequest
    output: ListPoliciesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@iamResource(["{PolicyArn}"])
operation ListPolicyTags {
    input: ListPolicyTagsRequest
    output: ListPolicyTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
        InvalidInputException
    ]
}

@readonly
@iamResource(["{PolicyArn}"])
operation ListPolicyVersions {
    input: ListPolicyVersionsRequest
    output: ListPolicyVersionsResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation ListRolePolicies {
    input: ListRolePoliciesRequest
    output: ListRolePoliciesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation ListRoleTags {
    input: ListRoleTagsRequest
    output: ListRoleTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListRoles {
    input: ListRolesRequest
    output: ListRolesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListSSHPublicKeys {
    input: ListSSHPublicKeysRequest
    output: ListSSHPublicKeysResponse
    errors: [
        NoSuchEntityException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListServiceSpecificCredentials {
    input: ListServiceSpecificCredentialsRequest
    output: ListServiceSpecificCredentialsResponse
    errors: [
        NoSuchEntityException
        ServiceNotSupportedException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListSigningCertificates {
    input: ListSigningCertificatesRequest
    output: ListSigningCertificatesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListUserPolicies {
    input: ListUserPoliciesRequest
    output: ListUserPoliciesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation ListUserTags {
    input: ListUserTagsRequest
    output: ListUserTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListUsers {
    input: ListUsersRequest
    output: ListUsersResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
operation ListVirtualMFADevices {
    input: ListVirtualMFADevicesRequest
    output: ListVirtualMFADevicesResponse
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation PutGroupPolicy {
    input: PutGroupPolicyRequest
    errors: [
        LimitExceededException
        MalformedPolicyDocumentException
        NoSuchEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation PutRolePermissionsBoundary {
    input: PutRolePermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        UnmodifiableEntityException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation PutRolePolicy {
    input: PutRolePolicyRequest
    errors: [
        LimitExceededException
        MalformedPolicyDocumentException
        NoSuchEntityException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation PutUserPermissionsBoundary {
    input: PutUserPermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation PutUserPolicy {
    input: PutUserPolicyRequest
    errors: [
        LimitExceededException
        MalformedPolicyDocumentException
        NoSuchEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:instance-profile/{InstanceProfileName}"])
operation RemoveRoleFromInstanceProfile {
    input: RemoveRoleFromInstanceProfileRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:group/{GroupName}"])
operation RemoveUserFromGroup {
    input: RemoveUserFromGroupRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["{PolicyArn}"])
operation SetDefaultPolicyVersion {
    input: SetDefaultPolicyVersionRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        LimitExceededException
        ServiceFailureException
    ]
}

@readonly
@iamResource(["{PolicySourceArn}"])
operation SimulatePrincipalPolicy {
    input: SimulatePrincipalPolicyRequest
    output: SimulatePolicyResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        PolicyEvaluationException
    ]
}

@iamResource(["{PolicyArn}"])
operation TagPolicy {
    input: TagPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation TagRole {
    input: TagRoleRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation TagUser {
    input: TagUserRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["{PolicyArn}"])
operation UntagPolicy {
    input: UntagPolicyRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation UntagRole {
    input: UntagRoleRequest
    errors: [
        NoSuchEntityException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UntagUser {
    input: UntagUserRequest
    errors: [
        NoSuchEntityException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UpdateAccessKey {
    input: UpdateAccessKeyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
        InvalidInputException
    ]
}

operation UpdateAccountPasswordPolicy {
    input: UpdateAccountPasswordPolicyRequest
    errors: [
        NoSuchEntityException
        MalformedPolicyDocumentException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation UpdateAssumeRolePolicy {
    input: UpdateAssumeRolePolicyRequest
    errors: [
        NoSuchEntityException
        MalformedPolicyDocumentException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UpdateLoginProfile {
    input: UpdateLoginProfileRequest
    errors: [
        EntityTemporarilyUnmodifiableException
        NoSuchEntityException
        PasswordPolicyViolationException
        LimitExceededException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation UpdateRole {
    input: UpdateRoleRequest
    output: UpdateRoleResponse
    errors: [
        UnmodifiableEntityException
        NoSuchEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:role/{RoleName}"])
operation UpdateRoleDescription {
    input: UpdateRoleDescriptionRequest
    output: UpdateRoleDescriptionResponse
    errors: [
        NoSuchEntityException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UpdateSSHPublicKey {
    input: UpdateSSHPublicKeyRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UpdateServiceSpecificCredential {
    input: UpdateServiceSpecificCredentialRequest
    errors: [
        NoSuchEntityException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UpdateSigningCertificate {
    input: UpdateSigningCertificateRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
        InvalidInputException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UpdateUser {
    input: UpdateUserRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        EntityAlreadyExistsException
        EntityTemporarilyUnmodifiableException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UploadSSHPublicKey {
    input: UploadSSHPublicKeyRequest
    output: UploadSSHPublicKeyResponse
    errors: [
        LimitExceededException
        NoSuchEntityException
        InvalidPublicKeyException
        DuplicateSSHPublicKeyException
        UnrecognizedPublicKeyEncodingException
    ]
}

@iamResource(["arn:aws:iam::{account}:user/{UserName}"])
operation UploadSigningCertificate {
    input: UploadSigningCertificateRequest
    output: UploadSigningCertificateResponse
    errors: [
        LimitExceededException
        EntityAlreadyExistsException
        MalformedCertificateException
        InvalidCertificateException
        DuplicateCertificateException
        NoSuchEntityException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

structure AccessKey {
    @required
    UserName: userNameType
    @required
    AccessKeyId: accessKeyIdType
    @required
    Status: statusType
    @required
    SecretAccessKey: accessKeySecretType
    CreateDate: Timestamp
}

structure AccessKeyLastUsed {
    LastUsedDate: Timestamp
    @required
    ServiceName: String
    @required
    Region: String
}

structure AccessKeyMetadata {
    UserName: userNameType
    AccessKeyId: accessKeyIdType
    Status: statusType
    CreateDate: Timestamp
}

list ActionNameListType {
    member: ActionNameType
}

@length(min: 3, max: 128)
string ActionNameType

structure AddRoleToInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
    @required
    RoleName: roleNameType
}

structure AddUserToGroupRequest {
    @required
    GroupName: groupNameType
    @required
    UserName: existingUserNameType
}

structure AttachGroupPolicyRequest {
    @required
    GroupName: groupNameType
    @required
    PolicyArn: arnType
}

structure AttachRolePolicyRequest {
    @required
    RoleName: roleNameType
    @required
    PolicyArn: arnType
}

structure AttachUserPolicyRequest {
    @required
    UserName: userNameType
    @required
    PolicyArn: arnType
}

structure AttachedPermissionsBoundary {
    PermissionsBoundaryType: PermissionsBoundaryAttachmentType
    PermissionsBoundaryArn: arnType
}

structure AttachedPolicy {
    PolicyName: policyNameType
    PolicyArn: arnType
}

@sensitive
blob BootstrapDatum

@error("client")
@awsQueryError(code: "ConcurrentModification", httpResponseCode: 409)
@httpError(409)
structure ConcurrentModificationException {
    message: String
}

structure ContextEntry {
    ContextKeyName: ContextKeyNameType
    ContextKeyValues: ContextKeyValueListType
    ContextKeyType: ContextKeyTypeEnum
}

list ContextEntryListType {
    member: ContextEntry
}

@length(min: 5, max: 256)
string ContextKeyNameType

list ContextKeyNamesResultListType {
    member: ContextKeyNameType
}

enum ContextKeyTypeEnum {
    string
    stringList
    numeric
    numericList
    boolean
    booleanList
    ip
    ipList
    binary
    binaryList
    date
    dateList
}

list ContextKeyValueListType {
    member: String
}

structure CreateAccessKeyRequest {
    UserName: existingUserNameType
}

structure CreateAccessKeyResponse {
    @required
    AccessKey: AccessKey
}

structure CreateAccountAliasRequest {
    @required
    AccountAlias: accountAliasType
}

structure CreateGroupRequest {
    Path: pathType
    @required
    GroupName: groupNameType
}

structure CreateGroupResponse {
    @required
    Group: Group
}

structure CreateInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
    Path: pathType
    Tags: tagListType
}

structure CreateInstanceProfileResponse {
    @required
    InstanceProfile: InstanceProfile
}

structure CreateLoginProfileRequest {
    UserName: userNameType
    Password: passwordType
    PasswordResetRequired: Boolean
}

structure CreateLoginProfileResponse {
    @required
    LoginProfile: LoginProfile
}

structure CreatePolicyRequest {
    @required
    PolicyName: policyNameType
    Path: policyPathType
    @required
    PolicyDocument: policyDocumentType
    Description: policyDescriptionType
    Tags: tagListType
}

structure CreatePolicyResponse {
    Policy: Policy
}

structure CreatePolicyVersionRequest {
    @required
    PolicyArn: arnType
    @required
    PolicyDocument: policyDocumentType
    SetAsDefault: Boolean
}

structure CreatePolicyVersionResponse {
    PolicyVersion: PolicyVersion
}

structure CreateRoleRequest {
    Path: pathType
    @required
    RoleName: roleNameType
    @required
    AssumeRolePolicyDocument: policyDocumentType
    Description: roleDescriptionType
    MaxSessionDuration: roleMaxSessionDurationType
    PermissionsBoundary: arnType
    Tags: tagListType
}

structure CreateRoleResponse {
    @required
    Role: Role
}

structure CreateServiceSpecificCredentialRequest {
    @required
    UserName: userNameType
    @required
    ServiceName: String
    CredentialAgeDays: credentialAgeDays
}

structure CreateServiceSpecificCredentialResponse {
    ServiceSpecificCredential: ServiceSpecificCredential
}

structure CreateUserRequest {
    Path: pathType
    @required
    UserName: userNameType
    PermissionsBoundary: arnType
    Tags: tagListType
}

structure CreateUserResponse {
    User: User
}

structure CreateVirtualMFADeviceRequest {
    Path: pathType
    @required
    VirtualMFADeviceName: virtualMFADeviceName
    Tags: tagListType
}

structure CreateVirtualMFADeviceResponse {
    @required
    VirtualMFADevice: VirtualMFADevice
}

structure DeactivateMFADeviceRequest {
    UserName: existingUserNameType
    @required
    SerialNumber: serialNumberType
}

structure DeleteAccessKeyRequest {
    UserName: existingUserNameType
    @required
    AccessKeyId: accessKeyIdType
}

structure DeleteAccountAliasRequest {
    @required
    AccountAlias: accountAliasType
}

@error("client")
@awsQueryError(code: "DeleteConflict", httpResponseCode: 409)
@httpError(409)
structure DeleteConflictException {
    message: String
}

structure DeleteGroupPolicyRequest {
    @required
    GroupName: groupNameType
    @required
    PolicyName: policyNameType
}

structure DeleteGroupRequest {
    @required
    GroupName: groupNameType
}

structure DeleteInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
}

structure DeleteLoginProfileRequest {
    UserName: userNameType
}

structure DeletePolicyRequest {
    @required
    PolicyArn: arnType
}

structure DeletePolicyVersionRequest {
    @required
    PolicyArn: arnType
    @required
    VersionId: policyVersionIdType
}

structure DeleteRolePermissionsBoundaryRequest {
    @required
    RoleName: roleNameType
}

structure DeleteRolePolicyRequest {
    @required
    RoleName: roleNameType
    @required
    PolicyName: policyNameType
}

structure DeleteRoleRequest {
    @required
    RoleName: roleNameType
}

structure DeleteSSHPublicKeyRequest {
    @required
    UserName: userNameType
    @required
    SSHPublicKeyId: publicKeyIdType
}

structure DeleteServiceSpecificCredentialRequest {
    UserName: userNameType
    @required
    ServiceSpecificCredentialId: serviceSpecificCredentialId
}

structure DeleteSigningCertificateRequest {
    UserName: existingUserNameType
    @required
    CertificateId: certificateIdType
}

structure DeleteUserPermissionsBoundaryRequest {
    @required
    UserName: userNameType
}

structure DeleteUserPolicyRequest {
    @required
    UserName: existingUserNameType
    @required
    PolicyName: policyNameType
}

structure DeleteUserRequest {
    @required
    UserName: existingUserNameType
}

structure DeleteVirtualMFADeviceRequest {
    @required
    SerialNumber: serialNumberType
}

structure DetachGroupPolicyRequest {
    @required
    GroupName: groupNameType
    @required
    PolicyArn: arnType
}

structure DetachRolePolicyRequest {
    @required
    RoleName: roleNameType
    @required
    PolicyArn: arnType
}

structure DetachUserPolicyRequest {
    @required
    UserName: userNameType
    @required
    PolicyArn: arnType
}

@error("client")
@awsQueryError(code: "DuplicateCertificate", httpResponseCode: 409)
@httpError(409)
structure DuplicateCertificateException {
    message: String
}

@error("client")
@awsQueryError(code: "DuplicateSSHPublicKey", httpResponseCode: 400)
@httpError(400)
structure DuplicateSSHPublicKeyException {
    message: String
}

structure EnableMFADeviceRequest {
    @required
    UserName: existingUserNameType
    @required
    SerialNumber: serialNumberType
    @required
    AuthenticationCode1: authenticationCodeType
    @required
    AuthenticationCode2: authenticationCodeType
}

@error("client")
@awsQueryError(code: "EntityAlreadyExists", httpResponseCode: 409)
@httpError(409)
structure EntityAlreadyExistsException {
    message: String
}

@error("client")
@awsQueryError(code: "EntityTemporarilyUnmodifiable", httpResponseCode: 409)
@httpError(409)
structure EntityTemporarilyUnmodifiableException {
    message: String
}

enum EntityType {
    User
    Role
    Group
    LocalManagedPolicy
    AWSManagedPolicy
}

map EvalDecisionDetailsType {
    key: EvalDecisionSourceType
    value: PolicyEvaluationDecisionType
}

@length(min: 3, max: 256)
string EvalDecisionSourceType

structure EvaluationResult {
    @required
    EvalActionName: ActionNameType
    EvalResourceName: ResourceNameType
    @required
    EvalDecision: PolicyEvaluationDecisionType
    MatchedStatements: StatementListType
    MissingContextValues: ContextKeyNamesResultListType
    OrganizationsDecisionDetail: OrganizationsDecisionDetail
    PermissionsBoundaryDecisionDetail: PermissionsBoundaryDecisionDetail
    EvalDecisionDetails: EvalDecisionDetailsType
    ResourceSpecificResults: ResourceSpecificResultListType
}

list EvaluationResultsListType {
    member: EvaluationResult
}

structure GetAccessKeyLastUsedRequest {
    @required
    AccessKeyId: accessKeyIdType
}

structure GetAccessKeyLastUsedResponse {
    UserName: existingUserNameType
    AccessKeyLastUsed: AccessKeyLastUsed
}

structure GetAccountPasswordPolicyResponse {
    @required
    PasswordPolicy: PasswordPolicy
}

structure GetAccountSummaryResponse {
    SummaryMap: summaryMapType
}

structure GetGroupPolicyRequest {
    @required
    GroupName: groupNameType
    @required
    PolicyName: policyNameType
}

structure GetGroupPolicyResponse {
    @required
    GroupName: groupNameType
    @required
    PolicyName: policyNameType
    @required
    PolicyDocument: policyDocumentType
}

structure GetGroupRequest {
    @required
    GroupName: groupNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure GetGroupResponse {
    @required
    Group: Group
    @required
    Users: userListType
    IsTruncated: Boolean
    Marker: String
}

structure GetInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
}

structure GetInstanceProfileResponse {
    @required
    InstanceProfile: InstanceProfile
}

structure GetLoginProfileRequest {
    UserName: userNameType
}

structure GetLoginProfileResponse {
    @required
    LoginProfile: LoginProfile
}

structure GetPolicyRequest {
    @required
    PolicyArn: arnType
}

structure GetPolicyResponse {
    Policy: Policy
}

structure GetPolicyVersionRequest {
    @required
    PolicyArn: arnType
    @required
    VersionId: policyVersionIdType
}

structure GetPolicyVersionResponse {
    PolicyVersion: PolicyVersion
}

structure GetRolePolicyRequest {
    @required
    RoleName: roleNameType
    @required
    PolicyName: policyNameType
}

structure GetRolePolicyResponse {
    @required
    RoleName: roleNameType
    @required
    PolicyName: policyNameType
    @required
    PolicyDocument: policyDocumentType
}

structure GetRoleRequest {
    @required
    RoleName: roleNameType
}

structure GetRoleResponse {
    @required
    Role: Role
}

structure GetUserPolicyRequest {
    @required
    UserName: existingUserNameType
    @required
    PolicyName: policyNameType
}

structure GetUserPolicyResponse {
    @required
    UserName: existingUserNameType
    @required
    PolicyName: policyNameType
    @required
    PolicyDocument: policyDocumentType
}

structure GetUserRequest {
    UserName: existingUserNameType
}

structure GetUserResponse {
    @required
    User: User
}

structure Group {
    @required
    Path: pathType
    @required
    GroupName: groupNameType
    @required
    GroupId: idType
    @required
    Arn: arnType
    @required
    CreateDate: Timestamp
}

structure InstanceProfile {
    @required
    Path: pathType
    @required
    InstanceProfileName: instanceProfileNameType
    @required
    InstanceProfileId: idType
    @required
    Arn: arnType
    @required
    CreateDate: Timestamp
    @required
    Roles: roleListType
    Tags: tagListType
}

@error("client")
@awsQueryError(code: "InvalidAuthenticationCode", httpResponseCode: 403)
@httpError(403)
structure InvalidAuthenticationCodeException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidCertificate", httpResponseCode: 400)
@httpError(400)
structure InvalidCertificateException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidInput", httpResponseCode: 400)
@httpError(400)
structure InvalidInputException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidPublicKey", httpResponseCode: 400)
@httpError(400)
structure InvalidPublicKeyException {
    message: String
}

@error("client")
@awsQueryError(code: "LimitExceeded", httpResponseCode: 409)
@httpError(409)
structure LimitExceededException {
    message: String
}

structure ListAccessKeysRequest {
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAccessKeysResponse {
    @required
    AccessKeyMetadata: accessKeyMetadataListType
    IsTruncated: Boolean
    Marker: String
}

structure ListAccountAliasesRequest {
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAccountAliasesResponse {
    @required
    AccountAliases: accountAliasListType
    IsTruncated: Boolean
    Marker: String
}

structure ListAttachedGroupPoliciesRequest {
    @required
    GroupName: groupNameType
    PathPrefix: policyPathType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAttachedGroupPoliciesResponse {
    AttachedPolicies: attachedPoliciesListType
    IsTruncated: Boolean
    Marker: String
}

structure ListAttachedRolePoliciesRequest {
    @required
    RoleName: roleNameType
    PathPrefix: policyPathType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAttachedRolePoliciesResponse {
    AttachedPolicies: attachedPoliciesListType
    IsTruncated: Boolean
    Marker: String
}

structure ListAttachedUserPoliciesRequest {
    @required
    UserName: userNameType
    PathPrefix: policyPathType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAttachedUserPoliciesResponse {
    AttachedPolicies: attachedPoliciesListType
    IsTruncated: Boolean
    Marker: String
}

structure ListEntitiesForPolicyRequest {
    @required
    PolicyArn: arnType
    EntityFilter: EntityType
    PathPrefix: pathType
    PolicyUsageFilter: PolicyUsageType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListEntitiesForPolicyResponse {
    PolicyGroups: PolicyGroupListType
    PolicyUsers: PolicyUserListType
    PolicyRoles: PolicyRoleListType
    IsTruncated: Boolean
    Marker: String
}

structure ListGroupPoliciesRequest {
    @required
    GroupName: groupNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListGroupPoliciesResponse {
    @required
    PolicyNames: policyNameListType
    IsTruncated: Boolean
    Marker: String
}

structure ListGroupsForUserRequest {
    @required
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListGroupsForUserResponse {
    @required
    Groups: groupListType
    IsTruncated: Boolean
    Marker: String
}

structure ListGroupsRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListGroupsResponse {
    @required
    Groups: groupListType
    IsTruncated: Boolean
    Marker: String
}

structure ListInstanceProfilesForRoleRequest {
    @required
    RoleName: roleNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListInstanceProfilesForRoleResponse {
    @required
    InstanceProfiles: instanceProfileListType
    IsTruncated: Boolean
    Marker: String
}

structure ListInstanceProfilesRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListInstanceProfilesResponse {
    @required
    InstanceProfiles: instanceProfileListType
    IsTruncated: Boolean
    Marker: String
}

structure ListMFADevicesRequest {
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListMFADevicesResponse {
    @required
    MFADevices: mfaDeviceListType
    IsTruncated: Boolean
    Marker: String
}

structure ListPoliciesRequest {
    Scope: policyScopeType
    OnlyAttached: Boolean
    PathPrefix: policyPathType
    PolicyUsageFilter: PolicyUsageType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListPoliciesResponse {
    Policies: policyListType
    IsTruncated: Boolean
    Marker: String
}

structure ListPolicyTagsRequest {
    @required
    PolicyArn: arnType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListPolicyTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: Boolean
    Marker: String
}

structure ListPolicyVersionsRequest {
    @required
    PolicyArn: arnType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListPolicyVersionsResponse {
    Versions: policyDocumentVersionListType
    IsTruncated: Boolean
    Marker: String
}

structure ListRolePoliciesRequest {
    @required
    RoleName: roleNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListRolePoliciesResponse {
    @required
    PolicyNames: policyNameListType
    IsTruncated: Boolean
    Marker: String
}

structure ListRoleTagsRequest {
    @required
    RoleName: roleNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListRoleTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: Boolean
    Marker: String
}

structure ListRolesRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListRolesResponse {
    @required
    Roles: roleListType
    IsTruncated: Boolean
    Marker: String
}

structure ListSSHPublicKeysRequest {
    UserName: userNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListSSHPublicKeysResponse {
    SSHPublicKeys: SSHPublicKeyListType
    IsTruncated: Boolean
    Marker: String
}

structure ListServiceSpecificCredentialsRequest {
    UserName: userNameType
    ServiceName: String
    AllUsers: Boolean
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListServiceSpecificCredentialsResponse {
    ServiceSpecificCredentials: ServiceSpecificCredentialsListType
    Marker: String
    IsTruncated: Boolean
}

structure ListSigningCertificatesRequest {
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListSigningCertificatesResponse {
    @required
    Certificates: certificateListType
    IsTruncated: Boolean
    Marker: String
}

structure ListUserPoliciesRequest {
    @required
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListUserPoliciesResponse {
    @required
    PolicyNames: policyNameListType
    IsTruncated: Boolean
    Marker: String
}

structure ListUserTagsRequest {
    @required
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListUserTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: Boolean
    Marker: String
}

structure ListUsersRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListUsersResponse {
    @required
    Users: userListType
    IsTruncated: Boolean
    Marker: String
}

structure ListVirtualMFADevicesRequest {
    AssignmentStatus: assignmentStatusType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListVirtualMFADevicesResponse {
    @required
    VirtualMFADevices: virtualMFADeviceListType
    IsTruncated: Boolean
    Marker: String
}

structure LoginProfile {
    @required
    UserName: userNameType
    @required
    CreateDate: Timestamp
    PasswordResetRequired: Boolean
}

structure MFADevice {
    @required
    UserName: userNameType
    @required
    SerialNumber: serialNumberType
    @required
    EnableDate: Timestamp
}

@error("client")
@awsQueryError(code: "MalformedCertificate", httpResponseCode: 400)
@httpError(400)
structure MalformedCertificateException {
    message: String
}

@error("client")
@awsQueryError(code: "MalformedPolicyDocument", httpResponseCode: 400)
@httpError(400)
structure MalformedPolicyDocumentException {
    message: String
}

@error("client")
@awsQueryError(code: "NoSuchEntity", httpResponseCode: 404)
@httpError(404)
structure NoSuchEntityException {
    message: String
}

structure OrganizationsDecisionDetail {
    AllowedByOrganizations: Boolean
}

structure PasswordPolicy {
    MinimumPasswordLength: minimumPasswordLengthType
    RequireSymbols: Boolean
    RequireNumbers: Boolean
    RequireUppercaseCharacters: Boolean
    RequireLowercaseCharacters: Boolean
    AllowUsersToChangePassword: Boolean
    ExpirePasswords: Boolean
    MaxPasswordAge: maxPasswordAgeType
    PasswordReusePrevention: passwordReusePreventionType
    HardExpiry: Boolean
}

@error("client")
@awsQueryError(code: "PasswordPolicyViolation", httpResponseCode: 400)
@httpError(400)
structure PasswordPolicyViolationException {
    message: String
}

enum PermissionsBoundaryAttachmentType {
    PermissionsBoundaryPolicy
}

structure PermissionsBoundaryDecisionDetail {
    AllowedByPermissionsBoundary: Boolean
}

structure Policy {
    PolicyName: policyNameType
    PolicyId: idType
    Arn: arnType
    Path: policyPathType
    DefaultVersionId: policyVersionIdType
    AttachmentCount: Integer
    PermissionsBoundaryUsageCount: Integer
    IsAttachable: Boolean
    Description: policyDescriptionType
    CreateDate: Timestamp
    UpdateDate: Timestamp
    Tags: tagListType
}

enum PolicyEvaluationDecisionType {
    allowed
    explicitDeny
    implicitDeny
}

@error("server")
@awsQueryError(code: "PolicyEvaluation", httpResponseCode: 500)
@httpError(500)
structure PolicyEvaluationException {
    message: String
}

structure PolicyGroup {
    GroupName: groupNameType
    GroupId: idType
}

list PolicyGroupListType {
    member: PolicyGroup
}

@error("client")
@awsQueryError(code: "PolicyNotAttachable", httpResponseCode: 400)
@httpError(400)
structure PolicyNotAttachableException {
    message: String
}

structure PolicyRole {
    RoleName: roleNameType
    RoleId: idType
}

list PolicyRoleListType {
    member: PolicyRole
}

enum PolicySourceType {
    user
    group
    role
    aws_managed = "aws-managed"
    user_managed = "user-managed"
    resource
    none
}

enum PolicyUsageType {
    PermissionsPolicy
    PermissionsBoundary
}

structure PolicyUser {
    UserName: userNameType
    UserId: idType
}

list PolicyUserListType {
    member: PolicyUser
}

structure PolicyVersion {
    Document: policyDocumentType
    VersionId: policyVersionIdType
    IsDefaultVersion: Boolean
    CreateDate: Timestamp
}

structure Position {
    Line: Integer
    Column: Integer
}

structure PutGroupPolicyRequest {
    @required
    GroupName: groupNameType
    @required
    PolicyName: policyNameType
    @required
    PolicyDocument: policyDocumentType
}

structure PutRolePermissionsBoundaryRequest {
    @required
    RoleName: roleNameType
    @required
    PermissionsBoundary: arnType
}

structure PutRolePolicyRequest {
    @required
    RoleName: roleNameType
    @required
    PolicyName: policyNameType
    @required
    PolicyDocument: policyDocumentType
}

structure PutUserPermissionsBoundaryRequest {
    @required
    UserName: userNameType
    @required
    PermissionsBoundary: arnType
}

structure PutUserPolicyRequest {
    @required
    UserName: existingUserNameType
    @required
    PolicyName: policyNameType
    @required
    PolicyDocument: policyDocumentType
}

structure RemoveRoleFromInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
    @required
    RoleName: roleNameType
}

structure RemoveUserFromGroupRequest {
    @required
    GroupName: groupNameType
    @required
    UserName: existingUserNameType
}

@length(min: 1, max: 64)
string ResourceHandlingOptionType

list ResourceNameListType {
    member: ResourceNameType
}

@length(min: 1, max: 2048)
string ResourceNameType

structure ResourceSpecificResult {
    @required
    EvalResourceName: ResourceNameType
    @required
    EvalResourceDecision: PolicyEvaluationDecisionType
    MatchedStatements: StatementListType
    MissingContextValues: ContextKeyNamesResultListType
    EvalDecisionDetails: EvalDecisionDetailsType
    PermissionsBoundaryDecisionDetail: PermissionsBoundaryDecisionDetail
}

list ResourceSpecificResultListType {
    member: ResourceSpecificResult
}

structure Role {
    @required
    Path: pathType
    @required
    RoleName: roleNameType
    @required
    RoleId: idType
    @required
    Arn: arnType
    @required
    CreateDate: Timestamp
    AssumeRolePolicyDocument: policyDocumentType
    Description: roleDescriptionType
    MaxSessionDuration: roleMaxSessionDurationType
    PermissionsBoundary: AttachedPermissionsBoundary
    Tags: tagListType
    RoleLastUsed: RoleLastUsed
}

structure RoleLastUsed {
    LastUsedDate: Timestamp
    Region: String
}

structure SSHPublicKey {
    @required
    UserName: userNameType
    @required
    SSHPublicKeyId: publicKeyIdType
    @required
    Fingerprint: publicKeyFingerprintType
    @required
    SSHPublicKeyBody: publicKeyMaterialType
    @required
    Status: statusType
    UploadDate: Timestamp
}

list SSHPublicKeyListType {
    member: SSHPublicKeyMetadata
}

structure SSHPublicKeyMetadata {
    @required
    UserName: userNameType
    @required
    SSHPublicKeyId: publicKeyIdType
    @required
    Status: statusType
    @required
    UploadDate: Timestamp
}

@error("server")
@awsQueryError(code: "ServiceFailure", httpResponseCode: 500)
@httpError(500)
structure ServiceFailureException {
    message: String
}

@error("client")
@awsQueryError(code: "NotSupportedService", httpResponseCode: 404)
@httpError(404)
structure ServiceNotSupportedException {
    message: String
}

structure ServiceSpecificCredential {
    @required
    CreateDate: Timestamp
    ExpirationDate: Timestamp
    @required
    ServiceName: String
    ServiceUserName: serviceUserName
    ServicePassword: servicePassword
    ServiceCredentialAlias: serviceCredentialAlias
    ServiceCredentialSecret: serviceCredentialSecret
    @required
    ServiceSpecificCredentialId: serviceSpecificCredentialId
    @required
    UserName: userNameType
    @required
    Status: statusType
}

structure ServiceSpecificCredentialMetadata {
    @required
    UserName: userNameType
    @required
    Status: statusType
    ServiceUserName: serviceUserName
    ServiceCredentialAlias: serviceCredentialAlias
    @required
    CreateDate: Timestamp
    ExpirationDate: Timestamp
    @required
    ServiceSpecificCredentialId: serviceSpecificCredentialId
    @required
    ServiceName: String
}

list ServiceSpecificCredentialsListType {
    member: ServiceSpecificCredentialMetadata
}

structure SetDefaultPolicyVersionRequest {
    @required
    PolicyArn: arnType
    @required
    VersionId: policyVersionIdType
}

structure SigningCertificate {
    @required
    UserName: userNameType
    @required
    CertificateId: certificateIdType
    @required
    CertificateBody: certificateBodyType
    @required
    Status: statusType
    UploadDate: Timestamp
}

structure SimulatePolicyResponse {
    EvaluationResults: EvaluationResultsListType
    IsTruncated: Boolean
    Marker: String
}

structure SimulatePrincipalPolicyRequest {
    @required
    PolicySourceArn: arnType
    PolicyInputList: SimulationPolicyListType
    PermissionsBoundaryPolicyInputList: SimulationPolicyListType
    @required
    ActionNames: ActionNameListType
    ResourceArns: ResourceNameListType
    ResourcePolicy: policyDocumentType
    ResourceOwner: ResourceNameType
    CallerArn: ResourceNameType
    ContextEntries: ContextEntryListType
    ResourceHandlingOption: ResourceHandlingOptionType
    MaxItems: maxItemsType
    Marker: markerType
}

list SimulationPolicyListType {
    member: policyDocumentType
}

structure Statement {
    SourcePolicyId: String
    SourcePolicyType: PolicySourceType
    StartPosition: Position
    EndPosition: Position
}

list StatementListType {
    member: Statement
}

structure Tag {
    @required
    Key: tagKeyType
    @required
    Value: tagValueType
}

structure TagPolicyRequest {
    @required
    PolicyArn: arnType
    @required
    Tags: tagListType
}

structure TagRoleRequest {
    @required
    RoleName: roleNameType
    @required
    Tags: tagListType
}

structure TagUserRequest {
    @required
    UserName: existingUserNameType
    @required
    Tags: tagListType
}

@error("client")
@awsQueryError(code: "UnmodifiableEntity", httpResponseCode: 400)
@httpError(400)
structure UnmodifiableEntityException {
    message: String
}

@error("client")
@awsQueryError(code: "UnrecognizedPublicKeyEncoding", httpResponseCode: 400)
@httpError(400)
structure UnrecognizedPublicKeyEncodingException {
    message: String
}

structure UntagPolicyRequest {
    @required
    PolicyArn: arnType
    @required
    TagKeys: tagKeyListType
}

structure UntagRoleRequest {
    @required
    RoleName: roleNameType
    @required
    TagKeys: tagKeyListType
}

structure UntagUserRequest {
    @required
    UserName: existingUserNameType
    @required
    TagKeys: tagKeyListType
}

structure UpdateAccessKeyRequest {
    UserName: existingUserNameType
    @required
    AccessKeyId: accessKeyIdType
    @required
    Status: statusType
}

structure UpdateAccountPasswordPolicyRequest {
    MinimumPasswordLength: minimumPasswordLengthType
    RequireSymbols: Boolean
    RequireNumbers: Boolean
    RequireUppercaseCharacters: Boolean
    RequireLowercaseCharacters: Boolean
    AllowUsersToChangePassword: Boolean
    MaxPasswordAge: maxPasswordAgeType
    PasswordReusePrevention: passwordReusePreventionType
    HardExpiry: Boolean
}

structure UpdateAssumeRolePolicyRequest {
    @required
    RoleName: roleNameType
    @required
    PolicyDocument: policyDocumentType
}

structure UpdateLoginProfileRequest {
    @required
    UserName: userNameType
    Password: passwordType
    PasswordResetRequired: Boolean
}

structure UpdateRoleDescriptionRequest {
    @required
    RoleName: roleNameType
    @required
    Description: roleDescriptionType
}

structure UpdateRoleDescriptionResponse {
    Role: Role
}

structure UpdateRoleRequest {
    @required
    RoleName: roleNameType
    Description: roleDescriptionType
    MaxSessionDuration: roleMaxSessionDurationType
}

structure UpdateRoleResponse {
}

structure UpdateSSHPublicKeyRequest {
    @required
    UserName: userNameType
    @required
    SSHPublicKeyId: publicKeyIdType
    @required
    Status: statusType
}

structure UpdateServiceSpecificCredentialRequest {
    UserName: userNameType
    @required
    ServiceSpecificCredentialId: serviceSpecificCredentialId
    @required
    Status: statusType
}

structure UpdateSigningCertificateRequest {
    UserName: existingUserNameType
    @required
    CertificateId: certificateIdType
    @required
    Status: statusType
}

structure UpdateUserRequest {
    @required
    UserName: existingUserNameType
    NewPath: pathType
    NewUserName: userNameType
}

structure UploadSSHPublicKeyRequest {
    @required
    UserName: userNameType
    @required
    SSHPublicKeyBody: publicKeyMaterialType
}

structure UploadSSHPublicKeyResponse {
    SSHPublicKey: SSHPublicKey
}

structure UploadSigningCertificateRequest {
    UserName: existingUserNameType
    @required
    CertificateBody: certificateBodyType
}

structure UploadSigningCertificateResponse {
    @required
    Certificate: SigningCertificate
}

structure User {
    @required
    Path: pathType
    @required
    UserName: userNameType
    @required
    UserId: idType
    @required
    Arn: arnType
    @required
    CreateDate: Timestamp
    PasswordLastUsed: Timestamp
    PermissionsBoundary: AttachedPermissionsBoundary
    Tags: tagListType
}

structure VirtualMFADevice {
    @required
    SerialNumber: serialNumberType
    Base32StringSeed: BootstrapDatum
    QRCodePNG: BootstrapDatum
    User: User
    EnableDate: Timestamp
    Tags: tagListType
}

@length(min: 16, max: 128)
@pattern("[\\w]+")
string accessKeyIdType

list accessKeyMetadataListType {
    member: AccessKeyMetadata
}

@sensitive
string accessKeySecretType

list accountAliasListType {
    member: accountAliasType
}

@length(min: 3, max: 63)
@pattern("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$")
string accountAliasType

@length(min: 20, max: 2048)
string arnType

enum assignmentStatusType {
    Assigned
    Unassigned
    Any
}

list attachedPoliciesListType {
    member: AttachedPolicy
}

@length(min: 6, max: 6)
@pattern("[\\d]+")
string authenticationCodeType

@length(min: 1, max: 16384)
@pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+")
string certificateBodyType

@length(min: 24, max: 128)
@pattern("[\\w]+")
string certificateIdType

list certificateListType {
    member: SigningCertificate
}

@range(min: 1, max: 36600)
integer credentialAgeDays

@length(min: 1, max: 128)
@pattern("[\\w+=,.@-]+")
string existingUserNameType

list groupListType {
    member: Group
}

@length(min: 1, max: 128)
@pattern("[\\w+=,.@-]+")
string groupNameType

@length(min: 16, max: 128)
@pattern("[\\w]+")
string idType

list instanceProfileListType {
    member: InstanceProfile
}

@length(min: 1, max: 128)
@pattern("[\\w+=,.@-]+")
string instanceProfileNameType

@length(min: 1, max: 320)
@pattern("[\\u0020-\\u00FF]+")
string markerType

@range(min: 1, max: 1000)
integer maxItemsType

@range(min: 1, max: 1095)
integer maxPasswordAgeType

list mfaDeviceListType {
    member: MFADevice
}

@range(min: 6, max: 128)
integer minimumPasswordLengthType

@range(min: 1, max: 24)
integer passwordReusePreventionType

@length(min: 1, max: 128)
@pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+")
@sensitive
string passwordType

@length(min: 1, max: 512)
@pattern("\\u002F[\\u0021-\\u007F]*")
string pathPrefixType

@length(min: 1, max: 512)
@pattern("(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)")
string pathType

@length(max: 1000)
string policyDescriptionType

@length(min: 1, max: 131072)
@pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+")
string policyDocumentType

list policyDocumentVersionListType {
    member: PolicyVersion
}

list policyListType {
    member: Policy
}

list policyNameListType {
    member: policyNameType
}

@length(min: 1, max: 128)
@pattern("[\\w+=,.@-]+")
string policyNameType

@length(min: 1, max: 512)
@pattern("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/")
string policyPathType

enum policyScopeType {
    All
    AWS
    Local
}

@pattern("v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?")
string policyVersionIdType

@length(min: 48, max: 48)
@pattern("[:\\w]+")
string publicKeyFingerprintType

@length(min: 20, max: 128)
@pattern("[\\w]+")
string publicKeyIdType

@length(min: 1, max: 16384)
@pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+")
string publicKeyMaterialType

@length(max: 1000)
@pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*")
string roleDescriptionType

list roleListType {
    member: Role
}

@range(min: 3600, max: 43200)
integer roleMaxSessionDurationType

@length(min: 1, max: 64)
@pattern("[\\w+=,.@-]+")
string roleNameType

@length(min: 9, max: 256)
@pattern("[\\w+=/:,.@-]+")
string serialNumberType

@length(min: 0, max: 200)
@pattern("[\\w+=,.@-]+")
string serviceCredentialAlias

@sensitive
string serviceCredentialSecret

@sensitive
string servicePassword

@length(min: 20, max: 128)
@pattern("[\\w]+")
string serviceSpecificCredentialId

@length(min: 0, max: 200)
@pattern("[\\w+=,.@-]*")
string serviceUserName

enum statusType {
    Active
    Inactive
    Expired
}

enum summaryKeyType {
    Users
    UsersQuota
    Groups
    GroupsQuota
    ServerCertificates
    ServerCertificatesQuota
    UserPolicySizeQuota
    GroupPolicySizeQuota
    GroupsPerUserQuota
    SigningCertificatesPerUserQuota
    AccessKeysPerUserQuota
    MFADevices
    MFADevicesInUse
    AccountMFAEnabled
    AccountAccessKeysPresent
    AccountPasswordPresent
    AccountSigningCertificatesPresent
    AttachedPoliciesPerGroupQuota
    AttachedPoliciesPerRoleQuota
    AttachedPoliciesPerUserQuota
    Policies
    PoliciesQuota
    PolicySizeQuota
    PolicyVersionsInUse
    PolicyVersionsInUseQuota
    VersionsPerPolicyQuota
    GlobalEndpointTokenVersion
    AssumeRolePolicySizeQuota
    InstanceProfiles
    InstanceProfilesQuota
    Providers
    RolePolicySizeQuota
    Roles
    RolesQuota
}

map summaryMapType {
    key: summaryKeyType
    value: Integer
}

@length(max: 50)
list tagKeyListType {
    member: tagKeyType
}

@length(min: 1, max: 128)
@pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+")
string tagKeyType

@length(max: 50)
list tagListType {
    member: Tag
}

@length(min: 0, max: 256)
@pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*")
string tagValueType

list userListType {
    member: User
}

@length(min: 1, max: 64)
@pattern("[\\w+=,.@-]+")
string userNameType

list virtualMFADeviceListType {
    member: VirtualMFADevice
}

@length(min: 1)
@pattern("[\\w+=,.@-]+")
string virtualMFADeviceName

$version: "2.0"

namespace riposte.secretsmanager

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_1
use riposte#iamPrefix
use riposte#iamResource
use riposte#targetPrefix

@service(sdkId: "Secrets Manager", arnNamespace: "secretsmanager", endpointPrefix: "secretsmanager")
@sigv4(name: "secretsmanager")
@awsJson1_1
@iamPrefix("secretsmanager")
@targetPrefix("secretsmanager")
service secretsmanager {
    version: "2017-10-17"
    operations: [
        CreateSecret
        DeleteResourcePolicy
        DeleteSecret
        DescribeSecret
        GetRandomPassword
        GetResourcePolicy
        GetSecretValue
        ListSecretVersionIds
        ListSecrets
        PutResourcePolicy
        PutSecretValue
        RestoreSecret
        TagResource
        UntagResource
        UpdateSecret
        UpdateSecretVersionStage
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{Name}-??????"])
operation CreateSecret {
    input: CreateSecretRequest
    output: CreateSecretResponse
    errors: [
        InvalidParameterException
        InvalidRequestException
        LimitExceededException
        EncryptionFailure
        ResourceExistsException
        ResourceNotFoundException
        MalformedPolicyDocumentException
        InternalServiceError
        PreconditionNotMetException
        DecryptionFailure
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation DeleteResourcePolicy {
    input: DeleteResourcePolicyRequest
    output: DeleteResourcePolicyResponse
    errors: [
        ResourceNotFoundException
        InternalServiceError
        InvalidRequestException
        InvalidParameterException
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation DeleteSecret {
    input: DeleteSecretRequest
    output: DeleteSecretResponse
    errors: [
        ResourceNotFoundException
        InvalidParameterException
        InvalidRequestException
        InternalServiceError
    ]
}

@readonly
@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation DescribeSecret {
    input: DescribeSecretRequest
    output: DescribeSecretResponse
    errors: [
        ResourceNotFoundException
        InternalServiceError
        InvalidParameterException
    ]
}

@readonly
operation GetRandomPassword {
    input: GetRandomPasswordRequest
    output: GetRandomPasswordResponse
    errors: [
        InvalidParameterException
        InvalidRequestException
        InternalServiceError
    ]
}

@readonly
@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation GetResourcePolicy {
    input: GetResourcePolicyRequest
    output: GetResourcePolicyResponse
    errors: [
        ResourceNotFoundException
        InternalServiceError
        InvalidRequestException
        InvalidParameterException
    ]
}

@readonly
@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation GetSecretValue {
    input: GetSecretValueRequest
    output: GetSecretValueResponse
    errors: [
        ResourceNotFoundException
        InvalidParameterException
        InvalidRequestException
        DecryptionFailure
        InternalServiceError
    ]
}

@readonly
@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation ListSecretVersionIds {
    input: ListSecretVersionIdsRequest
    output: ListSecretVersionIdsResponse
    errors: [
        InvalidNextTokenException
        ResourceNotFoundException
        InternalServiceError
        InvalidParameterException
    ]
}

@readonly
operation ListSecrets {
    input: ListSecretsRequest
    output: ListSecretsResponse
    errors: [
        InvalidParameterException
        InvalidRequestException
        InvalidNextTokenException
        InternalServiceError
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation PutResourcePolicy {
    input: PutResourcePolicyRequest
    output: PutResourcePolicyResponse
    errors: [
        MalformedPolicyDocumentException
        ResourceNotFoundException
        InvalidParameterException
        InternalServiceError
        InvalidRequestException
        PublicPolicyException
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation PutSecretValue {
    input: PutSecretValueRequest
    output: PutSecretValueResponse
    errors: [
        InvalidParameterException
        InvalidRequestException
        LimitExceededException
        EncryptionFailure
        ResourceExistsException
        ResourceNotFoundException
        InternalServiceError
        DecryptionFailure
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation RestoreSecret {
    input: RestoreSecretRequest
    output: RestoreSecretResponse
    errors: [
        ResourceNotFoundException
        InvalidParameterException
        InvalidRequestException
        InternalServiceError
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation TagResource {
    input: TagResourceRequest
    errors: [
        ResourceNotFoundException
        InvalidRequestException
        InvalidParameterException
        InternalServiceError
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation UntagResource {
    input: UntagResourceRequest
    errors: [
        ResourceNotFoundException
        InvalidRequestException
        InvalidParameterException
        InternalServiceError
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation UpdateSecret {
    input: UpdateSecretRequest
    output: UpdateSecretResponse
    errors: [
        InvalidParameterException
        InvalidRequestException
        LimitExceededException
        EncryptionFailure
        ResourceExistsException
        ResourceNotFoundException
        MalformedPolicyDocumentException
        InternalServiceError
        PreconditionNotMetException
        DecryptionFailure
    ]
}

@iamResource(["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"])
operation UpdateSecretVersionStage {
    input: UpdateSecretVersionStageRequest
    output: UpdateSecretVersionStageResponse
    errors: [
        ResourceNotFoundException
        InvalidParameterException
        InvalidRequestException
        LimitExceededException
        InternalServiceError
    ]
}

@length(min: 1)
list AddReplicaRegionListType {
    member: ReplicaRegionType
}

@length(min: 32, max: 64)
string ClientRequestTokenType

structure CreateSecretRequest {
    @required
    Name: NameType
    @idempotencyToken
    ClientRequestToken: ClientRequestTokenType
    Description: DescriptionType
    KmsKeyId: KmsKeyIdType
    SecretBinary: SecretBinaryType
    SecretString: SecretStringType
    Tags: TagListType
    AddReplicaRegions: AddReplicaRegionListType
}

structure CreateSecretResponse {
    ARN: SecretARNType
    Name: SecretNameType
    VersionId: SecretVersionIdType
}

@error("client")
structure DecryptionFailure {
    Message: String
}

structure DeleteResourcePolicyRequest {
    @required
    SecretId: SecretIdType
}

structure DeleteResourcePolicyResponse {
    ARN: SecretARNType
    Name: NameType
}

structure DeleteSecretRequest {
    @required
    SecretId: SecretIdType
    RecoveryWindowInDays: Long
    ForceDeleteWithoutRecovery: Boolean
}

structure DeleteSecretResponse {
    ARN: SecretARNType
    Name: SecretNameType
    DeletionDate: Timestamp
}

structure DescribeSecretRequest {
    @required
    SecretId: SecretIdType
}

structure DescribeSecretResponse {
    ARN: SecretARNType
    Name: SecretNameType
    Description: DescriptionType
    KmsKeyId: KmsKeyIdType
    RotationEnabled: Boolean
    LastChangedDate: Timestamp
    DeletedDate: Timestamp
    Tags: TagListType
    VersionIdsToStages: SecretVersionsToStagesMapType
    CreatedDate: Timestamp
}

@length(max: 2048)
string DescriptionType

@error("client")
structure EncryptionFailure {
    Message: String
}

@length(min: 0, max: 4096)
string ExcludeCharactersType

structure Filter {
    Key: FilterNameStringType
    Values: FilterValuesStringList
}

enum FilterNameStringType {
    description
    name
    tag_key = "tag-key"
    tag_value = "tag-value"
    primary_region = "primary-region"
    owning_service = "owning-service"
    all
}

@length(max: 512)
@pattern("^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$")
string FilterValueStringType

@length(min: 1, max: 10)
list FilterValuesStringList {
    member: FilterValueStringType
}

@length(max: 10)
list FiltersListType {
    member: Filter
}

structure GetRandomPasswordRequest {
    PasswordLength: PasswordLengthType
    ExcludeCharacters: ExcludeCharactersType
    ExcludeNumbers: Boolean
    ExcludePunctuation: Boolean
    ExcludeUppercase: Boolean
    ExcludeLowercase: Boolean
    IncludeSpace: Boolean
    RequireEachIncludedType: Boolean
}

structure GetRandomPasswordResponse {
    RandomPassword: RandomPasswordType
}

structure GetResourcePolicyRequest {
    @required
    SecretId: SecretIdType
}

structure GetResourcePolicyResponse {
    ARN: SecretARNType
    Name: NameType
    ResourcePolicy: NonEmptyResourcePolicyType
}

structure GetSecretValueRequest {
    @required
    SecretId: SecretIdType
    VersionId: SecretVersionIdType
    VersionStage: SecretVersionStageType
}

structure GetSecretValueResponse {
    ARN: SecretARNType
    Name: SecretNameType
    VersionId: SecretVersionIdType
    SecretBinary: SecretBinaryType
    SecretString: SecretStringType
    VersionStages: SecretVersionStagesType
    CreatedDate: Timestamp
}

@error("server")
structure InternalServiceError {
    Message: String
}

@error("client")
structure InvalidNextTokenException {
    Message: String
}

@error("client")
structure InvalidParameterException {
    Message: String
}

@error("client")
structure InvalidRequestException {
    Message: String
}

@length(min: 0, max: 2048)
string KmsKeyIdType

@error("client")
structure LimitExceededException {
    Message: String
}

structure ListSecretVersionIdsRequest {
    @required
    SecretId: SecretIdType
    MaxResults: MaxResultsType
    NextToken: NextTokenType
    IncludeDeprecated: Boolean
}

structure ListSecretVersionIdsResponse {
    Versions: SecretVersionsListType
    NextToken: NextTokenType
    ARN: SecretARNType
    Name: SecretNameType
}

structure ListSecretsRequest {
    IncludePlannedDeletion: Boolean
    MaxResults: MaxResultsType
    NextToken: NextTokenType
    Filters: FiltersListType
    SortOrder: SortOrderType
}

structure ListSecretsResponse {
    SecretList: SecretListType
    NextToken: NextTokenType
}

@error("client")
structure MalformedPolicyDocumentException {
    Message: String
}

@range(min: 1, max: 100)
integer MaxResultsType

@length(min: 1, max: 512)
string NameType

@length(min: 1, max: 4096)
string NextTokenType

@length(min: 1, max: 20480)
string NonEmptyResourcePolicyType

@range(min: 1, max: 4096)
long PasswordLengthType

@error("client")
structure PreconditionNotMetException {
    Message: String
}

@error("client")
structure PublicPolicyException {
    Message: String
}

structure PutResourcePolicyRequest {
    @required
    SecretId: SecretIdType
    @required
    ResourcePolicy: NonEmptyResourcePolicyType
    BlockPublicPolicy: Boolean
}

structure PutResourcePolicyResponse {
    ARN: SecretARNType
    Name: NameType
}

structure PutSecretValueRequest {
    @required
    SecretId: SecretIdType
    @idempotencyToken
    ClientRequestToken: ClientRequestTokenType
    SecretBinary: SecretBinaryType
    SecretString: SecretStringType
    VersionStages: SecretVersionStagesType
}

structure PutSecretValueResponse {
    ARN: SecretARNType
    Name: SecretNameType
    VersionId: SecretVersionIdType
    VersionStages: SecretVersionStagesType
}

@length(min: 0, max: 4096)
@sensitive
string RandomPasswordType

@length(min: 1, max: 128)
@pattern("^([a-z]+-)+\\d+$")
string RegionType

structure ReplicaRegionType {
    Region: RegionType
    KmsKeyId: KmsKeyIdType
}

@error("client")
structure ResourceExistsException {
    Message: String
}

@error("client")
structure ResourceNotFoundException {
    Message: String
}

structure RestoreSecretRequest {
    @required
    SecretId: SecretIdType
}

structure RestoreSecretResponse {
    ARN: SecretARNType
    Name: SecretNameType
}

@length(min: 20, max: 2048)
string SecretARNType

@length(min: 1, max: 65536)
@sensitive
blob SecretBinaryType

@length(min: 1, max: 2048)
string SecretIdType

structure SecretListEntry {
    ARN: SecretARNType
    Name: SecretNameType
    Description: DescriptionType
    KmsKeyId: KmsKeyIdType
    RotationEnabled: Boolean
    LastChangedDate: Timestamp
    DeletedDate: Timestamp
    Tags: TagListType
    SecretVersionsToStages: SecretVersionsToStagesMapType
    CreatedDate: Timestamp
}

list SecretListType {
    member: SecretListEntry
}

@length(min: 1, max: 256)
string SecretNameType

@length(min: 1, max: 65536)
@sensitive
string SecretStringType

@length(min: 32, max: 64)
string SecretVersionIdType

@length(min: 1, max: 256)
string SecretVersionStageType

@length(min: 1, max: 20)
list SecretVersionStagesType {
    member: SecretVersionStageType
}

structure SecretVersionsListEntry {
    VersionId: SecretVersionIdType
    VersionStages: SecretVersionStagesType
    CreatedDate: Timestamp
}

list SecretVersionsListType {
    member: SecretVersionsListEntry
}

map SecretVersionsToStagesMapType {
    key: SecretVersionIdType
    value: SecretVersionStagesType
}

enum SortOrderType {
    asc
    desc
}

structure Tag {
    Key: TagKeyType
    Value: TagValueType
}

list TagKeyListType {
    member: TagKeyType
}

@length(min: 1, max: 128)
string TagKeyType

list TagListType {
    member: Tag
}

structure TagResourceRequest {
    @required
    SecretId: SecretIdType
    @required
    Tags: TagListType
}

@length(min: 0, max: 256)
string TagValueType

structure UntagResourceRequest {
    @required
    SecretId: SecretIdType
    @required
    TagKeys: TagKeyListType
}

structure UpdateSecretRequest {
    @required
    SecretId: SecretIdType
    @idempotencyToken
    ClientRequestToken: ClientRequestTokenType
    Description: DescriptionType
    KmsKeyId: KmsKeyIdType
    SecretBinary: SecretBinaryType
    SecretString: SecretStringType
}

structure UpdateSecretResponse {
    ARN: SecretARNType
    Name: SecretNameType
    VersionId: SecretVersionIdType
}

structure UpdateSecretVersionStageRequest {
    @required
    SecretId: SecretIdType
    @required
    VersionStage: SecretVersionStageType
    RemoveFromVersionId: SecretVersionIdType
    MoveToVersionId: SecretVersionIdType
}

structure UpdateSecretVersionStageResponse {
    ARN: SecretARNType
    Name: SecretNameType
}

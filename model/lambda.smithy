$version: "2.0"

namespace riposte.lambda

use aws.api#service
use aws.auth#sigv4
use aws.protocols#restJson1
use riposte#dataPlane
use riposte#iamAction
use riposte#iamPrefix
use riposte#iamResource

@service(sdkId: "Lambda", arnNamespace: "lambda", endpointPrefix: "lambda")
@sigv4(name: "lambda")
@restJson1
@iamPrefix("lambda")
service Lambda {
    version: "2015-03-31"
    operations: [
        AddPermission
        CreateAlias
        CreateEventSourceMapping
        CreateFunction
        DeleteAlias
        DeleteEventSourceMapping
        DeleteFunction
        DeleteFunctionConcurrency
        DeleteFunctionEventInvokeConfig
        GetAccountSettings
        GetAlias
        GetEventSourceMapping
        GetFunction
        GetFunctionConcurrency
        GetFunctionConfiguration
        GetFunctionEventInvokeConfig
        GetPolicy
        Invoke
        ListAliases
        ListEventSourceMappings
        ListFunctionEventInvokeConfigs
        ListFunctions
        ListTags
        ListVersionsByFunction
        PublishVersion
        PutFunctionConcurrency
        PutFunctionEventInvokeConfig
        RemovePermission
        TagResource
        UntagResource
        UpdateAlias
        UpdateEventSourceMapping
        UpdateFunctionCode
        UpdateFunctionConfiguration
        UpdateFunctionEventInvokeConfig
    ]
}

@http(method: "POST", uri: "/2015-03-31/functions/{FunctionName}/policy", code: 201)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation AddPermission {
    input: AddPermissionRequest
    output: AddPermissionResponse
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        PolicyLengthExceededException
        ResourceNotFoundException
        PreconditionFailedException
    ]
}

@idempotent
@http(method: "POST", uri: "/2015-03-31/functions/{FunctionName}/aliases", code: 201)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation CreateAlias {
    input: CreateAliasRequest
    output: AliasConfiguration
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "POST", uri: "/2015-03-31/event-source-mappings", code: 202)
operation CreateEventSourceMapping {
    input: CreateEventSourceMappingRequest
    output: EventSourceMappingConfiguration
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@idempotent
@http(method: "POST", uri: "/2015-03-31/functions", code: 201)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation CreateFunction {
    input: CreateFunctionRequest
    output: FunctionConfiguration
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
        CodeStorageExceededException
    ]
}

@idempotent
@http(method: "DELETE", uri: "/2015-03-31/functions/{FunctionName}/aliases/{Name}", code: 204)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation DeleteAlias {
    input: DeleteAliasRequest
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
    ]
}

@idempotent
@http(method: "DELETE", uri: "/2015-03-31/event-source-mappings/{UUID}", code: 202)
operation DeleteEventSourceMapping {
    input: DeleteEventSourceMappingRequest
    output: EventSourceMappingConfiguration
    errors: [
        InvalidParameterValueException
        ResourceInUseException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@idempotent
@http(method: "DELETE", uri: "/2015-03-31/functions/{FunctionName}", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation DeleteFunction {
    input: DeleteFunctionRequest
    output: DeleteFunctionResponse
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "DELETE", uri: "/2017-10-31/functions/{FunctionName}/concurrency", code: 204)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation DeleteFunctionConcurrency {
    input: DeleteFunctionConcurrencyRequest
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "DELETE", uri: "/2019-09-25/functions/{FunctionName}/event-invoke-config", code: 204)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation DeleteFunctionEventInvokeConfig {
    input: DeleteFunctionEventInvokeConfigRequest
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2016-08-19/account-settings", code: 200)
operation GetAccountSettings {
    input: GetAccountSettingsRequest
    output: GetAccountSettingsResponse
    errors: [
        ServiceException
        TooManyRequestsException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/functions/{FunctionName}/aliases/{Name}", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation GetAlias {
    input: GetAliasRequest
    output: AliasConfiguration
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/event-source-mappings/{UUID}", code: 200)
operation GetEventSourceMapping {
    input: GetEventSourceMappingRequest
    output: EventSourceMappingConfiguration
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/functions/{FunctionName}", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation GetFunction {
    input: GetFunctionRequest
    output: GetFunctionResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2019-09-30/functions/{FunctionName}/concurrency", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation GetFunctionConcurrency {
    input: GetFunctionConcurrencyRequest
    output: GetFunctionConcurrencyResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/functions/{FunctionName}/configuration", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation GetFunctionConfiguration {
    input: GetFunctionConfigurationRequest
    output: FunctionConfiguration
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2019-09-25/functions/{FunctionName}/event-invoke-config", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation GetFunctionEventInvokeConfig {
    input: GetFunctionEventInvokeConfigRequest
    output: FunctionEventInvokeConfig
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/functions/{FunctionName}/policy", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation GetPolicy {
    input: GetPolicyRequest
    output: GetPolicyResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "POST", uri: "/2015-03-31/functions/{FunctionName}/invocations", code: 200)
@iamAction("lambda:InvokeFunction")
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
@dataPlane
operation Invoke {
    input: InvocationRequest
    output: InvocationResponse
    errors: [
        ResourceNotReadyException
        TooManyRequestsException
        RequestTooLargeException
        UnsupportedMediaTypeException
        InvalidRuntimeException
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        ResourceNotFoundException
        InvalidRequestContentException
        InvalidZipFileException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/functions/{FunctionName}/aliases", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation ListAliases {
    input: ListAliasesRequest
    output: ListAliasesResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/event-source-mappings", code: 200)
operation ListEventSourceMappings {
    input: ListEventSourceMappingsRequest
    output: ListEventSourceMappingsResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation ListFunctionEventInvokeConfigs {
    input: ListFunctionEventInvokeConfigsRequest
    output: ListFunctionEventInvokeConfigsResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/functions", code: 200)
operation ListFunctions {
    input: ListFunctionsRequest
    output: ListFunctionsResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
    ]
}

@readonly
@http(method: "GET", uri: "/2017-03-31/tags/{Resource}", code: 200)
@iamResource(["{Resource}"])
operation ListTags {
    input: ListTagsRequest
    output: ListTagsResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/2015-03-31/functions/{FunctionName}/versions", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation ListVersionsByFunction {
    input: ListVersionsByFunctionRequest
    output: ListVersionsByFunctionResponse
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "POST", uri: "/2015-03-31/functions/{FunctionName}/versions", code: 201)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation PublishVersion {
    input: PublishVersionRequest
    output: FunctionConfiguration
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
        CodeStorageExceededException
        PreconditionFailedException
    ]
}

@http(method: "PUT", uri: "/2017-10-31/functions/{FunctionName}/concurrency", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation PutFunctionConcurrency {
    input: PutFunctionConcurrencyRequest
    output: Concurrency
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "PUT", uri: "/2019-09-25/functions/{FunctionName}/event-invoke-config", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation PutFunctionEventInvokeConfig {
    input: PutFunctionEventInvokeConfigRequest
    output: FunctionEventInvokeConfig
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "DELETE", uri: "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", code: 204)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation RemovePermission {
    input: RemovePermissionRequest
    errors: [
        InvalidParameterValueException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
        PreconditionFailedException
    ]
}

@http(method: "POST", uri: "/2017-03-31/tags/{Resource}", code: 204)
@iamResource(["{Resource}"])
operation TagResource {
    input: TagResourceRequest
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "DELETE", uri: "/2017-03-31/tags/{Resource}", code: 204)
@iamResource(["{Resource}"])
operation UntagResource {
    input: UntagResourceRequest
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "PUT", uri: "/2015-03-31/functions/{FunctionName}/aliases/{Name}", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation UpdateAlias {
    input: UpdateAliasRequest
    output: AliasConfiguration
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
        PreconditionFailedException
    ]
}

@http(method: "PUT", uri: "/2015-03-31/event-source-mappings/{UUID}", code: 202)
operation UpdateEventSourceMapping {
    input: UpdateEventSourceMappingRequest
    output: EventSourceMappingConfiguration
    errors: [
        InvalidParameterValueException
        ResourceInUseException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

@http(method: "PUT", uri: "/2015-03-31/functions/{FunctionName}/code", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation UpdateFunctionCode {
    input: UpdateFunctionCodeRequest
    output: FunctionConfiguration
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
        CodeStorageExceededException
        PreconditionFailedException
    ]
}

@http(method: "PUT", uri: "/2015-03-31/functions/{FunctionName}/configuration", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation UpdateFunctionConfiguration {
    input: UpdateFunctionConfigurationRequest
    output: FunctionConfiguration
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
        PreconditionFailedException
    ]
}

@http(method: "POST", uri: "/2019-09-25/functions/{FunctionName}/event-invoke-config", code: 200)
@iamResource(["arn:aws:lambda:{region}:{account}:function:{FunctionName}"])
operation UpdateFunctionEventInvokeConfig {
    input: UpdateFunctionEventInvokeConfigRequest
    output: FunctionEventInvokeConfig
    errors: [
        InvalidParameterValueException
        ResourceConflictException
        ServiceException
        TooManyRequestsException
        ResourceNotFoundException
    ]
}

structure AccountLimit {
    TotalCodeSize: Long
    CodeSizeUnzipped: Long
    CodeSizeZipped: Long
    ConcurrentExecutions: Integer
    UnreservedConcurrentExecutions: UnreservedConcurrentExecutions
}

structure AccountUsage {
    TotalCodeSize: Long
    FunctionCount: Long
}

@pattern("(lambda:[*]|lambda:[a-zA-Z]+|[*])")
string Action

structure AddPermissionRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @required
    StatementId: StatementId
    @required
    Action: Action
    @required
    Principal: Principal
    SourceArn: Arn
    SourceAccount: SourceOwner
    EventSourceToken: EventSourceToken
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
    RevisionId: String
    PrincipalOrgID: PrincipalOrgID
}

structure AddPermissionResponse {
    Statement: String
}

@length(min: 1, max: 1024)
@pattern("[0-9]+")
string AdditionalVersion

map AdditionalVersionWeights {
    key: AdditionalVersion
    value: Weight
}

@length(min: 1, max: 128)
@pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)")
string Alias

structure AliasConfiguration {
    AliasArn: FunctionArn
    Name: Alias
    FunctionVersion: Version
    Description: Description
    RoutingConfig: AliasRoutingConfiguration
    RevisionId: String
}

list AliasList {
    member: AliasConfiguration
}

structure AliasRoutingConfiguration {
    AdditionalVersionWeights: AdditionalVersionWeights
}

enum ApplicationLogLevel {
    TRACE
    DEBUG
    INFO
    WARN
    ERROR
    FATAL
}

enum Architecture {
    x86_64
    arm64
}

@length(min: 1, max: 1)
list ArchitecturesList {
    member: Architecture
}

@pattern("arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)")
string Arn

@range(min: 1, max: 10000)
integer BatchSize

@sensitive
blob Blob

@error("client")
@httpError(400)
structure CodeStorageExceededException {
    Type: String
    message: String
}

structure Concurrency {
    ReservedConcurrentExecutions: ReservedConcurrentExecutions
}

structure CreateAliasRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    @required
    Name: Alias
    @required
    FunctionVersion: VersionWithLatestPublished
    Description: Description
    RoutingConfig: AliasRoutingConfiguration
}

structure CreateEventSourceMappingRequest {
    EventSourceArn: Arn
    @required
    FunctionName: NamespacedFunctionName
    Enabled: Boolean
    BatchSize: BatchSize
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds
    Tags: Tags
    FunctionResponseTypes: FunctionResponseTypeList
    FilterCriteria: FilterCriteria
}

structure CreateFunctionRequest {
    @required
    FunctionName: FunctionName
    Runtime: Runtime
    @required
    Role: RoleArn
    Handler: Handler
    @required
    Code: FunctionCode
    Description: Description
    Timeout: Timeout
    MemorySize: MemorySize
    Publish: Boolean
    PackageType: PackageType
    DeadLetterConfig: DeadLetterConfig
    Environment: Environment
    TracingConfig: TracingConfig
    Tags: Tags
    Layers: LayerList
    Architectures: ArchitecturesList
    EphemeralStorage: EphemeralStorage
    LoggingConfig: LoggingConfig
}

structure DeadLetterConfig {
    TargetArn: ResourceArn
}

structure DeleteAliasRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    @required
    @httpLabel
    Name: Alias
}

structure DeleteEventSourceMappingRequest {
    @required
    @httpLabel
    UUID: String
}

structure DeleteFunctionConcurrencyRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
}

structure DeleteFunctionEventInvokeConfigRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
}

structure DeleteFunctionRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
}

structure DeleteFunctionResponse {
    @httpResponseCode
    StatusCode: Integer
}

@length(min: 0, max: 256)
string Description

@length(min: 0, max: 350)
@pattern("$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)")
string DestinationArn

structure DestinationConfig {
    OnSuccess: OnSuccess
    OnFailure: OnFailure
}

structure Environment {
    Variables: EnvironmentVariables
}

structure EnvironmentError {
    ErrorCode: String
    Message: SensitiveString
}

structure EnvironmentResponse {
    Variables: EnvironmentVariables
    Error: EnvironmentError
}

@pattern("[a-zA-Z]([a-zA-Z0-9_])+")
@sensitive
string EnvironmentVariableName

@sensitive
string EnvironmentVariableValue

@sensitive
map EnvironmentVariables {
    key: EnvironmentVariableName
    value: EnvironmentVariableValue
}

structure EphemeralStorage {
    @required
    Size: EphemeralStorageSize
}

@range(min: 512, max: 10240)
integer EphemeralStorageSize

@length(min: 85, max: 120)
@pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
string EventSourceMappingArn

structure EventSourceMappingConfiguration {
    UUID: String
    BatchSize: BatchSize
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds
    EventSourceArn: Arn
    FunctionArn: FunctionArn
    LastModified: Timestamp
    State: String
    StateTransitionReason: String
    FunctionResponseTypes: FunctionResponseTypeList
    EventSourceMappingArn: EventSourceMappingArn
}

list EventSourceMappingsList {
    member: EventSourceMappingConfiguration
}

@length(min: 0, max: 256)
@pattern("[a-zA-Z0-9._\\-]+")
string EventSourceToken

structure Filter {
    Pattern: String
}

structure FilterCriteria {
    Filters: FilterList
}

list FilterList {
    member: Filter
}

@length(min: 0, max: 10000)
@pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?")
string FunctionArn

structure FunctionCode {
    ZipFile: Blob
    S3Bucket: S3Bucket
    S3Key: S3Key
    S3ObjectVersion: S3ObjectVersion
    ImageUri: String
}

structure FunctionCodeLocation {
    RepositoryType: String
    Location: String
}

structure FunctionConfiguration {
    FunctionName: NamespacedFunctionName
    FunctionArn: NameSpacedFunctionArn
    Runtime: Runtime
    Role: RoleArn
    Handler: Handler
    CodeSize: Long
    Description: Description
    Timeout: Timeout
    MemorySize: MemorySize
    LastModified: String
    CodeSha256: String
    Version: Version
    DeadLetterConfig: DeadLetterConfig
    Environment: EnvironmentResponse
    TracingConfig: TracingConfigResponse
    RevisionId: String
    Layers: LayersReferenceList
    State: State
    StateReason: String
    StateReasonCode: StateReasonCode
    LastUpdateStatus: LastUpdateStatus
    LastUpdateStatusReason: String
    LastUpdateStatusReasonCode: LastUpdateStatusReasonCode
    PackageType: PackageType
    Architectures: ArchitecturesList
    EphemeralStorage: EphemeralStorage
    LoggingConfig: LoggingConfig
}

structure FunctionEventInvokeConfig {
    LastModified: Timestamp
    FunctionArn: FunctionArn
    MaximumRetryAttempts: MaximumRetryAttempts
    MaximumEventAgeInSeconds: MaximumEventAgeInSeconds
    DestinationConfig: DestinationConfig
}

list FunctionEventInvokeConfigList {
    member: FunctionEventInvokeConfig
}

list FunctionList {
    member: FunctionConfiguration
}

@length(min: 1, max: 140)
@pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?")
string FunctionName

enum FunctionResponseType {
    ReportBatchItemFailures
}

@length(min: 0, max: 1)
list FunctionResponseTypeList {
    member: FunctionResponseType
}

enum FunctionVersion {
    ALL
}

structure GetAccountSettingsRequest {
}

structure GetAccountSettingsResponse {
    AccountLimit: AccountLimit
    AccountUsage: AccountUsage
}

structure GetAliasRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    @required
    @httpLabel
    Name: Alias
}

structure GetEventSourceMappingRequest {
    @required
    @httpLabel
    UUID: String
}

structure GetFunctionConcurrencyRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
}

structure GetFunctionConcurrencyResponse {
    ReservedConcurrentExecutions: ReservedConcurrentExecutions
}

structure GetFunctionConfigurationRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
}

structure GetFunctionEventInvokeConfigRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
}

structure GetFunctionRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
}

structure GetFunctionResponse {
    Configuration: FunctionConfiguration
    Code: FunctionCodeLocation
    Tags: Tags
    Concurrency: Concurrency
}

structure GetPolicyRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
}

structure GetPolicyResponse {
    Policy: String
    RevisionId: String
}

@length(min: 0, max: 128)
@pattern("[^\\s]+")
string Handler

@error("client")
@httpError(400)
structure InvalidParameterValueException {
    Type: String
    message: String
}

@error("client")
@httpError(400)
structure InvalidRequestContentException {
    Type: String
    message: String
}

@error("server")
@httpError(502)
structure InvalidRuntimeException {
    Type: String
    Message: String
}

@error("server")
@httpError(502)
structure InvalidZipFileException {
    Type: String
    Message: String
}

structure InvocationRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpHeader("X-Amz-Invocation-Type")
    InvocationType: InvocationType
    @httpHeader("X-Amz-Log-Type")
    LogType: LogType
    @httpHeader("X-Amz-Client-Context")
    ClientContext: String
    @httpPayload
    Payload: Blob
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
}

structure InvocationResponse {
    @httpResponseCode
    StatusCode: Integer
    @httpHeader("X-Amz-Function-Error")
    FunctionError: String
    @httpHeader("X-Amz-Log-Result")
    LogResult: String
    @httpPayload
    Payload: Blob
    @httpHeader("X-Amz-Executed-Version")
    ExecutedVersion: Version
}

enum InvocationType {
    Event
    RequestResponse
    DryRun
}

enum LastUpdateStatus {
    Successful
    Failed
    InProgress
}

enum LastUpdateStatusReasonCode {
    EniLimitExceeded
    InsufficientRolePermissions
    InvalidConfiguration
    InternalError
    InvalidSubnet
    InvalidSecurityGroup
    ImageDeleted
    ImageAccessDenied
    InvalidImage
    InvalidStateKMSKey
    DisabledKMSKey
    InvalidRuntime
    InvalidZipFileException
    FunctionError
    VcpuLimitExceeded
    InsufficientCapacity
    FunctionError_InitTimeout = "FunctionError.InitTimeout"
    FunctionError_RuntimeInitError = "FunctionError.RuntimeInitError"
    FunctionError_ExtensionInitError = "FunctionError.ExtensionInitError"
    FunctionError_InvalidEntryPoint = "FunctionError.InvalidEntryPoint"
    FunctionError_InvalidWorkingDirectory = "FunctionError.InvalidWorkingDirectory"
    FunctionError_PermissionDenied = "FunctionError.PermissionDenied"
    FunctionError_TooManyExtensions = "FunctionError.TooManyExtensions"
    FunctionError_InitResourceExhausted = "FunctionError.InitResourceExhausted"
    DisallowedByVpcEncryptionControl
}

structure Layer {
    Arn: LayerVersionArn
    CodeSize: Long
    SigningProfileVersionArn: Arn
    SigningJobArn: Arn
}

list LayerList {
    member: LayerVersionArn
}

@length(min: 1, max: 140)
@pattern("arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+")
string LayerVersionArn

list LayersReferenceList {
    member: Layer
}

structure ListAliasesRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    @httpQuery("FunctionVersion")
    FunctionVersion: VersionWithLatestPublished
    @httpQuery("Marker")
    Marker: String
    @httpQuery("MaxItems")
    MaxItems: MaxListItems
}

structure ListAliasesResponse {
    NextMarker: String
    Aliases: AliasList
}

structure ListEventSourceMappingsRequest {
    @httpQuery("EventSourceArn")
    EventSourceArn: Arn
    @httpQuery("FunctionName")
    FunctionName: NamespacedFunctionName
    @httpQuery("Marker")
    Marker: String
    @httpQuery("MaxItems")
    MaxItems: MaxListItems
}

structure ListEventSourceMappingsResponse {
    NextMarker: String
    EventSourceMappings: EventSourceMappingsList
}

structure ListFunctionEventInvokeConfigsRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Marker")
    Marker: String
    @httpQuery("MaxItems")
    MaxItems: MaxFunctionEventInvokeConfigListItems
}

structure ListFunctionEventInvokeConfigsResponse {
    FunctionEventInvokeConfigs: FunctionEventInvokeConfigList
    NextMarker: String
}

structure ListFunctionsRequest {
    @httpQuery("MasterRegion")
    MasterRegion: MasterRegion
    @httpQuery("FunctionVersion")
    FunctionVersion: FunctionVersion
    @httpQuery("Marker")
    Marker: String
    @httpQuery("MaxItems")
    MaxItems: MaxListItems
}

structure ListFunctionsResponse {
    NextMarker: String
    Functions: FunctionList
}

structure ListTagsRequest {
    @required
    @httpLabel
    Resource: TaggableResource
}

structure ListTagsResponse {
    Tags: Tags
}

structure ListVersionsByFunctionRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Marker")
    Marker: String
    @httpQuery("MaxItems")
    MaxItems: MaxListItems
}

structure ListVersionsByFunctionResponse {
    NextMarker: String
    Versions: FunctionList
}

enum LogFormat {
    JSON
    Text
}

@length(min: 1, max: 512)
@pattern("[\\.\\-_/#A-Za-z0-9]+")
string LogGroup

enum LogType {
    None
    Tail
}

structure LoggingConfig {
    LogFormat: LogFormat
    ApplicationLogLevel: ApplicationLogLevel
    SystemLogLevel: SystemLogLevel
    LogGroup: LogGroup
}

@pattern("ALL|[a-z]{2}(-gov)?-[a-z]+-\\d{1}")
string MasterRegion

@range(min: 1, max: 50)
integer MaxFunctionEventInvokeConfigListItems

@range(min: 1, max: 10000)
integer MaxListItems

@range(min: 0, max: 300)
integer MaximumBatchingWindowInSeconds

@range(min: 60, max: 21600)
integer MaximumEventAgeInSeconds

@range(min: 0, max: 2)
integer MaximumRetryAttempts

@range(min: 128, max: 32768)
integer MemorySize

@length(min: 0, max: 10000)
@pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_\\.]+(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?")
string NameSpacedFunctionArn

@length(min: 1, max: 256)
@pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?")
string NamespacedFunctionName

@length(min: 1, max: 100)
@pattern("([a-zA-Z0-9-_.]+)")
string NamespacedStatementId

@length(min: 1, max: 128)
@pattern("\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+")
string NumericLatestPublishedOrAliasQualifier

structure OnFailure {
    Destination: DestinationArn
}

structure OnSuccess {
    Destination: DestinationArn
}

enum PackageType {
    Zip
    Image
}

@error("client")
@httpError(400)
structure PolicyLengthExceededException {
    Type: String
    message: String
}

@error("client")
@httpError(412)
structure PreconditionFailedException {
    Type: String
    message: String
}

@pattern("[^\\s]+")
string Principal

@length(min: 12, max: 34)
@pattern("o-[a-z0-9]{10,32}")
string PrincipalOrgID

structure PublishVersionRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    CodeSha256: String
    Description: Description
    RevisionId: String
}

structure PutFunctionConcurrencyRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    @required
    ReservedConcurrentExecutions: ReservedConcurrentExecutions
}

structure PutFunctionEventInvokeConfigRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
    MaximumRetryAttempts: MaximumRetryAttempts
    MaximumEventAgeInSeconds: MaximumEventAgeInSeconds
    DestinationConfig: DestinationConfig
}

structure RemovePermissionRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @required
    @httpLabel
    StatementId: NamespacedStatementId
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
    @httpQuery("RevisionId")
    RevisionId: String
}

@error("client")
@httpError(413)
structure RequestTooLargeException {
    Type: String
    message: String
}

@range(min: 0)
integer ReservedConcurrentExecutions

@pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()")
string ResourceArn

@error("client")
@httpError(409)
structure ResourceConflictException {
    Type: String
    message: String
}

@error("client")
@httpError(400)
structure ResourceInUseException {
    Type: String
    Message: String
}

@error("client")
@httpError(404)
structure ResourceNotFoundException {
    Type: String
    Message: String
}

@error("server")
@httpError(502)
structure ResourceNotReadyException {
    Type: String
    message: String
}

@pattern("arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+")
string RoleArn

enum Runtime {
    nodejs
    nodejs4_3 = "nodejs4.3"
    nodejs6_10 = "nodejs6.10"
    nodejs8_10 = "nodejs8.10"
    nodejs10_x = "nodejs10.x"
    nodejs12_x = "nodejs12.x"
    nodejs14_x = "nodejs14.x"
    nodejs16_x = "nodejs16.x"
    java8
    java8_al2 = "java8.al2"
    java11
    python2_7 = "python2.7"
    python3_6 = "python3.6"
    python3_7 = "python3.7"
    python3_8 = "python3.8"
    python3_9 = "python3.9"
    dotnetcore1_0 = "dotnetcore1.0"
    dotnetcore2_0 = "dotnetcore2.0"
    dotnetcore2_1 = "dotnetcore2.1"
    dotnetcore3_1 = "dotnetcore3.1"
    dotnet6
    dotnet8
    nodejs4_3_edge = "nodejs4.3-edge"
    go1_x = "go1.x"
    ruby2_5 = "ruby2.5"
    ruby2_7 = "ruby2.7"
    provided
    provided_al2 = "provided.al2"
    nodejs18_x = "nodejs18.x"
    python3_10 = "python3.10"
    java17
    ruby3_2 = "ruby3.2"
    ruby3_3 = "ruby3.3"
    ruby3_4 = "ruby3.4"
    python3_11 = "python3.11"
    nodejs20_x = "nodejs20.x"
    provided_al2023 = "provided.al2023"
    python3_12 = "python3.12"
    java21
    python3_13 = "python3.13"
    nodejs22_x = "nodejs22.x"
    nodejs24_x = "nodejs24.x"
    python3_14 = "python3.14"
    java25
    dotnet10
    ruby4_0 = "ruby4.0"
}

@length(min: 3, max: 63)
@pattern("[0-9A-Za-z\\.\\-_]*(?<!\\.)")
string S3Bucket

@length(min: 1, max: 1024)
string S3Key

@length(min: 1, max: 1024)
string S3ObjectVersion

@sensitive
string SensitiveString

@error("server")
@httpError(500)
structure ServiceException {
    Type: String
    Message: String
}

@length(min: 0, max: 12)
@pattern("\\d{12}")
string SourceOwner

enum State {
    Pending
    Active
    Inactive
    Failed
    Deactivating
    Deactivated
    ActiveNonInvocable
    Deleting
}

enum StateReasonCode {
    Idle
    Creating
    Restoring
    EniLimitExceeded
    InsufficientRolePermissions
    InvalidConfiguration
    InternalError
    InvalidSubnet
    InvalidSecurityGroup
    ImageDeleted
    ImageAccessDenied
    InvalidImage
    InvalidStateKMSKey
    DisabledKMSKey
    InvalidRuntime
    InvalidZipFileException
    FunctionError
    DrainingDurableExecutions
    VcpuLimitExceeded
    InsufficientCapacity
    FunctionError_InitTimeout = "FunctionError.InitTimeout"
    FunctionError_RuntimeInitError = "FunctionError.RuntimeInitError"
    FunctionError_ExtensionInitError = "FunctionError.ExtensionInitError"
    FunctionError_InvalidEntryPoint = "FunctionError.InvalidEntryPoint"
    FunctionError_InvalidWorkingDirectory = "FunctionError.InvalidWorkingDirectory"
    FunctionError_PermissionDenied = "FunctionError.PermissionDenied"
    FunctionError_TooManyExtensions = "FunctionError.TooManyExtensions"
    FunctionError_InitResourceExhausted = "FunctionError.InitResourceExhausted"
    DisallowedByVpcEncryptionControl
}

@length(min: 1, max: 100)
@pattern("([a-zA-Z0-9-_]+)")
string StatementId

enum SystemLogLevel {
    DEBUG
    INFO
    WARN
}

list TagKeyList {
    member: String
}

structure TagResourceRequest {
    @required
    @httpLabel
    Resource: TaggableResource
    @required
    Tags: Tags
}

@length(min: 1, max: 256)
@pattern("arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)")
string TaggableResource

map Tags {
    key: String
    value: String
}

enum ThrottleReason {
    ConcurrentInvocationLimitExceeded
    FunctionInvocationRateLimitExceeded
    ReservedFunctionConcurrentInvocationLimitExceeded
    ReservedFunctionInvocationRateLimitExceeded
    CallerRateLimitExceeded
    ConcurrentSnapshotCreateLimitExceeded
}

@range(min: 1, max: 900)
integer Timeout

@error("client")
@httpError(429)
structure TooManyRequestsException {
    @httpHeader("Retry-After")
    retryAfterSeconds: String
    Type: String
    message: String
    Reason: ThrottleReason
}

structure TracingConfig {
    Mode: TracingMode
}

structure TracingConfigResponse {
    Mode: TracingMode
}

enum TracingMode {
    Active
    PassThrough
}

@range(min: 0)
integer UnreservedConcurrentExecutions

@error("client")
@httpError(415)
structure UnsupportedMediaTypeException {
    Type: String
    message: String
}

structure UntagResourceRequest {
    @required
    @httpLabel
    Resource: TaggableResource
    @required
    @httpQuery("tagKeys")
    TagKeys: TagKeyList
}

structure UpdateAliasRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    @required
    @httpLabel
    Name: Alias
    FunctionVersion: VersionWithLatestPublished
    Description: Description
    RoutingConfig: AliasRoutingConfiguration
    RevisionId: String
}

structure UpdateEventSourceMappingRequest {
    @required
    @httpLabel
    UUID: String
    FunctionName: NamespacedFunctionName
    Enabled: Boolean
    BatchSize: BatchSize
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds
    FunctionResponseTypes: FunctionResponseTypeList
    FilterCriteria: FilterCriteria
}

structure UpdateFunctionCodeRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    ZipFile: Blob
    S3Bucket: S3Bucket
    S3Key: S3Key
    S3ObjectVersion: S3ObjectVersion
    ImageUri: String
    Publish: Boolean
    DryRun: Boolean
    RevisionId: String
    Architectures: ArchitecturesList
}

structure UpdateFunctionConfigurationRequest {
    @required
    @httpLabel
    FunctionName: FunctionName
    Role: RoleArn
    Handler: Handler
    Description: Description
    Timeout: Timeout
    MemorySize: MemorySize
    Environment: Environment
    Runtime: Runtime
    DeadLetterConfig: DeadLetterConfig
    TracingConfig: TracingConfig
    RevisionId: String
    Layers: LayerList
    EphemeralStorage: EphemeralStorage
    LoggingConfig: LoggingConfig
}

structure UpdateFunctionEventInvokeConfigRequest {
    @required
    @httpLabel
    FunctionName: NamespacedFunctionName
    @httpQuery("Qualifier")
    Qualifier: NumericLatestPublishedOrAliasQualifier
    MaximumRetryAttempts: MaximumRetryAttempts
    MaximumEventAgeInSeconds: MaximumEventAgeInSeconds
    DestinationConfig: DestinationConfig
}

@length(min: 1, max: 1024)
@pattern("(\\$LATEST|[0-9]+)")
string Version

@length(min: 1, max: 1024)
@pattern("(\\$LATEST(\\.PUBLISHED)?|[0-9]+)")
string VersionWithLatestPublished

@range(min: 0.0, max: 1.0)
double Weight

$version: "2.0"

namespace riposte.ssm

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_1
use riposte#aliases
use riposte#iamPrefix
use riposte#iamResource
use riposte#targetPrefix

@service(sdkId: "SSM", arnNamespace: "ssm", endpointPrefix: "ssm")
@sigv4(name: "ssm")
@awsJson1_1
@iamPrefix("ssm")
@aliases(["simplesystemsmanagement", "systems-manager"])
@targetPrefix("AmazonSSM")
service AmazonSSM {
    version: "2014-11-06"
    operations: [
        AddTagsToResource
        CreateDocument
        DeleteDocument
        DeleteParameter
        DeleteParameters
        DescribeAutomationExecutions
        DescribeAutomationStepExecutions
        DescribeDocument
        DescribeDocumentPermission
        DescribeInstanceInformation
        DescribeParameters
        GetAutomationExecution
        GetCalendarState
        GetDocument
        GetExecutionPreview
        GetParameter
        GetParameterHistory
        GetParameters
        GetParametersByPath
        GetServiceSetting
        LabelParameterVersion
        ListCommandInvocations
        ListCommands
        ListComplianceItems
        ListComplianceSummaries
        ListDocumentVersions
        ListDocuments
        ListResourceComplianceSummaries
        ListTagsForResource
        ModifyDocumentPermission
        PutComplianceItems
        PutParameter
        RemoveTagsFromResource
        ResetServiceSetting
        SendAutomationSignal
        SendCommand
        StartAutomationExecution
        StartExecutionPreview
        StopAutomationExecution
        UnlabelParameterVersion
        UpdateDocument
        UpdateDocumentDefaultVersion
        UpdateServiceSetting
    ]
}

operation AddTagsToResource {
    input: AddTagsToResourceRequest
    output: AddTagsToResourceResult
    errors: [
        InvalidResourceType
        InvalidResourceId
        InternalServerError
        TooManyTagsError
        TooManyUpdates
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation CreateDocument {
    input: CreateDocumentRequest
    output: CreateDocumentResult
    errors: [
        DocumentAlreadyExists
        MaxDocumentSizeExceeded
        InternalServerError
        InvalidDocumentContent
        DocumentLimitExceeded
        InvalidDocumentSchemaVersion
        TooManyUpdates
        NoLongerSupportedException
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation DeleteDocument {
    input: DeleteDocumentRequest
    output: DeleteDocumentResult
    errors: [
        InternalServerError
        InvalidDocument
        InvalidDocumentOperation
        AssociatedInstances
        TooManyUpdates
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:parameter{/Name}"])
operation DeleteParameter {
    input: DeleteParameterRequest
    output: DeleteParameterResult
    errors: [
        InternalServerError
        ParameterNotFound
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:parameter{/Names[]}"])
operation DeleteParameters {
    input: DeleteParametersRequest
    output: DeleteParametersResult
    errors: [
        InternalServerError
    ]
}

@readonly
operation DescribeAutomationExecutions {
    input: DescribeAutomationExecutionsRequest
    output: DescribeAutomationExecutionsResult
    errors: [
        InvalidFilterKey
        InvalidFilterValue
        InvalidNextToken
        InternalServerError
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:automation-execution/{AutomationExecutionId}"])
operation DescribeAutomationStepExecutions {
    input: DescribeAutomationStepExecutionsRequest
    output: DescribeAutomationStepExecutionsResult
    errors: [
        AutomationExecutionNotFoundException
        InvalidNextToken
        InvalidFilterKey
        InvalidFilterValue
        InternalServerError
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation DescribeDocument {
    input: DescribeDocumentRequest
    output: DescribeDocumentResult
    errors: [
        InternalServerError
        InvalidDocument
        InvalidDocumentVersion
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation DescribeDocumentPermission {
    input: DescribeDocumentPermissionRequest
    output: DescribeDocumentPermissionResponse
    errors: [
        InternalServerError
        InvalidDocument
        InvalidNextToken
        InvalidPermissionType
        InvalidDocumentOperation
    ]
}

@readonly
operation DescribeInstanceInformation {
    input: DescribeInstanceInformationRequest
    output: DescribeInstanceInformationResult
    errors: [
        InternalServerError
        InvalidInstanceId
        InvalidNextToken
        InvalidInstanceInformationFilterValue
        InvalidFilterKey
    ]
}

@readonly
operation DescribeParameters {
    input: DescribeParametersRequest
    output: DescribeParametersResult
    errors: [
        InternalServerError
        InvalidFilterKey
        InvalidFilterOption
        InvalidFilterValue
        InvalidNextToken
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:automation-execution/{AutomationExecutionId}"])
operation GetAutomationExecution {
    input: GetAutomationExecutionRequest
    output: GetAutomationExecutionResult
    errors: [
        AutomationExecutionNotFoundException
        InternalServerError
    ]
}

@readonly
operation GetCalendarState {
    input: GetCalendarStateRequest
    output: GetCalendarStateResponse
    errors: [
        InternalServerError
        InvalidDocument
        InvalidDocumentType
        UnsupportedCalendarException
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation GetDocument {
    input: GetDocumentRequest
    output: GetDocumentResult
    errors: [
        InternalServerError
        InvalidDocument
        InvalidDocumentVersion
    ]
}

@readonly
operation GetExecutionPreview {
    input: GetExecutionPreviewRequest
    output: GetExecutionPreviewResponse
    errors: [
        InternalServerError
        ResourceNotFoundException
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:parameter{/Name}"])
operation GetParameter {
    input: GetParameterRequest
    output: GetParameterResult
    errors: [
        InternalServerError
        InvalidKeyId
        ParameterNotFound
        ParameterVersionNotFound
    ]
}

@readonly
operation GetParameterHistory {
    input: GetParameterHistoryRequest
    output: GetParameterHistoryResult
    errors: [
        InternalServerError
        ParameterNotFound
        InvalidNextToken
        InvalidKeyId
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:parameter{/Names[]}"])
operation GetParameters {
    input: GetParametersRequest
    output: GetParametersResult
    errors: [
        InvalidKeyId
        InternalServerError
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:parameter{/Path}"])
operation GetParametersByPath {
    input: GetParametersByPathRequest
    output: GetParametersByPathResult
    errors: [
        InternalServerError
        InvalidFilterKey
        InvalidFilterOption
        InvalidFilterValue
        InvalidKeyId
        InvalidNextToken
    ]
}

@readonly
operation GetServiceSetting {
    input: GetServiceSettingRequest
    output: GetServiceSettingResult
    errors: [
        InternalServerError
        ServiceSettingNotFound
    ]
}

operation LabelParameterVersion {
    input: LabelParameterVersionRequest
    output: LabelParameterVersionResult
    errors: [
        InternalServerError
        TooManyUpdates
        ParameterNotFound
        ParameterVersionNotFound
        ParameterVersionLabelLimitExceeded
    ]
}

@readonly
operation ListCommandInvocations {
    input: ListCommandInvocationsRequest
    output: ListCommandInvocationsResult
    errors: [
        InternalServerError
        InvalidCommandId
        InvalidInstanceId
        InvalidFilterKey
        InvalidNextToken
    ]
}

@readonly
operation ListCommands {
    input: ListCommandsRequest
    output: ListCommandsResult
    errors: [
        InternalServerError
        InvalidCommandId
        InvalidInstanceId
        InvalidFilterKey
        InvalidNextToken
    ]
}

@readonly
operation ListComplianceItems {
    input: ListComplianceItemsRequest
    output: ListComplianceItemsResult
    errors: [
        InvalidResourceType
        InvalidResourceId
        InternalServerError
        InvalidFilter
        InvalidNextToken
    ]
}

@readonly
operation ListComplianceSummaries {
    input: ListComplianceSummariesRequest
    output: ListComplianceSummariesResult
    errors: [
        InvalidFilter
        InvalidNextToken
        InternalServerError
    ]
}

@readonly
@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation ListDocumentVersions {
    input: ListDocumentVersionsRequest
    output: ListDocumentVersionsResult
    errors: [
        InternalServerError
        InvalidNextToken
        InvalidDocument
    ]
}

@readonly
operation ListDocuments {
    input: ListDocumentsRequest
    output: ListDocumentsResult
    errors: [
        InternalServerError
        InvalidNextToken
        InvalidFilterKey
    ]
}

@readonly
operation ListResourceComplianceSummaries {
    input: ListResourceComplianceSummariesRequest
    output: ListResourceComplianceSummariesResult
    errors: [
        InvalidFilter
        InvalidNextToken
        InternalServerError
    ]
}

@readonly
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResult
    errors: [
        InvalidResourceType
        InvalidResourceId
        InternalServerError
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation ModifyDocumentPermission {
    input: ModifyDocumentPermissionRequest
    output: ModifyDocumentPermissionResponse
    errors: [
        InternalServerError
        InvalidDocument
        InvalidPermissionType
        DocumentPermissionLimit
        DocumentLimitExceeded
    ]
}

operation PutComplianceItems {
    input: PutComplianceItemsRequest
    output: PutComplianceItemsResult
    errors: [
        InternalServerError
        InvalidItemContentException
        TotalSizeLimitExceededException
        ItemSizeLimitExceededException
        ComplianceTypeCountLimitExceededException
        InvalidResourceType
        InvalidResourceId
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:parameter{/Name}"])
operation PutParameter {
    input: PutParameterRequest
    output: PutParameterResult
    errors: [
        InternalServerError
        InvalidKeyId
        ParameterLimitExceeded
        TooManyUpdates
        ParameterAlreadyExists
        HierarchyLevelLimitExceededException
        HierarchyTypeMismatchException
        InvalidAllowedPatternException
        ParameterMaxVersionLimitExceeded
        ParameterPatternMismatchException
        UnsupportedParameterType
        PoliciesLimitExceededException
        InvalidPolicyTypeException
        InvalidPolicyAttributeException
        IncompatiblePolicyException
    ]
}

operation RemoveTagsFromResource {
    input: RemoveTagsFromResourceRequest
    output: RemoveTagsFromResourceResult
    errors: [
        InvalidResourceType
        InvalidResourceId
        InternalServerError
        TooManyUpdates
    ]
}

operation ResetServiceSetting {
    input: ResetServiceSettingRequest
    output: ResetServiceSettingResult
    errors: [
        InternalServerError
        ServiceSettingNotFound
        TooManyUpdates
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:automation-execution/{AutomationExecutionId}"])
operation SendAutomationSignal {
    input: SendAutomationSignalRequest
    output: SendAutomationSignalResult
    errors: [
        AutomationExecutionNotFoundException
        AutomationStepNotFoundException
        InvalidAutomationSignalException
        InternalServerError
    ]
}

operation SendCommand {
    input: SendCommandRequest
    output: SendCommandResult
    errors: [
        DuplicateInstanceId
        InternalServerError
        InvalidInstanceId
        InvalidDocument
        InvalidDocumentVersion
        InvalidOutputFolder
        InvalidParameters
        UnsupportedPlatformType
        MaxDocumentSizeExceeded
        InvalidRole
        InvalidNotificationConfig
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:automation-definition/{DocumentName}:{DocumentVersion|$DEFAULT}"])
operation StartAutomationExecution {
    input: StartAutomationExecutionRequest
    output: StartAutomationExecutionResult
    errors: [
        AutomationDefinitionNotFoundException
        InvalidAutomationExecutionParametersException
        AutomationExecutionLimitExceededException
        AutomationDefinitionVersionNotFoundException
        IdempotentParameterMismatch
        InvalidTarget
        InternalServerError
    ]
}

operation StartExecutionPreview {
    input: StartExecutionPreviewRequest
    output: StartExecutionPreviewResponse
    errors: [
        InternalServerError
        ValidationException
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:automation-execution/{AutomationExecutionId}"])
operation StopAutomationExecution {
    input: StopAutomationExecutionRequest
    output: StopAutomationExecutionResult
    errors: [
        AutomationExecutionNotFoundException
        InvalidAutomationStatusUpdateException
        InternalServerError
    ]
}

operation UnlabelParameterVersion {
    input: UnlabelParameterVersionRequest
    output: UnlabelParameterVersionResult
    errors: [
        InternalServerError
        TooManyUpdates
        ParameterNotFound
        ParameterVersionNotFound
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation UpdateDocument {
    input: UpdateDocumentRequest
    output: UpdateDocumentResult
    errors: [
        MaxDocumentSizeExceeded
        DocumentVersionLimitExceeded
        InternalServerError
        DuplicateDocumentContent
        DuplicateDocumentVersionName
        InvalidDocumentContent
        InvalidDocumentVersion
        InvalidDocumentSchemaVersion
        InvalidDocument
        InvalidDocumentOperation
    ]
}

@iamResource(["arn:aws:ssm:{region}:{account}:document/{Name}"])
operation UpdateDocumentDefaultVersion {
    input: UpdateDocumentDefaultVersionRequest
    output: UpdateDocumentDefaultVersionResult
    errors: [
        InternalServerError
        InvalidDocument
        InvalidDocumentVersion
        InvalidDocumentSchemaVersion
    ]
}

operation UpdateServiceSetting {
    input: UpdateServiceSettingRequest
    output: UpdateServiceSettingResult
    errors: [
        InternalServerError
        ServiceSettingNotFound
        TooManyUpdates
    ]
}

@pattern("(?i)all|[0-9]{12}")
string AccountId

@length(max: 20)
list AccountIdList {
    member: AccountId
}

structure AccountSharingInfo {
    AccountId: AccountId
    SharedDocumentVersion: SharedDocumentVersion
}

list AccountSharingInfoList {
    member: AccountSharingInfo
}

@length(min: 1, max: 50)
list Accounts {
    member: String
}

@pattern("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
string ActivationId

structure AddTagsToResourceRequest {
    @required
    ResourceType: ResourceTypeForTagging
    @required
    ResourceId: String
    @required
    Tags: TagList
}

structure AddTagsToResourceResult {
}

structure Alarm {
    @required
    Name: AlarmName
}

structure AlarmConfiguration {
    IgnorePollAlarmFailure: Boolean
    @required
    Alarms: AlarmList
}

@length(min: 1, max: 1)
list AlarmList {
    member: Alarm
}

@length(min: 1, max: 255)
@pattern("^(?!\\s*$).+")
string AlarmName

structure AlarmStateInformation {
    @required
    Name: AlarmName
    @required
    State: ExternalAlarmState
}

@length(min: 1, max: 1)
list AlarmStateInformationList {
    member: AlarmStateInformation
}

@length(min: 0, max: 1024)
string AllowedPattern

@error("client")
structure AssociatedInstances {
}

structure AttachmentContent {
    Name: AttachmentName
    Size: Long
    Hash: AttachmentHash
    HashType: AttachmentHashType
    Url: String
}

list AttachmentContentList {
    member: AttachmentContent
}

@length(max: 256)
string AttachmentHash

enum AttachmentHashType {
    Sha256
}

@pattern("^[a-zA-Z0-9_\\-.]{3,128}$")
string AttachmentIdentifier

structure AttachmentInformation {
    Name: AttachmentName
}

list AttachmentInformationList {
    member: AttachmentInformation
}

@pattern("^[a-zA-Z0-9_\\-.]{3,128}$")
string AttachmentName

structure AttachmentsSource {
    Key: AttachmentsSourceKey
    Values: AttachmentsSourceValues
    Name: AttachmentIdentifier
}

enum AttachmentsSourceKey {
    SourceUrl
    S3FileUrl
    AttachmentReference
}

@length(min: 0, max: 20)
list AttachmentsSourceList {
    member: AttachmentsSource
}

@length(min: 1, max: 1024)
string AttachmentsSourceValue

@length(min: 1, max: 1)
list AttachmentsSourceValues {
    member: AttachmentsSourceValue
}

@length(min: 1, max: 64)
string AttributeName

@length(min: 0, max: 4096)
string AttributeValue

@pattern("^aws:[a-zA-Z]{3,25}$")
string AutomationActionName

@error("client")
structure AutomationDefinitionNotFoundException {
    Message: String
}

@error("client")
structure AutomationDefinitionVersionNotFoundException {
    Message: String
}

structure AutomationExecution {
    AutomationExecutionId: AutomationExecutionId
    DocumentName: DocumentName
    DocumentVersion: DocumentVersion
    ExecutionStartTime: Timestamp
    ExecutionEndTime: Timestamp
    AutomationExecutionStatus: AutomationExecutionStatus
    StepExecutions: StepExecutionList
    StepExecutionsTruncated: Boolean
    Parameters: AutomationParameterMap
    Outputs: AutomationParameterMap
    FailureMessage: String
    Mode: ExecutionMode
    ParentAutomationExecutionId: AutomationExecutionId
    ExecutedBy: String
    CurrentStepName: String
    CurrentAction: String
    TargetParameterName: AutomationParameterKey
    Targets: Targets
    TargetMaps: TargetMaps
    ResolvedTargets: ResolvedTargets
    MaxConcurrency: MaxConcurrency
    MaxErrors: MaxErrors
    Target: String
    TargetLocations: TargetLocations
    ProgressCounters: ProgressCounters
    AlarmConfiguration: AlarmConfiguration
    TriggeredAlarms: AlarmStateInformationList
    TargetLocationsURL: TargetLocationsURL
    AutomationSubtype: AutomationSubtype
    ScheduledTime: Timestamp
    Runbooks: Runbooks
    OpsItemId: String
    AssociationId: String
    ChangeRequestName: ChangeRequestName
    Variables: AutomationParameterMap
}

structure AutomationExecutionFilter {
    @required
    Key: AutomationExecutionFilterKey
    @required
    Values: AutomationExecutionFilterValueList
}

enum AutomationExecutionFilterKey {
    DocumentNamePrefix
    ExecutionStatus
    ExecutionId
    ParentExecutionId
    CurrentAction
    StartTimeBefore
    StartTimeAfter
    AutomationType
    TagKey
    TargetResourceGroup
    AutomationSubtype
    OpsItemId
}

@length(min: 1, max: 10)
list AutomationExecutionFilterList {
    member: AutomationExecutionFilter
}

@length(min: 1, max: 150)
string AutomationExecutionFilterValue

@length(min: 1, max: 10)
list AutomationExecutionFilterValueList {
    member: AutomationExecutionFilterValue
}

@length(min: 36, max: 36)
string AutomationExecutionId

structure AutomationExecutionInputs {
    Parameters: AutomationParameterMap
    TargetParameterName: AutomationParameterKey
    Targets: Targets
    TargetMaps: TargetMaps
    TargetLocations: TargetLocations
    TargetLocationsURL: TargetLocationsURL
}

@error("client")
structure AutomationExecutionLimitExceededException {
    Message: String
}

structure AutomationExecutionMetadata {
    AutomationExecutionId: AutomationExecutionId
    DocumentName: DocumentName
    DocumentVersion: DocumentVersion
    AutomationExecutionStatus: AutomationExecutionStatus
    ExecutionStartTime: Timestamp
    ExecutionEndTime: Timestamp
    ExecutedBy: String
    LogFile: String
    Outputs: AutomationParameterMap
    Mode: ExecutionMode
    ParentAutomationExecutionId: AutomationExecutionId
    CurrentStepName: String
    CurrentAction: String
    FailureMessage: String
    TargetParameterName: AutomationParameterKey
    Targets: Targets
    TargetMaps: TargetMaps
    ResolvedTargets: ResolvedTargets
    MaxConcurrency: MaxConcurrency
    MaxErrors: MaxErrors
    Target: String
    AutomationType: AutomationType
    AlarmConfiguration: AlarmConfiguration
    TriggeredAlarms: AlarmStateInformationList
    TargetLocationsURL: TargetLocationsURL
    AutomationSubtype: AutomationSubtype
    ScheduledTime: Timestamp
    Runbooks: Runbooks
    OpsItemId: String
    AssociationId: String
    ChangeRequestName: ChangeRequestName
}

list AutomationExecutionMetadataList {
    member: AutomationExecutionMetadata
}

@error("client")
structure AutomationExecutionNotFoundException {
    Message: String
}

structure AutomationExecutionPreview {
    StepPreviews: StepPreviewMap
    Regions: RegionList
    TargetPreviews: TargetPreviewList
    TotalAccounts: Integer
}

enum AutomationExecutionStatus {
    Pending
    InProgress
    Waiting
    Success
    TimedOut
    Cancelling
    Cancelled
    Failed
    PendingApproval
    Approved
    Rejected
    Scheduled
    RunbookInProgress
    PendingChangeCalendarOverride
    ChangeCalendarOverrideApproved
    ChangeCalendarOverrideRejected
    CompletedWithSuccess
    CompletedWithFailure
    Exited
}

@length(min: 1, max: 50)
string AutomationParameterKey

@length(min: 1, max: 200)
map AutomationParameterMap {
    key: AutomationParameterKey
    value: AutomationParameterValueList
}

string AutomationParameterValue

@length(min: 0, max: 50)
list AutomationParameterValueList {
    member: AutomationParameterValue
}

@error("client")
structure AutomationStepNotFoundException {
    Message: String
}

enum AutomationSubtype {
    ChangeRequest
    AccessRequest
}

enum AutomationType {
    CrossAccount
    Local
}

list CalendarNameOrARNList {
    member: String
}

enum CalendarState {
    OPEN
    CLOSED
}

@length(max: 128)
string Category

@length(min: 0, max: 3)
list CategoryEnumList {
    member: Category
}

@length(min: 0, max: 3)
list CategoryList {
    member: Category
}

@length(min: 1, max: 1024)
string ChangeRequestName

@length(min: 1, max: 512)
string CloudWatchLogGroupName

structure CloudWatchOutputConfig {
    CloudWatchLogGroupName: CloudWatchLogGroupName
    CloudWatchOutputEnabled: Boolean
}

structure Command {
    CommandId: CommandId
    DocumentName: DocumentName
    DocumentVersion: DocumentVersion
    Comment: Comment
    ExpiresAfter: Timestamp
    Parameters: Parameters
    InstanceIds: InstanceIdList
    Targets: Targets
    RequestedDateTime: Timestamp
    Status: CommandStatus
    StatusDetails: StatusDetails
    OutputS3Region: S3Region
    OutputS3BucketName: S3BucketName
    OutputS3KeyPrefix: S3KeyPrefix
    MaxConcurrency: MaxConcurrency
    MaxErrors: MaxErrors
    TargetCount: Integer
    CompletedCount: Integer
    ErrorCount: Integer
    DeliveryTimedOutCount: Integer
    ServiceRole: String
    NotificationConfig: NotificationConfig
    CloudWatchOutputConfig: CloudWatchOutputConfig
    TimeoutSeconds: TimeoutSeconds
    AlarmConfiguration: AlarmConfiguration
    TriggeredAlarms: AlarmStateInformationList
}

structure CommandFilter {
    @required
    key: CommandFilterKey
    @required
    value: CommandFilterValue
}

enum CommandFilterKey {
    InvokedAfter
    InvokedBefore
    Status
    ExecutionStage
    DocumentName
}

@length(min: 1, max: 5)
list CommandFilterList {
    member: CommandFilter
}

@length(min: 1, max: 128)
string CommandFilterValue

@length(min: 36, max: 36)
string CommandId

structure CommandInvocation {
    CommandId: CommandId
    InstanceId: InstanceId
    InstanceName: InstanceTagName
    Comment: Comment
    DocumentName: DocumentName
    DocumentVersion: DocumentVersion
    RequestedDateTime: Timestamp
    Status: CommandInvocationStatus
    StatusDetails: StatusDetails
    TraceOutput: InvocationTraceOutput
    StandardOutputUrl: String
    StandardErrorUrl: String
    CommandPlugins: CommandPluginList
    ServiceRole: String
    NotificationConfig: NotificationConfig
    CloudWatchOutputConfig: CloudWatchOutputConfig
}

list CommandInvocationList {
    member: CommandInvocation
}

enum CommandInvocationStatus {
    Pending
    InProgress
    Delayed
    Success
    Cancelled
    TimedOut
    Failed
    Cancelling
}

list CommandList {
    member: Command
}

@range(min: 1, max: 50)
integer CommandMaxResults

structure CommandPlugin {
    Name: CommandPluginName
    Status: CommandPluginStatus
    StatusDetails: StatusDetails
    ResponseCode: Integer
    ResponseStartDateTime: Timestamp
    ResponseFinishDateTime: Timestamp
    Output: CommandPluginOutput
    StandardOutputUrl: String
    StandardErrorUrl: String
    OutputS3Region: S3Region
    OutputS3BucketName: S3BucketName
    OutputS3KeyPrefix: S3KeyPrefix
}

list CommandPluginList {
    member: CommandPlugin
}

@length(min: 4)
string CommandPluginName

@length(max: 2500)
string CommandPluginOutput

enum CommandPluginStatus {
    Pending
    InProgress
    Success
    TimedOut
    Cancelled
    Failed
}

enum CommandStatus {
    Pending
    InProgress
    Success
    Cancelled
    Failed
    TimedOut
    Cancelling
}

@length(max: 100)
string Comment

@length(max: 100)
string ComplianceExecutionId

structure ComplianceExecutionSummary {
    @required
    ExecutionTime: Timestamp
    ExecutionId: ComplianceExecutionId
    ExecutionType: ComplianceExecutionType
}

@length(max: 50)
string ComplianceExecutionType

structure ComplianceItem {
    ComplianceType: ComplianceTypeName
    ResourceType: ComplianceResourceType
    ResourceId: ComplianceResourceId
    Id: String
    Title: ComplianceItemTitle
    Status: ComplianceStatus
    Severity: ComplianceSeverity
    ExecutionSummary: ComplianceExecutionSummary
    Details: ComplianceItemDetails
}

@length(max: 256)
string ComplianceItemContentHash

map ComplianceItemDetails {
    key: AttributeName
    value: AttributeValue
}

structure ComplianceItemEntry {
    Id: String
    Title: ComplianceItemTitle
    @required
    Severity: ComplianceSeverity
    @required
    Status: ComplianceStatus
    Details: ComplianceItemDetails
}

@length(min: 0, max: 10000)
list ComplianceItemEntryList {
    member: ComplianceItemEntry
}

list ComplianceItemList {
    member: ComplianceItem
}

@length(max: 500)
string ComplianceItemTitle

enum ComplianceQueryOperatorType {
    EQUAL
    NOT_EQUAL
    BEGIN_WITH
    LESS_THAN
    GREATER_THAN
}

@length(min: 1, max: 100)
string ComplianceResourceId

@length(min: 1)
list ComplianceResourceIdList {
    member: ComplianceResourceId
}

@length(min: 1, max: 50)
string ComplianceResourceType

@length(min: 1)
list ComplianceResourceTypeList {
    member: ComplianceResourceType
}

enum ComplianceSeverity {
    CRITICAL
    HIGH
    MEDIUM
    LOW
    INFORMATIONAL
    UNSPECIFIED
}

enum ComplianceStatus {
    COMPLIANT
    NON_COMPLIANT
}

structure ComplianceStringFilter {
    Key: ComplianceStringFilterKey
    Values: ComplianceStringFilterValueList
    Type: ComplianceQueryOperatorType
}

@length(min: 1, max: 200)
string ComplianceStringFilterKey

list ComplianceStringFilterList {
    member: ComplianceStringFilter
}

@length(min: 1, max: 20)
list ComplianceStringFilterValueList {
    member: String
}

structure ComplianceSummaryItem {
    ComplianceType: ComplianceTypeName
    CompliantSummary: CompliantSummary
    NonCompliantSummary: NonCompliantSummary
}

list ComplianceSummaryItemList {
    member: ComplianceSummaryItem
}

@error("client")
structure ComplianceTypeCountLimitExceededException {
    Message: String
}

@length(min: 1, max: 100)
@pattern("[A-Za-z0-9_\\-]\\w+|Custom:[a-zA-Z0-9_\\-]\\w+")
string ComplianceTypeName

enum ComplianceUploadType {
    COMPLETE
    PARTIAL
}

structure CompliantSummary {
    CompliantCount: Integer
    SeveritySummary: SeveritySummary
}

@length(min: 1, max: 255)
string ComputerName

structure CreateDocumentRequest {
    @required
    Content: DocumentContent
    Requires: DocumentRequiresList
    Attachments: AttachmentsSourceList
    @required
    Name: DocumentName
    DisplayName: DocumentDisplayName
    VersionName: DocumentVersionName
    DocumentType: DocumentType
    DocumentFormat: DocumentFormat
    TargetType: TargetType
    Tags: TagList
}

structure CreateDocumentResult {
    DocumentDescription: DocumentDescription
}

structure DeleteDocumentRequest {
    @required
    Name: DocumentName
    DocumentVersion: DocumentVersion
    VersionName: DocumentVersionName
    Force: Boolean
}

structure DeleteDocumentResult {
}

structure DeleteParameterRequest {
    @required
    Name: PSParameterName
}

structure DeleteParameterResult {
}

structure DeleteParametersRequest {
    @required
    Names: ParameterNameList
}

structure DeleteParametersResult {
    DeletedParameters: ParameterNameList
    InvalidParameters: ParameterNameList
}

structure DescribeAutomationExecutionsRequest {
    Filters: AutomationExecutionFilterList
    MaxResults: MaxResults
    NextToken: String
}

structure DescribeAutomationExecutionsResult {
    AutomationExecutionMetadataList: AutomationExecutionMetadataList
    NextToken: String
}

structure DescribeAutomationStepExecutionsRequest {
    @required
    AutomationExecutionId: AutomationExecutionId
    Filters: StepExecutionFilterList
    NextToken: String
    MaxResults: MaxResults
    ReverseOrder: Boolean
}

structure DescribeAutomationStepExecutionsResult {
    StepExecutions: StepExecutionList
    NextToken: String
}

structure DescribeDocumentPermissionRequest {
    @required
    Name: DocumentName
    @required
    PermissionType: DocumentPermissionType
    MaxResults: DocumentPermissionMaxResults
    NextToken: String
}

structure DescribeDocumentPermissionResponse {
    AccountIds: AccountIdList
    AccountSharingInfoList: AccountSharingInfoList
    NextToken: String
}

structure DescribeDocumentRequest {
    @required
    Name: DocumentARN
    DocumentVersion: DocumentVersion
    VersionName: DocumentVersionName
}

structure DescribeDocumentResult {
    Document: DocumentDescription
}

structure DescribeInstanceInformationRequest {
    InstanceInformationFilterList: InstanceInformationFilterList
    Filters: InstanceInformationStringFilterList
    MaxResults: MaxResultsEC2Compatible
    NextToken: String
}

structure DescribeInstanceInformationResult {
    InstanceInformationList: InstanceInformationList
    NextToken: String
}

structure DescribeParametersRequest {
    Filters: ParametersFilterList
    ParameterFilters: ParameterStringFilterList
    MaxResults: MaxResults
    NextToken: String
    Shared: Boolean
}

structure DescribeParametersResult {
    Parameters: ParameterMetadataList
    NextToken: String
}

@pattern("^[a-zA-Z0-9_\\-.:/]{3,128}$")
string DocumentARN

@error("client")
structure DocumentAlreadyExists {
    Message: String
}

@length(min: 1)
string DocumentContent

structure DocumentDefaultVersionDescription {
    Name: DocumentName
    DefaultVersion: DocumentVersion
    DefaultVersionName: DocumentVersionName
}

structure DocumentDescription {
    Sha1: String
    Hash: DocumentHash
    HashType: DocumentHashType
    Name: DocumentARN
    DisplayName: DocumentDisplayName
    VersionName: DocumentVersionName
    Owner: String
    CreatedDate: Timestamp
    Status: DocumentStatus
    StatusInformation: String
    DocumentVersion: DocumentVersion
    Description: String
    Parameters: DocumentParameterList
    PlatformTypes: PlatformTypeList
    DocumentType: DocumentType
    SchemaVersion: DocumentSchemaVersion
    LatestVersion: DocumentVersion
    DefaultVersion: DocumentVersion
    DocumentFormat: DocumentFormat
    TargetType: TargetType
    Tags: TagList
    AttachmentsInformation: AttachmentInformationList
    Requires: DocumentRequiresList
    Author: String
    ReviewInformation: ReviewInformationList
    ApprovedVersion: DocumentVersion
    PendingReviewVersion: DocumentVersion
    ReviewStatus: ReviewStatus
    Category: CategoryList
    CategoryEnum: CategoryEnumList
}

@length(max: 1024)
@pattern("^[\\w\\.\\-\\:\\/ ]*$")
string DocumentDisplayName

structure DocumentFilter {
    @required
    key: DocumentFilterKey
    @required
    value: DocumentFilterValue
}

enum DocumentFilterKey {
    Name
    Owner
    PlatformTypes
    DocumentType
}

@length(min: 1)
list DocumentFilterList {
    member: DocumentFilter
}

@length(min: 1)
string DocumentFilterValue

enum DocumentFormat {
    YAML
    JSON
    TEXT
}

@length(max: 256)
string DocumentHash

enum DocumentHashType {
    Sha256
    Sha1
}

structure DocumentIdentifier {
    Name: DocumentARN
    CreatedDate: Timestamp
    DisplayName: DocumentDisplayName
    Owner: String
    VersionName: DocumentVersionName
    PlatformTypes: PlatformTypeList
    DocumentVersion: DocumentVersion
    DocumentType: DocumentType
    SchemaVersion: DocumentSchemaVersion
    DocumentFormat: DocumentFormat
    TargetType: TargetType
    Tags: TagList
    Requires: DocumentRequiresList
    ReviewStatus: ReviewStatus
    Author: String
}

list DocumentIdentifierList {
    member: DocumentIdentifier
}

structure DocumentKeyValuesFilter {
    Key: DocumentKeyValuesFilterKey
    Values: DocumentKeyValuesFilterValues
}

@length(min: 1, max: 128)
string DocumentKeyValuesFilterKey

@length(min: 0, max: 6)
list DocumentKeyValuesFilterList {
    member: DocumentKeyValuesFilter
}

@length(min: 1, max: 256)
string DocumentKeyValuesFilterValue

list DocumentKeyValuesFilterValues {
    member: DocumentKeyValuesFilterValue
}

@error("client")
structure DocumentLimitExceeded {
    Message: String
}

@pattern("^[a-zA-Z0-9_\\-.]{3,128}$")
string DocumentName

structure DocumentParameter {
    Name: String
    Type: DocumentParameterType
    Description: String
    DefaultValue: String
}

list DocumentParameterList {
    member: DocumentParameter
}

enum DocumentParameterType {
    String
    StringList
}

@error("client")
structure DocumentPermissionLimit {
    Message: String
}

@range(min: 1, max: 200)
integer DocumentPermissionMaxResults

enum DocumentPermissionType {
    Share
}

structure DocumentRequires {
    @required
    Name: DocumentARN
    Version: DocumentVersion
    RequireType: RequireType
    VersionName: DocumentVersionName
}

@length(min: 1)
list DocumentRequiresList {
    member: DocumentRequires
}

@pattern("([0-9]+)\\.([0-9]+)")
string DocumentSchemaVersion

enum DocumentStatus {
    Creating
    Active
    Updating
    Deleting
    Failed
}

enum DocumentType {
    Command
    Policy
    Automation
    Session
    Package
    ApplicationConfiguration
    ApplicationConfigurationSchema
    DeploymentStrategy
    ChangeCalendar
    Automation_ChangeTemplate = "Automation.ChangeTemplate"
    ProblemAnalysis
    ProblemAnalysisTemplate
    CloudFormation
    ConformancePackTemplate
    QuickSetup
    ManualApprovalPolicy
    AutoApprovalPolicy
}

@pattern("([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)")
string DocumentVersion

structure DocumentVersionInfo {
    Name: DocumentName
    DisplayName: DocumentDisplayName
    DocumentVersion: DocumentVersion
    VersionName: DocumentVersionName
    CreatedDate: Timestamp
    IsDefaultVersion: Boolean
    DocumentFormat: DocumentFormat
    Status: DocumentStatus
    StatusInformation: String
    ReviewStatus: ReviewStatus
}

@error("client")
structure DocumentVersionLimitExceeded {
    Message: String
}

@length(min: 1)
list DocumentVersionList {
    member: DocumentVersionInfo
}

@pattern("^[a-zA-Z0-9_\\-.]{1,128}$")
string DocumentVersionName

@pattern("(^[1-9][0-9]*$)")
string DocumentVersionNumber

@error("client")
structure DuplicateDocumentContent {
    Message: String
}

@error("client")
structure DuplicateDocumentVersionName {
    Message: String
}

@error("client")
structure DuplicateInstanceId {
}

@length(min: 6, max: 68)
@pattern("^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})|(\\d{12})$")
string ExcludeAccount

@length(min: 1, max: 5000)
list ExcludeAccounts {
    member: ExcludeAccount
}

union ExecutionInputs {
    Automation: AutomationExecutionInputs
}

enum ExecutionMode {
    Auto
    Interactive
}

union ExecutionPreview {
    Automation: AutomationExecutionPreview
}

@length(min: 36, max: 36)
@pattern("[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}")
string ExecutionPreviewId

enum ExecutionPreviewStatus {
    Pending
    InProgress
    Success
    Failed
}

@length(min: 1, max: 64)
@pattern("[\\w+=,.@/-]+")
string ExecutionRoleName

enum ExternalAlarmState {
    UNKNOWN
    ALARM
}

structure FailureDetails {
    FailureStage: String
    FailureType: String
    Details: AutomationParameterMap
}

structure GetAutomationExecutionRequest {
    @required
    AutomationExecutionId: AutomationExecutionId
}

structure GetAutomationExecutionResult {
    AutomationExecution: AutomationExecution
}

structure GetCalendarStateRequest {
    @required
    CalendarNames: CalendarNameOrARNList
    AtTime: String
}

structure GetCalendarStateResponse {
    State: CalendarState
    AtTime: String
    NextTransitionTime: String
}

structure GetDocumentRequest {
    @required
    Name: DocumentARN
    VersionName: DocumentVersionName
    DocumentVersion: DocumentVersion
    DocumentFormat: DocumentFormat
}

structure GetDocumentResult {
    Name: DocumentARN
    CreatedDate: Timestamp
    DisplayName: DocumentDisplayName
    VersionName: DocumentVersionName
    DocumentVersion: DocumentVersion
    Status: DocumentStatus
    StatusInformation: String
    Content: DocumentContent
    DocumentType: DocumentType
    DocumentFormat: DocumentFormat
    Requires: DocumentRequiresList
    AttachmentsContent: AttachmentContentList
    ReviewStatus: ReviewStatus
}

structure GetExecutionPreviewRequest {
    @required
    ExecutionPreviewId: ExecutionPreviewId
}

structure GetExecutionPreviewResponse {
    ExecutionPreviewId: ExecutionPreviewId
    EndedAt: Timestamp
    Status: ExecutionPreviewStatus
    StatusMessage: String
    ExecutionPreview: ExecutionPreview
}

structure GetParameterHistoryRequest {
    @required
    Name: PSParameterName
    WithDecryption: Boolean
    MaxResults: MaxResults
    NextToken: String
}

structure GetParameterHistoryResult {
    Parameters: ParameterHistoryList
    NextToken: String
}

structure GetParameterRequest {
    @required
    Name: PSParameterName
    WithDecryption: Boolean
}

structure GetParameterResult {
    Parameter: Parameter
}

@range(min: 1, max: 10)
integer GetParametersByPathMaxResults

structure GetParametersByPathRequest {
    @required
    Path: PSParameterName
    Recursive: Boolean
    ParameterFilters: ParameterStringFilterList
    WithDecryption: Boolean
    MaxResults: GetParametersByPathMaxResults
    NextToken: String
}

structure GetParametersByPathResult {
    Parameters: ParameterList
    NextToken: String
}

structure GetParametersRequest {
    @required
    Names: ParameterNameList
    WithDecryption: Boolean
}

structure GetParametersResult {
    Parameters: ParameterList
    InvalidParameters: ParameterNameList
}

structure GetServiceSettingRequest {
    @required
    SettingId: ServiceSettingId
}

structure GetServiceSettingResult {
    ServiceSetting: ServiceSetting
}

@error("client")
structure HierarchyLevelLimitExceededException {
    message: String
}

@error("client")
structure HierarchyTypeMismatchException {
    message: String
}

@length(min: 1, max: 46)
@sensitive
string IPAddress

@length(max: 64)
string IamRole

@length(min: 36, max: 36)
@pattern("[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}")
string IdempotencyToken

@error("client")
structure IdempotentParameterMismatch {
    Message: String
}

enum ImpactType {
    Mutating
    NonMutating
    Undetermined
}

@error("client")
structure IncompatiblePolicyException {
    message: String
}

structure InstanceAggregatedAssociationOverview {
    DetailedStatus: String
    InstanceAssociationStatusAggregatedCount: InstanceAssociationStatusAggregatedCount
}

map InstanceAssociationStatusAggregatedCount {
    key: String
    value: Integer
}

@pattern("(^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)")
string InstanceId

@length(min: 0, max: 50)
list InstanceIdList {
    member: InstanceId
}

structure InstanceInformation {
    InstanceId: InstanceId
    PingStatus: PingStatus
    LastPingDateTime: Timestamp
    AgentVersion: Version
    IsLatestVersion: Boolean
    PlatformType: PlatformType
    PlatformName: String
    PlatformVersion: String
    ActivationId: ActivationId
    IamRole: IamRole
    RegistrationDate: Timestamp
    ResourceType: ResourceType
    Name: String
    IPAddress: IPAddress
    ComputerName: ComputerName
    AssociationStatus: String
    LastAssociationExecutionDate: Timestamp
    LastSuccessfulAssociationExecutionDate: Timestamp
    AssociationOverview: InstanceAggregatedAssociationOverview
    SourceId: SourceId
    SourceType: SourceType
}

structure InstanceInformationFilter {
    @required
    key: InstanceInformationFilterKey
    @required
    valueSet: InstanceInformationFilterValueSet
}

enum InstanceInformationFilterKey {
    InstanceIds
    AgentVersion
    PingStatus
    PlatformTypes
    ActivationIds
    IamRole
    ResourceType
    AssociationStatus
}

@length(min: 0)
list InstanceInformationFilterList {
    member: InstanceInformationFilter
}

@length(min: 1)
string InstanceInformationFilterValue

@length(min: 1, max: 100)
list InstanceInformationFilterValueSet {
    member: InstanceInformationFilterValue
}

list InstanceInformationList {
    member: InstanceInformation
}

structure InstanceInformationStringFilter {
    @required
    Key: InstanceInformationStringFilterKey
    @required
    Values: InstanceInformationFilterValueSet
}

@length(min: 1)
string InstanceInformationStringFilterKey

@length(min: 0)
list InstanceInformationStringFilterList {
    member: InstanceInformationStringFilter
}

@length(max: 255)
string InstanceTagName

@error("server")
structure InternalServerError {
    Message: String
}

@error("client")
structure InvalidAllowedPatternException {
    message: String
}

@error("client")
structure InvalidAutomationExecutionParametersException {
    Message: String
}

@error("client")
structure InvalidAutomationSignalException {
    Message: String
}

@error("client")
structure InvalidAutomationStatusUpdateException {
    Message: String
}

@error("client")
structure InvalidCommandId {
}

@error("client")
structure InvalidDocument {
    Message: String
}

@error("client")
structure InvalidDocumentContent {
    Message: String
}

@error("client")
structure InvalidDocumentOperation {
    Message: String
}

@error("client")
structure InvalidDocumentSchemaVersion {
    Message: String
}

@error("client")
structure InvalidDocumentType {
    Message: String
}

@error("client")
structure InvalidDocumentVersion {
    Message: String
}

@error("client")
structure InvalidFilter {
    Message: String
}

@error("client")
structure InvalidFilterKey {
}

@error("client")
structure InvalidFilterOption {
    message: String
}

@error("client")
structure InvalidFilterValue {
    Message: String
}

@error("client")
structure InvalidInstanceId {
    Message: String
}

@error("client")
structure InvalidInstanceInformationFilterValue {
    message: String
}

@error("client")
structure InvalidItemContentException {
    TypeName: InventoryItemTypeName
    Message: String
}

@error("client")
structure InvalidKeyId {
    message: String
}

@error("client")
structure InvalidNextToken {
    Message: String
}

@error("client")
structure InvalidNotificationConfig {
    Message: String
}

@error("client")
structure InvalidOutputFolder {
}

@error("client")
structure InvalidParameters {
    Message: String
}

@error("client")
structure InvalidPermissionType {
    Message: String
}

@error("client")
structure InvalidPolicyAttributeException {
    message: String
}

@error("client")
structure InvalidPolicyTypeException {
    message: String
}

@error("client")
structure InvalidResourceId {
}

@error("client")
structure InvalidResourceType {
}

@error("client")
structure InvalidRole {
    Message: String
}

@error("client")
structure InvalidTarget {
    Message: String
}

@length(min: 1, max: 100)
@pattern("^(AWS|Custom):.*$")
string InventoryItemTypeName

@length(max: 2500)
string InvocationTraceOutput

@error("client")
structure ItemSizeLimitExceededException {
    TypeName: InventoryItemTypeName
    Message: String
}

list KeyList {
    member: TagKey
}

structure LabelParameterVersionRequest {
    @required
    Name: PSParameterName
    ParameterVersion: Long
    @required
    Labels: ParameterLabelList
}

structure LabelParameterVersionResult {
    InvalidLabels: ParameterLabelList
    ParameterVersion: Long
}

structure ListCommandInvocationsRequest {
    CommandId: CommandId
    InstanceId: InstanceId
    MaxResults: CommandMaxResults
    NextToken: String
    Filters: CommandFilterList
    Details: Boolean
}

structure ListCommandInvocationsResult {
    CommandInvocations: CommandInvocationList
    NextToken: String
}

structure ListCommandsRequest {
    CommandId: CommandId
    InstanceId: InstanceId
    MaxResults: CommandMaxResults
    NextToken: String
    Filters: CommandFilterList
}

structure ListCommandsResult {
    Commands: CommandList
    NextToken: String
}

structure ListComplianceItemsRequest {
    Filters: ComplianceStringFilterList
    ResourceIds: ComplianceResourceIdList
    ResourceTypes: ComplianceResourceTypeList
    NextToken: String
    MaxResults: MaxResults
}

structure ListComplianceItemsResult {
    ComplianceItems: ComplianceItemList
    NextToken: String
}

structure ListComplianceSummariesRequest {
    Filters: ComplianceStringFilterList
    NextToken: String
    MaxResults: MaxResults
}

structure ListComplianceSummariesResult {
    ComplianceSummaryItems: ComplianceSummaryItemList
    NextToken: String
}

structure ListDocumentVersionsRequest {
    @required
    Name: DocumentARN
    MaxResults: MaxResults
    NextToken: String
}

structure ListDocumentVersionsResult {
    DocumentVersions: DocumentVersionList
    NextToken: String
}

structure ListDocumentsRequest {
    DocumentFilterList: DocumentFilterList
    Filters: DocumentKeyValuesFilterList
    MaxResults: MaxResults
    NextToken: String
}

structure ListDocumentsResult {
    DocumentIdentifiers: DocumentIdentifierList
    NextToken: String
}

structure ListResourceComplianceSummariesRequest {
    Filters: ComplianceStringFilterList
    NextToken: String
    MaxResults: MaxResults
}

structure ListResourceComplianceSummariesResult {
    ResourceComplianceSummaryItems: ResourceComplianceSummaryItemList
    NextToken: String
}

structure ListTagsForResourceRequest {
    @required
    ResourceType: ResourceTypeForTagging
    @required
    ResourceId: String
}

structure ListTagsForResourceResult {
    TagList: TagList
}

@length(min: 1, max: 7)
@pattern("^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$")
string MaxConcurrency

@error("client")
structure MaxDocumentSizeExceeded {
    Message: String
}

@length(min: 1, max: 7)
@pattern("^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$")
string MaxErrors

@range(min: 1, max: 50)
integer MaxResults

@range(min: 5, max: 50)
integer MaxResultsEC2Compatible

structure ModifyDocumentPermissionRequest {
    @required
    Name: DocumentName
    @required
    PermissionType: DocumentPermissionType
    AccountIdsToAdd: AccountIdList
    AccountIdsToRemove: AccountIdList
    SharedDocumentVersion: SharedDocumentVersion
}

structure ModifyDocumentPermissionResponse {
}

@error("client")
structure NoLongerSupportedException {
    Message: String
}

structure NonCompliantSummary {
    NonCompliantCount: Integer
    SeveritySummary: SeveritySummary
}

map NormalStringMap {
    key: String
    value: String
}

structure NotificationConfig {
    NotificationArn: String
    NotificationEvents: NotificationEventList
    NotificationType: NotificationType
}

enum NotificationEvent {
    All
    InProgress
    Success
    TimedOut
    Cancelled
    Failed
}

list NotificationEventList {
    member: NotificationEvent
}

enum NotificationType {
    Command
    Invocation
}

@length(min: 1, max: 2048)
string PSParameterName

@length(min: 0, max: 128)
string PSParameterSelector

@sensitive
string PSParameterValue

structure Parameter {
    Name: PSParameterName
    Type: ParameterType
    Value: PSParameterValue
    Version: Long
    Selector: PSParameterSelector
    SourceResult: String
    LastModifiedDate: Timestamp
    ARN: String
    DataType: ParameterDataType
}

@error("client")
structure ParameterAlreadyExists {
    message: String
}

@length(min: 0, max: 128)
string ParameterDataType

@length(min: 0, max: 1024)
string ParameterDescription

structure ParameterHistory {
    Name: PSParameterName
    Type: ParameterType
    KeyId: ParameterKeyId
    LastModifiedDate: Timestamp
    LastModifiedUser: String
    Description: ParameterDescription
    Value: PSParameterValue
    AllowedPattern: AllowedPattern
    Version: Long
    Labels: ParameterLabelList
    Tier: ParameterTier
    Policies: ParameterPolicyList
    DataType: ParameterDataType
}

list ParameterHistoryList {
    member: ParameterHistory
}

structure ParameterInlinePolicy {
    PolicyText: String
    PolicyType: String
    PolicyStatus: String
}

@length(min: 1, max: 256)
@pattern("^([a-zA-Z0-9:/_-]+)$")
string ParameterKeyId

@length(min: 1, max: 100)
string ParameterLabel

@length(min: 1, max: 10)
list ParameterLabelList {
    member: ParameterLabel
}

@error("client")
structure ParameterLimitExceeded {
    message: String
}

list ParameterList {
    member: Parameter
}

@error("client")
structure ParameterMaxVersionLimitExceeded {
    message: String
}

structure ParameterMetadata {
    Name: PSParameterName
    ARN: String
    Type: ParameterType
    KeyId: ParameterKeyId
    LastModifiedDate: Timestamp
    LastModifiedUser: String
    Description: ParameterDescription
    AllowedPattern: AllowedPattern
    Version: Long
    Tier: ParameterTier
    Policies: ParameterPolicyList
    DataType: ParameterDataType
}

list ParameterMetadataList {
    member: ParameterMetadata
}

@length(min: 1, max: 10)
list ParameterNameList {
    member: PSParameterName
}

@error("client")
structure ParameterNotFound {
    message: String
}

@error("client")
structure ParameterPatternMismatchException {
    message: String
}

@length(min: 1, max: 4096)
string ParameterPolicies

list ParameterPolicyList {
    member: ParameterInlinePolicy
}

structure ParameterStringFilter {
    @required
    Key: ParameterStringFilterKey
    Option: ParameterStringQueryOption
    Values: ParameterStringFilterValueList
}

@length(min: 1, max: 132)
@pattern("tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType")
string ParameterStringFilterKey

list ParameterStringFilterList {
    member: ParameterStringFilter
}

@length(min: 1, max: 1024)
string ParameterStringFilterValue

@length(min: 1, max: 50)
list ParameterStringFilterValueList {
    member: ParameterStringFilterValue
}

@length(min: 1, max: 10)
string ParameterStringQueryOption

enum ParameterTier {
    Standard
    Advanced
    Intelligent_Tiering = "Intelligent-Tiering"
}

enum ParameterType {
    String
    StringList
    SecureString
}

list ParameterValueList {
    member: String
}

@error("client")
structure ParameterVersionLabelLimitExceeded {
    message: String
}

@error("client")
structure ParameterVersionNotFound {
    message: String
}

@sensitive
map Parameters {
    key: String
    value: ParameterValueList
}

structure ParametersFilter {
    @required
    Key: ParametersFilterKey
    @required
    Values: ParametersFilterValueList
}

enum ParametersFilterKey {
    Name
    Type
    KeyId
}

list ParametersFilterList {
    member: ParametersFilter
}

@length(min: 1, max: 1024)
string ParametersFilterValue

@length(min: 1, max: 50)
list ParametersFilterValueList {
    member: ParametersFilterValue
}

structure ParentStepDetails {
    StepExecutionId: String
    StepName: String
    Action: AutomationActionName
    Iteration: Integer
    IteratorValue: String
}

enum PingStatus {
    Online
    ConnectionLost
    Inactive
}

enum PlatformType {
    Windows
    Linux
    MacOS
}

list PlatformTypeList {
    member: PlatformType
}

@error("client")
structure PoliciesLimitExceededException {
    message: String
}

structure ProgressCounters {
    TotalSteps: Integer
    SuccessSteps: Integer
    FailedSteps: Integer
    CancelledSteps: Integer
    TimedOutSteps: Integer
}

structure PutComplianceItemsRequest {
    @required
    ResourceId: ComplianceResourceId
    @required
    ResourceType: ComplianceResourceType
    @required
    ComplianceType: ComplianceTypeName
    @required
    ExecutionSummary: ComplianceExecutionSummary
    @required
    Items: ComplianceItemEntryList
    ItemContentHash: ComplianceItemContentHash
    UploadType: ComplianceUploadType
}

structure PutComplianceItemsResult {
}

structure PutParameterRequest {
    @required
    Name: PSParameterName
    Description: ParameterDescription
    @required
    Value: PSParameterValue
    Type: ParameterType
    KeyId: ParameterKeyId
    Overwrite: Boolean
    AllowedPattern: AllowedPattern
    Tags: TagList
    Tier: ParameterTier
    Policies: ParameterPolicies
    DataType: ParameterDataType
}

structure PutParameterResult {
    Version: Long
    Tier: ParameterTier
}

@length(min: 1, max: 50)
list RegionList {
    member: String
}

@length(min: 1, max: 50)
list Regions {
    member: String
}

structure RemoveTagsFromResourceRequest {
    @required
    ResourceType: ResourceTypeForTagging
    @required
    ResourceId: String
    @required
    TagKeys: KeyList
}

structure RemoveTagsFromResourceResult {
}

@length(max: 128)
@pattern("^[a-zA-Z0-9_\\-.]{1,128}$")
string RequireType

structure ResetServiceSettingRequest {
    @required
    SettingId: ServiceSettingId
}

structure ResetServiceSettingResult {
    ServiceSetting: ServiceSetting
}

structure ResolvedTargets {
    ParameterValues: TargetParameterList
    Truncated: Boolean
}

structure ResourceComplianceSummaryItem {
    ComplianceType: ComplianceTypeName
    ResourceType: ComplianceResourceType
    ResourceId: ComplianceResourceId
    Status: ComplianceStatus
    OverallSeverity: ComplianceSeverity
    ExecutionSummary: ComplianceExecutionSummary
    CompliantSummary: CompliantSummary
    NonCompliantSummary: NonCompliantSummary
}

list ResourceComplianceSummaryItemList {
    member: ResourceComplianceSummaryItem
}

@error("client")
structure ResourceNotFoundException {
    Message: String
}

enum ResourceType {
    ManagedInstance
    EC2Instance
}

enum ResourceTypeForTagging {
    Document
    ManagedInstance
    MaintenanceWindow
    Parameter
    PatchBaseline
    OpsItem
    OpsMetadata
    Automation
    Association
}

structure ReviewInformation {
    ReviewedTime: Timestamp
    Status: ReviewStatus
    Reviewer: Reviewer
}

@length(min: 1)
list ReviewInformationList {
    member: ReviewInformation
}

enum ReviewStatus {
    APPROVED
    NOT_REVIEWED
    PENDING
    REJECTED
}

@length(max: 50)
@pattern("^[a-zA-Z0-9_\\-.]{1,128}$")
string Reviewer

structure Runbook {
    @required
    DocumentName: DocumentARN
    DocumentVersion: DocumentVersion
    Parameters: AutomationParameterMap
    TargetParameterName: AutomationParameterKey
    Targets: Targets
    TargetMaps: TargetMaps
    MaxConcurrency: MaxConcurrency
    MaxErrors: MaxErrors
    TargetLocations: TargetLocations
}

@length(min: 1, max: 1)
list Runbooks {
    member: Runbook
}

@length(min: 3, max: 63)
string S3BucketName

@length(max: 500)
string S3KeyPrefix

@length(min: 3, max: 20)
string S3Region

structure SendAutomationSignalRequest {
    @required
    AutomationExecutionId: AutomationExecutionId
    @required
    SignalType: SignalType
    Payload: AutomationParameterMap
}

structure SendAutomationSignalResult {
}

structure SendCommandRequest {
    InstanceIds: InstanceIdList
    Targets: Targets
    @required
    DocumentName: DocumentARN
    DocumentVersion: DocumentVersion
    DocumentHash: DocumentHash
    DocumentHashType: DocumentHashType
    TimeoutSeconds: TimeoutSeconds
    Comment: Comment
    Parameters: Parameters
    OutputS3Region: S3Region
    OutputS3BucketName: S3BucketName
    OutputS3KeyPrefix: S3KeyPrefix
    MaxConcurrency: MaxConcurrency
    MaxErrors: MaxErrors
    ServiceRoleArn: String
    NotificationConfig: NotificationConfig
    CloudWatchOutputConfig: CloudWatchOutputConfig
    AlarmConfiguration: AlarmConfiguration
}

structure SendCommandResult {
    Command: Command
}

structure ServiceSetting {
    SettingId: ServiceSettingId
    SettingValue: ServiceSettingValue
    LastModifiedDate: Timestamp
    LastModifiedUser: String
    ARN: String
    Status: String
}

@length(min: 1, max: 1000)
string ServiceSettingId

@error("client")
structure ServiceSettingNotFound {
    Message: String
}

@length(min: 1, max: 4096)
string ServiceSettingValue

structure SeveritySummary {
    CriticalCount: Integer
    HighCount: Integer
    MediumCount: Integer
    LowCount: Integer
    InformationalCount: Integer
    UnspecifiedCount: Integer
}

@length(max: 8)
@pattern("([$]LATEST|[$]DEFAULT|[$]ALL)")
string SharedDocumentVersion

enum SignalType {
    Approve
    Reject
    StartStep
    StopStep
    Resume
    Revoke
}

@length(min: 0, max: 128)
@pattern("^[a-zA-Z0-9:_-]*$")
string SourceId

enum SourceType {
    AWS_EC2_Instance = "AWS::EC2::Instance"
    AWS_IoT_Thing = "AWS::IoT::Thing"
    AWS_SSM_ManagedInstance = "AWS::SSM::ManagedInstance"
}

structure StartAutomationExecutionRequest {
    @required
    DocumentName: DocumentARN
    DocumentVersion: DocumentVersion
    Parameters: AutomationParameterMap
    ClientToken: IdempotencyToken
    Mode: ExecutionMode
    TargetParameterName: AutomationParameterKey
    Targets: Targets
    TargetMaps: TargetMaps
    MaxConcurrency: MaxConcurrency
    MaxErrors: MaxErrors
    TargetLocations: TargetLocations
    Tags: TagList
    AlarmConfiguration: AlarmConfiguration
    TargetLocationsURL: TargetLocationsURL
}

structure StartAutomationExecutionResult {
    AutomationExecutionId: AutomationExecutionId
}

structure StartExecutionPreviewRequest {
    @required
    DocumentName: DocumentName
    DocumentVersion: DocumentVersion
    ExecutionInputs: ExecutionInputs
}

structure StartExecutionPreviewResponse {
    ExecutionPreviewId: ExecutionPreviewId
}

@length(min: 0, max: 100)
string StatusDetails

structure StepExecution {
    StepName: String
    Action: AutomationActionName
    TimeoutSeconds: Long
    OnFailure: String
    MaxAttempts: Integer
    ExecutionStartTime: Timestamp
    ExecutionEndTime: Timestamp
    StepStatus: AutomationExecutionStatus
    ResponseCode: String
    Inputs: NormalStringMap
    Outputs: AutomationParameterMap
    Response: String
    FailureMessage: String
    FailureDetails: FailureDetails
    StepExecutionId: String
    OverriddenParameters: AutomationParameterMap
    IsEnd: Boolean
    NextStep: String
    IsCritical: Boolean
    ValidNextSteps: ValidNextStepList
    Targets: Targets
    TargetLocation: TargetLocation
    TriggeredAlarms: AlarmStateInformationList
    ParentStepDetails: ParentStepDetails
}

structure StepExecutionFilter {
    @required
    Key: StepExecutionFilterKey
    @required
    Values: StepExecutionFilterValueList
}

enum StepExecutionFilterKey {
    StartTimeBefore
    StartTimeAfter
    StepExecutionStatus
    StepExecutionId
    StepName
    Action
    ParentStepExecutionId
    ParentStepIteration
    ParentStepIteratorValue
}

@length(min: 1, max: 6)
list StepExecutionFilterList {
    member: StepExecutionFilter
}

@length(min: 1, max: 150)
string StepExecutionFilterValue

@length(min: 1, max: 10)
list StepExecutionFilterValueList {
    member: StepExecutionFilterValue
}

list StepExecutionList {
    member: StepExecution
}

map StepPreviewMap {
    key: ImpactType
    value: Integer
}

structure StopAutomationExecutionRequest {
    @required
    AutomationExecutionId: AutomationExecutionId
    Type: StopType
}

structure StopAutomationExecutionResult {
}

enum StopType {
    Complete
    Cancel
}

structure Tag {
    @required
    Key: TagKey
    @required
    Value: TagValue
}

@length(min: 1, max: 128)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagKey

@length(max: 1000)
list TagList {
    member: Tag
}

@length(min: 0, max: 256)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagValue

structure Target {
    Key: TargetKey
    Values: TargetValues
}

@length(min: 1, max: 163)
@pattern("^[\\p{L}\\p{Z}\\p{N}_.:/=\\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name")
string TargetKey

structure TargetLocation {
    Accounts: Accounts
    Regions: Regions
    TargetLocationMaxConcurrency: MaxConcurrency
    TargetLocationMaxErrors: MaxErrors
    ExecutionRoleName: ExecutionRoleName
    TargetLocationAlarmConfiguration: AlarmConfiguration
    IncludeChildOrganizationUnits: Boolean
    ExcludeAccounts: ExcludeAccounts
    Targets: Targets
    TargetsMaxConcurrency: MaxConcurrency
    TargetsMaxErrors: MaxErrors
}

@length(min: 1, max: 100)
list TargetLocations {
    member: TargetLocation
}

@pattern("^https:\\/\\/[-a-zA-Z0-9@:%._\\+~#=]{1,253}\\.s3(\\.[a-z\\d-]{9,16})?\\.amazonaws\\.com\\/.{1,2000}")
string TargetLocationsURL

@length(min: 1, max: 20)
map TargetMap {
    key: TargetMapKey
    value: TargetMapValueList
}

@length(min: 1, max: 50)
string TargetMapKey

@length(min: 1, max: 50)
string TargetMapValue

@length(min: 0, max: 25)
list TargetMapValueList {
    member: TargetMapValue
}

@length(min: 0, max: 300)
list TargetMaps {
    member: TargetMap
}

list TargetParameterList {
    member: String
}

structure TargetPreview {
    Count: Integer
    TargetType: String
}

@length(min: 0, max: 50)
list TargetPreviewList {
    member: TargetPreview
}

@length(max: 200)
@pattern("^\\/[\\w\\.\\-\\:\\/]*$")
string TargetType

@length(min: 0, max: 50)
list TargetValues {
    member: String
}

@length(min: 0, max: 5)
list Targets {
    member: Target
}

@range(min: 30, max: 2592000)
integer TimeoutSeconds

@error("client")
structure TooManyTagsError {
}

@error("client")
structure TooManyUpdates {
    Message: String
}

@error("client")
structure TotalSizeLimitExceededException {
    Message: String
}

structure UnlabelParameterVersionRequest {
    @required
    Name: PSParameterName
    @required
    ParameterVersion: Long
    @required
    Labels: ParameterLabelList
}

structure UnlabelParameterVersionResult {
    RemovedLabels: ParameterLabelList
    InvalidLabels: ParameterLabelList
}

@error("client")
structure UnsupportedCalendarException {
    Message: String
}

@error("client")
structure UnsupportedParameterType {
    message: String
}

@error("client")
structure UnsupportedPlatformType {
    Message: String
}

structure UpdateDocumentDefaultVersionRequest {
    @required
    Name: DocumentName
    @required
    DocumentVersion: DocumentVersionNumber
}

structure UpdateDocumentDefaultVersionResult {
    Description: DocumentDefaultVersionDescription
}

structure UpdateDocumentRequest {
    @required
    Content: DocumentContent
    Attachments: AttachmentsSourceList
    @required
    Name: DocumentName
    DisplayName: DocumentDisplayName
    VersionName: DocumentVersionName
    DocumentVersion: DocumentVersion
    DocumentFormat: DocumentFormat
    TargetType: TargetType
}

structure UpdateDocumentResult {
    DocumentDescription: DocumentDescription
}

structure UpdateServiceSettingRequest {
    @required
    SettingId: ServiceSettingId
    @required
    SettingValue: ServiceSettingValue
}

structure UpdateServiceSettingResult {
}

@length(min: 1, max: 65535)
string ValidNextStep

list ValidNextStepList {
    member: ValidNextStep
}

@error("client")
structure ValidationException {
    Message: String
    ReasonCode: String
}

@pattern("^[0-9]{1,6}(\\.[0-9]{1,6}){2,3}$")
string Version

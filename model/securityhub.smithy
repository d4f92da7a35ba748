$version: "2.0"

namespace riposte.securityhub

use aws.api#service
use aws.auth#sigv4
use aws.protocols#restJson1
use riposte#iamPrefix
use riposte#lenient

@service(sdkId: "SecurityHub", arnNamespace: "securityhub", endpointPrefix: "securityhub")
@sigv4(name: "securityhub")
@restJson1
@iamPrefix("securityhub")
service SecurityHub {
    version: "2018-10-26"
    operations: [
        BatchDeleteAutomationRules
        BatchGetAutomationRules
        BatchImportFindings
        BatchUpdateAutomationRules
        BatchUpdateFindings
        CreateActionTarget
        CreateAutomationRule
        DeleteActionTarget
        DescribeActionTargets
        DescribeHub
        DisableSecurityHub
        EnableSecurityHub
        GetFindings
        ListAutomationRules
        ListTagsForResource
        TagResource
        UntagResource
        UpdateActionTarget
    ]
}

@http(method: "POST", uri: "/automationrules/delete", code: 200)
operation BatchDeleteAutomationRules {
    input: BatchDeleteAutomationRulesRequest
    output: BatchDeleteAutomationRulesResponse
    errors: [
        InternalException
        InvalidAccessException
        InvalidInputException
        LimitExceededException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "POST", uri: "/automationrules/get", code: 200)
operation BatchGetAutomationRules {
    input: BatchGetAutomationRulesRequest
    output: BatchGetAutomationRulesResponse
    errors: [
        AccessDeniedException
        InternalException
        InvalidAccessException
        InvalidInputException
        LimitExceededException
        ResourceNotFoundException
    ]
}

@http(method: "POST", uri: "/findings/import", code: 200)
operation BatchImportFindings {
    input: BatchImportFindingsRequest
    output: BatchImportFindingsResponse
    errors: [
        InternalException
        InvalidInputException
        LimitExceededException
        InvalidAccessException
    ]
}

@http(method: "PATCH", uri: "/automationrules/update", code: 200)
operation BatchUpdateAutomationRules {
    input: BatchUpdateAutomationRulesRequest
    output: BatchUpdateAutomationRulesResponse
    errors: [
        InternalException
        InvalidAccessException
        InvalidInputException
        LimitExceededException
        ResourceNotFoundException
    ]
}

@http(method: "PATCH", uri: "/findings/batchupdate", code: 200)
operation BatchUpdateFindings {
    input: BatchUpdateFindingsRequest
    output: BatchUpdateFindingsResponse
    errors: [
        InternalException
        InvalidInputException
        LimitExceededException
        InvalidAccessException
    ]
}

@http(method: "POST", uri: "/actionTargets", code: 200)
operation CreateActionTarget {
    input: CreateActionTargetRequest
    output: CreateActionTargetResponse
    errors: [
        InternalException
        InvalidInputException
        InvalidAccessException
        LimitExceededException
        ResourceConflictException
    ]
}

@http(method: "POST", uri: "/automationrules/create", code: 200)
operation CreateAutomationRule {
    input: CreateAutomationRuleRequest
    output: CreateAutomationRuleResponse
    errors: [
        AccessDeniedException
        InternalException
        InvalidAccessException
        InvalidInputException
        LimitExceededException
    ]
}

@http(method: "DELETE", uri: "/actionTargets/{ActionTargetArn+}", code: 200)
operation DeleteActionTarget {
    input: DeleteActionTargetRequest
    output: DeleteActionTargetResponse
    errors: [
        InternalException
        InvalidInputException
        InvalidAccessException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "POST", uri: "/actionTargets/get", code: 200)
operation DescribeActionTargets {
    input: DescribeActionTargetsRequest
    output: DescribeActionTargetsResponse
    errors: [
        InternalException
        InvalidInputException
        InvalidAccessException
        ResourceNotFoundException
    ]
}

@readonly
@http(method: "GET", uri: "/accounts", code: 200)
operation DescribeHub {
    input: DescribeHubRequest
    output: DescribeHubResponse
    errors: [
        InternalException
        LimitExceededException
        InvalidAccessException
        InvalidInputException
        ResourceNotFoundException
    ]
}

@http(method: "DELETE", uri: "/accounts", code: 200)
operation DisableSecurityHub {
    input: DisableSecurityHubRequest
    output: DisableSecurityHubResponse
    errors: [
        InternalException
        LimitExceededException
        InvalidAccessException
        ResourceNotFoundException
        AccessDeniedException
    ]
}

@http(method: "POST", uri: "/accounts", code: 200)
operation EnableSecurityHub {
    input: EnableSecurityHubRequest
    output: EnableSecurityHubResponse
    errors: [
        InternalException
        LimitExceededException
        InvalidAccessException
        ResourceConflictException
        AccessDeniedException
    ]
}

@readonly
@http(method: "POST", uri: "/findings", code: 200)
operation GetFindings {
    input: GetFindingsRequest
    output: GetFindingsResponse
    errors: [
        InternalException
        InvalidInputException
        InvalidAccessException
        LimitExceededException
    ]
}

@readonly
@http(method: "GET", uri: "/automationrules/list", code: 200)
operation ListAutomationRules {
    input: ListAutomationRulesRequest
    output: ListAutomationRulesResponse
    errors: [
        AccessDeniedException
        InternalException
        InvalidAccessException
        InvalidInputException
        LimitExceededException
    ]
}

@readonly
@http(method: "GET", uri: "/tags/{ResourceArn}", code: 200)
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResponse
    errors: [
        InternalException
        InvalidInputException
        ResourceNotFoundException
    ]
}

@http(method: "POST", uri: "/tags/{ResourceArn}", code: 200)
operation TagResource {
    input: TagResourceRequest
    output: TagResourceResponse
    errors: [
        InternalException
        InvalidInputException
        ResourceNotFoundException
    ]
}

@http(method: "DELETE", uri: "/tags/{ResourceArn}", code: 200)
operation UntagResource {
    input: UntagResourceRequest
    output: UntagResourceResponse
    errors: [
        InternalException
        InvalidInputException
        ResourceNotFoundException
    ]
}

@http(method: "PATCH", uri: "/actionTargets/{ActionTargetArn+}", code: 200)
operation UpdateActionTarget {
    input: UpdateActionTargetRequest
    output: UpdateActionTargetResponse
    errors: [
        InternalException
        InvalidInputException
        ResourceNotFoundException
        InvalidAccessException
        ResourceNotFoundException
    ]
}

@error("client")
@httpError(403)
structure AccessDeniedException {
    Message: NonEmptyString
    Code: NonEmptyString
}

@length(min: 1, max: 1)
list ActionList {
    member: AutomationRulesAction
}

structure ActionTarget {
    @required
    ActionTargetArn: NonEmptyString
    @required
    Name: NonEmptyString
    @required
    Description: NonEmptyString
}

list ActionTargetList {
    member: ActionTarget
}

list ArnList {
    member: NonEmptyString
}

structure AutomationRulesAction {
    Type: AutomationRulesActionType
    FindingFieldsUpdate: AutomationRulesFindingFieldsUpdate
}

enum AutomationRulesActionType {
    FINDING_FIELDS_UPDATE
}

@length(min: 1, max: 100)
list AutomationRulesArnsList {
    member: NonEmptyString
}

structure AutomationRulesConfig {
    RuleArn: NonEmptyString
    RuleStatus: RuleStatus
    RuleOrder: RuleOrderValue
    RuleName: NonEmptyString
    Description: NonEmptyString
    IsTerminal: Boolean
    Criteria: AutomationRulesFindingFilters
    Actions: ActionList
    CreatedAt: Timestamp
    UpdatedAt: Timestamp
    CreatedBy: NonEmptyString
}

list AutomationRulesConfigList {
    member: AutomationRulesConfig
}

structure AutomationRulesFindingFieldsUpdate {
    Note: NoteUpdate
    Severity: SeverityUpdate
    VerificationState: VerificationState
    Confidence: RatioScale
    Criticality: RatioScale
    Types: TypeList
    UserDefinedFields: FieldMap
    Workflow: WorkflowUpdate
    RelatedFindings: RelatedFindingList
}

structure AutomationRulesFindingFilters {
    ProductArn: StringFilterList
    AwsAccountId: StringFilterList
    Id: StringFilterList
    GeneratorId: StringFilterList
    Type: StringFilterList
    FirstObservedAt: DateFilterList
    LastObservedAt: DateFilterList
    CreatedAt: DateFilterList
    UpdatedAt: DateFilterList
    Confidence: NumberFilterList
    Criticality: NumberFilterList
    Title: StringFilterList
    Description: StringFilterList
    SourceUrl: StringFilterList
    ProductName: StringFilterList
    CompanyName: StringFilterList
    SeverityLabel: StringFilterList
    ResourceType: StringFilterList
    ResourceId: StringFilterList
    ResourcePartition: StringFilterList
    ResourceRegion: StringFilterList
    ResourceTags: MapFilterList
    ResourceDetailsOther: MapFilterList
    ComplianceStatus: StringFilterList
    ComplianceSecurityControlId: StringFilterList
    ComplianceAssociatedStandardsId: StringFilterList
    VerificationState: StringFilterList
    WorkflowStatus: StringFilterList
    RecordState: StringFilterList
    RelatedFindingsProductArn: StringFilterList
    RelatedFindingsId: StringFilterList
    NoteText: StringFilterList
    NoteUpdatedAt: DateFilterList
    NoteUpdatedBy: StringFilterList
    UserDefinedFields: MapFilterList
    ResourceApplicationArn: StringFilterList
    ResourceApplicationName: StringFilterList
    AwsAccountName: StringFilterList
}

structure AutomationRulesMetadata {
    RuleArn: NonEmptyString
    RuleStatus: RuleStatus
    RuleOrder: RuleOrderValue
    RuleName: NonEmptyString
    Description: NonEmptyString
    IsTerminal: Boolean
    CreatedAt: Timestamp
    UpdatedAt: Timestamp
    CreatedBy: NonEmptyString
}

list AutomationRulesMetadataList {
    member: AutomationRulesMetadata
}

structure AwsSecurityFinding {
    @required
    SchemaVersion: NonEmptyString
    @required
    Id: NonEmptyString
    @required
    ProductArn: NonEmptyString
    ProductName: NonEmptyString
    CompanyName: NonEmptyString
    Region: NonEmptyString
    @required
    GeneratorId: NonEmptyString
    @required
    AwsAccountId: NonEmptyString
    Types: TypeList
    FirstObservedAt: NonEmptyString
    LastObservedAt: NonEmptyString
    @required
    CreatedAt: NonEmptyString
    @required
    UpdatedAt: NonEmptyString
    Severity: Severity
    Confidence: Integer
    Criticality: Integer
    @required
    Title: NonEmptyString
    @required
    Description: NonEmptyString
    Remediation: Remediation
    SourceUrl: NonEmptyString
    ProductFields: FieldMap
    UserDefinedFields: FieldMap
    Malware: MalwareList
    Network: Network
    NetworkPath: NetworkPathList
    Process: Document
    Threats: ThreatList
    ThreatIntelIndicators: ThreatIntelIndicatorList
    @required
    Resources: ResourceList
    Compliance: Document
    VerificationState: VerificationState
    WorkflowState: WorkflowState
    Workflow: Workflow
    RecordState: RecordState
    RelatedFindings: RelatedFindingList
    Note: Note
    Vulnerabilities: VulnerabilityList
    PatchSummary: Document
    Action: Document
    FindingProviderFields: Document
    Sample: Boolean
    GeneratorDetails: Document
    ProcessedAt: NonEmptyString
    AwsAccountName: NonEmptyString
    Detection: Document
}

structure AwsSecurityFindingFilters {
    ProductArn: StringFilterList
    AwsAccountId: StringFilterList
    Id: StringFilterList
    GeneratorId: StringFilterList
    Region: StringFilterList
    Type: StringFilterList
    FirstObservedAt: DateFilterList
    LastObservedAt: DateFilterList
    CreatedAt: DateFilterList
    UpdatedAt: DateFilterList
    SeverityProduct: NumberFilterList
    SeverityNormalized: NumberFilterList
    SeverityLabel: StringFilterList
    Confidence: NumberFilterList
    Criticality: NumberFilterList
    Title: StringFilterList
    Description: StringFilterList
    RecommendationText: StringFilterList
    SourceUrl: StringFilterList
    ProductFields: MapFilterList
    ProductName: StringFilterList
    CompanyName: StringFilterList
    UserDefinedFields: MapFilterList
    MalwareName: StringFilterList
    MalwareType: StringFilterList
    MalwarePath: StringFilterList
    MalwareState: StringFilterList
    NetworkDirection: StringFilterList
    NetworkProtocol: StringFilterList
    NetworkSourceIpV4: IpFilterList
    NetworkSourceIpV6: IpFilterList
    NetworkSourcePort: NumberFilterList
    NetworkSourceDomain: StringFilterList
    NetworkSourceMac: StringFilterList
    NetworkDestinationIpV4: IpFilterList
    NetworkDestinationIpV6: IpFilterList
    NetworkDestinationPort: NumberFilterList
    NetworkDestinationDomain: StringFilterList
    ProcessName: StringFilterList
    ProcessPath: StringFilterList
    ProcessPid: NumberFilterList
    ProcessParentPid: NumberFilterList
    ProcessLaunchedAt: DateFilterList
    ProcessTerminatedAt: DateFilterList
    ThreatIntelIndicatorType: StringFilterList
    ThreatIntelIndicatorValue: StringFilterList
    ThreatIntelIndicatorCategory: StringFilterList
    ThreatIntelIndicatorLastObservedAt: DateFilterList
    ThreatIntelIndicatorSource: StringFilterList
    ThreatIntelIndicatorSourceUrl: StringFilterList
    ResourceType: StringFilterList
    ResourceId: StringFilterList
    ResourcePartition: StringFilterList
    ResourceRegion: StringFilterList
    ResourceTags: MapFilterList
    ResourceAwsEc2InstanceType: StringFilterList
    ResourceAwsEc2InstanceImageId: StringFilterList
    ResourceAwsEc2InstanceIpV4Addresses: IpFilterList
    ResourceAwsEc2InstanceIpV6Addresses: IpFilterList
    ResourceAwsEc2InstanceKeyName: StringFilterList
    ResourceAwsEc2InstanceIamInstanceProfileArn: StringFilterList
    ResourceAwsEc2InstanceVpcId: StringFilterList
    ResourceAwsEc2InstanceSubnetId: StringFilterList
    ResourceAwsEc2InstanceLaunchedAt: DateFilterList
    ResourceAwsS3BucketOwnerId: StringFilterList
    ResourceAwsS3BucketOwnerName: StringFilterList
    ResourceAwsIamAccessKeyUserName: StringFilterList
    ResourceAwsIamAccessKeyPrincipalName: StringFilterList
    ResourceAwsIamAccessKeyStatus: StringFilterList
    ResourceAwsIamAccessKeyCreatedAt: DateFilterList
    ResourceAwsIamUserUserName: StringFilterList
    ResourceContainerName: StringFilterList
    ResourceContainerImageId: StringFilterList
    ResourceContainerImageName: StringFilterList
    ResourceContainerLaunchedAt: DateFilterList
    ResourceDetailsOther: MapFilterList
    ComplianceStatus: StringFilterList
    VerificationState: StringFilterList
    WorkflowState: StringFilterList
    WorkflowStatus: StringFilterList
    RecordState: StringFilterList
    RelatedFindingsProductArn: StringFilterList
    RelatedFindingsId: StringFilterList
    NoteText: StringFilterList
    NoteUpdatedAt: DateFilterList
    NoteUpdatedBy: StringFilterList
    Keyword: KeywordFilterList
    FindingProviderFieldsConfidence: NumberFilterList
    FindingProviderFieldsCriticality: NumberFilterList
    FindingProviderFieldsRelatedFindingsId: StringFilterList
    FindingProviderFieldsRelatedFindingsProductArn: StringFilterList
    FindingProviderFieldsSeverityLabel: StringFilterList
    FindingProviderFieldsSeverityOriginal: StringFilterList
    FindingProviderFieldsTypes: StringFilterList
    Sample: BooleanFilterList
    ComplianceSecurityControlId: StringFilterList
    ComplianceAssociatedStandardsId: StringFilterList
    VulnerabilitiesExploitAvailable: StringFilterList
    VulnerabilitiesFixAvailable: StringFilterList
    ComplianceSecurityControlParametersName: StringFilterList
    ComplianceSecurityControlParametersValue: StringFilterList
    AwsAccountName: StringFilterList
    ResourceApplicationName: StringFilterList
    ResourceApplicationArn: StringFilterList
}

structure AwsSecurityFindingIdentifier {
    @required
    Id: NonEmptyString
    @required
    ProductArn: NonEmptyString
}

list AwsSecurityFindingIdentifierList {
    member: AwsSecurityFindingIdentifier
}

list AwsSecurityFindingList {
    member: AwsSecurityFinding
}

structure BatchDeleteAutomationRulesRequest {
    @required
    AutomationRulesArns: AutomationRulesArnsList
}

structure BatchDeleteAutomationRulesResponse {
    ProcessedAutomationRules: AutomationRulesArnsList
    UnprocessedAutomationRules: UnprocessedAutomationRulesList
}

structure BatchGetAutomationRulesRequest {
    @required
    AutomationRulesArns: AutomationRulesArnsList
}

structure BatchGetAutomationRulesResponse {
    Rules: AutomationRulesConfigList
    UnprocessedAutomationRules: UnprocessedAutomationRulesList
}

structure BatchImportFindingsRequest {
    @required
    Findings: BatchImportFindingsRequestFindingList
}

@length(min: 1, max: 100)
list BatchImportFindingsRequestFindingList {
    member: AwsSecurityFinding
}

structure BatchImportFindingsResponse {
    @required
    FailedCount: Integer
    @required
    SuccessCount: Integer
    FailedFindings: ImportFindingsErrorList
}

structure BatchUpdateAutomationRulesRequest {
    @required
    UpdateAutomationRulesRequestItems: UpdateAutomationRulesRequestItemsList
}

structure BatchUpdateAutomationRulesResponse {
    ProcessedAutomationRules: AutomationRulesArnsList
    UnprocessedAutomationRules: UnprocessedAutomationRulesList
}

structure BatchUpdateFindingsRequest {
    @required
    FindingIdentifiers: AwsSecurityFindingIdentifierList
    Note: NoteUpdate
    Severity: SeverityUpdate
    VerificationState: VerificationState
    Confidence: RatioScale
    Criticality: RatioScale
    Types: TypeList
    UserDefinedFields: FieldMap
    Workflow: WorkflowUpdate
    RelatedFindings: RelatedFindingList
}

structure BatchUpdateFindingsResponse {
    @required
    ProcessedFindings: AwsSecurityFindingIdentifierList
    @required
    UnprocessedFindings: BatchUpdateFindingsUnprocessedFindingsList
}

structure BatchUpdateFindingsUnprocessedFinding {
    @required
    FindingIdentifier: AwsSecurityFindingIdentifier
    @required
    ErrorCode: NonEmptyString
    @required
    ErrorMessage: NonEmptyString
}

list BatchUpdateFindingsUnprocessedFindingsList {
    member: BatchUpdateFindingsUnprocessedFinding
}

structure BooleanFilter {
    Value: Boolean
}

list BooleanFilterList {
    member: BooleanFilter
}

enum ControlFindingGenerator {
    STANDARD_CONTROL
    SECURITY_CONTROL
}

structure CreateActionTargetRequest {
    @required
    Name: NonEmptyString
    @required
    Description: NonEmptyString
    @required
    Id: NonEmptyString
}

structure CreateActionTargetResponse {
    @required
    ActionTargetArn: NonEmptyString
}

structure CreateAutomationRuleRequest {
    Tags: TagMap
    RuleStatus: RuleStatus
    @required
    RuleOrder: RuleOrderValue
    @required
    RuleName: NonEmptyString
    @required
    Description: NonEmptyString
    IsTerminal: Boolean
    @required
    Criteria: AutomationRulesFindingFilters
    @required
    Actions: ActionList
}

structure CreateAutomationRuleResponse {
    RuleArn: NonEmptyString
}

structure DateFilter {
    Start: NonEmptyString
    End: NonEmptyString
    DateRange: DateRange
}

list DateFilterList {
    member: DateFilter
}

structure DateRange {
    Value: Integer
    Unit: DateRangeUnit
    Comparison: DateRangeComparison
}

enum DateRangeComparison {
    WITHIN
    OLDER_THAN
}

enum DateRangeUnit {
    DAYS
}

structure DeleteActionTargetRequest {
    @required
    @httpLabel
    ActionTargetArn: NonEmptyString
}

structure DeleteActionTargetResponse {
    @required
    ActionTargetArn: NonEmptyString
}

structure DescribeActionTargetsRequest {
    ActionTargetArns: ArnList
    NextToken: String
    MaxResults: MaxResults
}

structure DescribeActionTargetsResponse {
    @required
    ActionTargets: ActionTargetList
    NextToken: String
}

structure DescribeHubRequest {
    @httpQuery("HubArn")
    HubArn: NonEmptyString
}

structure DescribeHubResponse {
    HubArn: NonEmptyString
    SubscribedAt: NonEmptyString
    AutoEnableControls: Boolean
    ControlFindingGenerator: ControlFindingGenerator
}

structure DisableSecurityHubRequest {
}

structure DisableSecurityHubResponse {
}

structure EnableSecurityHubRequest {
    Tags: TagMap
    EnableDefaultStandards: Boolean
    ControlFindingGenerator: ControlFindingGenerator
}

structure EnableSecurityHubResponse {
}

map FieldMap {
    key: NonEmptyString
    value: NonEmptyString
}

structure GetFindingsRequest {
    Filters: AwsSecurityFindingFilters
    SortCriteria: SortCriteria
    NextToken: String
    MaxResults: MaxResults
}

structure GetFindingsResponse {
    @required
    Findings: AwsSecurityFindingList
    NextToken: String
}

structure ImportFindingsError {
    @required
    Id: NonEmptyString
    @required
    ErrorCode: NonEmptyString
    @required
    ErrorMessage: NonEmptyString
}

list ImportFindingsErrorList {
    member: ImportFindingsError
}

@error("server")
@httpError(500)
structure InternalException {
    Message: NonEmptyString
    Code: NonEmptyString
}

@error("client")
@httpError(401)
structure InvalidAccessException {
    Message: NonEmptyString
    Code: NonEmptyString
}

@error("client")
@httpError(400)
structure InvalidInputException {
    Message: NonEmptyString
    Code: NonEmptyString
}

structure IpFilter {
    Cidr: NonEmptyString
}

list IpFilterList {
    member: IpFilter
}

structure KeywordFilter {
    Value: NonEmptyString
}

list KeywordFilterList {
    member: KeywordFilter
}

@error("client")
@httpError(429)
structure LimitExceededException {
    Message: NonEmptyString
    Code: NonEmptyString
}

structure ListAutomationRulesRequest {
    @httpQuery("NextToken")
    NextToken: String
    @httpQuery("MaxResults")
    MaxResults: MaxResults
}

structure ListAutomationRulesResponse {
    AutomationRulesMetadata: AutomationRulesMetadataList
    NextToken: String
}

structure ListTagsForResourceRequest {
    @required
    @httpLabel
    ResourceArn: ResourceArn
}

structure ListTagsForResourceResponse {
    Tags: TagMap
}

list MalwareList {
    member: Document
}

structure MapFilter {
    Key: NonEmptyString
    Value: NonEmptyString
    Comparison: MapFilterComparison
}

enum MapFilterComparison {
    EQUALS
    NOT_EQUALS
    CONTAINS
    NOT_CONTAINS
}

list MapFilterList {
    member: MapFilter
}

@range(min: 1, max: 100)
integer MaxResults

structure Network {
    Direction: NetworkDirection
    Protocol: NonEmptyString
    OpenPortRange: PortRange
    SourceIpV4: NonEmptyString
    SourceIpV6: NonEmptyString
    SourcePort: Integer
    SourceDomain: NonEmptyString
    SourceMac: NonEmptyString
    DestinationIpV4: NonEmptyString
    DestinationIpV6: NonEmptyString
    DestinationPort: Integer
    DestinationDomain: NonEmptyString
}

enum NetworkDirection {
    IN
    OUT
}

list NetworkPathList {
    member: Document
}

@pattern(".*\\S.*")
string NonEmptyString

structure Note {
    @required
    Text: NonEmptyString
    @required
    UpdatedBy: NonEmptyString
    @required
    UpdatedAt: NonEmptyString
}

structure NoteUpdate {
    @required
    Text: NonEmptyString
    @required
    UpdatedBy: NonEmptyString
}

structure NumberFilter {
    Gte: Double
    Lte: Double
    Eq: Double
    Gt: Double
    Lt: Double
}

list NumberFilterList {
    member: NumberFilter
}

enum Partition {
    aws
    aws_cn = "aws-cn"
    aws_us_gov = "aws-us-gov"
}

structure PortRange {
    Begin: Integer
    End: Integer
}

@range(min: 0, max: 100)
integer RatioScale

structure Recommendation {
    Text: NonEmptyString
    Url: NonEmptyString
}

enum RecordState {
    ACTIVE
    ARCHIVED
}

structure RelatedFinding {
    @required
    ProductArn: NonEmptyString
    @required
    Id: NonEmptyString
}

list RelatedFindingList {
    member: RelatedFinding
}

structure Remediation {
    Recommendation: Recommendation
}

structure Resource {
    @required
    Type: NonEmptyString
    @required
    Id: NonEmptyString
    Partition: Partition
    Region: NonEmptyString
    ResourceRole: NonEmptyString
    Tags: FieldMap
    DataClassification: Document
    Details: Document
    ApplicationName: NonEmptyString
    ApplicationArn: NonEmptyString
}

@pattern("^arn:aws:securityhub:.*")
string ResourceArn

@error("client")
@httpError(409)
structure ResourceConflictException {
    Message: NonEmptyString
    Code: NonEmptyString
}

list ResourceList {
    member: Resource
}

@error("client")
@httpError(404)
structure ResourceNotFoundException {
    Message: NonEmptyString
    Code: NonEmptyString
}

@range(min: 1, max: 1000)
integer RuleOrderValue

enum RuleStatus {
    ENABLED
    DISABLED
}

structure Severity {
    Product: Double
    Label: SeverityLabel
    Normalized: Integer
    Original: NonEmptyString
}

enum SeverityLabel {
    INFORMATIONAL
    LOW
    MEDIUM
    HIGH
    CRITICAL
}

structure SeverityUpdate {
    Normalized: RatioScale
    Product: Double
    Label: SeverityLabel
}

list SortCriteria {
    member: SortCriterion
}

structure SortCriterion {
    Field: NonEmptyString
    SortOrder: SortOrder
}

enum SortOrder {
    asc
    desc
}

structure StringFilter {
    Value: NonEmptyString
    Comparison: StringFilterComparison
}

enum StringFilterComparison {
    EQUALS
    PREFIX
    NOT_EQUALS
    PREFIX_NOT_EQUALS
    CONTAINS
    NOT_CONTAINS
    CONTAINS_WORD
}

list StringFilterList {
    member: StringFilter
}

@length(min: 1, max: 128)
@pattern("^(?!aws:)[a-zA-Z+-=._:/]+$")
string TagKey

@length(min: 1, max: 50)
list TagKeyList {
    member: TagKey
}

@length(min: 1, max: 50)
map TagMap {
    key: TagKey
    value: TagValue
}

structure TagResourceRequest {
    @required
    @httpLabel
    ResourceArn: ResourceArn
    @required
    Tags: TagMap
}

structure TagResourceResponse {
}

@length(max: 256)
string TagValue

list ThreatIntelIndicatorList {
    member: Document
}

list ThreatList {
    member: Document
}

@timestampFormat("date-time")
timestamp Timestamp

list TypeList {
    member: NonEmptyString
}

structure UnprocessedAutomationRule {
    RuleArn: NonEmptyString
    ErrorCode: Integer
    ErrorMessage: NonEmptyString
}

list UnprocessedAutomationRulesList {
    member: UnprocessedAutomationRule
}

structure UntagResourceRequest {
    @required
    @httpLabel
    ResourceArn: ResourceArn
    @required
    @httpQuery("tagKeys")
    TagKeys: TagKeyList
}

structure UntagResourceResponse {
}

structure UpdateActionTargetRequest {
    @required
    @httpLabel
    ActionTargetArn: NonEmptyString
    Name: NonEmptyString
    Description: NonEmptyString
}

structure UpdateActionTargetResponse {
}

structure UpdateAutomationRulesRequestItem {
    @required
    RuleArn: NonEmptyString
    RuleStatus: RuleStatus
    RuleOrder: RuleOrderValue
    Description: NonEmptyString
    RuleName: NonEmptyString
    IsTerminal: Boolean
    Criteria: AutomationRulesFindingFilters
    Actions: ActionList
}

@length(min: 1, max: 100)
list UpdateAutomationRulesRequestItemsList {
    member: UpdateAutomationRulesRequestItem
}

enum VerificationState {
    UNKNOWN
    TRUE_POSITIVE
    FALSE_POSITIVE
    BENIGN_POSITIVE
}

list VulnerabilityList {
    member: Document
}

structure Workflow {
    Status: WorkflowStatus
}

enum WorkflowState {
    NEW
    ASSIGNED
    IN_PROGRESS
    DEFERRED
    RESOLVED
}

@lenient
enum WorkflowStatus {
    NEW
    NOTIFIED
    RESOLVED
    SUPPRESSED
}

structure WorkflowUpdate {
    Status: WorkflowStatus
}

$version: "2.0"

namespace riposte.logs

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_1
use riposte#aliases
use riposte#dataPlane
use riposte#iamPrefix
use riposte#iamResource
use riposte#targetPrefix

@service(sdkId: "CloudWatch Logs", arnNamespace: "logs", endpointPrefix: "logs")
@sigv4(name: "logs")
@awsJson1_1
@iamPrefix("logs")
@aliases(["cloudwatch-logs", "cloudwatchlogs"])
@targetPrefix("Logs_20140328")
service Logs20140328 {
    version: "2014-03-28"
    operations: [
        CreateLogGroup
        CreateLogStream
        DeleteLogGroup
        DeleteLogStream
        DeleteMetricFilter
        DeleteResourcePolicy
        DeleteRetentionPolicy
        DescribeLogGroups
        DescribeLogStreams
        DescribeMetricFilters
        DescribeResourcePolicies
        FilterLogEvents
        GetLogEvents
        ListTagsForResource
        ListTagsLogGroup
        PutLogEvents
        PutMetricFilter
        PutResourcePolicy
        PutRetentionPolicy
        TagLogGroup
        TagResource
        TestMetricFilter
        UntagLogGroup
        UntagResource
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation CreateLogGroup {
    input: CreateLogGroupRequest
    errors: [
        InvalidParameterException
        ResourceAlreadyExistsException
        LimitExceededException
        OperationAbortedException
        ServiceUnavailableException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{logStreamName}"])
operation CreateLogStream {
    input: CreateLogStreamRequest
    errors: [
        InvalidParameterException
        ResourceAlreadyExistsException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation DeleteLogGroup {
    input: DeleteLogGroupRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        OperationAbortedException
        ServiceUnavailableException
        ValidationException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{logStreamName}"])
operation DeleteLogStream {
    input: DeleteLogStreamRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        OperationAbortedException
        ServiceUnavailableException
        ValidationException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation DeleteMetricFilter {
    input: DeleteMetricFilterRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        OperationAbortedException
        ServiceUnavailableException
    ]
}

operation DeleteResourcePolicy {
    input: DeleteResourcePolicyRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        OperationAbortedException
        ServiceUnavailableException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation DeleteRetentionPolicy {
    input: DeleteRetentionPolicyRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        OperationAbortedException
        ServiceUnavailableException
    ]
}

@readonly
operation DescribeLogGroups {
    input: DescribeLogGroupsRequest
    output: DescribeLogGroupsResponse
    errors: [
        InvalidParameterException
        ServiceUnavailableException
    ]
}

@readonly
@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation DescribeLogStreams {
    input: DescribeLogStreamsRequest
    output: DescribeLogStreamsResponse
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@readonly
@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation DescribeMetricFilters {
    input: DescribeMetricFiltersRequest
    output: DescribeMetricFiltersResponse
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@readonly
operation DescribeResourcePolicies {
    input: DescribeResourcePoliciesRequest
    output: DescribeResourcePoliciesResponse
    errors: [
        InvalidParameterException
        ServiceUnavailableException
    ]
}

@readonly
@dataPlane
@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation FilterLogEvents {
    input: FilterLogEventsRequest
    output: FilterLogEventsResponse
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@readonly
@dataPlane
@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{logStreamName}"])
operation GetLogEvents {
    input: GetLogEventsRequest
    output: GetLogEventsResponse
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@readonly
@iamResource(["{resourceArn}"])
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResponse
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@readonly
@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation ListTagsLogGroup {
    input: ListTagsLogGroupRequest
    output: ListTagsLogGroupResponse
    errors: [
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@dataPlane
@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{logStreamName}"])
operation PutLogEvents {
    input: PutLogEventsRequest
    output: PutLogEventsResponse
    errors: [
        InvalidParameterException
        InvalidSequenceTokenException
        DataAlreadyAcceptedException
        ResourceNotFoundException
        ServiceUnavailableException
        UnrecognizedClientException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation PutMetricFilter {
    input: PutMetricFilterRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        OperationAbortedException
        LimitExceededException
        ServiceUnavailableException
        InvalidOperationException
    ]
}

operation PutResourcePolicy {
    input: PutResourcePolicyRequest
    output: PutResourcePolicyResponse
    errors: [
        InvalidParameterException
        LimitExceededException
        OperationAbortedException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation PutRetentionPolicy {
    input: PutRetentionPolicyRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        OperationAbortedException
        ServiceUnavailableException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation TagLogGroup {
    input: TagLogGroupRequest
    errors: [
        ResourceNotFoundException
        InvalidParameterException
    ]
}

@iamResource(["{resourceArn}"])
operation TagResource {
    input: TagResourceRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        ServiceUnavailableException
        TooManyTagsException
    ]
}

@readonly
operation TestMetricFilter {
    input: TestMetricFilterRequest
    output: TestMetricFilterResponse
    errors: [
        InvalidParameterException
        ServiceUnavailableException
    ]
}

@iamResource(["arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:"])
operation UntagLogGroup {
    input: UntagLogGroupRequest
    errors: [
        ResourceNotFoundException
    ]
}

@iamResource(["{resourceArn}"])
operation UntagResource {
    input: UntagResourceRequest
    errors: [
        InvalidParameterException
        ResourceNotFoundException
        ServiceUnavailableException
    ]
}

@length(min: 12, max: 12)
@pattern("^\\d{12}$")
string AccountId

@length(min: 0, max: 20)
list AccountIds {
    member: AccountId
}

@length(min: 1, max: 1011)
@pattern("[\\w+=/:,.@-]*")
string AmazonResourceName

structure CreateLogGroupRequest {
    @required
    logGroupName: LogGroupName
    kmsKeyId: KmsKeyId
    tags: Tags
    logGroupClass: LogGroupClass
    deletionProtectionEnabled: Boolean
}

structure CreateLogStreamRequest {
    @required
    logGroupName: LogGroupName
    @required
    logStreamName: LogStreamName
}

@error("client")
structure DataAlreadyAcceptedException {
    expectedSequenceToken: SequenceToken
}

enum DataProtectionStatus {
    ACTIVATED
    DELETED
    ARCHIVED
    DISABLED
}

structure DeleteLogGroupRequest {
    @required
    logGroupName: LogGroupName
}

structure DeleteLogStreamRequest {
    @required
    logGroupName: LogGroupName
    @required
    logStreamName: LogStreamName
}

structure DeleteMetricFilterRequest {
    @required
    logGroupName: LogGroupName
    @required
    filterName: FilterName
}

structure DeleteResourcePolicyRequest {
    policyName: String
    resourceArn: String
    expectedRevisionId: ExpectedRevisionId
}

structure DeleteRetentionPolicyRequest {
    @required
    logGroupName: LogGroupName
}

@range(min: 1, max: 50)
integer DescribeLimit

@length(min: 1, max: 50)
list DescribeLogGroupsLogGroupIdentifiers {
    member: LogGroupIdentifier
}

structure DescribeLogGroupsRequest {
    accountIdentifiers: AccountIds
    logGroupNamePrefix: LogGroupName
    logGroupNamePattern: LogGroupNamePattern
    nextToken: NextToken
    limit: DescribeLimit
    includeLinkedAccounts: Boolean
    logGroupClass: LogGroupClass
    logGroupIdentifiers: DescribeLogGroupsLogGroupIdentifiers
}

structure DescribeLogGroupsResponse {
    logGroups: LogGroups
    nextToken: NextToken
}

structure DescribeLogStreamsRequest {
    logGroupName: LogGroupName
    logGroupIdentifier: LogGroupIdentifier
    logStreamNamePrefix: LogStreamName
    orderBy: OrderBy
    descending: Boolean
    nextToken: NextToken
    limit: DescribeLimit
}

structure DescribeLogStreamsResponse {
    logStreams: LogStreams
    nextToken: NextToken
}

structure DescribeMetricFiltersRequest {
    logGroupName: LogGroupName
    filterNamePrefix: FilterName
    nextToken: NextToken
    limit: DescribeLimit
    metricName: MetricName
    metricNamespace: MetricNamespace
}

structure DescribeMetricFiltersResponse {
    metricFilters: MetricFilters
    nextToken: NextToken
}

structure DescribeResourcePoliciesRequest {
    nextToken: NextToken
    limit: DescribeLimit
    resourceArn: String
    policyScope: PolicyScope
}

structure DescribeResourcePoliciesResponse {
    resourcePolicies: ResourcePolicies
    nextToken: NextToken
}

map Dimensions {
    key: DimensionsKey
    value: DimensionsValue
}

@length(max: 255)
string DimensionsKey

@length(max: 255)
string DimensionsValue

list EmitSystemFields {
    member: String
}

structure Entity {
    keyAttributes: EntityKeyAttributes
    attributes: EntityAttributes
}

@length(min: 0, max: 10)
map EntityAttributes {
    key: EntityAttributesKey
    value: EntityAttributesValue
}

@length(min: 1, max: 256)
string EntityAttributesKey

@length(min: 1, max: 512)
string EntityAttributesValue

@length(min: 2, max: 4)
map EntityKeyAttributes {
    key: EntityKeyAttributesKey
    value: EntityKeyAttributesValue
}

@length(min: 1, max: 32)
string EntityKeyAttributesKey

@length(min: 1, max: 512)
string EntityKeyAttributesValue

enum EntityRejectionErrorType {
    InvalidEntity
    InvalidTypeValue
    InvalidKeyAttributes
    InvalidAttributes
    EntitySizeTooLarge
    UnsupportedLogGroupType
    MissingRequiredFields
}

@length(min: 1)
string EventMessage

@range(min: 1, max: 10000)
integer EventsLimit

@length(min: 1)
string ExpectedRevisionId

map ExtractedValues {
    key: String
    value: String
}

@length(min: 0, max: 2000)
string FieldSelectionCriteria

structure FilterLogEventsRequest {
    logGroupName: LogGroupName
    logGroupIdentifier: LogGroupIdentifier
    logStreamNames: InputLogStreamNames
    logStreamNamePrefix: LogStreamName
    startTime: Timestamp
    endTime: Timestamp
    filterPattern: FilterPattern
    nextToken: NextToken
    limit: EventsLimit
    interleaved: Boolean
    unmask: Boolean
}

structure FilterLogEventsResponse {
    events: FilteredLogEvents
    searchedLogStreams: SearchedLogStreams
    nextToken: NextToken
}

@length(min: 1, max: 512)
@pattern("[^:*]*")
string FilterName

@length(min: 0, max: 1024)
string FilterPattern

structure FilteredLogEvent {
    logStreamName: LogStreamName
    timestamp: Timestamp
    message: EventMessage
    ingestionTime: Timestamp
    eventId: String
}

list FilteredLogEvents {
    member: FilteredLogEvent
}

structure GetLogEventsRequest {
    logGroupName: LogGroupName
    logGroupIdentifier: LogGroupIdentifier
    @required
    logStreamName: LogStreamName
    startTime: Timestamp
    endTime: Timestamp
    nextToken: NextToken
    limit: EventsLimit
    startFromHead: Boolean
    unmask: Boolean
}

structure GetLogEventsResponse {
    events: OutputLogEvents
    nextForwardToken: NextToken
    nextBackwardToken: NextToken
}

list InheritedProperties {
    member: InheritedProperty
}

enum InheritedProperty {
    ACCOUNT_DATA_PROTECTION
}

structure InputLogEvent {
    @required
    timestamp: Timestamp
    @required
    message: EventMessage
}

@length(min: 1, max: 10000)
list InputLogEvents {
    member: InputLogEvent
}

@length(min: 1, max: 100)
list InputLogStreamNames {
    member: LogStreamName
}

@error("client")
structure InvalidOperationException {
}

@error("client")
structure InvalidParameterException {
}

@error("client")
structure InvalidSequenceTokenException {
    expectedSequenceToken: SequenceToken
}

@length(max: 256)
string KmsKeyId

@error("client")
structure LimitExceededException {
}

structure ListTagsForResourceRequest {
    @required
    resourceArn: AmazonResourceName
}

structure ListTagsForResourceResponse {
    tags: Tags
}

structure ListTagsLogGroupRequest {
    @required
    logGroupName: LogGroupName
}

structure ListTagsLogGroupResponse {
    tags: Tags
}

structure LogGroup {
    logGroupName: LogGroupName
    creationTime: Timestamp
    retentionInDays: Integer
    metricFilterCount: Integer
    arn: String
    storedBytes: StoredBytes
    kmsKeyId: KmsKeyId
    dataProtectionStatus: DataProtectionStatus
    inheritedProperties: InheritedProperties
    logGroupClass: LogGroupClass
    logGroupArn: String
    deletionProtectionEnabled: Boolean
    bearerTokenAuthenticationEnabled: Boolean
}

enum LogGroupClass {
    STANDARD
    INFREQUENT_ACCESS
    DELIVERY
}

@length(min: 1, max: 2048)
@pattern("[\\w#+=/:,.@-]*")
string LogGroupIdentifier

@length(min: 1, max: 512)
@pattern("[\\.\\-_/#A-Za-z0-9]+")
string LogGroupName

@length(min: 0, max: 512)
@pattern("[\\.\\-_/#A-Za-z0-9]*")
string LogGroupNamePattern

list LogGroups {
    member: LogGroup
}

structure LogStream {
    logStreamName: LogStreamName
    creationTime: Timestamp
    firstEventTimestamp: Timestamp
    lastEventTimestamp: Timestamp
    lastIngestionTime: Timestamp
    uploadSequenceToken: SequenceToken
    arn: String
    storedBytes: StoredBytes
}

@length(min: 1, max: 512)
@pattern("[^:*]*")
string LogStreamName

list LogStreams {
    member: LogStream
}

structure MetricFilter {
    filterName: FilterName
    filterPattern: FilterPattern
    metricTransformations: MetricTransformations
    creationTime: Timestamp
    logGroupName: LogGroupName
    applyOnTransformedLogs: Boolean
    fieldSelectionCriteria: FieldSelectionCriteria
    emitSystemFieldDimensions: EmitSystemFields
}

structure MetricFilterMatchRecord {
    eventNumber: Long
    eventMessage: EventMessage
    extractedValues: ExtractedValues
}

list MetricFilterMatches {
    member: MetricFilterMatchRecord
}

list MetricFilters {
    member: MetricFilter
}

@length(max: 255)
@pattern("[^:*$]*")
string MetricName

@length(max: 255)
@pattern("[^:*$]*")
string MetricNamespace

structure MetricTransformation {
    @required
    metricName: MetricName
    @required
    metricNamespace: MetricNamespace
    @required
    metricValue: MetricValue
    defaultValue: Double
    dimensions: Dimensions
    unit: StandardUnit
}

@length(min: 1, max: 1)
list MetricTransformations {
    member: MetricTransformation
}

@length(max: 100)
string MetricValue

@length(min: 1)
string NextToken

@error("client")
structure OperationAbortedException {
}

enum OrderBy {
    LogStreamName
    LastEventTime
}

structure OutputLogEvent {
    timestamp: Timestamp
    message: EventMessage
    ingestionTime: Timestamp
}

list OutputLogEvents {
    member: OutputLogEvent
}

@length(min: 1, max: 51200)
string PolicyDocument

enum PolicyScope {
    ACCOUNT
    RESOURCE
}

structure PutLogEventsRequest {
    @required
    logGroupName: LogGroupName
    @required
    logStreamName: LogStreamName
    @required
    logEvents: InputLogEvents
    sequenceToken: SequenceToken
    entity: Entity
}

structure PutLogEventsResponse {
    nextSequenceToken: SequenceToken
    rejectedLogEventsInfo: RejectedLogEventsInfo
    rejectedEntityInfo: RejectedEntityInfo
}

structure PutMetricFilterRequest {
    @required
    logGroupName: LogGroupName
    @required
    filterName: FilterName
    @required
    filterPattern: FilterPattern
    @required
    metricTransformations: MetricTransformations
    applyOnTransformedLogs: Boolean
    fieldSelectionCriteria: FieldSelectionCriteria
    emitSystemFieldDimensions: EmitSystemFields
}

structure PutResourcePolicyRequest {
    policyName: String
    policyDocument: PolicyDocument
    resourceArn: String
    expectedRevisionId: ExpectedRevisionId
}

structure PutResourcePolicyResponse {
    resourcePolicy: ResourcePolicy
    revisionId: ExpectedRevisionId
}

structure PutRetentionPolicyRequest {
    @required
    logGroupName: LogGroupName
    @required
    retentionInDays: Integer
}

structure RejectedEntityInfo {
    @required
    errorType: EntityRejectionErrorType
}

structure RejectedLogEventsInfo {
    tooNewLogEventStartIndex: Integer
    tooOldLogEventEndIndex: Integer
    expiredLogEventEndIndex: Integer
}

@error("client")
structure ResourceAlreadyExistsException {
}

@error("client")
structure ResourceNotFoundException {
}

list ResourcePolicies {
    member: ResourcePolicy
}

structure ResourcePolicy {
    policyName: String
    policyDocument: PolicyDocument
    lastUpdatedTime: Timestamp
    policyScope: PolicyScope
    resourceArn: String
    revisionId: ExpectedRevisionId
}

structure SearchedLogStream {
    logStreamName: LogStreamName
    searchedCompletely: Boolean
}

list SearchedLogStreams {
    member: SearchedLogStream
}

@length(min: 1)
string SequenceToken

@error("server")
structure ServiceUnavailableException {
}

enum StandardUnit {
    Seconds
    Microseconds
    Milliseconds
    Bytes
    Kilobytes
    Megabytes
    Gigabytes
    Terabytes
    Bits
    Kilobits
    Megabits
    Gigabits
    Terabits
    Percent
    Count
    Bytes_Second = "Bytes/Second"
    Kilobytes_Second = "Kilobytes/Second"
    Megabytes_Second = "Megabytes/Second"
    Gigabytes_Second = "Gigabytes/Second"
    Terabytes_Second = "Terabytes/Second"
    Bits_Second = "Bits/Second"
    Kilobits_Second = "Kilobits/Second"
    Megabits_Second = "Megabits/Second"
    Gigabits_Second = "Gigabits/Second"
    Terabits_Second = "Terabits/Second"
    Count_Second = "Count/Second"
    None
}

@range(min: 0)
long StoredBytes

@length(min: 1, max: 128)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$")
string TagKey

@length(min: 0, max: 50)
list TagKeyList {
    member: TagKey
}

@length(min: 1)
list TagList {
    member: TagKey
}

structure TagLogGroupRequest {
    @required
    logGroupName: LogGroupName
    @required
    tags: Tags
}

structure TagResourceRequest {
    @required
    resourceArn: AmazonResourceName
    @required
    tags: Tags
}

@length(max: 256)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagValue

@length(min: 1, max: 50)
map Tags {
    key: TagKey
    value: TagValue
}

@length(min: 1, max: 50)
list TestEventMessages {
    member: EventMessage
}

structure TestMetricFilterRequest {
    @required
    filterPattern: FilterPattern
    @required
    logEventMessages: TestEventMessages
}

structure TestMetricFilterResponse {
    matches: MetricFilterMatches
}

@range(min: 0)
long Timestamp

@error("client")
structure TooManyTagsException {
    message: String
    resourceName: AmazonResourceName
}

@error("client")
structure UnrecognizedClientException {
}

structure UntagLogGroupRequest {
    @required
    logGroupName: LogGroupName
    @required
    tags: TagList
}

structure UntagResourceRequest {
    @required
    resourceArn: AmazonResourceName
    @required
    tagKeys: TagKeyList
}

@error("client")
structure ValidationException {
}

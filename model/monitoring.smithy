$version: "2.0"

namespace riposte.monitoring

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_0
use aws.protocols#awsQuery
use aws.protocols#awsQueryCompatible
use aws.protocols#awsQueryError
use riposte#aliases
use riposte#dataPlane
use riposte#iamPrefix
use riposte#iamResource
use riposte#targetPrefix
use smithy.protocols#rpcv2Cbor

@service(sdkId: "CloudWatch", arnNamespace: "monitoring", endpointPrefix: "monitoring")
@sigv4(name: "monitoring")
@rpcv2Cbor
@awsJson1_0
@awsQuery
@awsQueryCompatible
@xmlNamespace(uri: "http://monitoring.amazonaws.com/doc/2010-08-01/")
@iamPrefix("cloudwatch")
@aliases(["cloudwatch"])
@targetPrefix("GraniteServiceVersion20100801")
service GraniteServiceVersion20100801 {
    version: "2010-08-01"
    operations: [
        DeleteAlarms
        DeleteDashboards
        DescribeAlarmHistory
        DescribeAlarms
        DescribeAlarmsForMetric
        DisableAlarmActions
        EnableAlarmActions
        GetDashboard
        GetMetricData
        GetMetricStatistics
        ListDashboards
        ListMetrics
        ListTagsForResource
        PutDashboard
        PutMetricAlarm
        PutMetricData
        SetAlarmState
        TagResource
        UntagResource
    ]
}

@iamResource(["arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmNames[]}"])
operation DeleteAlarms {
    input: DeleteAlarmsInput
    errors: [
        ResourceNotFound
    ]
}

@iamResource(["arn:aws:cloudwatch::{account}:dashboard/{DashboardNames[]}"])
operation DeleteDashboards {
    input: DeleteDashboardsInput
    output: DeleteDashboardsOutput
    errors: [
        InvalidParameterValueException
        InternalServiceFault
        ConflictException
    ]
}

@readonly
@iamResource(["arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}"])
operation DescribeAlarmHistory {
    input: DescribeAlarmHistoryInput
    output: DescribeAlarmHistoryOutput
    errors: [
        InvalidNextToken
    ]
}

@readonly
operation DescribeAlarms {
    input: DescribeAlarmsInput
    output: DescribeAlarmsOutput
    errors: [
        InvalidNextToken
    ]
}

@readonly
operation DescribeAlarmsForMetric {
    input: DescribeAlarmsForMetricInput
    output: DescribeAlarmsForMetricOutput
}

@iamResource(["arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmNames[]}"])
operation DisableAlarmActions {
    input: DisableAlarmActionsInput
}

@iamResource(["arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmNames[]}"])
operation EnableAlarmActions {
    input: EnableAlarmActionsInput
}

@readonly
@iamResource(["arn:aws:cloudwatch::{account}:dashboard/{DashboardName}"])
operation GetDashboard {
    input: GetDashboardInput
    output: GetDashboardOutput
    errors: [
        InvalidParameterValueException
        DashboardNotFoundError
        InternalServiceFault
    ]
}

@readonly
@dataPlane
operation GetMetricData {
    input: GetMetricDataInput
    output: GetMetricDataOutput
    errors: [
        InvalidNextToken
    ]
}

@readonly
@dataPlane
operation GetMetricStatistics {
    input: GetMetricStatisticsInput
    output: GetMetricStatisticsOutput
    errors: [
        InvalidParameterValueException
        MissingRequiredParameterException
        InvalidParameterCombinationException
        InternalServiceFault
    ]
}

@readonly
operation ListDashboards {
    input: ListDashboardsInput
    output: ListDashboardsOutput
    errors: [
        InvalidParameterValueException
        InternalServiceFault
    ]
}

@readonly
operation ListMetrics {
    input: ListMetricsInput
    output: ListMetricsOutput
    errors: [
        InternalServiceFault
        InvalidParameterValueException
    ]
}

@readonly
@iamResource(["{ResourceARN}"])
operation ListTagsForResource {
    input: ListTagsForResourceInput
    output: ListTagsForResourceOutput
    errors: [
        InvalidParameterValueException
        ResourceNotFoundException
        InternalServiceFault
    ]
}

@iamResource(["arn:aws:cloudwatch::{account}:dashboard/{DashboardName}"])
operation PutDashboard {
    input: PutDashboardInput
    output: PutDashboardOutput
    errors: [
        DashboardInvalidInputError
        InternalServiceFault
        ConflictException
    ]
}

@iamResource(["arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}"])
operation PutMetricAlarm {
    input: PutMetricAlarmInput
    errors: [
        LimitExceededFault
    ]
}

@dataPlane
operation PutMetricData {
    input: PutMetricDataInput
    errors: [
        InvalidParameterValueException
        MissingRequiredParameterException
        InvalidParameterCombinationException
        InternalServiceFault
    ]
}

@iamResource(["arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}"])
operation SetAlarmState {
    input: SetAlarmStateInput
    errors: [
        ResourceNotFound
        InvalidFormatFault
    ]
}

@iamResource(["{ResourceARN}"])
operation TagResource {
    input: TagResourceInput
    output: TagResourceOutput
    errors: [
        InvalidParameterValueException
        ResourceNotFoundException
        ConcurrentModificationException
        InternalServiceFault
        ConflictException
    ]
}

@iamResource(["{ResourceARN}"])
operation UntagResource {
    input: UntagResourceInput
    output: UntagResourceOutput
    errors: [
        InvalidParameterValueException
        ResourceNotFoundException
        ConcurrentModificationException
        InternalServiceFault
        ConflictException
    ]
}

@length(min: 1, max: 255)
string AccountId

@length(min: 1, max: 1024)
string ActionPrefix

enum ActionsSuppressedBy {
    WaitPeriod
    ExtensionPeriod
    Alarm
}

@length(min: 0, max: 1024)
string ActionsSuppressedReason

@length(min: 1, max: 1600)
string AlarmArn

@length(min: 0, max: 1024)
string AlarmDescription

structure AlarmHistoryItem {
    AlarmName: AlarmName
    AlarmContributorId: ContributorId
    AlarmType: AlarmType
    Timestamp: Timestamp
    HistoryItemType: HistoryItemType
    HistorySummary: HistorySummary
    HistoryData: HistoryData
    AlarmContributorAttributes: ContributorAttributes
}

list AlarmHistoryItems {
    member: AlarmHistoryItem
}

@length(min: 1, max: 255)
string AlarmName

@length(min: 1, max: 255)
string AlarmNamePrefix

@length(max: 100)
list AlarmNames {
    member: AlarmName
}

structure AlarmPromQLCriteria {
    @required
    Query: Query
    PendingPeriod: PendingPeriod
    RecoveryPeriod: RecoveryPeriod
}

@length(min: 1, max: 10240)
string AlarmRule

enum AlarmType {
    CompositeAlarm
    MetricAlarm
}

list AlarmTypes {
    member: AlarmType
}

@length(min: 1, max: 1024)
string AmazonResourceName

@length(min: 1, max: 255)
string AttributeName

@length(min: 1, max: 1024)
string AttributeValue

enum ComparisonOperator {
    GreaterThanOrEqualToThreshold
    GreaterThanThreshold
    LessThanThreshold
    LessThanOrEqualToThreshold
    LessThanLowerOrGreaterThanUpperThreshold
    LessThanLowerThreshold
    GreaterThanUpperThreshold
}

structure CompositeAlarm {
    ActionsEnabled: Boolean
    AlarmActions: ResourceList
    AlarmArn: AlarmArn
    AlarmConfigurationUpdatedTimestamp: Timestamp
    AlarmDescription: AlarmDescription
    AlarmName: AlarmName
    AlarmRule: AlarmRule
    InsufficientDataActions: ResourceList
    OKActions: ResourceList
    StateReason: StateReason
    StateReasonData: StateReasonData
    StateUpdatedTimestamp: Timestamp
    StateValue: StateValue
    StateTransitionedTimestamp: Timestamp
    ActionsSuppressedBy: ActionsSuppressedBy
    ActionsSuppressedReason: ActionsSuppressedReason
    ActionsSuppressor: AlarmArn
    ActionsSuppressorWaitPeriod: Integer
    ActionsSuppressorExtensionPeriod: Integer
}

list CompositeAlarms {
    member: CompositeAlarm
}

@error("client")
@awsQueryError(code: "ConcurrentModificationException", httpResponseCode: 429)
@httpError(429)
structure ConcurrentModificationException {
}

@error("client")
@httpError(409)
structure ConflictException {
    Message: ErrorMessage
}

@length(min: 0, max: 150)
map ContributorAttributes {
    key: AttributeName
    value: AttributeValue
}

@length(min: 1, max: 16)
string ContributorId

list Counts {
    member: Double
}

list DashboardEntries {
    member: DashboardEntry
}

structure DashboardEntry {
    DashboardName: String
    DashboardArn: String
    LastModified: Timestamp
    Size: Long
}

@error("client")
@awsQueryError(code: "InvalidParameterInput", httpResponseCode: 400)
@httpError(400)
structure DashboardInvalidInputError {
    message: String
    dashboardValidationMessages: DashboardValidationMessages
}

list DashboardNames {
    member: String
}

@error("client")
@awsQueryError(code: "ResourceNotFound", httpResponseCode: 404)
@httpError(404)
structure DashboardNotFoundError {
    message: String
}

structure DashboardValidationMessage {
    DataPath: String
    Message: String
}

list DashboardValidationMessages {
    member: DashboardValidationMessage
}

structure Datapoint {
    Timestamp: Timestamp
    SampleCount: Double
    Average: Double
    Sum: Double
    Minimum: Double
    Maximum: Double
    Unit: StandardUnit
    ExtendedStatistics: DatapointValueMap
}

map DatapointValueMap {
    key: String
    value: Double
}

list DatapointValues {
    member: Double
}

list Datapoints {
    member: Datapoint
}

@range(min: 1)
integer DatapointsToAlarm

structure DeleteAlarmsInput {
    @required
    AlarmNames: AlarmNames
}

structure DeleteDashboardsInput {
    @required
    DashboardNames: DashboardNames
}

structure DeleteDashboardsOutput {
}

structure DescribeAlarmHistoryInput {
    AlarmName: AlarmName
    AlarmContributorId: ContributorId
    AlarmTypes: AlarmTypes
    HistoryItemType: HistoryItemType
    StartDate: Timestamp
    EndDate: Timestamp
    MaxRecords: MaxRecords
    NextToken: String
    ScanBy: ScanBy
}

structure DescribeAlarmHistoryOutput {
    AlarmHistoryItems: AlarmHistoryItems
    NextToken: String
}

structure DescribeAlarmsForMetricInput {
    @required
    MetricName: MetricName
    @required
    Namespace: Namespace
    Statistic: Statistic
    ExtendedStatistic: String
    Dimensions: Dimensions
    Period: Period
    Unit: StandardUnit
}

structure DescribeAlarmsForMetricOutput {
    MetricAlarms: MetricAlarms
}

structure DescribeAlarmsInput {
    AlarmNames: AlarmNames
    AlarmNamePrefix: AlarmNamePrefix
    AlarmTypes: AlarmTypes
    ChildrenOfAlarmName: AlarmName
    ParentsOfAlarmName: AlarmName
    StateValue: StateValue
    ActionPrefix: ActionPrefix
    MaxRecords: MaxRecords
    NextToken: String
}

structure DescribeAlarmsOutput {
    CompositeAlarms: CompositeAlarms
    MetricAlarms: MetricAlarms
    NextToken: String
}

structure Dimension {
    @required
    Name: DimensionName
    @required
    Value: DimensionValue
}

structure DimensionFilter {
    @required
    Name: DimensionName
    Value: DimensionValue
}

@length(max: 10)
list DimensionFilters {
    member: DimensionFilter
}

@length(min: 1, max: 255)
string DimensionName

@length(min: 1, max: 1024)
string DimensionValue

@length(max: 30)
list Dimensions {
    member: Dimension
}

structure DisableAlarmActionsInput {
    @required
    AlarmNames: AlarmNames
}

structure EnableAlarmActionsInput {
    @required
    AlarmNames: AlarmNames
}

structure Entity {
    KeyAttributes: EntityKeyAttributesMap
    Attributes: EntityAttributesMap
}

@length(min: 0, max: 10)
map EntityAttributesMap {
    key: EntityAttributesMapKeyString
    value: EntityAttributesMapValueString
}

@length(min: 1, max: 256)
string EntityAttributesMapKeyString

@length(min: 1, max: 2048)
string EntityAttributesMapValueString

@length(min: 2, max: 4)
map EntityKeyAttributesMap {
    key: EntityKeyAttributesMapKeyString
    value: EntityKeyAttributesMapValueString
}

@length(min: 1, max: 32)
string EntityKeyAttributesMapKeyString

@length(min: 1, max: 2048)
string EntityKeyAttributesMapValueString

structure EntityMetricData {
    Entity: Entity
    MetricData: MetricData
}

list EntityMetricDataList {
    member: EntityMetricData
}

@length(min: 1, max: 255)
string ErrorMessage

@length(min: 1, max: 255)
string EvaluateLowSampleCountPercentile

union EvaluationCriteria {
    PromQLCriteria: AlarmPromQLCriteria
}

@range(min: 10, max: 3600)
integer EvaluationInterval

@range(min: 1)
integer EvaluationPeriods

enum EvaluationState {
    PARTIAL_DATA
    EVALUATION_FAILURE
    EVALUATION_ERROR
}

@length(min: 1, max: 10)
list ExtendedStatistics {
    member: String
}

structure GetDashboardInput {
    @required
    DashboardName: String
}

structure GetDashboardOutput {
    DashboardArn: String
    DashboardBody: String
    DashboardName: String
}

structure GetMetricDataInput {
    @required
    MetricDataQueries: MetricDataQueries
    @required
    StartTime: Timestamp
    @required
    EndTime: Timestamp
    NextToken: String
    ScanBy: ScanBy
    MaxDatapoints: Integer
    LabelOptions: LabelOptions
}

structure GetMetricDataOutput {
    MetricDataResults: MetricDataResults
    NextToken: String
    Messages: MetricDataResultMessages
}

structure GetMetricStatisticsInput {
    @required
    Namespace: Namespace
    @required
    MetricName: MetricName
    Dimensions: Dimensions
    @required
    StartTime: Timestamp
    @required
    EndTime: Timestamp
    @required
    Period: Period
    Statistics: Statistics
    ExtendedStatistics: ExtendedStatistics
    Unit: StandardUnit
}

structure GetMetricStatisticsOutput {
    Label: String
    Datapoints: Datapoints
}

@length(min: 1, max: 4095)
string HistoryData

enum HistoryItemType {
    ConfigurationUpdate
    StateUpdate
    Action
    AlarmContributorStateUpdate
    AlarmContributorAction
}

@length(min: 1, max: 255)
string HistorySummary

@error("server")
@awsQueryError(code: "InternalServiceError", httpResponseCode: 500)
@httpError(500)
structure InternalServiceFault {
    Message: String
}

@error("client")
@awsQueryError(code: "InvalidFormat", httpResponseCode: 400)
@httpError(400)
structure InvalidFormatFault {
    message: ErrorMessage
}

@error("client")
@awsQueryError(code: "InvalidNextToken", httpResponseCode: 400)
@httpError(400)
structure InvalidNextToken {
    message: ErrorMessage
}

@error("client")
@awsQueryError(code: "InvalidParameterCombination", httpResponseCode: 400)
@httpError(400)
structure InvalidParameterCombinationException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidParameterValue", httpResponseCode: 400)
@httpError(400)
structure InvalidParameterValueException {
    message: String
}

structure LabelOptions {
    Timezone: String
}

@error("client")
@awsQueryError(code: "LimitExceeded", httpResponseCode: 400)
@httpError(400)
structure LimitExceededFault {
    message: ErrorMessage
}

structure ListDashboardsInput {
    DashboardNamePrefix: String
    NextToken: String
}

structure ListDashboardsOutput {
    DashboardEntries: DashboardEntries
    NextToken: String
}

structure ListMetricsInput {
    Namespace: Namespace
    MetricName: MetricName
    Dimensions: DimensionFilters
    NextToken: String
    RecentlyActive: RecentlyActive
    IncludeLinkedAccounts: Boolean
    OwningAccount: AccountId
}

structure ListMetricsOutput {
    Metrics: Metrics
    NextToken: String
    OwningAccounts: OwningAccounts
}

structure ListTagsForResourceInput {
    @required
    ResourceARN: AmazonResourceName
}

structure ListTagsForResourceOutput {
    Tags: TagList
}

@range(min: 1, max: 100)
integer MaxRecords

structure MessageData {
    Code: String
    Value: String
}

structure Metric {
    Namespace: Namespace
    MetricName: MetricName
    Dimensions: Dimensions
}

structure MetricAlarm {
    AlarmName: AlarmName
    AlarmArn: AlarmArn
    AlarmDescription: AlarmDescription
    AlarmConfigurationUpdatedTimestamp: Timestamp
    ActionsEnabled: Boolean
    OKActions: ResourceList
    AlarmActions: ResourceList
    InsufficientDataActions: ResourceList
    StateValue: StateValue
    StateReason: StateReason
    StateReasonData: StateReasonData
    StateUpdatedTimestamp: Timestamp
    MetricName: MetricName
    Namespace: Namespace
    Statistic: Statistic
    ExtendedStatistic: String
    Dimensions: Dimensions
    Period: Period
    Unit: StandardUnit
    EvaluationPeriods: EvaluationPeriods
    DatapointsToAlarm: DatapointsToAlarm
    Threshold: Double
    ComparisonOperator: ComparisonOperator
    TreatMissingData: TreatMissingData
    EvaluateLowSampleCountPercentile: EvaluateLowSampleCountPercentile
    Metrics: MetricDataQueries
    ThresholdMetricId: MetricId
    EvaluationState: EvaluationState
    StateTransitionedTimestamp: Timestamp
    EvaluationCriteria: EvaluationCriteria
    EvaluationInterval: EvaluationInterval
}

list MetricAlarms {
    member: MetricAlarm
}

list MetricData {
    member: MetricDatum
}

list MetricDataQueries {
    member: MetricDataQuery
}

structure MetricDataQuery {
    @required
    Id: MetricId
    MetricStat: MetricStat
    Expression: MetricExpression
    Label: String
    ReturnData: Boolean
    Period: Period
    AccountId: AccountId
}

structure MetricDataResult {
    Id: MetricId
    Label: String
    Timestamps: Timestamps
    Values: DatapointValues
    StatusCode: StatusCode
    Messages: MetricDataResultMessages
}

list MetricDataResultMessages {
    member: MessageData
}

list MetricDataResults {
    member: MetricDataResult
}

structure MetricDatum {
    @required
    MetricName: MetricName
    Dimensions: Dimensions
    Timestamp: Timestamp
    Value: Double
    StatisticValues: StatisticSet
    Values: Values
    Counts: Counts
    Unit: StandardUnit
    StorageResolution: StorageResolution
}

@length(min: 1, max: 2048)
string MetricExpression

@length(min: 1, max: 255)
string MetricId

@length(min: 1, max: 255)
string MetricName

structure MetricStat {
    @required
    Metric: Metric
    @required
    Period: Period
    @required
    Stat: String
    Unit: StandardUnit
}

list Metrics {
    member: Metric
}

@error("client")
@awsQueryError(code: "MissingParameter", httpResponseCode: 400)
@httpError(400)
structure MissingRequiredParameterException {
    message: String
}

@length(min: 1, max: 255)
@pattern("[^:].*")
string Namespace

list OwningAccounts {
    member: AccountId
}

@range(min: 0, max: 86400)
integer PendingPeriod

@range(min: 1)
integer Period

structure PutDashboardInput {
    @required
    DashboardName: String
    @required
    DashboardBody: String
    Tags: TagList
}

structure PutDashboardOutput {
    DashboardValidationMessages: DashboardValidationMessages
}

structure PutMetricAlarmInput {
    @required
    AlarmName: AlarmName
    AlarmDescription: AlarmDescription
    ActionsEnabled: Boolean
    OKActions: ResourceList
    AlarmActions: ResourceList
    InsufficientDataActions: ResourceList
    MetricName: MetricName
    Namespace: Namespace
    Statistic: Statistic
    ExtendedStatistic: String
    Dimensions: Dimensions
    Period: Period
    Unit: StandardUnit
    EvaluationPeriods: EvaluationPeriods
    DatapointsToAlarm: DatapointsToAlarm
    Threshold: Double
    ComparisonOperator: ComparisonOperator
    TreatMissingData: TreatMissingData
    EvaluateLowSampleCountPercentile: EvaluateLowSampleCountPercentile
    Metrics: MetricDataQueries
    Tags: TagList
    ThresholdMetricId: MetricId
    EvaluationCriteria: EvaluationCriteria
    EvaluationInterval: EvaluationInterval
}

structure PutMetricDataInput {
    @required
    Namespace: Namespace
    MetricData: MetricData
    EntityMetricData: EntityMetricDataList
    StrictEntityValidation: Boolean
}

@length(min: 1, max: 10000)
string Query

enum RecentlyActive {
    PT3H
}

@range(min: 0, max: 86400)
integer RecoveryPeriod

@length(max: 5)
list ResourceList {
    member: ResourceName
}

@length(min: 1, max: 1024)
string ResourceName

@error("client")
@awsQueryError(code: "ResourceNotFound", httpResponseCode: 404)
@httpError(404)
structure ResourceNotFound {
    message: ErrorMessage
}

@error("client")
@awsQueryError(code: "ResourceNotFoundException", httpResponseCode: 404)
@httpError(404)
structure ResourceNotFoundException {
    ResourceType: String
    ResourceId: String
}

enum ScanBy {
    TimestampDescending
    TimestampAscending
}

structure SetAlarmStateInput {
    @required
    AlarmName: AlarmName
    @required
    StateValue: StateValue
    @required
    StateReason: StateReason
    StateReasonData: StateReasonData
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

@length(min: 0, max: 1023)
string StateReason

@length(min: 0, max: 4000)
string StateReasonData

enum StateValue {
    OK
    ALARM
    INSUFFICIENT_DATA
}

enum Statistic {
    SampleCount
    Average
    Sum
    Minimum
    Maximum
}

structure StatisticSet {
    @required
    SampleCount: Double
    @required
    Sum: Double
    @required
    Minimum: Double
    @required
    Maximum: Double
}

@length(min: 1, max: 5)
list Statistics {
    member: Statistic
}

enum StatusCode {
    Complete
    InternalError
    PartialData
    Forbidden
}

@range(min: 1)
integer StorageResolution

structure Tag {
    @required
    Key: TagKey
    @required
    Value: TagValue
}

@length(min: 1, max: 128)
string TagKey

list TagKeyList {
    member: TagKey
}

list TagList {
    member: Tag
}

structure TagResourceInput {
    @required
    ResourceARN: AmazonResourceName
    @required
    Tags: TagList
}

structure TagResourceOutput {
}

@length(min: 0, max: 256)
string TagValue

list Timestamps {
    member: Timestamp
}

@length(min: 1, max: 255)
string TreatMissingData

structure UntagResourceInput {
    @required
    ResourceARN: AmazonResourceName
    @required
    TagKeys: TagKeyList
}

structure UntagResourceOutput {
}

list Values {
    member: Double
}

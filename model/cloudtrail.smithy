$version: "2.0"

namespace riposte.cloudtrail

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_1
use riposte#iamPrefix
use riposte#iamResource
use riposte#targetPrefix

@service(sdkId: "CloudTrail", arnNamespace: "cloudtrail", endpointPrefix: "cloudtrail")
@sigv4(name: "cloudtrail")
@awsJson1_1
@iamPrefix("cloudtrail")
@targetPrefix("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101")
service CloudTrail20131101 {
    version: "2013-11-01"
    operations: [
        AddTags
        CreateTrail
        DeleteTrail
        DescribeTrails
        GetEventSelectors
        GetTrail
        GetTrailStatus
        ListTags
        ListTrails
        LookupEvents
        PutEventSelectors
        RemoveTags
        StartLogging
        StopLogging
        UpdateTrail
    ]
}

@idempotent
@iamResource(["{ResourceId}"])
operation AddTags {
    input: AddTagsRequest
    output: AddTagsResponse
    errors: [
        ResourceNotFoundException
        CloudTrailARNInvalidException
        EventDataStoreARNInvalidException
        ChannelARNInvalidException
        ResourceTypeNotSupportedException
        TagsLimitExceededException
        InvalidTrailNameException
        InvalidTagParameterException
        InactiveEventDataStoreException
        EventDataStoreNotFoundException
        ChannelNotFoundException
        UnsupportedOperationException
        OperationNotPermittedException
        NotOrganizationMasterAccountException
        NoManagementAccountSLRExistsException
        ConflictException
    ]
}

@idempotent
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{Name}"])
operation CreateTrail {
    input: CreateTrailRequest
    output: CreateTrailResponse
    errors: [
        MaximumNumberOfTrailsExceededException
        TrailAlreadyExistsException
        S3BucketDoesNotExistException
        InsufficientS3BucketPolicyException
        InsufficientSnsTopicPolicyException
        InsufficientEncryptionPolicyException
        InvalidS3BucketNameException
        InvalidS3PrefixException
        InvalidSnsTopicNameException
        InvalidKmsKeyIdException
        InvalidTrailNameException
        TrailNotProvidedException
        TagsLimitExceededException
        InvalidParameterCombinationException
        InvalidParameterException
        KmsKeyNotFoundException
        KmsKeyDisabledException
        KmsException
        InvalidCloudWatchLogsLogGroupArnException
        InvalidCloudWatchLogsRoleArnException
        CloudWatchLogsDeliveryUnavailableException
        InvalidTagParameterException
        UnsupportedOperationException
        OperationNotPermittedException
        CloudTrailAccessNotEnabledException
        InsufficientDependencyServiceAccessPermissionException
        NotOrganizationMasterAccountException
        OrganizationsNotInUseException
        OrganizationNotInAllFeaturesModeException
        NoManagementAccountSLRExistsException
        CloudTrailInvalidClientTokenIdException
        ConflictException
        ThrottlingException
    ]
}

@idempotent
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{Name}"])
operation DeleteTrail {
    input: DeleteTrailRequest
    output: DeleteTrailResponse
    errors: [
        TrailNotFoundException
        InvalidTrailNameException
        CloudTrailARNInvalidException
        ConflictException
        ThrottlingException
        InvalidHomeRegionException
        UnsupportedOperationException
        OperationNotPermittedException
        NotOrganizationMasterAccountException
        NoManagementAccountSLRExistsException
        InsufficientDependencyServiceAccessPermissionException
    ]
}

@readonly
operation DescribeTrails {
    input: DescribeTrailsRequest
    output: DescribeTrailsResponse
    errors: [
        UnsupportedOperationException
        OperationNotPermittedException
        InvalidTrailNameException
        CloudTrailARNInvalidException
        NoManagementAccountSLRExistsException
    ]
}

@readonly
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{TrailName}"])
operation GetEventSelectors {
    input: GetEventSelectorsRequest
    output: GetEventSelectorsResponse
    errors: [
        TrailNotFoundException
        InvalidTrailNameException
        CloudTrailARNInvalidException
        UnsupportedOperationException
        OperationNotPermittedException
        NoManagementAccountSLRExistsException
    ]
}

@readonly
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{Name}"])
operation GetTrail {
    input: GetTrailRequest
    output: GetTrailResponse
    errors: [
        CloudTrailARNInvalidException
        TrailNotFoundException
        InvalidTrailNameException
        UnsupportedOperationException
        OperationNotPermittedException
    ]
}

@readonly
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{Name}"])
operation GetTrailStatus {
    input: GetTrailStatusRequest
    output: GetTrailStatusResponse
    errors: [
        CloudTrailARNInvalidException
        TrailNotFoundException
        InvalidTrailNameException
        UnsupportedOperationException
        OperationNotPermittedException
    ]
}

@readonly
operation ListTags {
    input: ListTagsRequest
    output: ListTagsResponse
    errors: [
        ResourceNotFoundException
        CloudTrailARNInvalidException
        EventDataStoreARNInvalidException
        ChannelARNInvalidException
        ResourceTypeNotSupportedException
        InvalidTrailNameException
        InactiveEventDataStoreException
        EventDataStoreNotFoundException
        UnsupportedOperationException
        OperationNotPermittedException
        InvalidTokenException
        NoManagementAccountSLRExistsException
    ]
}

@readonly
operation ListTrails {
    input: ListTrailsRequest
    output: ListTrailsResponse
    errors: [
        UnsupportedOperationException
        OperationNotPermittedException
    ]
}

@readonly
operation LookupEvents {
    input: LookupEventsRequest
    output: LookupEventsResponse
    errors: [
        InvalidLookupAttributesException
        InvalidTimeRangeException
        InvalidMaxResultsException
        InvalidNextTokenException
        InvalidEventCategoryException
        UnsupportedOperationException
        OperationNotPermittedException
    ]
}

@idempotent
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{TrailName}"])
operation PutEventSelectors {
    input: PutEventSelectorsRequest
    output: PutEventSelectorsResponse
    errors: [
        TrailNotFoundException
        InvalidTrailNameException
        CloudTrailARNInvalidException
        InvalidHomeRegionException
        InvalidEventSelectorsException
        ConflictException
        ThrottlingException
        UnsupportedOperationException
        OperationNotPermittedException
        NotOrganizationMasterAccountException
        NoManagementAccountSLRExistsException
        InsufficientDependencyServiceAccessPermissionException
    ]
}

@idempotent
@iamResource(["{ResourceId}"])
operation RemoveTags {
    input: RemoveTagsRequest
    output: RemoveTagsResponse
    errors: [
        ResourceNotFoundException
        CloudTrailARNInvalidException
        EventDataStoreARNInvalidException
        ChannelARNInvalidException
        ResourceTypeNotSupportedException
        InvalidTrailNameException
        InvalidTagParameterException
        InactiveEventDataStoreException
        EventDataStoreNotFoundException
        ChannelNotFoundException
        UnsupportedOperationException
        OperationNotPermittedException
        NotOrganizationMasterAccountException
        NoManagementAccountSLRExistsException
        ConflictException
    ]
}

@idempotent
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{Name}"])
operation StartLogging {
    input: StartLoggingRequest
    output: StartLoggingResponse
    errors: [
        CloudTrailARNInvalidException
        ConflictException
        ThrottlingException
        TrailNotFoundException
        InvalidTrailNameException
        InvalidHomeRegionException
        UnsupportedOperationException
        OperationNotPermittedException
        NotOrganizationMasterAccountException
        NoManagementAccountSLRExistsException
        InsufficientDependencyServiceAccessPermissionException
    ]
}

@idempotent
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{Name}"])
operation StopLogging {
    input: StopLoggingRequest
    output: StopLoggingResponse
    errors: [
        TrailNotFoundException
        InvalidTrailNameException
        CloudTrailARNInvalidException
        ConflictException
        ThrottlingException
        InvalidHomeRegionException
        UnsupportedOperationException
        OperationNotPermittedException
        NotOrganizationMasterAccountException
        NoManagementAccountSLRExistsException
        InsufficientDependencyServiceAccessPermissionException
    ]
}

@idempotent
@iamResource(["arn:aws:cloudtrail:{region}:{account}:trail/{Name}"])
operation UpdateTrail {
    input: UpdateTrailRequest
    output: UpdateTrailResponse
    errors: [
        S3BucketDoesNotExistException
        InsufficientS3BucketPolicyException
        InsufficientSnsTopicPolicyException
        InsufficientEncryptionPolicyException
        TrailNotFoundException
        InvalidS3BucketNameException
        InvalidS3PrefixException
        InvalidSnsTopicNameException
        InvalidKmsKeyIdException
        InvalidTrailNameException
        TrailNotProvidedException
        InvalidEventSelectorsException
        CloudTrailARNInvalidException
        ConflictException
        ThrottlingException
        InvalidParameterCombinationException
        InvalidHomeRegionException
        KmsKeyNotFoundException
        KmsKeyDisabledException
        KmsException
        InvalidCloudWatchLogsLogGroupArnException
        InvalidCloudWatchLogsRoleArnException
        CloudWatchLogsDeliveryUnavailableException
        UnsupportedOperationException
        OperationNotPermittedException
        CloudTrailAccessNotEnabledException
        InsufficientDependencyServiceAccessPermissionException
        OrganizationsNotInUseException
        NotOrganizationMasterAccountException
        OrganizationNotInAllFeaturesModeException
        NoManagementAccountSLRExistsException
        CloudTrailInvalidClientTokenIdException
        InvalidParameterException
    ]
}

structure AddTagsRequest {
    @required
    ResourceId: String
    @required
    TagsList: TagsList
}

structure AddTagsResponse {
}

structure AdvancedEventSelector {
    Name: SelectorName
    @required
    FieldSelectors: AdvancedFieldSelectors
}

list AdvancedEventSelectors {
    member: AdvancedEventSelector
}

structure AdvancedFieldSelector {
    @required
    Field: SelectorField
    Equals: Operator
    StartsWith: Operator
    EndsWith: Operator
    NotEquals: Operator
    NotStartsWith: Operator
    NotEndsWith: Operator
}

@length(min: 1)
list AdvancedFieldSelectors {
    member: AdvancedFieldSelector
}

@error("client")
structure ChannelARNInvalidException {
}

@error("client")
structure ChannelNotFoundException {
}

@error("client")
structure CloudTrailARNInvalidException {
}

@error("client")
structure CloudTrailAccessNotEnabledException {
}

@error("client")
structure CloudTrailInvalidClientTokenIdException {
}

@error("client")
structure CloudWatchLogsDeliveryUnavailableException {
}

@error("client")
structure ConflictException {
}

structure CreateTrailRequest {
    @required
    Name: String
    @required
    S3BucketName: String
    S3KeyPrefix: String
    SnsTopicName: String
    IncludeGlobalServiceEvents: Boolean
    IsMultiRegionTrail: Boolean
    EnableLogFileValidation: Boolean
    CloudWatchLogsLogGroupArn: String
    CloudWatchLogsRoleArn: String
    KmsKeyId: String
    IsOrganizationTrail: Boolean
    TagsList: TagsList
}

structure CreateTrailResponse {
    Name: String
    S3BucketName: String
    S3KeyPrefix: String
    SnsTopicName: String
    SnsTopicARN: String
    IncludeGlobalServiceEvents: Boolean
    IsMultiRegionTrail: Boolean
    TrailARN: String
    LogFileValidationEnabled: Boolean
    CloudWatchLogsLogGroupArn: String
    CloudWatchLogsRoleArn: String
    KmsKeyId: String
    IsOrganizationTrail: Boolean
}

structure DataResource {
    Type: String
    Values: DataResourceValues
}

list DataResourceValues {
    member: String
}

list DataResources {
    member: DataResource
}

structure DeleteTrailRequest {
    @required
    Name: String
}

structure DeleteTrailResponse {
}

structure DescribeTrailsRequest {
    trailNameList: TrailNameList
    includeShadowTrails: Boolean
}

structure DescribeTrailsResponse {
    trailList: TrailList
}

structure Event {
    EventId: String
    EventName: String
    ReadOnly: String
    AccessKeyId: String
    EventTime: Timestamp
    EventSource: String
    Username: String
    Resources: ResourceList
    CloudTrailEvent: String
}

enum EventCategory {
    insight
}

@error("client")
structure EventDataStoreARNInvalidException {
}

@error("client")
structure EventDataStoreNotFoundException {
}

structure EventSelector {
    ReadWriteType: ReadWriteType
    IncludeManagementEvents: Boolean
    DataResources: DataResources
    ExcludeManagementEventSources: ExcludeManagementEventSources
}

list EventSelectors {
    member: EventSelector
}

list EventsList {
    member: Event
}

list ExcludeManagementEventSources {
    member: String
}

structure GetEventSelectorsRequest {
    @required
    TrailName: String
}

structure GetEventSelectorsResponse {
    TrailARN: String
    EventSelectors: EventSelectors
    AdvancedEventSelectors: AdvancedEventSelectors
}

structure GetTrailRequest {
    @required
    Name: String
}

structure GetTrailResponse {
    Trail: Trail
}

structure GetTrailStatusRequest {
    @required
    Name: String
}

structure GetTrailStatusResponse {
    IsLogging: Boolean
    LatestDeliveryError: String
    LatestNotificationError: String
    LatestDeliveryTime: Timestamp
    LatestNotificationTime: Timestamp
    StartLoggingTime: Timestamp
    StopLoggingTime: Timestamp
    LatestCloudWatchLogsDeliveryError: String
    LatestCloudWatchLogsDeliveryTime: Timestamp
    LatestDigestDeliveryTime: Timestamp
    LatestDigestDeliveryError: String
    LatestDeliveryAttemptTime: String
    LatestNotificationAttemptTime: String
    LatestNotificationAttemptSucceeded: String
    LatestDeliveryAttemptSucceeded: String
    TimeLoggingStarted: String
    TimeLoggingStopped: String
}

@error("client")
structure InactiveEventDataStoreException {
}

@error("client")
structure InsufficientDependencyServiceAccessPermissionException {
}

@error("client")
structure InsufficientEncryptionPolicyException {
}

@error("client")
structure InsufficientS3BucketPolicyException {
}

@error("client")
structure InsufficientSnsTopicPolicyException {
}

@error("client")
structure InvalidCloudWatchLogsLogGroupArnException {
}

@error("client")
structure InvalidCloudWatchLogsRoleArnException {
}

@error("client")
structure InvalidEventCategoryException {
}

@error("client")
structure InvalidEventSelectorsException {
}

@error("client")
structure InvalidHomeRegionException {
}

@error("client")
structure InvalidKmsKeyIdException {
}

@error("client")
structure InvalidLookupAttributesException {
}

@error("client")
structure InvalidMaxResultsException {
}

@error("client")
structure InvalidNextTokenException {
}

@error("client")
structure InvalidParameterCombinationException {
}

@error("client")
structure InvalidParameterException {
}

@error("client")
structure InvalidS3BucketNameException {
}

@error("client")
structure InvalidS3PrefixException {
}

@error("client")
structure InvalidSnsTopicNameException {
}

@error("client")
structure InvalidTagParameterException {
}

@error("client")
structure InvalidTimeRangeException {
}

@error("client")
structure InvalidTokenException {
}

@error("client")
structure InvalidTrailNameException {
}

@error("client")
structure KmsException {
}

@error("client")
structure KmsKeyDisabledException {
}

@error("client")
structure KmsKeyNotFoundException {
}

structure ListTagsRequest {
    @required
    ResourceIdList: ResourceIdList
    NextToken: String
}

structure ListTagsResponse {
    ResourceTagList: ResourceTagList
    NextToken: String
}

structure ListTrailsRequest {
    NextToken: String
}

structure ListTrailsResponse {
    Trails: Trails
    NextToken: String
}

structure LookupAttribute {
    @required
    AttributeKey: LookupAttributeKey
    @required
    AttributeValue: LookupAttributeValue
}

enum LookupAttributeKey {
    EventId
    EventName
    ReadOnly
    Username
    ResourceType
    ResourceName
    EventSource
    AccessKeyId
}

@length(min: 1, max: 2000)
string LookupAttributeValue

list LookupAttributesList {
    member: LookupAttribute
}

structure LookupEventsRequest {
    LookupAttributes: LookupAttributesList
    StartTime: Timestamp
    EndTime: Timestamp
    EventCategory: EventCategory
    MaxResults: MaxResults
    NextToken: String
}

structure LookupEventsResponse {
    Events: EventsList
    NextToken: String
}

@range(min: 1, max: 50)
integer MaxResults

@error("client")
structure MaximumNumberOfTrailsExceededException {
}

@error("client")
structure NoManagementAccountSLRExistsException {
}

@error("client")
structure NotOrganizationMasterAccountException {
}

@error("client")
structure OperationNotPermittedException {
}

@length(min: 1)
list Operator {
    member: OperatorValue
}

@length(min: 1, max: 2048)
@pattern(".+")
string OperatorValue

@error("client")
structure OrganizationNotInAllFeaturesModeException {
}

@error("client")
structure OrganizationsNotInUseException {
}

structure PutEventSelectorsRequest {
    @required
    TrailName: String
    EventSelectors: EventSelectors
    AdvancedEventSelectors: AdvancedEventSelectors
}

structure PutEventSelectorsResponse {
    TrailARN: String
    EventSelectors: EventSelectors
    AdvancedEventSelectors: AdvancedEventSelectors
}

enum ReadWriteType {
    ReadOnly
    WriteOnly
    All
}

structure RemoveTagsRequest {
    @required
    ResourceId: String
    @required
    TagsList: TagsList
}

structure RemoveTagsResponse {
}

structure Resource {
    ResourceType: String
    ResourceName: String
}

list ResourceIdList {
    member: String
}

list ResourceList {
    member: Resource
}

@error("client")
structure ResourceNotFoundException {
}

structure ResourceTag {
    ResourceId: String
    TagsList: TagsList
}

list ResourceTagList {
    member: ResourceTag
}

@error("client")
structure ResourceTypeNotSupportedException {
}

@error("client")
structure S3BucketDoesNotExistException {
}

@length(min: 1, max: 1000)
@pattern("[\\w|\\d|\\.|_]+")
string SelectorField

@length(min: 0, max: 1000)
@pattern(".*")
string SelectorName

structure StartLoggingRequest {
    @required
    Name: String
}

structure StartLoggingResponse {
}

structure StopLoggingRequest {
    @required
    Name: String
}

structure StopLoggingResponse {
}

structure Tag {
    @required
    Key: TagKey
    Value: TagValue
}

@length(min: 1, max: 128)
string TagKey

@length(min: 1, max: 256)
string TagValue

@error("client")
structure TagsLimitExceededException {
}

@length(max: 200)
list TagsList {
    member: Tag
}

@error("client")
structure ThrottlingException {
}

structure Trail {
    Name: String
    S3BucketName: String
    S3KeyPrefix: String
    SnsTopicName: String
    SnsTopicARN: String
    IncludeGlobalServiceEvents: Boolean
    IsMultiRegionTrail: Boolean
    HomeRegion: String
    TrailARN: String
    LogFileValidationEnabled: Boolean
    CloudWatchLogsLogGroupArn: String
    CloudWatchLogsRoleArn: String
    KmsKeyId: String
    HasCustomEventSelectors: Boolean
    HasInsightSelectors: Boolean
    IsOrganizationTrail: Boolean
}

@error("client")
structure TrailAlreadyExistsException {
}

structure TrailInfo {
    TrailARN: String
    Name: String
    HomeRegion: String
}

list TrailList {
    member: Trail
}

list TrailNameList {
    member: String
}

@error("client")
structure TrailNotFoundException {
}

@error("client")
structure TrailNotProvidedException {
}

list Trails {
    member: TrailInfo
}

@error("client")
structure UnsupportedOperationException {
}

structure UpdateTrailRequest {
    @required
    Name: String
    S3BucketName: String
    S3KeyPrefix: String
    SnsTopicName: String
    IncludeGlobalServiceEvents: Boolean
    IsMultiRegionTrail: Boolean
    EnableLogFileValidation: Boolean
    CloudWatchLogsLogGroupArn: String
    CloudWatchLogsRoleArn: String
    KmsKeyId: String
    IsOrganizationTrail: Boolean
}

structure UpdateTrailResponse {
    Name: String
    S3BucketName: String
    S3KeyPrefix: String
    SnsTopicName: String
    SnsTopicARN: String
    IncludeGlobalServiceEvents: Boolean
    IsMultiRegionTrail: Boolean
    TrailARN: String
    LogFileValidationEnabled: Boolean
    CloudWatchLogsLogGroupArn: String
    CloudWatchLogsRoleArn: String
    KmsKeyId: String
    IsOrganizationTrail: Boolean
}

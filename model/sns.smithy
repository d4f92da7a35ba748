$version: "2.0"

namespace riposte.sns

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsQuery
use aws.protocols#awsQueryError
use riposte#dataPlane
use riposte#iamAction
use riposte#iamPrefix
use riposte#iamResource

@service(sdkId: "SNS", arnNamespace: "sns", endpointPrefix: "sns")
@sigv4(name: "sns")
@awsQuery
@xmlNamespace(uri: "http://sns.amazonaws.com/doc/2010-03-31/")
@iamPrefix("sns")
service SNS {
    version: "2010-03-31"
    operations: [
        AddPermission
        CheckIfPhoneNumberIsOptedOut
        ConfirmSubscription
        CreatePlatformApplication
        CreatePlatformEndpoint
        CreateSMSSandboxPhoneNumber
        CreateTopic
        DeleteEndpoint
        DeletePlatformApplication
        DeleteSMSSandboxPhoneNumber
        DeleteTopic
        GetDataProtectionPolicy
        GetEndpointAttributes
        GetPlatformApplicationAttributes
        GetSMSAttributes
        GetSMSSandboxAccountStatus
        GetSubscriptionAttributes
        GetTopicAttributes
        ListEndpointsByPlatformApplication
        ListOriginationNumbers
        ListPhoneNumbersOptedOut
        ListPlatformApplications
        ListSMSSandboxPhoneNumbers
        ListSubscriptions
        ListSubscriptionsByTopic
        ListTagsForResource
        ListTopics
        OptInPhoneNumber
        Publish
        PublishBatch
        PutDataProtectionPolicy
        RemovePermission
        SetEndpointAttributes
        SetPlatformApplicationAttributes
        SetSMSAttributes
        SetSubscriptionAttributes
        SetTopicAttributes
        Subscribe
        TagResource
        Unsubscribe
        UntagResource
        VerifySMSSandboxPhoneNumber
    ]
}

@iamResource(["{TopicArn}"])
operation AddPermission {
    input: AddPermissionInput
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

operation CheckIfPhoneNumberIsOptedOut {
    input: CheckIfPhoneNumberIsOptedOutInput
    output: CheckIfPhoneNumberIsOptedOutResponse
    errors: [
        ThrottledException
        InternalErrorException
        AuthorizationErrorException
        InvalidParameterException
    ]
}

@optionalAuth
@iamResource(["{TopicArn}"])
operation ConfirmSubscription {
    input: ConfirmSubscriptionInput
    output: ConfirmSubscriptionResponse
    errors: [
        SubscriptionLimitExceededException
        InvalidParameterException
        NotFoundException
        InternalErrorException
        AuthorizationErrorException
        FilterPolicyLimitExceededException
        ReplayLimitExceededException
    ]
}

operation CreatePlatformApplication {
    input: CreatePlatformApplicationInput
    output: CreatePlatformApplicationResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
    ]
}

operation CreatePlatformEndpoint {
    input: CreatePlatformEndpointInput
    output: CreateEndpointResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

operation CreateSMSSandboxPhoneNumber {
    input: CreateSMSSandboxPhoneNumberInput
    output: CreateSMSSandboxPhoneNumberResult
    errors: [
        AuthorizationErrorException
        InternalErrorException
        InvalidParameterException
        OptedOutException
        UserErrorException
        ThrottledException
    ]
}

@iamResource(["arn:aws:sns:{region}:{account}:{Name}"])
operation CreateTopic {
    input: CreateTopicInput
    output: CreateTopicResponse
    errors: [
        InvalidParameterException
        TopicLimitExceededException
        InternalErrorException
        AuthorizationErrorException
        InvalidSecurityException
        TagLimitExceededException
        StaleTagException
        TagPolicyException
        ConcurrentAccessException
    ]
}

operation DeleteEndpoint {
    input: DeleteEndpointInput
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
    ]
}

operation DeletePlatformApplication {
    input: DeletePlatformApplicationInput
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
    ]
}

operation DeleteSMSSandboxPhoneNumber {
    input: DeleteSMSSandboxPhoneNumberInput
    output: DeleteSMSSandboxPhoneNumberResult
    errors: [
        AuthorizationErrorException
        InternalErrorException
        InvalidParameterException
        ResourceNotFoundException
        UserErrorException
        ThrottledException
    ]
}

@iamResource(["{TopicArn}"])
operation DeleteTopic {
    input: DeleteTopicInput
    errors: [
        InvalidParameterException
        InvalidStateException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
        StaleTagException
        TagPolicyException
        ConcurrentAccessException
    ]
}

@readonly
@iamResource(["{ResourceArn}"])
operation GetDataProtectionPolicy {
    input: GetDataProtectionPolicyInput
    output: GetDataProtectionPolicyResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
        InvalidSecurityException
    ]
}

@readonly
operation GetEndpointAttributes {
    input: GetEndpointAttributesInput
    output: GetEndpointAttributesResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

@readonly
operation GetPlatformApplicationAttributes {
    input: GetPlatformApplicationAttributesInput
    output: GetPlatformApplicationAttributesResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

@readonly
operation GetSMSAttributes {
    input: GetSMSAttributesInput
    output: GetSMSAttributesResponse
    errors: [
        ThrottledException
        InternalErrorException
        AuthorizationErrorException
        InvalidParameterException
    ]
}

@readonly
operation GetSMSSandboxAccountStatus {
    input: GetSMSSandboxAccountStatusInput
    output: GetSMSSandboxAccountStatusResult
    errors: [
        AuthorizationErrorException
        InternalErrorException
        ThrottledException
    ]
}

@readonly
@iamResource(["{SubscriptionArn}"])
operation GetSubscriptionAttributes {
    input: GetSubscriptionAttributesInput
    output: GetSubscriptionAttributesResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
    ]
}

@readonly
@iamResource(["{TopicArn}"])
operation GetTopicAttributes {
    input: GetTopicAttributesInput
    output: GetTopicAttributesResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
        InvalidSecurityException
    ]
}

@readonly
operation ListEndpointsByPlatformApplication {
    input: ListEndpointsByPlatformApplicationInput
    output: ListEndpointsByPlatformApplicationResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

@readonly
operation ListOriginationNumbers {
    input: ListOriginationNumbersRequest
    output: ListOriginationNumbersResult
    errors: [
        InternalErrorException
        AuthorizationErrorException
        ThrottledException
        InvalidParameterException
        ValidationException
    ]
}

@readonly
operation ListPhoneNumbersOptedOut {
    input: ListPhoneNumbersOptedOutInput
    output: ListPhoneNumbersOptedOutResponse
    errors: [
        ThrottledException
        InternalErrorException
        AuthorizationErrorException
        InvalidParameterException
    ]
}

@readonly
operation ListPlatformApplications {
    input: ListPlatformApplicationsInput
    output: ListPlatformApplicationsResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
    ]
}

@readonly
operation ListSMSSandboxPhoneNumbers {
    input: ListSMSSandboxPhoneNumbersInput
    output: ListSMSSandboxPhoneNumbersResult
    errors: [
        AuthorizationErrorException
        InternalErrorException
        InvalidParameterException
        ResourceNotFoundException
        ThrottledException
    ]
}

@readonly
operation ListSubscriptions {
    input: ListSubscriptionsInput
    output: ListSubscriptionsResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
    ]
}

@readonly
@iamResource(["{TopicArn}"])
operation ListSubscriptionsByTopic {
    input: ListSubscriptionsByTopicInput
    output: ListSubscriptionsByTopicResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
    ]
}

@readonly
@iamResource(["{ResourceArn}"])
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResponse
    errors: [
        ResourceNotFoundException
        TagPolicyException
        InvalidParameterException
        AuthorizationErrorException
        ConcurrentAccessException
    ]
}

@readonly
operation ListTopics {
    input: ListTopicsInput
    output: ListTopicsResponse
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
    ]
}

operation OptInPhoneNumber {
    input: OptInPhoneNumberInput
    output: OptInPhoneNumberResponse
    errors: [
        ThrottledException
        InternalErrorException
        AuthorizationErrorException
        InvalidParameterException
    ]
}

@iamResource(["{TopicArn}"])
@dataPlane
operation Publish {
    input: PublishInput
    output: PublishResponse
    errors: [
        InvalidParameterException
        InvalidParameterValueException
        InternalErrorException
        NotFoundException
        EndpointDisabledException
        PlatformApplicationDisabledException
        AuthorizationErrorException
        KMSDisabledException
        KMSInvalidStateException
        KMSNotFoundException
        KMSOptInRequired
        KMSThrottlingException
        KMSAccessDeniedException
        InvalidSecurityException
        ValidationException
    ]
}

@iamAction("sns:Publish")
@iamResource(["{TopicArn}"])
@dataPlane
operation PublishBatch {
    input: PublishBatchInput
    output: PublishBatchResponse
    errors: [
        InvalidParameterException
        InvalidParameterValueException
        InternalErrorException
        NotFoundException
        EndpointDisabledException
        PlatformApplicationDisabledException
        AuthorizationErrorException
        BatchEntryIdsNotDistinctException
        BatchRequestTooLongException
        EmptyBatchRequestException
        InvalidBatchEntryIdException
        TooManyEntriesInBatchRequestException
        KMSDisabledException
        KMSInvalidStateException
        KMSNotFoundException
        KMSOptInRequired
        KMSThrottlingException
        KMSAccessDeniedException
        InvalidSecurityException
        ValidationException
    ]
}

@iamResource(["{ResourceArn}"])
operation PutDataProtectionPolicy {
    input: PutDataProtectionPolicyInput
    errors: [
        InvalidParameterException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
        InvalidSecurityException
    ]
}

@iamResource(["{TopicArn}"])
operation RemovePermission {
    input: RemovePermissionInput
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

operation SetEndpointAttributes {
    input: SetEndpointAttributesInput
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

operation SetPlatformApplicationAttributes {
    input: SetPlatformApplicationAttributesInput
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
    ]
}

operation SetSMSAttributes {
    input: SetSMSAttributesInput
    output: SetSMSAttributesResponse
    errors: [
        InvalidParameterException
        ThrottledException
        InternalErrorException
        AuthorizationErrorException
    ]
}

@iamResource(["{SubscriptionArn}"])
operation SetSubscriptionAttributes {
    input: SetSubscriptionAttributesInput
    errors: [
        InvalidParameterException
        FilterPolicyLimitExceededException
        ReplayLimitExceededException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
    ]
}

@iamResource(["{TopicArn}"])
operation SetTopicAttributes {
    input: SetTopicAttributesInput
    errors: [
        InvalidParameterException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
        InvalidSecurityException
    ]
}

@iamResource(["{TopicArn}"])
operation Subscribe {
    input: SubscribeInput
    output: SubscribeResponse
    errors: [
        SubscriptionLimitExceededException
        FilterPolicyLimitExceededException
        ReplayLimitExceededException
        InvalidParameterException
        InternalErrorException
        NotFoundException
        AuthorizationErrorException
        InvalidSecurityException
    ]
}

@iamResource(["{ResourceArn}"])
operation TagResource {
    input: TagResourceRequest
    output: TagResourceResponse
    errors: [
        ResourceNotFoundException
        TagLimitExceededException
        StaleTagException
        TagPolicyException
        InvalidParameterException
        AuthorizationErrorException
        ConcurrentAccessException
    ]
}

@optionalAuth
@iamResource(["{SubscriptionArn}"])
operation Unsubscribe {
    input: UnsubscribeInput
    errors: [
        InvalidParameterException
        InternalErrorException
        AuthorizationErrorException
        NotFoundException
        InvalidSecurityException
    ]
}

@iamResource(["{ResourceArn}"])
operation UntagResource {
    input: UntagResourceRequest
    output: UntagResourceResponse
    errors: [
        ResourceNotFoundException
        TagLimitExceededException
        StaleTagException
        TagPolicyException
        InvalidParameterException
        AuthorizationErrorException
        ConcurrentAccessException
    ]
}

operation VerifySMSSandboxPhoneNumber {
    input: VerifySMSSandboxPhoneNumberInput
    output: VerifySMSSandboxPhoneNumberResult
    errors: [
        AuthorizationErrorException
        InternalErrorException
        InvalidParameterException
        ResourceNotFoundException
        VerificationException
        ThrottledException
    ]
}

list ActionsList {
    member: String
}

structure AddPermissionInput {
    @required
    TopicArn: String
    @required
    Label: String
    @required
    AWSAccountId: DelegatesList
    @required
    ActionName: ActionsList
}

@length(min: 1, max: 1011)
string AmazonResourceName

@error("client")
@awsQueryError(code: "AuthorizationError", httpResponseCode: 403)
@httpError(403)
structure AuthorizationErrorException {
    message: String
}

@error("client")
@awsQueryError(code: "BatchEntryIdsNotDistinct", httpResponseCode: 400)
@httpError(400)
structure BatchEntryIdsNotDistinctException {
    message: String
}

@error("client")
@awsQueryError(code: "BatchRequestTooLong", httpResponseCode: 400)
@httpError(400)
structure BatchRequestTooLongException {
    message: String
}

structure BatchResultErrorEntry {
    @required
    Id: String
    @required
    Code: String
    Message: String
    @required
    SenderFault: Boolean
}

list BatchResultErrorEntryList {
    member: BatchResultErrorEntry
}

structure CheckIfPhoneNumberIsOptedOutInput {
    @required
    phoneNumber: PhoneNumber
}

structure CheckIfPhoneNumberIsOptedOutResponse {
    isOptedOut: Boolean
}

@error("client")
@awsQueryError(code: "ConcurrentAccess", httpResponseCode: 400)
@httpError(400)
structure ConcurrentAccessException {
    message: String
}

structure ConfirmSubscriptionInput {
    @required
    TopicArn: String
    @required
    Token: String
    AuthenticateOnUnsubscribe: String
}

structure ConfirmSubscriptionResponse {
    SubscriptionArn: String
}

structure CreateEndpointResponse {
    EndpointArn: String
}

structure CreatePlatformApplicationInput {
    @required
    Name: String
    @required
    Platform: String
    @required
    Attributes: MapStringToString
}

structure CreatePlatformApplicationResponse {
    PlatformApplicationArn: String
}

structure CreatePlatformEndpointInput {
    @required
    PlatformApplicationArn: String
    @required
    Token: String
    CustomUserData: String
    Attributes: MapStringToString
}

structure CreateSMSSandboxPhoneNumberInput {
    @required
    PhoneNumber: PhoneNumberString
    LanguageCode: LanguageCodeString
}

structure CreateSMSSandboxPhoneNumberResult {
}

structure CreateTopicInput {
    @required
    Name: String
    Attributes: TopicAttributesMap
    Tags: TagList
    DataProtectionPolicy: String
}

structure CreateTopicResponse {
    TopicArn: String
}

list DelegatesList {
    member: String
}

structure DeleteEndpointInput {
    @required
    EndpointArn: String
}

structure DeletePlatformApplicationInput {
    @required
    PlatformApplicationArn: String
}

structure DeleteSMSSandboxPhoneNumberInput {
    @required
    PhoneNumber: PhoneNumberString
}

structure DeleteSMSSandboxPhoneNumberResult {
}

structure DeleteTopicInput {
    @required
    TopicArn: String
}

@error("client")
@awsQueryError(code: "EmptyBatchRequest", httpResponseCode: 400)
@httpError(400)
structure EmptyBatchRequestException {
    message: String
}

structure Endpoint {
    EndpointArn: String
    Attributes: MapStringToString
}

@error("client")
@awsQueryError(code: "EndpointDisabled", httpResponseCode: 400)
@httpError(400)
structure EndpointDisabledException {
    message: String
}

@error("client")
@awsQueryError(code: "FilterPolicyLimitExceeded", httpResponseCode: 403)
@httpError(403)
structure FilterPolicyLimitExceededException {
    message: String
}

structure GetDataProtectionPolicyInput {
    @required
    ResourceArn: String
}

structure GetDataProtectionPolicyResponse {
    DataProtectionPolicy: String
}

structure GetEndpointAttributesInput {
    @required
    EndpointArn: String
}

structure GetEndpointAttributesResponse {
    Attributes: MapStringToString
}

structure GetPlatformApplicationAttributesInput {
    @required
    PlatformApplicationArn: String
}

structure GetPlatformApplicationAttributesResponse {
    Attributes: MapStringToString
}

structure GetSMSAttributesInput {
    attributes: ListString
}

structure GetSMSAttributesResponse {
    attributes: MapStringToString
}

structure GetSMSSandboxAccountStatusInput {
}

structure GetSMSSandboxAccountStatusResult {
    @required
    IsInSandbox: Boolean
}

structure GetSubscriptionAttributesInput {
    @required
    SubscriptionArn: String
}

structure GetSubscriptionAttributesResponse {
    Attributes: SubscriptionAttributesMap
}

structure GetTopicAttributesInput {
    @required
    TopicArn: String
}

structure GetTopicAttributesResponse {
    Attributes: TopicAttributesMap
}

@error("server")
@awsQueryError(code: "InternalError", httpResponseCode: 500)
@httpError(500)
structure InternalErrorException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidBatchEntryId", httpResponseCode: 400)
@httpError(400)
structure InvalidBatchEntryIdException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidParameter", httpResponseCode: 400)
@httpError(400)
structure InvalidParameterException {
    message: String
}

@error("client")
@awsQueryError(code: "ParameterValueInvalid", httpResponseCode: 400)
@httpError(400)
structure InvalidParameterValueException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidSecurity", httpResponseCode: 403)
@httpError(403)
structure InvalidSecurityException {
    message: String
}

@error("client")
@awsQueryError(code: "InvalidState", httpResponseCode: 400)
@httpError(400)
structure InvalidStateException {
    message: String
}

@length(max: 2)
@pattern("^[A-Za-z]{2}$")
string Iso2CountryCode

@error("client")
@awsQueryError(code: "KMSAccessDenied", httpResponseCode: 400)
@httpError(400)
structure KMSAccessDeniedException {
    message: String
}

@error("client")
@awsQueryError(code: "KMSDisabled", httpResponseCode: 400)
@httpError(400)
structure KMSDisabledException {
    message: String
}

@error("client")
@awsQueryError(code: "KMSInvalidState", httpResponseCode: 400)
@httpError(400)
structure KMSInvalidStateException {
    message: String
}

@error("client")
@awsQueryError(code: "KMSNotFound", httpResponseCode: 400)
@httpError(400)
structure KMSNotFoundException {
    message: String
}

@error("client")
@awsQueryError(code: "KMSOptInRequired", httpResponseCode: 403)
@httpError(403)
structure KMSOptInRequired {
    message: String
}

@error("client")
@awsQueryError(code: "KMSThrottling", httpResponseCode: 400)
@httpError(400)
structure KMSThrottlingException {
    message: String
}

enum LanguageCodeString {
    en_US = "en-US"
    en_GB = "en-GB"
    es_419 = "es-419"
    es_ES = "es-ES"
    de_DE = "de-DE"
    fr_CA = "fr-CA"
    fr_FR = "fr-FR"
    it_IT = "it-IT"
    ja_JP = "ja-JP"
    pt_BR = "pt-BR"
    kr_KR = "kr-KR"
    zh_CN = "zh-CN"
    zh_TW = "zh-TW"
}

structure ListEndpointsByPlatformApplicationInput {
    @required
    PlatformApplicationArn: String
    NextToken: String
}

structure ListEndpointsByPlatformApplicationResponse {
    Endpoints: ListOfEndpoints
    NextToken: String
}

list ListOfEndpoints {
    member: Endpoint
}

list ListOfPlatformApplications {
    member: PlatformApplication
}

structure ListOriginationNumbersRequest {
    NextToken: String
    MaxResults: MaxItemsListOriginationNumbers
}

structure ListOriginationNumbersResult {
    NextToken: String
    PhoneNumbers: PhoneNumberInformationList
}

structure ListPhoneNumbersOptedOutInput {
    nextToken: String
}

structure ListPhoneNumbersOptedOutResponse {
    phoneNumbers: PhoneNumberList
    nextToken: String
}

structure ListPlatformApplicationsInput {
    NextToken: String
}

structure ListPlatformApplicationsResponse {
    PlatformApplications: ListOfPlatformApplications
    NextToken: String
}

structure ListSMSSandboxPhoneNumbersInput {
    NextToken: String
    MaxResults: MaxItems
}

structure ListSMSSandboxPhoneNumbersResult {
    @required
    PhoneNumbers: SMSSandboxPhoneNumberList
    NextToken: String
}

list ListString {
    member: String
}

structure ListSubscriptionsByTopicInput {
    @required
    TopicArn: String
    NextToken: String
}

structure ListSubscriptionsByTopicResponse {
    Subscriptions: SubscriptionsList
    NextToken: String
}

structure ListSubscriptionsInput {
    NextToken: String
}

structure ListSubscriptionsResponse {
    Subscriptions: SubscriptionsList
    NextToken: String
}

structure ListTagsForResourceRequest {
    @required
    ResourceArn: AmazonResourceName
}

structure ListTagsForResourceResponse {
    Tags: TagList
}

structure ListTopicsInput {
    NextToken: String
}

structure ListTopicsResponse {
    Topics: TopicsList
    NextToken: String
}

map MapStringToString {
    key: String
    value: String
}

@range(min: 1, max: 100)
integer MaxItems

@range(min: 1, max: 30)
integer MaxItemsListOriginationNumbers

map MessageAttributeMap {
    @xmlName("Name")
    key: String
    @xmlName("Value")
    value: MessageAttributeValue
}

structure MessageAttributeValue {
    @required
    DataType: String
    StringValue: String
    BinaryValue: Blob
}

@error("client")
@awsQueryError(code: "NotFound", httpResponseCode: 404)
@httpError(404)
structure NotFoundException {
    message: String
}

enum NumberCapability {
    SMS
    MMS
    VOICE
}

list NumberCapabilityList {
    member: NumberCapability
}

@length(min: 5, max: 8)
@pattern("^[0-9]+$")
string OTPCode

structure OptInPhoneNumberInput {
    @required
    phoneNumber: PhoneNumber
}

structure OptInPhoneNumberResponse {
}

@error("client")
@awsQueryError(code: "OptedOut", httpResponseCode: 400)
@httpError(400)
structure OptedOutException {
    message: String
}

@sensitive
string PhoneNumber

structure PhoneNumberInformation {
    CreatedAt: Timestamp
    PhoneNumber: PhoneNumber
    Status: String
    Iso2CountryCode: Iso2CountryCode
    RouteType: RouteType
    NumberCapabilities: NumberCapabilityList
}

list PhoneNumberInformationList {
    member: PhoneNumberInformation
}

list PhoneNumberList {
    member: PhoneNumber
}

@length(max: 20)
@pattern("^(\\+[0-9]{8,}|[0-9]{0,9})$")
@sensitive
string PhoneNumberString

structure PlatformApplication {
    PlatformApplicationArn: String
    Attributes: MapStringToString
}

@error("client")
@awsQueryError(code: "PlatformApplicationDisabled", httpResponseCode: 400)
@httpError(400)
structure PlatformApplicationDisabledException {
    message: String
}

structure PublishBatchInput {
    @required
    TopicArn: String
    @required
    PublishBatchRequestEntries: PublishBatchRequestEntryList
}

structure PublishBatchRequestEntry {
    @required
    Id: String
    @required
    Message: String
    Subject: String
    MessageStructure: String
    MessageAttributes: MessageAttributeMap
    MessageDeduplicationId: String
    MessageGroupId: String
}

list PublishBatchRequestEntryList {
    member: PublishBatchRequestEntry
}

structure PublishBatchResponse {
    Successful: PublishBatchResultEntryList
    Failed: BatchResultErrorEntryList
}

structure PublishBatchResultEntry {
    Id: String
    MessageId: String
    SequenceNumber: String
}

list PublishBatchResultEntryList {
    member: PublishBatchResultEntry
}

structure PublishInput {
    TopicArn: String
    TargetArn: String
    PhoneNumber: PhoneNumber
    @required
    Message: String
    Subject: String
    MessageStructure: String
    MessageAttributes: MessageAttributeMap
    MessageDeduplicationId: String
    MessageGroupId: String
}

structure PublishResponse {
    MessageId: String
    SequenceNumber: String
}

structure PutDataProtectionPolicyInput {
    @required
    ResourceArn: String
    @required
    DataProtectionPolicy: String
}

structure RemovePermissionInput {
    @required
    TopicArn: String
    @required
    Label: String
}

@error("client")
@awsQueryError(code: "ReplayLimitExceeded", httpResponseCode: 403)
@httpError(403)
structure ReplayLimitExceededException {
    message: String
}

@error("client")
@awsQueryError(code: "ResourceNotFound", httpResponseCode: 404)
@httpError(404)
structure ResourceNotFoundException {
    message: String
}

enum RouteType {
    Transactional
    Promotional
    Premium
}

structure SMSSandboxPhoneNumber {
    PhoneNumber: PhoneNumberString
    Status: SMSSandboxPhoneNumberVerificationStatus
}

list SMSSandboxPhoneNumberList {
    member: SMSSandboxPhoneNumber
}

enum SMSSandboxPhoneNumberVerificationStatus {
    Pending
    Verified
}

structure SetEndpointAttributesInput {
    @required
    EndpointArn: String
    @required
    Attributes: MapStringToString
}

structure SetPlatformApplicationAttributesInput {
    @required
    PlatformApplicationArn: String
    @required
    Attributes: MapStringToString
}

structure SetSMSAttributesInput {
    @required
    attributes: MapStringToString
}

structure SetSMSAttributesResponse {
}

structure SetSubscriptionAttributesInput {
    @required
    SubscriptionArn: String
    @required
    AttributeName: String
    AttributeValue: String
}

structure SetTopicAttributesInput {
    @required
    TopicArn: String
    @required
    AttributeName: String
    AttributeValue: String
}

@error("client")
@awsQueryError(code: "StaleTag", httpResponseCode: 400)
@httpError(400)
structure StaleTagException {
    message: String
}

structure SubscribeInput {
    @required
    TopicArn: String
    @required
    Protocol: String
    Endpoint: String
    Attributes: SubscriptionAttributesMap
    ReturnSubscriptionArn: Boolean
}

structure SubscribeResponse {
    SubscriptionArn: String
}

structure Subscription {
    SubscriptionArn: String
    Owner: String
    Protocol: String
    Endpoint: String
    TopicArn: String
}

map SubscriptionAttributesMap {
    key: String
    value: String
}

@error("client")
@awsQueryError(code: "SubscriptionLimitExceeded", httpResponseCode: 403)
@httpError(403)
structure SubscriptionLimitExceededException {
    message: String
}

list SubscriptionsList {
    member: Subscription
}

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

@error("client")
@awsQueryError(code: "TagLimitExceeded", httpResponseCode: 400)
@httpError(400)
structure TagLimitExceededException {
    message: String
}

list TagList {
    member: Tag
}

@error("client")
@awsQueryError(code: "TagPolicy", httpResponseCode: 400)
@httpError(400)
structure TagPolicyException {
    message: String
}

structure TagResourceRequest {
    @required
    ResourceArn: AmazonResourceName
    @required
    Tags: TagList
}

structure TagResourceResponse {
}

@length(min: 0, max: 256)
string TagValue

@error("client")
@awsQueryError(code: "Throttled", httpResponseCode: 429)
@httpError(429)
structure ThrottledException {
    message: String
}

@error("client")
@awsQueryError(code: "TooManyEntriesInBatchRequest", httpResponseCode: 400)
@httpError(400)
structure TooManyEntriesInBatchRequestException {
    message: String
}

structure Topic {
    TopicArn: String
}

map TopicAttributesMap {
    key: String
    value: String
}

@error("client")
@awsQueryError(code: "TopicLimitExceeded", httpResponseCode: 403)
@httpError(403)
structure TopicLimitExceededException {
    message: String
}

list TopicsList {
    member: Topic
}

structure UnsubscribeInput {
    @required
    SubscriptionArn: String
}

structure UntagResourceRequest {
    @required
    ResourceArn: AmazonResourceName
    @required
    TagKeys: TagKeyList
}

structure UntagResourceResponse {
}

@error("client")
@awsQueryError(code: "UserError", httpResponseCode: 400)
@httpError(400)
structure UserErrorException {
    message: String
}

@error("client")
@awsQueryError(code: "ValidationException", httpResponseCode: 400)
@httpError(400)
structure ValidationException {
    @required
    Message: String
}

@error("client")
structure VerificationException {
    @required
    Message: String
    @required
    Status: String
}

structure VerifySMSSandboxPhoneNumberInput {
    @required
    PhoneNumber: PhoneNumberString
    @required
    OneTimePassword: OTPCode
}

structure VerifySMSSandboxPhoneNumberResult {
}

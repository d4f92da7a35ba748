$version: "2.0"

namespace riposte.sqs

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_0
use aws.protocols#awsQuery
use aws.protocols#awsQueryCompatible
use aws.protocols#awsQueryError
use riposte#dataPlane
use riposte#iamAction
use riposte#iamPrefix
use riposte#iamResource
use riposte#lenient
use riposte#targetPrefix

@service(sdkId: "SQS", arnNamespace: "sqs", endpointPrefix: "sqs")
@sigv4(name: "sqs")
@awsJson1_0
@awsQuery
@awsQueryCompatible
@xmlNamespace(uri: "http://queue.amazonaws.com/doc/2012-11-05/")
@iamPrefix("sqs")
@targetPrefix("AmazonSQS")
service AmazonSQS {
    version: "2012-11-05"
    operations: [
        AddPermission
        CancelMessageMoveTask
        ChangeMessageVisibility
        ChangeMessageVisibilityBatch
        CreateQueue
        DeleteMessage
        DeleteMessageBatch
        DeleteQueue
        GetQueueAttributes
        GetQueueUrl
        ListDeadLetterSourceQueues
        ListMessageMoveTasks
        ListQueueTags
        ListQueues
        PurgeQueue
        ReceiveMessage
        RemovePermission
        SendMessage
        SendMessageBatch
        SetQueueAttributes
        StartMessageMoveTask
        TagQueue
        UntagQueue
    ]
}

@iamResource(["{QueueUrl}"])
operation AddPermission {
    input: AddPermissionRequest
    errors: [
        OverLimit
        RequestThrottled
        QueueDoesNotExist
        InvalidAddress
        InvalidSecurity
        UnsupportedOperation
    ]
}

operation CancelMessageMoveTask {
    input: CancelMessageMoveTaskRequest
    output: CancelMessageMoveTaskResult
    errors: [
        ResourceNotFoundException
        RequestThrottled
        InvalidAddress
        InvalidSecurity
        UnsupportedOperation
    ]
}

@iamResource(["{QueueUrl}"])
@dataPlane
operation ChangeMessageVisibility {
    input: ChangeMessageVisibilityRequest
    errors: [
        MessageNotInflight
        ReceiptHandleIsInvalid
        RequestThrottled
        QueueDoesNotExist
        UnsupportedOperation
        InvalidAddress
        InvalidSecurity
    ]
}

@iamAction("sqs:ChangeMessageVisibility")
@iamResource(["{QueueUrl}"])
@dataPlane
operation ChangeMessageVisibilityBatch {
    input: ChangeMessageVisibilityBatchRequest
    output: ChangeMessageVisibilityBatchResult
    errors: [
        TooManyEntriesInBatchRequest
        EmptyBatchRequest
        BatchEntryIdsNotDistinct
        InvalidBatchEntryId
        RequestThrottled
        QueueDoesNotExist
        UnsupportedOperation
        InvalidAddress
        InvalidSecurity
    ]
}

@iamResource(["arn:aws:sqs:{region}:{account}:{QueueName}"])
operation CreateQueue {
    input: CreateQueueRequest
    output: CreateQueueResult
    errors: [
        QueueDeletedRecently
        QueueNameExists
        RequestThrottled
        InvalidAddress
        InvalidAttributeName
        InvalidAttributeValue
        UnsupportedOperation
        InvalidSecurity
    ]
}

@iamResource(["{QueueUrl}"])
@dataPlane
operation DeleteMessage {
    input: DeleteMessageRequest
    errors: [
        InvalidIdFormat
        ReceiptHandleIsInvalid
        RequestThrottled
        QueueDoesNotExist
        UnsupportedOperation
        InvalidSecurity
        InvalidAddress
    ]
}

@iamAction("sqs:DeleteMessage")
@iamResource(["{QueueUrl}"])
@dataPlane
operation DeleteMessageBatch {
    input: DeleteMessageBatchRequest
    output: DeleteMessageBatchResult
    errors: [
        TooManyEntriesInBatchRequest
        EmptyBatchRequest
        BatchEntryIdsNotDistinct
        InvalidBatchEntryId
        RequestThrottled
        QueueDoesNotExist
        UnsupportedOperation
        InvalidAddress
        InvalidSecurity
    ]
}

@iamResource(["{QueueUrl}"])
operation DeleteQueue {
    input: DeleteQueueRequest
    errors: [
        RequestThrottled
        QueueDoesNotExist
        InvalidAddress
        UnsupportedOperation
        InvalidSecurity
    ]
}

@readonly
@iamResource(["{QueueUrl}"])
operation GetQueueAttributes {
    input: GetQueueAttributesRequest
    output: GetQueueAttributesResult
    errors: [
        InvalidAttributeName
        RequestThrottled
        QueueDoesNotExist
        UnsupportedOperation
        InvalidSecurity
        InvalidAddress
    ]
}

@readonly
@iamResource(["arn:aws:sqs:{region}:{QueueOwnerAWSAccountId|@account}:{QueueName}"])
operation GetQueueUrl {
    input: GetQueueUrlRequest
    output: GetQueueUrlResult
    errors: [
        RequestThrottled
        QueueDoesNotExist
        InvalidAddress
        InvalidSecurity
        UnsupportedOperation
    ]
}

@readonly
@iamResource(["{QueueUrl}"])
operation ListDeadLetterSourceQueues {
    input: ListDeadLetterSourceQueuesRequest
    output: ListDeadLetterSourceQueuesResult
    errors: [
        QueueDoesNotExist
        RequestThrottled
        InvalidSecurity
        InvalidAddress
        UnsupportedOperation
    ]
}

@readonly
@iamResource(["{SourceArn}"])
operation ListMessageMoveTasks {
    input: ListMessageMoveTasksRequest
    output: ListMessageMoveTasksResult
    errors: [
        ResourceNotFoundException
        RequestThrottled
        InvalidAddress
        InvalidSecurity
        UnsupportedOperation
    ]
}

@readonly
@iamResource(["{QueueUrl}"])
operation ListQueueTags {
    input: ListQueueTagsRequest
    output: ListQueueTagsResult
    errors: [
        RequestThrottled
        QueueDoesNotExist
        UnsupportedOperation
        InvalidAddress
        InvalidSecurity
    ]
}

@readonly
operation ListQueues {
    input: ListQueuesRequest
    output: ListQueuesResult
    errors: [
        RequestThrottled
        InvalidSecurity
        InvalidAddress
        UnsupportedOperation
    ]
}

@iamResource(["{QueueUrl}"])
operation PurgeQueue {
    input: PurgeQueueRequest
    errors: [
        QueueDoesNotExist
        PurgeQueueInProgress
        RequestThrottled
        InvalidAddress
        InvalidSecurity
        UnsupportedOperation
    ]
}

@iamResource(["{QueueUrl}"])
@dataPlane
operation ReceiveMessage {
    input: ReceiveMessageRequest
    output: ReceiveMessageResult
    errors: [
        UnsupportedOperation
        OverLimit
        RequestThrottled
        QueueDoesNotExist
        InvalidSecurity
        KmsDisabled
        KmsInvalidState
        KmsNotFound
        KmsOptInRequired
        KmsThrottled
        KmsAccessDenied
        KmsInvalidKeyUsage
        InvalidAddress
    ]
}

@iamResource(["{QueueUrl}"])
operation RemovePermission {
    input: RemovePermissionRequest
    errors: [
        InvalidAddress
        RequestThrottled
        QueueDoesNotExist
        InvalidSecurity
        UnsupportedOperation
    ]
}

@iamResource(["{QueueUrl}"])
@dataPlane
operation SendMessage {
    input: SendMessageRequest
    output: SendMessageResult
    errors: [
        InvalidMessageContents
        UnsupportedOperation
        RequestThrottled
        QueueDoesNotExist
        InvalidSecurity
        KmsDisabled
        KmsInvalidState
        KmsNotFound
        KmsOptInRequired
        KmsThrottled
        KmsAccessDenied
        KmsInvalidKeyUsage
        InvalidAddress
    ]
}

@iamAction("sqs:SendMessage")
@iamResource(["{QueueUrl}"])
@dataPlane
operation SendMessageBatch {
    input: SendMessageBatchRequest
    output: SendMessageBatchResult
    errors: [
        TooManyEntriesInBatchRequest
        EmptyBatchRequest
        BatchEntryIdsNotDistinct
        BatchRequestTooLong
        InvalidBatchEntryId
        UnsupportedOperation
        RequestThrottled
        QueueDoesNotExist
        InvalidSecurity
        KmsDisabled
        KmsInvalidState
        KmsNotFound
        KmsOptInRequired
        KmsThrottled
        KmsAccessDenied
        KmsInvalidKeyUsage
        InvalidAddress
    ]
}

@iamResource(["{QueueUrl}"])
operation SetQueueAttributes {
    input: SetQueueAttributesRequest
    errors: [
        InvalidAttributeName
        InvalidAttributeValue
        RequestThrottled
        QueueDoesNotExist
        UnsupportedOperation
        OverLimit
        InvalidAddress
        InvalidSecurity
    ]
}

@iamResource(["{SourceArn}"])
operation StartMessageMoveTask {
    input: StartMessageMoveTaskRequest
    output: StartMessageMoveTaskResult
    errors: [
        ResourceNotFoundException
        RequestThrottled
        InvalidAddress
        InvalidSecurity
        UnsupportedOperation
    ]
}

@iamResource(["{QueueUrl}"])
operation TagQueue {
    input: TagQueueRequest
    errors: [
        InvalidAddress
        RequestThrottled
        QueueDoesNotExist
        InvalidSecurity
        UnsupportedOperation
    ]
}

@iamResource(["{QueueUrl}"])
operation UntagQueue {
    input: UntagQueueRequest
    errors: [
        InvalidAddress
        RequestThrottled
        QueueDoesNotExist
        InvalidSecurity
        UnsupportedOperation
    ]
}

list AWSAccountIdList {
    member: String
}

list ActionNameList {
    member: String
}

structure AddPermissionRequest {
    @required
    QueueUrl: String
    @required
    Label: String
    @required
    @xmlFlattened
    @xmlName("AWSAccountId")
    AWSAccountIds: AWSAccountIdList
    @required
    @xmlFlattened
    @xmlName("ActionName")
    Actions: ActionNameList
}

list AttributeNameList {
    member: QueueAttributeName
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", httpResponseCode: 400)
@httpError(400)
structure BatchEntryIdsNotDistinct {
    message: String
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.BatchRequestTooLong", httpResponseCode: 400)
@httpError(400)
structure BatchRequestTooLong {
    message: String
}

structure BatchResultErrorEntry {
    @required
    Id: String
    @required
    SenderFault: Boolean
    @required
    Code: String
    Message: String
}

list BatchResultErrorEntryList {
    member: BatchResultErrorEntry
}

list BinaryList {
    member: Blob
}

structure CancelMessageMoveTaskRequest {
    @required
    TaskHandle: String
}

structure CancelMessageMoveTaskResult {
    ApproximateNumberOfMessagesMoved: Long
}

structure ChangeMessageVisibilityBatchRequest {
    @required
    QueueUrl: String
    @required
    @xmlFlattened
    @xmlName("ChangeMessageVisibilityBatchRequestEntry")
    Entries: ChangeMessageVisibilityBatchRequestEntryList
}

structure ChangeMessageVisibilityBatchRequestEntry {
    @required
    Id: String
    @required
    ReceiptHandle: String
    VisibilityTimeout: Integer
}

list ChangeMessageVisibilityBatchRequestEntryList {
    member: ChangeMessageVisibilityBatchRequestEntry
}

structure ChangeMessageVisibilityBatchResult {
    @required
    @xmlFlattened
    @xmlName("ChangeMessageVisibilityBatchResultEntry")
    Successful: ChangeMessageVisibilityBatchResultEntryList
    @required
    @xmlFlattened
    @xmlName("BatchResultErrorEntry")
    Failed: BatchResultErrorEntryList
}

structure ChangeMessageVisibilityBatchResultEntry {
    @required
    Id: String
}

list ChangeMessageVisibilityBatchResultEntryList {
    member: ChangeMessageVisibilityBatchResultEntry
}

structure ChangeMessageVisibilityRequest {
    @required
    QueueUrl: String
    @required
    ReceiptHandle: String
    @required
    VisibilityTimeout: Integer
}

structure CreateQueueRequest {
    @required
    QueueName: String
    @xmlFlattened
    @xmlName("Attribute")
    Attributes: QueueAttributeMap
    @xmlFlattened
    @xmlName("Tag")
    tags: TagMap
}

structure CreateQueueResult {
    QueueUrl: String
}

structure DeleteMessageBatchRequest {
    @required
    QueueUrl: String
    @required
    @xmlFlattened
    @xmlName("DeleteMessageBatchRequestEntry")
    Entries: DeleteMessageBatchRequestEntryList
}

structure DeleteMessageBatchRequestEntry {
    @required
    Id: String
    @required
    ReceiptHandle: String
}

list DeleteMessageBatchRequestEntryList {
    member: DeleteMessageBatchRequestEntry
}

structure DeleteMessageBatchResult {
    @required
    @xmlFlattened
    @xmlName("DeleteMessageBatchResultEntry")
    Successful: DeleteMessageBatchResultEntryList
    @required
    @xmlFlattened
    @xmlName("BatchResultErrorEntry")
    Failed: BatchResultErrorEntryList
}

structure DeleteMessageBatchResultEntry {
    @required
    Id: String
}

list DeleteMessageBatchResultEntryList {
    member: DeleteMessageBatchResultEntry
}

structure DeleteMessageRequest {
    @required
    QueueUrl: String
    @required
    ReceiptHandle: String
}

structure DeleteQueueRequest {
    @required
    QueueUrl: String
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.EmptyBatchRequest", httpResponseCode: 400)
@httpError(400)
structure EmptyBatchRequest {
    message: String
}

structure GetQueueAttributesRequest {
    @required
    QueueUrl: String
    @xmlFlattened
    @xmlName("AttributeName")
    AttributeNames: AttributeNameList
}

structure GetQueueAttributesResult {
    @xmlFlattened
    @xmlName("Attribute")
    Attributes: QueueAttributeMap
}

structure GetQueueUrlRequest {
    @required
    QueueName: String
    QueueOwnerAWSAccountId: String
}

structure GetQueueUrlResult {
    QueueUrl: String
}

@error("client")
structure InvalidAddress {
    message: String
}

@error("client")
structure InvalidAttributeName {
    message: String
}

@error("client")
structure InvalidAttributeValue {
    message: String
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.InvalidBatchEntryId", httpResponseCode: 400)
@httpError(400)
structure InvalidBatchEntryId {
    message: String
}

@error("client")
structure InvalidIdFormat {
}

@error("client")
structure InvalidMessageContents {
    message: String
}

@error("client")
structure InvalidSecurity {
    message: String
}

@error("client")
structure KmsAccessDenied {
    message: String
}

@error("client")
structure KmsDisabled {
    message: String
}

@error("client")
structure KmsInvalidKeyUsage {
    message: String
}

@error("client")
structure KmsInvalidState {
    message: String
}

@error("client")
structure KmsNotFound {
    message: String
}

@error("client")
structure KmsOptInRequired {
    message: String
}

@error("client")
structure KmsThrottled {
    message: String
}

structure ListDeadLetterSourceQueuesRequest {
    @required
    QueueUrl: String
    NextToken: String
    MaxResults: Integer
}

structure ListDeadLetterSourceQueuesResult {
    @required
    @xmlFlattened
    @xmlName("QueueUrl")
    queueUrls: QueueUrlList
    NextToken: String
}

structure ListMessageMoveTasksRequest {
    @required
    SourceArn: String
    MaxResults: Integer
}

structure ListMessageMoveTasksResult {
    @xmlFlattened
    @xmlName("ListMessageMoveTasksResultEntry")
    Results: ListMessageMoveTasksResultEntryList
}

structure ListMessageMoveTasksResultEntry {
    TaskHandle: String
    Status: String
    SourceArn: String
    DestinationArn: String
    MaxNumberOfMessagesPerSecond: Integer
    ApproximateNumberOfMessagesMoved: Long
    ApproximateNumberOfMessagesToMove: Long
    FailureReason: String
    StartedTimestamp: Long
}

list ListMessageMoveTasksResultEntryList {
    member: ListMessageMoveTasksResultEntry
}

structure ListQueueTagsRequest {
    @required
    QueueUrl: String
}

structure ListQueueTagsResult {
    @xmlFlattened
    @xmlName("Tag")
    Tags: TagMap
}

structure ListQueuesRequest {
    QueueNamePrefix: String
    NextToken: String
    MaxResults: Integer
}

structure ListQueuesResult {
    @xmlFlattened
    @xmlName("QueueUrl")
    QueueUrls: QueueUrlList
    NextToken: String
}

structure Message {
    MessageId: String
    ReceiptHandle: String
    MD5OfBody: String
    Body: String
    @xmlFlattened
    @xmlName("Attribute")
    Attributes: MessageSystemAttributeMap
    MD5OfMessageAttributes: String
    @xmlFlattened
    @xmlName("MessageAttribute")
    MessageAttributes: MessageBodyAttributeMap
}

list MessageAttributeNameList {
    member: String
}

structure MessageAttributeValue {
    StringValue: String
    BinaryValue: Blob
    @xmlFlattened
    @xmlName("StringListValue")
    StringListValues: StringList
    @xmlFlattened
    @xmlName("BinaryListValue")
    BinaryListValues: BinaryList
    @required
    DataType: String
}

map MessageBodyAttributeMap {
    @xmlName("Name")
    key: String
    @xmlName("Value")
    value: MessageAttributeValue
}

map MessageBodySystemAttributeMap {
    @xmlName("Name")
    key: MessageSystemAttributeNameForSends
    @xmlName("Value")
    value: MessageSystemAttributeValue
}

list MessageList {
    member: Message
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.MessageNotInflight", httpResponseCode: 400)
@httpError(400)
structure MessageNotInflight {
}

list MessageSystemAttributeList {
    member: MessageSystemAttributeName
}

map MessageSystemAttributeMap {
    @xmlName("Name")
    key: MessageSystemAttributeName
    @xmlName("Value")
    value: String
}

enum MessageSystemAttributeName {
    All
    SenderId
    SentTimestamp
    ApproximateReceiveCount
    ApproximateFirstReceiveTimestamp
    SequenceNumber
    MessageDeduplicationId
    MessageGroupId
    AWSTraceHeader
    DeadLetterQueueSourceArn
}

enum MessageSystemAttributeNameForSends {
    AWSTraceHeader
}

structure MessageSystemAttributeValue {
    StringValue: String
    BinaryValue: Blob
    @xmlFlattened
    @xmlName("StringListValue")
    StringListValues: StringList
    @xmlFlattened
    @xmlName("BinaryListValue")
    BinaryListValues: BinaryList
    @required
    DataType: String
}

@error("client")
@awsQueryError(code: "OverLimit", httpResponseCode: 403)
@httpError(403)
structure OverLimit {
    message: String
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.PurgeQueueInProgress", httpResponseCode: 403)
@httpError(403)
structure PurgeQueueInProgress {
    message: String
}

structure PurgeQueueRequest {
    @required
    QueueUrl: String
}

map QueueAttributeMap {
    @xmlName("Name")
    key: QueueAttributeName
    @xmlName("Value")
    value: String
}

@lenient
enum QueueAttributeName {
    All
    Policy
    VisibilityTimeout
    MaximumMessageSize
    MessageRetentionPeriod
    ApproximateNumberOfMessages
    ApproximateNumberOfMessagesNotVisible
    CreatedTimestamp
    LastModifiedTimestamp
    QueueArn
    ApproximateNumberOfMessagesDelayed
    DelaySeconds
    ReceiveMessageWaitTimeSeconds
    RedrivePolicy
    FifoQueue
    ContentBasedDeduplication
    KmsMasterKeyId
    KmsDataKeyReusePeriodSeconds
    DeduplicationScope
    FifoThroughputLimit
    RedriveAllowPolicy
    SqsManagedSseEnabled
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.QueueDeletedRecently", httpResponseCode: 400)
@httpError(400)
structure QueueDeletedRecently {
    message: String
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.NonExistentQueue", httpResponseCode: 400)
@httpError(400)
structure QueueDoesNotExist {
    message: String
}

@error("client")
@awsQueryError(code: "QueueAlreadyExists", httpResponseCode: 400)
@httpError(400)
structure QueueNameExists {
    message: String
}

list QueueUrlList {
    member: String
}

@error("client")
@awsQueryError(code: "ReceiptHandleIsInvalid", httpResponseCode: 404)
@httpError(404)
structure ReceiptHandleIsInvalid {
    message: String
}

structure ReceiveMessageRequest {
    @required
    QueueUrl: String
    @xmlFlattened
    @xmlName("AttributeName")
    AttributeNames: AttributeNameList
    @xmlFlattened
    @xmlName("MessageSystemAttributeName")
    MessageSystemAttributeNames: MessageSystemAttributeList
    @xmlFlattened
    @xmlName("MessageAttributeName")
    MessageAttributeNames: MessageAttributeNameList
    MaxNumberOfMessages: Integer
    VisibilityTimeout: Integer
    WaitTimeSeconds: Integer
    ReceiveRequestAttemptId: String
}

structure ReceiveMessageResult {
    @xmlFlattened
    @xmlName("Message")
    Messages: MessageList
}

structure RemovePermissionRequest {
    @required
    QueueUrl: String
    @required
    Label: String
}

@error("client")
@awsQueryError(code: "RequestThrottled", httpResponseCode: 403)
@httpError(403)
structure RequestThrottled {
    message: String
}

@error("client")
@awsQueryError(code: "ResourceNotFoundException", httpResponseCode: 404)
@httpError(404)
structure ResourceNotFoundException {
    message: String
}

structure SendMessageBatchRequest {
    @required
    QueueUrl: String
    @required
    @xmlFlattened
    @xmlName("SendMessageBatchRequestEntry")
    Entries: SendMessageBatchRequestEntryList
}

structure SendMessageBatchRequestEntry {
    @required
    Id: String
    @required
    MessageBody: String
    DelaySeconds: Integer
    @xmlFlattened
    @xmlName("MessageAttribute")
    MessageAttributes: MessageBodyAttributeMap
    @xmlFlattened
    @xmlName("MessageSystemAttribute")
    MessageSystemAttributes: MessageBodySystemAttributeMap
    MessageDeduplicationId: String
    MessageGroupId: String
}

list SendMessageBatchRequestEntryList {
    member: SendMessageBatchRequestEntry
}

structure SendMessageBatchResult {
    @required
    @xmlFlattened
    @xmlName("SendMessageBatchResultEntry")
    Successful: SendMessageBatchResultEntryList
    @required
    @xmlFlattened
    @xmlName("BatchResultErrorEntry")
    Failed: BatchResultErrorEntryList
}

structure SendMessageBatchResultEntry {
    @required
    Id: String
    @required
    MessageId: String
    @required
    MD5OfMessageBody: String
    MD5OfMessageAttributes: String
    MD5OfMessageSystemAttributes: String
    SequenceNumber: String
}

list SendMessageBatchResultEntryList {
    member: SendMessageBatchResultEntry
}

structure SendMessageRequest {
    @required
    QueueUrl: String
    @required
    MessageBody: String
    DelaySeconds: Integer
    @xmlFlattened
    @xmlName("MessageAttribute")
    MessageAttributes: MessageBodyAttributeMap
    @xmlFlattened
    @xmlName("MessageSystemAttribute")
    MessageSystemAttributes: MessageBodySystemAttributeMap
    MessageDeduplicationId: String
    MessageGroupId: String
}

structure SendMessageResult {
    MD5OfMessageBody: String
    MD5OfMessageAttributes: String
    MD5OfMessageSystemAttributes: String
    MessageId: String
    SequenceNumber: String
}

structure SetQueueAttributesRequest {
    @required
    QueueUrl: String
    @required
    @xmlFlattened
    @xmlName("Attribute")
    Attributes: QueueAttributeMap
}

structure StartMessageMoveTaskRequest {
    @required
    SourceArn: String
    DestinationArn: String
    MaxNumberOfMessagesPerSecond: Integer
}

structure StartMessageMoveTaskResult {
    TaskHandle: String
}

list StringList {
    member: String
}

list TagKeyList {
    member: String
}

map TagMap {
    @xmlName("Key")
    key: String
    @xmlName("Value")
    value: String
}

structure TagQueueRequest {
    @required
    QueueUrl: String
    @required
    @xmlFlattened
    @xmlName("Tag")
    Tags: TagMap
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", httpResponseCode: 400)
@httpError(400)
structure TooManyEntriesInBatchRequest {
    message: String
}

@error("client")
@awsQueryError(code: "AWS.SimpleQueueService.UnsupportedOperation", httpResponseCode: 400)
@httpError(400)
structure UnsupportedOperation {
    message: String
}

structure UntagQueueRequest {
    @required
    QueueUrl: String
    @required
    @xmlFlattened
    @xmlName("TagKey")
    TagKeys: TagKeyList
}

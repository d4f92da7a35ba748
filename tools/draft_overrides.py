"""What an SDK's interface data does not say, kept for redrafting: see draft_model.py.

Every table is keyed by the name of our model (its file name).
"""

# Prefix of the service's actions in policies, where it is not the endpoint's name.
IAM_PREFIX = {"monitoring": "cloudwatch", "s3control": "s3"}

# Further protocols that clients of the service speak, in order of preference.
PROTOCOLS = {"sqs": ["awsJson1_0", "awsQuery"]}

XML_NAMESPACE = {
    "sqs": "http://queue.amazonaws.com/doc/2012-11-05/",
    "s3": "http://s3.amazonaws.com/doc/2006-03-01/",
    "s3control": "http://awss3control.amazonaws.com/doc/2018-08-20/",
}

# Further names by which people and documents call the service.
ALIASES = {
    "monitoring": ["cloudwatch"],
    "events": ["eventbridge", "cloudwatchevents"],
    "logs": ["cloudwatchlogs", "cloudwatch-logs"],
    "states": ["stepfunctions", "sfn", "step-functions"],
    "stepfunctions": ["states", "sfn", "step-functions"],
    "config": ["configservice"],
    "scheduler": ["eventbridge-scheduler"],
    "ssm": ["systems-manager", "simplesystemsmanagement"],
    "s3": ["s3api"],
}

# Operation -> action in policies, where the names differ.
IAM_ACTION = {
    "lambda": {"Invoke": "lambda:InvokeFunction", "ListLayerVersions": "lambda:ListLayerVersions"},
    "s3": {
        "ListBuckets": "s3:ListAllMyBuckets",
        "ListObjects": "s3:ListBucket",
        "ListObjectsV2": "s3:ListBucket",
        "HeadBucket": "s3:ListBucket",
        "HeadObject": "s3:GetObject",
        "DeleteObjects": "s3:DeleteObject",
        "CopyObject": "s3:PutObject",
        "GetBucketEncryption": "s3:GetEncryptionConfiguration",
        "PutBucketEncryption": "s3:PutEncryptionConfiguration",
        "DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
        "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
        "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
        "DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
        "DeleteBucketTagging": "s3:PutBucketTagging",
        "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
        "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    },
    "s3control": {
        "GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
        "PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
        "DeletePublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    },
    "sqs": {
        "SendMessageBatch": "sqs:SendMessage",
        "DeleteMessageBatch": "sqs:DeleteMessage",
        "ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    },
    "sns": {"PublishBatch": "sns:Publish"},
}

# Operation -> resource templates. {region} and {account} are the call's scope, any other name is a
# member of the input (a path with dots reaches into it; a member that already holds an ARN stands
# for the whole template; {/Name} puts a slash before a text that has none; {A|@B} is B without A).
_BUS = "arn:aws:events:{region}:{account}:event-bus/"
_RULE = "arn:aws:events:{region}:{account}:rule/"
_PIPE = "arn:aws:pipes:{region}:{account}:pipe/"
_SCHEDULE = "arn:aws:scheduler:{region}:{account}:schedule/"
_GROUP = "arn:aws:scheduler:{region}:{account}:schedule-group/"
_RESOURCE_GROUP = "arn:aws:resource-groups:{region}:{account}:group/"
IAM_RESOURCE = {
    "resource-groups": {
        "CreateGroup": [_RESOURCE_GROUP + "{Name}"],
        **{op: [_RESOURCE_GROUP + "{Group|@GroupName}"] for op in (
            "GetGroup", "UpdateGroup", "DeleteGroup", "GetGroupQuery", "UpdateGroupQuery",
            "ListGroupResources")},
        **{op: ["{Arn}"] for op in ("GetTags", "Tag", "Untag")},
    },
    "pipes": {
        **{op: [_PIPE + "{Name}"] for op in (
            "CreatePipe", "DescribePipe", "UpdatePipe", "DeletePipe", "StartPipe", "StopPipe")},
        **{op: ["{resourceArn}"] for op in (
            "TagResource", "UntagResource", "ListTagsForResource")},
    },
    "scheduler": {
        **{op: [_SCHEDULE + "{GroupName|default}/{Name}"] for op in (
            "CreateSchedule", "GetSchedule", "UpdateSchedule", "DeleteSchedule")},
        **{op: [_GROUP + "{Name}"] for op in (
            "CreateScheduleGroup", "GetScheduleGroup", "DeleteScheduleGroup")},
        **{op: ["{ResourceArn}"] for op in (
            "TagResource", "UntagResource", "ListTagsForResource")},
    },
    "events": {
        **{op: [_RULE + "{Name}"] for op in (
            "PutRule", "DescribeRule", "DeleteRule", "EnableRule", "DisableRule")},
        **{op: [_RULE + "{Rule}"] for op in ("PutTargets", "RemoveTargets", "ListTargetsByRule")},
        **{op: [_BUS + "{Name}"] for op in (
            "CreateEventBus", "DeleteEventBus", "DescribeEventBus", "UpdateEventBus")},
        **{op: [_BUS + "{EventBusName}"] for op in ("PutPermission", "RemovePermission")},
        "PutEvents": [_BUS + "{Entries.EventBusName}"],
        **{op: ["{ResourceARN}"] for op in (
            "TagResource", "UntagResource", "ListTagsForResource")},
    },
    "lambda": {
        **{op: ["arn:aws:lambda:{region}:{account}:function:{FunctionName}"] for op in (
            "CreateFunction", "GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode",
            "UpdateFunctionConfiguration", "DeleteFunction", "Invoke", "AddPermission",
            "RemovePermission", "GetPolicy", "PublishVersion", "ListVersionsByFunction",
            "CreateAlias", "GetAlias", "UpdateAlias", "DeleteAlias", "ListAliases",
            "PutFunctionEventInvokeConfig", "GetFunctionEventInvokeConfig",
            "UpdateFunctionEventInvokeConfig", "DeleteFunctionEventInvokeConfig",
            "ListFunctionEventInvokeConfigs", "PutFunctionConcurrency", "GetFunctionConcurrency",
            "DeleteFunctionConcurrency")},
        **{op: ["{Resource}"] for op in ("TagResource", "UntagResource", "ListTags")},
    },
    "sts": {"AssumeRole": ["{RoleArn}"]},
    "ssm": {
        **{op: ["arn:aws:ssm:{region}:{account}:document/{Name}"] for op in (
            "CreateDocument", "GetDocument", "DescribeDocument", "UpdateDocument",
            "UpdateDocumentDefaultVersion", "DeleteDocument", "ListDocumentVersions",
            "DescribeDocumentPermission", "ModifyDocumentPermission")},
        "StartAutomationExecution": [
            "arn:aws:ssm:{region}:{account}:automation-definition/"
            "{DocumentName}:{DocumentVersion|$DEFAULT}"],
        **{op: ["arn:aws:ssm:{region}:{account}:automation-execution/{AutomationExecutionId}"]
           for op in ("GetAutomationExecution", "DescribeAutomationStepExecutions",
                      "StopAutomationExecution", "SendAutomationSignal")},
        **{op: ["arn:aws:ssm:{region}:{account}:parameter{/Name}"] for op in (
            "PutParameter", "GetParameter", "DeleteParameter")},
        **{op: ["arn:aws:ssm:{region}:{account}:parameter{/Names[]}"] for op in (
            "GetParameters", "DeleteParameters")},
        "GetParametersByPath": ["arn:aws:ssm:{region}:{account}:parameter{/Path}"],
    },
    "sqs": {
        **{op: ["arn:aws:sqs:{region}:{account}:{QueueName}"] for op in (
            "CreateQueue", "GetQueueUrl")},
        **{op: ["{QueueUrl}"] for op in (
            "AddPermission", "ChangeMessageVisibility", "ChangeMessageVisibilityBatch",
            "DeleteMessage", "DeleteMessageBatch", "DeleteQueue", "GetQueueAttributes",
            "ListDeadLetterSourceQueues", "ListQueueTags", "PurgeQueue", "ReceiveMessage",
            "RemovePermission", "SendMessage", "SendMessageBatch", "SetQueueAttributes", "TagQueue",
            "UntagQueue")},
    },
    "sns": {
        "CreateTopic": ["arn:aws:sns:{region}:{account}:{Name}"],
        **{op: ["{TopicArn}"] for op in (
            "AddPermission", "ConfirmSubscription", "DeleteTopic", "GetTopicAttributes",
            "ListSubscriptionsByTopic", "Publish", "PublishBatch", "RemovePermission",
            "SetTopicAttributes", "Subscribe")},
        **{op: ["{ResourceArn}"] for op in (
            "ListTagsForResource", "TagResource", "UntagResource")},
        **{op: ["{SubscriptionArn}"] for op in (
            "GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe")},
    },
    # By name only: a role with a path is matched by its name under "/".
    "iam": {
        **{op: ["arn:aws:iam::{account}:role/{RoleName}"] for op in (
            "CreateRole", "GetRole", "UpdateRole", "UpdateRoleDescription",
            "UpdateAssumeRolePolicy", "DeleteRole", "AttachRolePolicy", "DetachRolePolicy",
            "ListAttachedRolePolicies", "PutRolePolicy", "GetRolePolicy", "ListRolePolicies",
            "DeleteRolePolicy", "TagRole", "UntagRole", "ListRoleTags",
            "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
            "ListInstanceProfilesForRole")},
        **{op: ["{PolicyArn}"] for op in (
            "GetPolicy", "GetPolicyVersion", "CreatePolicyVersion", "DeletePolicyVersion",
            "ListPolicyVersions", "SetDefaultPolicyVersion", "DeletePolicy",
            "ListEntitiesForPolicy", "TagPolicy", "UntagPolicy", "ListPolicyTags")},
        "CreatePolicy": ["arn:aws:iam::{account}:policy/{PolicyName}"],
        **{op: ["arn:aws:iam::{account}:user/{UserName}"] for op in (
            "CreateUser", "GetUser", "UpdateUser", "DeleteUser", "CreateAccessKey",
            "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey", "AttachUserPolicy",
            "DetachUserPolicy", "ListAttachedUserPolicies", "PutUserPolicy", "GetUserPolicy",
            "ListUserPolicies", "DeleteUserPolicy", "CreateLoginProfile", "GetLoginProfile",
            "UpdateLoginProfile", "DeleteLoginProfile", "TagUser", "UntagUser", "ListUserTags",
            "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary", "ListGroupsForUser",
            "EnableMFADevice", "DeactivateMFADevice", "ListMFADevices",
            "UploadSigningCertificate", "ListSigningCertificates", "UpdateSigningCertificate",
            "DeleteSigningCertificate", "UploadSSHPublicKey", "ListSSHPublicKeys",
            "UpdateSSHPublicKey", "DeleteSSHPublicKey", "CreateServiceSpecificCredential",
            "ListServiceSpecificCredentials", "UpdateServiceSpecificCredential",
            "DeleteServiceSpecificCredential")},
        "CreateVirtualMFADevice": ["arn:aws:iam::{account}:mfa/{VirtualMFADeviceName}"],
        "DeleteVirtualMFADevice": ["{SerialNumber}"],
        **{op: ["arn:aws:iam::{account}:group/{GroupName}"] for op in (
            "CreateGroup", "GetGroup", "DeleteGroup", "AddUserToGroup", "RemoveUserFromGroup",
            "AttachGroupPolicy", "DetachGroupPolicy", "ListAttachedGroupPolicies",
            "PutGroupPolicy", "GetGroupPolicy", "ListGroupPolicies", "DeleteGroupPolicy")},
        **{op: ["arn:aws:iam::{account}:instance-profile/{InstanceProfileName}"] for op in (
            "CreateInstanceProfile", "GetInstanceProfile", "DeleteInstanceProfile",
            "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile")},
        "SimulatePrincipalPolicy": ["{PolicySourceArn}"],
    },
    # The six characters that end a secret's ARN are not known from its name: they stand for any.
    "secretsmanager": {
        "CreateSecret": ["arn:aws:secretsmanager:{region}:{account}:secret:{Name}-??????"],
        **{op: ["arn:aws:secretsmanager:{region}:{account}:secret:{SecretId}-??????"] for op in (
            "GetSecretValue", "PutSecretValue", "DescribeSecret", "DeleteSecret", "RestoreSecret",
            "UpdateSecret", "UpdateSecretVersionStage", "ListSecretVersionIds", "TagResource",
            "UntagResource", "GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy")},
    },
}

# Operations whose audit records are kept in batches instead of in the call's own commit.
DATA_PLANE = {
    "events": {"PutEvents"},
    "sns": {"Publish", "PublishBatch"},
    "sqs": {
        "SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch",
        "ChangeMessageVisibility", "ChangeMessageVisibilityBatch",
    },
    "lambda": {"Invoke"},
    "logs": {"PutLogEvents", "GetLogEvents", "FilterLogEvents"},
    "monitoring": {"PutMetricData", "GetMetricData", "GetMetricStatistics"},
}

# Flattened list or map shape -> element name in the query protocol.
FLATTENED_NAME = {
    "sqs": {
        "AWSAccountIdList": "AWSAccountId",
        "ActionNameList": "ActionName",
        "AttributeNameList": "AttributeName",
        "MessageSystemAttributeList": "MessageSystemAttributeName",
        "MessageAttributeNameList": "MessageAttributeName",
        "BatchResultErrorEntryList": "BatchResultErrorEntry",
        "ChangeMessageVisibilityBatchRequestEntryList": "ChangeMessageVisibilityBatchRequestEntry",
        "ChangeMessageVisibilityBatchResultEntryList": "ChangeMessageVisibilityBatchResultEntry",
        "DeleteMessageBatchRequestEntryList": "DeleteMessageBatchRequestEntry",
        "DeleteMessageBatchResultEntryList": "DeleteMessageBatchResultEntry",
        "ListMessageMoveTasksResultEntryList": "ListMessageMoveTasksResultEntry",
        "MessageList": "Message",
        "QueueUrlList": "QueueUrl",
        "SendMessageBatchRequestEntryList": "SendMessageBatchRequestEntry",
        "SendMessageBatchResultEntryList": "SendMessageBatchResultEntry",
        "TagKeyList": "TagKey",
        "StringList": "StringListValue",
        "BinaryList": "BinaryListValue",
        "QueueAttributeMap": "Attribute",
        "MessageSystemAttributeMap": "Attribute",
        "MessageBodyAttributeMap": "MessageAttribute",
        "MessageBodySystemAttributeMap": "MessageSystemAttribute",
        "TagMap": "Tag",
    },
}

# Map shape -> names of its key and value in XML and query strings.
MAP_NAMES = {
    "sqs": {
        "QueueAttributeMap": ("Name", "Value"),
        "MessageSystemAttributeMap": ("Name", "Value"),
        "MessageBodyAttributeMap": ("Name", "Value"),
        "MessageBodySystemAttributeMap": ("Name", "Value"),
        "TagMap": ("Key", "Value"),
    },
}

# Error shape -> (code in the query protocol, HTTP status).
QUERY_ERROR = {
    "sqs": {
        "QueueDoesNotExist": ("AWS.SimpleQueueService.NonExistentQueue", 400),
        "QueueNameExists": ("QueueAlreadyExists", 400),
        "QueueDeletedRecently": ("AWS.SimpleQueueService.QueueDeletedRecently", 400),
        "PurgeQueueInProgress": ("AWS.SimpleQueueService.PurgeQueueInProgress", 403),
        "MessageNotInflight": ("AWS.SimpleQueueService.MessageNotInflight", 400),
        "BatchEntryIdsNotDistinct": ("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400),
        "BatchRequestTooLong": ("AWS.SimpleQueueService.BatchRequestTooLong", 400),
        "EmptyBatchRequest": ("AWS.SimpleQueueService.EmptyBatchRequest", 400),
        "InvalidBatchEntryId": ("AWS.SimpleQueueService.InvalidBatchEntryId", 400),
        "TooManyEntriesInBatchRequest": (
            "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400),
        "UnsupportedOperation": ("AWS.SimpleQueueService.UnsupportedOperation", 400),
        "OverLimit": ("OverLimit", 403),
        "ReceiptHandleIsInvalid": ("ReceiptHandleIsInvalid", 404),
        "RequestThrottled": ("RequestThrottled", 403),
        "ResourceNotFoundException": ("ResourceNotFoundException", 404),
    },
}

# Structure -> root element in XML, where it is not the structure's name.
XML_ROOT = {
    "s3": {
        "ListBucketsOutput": "ListAllMyBucketsResult",
        "ListObjectsOutput": "ListBucketResult",
        "ListObjectsV2Output": "ListBucketResult",
        "ListObjectVersionsOutput": "ListVersionsResult",
        "GetBucketTaggingOutput": "Tagging",
        "GetObjectTaggingOutput": "Tagging",
        "GetBucketVersioningOutput": "VersioningConfiguration",
        "GetBucketAclOutput": "AccessControlPolicy",
        "GetBucketLifecycleConfigurationOutput": "LifecycleConfiguration",
        "DeleteObjectsOutput": "DeleteResult",
        "GetBucketLoggingOutput": "BucketLoggingStatus",
        "GetBucketNotificationConfigurationOutput": "NotificationConfiguration",
        "CopyObjectOutput": "CopyObjectResult",
    },
}

# Shapes and members ("Shape" or "Shape.Member") whose enum or pattern is not enforced: each is a
# leniency listed in docs/compatibility.md.
LENIENT = {
    "sqs": {"QueueAttributeName"},
    "securityhub": {"WorkflowStatus"},
}

# Operations that may be called without a signature.
OPTIONAL_AUTH = {"sns": {"ConfirmSubscription", "Unsubscribe"}}

# Operations of S3 whose one output member is the root element.
S3_UNWRAPPED = {"GetBucketLocation"}

# Shapes whose length is not enforced: the service takes more than its interface data says.
ANY_LENGTH = {"ssm": {"AutomationParameterValue"}}

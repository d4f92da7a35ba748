$version: "2.0"

namespace riposte.resourcegroups

use aws.api#service
use aws.auth#sigv4
use aws.protocols#restJson1
use riposte#iamPrefix
use riposte#iamResource

@service(sdkId: "Resource Groups", arnNamespace: "resource-groups", endpointPrefix: "resource-groups")
@sigv4(name: "resource-groups")
@restJson1
@iamPrefix("resource-groups")
service ResourceGroups {
    version: "2017-11-27"
    operations: [
        CreateGroup
        DeleteGroup
        GetGroup
        GetGroupQuery
        GetTags
        ListGroupResources
        ListGroups
        SearchResources
        Tag
        Untag
        UpdateGroup
        UpdateGroupQuery
    ]
}

@http(method: "POST", uri: "/groups", code: 200)
@iamResource(["arn:aws:resource-groups:{region}:{account}:group/{Name}"])
operation CreateGroup {
    input: CreateGroupInput
    output: CreateGroupOutput
    errors: [
        BadRequestException
        ForbiddenException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@http(method: "POST", uri: "/delete-group", code: 200)
@iamResource(["arn:aws:resource-groups:{region}:{account}:group/{Group|@GroupName}"])
operation DeleteGroup {
    input: DeleteGroupInput
    output: DeleteGroupOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@readonly
@http(method: "POST", uri: "/get-group", code: 200)
@iamResource(["arn:aws:resource-groups:{region}:{account}:group/{Group|@GroupName}"])
operation GetGroup {
    input: GetGroupInput
    output: GetGroupOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@readonly
@http(method: "POST", uri: "/get-group-query", code: 200)
@iamResource(["arn:aws:resource-groups:{region}:{account}:group/{Group|@GroupName}"])
operation GetGroupQuery {
    input: GetGroupQueryInput
    output: GetGroupQueryOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@readonly
@http(method: "GET", uri: "/resources/{Arn}/tags", code: 200)
@iamResource(["{Arn}"])
operation GetTags {
    input: GetTagsInput
    output: GetTagsOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@readonly
@http(method: "POST", uri: "/list-group-resources", code: 200)
@iamResource(["arn:aws:resource-groups:{region}:{account}:group/{Group|@GroupName}"])
operation ListGroupResources {
    input: ListGroupResourcesInput
    output: ListGroupResourcesOutput
    errors: [
        UnauthorizedException
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@readonly
@http(method: "POST", uri: "/groups-list", code: 200)
operation ListGroups {
    input: ListGroupsInput
    output: ListGroupsOutput
    errors: [
        BadRequestException
        ForbiddenException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@readonly
@http(method: "POST", uri: "/resources/search", code: 200)
operation SearchResources {
    input: SearchResourcesInput
    output: SearchResourcesOutput
    errors: [
        UnauthorizedException
        BadRequestException
        ForbiddenException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@http(method: "PUT", uri: "/resources/{Arn}/tags", code: 200)
@iamResource(["{Arn}"])
operation Tag {
    input: TagInput
    output: TagOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@http(method: "PATCH", uri: "/resources/{Arn}/tags", code: 200)
@iamResource(["{Arn}"])
operation Untag {
    input: UntagInput
    output: UntagOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@http(method: "POST", uri: "/update-group", code: 200)
@iamResource(["arn:aws:resource-groups:{region}:{account}:group/{Group|@GroupName}"])
operation UpdateGroup {
    input: UpdateGroupInput
    output: UpdateGroupOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@http(method: "POST", uri: "/update-group-query", code: 200)
@iamResource(["arn:aws:resource-groups:{region}:{account}:group/{Group|@GroupName}"])
operation UpdateGroupQuery {
    input: UpdateGroupQueryInput
    output: UpdateGroupQueryOutput
    errors: [
        BadRequestException
        ForbiddenException
        NotFoundException
        MethodNotAllowedException
        TooManyRequestsException
        InternalServerErrorException
    ]
}

@length(min: 12, max: 1600)
@pattern("arn:aws(-[a-z]+)*:resource-groups:[a-z]{2}(-[a-z]+)+-\\d{1}:[0-9]{12}:group/[a-zA-Z0-9_\\.-]{1,150}/[a-zA-Z0-9]{22,26}")
string ApplicationArn

map ApplicationTag {
    key: ApplicationTagKey
    value: ApplicationArn
}

@pattern("awsApplication")
string ApplicationTagKey

@error("client")
@httpError(400)
structure BadRequestException {
    Message: ErrorMessage
}

structure CreateGroupInput {
    @required
    Name: CreateGroupName
    Description: Description
    ResourceQuery: ResourceQuery
    Tags: Tags
    Configuration: GroupConfigurationList
    Criticality: Criticality
    Owner: Owner
    DisplayName: DisplayName
}

@length(min: 1, max: 300)
@pattern("[a-zA-Z0-9_\\.-]+")
string CreateGroupName

structure CreateGroupOutput {
    Group: Group
    ResourceQuery: ResourceQuery
    Tags: Tags
    GroupConfiguration: GroupConfiguration
}

@range(min: 1, max: 10)
integer Criticality

structure DeleteGroupInput {
    GroupName: GroupName
    Group: GroupStringV2
}

structure DeleteGroupOutput {
    Group: Group
}

@length(max: 1024)
@pattern("[\\sa-zA-Z0-9_\\.-]*")
string Description

@length(min: 0, max: 300)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string DisplayName

@length(min: 1, max: 1024)
string ErrorMessage

@error("client")
@httpError(403)
structure ForbiddenException {
    Message: ErrorMessage
}

structure GetGroupInput {
    GroupName: GroupName
    Group: GroupStringV2
}

structure GetGroupOutput {
    Group: Group
}

structure GetGroupQueryInput {
    GroupName: GroupName
    Group: GroupString
}

structure GetGroupQueryOutput {
    GroupQuery: GroupQuery
}

structure GetTagsInput {
    @required
    @httpLabel
    Arn: GroupArnV2
}

structure GetTagsOutput {
    Arn: GroupArnV2
    Tags: Tags
}

structure Group {
    @required
    GroupArn: GroupArnV2
    @required
    Name: GroupName
    Description: Description
    Criticality: Criticality
    Owner: Owner
    DisplayName: DisplayName
    ApplicationTag: ApplicationTag
}

@length(min: 12, max: 1600)
@pattern("arn:aws(-[a-z]+)*:resource-groups:[a-z]{2}(-[a-z]+)+-\\d{1}:[0-9]{12}:group/([a-zA-Z0-9_\\.-]{1,300}|[a-zA-Z0-9_\\.-]{1,150}/[a-z0-9]{26})")
string GroupArn

@length(min: 12, max: 1600)
@pattern("arn:aws(-[a-z]+)*:resource-groups:[a-z]{2}(-[a-z]+)+-\\d{1}:[0-9]{12}:group/([a-zA-Z0-9_\\.-]{1,300}|[a-zA-Z0-9_\\.-]{1,150}/[a-z0-9]{26})")
string GroupArnV2

structure GroupConfiguration {
    Configuration: GroupConfigurationList
    ProposedConfiguration: GroupConfigurationList
    Status: GroupConfigurationStatus
    FailureReason: String
}

structure GroupConfigurationItem {
    @required
    Type: GroupConfigurationType
    Parameters: GroupParameterList
}

@length(max: 2)
list GroupConfigurationList {
    member: GroupConfigurationItem
}

structure GroupConfigurationParameter {
    @required
    Name: GroupConfigurationParameterName
    Values: GroupConfigurationParameterValueList
}

@length(min: 1, max: 80)
@pattern("[a-z-]+")
string GroupConfigurationParameterName

@length(min: 1, max: 256)
@pattern("[a-zA-Z0-9:\\/\\._-]+")
string GroupConfigurationParameterValue

list GroupConfigurationParameterValueList {
    member: GroupConfigurationParameterValue
}

enum GroupConfigurationStatus {
    UPDATING
    UPDATE_COMPLETE
    UPDATE_FAILED
}

@length(max: 40)
@pattern("AWS::[a-zA-Z0-9]+::[a-zA-Z0-9]+")
string GroupConfigurationType

structure GroupFilter {
    @required
    Name: GroupFilterName
    @required
    Values: GroupFilterValues
}

list GroupFilterList {
    member: GroupFilter
}

enum GroupFilterName {
    resource_type = "resource-type"
    configuration_type = "configuration-type"
    owner
    display_name = "display-name"
    criticality
}

@length(min: 1, max: 300)
@pattern("AWS::(AllSupported|[a-zA-Z0-9]+::[a-zA-Z0-9]+)|[\\s\\p{L}0-9_\\.-]*")
string GroupFilterValue

@length(min: 1, max: 5)
list GroupFilterValues {
    member: GroupFilterValue
}

structure GroupIdentifier {
    GroupName: GroupName
    GroupArn: GroupArn
    Description: Description
    Criticality: Criticality
    Owner: Owner
    DisplayName: DisplayName
}

list GroupIdentifierList {
    member: GroupIdentifier
}

list GroupList {
    member: Group
}

@length(min: 1, max: 300)
@pattern("[a-zA-Z0-9_\\.-]{1,300}|[a-zA-Z0-9_\\.-]{1,150}/[a-z0-9]{26}")
string GroupName

list GroupParameterList {
    member: GroupConfigurationParameter
}

structure GroupQuery {
    @required
    GroupName: GroupName
    @required
    ResourceQuery: ResourceQuery
}

@length(min: 1, max: 1600)
@pattern("[a-zA-Z0-9_\\.-]{1,300}|[a-zA-Z0-9_\\.-]{1,150}/[a-z0-9]{26}|arn:aws(-[a-z]+)*:resource-groups:[a-z]{2}(-[a-z]+)+-\\d{1}:[0-9]{12}:group/([a-zA-Z0-9_\\.-]{1,300}|[a-zA-Z0-9_\\.-]{1,150}/[a-z0-9]{26})")
string GroupString

@length(min: 1, max: 1600)
@pattern("[a-zA-Z0-9_\\.-]{1,300}|[a-zA-Z0-9_\\.-]{1,150}/[a-z0-9]{26}|arn:aws(-[a-z]+)*:resource-groups:[a-z]{2}(-[a-z]+)+-\\d{1}:[0-9]{12}:group/([a-zA-Z0-9_\\.-]{1,300}|[a-zA-Z0-9_\\.-]{1,150}/[a-z0-9]{26})")
string GroupStringV2

@error("server")
@httpError(500)
structure InternalServerErrorException {
    Message: ErrorMessage
}

structure ListGroupResourcesInput {
    GroupName: GroupName
    Group: GroupStringV2
    Filters: ResourceFilterList
    MaxResults: MaxResults
    NextToken: NextToken
}

structure ListGroupResourcesItem {
    Identifier: ResourceIdentifier
    Status: ResourceStatus
}

list ListGroupResourcesItemList {
    member: ListGroupResourcesItem
}

structure ListGroupResourcesOutput {
    Resources: ListGroupResourcesItemList
    ResourceIdentifiers: ResourceIdentifierList
    NextToken: NextToken
    QueryErrors: QueryErrorList
}

structure ListGroupsInput {
    Filters: GroupFilterList
    @httpQuery("maxResults")
    MaxResults: MaxResults
    @httpQuery("nextToken")
    NextToken: NextToken
}

structure ListGroupsOutput {
    GroupIdentifiers: GroupIdentifierList
    Groups: GroupList
    NextToken: NextToken
}

@range(min: 1, max: 50)
integer MaxResults

@error("client")
@httpError(405)
structure MethodNotAllowedException {
    Message: ErrorMessage
}

@length(min: 0, max: 8192)
@pattern("^[a-zA-Z0-9+/]*={0,2}$")
string NextToken

@error("client")
@httpError(404)
structure NotFoundException {
    Message: ErrorMessage
}

@length(min: 0, max: 300)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string Owner

@length(max: 4096)
@pattern("[\\s\\S]*")
string Query

structure QueryError {
    ErrorCode: QueryErrorCode
    Message: String
}

enum QueryErrorCode {
    CLOUDFORMATION_STACK_INACTIVE
    CLOUDFORMATION_STACK_NOT_EXISTING
    CLOUDFORMATION_STACK_UNASSUMABLE_ROLE
    RESOURCE_TYPE_NOT_SUPPORTED
}

list QueryErrorList {
    member: QueryError
}

enum QueryType {
    TAG_FILTERS_1_0
    CLOUDFORMATION_STACK_1_0
}

@pattern("arn:aws(-[a-z]+)*:[a-z0-9\\-]*:([a-z]{2}(-[a-z]+)+-\\d{1})?:([0-9]{12})?:.+")
string ResourceArn

structure ResourceFilter {
    @required
    Name: ResourceFilterName
    @required
    Values: ResourceFilterValues
}

list ResourceFilterList {
    member: ResourceFilter
}

enum ResourceFilterName {
    resource_type = "resource-type"
}

@length(min: 1, max: 128)
@pattern("AWS::[a-zA-Z0-9]+::[a-zA-Z0-9]+")
string ResourceFilterValue

@length(min: 1, max: 5)
list ResourceFilterValues {
    member: ResourceFilterValue
}

structure ResourceIdentifier {
    ResourceArn: ResourceArn
    ResourceType: ResourceType
}

list ResourceIdentifierList {
    member: ResourceIdentifier
}

structure ResourceQuery {
    @required
    Type: QueryType
    @required
    Query: Query
}

structure ResourceStatus {
    Name: ResourceStatusValue
}

enum ResourceStatusValue {
    PENDING
}

@pattern("AWS::[a-zA-Z0-9]+::\\w+")
string ResourceType

structure SearchResourcesInput {
    @required
    ResourceQuery: ResourceQuery
    MaxResults: MaxResults
    NextToken: NextToken
}

structure SearchResourcesOutput {
    ResourceIdentifiers: ResourceIdentifierList
    NextToken: NextToken
    QueryErrors: QueryErrorList
}

structure TagInput {
    @required
    @httpLabel
    Arn: GroupArnV2
    @required
    Tags: Tags
}

@length(min: 1, max: 128)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagKey

list TagKeyList {
    member: TagKey
}

structure TagOutput {
    Arn: GroupArnV2
    Tags: Tags
}

@length(min: 0, max: 256)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagValue

map Tags {
    key: TagKey
    value: TagValue
}

@error("client")
@httpError(429)
structure TooManyRequestsException {
    Message: ErrorMessage
}

@error("client")
@httpError(401)
structure UnauthorizedException {
    Message: ErrorMessage
}

structure UntagInput {
    @required
    @httpLabel
    Arn: GroupArnV2
    @required
    Keys: TagKeyList
}

structure UntagOutput {
    Arn: GroupArnV2
    Keys: TagKeyList
}

structure UpdateGroupInput {
    GroupName: GroupName
    Group: GroupStringV2
    Description: Description
    Criticality: Criticality
    Owner: Owner
    DisplayName: DisplayName
}

structure UpdateGroupOutput {
    Group: Group
}

structure UpdateGroupQueryInput {
    GroupName: GroupName
    Group: GroupString
    @required
    ResourceQuery: ResourceQuery
}

structure UpdateGroupQueryOutput {
    GroupQuery: GroupQuery
}

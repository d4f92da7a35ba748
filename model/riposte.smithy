$version: "2.0"

namespace riposte.native

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_0
use riposte#dataPlane
use riposte#iamAction
use riposte#iamPrefix
use riposte#iamResource
use riposte#targetPrefix

@service(sdkId: "Riposte", arnNamespace: "riposte", endpointPrefix: "riposte")
@sigv4(name: "riposte")
@awsJson1_0
@iamPrefix("riposte")
@targetPrefix("Riposte")
service Riposte {
    version: "2026-11-01"
    operations: [
        ApplyPack
        DescribeDeadLetter
        DescribeIncident
        ExplainIncident
        IngestEvents
        InvokeActionTarget
        InvokeWebhook
        ListDeadLetters
        ListIncidents
        LoadEstate
        RedriveDeadLetters
        UndoAutomationExecution
    ]
}

operation ApplyPack {
    input: ApplyPackRequest
    output: ApplyPackResponse
    errors: [
        ValidationException
    ]
}

@readonly
operation DescribeDeadLetter {
    input: DescribeDeadLetterRequest
    output: DescribeDeadLetterResponse
    errors: [
        ResourceNotFoundException
    ]
}

@readonly
operation DescribeIncident {
    input: DescribeIncidentRequest
    output: DescribeIncidentResponse
    errors: [
        ResourceNotFoundException
    ]
}

@readonly
operation ExplainIncident {
    input: ExplainIncidentRequest
    output: ExplainIncidentResponse
    errors: [
        ResourceNotFoundException
    ]
}

operation IngestEvents {
    input: IngestEventsRequest
    output: IngestEventsResponse
    errors: [
        ValidationException
    ]
}

operation InvokeActionTarget {
    input: InvokeActionTargetRequest
    output: InvokeActionTargetResponse
    errors: [
        ResourceNotFoundException
    ]
}

@dataPlane
@iamAction("ssm:GetParameter")
@iamResource(["arn:aws:ssm:{region}:{account}:parameter/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/{IntegrationName}"])
operation InvokeWebhook {
    input: InvokeWebhookRequest
    output: InvokeWebhookResponse
    errors: [
        ValidationException
        ResourceNotFoundException
        WebhookUnavailableException
    ]
}

@readonly
operation ListDeadLetters {
    input: ListDeadLettersRequest
    output: ListDeadLettersResponse
    errors: [
        ValidationException
    ]
}

@readonly
operation ListIncidents {
    input: ListIncidentsRequest
    output: ListIncidentsResponse
    errors: [
        ValidationException
    ]
}

operation LoadEstate {
    input: LoadEstateRequest
    output: LoadEstateResponse
    errors: [
        ValidationException
    ]
}

operation RedriveDeadLetters {
    input: RedriveDeadLettersRequest
    output: RedriveDeadLettersResponse
    errors: [
        ValidationException
    ]
}

operation UndoAutomationExecution {
    input: UndoAutomationExecutionRequest
    output: UndoAutomationExecutionResponse
    errors: [
        AutomationExecutionNotFoundException
        UndoNotPossibleException
    ]
}

structure ApplyPackRequest {
    @required
    Files: PackFileMap
    DryRun: Boolean
}

structure ApplyPackResponse {
    @required
    Name: String
    @required
    Version: String
    @required
    Steps: AppliedStepList
}

structure AppliedStep {
    @required
    Service: String
    @required
    Operation: String
    Name: String
    @required
    Result: String
}

list AppliedStepList {
    member: AppliedStep
}

@error("client")
@httpError(400)
structure AutomationExecutionNotFoundException {
    message: String
}

@length(min: 36, max: 36)
string AutomationExecutionId

map AutomationParameterMap {
    key: String
    value: StringList
}

@length(min: 1, max: 128)
string Identifier

structure DescribeIncidentRequest {
    @required
    IncidentId: Identifier
}

structure DescribeIncidentResponse {
    @required
    Incident: Incident
}

structure ExplainIncidentRequest {
    @required
    IncidentId: Identifier
    RuleNamePrefix: Identifier
    MaxResults: MaxResults
    NextToken: String
}

structure ExplainIncidentResponse {
    @required
    EventBusName: String
    @required
    Event: Document
    @required
    Rules: RuleVerdictList
    NextToken: String
}

structure FieldVerdict {
    @required
    Path: String
    @required
    Wanted: String
    @required
    Found: StringList
    More: Integer
    @required
    Satisfied: Boolean
}

list FieldVerdictList {
    member: FieldVerdict
}

structure RuleVerdict {
    @required
    Rule: String
    State: String
    @required
    Matches: Boolean
    SplitOverElements: Boolean
    @required
    Fields: FieldVerdictList
    @required
    Text: String
}

list RuleVerdictList {
    member: RuleVerdict
}

structure FindingIdentifier {
    @required
    Id: String
    @required
    ProductArn: String
}

@length(min: 1, max: 100)
list FindingIdentifierList {
    member: FindingIdentifier
}

structure Incident {
    @required
    IncidentId: Identifier
    FindingId: String
    ProductArn: String
    Title: String
    Severity: String
    Status: String
    Resources: StringList
    OpenedAt: Timestamp
    UpdatedAt: Timestamp
    Timeline: TimelineEntryList
}

list IncidentList {
    member: Incident
}

structure IngestEventsRequest {
    @required
    Entries: IngestEventList
}

structure IngestEventsResponse {
    @required
    EventIds: StringList
}

structure IngestEvent {
    Id: Identifier
    @required
    Source: Source
    @required
    DetailType: DetailType
    Time: Timestamp
    Resources: StringList
    @required
    Detail: Document
}

@length(min: 1, max: 100)
list IngestEventList {
    member: IngestEvent
}

@length(min: 1, max: 256)
string Source

@length(min: 1, max: 128)
string DetailType

structure InvokeActionTargetRequest {
    @required
    ActionTargetArn: String
    @required
    FindingIdentifiers: FindingIdentifierList
}

structure InvokeActionTargetResponse {
}

structure DeadLetter {
    @required
    Id: Identifier
    @required
    Kind: String
    @required
    SourceArn: String
    @required
    TargetArn: String
    QueueArn: String
    MessageId: String
    ErrorCode: String
    ErrorMessage: String
    ExhaustedRetryCondition: String
    Attempts: Integer
    CreatedAt: Timestamp
    DeadAt: Timestamp
}

list DeadLetterList {
    member: DeadLetter
}

structure DescribeDeadLetterRequest {
    @required
    Id: Identifier
}

structure DescribeDeadLetterResponse {
    @required
    DeadLetter: DeadLetter
    @required
    Body: String
}

structure ListDeadLettersRequest {
    Kind: String
    SourceArn: String
    QueueArn: String
    MaxResults: MaxResults
    NextToken: String
}

structure ListDeadLettersResponse {
    @required
    DeadLetters: DeadLetterList
    NextToken: String
}

structure RedriveDeadLettersRequest {
    Ids: DeadLetterIds
    All: Boolean
    Kind: String
    SourceArn: String
    QueueArn: String
    NextToken: String
}

structure RedriveDeadLettersResponse {
    @required
    Redriven: Integer
    @required
    Failed: RedriveFailureList
    NextToken: String
}

@length(min: 1, max: 1000)
list DeadLetterIds {
    member: Identifier
}

structure RedriveFailure {
    @required
    Id: Identifier
    @required
    Reason: String
}

list RedriveFailureList {
    member: RedriveFailure
}

structure ListIncidentsRequest {
    Status: String
    MaxResults: MaxResults
    NextToken: String
}

structure ListIncidentsResponse {
    @required
    Incidents: IncidentList
    NextToken: String
}

structure LoadEstateRequest {
    @required
    Document: EstateText
}

structure LoadEstateResponse {
    Instances: Integer
    Volumes: Integer
    SecurityGroups: Integer
    Buckets: Integer
}

@length(min: 1, max: 4194304)
string EstateText

@range(min: 1, max: 1000)
integer MaxResults

@length(min: 1, max: 200)
map PackFileMap {
    key: PackPath
    value: PackText
}

@length(min: 1, max: 200)
string PackPath

@length(min: 0, max: 1048576)
string PackText

@error("client")
@httpError(404)
structure ResourceNotFoundException {
    message: String
}

list StringList {
    member: String
}

structure TimelineEntry {
    @required
    Id: Long
    @required
    Time: Timestamp
    @required
    Kind: String
    @required
    Text: String
    Detail: Document
}

list TimelineEntryList {
    member: TimelineEntry
}

structure UndoAutomationExecutionRequest {
    @required
    AutomationExecutionId: AutomationExecutionId
    DryRun: Boolean
}

structure UndoAutomationExecutionResponse {
    AutomationExecutionId: AutomationExecutionId
    @required
    DocumentName: String
    @required
    Parameters: AutomationParameterMap
}

@error("client")
@httpError(400)
structure UndoNotPossibleException {
    message: String
}

@error("client")
@httpError(400)
structure ValidationException {
    message: String
}

structure InvokeWebhookRequest {
    @required
    IntegrationName: WebhookName
    Body: String
    @idempotencyToken
    ClientToken: WebhookToken
}

structure InvokeWebhookResponse {
    ResponseCode: Integer
    Response: String
}

@length(min: 1, max: 200)
@pattern("[a-zA-Z0-9_.\\-]+")
string WebhookName

@length(min: 1, max: 64)
@pattern("[a-zA-Z0-9\\-]+")
string WebhookToken

@error("server")
@httpError(503)
structure WebhookUnavailableException {
    message: String
}

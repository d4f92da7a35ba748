#include "wire/testing/models.h"

namespace riposte::wire {
namespace {

std::string Service(const std::string& name, const std::string& protocols,
                    const std::string& operations, const std::string& shapes) {
  return "@service(sdkId: \"" + name + "\", arnNamespace: \"" + name + "\") @sigv4(name: \"" +
         name + "\") " + protocols + " service " + name +
         " { version: \"2020-01-01\" operations: [" + operations + "] }\n" + shapes;
}

constexpr const char* kQueues = R"smithy(
operation Send { input: SendRequest, output: SendResult, errors: [NoQueue] }
structure SendRequest {
    @required QueueUrl: String
    Body: String
    Delay: Integer
    Data: Blob
    @xmlFlattened @xmlName("Attribute") Attributes: AttributeMap
    @xmlFlattened @xmlName("Entry") Entries: EntryList
}
map AttributeMap { @xmlName("Name") key: String, @xmlName("Value") value: AttributeValue }
structure AttributeValue { StringValue: String, DataType: String }
list EntryList { member: Entry }
structure Entry { Id: String }
structure SendResult {
    Id: String
    At: Timestamp
    @xmlFlattened @xmlName("Attribute") Attributes: StringMap
    @xmlFlattened @xmlName("Entry") Entries: EntryList
}
map StringMap { @xmlName("Name") key: String, @xmlName("Value") value: String }
@error("client") @awsQueryError(code: "Queues.NonExistent", httpResponseCode: 400)
structure NoQueue { message: String }
)smithy";

constexpr const char* kBuses = R"smithy(
operation PutRule { input: PutRuleRequest, output: PutRuleResponse, errors: [NotFound, Broken] }
structure PutRuleRequest { @required Name: Name, Count: Integer, At: Timestamp, Doc: Document }
@length(max: 8) string Name
structure PutRuleResponse {
    Arn: String, At: Timestamp, Ratio: Double, Count: Integer, Data: Blob, Names: Names
    Tags: Tags, Doc: Document, Nested: PutRuleResponse, @timestampFormat("date-time") Day: Timestamp
}
list Names { member: String }
map Tags { key: String, value: String }
@error("client") @httpError(404) structure NotFound { Message: String, Resource: String }
@error("server") structure Broken { message: String }
)smithy";

constexpr const char* kTopics = R"smithy(
operation Publish { input: PublishInput, output: PublishOutput, errors: [Gone] }
operation Delete { input: PublishInput }
structure PublishInput {
    @required Message: String
    Tags: TagList
    Names: NameList
    Attributes: Attributes
    Flag: Boolean
    Size: Long
    Ratio: Double
    At: Timestamp
    Nested: Nested
}
structure Nested { Inner: Nested, Value: String }
list TagList { member: Tag }
structure Tag { Key: String, Value: String }
list NameList { @xmlName("entry") member: String }
map Attributes { key: String, value: String }
structure PublishOutput {
    Id: String, Tags: TagList, Attributes: Attributes, At: Timestamp, Ratio: Double, Flag: Boolean
}
@error("client") @httpError(404) @awsQueryError(code: "NotFound", httpResponseCode: 404)
structure Gone { message: String }
)smithy";

constexpr const char* kMachines = R"smithy(
operation Stop { input: StopRequest, output: StopResult }
operation Tag { input: StopRequest }
structure StopRequest {
    @xmlName("InstanceId") Ids: IdList
    @xmlName("dryRun") DryRun: Boolean
    @ec2QueryName("Filter") Filters: FilterList
    name: String
}
list IdList { @xmlName("InstanceId") member: String }
list FilterList { @xmlName("Filter") member: Filter }
structure Filter { Name: String, @xmlName("Value") Values: ValueList }
list ValueList { @xmlName("item") member: String }
structure StopResult { @xmlName("instancesSet") Stopping: StateList }
list StateList { @xmlName("item") member: State }
structure State { @xmlName("instanceId") Id: String, @xmlName("launchTime") At: Timestamp }
)smithy";

constexpr const char* kFunctions = R"smithy(
@http(method: "POST", uri: "/v1/functions", code: 201)
operation Create { input: CreateRequest, output: CreateResponse, errors: [Conflict] }
@readonly @http(method: "GET", uri: "/v1/functions/{Name}", code: 200)
operation Get { input: GetRequest, output: CreateResponse }
@http(method: "DELETE", uri: "/v1/functions/{Name}", code: 204)
operation Delete { input: GetRequest }
@http(method: "POST", uri: "/v1/functions/{Name}/invocations", code: 200)
operation Invoke { input: InvokeRequest, output: InvokeResponse }
@http(method: "GET", uri: "/v1/functions/{Name}/special", code: 200)
operation Special { input: GetRequest, output: CreateResponse }
@http(method: "PUT", uri: "/v1/files/{Path+}", code: 200)
operation PutFile { input: PutFileRequest }
structure CreateRequest {
    @required @jsonName("functionName") FunctionName: String
    @jsonName("tags") Tags: Tags
    @jsonName("code") Code: Code
    @jsonName("at") At: Timestamp
    @httpHeader("X-Token") Token: String
}
structure Code { @jsonName("zipFile") ZipFile: Blob }
map Tags { key: String, value: String }
structure CreateResponse {
    @jsonName("functionName") FunctionName: String
    @jsonName("at") At: Timestamp
    @httpHeader("ETag") Tag: String
}
structure GetRequest {
    @required @httpLabel Name: String
    @httpQuery("max") Max: Integer
    @httpQuery("key") Keys: Keys
    @httpQueryParams Rest: Tags
    @httpHeader("X-Since") Since: Timestamp
    @httpHeader("X-Keys") HeaderKeys: Keys
    @httpPrefixHeaders("X-Meta-") Meta: Tags
}
list Keys { member: String }
structure InvokeRequest {
    @required @httpLabel Name: String
    @httpHeader("X-Type") Type: String
    @httpPayload Payload: Blob
}
structure InvokeResponse {
    @httpResponseCode StatusCode: Integer
    @httpHeader("X-Error") FunctionError: String
    @httpPayload Payload: Blob
}
structure PutFileRequest { @required @httpLabel Path: String, @httpPayload Code: Code }
@error("client") @httpError(409) structure Conflict { Type: String, @jsonName("message") Message: String }
)smithy";

constexpr const char* kObjects = R"smithy(
@http(method: "GET", uri: "/", code: 200)
operation ListBuckets { output: ListBucketsOutput }
@http(method: "GET", uri: "/{Bucket}", code: 200)
operation List { input: ListRequest, output: ListOutput, errors: [NoSuchBucket] }
@http(method: "GET", uri: "/{Bucket}?list-type=2", code: 200)
operation ListV2 { input: ListRequest, output: ListOutput }
@http(method: "GET", uri: "/{Bucket}?location", code: 200) @s3UnwrappedXmlOutput
operation Location { input: ListRequest, output: LocationOutput }
@http(method: "PUT", uri: "/{Bucket}?encryption", code: 200)
operation PutEncryption { input: PutEncryptionRequest }
@http(method: "PUT", uri: "/{Bucket}/{Key+}", code: 200)
operation Put { input: PutRequest, output: PutOutput }
@http(method: "HEAD", uri: "/{Bucket}/{Key+}", code: 200)
operation Head { input: HeadRequest, output: PutOutput }
structure ListRequest { @required @httpLabel Bucket: String, @httpQuery("prefix") Prefix: String }
@xmlName("ListBucketResult")
structure ListOutput { Name: String, @xmlFlattened Contents: Objects, Buckets: Objects }
structure ListBucketsOutput { Buckets: Objects }
list Objects { @xmlName("Object") member: Object }
structure Object { Key: String, LastModified: Timestamp, Size: Long }
structure LocationOutput { LocationConstraint: String }
structure PutEncryptionRequest {
    @required @httpLabel Bucket: String
    @required @httpPayload Configuration: Configuration
}
structure Configuration { @required @xmlFlattened @xmlName("Rule") Rules: Rules, Names: Names }
list Rules { member: Rule }
structure Rule { Algorithm: String, Enabled: Boolean, @xmlName("xsi:kind") @xmlAttribute Kind: String }
list Names { @xmlName("Name") member: String }
structure PutRequest {
    @required @httpLabel Bucket: String
    @required @httpLabel Key: String
    @httpHeader("Content-Type") ContentType: String
    @httpPrefixHeaders("x-amz-meta-") Metadata: Metadata
    @httpPayload Body: Blob
}
structure HeadRequest { @required @httpLabel Bucket: String, @required @httpLabel Key: String }
map Metadata { key: String, value: String }
structure PutOutput {
    @httpHeader("ETag") ETag: String
    @httpHeader("Last-Modified") LastModified: Timestamp
    @httpPrefixHeaders("x-amz-meta-") Metadata: Metadata
}
@error("client") @httpError(404) structure NoSuchBucket {}
)smithy";

constexpr const char* kMetrics = R"smithy(
operation PutData { input: PutDataInput, output: PutDataOutput, errors: [Missing] }
structure PutDataInput { @required Namespace: String, Value: Double, At: Timestamp, Data: Blob }
structure PutDataOutput { Id: String, At: Timestamp, Values: Values, Data: Blob, Count: Integer }
list Values { member: Double }
@error("client") @awsQueryError(code: "MissingParameter", httpResponseCode: 400)
structure Missing { message: String }
)smithy";

}  // namespace

const Catalog& TestCatalog() {
  static const Catalog catalog(std::vector<std::pair<std::string, std::string>>{
      {"queues",
       Service("queues",
               "@awsJson1_0 @awsQuery @awsQueryCompatible @targetPrefix(\"AmazonQueues\") "
               "@xmlNamespace(uri: \"http://queues/\")",
               "Send", kQueues)},
      {"buses",
       Service("buses", "@awsJson1_1 @targetPrefix(\"com.x.Buses_1\")", "PutRule", kBuses)},
      {"topics", Service("topics", "@awsQuery @xmlNamespace(uri: \"http://topics/\")",
                         "Publish, Delete", kTopics)},
      {"machines", Service("machines", "@ec2Query @xmlNamespace(uri: \"http://machines/\")",
                           "Stop, Tag", kMachines)},
      {"functions", Service("functions", "@restJson1",
                            "Create, Get, Delete, Invoke, Special, PutFile", kFunctions)},
      {"objects",
       Service("objects", "@restXml @xmlNamespace(uri: \"http://objects/\")",
               "ListBuckets, List, ListV2, Location, PutEncryption, Put, Head", kObjects)},
      {"metrics",
       Service("metrics",
               "@rpcv2Cbor @awsJson1_0 @awsQuery @awsQueryCompatible @targetPrefix(\"Granite\")",
               "PutData", kMetrics)},
  });
  return catalog;
}

Route TestRoute(std::string_view service, std::string_view operation, Protocol protocol) {
  Route route;
  route.service = TestCatalog().Find(service);
  route.operation = &route.service->operations.find(operation)->second;
  route.protocol = protocol;
  return route;
}

http::Request MakeRequest(std::string method, std::string target, std::string body) {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

}  // namespace riposte::wire

#include "wire/client.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/encoding.h"
#include "wire/http_binding.h"
#include "wire/query_format.h"
#include "wire/testing/models.h"

namespace riposte::wire {
namespace {

/// The product's own models, without the limits that a made-up value would break.
const Catalog& LimitlessCatalog() {
  static const Catalog catalog;
  static const bool once = [] {
    for (const std::string& name : catalog.Names()) {
      for (const auto& [shape_name, shape] : catalog.Find(name)->shapes) {
        shape->length_min.reset();
        shape->length_max.reset();
        shape->range_min.reset();
        shape->range_max.reset();
        shape->regex.reset();
      }
    }
    return true;
  }();
  (void)once;
  return catalog;
}

enum class Place { kBody, kHeader };

/// A document of `shape` with every member set; `seed` makes values differ.
class Filler {
 public:
  json::Value Structure(const Shape& shape, int depth) {
    json::Object object;
    for (const Member& member : shape.members) {
      // A structure without a member has no form in query strings.
      const bool needed = member.required || member.http_response_code ||
                          (depth < 0 && depth > -5 && object.empty());
      if (depth <= 0 && !needed) continue;
      const bool header = !member.http_header.empty() || !member.http_prefix_headers.empty();
      if (member.http_response_code) {
        object[member.name] = 202;
      } else {
        object[member.name] =
            Value(*member.target, depth - 1, header ? Place::kHeader : Place::kBody);
      }
      if (shape.type == ShapeType::kUnion) break;
    }
    return object;
  }

 private:
  json::Value Value(const Shape& shape, int depth, Place place) {
    const int number = ++count_;
    switch (shape.type) {
      case ShapeType::kStructure:
      case ShapeType::kUnion:
        return Structure(shape, depth > 0 ? depth : std::min(depth, -1));
      case ShapeType::kList: {
        json::Array array;
        const Shape& element = *shape.members[0].target;
        array.push_back(Value(element, depth, place));
        array.push_back(Value(element, depth, place));
        return array;
      }
      case ShapeType::kMap: {
        json::Object object;
        for (int i = 0; i < 2; ++i) {
          const json::Value key = Value(*shape.members[0].target, 0, Place::kHeader);
          object[json::View(key)] = Value(*shape.members[1].target, depth, place);
        }
        return object;
      }
      case ShapeType::kEnum:
        return json::Value(shape.enum_values.empty() ? "x" : shape.enum_values[0]);
      case ShapeType::kString:
        if (place == Place::kHeader) return json::Value("h-" + std::to_string(number));
        return json::Value("v \"&<\xc3\xa9>\n/?=%+." + std::to_string(number));
      case ShapeType::kBoolean:
        return number % 2 == 0;
      case ShapeType::kInteger:
        return number;
      case ShapeType::kLong:
        return int64_t{5'000'000'000} + number;
      case ShapeType::kFloat:
      case ShapeType::kDouble:
        return number + 0.5;
      case ShapeType::kTimestamp:
        return 1795252087 + number;
      case ShapeType::kBlob:
        return json::Value(Base64Encode(std::string("\0\xff<", 3) + std::to_string(number)));
      case ShapeType::kDocument:
        return json::Object{{"any", json::Array{1, "x", json::Object()}}};
    }
    return nullptr;
  }

  int count_ = 0;
};

std::string Text(const json::Value& value) {
  return json::Serialize(value);
}

const ServiceModel& Service(std::string_view name) {
  return *LimitlessCatalog().Find(name);
}
const OperationModel& Operation(std::string_view service, std::string_view name) {
  return Service(service).operations.find(name)->second;
}

Protocol FirstProtocol(const ServiceModel& service) {
  const bool cbor = service.protocols[0] == Protocol::kRpcV2Cbor;
  return service.protocols[cbor ? 1 : 0];
}

Route RouteOf(const ServiceModel& service, const OperationModel& operation) {
  Route route;
  route.service = &service;
  route.operation = &operation;
  route.protocol = FirstProtocol(service);
  return route;
}

// -- There and back over every model ---------------------------------------------------------

/// Calls `test` with each operation of each embedded model.
template <class Test>
void ForEachOperation(Test test) {
  std::set<Protocol> protocols;
  for (const std::string& name : LimitlessCatalog().Names()) {
    const ServiceModel& service = Service(name);
    protocols.insert(FirstProtocol(service));
    for (const auto& [operation_name, operation] : service.operations) {
      SCOPED_TRACE(name + ":" + operation_name);
      test(service, operation);
    }
  }
  EXPECT_EQ(protocols.size(), 6);  // All but CBOR.
}

TEST(ClientTest, EveryRequestIsReadBackAsItWasMeant) {
  const Codec codec(LimitlessCatalog());
  ForEachOperation([&](const ServiceModel& service, const OperationModel& operation) {
    for (const int depth : {0, 1, 4}) {
      const json::Value input = Filler().Structure(*operation.input, depth);
      const auto request = EncodeRequest(service, operation, input.get_object());
      ASSERT_TRUE(request) << request.error().message;
      const Codec::Found found = codec.FindRoute(*request, service.signing_name);
      ASSERT_FALSE(found.error) << found.error->message << "\n" << request->target;
      ASSERT_EQ(found.route.service, &service);
      ASSERT_EQ(found.route.operation, &operation) << request->target;
      EXPECT_EQ(found.route.protocol, FirstProtocol(service));
      const auto back = codec.DecodeInput(found.route, *request);
      ASSERT_TRUE(back) << back.error().code << ": " << back.error().message << "\n"
                        << request->target << "\n"
                        << request->body;
      EXPECT_EQ(json::Value(*back), input) << Text(*back) << "\n"
                                           << Text(input) << "\n"
                                           << request->body;
    }
  });
}

/// Flattened lists and maps stand in models that no longer name the query protocol first.
TEST(ClientTest, EveryQueryStringIsReadBackAsItWasMeant) {
  size_t flattened = 0;
  ForEachOperation([&](const ServiceModel& service, const OperationModel& operation) {
    const bool ec2 = service.Speaks(Protocol::kEc2Query);
    if (!ec2 && !service.Speaks(Protocol::kAwsQuery)) return;
    for (const Member& member : operation.input->members) flattened += member.xml_flattened;
    const json::Value input = Filler().Structure(*operation.input, 4);
    std::string text;
    AppendQuery(text, input.get_object(), *operation.input, ec2);
    const auto back = ReadQuery(ParseParameters(text), *operation.input, ec2);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(json::Value(*back), input) << text;
  });
  EXPECT_GT(flattened, 0);
}

TEST(ClientTest, EveryReplyIsReadBackAsItWasMeant) {
  const Codec codec(LimitlessCatalog());
  ForEachOperation([&](const ServiceModel& service, const OperationModel& operation) {
    for (const int depth : {0, 1, 4}) {
      const json::Value output = Filler().Structure(*operation.output, depth);
      const http::Response reply =
          codec.EncodeOutput(RouteOf(service, operation), output, "request-1");
      const auto back = DecodeReply(service, operation, reply);
      ASSERT_TRUE(back) << back.error().code << ": " << back.error().message << "\n" << reply.body;
      EXPECT_EQ(*back, output) << Text(*back) << "\n" << Text(output) << "\n" << reply.body;
    }
  });
}

TEST(ClientTest, EveryErrorIsReadBackAsItWasMeant) {
  const Codec codec(LimitlessCatalog());
  size_t with_fields = 0;
  ForEachOperation([&](const ServiceModel& service, const OperationModel& operation) {
    if (operation.http_method == "HEAD") return;
    for (const Shape* shape : operation.errors) {
      SCOPED_TRACE(shape->name);
      WireError error{shape->name, "No <\"&> \xc3\xa9", 0, false, {}};
      const Protocol protocol = FirstProtocol(service);
      // EC2 and S3 have no place for more.
      if (protocol != Protocol::kRestXml && protocol != Protocol::kEc2Query) {
        error.fields = Filler().Structure(*shape, 3).get_object();
        for (const char* name : {"message", "Message"}) error.fields.erase(name);
        with_fields += error.fields.empty() ? 0 : 1;
      }
      const http::Response reply = codec.EncodeError(RouteOf(service, operation), error, "r-1");
      const auto back = DecodeReply(service, operation, reply);
      ASSERT_FALSE(back);
      EXPECT_EQ(back.error().code, shape->name) << reply.body;
      EXPECT_EQ(back.error().message, error.message);
      EXPECT_EQ(back.error().http_status, shape->http_status);
      EXPECT_EQ(back.error().server_fault, shape->is_server_fault || shape->http_status >= 500);
      EXPECT_EQ(json::Value(back.error().fields), json::Value(error.fields)) << reply.body;
    }
    // What no model knows keeps the name that the protocol has for it.
    const http::Response reply = codec.EncodeError(
        RouteOf(service, operation), {"Some.Unknown-Code", "why", 418, false, {}}, "r-1");
    const auto back = DecodeReply(service, operation, reply);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code + ": " + back.error().message, "Some.Unknown-Code: why");
    EXPECT_EQ(back.error().http_status, 418);
  });
  EXPECT_GT(with_fields, 0);
}

// -- Exact forms, from the protocols' documentation ------------------------------------------

http::Request Encode(std::string_view service, std::string_view operation, std::string_view input) {
  const auto document = json::Parse(input);
  auto request =
      EncodeRequest(Service(service), Operation(service, operation), document->get_object());
  EXPECT_TRUE(request) << request.error().message;
  return request ? std::move(*request) : http::Request();
}

http::Response Reply(int status, std::string body) {
  http::Response reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

/// The document as JSON, or "code: message (status)".
std::string Decode(std::string_view service, std::string_view operation,
                   const http::Response& reply) {
  const auto output = DecodeReply(Service(service), Operation(service, operation), reply);
  if (output) return Text(*output);
  const WireError& error = output.error();
  return error.code + ": " + error.message + " (" + std::to_string(error.http_status) + ")";
}

TEST(ClientTest, JsonRequest) {
  const http::Request request =
      Encode("events", "PutEvents",
             R"({"Entries":[{"Time":1795252087.5,"Source":"a","DetailType":"b","Detail":"{}"}]})");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.headers.Get("X-Amz-Target"), "AWSEvents.PutEvents");
  EXPECT_EQ(request.headers.Get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_FALSE(request.headers.Has("Host"));
  EXPECT_EQ(request.body,
            R"({"Entries":[{"Time":1795252087.5,"Source":"a","DetailType":"b","Detail":"{}"}]})");
  EXPECT_FALSE(request.headers.Has("x-amzn-query-mode"));
  // The first protocol of CloudWatch is CBOR.
  const http::Request alarms = Encode("monitoring", "DescribeAlarms", "{}");
  EXPECT_EQ(alarms.headers.Get("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(alarms.headers.Get("x-amzn-query-mode"), "true");
}

TEST(ClientTest, Ec2DescribeInstances) {
  const http::Request request =
      Encode("ec2", "DescribeInstances",
             R"({"InstanceIds":["i-1","i-2"],"DryRun":false,"MaxResults":10,
          "Filters":[{"Name":"tag:Owner","Values":["a b","c&d"]}]})");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.headers.Get("Content-Type"),
            "application/x-www-form-urlencoded; charset=utf-8");
  const Parameters parameters = ParseParameters(request.body);
  const std::map<std::string, std::string> sorted(parameters.begin(), parameters.end());
  EXPECT_EQ(sorted, (std::map<std::string, std::string>{{"Action", "DescribeInstances"},
                                                        {"Version", "2016-11-15"},
                                                        {"InstanceId.1", "i-1"},
                                                        {"InstanceId.2", "i-2"},
                                                        {"DryRun", "false"},
                                                        {"MaxResults", "10"},
                                                        {"Filter.1.Name", "tag:Owner"},
                                                        {"Filter.1.Value.1", "a b"},
                                                        {"Filter.1.Value.2", "c&d"}}));
  EXPECT_EQ(sorted.size(), parameters.size());

  const http::Response reply = Reply(200, R"(<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
    <reservationSet>
        <item>
            <reservationId>r-1234567890abcdef0</reservationId>
            <ownerId>123456789012</ownerId>
            <groupSet/>
            <instancesSet>
                <item>
                    <instanceId>i-1234567890abcdef0</instanceId>
                    <instanceState><code>16</code><name>running</name></instanceState>
                    <launchTime>2018-05-08T16:46:19.000Z</launchTime>
                    <ebsOptimized>false</ebsOptimized>
                    <groupSet>
                        <item><groupId>sg-1</groupId><groupName>one</groupName></item>
                        <item><groupId>sg-2</groupId><groupName>two</groupName></item>
                    </groupSet>
                    <notKnownHere><item>x</item></notKnownHere>
                    <tagSet><item><key>Name</key><value>a &amp; b</value></item></tagSet>
                </item>
            </instancesSet>
        </item>
    </reservationSet>
</DescribeInstancesResponse>)");
  const auto output = DecodeReply(Service("ec2"), Operation("ec2", "DescribeInstances"), reply);
  ASSERT_TRUE(output) << output.error().message;
  const json::Value& instance = output->at("Reservations").at(0).at("Instances").at(0);
  EXPECT_EQ(instance, json::Parse(R"({"InstanceId":"i-1234567890abcdef0",
      "State":{"Code":16,"Name":"running"},"LaunchTime":1525797979,"EbsOptimized":false,
      "SecurityGroups":[{"GroupId":"sg-1","GroupName":"one"},{"GroupId":"sg-2","GroupName":"two"}],
      "Tags":[{"Key":"Name","Value":"a & b"}]})")
                          .value())
      << Text(instance);
}

TEST(ClientTest, S3PutBucketEncryption) {
  const http::Request request =
      Encode("s3", "PutBucketEncryption",
             R"({"Bucket":"my-bucket","ServerSideEncryptionConfiguration":{"Rules":[
          {"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"k"},
           "BucketKeyEnabled":true}]}})");
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/my-bucket?encryption");
  EXPECT_EQ(request.headers.Get("Content-Type"), "application/xml");
  EXPECT_EQ(request.headers.Get("x-amz-checksum-crc32c").size(), 8);
  EXPECT_EQ(request.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>"
            "<KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>"
            "<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>");
}

TEST(ClientTest, S3Objects) {
  const http::Request request =
      Encode("s3", "PutObject",
             R"({"Bucket":"b","Key":"/a b/../c+d.txt","Body":"MTIzNDU2Nzg5","ContentType":"text/x",
                 "Metadata":{"k":"v\r\nX-Evil: 1"}})");
  EXPECT_EQ(request.target, "/b//a%20b/../c%2Bd.txt");
  EXPECT_EQ(request.body, "123456789");
  EXPECT_EQ(request.headers.Get("Content-Type"), "text/x");
  EXPECT_EQ(request.headers.Get("x-amz-meta-k"), "vX-Evil: 1");
  EXPECT_EQ(request.headers.Get("x-amz-checksum-crc32c"), "4waSgw==");  // CRC-32C's check value.
  EXPECT_EQ(Encode("s3", "ListObjectsV2", R"({"Bucket":"b","Prefix":"a/&b","MaxKeys":5})").target,
            "/b?list-type=2&max-keys=5&prefix=a%2F%26b");
  EXPECT_EQ(Encode("s3", "ListBuckets", "{}").target, "/");

  EXPECT_EQ(Decode("s3", "GetBucketLocation",
                   Reply(200, "<LocationConstraint xmlns=\"x\">eu-west-1</LocationConstraint>")),
            R"({"LocationConstraint":"eu-west-1"})");
  EXPECT_EQ(Decode("s3", "GetBucketLocation", Reply(200, "<LocationConstraint xmlns=\"x\"/>")),
            "{}");
  // An object that looks like an error is still an object.
  EXPECT_EQ(Decode("s3", "GetObject", Reply(200, "<Error/>")), R"({"Body":"PEVycm9yLz4="})");
}

TEST(ClientTest, LabelsWithoutAValue) {
  const auto code = [](std::string_view operation, std::string_view input) {
    const auto document = json::Parse(input);
    const auto request =
        EncodeRequest(Service("s3"), Operation("s3", operation), document->get_object());
    return request ? request->target : request.error().code;
  };
  EXPECT_EQ(code("GetBucketPolicy", "{}"), "SerializationException");
  EXPECT_EQ(code("GetBucketPolicy", R"({"Bucket":null})"), "SerializationException");
  EXPECT_EQ(code("GetBucketPolicy", R"({"Bucket":""})"), "SerializationException");
  EXPECT_EQ(code("GetBucketPolicy", R"({"Bucket":".."})"), "SerializationException");
  EXPECT_EQ(code("GetObject", R"({"Bucket":"b","Key":""})"), "SerializationException");
  EXPECT_EQ(code("GetBucketPolicy", R"({"Bucket":"a/../b?x"})"), "/a%2F..%2Fb%3Fx?policy");
}

TEST(ClientTest, StsAssumeRole) {
  EXPECT_EQ(
      Encode("sts", "AssumeRole",
             R"({"RoleArn":"arn:aws:iam::1:role/r","RoleSessionName":"s","DurationSeconds":900,
                       "Tags":[{"Key":"k","Value":"v w"}],"TransitiveTagKeys":[]})")
          .body,
      "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
      "&RoleSessionName=s&DurationSeconds=900"
      "&Tags.member.1.Key=k&Tags.member.1.Value=v%20w&TransitiveTagKeys=");
  EXPECT_EQ(Decode("sts", "AssumeRole", Reply(200, R"(
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROA123EXAMPLE123:TestAR</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/demo/TestAR</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
      <SecretAccessKey>key/EXAMPLE</SecretAccessKey>
      <SessionToken>token==</SessionToken>
      <Expiration>2019-11-09T13:34:41Z</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>c6104cbe</RequestId></ResponseMetadata>
</AssumeRoleResponse>)")),
            R"({"Credentials":{"AccessKeyId":"ASIAIOSFODNN7EXAMPLE",)"
            R"("SecretAccessKey":"key/EXAMPLE","SessionToken":"token==","Expiration":1573306481},)"
            R"("AssumedRoleUser":{"AssumedRoleId":"AROA123EXAMPLE123:TestAR",)"
            R"("Arn":"arn:aws:sts::123456789012:assumed-role/demo/TestAR"},"PackedPolicySize":6})");
  // An operation without a result: the inner element may be missing.
  EXPECT_EQ(Decode("iam", "DeleteRole",
                   Reply(200, "<DeleteRoleResponse><ResponseMetadata/></DeleteRoleResponse>")),
            "{}");
}

TEST(ClientTest, Errors) {
  http::Response reply = Reply(400, R"({"message":"No such queue."})");
  reply.headers.Set("X-Amzn-ErrorType",
                    "com.amazonaws.sqs#QueueDoesNotExist:http://internal.amazon.com/x/");
  EXPECT_EQ(Decode("sqs", "GetQueueUrl", reply), "QueueDoesNotExist: No such queue. (400)");
  EXPECT_EQ(Decode("sqs", "GetQueueUrl",
                   Reply(400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","Message":"m"})")),
            "QueueDoesNotExist: m (400)");
  EXPECT_EQ(Decode("lambda", "GetFunction", Reply(429, R"({"code":"Slow","message":"m"})")),
            "Slow: m (429)");
  EXPECT_EQ(Decode("sns", "Publish",
                   Reply(404,
                         "<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type>"
                         "<Code>NotFound</Code><Message>Topic does not exist</Message>"
                         "</Error><RequestId>r</RequestId></ErrorResponse>")),
            "NotFoundException: Topic does not exist (404)");
  EXPECT_EQ(Decode("ec2", "DescribeInstances",
                   Reply(400,
                         "<?xml version=\"1.0\"?><Response><Errors><Error>"
                         "<Code>InvalidInstanceID.NotFound</Code><Message>gone</Message>"
                         "</Error></Errors><RequestID>r</RequestID></Response>")),
            "InvalidInstanceID.NotFound: gone (400)");
  EXPECT_EQ(Decode("s3", "GetBucketPolicy",
                   Reply(301,
                         "<Error><Code>PermanentRedirect</Code><Message>there</Message>"
                         "<Endpoint>e</Endpoint></Error>")),
            "PermanentRedirect: there (301)");
  EXPECT_EQ(Decode("s3", "GetBucketEncryption",
                   Reply(200, "<Error><Code>InternalError</Code><Message>late</Message></Error>")),
            "InternalError: late (200)");
  EXPECT_EQ(Decode("s3", "HeadBucket", Reply(404, "")).substr(0, 14), "NoSuchBucket: ");
  EXPECT_EQ(Decode("s3", "HeadBucket", Reply(403, "")), "AccessDenied: Forbidden (403)");
}

// -- Hostile replies -------------------------------------------------------------------------

struct Case {
  const char* service;
  const char* operation;
};
constexpr Case kCases[] = {{"events", "DescribeRule"},   {"lambda", "GetFunctionConfiguration"},
                           {"sts", "AssumeRole"},        {"ec2", "DescribeInstances"},
                           {"s3", "ListObjectsV2"},      {"s3", "GetBucketEncryption"},
                           {"s3", "GetBucketLocation"},  {"monitoring", "DescribeAlarms"},
                           {"scheduler", "GetSchedule"}, {"securityhub", "GetFindings"}};

TEST(ClientTest, WhatIsNoDocumentIsAnError) {
  const std::string html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
  for (const auto& [service, operation] : kCases) {
    SCOPED_TRACE(operation);
    for (const std::string& body :
         {html, std::string("\xff\xfe"), std::string("[]"), std::string("null"), std::string("{"),
          std::string("<a>"), std::string(100'000, '['), std::string("<!DOCTYPE a><a/>")}) {
      EXPECT_TRUE(Decode(service, operation, Reply(200, body)).starts_with("UnknownError: "))
          << body.substr(0, 99) << Decode(service, operation, Reply(200, body));
      EXPECT_TRUE(Decode(service, operation, Reply(403, body)).starts_with("UnknownError: "));
      EXPECT_TRUE(Decode(service, operation, Reply(302, body)).starts_with("UnknownError: "));
      EXPECT_TRUE(Decode(service, operation, Reply(503, body)).starts_with("ServiceUnavailable: "));
    }
    EXPECT_TRUE(Decode(service, operation, Reply(504, "")).ends_with(" (504)"));
  }
}

TEST(ClientTest, ATruncatedReplyIsNoDocument) {
  const Codec codec(LimitlessCatalog());
  for (const auto& [service, operation] : kCases) {
    SCOPED_TRACE(operation);
    const OperationModel& model = Operation(service, operation);
    const http::Response whole = codec.EncodeOutput(
        RouteOf(Service(service), model), Filler().Structure(*model.output, 3), "request-1");
    ASSERT_TRUE(DecodeReply(Service(service), model, whole));
    const size_t step = std::max<size_t>(1, whole.body.size() / 64);
    for (size_t size = 1; size < whole.body.size(); size += step) {
      http::Response part = whole;
      part.body.resize(size);
      EXPECT_FALSE(DecodeReply(Service(service), model, part)) << part.body;
      part.status = 500;
      EXPECT_FALSE(DecodeReply(Service(service), model, part));
    }
  }
}

TEST(ClientTest, WrongTypesAndHugeNumbersAreRefused) {
  const auto alarms = [](const std::string& alarm) {
    return Decode("monitoring", "DescribeAlarms", Reply(200, "{\"MetricAlarms\":[" + alarm + "]}"));
  };
  EXPECT_EQ(alarms(R"({"Period":60,"New":{"x":1},"Namespace":null})"),
            R"({"MetricAlarms":[{"Period":60}]})");
  // A value that this model lacks is the service's news, not a fault.
  EXPECT_EQ(alarms(R"({"StateValue":"BRAND_NEW"})"),
            R"({"MetricAlarms":[{"StateValue":"BRAND_NEW"}]})");
  for (const char* alarm :
       {R"({"Period":"x"})", R"({"Period":1e300})", R"({"Period":1.5})", R"({"Period":{}})",
        R"({"AlarmName":{}})", R"({"Dimensions":{}})", R"({"StateUpdatedTimestamp":1e300})",
        R"({"StateUpdatedTimestamp":"yesterday"})", "1", "\"x\""}) {
    EXPECT_TRUE(alarms(alarm).starts_with("UnknownError: ")) << alarm << alarms(alarm);
  }
  const auto instance = [](const std::string& text) {
    return Decode(
        "ec2", "DescribeInstances",
        Reply(200, "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>" + text +
                       "</item></instancesSet></item></reservationSet>"
                       "</DescribeInstancesResponse>"));
  };
  EXPECT_TRUE(instance("<instanceId>i</instanceId>").starts_with("{\"Res"));
  for (const char* text : {"<launchTime>soon</launchTime>", "<ebsOptimized>maybe</ebsOptimized>",
                           "<amiLaunchIndex>99999999999999999999</amiLaunchIndex>"}) {
    EXPECT_TRUE(instance(text).starts_with("UnknownError: ")) << instance(text);
  }
  // Deeper than any document.
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_TRUE(instance(deep).starts_with("UnknownError: "));
}

TEST(ClientTest, AnErrorCodeIsSafeToPassOn) {
  for (const char* code : {"a\\r\\nSet-Cookie: x", "<script>", "a b", "", "#", "\\u00e9"}) {
    EXPECT_TRUE(Decode("events", "DescribeRule",
                       Reply(400, std::string("{\"__type\":\"") + code + "\",\"message\":\"m\"}"))
                    .starts_with("UnknownError: "))
        << code;
  }
  const std::string longest(100'000, 'A');
  EXPECT_TRUE(Decode("events", "DescribeRule", Reply(400, "{\"__type\":\"" + longest + "\"}"))
                  .starts_with("UnknownError: "));
  EXPECT_TRUE(Decode("sns", "Publish",
                     Reply(400,
                           "<ErrorResponse><Error><Code>a&#13;&#10;b</Code></Error>"
                           "</ErrorResponse>"))
                  .starts_with("UnknownError: "));
  // A modelled error whose further members are not what the model says keeps its code.
  EXPECT_EQ(Decode("events", "DescribeRule",
                   Reply(400, R"({"__type":"ResourceNotFoundException","message":[],"code":{}})")),
            "ResourceNotFoundException:  (400)");
}

}  // namespace
}  // namespace riposte::wire

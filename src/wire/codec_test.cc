#include "wire/codec.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "wire/body.h"
#include "wire/cbor.h"
#include "wire/testing/models.h"

namespace riposte::wire {
namespace {

const Codec& TheCodec() {
  static const Codec codec(TestCatalog());
  return codec;
}

/// The document as JSON, or "code: message".
std::string Decode(const Route& route, const http::Request& request) {
  auto input = TheCodec().DecodeInput(route, request);
  if (!input) return input.error().code + ": " + input.error().message;
  return json::Serialize(json::Value(*input));
}

std::string DecodeBody(std::string_view service, std::string_view operation, Protocol protocol,
                       std::string body) {
  return Decode(TestRoute(service, operation, protocol), MakeRequest("POST", "/", std::move(body)));
}

http::Response Encode(std::string_view service, std::string_view operation, Protocol protocol,
                      std::string_view output) {
  return TheCodec().EncodeOutput(TestRoute(service, operation, protocol),
                                 json::Parse(output).value(), "rid-1");
}

// -- awsJson ---------------------------------------------------------------------------------

TEST(AwsJsonTest, Decodes) {
  const auto decode = [](std::string body) {
    return DecodeBody("buses", "PutRule", Protocol::kAwsJson11, std::move(body));
  };
  EXPECT_EQ(decode(R"({"Name":"a","Extra":1,"At":"2026-11-21T09:08:07Z","Count":null})"),
            R"({"Name":"a","At":1795252087})");
  EXPECT_EQ(decode(R"({"Name":"a","Doc":{"any":[1,null]}})"),
            R"({"Name":"a","Doc":{"any":[1,null]}})");
  EXPECT_EQ(decode(""),
            "ValidationException: 1 validation error detected: Value null at 'name' "
            "failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(decode("[]").substr(0, 23), "SerializationException:");
  EXPECT_EQ(decode("{\"Name\":").substr(0, 23), "SerializationException:");
  EXPECT_EQ(decode("{\"Name\":\"\xff\"}").substr(0, 23), "SerializationException:");
  EXPECT_EQ(decode(std::string(100'000, '[')).substr(0, 23), "SerializationException:");
  std::string deep = "{\"Name\":\"a\",\"Doc\":";
  deep += std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(decode(deep).substr(0, 23), "SerializationException:");
}

TEST(AwsJsonTest, Encodes) {
  const http::Response response =
      Encode("buses", "PutRule", Protocol::kAwsJson11,
             R"({"Arn":"a\"\n\u0001","At":1795252087.25,"Day":1795252087,"Ratio":0.5,"Count":5.0,
                 "Names":["x"],"Tags":{"k":"v"},"Doc":{"z":[1,{}]},"Data":"AAA=","Unknown":1,
                 "Nested":{"Count":null}})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(response.headers.Get("x-amzn-RequestId"), "rid-1");
  EXPECT_EQ(response.body,
            R"({"Arn":"a\"\n\u0001","At":1795252087.25,"Ratio":0.5,"Count":5,"Data":"AAA=",)"
            R"("Names":["x"],"Tags":{"k":"v"},"Doc":{"z":[1,{}]},"Nested":{},)"
            R"("Day":"2026-11-21T09:08:07Z"})");
  EXPECT_EQ(Encode("buses", "PutRule", Protocol::kAwsJson11, "null").body, "{}");
}

TEST(AwsJsonTest, RepliesAreAlwaysUtf8) {
  json::Object output;
  output["Arn"] = std::string(
      "a\xff"
      "b\xc3\xa9\xe2\x82");
  const http::Response response =
      TheCodec().EncodeOutput(TestRoute("buses", "PutRule", Protocol::kAwsJson11), output, "r");
  EXPECT_EQ(response.body,
            "{\"Arn\":\"a\xef\xbf\xbd"
            "b\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\"}");
}

TEST(AwsJsonTest, Errors) {
  const Route route = TestRoute("buses", "PutRule", Protocol::kAwsJson11);
  http::Response response = TheCodec().EncodeError(
      route, {"NotFound", "No \"x\"", 0, false, {{"Resource", "r"}, {"Other", 1}}}, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "NotFound");
  EXPECT_EQ(response.headers.Get("x-amzn-RequestId"), "rid");
  EXPECT_EQ(response.body, R"({"__type":"NotFound","Message":"No \"x\"","Resource":"r"})");
  response = TheCodec().EncodeError(route, {"Broken", "b", 0, false, {}}, "rid");
  EXPECT_EQ(response.status, 500);
  response = TheCodec().EncodeError(route, {"AccessDenied", "no", 400, false, {}}, "rid");
  EXPECT_EQ(response.body, R"({"__type":"AccessDeniedException","message":"no"})");
  EXPECT_EQ(response.status, 400);
  response = TheCodec().EncodeError(route, {"UnknownOperationException", "?", 404, false, {}}, "r");
  EXPECT_EQ(response.status, 400);
  response = TheCodec().EncodeError({}, {"InternalFailure", "?", 500, true, {}}, "r");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"__type":"InternalFailure","message":"?"})");
}

TEST(AwsJsonTest, AnErrorDoesNotGrowWithWhatItRepeats) {
  std::string text(8191, 'x');
  for (int i = 0; i < 20000; ++i) text += "\xc3\xa9";
  const std::string body = TheCodec().EncodeError({}, {"Broken", text, 400, false, {}}, "r").body;
  EXPECT_LT(body.size(), 9000);
  EXPECT_TRUE(body.ends_with("xxx...\"}")) << body.substr(body.size() - 20);
}

TEST(AwsJsonTest, QueryCompatibleErrors) {
  const Route route = TestRoute("queues", "Send", Protocol::kAwsJson10);
  for (const char* code : {"NoQueue", "Queues.NonExistent"}) {
    const http::Response response = TheCodec().EncodeError(route, {code, "x", 400, false, {}}, "r");
    EXPECT_EQ(response.body, R"({"__type":"NoQueue","message":"x"})");
    EXPECT_EQ(response.headers.Get("x-amzn-query-error"), "Queues.NonExistent;Sender");
  }
}

// -- awsQuery and ec2Query -------------------------------------------------------------------

TEST(AwsQueryTest, Decodes) {
  const auto decode = [](std::string body) {
    return DecodeBody("topics", "Publish", Protocol::kAwsQuery,
                      "Action=Publish&Version=1&" + std::move(body));
  };
  EXPECT_EQ(decode("Message=a+b%26&Flag=true&Size=-5&Ratio=.5&At=2026-11-21T09%3A08%3A07Z"),
            R"({"Message":"a b&","Flag":true,"Size":-5,"Ratio":5E-1,"At":1795252087})");
  EXPECT_EQ(decode("Message=&Tags.member.2.Key=b&Tags.member.10.Key=c&Tags.member.1.Key=a"),
            R"({"Message":"","Tags":[{"Key":"a"},{"Key":"b"},{"Key":"c"}]})");
  EXPECT_EQ(decode("Message=m&Names.entry.1=x&Names.entry.2=y"),
            R"({"Message":"m","Names":["x","y"]})");
  EXPECT_EQ(decode("Message=m&Names.member.1=x"), R"({"Message":"m","Names":["x"]})");
  EXPECT_EQ(decode("Message=m&Attributes.entry.1.key=k&Attributes.entry.1.value=v"),
            R"({"Message":"m","Attributes":{"k":"v"}})");
  EXPECT_EQ(decode("Message=m&Tags="), R"({"Message":"m","Tags":[]})");
  EXPECT_EQ(decode("Message=m&Other.member.1=x&=&&"), R"({"Message":"m"})");
  EXPECT_EQ(decode("Message=m&Flag=maybe"),
            "MalformedInput: STRING_VALUE can not be converted to a Boolean (Flag)");
  EXPECT_EQ(decode("Message=%FF").substr(0, 15), "MalformedInput:");
  EXPECT_EQ(decode("").substr(0, 16), "ValidationError:");
}

TEST(AwsQueryTest, DecodesFlattened) {
  EXPECT_EQ(DecodeBody("queues", "Send", Protocol::kAwsQuery,
                       "QueueUrl=u&Attribute.1.Name=a&Attribute.1.Value.StringValue=s&"
                       "Attribute.1.Value.DataType=String&Entry.1.Id=x&Entry.2.Id=y&Delay=3"),
            R"({"QueueUrl":"u","Delay":3,"Attributes":{"a":{"StringValue":"s",)"
            R"("DataType":"String"}},"Entries":[{"Id":"x"},{"Id":"y"}]})");
}

TEST(AwsQueryTest, BoundsHostileNames) {
  std::string deep = "Message=m&Nested";
  for (int i = 0; i < 5000; ++i) deep += ".Inner";
  EXPECT_EQ(DecodeBody("topics", "Publish", Protocol::kAwsQuery, deep + "=x").substr(0, 14),
            "MalformedInput");
  std::string wide = "Message=m";
  for (int i = 0; i < 201'000; ++i) wide += "&" + std::to_string(i) + "=";
  EXPECT_EQ(DecodeBody("topics", "Publish", Protocol::kAwsQuery, wide).substr(0, 14),
            "MalformedInput");
  EXPECT_EQ(DecodeBody("topics", "Publish", Protocol::kAwsQuery,
                       "Message=m&Tags.member.99999999999999999999.Key=x&Tags.member.-1.Key=y"),
            R"({"Message":"m","Tags":[]})");
}

TEST(AwsQueryTest, Encodes) {
  const http::Response response =
      Encode("topics", "Publish", Protocol::kAwsQuery,
             R"({"Id":"<&>\"\u0001","Tags":[{"Key":"a","Value":"b"},{"Key":"c"}],
          "Attributes":{"k":"v"},"At":1795252087,"Ratio":2,"Flag":false})");
  EXPECT_EQ(response.headers.Get("Content-Type"), "text/xml");
  EXPECT_EQ(response.body,
            "<PublishResponse xmlns=\"http://topics/\"><PublishResult>"
            "<Id>&lt;&amp;&gt;&quot;\xef\xbf\xbd</Id>"
            "<Tags><member><Key>a</Key><Value>b</Value></member><member><Key>c</Key></member>"
            "</Tags><Attributes><entry><key>k</key><value>v</value></entry></Attributes>"
            "<At>2026-11-21T09:08:07Z</At><Ratio>2.0</Ratio><Flag>false</Flag>"
            "</PublishResult><ResponseMetadata><RequestId>rid-1</RequestId></ResponseMetadata>"
            "</PublishResponse>");
  EXPECT_EQ(Encode("topics", "Delete", Protocol::kAwsQuery, "{}").body,
            "<DeleteResponse xmlns=\"http://topics/\"><DeleteResult></DeleteResult>"
            "<ResponseMetadata>"
            "<RequestId>rid-1</RequestId></ResponseMetadata></DeleteResponse>");
  EXPECT_EQ(Encode("queues", "Send", Protocol::kAwsQuery,
                   R"({"Attributes":{"a":"1","b":"2"},"Entries":[{"Id":"x"}]})")
                .body,
            "<SendResponse xmlns=\"http://queues/\"><SendResult>"
            "<Attribute><Name>a</Name><Value>1</Value></Attribute>"
            "<Attribute><Name>b</Name><Value>2</Value></Attribute>"
            "<Entry><Id>x</Id></Entry></SendResult>"
            "<ResponseMetadata><RequestId>rid-1</RequestId></ResponseMetadata></SendResponse>");
}

TEST(AwsQueryTest, Errors) {
  const Route route = TestRoute("topics", "Publish", Protocol::kAwsQuery);
  const http::Response response =
      TheCodec().EncodeError(route, {"Gone", "a<b", 0, false, {}}, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body,
            "<ErrorResponse xmlns=\"http://topics/\"><Error><Type>Sender</Type>"
            "<Code>NotFound</Code><Message>a&lt;b</Message></Error>"
            "<RequestId>rid</RequestId></ErrorResponse>");
  EXPECT_NE(TheCodec()
                .EncodeError(route, {"AccessDeniedException", "x", 403, false, {}}, "r")
                .body.find("<Code>AccessDenied</Code>"),
            std::string::npos);
  const http::Response ours =
      TheCodec().EncodeError(route, {"InternalFailure", "x", 500, false, {}}, "r");
  EXPECT_NE(ours.body.find("<Type>Receiver</Type>"), std::string::npos);
}

TEST(Ec2QueryTest, DecodesEncodesAndRefuses) {
  EXPECT_EQ(DecodeBody("machines", "Stop", Protocol::kEc2Query,
                       "Action=Stop&InstanceId.1=i-1&InstanceId.2=i-2&DryRun=true&"
                       "Filter.1.Name=n&Filter.1.Value.1=v&Filter.1.Value.2=w&Name=x"),
            R"({"Ids":["i-1","i-2"],"DryRun":true,"Filters":[{"Name":"n","Values":["v","w"]}],)"
            R"("name":"x"})");
  EXPECT_EQ(DecodeBody("machines", "Stop", Protocol::kEc2Query, "DryRun=perhaps").substr(0, 22),
            "InvalidParameterValue:");
  const http::Response response =
      Encode("machines", "Stop", Protocol::kEc2Query,
             R"({"Stopping":[{"Id":"i-1","At":1795252087.5},{"Id":"i-2"}]})");
  EXPECT_EQ(response.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<StopResponse xmlns=\"http://machines/\">"
            "<requestId>rid-1</requestId><instancesSet>"
            "<item><instanceId>i-1</instanceId><launchTime>2026-11-21T09:08:07.500Z</launchTime>"
            "</item><item><instanceId>i-2</instanceId></item></instancesSet></StopResponse>");
  EXPECT_NE(Encode("machines", "Tag", Protocol::kEc2Query, "{}").body.find("<return>true</return>"),
            std::string::npos);
  const http::Response error =
      TheCodec().EncodeError(TestRoute("machines", "Stop", Protocol::kEc2Query),
                             {"AccessDenied", "no", 403, false, {}}, "rid");
  EXPECT_EQ(error.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>"
            "<Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>"
            "<RequestID>rid</RequestID></Response>");
  EXPECT_EQ(error.status, 403);
}

// -- restJson1 -------------------------------------------------------------------------------

TEST(RestJsonTest, DecodesBodies) {
  http::Request request = MakeRequest(
      "POST", "/v1/functions",
      R"({"functionName":"f","FunctionName":"no","tags":{"a":"b"},"code":{"zipFile":"AAA="},
          "at":5,"Token":"no"})");
  request.headers.Set("x-token", "t");
  EXPECT_EQ(Decode(TestRoute("functions", "Create", Protocol::kRestJson1), request),
            R"({"FunctionName":"f","Tags":{"a":"b"},"Code":{"ZipFile":"AAA="},"At":5,)"
            R"("Token":"t"})");
}

TEST(RestJsonTest, DecodesBindings) {
  http::Request request = MakeRequest("GET", "/v1/functions/a%2Fb?max=5&key=x&key=y%20z&other=o");
  request.headers.Add("X-Since", "Sat, 21 Nov 2026 09:08:07 GMT");
  request.headers.Add("X-Keys", "a, b");
  request.headers.Add("x-meta-Colour", "red");
  const Codec::Found found = TheCodec().FindRoute(request, "functions");
  ASSERT_FALSE(found.error);
  EXPECT_EQ(Decode(found.route, request),
            R"({"Name":"a/b","Max":5,"Keys":["x","y z"],"Rest":{"other":"o"},"Since":1795252087,)"
            R"("HeaderKeys":["a","b"],"Meta":{"Colour":"red"}})");
  request.target = "/v1/functions/a?max=five";
  EXPECT_EQ(Decode(TheCodec().FindRoute(request, "functions").route, request),
            "SerializationException: STRING_VALUE can not be converted to an Integer (Max)");
}

TEST(RestJsonTest, Payloads) {
  http::Request request =
      MakeRequest("POST", "/v1/functions/f/invocations", std::string("\0\xff", 2));
  request.headers.Set("X-Type", "Event");
  const Route route = TheCodec().FindRoute(request, "functions").route;
  EXPECT_EQ(Decode(route, request), R"({"Payload":"AP8=","Name":"f","Type":"Event"})");
  const http::Response response = TheCodec().EncodeOutput(
      route,
      json::Parse(R"({"StatusCode":202,"FunctionError":"Un\r\nhandled","Payload":"AP8="})").value(),
      "r");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.headers.Get("X-Error"), "Unhandled");
  EXPECT_EQ(response.body, std::string("\0\xff", 2));
  http::Request put = MakeRequest("PUT", "/v1/files/a/b", R"({"zipFile":"AAA="})");
  EXPECT_EQ(Decode(TheCodec().FindRoute(put, "functions").route, put),
            R"({"Code":{"ZipFile":"AAA="},"Path":"a/b"})");
}

TEST(RestJsonTest, EncodesAndRefuses) {
  http::Response response = Encode("functions", "Create", Protocol::kRestJson1,
                                   R"({"FunctionName":"f","At":1.5,"Tag":"e"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.Get("ETag"), "e");
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(response.body, R"({"functionName":"f","at":1.5})");
  response = Encode("functions", "Delete", Protocol::kRestJson1, "{}");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  const Route route = TestRoute("functions", "Create", Protocol::kRestJson1);
  response = TheCodec().EncodeError(route, {"Conflict", "exists", 0, false, {}}, "r");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "Conflict");
  EXPECT_EQ(response.body, R"({"Type":"User","message":"exists"})");
  EXPECT_EQ(
      TheCodec().EncodeError(route, {"AccessDeniedException", "", 400, false, {}}, "r").status,
      403);
}

// -- restXml ---------------------------------------------------------------------------------

TEST(RestXmlTest, DecodesBodies) {
  http::Request request =
      MakeRequest("PUT", "/b?encryption",
                  "<?xml version=\"1.0\"?><Configuration xmlns=\"http://x/\">"
                  "<Rule xmlns:xsi=\"http://i\" xsi:kind=\"k\"><Algorithm>a&amp;b</Algorithm>"
                  "<Enabled> true </Enabled></Rule><Rule/><Other/>"
                  "<Names><Name>x</Name><Name>y</Name></Names></Configuration>");
  const Route route = TheCodec().FindRoute(request, "objects").route;
  EXPECT_EQ(Decode(route, request),
            R"({"Configuration":{"Rules":[{"Algorithm":"a&b","Enabled":true,"Kind":"k"},{}],)"
            R"("Names":["x","y"]},"Bucket":"b"})");
  for (const char* body :
       {"<a>", "no", "<Configuration><Rule><Enabled>x</Enabled></Rule></Configuration>",
        "<!DOCTYPE a [<!ENTITY e \"x\">]><Configuration>&e;</Configuration>"}) {
    request.body = body;
    EXPECT_EQ(Decode(route, request).substr(0, 13), "MalformedXML:") << body;
  }
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<a>";
  request.body = deep;
  EXPECT_EQ(Decode(route, request), "MalformedXML: XML nested too deeply");
}

TEST(RestXmlTest, Encodes) {
  EXPECT_EQ(Encode("objects", "List", Protocol::kRestXml,
                   R"({"Name":"b","Contents":[{"Key":"k","LastModified":1795252087,"Size":3}],
                       "Buckets":[{"Key":"x"}]})")
                .body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<ListBucketResult xmlns=\"http://objects/\"><Name>b</Name>"
            "<Contents><Key>k</Key><LastModified>2026-11-21T09:08:07Z</LastModified>"
            "<Size>3</Size></Contents><Buckets><Object><Key>x</Key></Object></Buckets>"
            "</ListBucketResult>");
  EXPECT_EQ(
      Encode("objects", "Location", Protocol::kRestXml, R"({"LocationConstraint":"eu"})").body,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<LocationConstraint xmlns=\"http://objects/\">eu</LocationConstraint>");
  const http::Response put =
      Encode("objects", "Put", Protocol::kRestXml,
             R"({"ETag":"\"e\"","LastModified":1795252087,"Metadata":{"colour":"red"}})");
  EXPECT_EQ(put.body, "");
  EXPECT_EQ(put.headers.Get("ETag"), "\"e\"");
  EXPECT_EQ(put.headers.Get("Last-Modified"), "Sat, 21 Nov 2026 09:08:07 GMT");
  EXPECT_EQ(put.headers.Get("x-amz-meta-colour"), "red");
}

TEST(RestXmlTest, Errors) {
  http::Request request = MakeRequest("GET", "/b");
  Route route = TheCodec().FindRoute(request, "objects").route;
  http::Response response =
      TheCodec().EncodeError(route, {"NoSuchBucket", "none", 0, false, {}}, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchBucket</Code>"
            "<Message>none</Message><BucketName>b</BucketName><RequestId>rid</RequestId>"
            "<HostId>rid</HostId></Error>");
  request = MakeRequest("HEAD", "/b/k");
  route = TheCodec().FindRoute(request, "objects").route;
  response = TheCodec().EncodeError(route, {"NoSuchKey", "none", 404, false, {}}, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "");
}

TEST(BodyTest, RemovesChunkFraming) {
  std::string storage;
  http::Request request =
      MakeRequest("PUT", "/b/k",
                  "5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0;chunk-signature=d\r\n"
                  "x-amz-checksum-crc32:AAAA\r\n\r\n");
  request.headers.Set("Content-Encoding", "aws-chunked");
  EXPECT_EQ(Decode(TheCodec().FindRoute(request, "objects").route, request),
            R"({"Body":"aGVsbG8gd29ybGQ=","Bucket":"b","Key":"k"})");
  EXPECT_EQ(ReadBody(request, storage).value(), "hello world");
  for (const char* body : {"", "5\r\nhel", "zz\r\n", "5\r\nhello", "5\r\nhelloXX0\r\n",
                           "ffffffffffffffff\r\nx\r\n", "5 \r\nhello\r\n0\r\n"}) {
    request.body = body;
    EXPECT_FALSE(ReadBody(request, storage)) << body;
  }
}

TEST(BodyTest, InflatesWithinBounds) {
  std::string storage;
  // gzip of "Action=Publish&Message=m".
  const auto gzip = HexDecode(
      "1f8b0800000000000203734c2ec9cccfb30d284dcac92cce50f34d2d2e4e4c4fb5cd0500df19ba1418000000");
  ASSERT_TRUE(gzip);
  http::Request request = MakeRequest("POST", "/", gzip->substr(0, 20));
  request.headers.Set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Set("Content-Encoding", "gzip");
  EXPECT_FALSE(ReadBody(request, storage));
  request.body = *gzip;
  EXPECT_EQ(ReadBody(request, storage).value(), "Action=Publish&Message=m");
  request.body = "not gzip";
  EXPECT_FALSE(ReadBody(request, storage));
}

// -- rpcv2Cbor -------------------------------------------------------------------------------

TEST(RpcV2CborTest, DecodesEncodesAndRefuses) {
  // {"Namespace": "n", "Value": 1.5 (half), "At": 1(1795252087), "Data": h'00ff'}
  const std::string body = HexDecode(
                               "a4694e616d657370616365616e6556616c7565f93e00624174c11a6b01"
                               "5d77644461746142"
                               "00ff")
                               .value();
  EXPECT_EQ(DecodeBody("metrics", "PutData", Protocol::kRpcV2Cbor, body),
            R"({"Namespace":"n","Value":1.5E0,"At":1795251575,"Data":"AP8="})");
  EXPECT_EQ(DecodeBody("metrics", "PutData", Protocol::kRpcV2Cbor, "\x9f").substr(0, 23),
            "SerializationException:");
  EXPECT_EQ(DecodeBody("metrics", "PutData", Protocol::kRpcV2Cbor, "").substr(0, 20),
            "ValidationException:");
  const http::Response response =
      Encode("metrics", "PutData", Protocol::kRpcV2Cbor,
             R"({"Id":"x","At":1.5,"Values":[1],"Data":"AP8=","Count":-1})");
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/cbor");
  EXPECT_EQ(response.headers.Get("smithy-protocol"), "rpc-v2-cbor");
  EXPECT_EQ(HexEncode(response.body),
            "a5624964617862"
            "4174c1fb3ff8000000000000"
            "6656616c75657381fb3ff0000000000000"
            "644461746142"
            "00ff"
            "65436f756e7420");
  const http::Response error = TheCodec().EncodeError(
      TestRoute("metrics", "PutData", Protocol::kRpcV2Cbor), {"Missing", "m", 400, false, {}}, "r");
  EXPECT_EQ(error.headers.Get("x-amzn-query-error"), "MissingParameter;Sender");
  EXPECT_EQ(json::Serialize(ReadCbor(error.body).value()), R"({"__type":"Missing","message":"m"})");
  const http::Response generic =
      TheCodec().EncodeError(TestRoute("metrics", "PutData", Protocol::kRpcV2Cbor),
                             {"AccessDenied", "m", 403, false, {}}, "r");
  EXPECT_EQ(json::Serialize(ReadCbor(generic.body).value()),
            R"({"__type":"AccessDeniedException","message":"m"})");
}

}  // namespace
}  // namespace riposte::wire

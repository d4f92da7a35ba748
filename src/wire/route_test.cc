#include <gtest/gtest.h>

#include "wire/codec.h"
#include "wire/testing/models.h"

namespace riposte::wire {
namespace {

/// "service.operation" or the error's code, and the protocol's number.
std::string Routed(const http::Request& request, std::string_view signing_name = "",
                   Protocol* protocol = nullptr) {
  const Codec codec(TestCatalog());
  const Codec::Found found = codec.FindRoute(request, signing_name);
  if (protocol) *protocol = found.route.protocol;
  if (found.error) return found.error->code;
  return found.route.service->name + "." + found.route.operation->name;
}

http::Request Target(const std::string& target, const std::string& type) {
  http::Request request = MakeRequest("POST", "/", "{}");
  request.headers.Set("X-Amz-Target", target);
  request.headers.Set("Content-Type", type);
  return request;
}

http::Request Form(const std::string& body, const std::string& target = "/") {
  http::Request request = MakeRequest("POST", target, body);
  request.headers.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  return request;
}

TEST(RouteTest, Target) {
  Protocol protocol{};
  EXPECT_EQ(Routed(Target("AmazonQueues.Send", "application/x-amz-json-1.0"), "queues", &protocol),
            "queues.Send");
  EXPECT_EQ(protocol, Protocol::kAwsJson10);
  EXPECT_EQ(Routed(Target("com.x.Buses_1.PutRule", "application/x-amz-json-1.1"), "", &protocol),
            "buses.PutRule");
  EXPECT_EQ(protocol, Protocol::kAwsJson11);
  EXPECT_EQ(Routed(Target("Buses_1.PutRule", "application/x-amz-json-1.0"), "", &protocol),
            "buses.PutRule");
  EXPECT_EQ(protocol, Protocol::kAwsJson11);  // The only one it speaks.
  EXPECT_EQ(Routed(Target("AmazonQueues.Sent", "x")), "UnknownOperationException");
  EXPECT_EQ(Routed(Target("Other.Send", "x")), "UnknownOperationException");
  EXPECT_EQ(Routed(Target("Nothing", "x")), "UnknownOperationException");
  EXPECT_EQ(Routed(Target("AmazonQueues.", "x")), "UnknownOperationException");
}

TEST(RouteTest, Action) {
  Protocol protocol{};
  EXPECT_EQ(Routed(Form("Action=Publish&Message=x"), "topics", &protocol), "topics.Publish");
  EXPECT_EQ(protocol, Protocol::kAwsQuery);
  EXPECT_EQ(Routed(MakeRequest("GET", "/?Action=Publish&Version=2020-01-01"), "", &protocol),
            "topics.Publish");
  EXPECT_EQ(Routed(Form("Version=x&Action=Stop"), "machines", &protocol), "machines.Stop");
  EXPECT_EQ(protocol, Protocol::kEc2Query);
  EXPECT_EQ(Routed(Form("Action=Send"), "queues", &protocol), "queues.Send");
  EXPECT_EQ(protocol, Protocol::kAwsQuery);
  EXPECT_EQ(Routed(Form("Action=Send", "/000000000000/name"), "queues"), "queues.Send");
  EXPECT_EQ(Routed(Form("Action=PutData"), "metrics", &protocol), "metrics.PutData");
  EXPECT_EQ(protocol, Protocol::kAwsQuery);
  EXPECT_EQ(Routed(Form("Action=Nope"), "topics", &protocol), "InvalidAction");
  EXPECT_EQ(protocol, Protocol::kAwsQuery);
  EXPECT_EQ(Routed(Form("Message=x"), "topics"), "MissingAction");
  EXPECT_EQ(Routed(Form("Action=Nope")), "InvalidAction");
  EXPECT_EQ(Routed(Form("Action=Publish&Version=1999-01-01")), "InvalidAction");
}

TEST(RouteTest, RpcV2) {
  Protocol protocol{};
  EXPECT_EQ(Routed(MakeRequest("POST", "/service/Granite/operation/PutData"), "metrics", &protocol),
            "metrics.PutData");
  EXPECT_EQ(protocol, Protocol::kRpcV2Cbor);
  EXPECT_EQ(Routed(MakeRequest("POST", "/service/Granite/operation/Nope"), "metrics", &protocol),
            "UnknownOperationException");
  EXPECT_EQ(protocol, Protocol::kRpcV2Cbor);
}

TEST(RouteTest, RestPaths) {
  const auto functions = [](const char* method, const char* target) {
    return Routed(MakeRequest(method, target), "functions");
  };
  EXPECT_EQ(functions("POST", "/v1/functions"), "functions.Create");
  EXPECT_EQ(functions("POST", "/v1/functions/"), "functions.Create");
  EXPECT_EQ(functions("GET", "/v1/functions/abc?max=1"), "functions.Get");
  EXPECT_EQ(functions("GET", "/v1/functions/abc/special"), "functions.Special");
  EXPECT_EQ(functions("POST", "/v1/functions/abc/invocations"), "functions.Invoke");
  EXPECT_EQ(functions("PUT", "/v1/files/a/b/c"), "functions.PutFile");
  EXPECT_EQ(functions("PATCH", "/v1/functions/abc"), "UnknownOperationException");
  EXPECT_EQ(functions("GET", "/v1/functions//special"), "UnknownOperationException");
  EXPECT_EQ(functions("GET", ""), "UnknownOperationException");
  const Codec codec(TestCatalog());
  const auto found =
      codec.FindRoute(MakeRequest("GET", "/v1/functions/arn%3Aaws%3Afn%2Fx%20y"), "functions");
  ASSERT_EQ(found.route.labels.size(), 1u);
  EXPECT_EQ(found.route.labels[0].second, "arn:aws:fn/x y");
}

TEST(RouteTest, S3Paths) {
  const auto objects = [](const char* method, const char* target) {
    return Routed(MakeRequest(method, target), "objects");
  };
  EXPECT_EQ(objects("GET", "/"), "objects.ListBuckets");
  EXPECT_EQ(objects("GET", "/b"), "objects.List");
  EXPECT_EQ(objects("GET", "/b/?prefix=x"), "objects.List");
  EXPECT_EQ(objects("GET", "/b?list-type=2&prefix="), "objects.ListV2");
  EXPECT_EQ(objects("GET", "/b?location"), "objects.Location");
  EXPECT_EQ(objects("GET", "/b?policyStatus"), "UnknownOperationException");
  EXPECT_EQ(objects("PUT", "/b?encryption"), "objects.PutEncryption");
  EXPECT_EQ(objects("PUT", "/b/k/e//y/"), "objects.Put");
  const Codec codec(TestCatalog());
  const auto found = codec.FindRoute(MakeRequest("PUT", "/b/k/e//y%2B/"), "objects");
  ASSERT_EQ(found.route.labels.size(), 2u);
  EXPECT_EQ(found.route.labels[1].second, "k/e//y+/");
}

TEST(RouteTest, UnsignedRestCalls) {
  EXPECT_EQ(Routed(MakeRequest("GET", "/v1/functions/abc")), "functions.Get");
  EXPECT_EQ(Routed(MakeRequest("GET", "/bucket")), "objects.List");
}

TEST(RouteTest, UnknownServicesAreRefused) {
  EXPECT_EQ(Routed(MakeRequest("DELETE", "/"), "starships"), "UnknownOperationException");
  EXPECT_EQ(Routed(MakeRequest("POST", "/", "{}"), "buses"), "UnknownOperationException");
  // Although the path would do for a bucket.
  EXPECT_EQ(Routed(MakeRequest("GET", "/b")), "objects.List");
  EXPECT_EQ(Routed(MakeRequest("GET", "/b"), "starships"), "UnknownOperationException");
}

// s3control signs as s3 does, and S3's paths fit everything: the header tells them apart.
TEST(RouteTest, ServicesThatSignAlike) {
  const Catalog catalog;
  const Codec codec(catalog);
  const auto route = [&codec](const http::Request& request) {
    const Codec::Found found = codec.FindRoute(request, "s3");
    return found.error ? found.error->code
                       : found.route.service->name + "." + found.route.operation->name;
  };
  http::Request request = MakeRequest("GET", "/v20180820/configuration/publicAccessBlock");
  EXPECT_EQ(route(request), "s3.GetObject");
  request.headers.Set("x-amz-account-id", "123456789012");
  EXPECT_EQ(route(request), "s3control.GetPublicAccessBlock");
  EXPECT_EQ(route(MakeRequest("GET", "/b?publicAccessBlock")), "s3.GetPublicAccessBlock");
  const http::Response response =
      codec.EncodeError(codec.FindRoute(request, "s3").route,
                        {"NoSuchPublicAccessBlockConfiguration", "none", 404, false, {}}, "id");
  EXPECT_EQ(response.status, 404);
  EXPECT_TRUE(response.body.starts_with("<ErrorResponse"));
}

}  // namespace
}  // namespace riposte::wire

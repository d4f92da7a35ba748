#include "bus/oauth_token.h"

#include <gtest/gtest.h>

namespace riposte::bus {
namespace {

json::Object Auth(const std::string& method, const std::string& more = "{}") {
  return json::Parse(R"({"OAuthParameters": {
      "ClientParameters": {"ClientID": "i d", "ClientSecret": "s&t"},
      "AuthorizationEndpoint": "https://login.example/token?v=2",
      "HttpMethod": ")" +
                     method + R"(", "OAuthHttpParameters": )" + more + "}}")
      ->as_object();
}

Result<OAuthToken> Read(int status, const std::string& body) {
  http::Response reply;
  reply.status = status;
  reply.body = body;
  return ReadTokenReply(reply);
}

TEST(MakeTokenRequest, PostsAForm) {
  const auto request = MakeTokenRequest(Auth("POST"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->url, "https://login.example/token?v=2");
  EXPECT_EQ(request->body, "grant_type=client_credentials&client_id=i%20d&client_secret=s%26t");
  EXPECT_TRUE(IsForm(request->headers.Get("Content-Type")));
  EXPECT_FALSE(request->headers.Has("Authorization"));
}

TEST(MakeTokenRequest, AsksInTheQueryWithGet) {
  const auto request = MakeTokenRequest(Auth("GET"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->url,
            "https://login.example/token?v=2&grant_type=client_credentials&client_id=i%20d&"
            "client_secret=s%26t");
  EXPECT_EQ(request->body, "");
}

TEST(MakeTokenRequest, AddsAndRespectsWhatTheOwnerGave) {
  auto request = MakeTokenRequest(Auth("PUT", R"({
      "HeaderParameters": [{"Key": "content-type", "Value": "application/json"},
                           {"Key": "Authorization", "Value": "Basic eDp5"}],
      "QueryStringParameters": [{"Key": "tenant", "Value": "a/b"}],
      "BodyParameters": [{"Key": "grant_type", "Value": "custom"}, {"Key": "scope", "Value": "w"}]
    })"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "PUT");
  EXPECT_EQ(request->url, "https://login.example/token?v=2&tenant=a%2Fb");
  EXPECT_EQ(request->body, R"({"grant_type":"custom","scope":"w"})");
  EXPECT_EQ(request->headers.Get("Authorization"), "Basic eDp5");
  EXPECT_FALSE(MakeTokenRequest({}));
}

TEST(ReadTokenReply, KeepsAMargin) {
  auto token = Read(200, R"({"access_token": "t", "expires_in": 3600})");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value, "t");
  EXPECT_EQ(token->good_for, std::chrono::seconds(3540));
  EXPECT_EQ(Read(200, R"({"access_token": "t", "expires_in": "100"})")->good_for,
            std::chrono::seconds(90));
  EXPECT_EQ(Read(200, R"({"access_token": "t"})")->good_for, std::chrono::seconds(3540));
  EXPECT_EQ(Read(200, R"({"access_token": "t", "expires_in": -5})")->good_for, Millis(0));
  EXPECT_LE(Read(200, R"({"access_token": "t", "expires_in": 1e300})")->good_for,
            std::chrono::hours(24 * 366));
}

TEST(ReadTokenReply, TellsRefusalsFromTrouble) {
  for (const int status : {302, 400, 401, 403, 404}) {
    EXPECT_EQ(Read(status, "secret").error().code, Code::kUnauthenticated) << status;
    EXPECT_EQ(Read(status, "secret").error().message.find("secret"), std::string::npos);
  }
  EXPECT_EQ(Read(429, "").error().code, Code::kThrottled);
  for (const int status : {408, 500, 503}) {
    EXPECT_EQ(Read(status, "").error().code, Code::kUnavailable) << status;
  }
  for (const char* body : {"", "[]", "{}", "nonsense", R"({"access_token": ""})",
                           R"({"access_token": "a\r\nX: y"})", R"({"access_token": 7})"}) {
    ASSERT_FALSE(Read(200, body)) << body;
    EXPECT_EQ(Read(200, body).error().code, Code::kUnauthenticated) << body;
  }
}

}  // namespace
}  // namespace riposte::bus

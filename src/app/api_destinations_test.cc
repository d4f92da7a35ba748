// API destinations end to end: rule, role, connection, token, request, retry, dead letter.
#include <gtest/gtest.h>

#include "app/testing/harness.h"
#include "base/encoding.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

constexpr char kEndpoint[] = "https://hooks.example.com/v1/*/items?source=riposte";
constexpr char kTokens[] = "https://login.example.com/token";

http::Response Reply(int status, const std::string& body = "", const std::string& header = "",
                     const std::string& value = "") {
  http::Response response;
  response.status = status;
  response.body = body;
  if (!header.empty()) response.headers.Add(header, value);
  return response;
}

class ApiDestinations : public ::testing::Test {
 protected:
  ApiDestinations() {
    MakeRole("caller", "events:InvokeApiDestination");
    engine.Call("sqs", "CreateQueue", {{"QueueName", "dead"}});
  }

  void MakeRole(const std::string& name, const std::string& action) {
    engine.Call("iam", "CreateRole",
                {{"RoleName", name}, {"AssumeRolePolicyDocument", R"({"Version":"2012-10-17",
                   "Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
                   "Principal":{"Service":"events.amazonaws.com"}}]})"}});
    engine.Call("iam", "PutRolePolicy",
                {{"RoleName", name},
                 {"PolicyName", "p"},
                 {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                   "Action":")" + action +
                                        R"(","Resource":"*"}]})"}});
  }
  std::string Role(const std::string& name) {
    return "arn:aws:iam::" + engine.scope().account.str() + ":role/" + name;
  }
  static Object Hidden(const std::string& key, const std::string& value) {
    return {{"Key", key}, {"Value", value}, {"IsValueSecret", true}};
  }
  std::string Connect(const std::string& type, Object auth) {
    connection = json::GetString(
        engine.Call(
            "events", "CreateConnection",
            {{"Name", "c"}, {"AuthorizationType", type}, {"AuthParameters", std::move(auth)}}),
        "ConnectionArn");
    return connection;
  }
  void ConnectByKey() {
    Connect("API_KEY", {{"ApiKeyAuthParameters",
                         Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "sesame-42"}}}});
  }
  void ConnectByOAuth() {
    Connect(
        "OAUTH_CLIENT_CREDENTIALS",
        {{"OAuthParameters",
          Object{{"ClientParameters", Object{{"ClientID", "id-1"}, {"ClientSecret", "sesame-42"}}},
                 {"AuthorizationEndpoint", kTokens},
                 {"HttpMethod", "POST"}}}});
  }
  std::string Destination(Object more = {}) {
    Object input{{"Name", "d"},
                 {"ConnectionArn", connection},
                 {"InvocationEndpoint", kEndpoint},
                 {"HttpMethod", "POST"}};
    for (const auto& [name, value] : more) input[name] = value;
    return std::string(
        json::GetString(engine.Call("events", "CreateApiDestination", input), "ApiDestinationArn"));
  }
  Object Target(const std::string& arn, Object more = {}) {
    Object target{{"Id", "1"},
                  {"Arn", arn},
                  {"RoleArn", Role("caller")},
                  {"HttpParameters", Object{{"PathParameterValues", Array{"$.detail.user"}}}},
                  {"DeadLetterConfig", Object{{"Arn", engine.Arn("sqs", "dead")}}}};
    for (const auto& [name, value] : more) target[name] = value;
    return target;
  }
  std::string PutTarget(Object target) {
    engine.Call("events", "PutRule", {{"Name", "r"}, {"EventPattern", R"({"source":["app"]})"}});
    return engine.CallError("events", "PutTargets",
                            {{"Rule", "r"}, {"Targets", Array{std::move(target)}}});
  }
  void Put(const std::string& detail = R"({"user":"u1"})", int times = 1) {
    for (int i = 0; i < times; ++i) {
      engine.Call(
          "events", "PutEvents",
          {{"Entries", Array{Object{{"Source", "app"}, {"DetailType", "t"}, {"Detail", detail}}}}});
    }
  }
  std::vector<http::OutgoingRequest> Sent(const std::string& host) {
    std::vector<http::OutgoingRequest> found;
    for (const auto& request : engine.http.sent) {
      if (request.url.starts_with("https://" + host)) found.push_back(request);
    }
    return found;
  }
  /// The attributes of one dead letter; empty when there is none.
  std::map<std::string, std::string> Letter() {
    const std::string url = "http://localhost/" + engine.scope().account.str() + "/dead";
    const Object got = engine.Call("sqs", "ReceiveMessage",
                                   {{"QueueUrl", url}, {"MessageAttributeNames", Array{"All"}}});
    std::map<std::string, std::string> out;
    const Array* messages = json::GetArray(got, "Messages");
    if (!messages) return out;
    const Object& message = messages->at(0).as_object();
    for (const auto& [name, value] : *json::GetObject(message, "MessageAttributes")) {
      out[name] = json::GetString(value.as_object(), "StringValue");
    }
    engine.Call("sqs", "DeleteMessage",
                {{"QueueUrl", url}, {"ReceiptHandle", message.at("ReceiptHandle")}});
    return out;
  }
  std::string State() {
    return std::string(json::GetString(engine.Call("events", "DescribeConnection", {{"Name", "c"}}),
                                       "ConnectionState"));
  }

  Harness engine{{.durable = true}};
  std::string connection;
};

TEST_F(ApiDestinations, AnEventBecomesOneAuthorisedRequest) {
  Connect(
      "API_KEY",
      {{"ApiKeyAuthParameters", Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "sesame-42"}}},
       {"InvocationHttpParameters", Object{{"HeaderParameters", Array{Hidden("X-Tenant", "t-1")}},
                                           {"QueryStringParameters", Array{Hidden("key", "k 1")}},
                                           {"BodyParameters", Array{Hidden("team", "blue")}}}}});
  const std::string arn = Destination();
  EXPECT_EQ(
      PutTarget(Target(
          arn, {{"HttpParameters", Object{{"PathParameterValues", Array{"$.detail.user"}},
                                          {"HeaderParameters", Object{{"X-Tenant", "mine"},
                                                                      {"X-Who", "$.detail.user"},
                                                                      {"X-None", "$.detail.none"}}},
                                          {"QueryStringParameters",
                                           Object{{"n", "$.detail.n"}, {"key", "mine"}}}}}})),
      "");
  Put(R"({"user":"a/../b?c","n":7})");
  ASSERT_EQ(engine.http.sent.size(), 1U);
  const http::OutgoingRequest& request = engine.http.sent[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url,
            "https://hooks.example.com/v1/a%2F..%2Fb%3Fc/items?source=riposte&n=7&key=k%201");
  EXPECT_EQ(request.headers.Get("X-Key"), "sesame-42");
  EXPECT_EQ(request.headers.Get("X-Tenant"), "t-1");
  EXPECT_EQ(request.headers.Get("X-Who"), "a/../b?c");
  EXPECT_FALSE(request.headers.Has("X-None"));
  EXPECT_EQ(request.headers.Get("User-Agent"), "Amazon/EventBridge/ApiDestinations");
  EXPECT_EQ(request.headers.Get("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(request.timeout_ms, 5000);
  const auto body = json::Parse(request.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(json::GetString(body->as_object(), "team"), "blue");
  EXPECT_EQ(json::GetString(body->as_object(), "source"), "app");
  EXPECT_TRUE(Letter().empty());
}

TEST_F(ApiDestinations, SecretsAreNeitherShownNorStoredNorAudited) {
  Connect("BASIC",
          {{"BasicAuthParameters", Object{{"Username", "jo"}, {"Password", "sesame-42"}}},
           {"InvocationHttpParameters",
            Object{{"HeaderParameters",
                    Array{Hidden("X-A", "sesame-43"),
                          Object{{"Key", "X-B"}, {"Value", "open"}, {"IsValueSecret", false}}}}}}});
  const Object shown = engine.Call("events", "DescribeConnection", {{"Name", "c"}});
  const std::string text = json::Serialize(shown);
  EXPECT_EQ(text.find("sesame"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("Username":"jo")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"({"Key":"X-A","IsValueSecret":true})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"({"Key":"X-B","Value":"open","IsValueSecret":false})"), std::string::npos);
  EXPECT_EQ(json::GetString(shown, "ConnectionState"), "AUTHORIZED");
  EXPECT_TRUE(json::GetString(shown, "SecretArn")
                  .starts_with(engine.Arn("secretsmanager", "secret:events!connection/c/")));
  engine.AdvanceTime(std::chrono::minutes(2));  // The audit is stored.
  const std::string audit = json::Serialize(engine.Call("cloudtrail", "LookupEvents"));
  EXPECT_NE(audit.find("CreateConnection"), std::string::npos);
  EXPECT_EQ(audit.find("sesame"), std::string::npos);
  engine.engine().store().Read([](store::Transaction& tx) {
    int rows = 0;
    tx.Query("SELECT shown, sealed FROM bus_connections", {}, [&](const store::Row& row) {
      ++rows;
      EXPECT_EQ(row.Str(0).find("sesame"), std::string::npos);
      EXPECT_EQ(row.Str(1).find("sesame"), std::string::npos);
      EXPECT_EQ(Base64Decode(row.Str(1)).value_or("sesame").find("sesame"), std::string::npos);
      return true;
    });
    EXPECT_EQ(rows, 1);
  });
  Destination();
  PutTarget(Target(json::GetString(engine.Call("events", "DescribeApiDestination", {{"Name", "d"}}),
                                   "ApiDestinationArn")
                       .data()));
  engine.Restart();
  Put();
  ASSERT_EQ(engine.http.sent.size(), 1U);
  EXPECT_EQ(engine.http.sent[0].headers.Get("Authorization"),
            "Basic " + Base64Encode("jo:sesame-42"));
}

TEST_F(ApiDestinations, TokensAreFetchedOnceKeptAndFetchedAgain) {
  int tokens = 0;
  std::string good = "Bearer t1";
  engine.http.answer = [&](const http::OutgoingRequest& request) -> Result<http::Response> {
    if (request.url == kTokens) {
      return Reply(200, R"({"access_token":"t)" + std::to_string(++tokens) +
                            R"(","token_type":"Bearer","expires_in":3600})");
    }
    return Reply(request.headers.Get("Authorization") == good ? 200 : 401);
  };
  ConnectByOAuth();
  EXPECT_EQ(State(), "AUTHORIZED");
  ASSERT_EQ(Sent("login").size(), 1U);
  EXPECT_EQ(Sent("login")[0].method, "POST");
  EXPECT_EQ(Sent("login")[0].body,
            "grant_type=client_credentials&client_id=id-1&client_secret=sesame-42");
  PutTarget(Target(Destination()));
  Put(R"({"user":"u"})", 3);
  EXPECT_EQ(Sent("hooks").size(), 3U);
  EXPECT_EQ(tokens, 1);

  good = "Bearer t2";  // The endpoint forgets the token before its time.
  Put();
  EXPECT_EQ(Sent("hooks").size(), 5U);
  EXPECT_EQ(tokens, 2);
  engine.AdvanceTime(std::chrono::hours(1));  // And now it expires.
  good = "Bearer t3";
  Put();
  EXPECT_EQ(Sent("hooks").size(), 6U);
  EXPECT_EQ(tokens, 3);
  EXPECT_TRUE(Letter().empty());

  good = "Bearer another";  // New tokens do not help: later, as the policy says.
  engine.Call("events", "PutTargets",
              {{"Rule", "r"},
               {"Targets",
                Array{Target(std::string(json::GetString(
                                 engine.Call("events", "DescribeApiDestination", {{"Name", "d"}}),
                                 "ApiDestinationArn")),
                             {{"RetryPolicy", Object{{"MaximumRetryAttempts", 2}}}})}}});
  Put();
  engine.AdvanceTime(std::chrono::minutes(10));
  EXPECT_EQ(Sent("hooks").size(), 6U + 3 * 2);
  auto letter = Letter();
  EXPECT_EQ(letter["ERROR_CODE"], "SDK_CLIENT_ERROR");
  EXPECT_EQ(letter["EXHAUSTED_RETRY_CONDITION"], "MaximumRetryAttempts");
}

TEST_F(ApiDestinations, AnEndpointThatRefusesDeauthorisesTheConnection) {
  bool refuse = true;
  engine.http.answer = [&](const http::OutgoingRequest& request) -> Result<http::Response> {
    if (request.url != kTokens) return Reply(200);
    return refuse ? Reply(401, "no sesame-42 here") : Reply(200, R"({"access_token":"t"})");
  };
  ConnectByOAuth();
  const Object shown = engine.Call("events", "DescribeConnection", {{"Name", "c"}});
  EXPECT_EQ(json::GetString(shown, "ConnectionState"), "DEAUTHORIZED");
  EXPECT_EQ(json::GetString(shown, "StateReason"),
            "The authorization endpoint answered with status 401.");
  const std::string arn = Destination();
  EXPECT_EQ(json::GetString(engine.Call("events", "DescribeApiDestination", {{"Name", "d"}}),
                            "ApiDestinationState"),
            "INACTIVE");
  PutTarget(Target(arn));
  Put();
  EXPECT_EQ(Letter()["ERROR_CODE"], "SDK_CLIENT_ERROR");
  EXPECT_TRUE(Sent("hooks").empty());
  refuse = false;
  engine.Call("events", "UpdateConnection", {{"Name", "c"}});
  EXPECT_EQ(State(), "AUTHORIZED");
  Put();
  EXPECT_EQ(Sent("hooks").size(), 1U);
}

TEST_F(ApiDestinations, AuthorisingGoesOnAfterARestart) {
  engine.http.answer = [](const http::OutgoingRequest&) -> Result<http::Response> {
    return Fail(Code::kUnavailable, "down");
  };
  ConnectByOAuth();
  EXPECT_EQ(State(), "AUTHORIZING");
  engine.http.answer = [](const http::OutgoingRequest&) -> Result<http::Response> {
    return Reply(200, R"({"access_token":"t"})");
  };
  engine.Restart();
  EXPECT_EQ(State(), "AUTHORIZED");
}

TEST_F(ApiDestinations, RetryAfterIsHonoured) {
  ConnectByKey();
  PutTarget(Target(Destination()));
  int calls = 0;
  engine.http.answer = [&](const http::OutgoingRequest&) -> Result<http::Response> {
    ++calls;
    if (calls == 1) return Reply(429, "", "Retry-After", "100");
    if (calls == 2) {
      return Reply(503, "", "Retry-After",
                   FormatHttpDate(engine.clock.Now() + std::chrono::hours(1)));
    }
    return Reply(204);
  };
  Put();
  engine.AdvanceTime(std::chrono::seconds(99));
  EXPECT_EQ(calls, 1);
  engine.AdvanceTime(std::chrono::seconds(2));
  EXPECT_EQ(calls, 2);
  engine.AdvanceTime(std::chrono::minutes(59));
  EXPECT_EQ(calls, 2);
  engine.AdvanceTime(std::chrono::minutes(2));
  EXPECT_EQ(calls, 3);
  EXPECT_TRUE(Letter().empty());
}

TEST_F(ApiDestinations, OtherAnswersAreFinal) {
  ConnectByKey();
  PutTarget(Target(Destination()));
  for (const int status : {301, 400, 401, 404, 409}) {
    engine.http.sent.clear();
    engine.http.answer = [status](const http::OutgoingRequest&) -> Result<http::Response> {
      return Reply(status, "", "Location", "http://169.254.169.254/");
    };
    Put();
    engine.AdvanceTime(std::chrono::minutes(10));
    EXPECT_EQ(engine.http.sent.size(), 1U) << status;
    auto letter = Letter();
    EXPECT_EQ(letter["ERROR_CODE"], "SDK_CLIENT_ERROR") << status;
    EXPECT_EQ(letter["RETRY_ATTEMPTS"], "0") << status;
  }
  engine.http.answer = [](const http::OutgoingRequest&) -> Result<http::Response> {
    return Reply(503, "", "Retry-After", "-1");
  };
  Put();
  EXPECT_EQ(Letter()["ERROR_CODE"], "ERROR_FROM_TARGET");
}

TEST_F(ApiDestinations, EventDataStaysInItsPlace) {
  ConnectByKey();
  const std::string arn = Destination();
  PutTarget(Target(
      arn, {{"HttpParameters", Object{{"PathParameterValues", Array{"$.detail.user"}},
                                      {"HeaderParameters", Object{{"X-Who", "$.detail.who"}}}}}}));
  for (const char* detail : {R"({"user":"u","who":"a\r\nX-Evil: 1"})", R"({"user":".."})",
                             R"({"user":""})", R"({"other":1})"}) {
    Put(detail);
    EXPECT_EQ(Letter()["ERROR_CODE"], "INVALID_PARAMETER") << detail;
  }
  EXPECT_TRUE(engine.http.sent.empty());
}

TEST_F(ApiDestinations, TheRoleMustBeAllowed) {
  ConnectByKey();
  const std::string arn = Destination();
  MakeRole("other", "sqs:SendMessage");
  PutTarget(Target(arn, {{"RoleArn", Role("other")}}));
  Put();
  EXPECT_EQ(Letter()["ERROR_CODE"], "NO_PERMISSIONS");
  Object without = Target(arn);
  without.erase("RoleArn");
  EXPECT_EQ(PutTarget(without), "ValidationException");
  EXPECT_TRUE(engine.http.sent.empty());
  PutTarget(Target(arn));
  engine.Call("events", "DeleteApiDestination", {{"Name", "d"}});
  Destination();  // Of the same name, but another.
  Put();
  EXPECT_EQ(Letter()["ERROR_CODE"], "NO_RESOURCE");
}

TEST_F(ApiDestinations, CallsArePaced) {
  ConnectByKey();
  PutTarget(Target(Destination({{"InvocationRateLimitPerSecond", 2}})));
  Put(R"({"user":"u"})", 10);
  const TimePoint begin = engine.clock.Now();
  std::vector<size_t> sent;
  for (int second = 0; second < 60 && engine.http.sent.size() < 10; ++second) {
    const size_t before = engine.http.sent.size();
    engine.AdvanceTime(std::chrono::seconds(1));
    EXPECT_LE(engine.http.sent.size() - before, 3U);
  }
  EXPECT_EQ(engine.http.sent.size(), 10U);
  EXPECT_GE(engine.clock.Now() - begin, std::chrono::seconds(4));
}

TEST_F(ApiDestinations, WaitingForItsTurnIsNoAttempt) {
  ConnectByKey();
  const Object once{{"RetryPolicy", Object{{"MaximumRetryAttempts", 0}}}};
  PutTarget(Target(Destination({{"InvocationRateLimitPerSecond", 20}}), once));
  Put(R"({"user":"u"})", 90);
  // What is owed was told another rate.
  engine.Call("events", "UpdateApiDestination",
              {{"Name", "d"}, {"InvocationRateLimitPerSecond", 3}});
  engine.AdvanceTime(std::chrono::seconds(10));
  EXPECT_LE(engine.http.sent.size(), 35U);
  engine.AdvanceTime(std::chrono::minutes(2));
  EXPECT_EQ(engine.http.sent.size(), 90U);
}

TEST_F(ApiDestinations, WhatPutTargetsCannotHonourItRefuses) {
  ConnectByKey();
  const std::string arn = Destination();
  EXPECT_EQ(PutTarget(Target(
                arn, {{"HttpParameters", Object{{"HeaderParameters", Object{{"Host", "x"}}}}}})),
            "ValidationException");
  EXPECT_EQ(PutTarget(Target(arn, {{"SqsParameters", Object{{"MessageGroupId", "g"}}}})),
            "ValidationException");
  EXPECT_EQ(PutTarget({{"Id", "1"},
                       {"Arn", engine.Arn("sqs", "q")},
                       {"KinesisParameters", Object{{"PartitionKeyPath", "$.id"}}}}),
            "ValidationException");
  EXPECT_EQ(
      PutTarget({{"Id", "1"},
                 {"Arn", engine.Arn("sqs", "q")},
                 {"DeadLetterConfig", Object{{"Arn", "arn:aws:sqs:us-west-2:123456789012:dead"}}}}),
      "ValidationException");
}

TEST_F(ApiDestinations, PlainHttpOnlyWhereTheOperatorListedIt) {
  ConnectByKey();
  const Object input{{"Name", "plain"},
                     {"ConnectionArn", connection},
                     {"InvocationEndpoint", "http://127.0.0.1:9999/hook"},
                     {"HttpMethod", "POST"}};
  EXPECT_EQ(engine.CallError("events", "CreateApiDestination", input), "ValidationException");
  Harness lenient{{.config = {.allowed_private = {"127.0.0.1"}}}};
  const Object made = lenient.Call(
      "events", "CreateConnection",
      {{"Name", "c"},
       {"AuthorizationType", "BASIC"},
       {"AuthParameters",
        Object{{"BasicAuthParameters", Object{{"Username", "u"}, {"Password", "p"}}}}}});
  Object again = input;
  again["ConnectionArn"] = made.at("ConnectionArn");
  EXPECT_EQ(lenient.CallError("events", "CreateApiDestination", again), "");
  again["Name"] = "other";
  again["InvocationEndpoint"] = "http://127.0.0.2/hook";
  EXPECT_EQ(lenient.CallError("events", "CreateApiDestination", again), "ValidationException");
}

}  // namespace
}  // namespace riposte::app::testing

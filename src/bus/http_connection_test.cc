#include "bus/http_connection.h"

#include <gtest/gtest.h>

#include "base/testing/fakes.h"

namespace riposte::bus {
namespace {

/// A network that answers when it is told to.
class SlowClient final : public http::Client {
 public:
  void Send(http::OutgoingRequest request, Completion completion) override {
    requests.push_back(std::move(request));
    waiting.push_back(std::move(completion));
  }
  void Answer(size_t index, Result<http::Response> reply) {
    waiting.at(index)(std::move(reply));
    waiting[index] = nullptr;
  }
  std::vector<http::OutgoingRequest> requests;
  std::vector<Completion> waiting;
};

http::Response Reply(int status, std::string body = "") {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

class HttpConnectionsTest : public ::testing::Test {
 protected:
  static std::unique_ptr<store::Store> OpenStore() {
    store::Store::Options options;
    options.threaded = false;
    auto store = store::Store::Open(options, tables::ConnectionMigrations());
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }

  /// Stores a connection as creating it would.
  std::string Put(std::string_view type, std::string_view state, const std::string& auth,
                  int64_t version = 1) {
    ConnectionRow row;
    row.scope = {AccountId("111122223333"), Region("eu-west-1")};
    row.name = "c";
    row.id = "uuid";
    row.type = type;
    row.state = state;
    row.version = version;
    secrets.Seal(row, json::Parse(auth)->as_object());
    store->WriteAndWait([&](store::Transaction& tx) { tables::PutConnection(tx, row); });
    return ConnectionArn(row);
  }
  std::string PutOAuth(std::string_view state = kAuthorized, int64_t version = 1) {
    return Put(kAuthOAuth, state, R"({"OAuthParameters": {
        "ClientParameters": {"ClientID": "i", "ClientSecret": "s"},
        "AuthorizationEndpoint": "https://login.example/", "HttpMethod": "POST"}})",
               version);
  }
  ConnectionRow Row() {
    std::optional<ConnectionRow> row;
    store->Read([&](store::Transaction& tx) {
      row = tables::FindConnection(tx, {AccountId("111122223333"), Region("eu-west-1")}, "c");
    });
    return row.value();
  }
  /// What has come back so far: statuses, or minus the code.
  void Send(const std::string& arn, HttpCall call = {.url = "https://api.example/"}) {
    connections.Send(arn, std::move(call), [this](Result<http::Response> reply) {
      outcomes.push_back(reply ? reply->status : -static_cast<int>(reply.error().code));
    });
    loop.RunUntilIdle();
  }
  void Answer(size_t index, Result<http::Response> reply) {
    client.Answer(index, std::move(reply));
    loop.RunUntilIdle();
  }
  static int Not(Code code) { return -static_cast<int>(code); }

  testing::FakeClock clock;
  testing::FakeExecutor loop{clock};
  testing::FakeRandom random;
  telemetry::Log log{{.silent = true}};
  std::unique_ptr<store::Store> store = OpenStore();
  ConnectionSecrets secrets{std::string(access::Sealer::kKeyBytes, 'k'), random};
  SlowClient client;
  std::string listed;  ///< The one host that plain http may go to.
  HttpConnections connections{{*store, client, secrets, loop, clock, log,
                               [this](const std::string& host, int) { return host == listed; }}};
  std::vector<int> outcomes;
};

TEST_F(HttpConnectionsTest, ManyCallersWaitForOneToken) {
  const std::string arn = PutOAuth();
  for (int i = 0; i < 20; ++i) Send(arn);
  ASSERT_EQ(client.requests.size(), 1U);
  EXPECT_EQ(client.requests[0].url, "https://login.example/");
  Answer(0, Reply(200, R"({"access_token": "t1", "expires_in": 100})"));
  ASSERT_EQ(client.requests.size(), 21U);
  for (size_t i = 1; i <= 20; ++i) {
    EXPECT_EQ(client.requests[i].headers.Get("Authorization"), "Bearer t1");
  }
  // All are refused: still one request for a new token, and each call is sent once more.
  for (size_t i = 1; i <= 20; ++i) Answer(i, Reply(i % 2 == 0 ? 401 : 407));
  ASSERT_EQ(client.requests.size(), 22U);
  Answer(21, Reply(200, R"({"access_token": "t2", "expires_in": 100})"));
  ASSERT_EQ(client.requests.size(), 42U);
  for (size_t i = 22; i < 42; ++i) Answer(i, Reply(i < 32 ? 200 : 401));
  ASSERT_EQ(outcomes.size(), 20U);
  EXPECT_EQ(std::ranges::count(outcomes, 200), 10);
  EXPECT_EQ(std::ranges::count(outcomes, Not(Code::kUnauthenticated)), 10);
  EXPECT_EQ(Row().state, kAuthorized);
}

TEST_F(HttpConnectionsTest, ATokenIsRefreshedBeforeItExpires) {
  const std::string arn = PutOAuth();
  Send(arn);
  Answer(0, Reply(200, R"({"access_token": "t1", "expires_in": 100})"));
  Answer(1, Reply(200));
  clock.Set(clock.Now() + std::chrono::seconds(89));
  Send(arn);
  ASSERT_EQ(client.requests.size(), 3U);
  EXPECT_EQ(client.requests[2].url, "https://api.example/");
  clock.Set(clock.Now() + std::chrono::seconds(2));
  Send(arn);
  ASSERT_EQ(client.requests.size(), 4U);
  EXPECT_EQ(client.requests[3].url, "https://login.example/");
  EXPECT_TRUE(Row().authorized.has_value());
}

TEST_F(HttpConnectionsTest, TroubleAtTheAuthorizationEndpointIsNoRefusal) {
  const std::string arn = PutOAuth();
  Send(arn);
  Answer(0, Fail(Code::kTimeout, "no reply in time"));
  EXPECT_EQ(outcomes, std::vector<int>{Not(Code::kTimeout)});
  EXPECT_EQ(Row().state, kAuthorized);
  Send(arn);
  Answer(1, Reply(503));
  EXPECT_EQ(outcomes.back(), Not(Code::kUnavailable));
  EXPECT_EQ(Row().state, kAuthorized);
  Send(arn);
  Answer(2, Reply(400));
  EXPECT_EQ(outcomes.back(), Not(Code::kUnauthenticated));
  EXPECT_EQ(Row().state, kDeauthorized);
  Send(arn);
  EXPECT_EQ(outcomes.back(), Not(Code::kPermissionDenied));
  EXPECT_EQ(client.requests.size(), 3U);
}

TEST_F(HttpConnectionsTest, AFirstAuthorisationIsTriedThreeTimes) {
  const std::string arn = PutOAuth(kAuthorizing);
  connections.Start();
  loop.RunUntilIdle();
  Answer(0, Fail(Code::kUnavailable, "cannot reach login.example"));
  EXPECT_EQ(Row().state, kAuthorizing);
  loop.Advance(std::chrono::seconds(2));
  Answer(1, Reply(500));
  loop.Advance(std::chrono::seconds(10));
  Answer(2, Reply(500));
  EXPECT_EQ(Row().state, kDeauthorized);
  EXPECT_EQ(Row().reason, "the authorization endpoint answered with status 500");
  loop.Advance(std::chrono::hours(1));
  EXPECT_EQ(client.requests.size(), 3U);
}

TEST_F(HttpConnectionsTest, NewCredentialsNeedANewToken) {
  const std::string arn = PutOAuth();
  Send(arn);
  PutOAuth(kAuthorizing, 2);  // While the token of the old ones is on its way.
  connections.Forget(arn);
  connections.Authorize(arn);
  loop.RunUntilIdle();
  ASSERT_EQ(client.requests.size(), 2U);
  Answer(0, Reply(400));  // What the old ones come to says nothing about the new.
  EXPECT_EQ(Row().state, kAuthorizing);
  Answer(1, Reply(200, R"({"access_token": "new"})"));
  EXPECT_EQ(Row().state, kAuthorized);
  Send(arn);
  EXPECT_EQ(client.requests.back().headers.Get("Authorization"), "Bearer new");
}

TEST_F(HttpConnectionsTest, PlainHttpGoesOnlyWhereItIsListed) {
  const std::string arn = Put(kAuthBasic, kAuthorized,
                              R"({"BasicAuthParameters": {"Username": "u", "Password": "p"}})");
  Send(arn, {.url = "http://inside.example/"});
  EXPECT_EQ(outcomes.back(), Not(Code::kPermissionDenied));
  listed = "inside.example";
  Send(arn, {.url = "http://inside.example/"});
  ASSERT_EQ(client.requests.size(), 1U);
  EXPECT_EQ(client.requests[0].headers.Get("Authorization"), "Basic dTpw");
  const std::string oauth = Put(kAuthOAuth, kAuthorized, R"({"OAuthParameters": {
        "ClientParameters": {"ClientID": "i", "ClientSecret": "s"},
        "AuthorizationEndpoint": "http://login.example/", "HttpMethod": "POST"}})");
  Send(oauth);
  EXPECT_EQ(outcomes.back(), Not(Code::kPermissionDenied));
  EXPECT_EQ(client.requests.size(), 1U);
}

TEST_F(HttpConnectionsTest, TheConnectionsParametersCount) {
  const std::string arn = Put(kAuthApiKey, kAuthorized, R"({
      "ApiKeyAuthParameters": {"ApiKeyName": "Authorization", "ApiKeyValue": "Token x"},
      "InvocationHttpParameters": {
        "HeaderParameters": [{"Key": "X-A", "Value": "ours"}],
        "QueryStringParameters": [{"Key": "q", "Value": "ours"}],
        "BodyParameters": [{"Key": "k", "Value": "ours"}]}})");
  HttpCall call{.url = "https://api.example/"};
  call.headers.Set("authorization", "theirs");
  call.headers.Set("x-a", "theirs");
  call.query = {{"q", "theirs"}, {"r", "1"}};
  call.body = R"({"k":"theirs","l":1})";
  Send(arn, call);
  ASSERT_EQ(client.requests.size(), 1U);
  const http::OutgoingRequest& request = client.requests[0];
  EXPECT_EQ(request.headers.Get("Authorization"), "Token x");
  EXPECT_EQ(request.headers.Get("X-A"), "ours");
  EXPECT_EQ(request.url, "https://api.example/?r=1&q=ours");
  EXPECT_EQ(request.body, R"({"k":"ours","l":1})");

  call.headers.Set("Content-Type", "application/x-www-form-urlencoded");
  call.body = "l=1";
  Send(arn, call);
  EXPECT_EQ(client.requests.back().body, "l=1&k=ours");
  call.headers.Set("Content-Type", "text/plain");
  Send(arn, call);
  EXPECT_EQ(outcomes.back(), Not(Code::kInvalidArgument));
  call.method = "GET";
  Send(arn, call);
  EXPECT_EQ(client.requests.back().method, "GET");
  EXPECT_EQ(client.requests.back().body, "");
}

TEST_F(HttpConnectionsTest, NoLineBreakGetsIntoARequest) {
  const std::string arn = Put(kAuthBasic, kAuthorized,
                              R"({"BasicAuthParameters": {"Username": "u", "Password": "p"}})");
  HttpCall call{.url = "https://api.example/"};
  call.headers.Set("X-A", "1\r\nX-B: 2");
  Send(arn, call);
  EXPECT_EQ(outcomes.back(), Not(Code::kInvalidArgument));
  EXPECT_TRUE(client.requests.empty());
}

TEST_F(HttpConnectionsTest, SecretsOpenOnlyInTheirPlace) {
  const std::string arn = PutOAuth();
  ConnectionRow row = Row();
  EXPECT_TRUE(secrets.Open(row));
  ++row.version;
  EXPECT_FALSE(secrets.Open(row));
  row = Row();
  row.name = "d";
  EXPECT_FALSE(secrets.Open(row));
  Send("arn:aws:events:eu-west-1:111122223333:connection/c/another");
  EXPECT_EQ(outcomes.back(), Not(Code::kNotFound));
}

}  // namespace
}  // namespace riposte::bus

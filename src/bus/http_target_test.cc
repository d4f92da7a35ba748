#include "bus/http_target.h"

#include <gtest/gtest.h>

#include "base/testing/fakes.h"
#include "http/testing/fake_client.h"

namespace riposte::bus {
namespace {

using Kind = delivery::Result::Kind;
using std::chrono::seconds;

const TimePoint kNow = *ParseIso8601("2026-03-01T12:00:00Z");

delivery::Result Of(int status, const std::string& retry_after = "") {
  http::Response reply;
  reply.status = status;
  if (!retry_after.empty()) reply.headers.Add("Retry-After", retry_after);
  return ResultOf(reply, kNow, kNow + seconds(1000));
}

TEST(HttpResult, SaysWhatComesNext) {
  for (const int status : {200, 202, 204, 206}) EXPECT_EQ(Of(status).kind, Kind::kDone) << status;
  for (const int status : {429, 500, 503, 599}) EXPECT_EQ(Of(status).kind, Kind::kRetry) << status;
  for (const int status : {100, 301, 302, 400, 401, 403, 404, 407, 409, 410}) {
    EXPECT_EQ(Of(status).kind, Kind::kDead) << status;
    EXPECT_EQ(Of(status).error_code, "SDK_CLIENT_ERROR") << status;
  }
  EXPECT_EQ(Of(429).error_code, "THROTTLING");
}

TEST(HttpResult, WaitsAsLongAsIsAskedButNoLongerThanTheEventLives) {
  EXPECT_EQ(Of(503).retry_after, Millis(0));
  EXPECT_EQ(Of(503, "30").retry_after, seconds(30));
  EXPECT_EQ(Of(429, "Sun, 01 Mar 2026 12:00:30 GMT").retry_after, seconds(30));
  EXPECT_EQ(Of(503, "86400").retry_after, seconds(1000));
  EXPECT_EQ(Of(503, "9223372036854775807").retry_after, seconds(1000));
  EXPECT_EQ(Of(429, "-1").kind, Kind::kDead);
}

TEST(HttpResult, ToldByTheErrors) {
  const auto of = [](Code code) {
    return ResultOf(std::unexpected(Error{code, "why", ""}), kNow, kNow);
  };
  EXPECT_EQ(of(Code::kTimeout).kind, Kind::kRetry);
  EXPECT_EQ(of(Code::kTimeout).error_code, "TIMEOUT");
  EXPECT_EQ(of(Code::kUnavailable).error_code, "CONNECTION_FAILURE");
  EXPECT_EQ(of(Code::kUnavailable).kind, Kind::kRetry);
  EXPECT_EQ(of(Code::kUnauthenticated).kind, Kind::kRetry);
  EXPECT_EQ(of(Code::kNotFound).error_code, "NO_RESOURCE");
  EXPECT_EQ(of(Code::kPermissionDenied).kind, Kind::kDead);
  EXPECT_EQ(of(Code::kInvalidArgument).error_code, "INVALID_PARAMETER");
}

TEST(HttpTarget, CallsForWhoeverMay) {
  testing::FakeClock clock;
  testing::FakeExecutor loop{clock};
  testing::FakeRandom random;
  telemetry::Log log{{.silent = true}};
  store::Store::Options options;
  options.threaded = false;
  const auto store = std::move(*store::Store::Open(options, tables::ConnectionMigrations()));
  const ConnectionSecrets secrets{std::string(access::Sealer::kKeyBytes, 'k'), random};
  http::testing::FakeClient client{[](const http::OutgoingRequest&) {
    http::Response reply;
    reply.body = "enriched";
    return reply;
  }};
  HttpConnections connections{{*store, client, secrets, loop, clock, log, nullptr}};
  HttpTarget target{
      {*store, connections, loop, clock,
       [](const access::Principal& role, const std::string&) { return role.arn == "friend"; }}};
  ConnectionRow connection;
  connection.name = "c";
  connection.type = kAuthApiKey;
  connection.state = kAuthorized;
  secrets.Seal(connection,
               {{"ApiKeyAuthParameters", json::Object{{"ApiKeyName", "K"}, {"ApiKeyValue", "v"}}}});
  ApiDestinationRow row;
  row.name = "d";
  row.connection_arn = ConnectionArn(connection);
  row.endpoint = "https://api.example/*";
  row.method = "PUT";
  row.rate = 1;
  store->WriteAndWait([&](store::Transaction& tx) {
    tables::PutConnection(tx, connection);
    tables::PutApiDestination(tx, row);
  });
  const json::Object parameters{{"PathParameterValues", json::Array{"x"}}};
  const auto call = [&](const std::string& arn, const std::string& who, json::Object with) {
    access::Principal role;
    role.arn = who;
    const auto outcome = std::make_shared<std::string>();
    target.Call(arn, role, "{}", with, [outcome](Result<http::Response> reply) {
      *outcome =
          reply ? reply->body : "code " + std::to_string(static_cast<int>(reply.error().code));
    });
    loop.RunUntilIdle();
    return *outcome;
  };
  const auto code = [](Code of) { return "code " + std::to_string(static_cast<int>(of)); };
  const std::string arn = ApiDestinationArn(row);
  EXPECT_EQ(call(arn + "x", "friend", parameters), code(Code::kNotFound));
  EXPECT_EQ(call(arn, "stranger", parameters), code(Code::kPermissionDenied));
  EXPECT_EQ(call(arn, "friend", {}), code(Code::kInvalidArgument));
  EXPECT_TRUE(client.requests.empty());
  EXPECT_EQ(call(arn, "friend", parameters), "enriched");
  EXPECT_EQ(client.requests.at(0).url, "https://api.example/x");
  // One a second: two more wait for their turn, the next is told to come again.
  EXPECT_EQ(call(arn, "friend", parameters), "");
  EXPECT_EQ(call(arn, "friend", parameters), "");
  EXPECT_EQ(call(arn, "friend", parameters), code(Code::kThrottled));
  EXPECT_EQ(client.requests.size(), 1U);
  loop.Advance(seconds(1));
  EXPECT_EQ(client.requests.size(), 2U);
  loop.Advance(seconds(1));
  EXPECT_EQ(client.requests.size(), 3U);
}

/// Calls that got through when each tries again as soon as it may.
int Through(CallPace& pace, const std::string& arn, int64_t rate, Millis during) {
  int through = 0;
  for (TimePoint now = kNow; now < kNow + during;) {
    const Millis wait = pace.Take(arn, rate, now, Millis(0));
    if (wait.count() == 0) {
      ++through;
    } else {
      now += wait;
    }
  }
  return through;
}

TEST(CallPace, KeepsTheRate) {
  CallPace pace;
  EXPECT_EQ(Through(pace, "one", 1, seconds(10)), 10);
  EXPECT_NEAR(Through(pace, "many", 300, seconds(10)), 3000, 40);
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(pace.Take("huge", 1'000'000'000, kNow, Millis(0)), Millis(0));
}

TEST(CallPace, KeepsPlacesForThePatient) {
  CallPace pace;
  for (int i = 0; i <= 2; ++i) EXPECT_EQ(pace.Take("a", 1, kNow, seconds(2)), seconds(i));
  EXPECT_EQ(pace.Take("a", 1, kNow, seconds(2)), seconds(3));
  EXPECT_EQ(pace.Take("a", 1, kNow, seconds(2)), seconds(3));  // It did not count.
  EXPECT_EQ(pace.Take("a", 1, kNow + seconds(1), seconds(2)), seconds(2));
}

TEST(CallPace, IsKeptForEachByItself) {
  CallPace pace;
  EXPECT_EQ(pace.Take("a", 1, kNow, Millis(0)), Millis(0));
  EXPECT_EQ(pace.Take("a", 1, kNow, Millis(0)), seconds(1));
  EXPECT_EQ(pace.Take("b", 1, kNow, Millis(0)), Millis(0));
  // A clock that went back a year stops nobody for long.
  const TimePoint before = kNow - std::chrono::hours(24 * 365);
  EXPECT_LE(pace.Take("a", 1, before, Millis(0)), seconds(4));
}

}  // namespace
}  // namespace riposte::bus

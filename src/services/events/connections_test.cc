// Connections and API destinations as their callers see them. What they do: bus/.
#include "access/directory.h"
#include "access/schema.h"
#include "api/testing/service_fixture.h"
#include "http/testing/fake_client.h"
#include "observe/tables.h"
#include "services/events/events.h"

namespace riposte::events {
namespace {

using json::Array;
using json::Object;

class NoMetrics final : public api::MetricSink {
 public:
  void Put(const Scope&, std::string_view, std::string_view, const Dimensions&, double,
           std::string_view) override {}
};

class ConnectionsTest : public api::testing::ServiceFixture {
 protected:
  explicit ConnectionsTest(EventsService::Options options = {.max_connections = 4,
                                                             .max_api_destinations = 3,
                                                             .authorize = false})
      : ServiceFixture("events", {bus::tables::Migrations(), bus::tables::ConnectionMigrations(),
                                  delivery::Dispatcher::Migrations(), access::Migrations(),
                                  observe::Migrations()}),
        service_object_(options, {*store_, rules_, ingest_, scheduler_, replays_, authorizer_,
                                  connections_, secrets_, random_}) {
    service_object_.Register(registry_);
  }

  static Object Key(const std::string& value = "v") {
    return {{"ApiKeyAuthParameters", Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", value}}}};
  }
  static Object OAuth(const std::string& endpoint = "https://login.example/") {
    return {{"OAuthParameters",
             Object{{"ClientParameters", Object{{"ClientID", "i"}, {"ClientSecret", "s"}}},
                    {"AuthorizationEndpoint", endpoint},
                    {"HttpMethod", "POST"},
                    {"OAuthHttpParameters", Object{{"BodyParameters", Array{Entry("a", "1")}}}}}}};
  }
  static Object Entry(const std::string& key, const std::string& value, bool secret = false) {
    return {{"Key", key}, {"Value", value}, {"IsValueSecret", secret}};
  }
  static Object Named(const std::string& name, const std::string& type, Object auth) {
    return {{"Name", name}, {"AuthorizationType", type}, {"AuthParameters", std::move(auth)}};
  }
  Object Create(const std::string& name, const std::string& type, Object auth) {
    return Run("CreateConnection", Named(name, type, std::move(auth)));
  }
  Object Destination(const std::string& name, const std::string& connection_arn,
                     const std::string& endpoint = "https://api.example/*") {
    return {{"Name", name},
            {"ConnectionArn", connection_arn},
            {"InvocationEndpoint", endpoint},
            {"HttpMethod", "POST"}};
  }
  /// What the connection would authorise with.
  Object Credentials(const std::string& name) {
    Object out;
    store_->Read([&](store::Transaction& tx) {
      out = *secrets_.Open(*bus::tables::FindConnection(tx, scope_, name));
    });
    return out;
  }

  telemetry::Log log_{{.silent = true}};
  NoMetrics metrics_;
  delivery::Dispatcher dispatcher_{{}, *store_, loop_, clock_, random_, log_};
  bus::RuleBook rules_{log_};
  bus::Ingest ingest_{rules_, dispatcher_, clock_, random_, metrics_};
  bus::Scheduler scheduler_{*store_, loop_, clock_, rules_, ingest_, log_};
  bus::Replays replays_{{}, {*store_, loop_, clock_, ingest_, log_}};
  access::Directory directory_{*store_, random_, clock_};
  access::Authorizer authorizer_{directory_};
  bus::ConnectionSecrets secrets_{std::string(access::Sealer::kKeyBytes, 'k'), random_};
  http::testing::FakeClient http_;
  bus::HttpConnections connections_{
      {*store_, http_, secrets_, loop_, clock_, log_,
       [](const std::string& host, int) { return host == "listed.internal"; }}};
  EventsService service_object_;
};

TEST_F(ConnectionsTest, FromCreationToDeletion) {
  const Object made = Create("c", "API_KEY", Key());
  const std::string arn = At(made, "ConnectionArn");
  EXPECT_TRUE(arn.starts_with("arn:aws:events:us-east-1:123456789012:connection/c/")) << arn;
  EXPECT_EQ(arn.size(),
            std::string("arn:aws:events:us-east-1:123456789012:connection/c/").size() + 36);
  EXPECT_EQ(At(made, "ConnectionState"), "AUTHORIZED");
  EXPECT_EQ(ErrorOf("CreateConnection", Named("c", "API_KEY", Key())),
            "ResourceAlreadyExistsException: Connection c already exists.");
  const Object shown = Run("DescribeConnection", {{"Name", "c"}});
  EXPECT_EQ(At(shown, "AuthParameters.ApiKeyAuthParameters.ApiKeyName"), "X-Key");
  EXPECT_EQ(json::Serialize(shown).find("ApiKeyValue"), std::string::npos);
  EXPECT_EQ(At(Run("DeauthorizeConnection", {{"Name", "c"}}), "ConnectionState"), "DEAUTHORIZING");
  const Object bare = Run("DescribeConnection", {{"Name", "c"}});
  EXPECT_EQ(At(bare, "ConnectionState"), "DEAUTHORIZED");
  EXPECT_FALSE(bare.contains("SecretArn"));
  EXPECT_FALSE(bare.contains("AuthParameters"));
  EXPECT_TRUE(ErrorOf("UpdateConnection",
                      {{"Name", "c"},
                       {"AuthParameters",
                        Object{{"ApiKeyAuthParameters", Object{{"ApiKeyName", "X-Key"}}}}}})
                  .starts_with("ValidationException"));
  EXPECT_EQ(At(Run("UpdateConnection", {{"Name", "c"}, {"AuthParameters", Key("new")}}),
               "ConnectionState"),
            "AUTHORIZED");
  EXPECT_EQ(At(Run("DeleteConnection", {{"Name", "c"}}), "ConnectionState"), "DELETING");
  for (const char* operation :
       {"DescribeConnection", "DeleteConnection", "DeauthorizeConnection", "UpdateConnection"}) {
    EXPECT_EQ(ErrorOf(operation, {{"Name", "c"}}),
              "ResourceNotFoundException: Failed to describe the connection(s). Connection 'c' "
              "does not exist.");
  }
}

TEST_F(ConnectionsTest, ListsByPrefixStateAndPage) {
  http_.SetAnswer([](const http::OutgoingRequest&) -> Result<http::Response> {
    return Fail(Code::kUnavailable, "not now");
  });
  Create("a1", "API_KEY", Key());
  Create("a2", "OAUTH_CLIENT_CREDENTIALS", OAuth());
  Create("b", "API_KEY", Key());
  const Object first = Run("ListConnections", {{"Limit", 2}});
  EXPECT_EQ(At(first, "Connections.1.Name"), "a2");
  EXPECT_EQ(At(first, "Connections.1.ConnectionState"), "AUTHORIZING");
  const Object rest = Run("ListConnections", {{"NextToken", At(first, "NextToken")}});
  EXPECT_EQ(At(rest, "Connections.0.Name"), "b");
  EXPECT_FALSE(rest.contains("NextToken"));
  EXPECT_EQ(Run("ListConnections", {{"NamePrefix", "a"}}).at("Connections").as_array().size(), 2U);
  EXPECT_EQ(At(Run("ListConnections", {{"ConnectionState", "AUTHORIZING"}}), "Connections.0.Name"),
            "a2");
  Create("c", "API_KEY", Key());
  EXPECT_TRUE(
      ErrorOf("CreateConnection", Named("d", "API_KEY", Key())).starts_with("LimitExceeded"));
}

TEST_F(ConnectionsTest, UpdatesMemberByMember) {
  Object auth = OAuth();
  auth["InvocationHttpParameters"] =
      Object{{"HeaderParameters", Array{Entry("X-A", "hidden", true), Entry("X-B", "b")}}};
  Create("c", "OAUTH_CLIENT_CREDENTIALS", auth);
  Run("UpdateConnection",
      {{"Name", "c"},
       {"AuthParameters",
        Object{{"OAuthParameters", Object{{"ClientParameters", Object{{"ClientID", "j"}}}}},
               {"InvocationHttpParameters",
                Object{{"HeaderParameters",
                        Array{Object{{"Key", "X-A"}, {"IsValueSecret", true}}}}}}}}});
  const json::Value now = Credentials("c");
  EXPECT_EQ(json::Serialize(now.at("OAuthParameters").at("ClientParameters")),
            R"({"ClientID":"j","ClientSecret":"s"})");
  EXPECT_EQ(json::Serialize(now.at("OAuthParameters").at("OAuthHttpParameters")),
            R"({"BodyParameters":[{"Key":"a","Value":"1","IsValueSecret":false}]})");
  EXPECT_EQ(json::Serialize(now.at("InvocationHttpParameters")),
            R"({"HeaderParameters":[{"Key":"X-A","IsValueSecret":true,"Value":"hidden"}]})");
  // Another type leaves nothing of the old one behind.
  Run("UpdateConnection",
      {{"Name", "c"}, {"AuthorizationType", "API_KEY"}, {"AuthParameters", Key()}});
  EXPECT_FALSE(Credentials("c").contains("OAuthParameters"));
  EXPECT_EQ(At(Run("DescribeConnection", {{"Name", "c"}}), "AuthorizationType"), "API_KEY");
}

TEST_F(ConnectionsTest, RefusesWhatIsNoConnection) {
  const auto refused = [&](const std::string& type, Object auth) {
    const std::string error = ErrorOf("CreateConnection", Named("x", type, std::move(auth)));
    EXPECT_TRUE(error.starts_with("ValidationException: ")) << error;
    return error;
  };
  refused("BASIC", Key());
  refused("BASIC", {});
  refused("OAUTH_CLIENT_CREDENTIALS", OAuth("http://login.example/"));
  refused("OAUTH_CLIENT_CREDENTIALS", OAuth("https://user@login.example/"));
  Object both = Key();
  both["BasicAuthParameters"] = Object{{"Username", "u"}, {"Password", "p"}};
  refused("API_KEY", both);
  for (const char* name : {"Host", "Content-Length", "user-agent", "X Key"}) {
    refused("API_KEY",
            {{"ApiKeyAuthParameters", Object{{"ApiKeyName", name}, {"ApiKeyValue", "v"}}}});
    Object auth = Key();
    auth["InvocationHttpParameters"] = Object{{"HeaderParameters", Array{Entry(name, "v")}}};
    refused("API_KEY", auth);
  }
  Object forged = Key();
  forged["InvocationHttpParameters"] =
      Object{{"HeaderParameters", Array{Entry("X-A", "1\r\nX-B: 2")}}};
  EXPECT_EQ(refused("API_KEY", forged).find("X-B: 2"), std::string::npos);
  Object nameless = Key();
  nameless["InvocationHttpParameters"] = Object{{"BodyParameters", Array{Entry("", "v")}}};
  refused("API_KEY", nameless);
  Object private_network = Named("x", "API_KEY", Key());
  private_network["InvocationConnectivityParameters"] =
      Object{{"ResourceParameters", Object{{"ResourceConfigurationArn", ""}}}};
  EXPECT_TRUE(ErrorOf("CreateConnection", private_network).starts_with("ValidationException"));
  EXPECT_TRUE(Run("ListConnections").at("Connections").as_array().empty());
}

TEST_F(ConnectionsTest, DestinationsFromCreationToDeletion) {
  const std::string connection = At(Create("c", "API_KEY", Key()), "ConnectionArn");
  const Object made = Run("CreateApiDestination", Destination("d", connection));
  const std::string prefix = "arn:aws:events:us-east-1:123456789012:api-destination/d/";
  EXPECT_TRUE(At(made, "ApiDestinationArn").starts_with(prefix));
  EXPECT_EQ(At(made, "ApiDestinationArn").size(), prefix.size() + 36);
  EXPECT_EQ(At(made, "ApiDestinationState"), "ACTIVE");
  EXPECT_EQ(ErrorOf("CreateApiDestination", Destination("d", connection)),
            "ResourceAlreadyExistsException: An api-destination 'd' already exists.");
  EXPECT_EQ(ErrorOf("CreateApiDestination", Destination("e", connection + "0")),
            "ResourceNotFoundException: Connection '" + connection + "0' does not exist.");
  Object shown = Run("DescribeApiDestination", {{"Name", "d"}});
  EXPECT_EQ(At(shown, "InvocationEndpoint"), "https://api.example/*");
  EXPECT_EQ(shown.at("InvocationRateLimitPerSecond").to_number<int>(), 300);
  Run("UpdateApiDestination", {{"Name", "d"},
                               {"HttpMethod", "PUT"},
                               {"Description", "text"},
                               {"InvocationRateLimitPerSecond", 5}});
  shown = Run("DescribeApiDestination", {{"Name", "d"}});
  EXPECT_EQ(At(shown, "HttpMethod"), "PUT");
  EXPECT_EQ(At(shown, "Description"), "text");
  EXPECT_EQ(At(shown, "InvocationEndpoint"), "https://api.example/*");
  EXPECT_EQ(shown.at("InvocationRateLimitPerSecond").to_number<int>(), 5);
  Run("DeauthorizeConnection", {{"Name", "c"}});
  EXPECT_EQ(At(Run("DescribeApiDestination", {{"Name", "d"}}), "ApiDestinationState"), "INACTIVE");
  Run("DeleteConnection", {{"Name", "c"}});
  EXPECT_EQ(At(Run("DescribeApiDestination", {{"Name", "d"}}), "ApiDestinationState"), "INACTIVE");
  Run("DeleteApiDestination", {{"Name", "d"}});
  for (const char* operation :
       {"DescribeApiDestination", "DeleteApiDestination", "UpdateApiDestination"}) {
    EXPECT_EQ(ErrorOf(operation, {{"Name", "d"}}),
              "ResourceNotFoundException: Failed to describe the api-destination(s). "
              "Api-destination 'd' does not exist.");
  }
}

TEST_F(ConnectionsTest, DestinationsAreListedAndLimited) {
  const std::string one = At(Create("c1", "API_KEY", Key()), "ConnectionArn");
  const std::string two = At(Create("c2", "API_KEY", Key()), "ConnectionArn");
  Run("CreateApiDestination", Destination("a", one));
  Run("CreateApiDestination", Destination("b", two));
  Run("CreateApiDestination", Destination("c", one));
  EXPECT_TRUE(ErrorOf("CreateApiDestination", Destination("d", one)).starts_with("LimitExceeded"));
  const Object first = Run("ListApiDestinations", {{"Limit", 2}});
  EXPECT_EQ(At(first, "ApiDestinations.1.Name"), "b");
  EXPECT_EQ(At(Run("ListApiDestinations", {{"NextToken", At(first, "NextToken")}}),
               "ApiDestinations.0.Name"),
            "c");
  EXPECT_EQ(
      Run("ListApiDestinations", {{"ConnectionArn", one}}).at("ApiDestinations").as_array().size(),
      2U);
  EXPECT_EQ(
      At(Run("ListApiDestinations", {{"NamePrefix", "b"}}), "ApiDestinations.0.ConnectionArn"),
      two);
}

TEST_F(ConnectionsTest, EndpointsAreHttpsButWhereTheOperatorListedThem) {
  const std::string connection = At(Create("c", "API_KEY", Key()), "ConnectionArn");
  for (const char* endpoint :
       {"http://api.example/", "ftp://api.example/", "https://*.example/", "api.example/x",
        "https://user:password@api.example/", "http://listed.internal.example/"}) {
    EXPECT_TRUE(ErrorOf("CreateApiDestination", Destination("d", connection, endpoint))
                    .starts_with("ValidationException: Parameter InvocationEndpoint is not valid."))
        << endpoint;
  }
  Run("CreateApiDestination", Destination("d", connection, "http://listed.internal/hook"));
  EXPECT_TRUE(ErrorOf("UpdateApiDestination",
                      {{"Name", "d"}, {"InvocationEndpoint", "http://api.example/"}})
                  .starts_with("ValidationException"));
}

}  // namespace
}  // namespace riposte::events

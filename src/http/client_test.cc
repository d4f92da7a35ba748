#include "http/client.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

#include "http/server.h"

namespace riposte::http {
namespace {

std::unique_ptr<Client> Made(const CurlClientOptions& options) {
  auto client = MakeCurlClient(options);
  EXPECT_TRUE(client);
  return *std::move(client);
}

Result<Response> Fetch(Client& client, OutgoingRequest request) {
  std::promise<Result<Response>> promise;
  client.Send(std::move(request), [&](Result<Response> result) { promise.set_value(result); });
  return promise.get_future().get();
}

class ClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = *Server::Start({.port = 0, .threads = 1}, [this](Request request,
                                                               Responder responder) {
      if (request.target == "/hang") {
        held_.push_back(std::move(responder));
        return;
      }
      Response response;
      if (request.target == "/away") {
        response.status = 302;
        response.headers.Add("Location", "http://127.0.0.1:1/");
      } else if (request.target == "/large") {
        response.body.assign(100'000, 'x');
      } else {
        response.status = 201;
        response.headers.Add("X-Back", "yes");
        response.body = request.method + " " + request.target + " " + request.body + "|";
        for (const auto* name : {"x-a", "x-empty", "content-type", "expect", "content-length"}) {
          response.body += request.headers.Has(name) ? request.headers.Get(name) : "-";
          response.body += "|";
        }
      }
      responder.Send(std::move(response));
    });
  }
  void TearDown() override { server_->Stop(0); }
  std::string Url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + std::string(path);
  }

  std::vector<Responder> held_;
  std::unique_ptr<Server> server_;
};

TEST_F(ClientTest, SendsAndReceives) {
  const auto client = Made({.allowed_private = {"127.0.0.1"}});
  OutgoingRequest request{.method = "POST", .url = Url("/p?q=%20"), .body = "data"};
  request.headers.Add("X-A", "1");
  request.headers.Add("X-Empty", "");
  auto response = Fetch(*client, request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->headers.Get("x-back"), "yes");
  EXPECT_EQ(response->body, "POST /p?q=%20 data|1||-|-|4|");
  response = Fetch(*client, {.url = Url("/")});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "GET / |-|-|-|-|-|");
  response = Fetch(*client, {.method = "HEAD", .url = Url("/")});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "");
  response = Fetch(*client, {.method = "DELETE", .url = Url("/x")});
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->body.starts_with("DELETE /x"));
}

TEST_F(ClientTest, RefusesAddressesInside) {
  const auto client = Made({});
  for (const std::string& url :
       {Url("/"), std::string("http://localhost:1/"), std::string("http://[::1]:1/"),
        std::string("http://169.254.169.254/latest/meta-data"), std::string("http://2130706433/"),
        std::string("http://0x7f.1/"), std::string("http://[::ffff:127.0.0.1]/")}) {
    const auto response = Fetch(*client, {.url = url});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, Code::kPermissionDenied) << url;
  }
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(ClientTest, AllowsByHostAndPort) {
  const std::string port = std::to_string(server_->port());
  EXPECT_TRUE(Fetch(*Made({.allowed_private = {"127.0.0.1:" + port}}), {.url = Url("/")}));
  EXPECT_TRUE(Fetch(*Made({.allowed_private = {"127.0.0.0/8"}}), {.url = Url("/")}));
  EXPECT_TRUE(
      Fetch(*Made({.allowed_private = {"localhost"}}), {.url = "http://localhost:" + port + "/"}));
  EXPECT_FALSE(Fetch(*Made({.allowed_private = {"localhost:1"}}),
                     {.url = "http://localhost:" + port + "/"}));
  EXPECT_FALSE(MakeCurlClient({.allowed_private = {"http://x"}}));
}

TEST_F(ClientTest, DoesNotFollowRedirects) {
  const auto client = Made({.allowed_private = {"127.0.0.1"}});
  const auto response = Fetch(*client, {.url = Url("/away")});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
}

TEST_F(ClientTest, BoundsTimeAndSize) {
  const auto client = Made({.allowed_private = {"127.0.0.1"}});
  auto response = Fetch(*client, {.url = Url("/hang"), .timeout_ms = 30});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kTimeout);
  response = Fetch(*client, {.url = Url("/large"), .max_reply_bytes = 99'999});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kLimitExceeded);
  response = Fetch(*client, {.url = Url("/large"), .max_reply_bytes = 100'000});
  ASSERT_TRUE(response);
  response = Fetch(*client, {.url = Url("/large"), .max_reply_bytes = 10, .cut_reply = true});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body.size(), 10U);
}

TEST_F(ClientTest, RefusesWhatItShouldNotSend) {
  const auto client = Made({.allowed_private = {"127.0.0.1"}});
  for (const char* url :
       {"", "file:///etc/passwd", "gopher://127.0.0.1/", "not a url", "ftp://x/"}) {
    const auto response = Fetch(*client, {.url = url});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, Code::kInvalidArgument) << url;
  }
  OutgoingRequest forged{.url = Url("/")};
  forged.headers.Add("X-A", "1\r\nX-B: 2");
  EXPECT_EQ(Fetch(*client, forged).error().code, Code::kInvalidArgument);
  EXPECT_EQ(Fetch(*client, {.method = "GET / HTTP/1.1\r\nX: y", .url = Url("/")}).error().code,
            Code::kInvalidArgument);
  EXPECT_EQ(Fetch(*client, {.url = "http://127.0.0.1:1/"}).error().code, Code::kUnavailable);
}

TEST_F(ClientTest, BoundsWhatWaitsAndCancelsItAtTheEnd) {
  auto client = Made({.allowed_private = {"127.0.0.1"}, .max_pending = 1});
  std::promise<Result<Response>> first;
  client->Send({.url = Url("/hang")}, [&](Result<Response> r) { first.set_value(std::move(r)); });
  const auto second = Fetch(*client, {.url = Url("/")});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kThrottled);
  client.reset();
  EXPECT_EQ(first.get_future().get().error().code, Code::kCancelled);
}

}  // namespace
}  // namespace riposte::http

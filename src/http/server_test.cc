#include "http/server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "base/testing/fakes.h"
#include "http/testing/raw_client.h"

namespace riposte::http {
namespace {

using testing::RawClient;

Response Text(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

/// Answers with what it was asked.
void Echo(Request request, Responder responder) {
  responder.Send(Text(request.method + " " + request.target + " " + request.body));
}

std::unique_ptr<Server> Started(Handler handler, Server::Options options = {}) {
  options.port = 0;
  auto server = Server::Start(options, std::move(handler));
  EXPECT_TRUE(server) << server.error().message;
  return *std::move(server);
}

std::string Post(std::string_view target, std::string_view body, std::string_view more = "") {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more) + "\r\n" + std::string(body);
}

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Server, ServesManyRequestsOverOneConnection) {
  const auto server = Started(Echo);
  RawClient client(server->port());
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    client.Send(Post("/n/" + n + "?q=1", n));
    const Response response = client.Receive();
    ASSERT_EQ(response.status, 200);
    ASSERT_EQ(response.body, "POST /n/" + n + "?q=1 " + n);
  }
  EXPECT_EQ(server->connections(), 1U);
}

TEST(Server, PassesHeadersAndPeer) {
  const auto server = Started([](Request request, Responder responder) {
    responder.Send(Text(std::string(request.headers.Get("x-a")) + "|" +
                        std::string(request.headers.Get("X-Empty")) + "|" + request.peer));
  });
  RawClient client(server->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nX-A:  two words \r\nX-Empty:\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "two words||127.0.0.1");
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  // The first reply is the last to be ready.
  std::mutex mutex;
  std::vector<std::thread> threads;
  const auto server = Started([&](Request request, Responder responder) {
    if (request.target != "/0") return Echo(std::move(request), std::move(responder));
    const std::scoped_lock lock(mutex);
    threads.emplace_back([responder = std::move(responder)]() mutable {
      std::this_thread::yield();
      responder.Send(Text("slow"));
    });
  });
  RawClient client(server->port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += Post("/" + std::to_string(i), "b");
  client.Send(all);
  EXPECT_EQ(client.Receive().body, "slow");
  for (int i = 1; i < 500; ++i) {
    ASSERT_EQ(client.Receive().body, "POST /" + std::to_string(i) + " b");
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Server, ReadsChunkedBodiesByteByByte) {
  const auto server = Started(Echo);
  RawClient client(server->port());
  const std::string request =
      "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nabcd\r\n3;ext=1\r\nefg\r\n0\r\nTrailer: x\r\n\r\n";
  for (const char c : request) ASSERT_TRUE(client.Send(std::string(1, c)));
  EXPECT_EQ(client.Receive().body, "PUT /c abcdefg");
  client.Send(kGet);
  EXPECT_EQ(client.Receive().status, 200);
}

TEST(Server, SaysContinueWhenAsked) {
  const auto server = Started(Echo, {.max_body_bytes = 100});
  RawClient client(server->port());
  client.Send("PUT /e HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 100);
  client.Send("abc");
  EXPECT_EQ(client.Receive().body, "PUT /e abc");
  // A body that would be refused is refused before it is sent.
  client.Send("PUT /e HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 413);
  EXPECT_TRUE(client.AtEnd());
}

TEST(Server, RefusesBodiesOverTheLimitAndTheClientSeesIt) {
  const auto server = Started(Echo, {.max_body_bytes = 1000});
  const std::string large(2 << 20, 'x');
  RawClient known(server->port());
  known.Send(Post("/", large));
  EXPECT_EQ(known.Receive().status, 413);

  RawClient chunked(server->port());
  chunked.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  chunked.Send("200000\r\n" + large + "\r\n0\r\n\r\n");
  const Response refused = chunked.Receive();
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.headers.Get("connection"), "close");

  RawClient fits(server->port());
  fits.Send(Post("/", std::string(1000, 'y')));
  EXPECT_EQ(fits.Receive().status, 200);
}

TEST(Server, BoundsTheBytesOfAllRequests) {
  const auto server = Started(Echo, {.max_buffered_bytes = 1500});
  RawClient first(server->port());
  RawClient second(server->port());
  first.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(first.Receive().status, 100);
  second.Send(Post("/", std::string(1000, 'x')));
  EXPECT_EQ(second.Receive().status, 503);
  first.Send(std::string(1000, 'y'));
  EXPECT_EQ(first.Receive().status, 200);
  RawClient third(server->port());
  third.Send(Post("/", std::string(1000, 'z')));
  EXPECT_EQ(third.Receive().status, 200);
}

TEST(Server, RefusesWhatIsNotHttp) {
  const auto server = Started(Echo, {.max_header_bytes = 4096});
  const std::pair<std::string, int> cases[] = {
      {"NONSENSE\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\n\r\n", 400},                            // No Host.
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},      // Two.
      {"GET / HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n", 400},  //
      {"GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},                // Space before the colon.
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
       "0\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n", 417},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", 431},
      {"GET /" + std::string(5000, 'x') + " HTTP/1.1\r\n", 431},
  };
  for (const auto& [request, status] : cases) {
    RawClient client(server->port());
    client.Send(request);
    EXPECT_EQ(client.Receive().status, status) << request.substr(0, 120);
    EXPECT_TRUE(client.AtEnd()) << request.substr(0, 120);
  }
}

TEST(Server, ToleratesEmptyLinesBetweenRequests) {
  const auto server = Started(Echo);
  RawClient client(server->port());
  client.Send("\r\n\r\n" + std::string(kGet) + "\r\n" + std::string(kGet));
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_EQ(client.Receive().status, 200);
}

TEST(Server, EndsSlowRequestsAndIdleConnections) {
  const auto server = Started(Echo, {.idle_timeout_ms = 60'000, .read_timeout_ms = 40});
  RawClient slow(server->port());
  slow.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(slow.Receive().status, 408);
  EXPECT_TRUE(slow.AtEnd());
  RawClient header(server->port());
  header.Send("GET / HT");
  EXPECT_EQ(header.Receive().status, 408);

  const auto impatient = Started(Echo, {.idle_timeout_ms = 40});
  RawClient idle(impatient->port());
  EXPECT_TRUE(idle.AtEnd());
  RawClient rested(impatient->port());
  rested.Send(kGet);
  EXPECT_EQ(rested.Receive().status, 200);
  EXPECT_TRUE(rested.AtEnd());
}

TEST(Server, HonoursCloseAndOldClients) {
  const auto server = Started(Echo);
  RawClient closing(server->port());
  closing.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(closing.Receive().headers.Get("connection"), "close");
  EXPECT_TRUE(closing.AtEnd());
  RawClient old(server->port());
  old.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Receive().status, 200);
  EXPECT_TRUE(old.AtEnd());
  RawClient kept(server->port());
  kept.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.Receive().headers.Get("connection"), "keep-alive");
  kept.Send(kGet);
  EXPECT_EQ(kept.Receive().status, 200);
}

TEST(Server, HeadHasNoBody) {
  const auto server = Started([](Request, Responder responder) { responder.Send(Text("12345")); });
  RawClient client(server->port());
  client.Send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(client.Receive(/*to_head=*/true).headers.Get("content-length"), "5");
  EXPECT_EQ(client.Receive().body, "12345");
}

TEST(Server, SendsLargeRepliesToSlowReaders) {
  const std::string large(32 << 20, 'x');
  const auto server = Started([&](Request, Responder responder) { responder.Send(Text(large)); });
  RawClient client(server->port());
  client.Send(std::string(kGet) + std::string(kGet));
  EXPECT_EQ(client.Receive().body.size(), large.size());
  EXPECT_EQ(client.Receive().body.size(), large.size());
}

TEST(Server, DateComesFromTheClock) {
  const riposte::testing::FakeClock clock;
  const auto server = Started(Echo, {.clock = &clock});
  RawClient client(server->port());
  client.Send(kGet);
  EXPECT_EQ(client.Receive().headers.Get("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
}

TEST(Server, DroppedRespondersAndThrowingHandlersAnswer500) {
  const auto server = Started([](Request request, Responder responder) {
    if (request.target == "/throw") throw std::runtime_error("no");
    if (request.target == "/drop") return;
    responder.Send(Text("ok"));
  });
  RawClient client(server->port());
  for (const auto* target : {"/throw", "/drop"}) {
    client.Send(Post(target, ""));
    EXPECT_EQ(client.Receive().status, 500);
  }
  client.Send(kGet);
  EXPECT_EQ(client.Receive().status, 200);
}

TEST(Server, ResponderKnowsWhenTheClientHasGone) {
  std::promise<Responder> asked;
  const auto server =
      Started([&](Request, Responder responder) { asked.set_value(std::move(responder)); });
  auto client = std::make_unique<RawClient>(server->port());
  client->Send(kGet);
  Responder responder = asked.get_future().get();
  EXPECT_TRUE(responder.IsOpen());
  client.reset();
  while (responder.IsOpen()) std::this_thread::yield();
  responder.Send({});
  EXPECT_FALSE(responder.IsOpen());
}

TEST(Server, RefusesTooManyConnections) {
  const auto server = Started(Echo, {.max_connections = 2});
  RawClient first(server->port());
  RawClient second(server->port());
  for (RawClient* client : {&first, &second}) {
    client->Send(kGet);
    EXPECT_EQ(client->Receive().status, 200);
  }
  RawClient third(server->port());
  EXPECT_EQ(third.Receive().status, 503);
  EXPECT_TRUE(third.AtEnd());
  first.Send(kGet);
  EXPECT_EQ(first.Receive().status, 200);
}

TEST(Server, ListensOnUnixSockets) {
  const auto directory =
      std::filesystem::temp_directory_path() / ("riposte-http-" + std::to_string(getpid()));
  std::filesystem::create_directory(directory);
  const std::string path = directory / "main.sock";
  const auto answer = [](Request request, Responder responder) {
    responder.Send(Text(request.peer));
  };
  {
    const auto server = Server::Start({.unix_path = path, .threads = 1}, answer);
    ASSERT_TRUE(server);
    struct stat info{};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    RawClient client(path);
    client.Send(kGet);
    EXPECT_EQ(client.Receive().body, "unix");

    const std::string other = directory / "other.sock";
    ASSERT_TRUE((*server)->Listen(other, "function-7"));
    RawClient seventh(other);
    seventh.Send(kGet);
    EXPECT_EQ(seventh.Receive().body, "function-7");
    (*server)->Unlisten(other);
    EXPECT_FALSE(std::filesystem::exists(other));
    EXPECT_FALSE(RawClient(other).connected());
    seventh.Send(kGet);
    EXPECT_EQ(seventh.Receive().status, 200);
    EXPECT_FALSE((*server)->Listen(std::string(200, 'x'), "long"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::remove_all(directory);
}

TEST(Server, SaysWhatItCannotBind) {
  const auto server = Started(Echo);
  Server::Options options;
  options.port = server->port();
  const auto second = Server::Start(options, Echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
  options.address = "nowhere";
  EXPECT_EQ(Server::Start(options, Echo).error().code, Code::kInvalidArgument);
}

TEST(Server, StopLetsRepliesFinish) {
  std::promise<Responder> asked;
  const auto server =
      Started([&](Request, Responder responder) { asked.set_value(std::move(responder)); });
  RawClient client(server->port());
  RawClient idle(server->port());
  client.Send(kGet);
  Responder responder = asked.get_future().get();
  std::thread stopping([&] { server->Stop(20'000); });
  EXPECT_TRUE(idle.AtEnd());
  responder.Send(Text("last"));
  const Response response = client.Receive();
  EXPECT_EQ(response.body, "last");
  EXPECT_EQ(response.headers.Get("connection"), "close");
  client.Close();
  stopping.join();
  EXPECT_EQ(server->connections(), 0U);
}

TEST(Server, RespondersOutliveTheServer) {
  std::promise<Responder> asked;
  auto server =
      Started([&](Request, Responder responder) { asked.set_value(std::move(responder)); });
  RawClient client(server->port());
  client.Send(kGet);
  Responder responder = asked.get_future().get();
  server->Stop(0);
  server.reset();
  EXPECT_FALSE(responder.IsOpen());
  responder.Send({});
  EXPECT_TRUE(client.AtEnd());
}

TEST(Server, ManyConnectionsAtOnce) {
  const auto server = Started([](Request request, Responder responder) {
    std::thread([request = std::move(request), responder = std::move(responder)]() mutable {
      responder.Send(Text(request.body));
    }).detach();
  });
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      RawClient client(server->port());
      for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(t * 1000 + i);
        client.Send(Post("/", body));
        if (client.Receive().body == body) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
}

}  // namespace
}  // namespace riposte::http

#include "http/message.h"

#include <gtest/gtest.h>

#include "http/reply.h"

namespace riposte::http {
namespace {

TEST(Headers, CompareWithoutCaseAndKeepOrder) {
  Headers headers;
  headers.Add("X-A", "1");
  headers.Add("x-b", "2");
  headers.Add("x-a", "3");
  EXPECT_EQ(headers.Get("X-a"), "1");
  EXPECT_EQ(headers.list().size(), 3U);
  headers.Set("x-A", "4");
  EXPECT_EQ(headers.list().size(), 2U);
  EXPECT_EQ(headers.Get("x-a"), "4");
  EXPECT_TRUE(headers.Has("X-B"));
  headers.Remove("X-B");
  EXPECT_FALSE(headers.Has("x-b"));
  EXPECT_EQ(headers.Get("x-b"), "");
}

TEST(Request, SplitsItsTarget) {
  Request request;
  request.target = "/a%20b?x=1?2";
  EXPECT_EQ(request.path(), "/a%20b");
  EXPECT_EQ(request.query(), "x=1?2");
  request.target = "/";
  EXPECT_EQ(request.path(), "/");
  EXPECT_EQ(request.query(), "");
}

TEST(Reply, WritesItsOwnFraming) {
  Response response;
  response.headers.Add("Content-Length", "999");
  response.headers.Add("transfer-encoding", "chunked");
  response.headers.Add("X-A", "1");
  response.body = "four";
  EXPECT_EQ(WriteHead(response, {.date = "D"}),
            "HTTP/1.1 200 OK\r\nX-A: 1\r\nDate: D\r\nContent-Length: 4\r\n\r\n");
}

TEST(Reply, NoValueForgesAHeader) {
  Response response;
  response.headers.Add("X-A", "1\r\nSet-Cookie: no");
  EXPECT_EQ(WriteHead(response, {}),
            "HTTP/1.1 200 OK\r\nX-A: 1  Set-Cookie: no\r\nContent-Length: 0\r\n\r\n");
}

TEST(Reply, BodilessReplies) {
  Response response;
  response.status = 204;
  EXPECT_EQ(WriteHead(response, {.keep_alive = false}),
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(HasBody(204, {}));
  EXPECT_FALSE(HasBody(304, {}));
  EXPECT_FALSE(HasBody(200, {.to_head = true}));
  EXPECT_TRUE(HasBody(200, {}));
  response.status = 200;
  response.headers.Add("Content-Length", "123");
  EXPECT_EQ(WriteHead(response, {.to_head = true, .http_1_0 = true}),
            "HTTP/1.1 200 OK\r\nContent-Length: 123\r\nConnection: keep-alive\r\n\r\n");
}

}  // namespace
}  // namespace riposte::http

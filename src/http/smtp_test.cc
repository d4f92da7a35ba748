#include "http/smtp.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace riposte::http {
namespace {

/// Takes one connection and speaks just enough SMTP; keeps what it heard.
class PlayedServer {
 public:
  explicit PlayedServer(std::string recipient_reply) : reply_(std::move(recipient_reply)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    socklen_t size = sizeof(address);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~PlayedServer() {
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }
  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  /// Everything, once the client has gone.
  [[nodiscard]] std::string Heard() {
    thread_.join();
    return heard_;
  }

 private:
  void Serve() {
    const int peer = accept(listener_, nullptr, nullptr);
    const auto say = [&](const std::string& line) {
      const std::string text = line + "\r\n";
      EXPECT_EQ(send(peer, text.data(), text.size(), MSG_NOSIGNAL),
                static_cast<ssize_t>(text.size()));
    };
    say("220 test");
    std::string line;
    bool data = false;
    char c = 0;
    while (recv(peer, &c, 1, 0) == 1) {
      heard_ += c;
      line += c;
      if (!line.ends_with("\r\n")) continue;
      if (data) {
        if (line == ".\r\n") {
          data = false;
          say("250 taken");
        }
      } else if (line.starts_with("DATA")) {
        data = true;
        say("354 go on");
      } else if (line.starts_with("RCPT")) {
        say(reply_);
      } else if (line.starts_with("QUIT")) {
        say("221 bye");
        break;
      } else {
        say("250 ok");
      }
      line.clear();
    }
    close(peer);
  }

  std::string reply_;
  std::string heard_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

Status SendTo(const std::string& url, SmtpMessage message) {
  std::promise<Status> done;
  auto outcome = done.get_future();
  SmtpClient client(url);
  client.Send(std::move(message), [&](Status status) { done.set_value(std::move(status)); });
  return outcome.get();
}

const SmtpMessage kMessage{"a@example.com", "b@example.com", "Subject: s\r\n\r\nbody\r\n.dot\r\n"};

TEST(SmtpTest, HandsTheMailOver) {
  std::string heard;
  {
    PlayedServer server("250 ok");
    const Status sent = SendTo(server.url(), kMessage);
    EXPECT_TRUE(sent) << sent.error().detail;
    heard = server.Heard();
  }
  EXPECT_NE(heard.find("MAIL FROM:<a@example.com>"), std::string::npos);
  EXPECT_NE(heard.find("RCPT TO:<b@example.com>"), std::string::npos);
  EXPECT_NE(heard.find("Subject: s\r\n\r\nbody\r\n..dot\r\n"), std::string::npos);
}

TEST(SmtpTest, TellsWhatIsFinalFromWhatMayPass) {
  {
    PlayedServer server("550 no such user");
    EXPECT_EQ(SendTo(server.url(), kMessage).error().code, Code::kInvalidArgument);
  }
  {
    PlayedServer server("451 later");
    EXPECT_EQ(SendTo(server.url(), kMessage).error().code, Code::kUnavailable);
  }
  EXPECT_EQ(SendTo("smtp://127.0.0.1:1", kMessage).error().code, Code::kUnavailable);
}

TEST(SmtpTest, AnAddressCannotCarryACommand) {
  SmtpMessage message = kMessage;
  message.to = "b@example.com>\r\nRCPT TO:<c@example.com";
  EXPECT_EQ(SendTo("smtp://127.0.0.1:1", message).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace riposte::http

// RabbitMQ: AMQP 0-9-1 with publisher confirms. Frames are laid out by hand, so that its publishes
// are bytes made beforehand as everybody's. Source: AMQP 0-9-1 specification, sections 2.3 and 4.2;
// "Consumer Acknowledgements and Publisher Confirms", rabbitmq.com.
#include <unistd.h>

#include <filesystem>
#include <set>

#include "bench/load_generator.h"
#include "bench/peers.h"

namespace riposte::bench {
namespace {

void Put(std::string& out, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
}
void PutShort(std::string& out, std::string_view text) {
  Put(out, text.size(), 1);
  out += text;
}
void PutLong(std::string& out, std::string_view text) {
  Put(out, text.size(), 4);
  out += text;
}
uint64_t Get(std::string_view in, size_t at, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) {
    value = value << 8 | static_cast<unsigned char>(in[at + static_cast<size_t>(i)]);
  }
  return value;
}

std::string Frame(int type, int channel, std::string_view payload) {
  std::string out;
  Put(out, static_cast<uint64_t>(type), 1);
  Put(out, static_cast<uint64_t>(channel), 2);
  Put(out, payload.size(), 4);
  out += payload;
  out.push_back(static_cast<char>(0xCE));
  return out;
}
std::string Method(int channel, int cls, int method, std::string_view arguments) {
  std::string payload;
  Put(payload, static_cast<uint64_t>(cls), 2);
  Put(payload, static_cast<uint64_t>(method), 2);
  payload += arguments;
  return Frame(1, channel, payload);
}

/// The next whole frame's size in `in` from `at`; 0 when it is not whole.
size_t FrameSize(std::string_view in, size_t at) {
  if (in.size() < at + 7) return 0;
  const size_t size = 7 + Get(in, at + 3, 4) + 1;
  return in.size() >= at + size ? size : 0;
}
constexpr size_t kHeader = 7;

/// Waits for the method; dies when another comes.
void Expect(int fd, std::string& in, unsigned cls, unsigned method) {
  size_t size = 0;
  while ((size = FrameSize(in, 0)) == 0) ReadMore(fd, in);
  if (Get(in, kHeader, 2) != cls || Get(in, kHeader + 2, 2) != method) {
    Die("RabbitMQ: expected method " + std::to_string(cls) + "." + std::to_string(method) +
        ", got " + in.substr(kHeader + 4, size - kHeader - 5));
  }
  in.erase(0, size);
}

class RabbitMq final : public Candidate {
 public:
  RabbitMq(std::unique_ptr<Server> epmd, std::unique_ptr<Server> server, uint16_t port,
           std::string name, bool quorum)
      : epmd_(std::move(epmd)),
        server_(std::move(server)),
        port_(port),
        name_(std::move(name)),
        quorum_(quorum) {}

  std::string name() const override { return name_; }
  std::string durability() const override {
    return quorum_ ? "confirms once its write-ahead log is synced, for all queues together"
                   : "confirms a persistent message once it is written and synced";
  }
  double CpuSeconds() const override { return server_->CpuSeconds(); }
  void Freeze(bool frozen) override { server_->Freeze(frozen); }

  void NewTarget(size_t bytes, int /*batch*/) override {
    const std::string queue = "q" + std::to_string(++queues_);
    std::string table;
    PutShort(table, "x-queue-type");
    table += 'S';
    PutLong(table, quorum_ ? "quorum" : "classic");
    std::string declare;
    Put(declare, 0, 2);
    PutShort(declare, queue);
    Put(declare, 2, 1);  // Durable.
    PutLong(declare, table);
    std::string in;
    const int fd = Channel(in);
    SendNow(fd, Method(1, 50, 10, declare));
    Expect(fd, in, 50, 11);
    close(fd);

    std::string arguments;
    Put(arguments, 0, 2);
    PutShort(arguments, "");  // The default exchange: the routing key names the queue.
    PutShort(arguments, queue);
    Put(arguments, 0, 1);
    std::string header;
    Put(header, 60, 2);
    Put(header, 0, 2);
    Put(header, bytes, 8);
    Put(header, 0x1000, 2);  // The one property: delivery mode.
    Put(header, 2, 1);       // Persistent.
    publish_ =
        Method(1, 60, 40, arguments) + Frame(2, 1, header) + Frame(3, 1, std::string(bytes, 'x'));
    lines_.clear();
  }

  int Open(size_t index) override {
    std::string in;
    const int fd = Channel(in);
    SendNow(fd, Method(1, 85, 10, std::string(1, '\0')));  // confirm.select
    Expect(fd, in, 85, 11);
    if (lines_.size() <= index) lines_.resize(index + 1);
    lines_[index] = {};
    return fd;
  }

  int Append(size_t index, std::string& out) override {
    out += publish_;
    lines_[index].unconfirmed.insert(++lines_[index].last);
    return 1;
  }

  int Take(size_t index, std::string& in, std::string& /*out*/) override {
    auto& unconfirmed = lines_[index].unconfirmed;
    const size_t before = unconfirmed.size();
    size_t done = 0;
    while (const size_t size = FrameSize(in, done)) {
      constexpr uint64_t kAck = uint64_t{60} << 16 | 80;
      if (in[done] == 1) {
        if (Get(in, done + kHeader, 4) != kAck) {
          Die(name_ + " refused: " + in.substr(done + kHeader + 4, size - kHeader - 5));
        }
        const uint64_t tag = Get(in, done + kHeader + 4, 8);
        const bool multiple = (Get(in, done + kHeader + 12, 1) & 1) != 0;
        if (multiple) {
          unconfirmed.erase(unconfirmed.begin(), unconfirmed.upper_bound(tag));
        } else {
          unconfirmed.erase(tag);
        }
      }
      done += size;
    }
    in.erase(0, done);
    return static_cast<int>(before - unconfirmed.size());
  }

 private:
  struct Line {
    uint64_t last = 0;
    std::set<uint64_t> unconfirmed;
  };

  /// A connection with channel 1 open.
  int Channel(std::string& in) const {
    const int fd = ConnectTo(port_);
    SendNow(fd, std::string_view("AMQP\0\0\x09\x01", 8));
    Expect(fd, in, 10, 10);
    std::string start;
    Put(start, 0, 4);  // No properties.
    PutShort(start, "PLAIN");
    PutLong(start, std::string_view("\0guest\0guest", 12));
    PutShort(start, "en_US");
    SendNow(fd, Method(0, 10, 11, start));
    Expect(fd, in, 10, 30);
    std::string tune;
    Put(tune, 2047, 2);
    Put(tune, 131'072, 4);
    Put(tune, 0, 2);  // No heartbeats.
    std::string open;
    PutShort(open, "/");
    PutShort(open, "");
    Put(open, 0, 1);
    SendNow(fd, Method(0, 10, 31, tune) + Method(0, 10, 40, open));
    Expect(fd, in, 10, 41);
    SendNow(fd, Method(1, 20, 10, std::string(1, '\0')));
    Expect(fd, in, 20, 11);
    return fd;
  }

  std::unique_ptr<Server> epmd_;
  std::unique_ptr<Server> server_;
  uint16_t port_;
  std::string name_;
  bool quorum_;
  std::string publish_;
  std::vector<Line> lines_;
  int queues_ = 0;
};

}  // namespace

Started StartRabbitMq(const std::string& parent, bool quorum) {
  Started out{
      .peer = nullptr, .name = quorum ? "RabbitMQ quorum" : "RabbitMQ classic", .skipped = ""};
  // Not the wrapper in /usr/sbin, which changes to a user of its own.
  const std::string path = "/usr/lib/rabbitmq/bin/rabbitmq-server";
  const std::string epmd_path = FindProgram("epmd");
  if (::access(path.c_str(), X_OK) != 0 || epmd_path.empty()) {
    out.skipped = "rabbitmq-server is not installed";
    return out;
  }
  auto data = os::TempDir::Make(parent, "bench-rabbitmq-");
  auto names = os::TempDir::Make(parent, "bench-epmd-");
  if (!data || !names) Die("no directory for RabbitMQ");
  const uint16_t port = FreePort();
  const uint16_t epmd_port = FreePort();
  // Erlang would leave a name server behind: it gets one that ends with us.
  auto epmd = std::make_unique<Server>(
      *std::move(names), std::vector<std::string>{epmd_path, "-port", std::to_string(epmd_port)},
      Server::Environment{{"ERL_EPMD_ADDRESS", "127.0.0.1"}});
  if (!epmd->AwaitPort(epmd_port, 10)) {
    out.skipped = "epmd does not start: " + epmd->output();
    return out;
  }
  const std::string folder = data->path();
  auto server = std::make_unique<Server>(
      *std::move(data), std::vector<std::string>{path},
      Server::Environment{{"HOME", folder},
                          {"LANG", "C.UTF-8"},
                          {"ERL_EPMD_PORT", std::to_string(epmd_port)},
                          {"ERL_EPMD_ADDRESS", "127.0.0.1"},
                          {"RABBITMQ_NODENAME", "bench" + std::to_string(port) + "@localhost"},
                          {"RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"},
                          {"RABBITMQ_NODE_PORT", std::to_string(port)},
                          {"RABBITMQ_DIST_PORT", std::to_string(FreePort())},
                          {"RABBITMQ_CONF_ENV_FILE", folder + "/none"},
                          {"RABBITMQ_CONFIG_FILE", folder + "/none"},
                          {"RABBITMQ_MNESIA_BASE", folder + "/mnesia"},
                          {"RABBITMQ_LOG_BASE", folder + "/log"},
                          {"RABBITMQ_PID_FILE", folder + "/pid"},
                          {"RABBITMQ_ENABLED_PLUGINS_FILE", folder + "/plugins"}});
  if (!server->AwaitPort(port, 60)) {
    out.skipped = "it does not start: " + server->output();
    return out;
  }
  // The name of its applications' folder ends with the version.
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/rabbitmq/lib", failed)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("rabbitmq_server-")) out.name += " " + name.substr(16);
  }
  out.peer = std::make_unique<RabbitMq>(std::move(epmd), std::move(server), port, out.name, quorum);
  return out;
}

}  // namespace riposte::bench

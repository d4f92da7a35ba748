// NATS JetStream: the protocol is lines of text. Source: "Client Protocol" and "JetStream wire API
// Reference", docs.nats.io.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <vector>

#include "bench/load_generator.h"
#include "bench/peers.h"

namespace riposte::bench {
namespace {

constexpr std::string_view kEnd = "\r\n";

/// From 2.10 on the server can be told to sync each message.
bool KnowsSyncAlways(const std::string& version) {
  int major = 0;
  int minor = 0;
  return std::sscanf(version.c_str(), "nats-server: v%d.%d", &major, &minor) == 2 &&
         (major > 2 || (major == 2 && minor >= 10));
}

/// Makes every write to files below `directory` synchronous, as the mount option `sync` would
/// (chattr +S); files made later inherit it. False where the file system cannot.
bool MakeSynchronous(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  int flags = 0;
  bool ok = ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0;
  flags |= FS_SYNC_FL;
  ok = ok && ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
  close(fd);
  return ok;
}

class Nats final : public Candidate {
 public:
  Nats(std::unique_ptr<Server> server, uint16_t port, std::string name, std::string durability)
      : server_(std::move(server)),
        port_(port),
        name_(std::move(name)),
        durability_(std::move(durability)) {}

  std::string name() const override { return name_; }
  std::string durability() const override { return durability_; }
  double CpuSeconds() const override { return server_->CpuSeconds(); }
  void Freeze(bool frozen) override { server_->Freeze(frozen); }

  void NewTarget(size_t bytes, int /*batch*/) override {
    payload_ = std::string(bytes, 'x');
    const std::string stream = "S" + std::to_string(++streams_);
    subject_ = "s" + std::to_string(streams_);
    const std::string config = R"({"name":")" + stream + R"(","subjects":[")" + subject_ +
                               R"("],"storage":"file","retention":"limits","num_replicas":1})";
    const int fd = Open(0);
    SendNow(fd, "PUB $JS.API.STREAM.CREATE." + stream + " " + replies_[0] + " " +
                    std::to_string(config.size()) + "\r\n" + config + "\r\n");
    std::string in;
    while (in.find("\"created\"") == std::string::npos) {
      if (in.find("\"error\"") != std::string::npos) Die(name_ + ": " + in);
      ReadMore(fd, in);
    }
    close(fd);
  }

  int Open(size_t index) override {
    const int fd = ConnectTo(port_);
    // Replies come to the connection's own subject; a late one to a connection that is closed must
    // not count for the next.
    if (replies_.size() <= index) replies_.resize(index + 1);
    replies_[index] = "a." + std::to_string(++opened_);
    SendNow(fd, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB " + replies_[index] +
                    " 1\r\nPING\r\n");
    std::string in;
    while (in.find("PONG\r\n") == std::string::npos) ReadMore(fd, in);
    return fd;
  }

  int Append(size_t index, std::string& out) override {
    out.append("PUB ").append(subject_).append(" ").append(replies_[index]).append(" ");
    out.append(std::to_string(payload_.size())).append(kEnd).append(payload_).append(kEnd);
    return 1;
  }

  int Take(size_t /*index*/, std::string& in, std::string& out) override {
    int confirmed = 0;
    size_t done = 0;
    while (true) {
      const size_t end = in.find(kEnd, done);
      if (end == std::string::npos) break;
      const std::string_view line = std::string_view(in).substr(done, end - done);
      if (line.starts_with("MSG ")) {
        size_t length = 0;
        std::from_chars(line.data() + line.rfind(' ') + 1, line.data() + line.size(), length);
        if (in.size() < end + 2 + length + 2) break;
        const std::string_view ack = std::string_view(in).substr(end + 2, length);
        if (ack.find("\"seq\"") == std::string_view::npos) Die(name_ + ": " + std::string(ack));
        ++confirmed;
        done = end + 2 + length + 2;
        continue;
      }
      if (line == "PING") out += "PONG\r\n";
      if (line.starts_with("-ERR")) Die(name_ + ": " + std::string(line));
      done = end + 2;
    }
    in.erase(0, done);
    return confirmed;
  }

 private:
  std::unique_ptr<Server> server_;
  uint16_t port_;
  std::string name_;
  std::string durability_;
  std::string payload_;
  std::vector<std::string> replies_;  ///< The subject of each connection.
  int opened_ = 0;
  std::string subject_;
  int streams_ = 0;
};

}  // namespace

Started StartNats(const std::string& program, const std::string& parent, bool synced) {
  Started out{.peer = nullptr, .name = synced ? "NATS, synced" : "NATS", .skipped = ""};
  const std::string path = program.empty() ? FindProgram("nats-server") : program;
  if (path.empty()) {
    out.skipped = "nats-server is not installed";
    return out;
  }
  const std::string version = OutputOf({path, "--version"});
  auto data = os::TempDir::Make(parent, "bench-nats-");
  if (!data) Die(data.error().message);
  std::string option;
  std::string durability = "acknowledges what is written, not synced: a power cut loses it";
  if (synced && KnowsSyncAlways(version)) {
    option = "sync_interval: always";
    durability = "syncs each message (sync_interval: always)";
  } else if (synced) {
    if (!MakeSynchronous(data->path())) {
      out.skipped =
          "it cannot sync each message itself before 2.10, and this file system has no "
          "synchronous directories";
      return out;
    }
    durability = "its own sync comes later; here its files are synchronous (chattr +S)";
  }
  const uint16_t port = FreePort();
  const std::string config = data->path() + "/nats.conf";
  std::ofstream(config) << "listen: \"127.0.0.1:" << port << "\"\njetstream {\n  store_dir: \""
                        << data->path() << "\"\n  max_file_store: 64GB\n  " << option << "\n}\n";
  auto server = std::make_unique<Server>(
      *std::move(data), std::vector<std::string>{path, "--config", config}, Server::Environment{});
  if (!server->AwaitPort(port, 20)) {
    out.skipped = "it does not start: " + server->output();
    return out;
  }
  if (const size_t v = version.find(": v"); v != std::string::npos) {
    out.name += " " + version.substr(v + 3, version.find_first_of("\r\n", v) - v - 3);
  }
  out.peer = std::make_unique<Nats>(std::move(server), port, out.name, durability);
  return out;
}

}  // namespace riposte::bench

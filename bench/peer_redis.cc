// Redis streams. Source: "Redis serialization protocol specification" and XADD, redis.io.
#include <unistd.h>

#include "bench/load_generator.h"
#include "bench/peers.h"

namespace riposte::bench {
namespace {

class Redis final : public Candidate {
 public:
  Redis(std::unique_ptr<Server> server, uint16_t port, std::string name)
      : server_(std::move(server)), port_(port), name_(std::move(name)) {}

  std::string name() const override { return name_; }
  std::string durability() const override {
    return "one sync for what all connections sent meanwhile (appendfsync always)";
  }
  double CpuSeconds() const override { return server_->CpuSeconds(); }
  void Freeze(bool frozen) override { server_->Freeze(frozen); }

  void NewTarget(size_t bytes, int /*batch*/) override {
    // A stream is held in memory: let go of the last one.
    const std::string last = "s" + std::to_string(streams_);
    const std::string next = "s" + std::to_string(++streams_);
    const int fd = ConnectTo(port_);
    SendNow(fd, Command({"UNLINK", last}));
    std::string in;
    while (!in.ends_with("\r\n")) ReadMore(fd, in);
    close(fd);
    publish_ = Command({"XADD", next, "*", "m", std::string(bytes, 'x')});
  }

  int Open(size_t /*index*/) override { return ConnectTo(port_); }

  int Append(size_t /*index*/, std::string& out) override {
    out += publish_;
    return 1;
  }

  int Take(size_t /*index*/, std::string& in, std::string& /*out*/) override {
    // "$15\r\n1700000000000-0\r\n"
    int confirmed = 0;
    size_t done = 0;
    while (done < in.size()) {
      if (in[done] != '$') Die(name_ + ": " + in.substr(done, 200));
      const size_t first = in.find("\r\n", done);
      if (first == std::string::npos) break;
      const size_t second = in.find("\r\n", first + 2);
      if (second == std::string::npos) break;
      done = second + 2;
      ++confirmed;
    }
    in.erase(0, done);
    return confirmed;
  }

 private:
  static std::string Command(const std::vector<std::string>& words) {
    std::string out = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) {
      out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    return out;
  }

  std::unique_ptr<Server> server_;
  uint16_t port_;
  std::string name_;
  std::string publish_;
  int streams_ = 0;
};

}  // namespace

Started StartRedis(const std::string& program, const std::string& parent) {
  Started out{.peer = nullptr, .name = "Redis", .skipped = ""};
  const std::string path = program.empty() ? FindProgram("redis-server") : program;
  if (path.empty()) {
    out.skipped = "redis-server is not installed";
    return out;
  }
  auto data = os::TempDir::Make(parent, "bench-redis-");
  if (!data) Die(data.error().message);
  const uint16_t port = FreePort();
  const std::string folder = data->path();
  // No snapshots and no rewriting of the log, which would only cost it.
  auto server = std::make_unique<Server>(
      *std::move(data),
      std::vector<std::string>{path, "--port", std::to_string(port), "--bind", "127.0.0.1", "--dir",
                               folder, "--appendonly", "yes", "--appendfsync", "always", "--save",
                               "", "--auto-aof-rewrite-percentage", "0"},
      Server::Environment{});
  if (!server->AwaitPort(port, 20)) {
    out.skipped = "it does not start: " + server->output();
    return out;
  }
  const std::string version = OutputOf({path, "--version"});
  if (const size_t v = version.find("v="); v != std::string::npos) {
    out.name += " " + version.substr(v + 2, version.find(' ', v) - v - 2);
  }
  out.peer = std::make_unique<Redis>(std::move(server), port, out.name);
  return out;
}

}  // namespace riposte::bench

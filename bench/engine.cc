#include "bench/engine.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "base/encoding.h"

namespace riposte::bench {

namespace {

Result<http::Response> Fetch(http::Client& client, http::OutgoingRequest request) {
  std::promise<Result<http::Response>> promise;
  client.Send(std::move(request),
              [&](Result<http::Response> result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

double Now() {
  return std::chrono::duration<double>(os::SystemClock().Monotonic()).count();
}

os::TempDir DataDir(const std::string& parent) {
  auto made = os::TempDir::Make(parent, "bench-data-");
  if (!made) Die(made.error().message);
  return *std::move(made);
}

}  // namespace

void Die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

uint16_t FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Die("no free port");
  }
  close(fd);
  return ntohs(address.sin_port);
}

Child::Child(std::vector<std::string> argv, uint16_t port, bool show_output)
    : port_(port),
      runner_(os::MakeProcessRunner()),
      client_(*http::MakeCurlClient({.allowed_private = {"127.0.0.1"}})) {
  argv[0] = std::filesystem::absolute(argv[0]);
  os::ProcessSpec spec{.argv = std::move(argv),
                       .environment = {{"PATH", std::getenv("PATH")}},
                       .directory = std::filesystem::current_path()};
  if (show_output) {
    spec.on_output = [](os::ProcessSpec::Stream, std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stderr);
    };
  }
  started_ = Now();
  auto process = runner_->Start(std::move(spec));
  if (!process) Die(process.error().message);
  process_ = *std::move(process);
}

Child::~Child() {
  process_->Kill();
}

void Child::Freeze(bool frozen) {
  process_->Kill(frozen ? SIGSTOP : SIGCONT);
}

double Child::WaitReady(const std::string& path) {
  while (Now() - started_ < 60) {
    const auto response = Fetch(
        *client_, {.url = "http://127.0.0.1:" + std::to_string(port_) + path, .timeout_ms = 1000});
    if (response && response->status == 200) return Now() - started_;
    std::this_thread::sleep_for(Millis(2));
  }
  Die("the process does not get ready");
}

double Child::CpuSeconds() const {
  const auto stat = os::ReadFile("/proc/" + std::to_string(process_->pid()) + "/stat", 4096);
  if (!stat) return 0;
  // Fields 14 and 15 (proc(5)); the name before them may hold spaces.
  const char* fields = stat->c_str() + stat->rfind(')') + 1;
  unsigned long user = 0;
  unsigned long system = 0;
  if (std::sscanf(fields, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) !=
      2) {
    return 0;
  }
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double Child::ResidentMib() const {
  const auto statm = os::ReadFile("/proc/" + std::to_string(process_->pid()) + "/statm", 4096);
  if (!statm) return 0;
  return static_cast<double>(std::atoll(statm->c_str() + statm->find(' ')) *
                             sysconf(_SC_PAGESIZE)) /
         (1 << 20);
}

Engine::Engine(const std::string& program, const std::string& parent,
               const std::vector<std::string>& more)
    : data_(DataDir(parent)) {
  const uint16_t port = FreePort();
  std::vector<std::string> argv{program,       "serve",  "--data",
                                data_.path(),  "--port", std::to_string(port),
                                "--log-level", "warning"};
  argv.insert(argv.end(), more.begin(), more.end());
  child_ = std::make_unique<Child>(std::move(argv), port, /*show_output=*/true);
  ready_seconds_ = child_->WaitReady("/_riposte/health");
  const auto text = os::ReadFile(data_.path() + "/root-credentials.json", 10'000);
  if (!text) Die(text.error().message);
  const auto document = json::Parse(*text);
  if (!document) Die("the credentials are not JSON");
  key_.access_key_id = document->at("AccessKeyId").as_string();
  key_.secret = document->at("SecretAccessKey").as_string();
}

std::string Engine::host() const {
  return "127.0.0.1:" + std::to_string(child_->port());
}

http::Request Engine::Signed(std::string_view service, std::string_view target,
                             std::string_view version, std::string body) const {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers.Add("Content-Type", "application/x-amz-json-" + std::string(version));
  request.headers.Add("X-Amz-Target", target);
  request.body = std::move(body);
  access::SignRequest(request, host(), key_, kRegion, service, clock_.Now());
  return request;
}

http::Request Engine::SignedQuery(
    std::string_view service, std::string_view action, std::string_view version,
    const std::vector<std::pair<std::string, std::string>>& parameters) const {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  request.body.append("Action=").append(action).append("&Version=").append(version);
  for (const auto& [name, value] : parameters) {
    request.body.append("&").append(name).append("=").append(PercentEncode(value));
  }
  access::SignRequest(request, host(), key_, kRegion, service, clock_.Now());
  return request;
}

std::string Engine::Query(std::string_view service, std::string_view action,
                          std::string_view version,
                          const std::vector<std::pair<std::string, std::string>>& parameters) {
  return Send(SignedQuery(service, action, version, parameters));
}

double Engine::Metric(std::string_view name) {
  http::Request request{.method = "GET", .target = "/metrics"};
  const std::string text = Send(request);
  const size_t at = text.find("\n" + std::string(name) + " ");
  if (at == std::string::npos) Die("no metric " + std::string(name));
  return std::atof(text.c_str() + at + name.size() + 2);
}

std::string Engine::Send(const http::Request& request) {
  http::OutgoingRequest outgoing{.method = request.method,
                                 .url = "http://" + host() + request.target,
                                 .headers = request.headers,
                                 .body = request.body,
                                 .timeout_ms = 60'000,
                                 .max_reply_bytes = 64u << 20};
  const auto response = Fetch(child_->client(), std::move(outgoing));
  if (!response) Die(request.target + ": " + response.error().message);
  if (response->status / 100 != 2) {
    Die(std::string(request.headers.Get("x-amz-target")) + " " + request.target + ": " +
        std::to_string(response->status) + " " + response->body);
  }
  return response->body;
}

json::Value Engine::Call(std::string_view service, std::string_view target,
                         std::string_view version, const json::Value& input) {
  const std::string body = Send(Signed(service, target, version, json::Serialize(input)));
  if (body.empty()) return json::Value();
  auto output = json::Parse(body);
  if (!output) Die(std::string(target) + ": the reply is not JSON");
  return *std::move(output);
}

}  // namespace riposte::bench

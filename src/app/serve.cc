#include "app/serve.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <exception>
#include <set>

#include "app/engine.h"
#include "app/provider_config.h"
#include "app/version.h"
#include "http/client.h"
#include "http/server.h"
#include "os/files.h"
#include "os/loop.h"
#include "os/system.h"
#include "store/store.h"

namespace riposte::app {
namespace {

telemetry::Log::Options LogOptions(const Config& config) {
  telemetry::Log::Options options;
  options.as_json = config.log_json;
  options.level = config.log_level == "debug"     ? telemetry::Level::kDebug
                  : config.log_level == "warning" ? telemetry::Level::kWarning
                  : config.log_level == "error"   ? telemetry::Level::kError
                                                  : telemetry::Level::kInfo;
  return options;
}

http::Response JsonReply(const json::Value& value) {
  http::Response response;
  response.headers.Set("Content-Type", "application/json");
  response.body = json::Serialize(value) + "\n";
  return response;
}

http::Response TextReply(int status, std::string text) {
  http::Response response;
  response.status = status;
  response.headers.Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = std::move(text);
  return response;
}

json::Object Health(Engine& engine) {
  json::Object services;
  for (const auto& [service, operation] : engine.registry().List()) {
    services[service] = "available";
  }
  const std::string trouble = engine.store().Trouble();
  json::Object store{{"status", trouble.empty() ? "ok" : "read-only"}};
  if (!trouble.empty()) store["error"] = trouble;
  return {{"status", trouble.empty() ? "ok" : "degraded"},
          {"version", kVersion},
          {"store", std::move(store)},
          {"services", std::move(services)}};
}

/// What is not an API call: health, metrics, reset, the certificate that signs notifications.
class Front {
 public:
  Front(Engine& engine, os::LoopExecutor& loop, bool open)
      : engine_(engine), loop_(loop), open_(open) {}

  /// From here on requests are answered; before, clients are asked to come again.
  void SetReady() { ready_ = true; }
  /// From here on only functions under way are answered: they may need that to finish.
  void SetStopping() { stopping_ = true; }
  /// Requests under way.
  [[nodiscard]] int64_t calls() const { return *calls_; }

  void Handle(http::Request request, http::Responder responder) {
    if (!ready_) return responder.Send(TextReply(503, "The engine is starting.\n"));
    const std::string_view path = request.path();
    if (path.starts_with("/_riposte/") || path == "/metrics" || path == "/healthz" ||
        path == "/_localstack/health") {
      return responder.Send(Own(request.method, path));
    }
    if (stopping_ && !IsOfAFunction(request)) {
      http::Response response = TextReply(503, "The engine is stopping.\n");
      response.headers.Set("Retry-After", "30");
      response.headers.Set("Connection", "close");
      return responder.Send(std::move(response));
    }
    engine_.pipeline().Handle(std::move(request), http::Responder(std::make_shared<Counted>(
                                                      calls_, std::move(responder))));
  }

 private:
  http::Response Own(std::string_view method, std::string_view path) {
    if (path == "/_riposte/health" || path == "/_localstack/health") {
      return JsonReply(Health(engine_));
    }
    if (path == "/healthz") {
      // For supervisors that start again what fails: only where that helps. A full disk does not.
      if (engine_.store().failed()) return TextReply(503, engine_.store().Trouble() + "\n");
      return TextReply(200, "ok\n");
    }
    if (path == "/metrics") {
      engine_.metrics()
          .GetGauge("riposte_resident_memory_bytes", "Resident memory of the engine.")
          .Set(os::ResidentBytes());
      const delivery::Dispatcher::Owed owed = engine_.dispatcher().owed();
      engine_.metrics().GetGauge("riposte_deliveries_owed", "Deliveries owed.").Set(owed.works);
      engine_.metrics()
          .GetGauge("riposte_deliveries_owed_bytes", "Data of the deliveries owed.")
          .Set(owed.bytes);
      engine_.metrics()
          .GetGauge("riposte_deliveries_in_flight", "Deliveries under way.")
          .Set(owed.in_flight);
      return TextReply(200, engine_.metrics().Exposition());
    }
    if (path == "/_riposte/sns/cert.pem") return TextReply(200, engine_.MessageCertificate());
    if (path == "/_riposte/reset") {
      if (!open_) return TextReply(403, "Only an engine that serves with --open can be reset.\n");
      if (method != "POST") return TextReply(405, "POST empties the state.\n");
      loop_.RunAndWait([this] { engine_.Reset(); });
      return JsonReply(json::Object{{"status", "reset"}});
    }
    return TextReply(404, "There is nothing at this path.\n");
  }

  using Count = std::shared_ptr<std::atomic<int64_t>>;
  /// Counts a request until it has been answered.
  class Counted final : public http::Responder::Channel {
   public:
    Counted(Count count, http::Responder responder)
        : count_(std::move(count)), responder_(std::move(responder)) {
      ++*count_;
    }
    ~Counted() override { --*count_; }
    void Send(http::Response response) override { responder_.Send(std::move(response)); }
    [[nodiscard]] bool IsOpen() const override { return responder_.IsOpen(); }

   private:
    Count count_;
    http::Responder responder_;
  };

  /// Functions' SDKs send on the trace that they were started with.
  static bool IsOfAFunction(const http::Request& request) {
    return ParseTrace(request.headers.Get("X-Amzn-Trace-Id")).hops > 0;
  }

  Engine& engine_;
  os::LoopExecutor& loop_;
  bool open_;
  std::atomic<bool> ready_ = false;
  std::atomic<bool> stopping_ = false;
  Count calls_ = std::make_shared<std::atomic<int64_t>>(0);
};

/// For clients: the root key pair, as JSON and as an AWS shared credentials file.
Status WriteCredentials(const Config& config, const access::AccessKey& key) {
  if (config.data_dir.empty()) return {};
  const json::Object document{{"AccessKeyId", key.id},
                              {"SecretAccessKey", key.secret},
                              {"Account", config.account.str()},
                              {"Region", config.region.str()}};
  if (Status written = os::WriteFileAtomically(config.data_dir + "/root-credentials.json",
                                               json::SerializePretty(document) + "\n");
      !written) {
    return written;
  }
  return os::WriteFileAtomically(
      config.data_dir + "/credentials",
      fmt::format("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", key.id,
                  key.secret));
}

/// What is under way may finish within this; then it is parked: still owed, tried again after the
/// next start.
constexpr Millis kDrainFor = std::chrono::seconds(30);
constexpr Millis kDrainStep{50};
constexpr Millis kTellEvery = std::chrono::seconds(3);

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

void WaitForSignal(const telemetry::Log& log) {
  const sigset_t signals = StopSignals();
  int number = 0;
  sigwait(&signals, &number);
  log.Info("stopping", {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
}

/// Waits until nothing is under way, or the time is over. A second signal ends the process here:
/// all that matters has been committed.
void Drain(const Engine& engine, const Front& front, const telemetry::Log& log) {
  const sigset_t signals = StopSignals();
  timespec step{0, std::chrono::nanoseconds(kDrainStep).count()};
  for (Millis waited{0};; waited += kDrainStep) {
    const int deliveries = engine.UnderWay();
    const int64_t calls = front.calls();
    if (deliveries == 0 && calls == 0) return;
    if (waited >= kDrainFor) {
      log.Warning("parked what is under way", {{"deliveries", deliveries}, {"calls", calls}});
      return;
    }
    if (waited % kTellEvery == Millis(0)) {
      log.Info("draining", {{"deliveries", deliveries}, {"calls", calls}});
    }
    if (sigtimedwait(&signals, nullptr, &step) > 0) {
      log.Warning("stopping at once", {{"deliveries", deliveries}, {"calls", calls}});
      _exit(1);
    }
  }
}

int Refuse(const std::string& why) {
  fmt::print(stderr, "riposte: {}\n", why);
  return 1;
}

/// Nothing of the loop runs while the engine is taken apart.
struct StopFirst {
  os::LoopExecutor& loop;
  ~StopFirst() { loop.Stop(); }
};

/// Throws what the store throws when the disk fails while everything is built and loaded.
int Run(const Config& config, const telemetry::Log& log) {
  os::SystemClock clock;
  os::SystemRandom random;
  os::LoopExecutor loop(clock, &log);
  http::CurlClientOptions http_options;
  http_options.allowed_private = config.allowed_private;
  http_options.ca_file = config.ca_file;
  const auto http = http::MakeCurlClient(http_options);
  if (!http) return Refuse(http.error().message);

  // What reaches providers may go where the operator sends it, and webhooks may not.
  for (std::string& host : ProviderHosts(config)) {
    http_options.allowed_private.push_back(std::move(host));
  }
  auto provider_http = http::MakeCurlClient(http_options);
  if (!provider_http) return Refuse(provider_http.error().message);

  auto engine =
      Engine::Create(config, World{clock, random, loop, **http, log, provider_http->get()});
  if (!engine) return Refuse(engine.error().message);
  const StopFirst before_engine{loop};
  Front front(**engine, loop, config.open);

  http::Server::Options options;
  options.address = config.address == "localhost" ? "127.0.0.1" : config.address;
  options.port = static_cast<uint16_t>(config.port);
  options.threads = config.threads;
  options.clock = &clock;
  options.log = &log;
  auto server =
      http::Server::Start(options, [&front](http::Request request, http::Responder responder) {
        front.Handle(std::move(request), std::move(responder));
      });
  if (!server) return Refuse(server.error().message);
  const std::string endpoint = fmt::format("http://{}:{}", options.address, (*server)->port());
  (*engine)->SetEndpoint(endpoint, [&server](const std::string& socket_path) {
    return (*server)->Listen(socket_path, "127.0.0.1");
  });
  const access::AccessKey root = (*engine)->directory().EnsureRootKey(config.account);
  if (const Status written = WriteCredentials(config, root); !written) {
    return Refuse(written.error().message);
  }
  std::exception_ptr failure;
  loop.RunAndWait([&] {
    try {
      (*engine)->Start();
      // Before the loop comes to what was owed: functions that run again need to be answered.
      front.SetReady();
    } catch (...) {
      failure = std::current_exception();
    }
  });
  if (failure) std::rethrow_exception(failure);
  log.Info("serving", {{"endpoint", endpoint},
                       {"account", config.account.str()},
                       {"region", config.region.str()},
                       {"data", config.data_dir.empty() ? "in memory" : config.data_dir},
                       {"authentication", config.open ? "off (--open)" : "on"}});
  if (config.unsafe_no_sync) {
    log.Warning("--unsafe-no-sync: a power cut loses what was acknowledged; for tests only");
  }
  log.Info("Ready.");
  WaitForSignal(log);
  front.SetStopping();
  loop.RunAndWait([&] { (*engine)->Drain(); });
  Drain(**engine, front, log);
  (*server)->Stop();
  loop.RunAndWait([&] { (*engine)->Stop(); });
  loop.Stop();
  provider_http->reset();  // What it still owes is answered while there is somebody to hear it.
  engine->reset();
  log.Info("stopped");
  return 0;
}

}  // namespace

int Serve(const Config& config) {
  if (const Status fits = CheckConfig(config); !fits) return Refuse(fits.error().message);
  if (!config.data_dir.empty()) {
    if (const Status made = os::MakePrivateFolder(config.data_dir); !made) {
      return Refuse(made.error().message);
    }
  }
  // Before any thread is made, so that all of them leave these to WaitForSignal.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const telemetry::Log log(LogOptions(config));
  try {
    return Run(config, log);
  } catch (const store::Failure& failure) {
    return Refuse("cannot start: " + std::string(failure.what()));
  }
}

}  // namespace riposte::app

// The whole engine, built and joined. The one composition root is wiring.cc.
//
// The outside (clock, chance, loop, network, processes) comes in through World, so the same engine
// serves real clients and runs under a virtual clock in tests (app/testing/harness.h).
// Thread safety: Create, Start, Stop and Reset from one thread; pipeline() from any.
#pragma once

#include <functional>
#include <memory>

#include "access/directory.h"
#include "api/pipeline.h"
#include "app/config.h"
#include "delivery/delivery.h"
#include "functions/runner.h"
#include "functions/script_runner.h"
#include "http/client.h"
#include "store/store.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"
#include "wire/catalog.h"

namespace riposte::app {

/// What the engine stands on; all of it outlives the engine.
struct World {
  const Clock& clock;
  Random& random;
  Executor& loop;
  http::Client& http;
  const telemetry::Log& log;
  /// For calls to providers; null: `http`. May reach addresses that webhooks may not.
  http::Client* provider_http = nullptr;
  bool threaded = true;  ///< false: the store commits on the caller's thread (tests).
  /// Run code instead of real processes, when set (tests).
  functions::Runner* runner = nullptr;
  functions::ScriptRunner* scripts = nullptr;
  /// Built once for many engines, when set (tests).
  const wire::Catalog* catalog = nullptr;
  /// A registered SQLite VFS; "" is the system's (tests).
  std::string store_vfs = {};
};

class Engine {
 public:
  /// Opens the store and builds every part; nothing runs yet. Errors: what the store says.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> Create(const Config& config,
                                                              const World& world);
  ~Engine();  ///< Stop().

  using ServeAt = std::function<Status(const std::string& socket_path)>;
  /// Where the engine can be reached by functions and in replies; before Start(). `serve_at` has
  /// its API served at a Unix socket as well, for those that have no network.
  void SetEndpoint(const std::string& endpoint, ServeAt serve_at = nullptr);
  void Start();
  /// Begins nothing more that is owed; what is under way may finish. On the loop.
  void Drain();
  /// Deliveries under way. Any thread.
  [[nodiscard]] int UnderWay() const;
  void Stop();
  /// POST /_riposte/reset: forgets everything but the root key. Blocking.
  void Reset();

  [[nodiscard]] api::Pipeline& pipeline();
  [[nodiscard]] const api::Registry& registry() const;
  [[nodiscard]] const wire::Catalog& catalog() const;
  [[nodiscard]] access::Directory& directory();
  [[nodiscard]] store::Store& store();
  [[nodiscard]] delivery::Dispatcher& dispatcher();
  [[nodiscard]] telemetry::Registry& metrics();
  /// PEM: what subscribers check the signatures of notifications with. Any thread but the store's.
  [[nodiscard]] std::string MessageCertificate();

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::app

#include "functions/host.h"

#include <charconv>
#include <mutex>

#include "functions/package_folder.h"
#include "os/files.h"
#include "os/loop.h"
#include "os/process.h"
#include "os/run_mark.h"

namespace riposte::functions {
namespace {

/// A Unix socket's path has room for 107 bytes.
constexpr size_t kMaxFolderBytes = 90;

/// Forwards while there is something to forward to.
class LateRunner final : public Runner {
 public:
  void Set(std::shared_ptr<Runner> target) {
    const std::lock_guard lock(mutex_);
    target_ = std::move(target);
  }
  void Invoke(Invocation invocation, InvokeCompletion completion) override {
    if (const auto target = Get()) {
      return target->Invoke(std::move(invocation), std::move(completion));
    }
    completion(Fail(Code::kUnavailable, "The function runner is not running."));
  }
  void Retire(const std::string& function_arn) override {
    if (const auto target = Get()) target->Retire(function_arn);
  }
  void Reset() override {
    if (const auto target = Get()) target->Reset();
  }

 private:
  std::shared_ptr<Runner> Get() {
    const std::lock_guard lock(mutex_);
    return target_;
  }
  std::mutex mutex_;
  std::shared_ptr<Runner> target_;
};

class LateScripts final : public ScriptRunner {
 public:
  void Set(std::shared_ptr<ScriptRunner> target) {
    const std::lock_guard lock(mutex_);
    target_ = std::move(target);
  }
  void Run(ScriptJob job, Completion completion) override {
    if (const auto target = Get()) return target->Run(std::move(job), std::move(completion));
    completion({.failure = "The script runner is not running.", .failure_type = "Unavailable"});
  }
  void Reset() override {
    if (const auto target = Get()) target->Reset();
  }

 private:
  std::shared_ptr<ScriptRunner> Get() {
    const std::lock_guard lock(mutex_);
    return target_;
  }
  std::mutex mutex_;
  std::shared_ptr<ScriptRunner> target_;
};

Credentials ToCredentials(const access::AccessKey& key) {
  return {key.id, key.secret, key.session_token, key.expires};
}

}  // namespace

struct Host::Impl {
  Impl(Options o, const Parts& p) : options(std::move(o)), parts(p) {}

  Status Start(const std::string& endpoint, const ServeAt& serve_at);
  void Stop();
  [[nodiscard]] Status MakeFolder();
  /// What processes need to reach the engine.
  [[nodiscard]] Result<OsLauncherOptions> LauncherOptions(const std::string& endpoint,
                                                          const ServeAt& serve_at) const;
  [[nodiscard]] PoolRunner::Parts PoolParts();
  [[nodiscard]] ScriptRunnerParts ScriptParts();

  Options options;
  Parts parts;
  LateRunner runner;
  LateScripts scripts;
  std::optional<os::TempDir> temporary;
  std::string folder;
  std::unique_ptr<os::ProcessRunner> processes;
  std::unique_ptr<os::LoopExecutor> background;
  std::unique_ptr<RuntimeServer> server;
  std::unique_ptr<Launcher> launcher;
  std::unique_ptr<PackageFolder> packages;
};

Status Host::Impl::MakeFolder() {
  folder = options.folder;
  if (folder.empty() || folder.size() > kMaxFolderBytes) {
    auto made = os::TempDir::Make("", "riposte-run-");
    if (!made) return std::unexpected(made.error());
    temporary.emplace(std::move(*made));
    folder = temporary->path();
  }
  return os::MakePrivateFolder(folder);
}

PoolRunner::Parts Host::Impl::PoolParts() {
  return {
      *launcher,
      *server,
      parts.loop,
      *background,
      parts.clock,
      parts.random,
      parts.logs,
      parts.metrics,
      parts.log,
      [this](const FunctionSpec& spec) -> Result<Credentials> {
        const auto role =
            parts.directory.AssumeForService(spec.role_arn, "lambda.amazonaws.com", spec.name);
        if (!role) {
          return Fail(Code::kPermissionDenied, role.error().message, role.error().detail);
        }
        return ToCredentials(parts.directory.IssueTemporaryKey(*role, options.credential_lifetime));
      },
      [this](const std::string& sha256) { return packages->Directory(sha256); }};
}

ScriptRunnerParts Host::Impl::ScriptParts() {
  return {*launcher,
          *server,
          parts.loop,
          *background,
          parts.clock,
          parts.random,
          parts.log,
          [this](const access::Principal& principal, Millis lifetime) -> Result<Credentials> {
            return ToCredentials(parts.directory.IssueTemporaryKey(principal, lifetime));
          },
          [this] { return packages->Empty(); }};
}

Result<OsLauncherOptions> Host::Impl::LauncherOptions(const std::string& endpoint,
                                                      const ServeAt& serve_at) const {
  OsLauncherOptions out = options.launcher;
  out.folder = folder + "/launcher";
  if (!serve_at) return out;
  const std::string socket = folder + "/engine.sock";
  if (const Status served = serve_at(socket); !served) return std::unexpected(served.error());
  out.engine_socket = socket;
  out.engine_endpoint = endpoint;
  const size_t colon = endpoint.rfind(':');
  std::from_chars(endpoint.data() + colon + 1, endpoint.data() + endpoint.size(), out.engine_port);
  return out;
}

Status Host::Impl::Start(const std::string& endpoint, const ServeAt& serve_at) {
  if (const Status made = MakeFolder(); !made) return made;
  // The mark stays where the next run looks, also when the socket's path had to be a shorter one.
  const std::string& home = options.folder.empty() ? folder : options.folder;
  if (const Status made = os::MakePrivateFolder(home); !made) return made;
  const auto mark = os::RunMark::Begin(home, parts.random);
  if (!mark) return std::unexpected(mark.error());
  if (mark->ended() > 0) {
    parts.log.Warning("ended processes that the engine before left behind",
                      {{"processes", std::to_string(mark->ended())}});
  }
  processes = os::MakeProcessRunner(mark->value());
  background = std::make_unique<os::LoopExecutor>(parts.clock);
  server = std::make_unique<RuntimeServer>(parts.random);
  if (const Status listening = server->Listen(folder + "/runtime.sock"); !listening) {
    return listening;
  }
  const auto launcher_options = LauncherOptions(endpoint, serve_at);
  if (!launcher_options) return std::unexpected(launcher_options.error());
  auto made = MakeOsLauncher(*launcher_options, *processes, parts.log);
  if (!made) return std::unexpected(made.error());
  launcher = std::move(*made);
  packages = std::make_unique<PackageFolder>(
      folder + "/packages", PackageLimits(),
      [this](const std::string& sha256) { return parts.catalog.LoadPackage(sha256); });
  if (const Status started = packages->Start(); !started) return started;
  options.pools.endpoint = endpoint;
  options.scripts.endpoint = endpoint;
  runner.Set(std::make_shared<PoolRunner>(options.pools, PoolParts()));
  scripts.Set(MakeScriptRunner(options.scripts, ScriptParts()));
  return {};
}

void Host::Impl::Stop() {
  scripts.Reset();
  runner.Reset();
  // Starts under way end with their thread, before what they use goes.
  if (background) background->Stop();
  scripts.Set(nullptr);
  runner.Set(nullptr);
  if (server) server->Stop();
  processes.reset();
  launcher.reset();
  packages.reset();
  server.reset();
  background.reset();
  if (!folder.empty()) os::RemoveTree(folder);
  folder.clear();
  temporary.reset();
}

Host::Host(Options options, const Parts& parts)
    : impl_(std::make_unique<Impl>(std::move(options), parts)) {}

Host::~Host() {
  impl_->Stop();
}

Status Host::Start(const std::string& endpoint, const ServeAt& serve_at) {
  Status started = impl_->Start(endpoint, serve_at);
  if (!started) impl_->Stop();
  return started;
}
void Host::Stop() {
  impl_->Stop();
}
void Host::Reset() {
  impl_->scripts.Reset();
  impl_->runner.Reset();
}
Runner& Host::runner() {
  return impl_->runner;
}
ScriptRunner& Host::scripts() {
  return impl_->scripts;
}

}  // namespace riposte::functions

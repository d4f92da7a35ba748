#include "functions/os_launcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "functions/embedded_runtimes.h"
#include "functions/powershell.h"
#include "functions/spec.h"
#include "os/files.h"
#include "os/run_mark.h"
#include "os/staged_tree.h"

namespace riposte::functions {
namespace {

constexpr int64_t kMegabyte = 1 << 20;
/// Address space beyond the function's memory: interpreter, libraries, threads' stacks.
constexpr int64_t kHeadroomMegabytes = 512;
constexpr char kSocketVariable[] = "RIPOSTE_RUNTIME_SOCKET";
constexpr char kSocketInSandbox[] = "/run/riposte-runtime.sock";
constexpr char kTaskInSandbox[] = "/var/task";
constexpr char kRuntimeInSandbox[] = "/var/runtime";
constexpr char kPowerShellInSandbox[] = "/var/powershell";
constexpr char kPowerShellVariable[] = "RIPOSTE_POWERSHELL";

/// What of /etc programs need to run; none of it is secret.
constexpr const char* kVisibleEtc[] = {
    "/etc/alternatives",  "/etc/ca-certificates", "/etc/hosts",
    "/etc/ld.so.cache",   "/etc/localtime",       "/etc/mime.types",
    "/etc/nsswitch.conf", "/etc/resolv.conf",     "/etc/services",
    "/etc/ssl",
};

class OsProcess final : public Process {
 public:
  explicit OsProcess(std::shared_ptr<os::Process> process) : process_(std::move(process)) {}
  void Kill() override { process_->Kill(); }

 private:
  std::shared_ptr<os::Process> process_;
};

class OsLauncher final : public Launcher {
 public:
  OsLauncher(OsLauncherOptions options, os::ProcessRunner& processes)
      : options_(std::move(options)), processes_(processes) {}

  Status WriteBootstraps();
  /// Starts a process in the sandbox; whether it ended as it should is known a moment later, and
  /// the first function waits for it. A start of the engine does not.
  void ProbeSandbox(const telemetry::Log& log);
  [[nodiscard]] bool sandboxed() const { return probe_.valid() && probe_.get(); }

  Result<std::shared_ptr<Process>> Start(Launch launch) override;
  std::string TaskRoot(const std::string& task_root) const override {
    return sandboxed() ? kTaskInSandbox : task_root;
  }

 private:
  [[nodiscard]] std::vector<std::string> SandboxArguments(int64_t tmp_bytes) const;
  [[nodiscard]] Result<std::vector<std::string>> Interpreter(const Launch& launch) const;

  OsLauncherOptions options_;
  os::ProcessRunner& processes_;
  std::string runtime_folder_;
  std::shared_future<bool> probe_;  ///< Not valid: no sandbox is wanted.
};

Status OsLauncher::WriteBootstraps() {
  os::RemoveTree(options_.folder);
  if (Status made = os::MakePrivateFolder(options_.folder); !made) return made;
  runtime_folder_ = options_.folder + "/runtime";
  auto tree = os::StagedTree::Begin(runtime_folder_);
  if (!tree) return std::unexpected(tree.error());
  for (const EmbeddedRuntime& runtime : EmbeddedRuntimes()) {
    if (Status added = tree->AddFile(runtime.name, runtime.text, false); !added) return added;
  }
  return tree->Publish();
}

std::vector<std::string> OsLauncher::SandboxArguments(int64_t tmp_bytes) const {
  std::vector<std::string> out = {options_.bubblewrap,
                                  "--unshare-user",
                                  "--uid",
                                  "993",
                                  "--gid",
                                  "990",
                                  "--unshare-pid",
                                  "--unshare-ipc",
                                  "--unshare-uts",
                                  "--hostname",
                                  "function",
                                  "--die-with-parent",
                                  "--unsetenv",
                                  os::RunMark::kVariable,
                                  "--cap-drop",
                                  "ALL",
                                  "--ro-bind",
                                  "/usr",
                                  "/usr"};
  const auto see = [&out](const std::string& path) {
    out.insert(out.end(), {"--ro-bind-try", path, path});
  };
  for (const char* path : {"/bin", "/sbin", "/lib", "/lib32", "/lib64"}) see(path);
  for (const char* path : kVisibleEtc) see(path);
  for (const std::string& path : options_.visible) see(path);
  out.insert(out.end(), {"--proc", "/proc", "--dev", "/dev", "--size", std::to_string(tmp_bytes),
                         "--tmpfs", "/tmp"});
  return out;
}

void OsLauncher::ProbeSandbox(const telemetry::Log& log) {
  auto works = std::make_shared<std::promise<bool>>();
  probe_ = works->get_future().share();
  const auto tell = [&log, works, program = options_.bubblewrap](bool ok) {
    if (!ok) {
      log.Warning("functions run without a sandbox: they can read what the engine's user can",
                  {{"bubblewrap", program}});
    }
    works->set_value(ok);
  };
  os::ProcessSpec spec;
  spec.argv = SandboxArguments(kMegabyte);
  spec.argv.insert(spec.argv.end(), {"--", "/bin/true"});
  spec.limits.cpu_seconds = 5;
  spec.on_exit = [tell](const os::ProcessExit& exit) {
    tell(exit.signal == 0 && exit.status == 0);
  };
  if (const auto process = processes_.Start(std::move(spec)); !process) tell(false);
}

Result<std::vector<std::string>> OsLauncher::Interpreter(const Launch& launch) const {
  const std::string folder = sandboxed() ? kRuntimeInSandbox : runtime_folder_;
  // A PowerShell script is a child of the Python bootstrap, which speaks to the engine for it.
  if (IsPython(launch.runtime) || IsPowerShell(launch.runtime)) {
    // No user site, no byte code beside the package: both lie in folders that are read-only here.
    return std::vector<std::string>{options_.python, "-s", "-B", folder + "/bootstrap.py"};
  }
  if (IsNode(launch.runtime)) {
    return std::vector<std::string>{options_.node,
                                    "--max-old-space-size=" + std::to_string(launch.memory_mb),
                                    folder + "/bootstrap.mjs"};
  }
  return Fail(Code::kInvalidArgument, "Runtime " + launch.runtime + " is not available here.");
}

Result<std::shared_ptr<Process>> OsLauncher::Start(Launch launch) {
  auto interpreter = Interpreter(launch);
  if (!interpreter) return std::unexpected(interpreter.error());
  os::ProcessSpec spec;
  std::vector<std::string> powershell_folder;
  if (IsPowerShell(launch.runtime)) {
    const auto program = os::FindProgram(options_.powershell);
    if (!program) {
      return Fail(Code::kInvalidArgument,
                  "Runtime " + launch.runtime + " is not available here: there is no pwsh.");
    }
    const size_t slash = program->rfind('/');
    powershell_folder = {"--ro-bind", program->substr(0, std::max<size_t>(slash, 1)),
                         kPowerShellInSandbox};
    launch.variables[kPowerShellVariable] =
        sandboxed() ? kPowerShellInSandbox + program->substr(slash) : *program;
    // .NET reserves address space far beyond what it uses; this bounds what it uses.
    launch.variables["DOTNET_GCHeapHardLimit"] =
        fmt::format("0x{:x}", launch.memory_mb * kMegabyte);
  }
  if (sandboxed()) {
    const std::string socket = launch.variables[kSocketVariable];
    launch.variables[kSocketVariable] = kSocketInSandbox;
    launch.variables["AWS_LAMBDA_RUNTIME_API"] = std::string("unix:") + kSocketInSandbox;
    spec.argv = SandboxArguments(launch.ephemeral_storage_mb * kMegabyte);
    spec.argv.insert(spec.argv.end(), powershell_folder.begin(), powershell_folder.end());
    spec.argv.insert(spec.argv.end(), {"--ro-bind", launch.task_root, kTaskInSandbox, "--ro-bind",
                                       runtime_folder_, kRuntimeInSandbox, "--ro-bind", socket,
                                       kSocketInSandbox, "--chdir", kTaskInSandbox, "--"});
  } else {
    spec.directory = launch.task_root;
    launch.variables["LAMBDA_RUNTIME_DIR"] = runtime_folder_;
  }
  spec.argv.insert(spec.argv.end(), interpreter->begin(), interpreter->end());
  spec.environment.assign(launch.variables.begin(), launch.variables.end());
  // Node reserves address space far beyond what it uses; its own flag bounds it.
  if (IsPython(launch.runtime)) {
    spec.limits.address_space_bytes = (launch.memory_mb + kHeadroomMegabytes) * kMegabyte;
  }
  if (launch.cpu_seconds > 0) spec.limits.cpu_seconds = launch.cpu_seconds;
  spec.limits.open_files = options_.open_files;
  spec.limits.processes = options_.processes;
  spec.limits.file_bytes = launch.ephemeral_storage_mb * kMegabyte;
  spec.on_output = [on_output = std::move(launch.on_output)](
                       os::ProcessSpec::Stream, std::string_view bytes) { on_output(bytes); };
  spec.on_exit = [on_exit = std::move(launch.on_exit),
                  sandboxed = sandboxed()](const os::ProcessExit& exit) {
    // The sandbox reports a signal of its child as a shell does.
    if (sandboxed && exit.signal == 0 && exit.status > 128) {
      return on_exit({.status = 0, .signal = exit.status - 128});
    }
    on_exit({.status = exit.status, .signal = exit.signal});
  };
  auto process = processes_.Start(std::move(spec));
  if (!process) return std::unexpected(process.error());
  return std::make_shared<OsProcess>(std::move(*process));
}

}  // namespace

Result<std::unique_ptr<Launcher>> MakeOsLauncher(const OsLauncherOptions& options,
                                                 os::ProcessRunner& processes,
                                                 const telemetry::Log& log) {
  auto launcher = std::make_unique<OsLauncher>(options, processes);
  if (const Status written = launcher->WriteBootstraps(); !written) {
    return std::unexpected(written.error());
  }
  if (options.sandbox == OsLauncherOptions::Sandbox::kOff) return launcher;
  launcher->ProbeSandbox(log);
  if (options.sandbox == OsLauncherOptions::Sandbox::kRequired && !launcher->sandboxed()) {
    return Fail(Code::kUnavailable, "The sandbox does not work: " + options.bubblewrap);
  }
  return launcher;
}

}  // namespace riposte::functions

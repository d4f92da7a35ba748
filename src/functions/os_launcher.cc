#include "functions/os_launcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "base/wildcard.h"
#include "functions/embedded_runtimes.h"
#include "functions/powershell.h"
#include "functions/spec.h"
#include "os/files.h"
#include "os/run_mark.h"
#include "os/staged_tree.h"
#include "os/syscall_filter.h"

namespace riposte::functions {
namespace {

constexpr int64_t kMegabyte = 1 << 20;
/// Address space beyond the function's memory: interpreter, libraries, threads' stacks.
constexpr int64_t kHeadroomMegabytes = 512;
constexpr char kSocketVariable[] = "RIPOSTE_RUNTIME_SOCKET";
constexpr char kSocketInSandbox[] = "/run/riposte-runtime.sock";
constexpr char kEngineInSandbox[] = "/run/riposte-engine.sock";
constexpr char kTaskInSandbox[] = "/var/task";
constexpr char kRuntimeInSandbox[] = "/var/runtime";
constexpr char kPowerShellInSandbox[] = "/var/powershell";
constexpr char kPowerShellVariable[] = "RIPOSTE_POWERSHELL";

/// What of /etc programs need to run; none of it is secret.
constexpr const char* kVisibleEtc[] = {
    "/etc/alternatives", "/etc/ca-certificates", "/etc/ld.so.cache", "/etc/localtime",
    "/etc/mime.types",   "/etc/nsswitch.conf",   "/etc/services",    "/etc/ssl",
};
constexpr const char* kSystemFolders[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"};
// Of the runtime folder:
constexpr char kInit[] = "/sandbox_init";
constexpr char kFilter[] = "/syscalls.bpf";
constexpr char kHosts[] = "/hosts";

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
  using Arguments = std::vector<std::string>;
  [[nodiscard]] Arguments SandboxArguments(int64_t tmp_bytes, bool open_network) const;
  /// What the process does before it becomes the interpreter; behind it goes the interpreter.
  [[nodiscard]] Arguments InitArguments(const Launch& launch, bool open_network) const;
  [[nodiscard]] bool HasOpenNetwork(const std::string& name) const;
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
  if (Status added = tree->AddFile(kInit + 1, EmbeddedSandbox(), true); !added) return added;
  const auto filter = os::MakeSyscallFilter();
  if (!filter) return std::unexpected(filter.error());
  if (Status added = tree->AddFile(kFilter + 1, *filter, false); !added) return added;
  std::string hosts = "127.0.0.1 localhost function\n";
  for (const std::string& name : options_.engine_names) hosts += "127.0.0.1 " + name + "\n";
  if (Status added = tree->AddFile(kHosts + 1, hosts, false); !added) return added;
  return tree->Publish();
}

bool OsLauncher::HasOpenNetwork(const std::string& name) const {
  return std::ranges::any_of(options_.open_network, [&](const std::string& pattern) {
    return MatchRuns<char>(
        pattern, name, [](char unit) { return unit == '*'; },
        [](char unit, char c) { return unit == '?' || unit == c; });
  });
}

std::vector<std::string> OsLauncher::SandboxArguments(int64_t tmp_bytes, bool open_network) const {
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
                                  "ALL"};
  const auto see = [&out](const std::string& path) {
    out.insert(out.end(), {"--ro-bind-try", path, path});
  };
  for (const char* path : kSystemFolders) see(path);
  for (const char* path : kVisibleEtc) see(path);
  if (open_network) {
    see("/etc/hosts");
    see("/etc/resolv.conf");
  } else {
    out.insert(out.end(), {"--unshare-net", "--ro-bind", runtime_folder_ + kHosts, "/etc/hosts"});
  }
  for (const std::string& path : options_.visible) see(path);
  out.insert(out.end(), {"--proc", "/proc", "--dev", "/dev", "--size", std::to_string(tmp_bytes),
                         "--tmpfs", "/tmp", "--ro-bind", runtime_folder_, kRuntimeInSandbox});
  return out;
}

std::vector<std::string> OsLauncher::InitArguments(const Launch& launch, bool open_network) const {
  const std::string folder = sandboxed() ? kRuntimeInSandbox : runtime_folder_;
  const bool reaches_engine = !open_network && !options_.engine_socket.empty();
  Arguments out{folder + kInit, "--filter", folder + kFilter, "--write", "/tmp", "--write", "/dev"};
  const auto read = [&out](const std::string& path) { out.insert(out.end(), {"--read", path}); };
  if (sandboxed()) {
    read("/");
    if (reaches_engine) {
      out.insert(out.end(), {"--relay", std::to_string(options_.engine_port), kEngineInSandbox});
    }
  } else {
    for (const char* path : kSystemFolders) read(path);
    for (const char* path : {"/etc", "/opt", "/proc", "/sys/devices/system/cpu"}) read(path);
    for (const std::string& path : options_.visible) read(path);
    read(launch.task_root);
    read(runtime_folder_);
    if (!open_network) {
      out.insert(out.end(), {"--connect", std::to_string(options_.engine_port)});
    }
  }
  out.push_back("--");
  return out;
}

void OsLauncher::ProbeSandbox(const telemetry::Log& log) {
  auto works = std::make_shared<std::promise<bool>>();
  probe_ = works->get_future().share();
  const auto tell = [&log, works, program = options_.bubblewrap](bool ok) {
    if (!ok) {
      log.Warning(
          "functions run without namespaces: only Landlock, where the kernel has it, a filter of "
          "system calls and limits hold them",
          {{"bubblewrap", program}});
    }
    works->set_value(ok);
  };
  os::ProcessSpec spec;
  spec.argv = SandboxArguments(kMegabyte, /*open_network=*/false);
  spec.argv.insert(spec.argv.end(),
                   {"--", std::string(kRuntimeInSandbox) + kInit, "--filter",
                    std::string(kRuntimeInSandbox) + kFilter, "--read", "/", "--", "/bin/true"});
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
  const bool open_network = HasOpenNetwork(launch.name);
  Arguments init = InitArguments(launch, open_network);
  std::vector<std::string> powershell_folder;
  if (IsPowerShell(launch.runtime)) {
    const auto program = os::FindProgram(options_.powershell);
    if (!program) {
      return Fail(Code::kInvalidArgument,
                  "Runtime " + launch.runtime + " is not available here: there is no pwsh.");
    }
    const size_t slash = program->rfind('/');
    const std::string folder = program->substr(0, std::max<size_t>(slash, 1));
    powershell_folder = {"--ro-bind", folder, kPowerShellInSandbox};
    if (!sandboxed()) init.insert(init.begin() + 1, {"--read", folder});
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
    spec.argv = SandboxArguments(launch.ephemeral_storage_mb * kMegabyte, open_network);
    if (!open_network && !options_.engine_socket.empty()) {
      if (std::string& endpoint = launch.variables["AWS_ENDPOINT_URL"];
          endpoint == options_.engine_endpoint) {
        endpoint = fmt::format("http://127.0.0.1:{}", options_.engine_port);
      }
      spec.argv.insert(spec.argv.end(), {"--ro-bind", options_.engine_socket, kEngineInSandbox});
    }
    spec.argv.insert(spec.argv.end(), powershell_folder.begin(), powershell_folder.end());
    spec.argv.insert(spec.argv.end(), {"--ro-bind", launch.task_root, kTaskInSandbox, "--ro-bind",
                                       socket, kSocketInSandbox, "--chdir", kTaskInSandbox, "--"});
  } else {
    spec.directory = launch.task_root;
    launch.variables["LAMBDA_RUNTIME_DIR"] = runtime_folder_;
  }
  if (options_.sandbox != OsLauncherOptions::Sandbox::kOff) {
    spec.argv.insert(spec.argv.end(), init.begin(), init.end());
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
  OsLauncherOptions with_prefixes = options;
  for (const std::string& program : {options.python, options.node}) {
    const size_t folder = program.rfind('/', program.rfind('/') - 1);
    if (program.starts_with("/usr/") || folder == 0 || folder == std::string::npos) continue;
    with_prefixes.visible.push_back(program.substr(0, folder));
  }
  auto launcher = std::make_unique<OsLauncher>(std::move(with_prefixes), processes);
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

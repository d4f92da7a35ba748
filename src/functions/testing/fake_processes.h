// Processes without an operating system: a test plays the part of the bootstrap.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/sinks.h"
#include "functions/launcher.h"
#include "functions/runtime_server.h"

namespace riposte::functions::testing {

/// One request to the runtime API and what came back, if anything has.
struct RuntimeReply final : http::Responder::Channel {
  std::optional<http::Response> response;
  void Send(http::Response sent) override { response = std::move(sent); }
  [[nodiscard]] bool IsOpen() const override { return true; }
};

class FakeProcess final : public Process {
 public:
  FakeProcess(Launch launched, RuntimeServer& runtime)
      : launch(std::move(launched)), runtime_(runtime) {}
  void Kill() override { killed = true; }

  /// GET next. The reply is filled once there is an invocation.
  std::shared_ptr<RuntimeReply> Next() { return Request("GET", "invocation/next", "", {}); }
  /// POST response or error of one invocation; its status.
  int Respond(const std::string& id, const std::string& body) {
    return Request("POST", "invocation/" + id + "/response", body, {})->response->status;
  }
  int Fail(const std::string& id, const std::string& type, const std::string& body) {
    return Request("POST", "invocation/" + id + "/error", body,
                   {{"Lambda-Runtime-Function-Error-Type", type}})
        ->response->status;
  }
  int InitError(const std::string& type, const std::string& body) {
    return Request("POST", "init/error", body, {{"Lambda-Runtime-Function-Error-Type", type}})
        ->response->status;
  }
  void Output(std::string_view text) { launch.on_output(text); }
  void Exited(Exit exit) { launch.on_exit(exit); }

  Launch launch;
  bool killed = false;

 private:
  std::shared_ptr<RuntimeReply> Request(
      const std::string& method, const std::string& path, const std::string& body,
      const std::vector<std::pair<std::string, std::string>>& headers) {
    http::Request request{.method = method, .body = body};
    request.target = launch.variables.at("RIPOSTE_RUNTIME_PATH") + "/2018-06-01/runtime/" + path;
    for (const auto& [name, value] : headers) request.headers.Add(name, value);
    auto reply = std::make_shared<RuntimeReply>();
    runtime_.Handle(std::move(request), http::Responder(reply));
    return reply;
  }
  RuntimeServer& runtime_;
};

class FakeLauncher final : public Launcher {
 public:
  explicit FakeLauncher(RuntimeServer& runtime) : runtime_(runtime) {}
  /// A process and what waits for its exit hold each other: real ones let go when they exit.
  ~FakeLauncher() override {
    for (const auto& process : processes) {
      process->launch.on_output = nullptr;
      process->launch.on_exit = nullptr;
    }
  }
  Result<std::shared_ptr<Process>> Start(Launch launch) override {
    if (error) return std::unexpected(*error);
    processes.push_back(std::make_shared<FakeProcess>(std::move(launch), runtime_));
    return processes.back();
  }
  std::string TaskRoot(const std::string& task_root) const override { return task_root; }

  std::vector<std::shared_ptr<FakeProcess>> processes;
  std::optional<Error> error;

 private:
  RuntimeServer& runtime_;
};

struct RecordingLogs final : api::LogSink {
  std::vector<std::string> lines;  ///< "group stream: message", stream without its random part.
  void Append(const Scope&, const std::string& group, const std::string& stream, TimePoint,
              std::string message) override {
    lines.push_back(group + " " + stream.substr(0, stream.find(']') + 1) + ": " + message);
  }
};

struct RecordingMetrics final : api::MetricSink {
  std::vector<std::pair<std::string, double>> values;
  void Put(const Scope&, std::string_view metric_namespace, std::string_view name,
           const Dimensions& dimensions, double value, std::string_view) override {
    values.emplace_back(std::string(metric_namespace) + "/" + std::string(name) + "/" +
                            (dimensions.empty() ? "" : dimensions.front().second),
                        value);
  }
  [[nodiscard]] double Sum(const std::string& name) const {
    double sum = 0;
    for (const auto& [key, value] : values) sum += key == name ? value : 0;
    return sum;
  }
};

}  // namespace riposte::functions::testing

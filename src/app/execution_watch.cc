#include "app/execution_watch.h"

#include <fmt/format.h>

#include <set>
#include <thread>

#include "app/command_output.h"

namespace riposte::app {
namespace {

constexpr auto kPollEvery = std::chrono::milliseconds(500);

int End(const CommandContext& context, const json::Object& execution) {
  const std::string status(json::GetString(execution, "AutomationExecutionStatus"));
  if (context.output == OutputFormat::kJson) {
    fmt::print("{}\n", json::SerializePretty(execution));
  } else {
    fmt::print("{}\n", status);
    if (const std::string_view failure = json::GetString(execution, "FailureMessage");
        !failure.empty()) {
      fmt::print("{}\n", Plain(failure));
    }
    const json::Object* outputs = json::GetObject(execution, "Outputs");
    for (const auto& [name, value] : outputs ? *outputs : json::Object()) {
      fmt::print("{}: {}\n", Plain(std::string_view(name.data(), name.size())),
                 Plain(json::Serialize(value)));
    }
  }
  return status == "Success" ? kDone : kRefused;
}

}  // namespace

int WatchExecution(const CommandContext& context, EngineClient& client, const std::string& id) {
  std::set<std::string> told;
  while (true) {
    const auto reply = client.Send("ssm", "AmazonSSM.GetAutomationExecution", "/",
                                   {{"AutomationExecutionId", id}});
    if (!reply) return Complain(reply.error());
    const json::Object* execution = json::GetObject(*reply, "AutomationExecution");
    if (!execution) return kRefused;
    const json::Array* steps = json::GetArray(*execution, "StepExecutions");
    for (const json::Value& entry : steps ? *steps : json::Array()) {
      const json::Object& step = entry.as_object();
      const std::string status(json::GetString(step, "StepStatus"));
      const std::string key(json::GetString(step, "StepExecutionId"));
      if (key.empty() || status == "InProgress" || !told.insert(key + status).second) continue;
      if (context.output == OutputFormat::kText) {
        fmt::print("{:<10} {} ({})\n", status, Plain(json::GetString(step, "StepName")),
                   Plain(json::GetString(step, "Action")));
      }
    }
    if (json::Find(*execution, "ExecutionEndTime")) return End(context, *execution);
    std::this_thread::sleep_for(kPollEvery);
  }
}

}  // namespace riposte::app

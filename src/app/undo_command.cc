// `riposte undo`: starts what undoes an execution and shows its steps as they end.
#include <fmt/format.h>

#include "app/command_output.h"
#include "app/commands.h"
#include "app/execution_watch.h"

namespace riposte::app {

int UndoExecution(const CommandContext& context, const UndoOptions& options) {
  auto client = EngineClient::Connect(context.client, *context.clock);
  if (!client) return Complain(client.error());
  json::Object input{{"AutomationExecutionId", options.execution_id}};
  if (options.dry_run) input["DryRun"] = true;
  const auto undo = (*client)->Native("UndoAutomationExecution", input);
  if (!undo) return Complain(undo.error());
  if (options.dry_run) {
    if (context.output == OutputFormat::kJson) {
      fmt::print("{}\n", json::SerializePretty(*undo));
      return kDone;
    }
    fmt::print("would run {}\n", Plain(json::GetString(*undo, "DocumentName")));
    const json::Object* parameters = json::GetObject(*undo, "Parameters");
    for (const auto& [name, value] : parameters ? *parameters : json::Object()) {
      fmt::print("  {} = {}\n", Plain(std::string_view(name.data(), name.size())),
                 Plain(json::Serialize(value)));
    }
    return kDone;
  }
  const std::string id(json::GetString(*undo, "AutomationExecutionId"));
  fmt::print(stderr, "execution {} of {}\n", Plain(id),
             Plain(json::GetString(*undo, "DocumentName")));
  if (!options.wait) {
    fmt::print("{}\n", Plain(id));
    return kDone;
  }
  return WatchExecution(context, **client, id);
}

}  // namespace riposte::app

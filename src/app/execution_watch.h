// An execution of a runbook, watched from the command line until it ends.
#pragma once

#include <string>

#include "app/commands.h"

namespace riposte::app {

/// Prints steps as they end, then how it ended. Blocks. The exit code: 0 when it ended as Success.
int WatchExecution(const CommandContext& context, EngineClient& client, const std::string& id);

}  // namespace riposte::app

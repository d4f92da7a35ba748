// What a script printed, on its way to a log group.
//
// Sent by logs:PutLogEvents as whom the execution acts, so that its role decides; group and stream
// are made when missing. Nobody waits for it: what is refused or lost on the way changes nothing in
// the execution. A script that runs again after a restart is in the stream twice.
// Thread safety: on the loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/invoker.h"
#include "workflow/tables.h"

namespace riposte::workflow {

struct ScriptLogPlace {
  std::string group;
  std::string stream;
};

/// One event a line of `text`, which is UTF-8. Asks nothing more of `invoker` once `alive` has
/// expired.
void SendScriptLog(api::Invoker& invoker, std::weak_ptr<const void> alive, const Actor& actor,
                   const ScriptLogPlace& place, TimePoint time, std::string_view text);

}  // namespace riposte::workflow

// The commands of `riposte` that speak to a running engine. Each returns an exit code: 0 done,
// 1 the engine refused, 2 wrong usage, 3 no engine.
#pragma once

#include <string>
#include <vector>

#include "app/client.h"

namespace riposte::app {

enum class OutputFormat { kText, kJson };

struct CommandContext {
  ClientOptions client;
  OutputFormat output = OutputFormat::kText;
  const Clock* clock = nullptr;
};

int PackApply(const CommandContext& context, const std::string& folder, bool dry_run);
/// Parses and compiles without an engine.
int PackValidate(const CommandContext& context, const std::string& folder);
/// Each argument is a file or the JSON itself. Needs no engine. 0: it matches, 1: it does not.
int PatternTest(const std::string& pattern, const std::string& event, bool explain);
/// As the service would check it when it is created. Needs no engine.
int RunbookValidate(const std::string& file);
/// Its steps and the ways between them. Needs no engine.
int RunbookGraph(const std::string& file, bool svg);
struct RunbookRunOptions {
  std::string file;                     ///< A file, or the name of a document the engine has.
  std::string name;                     ///< Of the document made from the file; "": the file's.
  std::vector<std::string> parameters;  ///< NAME=VALUE; repeated for lists.
  bool detach = false;                  ///< Start it and print its id only.
};
/// Puts the file into the engine as a document (a new version when it is there with another text)
/// and runs it to its end. 0: Success.
int RunbookRun(const CommandContext& context, const RunbookRunOptions& options);
struct UndoOptions {
  std::string execution_id;  ///< What is undone.
  bool dry_run = false;      ///< Show what would run.
  bool wait = true;          ///< Until the undo has ended; else print its id only.
};
/// Starts the runbook that undoes an execution. 0: it ended as Success.
int UndoExecution(const CommandContext& context, const UndoOptions& options);
int EstateLoad(const CommandContext& context, const std::string& file);
/// Findings (ASFF) go to the hub, everything else to the bus; one document or a list of them.
int EventSend(const CommandContext& context, const std::string& file);
struct DeadLetterFilter {
  std::string kind;
  std::string source_arn;
  std::string queue_arn;
};
int DeadLetterList(const CommandContext& context, const DeadLetterFilter& filter);
/// One, with what it says.
int DeadLetterShow(const CommandContext& context, const std::string& id);
/// Those with the `ids`; or, when `all`, those that fit the filter.
int DeadLetterRedrive(const CommandContext& context, const DeadLetterFilter& filter,
                      const std::vector<std::string>& ids, bool all);
int IncidentList(const CommandContext& context, const std::string& status);
/// `all`: every step and call, not only what tells the story.
int IncidentShow(const CommandContext& context, const std::string& id, bool all);
/// Why its event matched the rules it did; `all`: and why not the others.
int IncidentWhy(const CommandContext& context, const std::string& id,
                const std::string& rule_prefix, bool all);
struct WatchOptions {
  /// Stop once this many incidents are no longer NEW (0: never).
  int until_settled = 0;
  int timeout_s = 120;
  bool all = false;  ///< Every step and call, not only what tells the story.
};
/// Prints every line of every timeline as it comes.
int IncidentWatch(const CommandContext& context, const WatchOptions& options);

}  // namespace riposte::app

// Undoing a runbook execution: another execution, of the runbook that its document names.
//
// The document says in the variable Undo which runbook puts back what it changes, or in NoUndo why
// none can; its step SaveState keeps what that runbook must know (docs/undo.md). Everything here is
// asked of ssm as the caller: read the execution, its tags and the undo runbook, start that one,
// tag the execution with riposte:undone-by.
//
// Thread safety: each reply comes on the engine's loop, one after the other.
// Started once: the client token is made of the execution and the undo before this one, so a call
// that is repeated, at the same time or after a crash, finds the execution that the first started.
// Rejected: a table of undos. The tags say the same to every client, and need no commit of ours.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/invoker.h"

namespace riposte::native {

inline constexpr std::string_view kUndoOfTag = "riposte:undo-of";      ///< On the undo.
inline constexpr std::string_view kUndoneByTag = "riposte:undone-by";  ///< On what it undoes.

/// Replies with UndoAutomationExecutionResponse. Errors: UndoNotPossibleException with the reason,
/// and whatever ssm answers. Keeps itself alive until then.
class Undo : public std::enable_shared_from_this<Undo> {
 public:
  Undo(api::Invoker& invoker, api::Call call, api::Reply reply);
  void Begin();

 private:
  using Next = void (Undo::*)(const json::Object& output);

  void ReadExecution(const json::Object& output);
  void ReadTags(const json::Object& output);
  void ReadPrevious(const json::Object& output);
  void DescribeRunbook();
  void ReadRunbook(const json::Object& output);
  void Started(const json::Object& output);
  void Tagged(const json::Object& output);

  /// Calls ssm; then `next`, or `otherwise` when the error is `expected`, or replies the error.
  void Ask(std::string_view operation, json::Object input, Next next,
           std::string_view expected = {}, std::function<void()> otherwise = {});
  /// The reply is written by whoever throws: UndoNotPossibleException.
  [[noreturn]] static void Refuse(std::string reason);

  api::Invoker& invoker_;
  api::Call call_;
  api::Reply reply_;
  std::string id_;          ///< What is undone.
  json::Object execution_;  ///< AutomationExecution.
  json::Object saved_;      ///< Outputs of SaveState.
  std::string document_;    ///< The undo runbook.
  std::string previous_;    ///< The undo before this one, which failed; or "".
  json::Object result_;
};

}  // namespace riposte::native

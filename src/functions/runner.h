// Runs functions. The one interface through which the rest of the engine gets code executed.
//
// Implemented by PoolRunner (warm processes) and by testing/fake_runner.h (a table of replies).
// Thread safety: any thread. Completions come from any thread, once, and must not block.
#pragma once

#include "functions/spec.h"

namespace riposte::functions {

class Runner {
 public:
  virtual ~Runner() = default;
  /// Runs one invocation; waits in a bounded queue when all processes are busy.
  virtual void Invoke(Invocation invocation, InvokeCompletion completion) = 0;
  /// Ends the processes of every version of the function: it was deleted or changed. What is
  /// under way finishes.
  virtual void Retire(const std::string& function_arn) = 0;
  /// Kills everything; invocations under way fail. For engine reset and stop.
  virtual void Reset() = 0;
};

}  // namespace riposte::functions

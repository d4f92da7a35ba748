// Runs executions of every workflow language, durably.
//
// Data path:     Start / Signal / Cancel (in the caller's transaction), or an effect's outcome (in
//                a write of its own) -> Language::Advance -> state, history and owed effects in one
//                commit -> then the effects run -> their outcomes advance the execution again
// Thread safety: Start, Signal and Cancel inside a write transaction, on the writer thread. Idle
//                from any thread. Everything else, and all memory, is on the engine's loop.
// Cost:          one row for a turn, as long as what it changed, in a commit shared with what else
//                is committed then; an execution whose call or script is under way is in memory,
//                others are read. docs/decisions/0012, bench/transitions_bench.cc.
// A crash:       before the commit, the stimulus never happened; after it, the effects are owed
//                and Start() runs those again that had no outcome yet, under the same token. So an
//                effect runs at least once and its outcome counts once.
// Chains:        an execution is one more hop of its trace (base/trace.h), so that executions that
//                start one another come to an end, as deliveries do.
// Rejected:      replaying a language's code over its history (Temporal's way). Definitions here
//                are data; the state is small and can be read, shown and repaired as it stands.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/invoker.h"
#include "api/sinks.h"
#include "base/result.h"
#include "base/time.h"
#include "store/store.h"
#include "telemetry/log.h"
#include "workflow/language.h"
#include "workflow/script_runner.h"

namespace riposte::workflow {

struct StartRequest {
  std::string language;
  Scope scope;
  std::string name;     ///< Of the definition, for lists.
  std::string version;  ///< Of the definition.
  json::Object definition;
  json::Object input;  ///< The payload of the language's first stimulus.
  access::Principal principal;
  Trace trace;
  std::string id;            ///< A UUID of the caller's, or "": one is made.
  std::string client_token;  ///< "" for none.
  std::string request_hash;  ///< What a repeat with the same token must equal.
};

class Engine {
 public:
  struct Options {
    int max_in_flight = 128;     ///< Calls and scripts under way; more wait their turn.
    int64_t max_running = 1000;  ///< Unfinished executions of a language in one scope; 0: any.
    Millis retention{std::chrono::hours(24 * 30)};  ///< Of finished executions.
    /// Puts `token` into the members that the operation's model marks as idempotency tokens and
    /// that the input leaves open.
    std::function<void(const std::string& service, const std::string& operation,
                       json::Object& input, const std::string& token)>
        fill_token;
    /// The principal that acts as `role_arn` for `principal`; an error when it may not. Without
    /// it no effect can name a role.
    std::function<Result<access::Principal>(const access::Principal& principal,
                                            const std::string& role_arn,
                                            const std::string& session)>
        assume;
  };
  Engine(Options options, store::Store& store, api::Invoker& invoker, Executor& loop,
         const Clock& clock, Random& random, const telemetry::Log& log);
  ~Engine();

  // Joining, before Start().
  void AddLanguage(const Language& language);
  void SetScriptRunner(ScriptRunner& runner);
  void SetEventSink(api::EventSink& sink);
  /// Called in the commit with which an execution fails that no other waits for.
  void SetFailureWatcher(
      std::function<void(store::Transaction& tx, const Execution&, const Failure&)> watcher);

  /// Loads the effects that were owed before the restart. Call once, before serving.
  void Start();
  /// Runs nothing more; what is owed stays owed.
  void Stop();
  /// True when no call, script, commit or due timer is under way (tests, drain).
  [[nodiscard]] bool Idle() const;
  /// Forgets memory after Store::DeleteAllRows.
  void Reset();

  /// Starts an execution, or finds the one that the same client token started.
  /// Errors: kConflict when that one was another request; kLimitExceeded beyond max_running, and,
  /// with "hops" in `detail`, when executions start one another without end.
  [[nodiscard]] Result<std::string> Start(store::Transaction& tx, StartRequest request);
  /// Starts another execution as `id` was started: its definition, input, principal and hop. Finds
  /// the one that the same client token started. Errors: as Start; kNotFound when `id` is gone, or
  /// its input was too large to be kept.
  [[nodiscard]] Result<std::string> Restart(store::Transaction& tx, const std::string& id,
                                            std::string client_token);
  /// Throws the language's refusal as api::Error. Errors: kNotFound; kConflict when finished.
  [[nodiscard]] Status Signal(store::Transaction& tx, const std::string& id, std::string name,
                              json::Object payload);
  /// Asks the execution to stop; how it cleans up is the language's business. Errors: as Signal.
  [[nodiscard]] Status Cancel(store::Transaction& tx, const std::string& id);

  /// Whom an execution of `principal` makes a call as that names `role_arn` ("" for none) and, when
  /// it is about another place than its own, `elsewhere`. Errors: kPermissionDenied, or what
  /// Options::assume says.
  [[nodiscard]] Result<access::Principal> ActorOf(const access::Principal& principal,
                                                  const std::optional<Scope>& elsewhere,
                                                  const std::string& role_arn,
                                                  const std::string& session) const;

  [[nodiscard]] static std::span<const store::Migration> Migrations();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace riposte::workflow

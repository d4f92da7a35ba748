// What a workflow language is to the core: a pure function from (definition, state, stimulus) to
// (new state, effects).
//
// Data path:     Engine commits a Turn's state, history and effects -> runs the effects -> each
//                outcome comes back as a Stimulus
// Thread safety: Language::Advance is const and runs on the store's writer thread.
// Purity:        time comes in `Stimulus::now`; a language reads no clock and draws no chance, so
//                that the same stimuli always give the same states. The state is moved in, edited
//                and moved out again, so that a turn costs what it changes (workflow/state.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/principal.h"
#include "api/error.h"
#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"
#include "json/json.h"
#include "workflow/state.h"

namespace riposte::workflow {

/// What executions run: as it was given when they started, shared by all that were given the same.
struct Definition {
  std::string hash;  ///< Of the content; or another name for it, as unique.
  json::Object content;
  size_t bytes = 0;  ///< Of its text.
};

/// One execution as stored.
struct Execution {
  int64_t number = 0;    ///< The row's; in the order of starts.
  std::string id;        ///< Lower-case UUID.
  std::string language;  ///< Language::name().
  Scope scope;
  std::string name;     ///< Of the definition, for lists.
  std::string version;  ///< Of the definition.
  std::shared_ptr<const Definition> definition;
  json::Object state;  ///< The language's own; empty before its first turn.
  std::string status;  ///< In the language's words.
  bool finished = false;
  json::Value output;
  access::Principal principal;  ///< Whom its effects act as.
  Trace trace;
  std::string parent_id;  ///< The execution that waits for this one, or "". Not sure in a turn.
  TimePoint started;
  TimePoint ended;    ///< Epoch 0 while it runs.
  int64_t turns = 0;  ///< So many stimuli it has had.
};

/// What happened.
struct Stimulus {
  enum class Kind {
    kStart,   ///< `payload` is the input.
    kEffect,  ///< The effect `key` came to its end; `payload` is its outcome (see Effect).
    kSignal,  ///< Somebody sent signal `key` with `payload`.
    kCancel,  ///< Somebody asked to stop.
  };
  Kind kind = Kind::kStart;
  std::string key;
  json::Object payload;
  TimePoint now;
};

/// What a language asks of the world. Keys are the language's own, unique among the effects that
/// an execution has in flight; the outcome comes back under the same key, at least once in the
/// life of the process and exactly once in the life of the execution.
struct Effect {
  enum class Kind {
    /// Call an operation as the execution's principal. Outcome {"output": …} or
    /// {"error": {"code", "message"}}. Members that the model marks as idempotency tokens are
    /// filled with the effect's token, the same after a restart.
    kInvoke,
    /// Run a script. Outcome {"payload", "log"} or {"error": {"type", "message"}, "log"}.
    kScript,
    /// Wake at a time. Outcome {}.
    kSleep,
    /// Adopt a running execution as a child and wait for its end. Outcome {"status", "output"}, or
    /// {"error": …} when there is no such execution in the scope.
    kAwait,
    /// Announce an event, in the very commit of the turn. No outcome.
    kEmit,
    /// Take back the effect `key`: its outcome will not be delivered; a child is cancelled, also
    /// one whose start is under way (InvokeOptions::starts_child).
    kForget,
  };
  /// What kEmit announces.
  struct Announcement {
    std::string_view source;  ///< Of the language's own: it outlives the effect.
    std::string_view detail_type;
    std::vector<std::string> resources;
    json::Object detail;
  };
  Kind kind = Kind::kSleep;
  std::string key;
  json::Object detail;
  std::optional<Announcement> announcement = {};

  struct InvokeOptions {
    Millis timeout{25'000};        ///< Then the outcome is an error with code "Timeout".
    Millis throttled_for{60'000};  ///< Throttled calls are repeated, with back-off, this long.
    std::optional<Scope> scope;    ///< What the call is about, when not the execution's own.
    /// Role that the execution's principal assumes for the call ("" for none). In a scope of
    /// another account there is no call without one.
    std::string role_arn;
    /// The operation starts an execution of this core, with the effect's token as client token.
    bool starts_child = false;
  };
  [[nodiscard]] static Effect Invoke(std::string key, std::string_view service,
                                     std::string_view operation, json::Object input,
                                     const InvokeOptions& options);
  struct ScriptOptions {
    std::string runtime;  ///< "python3.11"
    std::string handler;  ///< Name of the function; "" where the runtime has none.
    std::string script;
    std::string package;  ///< A zip of files in base64, in the place of `script`; "" for none.
    json::Value payload;
    Millis timeout{600'000};
    std::string log_group;  ///< Where its output goes, too; "" for nowhere.
    std::string log_stream;
  };
  [[nodiscard]] static Effect Script(std::string key, const ScriptOptions& options);
  [[nodiscard]] static Effect Sleep(std::string key, TimePoint until);
  /// `scope`: where the child runs, when not in the execution's own.
  [[nodiscard]] static Effect Await(std::string key, std::string_view execution_id,
                                    const std::optional<Scope>& scope = std::nullopt);
  [[nodiscard]] static Effect Emit(Announcement announcement);
  [[nodiscard]] static Effect Forget(std::string key);
};

/// What a language made of a stimulus.
struct Turn {
  State state;
  std::string status;
  bool finished = false;  ///< Nothing more will happen; effects still in flight are forgotten.
  json::Value output;     ///< What a waiting parent gets, when finished.
  std::vector<Effect> effects;
  /// Set to refuse a signal: nothing is stored, and the sender gets this error.
  std::optional<api::Error> refused;
};

/// What there is to say of an execution that failed.
struct Failure {
  std::string message;
  std::string execution_arn;
  std::string definition_arn;
};

class Language {
 public:
  virtual ~Language() = default;
  /// Stored with executions; never changes.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// `state` is the execution's; `execution.state` is empty meanwhile.
  [[nodiscard]] virtual Turn Advance(const Execution& execution, State state,
                                     const Stimulus& stimulus) const = 0;
  /// The turn that ends an execution which the language itself could not advance (a bug there, or
  /// a definition of an older version). `state` is as before the turn. REQUIRES: does not throw.
  [[nodiscard]] virtual Turn GiveUp(const Execution& execution, State state,
                                    const std::string& reason, TimePoint now) const = 0;
  /// nullopt when `execution`, which has finished, did not fail: it succeeded, or was stopped.
  [[nodiscard]] virtual std::optional<Failure> FailureOf(const Execution& execution) const = 0;
};

}  // namespace riposte::workflow

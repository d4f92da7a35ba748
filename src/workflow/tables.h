// The rows of the workflow core. All its SQL is in tables.cc.
//
// Definitions are rows of their own, by their hash, so that a running execution is not changed by
// an update of the document it was started from and a thousand of them do not store it a thousand
// times. An effect's row exists while the effect is owed. Effects and history hang on the number of
// the execution's row: those of executions that started together lie together, and one commit for
// many of them touches few pages.
// Thread safety: inside the given transaction only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/store.h"
#include "workflow/language.h"
#include "workflow/lru.h"

namespace riposte::workflow {

/// Whom an execution's effects act as.
struct Actor {
  std::string execution_id;
  Scope scope;
  access::Principal principal;
  Trace trace;
};

/// An effect that is owed.
struct PendingEffect {
  int64_t execution = 0;  ///< Its number.
  std::string key;
  Effect::Kind kind = Effect::Kind::kSleep;
  json::Object detail;
  std::string token;  ///< Stable over restarts.
  TimePoint created;
  std::shared_ptr<const Actor> actor = {};  ///< Null when it was read from the table.
};

/// Ahead of every other kind in the table: the core's own errand to stop a forgotten child, which
/// `detail` names by "execution_id", or by the "client_token" that it was or may yet be started
/// with.
inline constexpr int kStopChildKind = 100;

namespace tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

struct Token {
  std::string execution_id;
  std::string request_hash;
};
[[nodiscard]] std::optional<Token> FindClientToken(store::Transaction& tx, const Scope& scope,
                                                   const std::string& language,
                                                   const std::string& client_token);
[[nodiscard]] int64_t CountRunning(store::Transaction& tx, const Scope& scope,
                                   const std::string& language);

/// A definition with this content.
[[nodiscard]] std::shared_ptr<const Definition> MakeDefinition(json::Object content);
/// Definitions that were read, with their weight in bytes.
using Definitions = Lru<std::string, std::shared_ptr<const Definition>>;

/// Gives the execution its number, and keeps its definition.
void InsertExecution(store::Transaction& tx, Execution& execution, const std::string& client_token,
                     const std::string& request_hash);
/// Writes what a turn may change: state, status, finished, output, ended, turns. The bytes of the
/// state.
size_t UpdateExecution(store::Transaction& tx, const Execution& execution);
[[nodiscard]] std::optional<int64_t> NumberOf(store::Transaction& tx, const std::string& id);
[[nodiscard]] std::optional<Execution> LoadExecution(store::Transaction& tx, const std::string& id,
                                                     Definitions* known = nullptr);
[[nodiscard]] std::optional<Execution> LoadExecution(store::Transaction& tx, int64_t number,
                                                     Definitions* known = nullptr);
/// nullopt when it has finished or is gone.
[[nodiscard]] std::optional<Actor> LoadActor(store::Transaction& tx, int64_t number);

/// What a parent needs to know of a child.
struct ChildEnd {
  bool finished = false;
  std::string status;
  json::Value output;
};
/// Makes `child_id` a child of the effect `key` of `parent`. nullopt when there is no such
/// execution in `scope`.
[[nodiscard]] std::optional<ChildEnd> Adopt(store::Transaction& tx, const Execution& parent,
                                            const std::string& key, const std::string& child_id,
                                            const Scope& scope);
struct Waiter {
  int64_t execution = 0;
  std::string key;
};
[[nodiscard]] std::optional<Waiter> FindWaiter(store::Transaction& tx, const std::string& child_id);

void InsertEffect(store::Transaction& tx, const PendingEffect& effect);
/// The effect, when it is still owed under this token; it is no longer owed afterwards.
[[nodiscard]] bool TakeEffect(store::Transaction& tx, int64_t execution, const std::string& key,
                              const std::string& token);
[[nodiscard]] std::optional<PendingEffect> FindEffect(store::Transaction& tx, int64_t execution,
                                                      const std::string& key);
void DeleteEffect(store::Transaction& tx, int64_t execution, const std::string& key);
[[nodiscard]] std::vector<PendingEffect> EffectsOf(store::Transaction& tx, int64_t execution);
void EachEffect(store::Transaction& tx, const std::function<void(PendingEffect)>& each);

/// One turn, the `execution.turns`-th: what happened, and what came of it as pairs of kind and key
/// (an effect's, or "finished" and the status).
void AppendHistory(store::Transaction& tx, const Execution& execution, TimePoint now,
                   std::string_view kind, const std::string& key, const json::Object& detail,
                   const json::Array& consequences);

/// Newest first, starting after `after` (started, id) when given; `each` returns false to stop.
struct Cursor {
  TimePoint started;
  std::string id;
};
void EachExecution(store::Transaction& tx, const Scope& scope, const std::string& language,
                   const std::optional<Cursor>& after,
                   const std::function<bool(const Execution&)>& each);

struct HistoryRow {
  int64_t turn = 0;
  TimePoint time;
  std::string kind;
  std::string key;
  json::Value detail;
};
/// What happened, and after each its consequences (without detail).
void EachHistory(store::Transaction& tx, int64_t execution,
                 const std::function<bool(const HistoryRow&)>& each);

/// What the execution was started with; nullopt when that was too large for its history.
[[nodiscard]] std::optional<json::Object> InputOf(store::Transaction& tx, int64_t execution);

/// Deletes at most `limit` executions that ended before `before`; returns how many.
int64_t Prune(store::Transaction& tx, TimePoint before, int limit);

}  // namespace tables
}  // namespace riposte::workflow

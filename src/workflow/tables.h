// The rows of the workflow core. Its SQL is in tables.cc and schema.cc.
//
// A turn is one row, at the end of workflow_history: what happened, and, until the execution's own
// row is written again, what changed: of the state, of the status, of the effects that are owed. So
// what an execution is, is its row with the changes of its later turns. The row is written at the
// start, at the end, and in between when the changes have become longer than it.
// Turns are in the order of commits, whatever execution they are of: a commit for many executions
// fills few pages.
// Definitions are rows of their own, by their hash, so that a running execution is not changed by
// an update of the document it was started from and a thousand of them do not store it a thousand
// times. Errands (workflow_errands) are what the core owes whether or not the execution lives.
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

/// Ahead of every other kind: the core's own errand to stop a forgotten child, which
/// `detail` names by "execution_id", or by the "client_token" that it was or may yet be started
/// with.
inline constexpr int kStopChildKind = 100;

using EffectPtr = std::shared_ptr<const PendingEffect>;

/// An execution with what the engine needs to advance it.
struct LiveExecution {
  Execution execution;
  std::shared_ptr<const Actor> actor;
  std::vector<EffectPtr> owed;  ///< Its effects without outcome; no errands.
  size_t row_bytes = 0;         ///< Of the state in its row.
  size_t change_bytes = 0;      ///< Of the changes that the row does not have.
};

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
/// What a turn changed.
struct Change {
  std::string_view status;        ///< "" when it is as before.
  std::string state = "[]";       ///< State::TakeChanges.
  std::vector<std::string> gone;  ///< Keys that are no longer owed.
  std::vector<EffectPtr> owed;    ///< What is owed from now on.
};
/// What a turn was: the `execution.turns`-th.
struct TurnRow {
  TimePoint time;
  std::string_view kind;
  std::string_view key;
  const json::Object& detail;
  /// What came of it as pairs of kind and key: an effect's, or "finished" and the status.
  const std::vector<std::string_view>& consequences;
  const Change& change;
};
/// Whether WriteTurn will write the execution's row, and needs no `change`.
[[nodiscard]] bool WillFold(const LiveExecution& live);
/// Writes the turn that made `live` what it is.
void WriteTurn(store::Transaction& tx, LiveExecution& live, const TurnRow& turn);
[[nodiscard]] std::optional<int64_t> NumberOf(store::Transaction& tx, const std::string& id);
[[nodiscard]] std::optional<Execution> LoadExecution(store::Transaction& tx, const std::string& id,
                                                     Definitions* known = nullptr);
/// nullptr when it is gone.
[[nodiscard]] std::shared_ptr<LiveExecution> LoadLive(store::Transaction& tx, int64_t number,
                                                      Definitions* known = nullptr);
[[nodiscard]] std::shared_ptr<const Actor> ActorOf(const Execution& execution);
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

/// In place of one with the same key.
void PutErrand(store::Transaction& tx, const PendingEffect& errand);
/// False when it is no longer owed under this token.
[[nodiscard]] bool TakeErrand(store::Transaction& tx, const PendingEffect& errand);
/// Effects of all executions, and errands, the oldest first; without actors.
[[nodiscard]] std::vector<EffectPtr> EverythingOwed(store::Transaction& tx);

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

// The rows of the workflow core. All its SQL is in tables.cc.
//
// An execution's row holds its definition, so that a running execution is not changed by an update
// of the document it was started from. An effect's row exists while the effect is owed.
// Thread safety: inside the given transaction only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/store.h"
#include "workflow/language.h"

namespace riposte::workflow {

/// An effect that is owed.
struct PendingEffect {
  std::string execution_id;
  std::string key;
  Effect::Kind kind = Effect::Kind::kSleep;
  json::Object detail;
  std::string token;  ///< Stable over restarts.
  TimePoint created;
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

void InsertExecution(store::Transaction& tx, const Execution& execution,
                     const std::string& client_token, const std::string& request_hash);
/// Writes what a turn may change: state, status, finished, output, ended.
void UpdateExecution(store::Transaction& tx, const Execution& execution);
[[nodiscard]] std::optional<Execution> LoadExecution(store::Transaction& tx, const std::string& id);

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
  std::string execution_id;
  std::string key;
};
[[nodiscard]] std::optional<Waiter> FindWaiter(store::Transaction& tx, const std::string& child_id);

void InsertEffect(store::Transaction& tx, const PendingEffect& effect);
/// The effect, when it is still owed under this token; it is no longer owed afterwards.
[[nodiscard]] bool TakeEffect(store::Transaction& tx, const std::string& execution_id,
                              const std::string& key, const std::string& token);
[[nodiscard]] std::optional<PendingEffect> FindEffect(store::Transaction& tx,
                                                      const std::string& execution_id,
                                                      const std::string& key);
void DeleteEffect(store::Transaction& tx, const std::string& execution_id, const std::string& key);
[[nodiscard]] std::vector<PendingEffect> EffectsOf(store::Transaction& tx,
                                                   const std::string& execution_id);
void EachEffect(store::Transaction& tx, const std::function<void(PendingEffect)>& each);

void AppendHistory(store::Transaction& tx, const std::string& execution_id, TimePoint now,
                   std::string_view kind, const std::string& key, const json::Object& detail);

/// Newest first, starting after `after` (started, id) when given; `each` returns false to stop.
struct Cursor {
  TimePoint started;
  std::string id;
};
void EachExecution(store::Transaction& tx, const Scope& scope, const std::string& language,
                   const std::optional<Cursor>& after,
                   const std::function<bool(const Execution&)>& each);

struct HistoryRow {
  int64_t sequence = 0;
  TimePoint time;
  std::string kind;
  std::string key;
  json::Value detail;
};
void EachHistory(store::Transaction& tx, const std::string& execution_id,
                 const std::function<bool(const HistoryRow&)>& each);

/// Deletes at most `limit` executions that ended before `before`; returns how many.
int64_t Prune(store::Transaction& tx, TimePoint before, int limit);

}  // namespace tables
}  // namespace riposte::workflow

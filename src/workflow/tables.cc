#include "workflow/tables.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "access/crypto.h"
#include "access/principal_json.h"
#include "json/append.h"

namespace riposte::workflow::tables {
namespace {

/// Of definitions, while executions are listed.
constexpr size_t kMaxKnownBytes = 4 * 1024 * 1024;
/// An execution's row is written again when the changes since then have become so much, and more
/// than the row: so that an execution is read quickly, and its state written seldom.
constexpr size_t kFoldFromBytes = 16 * 1024;
/// A history entry tells what happened, not every byte of it: the state has the rest.
constexpr size_t kMaxHistoryBytes = 16 * 1024;
/// Stands for what is longer.
constexpr std::string_view kTruncatedBytes = "truncated_bytes";

#define RIPOSTE_EXECUTION_COLUMNS                                                              \
  "number, id, language, account, region, name, version, definition, principal, correlation, " \
  "hops,"                                                                                      \
  " parent_id, started_ms, ended_ms, turns, status, finished, output, state, owed"

json::Object ObjectOf(const store::Row& row, int column) {
  json::Value value = row.Json(column);
  return value.is_object() ? std::move(value.get_object()) : json::Object();
}

std::shared_ptr<const Definition> DefinitionOf(store::Transaction& tx, const std::string& hash,
                                               Definitions* known) {
  if (known) {
    if (auto found = known->Find(hash)) return std::move(*found);
  }
  auto definition = std::make_shared<Definition>();
  definition->hash = hash;
  tx.QueryOne("SELECT content FROM workflow_definitions WHERE hash = ?", {hash},
              [&](const store::Row& row) {
                definition->content = ObjectOf(row, 0);
                definition->bytes = row.Text(0).size();
              });
  if (known) known->Put(hash, definition, definition->bytes);
  return definition;
}

constexpr int kStateColumn = 18;
constexpr int kOwedColumn = 19;

/// As its row has it.
Execution ExecutionOf(store::Transaction& tx, const store::Row& row, Definitions* known) {
  Execution execution;
  execution.number = row.Int(0);
  execution.id = row.Str(1);
  execution.language = row.Str(2);
  execution.scope = {AccountId(row.Str(3)), Region(row.Str(4))};
  execution.name = row.Str(5);
  execution.version = row.Str(6);
  execution.definition = DefinitionOf(tx, row.Str(7), known);
  execution.principal = access::PrincipalFromJson(ObjectOf(row, 8));
  execution.trace = {row.Str(9), static_cast<int>(row.Int(10))};
  execution.parent_id = row.Str(11);
  execution.started = row.Time(12);
  execution.ended = row.Time(13);
  execution.turns = row.Int(14);
  execution.status = row.Str(15);
  execution.finished = row.Int(16) != 0;
  execution.output = row.Json(17);
  execution.state = ObjectOf(row, kStateColumn);
  return execution;
}

// An owed effect as text: [key, kind, detail, token, created_ms].

void AppendOwed(std::string& out, const PendingEffect& effect) {
  out += '[';
  json::AppendString(out, effect.key);
  out += ',' + std::to_string(static_cast<int>(effect.kind)) + ',';
  json::Append(out, effect.detail);
  out += ',';
  json::AppendString(out, effect.token);
  out += ',' + std::to_string(ToMillis(effect.created)) + ']';
}

EffectPtr OwedOf(int64_t execution, json::Value& value, const std::shared_ptr<const Actor>& actor) {
  json::Array& entry = value.as_array();
  return std::make_shared<const PendingEffect>(PendingEffect{
      execution, std::string(json::View(entry.at(0))),
      static_cast<Effect::Kind>(entry.at(1).as_int64()), std::move(entry.at(2).as_object()),
      std::string(json::View(entry.at(3))), FromMillis(entry.at(4).as_int64()), actor});
}

void ReadOwed(std::vector<EffectPtr>& owed, int64_t execution, json::Value list,
              const std::shared_ptr<const Actor>& actor) {
  for (json::Value& entry : list.as_array()) owed.push_back(OwedOf(execution, entry, actor));
}

/// Those changes of an unfinished execution that its row does not have yet.
void EachChange(store::Transaction& tx, int64_t execution, int64_t after,
                const std::function<void(int64_t turn, std::string_view text)>& each) {
  tx.Query(
      "SELECT turn, change FROM workflow_history WHERE execution = ? AND turn > ? ORDER BY turn",
      {execution, after}, [&](const store::Row& row) {
        each(row.Int(0), row.Text(1));
        return true;
      });
}

json::Object ChangeOf(std::string_view text) {
  auto parsed = json::Parse(text);
  if (!parsed || !parsed->is_object()) {
    throw store::Failure("a stored change of an execution cannot be read");
  }
  return std::move(parsed->get_object());
}

void ApplyOwed(std::vector<EffectPtr>& owed, int64_t execution, json::Object& change,
               const std::shared_ptr<const Actor>& actor) {
  if (const json::Array* gone = json::GetArray(change, "gone")) {
    for (const json::Value& key : *gone) {
      std::erase_if(owed, [&key](const EffectPtr& one) { return one->key == json::View(key); });
    }
  }
  if (json::Value* added = change.if_contains("owed")) {
    ReadOwed(owed, execution, std::move(*added), actor);
  }
}

/// The execution with all its turns; `owed`, unless null, gets its effects.
Execution WholeOf(store::Transaction& tx, const store::Row& row, Definitions* known,
                  LiveExecution* live) {
  Execution execution = ExecutionOf(tx, row, known);
  std::shared_ptr<const Actor> actor;
  if (live) {
    actor = live->actor = ActorOf(execution);
    live->row_bytes = row.Text(kStateColumn).size();
    ReadOwed(live->owed, execution.number, row.Json(kOwedColumn), actor);
  }
  if (execution.finished) return execution;
  EachChange(tx, execution.number, execution.turns, [&](int64_t turn, std::string_view text) {
    json::Object change = ChangeOf(text);
    if (const json::Array* state = json::GetArray(change, "state")) {
      ApplyChanges(execution.state, *state);
    }
    if (const json::Value* status = json::Find(change, "status")) {
      execution.status = json::View(*status);
    }
    if (turn != execution.turns + 1) throw store::Failure("a turn of an execution is missing");
    execution.turns = turn;
    if (!live) return;
    live->change_bytes += text.size();
    ApplyOwed(live->owed, execution.number, change, actor);
  });
  return execution;
}

}  // namespace

std::optional<Token> FindClientToken(store::Transaction& tx, const Scope& scope,
                                     const std::string& language, const std::string& client_token) {
  std::optional<Token> token;
  tx.QueryOne(
      "SELECT id, request_hash FROM workflow_executions"
      " WHERE account = ? AND region = ? AND language = ? AND client_token = ?"
      " AND client_token <> ''",
      {scope.account.str(), scope.region.str(), language, client_token},
      [&](const store::Row& row) { token = Token{row.Str(0), row.Str(1)}; });
  return token;
}

int64_t CountRunning(store::Transaction& tx, const Scope& scope, const std::string& language) {
  return tx
      .QueryInt(
          "SELECT COUNT(*) FROM workflow_executions"
          " WHERE account = ? AND region = ? AND language = ? AND finished = 0",
          {scope.account.str(), scope.region.str(), language})
      .value_or(0);
}

std::shared_ptr<const Definition> MakeDefinition(json::Object content) {
  auto definition = std::make_shared<Definition>();
  const std::string text = json::Text(content);
  definition->hash = access::Sha256Hex(text);
  definition->bytes = text.size();
  definition->content = std::move(content);
  return definition;
}

void InsertExecution(store::Transaction& tx, Execution& execution, const std::string& client_token,
                     const std::string& request_hash) {
  const bool known =
      tx.QueryInt("SELECT 1 FROM workflow_definitions WHERE hash = ?", {execution.definition->hash})
          .has_value();
  if (!known) {
    tx.Execute("INSERT INTO workflow_definitions (hash, content) VALUES (?, ?)",
               {execution.definition->hash, json::Text(execution.definition->content)});
  }
  tx.Execute(
      "INSERT INTO workflow_executions (id, language, account, region, name, version, definition,"
      " principal, correlation, hops, parent_id, client_token, request_hash, started_ms, ended_ms,"
      " turns, status, finished, output, state)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {execution.id,
       execution.language,
       execution.scope.account.str(),
       execution.scope.region.str(),
       execution.name,
       execution.version,
       execution.definition->hash,
       json::Text(access::PrincipalToJson(execution.principal)),
       execution.trace.correlation,
       execution.trace.hops,
       execution.parent_id,
       client_token,
       request_hash,
       execution.started,
       execution.ended,
       execution.turns,
       execution.status,
       execution.finished,
       json::Serialize(execution.output),
       json::Text(execution.state)});
  execution.number = tx.LastInsertId();
}

namespace {

template <class List, class AppendOne>
void AppendList(std::string& out, const List& list, AppendOne append_one) {
  out += '[';
  bool first = true;
  for (const auto& one : list) {
    if (!std::exchange(first, false)) out += ',';
    append_one(one);
  }
  out += ']';
}
void AppendOwedList(std::string& out, const std::vector<EffectPtr>& owed) {
  AppendList(out, owed, [&](const EffectPtr& effect) { AppendOwed(out, *effect); });
}
template <class List>
void AppendTexts(std::string& out, const List& texts) {
  AppendList(out, texts, [&](std::string_view text) { json::AppendString(out, text); });
}

/// The row becomes what the turns have made of it.
void Fold(store::Transaction& tx, LiveExecution& live) {
  const Execution& execution = live.execution;
  const std::string state = json::Text(execution.state);
  std::string owed;
  AppendOwedList(owed, live.owed);
  tx.Execute(
      "UPDATE workflow_executions SET state = ?, status = ?, finished = ?, output = ?,"
      " ended_ms = ?, turns = ?, owed = ? WHERE number = ?",
      {state, execution.status, execution.finished, json::Text(execution.output), execution.ended,
       execution.turns, owed, execution.number});
  live.row_bytes = state.size();
  live.change_bytes = 0;
}

std::string TextOf(const Change& change) {
  std::string out = "{";
  if (!change.status.empty()) {
    out += "\"status\":";
    json::AppendString(out, change.status);
    out += ',';
  }
  if (!change.gone.empty()) {
    out += "\"gone\":";
    AppendTexts(out, change.gone);
    out += ',';
  }
  if (!change.owed.empty()) {
    out += "\"owed\":";
    AppendOwedList(out, change.owed);
    out += ',';
  }
  return out + "\"state\":" + change.state + '}';
}

}  // namespace

bool WillFold(const LiveExecution& live) {
  return live.execution.finished || live.change_bytes > std::max(kFoldFromBytes, live.row_bytes);
}

void WriteTurn(store::Transaction& tx, LiveExecution& live, const TurnRow& turn) {
  std::string detail = json::Text(turn.detail);
  if (detail.size() > kMaxHistoryBytes) {
    detail = json::Text(json::Object{{kTruncatedBytes, detail.size()}});
  }
  std::string consequences;
  AppendTexts(consequences, turn.consequences);
  const bool fold = WillFold(live);
  const std::string change = fold ? std::string() : TextOf(turn.change);
  tx.Execute(
      "INSERT INTO workflow_history (execution, turn, time_ms, kind, key, detail, consequences,"
      " change) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {live.execution.number, live.execution.turns, turn.time, turn.kind, turn.key, detail,
       consequences, change});
  if (fold) {
    Fold(tx, live);
  } else {
    live.change_bytes += change.size();
  }
}

std::optional<int64_t> NumberOf(store::Transaction& tx, const std::string& id) {
  return tx.QueryInt("SELECT number FROM workflow_executions WHERE id = ?", {id});
}

std::optional<Execution> LoadExecution(store::Transaction& tx, const std::string& id,
                                       Definitions* known) {
  std::optional<Execution> execution;
  tx.QueryOne("SELECT " RIPOSTE_EXECUTION_COLUMNS " FROM workflow_executions WHERE id = ?", {id},
              [&](const store::Row& row) { execution = WholeOf(tx, row, known, nullptr); });
  return execution;
}

std::shared_ptr<LiveExecution> LoadLive(store::Transaction& tx, int64_t number,
                                        Definitions* known) {
  std::shared_ptr<LiveExecution> live;
  tx.QueryOne("SELECT " RIPOSTE_EXECUTION_COLUMNS " FROM workflow_executions WHERE number = ?",
              {number}, [&](const store::Row& row) {
                live = std::make_shared<LiveExecution>();
                live->execution = WholeOf(tx, row, known, live.get());
              });
  return live;
}

std::shared_ptr<const Actor> ActorOf(const Execution& execution) {
  return std::make_shared<const Actor>(
      Actor{execution.id, execution.scope, execution.principal, execution.trace});
}

std::optional<Actor> LoadActor(store::Transaction& tx, int64_t number) {
  std::optional<Actor> actor;
  tx.QueryOne(
      "SELECT id, account, region, principal, correlation, hops FROM workflow_executions"
      " WHERE number = ? AND finished = 0",
      {number}, [&](const store::Row& row) {
        actor = Actor{row.Str(0),
                      {AccountId(row.Str(1)), Region(row.Str(2))},
                      access::PrincipalFromJson(ObjectOf(row, 3)),
                      {row.Str(4), static_cast<int>(row.Int(5))}};
      });
  return actor;
}

std::optional<ChildEnd> Adopt(store::Transaction& tx, const Execution& parent,
                              const std::string& key, const std::string& child_id,
                              const Scope& scope) {
  std::optional<ChildEnd> end;
  tx.QueryOne(
      "SELECT finished, status, output FROM workflow_executions"
      " WHERE id = ? AND account = ? AND region = ?",
      {child_id, scope.account.str(), scope.region.str()},
      [&](const store::Row& row) { end = ChildEnd{row.Int(0) != 0, row.Str(1), row.Json(2)}; });
  if (end) {
    tx.Execute("UPDATE workflow_executions SET parent_id = ?, parent_key = ? WHERE id = ?",
               {parent.id, key, child_id});
  }
  return end;
}

std::optional<Waiter> FindWaiter(store::Transaction& tx, const std::string& child_id) {
  std::optional<Waiter> waiter;
  tx.QueryOne(
      "SELECT p.number, c.parent_key FROM workflow_executions c"
      " JOIN workflow_executions p ON p.id = c.parent_id WHERE c.id = ? AND c.parent_id <> ''",
      {child_id}, [&](const store::Row& row) { waiter = Waiter{row.Int(0), row.Str(1)}; });
  return waiter;
}

void PutErrand(store::Transaction& tx, const PendingEffect& errand) {
  tx.Execute(
      "INSERT OR REPLACE INTO workflow_errands (execution, key, detail, token, created_ms)"
      " VALUES (?, ?, ?, ?, ?)",
      {errand.execution, errand.key, json::Text(errand.detail), errand.token, errand.created});
}

bool TakeErrand(store::Transaction& tx, const PendingEffect& errand) {
  return tx.Execute("DELETE FROM workflow_errands WHERE execution = ? AND key = ? AND token = ?",
                    {errand.execution, errand.key, errand.token}) > 0;
}

std::vector<EffectPtr> EverythingOwed(store::Transaction& tx) {
  std::vector<EffectPtr> all;
  tx.Query("SELECT number, turns, owed FROM workflow_executions WHERE finished = 0", {},
           [&](const store::Row& row) {
             const int64_t number = row.Int(0);
             std::vector<EffectPtr> owed;
             ReadOwed(owed, number, row.Json(2), nullptr);
             EachChange(tx, number, row.Int(1), [&](int64_t, std::string_view text) {
               json::Object change = ChangeOf(text);
               ApplyOwed(owed, number, change, nullptr);
             });
             std::ranges::move(owed, std::back_inserter(all));
             return true;
           });
  tx.Query("SELECT execution, key, detail, token, created_ms FROM workflow_errands", {},
           [&](const store::Row& row) {
             all.push_back(std::make_shared<const PendingEffect>(
                 PendingEffect{row.Int(0), row.Str(1), static_cast<Effect::Kind>(kStopChildKind),
                               ObjectOf(row, 2), row.Str(3), row.Time(4)}));
             return true;
           });
  std::ranges::sort(all, {}, [](const EffectPtr& effect) {
    return std::tuple(effect->created, effect->execution, std::string_view(effect->key));
  });
  return all;
}

void EachExecution(store::Transaction& tx, const Scope& scope, const std::string& language,
                   const std::optional<Cursor>& after,
                   const std::function<bool(const Execution&)>& each) {
  Definitions known(kMaxKnownBytes);
  const int64_t started = after ? ToMillis(after->started) : INT64_MAX;
  tx.Query("SELECT " RIPOSTE_EXECUTION_COLUMNS
           " FROM workflow_executions"
           " WHERE account = ? AND region = ? AND language = ?"
           " AND (started_ms, id) < (?, ?) ORDER BY started_ms DESC, id DESC",
           {scope.account.str(), scope.region.str(), language, started, after ? after->id : ""},
           [&](const store::Row& row) { return each(WholeOf(tx, row, &known, nullptr)); });
}

void EachHistory(store::Transaction& tx, int64_t execution,
                 const std::function<bool(const HistoryRow&)>& each) {
  tx.Query(
      "SELECT turn, time_ms, kind, key, detail, consequences FROM workflow_history"
      " WHERE execution = ? ORDER BY turn",
      {execution}, [&](const store::Row& row) {
        if (!each({row.Int(0), row.Time(1), row.Str(2), row.Str(3), row.Json(4)})) return false;
        const json::Value consequences = row.Json(5);
        const json::Array& list = consequences.as_array();
        for (size_t i = 0; i + 1 < list.size(); i += 2) {
          if (!each({row.Int(0), row.Time(1), std::string(json::View(list[i])),
                     std::string(json::View(list[i + 1])), json::Value()})) {
            return false;
          }
        }
        return true;
      });
}

std::optional<json::Object> InputOf(store::Transaction& tx, int64_t execution) {
  std::optional<json::Object> input;
  EachHistory(tx, execution, [&](const HistoryRow& row) {
    if (row.detail.is_object() && !row.detail.as_object().contains(kTruncatedBytes)) {
      input = row.detail.as_object();
    }
    return false;
  });
  return input;
}

int64_t Prune(store::Transaction& tx, TimePoint before, int limit) {
  struct Old {
    int64_t number = 0;
    std::string definition;
  };
  std::vector<Old> old;
  tx.Query(
      "SELECT number, definition FROM workflow_executions"
      " WHERE finished = 1 AND ended_ms < ? LIMIT ?",
      {before, limit}, [&](const store::Row& row) {
        old.push_back({row.Int(0), row.Str(1)});
        return true;
      });
  for (const Old& one : old) {
    tx.Execute("DELETE FROM workflow_history WHERE execution = ?", {one.number});
    tx.Execute("DELETE FROM workflow_errands WHERE execution = ?", {one.number});
    tx.Execute("DELETE FROM workflow_executions WHERE number = ?", {one.number});
    tx.Execute(
        "DELETE FROM workflow_definitions WHERE hash = ? AND NOT EXISTS"
        " (SELECT 1 FROM workflow_executions WHERE definition = ?)",
        {one.definition, one.definition});
  }
  return static_cast<int64_t>(old.size());
}

}  // namespace riposte::workflow::tables

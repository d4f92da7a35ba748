#include "store/migrations.h"

#include <sqlite3.h>

#include <map>
#include <set>
#include <string>

namespace riposte::store {

namespace {

using Versions = std::map<std::string, int, std::less<>>;

Versions Applied(Connection& connection) {
  Versions applied;
  Connection::Lease rows(connection,
                         "SELECT component, max(version) FROM store_migrations GROUP BY 1");
  while (rows.Step()) {
    const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(rows.get(), 0));
    applied[name] = sqlite3_column_int(rows.get(), 1);
  }
  return applied;
}

void Apply(Connection& connection, const Migration& migration) {
  connection.Script(std::string(migration.sql));
  Connection::Lease insert(connection,
                           "INSERT INTO store_migrations (component, version) VALUES (?, ?)");
  sqlite3_bind_text(insert.get(), 1, migration.component.data(),
                    static_cast<int>(migration.component.size()), SQLITE_STATIC);
  sqlite3_bind_int(insert.get(), 2, migration.version);
  insert.Step();
}

}  // namespace

Status Migrate(Connection& connection, std::span<const Migration> migrations) {
  Versions known;
  for (const Migration& migration : migrations) {
    int& last = known[std::string(migration.component)];
    if (migration.version != last + 1) {
      return Fail(Code::kInternal, "migrations of " + std::string(migration.component) +
                                       " are not numbered 1, 2, 3 …");
    }
    last = migration.version;
  }
  std::string doing = "reading the schema's version";
  try {
    connection.Run(
        "CREATE TABLE IF NOT EXISTS store_migrations (component TEXT NOT NULL, "
        "version INTEGER NOT NULL, PRIMARY KEY (component, version)) WITHOUT ROWID");
    const Versions applied = Applied(connection);
    for (const auto& [component, version] : applied) {
      const auto found = known.find(component);
      const int newest = found == known.end() ? 0 : found->second;
      if (version > newest) {
        return Fail(Code::kConflict, "the database was written by a newer version: " + component +
                                         " has schema " + std::to_string(version) +
                                         ", this program knows " + std::to_string(newest));
      }
    }
    if (applied == known) return {};
    connection.Run("BEGIN IMMEDIATE");
    for (const Migration& migration : migrations) {
      const auto found = applied.find(migration.component);
      if (found != applied.end() && migration.version <= found->second) continue;
      doing = std::string(migration.component) + " migration " + std::to_string(migration.version);
      Apply(connection, migration);
    }
    connection.Run("COMMIT");
  } catch (const Failure& failure) {
    if (connection.InTransaction()) connection.Run("ROLLBACK");
    return Fail(Code::kUnavailable, doing + ": " + failure.what());
  }
  return {};
}

}  // namespace riposte::store

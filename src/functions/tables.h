// The tables of the function runner, and all SQL over them.
//
// A function is one row in functions_functions and one in functions_versions for each version,
// "$LATEST" among them. The configuration document is the one that GetFunctionConfiguration
// shows. Packages are kept once a content. Thread rule: inside a transaction.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "functions/spec.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::functions {

[[nodiscard]] std::span<const store::Migration> Migrations();

inline constexpr std::string_view kLatest = "$LATEST";

namespace tables {

struct Function {
  std::optional<int> reserved_concurrency;
  int next_version = 1;
  json::Object tags;
};

[[nodiscard]] std::optional<Function> FindFunction(store::Transaction& tx, const Scope& scope,
                                                   std::string_view name);
/// Inserts or replaces.
void PutFunction(store::Transaction& tx, const Scope& scope, std::string_view name,
                 const Function& function);
/// With its versions, aliases, policies, event configurations, and packages no one else uses.
void DeleteFunction(store::Transaction& tx, const Scope& scope, std::string_view name);
[[nodiscard]] int64_t CountFunctions(store::Transaction& tx, const Scope& scope);
[[nodiscard]] int64_t TotalCodeSize(store::Transaction& tx, const Scope& scope);
/// The sum of what other functions have reserved.
[[nodiscard]] int64_t ReservedConcurrency(store::Transaction& tx, const Scope& scope,
                                          std::string_view except_name);

/// The configuration of a version ("$LATEST", "3").
[[nodiscard]] std::optional<json::Object> FindVersion(store::Transaction& tx, const Scope& scope,
                                                      std::string_view name,
                                                      std::string_view version);
void PutVersion(store::Transaction& tx, const Scope& scope, std::string_view name,
                std::string_view version, const json::Object& config);
void DeleteVersion(store::Transaction& tx, const Scope& scope, std::string_view name,
                   std::string_view version);
/// Up to `limit` configurations of $LATEST with names after `after`, by name.
[[nodiscard]] std::vector<json::Object> ListLatest(store::Transaction& tx, const Scope& scope,
                                                   std::string_view after, int limit);
/// All versions of all functions (FunctionVersion=ALL): after (name, number).
[[nodiscard]] std::vector<json::Object> ListAllVersions(store::Transaction& tx, const Scope& scope,
                                                        std::string_view after_name,
                                                        int64_t after_number, int limit);
/// Versions of one function, $LATEST first, then by number, after number `after` (-1: all).
[[nodiscard]] std::vector<json::Object> ListVersions(store::Transaction& tx, const Scope& scope,
                                                     std::string_view name, int64_t after,
                                                     int limit);
/// 0 for "$LATEST", else the number: how versions are ordered.
[[nodiscard]] int64_t VersionNumber(std::string_view version);

[[nodiscard]] std::optional<json::Object> FindAlias(store::Transaction& tx, const Scope& scope,
                                                    std::string_view name, std::string_view alias);
void PutAlias(store::Transaction& tx, const Scope& scope, std::string_view name,
              std::string_view alias, const json::Object& document);
bool DeleteAlias(store::Transaction& tx, const Scope& scope, std::string_view name,
                 std::string_view alias);
[[nodiscard]] std::vector<json::Object> ListAliases(store::Transaction& tx, const Scope& scope,
                                                    std::string_view name, std::string_view after,
                                                    int limit);

/// The policy of a function ("" as qualifier), version or alias: its list of statements.
struct Policy {
  json::Array statements;
  std::string revision_id;
};
[[nodiscard]] std::optional<Policy> FindPolicy(store::Transaction& tx, const Scope& scope,
                                               std::string_view name, std::string_view qualifier);
void PutPolicy(store::Transaction& tx, const Scope& scope, std::string_view name,
               std::string_view qualifier, const Policy& policy);
void DeletePolicy(store::Transaction& tx, const Scope& scope, std::string_view name,
                  std::string_view qualifier);

/// Configuration of asynchronous invocation, by qualifier ("$LATEST" when none was named).
[[nodiscard]] std::optional<json::Object> FindEventConfig(store::Transaction& tx,
                                                          const Scope& scope, std::string_view name,
                                                          std::string_view qualifier);
void PutEventConfig(store::Transaction& tx, const Scope& scope, std::string_view name,
                    std::string_view qualifier, const json::Object& document);
bool DeleteEventConfig(store::Transaction& tx, const Scope& scope, std::string_view name,
                       std::string_view qualifier);
[[nodiscard]] std::vector<json::Object> ListEventConfigs(store::Transaction& tx, const Scope& scope,
                                                         std::string_view name,
                                                         std::string_view after, int limit);

void PutPackage(store::Transaction& tx, std::string_view sha256_base64, std::string_view zip);
[[nodiscard]] std::optional<std::string> FindPackage(store::Transaction& tx,
                                                     std::string_view sha256_base64);
/// Drops packages that no version refers to.
void DropUnusedPackages(store::Transaction& tx);
[[nodiscard]] std::vector<std::string> ListPackages(store::Transaction& tx);

/// Event source mappings: queues whose messages a function gets.
struct EventSource {
  std::string uuid;
  Scope scope;
  std::string function;   ///< Name.
  std::string qualifier;  ///< Version, alias, or "".
  std::string queue_arn;
  bool enabled = true;
  json::Object document;  ///< As GetEventSourceMapping shows it.
};
[[nodiscard]] std::optional<EventSource> FindEventSource(store::Transaction& tx, const Scope& scope,
                                                         std::string_view uuid);
void PutEventSource(store::Transaction& tx, const EventSource& source);
void DeleteEventSource(store::Transaction& tx, const Scope& scope, std::string_view uuid);
/// Of one scope, after `after` by UUID, for one function and one queue where they are named.
[[nodiscard]] std::vector<EventSource> ListEventSources(store::Transaction& tx, const Scope& scope,
                                                        std::string_view function,
                                                        std::string_view queue_arn,
                                                        std::string_view after, int limit);
/// The enabled ones of all scopes.
[[nodiscard]] std::vector<EventSource> EnabledEventSources(store::Transaction& tx);

/// How often the code itself has failed for one piece of asynchronous work.
void PutAsyncErrors(store::Transaction& tx, int64_t work_id, int errors);
void DeleteAsyncErrors(store::Transaction& tx, int64_t work_id);
[[nodiscard]] std::map<int64_t, int> LoadAsyncErrors(store::Transaction& tx);

}  // namespace tables
}  // namespace riposte::functions

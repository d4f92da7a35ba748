// Pipes and tags as rows; every SQL statement of the service. Thread safety: inside one
// transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::pipes {

struct PipeKey {
  Scope scope;
  std::string name;
  [[nodiscard]] std::string Arn() const;
  friend auto operator<=>(const PipeKey&, const PipeKey&) = default;
};

struct Pipe {
  PipeKey key;
  json::Object document;           ///< Source, Enrichment, Target, their parameters, RoleArn …
  std::string desired;             ///< RUNNING or STOPPED.
  std::string state = "CREATING";  ///< PipeState of the API.
  TimePoint created;
  TimePoint modified;

  /// On its way to the state that is desired.
  [[nodiscard]] bool transitional() const { return state.ends_with("ING") && state != "RUNNING"; }
  [[nodiscard]] std::string Text(std::string_view member) const {
    return std::string(json::GetString(document, member));
  }
};

namespace tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

[[nodiscard]] std::optional<Pipe> Find(store::Transaction& tx, const PipeKey& key);
void Put(store::Transaction& tx, const Pipe& pipe);
/// With its tags.
void Delete(store::Transaction& tx, const PipeKey& key);
[[nodiscard]] int64_t Count(store::Transaction& tx, const Scope& scope);
/// By name, those after `after`.
[[nodiscard]] std::vector<Pipe> List(store::Transaction& tx, const Scope& scope,
                                     const std::string& after, int64_t limit);
/// Of every account and region.
[[nodiscard]] std::vector<Pipe> All(store::Transaction& tx);

using Tags = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Tags ListTags(store::Transaction& tx, const std::string& arn);
void PutTag(store::Transaction& tx, const std::string& arn, const std::string& key,
            const std::string& value);
void DeleteTag(store::Transaction& tx, const std::string& arn, const std::string& key);

}  // namespace tables
}  // namespace riposte::pipes

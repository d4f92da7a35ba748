#include "observe/tags.h"

namespace riposte::observe {

bool SetTags(store::Transaction& tx, const std::string& arn, const Tags& tags) {
  if (tags.empty()) return true;
  Tags merged = ListTags(tx, arn);
  for (const auto& [key, value] : tags) merged[key] = value;
  if (merged.size() > kMaxTags) return false;
  for (const auto& [key, value] : tags) {
    tx.Execute("INSERT OR REPLACE INTO observe_tags (arn, key, value) VALUES (?, ?, ?)",
               {arn, key, value});
  }
  return true;
}

void RemoveTags(store::Transaction& tx, const std::string& arn,
                const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    tx.Execute("DELETE FROM observe_tags WHERE arn = ? AND key = ?", {arn, key});
  }
}

void RemoveAllTags(store::Transaction& tx, const std::string& arn) {
  tx.Execute("DELETE FROM observe_tags WHERE arn = ?", {arn});
}

Tags ListTags(store::Transaction& tx, const std::string& arn) {
  Tags tags;
  tx.Query("SELECT key, value FROM observe_tags WHERE arn = ?", {arn}, [&](const store::Row& row) {
    tags.emplace(row.Str(0), row.Str(1));
    return true;
  });
  return tags;
}

}  // namespace riposte::observe

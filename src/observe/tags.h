// Tags of alarms, dashboards, log groups and trails, by ARN.
//
// Thread safety: functions over a Transaction, on its thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/store.h"

namespace riposte::observe {

using Tags = std::map<std::string, std::string>;

inline constexpr size_t kMaxTags = 50;  ///< A resource; the services' own limit.

/// Adds or replaces. Returns false, and changes nothing, when there would be more than kMaxTags.
[[nodiscard]] bool SetTags(store::Transaction& tx, const std::string& arn, const Tags& tags);
void RemoveTags(store::Transaction& tx, const std::string& arn,
                const std::vector<std::string>& keys);
void RemoveAllTags(store::Transaction& tx, const std::string& arn);
[[nodiscard]] Tags ListTags(store::Transaction& tx, const std::string& arn);

}  // namespace riposte::observe

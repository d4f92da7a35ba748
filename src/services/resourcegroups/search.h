// The tagged resources of the estate that fit a query.
//
// Order: by type, then by id; a page begins after a place in it. Instances that are terminated are
// not found. Thread safety: inside one transaction. Cost: reads the kinds that the query wants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/scope.h"
#include "services/resourcegroups/query.h"
#include "store/store.h"

namespace riposte::resourcegroups {

struct Found {
  std::string type;  ///< "AWS::EC2::Instance"
  std::string id;
  std::string arn;
};

struct FoundPage {
  std::vector<Found> resources;
  bool more = false;
};

/// True for types that can be found at all.
[[nodiscard]] bool IsSearchable(std::string_view type);

/// At most `limit`, those after (`after.type`, `after.id`).
[[nodiscard]] FoundPage Search(store::Transaction& tx, const Scope& scope, const TagQuery& query,
                               const Found& after, size_t limit);

}  // namespace riposte::resourcegroups

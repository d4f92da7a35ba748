// A resource query by tags: which types, and which tags a resource must have.
//
//   {"ResourceTypeFilters": ["AWS::EC2::Instance"],            or ["AWS::AllSupported"]
//    "TagFilters": [{"Key": "Stage", "Values": ["Test", "Deploy"]}]}
//
// Every key must be there, with one of its values; a key without values takes any. Without
// TagFilters, whatever has a tag fits. Source: ResourceQuery, Resource Groups API reference. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/error.h"
#include "json/json.h"

namespace riposte::resourcegroups {

[[nodiscard]] inline api::Error BadRequest(std::string message) {
  return {"BadRequestException", std::move(message)};
}

struct TagQuery {
  struct Filter {
    std::string key;
    std::vector<std::string> values;
  };
  std::vector<std::string> types;  ///< Empty: all.
  std::vector<Filter> filters;

  /// `query`: ResourceQuery of the API. Throws BadRequestException.
  [[nodiscard]] static TagQuery Parse(const json::Object& query);

  [[nodiscard]] bool WantsType(std::string_view type) const;
  /// `tags`: [{"Key", "Value"}], or null for none.
  [[nodiscard]] bool FitsTags(const json::Array* tags) const;
};

}  // namespace riposte::resourcegroups

// Targets that a call finds: instances by their tags, other resources by theirs, the members of a
// resource group. Which value of the target parameter each one gives.
//
// Data path:  StartAutomationExecution -> TargetSearch -> the plan (fan_out.h) -> the call, page by
//             page, as the execution's principal -> Read -> a child each; a preview counts them
// Source: spec 2.7; "Mapping targets for an automation", Systems Manager user guide. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace riposte::automation {

struct TargetSearch {
  std::string service;
  std::string operation;
  json::Object input;

  /// `filters`: of DescribeInstances. Instances that are gone are left out.
  [[nodiscard]] static TargetSearch Instances(json::Array filters);
  /// `tags`: [{"Key", "Values"}], all of which must fit.
  [[nodiscard]] static TargetSearch Resources(std::string_view type, json::Array tags);
  /// `group`: name or ARN. `type`: "" for whatever is in it.
  [[nodiscard]] static TargetSearch Group(std::string_view group, std::string_view type);

  [[nodiscard]] json::Object ToJson() const;
  [[nodiscard]] static TargetSearch FromJson(const json::Object& search);

  /// `token`: Page::next, or "" for the first page.
  [[nodiscard]] json::Object InputOf(std::string_view token) const;

  struct Target {
    std::string value;  ///< An id, or a bucket's name.
    std::string type;   ///< "AWS::EC2::Instance"
  };
  struct Page {
    std::vector<Target> targets;
    std::string next;  ///< "" after the last.
  };
  /// `output`: of the call.
  [[nodiscard]] Page Read(const json::Object& output) const;
};

}  // namespace riposte::automation

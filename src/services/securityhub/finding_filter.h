// Which findings do a set of ASFF filters select?
//
// The same filters serve GetFindings (AwsSecurityFindingFilters) and automation rules
// (AutomationRulesFindingFilters). All named filters must hold. Within one filter, positive
// comparisons are alternatives and negative ones must all hold.
// Source: "StringFilter", "NumberFilter", "DateFilter", "MapFilter", Security Hub API reference.
// Pure functions, any thread. Cost: one walk of a dotted path a filter.
#pragma once

#include <string_view>

#include "base/time.h"
#include "json/json.h"

namespace riposte::securityhub {

/// REQUIRES: `filters` was validated against the model.
/// Throws api::Error InvalidInputException for a filter that is not supported.
[[nodiscard]] bool MatchesFilters(const json::Object& filters, const json::Object& finding,
                                  TimePoint now);

/// Every value that a dotted path reaches; lists on the way fan out.
[[nodiscard]] std::vector<const json::Value*> ValuesAt(const json::Object& finding,
                                                       std::string_view dotted_path);

}  // namespace riposte::securityhub

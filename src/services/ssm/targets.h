// Which executions an automation over many targets is made of: Targets, TargetMaps and
// TargetLocations of StartAutomationExecution, checked and laid out. Source: spec 2.7.
#pragma once

#include <optional>

#include "api/call.h"
#include "services/ssm/tables.h"
#include "workflow/automation/document.h"
#include "workflow/automation/fan_out.h"

namespace riposte::ssm {

/// nullopt when the call is about one execution alone. REQUIRES: with TargetLocationsURL, the
/// call's TargetLocations are those of the file (target_locations.h). Throws InvalidTarget and
/// InvalidAutomationExecutionParametersException.
[[nodiscard]] std::optional<automation::FanOutPlan> PlanTargets(
    const api::Call& call, const StoredDocument& stored, const automation::Document& document);

/// The type of resource that a document's target type, else its target parameter, names; "" when
/// neither says anything.
[[nodiscard]] std::string TypeOfTargets(const StoredDocument& stored,
                                        const automation::Document& document,
                                        const std::string& parameter);

/// What is given for all targets together, as far as it is: values of the declared types. Throws
/// InvalidAutomationExecutionParametersException.
[[nodiscard]] json::Object CommonParameters(const automation::Document& document,
                                            const json::Object& given);

}  // namespace riposte::ssm

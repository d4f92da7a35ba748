// An execution as the API shows it: AutomationExecution, AutomationExecutionMetadata and
// StepExecution documents, read from the language's state. Source: spec 2.9. Pure.
#pragma once

#include "json/json.h"
#include "workflow/language.h"

namespace riposte::automation {

/// AutomationExecution, with all its steps.
[[nodiscard]] json::Object DescribeExecution(const workflow::Execution& execution);
/// AutomationExecutionMetadata.
[[nodiscard]] json::Object DescribeMetadata(const workflow::Execution& execution);
/// StepExecution documents in the document's order; those not reached are Pending. The runs of a
/// loop's inner steps follow their loop, oldest first.
[[nodiscard]] json::Array DescribeSteps(const workflow::Execution& execution);

}  // namespace riposte::automation

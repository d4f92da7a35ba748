// What would run after a step: the steps that can be reached from it, with every reference replaced
// that has a value by now. It is what an approval is about.
//
// References that have no value yet, and those to the date, stay as they are written; the text of
// a script is shown by its SHA-256. Pure.
#pragma once

#include <string>

#include "json/json.h"
#include "workflow/automation/document.h"
#include "workflow/automation/expression.h"

namespace riposte::automation {

struct Plan {
  json::Array steps;   ///< {"Step", "Action", "Inputs"}, in the document's order.
  std::string digest;  ///< SHA-256 of the whole, hex.
};

[[nodiscard]] Plan PlanAfter(const Document& document, const Step& step, const Resolver& resolver);

/// The steps that `step` of `steps` can lead to: by order, nextStep, onFailure and choices.
[[nodiscard]] std::vector<std::string> NextSteps(const std::vector<Step>& steps, const Step& step);

}  // namespace riposte::automation

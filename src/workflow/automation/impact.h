// What a runbook would do to resources, judged by its text: which steps change something, which
// only look, and of which that cannot be known before they run.
//
// Each step that the document holds counts once, those inside a loop too; the loop itself, like
// everything that only steers the execution, changes nothing. A step that starts another runbook
// is what the gravest step of that runbook is. Source: "AutomationExecutionPreview" (spec 2.9).
// Pure, but for `find_document`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "workflow/automation/action.h"
#include "workflow/automation/document.h"

namespace riposte::automation {

struct ImpactCounts {
  int64_t mutating = 0;
  int64_t non_mutating = 0;
  int64_t undetermined = 0;
};

/// The runbook that a step names, with its version ("" for the default one); nullopt when there is
/// none.
using FindDocument =
    std::function<std::optional<Document>(std::string_view name, std::string_view version)>;

/// At most kMaxNestedRunbooks runbooks are looked at; steps that would start others are
/// undetermined.
inline constexpr int kMaxNestedRunbooks = 100;
[[nodiscard]] ImpactCounts CountImpacts(const Document& document, const FindApi& find_api,
                                        const FindDocument& find_document);

}  // namespace riposte::automation

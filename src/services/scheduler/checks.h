// What a request to the Scheduler may ask for. All throw api::Error in the words of the service.
#pragma once

#include "access/authorizer.h"
#include "api/call.h"
#include "services/scheduler/plan.h"
#include "wire/catalog.h"

namespace riposte::scheduler {

[[nodiscard]] inline api::Error Invalid(std::string message) {
  return {"ValidationException", std::move(message)};
}

/// The document of a schedule as the call gives it, with the service's defaults filled in.
[[nodiscard]] json::Object DocumentOf(const api::Call& call);

struct Moment {
  TimePoint now;            ///< Of the call.
  bool same_start = false;  ///< An update that leaves the StartDate as it was.
};
/// Start, end and window fit together.
void CheckTiming(const json::Object& document, const Timing& timing, const Moment& moment);

/// The target is one that can be delivered to, with the parameters that it needs.
void CheckTarget(const json::Object& target, const wire::Catalog& catalog);

/// The caller may pass the target's role to the Scheduler, which the role trusts.
void CheckRole(const api::Call& call, const std::string& role_arn,
               const access::Authorizer& authorizer);

}  // namespace riposte::scheduler

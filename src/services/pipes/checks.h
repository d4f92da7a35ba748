// What a pipe may be made of. Throws api::Error in the words of the service.
#pragma once

#include "access/authorizer.h"
#include "api/call.h"
#include "services/pipes/tables.h"
#include "wire/catalog.h"

namespace riposte::pipes {

inline constexpr std::string_view kPrincipal = "pipes.amazonaws.com";

[[nodiscard]] inline api::Error Invalid(std::string message) {
  return {"ValidationException", std::move(message)};
}

/// Messages a batch: as given, or what the service takes by default.
[[nodiscard]] int64_t BatchSizeOf(const Pipe& pipe);
/// Source, filters, enrichment, target and their parameters.
void CheckPipe(const Pipe& pipe, const wire::Catalog& catalog);
/// The caller may pass the pipe's role, which trusts the service.
void CheckRole(const api::Call& call, const std::string& role_arn,
               const access::Authorizer& authorizer);

}  // namespace riposte::pipes

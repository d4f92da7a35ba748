// What the parts of LambdaService share: names, errors, timestamps.
#pragma once

#include <string>

#include "api/call.h"
#include "functions/catalog.h"
#include "functions/tables.h"

namespace riposte::lambda {

/// "2026-01-01T00:00:00.000+0000", as LastModified is written.
[[nodiscard]] std::string FormatLastModified(TimePoint time);

[[nodiscard]] api::Error InvalidParameter(std::string message);
/// `arn` with its qualifier, when the request had one.
[[nodiscard]] api::Error FunctionNotFound(const std::string& arn);
[[nodiscard]] api::Error Conflict(std::string message);

/// FunctionName and Qualifier of the call. Throws when they contradict each other, and when the
/// function would lie in an account other than the call's.
[[nodiscard]] functions::FunctionRef RefOf(const api::Call& call);
/// The same, for operations that take no qualifier.
[[nodiscard]] functions::FunctionRef UnqualifiedRefOf(const api::Call& call);

/// Throws ResourceNotFoundException.
[[nodiscard]] functions::tables::Function RequireFunction(store::Transaction& tx,
                                                          const functions::FunctionRef& ref);
/// The configuration that `ref` (function, version or alias) stands for. Throws
/// ResourceNotFoundException.
[[nodiscard]] json::Object RequireConfig(store::Transaction& tx, const functions::FunctionRef& ref);
/// Throws PreconditionFailedException when the call's RevisionId is not `current`.
void CheckRevision(const api::Call& call, std::string_view current);

/// MaxItems of the call within [1, most].
[[nodiscard]] int MaxItems(const api::Call& call, int most);

}  // namespace riposte::lambda

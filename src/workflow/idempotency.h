// Which members of an operation's input take an idempotency token?
//
// Those that the model marks, and those that carry one of the usual names: some services document
// a token without marking it. Pure; any thread.
#pragma once

#include <string>

#include "json/json.h"
#include "wire/catalog.h"

namespace riposte::workflow {

/// Puts `token` into the input's token members that are not set. For Engine::Options::fill_token.
void FillIdempotencyToken(const wire::OperationModel& operation, const std::string& token,
                          json::Object& input);

}  // namespace riposte::workflow

// The call that hands an input to what an ARN names: the one place that knows how functions,
// queues, topics and state machines are addressed.
//
// | target | call |
// |---|---|
// | lambda function | lambda Invoke, asynchronous unless `wait` |
// | sqs queue | sqs SendMessage in `group_id`, in FIFO queues deduplicated by `token` |
// | sns topic | sns Publish, likewise |
// | states state machine | states StartExecution, named `token` |
// Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "api/invoker.h"
#include "base/arn.h"

namespace riposte::delivery {

struct Handover {
  std::string input;
  std::string token;          ///< The same for every attempt at one delivery.
  std::string group_id = {};  ///< "": none.
  bool wait = false;          ///< Functions: reply with their result.
};

/// nullopt for any other ARN. The caller adds the principal; what the ARN leaves out of the scope
/// is empty.
[[nodiscard]] std::optional<api::Invocation> CallOf(const Arn& target, const Handover& handover);

}  // namespace riposte::delivery

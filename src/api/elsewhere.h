// Where calls of accounts go whose resources are not this engine's. Implemented above; the pipeline
// asks it after it has authorised a call, and before any handler.
#pragma once

#include "api/call.h"
#include "wire/catalog.h"

namespace riposte::api {

class Elsewhere {
 public:
  virtual ~Elsewhere() = default;
  /// Any thread.
  [[nodiscard]] virtual bool Serves(const Call& call) const = 0;
  /// REQUIRES: Serves(*call). `reply` may run on any thread, once.
  virtual void Send(SharedCall call, const wire::OperationModel& operation, Reply reply) = 0;
};

}  // namespace riposte::api

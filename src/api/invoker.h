// How one part of the engine asks another for something: as a principal, through the same
// pipeline as a call from outside, so that it is authorised, audited and metered.
#pragma once

#include <optional>
#include <string>

#include "api/call.h"
#include "store/store.h"

namespace riposte::api {

struct Invocation {
  std::string service;    ///< Registry name ("ec2"), or the SDK's name for it ("cloudwatch").
  std::string operation;  ///< "StopInstances".
  json::Object input;     ///< Validated against the model like any other.
  access::Principal principal;
  Scope scope;
  Trace trace;
  std::string user_agent = "riposte-internal";
  bool internal = true;  ///< False: as if it came from outside (tests).
};

class Invoker {
 public:
  virtual ~Invoker() = default;
  /// `reply` runs on the engine's loop (Executor), never inside this call.
  virtual void Invoke(Invocation invocation, Reply reply) = 0;
  /// The same inside the caller's write transaction: effect and caller's own rows are one commit.
  /// nullopt when the operation cannot run so (it answers later or elsewhere, or reads and has no
  /// row for this): then Invoke it. After
  /// an error nothing has changed; an operation that fails half-way fails the whole transaction.
  /// The output may lack what only a reader of it would need (Call::wants_output).
  virtual std::optional<Outcome> InvokeWithin(store::Transaction& /*tx*/,
                                              Invocation /*invocation*/) {
    return std::nullopt;
  }
};

}  // namespace riposte::api

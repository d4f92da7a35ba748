// One call of one operation: what every handler gets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "access/principal.h"
#include "api/error.h"
#include "base/arn.h"
#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"
#include "json/json.h"

namespace riposte::api {

struct Call {
  std::string service;    ///< Name in the registry: "events", "lambda", "monitoring", …
  std::string operation;  ///< "PutRule".
  json::Object input;     ///< Decoded and validated against the model.
  access::Principal caller;
  Scope scope;  ///< Account and region that the call is about.
  std::string request_id;
  TimePoint now;
  Trace trace;
  std::string source_ip;
  std::string user_agent;
  /// "http://127.0.0.1:4566": the base of URLs in replies (queue URLs), as the client reached us.
  std::string endpoint;
  /// False when nobody reads the reply: what is dear to compute for it alone may be left out.
  bool wants_output = true;
  /// Made by the engine itself: by a delivery, a runbook, an event source.
  bool internal = false;

  /// "arn:aws:<arn_service>:<region>:<account>:<resource>" in the call's scope.
  [[nodiscard]] std::string MakeArn(std::string_view arn_service, std::string_view resource) const {
    return riposte::MakeArn(arn_service, scope, resource);
  }
};

/// A call on its way, for handlers that reply later.
using SharedCall = std::shared_ptr<const Call>;

/// The outcome of a call: a document, or an api::Error.
struct Outcome {
  json::Value output;  ///< An object, when there is no error.
  std::optional<Error> error;
  [[nodiscard]] bool ok() const { return !error.has_value(); }
};

/// Called once, from any thread.
using Reply = std::move_only_function<void(Outcome)>;

}  // namespace riposte::api

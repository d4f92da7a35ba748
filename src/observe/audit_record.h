// What an audit record holds: who called what, from where, with which parameters, why it was
// allowed, and what came of it. The form is that of CloudTrail records.
//
// Pure functions. Source: "CloudTrail record contents", CloudTrail user guide.
#pragma once

#include <string>
#include <vector>

#include "api/sinks.h"
#include "json/json.h"
#include "wire/catalog.h"

namespace riposte::observe {

/// What records of calls that differ only in time and request share.
struct AuditHead {
  Scope scope;
  std::string service, operation, iam_action;
  access::Principal caller;
  std::string source_ip, user_agent;
  std::string evidence, error_code, error_message;
  std::vector<std::string> resources;
  std::string correlation;
  bool readonly = false;
};
[[nodiscard]] AuditHead MakeHead(const api::AuditRecord& record);

/// A copy fit for the record: members that the model marks as sensitive are hidden, names start
/// in lower case, texts are cut at 2 KB, and what is still larger than 16 KB is left out with a
/// note. `shape` may be null (unknown operation): then nothing is shown.
[[nodiscard]] json::Value Presentable(const wire::Shape* shape, const json::Value& value);

/// The record without eventTime, requestID and eventID.
[[nodiscard]] json::Object MakeRecord(const AuditHead& head, json::Value request,
                                      json::Value response);
/// Completes it.
void Complete(json::Object& record, TimePoint time, std::string_view request_id,
              std::string_view event_id);

/// "events.amazonaws.com"
[[nodiscard]] std::string EventSource(std::string_view service);
/// The name by which LookupEvents finds the caller.
[[nodiscard]] std::string UserName(const access::Principal& caller);
/// A UUID that is a function of the call: the same record always has the same id.
[[nodiscard]] std::string EventId(std::string_view request_id, std::string_view service,
                                  std::string_view operation);

}  // namespace riposte::observe

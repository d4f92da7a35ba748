// What lower folders report upward through interfaces: events, metrics and audit records.
//
// Implemented by bus/ (events) and observe/ (metrics, audit, logs), joined in app/wiring.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/principal.h"
#include "api/call.h"
#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::api {

/// An event on its way to a bus: what the EventBridge envelope is made of.
struct Event {
  Scope scope;                  ///< Whose bus.
  std::string bus = "default";  ///< Name of the bus in that scope.
  std::string source;           ///< "aws.securityhub"
  std::string detail_type;      ///< "Security Hub Findings - Imported"
  TimePoint time;
  std::vector<std::string> resources;
  json::Value detail;  ///< An object.
  Trace trace;         ///< Carried on; hops + 1 is what its consequences get.
  std::string id;      ///< "": one is made.
  /// The replay that brings it back, "" for all others: the envelope's "replay-name".
  std::string replay_name;
  /// Correlation of the event that this one was made from, when it starts one of its own.
  std::string cause;
};

/// The engine's own services announce what happened. The event is accepted when the transaction
/// commits; matching and deliveries are part of it.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void Emit(store::Transaction& tx, Event event) = 0;
};

/// Metrics that users see and alarms watch (AWS/Events, AWS/Lambda …). Any thread; never blocks.
class MetricSink {
 public:
  using Dimensions = std::vector<std::pair<std::string, std::string>>;
  virtual ~MetricSink() = default;
  virtual void Put(const Scope& scope, std::string_view metric_namespace, std::string_view name,
                   const Dimensions& dimensions, double value, std::string_view unit) = 0;
};

/// Lines for log groups (/aws/lambda/…). Any thread; kept in order a stream.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void Append(const Scope& scope, const std::string& group, const std::string& stream,
                      TimePoint time, std::string message) = 0;
};

/// One audit record a call: views, good for the call of the sink.
struct AuditRecord {
  const Call* call = nullptr;
  bool readonly = false;
  bool data_plane = false;  ///< Its parameters are data: they are not recorded.
  std::string_view iam_action;
  std::span<const std::string> resources;
  std::string_view evidence;    ///< Why it was allowed or refused.
  std::string_view error_code;  ///< "" on success.
  std::string_view error_message;
  const json::Value* output = nullptr;  ///< Of mutating calls; nullptr otherwise.
};

class AuditSink {
 public:
  virtual ~AuditSink() = default;
  /// Inside the call's own write transaction: the record is as durable as the effect.
  virtual void Record(store::Transaction& tx, const AuditRecord& record) = 0;
  /// For reads, refusals and the data plane: kept in memory, written within a second in one batch.
  virtual void RecordLater(const AuditRecord& record) = 0;
};

}  // namespace riposte::api

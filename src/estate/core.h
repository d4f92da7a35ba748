// What the parts of the estate share: settings, ids, events, and time that moves on.
//
// Data path:     a change stores its resource with a due time -> on commit the timer is set ->
//                Core asks each part to advance what is due, in a write of its own
// Thread safety: methods that take a Transaction run inside it; the timer lives on the loop.
// A restart loses nothing: due times are columns, Start() reads the next one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/sinks.h"
#include "base/time.h"
#include "estate/resource.h"
#include "store/store.h"
#include "telemetry/log.h"

namespace riposte::estate {

/// How long the simulated estate takes for what the real one takes minutes for.
struct Timings {
  Millis launch{1500};        ///< pending -> running
  Millis stop{1500};          ///< stopping -> stopped
  Millis terminate{1500};     ///< shutting-down -> terminated
  Millis volume_create{500};  ///< creating -> available
  Millis volume_attach{500};  ///< attaching -> attached
  Millis volume_detach{500};  ///< detaching -> available
  Millis snapshot_step{400};  ///< Each of the four steps of a snapshot's progress.
  Millis image{2000};         ///< pending -> available, at least
  Millis terminated_record{std::chrono::hours(1)};  ///< Terminated instances are still described.
};

/// One change: inside which transaction, about which scope, when, and because of what.
struct Act {
  store::Transaction& tx;
  Scope scope;
  TimePoint now;
  Trace trace;
};

class Core {
 public:
  /// Moves one due resource on; called inside a write.
  using Advance = std::function<void(Act&, Resource&)>;

  Core(const Timings& timings, store::Store& store, Executor& loop, const Clock& clock,
       Random& random, api::EventSink& events, const telemetry::Log& log);
  ~Core();

  void SetAdvance(std::string_view kind, Advance advance);
  void Start();
  void Stop();

  [[nodiscard]] const Timings& timings() const { return timings_; }
  /// "<prefix>-" and 17 hexadecimal digits.
  [[nodiscard]] std::string NewId(std::string_view prefix);
  [[nodiscard]] Random& random() { return random_; }

  /// Stores `resource` with the due time that it has.
  void Put(Act& act, const Resource& resource) { estate::Put(act.tx, resource); }
  /// Stores `resource`, to be moved on after `delay` because of this act.
  void PutDue(Act& act, Resource& resource, Millis delay);
  /// Emits one aws.ec2 event about `resource_arn`.
  void Emit(Act& act, std::string_view detail_type, std::string resource_arn, json::Object detail);

 private:
  struct Timer;

  const Timings timings_;
  Random& random_;
  api::EventSink& events_;
  /// Shared with tasks on the loop and in the store, which may outlive a Stop().
  std::shared_ptr<Timer> timer_;
};

}  // namespace riposte::estate

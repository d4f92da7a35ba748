// Work out: everything that is owed to somebody, durably, until it is done or dead.
//
// Data path:     bus::Ingest / sns Publish / lambda Invoke -> Enqueue (in the caller's commit)
//                -> Target::DeliverWithin: done in that same commit, or
//                -> Dispatcher -> Target::Deliver -> outcome committed: done, retry at T, dead
//                letter
// Thread safety: Enqueue inside a write transaction; the Dispatcher lives on the engine's loop.
// A crash between any two steps repeats the delivery (at least once); its id stays the same, so a
// target that starts something uses it as the idempotency token.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "access/principal.h"
#include "api/sinks.h"
#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"
#include "json/json.h"
#include "store/store.h"
#include "telemetry/log.h"

namespace riposte::delivery {

/// When to try again: data, not code (spec: Delivery semantics).
struct RetryPolicy {
  int max_attempts = 185;  ///< Retries after the first try.
  Millis max_age{std::chrono::hours(24)};
  Millis base{1000};  ///< First back-off; doubles each time.
  Millis cap{512'000};
  bool jitter = true;  ///< Full jitter over [0, back-off].
  /// When not empty, the exact waits before retry 1, 2, …; the last one repeats.
  std::vector<Millis> steps;

  [[nodiscard]] json::Value ToJson() const;
  [[nodiscard]] static RetryPolicy FromJson(const json::Value& value);
};

/// One delivery owed to one target.
struct Work {
  int64_t id = 0;    ///< Given by Enqueue; stable over retries and restarts.
  std::string kind;  ///< Which Target: "rule-target", "topic-subscription", "function".
  Scope scope;
  std::string source_arn;  ///< The rule, subscription or function that owes it.
  std::string target_arn;  ///< Its lane: concurrency and rate are kept per target_arn.
  json::Object detail;     ///< What the Target needs: input, role, ids.
  RetryPolicy policy;
  std::string dead_letter_arn;  ///< A queue, or "".
  Trace trace;
  TimePoint created;
  TimePoint due;     ///< Not before.
  int attempts = 0;  ///< Tries that have failed so far.
  /// At most so many starts a second of its lane, evenly spaced; 0: any number.
  int max_per_second = 0;
  size_t bytes = 0;  ///< Of `detail` as stored; set by the list.
};

/// What came of one try.
struct Result {
  enum class Kind {
    kDone,
    kRetry,  ///< Failed; try again as the policy says (not before `retry_after`).
    kDead,   ///< Will never work: no permission, no such target. Straight to the dead letters.
  };
  Kind kind = Kind::kDone;
  std::string error_code;  ///< NO_PERMISSIONS, NO_RESOURCE, THROTTLING, TIMEOUT, …
  std::string error_message;
  Millis retry_after{0};
  bool held_back = false;  ///< A retry for a reason of our own: the target is not to be spared.
  bool counts = true;      ///< As an attempt; a retry that does not waits for `retry_after`.
  [[nodiscard]] static Result Done() { return {}; }
  [[nodiscard]] static Result Retry(std::string code, std::string message,
                                    Millis after = Millis(0)) {
    return {.kind = Kind::kRetry,
            .error_code = std::move(code),
            .error_message = std::move(message),
            .retry_after = after};
  }
  /// Nobody was asked: there is no room for it before `after` has passed.
  [[nodiscard]] static Result HeldBack(std::string code, std::string message, Millis after) {
    Result held = Retry(std::move(code), std::move(message), after);
    held.held_back = true;
    held.counts = false;
    return held;
  }
  [[nodiscard]] static Result Dead(std::string code, std::string message) {
    return {
        .kind = Kind::kDead, .error_code = std::move(code), .error_message = std::move(message)};
  }
};

/// Implemented above: one for each kind of work.
class Target {
 public:
  using Completion = std::move_only_function<void(Result)>;
  virtual ~Target() = default;
  /// On the loop; must not block. `completion` may be called from any thread, once.
  virtual void Deliver(const Work& work, Completion completion) = 0;
  /// How many works for the same ARN may start within a second; 0: any number. Asked when `work`
  /// is owed, unless that says so itself.
  [[nodiscard]] virtual int MostPerSecond(store::Transaction& /*tx*/, const Work& /*work*/) {
    return 0;
  }
  /// Delivers inside the transaction that would owe `work`, with all that OnOutcome does for a
  /// success. False when it cannot be done so, or failed without a trace: then the work is owed.
  virtual bool DeliverWithin(store::Transaction& /*tx*/, const Work& /*work*/) { return false; }
  /// The attempt that failed for good: what the dead letter should hold. Attributes are strings.
  struct DeadLetter {
    std::string body;
    std::map<std::string, std::string> attributes;
  };
  [[nodiscard]] virtual DeadLetter MakeDeadLetter(const Work& work, const Result& last,
                                                  const std::string& exhausted) const = 0;
  /// What the dispatcher made of the last attempt.
  enum class Disposition {
    kDone,
    kWillRetry,
    kDeadLettered,  ///< In the dead-letter queue.
    kDropped,       ///< For good, without a queue or with one that refused it; kept in the list.
  };
  /// After each attempt, inside the commit that records it: metrics, events, timeline.
  virtual void OnOutcome(store::Transaction& tx, const Work& work, const Result& result,
                         Disposition disposition) = 0;
};

/// What came of sending a dead letter.
struct LetterSent {
  LetterSent(bool sent, std::string id = "") : ok(sent), message_id(std::move(id)) {}
  /// It could not be sent now, but may be soon: the store refused it, the queue was throttled.
  [[nodiscard]] static LetterSent Later() {
    LetterSent later(false);
    later.again = true;
    return later;
  }
  bool ok;
  bool again = false;
  std::string message_id;  ///< Its message in the dead-letter queue, when there is one.
};
/// Puts a message into a dead-letter queue, as the owner of the work. Implemented over the Invoker.
using SendDeadLetter =
    std::function<void(const Work&, Target::DeadLetter, std::move_only_function<void(LetterSent)>)>;

class LetterBox;  // delivery/dead_letters.h

/// How work is held and paced: docs/decisions/0008.
class Dispatcher {
 public:
  struct Options {
    int max_in_flight = 256;            ///< Over all lanes; beyond it, one a lane.
    int max_in_flight_per_target = 32;  ///< A lane's window, when all goes well.
    size_t lane_works = 64;             ///< Ready in memory, a lane.
    size_t lane_bytes = 512 << 10;      ///< The same; one document may be larger.
    size_t memory_bytes = 64 << 20;     ///< Over all lanes; beyond it they hold one each.
    /// Beyond these, calls from outside that would owe more are refused; 0 is no limit.
    int64_t max_owed = 10'000'000;
    int64_t max_owed_bytes = int64_t{8} << 30;
  };
  Dispatcher(const Options& options, store::Store& store, Executor& loop, const Clock& clock,
             Random& random, const telemetry::Log& log);
  ~Dispatcher();

  void AddTarget(std::string kind, Target& target);
  void SetDeadLetterSender(SendDeadLetter sender);
  /// Where dead letters lie, so that the list of them knows which are still there.
  void SetLetterBox(LetterBox& box);

  /// Owes `work` from the moment `tx` commits, unless its target takes it within `tx`: then there
  /// is nothing to owe. Returns its id, or 0.
  int64_t Enqueue(store::Transaction& tx, Work work);
  /// Counts what was owed before the restart and begins with it. Call once, before serving.
  void Start();
  /// Starts nothing more; what is under way may still complete.
  void Stop();  ///< On the loop, or before it runs nothing else.

  /// True when more is owed than the options allow: who accepts work from outside refuses it. Any
  /// thread.
  [[nodiscard]] bool Full() const;
  struct Owed {
    int64_t works = 0;
    int64_t bytes = 0;
    int in_flight = 0;
  };
  [[nodiscard]] Owed owed() const;  ///< Any thread.

  /// True when nothing is owed that is due now, and nothing is under way (tests, drain).
  [[nodiscard]] bool Idle() const;
  /// Forgets memory after Store::DeleteAllRows.
  void Reset();  ///< On the loop.

  /// What has failed before and will be tried again, in no order: for a target that keeps one.
  static void ForEachPostponed(store::Transaction& tx, std::string_view kind,
                               const std::function<void(const Work&)>& each);
  /// For whoever owes much, to do so in parts: the id of the latest work that is owed (0 when
  /// nothing is), and how many of those after one id up to another nobody has tried yet.
  [[nodiscard]] static int64_t LatestId(store::Transaction& tx);
  [[nodiscard]] static int64_t CountUntried(store::Transaction& tx, int64_t after, int64_t to);
  [[nodiscard]] static std::span<const store::Migration> Migrations();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::delivery

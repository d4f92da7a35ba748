// The inside of the engine. Private to this folder.
//
//   engine.cc    joining, start and stop; starts, signals and cancellations
//   turns.cc     on the writer thread: one stimulus advances one execution
//   effects.cc   on the loop: what is owed runs, and gets its outcome
//   children.cc  on the loop: waiting for children, and stopping those that nobody waits for
//   outcomes.cc  from the loop to the writer: outcomes, many in one closure
// Thread safety: the two blocks of members below belong to the writer thread and to the loop.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "workflow/engine.h"
#include "workflow/lru.h"
#include "workflow/tables.h"

namespace riposte::workflow {

struct Engine::Impl : std::enable_shared_from_this<Engine::Impl> {
  Impl(Options options_in, store::Store& store_in, api::Invoker& invoker_in, Executor& loop_in,
       const Clock& clock_in, Random& random_in, const telemetry::Log& log_in)
      : options(std::move(options_in)),
        store(store_in),
        invoker(invoker_in),
        loop(loop_in),
        clock(clock_in),
        random(random_in),
        log(log_in) {}

  /// Of memory, about, for executions whose calls or scripts are under way.
  static constexpr size_t kMaxLiveBytes = 192 * 1024 * 1024;
  static constexpr size_t kMaxCachedDefinitions = 16 * 1024 * 1024;
  static constexpr Millis kFirstRetry{1000};

  using Key = std::pair<int64_t, std::string>;  // execution's number, effect's key
  using Live = std::shared_ptr<LiveExecution>;
  struct Flight {
    std::string token;
    Executor::TimerId timer = 0;  // a sleep's, a throttled call's, or the time limit of a call
    bool backing_off = false;     // throttled: it keeps its slot until it is tried again
    bool calling = false;         // the call or script is under way, and `timer` is its limit
  };
  /// What a committed turn still has to do on the loop.
  struct AfterCommit {
    std::vector<EffectPtr> issue;
    std::vector<Key> forget;
    std::optional<tables::Waiter> waiter;
    json::Object waiter_outcome;
  };
  /// A turn that is not committed yet.
  struct Advanced {
    Live live;
    AfterCommit after;
  };
  /// The outcome of an effect, on its way to the execution.
  struct Outcome {
    Key key;
    std::string token;
    json::Object payload;
    Millis retry = kFirstRetry;  // should it not be stored
  };
  /// Outcomes that go to the store in one closure. It takes more until the closure begins.
  struct Group {
    std::mutex mutex;
    bool open = true;     // under `mutex`; from then on `outcomes` are the closure's
    bool failed = false;  // the closure threw: one of them spoils it for all
    std::vector<Outcome> outcomes;
  };

  const Options options;
  store::Store& store;
  api::Invoker& invoker;
  Executor& loop;
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  ScriptRunner* runner = nullptr;
  api::EventSink* sink = nullptr;
  std::function<void(store::Transaction&, const Execution&, const Failure&)> watcher;
  std::map<std::string, const Language*, std::less<>> languages;

  // On the writer thread only.
  tables::Definitions definitions{kMaxCachedDefinitions};
  /// Unfinished executions as last committed. One is taken out when a turn begins to change it, and
  /// comes back with the commit: what is undone, in part or with its whole batch, is read again.
  Lru<int64_t, Live> executions{kMaxLiveBytes};
  /// From a Reset until the loop has forgotten, too: rows may go meanwhile that memory has.
  bool forgetting = false;
  /// The turns of the group that runs now; null outside of one.
  std::vector<Advanced>* group_turns = nullptr;
  std::unordered_map<int64_t, Live> group_executions;

  // On the loop only.
  std::map<Key, Flight> flights;
  std::deque<EffectPtr> queue;  // calls and scripts waiting for a slot
  /// Tokens of calls under way that start children, each with the errand that waits for its reply.
  std::map<std::string, EffectPtr> starting;
  std::shared_ptr<Group> gathering;
  int running = 0;
  bool stopped = false;
  Executor::TimerId prune_timer = 0;

  /// Set by ~Engine: queued writes that come later touch nothing; what they were for stays owed.
  std::atomic<bool> closed{false};
  std::atomic<int> outstanding{0};  // posted tasks, writes, calls and scripts under way

  /// Posts `task` with the life of this object checked and its run counted.
  template <class F>
  void OnLoop(F task) {
    ++outstanding;
    loop.Post([weak = weak_from_this(), task = std::move(task)]() mutable {
      if (const auto self = weak.lock()) {
        task(*self);
        --self->outstanding;
      }
    });
  }
  template <class F>
  Executor::TimerId At(TimePoint when, F task) {
    return loop.PostAt(when, [weak = weak_from_this(), task = std::move(task)]() mutable {
      if (const auto self = weak.lock()) task(*self);
    });
  }

  // turns.cc, on the writer thread.
  [[nodiscard]] Status Deliver(store::Transaction& tx, const std::string& id, Stimulus stimulus);
  void RunGroup(store::Transaction& tx, std::vector<Outcome>& outcomes);
  void TakeOutcome(store::Transaction& tx, Outcome& outcome);
  /// REQUIRES: not in `executions`.
  void Advance(store::Transaction& tx, const Live& live, const Stimulus& stimulus,
               tables::Change change = {});
  [[nodiscard]] Turn TurnOf(store::Transaction& tx, Execution& execution, const Stimulus& stimulus);
  void Emit(store::Transaction& tx, const Execution& execution, Effect& effect, TimePoint now);
  void Owe(store::Transaction& tx, LiveExecution& live, Effect& effect, TimePoint now,
           AfterCommit& after, tables::Change& change);
  void Forget(store::Transaction& tx, LiveExecution& live, const std::string& key, TimePoint now,
              AfterCommit& after, tables::Change& change);
  void Keep(const Live& live);
  [[nodiscard]] Live Load(store::Transaction& tx, int64_t number);

  // effects.cc, on the loop.
  void Committed(AfterCommit& after);
  void Issue(EffectPtr effect);
  void Drop(const Key& key);
  [[nodiscard]] bool IsOwed(const PendingEffect& effect) const;
  void Run(EffectPtr effect, int throttled);
  [[nodiscard]] Result<access::Principal> ActorOf(const access::Principal& principal,
                                                  const std::optional<Scope>& elsewhere,
                                                  const std::string& role_arn,
                                                  const std::string& session) const;
  void Invoke(const EffectPtr& effect, const Actor& actor, int throttled,
              std::shared_ptr<bool> open);
  void Answered(const EffectPtr& effect, int throttled, api::Outcome outcome);
  void RunScript(const EffectPtr& effect, const Actor& actor, std::shared_ptr<bool> open);
  void LogScript(const PendingEffect& effect, const Actor& actor, const ScriptResult& result);
  void Ran(const PendingEffect& effect, json::Object outcome);
  void Release();

  // children.cc, on the loop.
  void LookAtChild(const Key& key, const PendingEffect& effect);
  void CompleteWaiter(const tables::Waiter& waiter, json::Object outcome);
  [[nodiscard]] std::string ChildOf(store::Transaction& tx, const PendingEffect& effect) const;
  void StartReplied(const std::string& token);
  void StopChild(const EffectPtr& effect);

  // outcomes.cc
  void Complete(Outcome outcome);
  void Submit(const std::shared_ptr<Group>& group);
  void Submitted(const std::shared_ptr<Group>& group, const std::exception_ptr& error);

  // engine.cc
  void ForgetMemory(bool begin);
  void PruneSome();
};

}  // namespace riposte::workflow

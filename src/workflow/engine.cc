#include "workflow/engine.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "base/control_bug.h"
#include "workflow/tables.h"
#include "workflow/text.h"

namespace riposte::workflow {
namespace {

/// States nest outcomes a few levels deep, and what is stored must parse again (json::kMaxDepth).
constexpr int kMaxOutcomeDepth = 40;
constexpr size_t kMaxLogBytes = 64 * 1024;
constexpr size_t kMaxErrorBytes = 16 * 1024;
/// States of executions, as text: parsed they take three times as much.
constexpr size_t kMaxCachedStates = 16 * 1024 * 1024;
constexpr size_t kMaxCachedDefinitions = 16 * 1024 * 1024;
constexpr int kPruneBatch = 500;
constexpr Millis kPruneEvery{std::chrono::hours(1)};

/// What the pipeline answers when the store refused the call (a full disk): nothing happened, and
/// that could not be noted either, so the call is made again for long.
constexpr std::string_view kNotStored = "ServiceUnavailable";
constexpr Millis kNotStoredFor{std::chrono::hours(1)};

bool IsThrottling(std::string_view code) {
  static constexpr std::array<std::string_view, 8> kCodes = {
      "Throttling",           "ThrottlingException",
      "ThrottledException",   "TooManyRequestsException",
      "RequestLimitExceeded", "ProvisionedThroughputExceededException",
      "RequestThrottled",     "SlowDown"};
  return std::ranges::find(kCodes, code) != kCodes.end();
}

bool IsDeeperThan(const json::Value& value, int limit) {
  if (value.is_object()) {
    if (limit == 0) return true;
    return std::ranges::any_of(value.get_object(), [limit](const auto& member) {
      return IsDeeperThan(member.value(), limit - 1);
    });
  }
  if (value.is_array()) {
    if (limit == 0) return true;
    return std::ranges::any_of(value.get_array(), [limit](const auto& element) {
      return IsDeeperThan(element, limit - 1);
    });
  }
  return false;
}

json::Object ErrorOutcome(std::string_view code, std::string_view message) {
  return {
      {"error", {{"code", CleanText(code, 256)}, {"message", CleanText(message, kMaxErrorBytes)}}}};
}

std::string_view NameOf(Effect::Kind kind) {
  switch (kind) {
    case Effect::Kind::kInvoke:
      return "invoke";
    case Effect::Kind::kScript:
      return "script";
    case Effect::Kind::kSleep:
      return "sleep";
    case Effect::Kind::kAwait:
      return "await";
    case Effect::Kind::kEmit:
      return "emit";
    case Effect::Kind::kForget:
      return "forget";
  }
  return "effect";
}

std::string_view NameOf(Stimulus::Kind kind) {
  switch (kind) {
    case Stimulus::Kind::kStart:
      return "started";
    case Stimulus::Kind::kEffect:
      return "outcome";
    case Stimulus::Kind::kSignal:
      return "signal";
    case Stimulus::Kind::kCancel:
      return "cancel";
  }
  return "stimulus";
}

/// Where an effect acts: the execution's own scope, unless it names another.
Scope ScopeOf(const json::Object& detail, const Scope& own) {
  if (!json::Find(detail, "account")) return own;
  return {AccountId(std::string(json::GetString(detail, "account"))),
          Region(std::string(json::GetString(detail, "region")))};
}

}  // namespace

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

  using Key = std::pair<int64_t, std::string>;  // execution's number, effect's key
  struct Flight {
    std::string token;
    Executor::TimerId timer = 0;  // a sleep's, a throttled call's, or the time limit of a call
    bool backing_off = false;     // throttled: it keeps its slot until it is tried again
    bool calling = false;         // the call or script is under way, and `timer` is its limit
  };
  /// What a committed turn still has to do on the loop.
  struct AfterCommit {
    std::vector<PendingEffect> issue;
    std::vector<Key> forget;
    std::optional<tables::Waiter> waiter;
    json::Object waiter_outcome;
  };

  Options options;
  store::Store& store;
  api::Invoker& invoker;
  Executor& loop;
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  ScriptRunner* runner = nullptr;
  api::EventSink* sink = nullptr;
  std::map<std::string, const Language*, std::less<>> languages;

  // On the writer thread only.
  tables::Definitions definitions{kMaxCachedDefinitions};
  /// Unfinished executions as last committed. One is taken out while a turn that is not yet
  /// committed may change it.
  Lru<int64_t, std::shared_ptr<Execution>> executions{kMaxCachedStates};

  // On the loop only.
  std::map<Key, Flight> flights;
  std::deque<PendingEffect> queue;  // calls and scripts waiting for a slot
  /// Tokens of calls under way that start children, each with the errand that waits for its reply.
  std::map<std::string, std::optional<PendingEffect>> starting;
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

  // ── On the writer thread ──────────────────────────────────────────────────────────────────

  void Forget(store::Transaction& tx, const Execution& execution, const std::string& key,
              TimePoint now, AfterCommit& after) {
    const auto effect = tables::FindEffect(tx, execution.number, key);
    if (!effect) return;
    tables::DeleteEffect(tx, execution.number, key);
    after.forget.emplace_back(execution.number, key);
    json::Object child = effect->detail;
    if (effect->kind == Effect::Kind::kInvoke && json::GetBool(child, "starts_child")) {
      const Scope scope = ScopeOf(child, execution.scope);
      child = {{"client_token", effect->token},
               {"account", scope.account.str()},
               {"region", scope.region.str()}};
    } else if (effect->kind != Effect::Kind::kAwait) {
      return;
    }
    PendingEffect stop{
        execution.number, "stop-child/" + key, static_cast<Effect::Kind>(kStopChildKind),
        std::move(child), random.Uuid(),       now};
    tables::DeleteEffect(tx, execution.number, stop.key);
    tables::InsertEffect(tx, stop);
    after.issue.push_back(std::move(stop));
  }

  void Advance(store::Transaction& tx, const std::shared_ptr<Execution>& shared,
               const Stimulus& stimulus) {
    Execution& execution = *shared;
    (void)executions.Take(execution.number);  // until the commit
    const auto language = languages.find(execution.language);
    if (language == languages.end()) {
      throw store::Failure("no workflow language " + execution.language);
    }
    Turn turn;
    try {
      turn = language->second->Advance(execution, stimulus);
    } catch (const std::exception& problem) {
      log.Error("workflow language failed",
                {{"execution", execution.id}, {"reason", problem.what()}});
      turn = language->second->GiveUp(execution, problem.what(), stimulus.now);
    }
    if (turn.refused) throw *turn.refused;

    AfterCommit after;
    ++execution.turns;
    json::Array consequences;
    std::shared_ptr<const Actor> actor;
    for (Effect& effect : turn.effects) {
      switch (effect.kind) {
        case Effect::Kind::kEmit:
          Emit(tx, execution, effect, stimulus.now);
          break;
        case Effect::Kind::kForget:
          Forget(tx, execution, effect.key, stimulus.now, after);
          break;
        case Effect::Kind::kAwait:
        case Effect::Kind::kInvoke:
        case Effect::Kind::kScript:
        case Effect::Kind::kSleep: {
          if (turn.finished) break;
          if (effect.kind == Effect::Kind::kAwait) {
            (void)tables::Adopt(tx, execution, effect.key,
                                std::string(json::GetString(effect.detail, "execution_id")),
                                ScopeOf(effect.detail, execution.scope));
          }
          consequences.emplace_back(NameOf(effect.kind));
          consequences.emplace_back(effect.key);
          if (!actor) {
            actor = std::make_shared<const Actor>(
                Actor{execution.id, execution.scope, execution.principal, execution.trace});
          }
          PendingEffect pending{
              execution.number, effect.key,   effect.kind, std::move(effect.detail),
              random.Uuid(),    stimulus.now, actor};
          tables::InsertEffect(tx, pending);
          after.issue.push_back(std::move(pending));
          break;
        }
      }
    }
    execution.state = std::move(turn.state);
    execution.status = std::move(turn.status);
    execution.finished = turn.finished;
    execution.output = std::move(turn.output);
    if (turn.finished) {
      execution.ended = stimulus.now;
      for (const PendingEffect& owed : tables::EffectsOf(tx, execution.number)) {
        if (static_cast<int>(owed.kind) != kStopChildKind) {
          Forget(tx, execution, owed.key, stimulus.now, after);
        }
      }
      consequences.emplace_back("finished");
      consequences.emplace_back(execution.status);
      after.waiter = tables::FindWaiter(tx, execution.id);
      after.waiter_outcome = {{"status", execution.status}, {"output", execution.output}};
    }
    tables::AppendHistory(tx, execution, stimulus.now, NameOf(stimulus.kind), stimulus.key,
                          stimulus.payload, consequences);
    const size_t bytes = tables::UpdateExecution(tx, execution);
    tx.OnCommit([weak = weak_from_this(), work = std::move(after), shared, bytes]() mutable {
      if (const auto self = weak.lock(); self && !self->closed) {
        const int64_t number = shared->number;
        if (!shared->finished) self->executions.Put(number, std::move(shared), bytes);
        self->OnLoop([done = std::move(work)](Impl& impl) mutable { impl.Committed(done); });
      }
    });
  }

  void Emit(store::Transaction& tx, const Execution& execution, Effect& effect, TimePoint now) {
    if (!sink) return;
    api::Event event;
    event.scope = execution.scope;
    event.source = json::GetString(effect.detail, "source");
    event.detail_type = json::GetString(effect.detail, "detail_type");
    event.resources = json::GetStrings(effect.detail, "resources");
    event.detail = std::move(effect.detail["detail"]);
    event.time = now;
    event.trace = execution.trace;
    sink->Emit(tx, std::move(event));
  }

  [[nodiscard]] Status Deliver(store::Transaction& tx, std::optional<Execution> execution,
                               Stimulus stimulus) {
    if (!execution) return Fail(Code::kNotFound, "there is no such execution");
    return Deliver(tx, std::make_shared<Execution>(std::move(*execution)), std::move(stimulus));
  }
  [[nodiscard]] Status Deliver(store::Transaction& tx, const std::shared_ptr<Execution>& execution,
                               Stimulus stimulus) {
    if (execution->finished) {
      return Fail(Code::kConflict, "execution " + execution->id + " has finished");
    }
    stimulus.now = clock.Now();
    Advance(tx, execution, stimulus);
    return {};
  }
  /// To the execution of an effect, most often one that was advanced a moment ago.
  [[nodiscard]] Status Deliver(store::Transaction& tx, int64_t number, Stimulus stimulus) {
    if (auto known = executions.Take(number)) return Deliver(tx, *known, std::move(stimulus));
    return Deliver(tx, tables::LoadExecution(tx, number, &definitions), std::move(stimulus));
  }

  // ── On the loop ───────────────────────────────────────────────────────────────────────────

  void Committed(AfterCommit& after) {
    for (const Key& key : after.forget) Drop(key);
    for (PendingEffect& effect : after.issue) Issue(std::move(effect));
    if (after.waiter) {
      CompleteWaiter(*after.waiter, std::move(after.waiter_outcome));
    }
  }

  /// What is under way is let run, and its outcome then counts for nothing.
  void Drop(const Key& key) {
    const auto flight = flights.find(key);
    if (flight == flights.end()) return;
    const Flight dropped = flight->second;
    flights.erase(flight);
    if (!dropped.calling) loop.Cancel(dropped.timer);
    if (dropped.backing_off) Release();
  }

  [[nodiscard]] bool IsOwed(const PendingEffect& effect) const {
    const auto flight = flights.find({effect.execution, effect.key});
    return flight != flights.end() && flight->second.token == effect.token;
  }

  void CompleteWaiter(const tables::Waiter& waiter, json::Object outcome) {
    const auto flight = flights.find({waiter.execution, waiter.key});
    if (flight == flights.end()) return;  // forgotten, or it will look for itself (kAwait, Issue)
    Complete(flight->first, flight->second.token, std::move(outcome));
  }

  void Issue(PendingEffect effect) {
    if (stopped) return;
    const Key key{effect.execution, effect.key};
    if (!flights.try_emplace(key, Flight{effect.token}).second) return;
    if (static_cast<int>(effect.kind) == kStopChildKind) {
      // A start that is under way may still happen: then there is something to stop.
      const auto start = starting.find(std::string(json::GetString(effect.detail, "client_token")));
      if (start != starting.end()) {
        start->second = std::move(effect);
      } else {
        StopChild(std::move(effect));
      }
      return;
    }
    switch (effect.kind) {
      case Effect::Kind::kSleep: {
        const TimePoint until = FromMillis(json::GetInt(effect.detail, "until_ms"));
        // No longer than it was to last: the clock may have been set back while nothing ran.
        const TimePoint latest = clock.Now() + (until - effect.created);
        flights[key].timer = At(std::min(until, latest), [key, token = effect.token](Impl& impl) {
          impl.Complete(key, token, {});
        });
        break;
      }
      case Effect::Kind::kAwait:
        LookAtChild(key, effect);
        break;
      case Effect::Kind::kInvoke:
      case Effect::Kind::kScript:
        if (running < options.max_in_flight) {
          ++running;
          Run(std::move(effect), 0);
        } else {
          queue.push_back(std::move(effect));
        }
        break;
      case Effect::Kind::kEmit:
      case Effect::Kind::kForget:
        break;  // done inside the turn's commit, never stored
    }
  }

  /// The child may have ended before it was adopted, or while the engine was down.
  void LookAtChild(const Key& key, const PendingEffect& effect) {
    const std::string child_id(json::GetString(effect.detail, "execution_id"));
    std::optional<json::Object> outcome;
    store.Read([&](store::Transaction& tx) {
      const auto waiter = tables::FindWaiter(tx, child_id);
      if (!waiter || waiter->execution != key.first || waiter->key != key.second) {
        outcome = ErrorOutcome("ExecutionNotFound", "There is no execution " + child_id + ".");
        return;
      }
      const auto child = tables::LoadExecution(tx, child_id);
      if (child->finished) outcome = {{"status", child->status}, {"output", child->output}};
    });
    if (outcome) Complete(key, effect.token, std::move(*outcome));
  }

  /// Which execution a kStopChildKind is about; "" when it was never started.
  [[nodiscard]] std::string ChildOf(store::Transaction& tx, const PendingEffect& effect) const {
    const std::string token(json::GetString(effect.detail, "client_token"));
    if (token.empty()) return std::string(json::GetString(effect.detail, "execution_id"));
    const Scope scope = ScopeOf(effect.detail, {});  // Forget has named it.
    for (const auto& [language, unused] : languages) {
      if (auto started = tables::FindClientToken(tx, scope, language, token)) {
        return started->execution_id;
      }
    }
    return "";
  }

  /// The call that starts a child is answered, whatever became of its effect meanwhile.
  void StartReplied(const std::string& token) {
    const auto at = starting.find(token);
    if (at == starting.end()) return;
    std::optional<PendingEffect> errand = std::move(at->second);
    starting.erase(at);
    if (errand && !stopped) StopChild(std::move(*errand));
  }

  void StopChild(PendingEffect effect) {
    ++outstanding;
    const Key key{effect.execution, effect.key};
    store.Write(
        [this, self = shared_from_this(), effect](store::Transaction& tx) {
          if (closed) return;
          if (!tables::TakeEffect(tx, effect.execution, effect.key, effect.token)) return;
          // A child that was never started, or has ended meanwhile, needs no stopping.
          (void)Deliver(tx, tables::LoadExecution(tx, ChildOf(tx, effect), &definitions),
                        {Stimulus::Kind::kCancel, "", {}, {}});
        },
        [self = shared_from_this(), key](std::exception_ptr error) {
          if (error && !self->closed) {
            self->log.Error("child not stopped", {{"execution", key.first}});
          }
          if (!self->closed) self->OnLoop([key](Impl& impl) { impl.flights.erase(key); });
          --self->outstanding;
        });
  }

  void Run(PendingEffect effect, int throttled) {
    ++outstanding;
    const Key key{effect.execution, effect.key};
    // Whichever comes first, the reply or the time limit, is the outcome; the other finds `open`
    // false.
    auto open = std::make_shared<bool>(true);
    const Millis timeout(json::GetInt(effect.detail, "timeout_ms"));
    Flight& flight = flights[key];
    flight.calling = true;
    flight.backing_off = false;
    flight.timer = At(clock.Now() + timeout, [open, effect, timeout](Impl& impl) {
      if (!std::exchange(*open, false)) return;
      const std::string text =
          "No answer within " + std::to_string(timeout.count() / 1000) + " seconds.";
      impl.Ran(effect, effect.kind == Effect::Kind::kInvoke
                           ? ErrorOutcome("Timeout", text)
                           : json::Object{{"error", {{"type", "Timeout"}, {"message", text}}}});
    });
    if (!effect.actor) {  // owed from before a restart
      store.Read([&](store::Transaction& tx) {
        if (auto actor = tables::LoadActor(tx, key.first)) {
          effect.actor = std::make_shared<const Actor>(std::move(*actor));
        }
      });
    }
    if (!effect.actor) {
      *open = false;
      Ran(effect, {});
      return;
    }
    if (effect.kind == Effect::Kind::kInvoke) {
      Invoke(std::move(effect), throttled, std::move(open));
    } else {
      RunScript(std::move(effect), std::move(open));
    }
  }

  void Invoke(PendingEffect effect, int throttled, std::shared_ptr<bool> open) {
    const Actor& actor = *effect.actor;
    api::Invocation invocation;
    invocation.service = json::GetString(effect.detail, "service");
    invocation.operation = json::GetString(effect.detail, "operation");
    if (const json::Object* input = json::GetObject(effect.detail, "input")) {
      invocation.input = *input;
    }
    if (options.fill_token) {
      options.fill_token(invocation.service, invocation.operation, invocation.input, effect.token);
    }
    invocation.principal = actor.principal;
    invocation.scope = ScopeOf(effect.detail, actor.scope);
    const std::string role(json::GetString(effect.detail, "role_arn"));
    if (!role.empty() && options.assume) {
      auto assumed = options.assume(actor.principal, role, actor.execution_id);
      if (!assumed) {
        *open = false;
        Ran(effect, ErrorOutcome("AccessDenied", assumed.error().message));
        return;
      }
      invocation.principal = std::move(*assumed);
    }
    // Nobody acts in another account by the mere wish of a definition.
    if ((json::Find(effect.detail, "account") &&
         invocation.principal.account != invocation.scope.account) ||
        (!role.empty() && !options.assume)) {
      *open = false;
      Ran(effect, ErrorOutcome("AccessDenied", "The execution has no role in account " +
                                                   invocation.scope.account.str() + "."));
      return;
    }
    invocation.trace = actor.trace;
    invocation.user_agent = "riposte-workflow";
    if (json::GetBool(effect.detail, "starts_child")) starting.try_emplace(effect.token);
    invoker.Invoke(std::move(invocation),
                   [weak = weak_from_this(), effect = std::move(effect), throttled,
                    open = std::move(open)](api::Outcome outcome) mutable {
                     const auto self = weak.lock();
                     if (!self) return;
                     self->StartReplied(effect.token);
                     if (!std::exchange(*open, false)) return;
                     self->Answered(std::move(effect), throttled, std::move(outcome));
                   });
  }

  void Answered(PendingEffect effect, int throttled, api::Outcome outcome) {
    if (outcome.ok()) {
      if (IsDeeperThan(outcome.output, kMaxOutcomeDepth)) {
        Ran(effect, ErrorOutcome("ResponseTooDeep", "The response is nested too deeply."));
      } else {
        Ran(effect, {{"output", std::move(outcome.output)}});
      }
      return;
    }
    const api::Error& error = *outcome.error;
    const bool not_stored = error.code() == kNotStored;
    const Millis limit =
        not_stored ? kNotStoredFor : Millis(json::GetInt(effect.detail, "throttled_for_ms"));
    if (!(not_stored || IsThrottling(error.code())) || clock.Now() - effect.created >= limit) {
      Ran(effect, ErrorOutcome(error.code(), error.message()));
      return;
    }
    if (!IsOwed(effect)) {
      Ran(effect, {});
      return;
    }
    Flight& flight = flights[{effect.execution, effect.key}];
    loop.Cancel(flight.timer);
    flight.calling = false;
    flight.backing_off = true;
    // 1, 2, 4 … 32 seconds, less up to half of it, so that many executions do not return at once.
    const int64_t wait = int64_t{1000} << std::min(throttled, 5);
    const auto jitter = static_cast<int64_t>(random.Below(static_cast<uint64_t>(wait / 2)));
    --outstanding;
    flight.timer = At(clock.Now() + Millis(wait - jitter), [effect, throttled](Impl& impl) {
      if (impl.IsOwed(effect)) impl.Run(effect, throttled + 1);
    });
  }

  void RunScript(PendingEffect effect, std::shared_ptr<bool> open) {
    if (!runner) {
      *open = false;
      Ran(effect,
          {{"error", {{"type", "Unavailable"}, {"message", "No script runner is configured."}}}});
      return;
    }
    ScriptRequest request;
    request.runtime = json::GetString(effect.detail, "runtime");
    request.handler = json::GetString(effect.detail, "handler");
    request.script = json::GetString(effect.detail, "script");
    if (const json::Value* payload = json::Find(effect.detail, "payload")) {
      request.payload = *payload;
    }
    request.timeout = Millis(json::GetInt(effect.detail, "timeout_ms"));
    request.principal = effect.actor->principal;
    request.scope = effect.actor->scope;
    request.trace = effect.actor->trace;
    request.execution_id = effect.actor->execution_id;
    request.token = effect.token;
    runner->Run(std::move(request), [weak = weak_from_this(), effect = std::move(effect),
                                     open = std::move(open)](ScriptResult result) mutable {
      const auto self = weak.lock();
      if (!self) return;
      self->OnLoop([effect = std::move(effect), open = std::move(open),
                    result = std::move(result)](Impl& impl) mutable {
        if (!std::exchange(*open, false)) return;
        json::Object outcome{{"log", CleanText(result.log, kMaxLogBytes)}};
        if (result.failure) {
          outcome["error"] = {{"type", CleanText(result.failure->type, 256)},
                              {"message", CleanText(result.failure->message, kMaxErrorBytes)}};
        } else if (IsDeeperThan(result.payload, kMaxOutcomeDepth)) {
          outcome["error"] = {{"type", "OutputTooDeep"},
                              {"message", "The returned value is nested too deeply."}};
        } else {
          outcome["payload"] = std::move(result.payload);
        }
        impl.Ran(effect, std::move(outcome));
      });
    });
  }

  /// A call or script has its outcome: its slot goes to the next one.
  void Ran(const PendingEffect& effect, json::Object outcome) {
    Complete({effect.execution, effect.key}, effect.token, std::move(outcome));
    --outstanding;
    Release();
  }

  void Release() {
    --running;
    while (!stopped && running < options.max_in_flight && !queue.empty()) {
      PendingEffect next = std::move(queue.front());
      queue.pop_front();
      if (!IsOwed(next)) continue;
      ++running;
      Run(std::move(next), 0);
    }
  }

  void Complete(Key key, std::string token, json::Object outcome, Millis retry = Millis(1000)) {
    const auto flight = flights.find(key);
    if (flight != flights.end() && flight->second.token == token) {
      loop.Cancel(flight->second.timer);
      flights.erase(flight);
    }
    ++outstanding;
    auto shared = std::make_shared<const json::Object>(std::move(outcome));
    store.Write(
        [this, self = shared_from_this(), key, token, shared](store::Transaction& tx) {
          if (closed) return;
          const auto again = HasControlBug("step-repeated")
                                 ? tables::FindEffect(tx, key.first, key.second)
                                 : std::nullopt;
          if (!tables::TakeEffect(tx, key.first, key.second, token)) return;
          if (again) tables::InsertEffect(tx, *again);
          // An execution that has finished or is gone needs no outcome.
          (void)Deliver(tx, key.first, {Stimulus::Kind::kEffect, key.second, *shared, {}});
        },
        [self = shared_from_this(), key, token, shared, retry](std::exception_ptr error) {
          if (error && !self->closed) self->NotStored(key, token, *shared, retry, error);
          --self->outstanding;
        });
  }

  /// The store was full or is closing: the effect is still owed, so its outcome comes again.
  void NotStored(const Key& key, const std::string& token, const json::Object& outcome,
                 Millis retry, const std::exception_ptr& error) {
    std::string reason = "unknown";
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& problem) {
      reason = problem.what();
    } catch (...) {  // whatever it was, the outcome is not stored
    }
    log.Error("outcome not stored", {{"execution", key.first}, {"reason", reason}});
    At(clock.Now() + retry, [key, token, outcome, retry](Impl& impl) {
      if (!impl.stopped) {
        impl.Complete(key, token, outcome, std::min(retry * 2, Millis(60'000)));
      }
    });
  }

  void PruneSome() {
    if (stopped) return;
    auto removed = std::make_shared<int64_t>(0);
    store.Write([removed, before = clock.Now() - options.retention](
                    store::Transaction& tx) { *removed = tables::Prune(tx, before, kPruneBatch); },
                [self = shared_from_this(), removed](std::exception_ptr error) {
                  if (self->closed) return;
                  const bool more = !error && *removed == kPruneBatch;
                  self->OnLoop([more](Impl& impl) {
                    if (impl.stopped) return;
                    impl.prune_timer =
                        impl.At(impl.clock.Now() + (more ? Millis(100) : kPruneEvery),
                                [](Impl& later) { later.PruneSome(); });
                  });
                });
  }
};

Engine::Engine(Options options, store::Store& store, api::Invoker& invoker, Executor& loop,
               const Clock& clock, Random& random, const telemetry::Log& log)
    : impl_(std::make_shared<Impl>(std::move(options), store, invoker, loop, clock, random, log)) {}

Engine::~Engine() {
  impl_->closed = true;
  // The write under way may still use the languages, which go after the engine.
  try {
    impl_->store.WriteAndWait([](store::Transaction&) {});
  } catch (const std::exception&) {
    // A store that has failed runs no closures any more.
  }
}

void Engine::AddLanguage(const Language& language) {
  impl_->languages[std::string(language.name())] = &language;
}

void Engine::SetScriptRunner(ScriptRunner& runner) {
  impl_->runner = &runner;
}

void Engine::SetEventSink(api::EventSink& sink) {
  impl_->sink = &sink;
}

void Engine::Start() {
  std::vector<PendingEffect> owed;
  impl_->store.Read([&](store::Transaction& tx) {
    tables::EachEffect(tx, [&](PendingEffect effect) { owed.push_back(std::move(effect)); });
  });
  if (!owed.empty()) impl_->log.Info("workflow effects resumed", {{"count", owed.size()}});
  impl_->OnLoop([owed = std::move(owed)](Impl& impl) mutable {
    for (PendingEffect& effect : owed) impl.Issue(std::move(effect));
    impl.PruneSome();
  });
}

void Engine::Stop() {
  impl_->OnLoop([](Impl& impl) {
    impl.stopped = true;
    for (const auto& [key, flight] : impl.flights) impl.loop.Cancel(flight.timer);
    impl.loop.Cancel(impl.prune_timer);
    impl.flights.clear();
    impl.queue.clear();
    impl.starting.clear();
  });
}

bool Engine::Idle() const {
  return impl_->outstanding == 0;
}

void Engine::Reset() {
  impl_->store.Write(
      [impl = impl_](store::Transaction&) {
        impl->executions.Clear();
        impl->definitions.Clear();
      },
      [](std::exception_ptr) {});
  impl_->OnLoop([](Impl& impl) {
    impl.queue.clear();
    impl.starting.clear();
    while (!impl.flights.empty()) impl.Drop(Impl::Key(impl.flights.begin()->first));
  });
}

Result<std::string> Engine::Start(store::Transaction& tx, StartRequest request) {
  if (const auto token =
          tables::FindClientToken(tx, request.scope, request.language, request.client_token)) {
    if (token->request_hash == request.request_hash) return token->execution_id;
    return Fail(Code::kConflict, "the client token was used for another request");
  }
  ++request.trace.hops;
  if (request.trace.hops > Trace::kMaxHops) {
    return Fail(Code::kLimitExceeded,
                "more than " + std::to_string(Trace::kMaxHops) + " executions started one another",
                "hops");
  }
  if (impl_->options.max_running > 0 &&
      tables::CountRunning(tx, request.scope, request.language) >= impl_->options.max_running) {
    return Fail(Code::kLimitExceeded, "too many executions are running");
  }
  auto started = std::make_shared<Execution>();
  Execution& execution = *started;
  execution.id = request.id.empty() ? impl_->random.Uuid() : std::move(request.id);
  execution.language = std::move(request.language);
  execution.scope = std::move(request.scope);
  execution.name = std::move(request.name);
  execution.version = std::move(request.version);
  execution.definition = tables::MakeDefinition(std::move(request.definition));
  execution.principal = std::move(request.principal);
  execution.trace = std::move(request.trace);
  execution.started = impl_->clock.Now();
  tables::InsertExecution(tx, execution, request.client_token, request.request_hash);
  std::string id = execution.id;
  impl_->Advance(tx, started,
                 {Stimulus::Kind::kStart, "", std::move(request.input), execution.started});
  return id;
}

Status Engine::Signal(store::Transaction& tx, const std::string& id, std::string name,
                      json::Object payload) {
  return impl_->Deliver(tx, tables::LoadExecution(tx, id, &impl_->definitions),
                        {Stimulus::Kind::kSignal, std::move(name), std::move(payload), {}});
}

Status Engine::Cancel(store::Transaction& tx, const std::string& id) {
  return impl_->Deliver(tx, tables::LoadExecution(tx, id, &impl_->definitions),
                        {Stimulus::Kind::kCancel, "", {}, {}});
}

std::span<const store::Migration> Engine::Migrations() {
  return tables::Migrations();
}

}  // namespace riposte::workflow

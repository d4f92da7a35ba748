// On the loop: what is owed runs, within the bound on calls under way, and gets its outcome.
#include <algorithm>

#include "workflow/engine_impl.h"
#include "workflow/outcome.h"
#include "workflow/script_log.h"
#include "workflow/text.h"

namespace riposte::workflow {
namespace {

constexpr size_t kMaxLogBytes = 64 * 1024;

/// What the pipeline answers when the store refused the call (a full disk): nothing happened, and
/// that could not be noted either, so the call is made again for long.
constexpr std::string_view kNotStored = "ServiceUnavailable";
constexpr Millis kNotStoredFor{std::chrono::hours(1)};

}  // namespace

void Engine::Impl::Committed(AfterCommit& after) {
  for (const Key& key : after.forget) Drop(key);
  for (EffectPtr& effect : after.issue) Issue(std::move(effect));
  if (after.waiter) CompleteWaiter(*after.waiter, std::move(after.waiter_outcome));
}

/// What is under way is let run, and its outcome then counts for nothing.
void Engine::Impl::Drop(const Key& key) {
  const auto flight = flights.find(key);
  if (flight == flights.end()) return;
  const Flight dropped = flight->second;
  flights.erase(flight);
  if (!dropped.calling) loop.Cancel(dropped.timer);
  if (dropped.backing_off) Release();
}

bool Engine::Impl::IsOwed(const PendingEffect& effect) const {
  const auto flight = flights.find({effect.execution, effect.key});
  return flight != flights.end() && flight->second.token == effect.token;
}

void Engine::Impl::Issue(EffectPtr effect) {
  if (stopped) return;
  Key key{effect->execution, effect->key};
  const auto [flight, added] = flights.try_emplace(key, Flight{effect->token});
  if (!added) return;
  if (static_cast<int>(effect->kind) == kStopChildKind) {
    // A start that is under way may still happen: then there is something to stop.
    const auto start = starting.find(std::string(json::GetString(effect->detail, "client_token")));
    if (start != starting.end()) {
      start->second = std::move(effect);
    } else {
      StopChild(effect);
    }
    return;
  }
  switch (effect->kind) {
    case Effect::Kind::kSleep: {
      const TimePoint until = FromMillis(json::GetInt(effect->detail, "until_ms"));
      // No longer than it was to last: the clock may have been set back while nothing ran.
      const TimePoint latest = clock.Now() + (until - effect->created);
      flight->second.timer =
          At(std::min(until, latest), [key = std::move(key), token = effect->token](Impl& impl) {
            impl.Complete({key, token, {}});
          });
      break;
    }
    case Effect::Kind::kAwait:
      LookAtChild(key, *effect);
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

void Engine::Impl::Run(EffectPtr effect, int throttled) {
  ++outstanding;
  // Whichever comes first, the reply or the time limit, is the outcome; the other finds `open`
  // false.
  auto open = std::make_shared<bool>(true);
  const Millis timeout(json::GetInt(effect->detail, "timeout_ms"));
  Flight& flight = flights[{effect->execution, effect->key}];
  flight.calling = true;
  flight.backing_off = false;
  flight.timer = At(clock.Now() + timeout, [open, effect, timeout](Impl& impl) {
    if (!std::exchange(*open, false)) return;
    const std::string text =
        "No answer within " + std::to_string(timeout.count() / 1000) + " seconds.";
    impl.Ran(*effect, effect->kind == Effect::Kind::kInvoke
                          ? ErrorOutcome("Timeout", text)
                          : json::Object{{"error", {{"type", "Timeout"}, {"message", text}}}});
  });
  std::shared_ptr<const Actor> actor = effect->actor;
  if (!actor) {  // owed from before a restart
    store.Read([&](store::Transaction& tx) {
      if (auto read = tables::LoadActor(tx, effect->execution)) {
        actor = std::make_shared<const Actor>(std::move(*read));
      }
    });
  }
  if (!actor) {
    *open = false;
    Ran(*effect, {});
    return;
  }
  if (effect->kind == Effect::Kind::kInvoke) {
    Invoke(effect, *actor, throttled, std::move(open));
  } else {
    RunScript(effect, *actor, std::move(open));
  }
}

Result<access::Principal> Engine::Impl::ActorOf(const access::Principal& principal,
                                                const std::optional<Scope>& elsewhere,
                                                const std::string& role_arn,
                                                const std::string& session) const {
  access::Principal actor = principal;
  if (!role_arn.empty()) {
    if (!options.assume) {
      return Fail(Code::kPermissionDenied, "The execution cannot take on role " + role_arn + ".");
    }
    auto assumed = options.assume(principal, role_arn, session);
    if (!assumed) return assumed;
    actor = std::move(*assumed);
  }
  // Nobody acts in another account by the mere wish of a definition.
  if (elsewhere && actor.account != elsewhere->account) {
    return Fail(Code::kPermissionDenied,
                "The execution has no role in account " + elsewhere->account.str() + ".");
  }
  return actor;
}

void Engine::Impl::Invoke(const EffectPtr& effect, const Actor& actor, int throttled,
                          std::shared_ptr<bool> open) {
  api::Invocation invocation;
  invocation.service = json::GetString(effect->detail, "service");
  invocation.operation = json::GetString(effect->detail, "operation");
  if (const json::Object* input = json::GetObject(effect->detail, "input")) {
    invocation.input = *input;
  }
  if (options.fill_token) {
    options.fill_token(invocation.service, invocation.operation, invocation.input, effect->token);
  }
  invocation.scope = ScopeOf(effect->detail, actor.scope);
  std::optional<Scope> elsewhere;
  if (json::Find(effect->detail, "account")) elsewhere = invocation.scope;
  auto principal =
      ActorOf(actor.principal, elsewhere, std::string(json::GetString(effect->detail, "role_arn")),
              actor.execution_id);
  if (!principal) {
    *open = false;
    Ran(*effect, ErrorOutcome("AccessDenied", principal.error().message));
    return;
  }
  invocation.principal = std::move(*principal);
  invocation.trace = actor.trace;
  invocation.user_agent = "riposte-workflow";
  if (json::GetBool(effect->detail, "starts_child")) starting.try_emplace(effect->token);
  invoker.Invoke(std::move(invocation), [weak = weak_from_this(), effect, throttled,
                                         open = std::move(open)](api::Outcome outcome) mutable {
    const auto self = weak.lock();
    if (!self) return;
    self->StartReplied(effect->token);
    if (!std::exchange(*open, false)) return;
    self->Answered(effect, throttled, std::move(outcome));
  });
}

void Engine::Impl::Answered(const EffectPtr& effect, int throttled, api::Outcome outcome) {
  if (outcome.ok()) {
    if (IsTooDeep(outcome.output)) {
      Ran(*effect, ErrorOutcome("ResponseTooDeep", "The response is nested too deeply."));
    } else {
      json::Object payload;
      payload.emplace("output", std::move(outcome.output));
      Ran(*effect, std::move(payload));
    }
    return;
  }
  const api::Error& error = *outcome.error;
  const bool not_stored = error.code() == kNotStored;
  const Millis limit =
      not_stored ? kNotStoredFor : Millis(json::GetInt(effect->detail, "throttled_for_ms"));
  if (!(not_stored || IsThrottling(error.code())) || clock.Now() - effect->created >= limit) {
    Ran(*effect, ErrorOutcome(error.code(), error.message()));
    return;
  }
  if (!IsOwed(*effect)) {
    Ran(*effect, {});
    return;
  }
  Flight& flight = flights[{effect->execution, effect->key}];
  loop.Cancel(flight.timer);
  flight.calling = false;
  flight.backing_off = true;
  // 1, 2, 4 … 32 seconds, less up to half of it, so that many executions do not return at once.
  const int64_t wait = int64_t{1000} << std::min(throttled, 5);
  const auto jitter = static_cast<int64_t>(random.Below(static_cast<uint64_t>(wait / 2)));
  --outstanding;
  flight.timer = At(clock.Now() + Millis(wait - jitter), [effect, throttled](Impl& impl) {
    if (impl.IsOwed(*effect)) impl.Run(effect, throttled + 1);
  });
}

void Engine::Impl::RunScript(const EffectPtr& effect, const Actor& actor,
                             std::shared_ptr<bool> open) {
  if (!runner) {
    *open = false;
    Ran(*effect,
        {{"error", {{"type", "Unavailable"}, {"message", "No script runner is configured."}}}});
    return;
  }
  ScriptRequest request;
  request.runtime = json::GetString(effect->detail, "runtime");
  request.handler = json::GetString(effect->detail, "handler");
  request.script = json::GetString(effect->detail, "script");
  request.package = json::GetString(effect->detail, "package");
  if (const json::Value* payload = json::Find(effect->detail, "payload")) {
    request.payload = *payload;
  }
  request.timeout = Millis(json::GetInt(effect->detail, "timeout_ms"));
  request.principal = actor.principal;
  request.scope = actor.scope;
  request.trace = actor.trace;
  request.execution_id = actor.execution_id;
  request.token = effect->token;
  std::shared_ptr<const Actor> logs;  // Null when the output goes nowhere.
  if (json::Find(effect->detail, "log_group")) logs = std::make_shared<const Actor>(actor);
  runner->Run(std::move(request), [weak = weak_from_this(), effect, open = std::move(open),
                                   logs = std::move(logs)](ScriptResult result) mutable {
    const auto self = weak.lock();
    if (!self) return;
    self->OnLoop([effect = std::move(effect), open = std::move(open), logs = std::move(logs),
                  result = std::move(result)](Impl& impl) mutable {
      if (logs) impl.LogScript(*effect, *logs, result);
      if (!std::exchange(*open, false)) return;
      json::Object outcome{{"log", CleanText(result.log, kMaxLogBytes)}};
      if (result.failure) {
        outcome["error"] = {{"type", CleanText(result.failure->type, 256)},
                            {"message", CleanText(result.failure->message, kMaxErrorBytes)}};
      } else if (IsTooDeep(result.payload)) {
        outcome["error"] = {{"type", "OutputTooDeep"},
                            {"message", "The returned value is nested too deeply."}};
      } else {
        outcome["payload"] = std::move(result.payload);
      }
      impl.Ran(*effect, std::move(outcome));
    });
  });
}

void Engine::Impl::LogScript(const PendingEffect& effect, const Actor& actor,
                             const ScriptResult& result) {
  std::string text = CleanText(result.log, kMaxLogBytes);
  if (result.failure) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += CleanText(result.failure->message, kMaxErrorBytes);
  }
  SendScriptLog(invoker, weak_from_this(), actor,
                {std::string(json::GetString(effect.detail, "log_group")),
                 std::string(json::GetString(effect.detail, "log_stream"))},
                clock.Now(), text);
}

/// A call or script has its outcome: its slot goes to the next one.
void Engine::Impl::Ran(const PendingEffect& effect, json::Object outcome) {
  Complete({{effect.execution, effect.key}, effect.token, std::move(outcome)});
  --outstanding;
  Release();
}

void Engine::Impl::Release() {
  --running;
  while (!stopped && running < options.max_in_flight && !queue.empty()) {
    EffectPtr next = std::move(queue.front());
    queue.pop_front();
    if (!IsOwed(*next)) continue;
    ++running;
    Run(std::move(next), 0);
  }
}

}  // namespace riposte::workflow

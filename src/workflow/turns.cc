// On the writer thread: a stimulus advances an execution.
#include "base/control_bug.h"
#include "workflow/engine_impl.h"
#include "workflow/outcome.h"

namespace riposte::workflow {

void Engine::Impl::Begin(store::Transaction& tx, const std::shared_ptr<Execution>& execution,
                         json::Object input) {
  Advance(tx, execution, {Stimulus::Kind::kStart, "", std::move(input), execution->started});
}

/// As it is in this transaction: in the group that runs now, or as last committed, or read.
std::shared_ptr<Execution> Engine::Impl::Load(store::Transaction& tx, int64_t number) {
  if (const auto at = group_executions.find(number); at != group_executions.end()) {
    return at->second;
  }
  if (auto known = executions.Take(number)) return std::move(*known);
  auto read = tables::LoadExecution(tx, number, &definitions);
  return read ? std::make_shared<Execution>(std::move(*read)) : nullptr;
}

Status Engine::Impl::Deliver(store::Transaction& tx, const std::string& id, Stimulus stimulus) {
  const auto number = tables::NumberOf(tx, id);
  const auto execution = number ? Load(tx, *number) : nullptr;
  if (!execution) return Fail(Code::kNotFound, "there is no such execution");
  if (execution->finished) return Fail(Code::kConflict, "execution " + id + " has finished");
  stimulus.now = clock.Now();
  Advance(tx, execution, stimulus);
  return {};
}

/// All or none of them: what throws undoes the closure.
void Engine::Impl::RunGroup(store::Transaction& tx, std::vector<Outcome>& outcomes) {
  std::vector<Advanced> turns;
  struct Scope {
    Impl& impl;
    ~Scope() {
      impl.group_turns = nullptr;
      impl.group_executions.clear();
    }
  };
  {
    const Scope scope{*this};
    group_turns = &turns;
    for (Outcome& outcome : outcomes) TakeOutcome(tx, outcome);
  }
  tx.OnCommit([weak = weak_from_this(), turns = std::move(turns)]() mutable {
    const auto self = weak.lock();
    if (!self || self->closed) return;
    for (Advanced& turn : turns) self->Keep(turn);
    self->OnLoop([turns = std::move(turns)](Impl& impl) mutable {
      for (Advanced& turn : turns) impl.Committed(turn.after);
    });
  });
}

void Engine::Impl::TakeOutcome(store::Transaction& tx, Outcome& outcome) {
  const auto& [number, key] = outcome.key;
  const auto again =
      HasControlBug("step-repeated") ? tables::FindEffect(tx, number, key) : std::nullopt;
  if (!tables::TakeEffect(tx, number, key, outcome.token)) return;
  if (again) tables::InsertEffect(tx, *again);
  const auto execution = Load(tx, number);
  // One that has finished or is gone needs no outcome.
  if (!execution || execution->finished) return;
  // It keeps its payload: should the closure be undone, it is delivered again.
  Stimulus stimulus{Stimulus::Kind::kEffect, key, std::move(outcome.payload), clock.Now()};
  struct GiveBack {
    json::Object& from;
    json::Object& to;
    ~GiveBack() { to = std::move(from); }
  } const give_back{stimulus.payload, outcome.payload};
  Advance(tx, execution, stimulus);
}

/// The language's turn, or the one that ends an execution which the language cannot advance.
Turn Engine::Impl::TurnOf(store::Transaction& tx, Execution& execution, const Stimulus& stimulus) {
  const auto at = languages.find(execution.language);
  if (at == languages.end()) throw store::Failure("no workflow language " + execution.language);
  const Language& language = *at->second;
  try {
    return language.Advance(execution, State(std::exchange(execution.state, {})), stimulus);
  } catch (const std::exception& problem) {
    log.Error("workflow language failed",
              {{"execution", execution.id}, {"reason", problem.what()}});
    // What it has begun to edit is lost; the rows have the state as it was.
    auto before = tables::LoadExecution(tx, execution.number, &definitions);
    return language.GiveUp(execution, State(std::move(before->state)), problem.what(),
                           stimulus.now);
  }
}

void Engine::Impl::Advance(store::Transaction& tx, const std::shared_ptr<Execution>& shared,
                           const Stimulus& stimulus) {
  Execution& execution = *shared;
  // Until the commit nobody may take it for what is stored; and the language works on it in place,
  // so that a turn that is refused or undone leaves nothing of it.
  (void)executions.Take(execution.number);
  Turn turn = TurnOf(tx, execution, stimulus);
  if (turn.refused) throw *turn.refused;

  Advanced advanced{shared, 0, {}};
  AfterCommit& after = advanced.after;
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
        auto pending = std::make_shared<PendingEffect>(
            PendingEffect{execution.number, std::move(effect.key), effect.kind,
                          std::move(effect.detail), random.Uuid(), stimulus.now, actor});
        tables::InsertEffect(tx, *pending);
        after.issue.push_back(std::move(pending));
        break;
      }
    }
  }
  execution.state = std::move(turn.state).Release();
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
    if (after.waiter) {
      after.waiter_outcome = {{"status", execution.status}, {"output", execution.output}};
    } else if (watcher) {
      if (const auto failure = languages.at(execution.language)->FailureOf(execution)) {
        watcher(tx, execution, *failure);
      }
    }
  }
  tables::AppendHistory(tx, execution, stimulus.now, NameOf(stimulus.kind), stimulus.key,
                        stimulus.payload, consequences);
  advanced.bytes = tables::UpdateExecution(tx, execution);
  if (group_turns) {
    group_executions[execution.number] = shared;
    group_turns->push_back(std::move(advanced));
    return;
  }
  tx.OnCommit([weak = weak_from_this(), turn = std::move(advanced)]() mutable {
    const auto self = weak.lock();
    if (!self || self->closed) return;
    self->Keep(turn);
    self->OnLoop([after = std::move(turn.after)](Impl& impl) mutable { impl.Committed(after); });
  });
}

/// It is committed: whoever is next finds it without reading.
void Engine::Impl::Keep(Advanced& turn) {
  const int64_t number = turn.execution->number;
  if (!turn.execution->finished) executions.Put(number, std::move(turn.execution), turn.bytes);
}

void Engine::Impl::Emit(store::Transaction& tx, const Execution& execution, Effect& effect,
                        TimePoint now) {
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

/// No longer owed. A child that this effect started or waited for is to be stopped.
void Engine::Impl::Forget(store::Transaction& tx, const Execution& execution,
                          const std::string& key, TimePoint now, AfterCommit& after) {
  const auto effect = tables::FindEffect(tx, execution.number, key);
  if (!effect) return;
  tables::DeleteEffect(tx, execution.number, key);
  after.forget.emplace_back(execution.number, key);
  json::Object child = effect->detail;
  if (effect->kind == Effect::Kind::kInvoke && json::GetBool(child, "starts_child")) {
    const riposte::Scope scope = ScopeOf(child, execution.scope);
    child = {{"client_token", effect->token},
             {"account", scope.account.str()},
             {"region", scope.region.str()}};
  } else if (effect->kind != Effect::Kind::kAwait) {
    return;
  }
  auto stop = std::make_shared<PendingEffect>(PendingEffect{
      execution.number, "stop-child/" + key, static_cast<Effect::Kind>(kStopChildKind),
      std::move(child), random.Uuid(), now});
  tables::DeleteEffect(tx, execution.number, stop->key);
  tables::InsertEffect(tx, *stop);
  after.issue.push_back(std::move(stop));
}

}  // namespace riposte::workflow

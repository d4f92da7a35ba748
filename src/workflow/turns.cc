// On the writer thread: a stimulus advances an execution.
#include <algorithm>

#include "base/control_bug.h"
#include "workflow/engine_impl.h"
#include "workflow/outcome.h"

namespace riposte::workflow {
namespace {

const std::string& KeyOf(const EffectPtr& effect) {
  return effect->key;
}

}  // namespace

/// As it is in this transaction: in the group that runs now, or as last committed, or read.
Engine::Impl::Live Engine::Impl::Load(store::Transaction& tx, int64_t number) {
  if (const auto at = group_executions.find(number); at != group_executions.end()) {
    return at->second;
  }
  if (auto known = executions.Take(number)) return std::move(*known);
  return tables::LoadLive(tx, number, &definitions);
}

Status Engine::Impl::Deliver(store::Transaction& tx, const std::string& id, Stimulus stimulus) {
  const auto number = tables::NumberOf(tx, id);
  const Live live = number ? Load(tx, *number) : nullptr;
  if (!live) return Fail(Code::kNotFound, "there is no such execution");
  if (live->execution.finished) return Fail(Code::kConflict, "execution " + id + " has finished");
  stimulus.now = clock.Now();
  Advance(tx, live, stimulus);
  return {};
}

/// All or none of them: what throws undoes the closure.
void Engine::Impl::RunGroup(store::Transaction& tx, std::vector<Outcome>& outcomes) {
  std::vector<Advanced> turns;
  struct Running {
    Impl& impl;
    ~Running() {
      impl.group_turns = nullptr;
      impl.group_executions.clear();
    }
  };
  {
    const Running running_group{*this};
    group_turns = &turns;
    for (Outcome& outcome : outcomes) TakeOutcome(tx, outcome);
  }
  tx.OnCommit([weak = weak_from_this(), turns = std::move(turns)]() mutable {
    const auto self = weak.lock();
    if (!self || self->closed) return;
    for (const Advanced& turn : turns) self->Keep(turn.live);
    self->OnLoop([turns = std::move(turns)](Impl& impl) mutable {
      for (Advanced& turn : turns) impl.Committed(turn.after);
    });
  });
}

void Engine::Impl::TakeOutcome(store::Transaction& tx, Outcome& outcome) {
  const auto& [number, key] = outcome.key;
  const Live live = Load(tx, number);
  // One that has finished or is gone needs no outcome.
  if (!live || live->execution.finished) return;
  const auto owed = std::ranges::find(live->owed, key, KeyOf);
  if (owed == live->owed.end() || (*owed)->token != outcome.token) return;
  tables::Change change;
  if (!HasControlBug("step-repeated")) {
    live->owed.erase(owed);
    change.gone.push_back(key);
  }
  // It keeps its payload: should the closure be undone, it is delivered again.
  Stimulus stimulus{Stimulus::Kind::kEffect, key, std::move(outcome.payload), clock.Now()};
  struct GiveBack {
    json::Object& from;
    json::Object& to;
    ~GiveBack() { to = std::move(from); }
  } const give_back{stimulus.payload, outcome.payload};
  Advance(tx, live, stimulus, std::move(change));
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
    const Live before = tables::LoadLive(tx, execution.number, &definitions);
    return language.GiveUp(execution, State(std::move(before->execution.state)), problem.what(),
                           stimulus.now);
  }
}

void Engine::Impl::Advance(store::Transaction& tx, const Live& live, const Stimulus& stimulus,
                           tables::Change change) {
  Execution& execution = live->execution;
  Turn turn = TurnOf(tx, execution, stimulus);
  if (turn.refused) throw *turn.refused;

  Advanced advanced{live, {}};
  AfterCommit& after = advanced.after;
  ++execution.turns;
  if (turn.status != execution.status) change.status = turn.status;
  for (Effect& effect : turn.effects) {
    if (effect.kind == Effect::Kind::kEmit) {
      Emit(tx, execution, effect, stimulus.now);
    } else if (effect.kind == Effect::Kind::kForget) {
      Forget(tx, *live, effect.key, stimulus.now, after, change);
    } else if (!turn.finished) {
      Owe(tx, *live, effect, stimulus.now, after, change);
    }
  }
  std::vector<std::string_view> consequences;
  for (const EffectPtr& effect : change.owed) {
    consequences.insert(consequences.end(), {NameOf(effect->kind), effect->key});
  }
  if (turn.finished) {
    execution.ended = stimulus.now;
    for (const EffectPtr& owed : std::vector(live->owed)) {
      Forget(tx, *live, owed->key, stimulus.now, after, change);
    }
    consequences.insert(consequences.end(), {"finished", turn.status});
    after.waiter = tables::FindWaiter(tx, execution.id);
    if (after.waiter) {
      after.waiter_outcome = {{"status", turn.status}, {"output", turn.output}};
    }
  }
  execution.finished = turn.finished;
  if (!tables::WillFold(*live)) change.state = turn.state.TakeChanges();
  execution.state = std::move(turn.state).Release();
  execution.status = turn.status;
  execution.output = std::move(turn.output);
  if (turn.finished && !after.waiter && watcher) {
    if (const auto failure = languages.at(execution.language)->FailureOf(execution)) {
      watcher(tx, execution, *failure);
    }
  }
  tables::WriteTurn(
      tx, *live,
      {stimulus.now, NameOf(stimulus.kind), stimulus.key, stimulus.payload, consequences, change});
  if (group_turns) {
    group_executions[execution.number] = live;
    group_turns->push_back(std::move(advanced));
    return;
  }
  tx.OnCommit([weak = weak_from_this(), turned = std::move(advanced)]() mutable {
    const auto self = weak.lock();
    if (!self || self->closed) return;
    self->Keep(turned.live);
    self->OnLoop([after = std::move(turned.after)](Impl& impl) mutable { impl.Committed(after); });
  });
}

/// It is committed. Whose call or script is under way will be back soon, and is found without
/// reading; who waits for people, children or a time costs no memory.
void Engine::Impl::Keep(const Live& live) {
  constexpr size_t kOwnBytes = 2048;
  const Execution& execution = live->execution;
  const bool soon = std::ranges::any_of(live->owed, [](const EffectPtr& effect) {
    return effect->kind == Effect::Kind::kInvoke || effect->kind == Effect::Kind::kScript;
  });
  if (execution.finished || forgetting || !soon) {
    (void)executions.Take(execution.number);
    return;
  }
  // A parsed state takes about three times its text; of the changes, half have replaced others.
  const size_t bytes = kOwnBytes + 3 * live->row_bytes + 3 * live->change_bytes / 2;
  executions.Put(execution.number, live, bytes);
}

void Engine::Impl::Owe(store::Transaction& tx, LiveExecution& live, Effect& effect, TimePoint now,
                       AfterCommit& after, tables::Change& change) {
  if (std::ranges::find(live.owed, effect.key, KeyOf) != live.owed.end()) {
    throw store::Failure("effect " + effect.key + " is already in flight");
  }
  if (effect.kind == Effect::Kind::kAwait) {
    (void)tables::Adopt(tx, live.execution, effect.key,
                        std::string(json::GetString(effect.detail, "execution_id")),
                        ScopeOf(effect.detail, live.execution.scope));
  }
  live.owed.push_back(std::make_shared<const PendingEffect>(
      PendingEffect{live.execution.number, std::move(effect.key), effect.kind,
                    std::move(effect.detail), random.Uuid(), now, live.actor}));
  change.owed.push_back(live.owed.back());
  after.issue.push_back(live.owed.back());
}

void Engine::Impl::Emit(store::Transaction& tx, const Execution& execution, Effect& effect,
                        TimePoint now) {
  if (!sink || !effect.announcement) return;
  api::Event event;
  event.scope = execution.scope;
  event.source = effect.announcement->source;
  event.detail_type = effect.announcement->detail_type;
  event.resources = std::move(effect.announcement->resources);
  event.detail = std::move(effect.announcement->detail);
  event.time = now;
  event.trace = execution.trace;
  sink->Emit(tx, std::move(event));
}

/// No longer owed. A child that this effect started or waited for is to be stopped.
void Engine::Impl::Forget(store::Transaction& tx, LiveExecution& live, const std::string& key,
                          TimePoint now, AfterCommit& after, tables::Change& change) {
  const auto owed = std::ranges::find(live.owed, key, KeyOf);
  if (owed == live.owed.end()) return;
  const EffectPtr effect = *owed;
  live.owed.erase(owed);
  std::erase(change.owed, effect);  // asked for in this very turn
  std::erase(after.issue, effect);
  const int64_t number = live.execution.number;
  change.gone.push_back(effect->key);
  after.forget.emplace_back(number, effect->key);
  json::Object child = effect->detail;
  if (effect->kind == Effect::Kind::kInvoke && json::GetBool(child, "starts_child")) {
    const Scope scope = ScopeOf(child, live.execution.scope);
    child = {{"client_token", effect->token},
             {"account", scope.account.str()},
             {"region", scope.region.str()}};
  } else if (effect->kind != Effect::Kind::kAwait) {
    return;
  }
  auto stop = std::make_shared<const PendingEffect>(
      PendingEffect{number, "stop-child/" + effect->key, static_cast<Effect::Kind>(kStopChildKind),
                    std::move(child), random.Uuid(), now});
  tables::PutErrand(tx, *stop);
  after.issue.push_back(std::move(stop));
}

}  // namespace riposte::workflow

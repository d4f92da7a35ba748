// On the loop: executions that others wait for, and those that nobody waits for any more.
#include "workflow/engine_impl.h"
#include "workflow/outcome.h"

namespace riposte::workflow {

/// The child may have ended before it was adopted, or while the engine was down.
void Engine::Impl::LookAtChild(const Key& key, const PendingEffect& effect) {
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
  if (outcome) Complete({key, effect.token, std::move(*outcome)});
}

void Engine::Impl::CompleteWaiter(const tables::Waiter& waiter, json::Object outcome) {
  const auto flight = flights.find({waiter.execution, waiter.key});
  if (flight == flights.end()) return;  // forgotten, or it will look for itself (kAwait, Issue)
  Complete({flight->first, flight->second.token, std::move(outcome)});
}

/// Which execution a kStopChildKind is about; "" when it was never started.
std::string Engine::Impl::ChildOf(store::Transaction& tx, const PendingEffect& effect) const {
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
void Engine::Impl::StartReplied(const std::string& token) {
  const auto at = starting.find(token);
  if (at == starting.end()) return;
  const EffectPtr errand = std::move(at->second);
  starting.erase(at);
  if (errand && !stopped) StopChild(errand);
}

void Engine::Impl::StopChild(const EffectPtr& effect) {
  ++outstanding;
  store.Write(
      [this, self = shared_from_this(), effect](store::Transaction& tx) {
        if (closed) return;
        if (!tables::TakeErrand(tx, *effect)) return;
        // A child that was never started, or has ended meanwhile, needs no stopping.
        (void)Deliver(tx, ChildOf(tx, *effect), {Stimulus::Kind::kCancel, "", {}, {}});
      },
      [self = shared_from_this(), effect](std::exception_ptr error) {
        if (error && !self->closed) {
          self->log.Error("child not stopped", {{"execution", effect->execution}});
        }
        if (!self->closed) {
          self->OnLoop(
              [key = Key{effect->execution, effect->key}](Impl& impl) { impl.flights.erase(key); });
        }
        --self->outstanding;
      });
}

}  // namespace riposte::workflow

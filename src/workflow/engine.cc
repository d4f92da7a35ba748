#include "workflow/engine.h"

#include <exception>
#include <utility>
#include <vector>

#include "workflow/engine_impl.h"

namespace riposte::workflow {
namespace {

constexpr int kPruneBatch = 500;
constexpr Millis kPruneEvery{std::chrono::hours(1)};

}  // namespace

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

void Engine::SetFailureWatcher(
    std::function<void(store::Transaction& tx, const Execution&, const Failure&)> watcher) {
  impl_->watcher = std::move(watcher);
}

void Engine::Start() {
  std::vector<EffectPtr> owed;
  impl_->store.Read([&](store::Transaction& tx) { owed = tables::EverythingOwed(tx); });
  if (!owed.empty()) impl_->log.Info("workflow effects resumed", {{"count", owed.size()}});
  impl_->OnLoop([owed = std::move(owed)](Impl& impl) mutable {
    for (EffectPtr& effect : owed) impl.Issue(std::move(effect));
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

Result<access::Principal> Engine::ActorOf(const access::Principal& principal,
                                          const std::optional<Scope>& elsewhere,
                                          const std::string& role_arn,
                                          const std::string& session) const {
  return impl_->ActorOf(principal, elsewhere, role_arn, session);
}

/// What memory has of executions goes; while `begin`, nothing comes in its place.
void Engine::Impl::ForgetMemory(bool begin) {
  store.Write(
      [self = shared_from_this(), begin](store::Transaction&) {
        self->executions.Clear();
        self->definitions.Clear();
        self->forgetting = begin;
      },
      [](std::exception_ptr) {});
}

void Engine::Reset() {
  impl_->ForgetMemory(true);
  impl_->OnLoop([](Impl& impl) {
    impl.queue.clear();
    impl.starting.clear();
    while (!impl.flights.empty()) impl.Drop(Impl::Key(impl.flights.begin()->first));
    impl.ForgetMemory(false);
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
  const auto live = std::make_shared<LiveExecution>();
  Execution& execution = live->execution;
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
  live->actor = tables::ActorOf(execution);
  impl_->Advance(tx, live,
                 {Stimulus::Kind::kStart, "", std::move(request.input), execution.started});
  return id;
}

Result<std::string> Engine::Restart(store::Transaction& tx, const std::string& id,
                                    std::string client_token) {
  auto before = tables::LoadExecution(tx, id);
  if (!before) return Fail(Code::kNotFound, "there is no execution " + id + " any more");
  auto input = tables::InputOf(tx, before->number);
  if (!input) return Fail(Code::kNotFound, "the input of execution " + id + " was not kept");
  StartRequest again;
  again.language = std::move(before->language);
  again.scope = std::move(before->scope);
  again.name = std::move(before->name);
  again.version = std::move(before->version);
  again.definition = before->definition->content;
  again.input = std::move(*input);
  again.principal = std::move(before->principal);
  again.trace = std::move(before->trace);
  --again.trace.hops;  // Start adds it.
  again.client_token = std::move(client_token);
  return Start(tx, std::move(again));
}

Status Engine::Signal(store::Transaction& tx, const std::string& id, std::string name,
                      json::Object payload) {
  return impl_->Deliver(tx, id, {Stimulus::Kind::kSignal, std::move(name), std::move(payload), {}});
}

Status Engine::Cancel(store::Transaction& tx, const std::string& id) {
  return impl_->Deliver(tx, id, {Stimulus::Kind::kCancel, "", {}, {}});
}

std::span<const store::Migration> Engine::Migrations() {
  return tables::Migrations();
}

void Engine::Impl::PruneSome() {
  if (stopped) return;
  auto removed = std::make_shared<int64_t>(0);
  store.Write([removed, before = clock.Now() - options.retention](
                  store::Transaction& tx) { *removed = tables::Prune(tx, before, kPruneBatch); },
              [self = shared_from_this(), removed](std::exception_ptr error) {
                if (self->closed) return;
                const bool more = !error && *removed == kPruneBatch;
                self->OnLoop([more](Impl& impl) {
                  if (impl.stopped) return;
                  impl.prune_timer = impl.At(impl.clock.Now() + (more ? Millis(100) : kPruneEvery),
                                             [](Impl& later) { later.PruneSome(); });
                });
              });
}

}  // namespace riposte::workflow

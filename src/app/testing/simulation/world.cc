#include "app/testing/simulation/world.h"

#include "store/testing/fault_vfs.h"

namespace riposte::app::testing::simulation {

using store::testing::FaultVfs;

World::World(const Options& options) : options_(options), script_(options.seed) {
  if (options_.faulty) FaultVfs::Register();
  Harness::Options harness_options;
  harness_options.folder = options_.folder;
  if (options_.faulty) harness_options.store_vfs = FaultVfs::kName;
  harness_options.network = &network_;
  harness_options.runner = &functions_;
  harness_options.script_runner = &scripts_;
  harness_options.start = true;
  harness = std::make_unique<Harness>(harness_options);
  harness->random = riposte::testing::FakeRandom(options_.seed * 2 + 1);
}

template <class Target>
void World::Tell(Target target) {
  if (!alive()) return;
  try {
    target();
  } catch (const Violation& violation) {
    if (violated_.empty()) violated_ = violation.what();
  }
}

void World::Network::Send(http::OutgoingRequest request, Completion completion) {
  world.Tell([&] {
    if (world.on_request) world.on_request(std::move(request), std::move(completion));
  });
}

void World::Functions::Invoke(functions::Invocation invocation, functions::InvokeCompletion done) {
  world.Tell([&] {
    if (world.on_function) world.on_function(std::move(invocation), std::move(done));
  });
}

void World::Scripts::Run(functions::ScriptJob job, Completion done) {
  world.Tell([&] {
    if (world.on_script) done(world.on_script(job));
  });
}

bool World::alive() const {
  return !options_.faulty || !FaultVfs::Dead();
}

void World::Note(const std::string& what) {
  const std::string line = std::to_string(ToMillis(now())) + " " + what;
  for (const char c : line + "\n") {
    hash_ ^= static_cast<unsigned char>(c);
    hash_ *= 0x100000001b3ULL;
  }
  if (options_.keeps_trace) trace_.push_back(line);
}

void World::RunAndSettle() {
  harness->loop.RunUntilIdle();
  if (!violated_.empty()) throw Violation(violated_);
  if (full_ || !alive() || harness->engine().store().failed()) return;
  for (const auto& recorded : std::exchange(deferred_, {})) recorded();
}

World::Pending World::Begin(const std::string& service, const std::string& operation,
                            json::Object input) {
  auto reply = std::make_shared<std::optional<Reply>>();
  const Scope& scope = harness->scope();
  harness->engine().pipeline().Invoke(
      {service,
       operation,
       std::move(input),
       access::Principal::Root(scope.account),
       scope,
       {},
       "simulation"},
      [this, reply](api::Outcome outcome) {
        Reply got;
        if (!alive()) {
          got.kind = Reply::Kind::kUnknown;
        } else if (outcome.ok()) {
          got.kind = Reply::Kind::kDone;
          if (outcome.output.is_object()) got.output = std::move(outcome.output.as_object());
        } else {
          const std::string& code = outcome.error->code();
          const bool ours =
              outcome.error->http_status() >= 500 || code.find("Internal") != std::string::npos;
          got.kind = ours ? Reply::Kind::kUnknown : Reply::Kind::kRefused;
          got.error = outcome.error->code();
        }
        *reply = std::move(got);
      });
  return reply;
}

World::Reply World::Take(const std::string& operation, const Pending& pending) {
  Reply reply = *pending ? std::move(**pending) : Reply{};
  Note(operation + " " +
       (reply.kind == Reply::Kind::kDone      ? "done"
        : reply.kind == Reply::Kind::kRefused ? "refused " + reply.error
                                              : "unknown"));
  return reply;
}

World::Reply World::Call(const std::string& service, const std::string& operation,
                         json::Object input) {
  const Pending pending = Begin(service, operation, std::move(input));
  RunAndSettle();
  Reply reply = Take(operation, pending);
  ReviveIfDead();
  return reply;
}

std::pair<World::Reply, World::Reply> World::CallTwice(const std::string& service,
                                                       const std::string& operation,
                                                       const json::Object& input) {
  const Pending first = Begin(service, operation, input);
  const Pending second = Begin(service, operation, input);
  RunAndSettle();
  std::pair replies{Take(operation, first), Take(operation, second)};
  ReviveIfDead();
  return replies;
}

void World::Advance(Millis by) {
  const TimePoint end = now() + by;
  RunAndSettle();
  while (alive()) {
    const auto next = harness->loop.next();
    if (!next || *next > end) break;
    harness->clock.Set(std::max(*next, now()));
    RunAndSettle();
  }
  // A store that has failed does nothing until the engine starts again.
  if (alive() ? harness->engine().store().failed() : now() < end) was_down_ = true;
  if (now() < end) harness->clock.Set(end);
  ReviveIfDead();
}

void World::SetClockBy(Millis by) {
  ++troubles_;
  Note("clock " + std::to_string(by.count()));
  (by > Millis(0) ? moved_forward_ : moved_back_) += Millis(std::abs(by.count()));
  harness->loop.JumpTo(now() + by);
  RunAndSettle();
  ReviveIfDead();
}

void World::FillDisk(int write) {
  full_ = true;
  ++troubles_;
  FaultVfs::FillDiskFrom(write);
}

void World::MakeRoom() {
  if (!full_) return;
  Note("room on the disk");
  FaultVfs::Heal();
  // What could not be recorded is tried again after a second.
  Advance(std::chrono::seconds(5));
  full_ = false;
  RunAndSettle();
}

void World::Restart(bool lost) {
  ++restarts_;
  full_ = false;
  Note(lost ? "power cut" : "restart");
  deferred_.clear();
  if (lost && options_.faulty) FaultVfs::PowerCut();
  harness->Restart([this, lost] {
    if (!options_.faulty) return;
    FaultVfs::Heal();
    // A cut that was due may have struck while the engine went down.
    if (lost || FaultVfs::Dead()) FaultVfs::Restore();
  });
  RunAndSettle();
}

void World::ReviveIfDead() {
  for (int i = 0; i < 3; ++i) {
    if (!alive()) {
      Restart(true);
    } else if (harness->engine().store().failed()) {
      Restart(Chance(50));
    } else {
      return;
    }
  }
}

}  // namespace riposte::app::testing::simulation

#include "estate/core.h"

#include <map>

namespace riposte::estate {

namespace {
constexpr int kBatch = 200;  ///< Resources moved on in one write: a few milliseconds.
}

struct Core::Timer : std::enable_shared_from_this<Core::Timer> {
  Timer(store::Store& store_in, Executor& loop_in, const Clock& clock_in,
        const telemetry::Log& log_in)
      : store(store_in), loop(loop_in), clock(clock_in), log(log_in) {}

  store::Store& store;
  Executor& loop;
  const Clock& clock;
  const telemetry::Log& log;
  std::map<std::string, Advance, std::less<>> advances;
  // On the loop only:
  bool stopped = true;
  bool advancing = false;
  bool again = false;  ///< A timer fired while a write was under way.
  std::optional<TimePoint> armed;
  Executor::TimerId timer = 0;

  /// On the loop: makes sure that something happens at `when`, or before.
  void Arm(TimePoint when) {
    if (stopped || (armed && *armed <= when)) return;
    if (armed) loop.Cancel(timer);
    armed = when;
    timer = loop.PostAt(when, [self = shared_from_this()] {
      self->armed.reset();
      self->Run();
    });
  }

  void Run() {
    if (stopped) return;
    if (advancing) {
      again = true;
      return;
    }
    advancing = true;
    again = false;
    auto next = std::make_shared<std::optional<TimePoint>>();
    store.Write(
        [self = shared_from_this(), next](store::Transaction& tx) {
          const TimePoint now = self->clock.Now();
          for (Resource& resource : ListDue(tx, now, kBatch)) {
            // An earlier one of the batch may have changed or removed it.
            auto current = Find(tx, resource.scope, resource.kind, resource.id);
            if (!current || !current->due || *current->due > now) continue;
            Act act{tx, current->scope, now, current->trace};
            current->due.reset();
            const auto advance = self->advances.find(current->kind);
            if (advance != self->advances.end()) {
              advance->second(act, *current);
            } else {
              estate::Put(tx, *current);
            }
          }
          *next = NextDue(tx);
        },
        [self = shared_from_this(), next](std::exception_ptr error) {
          std::string reason;
          if (error) {
            try {
              std::rethrow_exception(error);
            } catch (const std::exception& e) {
              reason = e.what();
            }
          }
          self->loop.Post([self, next, reason] {
            self->advancing = false;
            if (!reason.empty()) {
              self->log.Error("estate transition failed", {{"error", reason}});
              self->Arm(self->clock.Now() + std::chrono::seconds(5));
              return;
            }
            if (*next) self->Arm(**next);
            if (self->again) self->Run();
          });
        });
  }
};

Core::Core(const Timings& timings, store::Store& store, Executor& loop, const Clock& clock,
           Random& random, api::EventSink& events, const telemetry::Log& log)
    : timings_(timings),
      random_(random),
      events_(events),
      timer_(std::make_shared<Timer>(store, loop, clock, log)) {}

Core::~Core() = default;

void Core::SetAdvance(std::string_view kind, Advance advance) {
  timer_->advances[std::string(kind)] = std::move(advance);
}

void Core::Start() {
  std::optional<TimePoint> due;
  timer_->store.Read([&](store::Transaction& tx) { due = NextDue(tx); });
  timer_->loop.Post([timer = timer_, due] {
    timer->stopped = false;
    if (due) timer->Arm(*due);
  });
}

void Core::Stop() {
  timer_->loop.Post([timer = timer_] {
    timer->stopped = true;
    if (timer->armed) timer->loop.Cancel(timer->timer);
    timer->armed.reset();
  });
}

std::string Core::NewId(std::string_view prefix) {
  return std::string(prefix) + "-" + random_.Pick(17, "0123456789abcdef");
}

void Core::PutDue(Act& act, Resource& resource, Millis delay) {
  resource.due = act.now + delay;
  resource.trace = act.trace;
  estate::Put(act.tx, resource);
  act.tx.OnCommit([timer = timer_, when = *resource.due] {
    timer->loop.Post([timer, when] { timer->Arm(when); });
  });
}

void Core::Emit(Act& act, std::string_view detail_type, std::string resource_arn,
                json::Object detail) {
  api::Event event;
  event.scope = act.scope;
  event.source = "aws.ec2";
  event.detail_type = detail_type;
  event.time = act.now;
  event.resources.push_back(std::move(resource_arn));
  event.detail = std::move(detail);
  event.trace = act.trace;
  events_.Emit(act.tx, std::move(event));
}

}  // namespace riposte::estate

// What time does to queues: expired messages go though nobody looks, in small commits, and their
// depth is reported.
#include "services/sqs/attributes.h"
#include "services/sqs/sqs.h"

namespace riposte::sqs {
namespace {

constexpr auto kInterval = std::chrono::minutes(10);
constexpr auto kMinute = std::chrono::minutes(1);
constexpr int kPerCommit = 1000;

}  // namespace

void SqsService::Start() {
  stopped_ = false;
  // Also when the clock was set back while nothing ran.
  store_.Read([this](Tx& tx) { last_look_ = LastSeen(tx).value_or(last_look_); });
  mover_.Start();
  loop_.PostAt(clock_.Now() + kInterval, [this] { Sweep(); });
  if (options_.metrics) loop_.PostAt(clock_.Now() + kMinute, [this] { ReportMetrics(); });
}

void SqsService::Stop() {
  stopped_ = true;
  mover_.Stop();
  waiters_.WakeAll();
}

void SqsService::ReportMetrics() {
  if (stopped_) return;
  store_.Read([this](Tx& tx) { metrics_.Report(tx, clock_.Now()); });
  loop_.PostAt(clock_.Now() + kMinute, [this] { ReportMetrics(); });
}

void SqsService::Sweep() {
  if (stopped_) return;
  auto more = std::make_shared<bool>(false);
  store_.Write([this, more](Tx& tx) { *more = SweepOnce(tx); },
               [this, more](std::exception_ptr failure) {
                 const auto wait = *more && !failure ? Millis(0) : Millis(kInterval);
                 loop_.PostAt(clock_.Now() + wait, [this] { Sweep(); });
               });
}

/// True when there may be more to do.
bool SqsService::SweepOnce(Tx& tx) {
  const TimePoint now = clock_.Now();
  for (const Queue& queue : ListAllQueues(tx)) {
    if (DeleteExpired(tx, queue.id, HorizonOf(queue, now), kPerCommit) == kPerCommit) return true;
  }
  return false;
}

}  // namespace riposte::sqs

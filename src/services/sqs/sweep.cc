// What time does to queues that nobody looks at: expired messages go, in small commits.
#include "services/sqs/attributes.h"
#include "services/sqs/sqs.h"

namespace riposte::sqs {
namespace {

constexpr auto kInterval = std::chrono::minutes(10);
constexpr int kPerCommit = 1000;

}  // namespace

void SqsService::Start() {
  stopped_ = false;
  mover_.Start();
  loop_.PostAt(clock_.Now() + kInterval, [this] { Sweep(); });
}

void SqsService::Stop() {
  stopped_ = true;
  mover_.Stop();
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

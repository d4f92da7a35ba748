#include "services/sqs/queue_metrics.h"

#include "services/sqs/attributes.h"
#include "services/sqs/sqs.h"

namespace riposte::sqs {
namespace {

constexpr auto kActive = std::chrono::hours(6);

}  // namespace

void QueueMetrics::Sent(int64_t queue_id) {
  if (sink_ == nullptr) return;
  const std::lock_guard lock(mutex_);
  ++activity_[queue_id].sent;
}

void QueueMetrics::Received(int64_t queue_id, int64_t messages) {
  if (sink_ == nullptr) return;
  const std::lock_guard lock(mutex_);
  Activity& at = activity_[queue_id];
  at.received += messages;
  if (messages == 0) ++at.empty;
}

void QueueMetrics::Deleted(int64_t queue_id) {
  if (sink_ == nullptr) return;
  const std::lock_guard lock(mutex_);
  ++activity_[queue_id].deleted;
}

void QueueMetrics::Report(store::Transaction& tx, TimePoint now) {
  if (sink_ == nullptr) return;
  std::map<int64_t, Activity> before;
  {
    const std::lock_guard lock(mutex_);
    before.swap(activity_);
    for (auto& [id, at] : before) {
      if (at.sent + at.received + at.deleted + at.empty > 0) at.last = now;
      if (now - at.last < kActive) activity_[id].last = at.last;
    }
  }
  for (const Queue& queue : ListAllQueues(tx)) {
    const auto used = before.find(queue.id);
    const Counts counts = CountMessages(tx, queue.id, now, HorizonOf(queue, now));
    const bool holds = counts.visible + counts.in_flight + counts.delayed > 0;
    if (used == before.end() && !holds) continue;
    const auto put = [&](std::string_view name, int64_t value, std::string_view unit = "Count") {
      sink_->Put(queue.scope, "AWS/SQS", name, {{"QueueName", queue.name}},
                 static_cast<double>(value), unit);
    };
    const Activity at = used == before.end() ? Activity() : used->second;
    put("NumberOfMessagesSent", at.sent);
    put("NumberOfMessagesReceived", at.received);
    put("NumberOfMessagesDeleted", at.deleted);
    put("NumberOfEmptyReceives", at.empty);
    put("ApproximateNumberOfMessagesVisible", counts.visible);
    put("ApproximateNumberOfMessagesNotVisible", counts.in_flight);
    put("ApproximateNumberOfMessagesDelayed", counts.delayed);
    const auto oldest = OldestMessage(tx, queue.id, HorizonOf(queue, now));
    const auto age = oldest ? std::chrono::duration_cast<std::chrono::seconds>(now - *oldest)
                            : std::chrono::seconds(0);
    put("ApproximateAgeOfOldestMessage", age.count(), "Seconds");
  }
}

}  // namespace riposte::sqs

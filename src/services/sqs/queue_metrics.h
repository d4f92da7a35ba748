// AWS/SQS metrics: what alarms on queues watch, once a minute.
//
// Counts of calls are kept in memory and reported with the minute; a restart loses less than one.
// Depth and age are read then, from indexes, so that a deep queue costs milliseconds. A queue is
// reported while it holds messages, and for six hours after it was last used.
// Thread safety: any thread. Source: "Available CloudWatch metrics for Amazon SQS", developer
// guide.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "api/sinks.h"
#include "services/sqs/tables.h"

namespace riposte::sqs {

class QueueMetrics {
 public:
  /// `sink` may be null: then nothing is kept.
  explicit QueueMetrics(api::MetricSink* sink) : sink_(sink) {}

  void Sent(int64_t queue_id);
  void Received(int64_t queue_id, int64_t messages);  ///< 0: an empty receive.
  void Deleted(int64_t queue_id);

  void Report(store::Transaction& tx, TimePoint now);

 private:
  struct Activity {
    int64_t sent = 0;
    int64_t received = 0;
    int64_t deleted = 0;
    int64_t empty = 0;
    TimePoint last;  ///< Of the last report that had something.
  };
  api::MetricSink* sink_;
  std::mutex mutex_;
  std::map<int64_t, Activity> activity_;
};

}  // namespace riposte::sqs

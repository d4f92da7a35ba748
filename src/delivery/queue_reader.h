// Reads one queue for whoever works off its messages: event source mappings and pipes.
//
// Data path:     queue -> ReceiveMessage (long poll) -> filter -> batches -> Work::handle
//                -> DeleteMessageBatch of what was dealt with; the rest is seen again by itself
// Thread safety: on the loop, but that `Done` may be called from any thread.
// Delivery:      at least once, by the queue's own means: a message is deleted only when the
//                handler says that it is dealt with, so nothing needs to be stored here.
// Memory:        a batch is handed over before it exceeds kMaxBatchBytes, whatever its window.
// Loops:         a message that is the last of a chain which the engine itself caused
// (base/trace.h)
//                is handed to nobody: it stays in the queue, whose redrive policy puts it aside.
// Errors:        a queue that cannot be read is tried again after 1 s, doubling up to 60 s.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/principal.h"
#include "api/invoker.h"
#include "base/result.h"
#include "base/time.h"
#include "base/trace.h"
#include "telemetry/log.h"

namespace riposte::delivery {

class QueueReader : public std::enable_shared_from_this<QueueReader> {
 public:
  /// Of the bodies in one batch; functions take 6 MB, and escaping needs some of them.
  static constexpr size_t kMaxBatchBytes = 4 << 20;

  struct Options {
    std::string queue_arn;
    std::string name;        ///< For the log.
    size_t batch_size = 10;  ///< Beyond 10 only with a window.
    Millis window{0};        ///< How long a batch gathers.
    int max_in_flight = 5;   ///< Batches at work at a time.
    Millis first_back_off{1'000};
    Millis max_back_off{60'000};
  };
  struct Parts {
    api::Invoker& invoker;
    Executor& loop;
    const Clock& clock;
    const telemetry::Log& log;
  };
  struct Batch {
    std::vector<json::Object> messages;  ///< At least one; as ReceiveMessage gives them.
    Trace trace;                         ///< The longest of theirs, this hop counted.
    [[nodiscard]] std::vector<std::string> MessageIds() const;
  };
  using BatchPtr = std::shared_ptr<const Batch>;
  /// The MessageIds that were not dealt with; the others are deleted.
  using Done = std::move_only_function<void(std::vector<std::string> failed)>;
  struct Work {
    std::function<riposte::Result<access::Principal>()> act_as;  ///< Who reads and deletes.
    std::function<void(BatchPtr, Done)> handle;
    /// What it does not hold for is deleted unseen; empty: all are wanted.
    std::function<bool(const json::Object& message)> wants = {};
    /// So many messages were the last of their chains; may be empty.
    std::function<void(size_t messages)> on_looped = {};
  };
  QueueReader(Options options, Parts parts, Work work)
      : options_(std::move(options)), parts_(parts), work_(std::move(work)) {}

  void Start();
  /// Reads no more; batches at work are still deleted when done. What it holds, or a poll under way
  /// still brings, is seen again after its visibility timeout.
  void Stop() { state_ = State::kStopped; }
  /// The same, but such messages are given back to the queue at once, if its reader may do that.
  void Retire();
  [[nodiscard]] int in_flight() const { return in_flight_; }

 private:
  using Group = std::vector<json::Object>;
  enum class State { kReading, kRetired, kStopped };

  void Poll();
  void PollLater();
  void OnReceived(const api::Outcome& outcome);
  void Gather(const json::Object& message);
  void Flush();
  void Delete(const Group& messages, const std::vector<std::string>& failed);
  /// One call for each ten of them.
  void CallForEach(const char* operation, const Group& messages, const json::Object& more,
                   const char* complaint);
  void BackOff(const std::string& why);
  [[nodiscard]] riposte::Result<api::Invocation> Call(const char* operation,
                                                      json::Object input) const;

  const Options options_;
  Parts parts_;
  Work work_;
  State state_ = State::kReading;
  bool polling_ = false;
  int in_flight_ = 0;
  Millis back_off_{0};
  Group gathered_;
  size_t gathered_bytes_ = 0;
  TimePoint gathering_since_;
};

/// What led to the message, this hop counted; its own id is the correlation when it brings none.
[[nodiscard]] Trace TraceOf(const json::Object& message);

/// A message as ReceiveMessage gives it -> the record that functions and pipes see.
[[nodiscard]] json::Object RecordOf(const json::Object& message, const std::string& queue_arn,
                                    const std::string& region);

/// The ids that a function's reply reports as failed, {"batchItemFailures": [{"itemIdentifier":
/// …}]}. All of them when the report is malformed or names what is not in the batch, as the
/// services do it.
[[nodiscard]] std::vector<std::string> ReportedFailures(const QueueReader::Batch& batch,
                                                        const std::string& payload);

}  // namespace riposte::delivery

#include "services/sqs/moves.h"

#include <algorithm>

#include "api/error.h"
#include "base/arn.h"
#include "base/control_bug.h"
#include "base/encoding.h"
#include "services/sqs/attributes.h"
#include "services/sqs/sqs.h"

namespace riposte::sqs {
namespace {

/// A task without a rate moves this many messages in one commit: enough to pay for the commit,
/// few enough that other writers hardly wait (about 5 ms).
constexpr int kBatch = 100;
constexpr int64_t kMaxRate = 500;
constexpr int kBatchesPerSecond = 10;
constexpr size_t kMaxActive = 100;
constexpr int kMaxListed = 10;
constexpr auto kLongest = std::chrono::hours(36);
constexpr auto kStoreRetry = std::chrono::seconds(1);

std::string HandleOf(const MoveTask& task) {
  return Base64Encode(
      json::Serialize(json::Object{{"taskId", task.task_id}, {"sourceArn", task.source_arn}}));
}

std::string TaskIdIn(const std::string& handle) {
  if (const auto text = Base64Decode(handle)) {
    if (const auto parsed = json::Parse(*text); parsed && parsed->is_object()) {
      const std::string_view id = json::GetString(parsed->as_object(), "taskId");
      if (!id.empty()) return std::string(id);
    }
  }
  RefuseValue(handle.substr(0, 200), "TaskHandle", "Invalid task handle.");
}

std::optional<Queue> QueueOf(store::Transaction& tx, const std::string& arn_text,
                             const Scope& scope) {
  const auto arn = Arn::Parse(arn_text);
  if (!arn || arn->service != "sqs" || arn->scope() != scope) return std::nullopt;
  return FindQueue(tx, scope, arn->resource);
}

/// The queue that a parameter names, in the account and region it says.
Queue RequireNamed(store::Transaction& tx, const json::Object& input, std::string_view parameter,
                   const Scope& scope) {
  auto queue = QueueOf(tx, std::string(json::GetString(input, parameter)), scope);
  if (!queue) {
    throw api::Error("ResourceNotFoundException", "The resource that you specified for the " +
                                                      std::string(parameter) +
                                                      " parameter doesn't exist.");
  }
  return std::move(*queue);
}

bool IsDeadLetterQueue(store::Transaction& tx, const Queue& queue) {
  const std::string arn = queue.Arn();
  const auto all = ListQueues(tx, queue.scope, "", "", 1'000'000);
  return std::ranges::any_of(all, [&](const Queue& other) {
    const auto redrive = RedriveOf(other);
    return redrive && redrive->target_arn == arn;
  });
}

}  // namespace

void Mover::Start() {
  stopped_ = false;
  store_.Read([this](Tx& tx) {
    for (const MoveTask& task : ListRunningMoves(tx)) Schedule(task.id, clock_.Now());
  });
}

void Mover::Begin(Tx& tx, int64_t id) {
  tx.OnCommit([this, id] { Schedule(id, clock_.Now()); });
}

void Mover::Schedule(int64_t id, TimePoint when) {
  loop_.PostAt(when, [this, id] { Run(id); });
}

void Mover::Run(int64_t id) {
  if (stopped_) return;
  auto next = std::make_shared<std::optional<TimePoint>>();
  store_.Write([this, id, next](Tx& tx) { *next = Step(tx, id); },
               [this, id, next](std::exception_ptr failure) {
                 if (failure) return Schedule(id, clock_.Now() + kStoreRetry);
                 if (*next) Schedule(id, **next);
               });
}

std::optional<TimePoint> Mover::Step(Tx& tx, int64_t id) {
  auto task = FindMove(tx, id);
  if (!task || task->status != "RUNNING") return std::nullopt;  // Cancelled, or its queue is gone.
  const TimePoint now = clock_.Now();
  FollowClock(tx, now);
  const auto source = FindQueue(tx, task->source_id);
  if (!source) return std::nullopt;
  const int most = task->rate == 0
                       ? kBatch
                       : static_cast<int>(std::max<int64_t>(1, task->rate / kBatchesPerSecond));
  const int64_t before = task->moved;
  task->failure = now - task->started > kLongest ? "The task ran for longer than 36 hours."
                                                 : MoveBatch(tx, *task, *source, most, now);
  const bool ended = task->moved - before < most;
  if (!task->failure.empty()) {
    task->status = "FAILED";
  } else if (ended) {
    task->status = "COMPLETED";
  }
  UpdateMove(tx, *task);
  if (task->status != "RUNNING") return std::nullopt;
  if (task->rate == 0) return now;
  return now + Millis((most * 1000 + task->rate - 1) / task->rate);
}

std::string Mover::MoveBatch(Tx& tx, MoveTask& task, const Queue& source, int most, TimePoint now) {
  std::map<std::string, Queue> targets;
  for (Message& message : ListMovable(tx, source, now, HorizonOf(source, now), task.bound, most)) {
    const std::string arn = task.destination_arn.empty() ? message.dead_from : task.destination_arn;
    if (arn.empty()) return "CouldNotDetermineMessageSource";
    auto at = targets.find(arn);
    if (at == targets.end()) {
      auto target = QueueOf(tx, arn, task.scope);
      if (!target || target->fifo() != source.fifo()) {
        return "AWS.SimpleQueueService.NonExistentQueue";
      }
      at = targets.emplace(arn, std::move(*target)).first;
    }
    ++task.moved;
    if (HasControlBug("move-loses-messages") && task.moved % 2 == 0) {
      DeleteMessage(tx, message.id);
      continue;
    }
    MoveOne(tx, std::move(message), at->second, now);
  }
  return "";
}

void Mover::MoveOne(Tx& tx, Message message, const Queue& target, TimePoint now) {
  message.queue_id = target.id;
  message.message_id = random_.Uuid();
  message.sent = message.visible = now;
  message.first_received = TimePoint();
  message.receive_count = 0;
  message.dead_from.clear();
  RenewMessage(tx, message, target.fifo());
  arrive_(tx, target.id, 1);
}

json::Value SqsService::StartMessageMoveTask(const Call& call, Tx& tx) {
  const auto source_arn = Arn::Parse(json::GetString(call.input, "SourceArn"));
  // Authorisation judged the queue that the ARN names, also when it is another account's.
  const Scope scope = source_arn ? source_arn->scope() : call.scope;
  const Queue source = RequireNamed(tx, call.input, "SourceArn", scope);
  if (!IsDeadLetterQueue(tx, source)) {
    throw api::Error("InvalidParameterValue",
                     "Source queue must be configured as a Dead Letter Queue.");
  }
  MoveTask task;
  if (json::Find(call.input, "DestinationArn") != nullptr) {
    const Queue target = RequireNamed(tx, call.input, "DestinationArn", scope);
    if (target.id == source.id) {
      throw api::Error("InvalidParameterValue",
                       "Source queue arn and destination queue arn must "
                       "be different.");
    }
    if (target.fifo() != source.fifo()) {
      throw api::Error("InvalidParameterValue",
                       "Source queue and destination queue must be of the same type.");
    }
    task.destination_arn = target.Arn();
    RequirePermission(call, "sqs:SendMessage", target);
  }
  // What was held, or is delayed, is judged by the clock as it is now.
  FollowClock(tx, call.now);
  RequirePermission(call, "sqs:ReceiveMessage", source);
  RequirePermission(call, "sqs:DeleteMessage", source);
  task.rate = json::GetInt(call.input, "MaxNumberOfMessagesPerSecond");
  if (json::Find(call.input, "MaxNumberOfMessagesPerSecond") != nullptr &&
      (task.rate < 1 || task.rate > kMaxRate)) {
    RefuseValue(std::to_string(task.rate), "MaxNumberOfMessagesPerSecond",
                "Value must be from 1 to 500.");
  }
  size_t active = 0;
  for (const MoveTask& other : ListRunningMoves(tx)) {
    if (other.source_id == source.id) {
      throw api::Error("UnsupportedOperation",
                       "There is already a task running. Only one active task is allowed for a "
                       "source queue arn at a given time.");
    }
    if (other.scope.account == scope.account) ++active;
  }
  if (active >= kMaxActive) {
    throw api::Error("UnsupportedOperation",
                     "The account has the maximum of 100 active message move tasks.");
  }
  ForgetMoves(tx, source.id, kMaxListed - 1);
  task.task_id = random_.Uuid();
  task.scope = scope;
  task.source_id = source.id;
  task.source_arn = source.Arn();
  task.status = "RUNNING";
  task.started = call.now;
  task.bound = LastMessageId(tx, source.id);
  task.to_move = CountMessages(tx, source.id, call.now, HorizonOf(source, call.now)).visible;
  InsertMove(tx, task);
  mover_.Begin(tx, task.id);
  return json::Object{{"TaskHandle", HandleOf(task)}};
}

json::Value SqsService::CancelMessageMoveTask(const Call& call, Tx& tx) {
  const std::string handle(json::GetString(call.input, "TaskHandle"));
  auto task = FindMove(tx, TaskIdIn(handle));
  // A handle names no account to authorisation: it is good within the caller's own.
  if (!task || task->scope.account != call.caller.account) {
    throw api::Error("ResourceNotFoundException", "Task does not exist.");
  }
  const auto source = FindQueue(tx, task->source_id);
  if (source) RequirePermission(call, "sqs:CancelMessageMoveTask", *source);
  if (task->status != "RUNNING") {
    throw api::Error("UnsupportedOperation", "Only active tasks can be cancelled.");
  }
  task->status = "CANCELLED";
  UpdateMove(tx, *task);
  return json::Object{{"ApproximateNumberOfMessagesMoved", task->moved}};
}

json::Value SqsService::ListMessageMoveTasks(const Call& call, Tx& tx) {
  const auto arn = Arn::Parse(json::GetString(call.input, "SourceArn"));
  const Queue source = RequireNamed(tx, call.input, "SourceArn", arn ? arn->scope() : call.scope);
  const int64_t most = json::GetInt(call.input, "MaxResults", 1);
  if (most < 1 || most > kMaxListed) {
    RefuseValue(std::to_string(most), "MaxResults", "Value must be from 1 to 10.");
  }
  json::Array results;
  for (const MoveTask& task : ListMoves(tx, source.id, static_cast<int>(most))) {
    json::Object entry{{"Status", task.status},
                       {"SourceArn", task.source_arn},
                       {"ApproximateNumberOfMessagesMoved", task.moved},
                       {"ApproximateNumberOfMessagesToMove", task.to_move},
                       {"StartedTimestamp", ToMillis(task.started)}};
    if (task.status == "RUNNING") entry["TaskHandle"] = HandleOf(task);
    json::SetIfNotEmpty(entry, "DestinationArn", task.destination_arn);
    json::SetIfNotEmpty(entry, "FailureReason", task.failure);
    if (task.rate > 0) entry["MaxNumberOfMessagesPerSecond"] = task.rate;
    results.push_back(std::move(entry));
  }
  return json::Object{{"Results", std::move(results)}};
}

}  // namespace riposte::sqs

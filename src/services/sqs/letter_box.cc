#include "services/sqs/letter_box.h"

#include "base/arn.h"

namespace riposte::sqs {
namespace {

delivery::DeadLetterRecord RecordOf(const Scope& scope, const DeadMessage& dead) {
  const Message& message = dead.message;
  delivery::DeadLetterRecord letter;
  letter.id = std::to_string(message.id);
  letter.kind = "queue-message";
  letter.source_arn = letter.target_arn = message.dead_from;
  letter.queue_arn = MakeArn("sqs", scope, dead.queue);
  letter.message_id = message.message_id;
  letter.error_code = "MAX_RECEIVES";
  letter.error_message = "Received more often than its queue's maxReceiveCount allows.";
  letter.created = message.sent;
  letter.dead = message.moved;
  return letter;
}

}  // namespace

int64_t QueueLetterBox::Find(store::Transaction& tx, const std::string& queue_arn,
                             const std::string& message_id) {
  const auto arn = Arn::Parse(queue_arn);
  if (!arn) return 0;
  const auto queue = FindQueue(tx, arn->scope(), arn->resource);
  return queue ? FindRecent(tx, queue->id, message_id) : 0;
}

bool QueueLetterBox::Holds(store::Transaction& tx, int64_t message) {
  return HasMessage(tx, message);
}

bool QueueLetterBox::IsInFlight(store::Transaction& tx, int64_t message, TimePoint now) {
  return riposte::sqs::IsInFlight(tx, message, now);
}

int64_t QueueLetterBox::Latest(store::Transaction& tx) {
  return LastMessageId(tx);
}

void QueueLetterBox::Remove(store::Transaction& tx, int64_t message) {
  DeleteMessage(tx, message);
}

std::optional<std::string> QueueLetterBox::Read(store::Transaction& tx, int64_t message) {
  return BodyOf(tx, message);
}

std::vector<delivery::DeadLetterRecord> QueueLetterBox::List(store::Transaction& tx,
                                                             const Scope& scope, int64_t after,
                                                             int limit) {
  std::vector<delivery::DeadLetterRecord> out;
  for (const DeadMessage& dead : ListDead(tx, scope, after, limit)) {
    out.push_back(RecordOf(scope, dead));
  }
  return out;
}

std::optional<delivery::DeadLetterRecord> QueueLetterBox::Find(store::Transaction& tx,
                                                               const Scope& scope,
                                                               int64_t message) {
  const auto dead = FindDead(tx, scope, message);
  if (!dead) return std::nullopt;
  return RecordOf(scope, *dead);
}

std::string QueueLetterBox::PutBack(store::Transaction& tx, const Scope& scope, int64_t id,
                                    TimePoint now) {
  mover_.FollowClock(tx, now);
  auto dead = FindDead(tx, scope, id);
  if (!dead) return "There is no such dead letter.";
  Message& message = dead->message;
  if (riposte::sqs::IsInFlight(tx, id, now)) return "Somebody holds the message: it is in flight.";
  const auto arn = Arn::Parse(message.dead_from);
  const auto target = arn ? FindQueue(tx, arn->scope(), arn->resource) : std::nullopt;
  if (!target) return "Its queue is gone: " + message.dead_from;
  mover_.MoveOne(tx, std::move(message), *target, now);
  return "";
}

}  // namespace riposte::sqs

#include <algorithm>

#include "access/crypto.h"
#include "api/error.h"
#include "base/arn.h"
#include "services/sqs/attributes.h"
#include "services/sqs/digest.h"
#include "services/sqs/sqs.h"

namespace riposte::sqs {

/// One ReceiveMessage call, from its first look to its reply.
struct SqsService::Receive {
  api::Call call;
  api::Reply reply;
  int most = 1;
  std::optional<int64_t> visibility;  ///< Seconds; else the queue's.
  std::optional<int64_t> wait;        ///< Seconds; else the queue's.
  std::optional<TimePoint> deadline;  ///< Set by the first look.
  std::vector<std::string> system_names;
  std::vector<std::string> attribute_names;
  std::string attempt_id;  ///< FIFO: ReceiveRequestAttemptId.
  // The outcome of the last look:
  int64_t queue_id = 0;
  uint64_t tide = 0;
  std::optional<TimePoint> next_visible;
  json::Array messages;
};

namespace {

/// Expired messages that one receive clears away; none of them is seen in any case.
constexpr int kExpiredALook = 100;
/// How long an attempt id stands for the messages that it got.
constexpr auto kAttempts = std::chrono::minutes(5);
/// A clock that goes back by less is being adjusted; by more, it was set.
constexpr auto kClockWasSet = std::chrono::minutes(1);

std::optional<int64_t> Bounded(const json::Object& input, std::string_view name, int64_t least,
                               int64_t most, std::string_view reason) {
  if (json::Find(input, name) == nullptr) return std::nullopt;
  const int64_t value = json::GetInt(input, name);
  if (value < least || value > most) RefuseValue(std::to_string(value), name, reason);
  return value;
}

bool Wanted(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](const std::string& wanted) {
    if (wanted == "All" || wanted == ".*" || wanted == name) return true;
    return wanted.ends_with(".*") &&
           name.starts_with(std::string_view(wanted).substr(0, wanted.size() - 2));
  });
}

json::Object Describe(const Queue& queue, const Message& message, TimePoint received,
                      const std::vector<std::string>& system_names,
                      const std::vector<std::string>& attribute_names) {
  json::Object out{{"MessageId", message.message_id},
                   {"ReceiptHandle",
                    ToHandle({queue.id, message.id, message.receive_count, ToMillis(received)})},
                   {"MD5OfBody", access::Md5Hex(message.body)},
                   {"Body", message.body}};
  json::Object all = message.system_attributes;
  all["SentTimestamp"] = std::to_string(ToMillis(message.sent));
  all["ApproximateReceiveCount"] = std::to_string(message.receive_count);
  all["ApproximateFirstReceiveTimestamp"] = std::to_string(ToMillis(message.first_received));
  json::SetIfNotEmpty(all, "MessageGroupId", message.group_id);
  json::SetIfNotEmpty(all, "DeadLetterQueueSourceArn", message.dead_from);
  if (queue.fifo()) {
    all["MessageDeduplicationId"] = message.deduplication_id;
    const std::string digits = std::to_string(message.sequence);
    all["SequenceNumber"] = std::string(20 - digits.size(), '0') + digits;
  }
  json::Object system;
  for (const auto& [name, value] : all) {
    if (Wanted(system_names, std::string_view(name.data(), name.size()))) system[name] = value;
  }
  if (!system.empty()) out["Attributes"] = std::move(system);
  json::Object attributes;
  for (const auto& [name, value] : message.attributes) {
    if (Wanted(attribute_names, std::string_view(name.data(), name.size()))) {
      attributes[name] = value;
    }
  }
  if (!attributes.empty()) {
    out["MD5OfMessageAttributes"] = Md5OfAttributes(attributes);
    out["MessageAttributes"] = std::move(attributes);
  }
  return out;
}

}  // namespace

void SqsService::ReceiveMessage(Call call, api::Reply reply) {
  auto receive = std::make_shared<Receive>();
  const json::Object& input = call.input;
  receive->most = static_cast<int>(
      Bounded(input, "MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided.")
          .value_or(1));
  receive->visibility =
      Bounded(input, "VisibilityTimeout", 0, 43'200, "Must be between 0 and 43200, if provided.");
  receive->wait = Bounded(input, "WaitTimeSeconds", 0, 20, "Must be >= 0 and <= 20, if provided.");
  receive->system_names = json::GetStrings(input, "AttributeNames");
  for (std::string& name : json::GetStrings(input, "MessageSystemAttributeNames")) {
    receive->system_names.push_back(std::move(name));
  }
  receive->attribute_names = json::GetStrings(input, "MessageAttributeNames");
  receive->attempt_id = json::GetString(input, "ReceiveRequestAttemptId");
  if (!receive->attempt_id.empty()) CheckToken(receive->attempt_id, "ReceiveRequestAttemptId");
  receive->call = std::move(call);
  receive->reply = std::move(reply);
  Attempt(receive);
}

void SqsService::Attempt(const std::shared_ptr<Receive>& receive) {
  if (stopped_) return receive->reply({json::Object(), {}});
  store_.Write(
      [this, receive](store::Transaction& tx) { Take(*receive, tx); },
      [this, receive](std::exception_ptr failure) {
        if (failure) {
          api::Outcome outcome;
          try {
            std::rethrow_exception(failure);
          } catch (const api::Error& error) {
            outcome.error = error;
          } catch (const std::exception&) {
            outcome.error = api::Error("InternalFailure", "An internal error occurred.", 500);
          }
          receive->reply(std::move(outcome));
          return;
        }
        if (!receive->messages.empty() || clock_.Now() >= *receive->deadline) {
          metrics_.Received(receive->queue_id, static_cast<int64_t>(receive->messages.size()));
          json::Object output;
          if (!receive->messages.empty()) output["Messages"] = std::move(receive->messages);
          receive->reply({std::move(output), {}});
          return;
        }
        const TimePoint until =
            std::min(*receive->deadline, receive->next_visible.value_or(*receive->deadline));
        waiters_.Enrol(receive->queue_id, receive->tide, until,
                       [this, receive] { Attempt(receive); });
      });
}

void SqsService::FollowClock(Tx& tx, TimePoint now) {
  const Millis back = last_look_ - now;
  if (back < kClockWasSet) {
    last_look_ = now;
    return;
  }
  // Once, though several closures of one commit see it; and again when that commit fails.
  if (moved_to_ != TimePoint() && LastMoved(tx) == moved_to_) return;
  moved_to_ = now;
  MoveTimes(tx, now, back);
  tx.OnCommit([this, now] {
    last_look_ = now;
    moved_to_ = TimePoint();
  });
}

void SqsService::Take(Receive& receive, Tx& tx) {
  const Queue queue = RequireQueue(receive.call, tx);
  const TimePoint now = clock_.Now();
  FollowClock(tx, now);
  if (!receive.deadline) {
    const int64_t wait = receive.wait.value_or(NumberOf(queue, "ReceiveMessageWaitTimeSeconds"));
    receive.deadline = now + std::chrono::seconds(wait);
  }
  receive.queue_id = queue.id;
  receive.tide = waiters_.Tide(queue.id);
  receive.messages.clear();
  const TimePoint horizon = HorizonOf(queue, now);
  DeleteExpired(tx, queue.id, horizon, kExpiredALook);
  const int64_t visibility = receive.visibility.value_or(NumberOf(queue, "VisibilityTimeout"));
  if (!receive.attempt_id.empty()) {
    if (!queue.fifo()) {
      RefuseValue(receive.attempt_id, "ReceiveRequestAttemptId",
                  "The request includes a parameter that is not valid for this queue type.");
    }
    if (TakeAgain(receive, tx, queue, visibility, now)) return;
  }
  const auto most = static_cast<size_t>(RoomInFlight(tx, queue.id, receive.most, now));
  // The real service tells those who poll shortly, and lets the others wait.
  if (most == 0 && !queue.fifo() && *receive.deadline <= now) {
    throw api::Error("OverLimit", "The maximum number of in flight messages is reached.", 403);
  }
  ReceiveAttempt attempt{{}, now, now + std::chrono::seconds(visibility)};
  // A look may turn up only messages that move to the dead-letter queue; then it looks again.
  for (bool moved = true; moved && receive.messages.size() < most;) {
    moved = false;
    const int left = static_cast<int>(most - receive.messages.size());
    for (Message& message : ListVisible(tx, queue, now, horizon, left)) {
      if (MoveIfWornOut(tx, queue, message, now)) {
        moved = true;
        continue;
      }
      ++message.receive_count;
      if (message.receive_count == 1) message.first_received = now;
      message.visible = attempt.visible;
      MarkReceived(tx, message);
      attempt.receipts.emplace_back(message.id, message.receive_count);
      receive.messages.push_back(
          Describe(queue, message, now, receive.system_names, receive.attribute_names));
    }
    // With a visibility of nothing the next look would take the same ones again.
    if (visibility == 0 && !receive.messages.empty()) break;
  }
  in_flight_[queue.id] += static_cast<int64_t>(receive.messages.size());
  if (!receive.attempt_id.empty() && !receive.messages.empty()) {
    PutAttempt(tx, queue.id, receive.attempt_id, attempt, now, now + kAttempts);
  }
  receive.next_visible = NextVisible(tx, queue.id, now);
}

/// The same messages and receipts as an earlier call with the same attempt id got, when nothing has
/// happened to any of them since; hides them anew.
bool SqsService::TakeAgain(Receive& receive, Tx& tx, const Queue& queue, int64_t visibility,
                           TimePoint now) {
  auto attempt = FindAttempt(tx, queue.id, receive.attempt_id, now);
  if (!attempt || attempt->visible <= now) return false;
  std::vector<Message> messages;
  for (const auto& [id, count] : attempt->receipts) {
    auto message = FindMessage(tx, queue.id, id);
    if (!message || message->receive_count != count || message->visible != attempt->visible) {
      return false;
    }
    messages.push_back(std::move(*message));
  }
  attempt->visible = now + std::chrono::seconds(visibility);
  for (Message& message : messages) {
    message.visible = attempt->visible;
    MarkReceived(tx, message);
    receive.messages.push_back(
        Describe(queue, message, attempt->received, receive.system_names, receive.attribute_names));
  }
  PutAttempt(tx, queue.id, receive.attempt_id, *attempt, now, attempt->received + kAttempts);
  return true;
}

int64_t SqsService::RoomInFlight(Tx& tx, int64_t queue_id, int64_t wanted, TimePoint now) {
  auto at = in_flight_.find(queue_id);
  if (at == in_flight_.end() || at->second + wanted > options_.max_in_flight) {
    at = in_flight_.insert_or_assign(queue_id, CountInFlight(tx, queue_id, now)).first;
  }
  return std::clamp<int64_t>(options_.max_in_flight - at->second, 0, wanted);
}

/// Moves `message` to the queue's dead letters when it has been received often enough.
bool SqsService::MoveIfWornOut(Tx& tx, const Queue& queue, Message& message, TimePoint now) {
  const auto redrive = RedriveOf(queue);
  if (!redrive || message.receive_count < redrive->max_receive_count) return false;
  const auto arn = Arn::Parse(redrive->target_arn);
  if (!arn || arn->scope() != queue.scope) return false;
  const auto target = FindQueue(tx, arn->scope(), arn->resource);
  // Without its target a message stays where it is, as in the real service.
  if (!target || target->id == queue.id || !AllowsRedriveFrom(*target, queue.Arn())) return false;
  message.queue_id = target->id;
  message.receive_count = 0;
  message.first_received = TimePoint();
  message.visible = now;
  message.dead_from = queue.Arn();
  message.moved = now;
  if (queue.fifo()) {
    // Only standard queues keep the first time of sending. The new deduplication id keeps apart
    // two messages that were sent under one; the new place keeps the order of arrival here.
    message.sent = now;
    message.deduplication_id = message.message_id;
    RenewMessage(tx, message, true);
  } else {
    UpdateMessage(tx, message);
  }
  Arrive(tx, target->id, 1);
  return true;
}

}  // namespace riposte::sqs

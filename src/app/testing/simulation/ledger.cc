#include "app/testing/simulation/ledger.h"

#include <algorithm>

namespace riposte::app::testing::simulation {
namespace {

using std::chrono::hours;

/// Messages stay for fourteen days; a little less, so that the hour of a jump does not matter.
constexpr Millis kRetention = hours(13 * 24);
/// Where a queue's worn-out messages go.
constexpr std::pair<std::string_view, std::string_view> kWornOut[] = {{"inbox", "inbox-dead"}};

std::string Key(const std::string& place, const std::string& life) {
  return place + " " + life;
}

std::string AttributeOf(const json::Object& attributes, std::string_view name) {
  const json::Object* one = json::GetObject(attributes, name);
  return one ? std::string(json::GetString(*one, "StringValue")) : "";
}

/// Where the letters of a place go.
std::string DeadQueueOf(const std::string& place) {
  if (place.ends_with("/destination")) return "dead-rules";
  if (place.starts_with("http")) return "dead-subscriptions";
  if (place == "function") return "dead-functions";
  return "";
}

}  // namespace

std::string LabelOf(std::string_view body) {
  const auto document = json::Parse(body);
  if (!document || !document->is_object()) return "";
  const json::Object& object = document->as_object();
  if (const json::Object* detail = json::GetObject(object, "detail")) {
    return std::string(json::GetString(*detail, "id"));
  }
  return std::string(json::GetString(object, "id"));
}

void Ledger::Fail(const std::string& what) const {
  throw Violation(what + " (at " + FormatIso8601(world_.now(), true) + ")");
}

void Ledger::Add(Item item) {
  const std::string label = item.label;
  items_[label] = std::move(item);
}

void Ledger::Attempted(const std::string& place, const std::string& life,
                       const std::string& label) {
  const auto item = items_.find(label);
  if (item == items_.end()) Fail(place + " got " + label + ", which nobody sent");
  world_.Note("attempt " + place + " " + label);
  Life& at = lives_[Key(place, life)];
  at.label = label;
  at.place = place;
  if (at.done) Fail(place + " got " + label + " again after its success was recorded");
  if (at.given_up) Fail(place + " got " + label + " again after it was given up");
  const TimePoint not_before = at.not_before - (world_.moved_back() - at.moved_back);
  if (world_.now() < not_before) {
    Fail(place + " got " + label + " before it was due at " + FormatIso8601(not_before, true));
  }
}

void Ledger::Answered(const std::string& place, const std::string& life, Answer answer,
                      Millis waits, bool counts, const Policy& policy) {
  Life& at = lives_.at(Key(place, life));
  world_.Note("answer " + place + " " + at.label + " " + std::to_string(static_cast<int>(answer)));
  at.max_age = policy.max_age;
  at.most = policy.most_failures;
  if (answer == Answer::kDone) at.answered_done = true;
  if (answer == Answer::kNever) at.refused = true;
  if (answer == Answer::kAgain && counts) ++at.answered_failures;
  world_.Defer([this, key = Key(place, life), answer, waits, counts, policy, now = world_.now(),
                moved_back = world_.moved_back()] {
    Life& life_at = lives_.at(key);
    if (answer == Answer::kDone) life_at.done = true;
    if (answer == Answer::kNever) life_at.given_up = true;
    if (answer != Answer::kAgain) return;
    Millis wait = waits;
    if (counts) {
      if (static_cast<size_t>(life_at.failures) < policy.waits.size()) {
        wait = std::max(wait, policy.waits[static_cast<size_t>(life_at.failures)]);
      }
      if (++life_at.failures >= policy.most_failures) life_at.given_up = true;
    }
    life_at.not_before = now + wait;
    life_at.moved_back = moved_back;
  });
}

void Ledger::CheckGroupIsFree(const std::string& queue, const std::string& group, int batch) const {
  for (const auto& [id, held] : messages_) {
    if (held.queue != queue || held.deleted || held.maybe_deleted || held.batch == batch) continue;
    if (held.until.empty() || items_.at(held.label).group != group) continue;
    const TimePoint until = held.until.back() - (world_.moved_back() - held.moved_back);
    if (world_.now() < until) {
      Fail(queue + " gave a message of a group while " + held.label + " of it was held");
    }
  }
}

void Ledger::Received(const std::string& queue, int batch, const json::Object& message,
                      Millis visibility) {
  const std::string id(json::GetString(message, "MessageId"));
  const std::string label = LabelOf(json::GetString(message, "Body"));
  world_.Note("received " + queue + " " + label);
  const auto item = items_.find(label);
  if (item == items_.end()) Fail(queue + " has " + label + ", which nobody sent");
  if (const auto& due = item->second.due) {
    // A clock that was set back since has undone as much of the waiting.
    if (world_.now() < *due - (world_.moved_back() - item->second.moved_back)) {
      Fail(queue + " has " + label + " before it is due at " + FormatIso8601(*due, true));
    }
  }
  const bool fresh = !messages_.contains(id);
  Message& at = messages_[id];
  if (at.deleted) Fail(queue + " gave " + label + " again after it was deleted");
  if (!fresh && at.queue == queue && !at.until.empty()) {
    const TimePoint until = at.until.back() - (world_.moved_back() - at.moved_back);
    if (world_.now() < until) Fail(queue + " gave " + label + " to two at a time");
  }
  if (queue.ends_with(".fifo")) CheckGroupIsFree(queue, item->second.group, batch);
  at.maybe_taken = false;
  if (at.queue != queue) at.until.clear();
  at.batch = batch;
  at.queue = queue;
  at.label = label;
  at.moved_back = world_.moved_back();
  if (const json::Object* attributes = json::GetObject(message, "MessageAttributes")) {
    at.attributes = *attributes;
  }
  at.until.push_back(world_.now() + visibility);
  receipts_.push_back(
      {queue, id, std::string(json::GetString(message, "ReceiptHandle")), at.until.size()});
  if (fresh && !item->second.group.empty() && queue.ends_with(".fifo")) {
    std::vector<std::string>& seen = order_[queue + " " + item->second.group];
    const auto number = [](const std::string& of) { return std::stoi(of.substr(1)); };
    if (std::ranges::find(seen, label) != seen.end()) return;  // A repeat; they are counted.
    if (!seen.empty() && number(seen.back()) > number(label)) {
      Fail(queue + " gave " + label + " after " + seen.back() + " of its group");
    }
    seen.push_back(label);
  }
}

void Ledger::MaybeReceived(const std::string& queue) {
  for (auto& [id, message] : messages_) {
    if (message.queue == queue) message.maybe_taken = true;
  }
}

void Ledger::Deleted(const Receipt& receipt, World::Reply::Kind outcome) {
  Message& at = messages_.at(receipt.message_id);
  const bool newest = at.queue == receipt.queue && receipt.number == at.until.size();
  world_.Note("deleted " + at.label + (newest ? " newest" : " older"));
  if (!newest) return;  // Must still be there.
  // The lease may have ended; nobody else has taken it, so the receipt still holds (but in a FIFO
  // queue, which says so).
  const bool sure = outcome == World::Reply::Kind::kDone && !at.maybe_taken;
  if (sure) at.deleted = true;
  if (!sure && outcome != World::Reply::Kind::kRefused) at.maybe_deleted = true;
}

void Ledger::Stepped(const std::string& label, bool last, bool ok) {
  world_.Note("step " + label + (last ? " last" : " first"));
  if (!items_.contains(label)) Fail("a runbook ran for " + label + ", which nobody sent");
  const std::string key = "runbook " + label;
  Life& at = lives_[key];
  at.label = label;
  at.place = "runbook";
  at.max_age = Millis(0);
  auto& [first, second] = steps_[label];
  if (last) {
    ++second;
    if (at.given_up) Fail("the last step of the runbook for " + label + " ran after its end");
    if (ok) world_.Defer([this, key] { lives_.at(key).given_up = true; });
    return;
  }
  ++first;
  if (at.done) Fail("the first step of the runbook for " + label + " ran again after it was done");
  if (ok) world_.Defer([this, key] { lives_.at(key).done = true; });
}

void Ledger::Execution(const std::string& label, const std::string& status, bool must_fail) {
  world_.Note("execution " + label + " " + status);
  const auto item = items_.find(label);
  if (item == items_.end()) Fail("an execution for " + label + ", which nobody sent");
  if (++executions_[label] > 1) Fail("two executions for " + label);
  if (world_.moved_forward() != item->second.moved_forward) return;  // Time-outs may have struck.
  const std::string expected = must_fail ? "Failed" : "Success";
  if (status != expected) Fail("the execution for " + label + " ended as " + status);
}

void Ledger::DeadWithoutQueue(const std::string& label) {
  world_.Note("dead " + label);
  ++dead_[label];
}

bool Ledger::MayHaveExpired(const Item& item) const {
  return world_.moved_forward() - item.moved_forward > kRetention;
}

int Ledger::DeadLettersOf(const std::string& queue, const std::string& label,
                          const std::string& place) const {
  int count = 0;
  for (const auto& [id, message] : messages_) {
    if (message.queue != queue || message.label != label) continue;
    const std::string subscription = AttributeOf(message.attributes, "SubscriptionArn");
    // Subscriptions are told apart by their topic: each web subscriber has its own.
    const std::string topic = AttributeOf(message.attributes, "TopicArn");
    if (!topic.empty() && !place.ends_with(topic.substr(topic.rfind(':') + 1))) continue;
    ++count;
  }
  return count;
}

void Ledger::CheckDuty(const Item& item, const Duty& duty, int found) const {
  const std::string what =
      duty.place + " got " + item.label + " " + std::to_string(found) + " times";
  int most = 1;
  for (int i = 0; i < duty.deliveries && !duty.exact; ++i) {
    most *= 1 + world_.restarts() - item.restarts;
  }
  if (found > most) Fail(what);
  if (found == 0 && item.accepted && !MayHaveExpired(item)) Fail(what);
}

void Ledger::CheckLives() const {
  for (const auto& [key, life] : lives_) {
    if (life.place == "runbook") continue;
    const Item& item = items_.at(life.label);
    const int dead = DeadLettersOf(DeadQueueOf(life.place), life.label, life.place);
    if (life.answered_done && !life.refused && life.done) continue;
    if (life.answered_done) continue;
    // Given up: rightly?
    const bool aged = world_.moved_forward() - item.moved_forward > Millis(0);
    if (!life.refused && life.answered_failures < life.most && !aged) {
      Fail(life.place + " was given up with " + life.label + " after " +
           std::to_string(life.answered_failures) + " failures");
    }
    if (dead == 0 && !MayHaveExpired(item)) {
      Fail(life.place + " never took " + life.label + ", and there is no dead letter");
    }
  }
}

void Ledger::CheckDeadLetters() const {
  for (const auto& [id, message] : messages_) {
    if (message.queue != "dead-rules") continue;
    const auto text = [&](std::string_view name) { return AttributeOf(message.attributes, name); };
    const bool web = text("TARGET_ARN").find(":api-destination/") != std::string::npos;
    const bool right =
        web ? !text("ERROR_CODE").empty() && text("RETRY_ATTEMPTS") <= "3"
            : text("ERROR_CODE") == "NO_PERMISSIONS" && text("RETRY_ATTEMPTS") == "0";
    if (text("RULE_ARN").empty() || text("TARGET_ARN").empty() || !right) {
      Fail("the dead letter of " + message.label + " says " + json::Serialize(message.attributes));
    }
  }
}

void Ledger::CheckTicks(Millis every) const {
  std::optional<TimePoint> last;
  for (const TimePoint tick : ticks_) {
    if (last && tick - *last != every) {
      Fail("the schedule fired for " + FormatIso8601(tick, true) + " and before that for " +
           FormatIso8601(*last, true));
    }
    last = tick;
  }
  if (!last || world_.now() - *last > every + std::chrono::minutes(1)) {
    Fail("the schedule fired last for " + (last ? FormatIso8601(*last, true) : "no time"));
  }
}

void Ledger::Check() {
  std::map<std::string, int> found;  // "place label"
  for (const auto& [id, message] : messages_) {
    std::string queue = message.queue;
    for (const auto& [from, to] : kWornOut) {
      if (queue == to) queue = from;
    }
    ++found[queue + " " + message.label];
  }
  std::map<std::string, int> reached;
  for (const auto& [key, life] : lives_) {
    if (life.place != "runbook") ++reached[life.place + " " + life.label];
  }
  for (const auto& [label, item] : items_) {
    if (item.due && world_.now() < *item.due + std::chrono::minutes(1)) continue;
    int met = 0;
    for (const Duty& duty : item.duties) {
      int count = 0;
      const std::string key = duty.place + " " + label;
      if (duty.place == "runbook") {
        count = executions_[label];
        if (world_.moved_forward() - item.moved_forward > hours(24 * 29)) continue;
      } else if (duty.place == "nowhere") {
        count = dead_[label];
        if (world_.moved_forward() - item.moved_forward > kRetention) continue;
      } else if (reached.contains(key)) {
        count = reached[key];
      } else if (const std::string dead = DeadQueueOf(duty.place); !dead.empty()) {
        count = DeadLettersOf(dead, label, duty.place);  // Never tried: too old by then.
      } else {
        count = found[key];
      }
      CheckDuty(item, duty, count);
      met += count > 0 ? 1 : 0;
    }
    // What nobody knows happened wholly or not at all.
    if (!item.accepted && met > 0 && met < static_cast<int>(item.duties.size()) &&
        !MayHaveExpired(item)) {
      Fail("of " + label + " only a part was accepted");
    }
  }
  for (const auto& [id, message] : messages_) {
    if (!message.deleted && !message.maybe_deleted && !MayHaveExpired(items_.at(message.label))) {
      Fail(message.queue + " lost " + message.label);
    }
  }
  CheckLives();
  CheckDeadLetters();
}

}  // namespace riposte::app::testing::simulation

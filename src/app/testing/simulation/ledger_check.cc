// What must hold once all has been drained.
#include "app/testing/simulation/ledger.h"

namespace riposte::app::testing::simulation {
namespace {

using std::chrono::hours;

/// Messages stay for fourteen days; a little less, so that the hour of a jump does not matter.
constexpr Millis kRetention = hours(13 * 24);

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

bool Ledger::MayHaveExpired(const Item& item) const {
  return world_.moved_forward() - item.moved_forward > kRetention;
}

int Ledger::DeadLettersOf(const std::string& queue, const std::string& label,
                          const std::string& place) const {
  int count = 0;
  for (const auto& [id, message] : messages_) {
    if (message.queue != queue || message.label != label || message.redriven) continue;
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
  int most = duty.held ? 1 + world_.troubles() - item.troubles : 1;
  for (int i = 0; i < duty.deliveries && !duty.exact && !duty.held; ++i) {
    most *= 1 + world_.restarts() - item.restarts;
  }
  if (found > most) Fail(what);
  if (found == 0 && item.accepted && !MayHaveExpired(item)) Fail(what);
}

void Ledger::CheckLives() const {
  std::map<std::string, int> given_up;  // Each of which has a letter.
  for (const auto& [key, life] : lives_) {
    if (life.place == "runbook" || life.answered_done) continue;
    const Item& item = items_.at(life.label);
    const int dead = DeadLettersOf(DeadQueueOf(life.place), life.label, life.place);
    // Given up: rightly?
    const bool aged = world_.moved_forward() - item.moved_forward > Millis(0);
    const bool is_other = life.redriven && given_up[life.place + " " + life.label] > 0;
    if (!life.refused && life.answered_failures < life.most && !aged && !is_other) {
      Fail(life.place + " was given up with " + life.label + " after " +
           std::to_string(life.answered_failures) + " failures");
    }
    if (dead < ++given_up[life.place + " " + life.label] && !MayHaveExpired(item)) {
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

int Ledger::Counts::At(const Duty& duty, const std::string& label) const {
  int count = 0;
  bool perhaps = false;
  for (const std::string& place : {duty.place, duty.otherwise}) {
    const std::string key = place + " " + label;
    if (const auto at = sure.find(key); at != sure.end()) count += at->second;
    perhaps |= maybe.contains(key);
  }
  return count == 0 && perhaps ? 1 : count;
}

/// A message that was moved, or redriven, is another one where it went.
Ledger::Counts Ledger::CountMessages() const {
  Counts counts;
  for (const auto& [id, message] : messages_) {
    if (message.redriven) continue;
    const std::string key = message.queue + " " + message.label;
    if (message.deleted || !MayHaveMoved(message)) {
      ++counts.sure[key];
    } else if (message.maybe_deleted) {
      counts.maybe.insert(key);
    }
  }
  return counts;
}

void Ledger::Check() {
  const Counts found = CountMessages();
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
        count = found.At(duty, label);
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
    if (message.deleted || message.maybe_deleted || message.redriven || MayHaveMoved(message)) {
      continue;
    }
    if (!MayHaveExpired(items_.at(message.label))) {
      Fail(message.queue + " lost " + message.label);
    }
  }
  CheckLives();
  CheckDeadLetters();
}

}  // namespace riposte::app::testing::simulation

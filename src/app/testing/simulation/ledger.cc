#include "app/testing/simulation/ledger.h"

namespace riposte::app::testing::simulation {
namespace {

std::string Key(const std::string& place, const std::string& life) {
  return place + " " + life;
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
  ++at.attempts;
  at.redriven = false;
  if (at.under_way == world_.restarts() && !world_.full()) {
    Fail(place + " got " + label + " twice at a time");
  }
  at.under_way = world_.restarts();
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
  // The wait is drawn, and may be nothing: the next attempt may come within the same call.
  if (answer == Answer::kAgain) at.under_way = -1;
  world_.Defer([this, key = Key(place, life), answer, waits, counts, policy, now = world_.now(),
                moved_back = world_.moved_back()] {
    Life& life_at = lives_.at(key);
    life_at.under_way = -1;
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

}  // namespace riposte::app::testing::simulation

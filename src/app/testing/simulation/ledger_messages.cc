// What is received from queues, and what leaves them otherwise than by being deleted.
#include <algorithm>

#include "app/testing/simulation/ledger.h"

namespace riposte::app::testing::simulation {
namespace {

/// Of "inbox" and "piped".
constexpr int kMaxReceives = 3;

/// Where worn-out messages of a queue go, or it is.
std::string DeadQueueFor(const std::string& queue) {
  for (const char* name : {"inbox", "piped"}) {
    const std::string dead = std::string(name) + "-dead";
    if (queue == name || queue == dead) return dead;
  }
  return "";
}

}  // namespace

void Ledger::CheckGroupIsFree(const std::string& queue, const std::string& group, int batch) const {
  for (const auto& [id, held] : messages_) {
    if (held.queue != queue || held.deleted || held.maybe_deleted || held.batch == batch) continue;
    if (held.until.empty() || items_.at(held.label).group != group) continue;
    if (world_.now() < HeldUntil(held)) {
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
  if (redriven_messages_.contains(id)) Fail(queue + " has " + label + " still, which was redriven");
  if (!item->second.due) CheckPolicy(queue, item->second);
  const bool fresh = !messages_.contains(id);
  if (fresh || messages_.at(id).queue != queue) {
    CheckWornOut(queue, item->second, fresh ? nullptr : &messages_.at(id));
  }
  Message& at = messages_[id];
  if (at.deleted) Fail(queue + " gave " + label + " again after it was deleted");
  if (!fresh && at.queue == queue && !at.until.empty()) {
    if (world_.now() < HeldUntil(at)) Fail(queue + " gave " + label + " to two at a time");
  }
  if (queue.ends_with(".fifo")) CheckGroupIsFree(queue, item->second.group, batch);
  at.maybe_taken = at.maybe_deleted = false;
  if (at.queue != queue) {
    at.until.clear();
    at.taken = 0;
  }
  ++at.taken;
  at.batch = batch;
  at.queue = queue;
  at.label = label;
  at.moved_back = world_.moved_back();
  if (const json::Object* attributes = json::GetObject(message, "MessageAttributes")) {
    at.attributes = *attributes;
  }
  if (const std::string dead = DeadQueueFor(queue); moves_.contains(dead)) at.moves = moves_[dead];
  at.until.push_back(world_.now() + visibility);
  receipts_.push_back(
      {queue, id, std::string(json::GetString(message, "ReceiptHandle")), at.until.size()});
  if (fresh && !item->second.group.empty() && queue.ends_with(".fifo")) {
    CheckOrder(queue, item->second);
  }
}

void Ledger::CheckOrder(const std::string& queue, const Item& item) {
  auto& seen = order_[queue + " " + item.group];
  const auto known = [&](const auto& one) { return one.first == item.label; };
  if (std::ranges::any_of(seen, known)) return;  // A repeat; they are counted.
  const auto turn = turns_.find(item.label);
  // What a crash has left of an earlier delivery has the turn of that one.
  if (turn != turns_.end() && world_.restarts() > item.restarts) return;
  const int number = turn != turns_.end() ? turn->second : std::stoi(item.label.substr(1));
  if (!seen.empty() && seen.back().second > number) {
    Fail(queue + " gave " + item.label + " after " + seen.back().first + " of its group");
  }
  seen.emplace_back(item.label, number);
}

void Ledger::CheckPolicy(const std::string& queue, const Item& item) const {
  if (queue == "denied" && !changed_.contains(queue)) Fail(queue + " took " + item.label);
  if (queue == "dead-ordered.fifo" && !changed_.contains("topic-ordered.fifo") &&
      world_.moved_forward() == item.moved_forward) {
    Fail(item.label + " was given up, and its queue had refused nothing");
  }
}

void Ledger::CheckWornOut(const std::string& queue, const Item& item, const Message* seen) const {
  if (queue == "inbox-dead") {
    const auto maybe = maybe_received_.find("inbox");
    const int taken =
        (seen != nullptr ? seen->taken : 0) + (maybe != maybe_received_.end() ? maybe->second : 0);
    if (taken < kMaxReceives) {
      Fail(item.label + " was put aside after " + std::to_string(taken) + " receipts");
    }
  } else if (queue == "piped-dead") {
    const auto failed = failures_.find(item.label);
    const int times =
        (failed != failures_.end() ? failed->second : 0) + world_.troubles() - item.troubles;
    if (times < kMaxReceives) {
      Fail(item.label + " was put aside after " + std::to_string(times) + " failures");
    }
  }
}

TimePoint Ledger::HeldUntil(const Message& message) const {
  return message.until.back() - (world_.moved_back() - message.moved_back);
}

void Ledger::MaybeReceived(const std::string& queue) {
  ++maybe_received_[queue];
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
  // It may have been put aside or moved meanwhile: then the request succeeds and deletes nothing.
  const bool elsewhere = world_.now() >= HeldUntil(at) && (IsWornOut(at) || MayHaveMoved(at));
  const bool sure = outcome == World::Reply::Kind::kDone && !at.maybe_taken && !elsewhere;
  if (sure) at.deleted = true;
  if (!sure && outcome != World::Reply::Kind::kRefused) at.maybe_deleted = true;
}

void Ledger::MovesBegin(const std::string& dead_queue) {
  world_.Note("moves of " + dead_queue);
  ++moves_[dead_queue].started;
  moves_[dead_queue].runs = true;
}

int Ledger::MaybeReceivedFrom(const std::string& queue) const {
  const auto at = maybe_received_.find(queue);
  return at != maybe_received_.end() ? at->second : 0;
}

bool Ledger::IsWornOut(const Message& message) const {
  const std::string dead = DeadQueueFor(message.queue);
  return !dead.empty() && message.queue != dead &&
         message.taken + MaybeReceivedFrom(message.queue) >= kMaxReceives;
}

bool Ledger::MayHaveMoved(const Message& message) const {
  const auto moves = moves_.find(DeadQueueFor(message.queue));
  if (moves == moves_.end()) return false;
  if (message.queue != moves->first && !IsWornOut(message)) return false;
  return message.moves.runs || moves->second.started > message.moves.started;
}

void Ledger::RedriveBegins(const Letter& letter, int turn) {
  const auto item = items_.find(letter.label);
  if (item == items_.end()) Fail(letter.id + " is of " + letter.label + ", which nobody sent");
  world_.Note("redrive " + letter.place + " " + letter.label);
  for (auto& [key, life] : lives_) {
    if (life.place != letter.place || life.label != letter.label || life.done) continue;
    if (!lives_before_.emplace(key, life).second) continue;
    Life again;
    again.label = life.label;
    again.place = life.place;
    again.max_age = life.max_age;
    again.most = life.most;
    again.redriven = true;
    // Taken, and perhaps lost with all that led there: then nothing of it is a dead letter.
    again.answered_done = life.answered_done && !life.given_up && !life.refused;
    life = again;
  }
  if (item->second.group.empty()) return;
  const auto known = turns_.find(letter.label);
  turns_before_.emplace(letter.label,
                        known == turns_.end() ? std::nullopt : std::optional(known->second));
  turns_[letter.label] = turn;
}

void Ledger::RedriveEnds(const Letter& letter, bool redriven) {
  world_.Note((redriven ? "redriven " : "not redriven ") + letter.label);
  for (auto at = lives_before_.begin(); at != lives_before_.end();) {
    if (at->second.place != letter.place || at->second.label != letter.label) {
      ++at;
      continue;
    }
    Life& life = lives_.at(at->first);
    if (!redriven && life.attempts > 0) Fail(letter.label + " was redriven all the same");
    if (!redriven) life = at->second;
    at = lives_before_.erase(at);
  }
  if (const auto turn = turns_before_.find(letter.label); turn != turns_before_.end()) {
    if (!redriven) {
      turns_.erase(letter.label);
      if (turn->second) turns_[letter.label] = *turn->second;
    }
    turns_before_.erase(turn);
  }
  if (!redriven || letter.message_id.empty()) return;
  redriven_messages_.insert(letter.message_id);
  const auto at = messages_.find(letter.message_id);
  if (at == messages_.end()) return;
  if (at->second.deleted) Fail(letter.label + " was redriven after it was deleted");
  if (!at->second.until.empty() && world_.now() < HeldUntil(at->second)) {
    Fail(letter.label + " was redriven while somebody held its letter");
  }
  at->second.redriven = true;
}

}  // namespace riposte::app::testing::simulation

#include "delivery/dead_letters.h"

#include <charconv>

#include "base/arn.h"
#include "base/control_bug.h"
#include "delivery/tables.h"

namespace riposte::delivery {
namespace {

constexpr char kWork = 'd';
constexpr char kMessage = 'q';
/// Rows looked through for one page: a filter that matches little still answers soon.
constexpr int kMaxScanned = 5000;

std::string IdOf(char kind, int64_t number) {
  return std::string(1, kind) + "-" + std::to_string(number);
}

/// "d-12" -> 'd', 12.
std::optional<std::pair<char, int64_t>> ParseId(std::string_view id) {
  if (id.size() < 3 || id[1] != '-' || (id[0] != kWork && id[0] != kMessage)) return std::nullopt;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data() + 2, id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size()) return std::nullopt;
  return std::pair{id[0], number};
}

DeadLetterRecord RecordOf(const tables::DeadWork& dead) {
  const Work& work = dead.work;
  return {IdOf(kWork, work.id), work.kind,       work.source_arn, work.target_arn,
          dead.queue_arn,       dead.message_id, dead.error_code, dead.error_message,
          dead.exhausted,       work.attempts,   work.created,    dead.time};
}

bool Fits(const DeadLetterRecord& letter, const DeadLetters::Filter& filter) {
  if (filter.until) {
    const auto id = ParseId(letter.id);
    const auto [work, message] = *filter.until;
    if (id && id->second > (id->first == kWork ? work : message)) return false;
  }
  const auto same = [](const std::string& wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  return same(filter.kind, letter.kind) && same(filter.source_arn, letter.source_arn) &&
         same(filter.queue_arn, letter.queue_arn);
}

}  // namespace

DeadLetters::Mark DeadLetters::Now(store::Transaction& tx) const {
  return {std::max(tables::LatestId(tx), tables::LatestDead(tx)),
          box_ != nullptr ? box_->Latest(tx) : 0};
}

DeadLetters::Page DeadLetters::List(store::Transaction& tx, const Scope& scope,
                                    const Filter& filter, const std::string& after, int limit) {
  Page page;
  const auto from = ParseId(after);
  int scanned = 0;
  /// False when the page is full: the list goes on after the letter before this one.
  std::string last = after;
  const auto take = [&](DeadLetterRecord letter) {
    if (static_cast<int>(page.letters.size()) == limit || ++scanned > kMaxScanned) {
      page.next = last;
      return false;
    }
    last = letter.id;
    if (Fits(letter, filter)) page.letters.push_back(std::move(letter));
    return true;
  };
  if (!from || from->first == kWork) {
    tables::ListDead(tx, scope, from ? from->second : 0, [&](tables::DeadWork dead) {
      if (box_ != nullptr && dead.letter != 0 && !box_->Holds(tx, dead.letter)) return true;
      return take(RecordOf(dead));
    });
    if (!page.next.empty()) return page;
  }
  if (box_ == nullptr) return page;
  int64_t position = from && from->first == kMessage ? from->second : 0;
  constexpr int kBatch = 200;
  for (;;) {
    auto letters = box_->List(tx, scope, position, kBatch);
    for (DeadLetterRecord& letter : letters) {
      position = std::stoll(letter.id);
      letter.id = IdOf(kMessage, position);
      if (!take(std::move(letter))) return page;
    }
    if (letters.size() < static_cast<size_t>(kBatch)) return page;
  }
}

std::optional<DeadLetters::Letter> DeadLetters::Describe(store::Transaction& tx, const Scope& scope,
                                                         const std::string& id) {
  const auto parsed = ParseId(id);
  if (!parsed) return std::nullopt;
  if (parsed->first == kMessage) {
    if (box_ == nullptr) return std::nullopt;
    auto record = box_->Find(tx, scope, parsed->second);
    auto body = box_->Read(tx, parsed->second);
    if (!record || !body) return std::nullopt;
    record->id = id;
    return Letter{std::move(*record), std::move(*body)};
  }
  auto dead = tables::FindDead(tx, scope, parsed->second);
  if (!dead) return std::nullopt;
  if (dead->letter != 0 && box_ != nullptr) {
    auto body = box_->Read(tx, dead->letter);
    if (!body) return std::nullopt;
    return Letter{RecordOf(*dead), std::move(*body)};
  }
  json::Object detail = dead->work.detail;
  for (const char* secret : {"routing_key", "token"}) detail.erase(secret);
  return Letter{RecordOf(*dead), json::Serialize(detail)};
}

std::string DeadLetters::Redrive(store::Transaction& tx, const Scope& scope, const std::string& id,
                                 TimePoint now) {
  static const std::string kNone = "There is no such dead letter.";
  const auto parsed = ParseId(id);
  if (!parsed) return kNone;
  if (parsed->first == kMessage) {
    return box_ == nullptr ? kNone : box_->PutBack(tx, scope, parsed->second, now);
  }
  auto dead = tables::FindDead(tx, scope, parsed->second);
  if (!dead) return kNone;
  const bool in_queue = dead->letter != 0 && box_ != nullptr;
  if (in_queue && box_->IsInFlight(tx, dead->letter, now)) {
    return "Somebody holds the message: it is in flight.";
  }
  tables::ForgetDead(tx, dead->work.id);
  if (in_queue) {
    if (!box_->Holds(tx, dead->letter)) return "Its message has left the dead-letter queue.";
    box_->Remove(tx, dead->letter);
  }
  Work work = std::move(dead->work);
  work.id = 0;
  work.attempts = 0;
  work.created = work.due = now;
  if (HasControlBug("redriven-twice")) dispatcher_.Enqueue(tx, work);
  dispatcher_.Enqueue(tx, std::move(work));
  return "";
}

void DeadLetters::Add(store::Transaction& tx, Work work, const Result& why, TimePoint now) {
  // It gets a number of its own, as if it had been owed.
  tables::Insert(tx, work);
  tables::Delete(tx, work.id);
  tables::DeadWork dead;
  dead.work = std::move(work);
  dead.error_code = why.error_code;
  dead.error_message = why.error_message;
  dead.time = now;
  tables::KeepDead(tx, dead);
}

}  // namespace riposte::delivery

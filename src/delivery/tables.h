// The tables of delivery/, and all SQL over them.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "delivery/delivery.h"
#include "store/store.h"

namespace riposte::delivery::tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

int64_t Insert(store::Transaction& tx, const Work& work);
void Delete(store::Transaction& tx, int64_t id);
/// After a failed attempt.
void Postpone(store::Transaction& tx, int64_t id, int attempts, TimePoint due);
/// Work that was given up, with the reason.
struct DeadWork {
  Work work;
  std::string queue_arn;   ///< Where its dead letter went; "": nowhere.
  std::string message_id;  ///< Of the letter.
  int64_t letter = 0;      ///< The letter's number (LetterBox); 0 when it is not in a queue.
  std::string error_code;
  std::string error_message;
  std::string exhausted;
  TimePoint time;
};
/// Keeps it for kKeepDead, so that nothing vanishes.
void KeepDead(store::Transaction& tx, const DeadWork& dead);
[[nodiscard]] std::optional<DeadWork> FindDead(store::Transaction& tx, const Scope& scope,
                                               int64_t id);
/// In order of id, those after `after`, until `each` returns false.
void ListDead(store::Transaction& tx, const Scope& scope, int64_t after,
              const std::function<bool(DeadWork)>& each);
void ForgetDead(store::Transaction& tx, int64_t id);

using Each = std::function<void(Work)>;
/// Work with an id above `after`, in order of id.
void LoadNew(store::Transaction& tx, int64_t after, size_t limit, const Each& each);
/// Postponed work that is due at `now`, in order of time.
void LoadDue(store::Transaction& tx, TimePoint now, size_t limit, const Each& each);
/// Postponed work of one kind, due or not.
void LoadPostponed(store::Transaction& tx, std::string_view kind,
                   const std::function<void(const Work&)>& each);
/// When the next postponed work is due, or nullopt.
[[nodiscard]] std::optional<TimePoint> NextDue(store::Transaction& tx);
[[nodiscard]] int64_t Count(store::Transaction& tx);

}  // namespace riposte::delivery::tables

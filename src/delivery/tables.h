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
/// Keeps what no dead-letter queue took, with the reason, so that nothing vanishes.
void KeepDead(store::Transaction& tx, const Work& work, const Result& last,
              const std::string& exhausted, TimePoint now);

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

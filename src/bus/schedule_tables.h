// Which times of rules with a schedule have been used, and every statement on them.
//
// A row belongs to a rule as it was: another schedule, or a rule made anew under its name, has used
// nothing. Functions over a store::Transaction.
#pragma once

#include <map>
#include <span>
#include <string>

#include "bus/tables.h"
#include "store/store.h"

namespace riposte::bus::schedule_tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

/// schedule::UsedTimes as text, by rule.
[[nodiscard]] std::map<RuleKey, std::string> List(store::Transaction& tx);
void Put(store::Transaction& tx, const RuleKey& key, TimePoint created, const std::string& schedule,
         const std::string& used);
/// Those of rules that are gone.
void DeleteOrphans(store::Transaction& tx);

}  // namespace riposte::bus::schedule_tables

// The EventBridge Scheduler API: schedules and their groups.
//
// Data path:     api::Pipeline -> SchedulerService -> tables; Timer hears of each change
// Thread safety: as api/registry.h says.
// Source: "Amazon EventBridge Scheduler API Reference", 2021-06-30.
#pragma once

#include <span>

#include "access/authorizer.h"
#include "api/registry.h"
#include "services/scheduler/tables.h"
#include "services/scheduler/timer.h"
#include "wire/catalog.h"

namespace riposte::scheduler {

class SchedulerService {
 public:
  struct Options {
    int64_t max_groups = 500;
    int64_t max_tags = 50;
    bool authorize = true;  ///< false: serve --open; nobody asks who may pass a role.
  };
  struct Parts {
    Timer& timer;
    TimeZones& zones;
    const wire::Catalog& catalog;
    const access::Authorizer& authorizer;
  };
  SchedulerService(const Options& options, const Parts& parts) : options_(options), parts_(parts) {}

  [[nodiscard]] static std::span<const store::Migration> Migrations() {
    return tables::Migrations();
  }
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  // schedules.cc
  json::Value CreateSchedule(const Call& call, Tx& tx);
  json::Value GetSchedule(const Call& call, Tx& tx);
  json::Value UpdateSchedule(const Call& call, Tx& tx);
  json::Value DeleteSchedule(const Call& call, Tx& tx);
  json::Value ListSchedules(const Call& call, Tx& tx);
  // groups.cc
  json::Value CreateScheduleGroup(const Call& call, Tx& tx);
  json::Value GetScheduleGroup(const Call& call, Tx& tx);
  json::Value DeleteScheduleGroup(const Call& call, Tx& tx);
  json::Value ListScheduleGroups(const Call& call, Tx& tx);
  json::Value TagResource(const Call& call, Tx& tx);
  json::Value UntagResource(const Call& call, Tx& tx);
  json::Value ListTagsForResource(const Call& call, Tx& tx);

  /// Checks what the call says and puts it into the schedule.
  void Take(const Call& call, Schedule& schedule) const;
  void AddTags(Tx& tx, const std::string& arn, const json::Array& tags) const;
  /// True when a call with this client token has done its work already; remembers the token.
  /// Throws when that call asked for something else.
  static bool SeenBefore(const Call& call, Tx& tx);

  Options options_;
  Parts parts_;
};

/// The group that the call means; throws when there is none.
[[nodiscard]] Group RequireGroup(const api::Call& call, store::Transaction& tx,
                                 std::string_view member);

}  // namespace riposte::scheduler

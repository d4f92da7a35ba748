#include <algorithm>
#include <initializer_list>

#include "access/crypto.h"
#include "services/scheduler/checks.h"
#include "services/scheduler/page.h"
#include "services/scheduler/scheduler_service.h"

namespace riposte::scheduler {
namespace {

/// How long a client token is remembered.
constexpr Millis kTokenLife = std::chrono::hours(8);

ScheduleKey KeyOf(const api::Call& call) {
  return {call.scope, std::string(json::GetString(call.input, "GroupName", kDefaultGroup)),
          std::string(json::GetString(call.input, "Name"))};
}

Schedule RequireSchedule(const api::Call& call, store::Transaction& tx) {
  auto schedule = tables::FindSchedule(tx, KeyOf(call));
  if (!schedule) {
    throw api::Error(
        "ResourceNotFoundException",
        "Schedule " + std::string(json::GetString(call.input, "Name")) + " does not exist.");
  }
  return std::move(*schedule);
}

bool SameIn(const json::Object& a, const json::Object& b,
            std::initializer_list<std::string_view> members) {
  return std::ranges::all_of(members, [&](std::string_view name) {
    const json::Value* left = json::Find(a, name);
    const json::Value* right = json::Find(b, name);
    return left && right ? *left == *right : left == right;
  });
}

json::Object Summary(const Schedule& schedule) {
  return {{"Arn", schedule.key.Arn()},
          {"GroupName", schedule.key.group},
          {"Name", schedule.key.name},
          {"State", schedule.enabled ? "ENABLED" : "DISABLED"},
          {"CreationDate", ToSeconds(schedule.created)},
          {"LastModificationDate", ToSeconds(schedule.modified)}};
}

}  // namespace

bool SchedulerService::SeenBefore(const Call& call, Tx& tx) {
  const std::string token(json::GetString(call.input, "ClientToken"));
  if (token.empty()) return false;
  const std::string request = access::Sha256Hex(call.operation + json::Serialize(call.input));
  if (const auto seen = tables::FindToken(tx, call.scope, token)) {
    if (*seen == request) return true;
    throw api::Error("ConflictException",
                     "The client token " + token + " has been used for another request already.");
  }
  tables::PutToken(tx, call.scope, token, request, call.now, call.now - kTokenLife);
  return false;
}

void SchedulerService::Take(const Call& call, Schedule& schedule) const {
  json::Object document = DocumentOf(call);
  const json::Object& before = schedule.document;
  const auto timing = ReadTiming(document, parts_.zones);
  if (!timing) throw Invalid(timing.error().message);
  const bool same_start = SameIn(document, before, {"StartDate"});
  CheckTiming(document, *timing, {call.now, same_start});
  const json::Object& target = *json::GetObject(document, "Target");
  CheckTarget(target, parts_.catalog);
  if (options_.authorize) {
    CheckRole(call, std::string(json::GetString(target, "RoleArn")), parts_.authorizer);
  }
  const bool enabled = json::GetString(call.input, "State", "ENABLED") == "ENABLED";
  const bool same_times =
      same_start && SameIn(document, before, {"ScheduleExpression", "ScheduleExpressionTimezone"});
  if (!same_times) {
    // Another rhythm is another series of times, of which none has been used.
    schedule.anchor = timing->start.value_or(call.now);
    schedule.used.clear();
    schedule.last.reset();
  }
  // What has been drawn stays, so that an update within a window does not lose its time.
  const bool keep = same_times && enabled && schedule.enabled &&
                    SameIn(document, before, {"EndDate", "FlexibleTimeWindow"});
  schedule.document = std::move(document);
  schedule.enabled = enabled;
  schedule.modified = call.now;
  if (!keep) parts_.timer.Plan(schedule, call.now);
}

json::Value SchedulerService::CreateSchedule(const Call& call, Tx& tx) {
  Schedule schedule;
  schedule.key = KeyOf(call);
  const json::Object reply = {{"ScheduleArn", schedule.key.Arn()}};
  if (SeenBefore(call, tx)) return reply;
  (void)RequireGroup(call, tx, "GroupName");
  if (tables::FindSchedule(tx, schedule.key)) {
    throw api::Error("ConflictException", "Schedule " + schedule.key.name + " already exists.");
  }
  schedule.created = call.now;
  Take(call, schedule);
  tables::PutSchedule(tx, schedule);
  parts_.timer.Changed(tx);
  return reply;
}

json::Value SchedulerService::UpdateSchedule(const Call& call, Tx& tx) {
  const json::Object reply = {{"ScheduleArn", KeyOf(call).Arn()}};
  if (SeenBefore(call, tx)) return reply;
  Schedule schedule = RequireSchedule(call, tx);
  Take(call, schedule);
  tables::PutSchedule(tx, schedule);
  parts_.timer.Changed(tx);
  return reply;
}

json::Value SchedulerService::GetSchedule(const Call& call, Tx& tx) {
  const Schedule schedule = RequireSchedule(call, tx);
  json::Object out = Summary(schedule);
  for (const auto& [name, value] : schedule.document) out[name] = value;
  return out;
}

json::Value SchedulerService::DeleteSchedule(const Call& call, Tx& tx) {
  if (SeenBefore(call, tx)) return json::Object();
  tables::DeleteSchedule(tx, RequireSchedule(call, tx).key);
  parts_.timer.Changed(tx);
  return json::Object();
}

json::Value SchedulerService::ListSchedules(const Call& call, Tx& tx) {
  tables::ListFilter filter;
  filter.group = json::GetString(call.input, "GroupName");
  if (!filter.group.empty()) (void)RequireGroup(call, tx, "GroupName");
  filter.prefix = json::GetString(call.input, "NamePrefix");
  if (const auto state = json::GetString(call.input, "State"); !state.empty()) {
    filter.enabled = state == "ENABLED";
  }
  const Page page = PageOf(call);
  const size_t slash = page.after.find('/');
  auto schedules = tables::ListSchedules(
      tx, call.scope, filter, page.after.substr(0, slash),
      slash == std::string::npos ? "" : page.after.substr(slash + 1), page.limit + 1);
  json::Object out;
  if (static_cast<int64_t>(schedules.size()) > page.limit) {
    schedules.resize(static_cast<size_t>(page.limit));
    out["NextToken"] = TokenAfter(schedules.back().key.group + "/" + schedules.back().key.name);
  }
  json::Array list;
  for (const Schedule& schedule : schedules) {
    json::Object item = Summary(schedule);
    const json::Object& target = *json::GetObject(schedule.document, "Target");
    item["Target"] = json::Object{{"Arn", json::GetString(target, "Arn")}};
    list.push_back(std::move(item));
  }
  out["Schedules"] = std::move(list);
  return out;
}

}  // namespace riposte::scheduler

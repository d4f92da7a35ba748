#include <algorithm>

#include "base/arn.h"
#include "services/scheduler/checks.h"
#include "services/scheduler/page.h"
#include "services/scheduler/scheduler_service.h"

namespace riposte::scheduler {
namespace {

json::Object Describe(const Group& group) {
  return {{"Arn", group.key.Arn()},
          {"Name", group.key.name},
          {"State", "ACTIVE"},
          {"CreationDate", ToSeconds(group.created)},
          {"LastModificationDate", ToSeconds(group.modified)}};
}

/// The ARN of an existing group that ResourceArn names; throws.
std::string TaggedArn(const api::Call& call, store::Transaction& tx) {
  const std::string text(json::GetString(call.input, "ResourceArn"));
  const auto arn = Arn::Parse(text);
  if (!arn || arn->scope() != call.scope ||
      !tables::FindGroup(tx, {call.scope, std::string(arn->ResourceName())})) {
    throw api::Error("ResourceNotFoundException", "Resource " + text + " does not exist.");
  }
  return text;
}

}  // namespace

Group RequireGroup(const api::Call& call, store::Transaction& tx, std::string_view member) {
  const std::string name(json::GetString(call.input, member, kDefaultGroup));
  auto group = tables::FindGroup(tx, {call.scope, name});
  if (!group) {
    throw api::Error("ResourceNotFoundException", "Schedule group " + name + " does not exist.");
  }
  return std::move(*group);
}

void SchedulerService::AddTags(Tx& tx, const std::string& arn, const json::Array& tags) const {
  for (const json::Value& value : tags) {
    const json::Object& tag = value.as_object();
    const std::string key(json::GetString(tag, "Key"));
    if (key.starts_with("aws:")) throw Invalid("Tag keys must not begin with aws:.");
    tables::PutTag(tx, arn, key, std::string(json::GetString(tag, "Value")));
  }
  if (static_cast<int64_t>(tables::ListTags(tx, arn).size()) > options_.max_tags) {
    throw Invalid("A resource has at most " + std::to_string(options_.max_tags) + " tags.");
  }
}

json::Value SchedulerService::CreateScheduleGroup(const Call& call, Tx& tx) {
  const GroupKey key{call.scope, std::string(json::GetString(call.input, "Name"))};
  const json::Object reply = {{"ScheduleGroupArn", key.Arn()}};
  if (SeenBefore(call, tx)) return reply;
  if (tables::FindGroup(tx, key)) {
    throw api::Error("ConflictException", "Schedule group " + key.name + " already exists.");
  }
  if (tables::CountGroups(tx, call.scope) >= options_.max_groups) {
    throw api::Error("ServiceQuotaExceededException",
                     "The number of schedule groups has reached its limit.");
  }
  tables::PutGroup(tx, {key, call.now, call.now});
  if (const auto* tags = json::GetArray(call.input, "Tags")) AddTags(tx, key.Arn(), *tags);
  return reply;
}

json::Value SchedulerService::GetScheduleGroup(const Call& call, Tx& tx) {
  return Describe(RequireGroup(call, tx, "Name"));
}

json::Value SchedulerService::DeleteScheduleGroup(const Call& call, Tx& tx) {
  if (SeenBefore(call, tx)) return json::Object();
  const Group group = RequireGroup(call, tx, "Name");
  if (group.key.name == kDefaultGroup)
    throw Invalid("The default schedule group cannot be deleted.");
  tables::DeleteGroup(tx, group.key);
  parts_.timer.Changed(tx);
  return json::Object();
}

json::Value SchedulerService::ListScheduleGroups(const Call& call, Tx& tx) {
  const Page page = PageOf(call);
  const std::string prefix(json::GetString(call.input, "NamePrefix"));
  auto groups = tables::ListGroups(tx, call.scope, prefix, page.after, page.limit + 1);
  // The default group is in its place without a row.
  const std::string name(kDefaultGroup);
  if (name > page.after && name.starts_with(prefix)) {
    const auto place = std::ranges::lower_bound(groups, name, {},
                                                [](const Group& group) { return group.key.name; });
    groups.insert(place, *tables::FindGroup(tx, {call.scope, name}));
  }
  json::Object out;
  if (static_cast<int64_t>(groups.size()) > page.limit) {
    groups.resize(static_cast<size_t>(page.limit));
    out["NextToken"] = TokenAfter(groups.back().key.name);
  }
  json::Array list;
  for (const Group& group : groups) list.push_back(Describe(group));
  out["ScheduleGroups"] = std::move(list);
  return out;
}

json::Value SchedulerService::TagResource(const Call& call, Tx& tx) {
  AddTags(tx, TaggedArn(call, tx), *json::GetArray(call.input, "Tags"));
  return json::Object();
}

json::Value SchedulerService::UntagResource(const Call& call, Tx& tx) {
  const std::string arn = TaggedArn(call, tx);
  for (const std::string& key : json::GetStrings(call.input, "TagKeys")) {
    tables::DeleteTag(tx, arn, key);
  }
  return json::Object();
}

json::Value SchedulerService::ListTagsForResource(const Call& call, Tx& tx) {
  json::Array list;
  for (const auto& [key, value] : tables::ListTags(tx, TaggedArn(call, tx))) {
    list.push_back(json::Object{{"Key", key}, {"Value", value}});
  }
  return json::Object{{"Tags", std::move(list)}};
}

void SchedulerService::Register(api::Registry& registry) {
  using S = SchedulerService;
  registry.Add<S>("scheduler", *this,
                  {
                      {"CreateSchedule", api::Write(&S::CreateSchedule)},
                      {"CreateScheduleGroup", api::Write(&S::CreateScheduleGroup)},
                      {"DeleteSchedule", api::Write(&S::DeleteSchedule)},
                      {"DeleteScheduleGroup", api::Write(&S::DeleteScheduleGroup)},
                      {"GetSchedule", api::Read(&S::GetSchedule)},
                      {"GetScheduleGroup", api::Read(&S::GetScheduleGroup)},
                      {"ListScheduleGroups", api::Read(&S::ListScheduleGroups)},
                      {"ListSchedules", api::Read(&S::ListSchedules)},
                      {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                      {"UpdateSchedule", api::Write(&S::UpdateSchedule)},
                  });
}

}  // namespace riposte::scheduler

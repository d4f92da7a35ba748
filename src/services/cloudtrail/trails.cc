#include <algorithm>
#include <optional>

#include "base/arn.h"
#include "observe/tags.h"
#include "services/cloudtrail/cloudtrail_service.h"

namespace riposte::cloudtrail {
namespace {

constexpr size_t kMaxTrails = 5;  ///< A region; the service's quota.

struct Trail {
  json::Object settings;  ///< The Trail structure; also EventSelectors, which it does not show.
  bool logging = false;
  std::optional<TimePoint> started, stopped;
};

/// The name of a name or ARN.
std::string TrailName(std::string_view text) {
  const size_t slash = text.rfind('/');
  if (text.starts_with("arn:") && slash != std::string_view::npos) text.remove_prefix(slash + 1);
  return std::string(text);
}

void CheckName(const std::string& name) {
  const auto alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const bool plain = std::all_of(name.begin(), name.end(), [&](char c) {
    return alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
  if (name.size() < 3 || name.size() > 128 || !plain || !alphanumeric(name.front()) ||
      !alphanumeric(name.back())) {
    throw api::Error("InvalidTrailNameException",
                     "Trail name must have 3 to 128 letters, digits, periods, underscores or "
                     "dashes, and begin and end with a letter or digit.");
  }
}

Trail ReadTrail(const store::Row& row) {
  Trail trail;
  trail.settings = row.Json(0).as_object();
  trail.logging = row.Int(1) != 0;
  if (!row.IsNull(2)) trail.started = row.Time(2);
  if (!row.IsNull(3)) trail.stopped = row.Time(3);
  return trail;
}

std::optional<Trail> FindTrail(const api::Call& call, store::Transaction& tx,
                               const std::string& name) {
  std::optional<Trail> trail;
  tx.QueryOne(
      "SELECT settings, logging, started_ms, stopped_ms FROM observe_trails"
      " WHERE account = ? AND region = ? AND name = ?",
      {call.scope.account.str(), call.scope.region.str(), name},
      [&](const store::Row& row) { trail = ReadTrail(row); });
  return trail;
}

Trail RequireTrail(const api::Call& call, store::Transaction& tx, std::string_view text) {
  auto trail = FindTrail(call, tx, TrailName(text));
  if (!trail) {
    throw api::Error("TrailNotFoundException", "Unknown trail: " + std::string(text) +
                                                   " for the user: " + call.scope.account.str());
  }
  return std::move(*trail);
}

std::vector<Trail> AllTrails(const api::Call& call, store::Transaction& tx) {
  std::vector<Trail> trails;
  tx.Query(
      "SELECT settings, logging, started_ms, stopped_ms FROM observe_trails"
      " WHERE account = ? AND region = ? ORDER BY name",
      {call.scope.account.str(), call.scope.region.str()}, [&](const store::Row& row) {
        trails.push_back(ReadTrail(row));
        return true;
      });
  return trails;
}

std::string NameOf(const Trail& trail) {
  return std::string(json::GetString(trail.settings, "Name"));
}

void SaveTrail(const api::Call& call, store::Transaction& tx, const Trail& trail) {
  tx.Execute(
      "INSERT OR REPLACE INTO observe_trails"
      " (account, region, name, settings, logging, started_ms, stopped_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {call.scope.account.str(), call.scope.region.str(), NameOf(trail),
       json::Serialize(trail.settings), trail.logging, trail.started, trail.stopped});
}

/// Takes over what the input of CreateTrail or UpdateTrail names.
void Apply(const api::Call& call, Trail& trail) {
  for (const char* member :
       {"S3BucketName", "S3KeyPrefix", "SnsTopicName", "IncludeGlobalServiceEvents",
        "IsMultiRegionTrail", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "KmsKeyId",
        "IsOrganizationTrail"}) {
    if (const json::Value* value = json::Find(call.input, member)) trail.settings[member] = *value;
  }
  if (json::GetString(trail.settings, "KmsKeyId").empty()) trail.settings.erase("KmsKeyId");
  if (const json::Value* value = json::Find(call.input, "EnableLogFileValidation")) {
    trail.settings["LogFileValidationEnabled"] = *value;
  }
  const std::string topic(json::GetString(call.input, "SnsTopicName"));
  if (!topic.empty()) {
    trail.settings["SnsTopicARN"] = topic.starts_with("arn:") ? topic : call.MakeArn("sns", topic);
  }
}

/// What CreateTrail and UpdateTrail answer: the settings but for what only descriptions show.
json::Object Summary(const Trail& trail) {
  json::Object out = trail.settings;
  for (const char* member : {"HomeRegion", "HasCustomEventSelectors", "HasInsightSelectors",
                             "EventSelectors", "AdvancedEventSelectors"}) {
    out.erase(member);
  }
  return out;
}

json::Object Description(const Trail& trail) {
  json::Object out = trail.settings;
  out.erase("EventSelectors");
  out.erase("AdvancedEventSelectors");
  return out;
}

observe::Tags ReadTags(const json::Object& input) {
  observe::Tags tags;
  if (const json::Array* list = json::GetArray(input, "TagsList")) {
    for (const json::Value& tag : *list) {
      tags[std::string(json::GetString(tag.as_object(), "Key"))] =
          json::GetString(tag.as_object(), "Value");
    }
  }
  return tags;
}

std::string TrailArn(const Trail& trail) {
  return std::string(json::GetString(trail.settings, "TrailARN"));
}

Trail TaggedTrail(const api::Call& call, store::Transaction& tx, std::string_view arn) {
  auto trail = FindTrail(call, tx, TrailName(arn));
  if (!trail || TrailArn(*trail) != arn) {
    throw api::Error("ResourceNotFoundException", "Unknown trail: " + std::string(arn));
  }
  return std::move(*trail);
}

}  // namespace

json::Value CloudTrailService::CreateTrail(const api::Call& call, store::Transaction& tx) {
  const std::string name(json::GetString(call.input, "Name"));
  CheckName(name);
  if (FindTrail(call, tx, name)) {
    throw api::Error("TrailAlreadyExistsException",
                     "Trail " + name + " already exists for customer: " + call.scope.account.str());
  }
  if (AllTrails(call, tx).size() >= kMaxTrails) {
    throw api::Error(
        "MaximumNumberOfTrailsExceededException",
        "User: " + call.scope.account.str() + " already has 5 trails in the current region.");
  }
  Trail trail;
  trail.settings = {{"Name", name},
                    {"TrailARN", call.MakeArn("cloudtrail", "trail/" + name)},
                    {"HomeRegion", call.scope.region.str()},
                    {"IncludeGlobalServiceEvents", true},
                    {"IsMultiRegionTrail", false},
                    {"LogFileValidationEnabled", false},
                    {"HasCustomEventSelectors", false},
                    {"HasInsightSelectors", false},
                    {"IsOrganizationTrail", false}};
  Apply(call, trail);
  SaveTrail(call, tx, trail);
  if (!observe::SetTags(tx, TrailArn(trail), ReadTags(call.input))) {
    throw api::Error("TagsLimitExceededException", "A trail can have at most 50 tags.");
  }
  return Summary(trail);
}

json::Value CloudTrailService::UpdateTrail(const api::Call& call, store::Transaction& tx) {
  Trail trail = RequireTrail(call, tx, json::GetString(call.input, "Name"));
  Apply(call, trail);
  SaveTrail(call, tx, trail);
  return Summary(trail);
}

json::Value CloudTrailService::DeleteTrail(const api::Call& call, store::Transaction& tx) {
  const Trail trail = RequireTrail(call, tx, json::GetString(call.input, "Name"));
  tx.Execute("DELETE FROM observe_trails WHERE account = ? AND region = ? AND name = ?",
             {call.scope.account.str(), call.scope.region.str(), NameOf(trail)});
  observe::RemoveAllTags(tx, TrailArn(trail));
  return json::Object();
}

json::Value CloudTrailService::GetTrail(const api::Call& call, store::Transaction& tx) {
  return json::Object{
      {"Trail", Description(RequireTrail(call, tx, json::GetString(call.input, "Name")))}};
}

json::Value CloudTrailService::DescribeTrails(const api::Call& call, store::Transaction& tx) {
  std::vector<std::string> names;
  for (const std::string& text : json::GetStrings(call.input, "trailNameList")) {
    names.push_back(TrailName(text));
  }
  json::Array trails;
  for (const Trail& trail : AllTrails(call, tx)) {
    if (!names.empty() && std::find(names.begin(), names.end(), NameOf(trail)) == names.end()) {
      continue;
    }
    trails.push_back(Description(trail));
  }
  return json::Object{{"trailList", std::move(trails)}};
}

json::Value CloudTrailService::ListTrails(const api::Call& call, store::Transaction& tx) {
  json::Array trails;
  for (const Trail& trail : AllTrails(call, tx)) {
    trails.push_back(json::Object{{"TrailARN", TrailArn(trail)},
                                  {"Name", NameOf(trail)},
                                  {"HomeRegion", call.scope.region.str()}});
  }
  return json::Object{{"Trails", std::move(trails)}};
}

json::Value CloudTrailService::GetTrailStatus(const api::Call& call, store::Transaction& tx) {
  const Trail trail = RequireTrail(call, tx, json::GetString(call.input, "Name"));
  json::Object status{{"IsLogging", trail.logging}};
  if (trail.started) {
    status["StartLoggingTime"] = ToSeconds(*trail.started);
    status["TimeLoggingStarted"] = FormatIso8601(*trail.started);
  }
  if (trail.stopped) {
    status["StopLoggingTime"] = ToSeconds(*trail.stopped);
    status["TimeLoggingStopped"] = FormatIso8601(*trail.stopped);
  }
  return status;
}

json::Value CloudTrailService::StartLogging(const api::Call& call, store::Transaction& tx) {
  Trail trail = RequireTrail(call, tx, json::GetString(call.input, "Name"));
  if (!trail.logging) trail.started = call.now;
  trail.logging = true;
  SaveTrail(call, tx, trail);
  return json::Object();
}

json::Value CloudTrailService::StopLogging(const api::Call& call, store::Transaction& tx) {
  Trail trail = RequireTrail(call, tx, json::GetString(call.input, "Name"));
  if (trail.logging) trail.stopped = call.now;
  trail.logging = false;
  SaveTrail(call, tx, trail);
  return json::Object();
}

json::Value CloudTrailService::GetEventSelectors(const api::Call& call, store::Transaction& tx) {
  const Trail trail = RequireTrail(call, tx, json::GetString(call.input, "TrailName"));
  json::Object out{{"TrailARN", TrailArn(trail)}};
  for (const char* member : {"EventSelectors", "AdvancedEventSelectors"}) {
    if (const json::Value* value = json::Find(trail.settings, member)) out[member] = *value;
  }
  if (out.size() == 1) {
    out["EventSelectors"] = json::Array{json::Object{{"ReadWriteType", "All"},
                                                     {"IncludeManagementEvents", true},
                                                     {"DataResources", json::Array()}}};
  }
  return out;
}

json::Value CloudTrailService::PutEventSelectors(const api::Call& call, store::Transaction& tx) {
  Trail trail = RequireTrail(call, tx, json::GetString(call.input, "TrailName"));
  const json::Value* plain = json::Find(call.input, "EventSelectors");
  const json::Value* advanced = json::Find(call.input, "AdvancedEventSelectors");
  if ((plain != nullptr) == (advanced != nullptr)) {
    throw api::Error("InvalidEventSelectorsException",
                     "Specify either EventSelectors or AdvancedEventSelectors.");
  }
  trail.settings.erase("EventSelectors");
  trail.settings.erase("AdvancedEventSelectors");
  const char* member = plain ? "EventSelectors" : "AdvancedEventSelectors";
  trail.settings[member] = plain ? *plain : *advanced;
  trail.settings["HasCustomEventSelectors"] = true;
  SaveTrail(call, tx, trail);
  return json::Object{{"TrailARN", TrailArn(trail)}, {member, trail.settings.at(member)}};
}

json::Value CloudTrailService::AddTags(const api::Call& call, store::Transaction& tx) {
  const Trail trail = TaggedTrail(call, tx, json::GetString(call.input, "ResourceId"));
  if (!observe::SetTags(tx, TrailArn(trail), ReadTags(call.input))) {
    throw api::Error("TagsLimitExceededException", "A trail can have at most 50 tags.");
  }
  return json::Object();
}

json::Value CloudTrailService::RemoveTags(const api::Call& call, store::Transaction& tx) {
  const Trail trail = TaggedTrail(call, tx, json::GetString(call.input, "ResourceId"));
  std::vector<std::string> keys;
  for (const auto& [key, value] : ReadTags(call.input)) keys.push_back(key);
  observe::RemoveTags(tx, TrailArn(trail), keys);
  return json::Object();
}

json::Value CloudTrailService::ListTags(const api::Call& call, store::Transaction& tx) {
  json::Array out;
  for (const std::string& arn : json::GetStrings(call.input, "ResourceIdList")) {
    const Trail trail = TaggedTrail(call, tx, arn);
    json::Array tags;
    for (const auto& [key, value] : observe::ListTags(tx, TrailArn(trail))) {
      tags.push_back(json::Object{{"Key", key}, {"Value", value}});
    }
    out.push_back(json::Object{{"ResourceId", arn}, {"TagsList", std::move(tags)}});
  }
  return json::Object{{"ResourceTagList", std::move(out)}};
}

}  // namespace riposte::cloudtrail

#include "base/arn.h"
#include "observe/alarm_tables.h"
#include "observe/dashboards.h"
#include "observe/page_token.h"
#include "observe/tags.h"
#include "services/monitoring/monitoring_service.h"

namespace riposte::monitoring {
namespace {

constexpr size_t kPage = 1'000;

std::string DashboardArn(const AccountId& account, const std::string& name) {
  return MakeGlobalArn("cloudwatch", account, "dashboard/" + name);
}

json::Array WriteComplaints(const std::vector<observe::DashboardComplaint>& complaints) {
  json::Array out;
  for (const observe::DashboardComplaint& one : complaints) {
    out.push_back(json::Object{{"DataPath", one.path}, {"Message", one.message}});
  }
  return out;
}

api::Error NoDashboard(const std::string& name) {
  return api::Error("DashboardNotFoundError", "Dashboard " + name + " does not exist", 404);
}

observe::Tags ReadTags(const json::Object& input) {
  observe::Tags tags;
  if (const json::Array* list = json::GetArray(input, "Tags")) {
    for (const json::Value& tag : *list) {
      tags[std::string(json::GetString(tag.as_object(), "Key"))] =
          json::GetString(tag.as_object(), "Value");
    }
  }
  return tags;
}

/// The ARN of an alarm or dashboard that exists.
std::string TaggedArn(const api::Call& call, store::Transaction& tx) {
  std::string text(json::GetString(call.input, "ResourceARN"));
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "cloudwatch") {
    throw api::Error("InvalidParameterValueException", "Invalid ARN: " + text);
  }
  bool exists = false;
  if (arn->resource.starts_with("alarm:")) {
    exists = observe::alarm_tables::Find(tx, arn->scope(), arn->resource.substr(6)).has_value();
  } else if (arn->resource.starts_with("dashboard/")) {
    exists = observe::FindDashboard(tx, arn->account, arn->resource.substr(10)).has_value();
  }
  if (!exists || arn->account != call.scope.account) {
    throw api::Error(
        "ResourceNotFoundException", "Unknown", 404,
        {{"ResourceType", arn->resource.starts_with("dashboard/") ? "dashboard" : "alarm"},
         {"ResourceId", text}});
  }
  return text;
}

}  // namespace

json::Value MonitoringService::PutDashboard(const api::Call& call, store::Transaction& tx) {
  const std::string name(json::GetString(call.input, "DashboardName"));
  const bool plain =
      !name.empty() && name.size() <= 255 &&
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos;
  if (!plain) {
    throw api::Error("InvalidParameterValueException",
                     "The value for field DashboardName contains invalid characters. It can only "
                     "contain alphanumerics, dash (-) and underscore (_).");
  }
  const std::string body(json::GetString(call.input, "DashboardBody"));
  const auto complaints = observe::CheckDashboard(body);
  for (const observe::DashboardComplaint& one : complaints) {
    if (one.fatal) {
      throw api::Error("DashboardInvalidInputError",
                       "The dashboard body is invalid, there are " +
                           std::to_string(complaints.size()) + " validation errors: " + one.path +
                           ": " + one.message,
                       400, {{"dashboardValidationMessages", WriteComplaints(complaints)}});
    }
  }
  observe::PutDashboard(tx, call.scope.account, {name, body, call.now});
  if (!observe::SetTags(tx, DashboardArn(call.scope.account, name), ReadTags(call.input))) {
    throw api::Error("InvalidParameterValueException", "A dashboard can have at most 50 tags.");
  }
  return json::Object{{"DashboardValidationMessages", WriteComplaints(complaints)}};
}

json::Value MonitoringService::GetDashboard(const api::Call& call, store::Transaction& tx) {
  const std::string name(json::GetString(call.input, "DashboardName"));
  const auto dashboard = observe::FindDashboard(tx, call.scope.account, name);
  if (!dashboard) throw NoDashboard(name);
  return json::Object{{"DashboardArn", DashboardArn(call.scope.account, name)},
                      {"DashboardBody", dashboard->body},
                      {"DashboardName", name}};
}

json::Value MonitoringService::ListDashboards(const api::Call& call, store::Transaction& tx) {
  const auto after = observe::ReadToken(json::GetString(call.input, "NextToken"));
  if (!after) {
    throw api::Error("InvalidParameterValueException",
                     "The value for parameter NextToken is invalid.");
  }
  json::Object reply;
  json::Array out;
  std::string last;
  for (const observe::Dashboard& dashboard :
       observe::ListDashboards(tx, call.scope.account,
                               std::string(json::GetString(call.input, "DashboardNamePrefix")))) {
    if (dashboard.name <= *after) continue;
    if (out.size() == kPage) {
      reply["NextToken"] = observe::MakeToken(last);
      break;
    }
    last = dashboard.name;
    out.push_back(json::Object{{"DashboardName", dashboard.name},
                               {"DashboardArn", DashboardArn(call.scope.account, dashboard.name)},
                               {"LastModified", ToSeconds(dashboard.modified)},
                               {"Size", dashboard.body.size()}});
  }
  reply["DashboardEntries"] = std::move(out);
  return reply;
}

json::Value MonitoringService::DeleteDashboards(const api::Call& call, store::Transaction& tx) {
  // All or none: a name that is not there throws, which undoes the others.
  for (const std::string& name : json::GetStrings(call.input, "DashboardNames")) {
    if (!observe::DeleteDashboard(tx, call.scope.account, name)) throw NoDashboard(name);
    observe::RemoveAllTags(tx, DashboardArn(call.scope.account, name));
  }
  return json::Object();
}

json::Value MonitoringService::TagResource(const api::Call& call, store::Transaction& tx) {
  if (!observe::SetTags(tx, TaggedArn(call, tx), ReadTags(call.input))) {
    throw api::Error("InvalidParameterValueException", "A resource can have at most 50 tags.");
  }
  return json::Object();
}

json::Value MonitoringService::UntagResource(const api::Call& call, store::Transaction& tx) {
  observe::RemoveTags(tx, TaggedArn(call, tx), json::GetStrings(call.input, "TagKeys"));
  return json::Object();
}

json::Value MonitoringService::ListTagsForResource(const api::Call& call, store::Transaction& tx) {
  json::Array tags;
  for (const auto& [key, value] : observe::ListTags(tx, TaggedArn(call, tx))) {
    tags.push_back(json::Object{{"Key", key}, {"Value", value}});
  }
  return json::Object{{"Tags", std::move(tags)}};
}

}  // namespace riposte::monitoring

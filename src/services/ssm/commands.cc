// Run Command on an estate whose nodes have no agent: no node is managed, and the operations say so
// as the service does; and the state of change calendars.
#include <algorithm>

#include "services/ssm/calendar.h"
#include "services/ssm/common.h"
#include "services/ssm/ssm.h"

namespace riposte::ssm {

json::Value SsmService::SendCommand(const Call& call, Tx& tx) {
  const std::string name(json::GetString(call.input, "DocumentName"));
  // Documents of the service itself are there for every account, whatever runs them.
  if (!name.starts_with("AWS-")) {
    const StoredDocument document =
        Find(call, tx, name, json::GetString(call.input, "DocumentVersion"));
    if (document.type != "Command") {
      throw api::Error("InvalidDocument",
                       "Document " + name + " is of type " + document.type + ", not Command.");
    }
  }
  const std::vector<std::string> ids = json::GetStrings(call.input, "InstanceIds");
  const json::Array* targets = json::GetArray(call.input, "Targets");
  if (ids.empty() && (!targets || targets->empty())) {
    throw api::Error("InvalidInstanceId", "Either InstanceIds or Targets is required.");
  }
  if (!ids.empty()) {
    std::string list;
    for (const std::string& id : ids) list += (list.empty() ? "" : ", ") + id;
    throw api::Error(
        "InvalidInstanceId",
        "Instances [[" + list + "]] not in a valid state for account " + call.scope.account.str());
  }
  json::Object command{{"CommandId", random_.Uuid()},
                       {"DocumentName", name},
                       {"DocumentVersion", json::GetString(call.input, "DocumentVersion")},
                       {"Comment", json::GetString(call.input, "Comment")},
                       {"InstanceIds", json::Array()},
                       {"Targets", *targets},
                       {"RequestedDateTime", ToSeconds(call.now)},
                       {"Status", "Success"},
                       {"StatusDetails", "NoInstancesInTag"},
                       {"TargetCount", 0},
                       {"CompletedCount", 0},
                       {"ErrorCount", 0},
                       {"DeliveryTimedOutCount", 0}};
  if (const json::Value* given = json::Find(call.input, "Parameters")) {
    command["Parameters"] = *given;
  }
  return json::Object{{"Command", std::move(command)}};
}

json::Value SsmService::ListCommands(const Call& call, Tx&) {
  if (!json::GetString(call.input, "CommandId").empty()) {
    throw api::Error("InvalidCommandId", "The specified command ID isn't valid.");
  }
  return json::Object{{"Commands", json::Array()}};
}

json::Value SsmService::ListCommandInvocations(const Call&, Tx&) {
  return json::Object{{"CommandInvocations", json::Array()}};
}

json::Value SsmService::DescribeInstanceInformation(const Call&, Tx&) {
  return json::Object{{"InstanceInformationList", json::Array()}};
}

json::Value SsmService::GetCalendarState(const Call& call, Tx& tx) {
  TimePoint time = call.now;
  if (const std::string_view at = json::GetString(call.input, "AtTime"); !at.empty()) {
    const auto parsed = ParseIso8601(at);
    if (!parsed) {
      throw api::Error("ValidationException",
                       "AtTime must be an ISO 8601 time: " + std::string(at.substr(0, 64)));
    }
    time = *parsed;
  }
  const std::vector<std::string> names = json::GetStrings(call.input, "CalendarNames");
  bool open = true;
  std::optional<TimePoint> next;
  for (const std::string& name : names) {
    const StoredDocument document = Find(call, tx, name, "");
    if (document.type != "ChangeCalendar") {
      throw api::Error("InvalidDocumentType", "Document " + name + " is of type " + document.type +
                                                  ". A change calendar is needed.");
    }
    const auto calendar = ChangeCalendar::Parse(document.content, options_.zones);
    if (!calendar) throw api::Error("UnsupportedCalendarException", calendar.error().message);
    const ChangeCalendar::State state = calendar->At(time);
    open = open && state.open;
    next = state.next;
  }
  json::Object out{{"State", open ? "OPEN" : "CLOSED"}, {"AtTime", FormatIso8601(time)}};
  // Of several calendars only the state of all together is told.
  if (names.size() == 1 && next) out["NextTransitionTime"] = FormatIso8601(*next);
  return out;
}

}  // namespace riposte::ssm

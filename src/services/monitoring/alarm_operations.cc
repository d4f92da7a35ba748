#include <algorithm>
#include <cmath>

#include "base/arn.h"
#include "base/number.h"
#include "observe/alarm_tables.h"
#include "observe/page_token.h"
#include "observe/tags.h"
#include "services/monitoring/monitoring_service.h"

namespace riposte::monitoring {
namespace {

namespace tables = observe::alarm_tables;

constexpr int64_t kDefaultPage = 50;
constexpr int64_t kMaxPage = 100;
constexpr size_t kMaxActions = 5;

std::string Position(const json::Object& input) {
  auto position = observe::ReadToken(json::GetString(input, "NextToken"));
  if (!position) throw api::Error("InvalidNextToken", "The next token is not valid.");
  return std::move(*position);
}

size_t PageSize(const json::Object& input) {
  return static_cast<size_t>(
      std::clamp<int64_t>(json::GetInt(input, "MaxRecords", kDefaultPage), 1, kMaxPage));
}

bool WantsMetricAlarms(const json::Object& input) {
  const std::vector<std::string> types = json::GetStrings(input, "AlarmTypes");
  return types.empty() || std::find(types.begin(), types.end(), "MetricAlarm") != types.end();
}

bool HasAction(const observe::Alarm& alarm, std::string_view prefix) {
  for (const auto state : {observe::AlarmState::kOk, observe::AlarmState::kAlarm,
                           observe::AlarmState::kInsufficientData}) {
    for (const std::string& action : alarm.ActionsFor(state)) {
      if (action.starts_with(prefix)) return true;
    }
  }
  return false;
}

bool Wanted(const observe::Alarm& alarm, const json::Object& input) {
  const std::string_view state = json::GetString(input, "StateValue");
  const std::string_view action = json::GetString(input, "ActionPrefix");
  return alarm.name.starts_with(json::GetString(input, "AlarmNamePrefix")) &&
         (state.empty() || state == observe::ToString(alarm.state)) &&
         (action.empty() || HasAction(alarm, action));
}

void CheckActions(const json::Object& input) {
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    const std::vector<std::string> actions = json::GetStrings(input, list);
    if (actions.size() > kMaxActions) {
      throw api::Error("ValidationError", std::string("The collection ") + list +
                                              " must not have a size greater than 5.");
    }
    for (const std::string& action : actions) {
      if (!Arn::Parse(action)) {
        throw api::Error("ValidationError", "Invalid arn syntax: " + action);
      }
    }
  }
}

json::Value SetActions(observe::Alarms& alarms, const api::Call& call, store::Transaction& tx,
                       bool enabled) {
  for (const std::string& name : json::GetStrings(call.input, "AlarmNames")) {
    if (auto alarm = tables::Find(tx, call.scope, name)) {
      alarms.EnableActions(tx, std::move(*alarm), enabled, call.now);
    }
  }
  return json::Object();
}

}  // namespace

json::Value MonitoringService::PutMetricAlarm(const api::Call& call, store::Transaction& tx) {
  json::Object config = call.input;
  CheckActions(config);
  observe::Tags tags;
  if (const json::Array* list = json::GetArray(config, "Tags")) {
    for (const json::Value& tag : *list) {
      tags[std::string(json::GetString(tag.as_object(), "Key"))] =
          json::GetString(tag.as_object(), "Value");
    }
  }
  config.erase("Tags");
  const bool created =
      !tables::Find(tx, call.scope, std::string(json::GetString(config, "AlarmName")));
  const auto alarm = alarms_.Put(tx, call.scope, std::move(config), call.now);
  if (!alarm) {
    throw api::Error(
        alarm.error().code == Code::kLimitExceeded ? "LimitExceededFault" : "ValidationError",
        alarm.error().message);
  }
  // As with the service, tags of an alarm that exists are left to TagResource.
  if (created && !observe::SetTags(tx, alarm->Arn(), tags)) {
    throw api::Error("ValidationError", "An alarm can have at most 50 tags.");
  }
  return json::Object();
}

json::Value MonitoringService::DescribeAlarms(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  const std::vector<std::string> names = json::GetStrings(input, "AlarmNames");
  if (!names.empty() && !json::GetString(input, "AlarmNamePrefix").empty()) {
    throw api::Error("ValidationError",
                     "The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you "
                     "have specified both.");
  }
  json::Object reply{{"MetricAlarms", json::Array()}, {"CompositeAlarms", json::Array()}};
  if (!WantsMetricAlarms(input) || !json::GetString(input, "ChildrenOfAlarmName").empty() ||
      !json::GetString(input, "ParentsOfAlarmName").empty()) {
    return reply;
  }
  json::Array& out = reply["MetricAlarms"].as_array();
  if (!names.empty()) {
    for (const std::string& name : names) {
      const auto alarm = tables::Find(tx, call.scope, name);
      if (alarm && Wanted(*alarm, input)) out.push_back(alarm->ToDocument());
    }
    return reply;
  }
  const size_t limit = PageSize(input);
  std::string last;
  tables::List(tx, call.scope, Position(input), [&](const observe::Alarm& alarm) {
    if (!Wanted(alarm, input)) return true;
    if (out.size() == limit) {
      reply["NextToken"] = observe::MakeToken(last);
      return false;
    }
    last = alarm.name;
    reply["MetricAlarms"].as_array().push_back(alarm.ToDocument());
    return true;
  });
  return reply;
}

json::Value MonitoringService::DescribeAlarmsForMetric(const api::Call& call,
                                                       store::Transaction& tx) {
  const json::Object& input = call.input;
  observe::Dimensions wanted;
  if (const json::Array* list = json::GetArray(input, "Dimensions")) {
    for (const json::Value& item : *list) {
      wanted.emplace_back(json::GetString(item.as_object(), "Name"),
                          json::GetString(item.as_object(), "Value"));
    }
  }
  std::sort(wanted.begin(), wanted.end());
  std::string_view statistic = json::GetString(input, "Statistic");
  if (statistic.empty()) statistic = json::GetString(input, "ExtendedStatistic");
  const int64_t period = json::GetInt(input, "Period");
  const std::string_view unit = json::GetString(input, "Unit");
  json::Array out;
  tables::List(tx, call.scope, "", [&](const observe::Alarm& alarm) {
    const auto plan = observe::AlarmPlan::From(alarm.scope, alarm.config);
    if (!plan) return true;
    observe::Dimensions dimensions = plan->dimensions;
    std::sort(dimensions.begin(), dimensions.end());
    if (plan->metric_namespace == json::GetString(input, "Namespace") &&
        plan->metric_name == json::GetString(input, "MetricName") && dimensions == wanted &&
        (statistic.empty() || statistic == plan->statistic_name) &&
        (period == 0 || std::chrono::seconds(period) == plan->period) &&
        (unit.empty() || unit == plan->unit)) {
      out.push_back(alarm.ToDocument());
    }
    return true;
  });
  return json::Object{{"MetricAlarms", std::move(out)}};
}

json::Value MonitoringService::DescribeAlarmHistory(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  json::Object reply{{"AlarmHistoryItems", json::Array()}};
  if (!WantsMetricAlarms(input)) return reply;
  tables::HistoryQuery query;
  query.alarm = json::GetString(input, "AlarmName");
  query.type = json::GetString(input, "HistoryItemType");
  if (json::Find(input, "StartDate")) {
    query.from = FromMillis(std::llround(json::GetDouble(input, "StartDate") * 1000));
  }
  if (json::Find(input, "EndDate")) {
    query.to = FromMillis(std::llround(json::GetDouble(input, "EndDate") * 1000));
  }
  query.descending = json::GetString(input, "ScanBy") != "TimestampAscending";
  const std::string position = Position(input);
  if (!position.empty()) {
    const auto after = ParseNumber(position);
    if (!after) throw api::Error("InvalidNextToken", "The next token is not valid.");
    query.after = *after;
  }
  const size_t limit = PageSize(input);
  json::Array items;
  int64_t last = 0;
  tables::ListHistory(tx, call.scope, query, [&](const tables::HistoryItem& item) {
    if (items.size() == limit) {
      reply["NextToken"] = observe::MakeToken(std::to_string(last));
      return false;
    }
    last = item.id;
    items.push_back(json::Object{{"AlarmName", item.alarm},
                                 {"AlarmType", "MetricAlarm"},
                                 {"Timestamp", ToSeconds(item.time)},
                                 {"HistoryItemType", item.type},
                                 {"HistorySummary", item.summary},
                                 {"HistoryData", item.data}});
    return true;
  });
  reply["AlarmHistoryItems"] = std::move(items);
  return reply;
}

json::Value MonitoringService::DeleteAlarms(const api::Call& call, store::Transaction& tx) {
  // Names without an alarm are passed over, so that a clean-up can be repeated.
  for (const std::string& name : json::GetStrings(call.input, "AlarmNames")) {
    if (const auto alarm = tables::Find(tx, call.scope, name)) {
      alarms_.Delete(tx, *alarm, call.now);
      observe::RemoveAllTags(tx, alarm->Arn());
    }
  }
  return json::Object();
}

json::Value MonitoringService::SetAlarmState(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  auto alarm = tables::Find(tx, call.scope, std::string(json::GetString(input, "AlarmName")));
  if (!alarm) throw api::Error("ResourceNotFound", "Unable to find alarm");
  const auto state = observe::ParseAlarmState(json::GetString(input, "StateValue"));
  if (!state) throw api::Error("ValidationError", "Invalid value for parameter StateValue.");
  const std::string data(json::GetString(input, "StateReasonData"));
  if (!data.empty() && !json::Parse(data)) {
    throw api::Error("InvalidFormatFault", "StateReasonData is not valid JSON.");
  }
  alarms_.SetState(tx, std::move(*alarm), *state,
                   std::string(json::GetString(input, "StateReason")), data, call.now);
  return json::Object();
}

json::Value MonitoringService::EnableAlarmActions(const api::Call& call, store::Transaction& tx) {
  return SetActions(alarms_, call, tx, true);
}

json::Value MonitoringService::DisableAlarmActions(const api::Call& call, store::Transaction& tx) {
  return SetActions(alarms_, call, tx, false);
}

}  // namespace riposte::monitoring

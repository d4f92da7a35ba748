#include "workflow/automation/alarm.h"

namespace riposte::automation {
namespace {

using workflow::Effect;

constexpr Millis kEvery{15'000};

const json::Array& ListIn(const json::Object* object, std::string_view name) {
  static const json::Array kNone;
  const json::Array* list = object ? json::GetArray(*object, name) : nullptr;
  return list ? *list : kNone;
}

}  // namespace

Effect PollAlarm(const json::Object& configuration) {
  json::Array names;
  for (const json::Value& alarm : ListIn(&configuration, "Alarms")) {
    names.emplace_back(json::GetString(alarm.as_object(), "Name"));
  }
  return Effect::Invoke(std::string(kAlarmKey), "monitoring", "DescribeAlarms",
                        {{"AlarmNames", std::move(names)},
                         {"AlarmTypes", json::Array{"MetricAlarm", "CompositeAlarm"}}},
                        {});
}

Effect AlarmPause(TimePoint now) {
  return Effect::Sleep(std::string(kAlarmPauseKey), now + kEvery);
}

AlarmReading ReadAlarm(const json::Object& configuration, const json::Object& outcome) {
  AlarmReading reading;
  const json::Object* output = json::GetObject(outcome, "output");
  size_t known = 0;
  for (const std::string_view kind : {"MetricAlarms", "CompositeAlarms"}) {
    for (const json::Value& entry : ListIn(output, kind)) {
      ++known;
      if (json::GetString(entry.as_object(), "StateValue") != "ALARM") continue;
      reading.triggered.push_back(json::Object{
          {"Name", json::GetString(entry.as_object(), "AlarmName")}, {"State", "ALARM"}});
      reading.reason = "The alarm is in state ALARM.";
    }
  }
  if (known == 0 && !json::GetBool(configuration, "IgnorePollAlarmFailure")) {
    for (const json::Value& alarm : ListIn(&configuration, "Alarms")) {
      reading.triggered.push_back(
          json::Object{{"Name", json::GetString(alarm.as_object(), "Name")}, {"State", "UNKNOWN"}});
    }
    reading.reason = "The state of the alarm could not be read.";
  }
  return reading;
}

}  // namespace riposte::automation

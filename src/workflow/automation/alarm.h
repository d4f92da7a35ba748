// The alarm that stops an execution (AlarmConfiguration), be it of one target or of many.
//
// Data path:  PollAlarm at the start -> its outcome to ReadAlarm -> quiet: AlarmPause, and again;
//             else the execution is cancelled, and says which alarms were triggered
// The alarm is read as the execution's principal, in the execution's account and region.
// Source: spec 2.8. Pure.
#pragma once

#include <string>
#include <string_view>

#include "workflow/language.h"

namespace riposte::automation {

// Keys of the two effects: no step and no target has such a one.
inline constexpr std::string_view kAlarmKey = "alarm";
inline constexpr std::string_view kAlarmPauseKey = "alarm-wait";

[[nodiscard]] workflow::Effect PollAlarm(const json::Object& configuration);
/// Until the alarm is read again.
[[nodiscard]] workflow::Effect AlarmPause(TimePoint now);

struct AlarmReading {
  json::Array triggered;  ///< AlarmStateInformation; empty: the execution goes on.
  std::string reason;     ///< Why not, as a failure message.
};
/// `outcome`: of PollAlarm. An alarm that cannot be read, or is not there, counts as triggered
/// (State UNKNOWN), unless IgnorePollAlarmFailure is set.
[[nodiscard]] AlarmReading ReadAlarm(const json::Object& configuration,
                                     const json::Object& outcome);

}  // namespace riposte::automation

#include "services/ssm/service_settings.h"

#include <algorithm>
#include <array>

#include "base/number.h"
#include "services/ssm/tables.h"

namespace riposte::ssm {
namespace {

constexpr std::string_view kRetryLimit = "/ssm/automation/throttling-retry-time-limit";
constexpr std::string_view kScriptLogs = "/ssm/automation/customer-script-log-destination";
constexpr std::string_view kScriptLogGroup = "/ssm/automation/customer-script-log-group-name";
constexpr std::string_view kSharing = "/ssm/documents/console/public-sharing-permission";
constexpr std::string_view kSelfApproval = "/riposte/automation/self-approval";
constexpr std::string_view kEscalation = "/riposte/automation/approval-escalation-topic";

struct Known {
  std::string_view id;
  std::string_view initial;
  bool (*allows)(std::string_view value);
};

bool IsFlag(std::string_view value) {
  return value == "True" || value == "False" || value == "true" || value == "false";
}

constexpr std::array<Known, 7> kKnown = {{
    {"/ssm/automation/enable-adaptive-concurrency", "False", IsFlag},
    {kRetryLimit, "60",
     [](std::string_view value) {
       const auto seconds = ParseNumber(value);
       return seconds && *seconds >= 0 && *seconds <= 3600;
     }},
    // Nothing is sent before the setting is made. Its value until then is not documented.
    {kScriptLogs, "None", [](std::string_view value) { return value == "CloudWatch"; }},
    {kScriptLogGroup, "/aws/ssm/automation/executeScript",
     [](std::string_view value) {
       return !value.empty() && value.size() <= 512 &&
              value.find_first_not_of(
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                  "0123456789._-/#") == std::string_view::npos;
     }},
    {kSharing, "Enable",
     [](std::string_view value) { return value == "Enable" || value == "Disable"; }},
    {kSelfApproval, "Allow",
     [](std::string_view value) { return value == "Allow" || value == "Deny"; }},
    {kEscalation, "none",
     [](std::string_view value) { return value == "none" || value.starts_with("arn:aws:sns:"); }},
}};

/// By its id or ARN. Throws ServiceSettingNotFound.
const Known& Find(const api::Call& call) {
  std::string_view id = json::GetString(call.input, "SettingId");
  if (id.starts_with("arn:")) {
    const size_t start = id.find(":servicesetting/");
    if (start != std::string_view::npos) id.remove_prefix(start + 15);
  }
  const auto found = std::ranges::find(kKnown, id, &Known::id);
  if (found == kKnown.end()) {
    throw api::Error("ServiceSettingNotFound",
                     "The specified service setting wasn't found. Either the service name or the "
                     "setting hasn't been provisioned by the Amazon Web Services service team.");
  }
  return *found;
}

std::string ValueOf(store::Transaction& tx, const Scope& scope, std::string_view id) {
  if (const auto row = tables::FindSetting(tx, scope, std::string(id))) return row->value;
  return std::string(std::ranges::find(kKnown, id, &Known::id)->initial);
}

json::Object Show(const api::Call& call, store::Transaction& tx, const Known& known) {
  const auto row = tables::FindSetting(tx, call.scope, std::string(known.id));
  json::Object setting{{"SettingId", known.id},
                       {"SettingValue", row ? row->value : std::string(known.initial)},
                       {"ARN", call.MakeArn("ssm", "servicesetting" + std::string(known.id))},
                       {"Status", row ? "Customized" : "Default"}};
  if (row) {
    setting["LastModifiedDate"] = ToSeconds(row->modified);
    setting["LastModifiedUser"] = row->modified_by;
  } else {
    setting["LastModifiedUser"] = "System";
  }
  return setting;
}

}  // namespace

json::Value ServiceSettings::GetServiceSetting(const api::Call& call, store::Transaction& tx) {
  return json::Object{{"ServiceSetting", Show(call, tx, Find(call))}};
}

json::Value ServiceSettings::UpdateServiceSetting(const api::Call& call, store::Transaction& tx) {
  const Known& known = Find(call);
  const std::string value(json::GetString(call.input, "SettingValue"));
  if (!known.allows(value)) {
    throw api::Error("ValidationException", "The value '" + value + "' of the service setting " +
                                                std::string(known.id) + " isn't valid.");
  }
  tables::PutSetting(tx, call.scope, std::string(known.id), {value, call.now, call.caller.arn});
  return json::Object();
}

json::Value ServiceSettings::ResetServiceSetting(const api::Call& call, store::Transaction& tx) {
  const Known& known = Find(call);
  tables::DeleteSetting(tx, call.scope, std::string(known.id));
  return json::Object{{"ServiceSetting", Show(call, tx, known)}};
}

automation::Settings ServiceSettings::ForExecution(store::Transaction& tx, const Scope& scope) {
  automation::Settings settings;
  settings.throttled_for =
      std::chrono::seconds(ParseNumber(ValueOf(tx, scope, kRetryLimit)).value_or(60));
  settings.self_approval = ValueOf(tx, scope, kSelfApproval) == "Allow";
  if (const std::string topic = ValueOf(tx, scope, kEscalation); topic != "none") {
    settings.escalation_topic = topic;
  }
  if (ValueOf(tx, scope, kScriptLogs) == "CloudWatch") {
    settings.script_log_group = ValueOf(tx, scope, kScriptLogGroup);
  }
  return settings;
}

bool ServiceSettings::AllowsPublicSharing(store::Transaction& tx, const Scope& scope) {
  return ValueOf(tx, scope, kSharing) == "Enable";
}

void ServiceSettings::Register(api::Registry& registry) {
  using S = ServiceSettings;
  registry.Add<S>("ssm", *this,
                  {
                      {"GetServiceSetting", api::Read(&S::GetServiceSetting)},
                      {"ResetServiceSetting", api::Write(&S::ResetServiceSetting)},
                      {"UpdateServiceSetting", api::Write(&S::UpdateServiceSetting)},
                  });
}

}  // namespace riposte::ssm

#include "observe/alarm_actions.h"

#include "base/arn.h"
#include "base/encoding.h"
#include "observe/alarm.h"
#include "observe/alarm_tables.h"

namespace riposte::observe {
namespace {

/// True when trying again is useless: no such target, or no permission.
bool IsFinal(const std::string& code) {
  return code.find("NotFound") != std::string::npos || code.find("Denied") != std::string::npos ||
         code.find("Authorization") != std::string::npos ||
         code.find("Invalid") != std::string::npos ||
         code.find("Validation") != std::string::npos || code == "UnknownOperationException";
}

}  // namespace

void AlarmActions::Deliver(const delivery::Work& work, Completion completion) {
  const auto arn = Arn::Parse(work.target_arn);
  api::Invocation invocation;
  invocation.trace = work.trace;
  invocation.user_agent = "cloudwatch.amazonaws.com";
  std::string principal = "cloudwatch.amazonaws.com";
  if (arn && arn->service == "sns") {
    invocation.service = "sns";
    invocation.operation = "Publish";
    invocation.input = {{"TopicArn", work.target_arn},
                        {"Subject", json::GetString(work.detail, "subject")},
                        {"Message", json::GetString(work.detail, "message")}};
  } else if (arn && arn->service == "lambda") {
    principal = "lambda.alarms.cloudwatch.amazonaws.com";
    json::Object payload{{"source", "aws.cloudwatch"},
                         {"alarmArn", work.source_arn},
                         {"accountId", work.scope.account.str()},
                         {"time", FormatAlarmTime(work.created)},
                         {"region", work.scope.region.str()}};
    if (const json::Object* event = json::GetObject(work.detail, "event")) {
      payload["alarmData"] = *event;
    }
    invocation.service = "lambda";
    invocation.operation = "Invoke";
    invocation.input = {{"FunctionName", work.target_arn},
                        {"InvocationType", "Event"},
                        {"Payload", Base64Encode(json::Serialize(payload))}};
  } else {
    completion(delivery::Result::Dead(
        "UNSUPPORTED_ACTION", "Actions of this kind are not supported: " + work.target_arn));
    return;
  }
  invocation.scope = {arn->account, arn->region};
  invocation.principal =
      access::Principal::Service(work.scope.account, std::move(principal), work.source_arn);
  invoker_.Invoke(std::move(invocation),
                  [completion = std::move(completion)](api::Outcome outcome) mutable {
                    if (outcome.ok()) return completion(delivery::Result::Done());
                    const std::string& code = outcome.error->code();
                    const std::string& message = outcome.error->message();
                    completion(IsFinal(code) ? delivery::Result::Dead(code, message)
                                             : delivery::Result::Retry(code, message));
                  });
}

delivery::Target::DeadLetter AlarmActions::MakeDeadLetter(const delivery::Work& work,
                                                          const delivery::Result& last,
                                                          const std::string& exhausted) const {
  return {std::string(json::GetString(work.detail, "message")),
          {{"ERROR_CODE", last.error_code},
           {"ERROR_MESSAGE", last.error_message},
           {"EXHAUSTED_RETRY_CONDITION", exhausted}}};
}

void AlarmActions::OnOutcome(store::Transaction& tx, const delivery::Work& work,
                             const delivery::Result& result, Disposition disposition) {
  if (disposition == Disposition::kWillRetry) return;
  const bool done = result.kind == delivery::Result::Kind::kDone;
  json::Object data{{"actionState", done ? "Succeeded" : "Failed"},
                    {"notificationResource", work.target_arn}};
  if (!done) data["error"] = result.error_message;
  data["publishedMessage"] = json::GetString(work.detail, "message");
  const std::string summary = done ? "Successfully executed action " + work.target_arn
                                   : "Failed to execute action " + work.target_arn +
                                         ". Received error: \"" + result.error_message + "\"";
  alarm_tables::AddHistory(tx, work.scope,
                           {0, std::string(json::GetString(work.detail, "alarm")), "Action",
                            clock_.Now(), summary, json::Serialize(data)});
}

}  // namespace riposte::observe

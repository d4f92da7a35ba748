#include "delivery/target_call.h"

#include "base/encoding.h"

namespace riposte::delivery {

std::optional<api::Invocation> CallOf(const Arn& target, const Handover& handover) {
  api::Invocation call;
  json::Object& input = call.input;
  const bool fifo = target.resource.ends_with(".fifo");
  if (target.service == "lambda" && target.resource.starts_with("function:")) {
    call.service = "lambda";
    call.operation = "Invoke";
    input["FunctionName"] = target.str();
    input["InvocationType"] = handover.wait ? "RequestResponse" : "Event";
    input["Payload"] = Base64Encode(handover.input);
  } else if (target.service == "sqs") {
    call.service = "sqs";
    call.operation = "SendMessage";
    input["QueueUrl"] = "http://localhost:4566/" + target.account.str() + "/" + target.resource;
    input["MessageBody"] = handover.input;
  } else if (target.service == "sns") {
    call.service = "sns";
    call.operation = "Publish";
    input["TopicArn"] = target.str();
    input["Message"] = handover.input;
  } else if (target.service == "states" && target.resource.starts_with("stateMachine:")) {
    call.service = "states";
    call.operation = "StartExecution";
    input["stateMachineArn"] = target.str();
    input["name"] = handover.token;
    input["input"] = handover.input;
  } else {
    return std::nullopt;
  }
  if (target.service == "sqs" || target.service == "sns") {
    json::SetIfNotEmpty(input, "MessageGroupId", handover.group_id);
    if (fifo) input["MessageDeduplicationId"] = handover.token;
  }
  call.scope = target.scope();
  return call;
}

}  // namespace riposte::delivery

#include "services/sns/subscription_target.h"

#include <algorithm>

#include "base/arn.h"
#include "base/encoding.h"
#include "http/retry_after.h"
#include "services/sns/delivery_policy.h"
#include "services/sns/tables.h"
#include "services/sns/webhook.h"

namespace riposte::sns {
namespace {

using delivery::Result;
using delivery::Work;

constexpr int kWebTimeoutMs = 15'000;

/// What an engine's own operation answered, as the outcome of a delivery.
Result ResultOf(const api::Outcome& outcome) {
  if (outcome.ok()) return Result::Done();
  const std::string& code = outcome.error->code();
  const std::string& message = outcome.error->message();
  if (code.find("AccessDenied") != std::string::npos ||
      code.find("Authorization") != std::string::npos) {
    return Result::Dead("NO_PERMISSIONS", message);
  }
  if (code == "QueueDoesNotExist" || code.find("NotFound") != std::string::npos) {
    return Result::Dead("NO_RESOURCE", message);
  }
  if (code.starts_with("Invalid") || code.find("Validation") != std::string::npos ||
      code == "MissingParameter") {
    return Result::Dead("INVALID", message);
  }
  if (code.find("Throttl") != std::string::npos || code.find("TooManyRequests") == 0) {
    return Result::Retry("THROTTLING", message);
  }
  return Result::Retry("SERVICE_ERROR", code + ": " + message);
}

/// What the other side asks for: at most an hour.
Millis WaitAskedFor(const http::Headers& headers, TimePoint now) {
  const Millis wait = http::RetryAfter(headers, now).value_or(Millis(0));
  return std::clamp<Millis>(wait, Millis(0), std::chrono::hours(1));
}

/// Only what a FIFO topic sends to a queue has an order to keep.
bool IsOrdered(const Work& work) {
  return json::GetString(work.detail, "protocol") == "sqs" &&
         !json::GetString(work.detail, "sequence").empty();
}

std::string GroupOf(const Work& work) {
  return work.source_arn + "\n" + std::string(json::GetString(work.detail, "group_id"));
}

}  // namespace

std::string SubscriptionTarget::BodyOf(const Notice& notice) const {
  if (IsWebhook(notice.protocol)) return RenderWebhook(notice);
  return notice.raw ? notice.message : notice.Envelope(parts_.signer, parts_.endpoint_url);
}

void SubscriptionTarget::Start(store::Store& store) {
  store.Read([this](store::Transaction& tx) {
    delivery::Dispatcher::ForEachPostponed(tx, kKind, [this](const Work& work) {
      if (IsOrdered(work)) order_.NoteOwed(GroupOf(work), work.id);
    });
  });
}

void SubscriptionTarget::Deliver(const Work& work, Completion completion) {
  const Notice notice = Notice::FromJson(work.detail);
  if (!IsOrdered(work)) return Attempt(work, notice, std::move(completion));
  const std::string group = GroupOf(work);
  auto shared = std::make_shared<Completion>(std::move(completion));
  order_.Enter(
      group, work.id,
      [this, work, notice, group, shared] {
        Attempt(work, notice, [this, group, id = work.id, shared](Result result) {
          // First this: an outcome that is recorded before would be forgotten too early.
          order_.Leave(group, id, result.kind == Result::Kind::kRetry);
          (*shared)(std::move(result));
        });
      },
      [shared] {
        Result held = Result::Retry("HELD_BACK", "an earlier message of its group is owed");
        held.held_back = true;
        (*shared)(std::move(held));
      });
}

void SubscriptionTarget::Attempt(const Work& work, const Notice& notice, Completion completion) {
  try {
    if (notice.protocol == "sqs") return ToQueue(work, notice, completion);
    if (notice.protocol == "lambda") return ToFunction(work, notice, completion);
    if (IsWeb(notice.protocol)) return ToWeb(notice, completion);
    if (notice.protocol.starts_with("email")) {
      return ToMailbox(work, notice, completion);
    }
  } catch (const std::exception& error) {
    // Making or reading the signing key failed: the store may come back.
    if (!completion) throw;  // Handed over: its new owner answers.
    return completion(Result::Retry("INTERNAL", error.what()));
  }
  completion(Result::Dead("NO_RESOURCE", "unknown protocol " + notice.protocol));
}

void SubscriptionTarget::Invoke(const Work& work, const Notice& notice, api::Invocation invocation,
                                Completion completion) {
  Prepare(work, notice, *Arn::Parse(notice.endpoint), invocation);
  parts_.invoker.Invoke(std::move(invocation),
                        [completion = std::move(completion)](api::Outcome outcome) mutable {
                          completion(ResultOf(outcome));
                        });
}

void SubscriptionTarget::Prepare(const Work& work, const Notice& notice, const Arn& arn,
                                 api::Invocation& invocation) {
  invocation.scope = arn.scope();
  invocation.principal =
      access::Principal::Service(work.scope.account, "sns.amazonaws.com", notice.topic_arn);
  invocation.trace = work.trace;
  invocation.user_agent = "sns.amazonaws.com";
}

int SubscriptionTarget::MostPerSecond(store::Transaction& tx, const Work& work) {
  if (!IsWeb(json::GetString(work.detail, "protocol")) ||
      json::GetString(work.detail, "type") != "Notification") {
    return 0;
  }
  const auto subscription = FindSubscription(tx, work.source_arn);
  if (!subscription) return 0;
  const auto arn = Arn::Parse(subscription->topic_arn);
  const auto topic = FindTopic(tx, subscription->scope, arn ? arn->resource : "");
  return static_cast<int>(MaxReceivesPerSecond(subscription->Get("DeliveryPolicy"),
                                               topic ? topic->Get("DeliveryPolicy") : ""));
}

bool SubscriptionTarget::DeliverWithin(store::Transaction& tx, const Work& work) {
  const Notice notice = Notice::FromJson(work.detail);
  if (notice.protocol != "sqs" || !notice.raw || IsOrdered(work)) return false;
  const auto arn = Arn::Parse(notice.endpoint);
  if (!arn) return false;
  api::Invocation call = QueueCall(notice, *arn);
  Prepare(work, notice, *arn, call);
  const auto outcome = parts_.invoker.InvokeWithin(tx, std::move(call));
  if (!outcome || !outcome->ok()) return false;
  OnOutcome(tx, work, Result::Done(), Disposition::kDone);
  return true;
}

void SubscriptionTarget::ToQueue(const Work& work, const Notice& notice, Completion& completion) {
  const auto arn = Arn::Parse(notice.endpoint);
  if (!arn) return completion(Result::Dead("NO_RESOURCE", "not a queue: " + notice.endpoint));
  api::Invocation call = QueueCall(notice, *arn);
  Invoke(work, notice, std::move(call), std::move(completion));
}

api::Invocation SubscriptionTarget::QueueCall(const Notice& notice, const Arn& arn) const {
  api::Invocation call;
  call.service = "sqs";
  call.operation = "SendMessage";
  call.input = {{"QueueUrl", parts_.endpoint_url + "/" + arn.account.str() + "/" + arn.resource},
                {"MessageBody", BodyOf(notice)}};
  if (notice.raw && !notice.attributes.empty()) {
    call.input["MessageAttributes"] = notice.attributes;
  }
  json::SetIfNotEmpty(call.input, "MessageGroupId", notice.group_id);
  if (arn.resource.ends_with(".fifo")) {
    // The same over all attempts, so that a repeated delivery is one message. Requests to confirm
    // belong to no group of the publisher's.
    if (notice.group_id.empty()) call.input["MessageGroupId"] = notice.type;
    call.input["MessageDeduplicationId"] =
        notice.deduplication_id.empty() ? notice.message_id : notice.deduplication_id;
  }
  return call;
}

void SubscriptionTarget::ToFunction(const Work& work, const Notice& notice,
                                    Completion& completion) {
  if (!Arn::Parse(notice.endpoint)) {
    return completion(Result::Dead("NO_RESOURCE", "not a function: " + notice.endpoint));
  }
  api::Invocation call;
  call.service = "lambda";
  call.operation = "Invoke";
  call.input = {
      {"FunctionName", notice.endpoint},
      {"InvocationType", "Event"},
      {"Payload", Base64Encode(notice.FunctionEvent(parts_.signer, parts_.endpoint_url))}};
  Invoke(work, notice, std::move(call), std::move(completion));
}

void SubscriptionTarget::ToWeb(const Notice& notice, Completion& completion) {
  http::OutgoingRequest request;
  request.method = "POST";
  request.url = notice.endpoint;
  request.timeout_ms = kWebTimeoutMs;
  request.body = BodyOf(notice);
  if (IsWebhook(notice.protocol)) {
    request.headers.Set("Content-Type", "application/json");
    request.headers.Set("User-Agent", "Riposte");
    return Post(std::move(request), std::move(completion));
  }
  request.headers.Set("Content-Type", notice.content_type.empty() ? "text/plain; charset=UTF-8"
                                                                  : notice.content_type);
  request.headers.Set("User-Agent", "Amazon Simple Notification Service Agent");
  request.headers.Set("x-amz-sns-message-type", notice.type);
  request.headers.Set("x-amz-sns-message-id", notice.message_id);
  request.headers.Set("x-amz-sns-topic-arn", notice.topic_arn);
  if (notice.type == "Notification") {
    request.headers.Set("x-amz-sns-subscription-arn", notice.subscription_arn);
  }
  if (notice.raw) request.headers.Set("x-amz-sns-rawdelivery", "true");
  Post(std::move(request), std::move(completion));
}

void SubscriptionTarget::Post(http::OutgoingRequest request, Completion completion) {
  parts_.http.Send(std::move(request), [this, completion = std::move(completion)](
                                           riposte::Result<http::Response> reply) mutable {
    if (!reply) {
      const Error& error = reply.error();
      if (error.code == Code::kPermissionDenied || error.code == Code::kInvalidArgument) {
        return completion(Result::Dead("NO_RESOURCE", error.message));
      }
      return completion(Result::Retry(
          error.code == Code::kTimeout ? "TIMEOUT" : "CONNECTION_FAILURE", error.message));
    }
    const int status = reply->status;
    const Millis wait = WaitAskedFor(reply->headers, parts_.clock.Now());
    const std::string text = "status " + std::to_string(status);
    if (status >= 200 && status < 300) return completion(Result::Done());
    if (status == 429) {
      return completion(Result::Retry("THROTTLING", text, wait));
    }
    if (status >= 400 && status < 500) return completion(Result::Dead("REFUSED", text));
    completion(Result::Retry("SERVICE_ERROR", text, wait));
  });
}

void SubscriptionTarget::ToMailbox(const Work& work, const Notice& notice, Completion& completion) {
  Mail mail;
  mail.id = notice.message_id + "-" + std::to_string(work.id);
  mail.from = notice.display_name.empty() ? "Riposte Notifications" : notice.display_name;
  mail.to = notice.endpoint;
  mail.time = notice.time;
  if (notice.protocol == "email-json") {
    mail.body = notice.Envelope(parts_.signer, parts_.endpoint_url);
  } else if (notice.type == "Notification") {
    mail.body = notice.message + "\n\n--\nTo stop receiving notifications from this topic: " +
                notice.UnsubscribeUrl(parts_.endpoint_url) + "\n";
  } else if (notice.type == "UnsubscribeConfirmation") {
    mail.body = "Your subscription to this topic was removed:\n" + notice.topic_arn +
                "\n\nIf this was a mistake, visit this address to subscribe again:\n" +
                notice.SubscribeUrl(parts_.endpoint_url) + "\n";
  } else {
    mail.body = "You have chosen to subscribe to the topic:\n" + notice.topic_arn +
                "\n\nTo confirm this subscription, visit:\n" +
                notice.SubscribeUrl(parts_.endpoint_url) +
                "\n\nIf this was a mistake, no action is needed.\n";
  }
  mail.subject = !notice.subject.empty()                    ? notice.subject
                 : notice.type == "Notification"            ? "Notification Message"
                 : notice.type == "UnsubscribeConfirmation" ? "Unsubscribe Confirmation"
                                                            : "Subscription Confirmation";
  parts_.mail.Send(std::move(mail), [completion = std::move(completion)](Status sent) mutable {
    if (sent) return completion(Result::Done());
    if (sent.error().code == Code::kInvalidArgument) {
      return completion(Result::Dead("REFUSED", sent.error().message));
    }
    completion(Result::Retry("MAIL", sent.error().message));
  });
}

delivery::Target::DeadLetter SubscriptionTarget::MakeDeadLetter(
    const Work& work, const Result& last, const std::string& exhausted) const {
  const Notice notice = Notice::FromJson(work.detail);
  DeadLetter letter;
  // Chat messages lose what was published; their letters keep it.
  letter.body = IsWebhook(notice.protocol) ? notice.Envelope(parts_.signer, parts_.endpoint_url)
                                           : BodyOf(notice);
  letter.attributes["TopicArn"] = notice.topic_arn;
  letter.attributes["SubscriptionArn"] = notice.subscription_arn;
  letter.attributes["ErrorCode"] = last.error_code;
  if (!last.error_message.empty()) letter.attributes["ErrorMessage"] = last.error_message;
  if (!exhausted.empty()) letter.attributes["ExhaustedRetryCondition"] = exhausted;
  return letter;
}

void SubscriptionTarget::OnOutcome(store::Transaction& /*tx*/, const Work& work,
                                   const Result& /*result*/, Disposition disposition) {
  if (disposition == Disposition::kWillRetry) return;
  if (IsOrdered(work)) order_.Forget(GroupOf(work), work.id);
  const auto topic = Arn::Parse(json::GetString(work.detail, "topic_arn"));
  if (!topic) return;
  const auto put = [&](std::string_view name) {
    parts_.metrics.Put(work.scope, "AWS/SNS", name, {{"TopicName", topic->resource}}, 1, "Count");
  };
  if (disposition == Disposition::kDone) return put("NumberOfNotificationsDelivered");
  put("NumberOfNotificationsFailed");
  if (work.dead_letter_arn.empty()) return;
  put(disposition == Disposition::kDeadLettered ? "NumberOfNotificationsRedrivenToDlq"
                                                : "NumberOfNotificationsFailedToRedriveToDlq");
}

}  // namespace riposte::sns

// What one subscriber receives: a notification or the request to confirm, in the form that its
// protocol takes.
//
// A Notice is stored with the delivery, so a retry after a restart sends the same thing. Member
// order and spelling follow the service's documents, which clients' verifiers rely on.
// Source: "Parsing Amazon SNS message formats", SNS developer guide. Pure, but for the signer.
#pragma once

#include <string>

#include "base/time.h"
#include "json/json.h"
#include "services/sns/signing.h"

namespace riposte::sns {

struct Notice {
  /// Or "SubscriptionConfirmation", "UnsubscribeConfirmation".
  std::string type = "Notification";
  std::string message_id;
  std::string topic_arn;
  std::string subscription_arn;
  std::string protocol;
  std::string endpoint;
  std::string subject;
  std::string message;
  TimePoint time;
  json::Object attributes;  ///< As published: {"name": {"DataType", "StringValue"…}}
  bool raw = false;
  std::string signature_version = "1";
  std::string token;          ///< Confirmations only.
  std::string display_name;   ///< Of the topic: who a mail is from.
  std::string content_type;   ///< Web addresses only.
  std::string body_template;  ///< Webhooks only: the subscription's own, or "".
  std::string routing_key;    ///< Webhooks only.
  std::string group_id;
  // FIFO topics only:
  std::string sequence;
  std::string deduplication_id;

  [[nodiscard]] json::Object ToJson() const;
  [[nodiscard]] static Notice FromJson(const json::Object& object);

  /// The lines that are signed.
  [[nodiscard]] std::string StringToSign(const std::string& endpoint_url) const;
  [[nodiscard]] std::string SubscribeUrl(const std::string& endpoint_url) const;
  [[nodiscard]] std::string UnsubscribeUrl(const std::string& endpoint_url) const;

  /// The JSON envelope that queues and web addresses get. `endpoint_url` is where we are reached.
  [[nodiscard]] std::string Envelope(MessageSigner& signer, const std::string& endpoint_url) const;
  /// {"Records": [{"EventSource": "aws:sns", …}]}, what a function gets.
  [[nodiscard]] std::string FunctionEvent(MessageSigner& signer,
                                          const std::string& endpoint_url) const;
};

}  // namespace riposte::sns

#include "services/sns/notice.h"

#include "base/encoding.h"

namespace riposte::sns {
namespace {

std::string CertificateUrl(const std::string& endpoint_url) {
  return endpoint_url + "/_riposte/sns/cert.pem";
}

/// {"name": {"Type": …, "Value": …}}
json::Object Shown(const json::Object& attributes) {
  json::Object out;
  for (const auto& [name, value] : attributes) {
    const json::Object& attribute = value.as_object();
    const std::string_view type = json::GetString(attribute, "DataType");
    const bool binary = type.starts_with("Binary");
    out[name] =
        json::Object{{"Type", type},
                     {"Value", json::GetString(attribute, binary ? "BinaryValue" : "StringValue")}};
  }
  return out;
}

}  // namespace

json::Object Notice::ToJson() const {
  json::Object out{{"type", type},
                   {"message_id", message_id},
                   {"topic_arn", topic_arn},
                   {"subscription_arn", subscription_arn},
                   {"protocol", protocol},
                   {"endpoint", endpoint},
                   {"message", message},
                   {"time_ms", ToMillis(time)},
                   {"signature_version", signature_version}};
  json::SetIfNotEmpty(out, "subject", subject);
  json::SetIfNotEmpty(out, "token", token);
  json::SetIfNotEmpty(out, "display_name", display_name);
  json::SetIfNotEmpty(out, "content_type", content_type);
  json::SetIfNotEmpty(out, "template", body_template);
  json::SetIfNotEmpty(out, "routing_key", routing_key);
  json::SetIfNotEmpty(out, "sequence", sequence);
  json::SetIfNotEmpty(out, "group_id", group_id);
  json::SetIfNotEmpty(out, "deduplication_id", deduplication_id);
  if (!attributes.empty()) out["attributes"] = attributes;
  if (raw) out["raw"] = true;
  return out;
}

Notice Notice::FromJson(const json::Object& object) {
  const auto text = [&](std::string_view name) {
    return std::string(json::GetString(object, name));
  };
  Notice notice;
  notice.type = text("type");
  notice.message_id = text("message_id");
  notice.topic_arn = text("topic_arn");
  notice.subscription_arn = text("subscription_arn");
  notice.protocol = text("protocol");
  notice.endpoint = text("endpoint");
  notice.subject = text("subject");
  notice.message = text("message");
  notice.time = FromMillis(json::GetInt(object, "time_ms"));
  if (const json::Object* attributes = json::GetObject(object, "attributes")) {
    notice.attributes = *attributes;
  }
  notice.raw = json::GetBool(object, "raw");
  notice.signature_version = text("signature_version");
  notice.token = text("token");
  notice.display_name = text("display_name");
  notice.content_type = text("content_type");
  notice.body_template = text("template");
  notice.routing_key = text("routing_key");
  notice.sequence = text("sequence");
  notice.group_id = text("group_id");
  notice.deduplication_id = text("deduplication_id");
  return notice;
}

std::string Notice::SubscribeUrl(const std::string& endpoint_url) const {
  return endpoint_url + "/?Action=ConfirmSubscription&TopicArn=" + PercentEncode(topic_arn) +
         "&Token=" + token;
}

std::string Notice::UnsubscribeUrl(const std::string& endpoint_url) const {
  return endpoint_url + "/?Action=Unsubscribe&SubscriptionArn=" + PercentEncode(subscription_arn);
}

std::string Notice::StringToSign(const std::string& endpoint_url) const {
  std::string out;
  const auto line = [&](std::string_view name, std::string_view value) {
    out.append(name).append("\n").append(value).append("\n");
  };
  line("Message", message);
  line("MessageId", message_id);
  if (type == "Notification") {
    if (!subject.empty()) line("Subject", subject);
    line("Timestamp", FormatIso8601(time, true));
  } else {
    line("SubscribeURL", SubscribeUrl(endpoint_url));
    line("Timestamp", FormatIso8601(time, true));
    line("Token", token);
  }
  line("TopicArn", topic_arn);
  line("Type", type);
  return out;
}

std::string Notice::Envelope(MessageSigner& signer, const std::string& endpoint_url) const {
  json::Object out{{"Type", type}, {"MessageId", message_id}};
  json::SetIfNotEmpty(out, "SequenceNumber", sequence);
  json::SetIfNotEmpty(out, "Token", token);
  out["TopicArn"] = topic_arn;
  json::SetIfNotEmpty(out, "Subject", subject);
  out["Message"] = message;
  if (type != "Notification") out["SubscribeURL"] = SubscribeUrl(endpoint_url);
  out["Timestamp"] = FormatIso8601(time, true);
  out["SignatureVersion"] = signature_version;
  out["Signature"] = signer.Sign(StringToSign(endpoint_url), signature_version);
  out["SigningCertURL"] = CertificateUrl(endpoint_url);
  if (type == "Notification") {
    out["UnsubscribeURL"] = UnsubscribeUrl(endpoint_url);
    if (!attributes.empty()) out["MessageAttributes"] = Shown(attributes);
  }
  return json::Serialize(out);
}

std::string Notice::FunctionEvent(MessageSigner& signer, const std::string& endpoint_url) const {
  json::Object sns{{"Type", type},
                   {"MessageId", message_id},
                   {"TopicArn", topic_arn},
                   {"Subject", nullptr},
                   {"Message", message},
                   {"Timestamp", FormatIso8601(time, true)},
                   {"SignatureVersion", signature_version},
                   {"Signature", signer.Sign(StringToSign(endpoint_url), signature_version)},
                   // Functions see these two in another spelling than everybody else.
                   {"SigningCertUrl", CertificateUrl(endpoint_url)},
                   {"UnsubscribeUrl", UnsubscribeUrl(endpoint_url)},
                   {"MessageAttributes", Shown(attributes)}};
  json::SetIfNotEmpty(sns, "Subject", subject);
  return json::Serialize(
      json::Object{{"Records", json::Array{json::Object{{"EventSource", "aws:sns"},
                                                        {"EventVersion", "1.0"},
                                                        {"EventSubscriptionArn", subscription_arn},
                                                        {"Sns", std::move(sns)}}}}});
}

}  // namespace riposte::sns

#include "services/ssm/webhooks.h"

#include "services/ssm/tables.h"
#include "workflow/text.h"

namespace riposte::ssm {
namespace {

constexpr size_t kMaxReplyBytes = 64 * 1024;

}  // namespace

void Webhooks::InvokeWebhook(api::SharedCall call, api::Reply reply) {
  const std::string name(json::GetString(call->input, "IntegrationName"));
  std::optional<StoredParameter> parameter;
  store_.Read([&](store::Transaction& tx) {
    parameter = tables::FindParameter(tx, call->scope, std::string(kPrefix) + name);
  });
  if (!parameter) {
    throw api::Error("ResourceNotFoundException", "There is no webhook integration " + name + ".");
  }
  const auto integration = json::Parse(secure_strings_.Open(call->scope, *parameter), 8);
  const json::Object* fields = integration ? integration->if_object() : nullptr;
  if (!fields || json::GetString(*fields, "url").empty()) {
    throw api::Error("ValidationException",
                     "The webhook integration " + name + " is not a JSON map with a url.");
  }
  http::OutgoingRequest request;
  request.method = "POST";
  request.url = json::GetString(*fields, "url");
  request.headers.Set("Content-Type", "application/json");
  const json::Object* headers = json::GetObject(*fields, "headers");
  for (const auto& [key, value] : headers ? *headers : json::Object()) {
    if (value.is_string()) request.headers.Set(std::string(key), std::string(json::View(value)));
  }
  if (json::Find(call->input, "Body")) {
    request.body = json::GetString(call->input, "Body");
  } else if (const json::Value* payload = json::Find(*fields, "payload")) {
    request.body =
        payload->is_string() ? std::string(json::View(*payload)) : json::Serialize(*payload);
  }
  // A request that is sent again after a restart can be told from a new one.
  if (const std::string_view token = json::GetString(call->input, "ClientToken"); !token.empty()) {
    request.headers.Set("Idempotency-Key", std::string(token));
  }
  request.max_reply_bytes = kMaxReplyBytes;
  request.cut_reply = true;
  http_.Send(std::move(request), [reply = std::move(reply),
                                  name](Result<http::Response> response) mutable {
    if (!response) {
      // What went wrong may hold the address, which is a secret.
      reply({{},
             api::Error("WebhookUnavailableException",
                        "The webhook " + name + " could not be reached.")});
      return;
    }
    reply({json::Object{{"ResponseCode", response->status},
                        {"Response", workflow::CleanText(response->body, kMaxReplyBytes)}},
           {}});
  });
}

void Webhooks::Register(api::Registry& registry) {
  registry.Add<Webhooks>("riposte", *this,
                         {{"InvokeWebhook", api::Async(&Webhooks::InvokeWebhook)}});
}

}  // namespace riposte::ssm

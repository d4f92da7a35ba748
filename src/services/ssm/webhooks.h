// Webhook integrations: aws:invokeWebhook's requests to the outside.
//
// An integration is a secure parameter under kPrefix with the JSON {"url", "headers", "payload",
// "description"}, as the service keeps them. Its address and headers are read, used and forgotten
// here, so that no secret is ever in an execution's state, history or audit record.
// Data path:     workflow effect -> riposte:InvokeWebhook (authorised as ssm:GetParameter on the
//                integration) -> store -> http::Client -> {ResponseCode, Response}
// Thread safety: as api/registry.h says of asynchronous handlers.
// Source:        "Creating webhook integrations for Automation", Systems Manager user guide.
#pragma once

#include <string>
#include <utility>

#include "api/registry.h"
#include "http/client.h"
#include "services/ssm/secure_strings.h"
#include "store/store.h"

namespace riposte::ssm {

class Webhooks {
 public:
  static constexpr std::string_view kPrefix =
      "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/";

  /// `sealing_key` as SsmService's.
  Webhooks(store::Store& store, http::Client& http, std::string sealing_key, Random& random)
      : store_(store), http_(http), secure_strings_(std::move(sealing_key), random) {}
  void Register(api::Registry& registry);

 private:
  void InvokeWebhook(api::SharedCall call, api::Reply reply);

  store::Store& store_;
  http::Client& http_;
  SecureStrings secure_strings_;
};

}  // namespace riposte::ssm

// Accounts whose resources live somewhere else: at AWS, or on another node.
//
// Data path:     Pipeline (routed, decoded, authorised) -> Providers::Send -> wire::EncodeRequest
// ->
//                access::SignRequest -> http::Client -> wire::DecodeReply -> the caller's reply
// Thread safety: any thread.
// Cost:          one HTTP exchange; one more for a role that has not acted within the hour.
//
// Who may call is decided here, by this engine's policies, before anything is sent; then the
// provider decides too. A role session of the account is sent as that role of the provider's, taken
// on with the provider's key; everybody else is sent as the key's owner. Source: decision 13.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "access/authenticator.h"
#include "api/elsewhere.h"
#include "http/client.h"
#include "wire/catalog.h"

namespace riposte::app {

struct Provider {
  AccountId account;
  std::vector<std::string> services;  ///< Registry names: "ec2"; what is not named stays here.
  /// "aws", or a URL in which {service} and {region} stand for what a call is about.
  std::string endpoint;
  access::SigningKey key;
  bool assume_roles = true;  ///< False: role sessions are sent as the key's owner too.
};

class Providers final : public api::Elsewhere {
 public:
  struct Parts {
    const wire::Catalog& catalog;
    http::Client& http;
    const Clock& clock;
  };
  Providers(std::vector<Provider> providers, const Parts& parts);

  /// Whether the call's account has a provider for its service.
  [[nodiscard]] bool Serves(const api::Call& call) const override { return Find(call) != nullptr; }
  /// REQUIRES: Serves(*call). Errors reach `reply` as the provider words them;
  /// ServiceUnavailable when it cannot be reached, RequestTimeout when it does not answer.
  void Send(api::SharedCall call, const wire::OperationModel& operation, api::Reply reply) override;

 private:
  struct Session {
    access::SigningKey key;
    TimePoint expires;
  };
  using Signed = std::move_only_function<void(std::expected<access::SigningKey, api::Error>)>;
  struct Exchange {
    const wire::ServiceModel* service;
    const wire::OperationModel* operation;
    std::string region;
    Trace trace;
  };

  [[nodiscard]] const Provider* Find(const api::Call& call) const;
  /// The key that signs for whoever calls.
  void WithKey(const Provider& provider, const api::Call& call, Signed ready);
  /// One call over the network.
  void Perform(const Provider& provider, const Exchange& exchange, const access::SigningKey& key,
               const json::Object& input, api::Reply reply);

  const std::vector<Provider> providers_;
  Parts parts_;
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;  ///< By role ARN and session name.
};

}  // namespace riposte::app

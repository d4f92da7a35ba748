// From an HTTP request to (service, operation, document), and from an outcome to a reply, in the
// protocol that the client speaks. The handler never knows which.
//
// Data path:     http::Server -> Codec::Decode -> api::Pipeline -> Codec::Encode -> Responder
// Thread safety: const methods, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "wire/catalog.h"

namespace riposte::wire {

/// What was found in the request before any body was parsed.
struct Route {
  const ServiceModel* service = nullptr;
  const OperationModel* operation = nullptr;
  Protocol protocol = Protocol::kAwsJson11;
  std::vector<std::pair<std::string, std::string>> labels;  ///< Decoded URI labels (REST).
};

/// A failure in the words of the protocol: what to send and how it is called.
struct WireError {
  std::string code;  ///< "UnknownOperationException", "SerializationException", …
  std::string message;
  int http_status = 400;
  bool server_fault = false;
  json::Object fields;  ///< Further members of a modelled error.
};

class Codec {
 public:
  explicit Codec(const Catalog& catalog) : catalog_(catalog) {}

  /// Finds service, operation and protocol from the credential scope's service name
  /// (`signing_name`, may be empty for unsigned calls), X-Amz-Target, Action and Version, the
  /// rpcv2 path or the REST path. On failure the route may still hold protocol and service, so that
  /// the error can be sent in the client's language.
  struct Found {
    Route route;
    std::optional<WireError> error;
  };
  [[nodiscard]] Found FindRoute(const http::Request& request, std::string_view signing_name) const;

  /// Decodes the body, headers and labels into a validated document.
  /// Bounds: depth 64, and the size that the server let through.
  [[nodiscard]] std::expected<json::Object, WireError> DecodeInput(
      const Route& route, const http::Request& request) const;

  [[nodiscard]] http::Response EncodeOutput(const Route& route, const json::Value& output,
                                            std::string_view request_id) const;
  /// `route` may be incomplete. Status and query code come from the model when it names the error.
  [[nodiscard]] http::Response EncodeError(const Route& route, const WireError& error,
                                           std::string_view request_id) const;

 private:
  const Catalog& catalog_;
};

}  // namespace riposte::wire

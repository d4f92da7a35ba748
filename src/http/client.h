// Outgoing HTTP(S): webhooks, topic subscriptions, remote endpoints.
//
// Thread safety: Send may be called from any thread; completions run on the client's own thread
// and must not block. Addresses are checked after name resolution, on every redirect: loopback,
// link-local and private destinations are refused unless the operator allowed them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace riposte::http {

struct OutgoingRequest {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::string body;
  int timeout_ms = 15'000;
  size_t max_reply_bytes = 1u << 20;
};

/// An interface, so that tests and the simulation answer instead of the network.
class Client {
 public:
  /// Errors: kUnavailable (refused, unresolvable), kTimeout, kPermissionDenied (address not
  /// allowed), kLimitExceeded (reply too large), kInvalidArgument (not an http or https URL).
  using Completion = std::move_only_function<void(Result<Response>)>;
  virtual ~Client() = default;
  virtual void Send(OutgoingRequest request, Completion completion) = 0;
};

struct CurlClientOptions {
  /// "host", "host:port" or CIDR blocks that may be reached although they are not public.
  std::vector<std::string> allowed_private;
};
[[nodiscard]] std::unique_ptr<Client> MakeCurlClient(const CurlClientOptions& options);

}  // namespace riposte::http

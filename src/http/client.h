// Outgoing HTTP(S): webhooks, topic subscriptions, remote endpoints.
//
// Thread safety: Send may be called from any thread; completions run on the client's own thread
//                and must not block.
// Addresses are checked after name resolution, when the socket is about to be opened, so no name
// can lead inside: loopback, link-local, private and other special destinations are refused unless
// the operator allowed them. Redirects are not followed: a 3xx is the reply. Proxies of the
// environment are not used, because behind one there is no address to check.
#pragma once

#include <cstddef>
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
  /// A longer reply is cut there, not refused: for callers who need to know its status alone.
  bool cut_reply = false;
};

/// An interface, so that tests and the simulation answer instead of the network.
class Client {
 public:
  /// Errors: kUnavailable (refused, unresolvable), kTimeout, kPermissionDenied (address not
  /// allowed), kLimitExceeded (reply too large), kThrottled (too many requests wait),
  /// kInvalidArgument (no http or https URL, a line break in a header), kCancelled (the client is
  /// being destroyed). A reply of any status is a success.
  using Completion = std::move_only_function<void(Result<Response>)>;
  virtual ~Client() = default;
  virtual void Send(OutgoingRequest request, Completion completion) = 0;
};

struct CurlClientOptions {
  /// "host", "host:port" or CIDR blocks that may be reached although they are not public.
  std::vector<std::string> allowed_private;
  size_t max_pending = 10'000;  ///< Requests that wait or run.
  long max_connections = 256;
  long max_connections_per_host = 32;
  std::string ca_file = {};  ///< PEM certificates to trust instead of the system's.
};
/// Errors: kInvalidArgument when an entry of allowed_private is neither of the three.
[[nodiscard]] Result<std::unique_ptr<Client>> MakeCurlClient(const CurlClientOptions& options);

}  // namespace riposte::http

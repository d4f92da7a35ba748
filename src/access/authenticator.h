// Who signed this request? AWS Signature Version 4: header, presigned and unsigned-payload forms.
//
// Data path:     http::Server -> Authenticator::Authenticate -> wire decodes
// Thread safety: const methods, any thread. Cost: about 5 µs plus SHA-256 of the body (2.2 µs for 3
// KB). Source: "AWS Signature Version 4 for API requests", IAM user guide.
#pragma once

#include <string>

#include "access/principal.h"
#include "base/result.h"
#include "base/time.h"
#include "http/message.h"

namespace riposte::access {

class Directory;  // access/directory.h: keys, users, roles, policies

struct Authenticated {
  Principal principal;
  Region region;             ///< From the credential scope.
  std::string signing_name;  ///< "events"
};

/// What the signature says before it is checked; for routing and for refusals in the right
/// protocol.
struct CredentialScope {
  std::string access_key_id, date, region, signing_name;
  bool presigned = false;
};
/// nullopt when the request carries no SigV4 signature.
[[nodiscard]] std::optional<CredentialScope> PeekCredentialScope(const http::Request& request);

class Authenticator {
 public:
  struct Options {
    bool open = false;  ///< serve --open: no signature is checked.
    AccountId default_account{"000000000000"};
    Region default_region{"us-east-1"};
    Millis clock_skew{std::chrono::minutes(15)};
  };
  Authenticator(const Options& options, const Directory& directory);

  /// Errors, with the service's code in `detail`: kUnauthenticated MissingAuthenticationToken,
  /// IncompleteSignature, InvalidClientTokenId / UnrecognizedClientException,
  /// SignatureDoesNotMatch, ExpiredToken, InvalidSignatureException, RequestExpired.
  /// An unsigned request is kAnonymous only where the operation allows it; that is the caller's
  /// check.
  [[nodiscard]] Result<Authenticated> Authenticate(const http::Request& request,
                                                   TimePoint now) const;

 private:
  Options options_;
  const Directory& directory_;
};

/// Signs an outgoing request in place (tests, benchmarks, remote endpoints).
struct SigningKey {
  std::string access_key_id, secret, session_token;
};
void SignRequest(http::Request& request, std::string_view host, const SigningKey& key,
                 std::string_view region, std::string_view signing_name, TimePoint now);

}  // namespace riposte::access

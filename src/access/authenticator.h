// Who signed this request? AWS Signature Version 4: header, presigned, unsigned-payload and chunked
// forms.
//
// Data path:     http::Server -> Authenticator::Authenticate -> wire decodes
// Thread safety: const methods, any thread. Cost: about 5 µs plus SHA-256 of the body (2.2 µs for 3
// KB); the derived signing key is kept a (key, date, region, service).
// Source: "AWS Signature Version 4 for API requests", IAM user guide.
//
// Stricter than the services in one thing: every x-amz-* header that could change the meaning of a
// request (X-Amz-Target above all) must be among the signed headers.
#pragma once

#include <memory>
#include <optional>
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
  /// What the body says, when it came in signed chunks (S3 only): to be put in place of the
  /// request's body before it is decoded.
  std::optional<std::string> decoded_body;
};

/// What the signature says before it is checked; for routing and for refusals in the right
/// protocol.
struct CredentialScope {
  std::string access_key_id, date, region, signing_name;
  bool presigned = false;
};
/// nullopt when the request carries no SigV4 signature, or one that cannot be read.
[[nodiscard]] std::optional<CredentialScope> PeekCredentialScope(const http::Request& request);
/// The service's part of the scope alone, "" when there is none: what routing asks of each call.
[[nodiscard]] std::string PeekSigningName(const http::Request& request);

/// The same refusal has other names in other protocols.
enum class ErrorFamily {
  kJson,      ///< awsJson and rpcv2Cbor: UnrecognizedClientException, status 400.
  kRestJson,  ///< The same names, status 403.
  kQuery,     ///< awsQuery: InvalidClientTokenId, SignatureDoesNotMatch.
  kEc2,       ///< AuthFailure.
  kS3,        ///< restXml: InvalidAccessKeyId, RequestTimeTooSkewed.
};

class Authenticator {
 public:
  struct Options {
    bool open = false;  ///< serve --open: no signature is checked.
    AccountId default_account{"000000000000"};
    Region default_region{"us-east-1"};
    Millis clock_skew{std::chrono::minutes(15)};
  };
  Authenticator(const Options& options, const Directory& directory);
  ~Authenticator();

  /// Errors: kUnauthenticated with the service's code (in the words of `family`) in `detail`, and
  /// the service's text in `message`; see ErrorStatus for the HTTP status.
  /// An unsigned request is kAnonymous in the default account and region; whether the operation
  /// allows that is the caller's check. An Authorization header of another scheme is refused.
  ///
  /// Open mode: nothing is checked. A key id of twelve digits is the account, a known key has its
  /// own account, any other the default one; the caller is that account's root.
  [[nodiscard]] Result<Authenticated> Authenticate(const http::Request& request, TimePoint now,
                                                   ErrorFamily family = ErrorFamily::kJson) const;

  /// A signature counts for the service that its scope names and for no other: `signing_name` is
  /// the name that clients of the routed operation sign with. The region is the client's choice,
  /// for one endpoint serves all. Unsigned requests and the open mode pass. Errors: as
  /// Authenticate.
  [[nodiscard]] Status CheckService(const Authenticated& who, std::string_view signing_name,
                                    ErrorFamily family) const;

  /// The HTTP status of a refusal by Authenticate with that `detail`.
  [[nodiscard]] static int ErrorStatus(ErrorFamily family, const std::string& code);

 private:
  struct KeyCache;
  [[nodiscard]] Result<Authenticated> AuthenticateOpen(const http::Request& request) const;

  Options options_;
  const Directory& directory_;
  std::unique_ptr<KeyCache> cache_;
};

/// Signs an outgoing request in place (tests, benchmarks, remote endpoints). Sets Host (when
/// absent), X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-Sha256 (S3) and Authorization.
struct SigningKey {
  std::string access_key_id, secret, session_token;
};
void SignRequest(http::Request& request, std::string_view host, const SigningKey& key,
                 std::string_view region, std::string_view signing_name, TimePoint now);
/// Puts the signature into the query, good for `lifetime` (at most seven days). The body of
/// services other than S3 is signed too; headers other than Host are not.
void PresignRequest(http::Request& request, std::string_view host, const SigningKey& key,
                    std::string_view region, std::string_view signing_name, TimePoint now,
                    std::chrono::seconds lifetime);

}  // namespace riposte::access

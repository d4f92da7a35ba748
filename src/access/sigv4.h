// The arithmetic of AWS Signature Version 4: parsing what a request claims, the canonical request,
// the string to sign, the derived key. Shared by Authenticator (checks) and SignRequest (makes).
//
// Source: "AWS Signature Version 4 for API requests", IAM user guide; "Signature calculations for
// the Authorization header: multiple chunks", Amazon S3 API reference. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace riposte::access {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kTerminator = "aws4_request";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What a request says about its signature, unchecked.
struct ClaimedSignature {
  bool presigned = false;
  std::string access_key_id, date, region, service, terminator;  ///< The credential, in five.
  std::vector<std::string> signed_headers;                       ///< Lower case, as listed.
  std::string signature;                                         ///< Hex.
  std::string timestamp;      ///< "20150830T123600Z"; the Date header is turned into this form.
  std::string session_token;  ///< "" when none.
  std::string expires;        ///< Presigned: X-Amz-Expires as sent.

  /// "20150830/us-east-1/iam/aws4_request"
  [[nodiscard]] std::string Scope() const;
};

/// True when there is something that wants to be a SigV4 signature.
[[nodiscard]] bool HasSignature(const http::Request& request);
/// Errors: kUnauthenticated, with the text of an IncompleteSignature reply.
/// REQUIRES: HasSignature(request).
[[nodiscard]] Result<ClaimedSignature> ParseSignature(const http::Request& request);

/// The decoded parameters of a query string, in the order sent.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query);

struct CanonicalOptions {
  bool s3 = false;         ///< The path is encoded once and not normalised; else twice.
  bool presigned = false;  ///< Leaves X-Amz-Signature out of the query.
};
[[nodiscard]] std::string CanonicalRequest(const http::Request& request,
                                           std::span<const std::string> signed_headers,
                                           std::string_view payload_hash,
                                           const CanonicalOptions& options);

[[nodiscard]] std::string StringToSign(std::string_view timestamp, std::string_view scope,
                                       std::string_view canonical_request);
/// 32 bytes.
[[nodiscard]] std::string DeriveSigningKey(std::string_view secret, std::string_view date,
                                           std::string_view region, std::string_view service);

/// S3 and its relatives, by signing name: single encoding of the path, unsigned and chunked bodies.
[[nodiscard]] bool IsS3(std::string_view signing_name);

}  // namespace riposte::access

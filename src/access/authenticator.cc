#include "access/authenticator.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <unordered_map>

#include "access/chunked.h"
#include "access/crypto.h"
#include "access/directory.h"
#include "access/sigv4.h"
#include "base/encoding.h"

namespace riposte::access {
namespace {

constexpr int64_t kMaxPresignedSeconds = 7 * 24 * 3600;

enum class Refusal {
  kMissing,
  kIncomplete,
  kUnknownKey,
  kMismatch,
  kSkew,
  kExpiredToken,
  kExpiredRequest,
  kPayloadMismatch,
  kUnsignedHeader,
};
enum Column { kJsonColumn, kQueryColumn, kEc2Column, kS3Column };

std::string CodeName(ErrorFamily family, Refusal refusal) {
  struct Names {
    const char* by_column[4];
  };
  const auto names = [refusal]() -> Names {
    switch (refusal) {
      case Refusal::kMissing:
        return {{"MissingAuthenticationTokenException", "MissingAuthenticationToken",
                 "MissingAuthenticationToken", "AccessDenied"}};
      case Refusal::kIncomplete:
        return {{"IncompleteSignatureException", "IncompleteSignature", "IncompleteSignature",
                 "AuthorizationHeaderMalformed"}};
      case Refusal::kUnknownKey:
        return {{"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure",
                 "InvalidAccessKeyId"}};
      case Refusal::kMismatch:
        return {{"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
                 "SignatureDoesNotMatch"}};
      case Refusal::kSkew:
        return {{"InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired",
                 "RequestTimeTooSkewed"}};
      case Refusal::kExpiredToken:
        return {{"ExpiredTokenException", "ExpiredToken", "RequestExpired", "ExpiredToken"}};
      case Refusal::kExpiredRequest:
        return {{"RequestExpired", "RequestExpired", "RequestExpired", "AccessDenied"}};
      case Refusal::kPayloadMismatch:
        return {{"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
                 "XAmzContentSHA256Mismatch"}};
      case Refusal::kUnsignedHeader:
        return {
            {"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "AccessDenied"}};
    }
    return {};
  }();
  switch (family) {
    case ErrorFamily::kJson:
    case ErrorFamily::kRestJson:
      return names.by_column[kJsonColumn];
    case ErrorFamily::kQuery:
      return names.by_column[kQueryColumn];
    case ErrorFamily::kEc2:
      return names.by_column[kEc2Column];
    case ErrorFamily::kS3:
      return names.by_column[kS3Column];
  }
  return {};
}

std::unexpected<Error> Refuse(ErrorFamily family, Refusal refusal, std::string message) {
  return Fail(Code::kUnauthenticated, std::move(message), CodeName(family, refusal));
}

std::unexpected<Error> RefuseUnknownKey(ErrorFamily family) {
  std::string text = "The security token included in the request is invalid.";
  if (family == ErrorFamily::kEc2) {
    text = "AWS was not able to validate the provided access credentials";
  } else if (family == ErrorFamily::kS3) {
    text = "The AWS Access Key Id you provided does not exist in our records.";
  }
  return Refuse(family, Refusal::kUnknownKey, std::move(text));
}

std::unexpected<Error> RefuseMismatch(ErrorFamily family) {
  std::string text =
      "The request signature we calculated does not match the signature you provided. Check your "
      "AWS Secret Access Key and signing method. Consult the service documentation for details.";
  if (family == ErrorFamily::kEc2) {
    text = "AWS was not able to validate the provided access credentials";
  } else if (family == ErrorFamily::kS3) {
    text =
        "The request signature we calculated does not match the signature you provided. Check "
        "your key and signing method.";
  }
  return Refuse(family, Refusal::kMismatch, std::move(text));
}

std::string Minutes(Millis skew) {
  return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(skew).count()) + " min.";
}

/// The signed time against ours; in the presigned form the lifetime too.
Status CheckTime(const ClaimedSignature& claim, TimePoint now, Millis skew, ErrorFamily family) {
  const Result<TimePoint> signed_at = claim.timestamp.size() == 16
                                          ? ParseIso8601(claim.timestamp)
                                          : Fail(Code::kInvalidArgument, "not the basic form");
  if (!signed_at) {
    return Refuse(family, Refusal::kIncomplete,
                  "Date must be in ISO-8601 'basic format'. Got '" + claim.timestamp +
                      "'. See http://en.wikipedia.org/wiki/ISO_8601");
  }
  if (claim.timestamp.substr(0, 8) != claim.date) {
    return Refuse(family, Refusal::kMismatch,
                  "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                  "from HTTP: '" +
                      claim.date + "' != '" + claim.timestamp.substr(0, 8) + "', from '" +
                      claim.timestamp + "'.");
  }
  const std::string s3_text =
      "The difference between the request time and the current time is too large.";
  if (*signed_at > now + skew) {
    return Refuse(family, Refusal::kSkew,
                  family == ErrorFamily::kS3
                      ? s3_text
                      : "Signature not yet current: " + claim.timestamp + " is still later than " +
                            FormatBasic(now + skew) + " (" + FormatBasic(now) + " + " +
                            Minutes(skew) + ")");
  }
  if (claim.presigned && !claim.expires.empty()) {
    int64_t seconds = 0;
    const char* end = claim.expires.data() + claim.expires.size();
    const auto [stop, error] = std::from_chars(claim.expires.data(), end, seconds);
    if (error != std::errc() || stop != end || seconds < 1 || seconds > kMaxPresignedSeconds) {
      return Refuse(family, Refusal::kIncomplete,
                    "X-Amz-Expires must be a number of seconds between 1 and 604800");
    }
    if (*signed_at + std::chrono::seconds(seconds) < now) {
      return Refuse(family, Refusal::kExpiredRequest,
                    family == ErrorFamily::kS3 ? "Request has expired" : "Request has expired.");
    }
    return {};
  }
  if (*signed_at < now - skew) {
    return Refuse(family, Refusal::kSkew,
                  family == ErrorFamily::kS3
                      ? s3_text
                      : "Signature expired: " + claim.timestamp + " is now earlier than " +
                            FormatBasic(now - skew) + " (" + FormatBasic(now) + " - " +
                            Minutes(skew) + ")");
  }
  return {};
}

/// Headers without which the signature would leave the request's meaning open.
Status CheckSignedHeaders(const http::Request& request, const ClaimedSignature& claim,
                          ErrorFamily family) {
  const auto is_signed = [&](std::string_view name) {
    return std::any_of(
        claim.signed_headers.begin(), claim.signed_headers.end(),
        [&](const std::string& header) { return http::EqualsIgnoreCase(header, name); });
  };
  if (!is_signed("host")) {
    return Refuse(family, Refusal::kUnsignedHeader,
                  "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const auto& [name, value] : request.headers.list()) {
    if (name.size() < 6 || !http::EqualsIgnoreCase(std::string_view(name).substr(0, 6), "x-amz-")) {
      continue;
    }
    // Checked by what they are: the body, the string to sign, the key's own token.
    if (http::EqualsIgnoreCase(name, "x-amz-content-sha256") ||
        http::EqualsIgnoreCase(name, "x-amz-date") ||
        http::EqualsIgnoreCase(name, "x-amz-security-token") ||
        http::EqualsIgnoreCase(name, "x-amz-user-agent")) {
      continue;
    }
    if (!is_signed(name)) {
      return Refuse(family, Refusal::kUnsignedHeader,
                    "There were headers present in the request which were not signed: '" + name +
                        "' must be a 'SignedHeader' in the AWS Authorization.");
    }
  }
  return {};
}

/// The last line of the canonical request. "" stands for a body that is not what its header says.
std::string PayloadHash(const http::Request& request, const ClaimedSignature& claim) {
  const std::string_view header = request.headers.Get("x-amz-content-sha256");
  if (IsS3(claim.service)) {
    if (header == kUnsignedPayload || IsStreamingPayload(header)) return std::string(header);
    if (claim.presigned && header.empty()) return std::string(kUnsignedPayload);
  }
  std::string actual = request.body.empty() ? std::string(kEmptySha256) : Sha256Hex(request.body);
  if (!header.empty() && !ConstantTimeEquals(header, actual)) return {};
  return actual;
}

}  // namespace

/// Signing keys are good for a day; deriving one costs four HMACs.
struct Authenticator::KeyCache {
  static constexpr size_t kMaxEntries = 4096;  ///< About 600 KB; beyond it all are forgotten.

  std::string Get(const AccessKey& key, const ClaimedSignature& claim) {
    thread_local std::string name;
    name = key.id;
    for (const std::string* part : {&key.secret, &claim.date, &claim.region, &claim.service}) {
      name += '\n';
      name += *part;
    }
    {
      const std::lock_guard lock(mutex);
      const auto it = keys.find(name);
      if (it != keys.end()) return it->second;
    }
    std::string derived = DeriveSigningKey(key.secret, claim.date, claim.region, claim.service);
    const std::lock_guard lock(mutex);
    if (keys.size() >= kMaxEntries) keys.clear();
    keys.emplace(name, derived);
    return derived;
  }

  std::mutex mutex;
  std::unordered_map<std::string, std::string> keys;
};

std::optional<CredentialScope> PeekCredentialScope(const http::Request& request) {
  if (!HasSignature(request)) return std::nullopt;
  Result<ClaimedSignature> claim = ParseSignature(request);
  if (!claim) return std::nullopt;
  return CredentialScope{std::move(claim->access_key_id), std::move(claim->date),
                         std::move(claim->region), std::move(claim->service), claim->presigned};
}

std::string PeekSigningName(const http::Request& request) {
  const std::string_view header = request.headers.Get("authorization");
  constexpr std::string_view kCredential = "Credential=";
  const size_t at = header.starts_with(kAlgorithm) ? header.find(kCredential) : header.npos;
  if (at == header.npos) {
    const auto scope = PeekCredentialScope(request);
    return scope ? scope->signing_name : "";
  }
  // key/date/region/service/terminator: the part before the last, whatever the key looks like.
  std::string_view credential = header.substr(at + kCredential.size());
  credential = credential.substr(0, credential.find(','));
  const size_t last = credential.rfind('/');
  if (last == credential.npos || last == 0) return "";
  const size_t before = credential.rfind('/', last - 1);
  if (before == credential.npos) return "";
  return std::string(credential.substr(before + 1, last - before - 1));
}

Authenticator::Authenticator(const Options& options, const Directory& directory)
    : options_(options), directory_(directory), cache_(std::make_unique<KeyCache>()) {}
Authenticator::~Authenticator() = default;

Result<Authenticated> Authenticator::AuthenticateOpen(const http::Request& request) const {
  Authenticated result;
  AccountId account = options_.default_account;
  result.region = options_.default_region;
  std::string key_id;
  if (const std::optional<CredentialScope> scope = PeekCredentialScope(request)) {
    if (!scope->region.empty()) result.region = Region(scope->region);
    result.signing_name = scope->signing_name;
    key_id = scope->access_key_id;
    if (IsAccountId(key_id)) {
      account = AccountId(key_id);
    } else if (const auto key = directory_.FindKey(key_id)) {
      account = key->principal.account;
    }
  }
  result.principal = Principal::Root(account);
  result.principal.access_key_id = key_id;
  const std::string_view content_sha256 = request.headers.Get("x-amz-content-sha256");
  if (IsStreamingPayload(content_sha256)) {
    Result<std::string> body = DecodeChunked(request.body, content_sha256, {});
    if (!body) return Fail(Code::kUnauthenticated, body.error().message, "IncompleteBody");
    result.decoded_body = std::move(*body);
  }
  return result;
}

Result<Authenticated> Authenticator::Authenticate(const http::Request& request, TimePoint now,
                                                  ErrorFamily family) const {
  if (options_.open) return AuthenticateOpen(request);
  if (!HasSignature(request)) {
    if (!request.headers.Has("authorization")) {
      Authenticated anonymous;
      anonymous.principal.account = options_.default_account;
      anonymous.principal.arn = "anonymous";
      anonymous.region = options_.default_region;
      return anonymous;
    }
    return Refuse(family, Refusal::kMissing,
                  family == ErrorFamily::kS3     ? "Access Denied"
                  : family == ErrorFamily::kJson ? "Missing Authentication Token"
                                                 : "Request is missing Authentication Token");
  }
  const Result<ClaimedSignature> claim = ParseSignature(request);
  if (!claim) return Refuse(family, Refusal::kIncomplete, claim.error().message);
  if (claim->terminator != kTerminator) {
    return Refuse(family, Refusal::kMismatch,
                  "Credential should be scoped with a valid terminator: 'aws4_request', not '" +
                      claim->terminator + "'.");
  }
  if (claim->region.empty() || claim->service.empty()) {
    return Refuse(family, Refusal::kMismatch, "Credential should be scoped to a valid region.");
  }
  if (Status time = CheckTime(*claim, now, options_.clock_skew, family); !time) {
    return std::unexpected(time.error());
  }
  if (Status headers = CheckSignedHeaders(request, *claim, family); !headers) {
    return std::unexpected(headers.error());
  }
  const auto key = directory_.FindKey(claim->access_key_id);
  if (!key || !key->active || !ConstantTimeEquals(key->session_token, claim->session_token)) {
    return RefuseUnknownKey(family);
  }
  const std::string payload_hash = PayloadHash(request, *claim);
  if (payload_hash.empty()) {
    if (family != ErrorFamily::kS3) return RefuseMismatch(family);
    return Refuse(family, Refusal::kPayloadMismatch,
                  "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  const std::string signing_key = cache_->Get(*key, *claim);
  const std::string scope = claim->Scope();
  const std::string canonical =
      CanonicalRequest(request, claim->signed_headers, payload_hash,
                       {.s3 = IsS3(claim->service), .presigned = claim->presigned});
  const std::string expected =
      HexEncode(HmacSha256(signing_key, StringToSign(claim->timestamp, scope, canonical)));
  if (!ConstantTimeEquals(expected, claim->signature)) return RefuseMismatch(family);
  // Only who knows the secret learns that the token has expired.
  if (key->expires != TimePoint() && key->expires <= now) {
    return Refuse(family, Refusal::kExpiredToken,
                  family == ErrorFamily::kS3
                      ? "The provided token has expired."
                      : "The security token included in the request is expired");
  }
  Authenticated result{key->principal, Region(claim->region), claim->service, std::nullopt};
  result.principal.access_key_id = key->id;
  if (IsStreamingPayload(payload_hash)) {
    Result<std::string> body = DecodeChunked(
        request.body, payload_hash, {signing_key, claim->timestamp, scope, claim->signature});
    if (!body) return RefuseMismatch(family);
    result.decoded_body = std::move(*body);
  }
  directory_.NoteKeyUse(*key, now, claim->region, claim->service);
  return result;
}

Status Authenticator::CheckService(const Authenticated& who, std::string_view signing_name,
                                   ErrorFamily family) const {
  if (who.signing_name == signing_name || who.signing_name.empty() || options_.open) return {};
  switch (family) {
    case ErrorFamily::kEc2:
      return RefuseMismatch(family);
    case ErrorFamily::kS3:
      return Refuse(family, Refusal::kIncomplete,
                    "The authorization header is malformed; incorrect service \"" +
                        who.signing_name.substr(0, 64) + "\". This endpoint belongs to \"" +
                        std::string(signing_name) + "\".");
    case ErrorFamily::kJson:
    case ErrorFamily::kRestJson:
    case ErrorFamily::kQuery:
      break;
  }
  return Refuse(
      family, Refusal::kMismatch,
      "Credential should be scoped to correct service: '" + std::string(signing_name) + "'. ");
}

int Authenticator::ErrorStatus(ErrorFamily family, const std::string& code) {
  switch (family) {
    case ErrorFamily::kJson:
      return 400;
    case ErrorFamily::kRestJson:
      return 403;
    case ErrorFamily::kQuery:
      return code == "IncompleteSignature" || code == "RequestExpired" ? 400 : 403;
    case ErrorFamily::kEc2:
      return code == "AuthFailure" ? 401 : 400;
    case ErrorFamily::kS3:
      return code == "AuthorizationHeaderMalformed" || code == "XAmzContentSHA256Mismatch" ||
                     code == "ExpiredToken"
                 ? 400
                 : 403;
  }
  return 403;
}

}  // namespace riposte::access

#include <algorithm>

#include "access/authenticator.h"
#include "access/chunked.h"
#include "access/crypto.h"
#include "access/sigv4.h"
#include "base/encoding.h"

namespace riposte::access {
namespace {

/// Hops on the way may change these.
bool IsSignable(std::string_view lower_name) {
  static constexpr std::string_view kUnsignable[] = {
      "authorization",     "connection", "content-length", "expect",
      "keep-alive",        "te",         "trailer",        "upgrade",
      "transfer-encoding", "user-agent", "accept",         "accept-encoding",
      "x-amzn-trace-id"};
  return std::find(std::begin(kUnsignable), std::end(kUnsignable), lower_name) ==
         std::end(kUnsignable);
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string Join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

std::string Signature(const http::Request& request, const std::vector<std::string>& names,
                      std::string_view payload_hash, const SigningKey& key,
                      std::string_view timestamp, std::string_view region, std::string_view service,
                      bool presigned) {
  const std::string date(timestamp.substr(0, 8));
  const std::string scope = date + "/" + std::string(region) + "/" + std::string(service) + "/" +
                            std::string(kTerminator);
  const std::string canonical =
      CanonicalRequest(request, names, payload_hash, {.s3 = IsS3(service), .presigned = presigned});
  return HexEncode(HmacSha256(DeriveSigningKey(key.secret, date, region, service),
                              StringToSign(timestamp, scope, canonical)));
}

}  // namespace

void SignRequest(http::Request& request, std::string_view host, const SigningKey& key,
                 std::string_view region, std::string_view signing_name, TimePoint now) {
  const std::string timestamp = FormatBasic(now);
  if (!request.headers.Has("host")) request.headers.Add("Host", host);
  request.headers.Set("X-Amz-Date", timestamp);
  if (!key.session_token.empty()) request.headers.Set("X-Amz-Security-Token", key.session_token);
  std::string payload_hash(request.headers.Get("x-amz-content-sha256"));
  if (payload_hash.empty()) {
    payload_hash = Sha256Hex(request.body);
    if (IsS3(signing_name)) request.headers.Set("X-Amz-Content-Sha256", payload_hash);
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : request.headers.list()) {
    std::string lower = Lower(name);
    if (IsSignable(lower)) names.push_back(std::move(lower));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::string signature = Signature(request, names, payload_hash, key, timestamp, region,
                                          signing_name, /*presigned=*/false);
  request.headers.Set("Authorization",
                      std::string(kAlgorithm) + " Credential=" + key.access_key_id + "/" +
                          timestamp.substr(0, 8) + "/" + std::string(region) + "/" +
                          std::string(signing_name) + "/" + std::string(kTerminator) +
                          ", SignedHeaders=" + Join(names) + ", Signature=" + signature);
}

void PresignRequest(http::Request& request, std::string_view host, const SigningKey& key,
                    std::string_view region, std::string_view signing_name, TimePoint now,
                    std::chrono::seconds lifetime) {
  const std::string timestamp = FormatBasic(now);
  if (!request.headers.Has("host")) request.headers.Add("Host", host);
  const std::string credential = key.access_key_id + "/" + timestamp.substr(0, 8) + "/" +
                                 std::string(region) + "/" + std::string(signing_name) + "/" +
                                 std::string(kTerminator);
  std::string& target = request.target;
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += "X-Amz-Algorithm=" + std::string(kAlgorithm);
  target += "&X-Amz-Credential=" + PercentEncode(credential);
  target += "&X-Amz-Date=" + timestamp;
  target += "&X-Amz-Expires=" + std::to_string(lifetime.count());
  target += "&X-Amz-SignedHeaders=host";
  if (!key.session_token.empty()) {
    target += "&X-Amz-Security-Token=" + PercentEncode(key.session_token);
  }
  const std::string payload_hash =
      IsS3(signing_name) ? std::string(kUnsignedPayload) : Sha256Hex(request.body);
  target += "&X-Amz-Signature=" + Signature(request, {"host"}, payload_hash, key, timestamp, region,
                                            signing_name, /*presigned=*/true);
}

}  // namespace riposte::access

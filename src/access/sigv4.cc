#include "access/sigv4.h"

#include <algorithm>
#include <array>

#include "access/crypto.h"
#include "base/encoding.h"
#include "base/time.h"

namespace riposte::access {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// "Sun, 30 Aug 2015 12:36:00 GMT" -> "20150830T123600Z"; "" when it is not that.
std::string BasicFromHttpDate(std::string_view text) {
  if (text.size() != 29 || text.substr(25) != " GMT") return {};
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (month == kMonths.end()) return {};
  const auto number = static_cast<int>(month - kMonths.begin()) + 1;
  std::string out(text.substr(12, 4));
  out += static_cast<char>('0' + number / 10);
  out += static_cast<char>('0' + number % 10);
  out += text.substr(5, 2);
  out += 'T';
  out += text.substr(17, 2);
  out += text.substr(20, 2);
  out += text.substr(23, 2);
  out += 'Z';
  return out;
}

/// Cuts the first part off `text`. False when there is none left.
bool NextPart(std::string_view& text, char separator, std::string_view& part) {
  if (text.data() == nullptr) return false;
  const size_t end = text.find(separator);
  part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return true;
}

Status SplitCredential(std::string_view credential, ClaimedSignature& claim) {
  std::string_view rest = credential;
  // From the end: what stands before belongs to the key id, slashes and all.
  for (std::string* part : {&claim.terminator, &claim.service, &claim.region, &claim.date}) {
    const size_t slash = rest.rfind('/');
    if (slash == std::string_view::npos) {
      return Fail(Code::kUnauthenticated,
                  "Credential must have at least 5 slash-delimited elements, e.g. "
                  "keyid/date/region/service/term, got '" +
                      std::string(credential) + "'");
    }
    *part = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  claim.access_key_id = rest;
  return {};
}

void SplitSignedHeaders(std::string_view list, ClaimedSignature& claim) {
  claim.signed_headers.reserve(8);
  std::string_view name;
  while (NextPart(list, ';', name)) {
    if (!name.empty()) claim.signed_headers.push_back(Lower(name));
  }
}

Result<ClaimedSignature> ParseHeaderForm(const http::Request& request, std::string_view header) {
  ClaimedSignature claim;
  bool has_credential = false;
  bool has_headers = false;
  std::string_view rest = Trim(header.substr(kAlgorithm.size()));
  std::string_view part;
  while (NextPart(rest, ',', part)) {
    part = Trim(part);
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return Fail(
          Code::kUnauthenticated,
          "'" + std::string(part) +
              "' not a valid key=value pair (missing equal-sign) in Authorization header: '" +
              std::string(header) + "'.");
    }
    const std::string_view name = Trim(part.substr(0, equals));
    const std::string_view value = Trim(part.substr(equals + 1));
    if (name == "Credential") {
      has_credential = true;
      if (Status status = SplitCredential(value, claim); !status) {
        return std::unexpected(status.error());
      }
    } else if (name == "SignedHeaders") {
      has_headers = true;
      SplitSignedHeaders(value, claim);
    } else if (name == "Signature") {
      claim.signature = value;
    }
  }
  claim.timestamp = Trim(request.headers.Get("x-amz-date"));
  if (claim.timestamp.empty()) {
    const std::string_view date = Trim(request.headers.Get("date"));
    claim.timestamp = date.size() == 16 ? std::string(date) : BasicFromHttpDate(date);
  }
  claim.session_token = Trim(request.headers.Get("x-amz-security-token"));
  std::string missing;
  if (!has_credential) missing += "Authorization header requires 'Credential' parameter. ";
  if (claim.signature.empty()) missing += "Authorization header requires 'Signature' parameter. ";
  if (!has_headers) missing += "Authorization header requires 'SignedHeaders' parameter. ";
  if (claim.timestamp.empty()) {
    missing +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) {
    return Fail(Code::kUnauthenticated, missing + "Authorization=" + std::string(kAlgorithm));
  }
  return claim;
}

Result<ClaimedSignature> ParseQueryForm(const http::Request& request) {
  ClaimedSignature claim;
  claim.presigned = true;
  std::string algorithm;
  std::string credential;
  std::string signed_headers;
  for (auto& [name, value] : ParseQuery(request.query())) {
    if (name == "X-Amz-Algorithm")
      algorithm = std::move(value);
    else if (name == "X-Amz-Credential")
      credential = std::move(value);
    else if (name == "X-Amz-SignedHeaders")
      signed_headers = std::move(value);
    else if (name == "X-Amz-Signature")
      claim.signature = std::move(value);
    else if (name == "X-Amz-Date")
      claim.timestamp = std::move(value);
    else if (name == "X-Amz-Expires")
      claim.expires = std::move(value);
    else if (name == "X-Amz-Security-Token")
      claim.session_token = std::move(value);
  }
  std::string missing;
  if (algorithm != kAlgorithm)
    missing += "AWS query-string parameters must include 'X-Amz-Algorithm'. ";
  if (credential.empty())
    missing += "AWS query-string parameters must include 'X-Amz-Credential'. ";
  if (claim.signature.empty())
    missing += "AWS query-string parameters must include 'X-Amz-Signature'. ";
  if (signed_headers.empty()) {
    missing += "AWS query-string parameters must include 'X-Amz-SignedHeaders'. ";
  }
  if (claim.timestamp.empty()) missing += "AWS query-string parameters must include 'X-Amz-Date'. ";
  if (!missing.empty()) {
    return Fail(Code::kUnauthenticated, missing + "Re-examine the query-string parameters.");
  }
  if (Status status = SplitCredential(credential, claim); !status) {
    return std::unexpected(status.error());
  }
  SplitSignedHeaders(signed_headers, claim);
  return claim;
}

/// RFC 3986 section 5.2.4, and runs of slashes become one.
std::string NormalizePath(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : Split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
      continue;
    }
    kept.push_back(segment);
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out += '/';
    out += segment;
  }
  const bool folder =
      !path.empty() && (path.back() == '/' || path.ends_with("/.") || path.ends_with("/.."));
  if (out.empty() || folder) out += '/';
  return out;
}

std::string CanonicalPath(std::string_view path, bool s3) {
  if (path.empty() || path == "/") return "/";
  if (s3) return PercentEncode(PercentDecode(path), /*keep_slash=*/true);
  return PercentEncode(NormalizePath(path), /*keep_slash=*/true);
}

std::string CanonicalQuery(std::string_view query, bool presigned) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : ParseQuery(query)) {
    if (presigned && name == "X-Amz-Signature") continue;
    encoded.emplace_back(PercentEncode(name), PercentEncode(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out += name;
    out += '=';
    out += value;
  }
  return out;
}

/// Trimmed, and every run of white space is one space.
void AppendCanonicalValue(std::string_view value, std::string& out) {
  value = Trim(value);
  if (value.find_first_of(" \t\r\n") == std::string_view::npos) {
    out += value;
    return;
  }
  bool space = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      space = true;
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
}

}  // namespace

std::string ClaimedSignature::Scope() const {
  return date + "/" + region + "/" + service + "/" + terminator;
}

bool HasSignature(const http::Request& request) {
  if (request.headers.Get("authorization").starts_with(kAlgorithm)) return true;
  return request.query().find("X-Amz-Algorithm=") != std::string_view::npos ||
         request.query().find("X-Amz-Signature=") != std::string_view::npos;
}

Result<ClaimedSignature> ParseSignature(const http::Request& request) {
  const std::string_view header = request.headers.Get("authorization");
  if (header.starts_with(kAlgorithm)) return ParseHeaderForm(request, header);
  return ParseQueryForm(request);
}

std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  if (query.empty()) return out;
  for (const std::string_view part : Split(query, '&')) {
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    out.emplace_back(PercentDecode(part.substr(0, equals), true), PercentDecode(value, true));
  }
  return out;
}

std::string CanonicalRequest(const http::Request& request,
                             std::span<const std::string> signed_headers,
                             std::string_view payload_hash, const CanonicalOptions& options) {
  std::vector<std::string_view> names(signed_headers.begin(), signed_headers.end());
  std::sort(names.begin(), names.end());
  std::string out;
  out.reserve(1024);
  out += request.method;
  out += '\n';
  out += CanonicalPath(request.path(), options.s3);
  out += '\n';
  out += CanonicalQuery(request.query(), options.presigned);
  out += '\n';
  for (const std::string_view name : names) {
    out += name;
    out += ':';
    bool first = true;
    for (const auto& [header, value] : request.headers.list()) {
      if (header.size() != name.size() || !http::EqualsIgnoreCase(header, name)) continue;
      if (!first) out += ',';
      first = false;
      AppendCanonicalValue(value, out);
    }
    out += '\n';
  }
  out += '\n';
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ';';
    out += names[i];
  }
  out += '\n';
  out += payload_hash;
  return out;
}

std::string StringToSign(std::string_view timestamp, std::string_view scope,
                         std::string_view canonical_request) {
  std::string out(kAlgorithm);
  out += '\n';
  out += timestamp;
  out += '\n';
  out += scope;
  out += '\n';
  out += Sha256Hex(canonical_request);
  return out;
}

std::string DeriveSigningKey(std::string_view secret, std::string_view date,
                             std::string_view region, std::string_view service) {
  std::string key = HmacSha256("AWS4" + std::string(secret), date);
  key = HmacSha256(key, region);
  key = HmacSha256(key, service);
  return HmacSha256(key, kTerminator);
}

bool IsS3(std::string_view signing_name) {
  return signing_name == "s3" || signing_name == "s3-object-lambda" || signing_name == "s3express";
}

}  // namespace riposte::access

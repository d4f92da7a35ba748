#include "services/ssm/s3_object.h"

#include "base/encoding.h"

namespace riposte::ssm {
namespace {

/// The bucket that a host of S3 names, "" when it stands in the path; nullopt for other hosts.
std::optional<std::string> BucketOfHost(std::string_view host) {
  constexpr std::string_view kSuffixes[] = {".amazonaws.com", ".amazonaws.com.cn"};
  for (const std::string_view suffix : kSuffixes) {
    if (!host.ends_with(suffix)) continue;
    std::string_view name = host.substr(0, host.size() - suffix.size());
    const auto is_service = [](std::string_view rest) {  // "s3", "s3.region", "s3-region"
      return rest == "s3" || rest.starts_with("s3.") || rest.starts_with("s3-");
    };
    if (is_service(name)) return "";
    // A bucket's name may have dots: the last label that can be the service's is.
    for (size_t dot = name.rfind(".s3"); dot != std::string_view::npos && dot > 0;
         dot = name.rfind(".s3", dot - 1)) {
      if (is_service(name.substr(dot + 1))) return std::string(name.substr(0, dot));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<S3Address> ParseS3Address(std::string_view address) {
  S3Address out;
  if (address.starts_with("s3://")) {
    address.remove_prefix(5);
    const size_t slash = address.find('/');
    out.bucket = address.substr(0, slash);
    if (slash != std::string_view::npos) out.key = address.substr(slash + 1);
  } else if (address.starts_with("https://")) {
    address.remove_prefix(8);
    address = address.substr(0, address.find_first_of("?#"));
    const size_t slash = address.find('/');
    const auto bucket = BucketOfHost(address.substr(0, slash));
    if (!bucket) return std::nullopt;
    std::string_view path =
        slash == std::string_view::npos ? std::string_view() : address.substr(slash + 1);
    out.bucket = *bucket;
    if (out.bucket.empty()) {
      const size_t end = path.find('/');
      out.bucket = path.substr(0, end);
      path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    }
    out.key = PercentDecode(path);
  }
  if (out.bucket.empty()) return std::nullopt;
  return out;
}

api::Invocation ReadingOf(const api::Call& call, const S3Address& address) {
  api::Invocation look;
  look.service = "s3";
  look.operation = "GetObject";
  look.input = {{"Bucket", address.bucket}, {"Key", address.key}};
  look.principal = call.caller;
  look.scope = call.scope;
  look.trace = call.trace;
  return look;
}

Result<std::string> BodyOf(const api::Outcome& outcome, const S3Address& address,
                           size_t max_bytes) {
  if (!outcome.ok()) {
    const std::string& code = outcome.error->code();
    if (code == "NoSuchBucket") {
      return Fail(Code::kNotFound,
                  "The specified S3 bucket does not exist. Verify that the URL of the S3 bucket is "
                  "correct.");
    }
    if (code == "NoSuchKey") {
      return Fail(Code::kNotFound, "There is no S3 object " + address.Text() + ".");
    }
    return Fail(Code::kPermissionDenied,
                address.Text() + " can't be read: " + outcome.error->message());
  }
  auto body = Base64Decode(json::GetString(outcome.output.as_object(), "Body"));
  if (!body) return Fail(Code::kUnavailable, address.Text() + " can't be read.");
  if (body->size() > max_bytes) {
    return Fail(Code::kLimitExceeded,
                address.Text() + " is longer than " + std::to_string(max_bytes) + " bytes.");
  }
  return std::move(*body);
}

Result<std::string> ReadS3Object(api::Invoker& invoker, const api::Call& call,
                                 store::Transaction& tx, const S3Address& address,
                                 size_t max_bytes) {
  const auto outcome = invoker.InvokeWithin(tx, ReadingOf(call, address));
  if (!outcome) return Fail(Code::kUnavailable, address.Text() + " can't be read here.");
  return BodyOf(*outcome, address, max_bytes);
}

}  // namespace riposte::ssm

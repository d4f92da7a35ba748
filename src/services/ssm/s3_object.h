// Objects of S3 that a call of this service names by an address.
//
// They are read inside the call's own transaction, by s3:GetObject as the caller, so that identity
// and bucket policies count as for anybody. A query string (a presigned address has one) is left
// out: whoever may read the object needs no signature, and a signature gives nobody more.
// Source of the forms of addresses: "Methods for accessing a bucket", Amazon S3 user guide.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/invoker.h"
#include "base/result.h"

namespace riposte::ssm {

struct S3Address {
  std::string bucket;
  std::string key;  ///< Decoded; "" when the address is a bucket's.

  [[nodiscard]] std::string Text() const { return "s3://" + bucket + "/" + key; }
};

/// "s3://bucket/key", or https with the bucket in the host ("bucket.s3.region.amazonaws.com/key")
/// or in the path ("s3.region.amazonaws.com/bucket/key"). nullopt for all else.
[[nodiscard]] std::optional<S3Address> ParseS3Address(std::string_view address);

/// The call that reads it, as the caller of `call`.
[[nodiscard]] api::Invocation ReadingOf(const api::Call& call, const S3Address& address);
/// What it brought. Errors as ReadS3Object.
[[nodiscard]] Result<std::string> BodyOf(const api::Outcome& outcome, const S3Address& address,
                                         size_t max_bytes);
/// The object's body. Errors, with words for the caller: kNotFound, kPermissionDenied,
/// kLimitExceeded (longer than `max_bytes`), kUnavailable.
[[nodiscard]] Result<std::string> ReadS3Object(api::Invoker& invoker, const api::Call& call,
                                               store::Transaction& tx, const S3Address& address,
                                               size_t max_bytes);

}  // namespace riposte::ssm

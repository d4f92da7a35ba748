// The S3 service over the estate's buckets, and the account's own settings (s3control); restXml.
//
// Thread safety: as api/registry.h says. Objects are bounded at estate::kMaxObjectBytes.
// A bucket policy that lets everybody in is refused while the bucket or the account blocks public
// policies, so a remediation that blocks public access holds. Source: Amazon S3 API reference,
// 2006-03-01; Amazon S3 Control API reference, 2018-08-20.
#pragma once

#include <optional>

#include "api/error.h"
#include "api/registry.h"
#include "estate/buckets.h"

namespace riposte::s3 {

class S3Service {
 public:
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  // buckets.cc
  json::Value CreateBucket(const Call& call, Tx& tx);
  json::Value DeleteBucket(const Call& call, Tx& tx);
  json::Value HeadBucket(const Call& call, Tx& tx);
  json::Value ListBuckets(const Call& call, Tx& tx);
  json::Value GetBucketLocation(const Call& call, Tx& tx);
  json::Value PutBucketEncryption(const Call& call, Tx& tx);
  json::Value GetBucketEncryption(const Call& call, Tx& tx);
  json::Value DeleteBucketEncryption(const Call& call, Tx& tx);
  json::Value PutPublicAccessBlock(const Call& call, Tx& tx);
  json::Value GetPublicAccessBlock(const Call& call, Tx& tx);
  json::Value DeletePublicAccessBlock(const Call& call, Tx& tx);
  json::Value PutBucketPolicy(const Call& call, Tx& tx);
  json::Value GetBucketPolicy(const Call& call, Tx& tx);
  json::Value GetBucketPolicyStatus(const Call& call, Tx& tx);
  json::Value DeleteBucketPolicy(const Call& call, Tx& tx);
  json::Value PutBucketVersioning(const Call& call, Tx& tx);
  json::Value GetBucketVersioning(const Call& call, Tx& tx);
  json::Value PutBucketLogging(const Call& call, Tx& tx);
  json::Value GetBucketLogging(const Call& call, Tx& tx);
  json::Value PutBucketTagging(const Call& call, Tx& tx);
  json::Value GetBucketTagging(const Call& call, Tx& tx);
  json::Value DeleteBucketTagging(const Call& call, Tx& tx);

  // account.cc: the operations of s3control
  json::Value PutAccountAccessBlock(const Call& call, Tx& tx);
  json::Value GetAccountAccessBlock(const Call& call, Tx& tx);
  json::Value DeleteAccountAccessBlock(const Call& call, Tx& tx);

  // objects.cc
  json::Value PutObject(const Call& call, Tx& tx);
  json::Value GetObject(const Call& call, Tx& tx);
  /// Objects are also read inside the transaction of a part that keeps what it reads.
  static api::Operation ObjectRow(S3Service& service);
  json::Value HeadObject(const Call& call, Tx& tx);
  json::Value DeleteObject(const Call& call, Tx& tx);
  json::Value ListObjectsV2(const Call& call, Tx& tx);
};

/// The bucket that the call names. Throws NoSuchBucket, AccessDenied (another account's).
[[nodiscard]] estate::Bucket RequireBucket(const api::Call& call, store::Transaction& tx);
/// The four flags of the call's PublicAccessBlockConfiguration; those left out are false.
[[nodiscard]] json::Object AccessBlockOf(const api::Call& call);
[[nodiscard]] api::Error NoAccessBlock();
/// The account's own public access block, which holds for all its buckets; nullopt when it has
/// none.
[[nodiscard]] std::optional<json::Object> AccountAccessBlock(store::Transaction& tx,
                                                             const AccountId& account);

}  // namespace riposte::s3

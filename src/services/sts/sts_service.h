// The Security Token Service: GetCallerIdentity, AssumeRole, GetSessionToken, GetAccessKeyInfo.
//
// Data path:     api::Pipeline -> StsService -> Directory::IssueTemporaryKey, good on commit
// Thread safety: as api/registry.h says.
// Source: "AWS Security Token Service API reference".
#pragma once

#include "access/authorizer.h"
#include "access/directory.h"
#include "api/registry.h"

namespace riposte::sts {

class StsService {
 public:
  /// All outlive the service.
  StsService(access::Directory& directory, const access::Authorizer& authorizer)
      : directory_(directory), authorizer_(authorizer) {}
  /// Also makes roles' trust policies known to the pipeline as resource policies.
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  json::Value GetCallerIdentity(const Call& call, Tx& tx);
  json::Value GetAccessKeyInfo(const Call& call, Tx& tx);
  json::Value GetSessionToken(const Call& call, Tx& tx);
  json::Value AssumeRole(const Call& call, Tx& tx);

  access::Directory& directory_;
  const access::Authorizer& authorizer_;
};

}  // namespace riposte::sts

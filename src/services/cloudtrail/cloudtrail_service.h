// CloudTrail (registry name "cloudtrail"): the audit trail, and trails as stored settings.
//
// Data path:     api::Pipeline -> CloudTrailService -> observe::Audit::Lookup, observe_trails
// Thread safety: handlers only; no state of its own.
// Source: AWS CloudTrail API reference, 2013-11-01.
#pragma once

#include <span>

#include "api/registry.h"
#include "observe/audit.h"

namespace riposte::cloudtrail {

class CloudTrailService {
 public:
  CloudTrailService(observe::Audit& audit, store::Store& store, Executor& loop)
      : audit_(audit), store_(store), loop_(loop) {}
  void Register(api::Registry& registry);

 private:
  // lookup.cc
  void LookupEvents(api::Call call, api::Reply reply);
  // trails.cc
  json::Value CreateTrail(const api::Call& call, store::Transaction& tx);
  json::Value UpdateTrail(const api::Call& call, store::Transaction& tx);
  json::Value DeleteTrail(const api::Call& call, store::Transaction& tx);
  json::Value GetTrail(const api::Call& call, store::Transaction& tx);
  json::Value DescribeTrails(const api::Call& call, store::Transaction& tx);
  json::Value ListTrails(const api::Call& call, store::Transaction& tx);
  json::Value GetTrailStatus(const api::Call& call, store::Transaction& tx);
  json::Value StartLogging(const api::Call& call, store::Transaction& tx);
  json::Value StopLogging(const api::Call& call, store::Transaction& tx);
  json::Value GetEventSelectors(const api::Call& call, store::Transaction& tx);
  json::Value PutEventSelectors(const api::Call& call, store::Transaction& tx);
  json::Value AddTags(const api::Call& call, store::Transaction& tx);
  json::Value RemoveTags(const api::Call& call, store::Transaction& tx);
  json::Value ListTags(const api::Call& call, store::Transaction& tx);

  observe::Audit& audit_;
  store::Store& store_;
  Executor& loop_;
};

}  // namespace riposte::cloudtrail

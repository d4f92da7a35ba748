// CloudWatch Logs (registry name "logs") over observe/.
//
// Data path:     api::Pipeline -> LogsService -> observe::Logs, observe::log_tables
// Thread safety: handlers only; no state of its own.
// Searches look at a bounded number of events a call and hand out a token for the rest, as the
// service does. Source: Amazon CloudWatch Logs API reference, 2014-03-28.
#pragma once

#include "api/registry.h"
#include "observe/logs.h"

namespace riposte::logs {

class LogsService {
 public:
  LogsService(observe::Logs& logs, store::Store& store, Executor& loop)
      : logs_(logs), store_(store), loop_(loop) {}
  void Register(api::Registry& registry);

 private:
  // group_operations.cc
  json::Value CreateLogGroup(const api::Call& call, store::Transaction& tx);
  json::Value DeleteLogGroup(const api::Call& call, store::Transaction& tx);
  void DescribeLogGroups(api::Call call, api::Reply reply);
  json::Value PutRetentionPolicy(const api::Call& call, store::Transaction& tx);
  json::Value DeleteRetentionPolicy(const api::Call& call, store::Transaction& tx);
  json::Value CreateLogStream(const api::Call& call, store::Transaction& tx);
  json::Value DeleteLogStream(const api::Call& call, store::Transaction& tx);
  void DescribeLogStreams(api::Call call, api::Reply reply);
  // event_operations.cc
  json::Value PutLogEvents(const api::Call& call, store::Transaction& tx);
  void GetLogEvents(api::Call call, api::Reply reply);
  void FilterLogEvents(api::Call call, api::Reply reply);
  // setting_operations.cc
  json::Value PutMetricFilter(const api::Call& call, store::Transaction& tx);
  json::Value DescribeMetricFilters(const api::Call& call, store::Transaction& tx);
  json::Value DeleteMetricFilter(const api::Call& call, store::Transaction& tx);
  json::Value TestMetricFilter(const api::Call& call, store::Transaction& tx);
  json::Value PutResourcePolicy(const api::Call& call, store::Transaction& tx);
  /// One document of all policies of the ARN's account and region, "" when there is none.
  static std::string PolicyOf(const std::string& arn, store::Transaction& tx);
  json::Value DescribeResourcePolicies(const api::Call& call, store::Transaction& tx);
  json::Value DeleteResourcePolicy(const api::Call& call, store::Transaction& tx);
  json::Value TagResource(const api::Call& call, store::Transaction& tx);
  json::Value UntagResource(const api::Call& call, store::Transaction& tx);
  json::Value ListTagsForResource(const api::Call& call, store::Transaction& tx);
  json::Value TagLogGroup(const api::Call& call, store::Transaction& tx);
  json::Value UntagLogGroup(const api::Call& call, store::Transaction& tx);
  json::Value ListTagsLogGroup(const api::Call& call, store::Transaction& tx);

  observe::Logs& logs_;
  store::Store& store_;
  Executor& loop_;
};

}  // namespace riposte::logs

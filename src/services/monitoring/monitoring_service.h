// CloudWatch (registry name "monitoring"): metrics, alarms and dashboards over observe/.
//
// Data path:     api::Pipeline -> MonitoringService -> observe::Metrics, observe::Alarms
// Thread safety: handlers only; no state of its own.
// Source: Amazon CloudWatch API reference, 2010-08-01.
#pragma once

#include "api/registry.h"
#include "observe/alarms.h"
#include "observe/metrics.h"

namespace riposte::monitoring {

class MonitoringService {
 public:
  MonitoringService(observe::Metrics& metrics, observe::Alarms& alarms, store::Store& store,
                    Executor& loop)
      : metrics_(metrics), alarms_(alarms), store_(store), loop_(loop) {}
  void Register(api::Registry& registry);

 private:
  // metric_operations.cc
  json::Value PutMetricData(const api::Call& call, store::Transaction& tx);
  void GetMetricStatistics(api::Call call, api::Reply reply);
  void GetMetricData(api::Call call, api::Reply reply);
  void ListMetrics(api::Call call, api::Reply reply);
  // alarm_operations.cc
  json::Value PutMetricAlarm(const api::Call& call, store::Transaction& tx);
  json::Value DescribeAlarms(const api::Call& call, store::Transaction& tx);
  json::Value DescribeAlarmsForMetric(const api::Call& call, store::Transaction& tx);
  json::Value DescribeAlarmHistory(const api::Call& call, store::Transaction& tx);
  json::Value DeleteAlarms(const api::Call& call, store::Transaction& tx);
  json::Value SetAlarmState(const api::Call& call, store::Transaction& tx);
  json::Value EnableAlarmActions(const api::Call& call, store::Transaction& tx);
  json::Value DisableAlarmActions(const api::Call& call, store::Transaction& tx);
  // dashboard_operations.cc
  json::Value PutDashboard(const api::Call& call, store::Transaction& tx);
  json::Value GetDashboard(const api::Call& call, store::Transaction& tx);
  json::Value ListDashboards(const api::Call& call, store::Transaction& tx);
  json::Value DeleteDashboards(const api::Call& call, store::Transaction& tx);
  json::Value TagResource(const api::Call& call, store::Transaction& tx);
  json::Value UntagResource(const api::Call& call, store::Transaction& tx);
  json::Value ListTagsForResource(const api::Call& call, store::Transaction& tx);

  observe::Metrics& metrics_;
  observe::Alarms& alarms_;
  store::Store& store_;
  Executor& loop_;
};

}  // namespace riposte::monitoring

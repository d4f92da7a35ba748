#include "services/monitoring/monitoring_service.h"

namespace riposte::monitoring {

void MonitoringService::Register(api::Registry& registry) {
  using S = MonitoringService;
  registry.Add<S>("monitoring", *this,
                  {
                      {"PutMetricData", api::Write(&S::PutMetricData)},
                      {"GetMetricStatistics", api::Async(&S::GetMetricStatistics)},
                      {"GetMetricData", api::Async(&S::GetMetricData)},
                      {"ListMetrics", api::Async(&S::ListMetrics)},
                      {"PutMetricAlarm", api::Write(&S::PutMetricAlarm)},
                      {"DescribeAlarms", api::Read(&S::DescribeAlarms)},
                      {"DescribeAlarmsForMetric", api::Read(&S::DescribeAlarmsForMetric)},
                      {"DescribeAlarmHistory", api::Read(&S::DescribeAlarmHistory)},
                      {"DeleteAlarms", api::Write(&S::DeleteAlarms)},
                      {"SetAlarmState", api::Write(&S::SetAlarmState)},
                      {"EnableAlarmActions", api::Write(&S::EnableAlarmActions)},
                      {"DisableAlarmActions", api::Write(&S::DisableAlarmActions)},
                      {"PutDashboard", api::Write(&S::PutDashboard)},
                      {"GetDashboard", api::Read(&S::GetDashboard)},
                      {"ListDashboards", api::Read(&S::ListDashboards)},
                      {"DeleteDashboards", api::Write(&S::DeleteDashboards)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                      {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
                  });
}

}  // namespace riposte::monitoring

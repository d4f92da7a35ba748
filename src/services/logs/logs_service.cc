#include "services/logs/logs_service.h"

namespace riposte::logs {

void LogsService::Register(api::Registry& registry) {
  using S = LogsService;
  registry.Add<S>("logs", *this,
                  {
                      {"CreateLogGroup", api::Write(&S::CreateLogGroup)},
                      {"DeleteLogGroup", api::Write(&S::DeleteLogGroup)},
                      {"DescribeLogGroups", api::Async(&S::DescribeLogGroups)},
                      {"PutRetentionPolicy", api::Write(&S::PutRetentionPolicy)},
                      {"DeleteRetentionPolicy", api::Write(&S::DeleteRetentionPolicy)},
                      {"CreateLogStream", api::Write(&S::CreateLogStream)},
                      {"DeleteLogStream", api::Write(&S::DeleteLogStream)},
                      {"DescribeLogStreams", api::Async(&S::DescribeLogStreams)},
                      {"PutLogEvents", api::Write(&S::PutLogEvents)},
                      {"GetLogEvents", api::Async(&S::GetLogEvents)},
                      {"FilterLogEvents", api::Async(&S::FilterLogEvents)},
                      {"PutMetricFilter", api::Write(&S::PutMetricFilter)},
                      {"DescribeMetricFilters", api::Read(&S::DescribeMetricFilters)},
                      {"DeleteMetricFilter", api::Write(&S::DeleteMetricFilter)},
                      {"TestMetricFilter", api::Read(&S::TestMetricFilter)},
                      {"PutResourcePolicy", api::Write(&S::PutResourcePolicy)},
                      {"DescribeResourcePolicies", api::Read(&S::DescribeResourcePolicies)},
                      {"DeleteResourcePolicy", api::Write(&S::DeleteResourcePolicy)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                      {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
                      {"TagLogGroup", api::Write(&S::TagLogGroup)},
                      {"UntagLogGroup", api::Write(&S::UntagLogGroup)},
                      {"ListTagsLogGroup", api::Read(&S::ListTagsLogGroup)},
                  });
  registry.SetResourcePolicy("logs", PolicyOf);
}

}  // namespace riposte::logs

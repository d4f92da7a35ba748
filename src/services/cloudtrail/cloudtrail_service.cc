#include "services/cloudtrail/cloudtrail_service.h"

namespace riposte::cloudtrail {

void CloudTrailService::Register(api::Registry& registry) {
  using S = CloudTrailService;
  registry.Add<S>("cloudtrail", *this,
                  {
                      {"LookupEvents", api::Async(&S::LookupEvents)},
                      {"CreateTrail", api::Write(&S::CreateTrail)},
                      {"UpdateTrail", api::Write(&S::UpdateTrail)},
                      {"DeleteTrail", api::Write(&S::DeleteTrail)},
                      {"GetTrail", api::Read(&S::GetTrail)},
                      {"DescribeTrails", api::Read(&S::DescribeTrails)},
                      {"ListTrails", api::Read(&S::ListTrails)},
                      {"GetTrailStatus", api::Read(&S::GetTrailStatus)},
                      {"StartLogging", api::Write(&S::StartLogging)},
                      {"StopLogging", api::Write(&S::StopLogging)},
                      {"GetEventSelectors", api::Read(&S::GetEventSelectors)},
                      {"PutEventSelectors", api::Write(&S::PutEventSelectors)},
                      {"AddTags", api::Write(&S::AddTags)},
                      {"RemoveTags", api::Write(&S::RemoveTags)},
                      {"ListTags", api::Read(&S::ListTags)},
                  });
}

}  // namespace riposte::cloudtrail

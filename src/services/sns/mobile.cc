// Text messages and mobile push: there are none here. Questions are answered truthfully (nothing is
// there), and everything that would need a carrier or a push service is refused.
#include "api/error.h"
#include "services/sns/sns.h"

namespace riposte::sns {
namespace {

[[noreturn]] void RefuseMobile(const api::Call& call) {
  throw api::Error("InvalidParameterException",
                   "Invalid parameter: " + call.operation +
                       " Reason: text messages and mobile push are not supported here");
}

[[noreturn]] void NotThere(std::string_view what) {
  throw api::Error("NotFoundException", std::string(what) + " does not exist");
}

}  // namespace

json::Value SnsService::NoMobile(const Call& call, Tx& /*tx*/) {
  RefuseMobile(call);
}

json::Value SnsService::NoApplication(const Call& /*call*/, Tx& /*tx*/) {
  NotThere("PlatformApplication");
}

json::Value SnsService::NoEndpoint(const Call& /*call*/, Tx& /*tx*/) {
  NotThere("Endpoint");
}

/// Deleting what is not there succeeds, as in the real service.
json::Value SnsService::Nothing(const Call& /*call*/, Tx& /*tx*/) {
  return json::Object();
}

json::Value SnsService::NobodyOptedOut(const Call& call, Tx& /*tx*/) {
  if (call.operation == "CheckIfPhoneNumberIsOptedOut") return json::Object{{"isOptedOut", false}};
  return json::Object{{"phoneNumbers", json::Array()}};
}

json::Value SnsService::NoList(const Call& call, Tx& /*tx*/) {
  if (call.operation == "ListPlatformApplications") {
    return json::Object{{"PlatformApplications", json::Array()}};
  }
  return json::Object{{"PhoneNumbers", json::Array()}};
}

json::Value SnsService::NoSmsAttributes(const Call& /*call*/, Tx& /*tx*/) {
  return json::Object{{"attributes", json::Object()}};
}

json::Value SnsService::InSandbox(const Call& /*call*/, Tx& /*tx*/) {
  return json::Object{{"IsInSandbox", true}};
}

void SnsService::RegisterMobile(api::Registry& registry) {
  using S = SnsService;
  registry.Add<S>("sns", *this,
                  {
                      {"CheckIfPhoneNumberIsOptedOut", api::Read(&S::NobodyOptedOut)},
                      {"CreatePlatformApplication", api::Write(&S::NoMobile)},
                      {"CreatePlatformEndpoint", api::Write(&S::NoApplication)},
                      {"CreateSMSSandboxPhoneNumber", api::Write(&S::NoMobile)},
                      {"DeleteEndpoint", api::Write(&S::Nothing)},
                      {"DeletePlatformApplication", api::Write(&S::Nothing)},
                      {"DeleteSMSSandboxPhoneNumber", api::Write(&S::NoMobile)},
                      {"GetEndpointAttributes", api::Read(&S::NoEndpoint)},
                      {"GetPlatformApplicationAttributes", api::Read(&S::NoApplication)},
                      {"GetSMSAttributes", api::Read(&S::NoSmsAttributes)},
                      {"GetSMSSandboxAccountStatus", api::Read(&S::InSandbox)},
                      {"ListEndpointsByPlatformApplication", api::Read(&S::NoApplication)},
                      {"ListOriginationNumbers", api::Read(&S::NoList)},
                      {"ListPhoneNumbersOptedOut", api::Read(&S::NobodyOptedOut)},
                      {"ListPlatformApplications", api::Read(&S::NoList)},
                      {"ListSMSSandboxPhoneNumbers", api::Read(&S::NoList)},
                      {"OptInPhoneNumber", api::Write(&S::NoMobile)},
                      {"SetEndpointAttributes", api::Write(&S::NoEndpoint)},
                      {"SetPlatformApplicationAttributes", api::Write(&S::NoApplication)},
                      {"SetSMSAttributes", api::Write(&S::NoMobile)},
                      {"VerifySMSSandboxPhoneNumber", api::Write(&S::NoMobile)},
                  });
}

}  // namespace riposte::sns

#include "services/ssm/target_locations.h"

namespace riposte::ssm {
namespace {

[[noreturn]] void ThrowTarget(std::string message) {
  throw api::Error("InvalidTarget", std::move(message));
}

}  // namespace

std::optional<S3Address> AddressOfLocations(const json::Object& input) {
  const std::string url(json::GetString(input, "TargetLocationsURL"));
  if (url.empty()) return std::nullopt;
  if (json::Find(input, "TargetLocations")) {
    ThrowTarget("Only one of TargetLocations and TargetLocationsURL can be given.");
  }
  auto address = ParseS3Address(url);
  if (!address || address->key.empty()) {
    ThrowTarget("TargetLocationsURL must be the address of a file in an S3 bucket.");
  }
  return address;
}

json::Array LocationsIn(const Result<std::string>& file, const wire::Catalog& catalog) {
  if (!file) ThrowTarget("The target locations can't be read: " + file.error().message);
  auto list = json::Parse(*file);
  if (!list || !list->is_array()) {
    ThrowTarget("The file of TargetLocationsURL is not a JSON list of target locations.");
  }
  const wire::ServiceModel* service = catalog.Find("ssm");
  const wire::OperationModel* start =
      service ? wire::Catalog::FindOperation(*service, "StartAutomationExecution") : nullptr;
  if (!start) ThrowTarget("The target locations can't be checked.");
  json::Object input{{"DocumentName", "Document"}, {"TargetLocations", std::move(*list)}};
  if (const Status valid = wire::Validate(*service, *start, input); !valid) {
    ThrowTarget("The file of TargetLocationsURL is not a list of target locations: " +
                valid.error().message);
  }
  return std::move(input.at("TargetLocations").as_array());
}

}  // namespace riposte::ssm

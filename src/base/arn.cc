#include "base/arn.h"

#include <array>

namespace riposte {
namespace {

std::string Join(std::string_view partition, std::string_view service, std::string_view region,
                 std::string_view account, std::string_view resource) {
  std::string out;
  out.reserve(8 + partition.size() + service.size() + region.size() + account.size() +
              resource.size());
  out += "arn";
  for (const std::string_view part : {partition, service, region, account, resource}) {
    out += ':';
    out += part;
  }
  return out;
}

}  // namespace

Result<Arn> Arn::Parse(std::string_view text) {
  std::array<std::string_view, 5> parts;
  std::string_view rest = text;
  for (auto& part : parts) {
    const size_t colon = rest.find(':');
    if (colon == std::string_view::npos) {
      return Fail(Code::kInvalidArgument, "not an ARN: " + std::string(text.substr(0, 200)));
    }
    part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || rest.empty()) {
    return Fail(Code::kInvalidArgument, "not an ARN: " + std::string(text.substr(0, 200)));
  }
  return Arn{std::string(parts[1]), std::string(parts[2]), Region(std::string(parts[3])),
             AccountId(std::string(parts[4])), std::string(rest)};
}

std::string Arn::str() const {
  return Join(partition, service, region.str(), account.str(), resource);
}

std::string_view Arn::ResourceName() const {
  const std::string_view view = resource;
  const size_t cut = view.find_first_of("/:");
  return cut == std::string_view::npos ? view : view.substr(cut + 1);
}

std::string MakeArn(std::string_view service, const Scope& scope, std::string_view resource) {
  return Join("aws", service, scope.region.str(), scope.account.str(), resource);
}

std::string MakeGlobalArn(std::string_view service, const AccountId& account,
                          std::string_view resource) {
  return MakeArn(service, Scope{account, Region()}, resource);
}

}  // namespace riposte

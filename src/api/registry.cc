#include "api/registry.h"

#include <stdexcept>

namespace riposte::api {

void Registry::AddOperation(std::string_view service_name, std::string_view operation,
                            Operation handler) {
  auto& operations = services_[std::string(service_name)].operations;
  if (!operations.emplace(std::string(operation), std::move(handler)).second) {
    throw std::logic_error("operation registered twice: " + std::string(service_name) + ":" +
                           std::string(operation));
  }
}

void Registry::SetResourcePolicy(std::string_view service_name, ResourcePolicy policy) {
  services_[std::string(service_name)].resource_policy = std::move(policy);
}

const Operation* Registry::Find(std::string_view service, std::string_view operation) const {
  const auto found = services_.find(service);
  if (found == services_.end()) return nullptr;
  const auto row = found->second.operations.find(operation);
  return row == found->second.operations.end() ? nullptr : &row->second;
}

const ResourcePolicy* Registry::FindResourcePolicy(std::string_view service) const {
  const auto found = services_.find(service);
  if (found == services_.end() || !found->second.resource_policy) return nullptr;
  return &found->second.resource_policy;
}

std::vector<std::pair<std::string, std::string>> Registry::List() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [service, table] : services_) {
    for (const auto& [operation, row] : table.operations) out.emplace_back(service, operation);
  }
  return out;
}

}  // namespace riposte::api

#include "workflow/automation/target_search.h"

namespace riposte::automation {
namespace {

constexpr std::string_view kInstance = "AWS::EC2::Instance";
constexpr std::string_view kGroups = "resource-groups";

const json::Array& ListIn(const json::Object& object, std::string_view name) {
  static const json::Array kNone;
  const json::Array* list = json::GetArray(object, name);
  return list ? *list : kNone;
}

void AddIdentifiers(const json::Object& output, std::vector<TargetSearch::Target>& targets) {
  for (const json::Value& entry : ListIn(output, "ResourceIdentifiers")) {
    const std::string_view arn = json::GetString(entry.as_object(), "ResourceArn");
    const size_t cut = arn.find_last_of(":/");
    if (cut == std::string_view::npos || cut + 1 == arn.size()) continue;
    targets.push_back({std::string(arn.substr(cut + 1)),
                       std::string(json::GetString(entry.as_object(), "ResourceType"))});
  }
}

void AddInstances(const json::Object& output, std::vector<TargetSearch::Target>& targets) {
  for (const json::Value& reservation : ListIn(output, "Reservations")) {
    for (const json::Value& instance : ListIn(reservation.as_object(), "Instances")) {
      std::string id(json::GetString(instance.as_object(), "InstanceId"));
      if (!id.empty()) targets.push_back({std::move(id), std::string(kInstance)});
    }
  }
}

}  // namespace

TargetSearch TargetSearch::Instances(json::Array filters) {
  filters.push_back(
      json::Object{{"Name", "instance-state-name"},
                   {"Values", json::Array{"pending", "running", "stopping", "stopped"}}});
  return {"ec2", "DescribeInstances", {{"Filters", std::move(filters)}}};
}

TargetSearch TargetSearch::Resources(std::string_view type, json::Array tags) {
  const json::Object query{{"ResourceTypeFilters", json::Array{type}},
                           {"TagFilters", std::move(tags)}};
  return {std::string(kGroups),
          "SearchResources",
          {{"ResourceQuery",
            json::Object{{"Type", "TAG_FILTERS_1_0"}, {"Query", json::Serialize(query)}}}}};
}

TargetSearch TargetSearch::Group(std::string_view group, std::string_view type) {
  json::Object input{{"Group", group}};
  if (!type.empty()) {
    json::Array filters;
    filters.push_back(json::Object{{"Name", "resource-type"}, {"Values", json::Array{type}}});
    input["Filters"] = std::move(filters);
  }
  return {std::string(kGroups), "ListGroupResources", std::move(input)};
}

json::Object TargetSearch::ToJson() const {
  return {{"service", service}, {"operation", operation}, {"input", input}};
}

TargetSearch TargetSearch::FromJson(const json::Object& search) {
  return {std::string(json::GetString(search, "service")),
          std::string(json::GetString(search, "operation")), search.at("input").as_object()};
}

json::Object TargetSearch::InputOf(std::string_view token) const {
  json::Object page = input;
  json::SetIfNotEmpty(page, "NextToken", token);
  return page;
}

TargetSearch::Page TargetSearch::Read(const json::Object& output) const {
  Page page;
  if (service == kGroups) {
    AddIdentifiers(output, page.targets);
  } else {
    AddInstances(output, page.targets);
  }
  page.next = json::GetString(output, "NextToken");
  return page;
}

}  // namespace riposte::automation

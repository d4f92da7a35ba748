#include "services/ssm/compliance.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "services/ssm/common.h"

namespace riposte::ssm {
namespace {

constexpr size_t kMaxItems = 10'000;
constexpr size_t kMaxCustomTypes = 10;
constexpr size_t kMaxItemBytes = 100 * 1024;
constexpr size_t kMaxTotalBytes = 1024 * 1024;

constexpr std::array<std::string_view, 6> kSeverities = {
    "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNSPECIFIED"};

/// Text filters of the three lists. Throws InvalidFilter.
struct Filter {
  std::string key, type;
  std::vector<std::string> values;

  [[nodiscard]] bool Fits(std::string_view text) const {
    const auto is = [text](const std::string& v) { return v == text; };
    if (type == "NOT_EQUAL") return std::ranges::none_of(values, is);
    if (type == "BEGIN_WITH") {
      return std::ranges::any_of(values, [&](const std::string& v) { return text.starts_with(v); });
    }
    if (type == "LESS_THAN") {
      return std::ranges::any_of(values, [&](const std::string& v) { return text < v; });
    }
    if (type == "GREATER_THAN") {
      return std::ranges::any_of(values, [&](const std::string& v) { return text > v; });
    }
    return std::ranges::any_of(values, is);
  }
};

std::vector<Filter> FiltersOf(const api::Call& call) {
  std::vector<Filter> filters;
  const json::Array* entries = json::GetArray(call.input, "Filters");
  for (const json::Value& entry : entries ? *entries : json::Array()) {
    const json::Object& object = entry.as_object();
    filters.push_back({std::string(json::GetString(object, "Key")),
                       std::string(json::GetString(object, "Type", "EQUAL")),
                       json::GetStrings(object, "Values")});
  }
  return filters;
}

bool Matches(const StoredComplianceItem& item, const Filter& filter) {
  const auto field = [&]() -> std::optional<std::string> {
    if (filter.key == "ComplianceType") return item.compliance_type;
    if (filter.key == "ResourceId") return item.resource_id;
    if (filter.key == "ResourceType") return item.resource_type;
    if (filter.key == "Status" || filter.key == "ItemStatus") return item.status;
    if (filter.key == "Severity" || filter.key == "OverallSeverity") return item.severity;
    if (filter.key == "Id") return item.id;
    if (filter.key == "Title") return item.title;
    if (filter.key.starts_with("Details.")) {
      return std::string(json::GetString(item.details, filter.key.substr(8)));
    }
    return std::nullopt;
  }();
  if (!field) {
    throw api::Error("InvalidFilter",
                     "The filter name isn't valid. Verify the you entered the "
                     "correct name and try again.");
  }
  return filter.Fits(*field);
}

/// Items that fit the call's filters, by type, resource and id.
std::vector<StoredComplianceItem> ItemsFor(const api::Call& call, store::Transaction& tx) {
  const std::vector<Filter> filters = FiltersOf(call);
  std::vector<StoredComplianceItem> items;
  tables::EachComplianceItem(tx, call.scope, [&](StoredComplianceItem item) {
    if (std::ranges::all_of(filters, [&](const Filter& f) { return Matches(item, f); })) {
      items.push_back(std::move(item));
    }
  });
  return items;
}

/// Counts of items of one status, by severity.
struct Counts {
  int64_t total = 0;
  std::map<std::string, int64_t, std::less<>> by_severity;

  void Add(const std::string& severity) {
    ++total;
    ++by_severity[severity];
  }
  [[nodiscard]] json::Object Show(std::string_view name) const {
    json::Object severities;
    for (const auto& [severity, key] :
         {std::pair("CRITICAL", "CriticalCount"), std::pair("HIGH", "HighCount"),
          std::pair("MEDIUM", "MediumCount"), std::pair("LOW", "LowCount"),
          std::pair("INFORMATIONAL", "InformationalCount"),
          std::pair("UNSPECIFIED", "UnspecifiedCount")}) {
      const auto found = by_severity.find(severity);
      severities[key] = found == by_severity.end() ? 0 : found->second;
    }
    return {{name, total}, {"SeveritySummary", std::move(severities)}};
  }
};

struct Summary {
  Counts compliant, not_compliant;
  json::Object execution;
  /// The worst severity of what is not compliant.
  [[nodiscard]] std::string_view OverallSeverity() const {
    for (const std::string_view severity : kSeverities) {
      if (not_compliant.by_severity.contains(severity)) return severity;
    }
    return "UNSPECIFIED";
  }
  void Add(const StoredComplianceItem& item) {
    (item.status == "COMPLIANT" ? compliant : not_compliant).Add(item.severity);
    execution = item.execution;
  }
  void Show(json::Object& out) const {
    out["CompliantSummary"] = compliant.Show("CompliantCount");
    out["NonCompliantSummary"] = not_compliant.Show("NonCompliantCount");
  }
};

/// One page of `all`, into out[`name`].
json::Object Page(const api::Call& call, json::Array all, std::string_view name) {
  const size_t page = PageSize(call, 50, 50);
  const std::string start = PageStart(call);
  const auto skip = static_cast<size_t>(start.empty() ? 0 : ParseNumber(start).value_or(0));
  json::Array list;
  json::Object out;
  for (size_t i = skip; i < all.size(); ++i) {
    if (list.size() == page) {
      out["NextToken"] = PageToken(std::to_string(i));
      break;
    }
    list.push_back(std::move(all[i]));
  }
  out[name] = std::move(list);
  return out;
}

}  // namespace

json::Value Compliance::PutComplianceItems(const api::Call& call, store::Transaction& tx) {
  StoredComplianceItem common;
  common.resource_id = json::GetString(call.input, "ResourceId");
  common.resource_type = json::GetString(call.input, "ResourceType");
  common.compliance_type = json::GetString(call.input, "ComplianceType");
  common.content_hash = json::GetString(call.input, "ItemContentHash");
  if (common.resource_type != "ManagedInstance") {
    throw api::Error("InvalidResourceType",
                     "The resource type isn't valid. For example, if you are attempting to tag an "
                     "EC2 instance, the instance must be a registered managed node.");
  }
  const bool custom = common.compliance_type.starts_with("Custom:");
  if (!custom && common.compliance_type != "Association" && common.compliance_type != "Patch") {
    throw api::Error("InvalidItemContentException",
                     "The compliance type must be Association, Patch or Custom:<name>.");
  }
  const bool partial = json::GetString(call.input, "UploadType", "COMPLETE") == "PARTIAL";
  if (partial && common.compliance_type != "Association") {
    throw api::Error("InvalidItemContentException",
                     "The upload type PARTIAL is only valid for the compliance type Association.");
  }
  const json::Object& execution = *json::GetObject(call.input, "ExecutionSummary");
  common.execution = execution;
  const json::Array& entries = call.input.at("Items").as_array();
  if (entries.size() > kMaxItems) {
    throw api::Error("ItemSizeLimitExceededException", "There are more than 10000 items.");
  }
  const auto before = tables::ComplianceItems(tx, call.scope, common.resource_id,
                                              common.resource_type, common.compliance_type);
  if (!common.content_hash.empty() && !before.empty() && !partial &&
      before.front().content_hash == common.content_hash) {
    return json::Object();  // what is there already
  }
  if (custom && before.empty()) {
    std::set<std::string> types;
    tables::EachComplianceItem(tx, call.scope, [&](const StoredComplianceItem& item) {
      if (item.compliance_type.starts_with("Custom:")) types.insert(item.compliance_type);
    });
    types.insert(common.compliance_type);
    if (types.size() > kMaxCustomTypes) {
      throw api::Error("ComplianceTypeCountLimitExceededException",
                       "You specified too many custom compliance types. You can specify a maximum "
                       "of 10 different types.");
    }
  }
  if (!partial) {
    tables::DeleteComplianceItems(tx, call.scope, common.resource_id, common.resource_type,
                                  common.compliance_type);
  }
  size_t bytes = 0;
  std::set<std::string> ids;
  for (size_t i = 0; i < entries.size(); ++i) {
    const json::Object& entry = entries[i].as_object();
    StoredComplianceItem item = common;
    item.id = json::GetString(entry, "Id");
    if (item.id.empty()) item.id = "item-" + std::to_string(i + 1);
    item.title = json::GetString(entry, "Title");
    item.severity = json::GetString(entry, "Severity");
    item.status = json::GetString(entry, "Status");
    if (const json::Object* details = json::GetObject(entry, "Details")) item.details = *details;
    const size_t size = json::Serialize(entries[i]).size();
    bytes += size;
    if (size > kMaxItemBytes) {
      throw api::Error("ItemSizeLimitExceededException",
                       "The inventory item size has exceeded the "
                       "size limit.");
    }
    if (bytes > kMaxTotalBytes) {
      throw api::Error("TotalSizeLimitExceededException",
                       "The size of inventory data has exceeded the total size limit for the "
                       "resource.");
    }
    if (!ids.insert(item.id).second) {
      throw api::Error("InvalidItemContentException", "Two items have the id " + item.id + ".");
    }
    tables::PutComplianceItem(tx, call.scope, item);
  }
  return json::Object();
}

json::Value Compliance::ListComplianceItems(const api::Call& call, store::Transaction& tx) {
  const std::vector<std::string> ids = json::GetStrings(call.input, "ResourceIds");
  const std::vector<std::string> types = json::GetStrings(call.input, "ResourceTypes");
  json::Array all;
  for (const StoredComplianceItem& item : ItemsFor(call, tx)) {
    if (!ids.empty() && std::ranges::find(ids, item.resource_id) == ids.end()) continue;
    if (!types.empty() && std::ranges::find(types, item.resource_type) == types.end()) continue;
    json::Object out{{"ComplianceType", item.compliance_type},
                     {"ResourceType", item.resource_type},
                     {"ResourceId", item.resource_id},
                     {"Id", item.id},
                     {"Status", item.status},
                     {"Severity", item.severity},
                     {"ExecutionSummary", item.execution},
                     {"Details", item.details}};
    json::SetIfNotEmpty(out, "Title", item.title);
    all.emplace_back(std::move(out));
  }
  return Page(call, std::move(all), "ComplianceItems");
}

json::Value Compliance::ListComplianceSummaries(const api::Call& call, store::Transaction& tx) {
  std::map<std::string, Summary> summaries;
  for (const StoredComplianceItem& item : ItemsFor(call, tx)) {
    summaries[item.compliance_type].Add(item);
  }
  json::Array all;
  for (const auto& [type, summary] : summaries) {
    json::Object out{{"ComplianceType", type}};
    summary.Show(out);
    all.emplace_back(std::move(out));
  }
  return Page(call, std::move(all), "ComplianceSummaryItems");
}

json::Value Compliance::ListResourceComplianceSummaries(const api::Call& call,
                                                        store::Transaction& tx) {
  std::map<std::array<std::string, 3>, Summary> summaries;
  for (const StoredComplianceItem& item : ItemsFor(call, tx)) {
    summaries[{item.resource_id, item.resource_type, item.compliance_type}].Add(item);
  }
  json::Array all;
  for (const auto& [key, summary] : summaries) {
    json::Object out{{"ComplianceType", key[2]},
                     {"ResourceType", key[1]},
                     {"ResourceId", key[0]},
                     {"Status", summary.not_compliant.total == 0 ? "COMPLIANT" : "NON_COMPLIANT"},
                     {"OverallSeverity", summary.OverallSeverity()},
                     {"ExecutionSummary", summary.execution}};
    summary.Show(out);
    all.emplace_back(std::move(out));
  }
  return Page(call, std::move(all), "ResourceComplianceSummaryItems");
}

void Compliance::Register(api::Registry& registry) {
  using C = Compliance;
  registry.Add<C>(
      "ssm", *this,
      {
          {"ListComplianceItems", api::Read(&C::ListComplianceItems)},
          {"ListComplianceSummaries", api::Read(&C::ListComplianceSummaries)},
          {"ListResourceComplianceSummaries", api::Read(&C::ListResourceComplianceSummaries)},
          {"PutComplianceItems", api::Write(&C::PutComplianceItems)},
      });
}

}  // namespace riposte::ssm

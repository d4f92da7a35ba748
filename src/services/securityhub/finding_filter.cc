#include "services/securityhub/finding_filter.h"

#include <algorithm>
#include <array>
#include <functional>

#include "api/error.h"

namespace riposte::securityhub {
namespace {

enum class Kind { kString, kNumber, kDate, kMap, kBoolean, kKeyword };

struct FilterField {
  std::string_view filter;
  std::string_view path;
  Kind kind;
};

constexpr std::array kFields = {
    FilterField{"ProductArn", "ProductArn", Kind::kString},
    FilterField{"AwsAccountId", "AwsAccountId", Kind::kString},
    FilterField{"AwsAccountName", "AwsAccountName", Kind::kString},
    FilterField{"Id", "Id", Kind::kString},
    FilterField{"GeneratorId", "GeneratorId", Kind::kString},
    FilterField{"Region", "Region", Kind::kString},
    FilterField{"Type", "Types", Kind::kString},
    FilterField{"FirstObservedAt", "FirstObservedAt", Kind::kDate},
    FilterField{"LastObservedAt", "LastObservedAt", Kind::kDate},
    FilterField{"CreatedAt", "CreatedAt", Kind::kDate},
    FilterField{"UpdatedAt", "UpdatedAt", Kind::kDate},
    FilterField{"SeverityProduct", "Severity.Product", Kind::kNumber},
    FilterField{"SeverityNormalized", "Severity.Normalized", Kind::kNumber},
    FilterField{"SeverityLabel", "Severity.Label", Kind::kString},
    FilterField{"Confidence", "Confidence", Kind::kNumber},
    FilterField{"Criticality", "Criticality", Kind::kNumber},
    FilterField{"Title", "Title", Kind::kString},
    FilterField{"Description", "Description", Kind::kString},
    FilterField{"RecommendationText", "Remediation.Recommendation.Text", Kind::kString},
    FilterField{"SourceUrl", "SourceUrl", Kind::kString},
    FilterField{"ProductFields", "ProductFields", Kind::kMap},
    FilterField{"ProductName", "ProductName", Kind::kString},
    FilterField{"CompanyName", "CompanyName", Kind::kString},
    FilterField{"UserDefinedFields", "UserDefinedFields", Kind::kMap},
    FilterField{"MalwareName", "Malware.Name", Kind::kString},
    FilterField{"MalwareType", "Malware.Type", Kind::kString},
    FilterField{"MalwarePath", "Malware.Path", Kind::kString},
    FilterField{"MalwareState", "Malware.State", Kind::kString},
    FilterField{"NetworkDirection", "Network.Direction", Kind::kString},
    FilterField{"NetworkProtocol", "Network.Protocol", Kind::kString},
    FilterField{"NetworkSourcePort", "Network.SourcePort", Kind::kNumber},
    FilterField{"NetworkSourceDomain", "Network.SourceDomain", Kind::kString},
    FilterField{"NetworkDestinationPort", "Network.DestinationPort", Kind::kNumber},
    FilterField{"NetworkDestinationDomain", "Network.DestinationDomain", Kind::kString},
    FilterField{"ProcessName", "Process.Name", Kind::kString},
    FilterField{"ProcessPath", "Process.Path", Kind::kString},
    FilterField{"ResourceType", "Resources.Type", Kind::kString},
    FilterField{"ResourceId", "Resources.Id", Kind::kString},
    FilterField{"ResourcePartition", "Resources.Partition", Kind::kString},
    FilterField{"ResourceRegion", "Resources.Region", Kind::kString},
    FilterField{"ResourceTags", "Resources.Tags", Kind::kMap},
    FilterField{"ResourceDetailsOther", "Resources.Details.Other", Kind::kMap},
    FilterField{"ResourceApplicationName", "Resources.ApplicationName", Kind::kString},
    FilterField{"ResourceApplicationArn", "Resources.ApplicationArn", Kind::kString},
    FilterField{"ResourceAwsEc2InstanceType", "Resources.Details.AwsEc2Instance.Type",
                Kind::kString},
    FilterField{"ResourceAwsEc2InstanceImageId", "Resources.Details.AwsEc2Instance.ImageId",
                Kind::kString},
    FilterField{"ResourceAwsEc2InstanceVpcId", "Resources.Details.AwsEc2Instance.VpcId",
                Kind::kString},
    FilterField{"ResourceAwsEc2InstanceSubnetId", "Resources.Details.AwsEc2Instance.SubnetId",
                Kind::kString},
    FilterField{"ComplianceStatus", "Compliance.Status", Kind::kString},
    FilterField{"ComplianceSecurityControlId", "Compliance.SecurityControlId", Kind::kString},
    FilterField{"ComplianceAssociatedStandardsId", "Compliance.AssociatedStandards.StandardsId",
                Kind::kString},
    FilterField{"VerificationState", "VerificationState", Kind::kString},
    FilterField{"WorkflowState", "WorkflowState", Kind::kString},
    FilterField{"WorkflowStatus", "Workflow.Status", Kind::kString},
    FilterField{"RecordState", "RecordState", Kind::kString},
    FilterField{"RelatedFindingsProductArn", "RelatedFindings.ProductArn", Kind::kString},
    FilterField{"RelatedFindingsId", "RelatedFindings.Id", Kind::kString},
    FilterField{"NoteText", "Note.Text", Kind::kString},
    FilterField{"NoteUpdatedAt", "Note.UpdatedAt", Kind::kDate},
    FilterField{"NoteUpdatedBy", "Note.UpdatedBy", Kind::kString},
    FilterField{"FindingProviderFieldsConfidence", "FindingProviderFields.Confidence",
                Kind::kNumber},
    FilterField{"FindingProviderFieldsCriticality", "FindingProviderFields.Criticality",
                Kind::kNumber},
    FilterField{"FindingProviderFieldsSeverityLabel", "FindingProviderFields.Severity.Label",
                Kind::kString},
    FilterField{"FindingProviderFieldsSeverityOriginal", "FindingProviderFields.Severity.Original",
                Kind::kString},
    FilterField{"FindingProviderFieldsTypes", "FindingProviderFields.Types", Kind::kString},
    FilterField{"Sample", "Sample", Kind::kBoolean},
    FilterField{"Keyword", "", Kind::kKeyword},
};

void Collect(const json::Value& value, std::string_view path,
             std::vector<const json::Value*>& out) {
  if (const json::Array* array = value.if_array()) {
    for (const json::Value& element : *array) Collect(element, path, out);
    return;
  }
  if (path.empty()) {
    out.push_back(&value);
    return;
  }
  const json::Object* object = value.if_object();
  if (!object) return;
  const size_t dot = std::min(path.find('.'), path.size());
  if (const json::Value* member = json::Find(*object, path.substr(0, dot))) {
    Collect(*member, dot < path.size() ? path.substr(dot + 1) : std::string_view(), out);
  }
}

bool IsNegative(std::string_view comparison) {
  return comparison == "NOT_EQUALS" || comparison == "PREFIX_NOT_EQUALS" ||
         comparison == "NOT_CONTAINS";
}

bool ContainsWord(std::string_view text, std::string_view word) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !is_word(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_word(text[at + word.size()]);
    if (starts && ends) return true;
  }
  return false;
}

/// The positive sense of a comparison; the caller negates.
bool Compare(std::string_view comparison, std::string_view value, std::string_view wanted) {
  if (comparison == "PREFIX" || comparison == "PREFIX_NOT_EQUALS") return value.starts_with(wanted);
  if (comparison == "CONTAINS" || comparison == "NOT_CONTAINS") {
    return value.find(wanted) != std::string_view::npos;
  }
  if (comparison == "CONTAINS_WORD") return ContainsWord(value, wanted);
  return value == wanted;
}

using Test = std::function<bool(const json::Object& filter)>;

/// Positive alternatives: any. Negative ones: all.
bool AnyAndAll(const json::Array& filters, const Test& positive_sense) {
  bool has_positive = false;
  bool any_positive = false;
  for (const json::Value& item : filters) {
    const json::Object& filter = item.as_object();
    const bool hit = positive_sense(filter);
    if (IsNegative(json::GetString(filter, "Comparison", "EQUALS"))) {
      if (hit) return false;
    } else {
      has_positive = true;
      any_positive = any_positive || hit;
    }
  }
  return !has_positive || any_positive;
}

bool MatchString(const json::Array& filters, const std::vector<const json::Value*>& values) {
  return AnyAndAll(filters, [&](const json::Object& filter) {
    const auto comparison = json::GetString(filter, "Comparison", "EQUALS");
    const auto wanted = json::GetString(filter, "Value");
    return std::any_of(values.begin(), values.end(), [&](const json::Value* value) {
      return value->is_string() && Compare(comparison, json::View(*value), wanted);
    });
  });
}

bool MatchMap(const json::Array& filters, const std::vector<const json::Value*>& maps) {
  return AnyAndAll(filters, [&](const json::Object& filter) {
    const auto comparison = json::GetString(filter, "Comparison", "EQUALS");
    return std::any_of(maps.begin(), maps.end(), [&](const json::Value* map) {
      const json::Object* object = map->if_object();
      const json::Value* value =
          object ? json::Find(*object, json::GetString(filter, "Key")) : nullptr;
      return value && value->is_string() &&
             Compare(comparison, json::View(*value), json::GetString(filter, "Value"));
    });
  });
}

bool InRange(const json::Object& filter, double value) {
  const auto bound = [&](const char* name, auto holds) {
    const json::Value* limit = json::Find(filter, name);
    return !limit || holds(value, limit->to_number<double>());
  };
  return bound("Gte", std::greater_equal<>()) && bound("Lte", std::less_equal<>()) &&
         bound("Eq", std::equal_to<>()) && bound("Gt", std::greater<>()) &&
         bound("Lt", std::less<>());
}

bool MatchNumber(const json::Array& filters, const std::vector<const json::Value*>& values) {
  return std::any_of(filters.begin(), filters.end(), [&](const json::Value& filter) {
    return std::any_of(values.begin(), values.end(), [&](const json::Value* value) {
      return value->is_number() && InRange(filter.as_object(), value->to_number<double>());
    });
  });
}

bool DateHolds(const json::Object& filter, TimePoint value, TimePoint now) {
  if (const json::Object* range = json::GetObject(filter, "DateRange")) {
    const auto days = std::chrono::days(json::GetInt(*range, "Value"));
    const bool within = value >= now - days;
    return json::GetString(*range, "Comparison", "WITHIN") == "OLDER_THAN" ? !within : within;
  }
  const auto bound = [&](const char* name) { return ParseIso8601(json::GetString(filter, name)); };
  const auto start = bound("Start");
  const auto end = bound("End");
  return (!start || value >= *start) && (!end || value <= *end);
}

bool MatchDate(const json::Array& filters, const std::vector<const json::Value*>& values,
               TimePoint now) {
  return std::any_of(filters.begin(), filters.end(), [&](const json::Value& filter) {
    return std::any_of(values.begin(), values.end(), [&](const json::Value* value) {
      if (!value->is_string()) return false;
      const auto time = ParseIso8601(json::View(*value));
      return time && DateHolds(filter.as_object(), *time, now);
    });
  });
}

bool MatchOne(const FilterField& field, const json::Array& filters, const json::Object& finding,
              TimePoint now) {
  if (field.kind == Kind::kKeyword) {
    const std::string text = json::Serialize(finding);
    return std::any_of(filters.begin(), filters.end(), [&](const json::Value& filter) {
      return text.find(json::GetString(filter.as_object(), "Value")) != std::string::npos;
    });
  }
  const auto values = ValuesAt(finding, field.path);
  switch (field.kind) {
    case Kind::kString:
      return MatchString(filters, values);
    case Kind::kNumber:
      return MatchNumber(filters, values);
    case Kind::kDate:
      return MatchDate(filters, values, now);
    case Kind::kMap:
      return MatchMap(filters, values);
    case Kind::kBoolean:
      return std::any_of(filters.begin(), filters.end(), [&](const json::Value& filter) {
        const bool wanted = json::GetBool(filter.as_object(), "Value");
        return (!values.empty() && values.front()->is_bool() && values.front()->get_bool()) ==
               wanted;
      });
    case Kind::kKeyword:
      break;
  }
  return false;
}

}  // namespace

std::vector<const json::Value*> ValuesAt(const json::Object& finding,
                                         std::string_view dotted_path) {
  std::vector<const json::Value*> out;
  const size_t dot = std::min(dotted_path.find('.'), dotted_path.size());
  if (const json::Value* first = json::Find(finding, dotted_path.substr(0, dot))) {
    Collect(*first, dot < dotted_path.size() ? dotted_path.substr(dot + 1) : std::string_view(),
            out);
  }
  return out;
}

bool MatchesFilters(const json::Object& filters, const json::Object& finding, TimePoint now) {
  for (const auto& [name, value] : filters) {
    const json::Array* list = value.if_array();
    if (!list || list->empty()) continue;
    const auto field = std::find_if(kFields.begin(), kFields.end(), [&](const FilterField& f) {
      return f.filter == std::string_view(name);
    });
    if (field == kFields.end()) {
      throw api::Error("InvalidInputException",
                       "Filtering by " + std::string(name) + " is not supported.");
    }
    if (!MatchOne(*field, *list, finding, now)) return false;
  }
  return true;
}

}  // namespace riposte::securityhub

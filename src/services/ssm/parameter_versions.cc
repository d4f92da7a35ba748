// Earlier versions of a parameter, and the labels that name them.
#include <algorithm>

#include "services/ssm/common.h"
#include "services/ssm/ssm.h"

namespace riposte::ssm {
namespace {

constexpr size_t kMaxLabels = 10;  ///< Of one version.

/// Letters, digits and ".-_", not beginning with a digit, "aws" or "ssm".
bool IsLabel(const std::string& label) {
  std::string lower = label;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (label.empty() || label.size() > 100 || lower.starts_with("aws") || lower.starts_with("ssm") ||
      (label[0] >= '0' && label[0] <= '9')) {
    return false;
  }
  return std::ranges::all_of(lower, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

StoredParameter FindVersion(const api::Call& call, store::Transaction& tx) {
  const std::string name(json::GetString(call.input, "Name"));
  const auto latest = tables::FindParameter(tx, call.scope, name);
  if (!latest) throw api::Error("ParameterNotFound", "Parameter " + name + " not found.");
  const int64_t version = json::GetInt(call.input, "ParameterVersion", latest->version);
  auto found = tables::FindParameter(tx, call.scope, name, version);
  if (!found) {
    throw api::Error("ParameterVersionNotFound", "Systems Manager could not find version " +
                                                     std::to_string(version) + " of " + name +
                                                     ". Verify the version and try again.");
  }
  return std::move(*found);
}

json::Array Texts(const std::vector<std::string>& texts) {
  json::Array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}

}  // namespace

json::Value SsmService::GetParameterHistory(const Call& call, Tx& tx) {
  const std::string name(json::GetString(call.input, "Name"));
  if (!tables::FindParameter(tx, call.scope, name)) {
    throw api::Error("ParameterNotFound", "Parameter " + name + " not found.");
  }
  const bool hide = !json::GetBool(call.input, "WithDecryption");
  const size_t page = PageSize(call, 50, 50);
  const std::string start = PageStart(call);
  const int64_t above = start.empty() ? 0 : ParseNumber(start).value_or(0);
  json::Array list;
  json::Object out;
  int64_t last = 0;
  tables::EachParameterVersion(tx, call.scope, name, [&](const StoredParameter& parameter) {
    if (parameter.version <= above || out.contains("NextToken")) return;
    if (list.size() == page) {
      out["NextToken"] = PageToken(std::to_string(last));
      return;
    }
    json::Object entry{
        {"Name", name},
        {"Type", parameter.type},
        {"LastModifiedDate", ToSeconds(parameter.modified)},
        {"LastModifiedUser", parameter.modified_by},
        {"Value", hide ? parameter.value : secure_strings_.Open(call.scope, parameter)},
        {"Version", parameter.version},
        {"Labels", Texts(tables::LabelsOf(tx, call.scope, name, parameter.version))},
        {"Tier", parameter.tier},
        {"Policies", json::Array()},
        {"DataType", parameter.data_type}};
    json::SetIfNotEmpty(entry, "KeyId", parameter.key_id);
    json::SetIfNotEmpty(entry, "Description", parameter.description);
    json::SetIfNotEmpty(entry, "AllowedPattern", parameter.allowed_pattern);
    list.push_back(std::move(entry));
    last = parameter.version;
  });
  out["Parameters"] = std::move(list);
  return out;
}

json::Value SsmService::LabelParameterVersion(const Call& call, Tx& tx) {
  const StoredParameter parameter = FindVersion(call, tx);
  std::vector<std::string> invalid;
  size_t count = tables::LabelsOf(tx, call.scope, parameter.name, parameter.version).size();
  for (const std::string& label : json::GetStrings(call.input, "Labels")) {
    if (!IsLabel(label)) {
      invalid.push_back(label);
      continue;
    }
    const auto at = tables::FindLabel(tx, call.scope, parameter.name, label);
    if (at == std::optional(parameter.version)) continue;
    if (++count > kMaxLabels) {
      throw api::Error("ParameterVersionLabelLimitExceeded",
                       "A parameter version can have a maximum of ten labels.");
    }
    tables::SetLabel(tx, call.scope, parameter.name, parameter.version, label);
  }
  return json::Object{{"InvalidLabels", Texts(invalid)}, {"ParameterVersion", parameter.version}};
}

json::Value SsmService::UnlabelParameterVersion(const Call& call, Tx& tx) {
  const StoredParameter parameter = FindVersion(call, tx);
  std::vector<std::string> removed, invalid;
  for (const std::string& label : json::GetStrings(call.input, "Labels")) {
    if (tables::FindLabel(tx, call.scope, parameter.name, label) ==
        std::optional(parameter.version)) {
      tables::DeleteLabel(tx, call.scope, parameter.name, label);
      removed.push_back(label);
    } else {
      invalid.push_back(label);
    }
  }
  return json::Object{{"RemovedLabels", Texts(removed)}, {"InvalidLabels", Texts(invalid)}};
}

}  // namespace riposte::ssm

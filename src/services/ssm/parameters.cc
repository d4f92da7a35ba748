// The parameter store.
#include <algorithm>

#include "services/ssm/common.h"
#include "services/ssm/ssm.h"
#include "workflow/automation/regex.h"

namespace riposte::ssm {
namespace {

constexpr size_t kMaxStandardBytes = 4096;
constexpr size_t kMaxAdvancedBytes = 8192;
constexpr int64_t kMaxParameters = 10'000;
constexpr int kMaxLevels = 15;

[[noreturn]] void ThrowNotFound(std::string_view name) {
  throw api::Error("ParameterNotFound", "Parameter " + std::string(name) + " not found.");
}

/// The parameter's name where its ARN may stand too. "" for an ARN of another account or region.
std::string PlainName(const api::Call& call, std::string_view name) {
  if (!name.starts_with("arn:")) return std::string(name);
  const auto arn = Arn::Parse(name);
  if (!arn || arn->service != "ssm" || arn->scope() != call.scope ||
      !arn->resource.starts_with("parameter/")) {
    return "";
  }
  const std::string rest = arn->resource.substr(9);  // keeps the slash
  return rest.find('/', 1) == std::string::npos ? rest.substr(1) : rest;
}

void CheckName(const std::string& name) {
  const bool characters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || c == '/';
  });
  std::string root = name.substr(name.starts_with('/') ? 1 : 0);
  std::ranges::transform(root, root.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (!characters || name.empty() || name.size() > 1011 || name.ends_with('/') ||
      name.find("//") != std::string::npos ||
      (name.find('/') != std::string::npos && !name.starts_with('/'))) {
    throw api::Error("ValidationException",
                     "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed "
                     "as a path, it can consist of sub-paths divided by slash symbol; each "
                     "sub-path can be formed as a mix of letters, numbers and the following 3 "
                     "symbols .-_");
  }
  if (root.starts_with("aws") || root.starts_with("ssm")) {
    throw api::Error("ValidationException",
                     "Parameter name: can't be prefixed with \"aws\" or \"ssm\" "
                     "(case-insensitive).");
  }
  if (std::ranges::count(name, '/') > kMaxLevels) {
    throw api::Error("HierarchyLevelLimitExceededException",
                     "A hierarchy can have a maximum of 15 levels.");
  }
}

/// Parameter, as GetParameter shows it. Without decryption a SecureString is what is stored.
json::Object Show(const api::Call& call, const SecureStrings& secure_strings,
                  const StoredParameter& parameter, std::string_view selector = {}) {
  const bool hide = !json::GetBool(call.input, "WithDecryption");
  json::Object out{
      {"Name", parameter.name},
      {"Type", parameter.type},
      {"Value", hide ? parameter.value : secure_strings.Open(call.scope, parameter)},
      {"Version", parameter.version},
      {"LastModifiedDate", ToSeconds(parameter.modified)},
      {"ARN", call.MakeArn("ssm", (parameter.name.starts_with('/') ? "parameter" : "parameter/") +
                                      parameter.name)},
      {"DataType", parameter.data_type}};
  json::SetIfNotEmpty(out, "Selector", selector);
  return out;
}

/// By "name", "name:version" or "name:label".
std::optional<json::Object> Look(const api::Call& call, store::Transaction& tx,
                                 const SecureStrings& secure_strings, std::string_view asked) {
  std::string name = PlainName(call, asked);
  std::optional<int64_t> version;
  std::string selector;
  if (const size_t colon = name.find(':'); colon != std::string::npos) {
    selector = name.substr(colon);
    const std::string label = name.substr(colon + 1);
    name.resize(colon);
    version = ParseNumber(label);
    if (!version) version = tables::FindLabel(tx, call.scope, name, label);
    if (!version) return std::nullopt;
  }
  const auto parameter = tables::FindParameter(tx, call.scope, name, version);
  if (!parameter) return std::nullopt;
  return Show(call, secure_strings, *parameter, selector);
}

struct Filter {
  std::string key, option;
  std::vector<std::string> values;
};

std::vector<Filter> FiltersOf(const api::Call& call) {
  std::vector<Filter> filters;
  for (const std::string_view list : {"ParameterFilters", "Filters"}) {
    const json::Array* entries = json::GetArray(call.input, list);
    for (const json::Value& entry : entries ? *entries : json::Array()) {
      const json::Object& object = entry.as_object();
      Filter filter{std::string(json::GetString(object, "Key")),
                    std::string(json::GetString(object, "Option")),
                    json::GetStrings(object, "Values")};
      // The older list's Name filter looks at the beginning.
      if (filter.option.empty()) filter.option = list == "Filters" ? "BeginsWith" : "Equals";
      filters.push_back(std::move(filter));
    }
  }
  return filters;
}

bool IsUnder(const std::string& name, std::string path, bool recursive) {
  if (!path.ends_with('/')) path += '/';
  if (path == "/" && !name.starts_with('/')) {
    return recursive || name.find('/') == std::string::npos;
  }
  if (!name.starts_with(path)) return false;
  return recursive || name.find('/', path.size()) == std::string::npos;
}

bool Matches(const StoredParameter& parameter, const Tags& tags, const Filter& filter) {
  const auto test = [&filter](std::string_view text) {
    return std::ranges::any_of(filter.values, [&](const std::string& value) {
      if (filter.option == "BeginsWith") return text.starts_with(value);
      if (filter.option == "Contains") return text.find(value) != std::string_view::npos;
      return text == value;
    });
  };
  if (filter.key == "Name") return test(parameter.name);
  if (filter.key == "Type") return test(parameter.type);
  if (filter.key == "KeyId") return test(parameter.key_id);
  if (filter.key == "Tier") return test(parameter.tier);
  if (filter.key == "DataType") return test(parameter.data_type);
  if (filter.key == "Path") {
    return std::ranges::any_of(filter.values, [&](const std::string& path) {
      return IsUnder(parameter.name, path, filter.option == "Recursive");
    });
  }
  if (filter.key.starts_with("tag:")) {
    return std::ranges::any_of(tags, [&](const auto& tag) {
      return "tag:" + tag.first == filter.key && (filter.values.empty() || test(tag.second));
    });
  }
  throw api::Error("InvalidFilterKey", "The specified key isn't valid: " + filter.key + ".");
}

}  // namespace

json::Value SsmService::PutParameter(const Call& call, Tx& tx) {
  StoredParameter parameter;
  parameter.name = PlainName(call, json::GetString(call.input, "Name"));
  CheckName(parameter.name);
  const auto existing = tables::FindParameter(tx, call.scope, parameter.name);
  const bool overwrite = json::GetBool(call.input, "Overwrite");
  if (existing && !overwrite) {
    throw api::Error("ParameterAlreadyExists",
                     "The parameter already exists. To overwrite this value, set the overwrite "
                     "option in the request to true.");
  }
  if (overwrite && json::Find(call.input, "Tags")) {
    throw api::Error("ValidationException",
                     "Invalid request: tags and overwrite can't be used together. To create a "
                     "parameter with tags, please remove overwrite flag. To update tags for an "
                     "existing parameter, please use AddTagsToResource or RemoveTagsFromResource.");
  }
  parameter.type = json::GetString(call.input, "Type", existing ? existing->type : "");
  if (parameter.type.empty()) {
    throw api::Error("ValidationException",
                     "A parameter type is required when you create a parameter.");
  }
  parameter.value = json::GetString(call.input, "Value");
  const auto keep = [&](std::string_view member, const std::string& old) {
    return std::string(json::GetString(call.input, member, existing ? old : ""));
  };
  const StoredParameter none;
  const StoredParameter& old = existing ? *existing : none;
  parameter.description = keep("Description", old.description);
  parameter.allowed_pattern = keep("AllowedPattern", old.allowed_pattern);
  parameter.key_id = keep("KeyId", old.key_id);
  if (parameter.type == "SecureString" && parameter.key_id.empty()) {
    parameter.key_id = "alias/aws/ssm";
  }
  parameter.tier = keep("Tier", old.tier);
  parameter.data_type = keep("DataType", old.data_type);
  if (parameter.data_type.empty()) parameter.data_type = "text";
  const bool large = parameter.value.size() > kMaxStandardBytes;
  if (parameter.tier == "Intelligent-Tiering") parameter.tier = large ? "Advanced" : "Standard";
  if (parameter.tier.empty()) parameter.tier = "Standard";
  if (large && parameter.tier == "Standard") {
    throw api::Error("ValidationException",
                     "Standard tier parameters support a maximum parameter value of 4096 "
                     "characters. To create a larger parameter value, upgrade the parameter to use "
                     "the advanced-parameter tier. For more information, see "
                     "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
                     "parameter-store-advanced-parameters.html");
  }
  if (parameter.value.size() > kMaxAdvancedBytes) {
    throw api::Error("ValidationException",
                     "Advanced tier parameters support a maximum parameter value of 8192 "
                     "characters.");
  }
  if (!parameter.allowed_pattern.empty()) {
    if (!automation::CheckPattern(parameter.allowed_pattern)) {
      throw api::Error("InvalidAllowedPatternException",
                       "The request doesn't meet the regular expression requirement.");
    }
    // The whole value: "10,000" is no match for \d{1,4}. Source: "Working with parameter
    // hierarchies", Systems Manager user guide.
    if (!automation::PatternMatches(parameter.allowed_pattern, parameter.value)) {
      throw api::Error("ParameterPatternMismatchException",
                       "Parameter value, cannot be validated against allowedPattern: " +
                           parameter.allowed_pattern);
    }
  }
  if (!existing && tables::CountParameters(tx, call.scope) >= kMaxParameters) {
    throw api::Error("ParameterLimitExceeded",
                     "You have exceeded the number of parameters for this account.");
  }
  parameter.version = old.name.empty() ? 1 : old.version + 1;
  parameter.modified = call.now;
  parameter.modified_by = call.caller.arn;
  if (parameter.type == "SecureString") secure_strings_.Seal(call.scope, parameter);
  tables::PutParameter(tx, call.scope, parameter);
  ApplyTags(call, tx, "Parameter", parameter.name);
  return json::Object{{"Version", parameter.version}, {"Tier", parameter.tier}};
}

json::Value SsmService::GetParameter(const Call& call, Tx& tx) {
  const std::string_view name = json::GetString(call.input, "Name");
  auto parameter = Look(call, tx, secure_strings_, name);
  if (!parameter) ThrowNotFound(name);
  return json::Object{{"Parameter", std::move(*parameter)}};
}

json::Value SsmService::GetParameters(const Call& call, Tx& tx) {
  json::Array found, invalid;
  for (const std::string& name : json::GetStrings(call.input, "Names")) {
    if (auto parameter = Look(call, tx, secure_strings_, name)) {
      found.push_back(std::move(*parameter));
    } else {
      invalid.emplace_back(name);
    }
  }
  return json::Object{{"Parameters", std::move(found)}, {"InvalidParameters", std::move(invalid)}};
}

json::Value SsmService::GetParametersByPath(const Call& call, Tx& tx) {
  const std::string path(json::GetString(call.input, "Path"));
  if (!path.starts_with('/')) {
    throw api::Error("ValidationException",
                     "The parameter path must begin with a slash \"/\". It can consist of "
                     "sub-paths divided by slash symbol.");
  }
  const bool recursive = json::GetBool(call.input, "Recursive");
  const std::vector<Filter> filters = FiltersOf(call);
  const size_t page = PageSize(call, 10, 10);
  json::Array list;
  json::Object out;
  std::string last;
  tables::EachParameter(tx, call.scope, PageStart(call), [&](const StoredParameter& parameter) {
    if (!IsUnder(parameter.name, path, recursive)) return true;
    const Tags tags = tables::TagsOf(tx, call.scope, "Parameter", parameter.name);
    if (!std::ranges::all_of(filters,
                             [&](const Filter& f) { return Matches(parameter, tags, f); })) {
      return true;
    }
    if (list.size() == page) {
      out["NextToken"] = PageToken(last);
      return false;
    }
    list.push_back(Show(call, secure_strings_, parameter));
    last = parameter.name;
    return true;
  });
  out["Parameters"] = std::move(list);
  return out;
}

json::Value SsmService::DescribeParameters(const Call& call, Tx& tx) {
  const std::vector<Filter> filters = FiltersOf(call);
  const size_t page = PageSize(call, 50, 50);
  json::Array list;
  json::Object out;
  std::string last;
  tables::EachParameter(tx, call.scope, PageStart(call), [&](const StoredParameter& parameter) {
    const Tags tags = tables::TagsOf(tx, call.scope, "Parameter", parameter.name);
    if (!std::ranges::all_of(filters,
                             [&](const Filter& f) { return Matches(parameter, tags, f); })) {
      return true;
    }
    if (list.size() == page) {
      out["NextToken"] = PageToken(last);
      return false;
    }
    json::Object metadata = Show(call, secure_strings_, parameter);
    metadata.erase("Value");
    metadata["LastModifiedUser"] = parameter.modified_by;
    metadata["Tier"] = parameter.tier;
    metadata["Policies"] = json::Array();
    json::SetIfNotEmpty(metadata, "KeyId", parameter.key_id);
    json::SetIfNotEmpty(metadata, "Description", parameter.description);
    json::SetIfNotEmpty(metadata, "AllowedPattern", parameter.allowed_pattern);
    list.push_back(std::move(metadata));
    last = parameter.name;
    return true;
  });
  out["Parameters"] = std::move(list);
  return out;
}

json::Value SsmService::DeleteParameter(const Call& call, Tx& tx) {
  const std::string name = PlainName(call, json::GetString(call.input, "Name"));
  if (!tables::DeleteParameter(tx, call.scope, name)) ThrowNotFound(name);
  tables::DeleteTags(tx, call.scope, "Parameter", name);
  return json::Object();
}

json::Value SsmService::DeleteParameters(const Call& call, Tx& tx) {
  json::Array deleted, invalid;
  for (const std::string& asked : json::GetStrings(call.input, "Names")) {
    const std::string name = PlainName(call, asked);
    if (tables::DeleteParameter(tx, call.scope, name)) {
      tables::DeleteTags(tx, call.scope, "Parameter", name);
      deleted.emplace_back(asked);
    } else {
      invalid.emplace_back(asked);
    }
  }
  return json::Object{{"DeletedParameters", std::move(deleted)},
                      {"InvalidParameters", std::move(invalid)}};
}

}  // namespace riposte::ssm

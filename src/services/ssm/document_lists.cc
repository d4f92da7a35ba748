// Which documents there are, and who else may use them.
#include <algorithm>
#include <map>
#include <set>

#include "services/ssm/common.h"
#include "services/ssm/ssm.h"

namespace riposte::ssm {
namespace {

struct Filter {
  std::string key;
  std::vector<std::string> values;
};

std::vector<Filter> FiltersOf(const api::Call& call) {
  std::vector<Filter> filters;
  const auto add = [&](std::string_view list, std::string_view key, std::string_view values) {
    const json::Array* entries = json::GetArray(call.input, list);
    for (const json::Value& entry : entries ? *entries : json::Array()) {
      const json::Object& object = entry.as_object();
      Filter filter{std::string(json::GetString(object, key)), {}};
      if (const json::Value* value = json::Find(object, values); value && value->is_string()) {
        filter.values.emplace_back(json::View(*value));
      } else {
        filter.values = json::GetStrings(object, values);
      }
      filters.push_back(std::move(filter));
    }
  };
  add("Filters", "Key", "Values");
  add("DocumentFilterList", "key", "value");
  return filters;
}

bool Contains(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
  };
  return std::ranges::search(text, part, same).begin() != text.end() || part.empty();
}

bool Matches(const StoredDocument& document, const Tags& tags, const Filter& filter) {
  const auto any = [&filter](const auto& test) { return std::ranges::any_of(filter.values, test); };
  if (filter.key == "Name") {
    return any([&](const std::string& v) { return document.name.starts_with(v); });
  }
  if (filter.key == "Owner") {
    return any([&](const std::string& v) {
      const bool amazon = document.owner == "Amazon";
      if (v == "All") return true;
      if (v == "Amazon") return amazon;
      if (v == "Self" || v == "Private") return !amazon;
      return v == "Public" && amazon;
    });
  }
  if (filter.key == "DocumentType") {
    return any([&](const std::string& v) { return document.type == v; });
  }
  if (filter.key == "PlatformTypes") {
    return any([](const std::string& v) { return v == "Windows" || v == "Linux" || v == "MacOS"; });
  }
  if (filter.key == "TargetType") {
    return any([&](const std::string& v) { return document.target_type == v; });
  }
  if (filter.key == "SearchKeyword") {
    return std::ranges::all_of(filter.values, [&](const std::string& v) {
      return Contains(document.name, v) || Contains(document.description, v);
    });
  }
  if (filter.key.starts_with("tag:")) {
    const std::string_view key = std::string_view(filter.key).substr(4);
    return std::ranges::any_of(tags, [&](const auto& tag) {
      return tag.first == key &&
             (filter.values.empty() ||
              std::ranges::find(filter.values, tag.second) != filter.values.end());
    });
  }
  throw api::Error("InvalidFilterKey", "The specified key isn't valid: " + filter.key + ".");
}

}  // namespace

json::Value SsmService::ListDocuments(const Call& call, Tx& tx) {
  const std::vector<Filter> filters = FiltersOf(call);
  const size_t page = PageSize(call, 50, 50);
  const std::string after = PageStart(call);
  std::map<std::string, StoredDocument> documents;
  tables::EachDocument(tx, call.scope, [&](StoredDocument document) {
    std::string name = document.name;
    documents.emplace(std::move(name), std::move(document));
  });
  for (const auto& [name, document] : shipped_) documents.emplace(name, document);

  json::Array identifiers;
  json::Object out;
  std::string last;
  for (const auto& [name, document] : documents) {
    const Tags tags = tables::TagsOf(tx, call.scope, "Document", name);
    if (!std::ranges::all_of(filters,
                             [&](const Filter& f) { return Matches(document, tags, f); })) {
      continue;
    }
    if (!after.empty() && name <= after) continue;
    if (identifiers.size() == page) {
      out["NextToken"] = PageToken(last);
      break;
    }
    json::Object identifier{{"Name", name},
                            {"CreatedDate", ToSeconds(document.version_created)},
                            {"Owner", document.owner},
                            {"PlatformTypes", json::Array{"Windows", "Linux", "MacOS"}},
                            {"DocumentVersion", std::to_string(document.version)},
                            {"DocumentType", document.type},
                            {"DocumentFormat", document.format},
                            {"Tags", TagList(tags)}};
    json::SetIfNotEmpty(identifier, "DisplayName", document.display_name);
    json::SetIfNotEmpty(identifier, "VersionName", document.version_name);
    json::SetIfNotEmpty(identifier, "SchemaVersion", document.schema_version);
    json::SetIfNotEmpty(identifier, "TargetType", document.target_type);
    identifiers.push_back(std::move(identifier));
    last = name;
  }
  out["DocumentIdentifiers"] = std::move(identifiers);
  return out;
}

json::Value SsmService::ListDocumentVersions(const Call& call, Tx& tx) {
  const StoredDocument current = Find(call, tx, json::GetString(call.input, "Name"), "");
  const size_t page = PageSize(call, 50, 50);
  const std::string start = PageStart(call);
  const int64_t below = start.empty() ? INT64_MAX : ParseNumber(start).value_or(0);
  std::vector<StoredDocument> versions;
  if (current.owner == "Amazon") {
    versions.push_back(current);
  } else {
    const Scope scope{AccountId(current.owner), call.scope.region};
    tables::EachVersion(tx, scope, current.name, [&](StoredDocument document) {
      if (current.owner == call.scope.account.str() || document.version == current.version) {
        versions.push_back(std::move(document));
      }
    });
  }
  json::Array list;
  json::Object out;
  int64_t last = 0;
  for (const StoredDocument& document : versions) {
    if (document.version >= below) continue;
    if (list.size() == page) {
      out["NextToken"] = PageToken(std::to_string(last));
      break;
    }
    json::Object info{{"Name", document.name},
                      {"DocumentVersion", std::to_string(document.version)},
                      {"CreatedDate", ToSeconds(document.version_created)},
                      {"IsDefaultVersion", document.version == document.default_version},
                      {"DocumentFormat", document.format},
                      {"Status", "Active"}};
    json::SetIfNotEmpty(info, "DisplayName", document.display_name);
    json::SetIfNotEmpty(info, "VersionName", document.version_name);
    list.push_back(std::move(info));
    last = document.version;
  }
  out["DocumentVersions"] = std::move(list);
  return out;
}

json::Value SsmService::DescribeDocumentPermission(const Call& call, Tx& tx) {
  const StoredDocument document = FindOwn(call, tx, json::GetString(call.input, "Name"), 0);
  json::Array accounts, sharing;
  for (const auto& [account, version] : tables::Shares(tx, call.scope, document.name)) {
    accounts.emplace_back(account);
    sharing.push_back(json::Object{{"AccountId", account}, {"SharedDocumentVersion", version}});
  }
  return json::Object{{"AccountIds", std::move(accounts)},
                      {"AccountSharingInfoList", std::move(sharing)}};
}

json::Value SsmService::ModifyDocumentPermission(const Call& call, Tx& tx) {
  const StoredDocument document = FindOwn(call, tx, json::GetString(call.input, "Name"), 0);
  if (json::GetString(call.input, "PermissionType") != "Share") {
    throw api::Error("InvalidPermissionType",
                     "The permission type isn't supported. Share is the only supported permission "
                     "type.");
  }
  std::string version(json::GetString(call.input, "SharedDocumentVersion", "$DEFAULT"));
  if (version != "$DEFAULT" && version != "$LATEST" && version != "$ALL") {
    (void)FindOwn(call, tx, document.name, ParseNumber(version).value_or(-2));
  }
  for (const std::string& account : json::GetStrings(call.input, "AccountIdsToRemove")) {
    tables::DeleteShare(tx, call.scope, document.name, account);
  }
  std::set<std::string> accounts;
  for (const auto& share : tables::Shares(tx, call.scope, document.name)) {
    accounts.insert(share.first);
  }
  for (const std::string& account : json::GetStrings(call.input, "AccountIdsToAdd")) {
    const bool all = account == "all" || account == "All";
    if (all && !ServiceSettings::AllowsPublicSharing(tx, call.scope)) {
      throw api::Error("InvalidDocumentOperation",
                       "Public sharing of documents is turned off for this account and region.");
    }
    if (!all && !IsAccountId(account)) {
      throw api::Error("ValidationException", "An account id has twelve digits: " + account);
    }
    accounts.insert(all ? "all" : account);
    if (accounts.size() > 1 && accounts.contains("all")) {
      throw api::Error("DocumentPermissionLimit",
                       "The document can't be shared with all and with single accounts.");
    }
    if (accounts.size() > 1000) {
      throw api::Error("DocumentPermissionLimit",
                       "The document can't be shared with more accounts.");
    }
    tables::SetShare(tx, call.scope, document.name, all ? "all" : account, version);
  }
  return json::Object();
}

}  // namespace riposte::ssm

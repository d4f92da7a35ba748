#include "services/securityhub/service.h"

#include <algorithm>

#include "services/securityhub/automation_rules.h"
#include "services/securityhub/finding_filter.h"
#include "services/securityhub/page_offset.h"
#include "services/securityhub/tables.h"

namespace riposte::securityhub {
namespace {

using tables::Kind;

/// Source: "BatchImportFindings", 240 KB a finding.
constexpr size_t kMaxFindingBytes = 240 * 1024;
constexpr int64_t kDefaultPage = 100;

void RequireEnabled(store::Transaction& tx, const api::Call& call) {
  if (!tables::GetHub(tx, call.scope).enabled) {
    throw api::Error(
        "InvalidAccessException",
        "Account " + call.scope.account.str() + " is not subscribed to AWS Security Hub", 401);
  }
}

FindingKey KeyOf(const json::Object& object) {
  return {std::string(json::GetString(object, "ProductArn")),
          std::string(json::GetString(object, "Id"))};
}

/// Text or number, for sorting.
bool LessAt(const json::Object& a, const json::Object& b, std::string_view path) {
  const auto left = ValuesAt(a, path);
  const auto right = ValuesAt(b, path);
  if (left.empty() || right.empty()) return left.empty() && !right.empty();
  if (left[0]->is_number() && right[0]->is_number()) {
    return left[0]->to_number<double>() < right[0]->to_number<double>();
  }
  if (left[0]->is_string() && right[0]->is_string()) {
    return json::View(*left[0]) < json::View(*right[0]);
  }
  return false;
}

std::string SortPath(std::string_view field) {
  if (field == "SeverityLabel" || field == "SeverityNormalized") return "Severity.Normalized";
  if (field == "WorkflowStatus") return "Workflow.Status";
  if (field == "ComplianceStatus") return "Compliance.Status";
  if (field == "ResourceId") return "Resources.Id";
  if (field == "ResourceType") return "Resources.Type";
  return std::string(field);
}

}  // namespace

std::span<const store::Migration> SecurityHubService::Migrations() {
  return tables::Migrations();
}

void SecurityHubService::Announce(Tx& tx, const Call& call, const FindingKey& key,
                                  json::Object finding) {
  api::Event event;
  event.scope = call.scope;
  event.source = "aws.securityhub";
  event.detail_type = "Security Hub Findings - Imported";
  event.time = call.now;
  event.resources = {key.product_arn + "/" + key.id};
  event.trace = {CorrelationOf(key), call.trace.hops};
  if (call.trace.correlation != event.trace.correlation) event.cause = call.trace.correlation;
  event.detail = json::Object{{"findings", json::Array{std::move(finding)}}};
  events_.Emit(tx, std::move(event));
}

json::Value SecurityHubService::BatchImportFindings(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  int64_t imported = 0;
  json::Array failed;
  for (const json::Value& item : call.input.at("Findings").as_array()) {
    const json::Object& raw = item.as_object();
    const FindingKey key = KeyOf(raw);
    if (json::Serialize(raw).size() > kMaxFindingBytes) {
      failed.push_back(json::Object{{"Id", key.id},
                                    {"ErrorCode", "LimitExceeded"},
                                    {"ErrorMessage", "Finding exceeds the size limit of 240 KB"}});
      continue;
    }
    const auto arn = Arn::Parse(key.product_arn);
    if (!arn || arn->service != "securityhub" || !arn->resource.starts_with("product/")) {
      failed.push_back(
          json::Object{{"Id", key.id},
                       {"ErrorCode", "InvalidInput"},
                       {"ErrorMessage",
                        "Finding does not adhere to Amazon Finding Format. data.ProductArn "
                        "should match the ARN of a product."}});
      continue;
    }
    if (!IsAccountId(json::GetString(raw, "AwsAccountId"))) {
      failed.push_back(
          json::Object{{"Id", key.id},
                       {"ErrorCode", "InvalidInput"},
                       {"ErrorMessage",
                        "Finding does not adhere to Amazon Finding Format. data.AwsAccountId "
                        "should match the id of an account."}});
      continue;
    }
    const auto stored = tables::FindFinding(tx, call.scope, key);
    json::Object finding = MergeImport(raw, stored ? &*stored : nullptr, call);
    const std::string before = WorkflowStatus(finding);
    ApplyAutomationRules(tx, call, finding);
    tables::PutFinding(tx, call.scope, key, finding, call.now);
    Announce(tx, call, key, AsAnnounced(finding, before));
    ++imported;
  }
  return json::Object{{"FailedCount", static_cast<int64_t>(failed.size())},
                      {"SuccessCount", imported},
                      {"FailedFindings", std::move(failed)}};
}

json::Value SecurityHubService::GetFindings(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  static const json::Object kNoFilters;
  const json::Object* filters = json::GetObject(call.input, "Filters");
  std::vector<json::Object> found;
  tables::EachFinding(tx, call.scope, [&](json::Object finding) {
    if (MatchesFilters(filters ? *filters : kNoFilters, finding, call.now)) {
      found.push_back(std::move(finding));
    }
    return true;
  });
  if (const json::Array* sort = json::GetArray(call.input, "SortCriteria")) {
    // The first criterion weighs most, so it is applied last.
    for (auto criterion = sort->rbegin(); criterion != sort->rend(); ++criterion) {
      const std::string path = SortPath(json::GetString(criterion->as_object(), "Field"));
      const bool down = json::GetString(criterion->as_object(), "SortOrder") == "desc";
      std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
        return down ? LessAt(b, a, path) : LessAt(a, b, path);
      });
    }
  }
  const int64_t offset = PageOffset(call);
  const int64_t limit = json::GetInt(call.input, "MaxResults", kDefaultPage);
  json::Array page;
  const auto total = static_cast<int64_t>(found.size());
  for (int64_t i = offset; i < std::min(total, offset + limit); ++i) {
    page.push_back(std::move(found[static_cast<size_t>(i)]));
  }
  json::Object out{{"Findings", std::move(page)}};
  if (offset + limit < total) out["NextToken"] = std::to_string(offset + limit);
  return out;
}

json::Value SecurityHubService::BatchUpdateFindings(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  json::Array processed;
  json::Array unprocessed;
  for (const json::Value& item : call.input.at("FindingIdentifiers").as_array()) {
    const json::Object& identifier = item.as_object();
    const FindingKey key = KeyOf(identifier);
    auto finding = tables::FindFinding(tx, call.scope, key);
    if (!finding) {
      unprocessed.push_back(json::Object{{"FindingIdentifier", identifier},
                                         {"ErrorCode", "FindingNotFound"},
                                         {"ErrorMessage", "Finding Not Found"}});
      continue;
    }
    ApplyUpdate(*finding, call.input, call);
    tables::PutFinding(tx, call.scope, key, *finding, call.now);
    Announce(tx, call, key, std::move(*finding));
    processed.push_back(identifier);
  }
  return json::Object{{"ProcessedFindings", std::move(processed)},
                      {"UnprocessedFindings", std::move(unprocessed)}};
}

json::Value SecurityHubService::CreateActionTarget(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  const std::string id(json::GetString(call.input, "Id"));
  if (id.size() > 64 || id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789-_") != std::string::npos) {
    throw api::Error("InvalidInputException",
                     "Invalid parameter 'id'. The value must be letters, digits, - and _.");
  }
  const std::string arn = call.MakeArn("securityhub", "action/custom/" + id);
  if (tables::FindDocument(tx, Kind::kActionTarget, call.scope, arn)) {
    throw api::Error("ResourceConflictException", "Resource " + arn + " already exists", 409);
  }
  tables::PutDocument(tx, Kind::kActionTarget, call.scope, arn, 0,
                      {{"ActionTargetArn", arn},
                       {"Name", json::GetString(call.input, "Name")},
                       {"Description", json::GetString(call.input, "Description")}});
  return json::Object{{"ActionTargetArn", arn}};
}

json::Value SecurityHubService::DescribeActionTargets(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  const std::vector<std::string> wanted = ArnList(call.input, "ActionTargetArns");
  const int64_t offset = PageOffset(call);
  const int64_t limit = json::GetInt(call.input, "MaxResults", kDefaultPage);
  json::Array targets;
  int64_t index = 0;
  bool more = false;
  for (const std::string& arn : wanted) {
    auto target = tables::FindDocument(tx, Kind::kActionTarget, call.scope, arn);
    if (!target) throw api::Error("ResourceNotFoundException", arn + " not found", 404);
    targets.push_back(std::move(*target));
  }
  if (wanted.empty()) {
    tables::EachDocument(tx, Kind::kActionTarget, call.scope, [&](json::Object target) {
      if (index++ < offset) return true;
      more = static_cast<int64_t>(targets.size()) == limit;
      if (!more) targets.push_back(std::move(target));
      return !more;
    });
  }
  json::Object out{{"ActionTargets", std::move(targets)}};
  if (more) out["NextToken"] = std::to_string(offset + limit);
  return out;
}

json::Value SecurityHubService::UpdateActionTarget(const Call& call, Tx& tx) {
  const std::string arn(json::GetString(call.input, "ActionTargetArn"));
  auto target = tables::FindDocument(tx, Kind::kActionTarget, call.scope, arn);
  if (!target) throw api::Error("ResourceNotFoundException", arn + " not found", 404);
  for (const char* name : {"Name", "Description"}) {
    if (const json::Value* value = json::Find(call.input, name)) (*target)[name] = *value;
  }
  tables::PutDocument(tx, Kind::kActionTarget, call.scope, arn, 0, *target);
  return json::Object();
}

json::Value SecurityHubService::DeleteActionTarget(const Call& call, Tx& tx) {
  const std::string arn(json::GetString(call.input, "ActionTargetArn"));
  if (!tables::DeleteDocument(tx, Kind::kActionTarget, call.scope, arn)) {
    throw api::Error("ResourceNotFoundException", arn + " not found", 404);
  }
  return json::Object{{"ActionTargetArn", arn}};
}

json::Value SecurityHubService::InvokeActionTarget(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  const std::string arn(json::GetString(call.input, "ActionTargetArn"));
  const auto target = tables::FindDocument(tx, Kind::kActionTarget, call.scope, arn);
  if (!target) throw api::Error("ResourceNotFoundException", arn + " not found", 404);
  json::Array findings;
  std::string correlation;
  for (const json::Value& item : call.input.at("FindingIdentifiers").as_array()) {
    const FindingKey key = KeyOf(item.as_object());
    auto finding = tables::FindFinding(tx, call.scope, key);
    if (!finding) throw api::Error("ResourceNotFoundException", "Finding Not Found", 404);
    if (correlation.empty()) correlation = CorrelationOf(key);
    findings.push_back(std::move(*finding));
  }
  api::Event event;
  event.scope = call.scope;
  event.source = "aws.securityhub";
  event.detail_type = "Security Hub Findings - Custom Action";
  event.time = call.now;
  event.resources = {arn};
  event.trace = {correlation, call.trace.hops};
  event.detail = json::Object{{"actionName", target->at("Name")},
                              {"actionDescription", target->at("Description")},
                              {"findings", std::move(findings)}};
  events_.Emit(tx, std::move(event));
  return json::Object();
}

json::Value SecurityHubService::EnableSecurityHub(const Call& call, Tx& tx) {
  // Enabling what is on already is accepted: hubs here are on from the start.
  const tables::Hub hub = tables::GetHub(tx, call.scope);
  if (!hub.enabled || hub.since == TimePoint()) tables::PutHub(tx, call.scope, {true, call.now});
  return json::Object();
}

json::Value SecurityHubService::DescribeHub(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  return json::Object{{"HubArn", call.MakeArn("securityhub", "hub/default")},
                      {"SubscribedAt", FormatIso8601(tables::GetHub(tx, call.scope).since, true)},
                      {"AutoEnableControls", true},
                      {"ControlFindingGenerator", "SECURITY_CONTROL"}};
}

json::Value SecurityHubService::DisableSecurityHub(const Call& call, Tx& tx) {
  RequireEnabled(tx, call);
  tables::PutHub(tx, call.scope, {false, call.now});
  return json::Object();
}

json::Value SecurityHubService::TagResource(const Call& call, Tx& tx) {
  const std::string arn(json::GetString(call.input, "ResourceArn"));
  json::Object tags = tables::GetTags(tx, arn);
  for (const auto& tag : call.input.at("Tags").as_object()) tags[tag.key()] = tag.value();
  tables::PutTags(tx, arn, tags);
  return json::Object();
}

json::Value SecurityHubService::UntagResource(const Call& call, Tx& tx) {
  const std::string arn(json::GetString(call.input, "ResourceArn"));
  json::Object tags = tables::GetTags(tx, arn);
  for (const std::string& key : json::GetStrings(call.input, "TagKeys")) tags.erase(key);
  tables::PutTags(tx, arn, tags);
  return json::Object();
}

json::Value SecurityHubService::ListTagsForResource(const Call& call, Tx& tx) {
  return json::Object{
      {"Tags", tables::GetTags(tx, std::string(json::GetString(call.input, "ResourceArn")))}};
}

void SecurityHubService::Register(api::Registry& registry) {
  using S = SecurityHubService;
  registry.Add<S>("securityhub", *this,
                  {
                      {"BatchImportFindings", api::Write(&S::BatchImportFindings)},
                      {"GetFindings", api::Read(&S::GetFindings)},
                      {"BatchUpdateFindings", api::Write(&S::BatchUpdateFindings)},
                      {"CreateAutomationRule", api::Write(&S::CreateAutomationRule)},
                      {"ListAutomationRules", api::Read(&S::ListAutomationRules)},
                      {"BatchGetAutomationRules", api::Read(&S::BatchGetAutomationRules)},
                      {"BatchUpdateAutomationRules", api::Write(&S::BatchUpdateAutomationRules)},
                      {"BatchDeleteAutomationRules", api::Write(&S::BatchDeleteAutomationRules)},
                      {"CreateActionTarget", api::Write(&S::CreateActionTarget)},
                      {"DescribeActionTargets", api::Read(&S::DescribeActionTargets)},
                      {"UpdateActionTarget", api::Write(&S::UpdateActionTarget)},
                      {"DeleteActionTarget", api::Write(&S::DeleteActionTarget)},
                      {"EnableSecurityHub", api::Write(&S::EnableSecurityHub)},
                      {"DescribeHub", api::Read(&S::DescribeHub)},
                      {"DisableSecurityHub", api::Write(&S::DisableSecurityHub)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                      {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
                  });
  registry.Add<S>("riposte", *this, {{"InvokeActionTarget", api::Write(&S::InvokeActionTarget)}});
}

}  // namespace riposte::securityhub

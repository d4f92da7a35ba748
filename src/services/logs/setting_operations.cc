#include <algorithm>

#include "observe/filter_pattern.h"
#include "observe/tags.h"
#include "services/logs/common.h"
#include "services/logs/logs_service.h"

namespace riposte::logs {
namespace {

namespace tables = observe::log_tables;
using observe::LogGroup;
using observe::MetricFilter;

constexpr size_t kMaxMetricFilters = 100;  ///< A group.
constexpr size_t kMaxPolicies = 10;        ///< A region of an account.
constexpr size_t kPage = 50;

observe::FilterPattern RequirePattern(std::string_view text) {
  auto pattern = observe::FilterPattern::Parse(text);
  if (!pattern) throw Invalid(pattern.error().message);
  return std::move(*pattern);
}

json::Object WriteFilter(const MetricFilter& filter) {
  return {{"filterName", filter.name},
          {"filterPattern", filter.pattern},
          {"metricTransformations", filter.transformations},
          {"creationTime", ToMillis(filter.created)},
          {"logGroupName", filter.group_name}};
}

json::Object WritePolicy(const tables::LogPolicy& policy) {
  return {{"policyName", policy.name},
          {"policyDocument", policy.document},
          {"lastUpdatedTime", ToMillis(policy.updated)}};
}

void AddTags(const api::Call& call, store::Transaction& tx, const LogGroup& group) {
  observe::Tags tags;
  if (const json::Object* given = json::GetObject(call.input, "tags")) {
    for (const auto& [key, value] : *given) tags[key] = json::View(value);
  }
  if (!observe::SetTags(tx, group.Arn(), tags)) {
    throw api::Error("TooManyTagsException", "A resource can have no more than 50 tags.");
  }
}

json::Value WriteTags(store::Transaction& tx, const LogGroup& group) {
  json::Object tags;
  for (const auto& [key, value] : observe::ListTags(tx, group.Arn())) tags[key] = value;
  return json::Object{{"tags", std::move(tags)}};
}

LogGroup TaggedGroup(const api::Call& call, store::Transaction& tx) {
  return RequireGroup(call, tx, GroupNameOf(json::GetString(call.input, "resourceArn")));
}

}  // namespace

json::Value LogsService::PutMetricFilter(const api::Call& call, store::Transaction& tx) {
  const LogGroup group = InputGroup(call, tx);
  MetricFilter filter;
  filter.group = group.id;
  filter.name = json::GetString(call.input, "filterName");
  filter.pattern = json::GetString(call.input, "filterPattern");
  filter.created = call.now;
  (void)RequirePattern(filter.pattern);
  filter.transformations = *json::GetArray(call.input, "metricTransformations");
  for (const json::Value& one : filter.transformations) {
    const json::Object* dimensions = json::GetObject(one.as_object(), "dimensions");
    if (dimensions && !dimensions->empty()) {
      throw Invalid("Dimensions of metric filters are not supported.");
    }
  }
  const std::vector<MetricFilter> present = tables::MetricFiltersOf(tx, group.id);
  const bool known = std::any_of(present.begin(), present.end(),
                                 [&](const MetricFilter& one) { return one.name == filter.name; });
  if (!known && present.size() >= kMaxMetricFilters) {
    throw api::Error("LimitExceededException", "Resource limit exceeded.");
  }
  tables::PutMetricFilter(tx, filter);
  return json::Object();
}

json::Value LogsService::DescribeMetricFilters(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  const std::string_view group = json::GetString(input, "logGroupName");
  if (!group.empty()) (void)RequireGroup(call, tx, std::string(group));
  const std::string_view prefix = json::GetString(input, "filterNamePrefix");
  const std::string_view metric = json::GetString(input, "metricName");
  const std::string_view metric_namespace = json::GetString(input, "metricNamespace");
  // "<group>\n<filter>": neither name holds a line break.
  const std::string after = Position(input);
  const auto limit =
      static_cast<size_t>(std::clamp<int64_t>(json::GetInt(input, "limit", kPage), 1, kPage));
  json::Object reply;
  json::Array out;
  std::string last;
  tables::ListMetricFilters(tx, call.scope, [&](const MetricFilter& filter) {
    const std::string position = filter.group_name + "\n" + filter.name;
    const bool measures = std::any_of(
        filter.transformations.begin(), filter.transformations.end(), [&](const json::Value& one) {
          return (metric.empty() || json::GetString(one.as_object(), "metricName") == metric) &&
                 (metric_namespace.empty() ||
                  json::GetString(one.as_object(), "metricNamespace") == metric_namespace);
        });
    if (position <= after || (!group.empty() && filter.group_name != group) ||
        !filter.name.starts_with(prefix) || !measures) {
      return true;
    }
    if (out.size() == limit) {
      reply["nextToken"] = observe::MakeToken(last);
      return false;
    }
    last = position;
    out.push_back(WriteFilter(filter));
    return true;
  });
  reply["metricFilters"] = std::move(out);
  return reply;
}

json::Value LogsService::DeleteMetricFilter(const api::Call& call, store::Transaction& tx) {
  const LogGroup group = InputGroup(call, tx);
  if (!tables::DeleteMetricFilter(tx, group.id,
                                  std::string(json::GetString(call.input, "filterName")))) {
    throw api::Error("ResourceNotFoundException", "The specified metric filter does not exist.");
  }
  return json::Object();
}

json::Value LogsService::TestMetricFilter(const api::Call& call, store::Transaction&) {
  const observe::FilterPattern pattern =
      RequirePattern(json::GetString(call.input, "filterPattern"));
  json::Array matches;
  int64_t number = 0;
  for (const std::string& message : json::GetStrings(call.input, "logEventMessages")) {
    ++number;
    if (!pattern.Matches(message)) continue;
    matches.push_back(json::Object{
        {"eventNumber", number}, {"eventMessage", message}, {"extractedValues", json::Object()}});
  }
  return json::Object{{"matches", std::move(matches)}};
}

json::Value LogsService::PutResourcePolicy(const api::Call& call, store::Transaction& tx) {
  tables::LogPolicy policy{std::string(json::GetString(call.input, "policyName")),
                           std::string(json::GetString(call.input, "policyDocument")), call.now};
  if (policy.name.empty()) throw Invalid("policyName is required.");
  const auto document = json::Parse(policy.document);
  if (!document || !document->is_object()) throw Invalid("Invalid policy document.");
  const std::vector<tables::LogPolicy> present = tables::ListPolicies(tx, call.scope);
  const bool known = std::any_of(present.begin(), present.end(), [&](const tables::LogPolicy& one) {
    return one.name == policy.name;
  });
  if (!known && present.size() >= kMaxPolicies) {
    throw api::Error("LimitExceededException", "Resource limit exceeded.");
  }
  tables::PutPolicy(tx, call.scope, policy);
  return json::Object{{"resourcePolicy", WritePolicy(policy)}};
}

std::string LogsService::PolicyOf(const std::string& arn, store::Transaction& tx) {
  const auto parsed = Arn::Parse(arn);
  if (!parsed) return "";
  json::Array statements;
  for (const tables::LogPolicy& policy : tables::ListPolicies(tx, parsed->scope())) {
    auto document = json::Parse(policy.document);
    const json::Value* own = document && document->is_object()
                                 ? json::Find(document->get_object(), "Statement")
                                 : nullptr;
    if (!own) continue;
    if (const auto* list = own->if_array()) {
      statements.insert(statements.end(), list->begin(), list->end());
    } else {
      statements.push_back(*own);
    }
  }
  if (statements.empty()) return "";
  return json::Serialize(
      json::Object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

json::Value LogsService::DescribeResourcePolicies(const api::Call& call, store::Transaction& tx) {
  json::Array out;
  for (const tables::LogPolicy& policy : tables::ListPolicies(tx, call.scope)) {
    out.push_back(WritePolicy(policy));
  }
  return json::Object{{"resourcePolicies", std::move(out)}};
}

json::Value LogsService::DeleteResourcePolicy(const api::Call& call, store::Transaction& tx) {
  const std::string name(json::GetString(call.input, "policyName"));
  if (!tables::DeletePolicy(tx, call.scope, name)) {
    throw api::Error("ResourceNotFoundException",
                     "Policy with name [" + name + "] does not exist.");
  }
  return json::Object();
}

json::Value LogsService::TagResource(const api::Call& call, store::Transaction& tx) {
  AddTags(call, tx, TaggedGroup(call, tx));
  return json::Object();
}

json::Value LogsService::UntagResource(const api::Call& call, store::Transaction& tx) {
  observe::RemoveTags(tx, TaggedGroup(call, tx).Arn(), json::GetStrings(call.input, "tagKeys"));
  return json::Object();
}

json::Value LogsService::ListTagsForResource(const api::Call& call, store::Transaction& tx) {
  return WriteTags(tx, TaggedGroup(call, tx));
}

json::Value LogsService::TagLogGroup(const api::Call& call, store::Transaction& tx) {
  AddTags(call, tx, InputGroup(call, tx));
  return json::Object();
}

json::Value LogsService::UntagLogGroup(const api::Call& call, store::Transaction& tx) {
  observe::RemoveTags(tx, InputGroup(call, tx).Arn(), json::GetStrings(call.input, "tags"));
  return json::Object();
}

json::Value LogsService::ListTagsLogGroup(const api::Call& call, store::Transaction& tx) {
  return WriteTags(tx, InputGroup(call, tx));
}

}  // namespace riposte::logs

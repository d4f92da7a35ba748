#include <algorithm>
#include <array>

#include "observe/flushed_read.h"
#include "observe/tags.h"
#include "services/logs/common.h"
#include "services/logs/logs_service.h"

namespace riposte::logs {
namespace {

namespace tables = observe::log_tables;
using observe::LogGroup;
using observe::LogStream;

constexpr int64_t kDefaultPage = 50;
constexpr std::array kRetentionDays = {1,    3,    5,    7,    14,   30,  60,  90,
                                       120,  150,  180,  365,  400,  545, 731, 1096,
                                       1827, 2192, 2557, 2922, 3288, 3653};

size_t PageSize(const json::Object& input) {
  return static_cast<size_t>(
      std::clamp<int64_t>(json::GetInt(input, "limit", kDefaultPage), 1, kDefaultPage));
}

json::Object WriteGroup(const LogGroup& group, size_t metric_filters) {
  json::Object out{{"logGroupName", group.name}, {"creationTime", ToMillis(group.created)}};
  if (group.retention_days > 0) out["retentionInDays"] = group.retention_days;
  out["metricFilterCount"] = metric_filters;
  out["arn"] = group.Arn() + ":*";
  out["storedBytes"] = group.stored_bytes;
  json::SetIfNotEmpty(out, "kmsKeyId", group.kms_key);
  out["logGroupClass"] = group.log_class;
  out["logGroupArn"] = group.Arn();
  return out;
}

json::Object WriteStream(const LogGroup& group, const LogStream& stream) {
  json::Object out{{"logStreamName", stream.name}, {"creationTime", ToMillis(stream.created)}};
  if (stream.first_event) out["firstEventTimestamp"] = ToMillis(*stream.first_event);
  if (stream.last_event) out["lastEventTimestamp"] = ToMillis(*stream.last_event);
  if (stream.last_ingestion) out["lastIngestionTime"] = ToMillis(*stream.last_ingestion);
  out["arn"] = group.Arn() + ":log-stream:" + stream.name;
  out["storedBytes"] = 0;  // As the service has answered since June 2019.
  return out;
}

bool ContainsFolded(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         }) != text.end();
}

json::Value ListGroups(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  const std::string_view prefix = json::GetString(input, "logGroupNamePrefix");
  const std::string_view pattern = json::GetString(input, "logGroupNamePattern");
  if (!prefix.empty() && !pattern.empty()) {
    throw Invalid(
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive "
        "parameters.");
  }
  std::vector<std::string> names;
  for (const std::string& identifier : json::GetStrings(input, "logGroupIdentifiers")) {
    names.push_back(GroupNameOf(identifier));
  }
  const std::string_view log_class = json::GetString(input, "logGroupClass");
  const size_t limit = PageSize(input);
  json::Object reply;
  json::Array out;
  std::string last;
  tables::ListGroups(tx, call.scope, Position(input), [&](const LogGroup& group) {
    const bool wanted =
        group.name.starts_with(prefix) && ContainsFolded(group.name, pattern) &&
        (log_class.empty() || log_class == group.log_class) &&
        (names.empty() || std::find(names.begin(), names.end(), group.name) != names.end());
    if (!wanted) return true;
    if (out.size() == limit) {
      reply["nextToken"] = observe::MakeToken(last);
      return false;
    }
    last = group.name;
    out.push_back(WriteGroup(group, tables::MetricFiltersOf(tx, group.id).size()));
    return true;
  });
  reply["logGroups"] = std::move(out);
  return reply;
}

json::Value ListStreams(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  const LogGroup group = InputGroup(call, tx);
  const std::string prefix(json::GetString(input, "logStreamNamePrefix"));
  const bool by_time = json::GetString(input, "orderBy") == "LastEventTime";
  if (by_time && !prefix.empty()) {
    throw Invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  std::vector<LogStream> streams = tables::ListStreams(tx, group.id, prefix);
  if (by_time) {
    std::stable_sort(streams.begin(), streams.end(), [](const LogStream& a, const LogStream& b) {
      return a.last_event.value_or(a.created) < b.last_event.value_or(b.created);
    });
  }
  if (json::GetBool(input, "descending")) std::reverse(streams.begin(), streams.end());
  // The token names the last stream of the page before; it may have gone since.
  auto at = streams.begin();
  if (const std::string position = Position(input); !position.empty()) {
    at = std::find_if(streams.begin(), streams.end(),
                      [&](const LogStream& stream) { return stream.name == position; });
    if (at == streams.end()) throw Invalid("The specified nextToken is invalid.");
    ++at;
  }
  const size_t limit = PageSize(input);
  json::Object reply;
  json::Array out;
  for (; at != streams.end(); ++at) {
    if (out.size() == limit) {
      reply["nextToken"] = observe::MakeToken(std::prev(at)->name);
      break;
    }
    out.push_back(WriteStream(group, *at));
  }
  reply["logStreams"] = std::move(out);
  return reply;
}

}  // namespace

json::Value LogsService::CreateLogGroup(const api::Call& call, store::Transaction& tx) {
  LogGroup group;
  group.scope = call.scope;
  group.name = json::GetString(call.input, "logGroupName");
  group.created = call.now;
  group.log_class = json::GetString(call.input, "logGroupClass", "STANDARD");
  group.kms_key = json::GetString(call.input, "kmsKeyId");
  if (tables::FindGroup(tx, call.scope, group.name)) {
    throw api::Error("ResourceAlreadyExistsException", "The specified log group already exists");
  }
  tables::InsertGroup(tx, group);
  observe::Tags tags;
  if (const json::Object* given = json::GetObject(call.input, "tags")) {
    for (const auto& [key, value] : *given) tags[key] = json::View(value);
  }
  if (!observe::SetTags(tx, group.Arn(), tags)) throw Invalid("Too many tags.");
  return json::Object();
}

json::Value LogsService::DeleteLogGroup(const api::Call& call, store::Transaction& tx) {
  const LogGroup group = InputGroup(call, tx);
  tables::DeleteGroup(tx, group.id);
  observe::RemoveAllTags(tx, group.Arn());
  return json::Object();
}

void LogsService::DescribeLogGroups(api::Call call, api::Reply reply) {
  observe::FlushedRead(logs_, store_, loop_, std::move(call), ListGroups, std::move(reply));
}

json::Value LogsService::PutRetentionPolicy(const api::Call& call, store::Transaction& tx) {
  const int64_t days = json::GetInt(call.input, "retentionInDays");
  if (std::find(kRetentionDays.begin(), kRetentionDays.end(), days) == kRetentionDays.end()) {
    throw Invalid("1 validation error detected: Value '" + std::to_string(days) +
                  "' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum "
                  "value set.");
  }
  tables::SetRetention(tx, InputGroup(call, tx).id, days);
  return json::Object();
}

json::Value LogsService::DeleteRetentionPolicy(const api::Call& call, store::Transaction& tx) {
  tables::SetRetention(tx, InputGroup(call, tx).id, 0);
  return json::Object();
}

json::Value LogsService::CreateLogStream(const api::Call& call, store::Transaction& tx) {
  const LogGroup group = InputGroup(call, tx);
  LogStream stream;
  stream.name = json::GetString(call.input, "logStreamName");
  stream.created = call.now;
  if (tables::FindStream(tx, group.id, stream.name)) {
    throw api::Error("ResourceAlreadyExistsException", "The specified log stream already exists");
  }
  tables::InsertStream(tx, group.id, stream);
  return json::Object();
}

json::Value LogsService::DeleteLogStream(const api::Call& call, store::Transaction& tx) {
  const LogGroup group = InputGroup(call, tx);
  tables::DeleteStream(
      tx, RequireStream(tx, group.id, json::GetString(call.input, "logStreamName")).id);
  return json::Object();
}

void LogsService::DescribeLogStreams(api::Call call, api::Reply reply) {
  observe::FlushedRead(logs_, store_, loop_, std::move(call), ListStreams, std::move(reply));
}

}  // namespace riposte::logs

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/number.h"
#include "observe/filter_pattern.h"
#include "observe/flushed_read.h"
#include "services/logs/common.h"
#include "services/logs/logs_service.h"

namespace riposte::logs {
namespace {

namespace tables = observe::log_tables;
using observe::LogGroup;
using observe::LogPosition;
using observe::LogStream;

constexpr size_t kMaxBatchBytes = 1'048'576;
constexpr size_t kMaxEventBytes = 1'048'576;
constexpr size_t kMaxBatchEvents = 10'000;
/// A page holds at most this much text, and a search looks at no more than this in one call.
constexpr size_t kMaxPageBytes = 1'048'576;
constexpr size_t kMaxScannedEvents = 20'000;
constexpr size_t kMaxScannedBytes = 8 * 1'048'576;
constexpr int64_t kMaxLimit = 10'000;

std::vector<observe::LogEvent> ReadEvents(const json::Object& input) {
  const json::Array& list = *json::GetArray(input, "logEvents");
  if (list.size() > kMaxBatchEvents) throw Invalid("Too many log events in one request.");
  std::vector<observe::LogEvent> events;
  size_t bytes = 0;
  for (const json::Value& item : list) {
    const json::Object& event = item.as_object();
    const std::string_view message = json::GetString(event, "message");
    const size_t size = message.size() + static_cast<size_t>(tables::kEventOverhead);
    if (size > kMaxEventBytes) {
      throw Invalid(
          fmt::format("Log event too large: {} bytes exceeds limit of {}", size, kMaxEventBytes));
    }
    bytes += size;
    events.push_back({FromMillis(json::GetInt(event, "timestamp")), std::string(message)});
    if (events.size() > 1 && events.back().time < events[events.size() - 2].time) {
      throw Invalid("Log events in a single PutLogEvents request must be in chronological order.");
    }
  }
  if (bytes > kMaxBatchBytes) {
    throw Invalid(
        fmt::format("Upload too large: {} bytes exceeds limit of {}", bytes, kMaxBatchBytes));
  }
  if (!events.empty() && events.back().time - events.front().time > std::chrono::hours(24)) {
    throw Invalid(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  return events;
}

/// "<time>:<id>"
LogPosition ReadPosition(std::string_view text) {
  const size_t colon = std::min(text.find(':'), text.size());
  const auto time_ms = ParseNumber(text.substr(0, colon));
  const auto id = ParseNumber(text.substr(std::min(colon + 1, text.size())));
  if (!time_ms || !id) throw Invalid("The specified nextToken is invalid.");
  return {*time_ms, *id};
}

std::string WritePosition(const LogPosition& position) {
  return fmt::format("{}:{}", position.time_ms, position.id);
}

/// The streams that a search is limited to; nullopt: all of the group.
std::optional<std::set<int64_t>> WantedStreams(const json::Object& input, store::Transaction& tx,
                                               int64_t group,
                                               std::map<int64_t, std::string>& names) {
  const std::vector<std::string> listed = json::GetStrings(input, "logStreamNames");
  const std::string prefix(json::GetString(input, "logStreamNamePrefix"));
  if (!listed.empty() && !prefix.empty()) {
    throw Invalid("logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
  }
  std::set<int64_t> wanted;
  for (const LogStream& stream : tables::ListStreams(tx, group, prefix)) {
    names[stream.id] = stream.name;
    wanted.insert(stream.id);
  }
  if (listed.empty()) {
    if (prefix.empty()) return std::nullopt;
    return wanted;
  }
  wanted.clear();
  for (const std::string& name : listed) wanted.insert(RequireStream(tx, group, name).id);
  return wanted;
}

json::Value Search(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  const LogGroup group = InputGroup(call, tx);
  const auto pattern = observe::FilterPattern::Parse(json::GetString(input, "filterPattern"));
  if (!pattern) throw Invalid(pattern.error().message);
  std::map<int64_t, std::string> names;
  const auto wanted = WantedStreams(input, tx, group.id, names);
  const auto limit = static_cast<size_t>(
      std::clamp<int64_t>(json::GetInt(input, "limit", kMaxLimit), 1, kMaxLimit));
  LogPosition after{-1, 0};
  if (const std::string position = Position(input); !position.empty()) {
    after = ReadPosition(position);
  }
  json::Object reply;
  json::Array out;
  size_t page_bytes = 0;
  size_t scanned = 0;
  size_t scanned_bytes = 0;
  LogPosition last = after;
  tables::GroupEvents(
      tx, group.id, FromMillis(json::GetInt(input, "startTime", 0)),
      FromMillis(json::GetInt(input, "endTime", INT64_MAX / 2)), after,
      [&](const observe::StoredLogEvent& event) {
        if (out.size() >= limit || page_bytes >= kMaxPageBytes || scanned >= kMaxScannedEvents ||
            scanned_bytes >= kMaxScannedBytes) {
          reply["nextToken"] = observe::MakeToken(WritePosition(last));
          return false;
        }
        last = event.at;
        ++scanned;
        scanned_bytes += event.message.size();
        const auto stream = names.find(event.stream);
        // Events of a deleted stream wait for retention.
        if (wanted ? !wanted->contains(event.stream) : stream == names.end()) return true;
        if (!pattern->Matches(event.message)) return true;
        page_bytes += event.message.size() + 200;
        out.push_back(
            json::Object{{"logStreamName", stream == names.end() ? std::string() : stream->second},
                         {"timestamp", event.at.time_ms},
                         {"message", event.message},
                         {"ingestionTime", ToMillis(event.ingested)},
                         {"eventId", event.EventId()}});
        return true;
      });
  reply["events"] = std::move(out);
  reply["searchedLogStreams"] = json::Array();
  return reply;
}

std::string StreamToken(char direction, const LogPosition& position) {
  return fmt::format("{}/{:020d}{:036d}", direction, position.time_ms, position.id);
}

LogPosition ReadStreamToken(std::string_view token) {
  const bool shaped = token.size() == 58 && (token[0] == 'f' || token[0] == 'b') && token[1] == '/';
  const auto time_ms = shaped ? ParseNumber(token.substr(2, 20)) : std::nullopt;
  const auto id = shaped ? ParseNumber(token.substr(22)) : std::nullopt;
  if (!time_ms || !id) throw Invalid("The specified nextToken is invalid.");
  return {*time_ms, *id};
}

json::Value Tail(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  const LogGroup group = InputGroup(call, tx);
  const LogStream stream = RequireStream(tx, group.id, json::GetString(input, "logStreamName"));
  const std::string token(json::GetString(input, "nextToken"));
  const bool forward =
      token.empty() ? json::GetBool(input, "startFromHead") : token.starts_with('f');
  LogPosition beyond = forward ? LogPosition{-1, 0} : LogPosition{INT64_MAX, INT64_MAX};
  if (!token.empty()) beyond = ReadStreamToken(token);
  const auto limit = static_cast<size_t>(
      std::clamp<int64_t>(json::GetInt(input, "limit", kMaxLimit), 1, kMaxLimit));
  std::vector<std::pair<LogPosition, json::Object>> events;
  size_t bytes = 0;
  tables::StreamEvents(tx, stream.id, FromMillis(json::GetInt(input, "startTime", 0)),
                       FromMillis(json::GetInt(input, "endTime", INT64_MAX / 2)), beyond, forward,
                       [&](const observe::StoredLogEvent& event) {
                         if (events.size() >= limit || bytes >= kMaxPageBytes) return false;
                         bytes += event.message.size() + 100;
                         events.emplace_back(
                             event.at, json::Object{{"timestamp", event.at.time_ms},
                                                    {"message", event.message},
                                                    {"ingestionTime", ToMillis(event.ingested)}});
                         return true;
                       });
  if (!forward) std::reverse(events.begin(), events.end());
  // At either end the token stays as it was, which tells clients that there is no more for now.
  const LogPosition first = events.empty() ? beyond : events.front().first;
  const LogPosition last = events.empty() ? beyond : events.back().first;
  const bool nowhere = events.empty() && token.empty();
  json::Array out;
  for (auto& [position, event] : events) out.push_back(std::move(event));
  return json::Object{{"events", std::move(out)},
                      {"nextForwardToken", StreamToken('f', nowhere ? LogPosition{0, 0} : last)},
                      {"nextBackwardToken", StreamToken('b', nowhere ? LogPosition{0, 0} : first)}};
}

}  // namespace

json::Value LogsService::PutLogEvents(const api::Call& call, store::Transaction& tx) {
  const LogGroup group = InputGroup(call, tx);
  const LogStream stream =
      RequireStream(tx, group.id, json::GetString(call.input, "logStreamName"));
  std::vector<observe::LogEvent> events = ReadEvents(call.input);
  // What is too old or too new is left out, and said so.
  const TimePoint too_old = call.now - std::chrono::hours(24 * 14);
  const TimePoint too_new = call.now + std::chrono::hours(2);
  const TimePoint expired = group.retention_days > 0
                                ? call.now - std::chrono::hours(24 * group.retention_days)
                                : FromMillis(0);
  json::Object rejected;
  std::vector<observe::LogEvent> kept;
  for (size_t i = 0; i < events.size(); ++i) {
    const TimePoint time = events[i].time;
    if (time < expired) {
      rejected["expiredLogEventEndIndex"] = i + 1;
    } else if (time < too_old) {
      rejected["tooOldLogEventEndIndex"] = i + 1;
    } else if (time > too_new) {
      if (!rejected.contains("tooNewLogEventStartIndex")) rejected["tooNewLogEventStartIndex"] = i;
    } else {
      kept.push_back(std::move(events[i]));
    }
  }
  logs_.Ingest(tx, group, stream, kept, call.now);
  json::Object reply{{"nextSequenceToken", fmt::format("{:056d}", ToMillis(call.now))}};
  if (!rejected.empty()) reply["rejectedLogEventsInfo"] = std::move(rejected);
  return reply;
}

void LogsService::GetLogEvents(api::Call call, api::Reply reply) {
  observe::FlushedRead(logs_, store_, loop_, std::move(call), Tail, std::move(reply));
}

void LogsService::FilterLogEvents(api::Call call, api::Reply reply) {
  observe::FlushedRead(logs_, store_, loop_, std::move(call), Search, std::move(reply));
}

}  // namespace riposte::logs

#include "observe/logs.h"

#include <algorithm>
#include <map>

#include "observe/filter_pattern.h"

namespace riposte::observe {

Logs::Logs(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log,
           Metrics& metrics)
    : clock_(clock),
      log_(log),
      metrics_(metrics),
      // The weight is in units of 128 bytes, a line being two or more. Some 200 lines are written
      // at once: a second's worth of a busy function would hold the writer for 50 ms.
      buffer_({.name = "logs", .flush_at = 400}, store, loop, clock, log,
              [this](store::Transaction& tx, const Buffer& buffer) { Write(tx, buffer); }) {}

void Logs::Append(const Scope& scope, const std::string& group, const std::string& stream,
                  TimePoint time, std::string message) {
  if (message.size() > kMaxLineBytes) {
    size_t end = kMaxLineBytes;
    while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
    message.resize(end);
  }
  Line line{scope, group, stream, {time, std::move(message)}};
  buffer_.Add([&](Buffer& buffer) {
    const size_t size = line.event.message.size() + 128;
    if (buffer.bytes + size > kMaxBufferedBytes) {
      ++buffer.dropped;
    } else {
      buffer.bytes += size;
      buffer.lines.push_back(std::move(line));
    }
    return buffer.bytes / 128;
  });
}

void Logs::Write(store::Transaction& tx, const Buffer& buffer) {
  using Key = std::tuple<const Scope&, const std::string&, const std::string&>;
  std::map<Key, std::vector<LogEvent>> by_stream;
  for (const Line& line : buffer.lines) {
    by_stream[Key(line.scope, line.group, line.stream)].push_back(line.event);
  }
  const TimePoint now = clock_.Now();
  for (const auto& [key, events] : by_stream) {
    const auto& [scope, group_name, stream_name] = key;
    std::optional<LogGroup> group = log_tables::FindGroup(tx, scope, group_name);
    if (!group) {
      group.emplace();
      group->scope = scope;
      group->name = group_name;
      group->created = now;
      log_tables::InsertGroup(tx, *group);
    }
    std::optional<LogStream> stream = log_tables::FindStream(tx, group->id, stream_name);
    if (!stream) {
      stream.emplace();
      stream->name = stream_name;
      stream->created = now;
      log_tables::InsertStream(tx, group->id, *stream);
    }
    Ingest(tx, *group, *stream, events, now);
  }
  if (buffer.dropped > 0) log_.Warning("log lines dropped", {{"lines", buffer.dropped}});
}

void Logs::Ingest(store::Transaction& tx, const LogGroup& group, const LogStream& stream,
                  std::span<const LogEvent> events, TimePoint now) {
  log_tables::InsertEvents(tx, group.id, stream.id, events, now);
  ApplyMetricFilters(tx, group, events);
}

void Logs::ApplyMetricFilters(store::Transaction& tx, const LogGroup& group,
                              std::span<const LogEvent> events) {
  for (const MetricFilter& filter : log_tables::MetricFiltersOf(tx, group.id)) {
    const Result<FilterPattern> pattern = FilterPattern::Parse(filter.pattern);
    if (!pattern) continue;  // Cannot be: it was parsed when it was put.
    for (const json::Value& one : filter.transformations) {
      const json::Object& transformation = one.as_object();
      const std::string_view value = json::GetString(transformation, "metricValue");
      const json::Value* fallback = json::Find(transformation, "defaultValue");
      std::map<TimePoint, Aggregate> minutes;
      for (const LogEvent& event : events) {
        std::optional<double> number;
        if (pattern->Matches(event.message)) number = pattern->Extract(value, event.message);
        if (!number && fallback) number = fallback->to_number<double>();
        if (number) {
          minutes[event.time - event.time.time_since_epoch() % Millis(60'000)].Add(*number);
        }
      }
      const Series series =
          MakeSeries(group.scope, json::GetString(transformation, "metricNamespace"),
                     json::GetString(transformation, "metricName"), {});
      for (const auto& [minute, aggregate] : minutes) {
        metrics_.Store(tx, series, minute, false, json::GetString(transformation, "unit"),
                       aggregate);
      }
    }
  }
}

}  // namespace riposte::observe

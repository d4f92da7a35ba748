#include "bus/archive.h"
#include "bus/replay.h"
#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace {

using bus::ArchiveRow;
using bus::ReplayRow;
namespace archives = bus::archive_tables;
namespace tables = bus::tables;

api::Error NotValid(const std::string& parameter, const std::string& reason) {
  return Invalid("Parameter " + parameter + " is not valid. Reason: " + reason);
}

ReplayRow ExistingReplay(const api::Call& call, store::Transaction& tx) {
  const bus::ReplayKey key{call.scope, Text(call, "ReplayName")};
  auto replay = archives::FindReplay(tx, key);
  if (!replay) {
    throw api::Error("ResourceNotFoundException", "Replay " + key.name + " does not exist.");
  }
  return std::move(*replay);
}

/// The name of an archive of the caller's.
std::string ArchiveName(const api::Call& call) {
  const std::string text = Text(call, "EventSourceArn");
  std::string name = bus::ArchiveOfArn(text);
  if (name.empty()) throw NotValid("EventSourceArn", "Must contain an archive ARN.");
  return name;
}

ArchiveRow SourceOf(const api::Call& call, store::Transaction& tx) {
  const std::string name = ArchiveName(call);
  std::optional<ArchiveRow> archive;
  if (Arn::Parse(Text(call, "EventSourceArn"))->scope() == call.scope) {
    archive = archives::Find(tx, call.scope, name);
  }
  if (!archive) throw NotValid("EventSourceArn", "Archive " + name + " does not exist.");
  return std::move(*archive);
}

/// Seconds with a fraction, as documents have them.
TimePoint TimeOf(const api::Call& call, std::string_view member) {
  return FromMillis(static_cast<int64_t>(json::GetDouble(call.input, member) * 1000.0));
}

/// Checks Destination; returns the ARNs of its rules.
std::vector<std::string> ReadDestination(const api::Call& call, store::Transaction& tx,
                                         const ArchiveRow& archive) {
  const json::Object& destination = *json::GetObject(call.input, "Destination");
  const auto arn = Arn::Parse(json::GetString(destination, "Arn"));
  if (!arn || arn->service != "events" || !arn->resource.starts_with("event-bus/")) {
    throw NotValid("Destination.Arn", "Must contain an event bus ARN.");
  }
  const std::string bus_name(arn->ResourceName());
  if (arn->scope() != call.scope || bus_name != archive.bus) {
    if (arn->scope() == call.scope && !tables::BusExists(tx, call.scope, bus_name)) {
      throw NoSuchBus(bus_name);
    }
    throw NotValid("Destination.Arn", "Cross event bus replay is not permitted.");
  }
  if (!tables::BusExists(tx, call.scope, bus_name)) throw NoSuchBus(bus_name);
  std::vector<std::string> rules = json::GetStrings(destination, "FilterArns");
  for (const std::string& text : rules) {
    const auto rule = bus::RuleOfArn(text);
    if (!rule || rule->scope != call.scope || rule->bus != archive.bus) {
      throw NotValid("Destination.FilterArns",
                     text + " is no rule of event bus " + archive.bus + ".");
    }
    if (!tables::FindRule(tx, *rule)) throw NoSuchRule(*rule);
  }
  return rules;
}

/// The members that list and description have in common.
json::Object Summary(const ReplayRow& replay) {
  json::Object out;
  out["ReplayName"] = replay.key.name;
  out["EventSourceArn"] = bus::ArchiveArn(replay.key.scope, replay.archive);
  out["State"] = replay.state;
  json::SetIfNotEmpty(out, "StateReason", replay.state_reason);
  out["EventStartTime"] = ToSeconds(replay.from);
  out["EventEndTime"] = ToSeconds(replay.to);
  if (replay.last_replayed) out["EventLastReplayedTime"] = ToSeconds(*replay.last_replayed);
  out["ReplayStartTime"] = ToSeconds(replay.started);
  if (replay.ended) out["ReplayEndTime"] = ToSeconds(*replay.ended);
  return out;
}

}  // namespace

json::Value EventsService::StartReplay(const Call& call, Transaction& tx) {
  const ArchiveRow archive = SourceOf(call, tx);
  ReplayRow replay;
  replay.key = {call.scope, Text(call, "ReplayName")};
  replay.rules = ReadDestination(call, tx, archive);
  replay.from = TimeOf(call, "EventStartTime");
  replay.to = TimeOf(call, "EventEndTime");
  if (replay.from >= replay.to) {
    throw NotValid("EventEndTime", "EventStartTime must be before EventEndTime.");
  }
  if (archives::FindReplay(tx, replay.key)) {
    throw api::Error("ResourceAlreadyExistsException",
                     "Replay " + replay.key.name + " already exists.");
  }
  if (archives::CountActiveReplays(tx, call.scope) >= options_.max_replays) throw LimitExceeded();
  replay.description = Text(call, "Description");
  replay.archive = archive.name;
  replay.archive_number = archive.number;
  replay.bus = archive.bus;
  replay.state = "STARTING";
  replay.started = call.now;
  replay.trace = call.trace;
  replay.last_id = archives::LastId(tx, archive.number);
  // Events know whole seconds; the place is before all of the first one's.
  replay.place = {std::chrono::floor<std::chrono::seconds>(replay.from), 0};
  archives::PutReplay(tx, replay);
  parts_.replays.Begin(tx, replay.key);
  json::Object out;
  out["ReplayArn"] = bus::ReplayArn(replay.key);
  out["State"] = replay.state;
  out["ReplayStartTime"] = ToSeconds(replay.started);
  return out;
}

json::Value EventsService::CancelReplay(const Call& call, Transaction& tx) {
  ReplayRow replay = ExistingReplay(call, tx);
  if (replay.state != "STARTING" && replay.state != "RUNNING") {
    throw api::Error("IllegalStatusException",
                     "Replay " + replay.key.name + " is not in a valid state for this operation.");
  }
  replay.state = "CANCELLING";
  archives::PutReplay(tx, replay);
  json::Object out;
  out["ReplayArn"] = bus::ReplayArn(replay.key);
  out["State"] = replay.state;
  return out;
}

json::Value EventsService::DescribeReplay(const Call& call, Transaction& tx) {
  const ReplayRow replay = ExistingReplay(call, tx);
  json::Object out = Summary(replay);
  out["ReplayArn"] = bus::ReplayArn(replay.key);
  json::SetIfNotEmpty(out, "Description", replay.description);
  json::Object destination{{"Arn", bus::BusArn(replay.key.scope, replay.bus)}};
  if (!replay.rules.empty()) {
    json::Array rules;
    for (const std::string& rule : replay.rules) rules.emplace_back(rule);
    destination["FilterArns"] = std::move(rules);
  }
  out["Destination"] = std::move(destination);
  return out;
}

json::Value EventsService::ListReplays(const Call& call, Transaction& tx) {
  CheckOneFilter(call);
  archives::ReplayFilter filter{Text(call, "NamePrefix"), "", Text(call, "State")};
  if (json::Find(call.input, "EventSourceArn")) filter.archive = ArchiveName(call);
  const Page page = PageOf(call);
  auto rows = archives::ListReplays(tx, call.scope, filter, page.after, page.limit + 1);
  json::Object out;
  EndPage(page, rows, [](const auto& row) { return row.key.name; }, out);
  json::Array list;
  for (const ReplayRow& row : rows) list.push_back(Summary(row));
  out["Replays"] = std::move(list);
  return out;
}

}  // namespace riposte::events

#include "bus/archive.h"
#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace {

using bus::ArchiveRow;
namespace archives = bus::archive_tables;
namespace tables = bus::tables;

ArchiveRow ExistingArchive(const api::Call& call, store::Transaction& tx) {
  const std::string name = Text(call, "ArchiveName");
  auto archive = archives::Find(tx, call.scope, name);
  if (!archive) {
    throw api::Error("ResourceNotFoundException", "Archive " + name + " does not exist.");
  }
  return std::move(*archive);
}

/// Takes over those settings that the call names.
void ReadSettings(const api::Call& call, ArchiveRow& archive) {
  if (json::Find(call.input, "Description")) archive.description = Text(call, "Description");
  if (json::Find(call.input, "KmsKeyIdentifier")) archive.kms_key = Text(call, "KmsKeyIdentifier");
  archive.retention_days = json::GetInt(call.input, "RetentionDays", archive.retention_days);
  if (!json::Find(call.input, "EventPattern")) return;
  archive.pattern = Text(call, "EventPattern");
  if (archive.pattern.empty()) return;
  if (const auto parsed = pattern::Pattern::Parse(archive.pattern); !parsed) {
    throw api::Error("InvalidEventPatternException", parsed.error().message);
  }
}

/// The members of both descriptions.
json::Object Summary(const ArchiveRow& archive) {
  json::Object out;
  out["ArchiveName"] = archive.name;
  out["EventSourceArn"] = bus::BusArn(archive.scope, archive.bus);
  out["State"] = archive.state;
  json::SetIfNotEmpty(out, "StateReason", archive.state_reason);
  out["RetentionDays"] = archive.retention_days;
  out["SizeBytes"] = archive.bytes;
  out["EventCount"] = archive.events;
  out["CreationTime"] = ToSeconds(archive.created);
  return out;
}

/// What making and changing one answer.
json::Object Outcome(const ArchiveRow& archive, TimePoint time) {
  json::Object out;
  out["ArchiveArn"] = bus::ArchiveArn(archive.scope, archive.name);
  out["State"] = archive.state;
  out["CreationTime"] = ToSeconds(time);
  return out;
}

}  // namespace

void EventsService::PutArchive(Transaction& tx, ArchiveRow& archive) {
  if (!tables::BusExists(tx, archive.scope, archive.bus)) throw NoSuchBus(archive.bus);
  const bus::RuleKey key = bus::ArchiveRule(archive);
  const auto rule = tables::FindRule(tx, key);
  if (rule && rule->managed_by != bus::kArchiveOwner) {
    throw api::Error("ResourceAlreadyExistsException", "Rule " + key.name + " already exists.");
  }
  if (!rule && tables::CountRules(tx, key.scope, key.bus) >= options_.max_rules_per_bus) {
    throw LimitExceeded();
  }
  archive.state = "ENABLED";
  archive.state_reason.clear();
  archive.number = archives::Put(tx, archive);
  bus::PutArchiveRule(tx, archive);
  Publish(tx, key);
}

json::Value EventsService::CreateArchive(const Call& call, Transaction& tx) {
  ArchiveRow archive;
  archive.scope = call.scope;
  archive.name = Text(call, "ArchiveName");
  archive.bus = BusName(call, "EventSourceArn");
  archive.created = call.now;
  ReadSettings(call, archive);
  if (archives::FindNumber(tx, call.scope, archive.name) != 0) {
    throw api::Error("ResourceAlreadyExistsException",
                     "Archive " + archive.name + " already exists.");
  }
  PutArchive(tx, archive);
  return Outcome(archive, archive.created);
}

json::Value EventsService::UpdateArchive(const Call& call, Transaction& tx) {
  ArchiveRow archive = ExistingArchive(call, tx);
  ReadSettings(call, archive);
  PutArchive(tx, archive);
  return Outcome(archive, call.now);
}

json::Value EventsService::DeleteArchive(const Call& call, Transaction& tx) {
  const ArchiveRow archive = ExistingArchive(call, tx);
  const bus::RuleKey key = bus::ArchiveRule(archive);
  archives::Delete(tx, archive.number);
  if (const auto rule = tables::FindRule(tx, key); rule && rule->managed_by == bus::kArchiveOwner) {
    bus::DeleteArchiveRule(tx, archive);
    Publish(tx, key);
  }
  return json::Object();
}

json::Value EventsService::DescribeArchive(const Call& call, Transaction& tx) {
  const ArchiveRow archive = ExistingArchive(call, tx);
  json::Object out = Summary(archive);
  out["ArchiveArn"] = bus::ArchiveArn(archive.scope, archive.name);
  json::SetIfNotEmpty(out, "Description", archive.description);
  json::SetIfNotEmpty(out, "EventPattern", archive.pattern);
  json::SetIfNotEmpty(out, "KmsKeyIdentifier", archive.kms_key);
  return out;
}

json::Value EventsService::ListArchives(const Call& call, Transaction& tx) {
  CheckOneFilter(call);
  archives::ArchiveFilter filter{Text(call, "NamePrefix"), "", Text(call, "State")};
  if (json::Find(call.input, "EventSourceArn")) {
    filter.bus = BusName(call, "EventSourceArn");
    if (!tables::BusExists(tx, call.scope, filter.bus)) throw NoSuchBus(filter.bus);
  }
  const Page page = PageOf(call);
  auto rows = archives::List(tx, call.scope, filter, page.after, page.limit + 1);
  json::Object out;
  EndPage(page, rows, &ArchiveRow::name, out);
  json::Array list;
  for (const ArchiveRow& row : rows) list.push_back(Summary(row));
  out["Archives"] = std::move(list);
  return out;
}

}  // namespace riposte::events

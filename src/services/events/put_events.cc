#include "bus/rule_targets.h"
#include "observe/timeline.h"
#include "pattern/matcher.h"
#include "services/events/events.h"
#include "services/events/input.h"
#include "store/guard.h"

namespace riposte::events {
namespace {

namespace tables = bus::tables;

/// An entry that is refused; the others go on.
struct Refusal {
  std::string code;
  std::string message;
};

Refusal Missing(std::string_view member) {
  const std::string name(member);
  return {"InvalidArgument",
          "Parameter " + name + " is not valid. Reason: " + name + " is a required argument."};
}

/// 14 bytes for the time, and the UTF-8 of source, detail type, detail and resources.
size_t SizeOf(const json::Object& entry) {
  size_t size = json::Find(entry, "Time") ? 14 : 0;
  for (const char* member : {"Source", "DetailType", "Detail"}) {
    size += json::GetString(entry, member).size();
  }
  if (const auto* resources = json::GetArray(entry, "Resources")) {
    for (const json::Value& resource : *resources) {
      if (resource.is_string()) size += resource.get_string().size();
    }
  }
  return size;
}

/// "Id=…;Account=…;Region=…;Replay=…", as bus::RuleTargets writes it.
std::string_view OriginPart(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const size_t end = std::min(header.find(';'), header.size());
    const std::string_view part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=') {
      return part.substr(name.size() + 1);
    }
  }
  return {};
}

/// Where the entry goes. Throws Refusal.
void SetBus(const json::Object& entry, const Scope& home, api::Event& event) {
  const std::string_view name = json::GetString(entry, "EventBusName", bus::kDefaultBus);
  event.scope = home;
  event.bus = name;
  if (!name.starts_with("arn:")) return;
  const auto arn = Arn::Parse(name);
  if (!arn || arn->service != "events" || !arn->resource.starts_with("event-bus/")) {
    throw Refusal{"InvalidArgument",
                  "Parameter EventBusName is not valid. Reason: Provided Arn is not in correct "
                  "format."};
  }
  event.scope = arn->scope();
  event.bus = arn->ResourceName();
}

/// The event without its detail. Throws Refusal.
api::Event MakeEvent(const json::Object& entry, const api::Call& call, bool forwarding) {
  api::Event event;
  event.source = json::GetString(entry, "Source");
  event.detail_type = json::GetString(entry, "DetailType");
  if (event.source.empty()) throw Missing("Source");
  if (event.detail_type.empty()) throw Missing("DetailType");
  if (json::GetString(entry, "Detail").empty()) throw Missing("Detail");
  if (event.source.starts_with("aws.") && !forwarding) {
    throw Refusal{"NotAuthorizedForSourceException", "Not authorized for the source."};
  }
  event.time = call.now;
  if (json::Find(entry, "Time")) {
    event.time = FromMillis(static_cast<int64_t>(json::GetDouble(entry, "Time") * 1000.0));
  }
  event.resources = json::GetStrings(entry, "Resources");
  event.trace = call.trace;
  SetBus(entry, call.scope, event);
  return event;
}

}  // namespace

void EventsService::PutEvents(api::SharedCall shared, api::Reply reply) {
  const Call& call = *shared;
  const json::Array& entries = *json::GetArray(call.input, "Entries");
  size_t size = 0;
  for (const json::Value& entry : entries) size += SizeOf(entry.as_object());
  if (size > options_.max_entries_bytes) {
    throw Invalid("Total size of the entries in the request is over the limit.");
  }
  const bool forwarding = bus::IsForwarding(call.caller);

  int64_t failed = 0;
  json::Array results;
  results.reserve(entries.size());
  std::vector<delivery::Work> owed;
  std::vector<api::Event> noted;  // What an incident's timeline tells.
  const bool in_incident = call.trace.in_incident();
  for (const json::Value& value : entries) {
    const json::Object& entry = value.as_object();
    json::Object result;
    try {
      api::Event event = MakeEvent(entry, call, forwarding);
      CheckBus(call, event);
      std::string_view account = event.scope.account.str();
      std::string_view region = event.scope.region.str();
      if (forwarding) {
        const std::string_view header = json::GetString(entry, "TraceHeader");
        event.id = OriginPart(header, "Id");
        account = OriginPart(header, "Account");
        region = OriginPart(header, "Region");
        event.replay_name = OriginPart(header, "Replay");
      }
      if (!parts_.ingest.MatchText(event, json::GetString(entry, "Detail"), {account, region},
                                   owed)) {
        throw Refusal{"MalformedDetail", "Detail is malformed."};
      }
      result["EventId"] = event.id;
      if (in_incident && !forwarding) noted.push_back(std::move(event));
    } catch (const Refusal& refusal) {
      ++failed;
      result["ErrorCode"] = refusal.code;
      result["ErrorMessage"] = refusal.message;
    }
    results.push_back(std::move(result));
  }
  if (!owed.empty() && !call.internal && parts_.ingest.Full()) {
    // Not entry by entry: clients back off when the call is refused, and repeat all of it.
    throw api::Error("ThrottlingException", "Rate exceeded");
  }
  json::Object out;
  out["FailedEntryCount"] = failed;
  out["Entries"] = std::move(results);
  if (owed.empty() && noted.empty()) return reply({std::move(out), std::nullopt});
  parts_.store.Write(
      [this, owed = std::move(owed), noted = std::move(noted)](Transaction& tx) mutable {
        store::LeaveUnguarded(tx);  // What a target refuses is owed; nothing else is refused here.
        for (const api::Event& event : noted) {
          observe::Timeline::Append(tx, event.scope, event.trace.correlation, event.time, "event",
                                    event.source + ": " + event.detail_type,
                                    {{"eventId", event.id}});
        }
        parts_.ingest.Owe(tx, std::move(owed));
      },
      [out = std::move(out), reply = std::move(reply)](std::exception_ptr failure) mutable {
        if (!failure) return reply({std::move(out), std::nullopt});
        reply({{}, api::Error("InternalException", "The events could not be stored.", 500)});
      });
}

void EventsService::CheckBus(const Call& call, const api::Event& event) const {
  std::string policy;
  const bool foreign = event.scope.account != call.caller.account;
  if (event.bus != bus::kDefaultBus || foreign) {
    // A bus that has rules exists; only for others the store is asked.
    bool exists = !parts_.rules.Find(event.scope, event.bus)->empty();
    if (!exists || foreign) {
      parts_.store.Read([&](Transaction& tx) {
        const auto row = tables::FindBus(tx, event.scope, event.bus);
        exists = row || event.bus == bus::kDefaultBus;
        if (row) policy = row->policy;
      });
    }
    if (!exists) {
      throw Refusal{"ResourceNotFoundException", "Event bus " + event.bus + " does not exist."};
    }
  }
  if (!foreign || !options_.authorize) return;
  // The pipeline has judged the call by the policy of its first bus; here each bus counts.
  access::AccessRequest request;
  request.principal = &call.caller;
  request.action = "events:PutEvents";
  request.resources = {bus::BusArn(event.scope, event.bus)};
  request.resource_account = event.scope.account;
  request.resource_policy = policy;
  if (!parts_.authorizer.Decide(request).allowed) {
    throw Refusal{"AccessDeniedException",
                  "User: " + call.caller.arn +
                      " is not authorized to perform: events:PutEvents on resource: " +
                      request.resources.front()};
  }
}

json::Value EventsService::TestEventPattern(const Call& call, Transaction& /*tx*/) {
  const auto parsed = pattern::Pattern::Parse(Text(call, "EventPattern"));
  if (!parsed) throw api::Error("InvalidEventPatternException", parsed.error().message);
  const auto event = json::Parse(Text(call, "Event"));
  if (!event || !event->is_object()) {
    throw Invalid("Parameter Event is not valid. Reason: it is not a JSON object.");
  }
  for (const char* member : {"id", "account", "source", "time", "region", "detail-type"}) {
    if (!event->get_object().contains(member)) {
      throw Invalid("Parameter Event is not valid. Reason: the member " + std::string(member) +
                    " is missing.");
    }
  }
  pattern::Matcher matcher;
  pattern::Matcher::Scratch scratch;
  if (const auto id = matcher.Add("EventPattern", *parsed); !id) {
    throw api::Error("InvalidEventPatternException", id.error().message);
  }
  const auto matched = matcher.Match(Text(call, "Event"), scratch);
  return json::Object{{"Result", matched && !matched->empty()}};
}

}  // namespace riposte::events

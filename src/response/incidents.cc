#include "response/incidents.h"

#include <algorithm>

#include "observe/timeline.h"
#include "response/why.h"

namespace riposte::response {
namespace {

constexpr store::Migration kMigrations[] = {{"response", 1, R"(
CREATE TABLE response_incidents (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  cause TEXT NOT NULL,
  finding_id TEXT NOT NULL,
  product_arn TEXT NOT NULL,
  title TEXT NOT NULL,
  severity TEXT NOT NULL,
  status TEXT NOT NULL,
  resources TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX response_incidents_by_age ON response_incidents(account, region, opened_ms);
)"},
                                            {"response", 2, R"(
CREATE TABLE response_events (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  incident TEXT NOT NULL,
  bus TEXT NOT NULL,
  envelope TEXT NOT NULL,
  PRIMARY KEY (account, region, incident)
);
)"}};

json::Object ReadIncident(const store::Row& row) {
  json::Object incident;
  incident["IncidentId"] = row.Text(0);
  incident["FindingId"] = row.Text(1);
  incident["ProductArn"] = row.Text(2);
  incident["Title"] = row.Text(3);
  incident["Severity"] = row.Text(4);
  incident["Status"] = row.Text(5);
  incident["Resources"] = row.Json(6);
  incident["OpenedAt"] = ToSeconds(row.Time(7));
  incident["UpdatedAt"] = ToSeconds(row.Time(8));
  return incident;
}

std::string Text(const json::Object& object, std::string_view name) {
  return std::string(json::GetString(object, name));
}

std::string Nested(const json::Object& object, std::string_view outer, std::string_view inner) {
  const json::Object* found = json::GetObject(object, outer);
  return found ? Text(*found, inner) : "";
}

struct Line {
  std::string kind;
  std::string text;
};

/// Triage runbooks name their steps after what they do (response/compile.cc).
Line StepLine(const json::Object& detail) {
  const std::string step = Text(detail, "StepName");
  const std::string status = Text(detail, "Status");
  const bool tells = step.starts_with("Tell_");
  if (step.starts_with("Respond_") || (tells && status == "InProgress")) {
    std::string response = step.substr(step.find('_') + 1);
    std::replace(response.begin(), response.end(), '_', '-');
    if (status == "InProgress") return {"decision", response};
    return {"response", response + ": " + status};
  }
  return {"step", step + ": " + status};
}

/// The audit says "api-call"; for people a published message is a notification, what changes the
/// estate an action.
std::string KindOf(const observe::TimelineEntry& entry) {
  if (entry.kind != "api-call") return entry.kind;
  const auto service = json::GetString(entry.detail, "service");
  if (service == "sns") return "notification";
  return service == "ec2" || service == "s3" || service == "iam" ? "action" : "call";
}

/// A call's line also says what it touched.
std::string TextOf(const observe::TimelineEntry& entry) {
  std::string text = entry.text;
  if (entry.kind != "api-call") return text;
  for (const std::string& arn : json::GetStrings(entry.detail, "resources")) {
    const size_t name = arn.find_last_of(":/");
    if (name == std::string::npos || arn.ends_with('*') || text.size() > 200) continue;
    text += " " + arn.substr(name + 1);
  }
  return text;
}

/// One line for people about an event of the engine's own services.
Line LineOf(const api::Event& event) {
  static const json::Object kNone;
  const json::Object& detail = event.detail.is_object() ? event.detail.get_object() : kNone;
  if (event.source == "aws.ssm" && detail.contains("StepName")) return StepLine(detail);
  if (event.source == "aws.ssm" && detail.contains("ExecutionId")) {
    return {"runbook", Text(detail, "Definition") + ": " + Text(detail, "Status")};
  }
  if (event.source == "aws.ec2" && event.detail_type.ends_with("Notification")) {
    if (detail.contains("instance-id")) {
      return {"effect", Text(detail, "instance-id") + " is " + Text(detail, "state")};
    }
    return {"effect",
            event.detail_type + ": " + Text(detail, "event") + " " + Text(detail, "result")};
  }
  return {"event", event.source + ": " + event.detail_type};
}

}  // namespace

std::span<const store::Migration> Incidents::Migrations() {
  return kMigrations;
}

void Incidents::NoteFinding(store::Transaction& tx, const api::Event& event, TimePoint now) {
  const json::Array* findings = json::GetArray(event.detail.as_object(), "findings");
  if (!findings || findings->empty()) return;
  const json::Object& finding = findings->front().as_object();
  json::Array resources;
  if (const json::Array* list = json::GetArray(finding, "Resources")) {
    for (const json::Value& resource : *list) {
      resources.emplace_back(json::GetString(resource.as_object(), "Id"));
    }
  }
  const std::string severity = Nested(finding, "Severity", "Label");
  const std::string status = Nested(finding, "Workflow", "Status");
  const std::string title = Text(finding, "Title");
  const bool opened =
      tx.Execute(
          "INSERT INTO response_incidents (account, region, id, cause, finding_id, product_arn, "
          "title, severity, status, resources, opened_ms, updated_ms) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
          {event.scope.account.str(), event.scope.region.str(), event.trace.correlation,
           event.cause, Text(finding, "Id"), Text(finding, "ProductArn"), title, severity, status,
           json::Serialize(resources), now, now}) > 0;
  if (!opened) {
    tx.Execute(
        "UPDATE response_incidents SET title = ?, severity = ?, status = ?, updated_ms = ? "
        "WHERE account = ? AND region = ? AND id = ?",
        {title, severity, status, now, event.scope.account.str(), event.scope.region.str(),
         event.trace.correlation});
  }
  observe::Timeline::Append(tx, event.scope, event.trace.correlation, now, "finding",
                            severity + " " + status + ": " + title,
                            {{"findingId", Text(finding, "Id")}, {"status", status}});
}

void Incidents::Emit(store::Transaction& tx, api::Event event) {
  if (!event.trace.correlation.empty()) {
    const TimePoint now = clock_.Now();
    if (event.detail_type == "Security Hub Findings - Imported") {
      NoteFinding(tx, event, now);
      KeepEvent(tx, event);
    } else {
      const Line line = LineOf(event);
      observe::Timeline::Append(tx, event.scope, event.trace.correlation, now, line.kind, line.text,
                                {{"detailType", event.detail_type}});
    }
  }
  next_.Emit(tx, std::move(event));
}

Incidents::Page Incidents::List(store::Transaction& tx, const Scope& scope,
                                const std::string& status, int64_t limit,
                                const std::string& token) const {
  const bool plain =
      token.size() <= 9 && token.find_first_not_of("0123456789") == std::string::npos;
  if (!plain) throw api::Error("ValidationException", "NextToken is not valid.");
  const int64_t offset = token.empty() ? 0 : std::stoll(token);
  Page page;
  tx.Query(
      "SELECT id, finding_id, product_arn, title, severity, status, resources, opened_ms, "
      "updated_ms, cause FROM response_incidents WHERE account = ? AND region = ? "
      "AND (? = '' OR status = ?) ORDER BY opened_ms DESC, rowid DESC LIMIT ? OFFSET ?",
      {scope.account.str(), scope.region.str(), status, status, limit + 1, offset},
      [&](const store::Row& row) {
        if (static_cast<int64_t>(page.incidents.size()) == limit) {
          page.next_token = std::to_string(offset + limit);
          return false;
        }
        page.incidents.push_back(ReadIncident(row));
        return true;
      });
  return page;
}

std::optional<json::Object> Incidents::Describe(store::Transaction& tx, const Scope& scope,
                                                const std::string& id) const {
  std::optional<json::Object> incident;
  std::string cause;
  tx.QueryOne(
      "SELECT id, finding_id, product_arn, title, severity, status, resources, opened_ms, "
      "updated_ms, cause FROM response_incidents WHERE account = ? AND region = ? AND id = ?",
      {scope.account.str(), scope.region.str(), id}, [&](const store::Row& row) {
        incident = ReadIncident(row);
        cause = row.Str(9);
      });
  if (!incident) return std::nullopt;
  std::vector<observe::TimelineEntry> entries;
  if (!cause.empty()) entries = observe::Timeline::List(tx, cause);
  for (auto& entry : observe::Timeline::List(tx, id)) entries.push_back(std::move(entry));
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  json::Array timeline;
  for (const observe::TimelineEntry& entry : entries) {
    timeline.push_back(json::Object{{"Time", ToSeconds(entry.time)},
                                    {"Id", entry.id},
                                    {"Kind", KindOf(entry)},
                                    {"Text", TextOf(entry)},
                                    {"Detail", entry.detail}});
  }
  (*incident)["Timeline"] = std::move(timeline);
  return incident;
}

}  // namespace riposte::response

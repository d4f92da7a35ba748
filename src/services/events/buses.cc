#include <algorithm>

#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace {

using bus::BusRow;
namespace tables = bus::tables;

std::string DeadLetterArn(const api::Call& call) {
  const auto* config = json::GetObject(call.input, "DeadLetterConfig");
  return config ? std::string(json::GetString(*config, "Arn")) : std::string();
}

std::string LogConfig(const api::Call& call) {
  const auto* config = json::GetObject(call.input, "LogConfig");
  return config ? json::Serialize(*config) : std::string();
}

/// The members that creating, updating and describing have in common.
void AddSettings(json::Object& out, const BusRow& row) {
  json::SetIfNotEmpty(out, "Description", row.description);
  json::SetIfNotEmpty(out, "KmsKeyIdentifier", row.kms_key);
  if (!row.dead_letter_arn.empty()) {
    out["DeadLetterConfig"] = json::Object{{"Arn", row.dead_letter_arn}};
  }
  if (!row.log_config.empty()) {
    if (auto config = json::Parse(row.log_config)) out["LogConfig"] = std::move(*config);
  }
}

json::Object Summary(const Scope& scope, const BusRow& row) {
  json::Object out;
  out["Name"] = row.name;
  out["Arn"] = bus::BusArn(scope, row.name);
  json::SetIfNotEmpty(out, "Description", row.description);
  json::SetIfNotEmpty(out, "Policy", row.policy);
  if (ToMillis(row.created) > 0) {
    out["CreationTime"] = ToSeconds(row.created);
    out["LastModifiedTime"] = ToSeconds(row.modified);
  }
  return out;
}

/// The row, made up for a default bus that has none.
std::optional<BusRow> FindOrDefault(store::Transaction& tx, const Scope& scope,
                                    const std::string& name) {
  auto row = tables::FindBus(tx, scope, name);
  if (!row && name == bus::kDefaultBus) {
    row = BusRow();
    row->name = name;
  }
  return row;
}

json::Object ParsePolicy(const std::string& text) {
  auto policy = json::Parse(text);
  if (!policy || !policy->is_object()) {
    throw Invalid("Parameter Policy is not valid. Reason: it is not a JSON object.");
  }
  const json::Value* statements = json::Find(policy->get_object(), "Statement");
  if (!statements || !(statements->is_array() || statements->is_object())) {
    throw Invalid("Parameter Policy is not valid. Reason: Statement is missing.");
  }
  return std::move(policy->get_object());
}

/// The statements of the stored policy, without the one called `sid`.
json::Array StatementsWithout(const std::string& policy, const std::string& sid, bool& found) {
  json::Array kept;
  found = false;
  if (policy.empty()) return kept;
  json::Object document = ParsePolicy(policy);
  json::Value& statements = document["Statement"];
  json::Array all;
  if (auto* list = statements.if_array()) {
    all = std::move(*list);
  } else {
    all.push_back(std::move(statements));
  }
  for (json::Value& statement : all) {
    if (statement.is_object() && json::GetString(statement.get_object(), "Sid") == sid) {
      found = true;
    } else {
      kept.push_back(std::move(statement));
    }
  }
  return kept;
}

std::string PolicyOf(json::Array statements) {
  if (statements.empty()) return "";
  json::Object policy;
  policy["Version"] = "2012-10-17";
  policy["Statement"] = std::move(statements);
  return json::Serialize(policy);
}

json::Object MakeStatement(const api::Call& call, const std::string& bus_arn) {
  const std::string sid = Text(call, "StatementId");
  const std::string principal = Text(call, "Principal");
  const std::string action = Text(call, "Action");
  if (sid.empty() || principal.empty() || action.empty()) {
    throw Invalid(
        "Parameter(s) Action, Principal and StatementId must be specified when Policy is not.");
  }
  if (action != "events:PutEvents") {
    throw Invalid("Provided value in parameter 'action' is not supported.");
  }
  json::Object statement;
  statement["Sid"] = sid;
  statement["Effect"] = "Allow";
  if (principal == "*") {
    statement["Principal"] = "*";
  } else {
    statement["Principal"] = json::Object{{"AWS", "arn:aws:iam::" + principal + ":root"}};
  }
  statement["Action"] = action;
  statement["Resource"] = bus_arn;
  if (const auto* condition = json::GetObject(call.input, "Condition")) {
    if (json::GetString(*condition, "Type") != "StringEquals" ||
        json::GetString(*condition, "Key") != "aws:PrincipalOrgID") {
      throw Invalid(
          "Parameter Condition is not valid. Reason: only StringEquals on aws:PrincipalOrgID is "
          "supported.");
    }
    statement["Condition"] =
        json::Object{{"StringEquals",
                      json::Object{{"aws:PrincipalOrgID", json::GetString(*condition, "Value")}}}};
  }
  return statement;
}

}  // namespace

json::Value EventsService::CreateEventBus(const Call& call, Transaction& tx) {
  BusRow row;
  row.name = Text(call, "Name");
  if (!Text(call, "EventSourceName").empty() || row.name.starts_with("aws.partner/")) {
    throw api::Error("ResourceNotFoundException",
                     "Event source " + Text(call, "EventSourceName") + " does not exist.");
  }
  if (row.name.find('/') != std::string::npos) {
    throw Invalid("Event bus name must not contain '/'.");
  }
  if (tables::BusExists(tx, call.scope, row.name)) {
    throw api::Error("ResourceAlreadyExistsException",
                     "Event bus " + row.name + " already exists.");
  }
  const auto others = tables::ListBuses(tx, call.scope, "", "", options_.max_buses);
  if (static_cast<int64_t>(others.size()) >= options_.max_buses) throw LimitExceeded();
  row.description = Text(call, "Description");
  row.kms_key = Text(call, "KmsKeyIdentifier");
  row.dead_letter_arn = DeadLetterArn(call);
  row.log_config = LogConfig(call);
  row.created = row.modified = call.now;
  tables::PutBus(tx, call.scope, row);
  const std::string arn = bus::BusArn(call.scope, row.name);
  if (const auto* tags = json::GetArray(call.input, "Tags")) AddTags(tx, arn, *tags);
  json::Object out;
  out["EventBusArn"] = arn;
  AddSettings(out, row);
  return out;
}

json::Value EventsService::DeleteEventBus(const Call& call, Transaction& tx) {
  const std::string name = Text(call, "Name");
  if (name == bus::kDefaultBus) throw Invalid("Cannot delete event bus default.");
  if (tables::CountRules(tx, call.scope, name) > 0) {
    throw Invalid("Event bus " + name + " can't be deleted since it has rules.");
  }
  tables::DeleteBus(tx, call.scope, name);
  tables::DeleteTags(tx, bus::BusArn(call.scope, name));
  return json::Object();
}

json::Value EventsService::DescribeEventBus(const Call& call, Transaction& tx) {
  const std::string name = BusName(call, "Name");
  const auto row = FindOrDefault(tx, call.scope, name);
  if (!row) throw NoSuchBus(name);
  json::Object out = Summary(call.scope, *row);
  AddSettings(out, *row);
  return out;
}

json::Value EventsService::ListEventBuses(const Call& call, Transaction& tx) {
  const Page page = PageOf(call);
  const std::string prefix = Text(call, "NamePrefix");
  auto rows = tables::ListBuses(tx, call.scope, prefix, page.after, page.limit + 1);
  const std::string fallback(bus::kDefaultBus);
  const bool listed =
      std::ranges::any_of(rows, [&](const BusRow& row) { return row.name == fallback; });
  if (!listed && fallback.starts_with(prefix) && fallback > page.after) {
    if (const auto row = FindOrDefault(tx, call.scope, fallback)) {
      rows.insert(std::ranges::lower_bound(rows, fallback, {}, &BusRow::name), *row);
    }
  }
  json::Object out;
  EndPage(page, rows, &BusRow::name, out);
  json::Array list;
  for (const BusRow& row : rows) list.push_back(Summary(call.scope, row));
  out["EventBuses"] = std::move(list);
  return out;
}

json::Value EventsService::UpdateEventBus(const Call& call, Transaction& tx) {
  const std::string name = BusName(call, "Name");
  auto row = FindOrDefault(tx, call.scope, name);
  if (!row) throw NoSuchBus(name);
  if (json::Find(call.input, "Description")) row->description = Text(call, "Description");
  if (json::Find(call.input, "KmsKeyIdentifier")) row->kms_key = Text(call, "KmsKeyIdentifier");
  if (json::Find(call.input, "DeadLetterConfig")) row->dead_letter_arn = DeadLetterArn(call);
  if (json::Find(call.input, "LogConfig")) row->log_config = LogConfig(call);
  if (ToMillis(row->created) == 0) row->created = call.now;
  row->modified = call.now;
  tables::PutBus(tx, call.scope, *row);
  json::Object out;
  out["Arn"] = bus::BusArn(call.scope, name);
  out["Name"] = name;
  AddSettings(out, *row);
  return out;
}

json::Value EventsService::PutPermission(const Call& call, Transaction& tx) {
  const std::string name = BusName(call);
  auto row = FindOrDefault(tx, call.scope, name);
  if (!row) throw NoSuchBus(name);
  if (const std::string policy = Text(call, "Policy"); !policy.empty()) {
    row->policy = json::Serialize(ParsePolicy(policy));
  } else {
    json::Object statement = MakeStatement(call, bus::BusArn(call.scope, name));
    bool replaced = false;
    json::Array statements = StatementsWithout(row->policy, Text(call, "StatementId"), replaced);
    statements.push_back(std::move(statement));
    row->policy = PolicyOf(std::move(statements));
  }
  if (row->policy.size() > options_.max_policy_bytes) {
    throw api::Error("PolicyLengthExceededException",
                     "The policy of event bus " + name + " is larger than " +
                         std::to_string(options_.max_policy_bytes) + " bytes.");
  }
  if (ToMillis(row->created) == 0) row->created = call.now;
  row->modified = call.now;
  tables::PutBus(tx, call.scope, *row);
  return json::Object();
}

json::Value EventsService::RemovePermission(const Call& call, Transaction& tx) {
  const std::string name = BusName(call);
  auto row = FindOrDefault(tx, call.scope, name);
  if (!row) throw NoSuchBus(name);
  if (row->policy.empty()) {
    throw api::Error("ResourceNotFoundException", "EventBus does not have a policy.");
  }
  if (json::GetBool(call.input, "RemoveAllPermissions")) {
    row->policy.clear();
  } else {
    const std::string sid = Text(call, "StatementId");
    if (sid.empty()) throw Invalid("Parameter StatementId must be specified.");
    bool found = false;
    json::Array statements = StatementsWithout(row->policy, sid, found);
    if (!found) {
      throw api::Error("ResourceNotFoundException",
                       "Statement with the provided id does not exist.");
    }
    row->policy = PolicyOf(std::move(statements));
  }
  row->modified = call.now;
  tables::PutBus(tx, call.scope, *row);
  return json::Object();
}

}  // namespace riposte::events

#include "bus/http_target.h"
#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace {

using bus::ApiDestinationRow;
namespace tables = bus::tables;

ApiDestinationRow RequireDestination(const api::Call& call, store::Transaction& tx) {
  const std::string name = Text(call, "Name");
  auto row = tables::FindApiDestination(tx, call.scope, name);
  if (!row) {
    throw api::Error("ResourceNotFoundException",
                     "Failed to describe the api-destination(s). Api-destination '" + name +
                         "' does not exist.");
  }
  return std::move(*row);
}

/// A destination is as good as its connection.
std::string_view StateOf(const ApiDestinationRow& row, store::Transaction& tx) {
  const auto connection = tables::FindConnectionByArn(tx, row.connection_arn);
  return connection && connection->state != bus::kDeauthorized ? "ACTIVE" : "INACTIVE";
}

void RequireConnection(const api::Call& call, store::Transaction& tx, const std::string& arn) {
  const auto connection = tables::FindConnectionByArn(tx, arn);
  if (connection && connection->scope == call.scope) return;
  throw api::Error("ResourceNotFoundException", "Connection '" + arn + "' does not exist.");
}

json::Object Changed(const ApiDestinationRow& row, store::Transaction& tx) {
  json::Object out;
  out["ApiDestinationArn"] = bus::ApiDestinationArn(row);
  out["ApiDestinationState"] = StateOf(row, tx);
  out["CreationTime"] = ToSeconds(row.created);
  out["LastModifiedTime"] = ToSeconds(row.modified);
  return out;
}

json::Object Summary(const ApiDestinationRow& row, store::Transaction& tx) {
  json::Object out = Changed(row, tx);
  out["Name"] = row.name;
  out["ConnectionArn"] = row.connection_arn;
  out["InvocationEndpoint"] = row.endpoint;
  out["HttpMethod"] = row.method;
  out["InvocationRateLimitPerSecond"] = row.rate;
  return out;
}

}  // namespace

json::Value EventsService::CreateApiDestination(const Call& call, Transaction& tx) {
  ApiDestinationRow row;
  row.scope = call.scope;
  row.name = Text(call, "Name");
  row.endpoint = Text(call, "InvocationEndpoint");
  CheckUrl("InvocationEndpoint", row.endpoint);
  if (tables::FindApiDestination(tx, call.scope, row.name)) {
    throw api::Error("ResourceAlreadyExistsException",
                     "An api-destination '" + row.name + "' already exists.");
  }
  row.connection_arn = Text(call, "ConnectionArn");
  RequireConnection(call, tx, row.connection_arn);
  if (tables::CountApiDestinations(tx, call.scope) >= options_.max_api_destinations) {
    throw LimitExceeded();
  }
  row.id = parts_.random.Uuid();
  row.description = Text(call, "Description");
  row.method = Text(call, "HttpMethod");
  row.rate =
      json::GetInt(call.input, "InvocationRateLimitPerSecond", bus::HttpTarget::kDefaultRate);
  row.created = row.modified = call.now;
  tables::PutApiDestination(tx, row);
  return Changed(row, tx);
}

json::Value EventsService::DescribeApiDestination(const Call& call, Transaction& tx) {
  const ApiDestinationRow row = RequireDestination(call, tx);
  json::Object out = Summary(row, tx);
  json::SetIfNotEmpty(out, "Description", row.description);
  return out;
}

json::Value EventsService::ListApiDestinations(const Call& call, Transaction& tx) {
  const Page page = PageOf(call);
  auto rows = tables::ListApiDestinations(tx, call.scope, Text(call, "NamePrefix"),
                                          Text(call, "ConnectionArn"), page.after, page.limit + 1);
  json::Object out;
  EndPage(page, rows, &ApiDestinationRow::name, out);
  json::Array list;
  for (const ApiDestinationRow& row : rows) list.push_back(Summary(row, tx));
  out["ApiDestinations"] = std::move(list);
  return out;
}

json::Value EventsService::UpdateApiDestination(const Call& call, Transaction& tx) {
  ApiDestinationRow row = RequireDestination(call, tx);
  if (json::Find(call.input, "Description")) row.description = Text(call, "Description");
  if (json::Find(call.input, "ConnectionArn")) {
    row.connection_arn = Text(call, "ConnectionArn");
    RequireConnection(call, tx, row.connection_arn);
  }
  if (json::Find(call.input, "InvocationEndpoint")) {
    row.endpoint = Text(call, "InvocationEndpoint");
    CheckUrl("InvocationEndpoint", row.endpoint);
  }
  if (json::Find(call.input, "HttpMethod")) row.method = Text(call, "HttpMethod");
  row.rate = json::GetInt(call.input, "InvocationRateLimitPerSecond", row.rate);
  row.modified = call.now;
  tables::PutApiDestination(tx, row);
  return Changed(row, tx);
}

json::Value EventsService::DeleteApiDestination(const Call& call, Transaction& tx) {
  const ApiDestinationRow row = RequireDestination(call, tx);
  tables::DeleteApiDestination(tx, call.scope, row.name);
  return json::Object();
}

}  // namespace riposte::events

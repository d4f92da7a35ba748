#include "bus/envelope.h"

namespace riposte::bus {

json::Value MakeEnvelope(const api::Event& event, const Origin& origin, json::Value detail) {
  const auto storage = detail.storage();
  json::Object envelope(storage);
  envelope.reserve(9);
  json::Array resources(storage);
  resources.reserve(event.resources.size());
  for (const std::string& resource : event.resources) resources.emplace_back(resource);
  envelope.emplace("version", "0");
  envelope.emplace("id", event.id);
  envelope.emplace("detail-type", event.detail_type);
  envelope.emplace("source", event.source);
  envelope.emplace("account", origin.account);
  envelope.emplace("time", FormatIso8601(event.time));
  envelope.emplace("region", origin.region);
  envelope.emplace("resources", std::move(resources));
  envelope.emplace("detail", std::move(detail));
  return json::Value(std::move(envelope));
}

}  // namespace riposte::bus

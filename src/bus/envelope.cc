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

std::string EnvelopeText(const api::Event& event, const Origin& origin, std::string_view detail) {
  std::string out;
  out.reserve(detail.size() + 512);
  const auto member = [&out](std::string_view prefix, std::string_view value) {
    out += prefix;
    json::AppendString(out, value);
  };
  member(R"({"version":"0","id":)", event.id);
  member(R"(,"detail-type":)", event.detail_type);
  member(R"(,"source":)", event.source);
  member(R"(,"account":)", origin.account);
  member(R"(,"time":)", FormatIso8601(event.time));
  member(R"(,"region":)", origin.region);
  out += R"(,"resources":[)";
  for (const std::string& resource : event.resources) {
    member(&resource == &event.resources.front() ? "" : ",", resource);
  }
  out += R"(],"detail":)";
  json::AppendMinified(out, detail);
  out += '}';
  return out;
}

}  // namespace riposte::bus

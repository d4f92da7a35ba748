#include "bus/envelope.h"

namespace riposte::bus {

json::Value MakeEnvelope(const api::Event& event, const Origin& origin, json::Value detail) {
  const auto storage = detail.storage();
  json::Object envelope(storage);
  envelope.reserve(10);
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
  if (!event.replay_name.empty()) envelope.emplace("replay-name", event.replay_name);
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
  if (!event.replay_name.empty()) member(R"(,"replay-name":)", event.replay_name);
  out += '}';
  return out;
}

Result<EnvelopeParts> ReadEnvelope(std::string_view text) {
  const auto damaged = [] { return Fail(Code::kCorrupt, "this is no event of the bus"); };
  const auto document = json::Parse(text);
  if (!document || !document->is_object()) return damaged();
  const json::Object& envelope = document->get_object();
  EnvelopeParts parts;
  parts.event.id = json::GetString(envelope, "id");
  parts.event.detail_type = json::GetString(envelope, "detail-type");
  parts.event.source = json::GetString(envelope, "source");
  parts.event.resources = json::GetStrings(envelope, "resources");
  parts.event.replay_name = json::GetString(envelope, "replay-name");
  parts.account = json::GetString(envelope, "account");
  parts.region = json::GetString(envelope, "region");
  const auto time = ParseIso8601(json::GetString(envelope, "time"));
  // Before the detail there are texts and one list of texts, in which a quote is escaped: the first
  // place that looks like the end of that list is its end.
  constexpr std::string_view kBefore = R"(],"detail":)";
  const size_t before = text.find(kBefore);
  if (!time || parts.event.id.empty() || before == std::string_view::npos) return damaged();
  parts.event.time = *time;
  parts.detail = text.substr(before + kBefore.size());
  size_t after = 1;  // The brace that ends the envelope.
  if (!parts.event.replay_name.empty()) {
    std::string last = R"(,"replay-name":)";
    json::AppendString(last, parts.event.replay_name);
    after += last.size();
  }
  if (parts.detail.size() < after) return damaged();
  parts.detail.remove_suffix(after);
  return parts;
}

}  // namespace riposte::bus

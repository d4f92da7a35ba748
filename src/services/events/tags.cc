#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace tables = bus::tables;

void EventsService::AddTags(Transaction& tx, const std::string& arn, const json::Array& tags) {
  for (const json::Value& value : tags) {
    const json::Object& tag = value.as_object();
    const std::string key(json::GetString(tag, "Key"));
    if (key.starts_with("aws:")) throw Invalid("Tag keys must not begin with aws:.");
    tables::PutTag(tx, arn, key, std::string(json::GetString(tag, "Value")));
  }
  if (static_cast<int64_t>(tables::ListTags(tx, arn).size()) > options_.max_tags) {
    throw LimitExceeded();
  }
}

std::string EventsService::TaggedArn(const Call& call, Transaction& tx) {
  const std::string text = Text(call, "ResourceARN");
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "events") {
    throw Invalid("Parameter " + text +
                  " is not valid. Reason: Provided Arn is not in correct format.");
  }
  const std::string name(arn->ResourceName());
  if (arn->scope() == call.scope && arn->resource.starts_with("event-bus/")) {
    if (!tables::BusExists(tx, call.scope, name)) throw NoSuchBus(name);
    return text;
  }
  const auto key = bus::RuleOfArn(text);
  const auto rule = key && key->scope == call.scope ? tables::FindRule(tx, *key) : std::nullopt;
  if (!rule) throw NoSuchRule(key.value_or(bus::RuleKey{arn->scope(), "default", name}));
  return text;
}

namespace {

void CheckNotManaged(store::Transaction& tx, const std::string& arn) {
  const auto key = bus::RuleOfArn(arn);
  if (!key) return;
  if (const auto rule = tables::FindRule(tx, *key)) events::CheckNotManaged(*rule);
}

}  // namespace

json::Value EventsService::TagResource(const Call& call, Transaction& tx) {
  const std::string arn = TaggedArn(call, tx);
  CheckNotManaged(tx, arn);
  AddTags(tx, arn, *json::GetArray(call.input, "Tags"));
  return json::Object();
}

json::Value EventsService::UntagResource(const Call& call, Transaction& tx) {
  const std::string arn = TaggedArn(call, tx);
  CheckNotManaged(tx, arn);
  for (const std::string& key : json::GetStrings(call.input, "TagKeys")) {
    tables::DeleteTag(tx, arn, key);
  }
  return json::Object();
}

json::Value EventsService::ListTagsForResource(const Call& call, Transaction& tx) {
  json::Array list;
  for (const auto& [key, value] : tables::ListTags(tx, TaggedArn(call, tx))) {
    list.push_back(json::Object{{"Key", key}, {"Value", value}});
  }
  return json::Object{{"Tags", std::move(list)}};
}

}  // namespace riposte::events

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/arn.h"
#include "observe/flushed_read.h"
#include "observe/page_token.h"
#include "services/cloudtrail/cloudtrail_service.h"

namespace riposte::cloudtrail {
namespace {

using observe::Audit;

struct ResourceType {
  std::string_view service, prefix, type;
};
constexpr ResourceType kTypes[] = {
    {"events", "rule/", "AWS::Events::Rule"},
    {"events", "event-bus/", "AWS::Events::EventBus"},
    {"lambda", "function:", "AWS::Lambda::Function"},
    {"sns", "", "AWS::SNS::Topic"},
    {"sqs", "", "AWS::SQS::Queue"},
    {"iam", "role/", "AWS::IAM::Role"},
    {"iam", "user/", "AWS::IAM::User"},
    {"iam", "policy/", "AWS::IAM::Policy"},
    {"ec2", "instance/", "AWS::EC2::Instance"},
    {"ec2", "volume/", "AWS::EC2::Volume"},
    {"ec2", "snapshot/", "AWS::EC2::Snapshot"},
    {"ec2", "security-group/", "AWS::EC2::SecurityGroup"},
    {"ssm", "document/", "AWS::SSM::Document"},
    {"s3", "", "AWS::S3::Bucket"},
    {"logs", "log-group:", "AWS::Logs::LogGroup"},
    {"cloudwatch", "alarm:", "AWS::CloudWatch::Alarm"},
    {"states", "stateMachine:", "AWS::StepFunctions::StateMachine"},
};

json::Object WriteResource(const std::string& text) {
  const auto arn = Arn::Parse(text);
  if (!arn) return {{"ResourceName", text}};
  for (const ResourceType& type : kTypes) {
    if (arn->service == type.service && arn->resource.starts_with(type.prefix)) {
      return {{"ResourceType", type.type}, {"ResourceName", text}};
    }
  }
  return {{"ResourceName", text}};
}

json::Object WriteEvent(const Audit::Event& event) {
  json::Object out{{"EventId", event.id},
                   {"EventName", event.name},
                   {"ReadOnly", event.readonly ? "true" : "false"},
                   {"EventTime", ToSeconds(event.time)},
                   {"EventSource", event.source}};
  json::SetIfNotEmpty(out, "AccessKeyId", event.access_key_id);
  json::SetIfNotEmpty(out, "Username", event.user);
  json::Array resources;
  for (const std::string& arn : event.resources) resources.push_back(WriteResource(arn));
  out["Resources"] = std::move(resources);
  out["CloudTrailEvent"] = event.record;
  return out;
}

Audit::Cursor ReadCursor(const json::Object& input) {
  const auto invalid = [] {
    return api::Error("InvalidNextTokenException",
                      "The specified next token is invalid. Use the token of the previous call "
                      "with the same parameters.");
  };
  const auto position = observe::ReadToken(json::GetString(input, "NextToken"));
  if (!position) throw invalid();
  Audit::Cursor cursor;
  if (position->empty()) return cursor;
  const char* end = position->data() + position->size();
  const auto [colon, error] = std::from_chars(position->data(), end, cursor.row);
  if (error != std::errc() || colon == end || *colon != ':') throw invalid();
  const auto [rest, second] = std::from_chars(colon + 1, end, cursor.index);
  if (second != std::errc() || rest != end || cursor.row <= 0) throw invalid();
  return cursor;
}

json::Value Lookup(const api::Call& call, store::Transaction& tx) {
  const json::Object& input = call.input;
  Audit::Query query;
  query.scope = call.scope;
  if (json::Find(input, "StartTime")) {
    query.from = FromMillis(std::llround(json::GetDouble(input, "StartTime") * 1000));
  }
  if (json::Find(input, "EndTime")) {
    // Whole seconds are asked for; the second that is named belongs to the range.
    query.to = FromMillis(std::llround(json::GetDouble(input, "EndTime") * 1000) + 999);
  }
  if (query.from > query.to) {
    throw api::Error("InvalidTimeRangeException",
                     "Start time must be before or equal to end time.");
  }
  if (const json::Array* attributes = json::GetArray(input, "LookupAttributes")) {
    if (attributes->size() > 1) {
      throw api::Error("InvalidLookupAttributesException",
                       "Only one lookup attribute can be specified.");
    }
    for (const json::Value& attribute : *attributes) {
      query.attribute = json::GetString(attribute.as_object(), "AttributeKey");
      query.value = json::GetString(attribute.as_object(), "AttributeValue");
    }
  }
  const int64_t limit = json::GetInt(input, "MaxResults", 50);
  if (limit < 1 || limit > 50) {
    throw api::Error("InvalidMaxResultsException", "MaxResults must be between 1 and 50.");
  }
  query.limit = static_cast<size_t>(limit);
  query.after = ReadCursor(input);
  if (json::GetString(input, "EventCategory") == "insight") {
    return json::Object{{"Events", json::Array()}};
  }
  const Audit::Page page = Audit::Lookup(tx, query);
  json::Array events;
  for (const Audit::Event& event : page.events) events.push_back(WriteEvent(event));
  json::Object reply{{"Events", std::move(events)}};
  if (page.more) {
    reply["NextToken"] =
        observe::MakeToken(std::to_string(page.next.row) + ":" + std::to_string(page.next.index));
  }
  return reply;
}

}  // namespace

void CloudTrailService::LookupEvents(api::Call call, api::Reply reply) {
  observe::FlushedRead(audit_, store_, loop_, std::move(call), Lookup, std::move(reply));
}

}  // namespace riposte::cloudtrail

#include "bench/resources.h"

#include <filesystem>

#include "bench/load_generator.h"

namespace riposte::bench {

QueueRef MakeQueue(Engine& engine, const std::string& name, std::string_view service) {
  const json::Value made =
      engine.Call("sqs", "AmazonSQS.CreateQueue", "1.0",
                  json::Object{{"QueueName", name},
                               {"Attributes", json::Object{{"VisibilityTimeout", "600"}}}});
  const json::Value shown = engine.Call(
      "sqs", "AmazonSQS.GetQueueAttributes", "1.0",
      json::Object{{"QueueUrl", made.at("QueueUrl")}, {"AttributeNames", json::Array{"QueueArn"}}});
  QueueRef queue{std::string(made.at("QueueUrl").as_string()),
                 std::string(shown.at("Attributes").at("QueueArn").as_string())};
  if (service.empty()) return queue;
  const json::Object policy{
      {"Version", "2012-10-17"},
      {"Statement", json::Array{json::Object{{"Effect", "Allow"},
                                             {"Principal", json::Object{{"Service", service}}},
                                             {"Action", "sqs:SendMessage"},
                                             {"Resource", queue.arn}}}}};
  engine.Call("sqs", "AmazonSQS.SetQueueAttributes", "1.0",
              json::Object{{"QueueUrl", queue.url},
                           {"Attributes", json::Object{{"Policy", json::Serialize(policy)}}}});
  return queue;
}

void MakeRule(Engine& engine, const std::string& name, const std::string& source,
              const std::vector<json::Object>& targets) {
  engine.Call(
      "events", "AWSEvents.PutRule", "1.1",
      json::Object{{"Name", name}, {"EventPattern", R"({"source":[")" + source + R"("]})"}});
  json::Array list;
  for (const json::Object& target : targets) {
    list.push_back(target);
    list.back().as_object()["Id"] = std::to_string(list.size());
  }
  const json::Value out = engine.Call("events", "AWSEvents.PutTargets", "1.1",
                                      json::Object{{"Rule", name}, {"Targets", std::move(list)}});
  if (out.at("FailedEntryCount").as_int64() != 0) Die("PutTargets: " + json::Serialize(out));
}

std::string CallBytes(const Engine& engine, std::string_view service, std::string_view target,
                      std::string_view version, const json::Value& input) {
  return AsBytes(engine.Signed(service, target, version, json::Serialize(input)));
}

std::string SendBytes(const Engine& engine, const std::string& url, int count, size_t bytes) {
  const std::string body(bytes, 'x');
  if (count == 1) {
    return CallBytes(engine, "sqs", "AmazonSQS.SendMessage", "1.0",
                     json::Object{{"QueueUrl", url}, {"MessageBody", body}});
  }
  json::Array entries;
  for (int i = 0; i < count; ++i) {
    entries.push_back(json::Object{{"Id", std::to_string(i)}, {"MessageBody", body}});
  }
  return CallBytes(engine, "sqs", "AmazonSQS.SendMessageBatch", "1.0",
                   json::Object{{"QueueUrl", url}, {"Entries", std::move(entries)}});
}

std::string EventBytes(const Engine& engine, int first, int count, size_t bytes) {
  json::Array entries;
  for (int number = first; number < first + count; ++number) {
    const json::Object detail{{"number", number}, {"text", std::string(bytes, 'x')}};
    entries.push_back(json::Object{
        {"Source", "bench"}, {"DetailType", "Load"}, {"Detail", json::Serialize(detail)}});
  }
  return CallBytes(engine, "events", "AWSEvents.PutEvents", "1.1",
                   json::Object{{"Entries", std::move(entries)}});
}

double MibOnDisk(const std::string& directory) {
  double bytes = 0;
  std::error_code failed;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, failed)) {
    if (entry.is_regular_file(failed)) bytes += static_cast<double>(entry.file_size(failed));
  }
  return bytes / (1 << 20);
}

std::vector<std::string_view> ValuesOf(std::string_view text, std::string_view name) {
  std::vector<std::string_view> found;
  const std::string key = "\"" + std::string(name) + "\":\"";
  for (size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at)) {
    at += key.size();
    found.push_back(text.substr(at, text.find('"', at) - at));
  }
  return found;
}

}  // namespace riposte::bench

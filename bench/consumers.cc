#include "bench/consumers.h"

#include <cstdlib>

#include "bench/load_generator.h"

namespace riposte::bench {

Consumers::Consumers(const Engine& engine, const QueueRef& queue, int connections)
    : engine_(engine),
      queue_(queue),
      receive_(CallBytes(
          engine, "sqs", "AmazonSQS.ReceiveMessage", "1.0",
          json::Object{
              {"QueueUrl", queue.url}, {"MaxNumberOfMessages", 10}, {"WaitTimeSeconds", 20}})) {
  thread_ = std::thread([this, connections] {
    const LoadOptions load{.port = engine_.child().port(),
                           .connections = connections,
                           .warm_up_seconds = 0,
                           .seconds = 3600,
                           .next = [this](size_t, std::string_view reply) { return Next(reply); },
                           .stop = &stop_};
    (void)RunLoad(load);
  });
}

void Consumers::Stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::string Consumers::Next(std::string_view reply) {
  const double now = SteadySeconds();
  constexpr std::string_view kNumber = R"(\"number\":)";  // The event is a string in the reply.
  for (size_t at = reply.find(kNumber); at != std::string_view::npos;
       at = reply.find(kNumber, at + 1)) {
    arrivals_.try_emplace(std::atoi(reply.data() + at + kNumber.size()), now);
    ++count_;
  }
  json::Array entries;
  for (const std::string_view handle : ValuesOf(reply, "ReceiptHandle")) {
    entries.push_back(
        json::Object{{"Id", std::to_string(entries.size())}, {"ReceiptHandle", handle}});
  }
  if (entries.empty()) return receive_;
  return CallBytes(engine_, "sqs", "AmazonSQS.DeleteMessageBatch", "1.0",
                   json::Object{{"QueueUrl", queue_.url}, {"Entries", std::move(entries)}});
}

}  // namespace riposte::bench
